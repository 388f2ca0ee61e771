#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The benchmark behind scripts/bench, which builds first. See --help there."""
import argparse
import signal
import sys
import time

import host
import jobs
import pairs
import processes
import small
import start
from workshop import Workshop

# Name, what it measures, and the function that yields its tables.
PARTS = {
    'child': ('a leaf process alone', processes.child_alone),
    'tree': ('parent and child, three ways to start one', processes.whole_tree),
    'shell': ('commands of dash and bash scripts', processes.shell_loops),
    'crowd': ('1, 2 and 64 parents at once', processes.crowds),
    'gate': ('what the shim does in a parent', small.gate),
    'mark': ('marks', small.marks),
    'start': ('what every run pays: a start, a guardian that waits, the wait at the end', start.fixed_costs),
    'run': ('a run itself, and the wait at its end', jobs.run_itself),
    'finish': ('finishing runs of up to a million processes', small.finish),
    'job': ('./configure and make', jobs.real_jobs),
    'pair': ('./configure and make, two at once', pairs.jobs),
}
LONG = ('job', 'pair')


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(prog='scripts/bench')
    parser.add_argument('--build', required=True)
    parser.add_argument('--library', action='append', default=[], metavar='NAME=PATH')
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--markdown', action='store_true')
    parser.add_argument('--only', action='append', choices=PARTS)
    parser.add_argument('--peers', action='store_true')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--snoopy')
    parser.add_argument('--work', metavar='FOLDER')
    return parser.parse_args()


def header(shop, is_markdown):
    """The facts of the machine."""
    for what, how in host.facts(shop.dtrack.library, shop.path):
        print(f'- {what}: {how}' if is_markdown else f'{what:13} {how}')
    print()


def show(table, is_markdown):
    """Print a table as soon as it is there."""
    print(table.markdown() if is_markdown else table.text(), flush=True)


def main():
    """Run the parts asked for, and print each table when it is there."""
    options = arguments()
    if options.list:
        print('\n'.join(f'{name:8} {part[0]}' for name, part in PARTS.items()))
        return
    extra = [entry.split('=', 1) for entry in options.library]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('bench: told to stop'))
    begin = time.monotonic()
    tables = []
    with Workshop(options, extra) as shop:
        header(shop, options.markdown)
        parts = options.only or [name for name in PARTS if name not in LONG or not options.quick]
        for name in LONG if options.quick and not options.only else ():
            shop.skip(name, f'takes too long for --quick; --only {name} asks for it')
        for name in parts:
            for table in PARTS[name][1](shop):
                tables.append(table)
                show(table, options.markdown)
            shop.close_workers()
            shop.settle()
        short = processes.in_short(tables)
        if short.rows:
            show(short, options.markdown)
        for line in shop.skipped:
            print('skipped:', line)
    print(f'load after: {host.load()}; {time.monotonic() - begin:.0f} s in all')


if __name__ == '__main__':
    sys.exit(main())
