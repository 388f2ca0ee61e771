#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The comparison notices what it is there for: tests that fail because they are watched, or that come to no end then."""
import judge
import tap
from shim import Outcome
from suite import PASSED, Suite
from suites.bash import Bash
from suites.make import Make
from suites.perl import Perl
from suites.python import Python
from suites.tcl import Tcl
from suites.zsh import Zsh
from test_foreign import Trial

RUNNER = '''
for test in "$@"; do
    if [ "$test" = steady ] || [ -z "$LD_PRELOAD" ]; then echo "ok $test"; else echo "not ok $test"; fi
done
if [ -z "$LD_PRELOAD" ]; then echo "ok lost"; fi
test -e "$HOME/before" && echo "ok used"
/bin/true
: >"$HOME/before"
'''


class Tells(Suite):
    """A suite of which some tests know that they are watched."""
    name = 'tells'
    quick = ('*',)

    def prepare(self, source, work):
        with open(f'{work}/runner', 'w', encoding='ascii') as text:
            text.write(RUNNER)

    def files(self, work):
        return ['steady', 'tells']

    def start(self, work, files):
        return work, ['sh', 'runner', *files]

    def verdicts(self, text):
        return {(line.split()[-1], 'says'): PASSED if line.startswith('ok') else 'failed' for line in text.splitlines()}


def verdicts(*runs):
    """The verdicts of one test in several runs."""
    seen = judge.Verdicts()
    for verdict in runs:
        seen.add({('file', 'test'): verdict})
    return seen


def a_test_that_tells_is_a_difference():
    trial = Trial(Tells())
    tap.same(trial.differences(), [('lost', 'says'), ('tells', 'says')], 'differences')
    tap.same(list(judge.record(trial.first[1].outcome, 'tells')), [], 'complaints about the record')
    tap.check('-passed\n+failed' in judge.told(('tells', 'says'), trial.plain, trial.watched), 'the difference is told')


def a_test_is_unsteady_only_if_it_was_once_the_same():
    tap.same(judge.differing(verdicts(PASSED), verdicts(PASSED)), [], 'the same')
    tap.same(judge.differing(verdicts(PASSED), verdicts('failed')), [('file', 'test')], 'different')
    tap.same(judge.differing(verdicts(PASSED), verdicts()), [('file', 'test')], 'missing')
    tap.same(judge.differing(verdicts(PASSED, PASSED), verdicts('failed', 'broken')), [('file', 'test')], 'always different')
    tap.same(judge.differing(verdicts(PASSED, PASSED), verdicts('failed', PASSED)), [], 'once the same')
    tap.same(judge.unsteady(verdicts(PASSED, PASSED), verdicts('failed', PASSED)), [('file', 'test')], 'unsteady')


def a_reviewed_difference_is_for_one_suite():
    entry = judge.Reviewed('bash', r'run-\w+: output', 'for this test')
    tap.check(judge.explained('bash', ('run-trap', 'output'), [entry]), 'explained')
    tap.check(not judge.explained('zsh', ('run-trap', 'output'), [entry]), 'another suite')
    tap.check(not judge.explained('bash', ('run-trap', 'output of another'), [entry]), 'another test')


def an_incomplete_record_is_noticed():
    coverage = {'missed': 1, 'damaged_bytes': 64, 'bad_marks': 0, 'blind_spots': [{'name': 'x'}]}
    outcome = Outcome(0, '', '', [{'name': 'other', 'coverage': coverage}], [], ['run-x'])
    found = list(judge.record(outcome, 'tells'))
    tap.check(len(found) == 6, f'no run, something left, no process, a missed record, a blind spot, damage: {found}')
    tap.same(len(list(judge.record(outcome, 'tells', ('x',)))), 5, 'complaints where x is known to be static')
    killed = Outcome(0, '', '', [{'name': 'tells', 'coverage': coverage | {'missed': 0, 'blind_spots': []}}],
                     [{'kind': 'process', 'start_ns': 1, 'name': 'x', 'signal': 9}], [])
    tap.same(list(judge.record(killed, 'tells')), [], 'complaints about a process that was killed while it wrote')


def our_words_are_noticed():
    line = "ERROR: ld.so: object 'x' from LD_PRELOAD cannot be preloaded: ignored."
    tap.same(judge.own_words('a\n', f'a\n{line}\ndtrack: x\n'), [line, 'dtrack: x'], 'words')
    tap.same(judge.own_words(line, line), [], 'words that are always there')


def bash_is_read():
    found = Bash().verdicts('run-a\nrun-b\nwarning: x\nrun-c\n1c1\n< pid 12345\n')
    tap.same(found, {('run-a', 'output'): PASSED, ('run-b', 'output'): PASSED, ('run-c', 'output'): '1c1\n< pid N'}, 'verdicts')


def make_is_read():
    found = Make().verdicts('misc/a-b ... ok     (14 passed)\nmisc/c ... Error x\nFAILED (2/13 passed)\nvms/d ... N/A\n')
    tap.same(found, {('misc/a-b', '14 checks'): PASSED, ('misc/c', 'as a whole'): 'FAILED (2/13 passed)', ('vms/d', 'as a whole'): 'N/A'},
             'verdicts')


def zsh_is_read():
    text = ('./a.ztst: starting.\nRunning test: x\nTest successful.\nRunning test: y\na.ztst: all tests successful.\n'
            'b.ztst: starting.\nRunning test: x\nRunning test: y\nTest b.ztst failed: z\nb.ztst: test failed.\nc.ztst: starting.\n')
    found = Zsh().verdicts(text)
    tap.same({test for test, verdict in found.items() if verdict == PASSED},
             {('a.ztst', '1 x'), ('a.ztst', '2 y'), ('a.ztst', 'as a whole'), ('b.ztst', '1 x')}, 'passed')
    tap.same(found['b.ztst', '2 y'], 'failed', 'the last one of a file that fails')
    tap.same(found['c.ztst', 'as a whole'], 'no end', 'a file that broke off')


def tap_is_read():
    found = Perl().verdicts('io/a.t .. \nok 1 - x\nnot ok 2 - y # todo z\nnot ok 3\nok 4 # skip w\n')
    tap.same(found, {('io/a.t', '1'): PASSED, ('io/a.t', '2'): 'failed todo', ('io/a.t', '3'): 'failed',
                     ('io/a.t', '4'): 'passed skip'}, 'verdicts')


def python_is_read():
    text = ('test_a (test.test_os.B.test_a) ... ok\ntest_b (test.test_os.B.test_b) ... pid 7\nFAIL\n'
            "test_c (test.test_os.B.test_c) ... skipped 'x'\n")
    tap.same(list(Python().verdicts(text).values()), [PASSED, 'FAIL', "skipped 'x'"], 'verdicts')


def tcl_is_read():
    text = 'a.test\n++++ a-1.1 PASSED\n++++ a-1.2 SKIPPED: root\n==== a-1.3 does it FAILED\n==== a-1.3 FAILED\n'
    tap.same(Tcl().verdicts(text), {('a.test', 'a-1.1'): PASSED, ('a.test', 'a-1.2'): 'skipped: root', ('a.test', 'a-1.3'): 'failed'},
             'verdicts')


if __name__ == '__main__':
    tap.run([a_test_that_tells_is_a_difference, a_test_is_unsteady_only_if_it_was_once_the_same, a_reviewed_difference_is_for_one_suite,
             an_incomplete_record_is_noticed, our_words_are_noticed, bash_is_read, make_is_read, zsh_is_read, tap_is_read, python_is_read,
             tcl_is_read])
