#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_transparency.py [CASE...]: no program can tell that it was watched. Each case runs without and with the shim, and
all that can be seen of both runs must be the same."""
import concurrent.futures
import glob
import os
import shutil
import sys

import compare
import tap
import watch
from built import Tools
from cases import FAMILIES

REVIEWED = compare.read_reviewed(os.path.join(os.path.dirname(__file__), 'reviewed.txt'))
SIDE_BY_SIDE = 2


def missing(need):
    """Why a need is not met, or None."""
    kind, _, name = need.rpartition(':')
    if kind == 'library':
        return None if glob.glob(f'/usr/lib/*/{name}') else f'no {name} here'
    if need == 'root':
        return None if os.geteuid() == 0 else 'not root'
    return None if shutil.which(name, path=watch.BASE['PATH']) else f'no {name} here'


def check_needs(case, tools):
    """Skip the case, or build what it needs."""
    for need in case.needs:
        if need.startswith('built:'):
            tools.need(need[6:])
        elif missing(need):
            raise tap.Skip(missing(need))


def looked_at(place, case, way):
    """One look at a case, in both ways: all complaints about it."""
    plain, watched = place.run(way, False), place.run(way, True)
    complaints = list(compare.differences(case, plain, watched, REVIEWED))
    if complaints and list(compare.differences(case, plain, place.run(way, False))):
        complaints.append('it differs from one unwatched run to the next as well')
    if watched.parts['status'] == b'timeout':
        complaints.append('it did not end')
    return complaints + list(compare.own_words(case, plain, watched, REVIEWED)) + list(compare.record(case, watched.outcome))


def compared(case, way, tools):
    """All complaints about a case. What we do to a program, we do each time: a difference that a busy machine made (a second
    passed, a timer fired first, a subshell outlived its shell) is gone when it is tried again."""
    for _ in range(3):
        with watch.Place(case, tools) as place:
            complaints = looked_at(place, case, way)
        if not complaints:
            break
    return complaints


def attempt(case, way, tools):
    """The body of the test: to be run by tap once the work is done."""
    check_needs(case, tools)
    complaints = compared(case, way, tools.path)
    tap.check(not complaints, '\n'.join(complaints))


def claims(wanted):
    """Pairs of case and way of watching."""
    for cases in FAMILIES.values():
        for case in cases:
            if not wanted or case.name in wanted:
                yield from ((case, way) for way in case.under)


def main(wanted):
    """Run the cases side by side, report in order."""
    with Tools(os.environ['DTRACK_PROBES']) as tools, concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        started = [(case, way, pool.submit(attempt, case, way, tools)) for case, way in claims(wanted)]
        tap.run([(f'{case.name}_cannot_tell' + ('_under_dtrack_run' if way == 'run' else ''), future.result)
                 for case, way, future in started])


if __name__ == '__main__':
    main(sys.argv[1:])
