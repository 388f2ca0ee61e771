# SPDX-License-Identifier: MIT
"""Stores of made-up runs, row by row, and what `dtrack export` makes of them. Rows are written as the schema says, without any code
of ours, so that a mistake in both directions does not cancel itself."""
import base64
import gzip
import json
import os
import random
import resource
import subprocess
import tempfile

import tap

RUN_ID = '20261123T083622.123Z-0a1b2c3d'
START = 1795422982123456789
SECOND = 10**9
KEYS = ('run_id span_id parent_id kind name start_ns dur_ns end_by exit_code signal pid ppid uid exe args args_cut args_raw cwd '
        'user_us sys_us tree_user_us tree_sys_us maxrss_kb minflt majflt inblock oublock nvcsw nivcsw task reaped_ns forked ended_by_ns value').split()
FOLDER = tempfile.TemporaryDirectory()

# What names may hold that some format or reader could take for its own.
HOSTILE = [
    '', ' ', '-', '{', '{"a":1}', '#', '# EOF', 'a;b;c', 'name 42', '"', '""', "'", '\\', '\\"', ',', '=1+1', 'a|b|c', '`code`', '~~~',
    '<script>alert(1)</script>', '</failure>', ']]>', '<!--', '&amp;', '&#60;', '<a href="x">', '](http://x.y)', '![x](y)', '@everyone',
    'www.example.com', 'https://example.com/?a=b&c=d', '**bold**', '__x__', '$HOME', '%n%s', '\t', 'a\nb', 'a\r\nb', '\r', '\n',
    '::error file=x,line=1::boo', '\n::set-output name=x::y', '::stop-commands::x', '##vso[task.setvariable variable=x]y',
    'x ##vso[task.complete result=Failed;]', '##[error]boo', '##[group]x', '\x1b[31mred\x1b[0m', '\x1b]0;title\x07', '\u202eevil', '\u2028',
    '\ufeff', '\ufffe', '\U0001f600', 'e\u0301', '\U000e0041', '\x7f', '\x85', '\x9b1m', 'x' * 700, '\u00e9' * 70000, '../../etc/passwd', 'NULL',
    'null', 'nan', '1e9', 'a"b\\c\nd', '{{x}}', '${x}', '0', '--', '%', 'lane 1', '[x]', 'a #2', 'a', 'a', 'a #2',
] + [f'c{chr(i)}c' for i in range(1, 32)]


def row(span_id, parent_id='run', kind='process', **more):
    """One row; absent keys are null, times are in nanoseconds from the run's start unless given as start_ns. A process that ended was
    waited for, unless it says otherwise."""
    start = more.pop('at', 0)
    values = dict.fromkeys(KEYS)
    values.update(run_id=RUN_ID, span_id=span_id, parent_id=parent_id, kind=kind, name=span_id, start_ns=START + start, end_by='self',
                  args=[], args_cut=False, forked=False)
    if kind == 'process':
        values.update(dur_ns=0, exit_code=0, exe='/bin/x', args=['x'], cwd='/')
    if kind == 'task':
        values.update(dur_ns=0, end_by='mark')
    if kind == 'mark':
        values.update(end_by='mark')
    values.update(more)
    if kind == 'process' and 'reaped_ns' not in more and values['dur_ns'] is not None and values['end_by'] == 'self':
        values['reaped_ns'] = min(max(values['start_ns'] + values['dur_ns'], 0), 2**63 - 1)
    return values


def raw(values, *args):
    """The row with arguments of any bytes."""
    values['args'] = [arg.decode('utf-8', 'replace') for arg in args]
    values['args_raw'] = [base64.b64encode(arg).decode() for arg in args]
    return values


def write_run(rows, seconds=100, **more):
    """A store with one run of these rows; keyword arguments change its summary. Returns its URL."""
    store = tempfile.mkdtemp(dir=FOLDER.name)
    names = f'dt=2026-11-23/run-{RUN_ID}'
    summary = {'schema': 'dtrack.run/1', 'run_id': RUN_ID, 'name': 'run', 'command': ['sh'], 'cwd': '/', 'start_ns': START,
               'dur_ns': seconds * SECOND, 'status': {'end_by': 'self', 'exit_code': 0, 'signal': None},
               'host': {'hostname': 'agent'}, 'totals': {'processes': len(rows), 'user_us': 5, 'sys_us': 7, 'maxrss_kb': 9}}
    summary.update(more)
    spans = [row('run', None, 'run', name=summary['name'], dur_ns=seconds * SECOND, **summary['status']), *rows]
    for folder in ('spans', 'runs'):
        os.makedirs(f'{store}/{folder}/v=1/dt=2026-11-23')
    with gzip.open(f'{store}/spans/v=1/{names}.ndjson.gz', 'wt', encoding='utf-8', compresslevel=1) as file:
        for span in spans:
            file.write(json.dumps(span) + '\n')
    with open(f'{store}/runs/v=1/{names}.json', 'w', encoding='utf-8') as file:
        file.write(json.dumps(summary) + '\n')
    return 'file://' + store


def small_stack():
    """So that whoever recurses for each level of a deep run dies."""
    resource.setrlimit(resource.RLIMIT_STACK, (256 * 1024, resource.getrlimit(resource.RLIMIT_STACK)[1]))


def export(dtrack, store, form, suffix):
    """The path of the run in that format. Written twice, to stdout as well: the bytes are the same."""
    path = os.path.join(tempfile.mkdtemp(dir=FOLDER.name), 'run' + suffix)
    environment = {'DTRACK_STORE': store, 'PATH': '/usr/bin:/bin', 'HOME': FOLDER.name, **tap.SANITIZER}
    done = subprocess.run([dtrack, 'export', '--format', form, '-o', path], env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          preexec_fn=None if tap.SANITIZER else small_stack)  # pylint: disable=subprocess-popen-preexec-fn
    tap.same((done.returncode, done.stdout, done.stderr), (0, b'', b''), f'status and output of an export as {form}')
    return path


def hostile_rows():
    """Every hostile text as every kind of text, below one shell, some at once; and arguments of any bytes."""
    rows = [row('sh', name='sh', at=1, dur_ns=99 * SECOND)]
    for i, text in enumerate(HOSTILE):
        at = 1000 * i
        rows.append(row(f't{i}', 'run', 'task', name=text, at=at, dur_ns=900 - i))
        rows.append(row(f'p{i}', 'sh', name=text, exe=text, cwd=text, args=[text, text], task=text, at=at, dur_ns=1500 + 2000000 * (i % 3),
                        exit_code=i % 2, user_us=i, sys_us=1, pid=100 + i))
        rows.append(row(f'm{i}', 'run', 'mark', name=text, value=json.dumps(text), at=at))
    rows.append(raw(row('raw', 'sh', name='raw', at=5, dur_ns=7), bytes(range(1, 256)), b'\xff' * 10, b'\xc3'))
    rows.append(row('long', 'sh', name='long', at=6, dur_ns=8, args=['x"\n' * 11000, *['y' * 60] * 1000]))
    return rows


def extreme_rows():
    """Times at the ends of what a row can hold, what still runs, what makes no sense."""
    top, bottom = 2**63 - 1, -2**63 + 1
    return [
        row('p0', start_ns=top, dur_ns=top), row('p1', start_ns=bottom, dur_ns=top), row('p2', start_ns=bottom, dur_ns=bottom),
        row('p3', start_ns=0, dur_ns=0), row('p4', at=5, dur_ns=None, end_by='running', exit_code=None),
        row('p5', 'p4', at=7, dur_ns=None, end_by='running', exit_code=None), row('p6', 'p6', at=1, dur_ns=5),
        row('p7', 'p8', at=1, dur_ns=5), row('p8', 'p7', at=1, dur_ns=5), row('p9', 'nobody', at=1, dur_ns=-5),
        row('p10', user_us=top, sys_us=top, maxrss_kb=top, pid=top, exit_code=top), row('p11', user_us=-5, signal=bottom, exit_code=None),
        row('t0', 'run', 'task', start_ns=top, dur_ns=top), row('t1', 't1', 'task', start_ns=bottom, dur_ns=None, end_by='run'),
        row('m0', 'run', 'mark', start_ns=bottom), row('m1', 'run', 'mark', start_ns=top, value='1'),
    ]


def sibling_rows():
    """Overlapping siblings, touching ones, in an order that is not that of time."""
    rows = [row('make', at=0, dur_ns=90 * SECOND)]
    for i in reversed(range(200)):
        rows.append(row(f'sh{i}', 'make', at=i * SECOND // 4, dur_ns=SECOND + i % 3 * SECOND // 4))
        rows.append(row(f'cc{i}', f'sh{i}', at=i * SECOND // 4, dur_ns=SECOND))
        rows.append(row(f'as{i}', f'cc{i}', at=(i + 1) * SECOND // 4, dur_ns=SECOND // 4))
    return rows


def random_rows(seed):
    """Few different times, so that many are equal; parents before and after their children, execs, tasks within tasks."""
    draw = random.Random(seed)
    rows = []
    for i in range(300):
        parent = f'r{draw.randrange(300)}' if draw.random() < .9 else 'run'
        kind = 'task' if draw.random() < .1 else 'process'
        rows.append(row(f'r{i}', parent, kind, at=1000 * draw.randrange(40), dur_ns=1000 * draw.randrange(25), pid=draw.randrange(60)))
        while kind == 'process' and draw.random() < .4:
            before = rows[-1]
            before.update(end_by='exec', exit_code=None)
            rows.append(dict(before, span_id=before['span_id'] + 'x', start_ns=before['start_ns'] + before['dur_ns'], end_by='self',
                             dur_ns=1000 * draw.randrange(10)))
        if draw.random() < .1:
            rows[-1].update(dur_ns=None, end_by='running')
    return rows


def exec_rows(count):
    """One process that execs again and again."""
    return [row(f'e{i}', 'run', pid=7, name=f'image{i % 7}', at=i * 100000, dur_ns=100000, end_by='exec' if i + 1 < count else 'self')
            for i in range(count)]


def fork_rows(count):
    """Each the child of the one before, and within its time."""
    return [row(f'f{i}', f'f{i - 1}' if i else 'run', pid=i, name='sh', at=i * 1000, dur_ns=(2 * count - 2 * i) * 1000) for i in range(count)]


def build_rows():
    """A build with tasks that nest and repeat, failures that matter and one that does not."""
    rows = [row('t1', 'run', 'task', name='build', at=SECOND, dur_ns=50 * SECOND),
            row('t2', 't1', 'task', name='link', at=40 * SECOND, dur_ns=11 * SECOND),
            row('t3', 'run', 'task', name='test', at=51 * SECOND, dur_ns=20 * SECOND),
            row('t4', 'run', 'task', name='test', at=72 * SECOND, dur_ns=8 * SECOND),
            row('sh', name='sh', args=['sh', 'ci.sh'], at=0, dur_ns=100 * SECOND, exit_code=2),
            row('make', 'sh', name='make', task='build', at=SECOND, dur_ns=49 * SECOND, forked=True)]
    rows += [row(f'cc{i}', 'make', name='cc', args=['cc', '-c', f'{i}.c'], task='build', at=(2 + i // 2 * 4) * SECOND, dur_ns=4 * SECOND - i,
                 user_us=3000000, sys_us=1000, pid=200 + i) for i in range(10)]
    rows += [row('ld', 'make', name='ld', task='link', at=41 * SECOND, dur_ns=8 * SECOND),
             row('grep', 'make', name='grep', task='build', at=49 * SECOND, dur_ns=1000, exit_code=1),
             row('ctest', 'sh', name='ctest', args=['ctest', '-j1'], task='test', at=72 * SECOND, dur_ns=7 * SECOND, exit_code=8),
             row('m1', 'run', 'mark', name='coverage', value='81.25', at=80 * SECOND),
             row('m2', 'run', 'mark', name='artifact', value='"out.tar.gz"', at=81 * SECOND)]
    return rows


def derived_rows():
    """A task that a tool said, of the name of one that somebody marked."""
    return [row('t1', 'run', 'task', name='build', at=SECOND, dur_ns=50 * SECOND, exit_code=0),
            row('make', name='make', task='build', at=SECOND, dur_ns=49 * SECOND),
            row('d1', 'make', 'task', name='build', at=2 * SECOND, dur_ns=30 * SECOND, end_by='derived', exit_code=1),
            row('t2', 'run', 'task', name='wait', at=60 * SECOND, dur_ns=40 * SECOND, end_by='run')]


DERIVED = {'derived_tasks': [{'name': 'build', 'count': 1, 'total_ns': 30 * SECOND, 'longest_ns': 30 * SECOND, 'cpu_us': 5, 'failed': 1}]}
FAILED = {'name': 'nightly', 'status': {'end_by': 'self', 'exit_code': 2, 'signal': None}}


def program(name):
    """Skip the running test where a foreign reader is not installed."""
    found = [folder for folder in os.environ.get('PATH', '').split(':') if os.access(os.path.join(folder, name), os.X_OK)]
    if not found:
        raise tap.Skip(f'{name} is not installed')
    return os.path.join(found[0], name)


def ask_node(script, *arguments):
    """What a reader from npm says of a file: the JSON that the script prints."""
    modules = os.environ.get('DTRACK_NODE_MODULES')
    if not modules:
        raise tap.Skip('DTRACK_NODE_MODULES is not set: eval "$(scripts/test --env)"')
    done = subprocess.run([program('node'), os.path.join(os.path.dirname(os.path.abspath(__file__)), script), modules, *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding='utf-8', check=False)
    if done.returncode == 77:
        raise tap.Skip(done.stderr.strip())
    tap.same(done.returncode, 0, f'status of {script} ({done.stderr[-1500:]})')
    return json.loads(done.stdout)


