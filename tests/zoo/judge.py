# SPDX-License-Identifier: MIT
"""Holds what strace saw (strace_log.Process) against what dtrack recorded (rows). Knows no files and no cases.

Pids come round again: the processes and the rows of one pid are compared as lists, in the order of time. Rows that end
by exec belong to the one behind them: together they are one life.
"""
import os
from collections import Counter, defaultdict
from signal import Signals

import compare

# What must hold of moments whatever the load: a moment that dtrack took before a system call lies before the one that
# strace took at its entry. Not machine load but an adjusted clock may blur this.
CLOCK_SLACK_NS = 20_000_000


def lives_of(rows):
    """pid -> its lives; each a list of rows."""
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: row['start_ns']):
        lives = found[row['pid']]
        if lives and lives[-1][-1]['end_by'] == compare.FINISHED_BY_EXEC:
            lives[-1].append(row)
        else:
            lives.append([row])
    return found


ANY = -1


def pairs(processes, rows, may_miss=0):
    """(process, its life) for each process; complaints about those without, and about lives without a process."""
    lives, found, complaints = lives_of(rows), [], []
    by_pid = defaultdict(list)
    for process in processes:
        by_pid[process.pid].append(process)
    for pid, ours in by_pid.items():
        mine = lives.pop(pid, [])
        if len(mine) == len(ours):
            found += zip(ours, mine)
        elif mine:
            complaints.append(f'{name_of(ours[0])}: {len(mine)} lives, not {len(ours)}: {told(mine)}')
        else:
            complaints += [f'{name_of(one)}: not recorded, ended by {one.end}' for one in ours]
    missed = [text for text in complaints if 'not recorded' in text]
    if may_miss in (ANY, len(missed)):
        complaints = [text for text in complaints if text not in missed]
    elif may_miss:
        complaints.append(f'{len(missed)} processes not recorded, not {may_miss}')
    complaints += [f'{pid}: invented: {told(mine)}' for pid, mine in lives.items()]
    return found, complaints


def likeness(processes, rows, exceptions):
    """Complaints where pids say nothing, because each namespace has its own: whether there are as many of each kind on
    both sides, a kind being what ran, how it ended, and the same of its parent."""
    def strange(process):
        forker = process
        while not forker.images and forker.parent in by_pid:
            forker = by_pid[forker.parent]
        words = forker.images[-1] if forker.images else []
        nobody_knows = expected_witness(process, exceptions) == 'inferred'
        return os.path.basename(words[0]) if words else '', ('exit', None) if nobody_knows else process.end

    def familiar(life):
        return os.path.basename(life[-1]['args'][0]) if life[-1]['args'] else '', compare.end_of(life[-1])
    by_pid = {process.pid: process for process in processes}
    lives = [life for mine in lives_of(rows).values() for life in mine]
    by_span = {row['span_id']: life for life in lives for row in life}
    want = Counter((strange(one), strange(by_pid[one.parent]) if one.parent in by_pid else None) for one in processes)
    got = Counter((familiar(life), familiar(by_span[life[0]['parent_id']]) if life[0]['parent_id'] in by_span else None)
                  for life in lives)
    yield from (f'{number} of {kind} missing' for kind, number in (want - got).items())
    yield from (f'{number} of {kind} too many' for kind, number in (got - want).items())


def name_of(process):
    """A process in a few words."""
    return f"{process.pid} ({' '.join(str(word) for word in process.images[-1])[:60] if process.images else 'a fork'})"


def told(lives):
    """Lives in a few words."""
    return ' | '.join(' > '.join(f"{row['name']} {row['end_by']} {row['exit_code']} {row['signal']}" for row in life)
                      for life in lives)


def end_text(end):
    """An end as the table of cases writes it: a number, or a signal's name."""
    kind, number = end
    if kind == 'exit':
        return str(number)
    return Signals(number).name if number in list(Signals) else f'SIG{number}'


def expected_witness(process, exceptions):
    """Who must have seen this end. By itself for an exit, by its parent for a signal; `exceptions` map a name, or an
    end, or both as NAME:END, to other words. The root has no parent in the run: its end is noticed."""
    end = end_text(process.end)
    name = process.images[-1][0].rsplit('/', 1)[-1] if process.images and process.images[-1] else ''
    usual = 'self' if process.end[0] == 'exit' else 'parent'
    word = exceptions.get(f'{name}:{end}') or exceptions.get(f':{end}') or exceptions.get(name) or usual
    return 'inferred' if word == 'parent' and process.parent is None else word


def ends(found):
    """Wrong statuses. Who was not there at the end need not know how it was."""
    for process, life in found:
        got = compare.end_of(life[-1])
        if got != process.end and got != ('exit', None):
            yield f'{name_of(process)}: {got}, not {process.end}'


def witnesses(found, exceptions):
    """Wrong witnesses, and those that do not know what they must."""
    for process, life in found:
        row, witness = life[-1], expected_witness(process, exceptions)
        if row['end_by'] not in witness.split(' or '):
            yield f"{name_of(process)} {end_text(process.end)}: seen by {row['end_by']}, not {witness}"
        if compare.end_of(row) == ('exit', None) and row['end_by'] in ('self', 'parent'):
            yield f'{name_of(process)}: {process.end} unknown to its witness {witness}'


def parents(found, rows):
    """Wrong parents: the span a life hangs on is one of the process that strace saw fork, or the run if that one is not
    recorded."""
    spans, known = {row['span_id']: row for row in rows}, {process.pid for process, _ in found}
    for process, life in found:
        parent = spans.get(life[0]['parent_id'])
        got, want = parent['pid'] if parent else None, process.parent if process.parent in known else None
        if got != want:
            yield f'{name_of(process)}: its parent is {got}, not {want}'


def images_of(process, life, spans):
    """The rows of a life that stand for an exec, without that of the fork child before."""
    return compare.without_fork_copies(life, spans, len(process.images)) if process.images else []


def images(found, rows, may_be_blind=0):
    """Wrong, missing or invented images in a life."""
    spans, complaints = {row['span_id']: row for row in rows}, []
    for process, life in found:
        mine = images_of(process, life, spans)
        if len(mine) != len(process.images):
            complaints.append(f'{told([life])}: {len(mine)} images, not {len(process.images)}')
        elif not all(map(compare.same_arguments, process.images, mine)):
            complaints.append(f"{name_of(process)}: {[row['args'] for row in mine]}, not {process.images}")
    if may_be_blind not in (ANY, len(complaints)):
        yield f'wrong images in {len(complaints)} processes, not {may_be_blind}'
        yield from complaints


def shape(rows, runs):
    """What holds of every run, whoever watches."""
    spans = {row['span_id']: row for row in rows}
    if len(spans) != len(rows):
        yield 'span ids are used twice'
    for row in rows:
        if row['parent_id'] is not None and row['parent_id'] not in spans:
            yield f"{row['span_id']}: parent {row['parent_id']} is not there"
        if row['dur_ns'] is not None and row['dur_ns'] < 0:
            yield f"{row['span_id']}: lasts {row['dur_ns']}"
        if row['exit_code'] is not None and row['signal'] is not None:
            yield f"{row['span_id']}: both a status and a signal"
    if sum(row['kind'] == 'run' for row in rows) != runs:
        yield f'not {runs} runs'


def start_gaps(found, rows):
    """(process, ns from dtrack's start of a row to strace's: the call of exec that it belongs to, or for the first one
    that of fork). Whoever was first heard of at its end has no start."""
    spans = {row['span_id']: row for row in rows}
    for process, life in found:
        mine = images_of(process, life, spans)
        calls = [[when] for when in process.exec_ns[:len(mine)]]
        if len(mine) < len(life):
            mine, calls = life[:1] + mine, [[process.born_ns]] + calls
        else:
            calls[0].append(process.born_ns)
        for row, candidates in zip(mine, calls):
            near = [when - row['start_ns'] for when in candidates if when]
            if near and (row['dur_ns'] != 0 or row['end_by'] != 'parent'):
                yield process, min(near, key=abs)


def end_gaps(found):
    """ns from dtrack's end of each life that noted its own to the entry of exit_group."""
    for process, life in found:
        row = life[-1]
        if row['end_by'] == 'self' and process.left_ns:
            yield process, process.left_ns - row['start_ns'] - row['dur_ns']


def places(rows, summaries):
    """What holds of a run in which some live by another clock: no row begins before its parent's or after the run, whatever
    the clocks say; and the summary says that there are such clocks."""
    starts = {row['span_id']: row['start_ns'] for row in rows}
    until = max(row['start_ns'] + row['dur_ns'] for row in rows if row['kind'] == 'run')
    for row in rows:
        if row['kind'] == 'process' and not starts[row['parent_id']] <= row['start_ns'] <= until:
            yield f"{row['name']} ({row['span_id']}) starts before its parent, or after the run"
    if not any(spot['cause'] == 'clock' for summary in summaries for spot in summary['coverage']['blind_spots']):
        yield 'nothing is said of another clock'


def moments(found, rows, processes):
    """Moments that cannot be, however slow the machine: nobody starts before his parent or after his own next step, nor
    ends later than he leaves or earlier than he became what he is."""
    spans = {row['span_id']: row for row in rows}
    first = {process.pid: when for process in processes for when in process.exec_ns[:1] + [process.born_ns] if when}
    for process, life in found:
        mine, self = images_of(process, life, spans), name_of(process)
        if process.parent in first and life[0]['start_ns'] < first[process.parent] - CLOCK_SLACK_NS:
            yield f'{self}: starts before its parent'
        for before, row in zip(mine, mine[1:]):
            if row['start_ns'] <= before['start_ns']:
                yield f"{self}: {row['name']} starts at once with the image before it"
        for row, until in zip(mine, process.exec_ns[1:] + [process.left_ns]):
            if until and row['start_ns'] > until + CLOCK_SLACK_NS:
                yield f"{self}: {row['name']} starts when it is over"
        end = life[-1]['start_ns'] + (life[-1]['dur_ns'] or 0)
        if life[-1]['end_by'] == 'self' and process.left_ns and end > process.left_ns + CLOCK_SLACK_NS:
            yield f'{self}: ends {end - process.left_ns} ns after it left'
        if life[-1]['dur_ns'] is not None and process.exec_ns and end < process.exec_ns[-1] - CLOCK_SLACK_NS:
            yield f'{self}: ends before its last exec'
