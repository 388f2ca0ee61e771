# SPDX-License-Identifier: MIT
"""Compares what strace saw (Process) with what dtrack recorded (rows of kind process). Knows no files.

Pids come round again in a long job, so everything is compared pid by pid as a list, in the order of time.
"""
from collections import defaultdict

FINISHED_BY_EXEC = 'exec'


def executed(processes):
    """pid -> its processes that executed something; dtrack's own guardian is nobody's business."""
    found = defaultdict(list)
    for process in processes:
        if process.images and process.images[0][1:2] != ['finish']:
            found[process.pid].append(process)
    return found


def told_apart(processes):
    """The same without pids that came round for a process that never executed anything: a row of dtrack's tells what a
    process ran, not whether it ever had an exec of its own."""
    mixed = {process.pid for process in processes if not process.images}
    return {pid: ours for pid, ours in executed(processes).items() if pid not in mixed}


def by_pid(rows):
    """pid -> its rows, oldest first."""
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: row['start_ns']):
        found[row['pid']].append(row)
    return found


def missing(processes, rows):
    """Processes that strace saw and dtrack did not, as text."""
    have = by_pid(rows)
    return [describe(process) for pid, ours in executed(processes).items() if pid not in have for process in ours]


def invented(processes, rows):
    """Rows of processes that strace never saw, as text."""
    pids = {process.pid for process in processes}
    return [f"{row['pid']} {row['name']}" for row in rows if row['pid'] not in pids]


def differences(processes, rows, of_processes, of_rows):
    """For each process in both: where what one function says of strace's differs from the other's of dtrack's."""
    have = by_pid(rows)
    for pid, ours in told_apart(processes).items():
        if pid in have:
            want, got = of_processes(ours), of_rows(have[pid])
            if want != got:
                yield f'{describe(ours[0])}: {got}, not {want}'


def ends(processes, rows):
    """Exit status or signal of each process."""
    return differences(processes, rows, lambda ours: [process.end for process in ours],
                       lambda mine: [end_of(row) for row in mine if row['end_by'] != FINISHED_BY_EXEC])


def end_of(row):
    """As Process.end."""
    return ('signal', row['signal']) if row['signal'] is not None else ('exit', row['exit_code'])


def parents(processes, rows):
    """Pid of the parent, of each process."""
    return differences(processes, rows, lambda ours: [process.parent for process in ours],
                       lambda mine: [row['ppid'] for row in mine if row['end_by'] != FINISHED_BY_EXEC])


def images(processes, rows):
    """The images that each pid executed, with their arguments."""
    have, spans = by_pid(rows), {row['span_id']: row for row in rows}
    for pid, ours in told_apart(processes).items():
        argvs = [argv for process in ours for argv in process.images]
        mine = without_fork_copies(have.get(pid, []), spans, len(argvs))
        if mine and len(mine) != len(argvs):
            yield f'{describe(ours[0])}: {len(mine)} images, not {len(argvs)}'
        for argv, row in zip(argvs, mine):
            if not same_arguments(argv, row):
                yield f"{pid}: {row['args']}, not {argv}"


def without_fork_copies(mine, spans, expected):
    """A forked child that did something before its exec has a row of its own, with the arguments it inherited. These
    rows are left out, but only where there are more than the expected ones."""
    def is_copy(row):
        parent = spans.get(row['parent_id'])
        return row['end_by'] == FINISHED_BY_EXEC and parent and parent['args'] == row['args']
    return mine if len(mine) <= expected else [row for row in mine if not is_copy(row)]


def same_arguments(argv, row):
    """Whether a row's arguments end with those of argv, as far as both were written down."""
    if None in argv or row['args_cut']:
        return True
    want, got = argv[1:], row['args']
    return len(got) >= len(argv) and got[len(got) - len(want):] == want


def links(rows):
    """Rows whose parent_id does not lead to the process that their ppid names, or to the image before them."""
    spans = {row['span_id']: row for row in rows}
    for row in rows:
        parent = spans.get(row['parent_id'])
        if parent and parent['pid'] not in (row['ppid'], row['pid']):
            yield f"{row['pid']} {row['name']}: its parent is {parent['pid']}, not {row['ppid']}"


def describe(process):
    """A process in a few words."""
    words = ' '.join(str(word) for word in process.images[-1])
    return f'{process.pid} ({words[:100]})'
