# SPDX-License-Identifier: MIT
"""Holds the record of a tour against what the tour itself wrote down. See tour.c."""
import os
from collections import Counter, defaultdict

ROOT_STATUS = 5
SHELLS_A_TOUR = [7, 9, 10]  # the statuses of the shells that a tour has started by libc


class Ledger:
    """What a tour's processes said: of each pid its images and its parent, and how it ended."""

    def __init__(self, text):
        self.images, self.forks, self.parents, self.ends = defaultdict(list), {}, {}, {}
        for line in text.splitlines():
            what, pid, other, name = line.split(' ', 3)
            if what == 'end':
                self.ends[int(pid)] = int(other)
            else:
                self.parents[int(pid)] = int(other)
            if what == 'image':
                self.images[int(pid)].append(name)
            if what == 'fork':
                self.forks[int(pid)] = name
        self.root = int(text.split(' ', 2)[1])

    def pids(self):
        """All processes but the shells, which say nothing."""
        return self.ends.keys() | self.parents.keys()


def _end_of(row):
    return row['exit_code'], row['signal']


def _want_of(status):
    return (os.WEXITSTATUS(status), None) if os.WIFEXITED(status) else (None, os.WTERMSIG(status))


def _life(ledger, pid, rows):
    """What is wrong with the rows of one process that has said of itself what it is. A fork child that took its time before it
    became something else is a row of its own."""
    if not rows:
        yield f'{pid} is not recorded'
        return
    names, images = [row['name'] for row in rows], ledger.images[pid]
    if images and names not in (images, [ledger.forks.get(pid)] + images) or not images and len(rows) != 1:
        yield f'{pid} has been {names}, not {images or "one"}'
    if pid != ledger.root and pid in ledger.parents and rows[0]['ppid'] != ledger.parents[pid]:
        yield f"{pid} has the parent {rows[0]['ppid']}, not {ledger.parents[pid]}"
    want = _want_of(ledger.ends[pid]) if pid in ledger.ends else (ROOT_STATUS, None)
    if _end_of(rows[-1]) != want:
        yield f'{pid} ended by {_end_of(rows[-1])}, not {want}'
    if any(row['end_by'] != 'exec' for row in rows[:-1]):
        yield f'{pid} has images that did not end by exec'
    witness = 'parent' if want[1] else 'self'
    if rows[-1]['end_by'] != witness:
        yield f"{pid} was seen to end by {rows[-1]['end_by']}, not {witness}"


def _figures(ledger, rows):
    """What cannot be: sizes and times that come of a layout misread."""
    root = next((row for row in rows if row['pid'] == ledger.root), None)
    for row in rows:
        if row['dur_ns'] is None or not 0 <= row['dur_ns'] < 600e9:
            yield f"{row['pid']} took {row['dur_ns']} ns"
        if root and row['start_ns'] < root['start_ns']:
            yield f"{row['pid']} started before the root"
        if row['maxrss_kb'] is not None and not 50 < row['maxrss_kb'] < 4 << 20:
            yield f"{row['pid']} had {row['maxrss_kb']} KiB"
        if (row['user_us'] or 0) + (row['sys_us'] or 0) > 600e6:
            yield f"{row['pid']} used {row['user_us']} us and {row['sys_us']} us"


def complaints(ledger, rows):
    """Everything in which the process rows differ from the ledger."""
    lives = defaultdict(list)
    for row in sorted(rows, key=lambda row: row['start_ns']):
        lives[row['pid']].append(row)
    for pid in sorted(ledger.pids()):
        yield from _life(ledger, pid, lives[pid])
    shells = [row for pid, life in lives.items() if pid not in ledger.pids() for row in life]
    want = Counter(SHELLS_A_TOUR * len(ledger.images[ledger.root]))
    got = Counter(row['exit_code'] for row in shells if row['name'] == 'sh')
    if got != want:
        yield f'shells ended by {dict(got)}, not {dict(want)}'
    yield from (f"{row['pid']} {row['name']} is nobody's" for row in shells if row['name'] != 'sh')
    yield from _figures(ledger, rows)
