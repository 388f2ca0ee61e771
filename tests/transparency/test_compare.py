#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The comparison notices what it is there for: cases that do tell that they are watched."""
import os

import compare
import shim
import tap
import watch
from case import sh

KNOWS = 'if [ -n "$LD_PRELOAD" ]; then {0}; else {1}; fi'


def complaints(case, reviewed=()):
    """What is said about a case."""
    with watch.Place(case, os.environ['DTRACK_PROBES']) as place:
        plain, watched = place.run('preload', False), place.run('preload', True)
    return [*compare.differences(case, plain, watched, reviewed), *compare.own_words(case, plain, watched, reviewed),
            *compare.record(case, watched.outcome)]


def tells(watched, plain=':', part=None, **options):
    """Some complaint, of that part, about a case that does one thing watched and another one unwatched."""
    found = complaints(sh('tells', KNOWS.format(watched, plain), **options))
    tap.check(any(part in text for text in found), f'complaints: {found}')


def a_case_that_is_the_same_has_no_complaint():
    tap.same(complaints(sh('same', 'echo a; /bin/true; exit 3')), [], 'complaints')


def each_part_is_compared():
    tells('exit 3', 'exit 4', 'status differs')
    tells('kill -TERM $$', 'exit 0', 'status differs')
    tells('echo a', part='stdout differs')
    tells('printf a', 'echo a', 'stdout differs in line ends')
    tells('echo a >&2', part='stderr differs')
    tells('echo a > file', part='files differs')
    tells('echo a > file', 'echo b > file', 'files differs')
    tells('umask 077; echo a > file', 'echo a > file', 'files differs')


def a_view_notices_each_thing():
    for change in ('exec 7</dev/null', "trap '' USR1", 'umask 77', 'cd /', 'ulimit -n 77', 'export X=1', 'export LD_PRELOAD="$LD_PRELOAD:libm.so.6"',
                   'exec 0</dev/zero', 'exec 1>&2'):
        case = sh('view', KNOWS.format(change, ':') + '; $VIEW; true')
        tap.check(any('differs' in text for text in complaints(case)), f'{change} is noticed')


def our_words_are_noticed():
    tells('echo dtrack: x', 'echo y', 'speaks of us')
    tells("echo \"ERROR: ld.so: object 'x' from LD_PRELOAD cannot be preloaded: ignored.\" >&2", part='speaks of us')


def our_own_variables_are_no_difference():
    tap.same(complaints(sh('env', '(env); (env); true', names=('sh', 'env'))), [], 'complaints')


def an_incomplete_record_is_noticed():
    tells('{ sleep 0.3 >/dev/null 2>&1 & }', part='no end of')
    tells('true', part='no process nothing in the record', names=('nothing',))
    nothing = list(compare.record(sh('none', ':'), shim.Outcome(None, '', '', [], [], ['run-x'])))
    tap.check(len(nothing) == 3, f'no run, something left, no process: {nothing}')


def a_reviewed_difference_is_explained_once():
    entry = compare.Reviewed('te.*', 'stdout', 'a+', 'for this test')
    tap.same(complaints(sh('tells', KNOWS.format('echo aa', ':')), [entry]), [], 'complaints')
    tap.check('unlike' in complaints(sh('tells', KNOWS.format('echo unlike', 'echo aa')), [entry])[0], 'another line is not explained')
    tap.check('nothing differs any more' in complaints(sh('tells', 'echo aa'), [entry])[0], 'a line that explains nothing is noticed')


if __name__ == '__main__':
    tap.run([a_case_that_is_the_same_has_no_complaint, each_part_is_compared, a_view_notices_each_thing, our_words_are_noticed,
             our_own_variables_are_no_difference, an_incomplete_record_is_noticed, a_reviewed_difference_is_explained_once])
