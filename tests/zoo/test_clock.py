#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A run in which the clock on the wall is set, held against CLOCK_MONOTONIC, which nobody sets. It sets the clock of the
whole machine, for some ms at a time: only with DTRACK_ZOO_CLOCK=1, and as root."""
import os
import time

import shim
import tap

MARK = os.path.join(shim.BUILD, 'lib', 'cmd', 'dtrack-mark')
SLACK_NS = 1_000_000  # an adjusted clock may drift by that within the run
NOT_ALLOWED = 77


def wall_offset():
    """Unix time minus CLOCK_MONOTONIC, in ns."""
    return time.clock_gettime_ns(time.CLOCK_REALTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def watched():
    """The animal's run, with its steps; whatever becomes of it, the clock is right afterwards."""
    if os.environ.get('DTRACK_ZOO_CLOCK') != '1':
        raise tap.Skip('it sets the clock of this machine: only with DTRACK_ZOO_CLOCK=1')
    offset = wall_offset()
    with shim.Sandbox() as sandbox:
        try:
            outcome = sandbox.run('./clock_set', MARK, cwd=os.environ['DTRACK_ANIMALS'])
        finally:
            if abs(wall_offset() - offset) > 1_000_000_000:
                time.clock_settime_ns(time.CLOCK_REALTIME, time.clock_gettime_ns(time.CLOCK_MONOTONIC) + offset)
    if outcome.status == NOT_ALLOWED:
        raise tap.Skip('the clock must not be set here')
    tap.check(outcome.status == 0 and not outcome.stderr, f'status {outcome.status}: {outcome.stderr}')
    tap.check(len(outcome.summaries) == 1 and not outcome.left, 'the run is not in the store')
    first, *lines = [line.split() for line in outcome.stdout.splitlines()]
    return outcome, int(first[1]), [(words[0], *map(int, words[1:])) for words in lines]


def holds_between(what, moment, before, after):
    """A moment, by CLOCK_MONOTONIC, lies between two others."""
    tap.check(before - SLACK_NS <= moment <= after + SLACK_NS,
              f'{what}: {(moment - before) / 1e6:.3f} ms after {before}, and not before {after}')


def a_clock_that_is_set_moves_no_process_and_no_task():
    """Each row lies between the moments at which the animal knows it to have begun and ended."""
    outcome, offset, steps = watched()
    by_pid = {row['pid']: row for row in shim.processes(outcome)}
    tasks = {row['name']: row for row in outcome.rows if row['kind'] == 'task'}
    for what, pid, status, before, after in steps:
        tap.same(status, 0, f'the status of {what}')
        row = by_pid[pid]
        start = row['start_ns'] - offset
        holds_between(f'the start of {what}', start, before, after)
        holds_between(f'the end of {what}', start + row['dur_ns'], before, after)
        if what in tasks:
            tap.same(row['task'], what, f'the task of a process in {what}')
    tap.same(sorted(tasks), ['ahead', 'behind'], 'all tasks')
    for index, name in ((0, 'ahead'), (3, 'behind')):
        start = tasks[name]['start_ns'] - offset
        holds_between(f'the start of the task {name}', start, *steps[index][3:])
        holds_between(f'the end of the task {name}', start + tasks[name]['dur_ns'], *steps[index + 2][3:])


if __name__ == '__main__':
    tap.run([a_clock_that_is_set_moves_no_process_and_no_task])
