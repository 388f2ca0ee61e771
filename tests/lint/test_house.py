#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_house.py ROOT : the tools under ROOT/scripts/lib on which everybody's trust in the tests rests."""
import os
import subprocess
import sys
import tempfile

import tap

ROOT = sys.argv[1]
LIB = os.path.join(ROOT, 'scripts/lib')
sys.path.insert(0, LIB)
import count  # noqa: E402  # pylint: disable=wrong-import-position


def outcomes(results):
    """The outcomes alone."""
    return [result.outcome for result in results]


def subtests_are_counted_one_by_one():
    """A skipped one is neither passed nor failed; remarks belong to what follows them."""
    results = count.read_tap('1..3\nok 1 - a\n# why\nnot ok 2 - b_is_so\nok 3 - c # SKIP no server\n')
    tap.same(outcomes(results), ['passed', 'failed', 'skipped'], 'outcomes')
    tap.same((results[1].claim, results[1].remarks, results[2].remarks), ('b_is_so', ['why'], ['no server']), 'texts')


def program_that_breaks_off_has_failed():
    """However many of its subtests had passed; and one that says nothing passes by its status."""
    broken = {'name': 'x', 'stdout': '1..2\nok 1 - a\n', 'stderr': 'boom\n', 'result': 'ERROR', 'returncode': -11}
    tap.same(outcomes(count.read_test(broken)), ['passed', 'failed'], 'a crash')
    tap.same(count.read_test(broken)[1].remarks, ['boom'], 'its last words')
    slow = {'name': 'x', 'stdout': '', 'result': 'TIMEOUT', 'returncode': -9}
    tap.same(outcomes(count.read_test(slow)), ['failed'], 'a timeout')
    plain = {'name': 'x', 'stdout': '', 'result': 'OK', 'returncode': 0}
    tap.same(outcomes(count.read_test(plain)), ['passed'], 'a program without TAP')
    skipped = {'name': 'x', 'stdout': '1..0 # SKIP not here\n', 'result': 'SKIP', 'returncode': 0}
    tap.same(outcomes(count.read_test(skipped)), ['skipped'], 'a program that skips everything')


def total(*texts):
    """Status and last line of count.py over steps with these logs; None is a step that left none."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = []
        for number, text in enumerate(texts):
            path = os.path.join(folder, f'{number}.tap')
            arguments.append(f'step{number}={path}')
            if text is not None:
                with open(path, 'w', encoding='utf-8') as file:
                    file.write(text)
        done = subprocess.run([sys.executable, os.path.join(LIB, 'count.py'), *arguments], stdout=subprocess.PIPE,
                              text=True, check=False)
        return done.returncode, done.stdout.splitlines()[-1]


def last_line_is_the_count():
    """And the status agrees with it."""
    tap.same(total('ok 1 - a\n', 'ok 1 - b\nok 2 - c\n'), (0, '3 passed, 0 failed'), 'all passed')
    tap.same(total('ok 1 - a\nok 2 - b # SKIP x\n'), (0, '1 passed, 0 failed, 1 skipped'), 'one skipped')
    tap.same(total('ok 1 - a\nnot ok 2 - b\n'), (1, '1 passed, 1 failed'), 'one failed')


def step_without_a_result_has_failed():
    """So has a run of nothing."""
    tap.same(total('ok 1 - a\n', None), (1, '1 passed, 1 failed'), 'a step without a log')
    tap.same(total(), (1, '0 passed, 0 failed'), 'no step at all')


def verdict(reports):
    """What findings.py says of a folder with these reports, or of none."""
    with tempfile.TemporaryDirectory() as top:
        folder = os.path.join(top, 'findings')
        if reports is not None:
            os.mkdir(folder)
        for number, text in enumerate(reports or ()):
            with open(os.path.join(folder, f'report.{number}'), 'w', encoding='utf-8') as file:
                file.write(text)
        done = subprocess.run([sys.executable, os.path.join(LIB, 'findings.py'), folder], stdout=subprocess.PIPE, text=True,
                              check=True)
        return count.read_tap(done.stdout)


def any_report_of_a_sanitizer_is_a_failure():
    """Also one that makes no sense, and when nobody has looked at all. Equal ones are told once."""
    tap.same(outcomes(verdict([])), ['passed'], 'an empty folder')
    tap.same(outcomes(verdict(None)), ['failed'], 'no folder')
    tap.same(outcomes(verdict([''])), ['failed'], 'an empty report')
    leak = 'SUMMARY: AddressSanitizer: 8 byte(s) leaked in 1 allocation(s).\n'
    result, = verdict([f'==1==ERROR: LeakSanitizer\n{leak}', f'==2==ERROR: LeakSanitizer\n{leak}', 'x.c:1:2: runtime error: y'])
    tap.same((result.outcome, result.remarks[:2]), ('failed', [f'2 times: {leak.strip()}', '1 times: x.c:1:2: runtime error: y']),
             'three reports')


def shell(function, text):
    """What a function of sources.sh makes of these entries."""
    script = f'root={ROOT}; . "$root/scripts/lib/setup.sh"; . "$root/scripts/lib/sources.sh"; {function} bookworm'
    return subprocess.run(['sh', '-euc', script], input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


def one_line_entries_become_source_entries():
    """Only this release's main: nobody else's source is wanted."""
    tap.same(shell('one_line_sources', 'deb [arch=amd64 signed-by=/k] http://h/debian bookworm main contrib\n'
                                       'deb http://h/debian bookworm-updates main\n'
                                       'deb http://h/other bookworm stable\n'
                                       '# deb http://h/old bookworm main\n'
                                       'deb-src http://h/debian bookworm main\n'),
             'deb-src [arch=amd64 signed-by=/k] http://h/debian bookworm main contrib\n', 'entries')


def stanzas_become_source_stanzas():
    """With all their other fields."""
    got = shell('stanza_sources', '# note\nTypes: deb\nURIs: http://h/debian\nSuites: bookworm bookworm-updates\n'
                                  'Components: main\nSigned-By:\n -----\n .\n\n'
                                  'Types: deb\nURIs: http://h/sec\nSuites: bookworm-security\nComponents: main\n')
    tap.same(got.split('\n\n')[0].strip(), 'Types: deb-src\nURIs: http://h/debian\nSuites: bookworm bookworm-updates\n'
                                           'Components: main\nSigned-By:\n -----\n .', 'the first stanza')
    tap.check('sec' not in got, f'the second stanza is there: {got}')


if __name__ == '__main__':
    tap.run([subtests_are_counted_one_by_one, program_that_breaks_off_has_failed, last_line_is_the_count,
             step_without_a_result_has_failed, any_report_of_a_sanitizer_is_a_failure, one_line_entries_become_source_entries, stanzas_become_source_stanzas])
