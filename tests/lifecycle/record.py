# SPDX-License-Identifier: MIT
"""Holds what was recorded of a program against what strace saw at the same time, by the judge of the zoo."""
import glob
import gzip
import json
import os

import judge
from strace_log import read_log

CALLS = 'trace=execve,execveat,fork,vfork,clone,clone3,exit,exit_group'
STRACE = ['/usr/bin/strace', '-f', '-ttt', '--pidns-translation', '-s', '4000', '-e', CALLS, '-o']


def rows_in(store):
    """The rows of every run in a store, each with ids of its own, and how many runs there are."""
    rows = []
    for path in sorted(glob.glob(f'{store}/spans/v=1/*/*.gz')):
        with gzip.open(path, 'rt', encoding='utf-8') as text:
            rows += [json.loads(line) for line in text]
    for row in rows:
        row.update({key: row[key] and row['run_id'] + row[key] for key in ('span_id', 'parent_id')})
    return rows


def complaints(home):
    """What can't be, of a run in which anything may be unseen: static programs, raw system calls, lost environments."""
    rows = rows_in(f'{home}/store')
    processes = [process for process in read_log(f'{home}/trace') if process.end]
    if not processes:
        return []
    first = processes[0]
    del first.images[:1], first.exec_ns[:1]  # the launcher
    first.parent = None
    ours = [row for row in rows if row['kind'] == 'process']
    found, wrong = judge.pairs(processes, ours, judge.ANY)
    wrong += list(judge.ends(found)) + list(judge.moments(found, ours, processes))
    told = [pair for pair in found if pair[0].parent is not None or pair[0] is first]  # a fork whose maker died in it says no pid
    wrong += list(judge.parents(told, ours))
    if first.images and os.path.basename(first.images[0][0]) and not rows:
        return wrong
    runs = [f'{row["run_id"]} of {row["name"]}' for row in rows if row['kind'] == 'run']
    return wrong + list(judge.shape(rows, 1)) + (runs if len(runs) != 1 else [])
