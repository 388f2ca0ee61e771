# SPDX-License-Identifier: MIT
"""Made-up runs of a few processes, put into a folder store as finishing one would."""
import gzip
import json
import os

START_NS = 1795422982123000000
RUN_ID = '20261123T083622.123Z-0a1b2c3d'
MS = 1000000


def process(name, parent, start, dur, *args, **more):
    """A row; its id is its place in the list, counted from p1. Times in ms; `cpu` as well, half of `dur` unless given."""
    return {'kind': 'process', 'name': name, 'parent': parent, 'start': start, 'dur': dur, 'args': [name, *args], **more}


def task(name, start, dur, **more):
    """A row of a task."""
    return {'kind': 'task', 'name': name, 'parent': None, 'start': start, 'dur': dur, **more}


def mark(name, value, at):
    """A row of a value, or of an event when it is None."""
    return {'kind': 'mark', 'name': name, 'parent': None, 'start': at, 'dur': None, 'value': value}


def _row(number, made, begin_ns):
    dur = None if made['dur'] is None else made['dur'] * MS
    code = made.get('code', 0 if dur is not None and made['kind'] == 'process' else None)
    start_ns = begin_ns + made['start'] * MS
    waited = made['kind'] == 'process' and made['parent'] and dur is not None and not made.get('unwaited')
    return {
        'run_id': RUN_ID, 'span_id': f"{'p' if made['kind'] == 'process' else 't' if made['kind'] == 'task' else 'm'}{number:x}",
        'parent_id': f"p{made['parent']:x}" if made['parent'] else 'run', 'kind': made['kind'], 'name': made['name'],
        'start_ns': start_ns, 'dur_ns': dur, 'end_by': made.get('end_by', 'self' if dur is not None else 'running'),
        'exit_code': None if made.get('signal') else code, 'signal': made.get('signal'),
        'pid': 100 + number if made['kind'] == 'process' else None,
        'exe': '/usr/bin/' + made['name'] if made['kind'] == 'process' else None, 'args': made.get('args'), 'cwd': made.get('cwd', '/src'),
        'user_us': made.get('cpu', (made['dur'] or 0) // 2) * 1000 if made['kind'] == 'process' else None, 'sys_us': None,
        'task': made.get('task'), 'reaped_ns': start_ns + dur if waited else None, 'forked': made.get('forked', False),
        'value': made.get('value')}


def put(folder, rows, dur, code=0, begin_ns=START_NS, **more):
    """Write the run of these rows, which took `dur` ms, or goes on when that is None; keyword arguments go into the summary."""
    made = [_row(number, row, begin_ns) for number, row in enumerate(rows, 1)]
    dur_ns = None if dur is None else dur * MS
    status = {'end_by': 'self' if dur is not None else 'running', 'exit_code': code, 'signal': None}
    run = {'run_id': RUN_ID, 'span_id': 'run', 'parent_id': None, 'kind': 'run', 'name': 'run', 'start_ns': begin_ns, 'dur_ns': dur_ns,
           'end_by': status['end_by'], 'exit_code': code}
    processes = [row for row in made if row['kind'] == 'process']
    summary = {
        'schema': 'dtrack.run/1', 'run_id': RUN_ID, 'name': 'nightly', 'command': ['bash', 'nightly.sh'], 'cwd': '/src', 'start_ns': begin_ns,
        'dur_ns': dur_ns, 'status': status, 'host': {'hostname': 'agent-7', 'cpus': '4'}, 'ci': {},
        'totals': {'processes': len(processes), 'failed': 0, 'tasks': 0, 'marks': 0, 'user_us': sum(row['user_us'] for row in processes),
                   'sys_us': 0, 'maxrss_kb': None},
        'coverage': {'by_end': {'self': len(processes)}, 'explained_percent': 99}, 'cost': {'shim_ns': 50000 * len(processes)}, **more}
    for kind, ending in (('runs', 'json'), ('spans', 'ndjson.gz')):
        os.makedirs(f'{folder}/{kind}/v=1/dt=2026-11-23', exist_ok=True)
        path = f'{folder}/{kind}/v=1/dt=2026-11-23/run-{RUN_ID}.{ending}'
        with (open if kind == 'runs' else gzip.open)(path, 'wt', encoding='utf-8') as file:
            if kind == 'runs':
                file.write(json.dumps(summary) + '\n')
            else:
                file.writelines(json.dumps(row) + '\n' for row in made + [run])
