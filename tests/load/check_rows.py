# SPDX-License-Identifier: MIT
"""What the rows of a run that make_spool made up must be: every process once, below the right one, with the right end.
The rules of make_unit() in make_spool.c are here a second time, as results."""
import json
from collections import namedtuple

# Whose child a row must be, within its own unit ('make': the writer's), and how it must end.
Want = namedtuple('Want', 'parent end_by exit_code signal')
# What is kept of a row; times in ns.
Row = namedtuple('Row', 'span_id parent_id end_by exit_code signal start end')


def wanted(unit):
    """The rows of one unit by role."""
    killed, becomes = unit % 16 == 7, unit % 8 == 5
    rows = {'sh': Want('make', 'exec' if becomes else 'self', None if becomes else 2 * killed, None),
            'gcc': Want('make' if becomes else 'sh', 'self', int(killed), None),
            'cc1': Want('gcc', 'parent' if killed else 'self', None if killed else 0, 9 if killed else None)}
    if not killed:
        rows['as'] = Want('gcc', 'self', 0, None)
    if unit % 8 == 3:
        rows['subshell'] = Want('sh', 'self', 5, None)
    if unit % 16 == 11:
        rows['static-tool'] = Want('sh', 'parent', 0, None)
    return rows


def lives(unit):
    """How many processes a unit is: an exec goes on in the same one."""
    return len(wanted(unit)) - (unit % 8 == 5)


def units_of(processes):
    """How many units a writer makes that is told to make so many processes, its own among them."""
    left, unit = processes - 1, 0
    while left > 0:
        left -= lives(unit)
        unit += 1
    return unit


def read(lines):
    """Rows by (unit, role), a list each, which should have one entry."""
    rows = {}
    for line in lines:
        row = json.loads(line)
        if row['kind'] != 'process':
            continue
        role = 'subshell' if row['exit_code'] == 5 else row['name']
        key = (row['args'][-1].partition('=')[2], role)
        end = None if row['dur_ns'] is None else row['start_ns'] + row['dur_ns']
        rows.setdefault(key, []).append(Row(row['span_id'], row['parent_id'], row['end_by'], row['exit_code'],
                                            row['signal'], row['start_ns'], end))
    return rows


def compare_row(key, row, parent, want):
    """Complaints about one row."""
    got = Want(row.parent_id, row.end_by, row.exit_code, row.signal)
    want = want._replace(parent=parent.span_id)
    if got != want:
        yield f'{key}: {got}, not {want}'
    # A process that execs goes on in the next row: there it is that has the later children.
    if row.start < parent.start or row.end is None or (parent.end_by != 'exec' and row.end > parent.end):
        yield f'{key}: {row.start} to {row.end} is not within {parent.start} to {parent.end}'


def take(rows, key, complaints):
    """The one row of that key, which is used up."""
    found = rows.pop(key, [])
    if len(found) != 1:
        complaints.append(f'{key}: {len(found)} rows')
    return found[0] if found else None


def check_unit(rows, name, number, make, complaints):
    """Use up the rows of one unit."""
    want = wanted(number)
    found = {role: take(rows, (name, role), complaints) for role in want}
    for role, row in found.items():
        parent = make if want[role].parent == 'make' else found[want[role].parent]
        if row and parent:
            complaints.extend(compare_row((name, role), row, parent, want[role]))


def check(lines, writers, processes, killed_at=None):
    """Complaints about the rows of a run of so many writers and processes; with `killed_at`, every eighth writer came
    no further than that unit."""
    rows, complaints = read(lines), []
    leader = take(rows, ('leader', 'make'), complaints)
    for writer in range(writers):
        dies = killed_at is not None and writer % 8 == 7
        make = take(rows, (f'w{writer}', 'make'), complaints)
        want = Want('leader', 'parent', None, 9) if dies else Want('leader', 'self', 0, None)
        if not make or not leader:
            continue
        complaints.extend(compare_row((f'w{writer}', 'make'), make, leader, want))
        for unit in range(killed_at if dies else units_of(processes // writers)):
            check_unit(rows, f'w{writer}/u{unit}', unit, make, complaints)
    return complaints + [f'{key}: nobody made it' for key in rows]
