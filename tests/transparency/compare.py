# SPDX-License-Identifier: MIT
"""Compares two runs of a case, and looks at the record of the watched one. Yields one text for each difference that no
line of the reviewed list explains."""
import difflib
import os
import re
from collections import namedtuple

import normal
import reviewed_list
import shim

Reviewed = namedtuple('Reviewed', 'case part pattern reason')
OWN_WORDS = re.compile(rb'\bld\.so\b|libdtrack|^dtrack: ', re.M)


def read_reviewed(path):
    """The lines of the reviewed list."""
    return [Reviewed(*words) for words in reviewed_list.read(path, 3)]


def differing_lines(plain, watched):
    """The lines that only one of the two has, with its sign."""
    if plain == watched:
        return []
    before, after = ([line.decode(errors='backslashreplace') for line in text.splitlines()] for text in (plain, watched))
    return [line for line in difflib.unified_diff(before, after, n=0, lineterm='')
            if not line.startswith(('---', '+++', '@@'))]


def patterns_for(case, part, reviewed):
    """What may differ in a part of a case."""
    return [entry.pattern for entry in reviewed if entry.part == part and re.fullmatch(entry.case, case.name)]


def differences(case, plain, watched, reviewed=()):
    """What differs between two runs, part by part."""
    library = shim.LIBRARY.encode()
    for part in plain.parts:
        texts = [normal.apply(case.normal, seen.parts[part], library) for seen in (plain, watched)]
        patterns = patterns_for(case, part, reviewed)
        lines = differing_lines(*texts)
        unexplained = [line for line in lines if not any(re.fullmatch(pattern, line[1:]) for pattern in patterns)]
        if unexplained:
            yield f'{part} differs:\n' + '\n'.join(unexplained[:20])
        for pattern in patterns:
            if not any(re.fullmatch(pattern, line[1:]) for line in lines):
                yield f'{part}: nothing differs any more as reviewed: {pattern}'
        if not lines and texts[0] != texts[1]:
            yield f'{part} differs in line ends: {texts[0][-80:]!r} and {texts[1][-80:]!r}'


def own_words(case, plain, watched, reviewed=()):
    """Nothing of ours, and no complaint of the loader's about us, in what the user sees."""
    for part in ('stdout', 'stderr'):
        before, after = (normal.ours(seen.parts[part], shim.LIBRARY.encode()).splitlines() for seen in (plain, watched))
        patterns = patterns_for(case, part, reviewed)
        for line in after:
            if any(re.fullmatch(pattern, line.decode(errors='backslashreplace')) for pattern in patterns):
                continue
            if line not in before and OWN_WORDS.search(line):
                yield f'{part} speaks of us: {line!r}'


def record(case, outcome):
    """The run is in the store, complete."""
    if outcome is None:
        return
    if len(outcome.summaries) != case.runs:
        yield f'{len(outcome.summaries)} runs in the store, not {case.runs}'
    if outcome.left:
        yield f'left in the spool: {outcome.left}'
    rows = shim.processes(outcome)
    names = {row['name'] for row in rows}
    for name in case.names or [os.path.basename(case.command[0])]:
        if name not in names:
            yield f'no process {name} in the record, which has {sorted(names)}'
    for row in rows:
        if row['dur_ns'] is None and row['name'] not in case.lives_on:
            yield f"no end of {row['name']} ({row['end_by']})"
    damaged = sum(summary['coverage']['damaged_bytes'] + summary['coverage']['missed'] for summary in outcome.summaries)
    if damaged:
        yield f'missed records or damaged bytes: {damaged}'
