#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_foreign.py [SUITE...]: other projects' own tests say the same whether the shim is there or not, test by test. With
DTRACK_FOREIGN_ALL=1 all their files, else those that make most processes."""
import concurrent.futures
import os
import sys

import judge
import tap
from run import Workshop
from suite import PASSED
from suites import SUITES

REVIEWED = judge.read_reviewed(os.path.join(os.path.dirname(__file__), 'reviewed.txt'))
EVERYTHING = os.environ.get('DTRACK_FOREIGN_ALL') == '1'
SIDE_BY_SIDE = 4
ROUNDS = 3


class Trial:
    """A suite that has run without and with the shim, as often as it took to tell unsteady tests from different ones."""

    def __init__(self, suite):
        self.suite = suite
        self.plain, self.watched = judge.Verdicts(), judge.Verdicts()
        with Workshop(suite) as workshop:
            files = workshop.files(EVERYTHING)
            self.first = self.round(workshop, files)
            for _ in range(ROUNDS - 1):
                different = {file for file, _ in self.differences()}
                again = [file for file in files if file in different]
                if again:
                    self.round(workshop, again)

    def round(self, workshop, files):
        """Once without and once with the shim."""
        plain, watched = workshop.run(files, False), workshop.run(files, True)
        self.plain.add(plain.verdicts)
        self.watched.add(watched.verdicts)
        return plain, watched

    def differences(self):
        """The tests that differ and that no reviewed line explains."""
        return [test for test in judge.differing(self.plain, self.watched) if not judge.explained(self.suite.name, test, REVIEWED)]

    def row(self):
        """The suite's line in the table."""
        plain, watched = self.first
        passed = [sum(verdict == PASSED for verdict in seen.verdicts.values()) for seen in self.first]
        processes = sum(summary['totals']['processes'] for summary in watched.outcome.summaries)
        return (f'{self.suite.name}: {len(plain.verdicts)} tests, {passed[0]} passed without, {passed[1]} with, '
                f'{len(self.differences())} differences, {len(judge.unsteady(self.plain, self.watched))} unsteady, '
                f'{processes} processes, {plain.seconds:.0f} s without, {watched.seconds:.0f} s with')


def says_the_same(trial):
    """Test by test; and it was really run."""
    tap.note(trial.row())
    for test in judge.unsteady(trial.plain, trial.watched):
        tap.note(f'unsteady: {": ".join(test)}')
    found = trial.differences()
    tap.check(not found, '\n'.join(judge.told(test, trial.plain, trial.watched) for test in found[:20]))
    plain, _ = trial.first
    passed = sum(verdict == PASSED for verdict in plain.verdicts.values())
    tap.check(passed >= trial.suite.least, f'only {passed} tests passed without the shim; it said at the end\n{plain.text[-2000:]}')


def is_recorded(trial):
    """As a run, whole, without a blind spot."""
    _, watched = trial.first
    for summary in watched.outcome.summaries:
        tap.note(f'{summary["name"]}: {summary["totals"]["processes"]} processes, {summary["coverage"]}')
    complaints = list(judge.record(watched.outcome, trial.suite.name, trial.suite.static))
    tap.check(not complaints, '\n'.join(complaints))


def hears_nothing_of_us(trial):
    """Neither from us nor from the loader about us."""
    complaints = judge.own_words(*(seen.text for seen in trial.first))
    tap.check(not complaints, '\n'.join(complaints[:10]))


CLAIMS = (says_the_same, is_recorded, hears_nothing_of_us)


def main(wanted):
    """Try the suites side by side, report in order."""
    suites = [suite for suite in SUITES if not wanted or suite.name in wanted]
    with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        trials = [(suite, pool.submit(Trial, suite)) for suite in suites]
        tap.run([(f'{suite.name}_{claim.__name__}', lambda claim=claim, trial=trial: claim(trial.result()))
                 for suite, trial in trials for claim in CLAIMS])


if __name__ == '__main__':
    main(sys.argv[1:])
