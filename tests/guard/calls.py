# SPDX-License-Identifier: MIT
"""System calls of a small family of processes, seen by strace. Knows nothing of limits."""
import os
import re
import subprocess
from collections import Counter

BEGINS = re.compile(r'(\d+) +(\w+)\(')
FEW, MANY = 8, 40


def read_log(path):
    """The names of the calls of each process in the log, in the order in which the processes appear."""
    processes = {}
    with open(path, encoding='utf-8', errors='replace') as log:
        for line in log:
            match = BEGINS.match(line)
            if match:
                processes.setdefault(match.group(1), []).append(match.group(2))
    return list(processes.values())


def more(calls, than):
    """What `calls` has more, or less, than another Counter."""
    difference = Counter(calls)
    difference.subtract(than)
    return {name: count for name, count in sorted(difference.items()) if count}


class Tracer:
    """Runs families with a library preloaded, each kind of family once, in a Workshop."""

    def __init__(self, shop):
        self.shop = shop
        self.parent = os.path.join(shop.build, 'tests', 'guard', 'parent')
        self.seen = {}

    def family(self, variant, how, count, *program):
        """The calls of a parent and of each of its children. Above them stands another parent, which leads the run: what
        only a leader does is not theirs."""
        key = variant, how, count, program
        if key not in self.seen:
            log = self.shop.place('log')
            subprocess.run(['strace', '-f', '-qq', '-o', log, '-E', f'LD_PRELOAD={variant.library}', self.parent,
                            'spawn', '1', self.parent, how, str(count), *(program or ('-',))],
                           env=self.shop.environment(), check=True, stdin=subprocess.DEVNULL)
            self.seen[key] = read_log(log)[1:]
        return self.seen[key]

    def child(self, variant, how, *program):
        """Of the dearest child; the first few share a page of the spool with their parent and are left out."""
        return Counter(max(self.family(variant, how, MANY, *program)[1 + FEW:], key=len))

    def next_child(self, variant, how, *program):
        """Of a parent for each further child, on average."""
        calls = Counter(self.family(variant, how, MANY, *program)[0])
        calls.subtract(self.family(variant, how, FEW, *program)[0])
        return Counter({name: count / (MANY - FEW) for name, count in calls.items()})

    def first_child(self, variant, how, *program):
        """Of a parent for its first child, and for being there."""
        return Counter(self.family(variant, how, 1, *program)[0])

    def added(self, measure, *words):
        """What one of these three is more with us than with the empty library."""
        return more(measure(self.shop.dtrack, *words), measure(self.shop.floor, *words))
