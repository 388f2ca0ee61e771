# SPDX-License-Identifier: MIT
"""Says what differs between the runs of a suite, and what is wrong with a record. Runs nothing."""
import difflib
import re
from collections import namedtuple

import reviewed_list
import shim

Reviewed = namedtuple('Reviewed', 'suite test reason')
OWN_WORDS = re.compile(r'ERROR: ld\.so: .*|.*libdtrack\.so.* cannot be preloaded.*|^dtrack: .*', re.M)


def read_reviewed(path):
    """The lines of the reviewed list: SUITE FILE: TEST # REASON."""
    return [Reviewed(*words) for words in reviewed_list.read(path, 2)]


class Verdicts:
    """What the tests of a suite said in all runs of one kind."""

    def __init__(self):
        self.seen = {}

    def add(self, verdicts):
        """One more run."""
        for test, verdict in verdicts.items():
            self.seen.setdefault(test, set()).add(verdict)

    def of(self, test):
        """All verdicts of a test; that there was none is one as well."""
        return self.seen.get(test, {'no verdict'})


def differing(plain, watched):
    """The tests that never said the same in both kinds of run."""
    return sorted(test for test in plain.seen.keys() | watched.seen.keys() if plain.of(test).isdisjoint(watched.of(test)))


def unsteady(plain, watched):
    """The tests that said different things in different runs, but once the same."""
    return sorted(test for test in plain.seen.keys() & watched.seen.keys()
                  if len(plain.of(test) | watched.of(test)) > 1 and not plain.of(test).isdisjoint(watched.of(test)))


def explained(suite, test, reviewed):
    """Whether a reviewed line speaks of this test."""
    return any(entry.suite == suite and re.fullmatch(entry.test, ': '.join(test)) for entry in reviewed)


def told(test, plain, watched):
    """One difference, for people."""
    before, after = (sorted(verdicts.of(test))[0].splitlines() for verdicts in (plain, watched))
    lines = difflib.unified_diff(before, after, 'without', 'watched', lineterm='', n=1)
    return '\n'.join([': '.join(test), *list(lines)[:40]])


def record(outcome, name, static=()):
    """Complaints about the record of a watched run that was given this name, and may name these programs as blind spots."""
    names = [summary['name'] for summary in outcome.summaries]
    if names.count(name) != 1:
        yield f'not one run {name} in the store, but: {names}'
    if outcome.left:
        yield f'left in the spool: {outcome.left}'
    if not shim.processes(outcome):
        yield 'no process in the record'
    # Whoever is killed while it writes its record leaves a piece of it; these suites kill processes that have just begun.
    killed = any(row['signal'] is not None for row in shim.processes(outcome))
    for summary in outcome.summaries:
        coverage = summary['coverage']
        unseen = [spot['name'] for spot in coverage['blind_spots'] if spot['name'] not in static]
        if unseen:
            yield f'blind spots of {summary["name"]}: {unseen}'
        for what in ('missed', 'bad_marks') + (() if killed else ('damaged_bytes',)):
            if coverage[what]:
                yield f'{what} of {summary["name"]}: {coverage[what]}'


def own_words(plain, watched):
    """What of us, or of the loader's about us, is in the output of the watched run only."""
    return sorted(set(OWN_WORDS.findall(watched)) - set(OWN_WORDS.findall(plain)))
