#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_commands.py DTRACK MAKE_RUN : the commands that read a store, over a folder store of made-up runs."""
import gzip
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import tap

DTRACK, MAKE_RUN = sys.argv[1:]
OLD = '20251231T235959.999Z-00000001'
FIRST = '20261123T083622.123Z-0a1b2c3d'
SECOND = '20261123T090000.000Z-0a1b2c3d'
FOLDER = tempfile.TemporaryDirectory()
STORE = os.path.join(FOLDER.name, 'a store')
URL = 'file://' + STORE.replace(' ', '%20')


def make_run(store, run_id, *more):
    """Put a run into a folder store."""
    subprocess.run([MAKE_RUN, store, run_id, *more], check=True)


def dtrack(*arguments, store=URL, **more):
    """Run dtrack with a small environment of its own; keyword arguments are further variables."""
    environment = {'DTRACK_STORE': store, 'PATH': '/usr/bin:/bin', 'LC_ALL': 'C.UTF-8', **tap.SANITIZER, **more}
    return subprocess.run([DTRACK, *arguments], env=environment, text=True, encoding='utf-8', stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def works(*arguments, **more):
    """The output of a call that must work and complain of nothing."""
    done = dtrack(*arguments, **more)
    tap.same((done.returncode, done.stderr), (0, ''), f'status and stderr of {arguments}')
    return done.stdout


def fails(status, *arguments, **more):
    """The complaint of a call that must fail with this status, one line long."""
    done = dtrack(*arguments, **more)
    tap.same(done.returncode, status, f'status of {arguments} ({done.stderr!r})')
    tap.check(re.fullmatch(r'dtrack[^\n]*: [^\n]+\n', done.stderr), f'{arguments} says {done.stderr!r}')
    return done.stderr


def has(text, *parts):
    """Every part is in the text."""
    for part in parts:
        tap.check(part in text, f'{part!r} is not in:\n{text}')


def fresh(name):
    """A new empty folder."""
    return tempfile.mkdtemp(prefix=name, dir=FOLDER.name)


def wrong_command_lines_are_one_line_and_status_2():
    """Each says where to look."""
    has(fails(2), 'needs a command (see dtrack --help)')
    has(fails(2, 'shwo'), "unknown command 'shwo' (see dtrack --help)")
    has(fails(2, 'show', '--nope'), "unknown option '--nope' (see dtrack show --help)")
    has(fails(2, 'show', '-x'), "unknown option '-x'")
    has(fails(2, 'show', '--all=1'), "'--all' takes no argument")
    has(fails(2, 'show', '--store'), "'--store' needs its URL")
    has(fails(2, 'show', 'a', 'b'), "not 'b' as well")
    has(fails(2, 'show', '--depth', '0'), "'0' is no number of levels")
    has(fails(2, 'show', '--top', 'x'), "'x' is no number of lines")
    has(fails(2, 'show', '--min', '5'), "'5' is no time")
    has(fails(2, 'show', '--by', 'pid'), "not by 'pid'")
    has(fails(2, 'show', '--color', 'red'), "not 'red'")
    has(fails(2, 'show', '--tree', '--json'), 'not a tree')
    has(fails(2, 'runs', 'x'), "takes no arguments, got 'x'")
    has(fails(2, 'runs', '-n', 'many'), "'many' is no number")
    has(fails(2, 'export', '--format', 'xml'), "unknown format 'xml', not one of ndjson")
    has(fails(2, 'collection', 'get'), 'get NAME, set NAME VALUE, show, hydrate, repair')
    has(fails(2, 'collection', 'show', '--json'), '--json belongs to repair')
    has(fails(2, 'collection', 'frobnicate'), 'get NAME')
    has(fails(2, 'show', '--line\nbreak'), 'line break')


def version_and_help_go_to_stdout():
    """With status 0."""
    tap.check(re.fullmatch(r'dtrack \d+\.\d+\.\d+\n', works('--version')), 'no version')
    has(works('--help'), 'show', 'DTRACK_STORE')
    tap.same(works('help'), works('--help'), 'dtrack help')
    has(works('show', '--help'), 'usage: dtrack show', '--depth N')
    tap.same(works('show', '-h'), works('show', '--help'), 'show -h')


def runs_are_listed_newest_first():
    """One line a run below a head."""
    lines = works('runs', COLUMNS='120').splitlines()
    tap.same([line.split()[0] for line in lines], ['run', SECOND, FIRST, OLD], 'the first words')
    tap.same(re.sub(' +', ' ', lines[2]), f'{FIRST} 2026-11-23 08:36:22 4m 12s 76 exit 22 nightly', 'a line')
    tap.same(len(works('runs', '-n1').splitlines()), 2, 'lines of runs -n1')
    tap.same(len(works('runs', '--number=0').splitlines()), 4, 'lines of all runs')


def runs_as_json_are_the_stored_summaries():
    """One a line."""
    rows = [json.loads(line) for line in works('runs', '--json').splitlines()]
    tap.same([row['run_id'] for row in rows], [SECOND, FIRST, OLD], 'the ids')
    with open(os.path.join(STORE, f'runs/v=1/dt=2026-11-23/run-{FIRST}.json'), encoding='utf-8') as file:
        tap.same(works('runs', '--json').splitlines()[1], file.read().strip(), 'the line of a run')


def nothing_that_steers_a_terminal_leaves_a_command():
    """Neither in JSON nor in an error: controls of one byte or two, and what turns the direction of text."""
    store, nasty = fresh('nasty'), 'x\x9b31m\x1b]0;\x7f\u202egnp\u061c\u2066\ufeff\U000e0041'
    shutil.copytree(STORE, store, dirs_exist_ok=True)
    path = os.path.join(store, f'runs/v=1/dt=2026-11-23/run-{FIRST}.json')
    with open(path, encoding='utf-8') as file:
        summary = json.load(file)
    summary['name'], summary['spans']['object'], summary['unknown'] = nasty, 'spans/' + nasty, {nasty: nasty}
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(summary, file, ensure_ascii=False)
    works('collection', 'set', nasty, f'["{nasty[:4]}"]', store='file://' + store)
    rows = os.path.join(store, f'spans/v=1/dt=2026-11-23/run-{SECOND}.ndjson.gz')
    with gzip.open(rows, 'wb') as file:
        file.write((json.dumps({'name': nasty}, ensure_ascii=False) + '\n').encode())
    for words in (['show', FIRST], ['runs'], ['runs', '--json'], ['show', nasty], ['runs', '--' + nasty], ['export', FIRST], ['export', SECOND],
                  ['collection', 'show'], ['collection', 'get', nasty], ['collection', 'get', nasty + 'x'], [nasty],
                  ['runs', '--store', 'file:///' + nasty]):
        ended = subprocess.run([DTRACK, *words], env={**os.environ, 'DTRACK_STORE': 'file://' + store}, capture_output=True, check=False)
        said = (ended.stdout + ended.stderr).decode()
        tap.check(not re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u202e\u2066\ufeff\U000e0041]', said), f'{words}: {said!r}')
    row = json.loads(works('runs', '--json', store='file://' + store).splitlines()[1])
    tap.same(row, summary, 'the summary that is printed')


STEERING = {'controls': b'\x07\x1b[31m\x7f', 'C1': '\x80\x85\x9b31m\x9f'.encode(), 'no text': b'\x9b\xff\xe2\x80',
            'directions': '\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'.encode()}
ASKED = ('DTRACK_STORE', 'DTRACK_SPOOL', 'DTRACK_RUN', 'DTRACK_NAME', 'DTRACK_WAIT', 'DTRACK_REDACT', 'DTRACK_COLLECTION', 'HOME', 'XDG_STATE_HOME',
         'AZURE_STORAGE_CONNECTION_STRING', 'AZURE_STORAGE_ACCOUNT')


def tricks_in(said):
    """The characters in the output that steer a terminal, or turn or break its lines; and all that is no text."""
    try:
        return re.findall('[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]', said.decode())
    except UnicodeDecodeError:
        return ['no UTF-8']


def nothing_of_the_environment_steers_a_terminal():
    """Whichever variable holds it, and whatever the command says of that."""
    for name, nasty in STEERING.items():
        with tempfile.TemporaryDirectory() as home:
            place = os.fsencode(home) + b'/' + nasty
            usual = {b'PATH': b'/usr/bin:/bin', b'HOME': os.fsencode(home), b'LC_ALL': b'C.UTF-8', b'DTRACK_STORE': b'file://' + os.fsencode(home) + b'/st',
                     b'DTRACK_WAIT': b'5'}
            for variable in ASKED:
                value = {'DTRACK_STORE': nasty, 'AZURE_STORAGE_CONNECTION_STRING': b'AccountName=' + nasty + b';AccountKey=' + nasty}.get(variable, place)
                env = {**usual, variable.encode(): value}
                if variable.startswith('AZURE'):
                    env[b'DTRACK_STORE'] = b'azure://' + nasty
                for words in (['run', '--', 'true'], ['runs'], ['show'], ['flush'], ['collection', 'show'], ['collection', 'hydrate'],
                              ['mark', 'set', 'a', '1'], ['mark', 'get', 'a'], ['--help']):
                    done = subprocess.run([DTRACK, *words], env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
                    tap.same(tricks_in(done.stdout + done.stderr), [], f'{name} in {variable}: {words} says {done.stdout + done.stderr!r}')


def no_argument_steers_a_terminal():
    """In each place of each command line."""
    for name, nasty in STEERING.items():
        with tempfile.TemporaryDirectory() as home:
            env = {'PATH': '/usr/bin:/bin', 'HOME': home, 'LC_ALL': 'C.UTF-8', 'DTRACK_STORE': f'file://{home}/st'}
            for words in ([nasty], ['runs', nasty], ['runs', '-n', nasty], ['runs', '--store', nasty], ['show', nasty], ['show', '--store', b'azure://' + nasty],
                          ['show', b'--' + nasty], ['show', b'-' + nasty], ['export', nasty], ['export', '-f', nasty], ['export', 'latest', '-o', b'/proc/' + nasty],
                          ['flush', nasty], ['finish', nasty], ['finish', b'/' + nasty], ['finish', '--guard', b'/' + nasty], ['run', nasty], ['run', '--name', nasty],
                          ['run', '--', nasty], ['run', '--', b'/' + nasty], ['collection', nasty], ['collection', 'get', nasty], ['collection', 'set', nasty],
                          ['collection', 'set', nasty, nasty], ['collection', 'show'], ['mark', nasty], ['mark', 'set', nasty], ['mark', 'get', nasty],
                          ['mark', 'start', b'a\n' + nasty], ['mark', b'--' + nasty], ['mark', 'run', 'a', '--', nasty], ['mark', 'set', 'a', nasty, nasty]):
                done = subprocess.run([DTRACK, *words], env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
                tap.same(tricks_in(done.stdout + done.stderr), [], f'{name} in {words}: {done.stdout + done.stderr!r}')


def no_runs_are_no_error_to_list_and_one_to_show():
    """Also in a folder that does not exist."""
    nowhere = f'file://{FOLDER.name}/nowhere'
    tap.same(works('runs', store=nowhere), '', 'runs of an empty store')
    tap.same(works('runs', '--json', store=nowhere), '', 'the same as JSON')
    has(fails(1, 'show', store=nowhere), 'no runs in')
    tap.check(not os.path.exists(f'{FOLDER.name}/nowhere'), 'reading created the folder')


def unreadable_summaries_do_not_hide_the_others():
    """They are counted, and the status says so."""
    store = fresh('unreadable')
    make_run(store, FIRST, '1')
    with open(os.path.join(store, f'runs/v=1/dt=2026-11-23/run-{SECOND}.json'), 'w', encoding='utf-8') as file:
        file.write('{"schema":')
    for arguments in (['runs'], ['runs', '--json']):
        done = dtrack(*arguments, store='file://' + store)
        tap.same(done.returncode, 1, f'status of {arguments}')
        has(done.stdout, FIRST)
        tap.same(done.stderr.count('\n'), 1, 'lines of stderr')
        has(done.stderr, '1 of 2 summaries')
    has(fails(1, 'show', SECOND, store='file://' + store), f"the summary of run '{SECOND}' is damaged")


def a_summary_that_may_not_be_read_hides_no_other():
    """Whatever keeps it from being read: its size, or who may read it."""
    store = fresh('refused')
    make_run(store, FIRST, '1')
    make_run(store, OLD, '1')
    path = os.path.join(store, f'runs/v=1/dt=2026-11-23/run-{SECOND}.json')
    with open(path, 'wb') as file:
        file.truncate(1 << 30)
    for mode in (0o600, 0):
        os.chmod(path, mode)
        done = dtrack('runs', '--json', store='file://' + store)
        tap.same((done.returncode, done.stdout.count('\n')), (1, 2), 'status, lines')
        has(done.stderr, '1 of 3 summaries')


def runs_are_found_by_id_by_its_start_or_as_the_latest():
    """Whatever is unique."""
    for wanted, found in ((FIRST, FIRST), (FIRST[:20], FIRST), ('20261123T09', SECOND), ('2025', OLD), ('202512', OLD),
                          ('20251231', OLD), ('latest', SECOND)):
        has(works('show', wanted), found)
    has(works('show'), SECOND)


def what_finds_no_run_or_many_is_said():
    """With the candidates, or with where to look."""
    has(fails(1, 'show', '2026'), "'2026' matches 2 runs", FIRST, SECOND)
    for wanted in ('2024', 'nightly', '2026/../..', '', FIRST[:-1] + 'e'):
        has(fails(1, 'show', wanted), f"no run matches '{wanted}'", 'see dtrack runs')


def the_page_tells_what_happened():
    """Status, tasks, failures, the slowest, coverage."""
    page = works('show', FIRST)
    has(page, 'nightly  ✗ exit 22 after 4m 12s', '76 processes · ', 'agent-7 · ', 'What failed', 'curl --fail', 'task: publish',
        'never ended', 'coverage=81.25', 'What the time waited for', 'By command', 'none missed')
    tap.check('\x1b' not in page, 'colour without a terminal')
    has(works('show', FIRST, '--tree'), '├─ ▸ restore', 'publish (never ended)', '✗ exit 22  curl',
        "sh -c 'gcc -O2 -c src/module_0/file_0.c' › gcc › cc1")
    has(works('show', FIRST, '--failures'), '✗ killed by SIGSEGV  test_23 --seed 161')
    has(works('show', FIRST, '--all'), 'coverage = 81.25', 'Debian GNU/Linux 12')
    has(works('show', FIRST, '--tree', LC_ALL='C'), '! exit 22', '|- # restore')
    tap.check(works('show', FIRST, LC_ALL='C').isascii(), 'a page for C is not ASCII')
    tap.check(max(map(len, works('show', FIRST, COLUMNS='60').splitlines())) <= 60, 'COLUMNS is not obeyed')
    tap.check('gcc -O2' not in works('show', FIRST, '--depth', '2'), '--depth is not obeyed')
    tap.same(works('show', FIRST, '--tree', '--all').count('node-gyp rebuild'), 12, 'small processes with --all')


def damaged_spans_leave_the_head_and_one_line():
    """Cut off, not gzip at all, gone, or not rows."""
    for damage in ('cut', 'rubbish', 'gone', 'rows'):
        store = fresh(damage)
        make_run(store, FIRST, '300', damage)
        spans = os.path.join(store, f'spans/v=1/dt=2026-11-23/run-{FIRST}.ndjson.gz')
        if damage == 'gone':
            os.unlink(spans)
        if damage == 'rows':
            with gzip.open(spans, 'wt', encoding='utf-8') as file:
                file.write('{"run_id":7}\n')
        done = dtrack('show', store='file://' + store)
        tap.same((done.returncode, done.stderr.count('\n')), (1, 1), f'status and lines of stderr for {damage}')
        has(done.stdout, 'nightly', '4m 12s', 'nightly.sh')
        tap.check('waited for' not in done.stdout, 'more than the head is there')
        has(done.stderr, {'gone': 'missing', 'rows': f"cannot read the spans of run '{FIRST}'"}.get(damage, 'damaged'))


def an_export_is_what_is_stored():
    """Byte for byte, to stdout and to a file."""
    with gzip.open(os.path.join(STORE, f'spans/v=1/dt=2026-11-23/run-{FIRST}.ndjson.gz')) as file:
        stored = file.read().decode()
    tap.same(works('export', '--format', 'ndjson', FIRST), stored, 'stdout')
    tap.same(works('export', FIRST, '-o', '-'), stored, 'stdout by name')
    path = os.path.join(fresh('export'), 'run.ndjson')
    tap.same(works('export', '-fndjson', FIRST, f'-o{path}'), '', 'stdout with a file')
    with open(path, encoding='utf-8') as file:
        tap.same(file.read(), stored, 'the file')
    rows = [json.loads(line) for line in stored.splitlines()]
    tap.same(sum(row['kind'] == 'process' for row in rows), 76, 'processes')


def a_failed_export_leaves_the_file_as_it_was():
    """And nothing beside it."""
    store, folder = fresh('cut'), fresh('old')
    make_run(store, FIRST, '3000', 'cut')
    path = os.path.join(folder, 'run.ndjson')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('old')
    has(fails(1, 'export', '-o', path, store='file://' + store), "the run's spans are damaged")
    with open(path, encoding='utf-8') as file:
        tap.same(file.read(), 'old', 'the file')
    tap.same(os.listdir(folder), ['run.ndjson'], 'the folder')
    has(fails(1, 'export', '-o', os.path.join(folder, 'no/such')), 'cannot create')
    has(fails(1, 'export', '-o', '/dev/full'), 'cannot write the output: No space left on device')


def a_full_disk_is_reported():
    """By every command that prints."""
    for arguments in (['--help'], ['runs'], ['runs', '--json'], ['show'], ['export'], ['collection', 'show']):
        with open('/dev/full', 'w', encoding='utf-8') as full:
            done = subprocess.run([DTRACK, *arguments], env={'DTRACK_STORE': URL, **tap.SANITIZER}, stdout=full, stderr=subprocess.PIPE,
                                  text=True, check=False)
        tap.same(done.returncode, 1, f'status of {arguments}')
        has(done.stderr, 'cannot write the output: No space left on device')
        tap.same(done.stderr.count('\n'), 1, 'lines of stderr')


def a_reader_that_leaves_is_not_worth_a_word():
    """Whether SIGPIPE kills or is ignored."""
    store = fresh('long')
    make_run(store, FIRST, '3000')
    for action in (signal.SIG_DFL, signal.SIG_IGN):
        for arguments in (['export'], ['show', '--tree', '--all']):
            read, write = os.pipe()
            with subprocess.Popen([DTRACK, *arguments], env={'DTRACK_STORE': 'file://' + store, **tap.SANITIZER}, stdout=write,
                                  stderr=subprocess.PIPE, text=True, restore_signals=False,
                                  preexec_fn=lambda action=action: signal.signal(signal.SIGPIPE, action)) as child:
                os.close(write)
                os.read(read, 10)
                os.close(read)
                tap.same(child.communicate(timeout=60)[1], '', f'stderr of {arguments}')
                tap.check(child.returncode != 0, 'the cut was not noticed')


def the_first_store_is_read_unless_another_is_named():
    """DTRACK_STORE may hold several."""
    other = fresh('other')
    make_run(other, OLD, '1')
    has(works('show', store=f' file://{other}  {URL} '), OLD)
    has(works('show', '--store', URL, store=f'file://{other}'), SECOND)
    has(fails(1, 'show', '--store', 'ftp://example.net/x'), 'ftp')


def the_embedded_store_is_in_the_state_folder():
    """XDG_STATE_HOME's, else HOME's; without either there is none."""
    home = fresh('home %')
    make_run(os.path.join(home, '.local/state/dtrack/store'), OLD, '1')
    make_run(os.path.join(home, 'xdg/dtrack/store'), FIRST, '1')
    has(works('show', store='', HOME=home), OLD)
    has(works('show', store='', HOME=home, XDG_STATE_HOME=home + '/xdg'), FIRST)
    has(fails(1, 'show', store=''), 'no store: set DTRACK_STORE, or HOME')
    has(fails(1, 'collection', 'show', store=''), 'no store: set DTRACK_STORE, or HOME')


def collection_values_are_set_and_read():
    """JSON as it is, anything else as text; strings are printed without quotes."""
    store = 'file://' + fresh('collection')
    tap.same(works('collection', 'show', store=store), '{}\n', 'an empty collection')
    for name, typed, shown in (('n', '-5', '-5'), ('big', '12345678901234567890.10', '12345678901234567890.10'),
                               ('text', 'two words', 'two words'), ('quoted', '"5"', '5'), ('list', '[1, {"a": null}]',
                                '[1,{"a":null}]'), ('ü "x"', 'true', 'true'), ('empty', '', '')):
        tap.same(works('collection', 'set', name, typed, store=store), '', 'output of set')
        tap.same(works('collection', 'get', name, store=store), shown + '\n', f'value {name}')
    tap.same(works('collection', 'show', store=store),
             '{"n":-5,"big":"12345678901234567890.10","text":"two words","quoted":"5","list":[1,{"a":null}],'
             '"ü \\"x\\"":true,"empty":""}\n', 'the collection')
    has(fails(1, 'collection', 'get', 'nothing', store=store), "no value 'nothing' in 'pathmetrics/statistics.json'")


def setting_a_value_keeps_what_others_wrote():
    """In its order, to the digit; and what is no object is not touched at all."""
    folder = fresh('others')
    path = os.path.join(folder, 'metrics/all.json')
    os.mkdir(os.path.dirname(path))
    with open(path, 'w', encoding='utf-8') as file:
        file.write('{ "z": 1.0, "a": 12345678901234567890 }\n')
    works('collection', 'set', 'z', 'new', store='file://' + folder, DTRACK_COLLECTION='metrics/all.json')
    with open(path, encoding='utf-8') as file:
        tap.same(file.read(), '{"z":"new","a":12345678901234567890}', 'the object')
    for other in ('[1]', 'not json', '{'):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(other)
        has(fails(1, 'collection', 'set', 'z', '1', store='file://' + folder, DTRACK_COLLECTION='metrics/all.json'),
            "it holds no JSON object; 'dtrack collection repair' takes out what can be read; it stays as it is in")
        with open(path, encoding='utf-8') as file:
            tap.same(file.read(), other, 'the object')


def a_collection_is_read_as_its_other_writers_read_it():
    """An object without a byte has no values yet; Python writes and reads NaN."""
    folder = fresh('python')
    path = os.path.join(folder, 'pathmetrics/statistics.json')
    os.mkdir(os.path.dirname(path))
    for text, after in (('', '{"v":1}'), ('\n', '{"v":1}'), ('{"loss": NaN, "n": 5}\n', '{"loss":NaN,"n":5,"v":1}')):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        tap.check(json.loads(works('collection', 'show', store='file://' + folder)).get('n', 5) == 5, 'what is shown')
        works('collection', 'set', 'v', '1', store='file://' + folder)
        with open(path, encoding='utf-8') as file:
            tap.same(file.read(), after, 'the object')


def a_collection_that_nobody_can_read_is_repaired():
    """What can be taken stays, what was there is beside it to the byte, and values get in again."""
    store = fresh('repair')
    path = os.path.join(store, 'pathmetrics/statistics.json')
    run = lambda *words: works('collection', 'repair', *words, store='file://' + store)
    has(run(), "statistics.json' in file://")
    tap.same(json.loads(run('--json'))['result'], 'missing', 'the result without a collection')
    os.makedirs(os.path.dirname(path))
    broken = {b'[1]': '{}', b'{"a":1,"b":2': '{"a":1}', b'{"a":' + b'[' * 70 + b']' * 70 + b',"b":2}': '{"b":2}',
              b'{"a":1,"\x1b[31m\xc2\x9b":oops}': '{"a":1}', b'{"\\u001b[31m\xe2\x80\xae":oops,"a":1}': '{"a":1}',
              b'{"a":1,"b":"' + b'y' * (16 << 20) + b'","c":3}': '{"a":1,"c":3}'}
    for text, after in broken.items():
        for name in os.listdir(os.path.dirname(path)):
            os.unlink(os.path.join(os.path.dirname(path), name))
        with open(path, 'wb') as file:
            file.write(text)
        for words in (['show'], ['get', 'a'], ['set', 'a', '1']):
            has(fails(1, 'collection', *words, store='file://' + store), "'dtrack collection repair'")
        said = run(*(['--json'] if b'a' in text else []))
        tap.check(not any(c in said for c in '\x1b\x9b\u202e'), f'controls in {said!r}')
        if b'a' in text:
            said = json.loads(said)
            tap.same((said['result'], said['kept'], said['lost']), ('repaired', after.count(':'), 1), 'what is said')
        kept = [name for name in os.listdir(os.path.dirname(path)) if '.broken-' in name]
        tap.same(len(kept), 1, 'what is beside it')
        for name, want in ((kept[0], text), ('statistics.json', after.encode())):
            with open(os.path.join(os.path.dirname(path), name), 'rb') as file:
                tap.check(file.read() == want, f'{name} has other bytes')
        tap.same(json.loads(run('--json'))['result'], 'sound', 'the result of another')
        works('collection', 'set', 'v', '1', store='file://' + store)


def a_command_that_a_signal_ends_leaves_no_rest():
    """Beside the target there is the target or nothing, and nothing is in the temporary folder."""
    folder, temporary = fresh('ended'), fresh('temporary')
    env = {'PATH': '/usr/bin:/bin', 'DTRACK_STORE': URL, 'TMPDIR': temporary, **tap.SANITIZER}
    for number in range(60):
        command = ('export', 'report')[number % 2]
        begun = subprocess.Popen([DTRACK, command, FIRST, '-o', f'{folder}/out'], env=env, stderr=subprocess.DEVNULL)
        time.sleep(number * .0003)
        begun.send_signal((signal.SIGINT, signal.SIGTERM, signal.SIGHUP)[number % 3])
        begun.wait(60)
        tap.same((set(os.listdir(folder)) - {'out'}, os.listdir(temporary)), (set(), []), f'what {command} left in its folders')


def end_guardians(spool):
    """Those of this spool: they would go on for as long as a store may be tried."""
    for entry in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{entry}/cmdline', 'rb') as file:
                words = file.read().split(b'\0')
        except OSError:
            continue
        if b'--guard' in words and any(word.startswith(spool.encode()) for word in words):
            os.kill(int(entry), signal.SIGKILL)


def the_wait_is_of_seconds_and_their_parts():
    """A service that never answers is waited for so long; what is no number is said."""
    spool = fresh('wait')
    with socket.create_server(('127.0.0.1', 0)) as server:
        account = f'AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:{server.getsockname()[1]}/a'
        for value, seconds in (('0', 0), ('0.4', .4), (' 1.2 ', 1.2), ('.9', .9)):
            begun = time.monotonic()
            done = dtrack('run', '--', 'true', store='azure://runs', DTRACK_SPOOL=spool, DTRACK_WAIT=value, HOME=spool,
                          AZURE_STORAGE_CONNECTION_STRING=account)
            took = time.monotonic() - begun
            tap.check(done.returncode == 0 and took >= seconds, f'{value!r}: {took:.1f} s')
            end_guardians(spool)
    for value in ('abc', '1s', '-1', '.', '1..5'):
        done = dtrack('run', '--', 'true', store='null:', DTRACK_SPOOL=spool, DTRACK_WAIT=value, HOME=spool)
        has(done.stderr, 'DTRACK_WAIT is no number of seconds')
    for value in ('', ' 5', '5', '1,5', '99999999999999999999'):
        tap.same(dtrack('run', '--', 'true', store='null:', DTRACK_SPOOL=fresh('w'), DTRACK_WAIT=value, HOME=spool).stderr, '', value)


def what_is_no_file_is_no_collection():
    """It is refused soon, and stays."""
    folder = fresh('no file')
    os.mkdir(os.path.join(folder, 'pathmetrics'))
    path, store = os.path.join(folder, 'pathmetrics/statistics.json'), 'file://' + folder.replace(' ', '%20')
    for make, remove in ((os.mkdir, os.rmdir), (os.mkfifo, os.unlink), (lambda to: os.symlink('/nowhere', to), os.unlink)):
        make(path)
        begun = time.monotonic()
        has(fails(1, 'collection', 'set', 'v', '1', store=store), 'what is there is no object')
        tap.check(time.monotonic() - begun < 20, 'it took long')
        remove(path)


def jobs_that_set_values_at_once_lose_none():
    """Each merges under the object's tag."""
    store = 'file://' + fresh('many')
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda i: works('collection', 'set', f'job{i}', str(i), store=store), range(18)))
    tap.same(json.loads(works('collection', 'show', store=store)), {f'job{i}': i for i in range(18)}, 'the collection')


def hydrating_brings_values_into_the_run():
    """As a marker file that only its owner can read; what can be no mark is left out."""
    folder, run = fresh('values'), fresh('run')
    os.mkdir(os.path.join(folder, 'pathmetrics'))
    with open(os.path.join(folder, 'pathmetrics/statistics.json'), 'w', encoding='utf-8') as file:
        json.dump({'build': 1234, 'text': 'a\tb\n', 'list': [1, {'k': None}], 'bad\tname': 1, '': 2}, file)
    done = dtrack('collection', 'hydrate', store='file://' + folder, DTRACK_RUN=run)
    has(done.stderr, 'is no run of yours')
    tap.same((done.returncode, os.listdir(run)), (1, []), 'status, and what is in a folder that holds no run')
    with open(os.path.join(run, 'spool'), 'w', encoding='ascii') as file:
        file.write('spool')
    tap.same(dtrack('collection', 'hydrate', store='file://' + folder, DTRACK_RUN=run).returncode, 1, 'status with any file of that name')
    with open(os.path.join(run, 'spool'), 'w', encoding='ascii') as file:
        file.write('dtkspool')
    done = dtrack('collection', 'hydrate', store='file://' + folder, DTRACK_RUN=run)
    tap.same((done.returncode, done.stdout), (0, ''), 'status and output')
    has(done.stderr, '2 values left out')
    path = os.path.join(run, 'hydrated')
    tap.same(os.stat(path).st_mode & 0o777, 0o600, 'mode')
    with open(path, encoding='utf-8') as file:
        fields = [line.rstrip('\n').split('\t') for line in file]
    tap.check(all(re.fullmatch(r'\d+(\.\d+)?', field[0]) for field in fields), f'times in {fields}')
    tap.same([field[1:] for field in fields],
             [['set', 'build', '1234'], ['set', 'text', '"a\\tb\\n"'], ['set', 'list', '[1,{"k":null}]']], 'the lines')
    tap.same(works('collection', 'hydrate', store='file://' + fresh('empty'), DTRACK_RUN=run), '', 'an empty collection')
    tap.same(os.stat(path).st_size, 0, 'size after hydrating from nothing')
    has(fails(1, 'collection', 'hydrate'), 'not inside a run: DTRACK_RUN is not set')
    has(fails(1, 'collection', 'hydrate', DTRACK_RUN=run + '/gone'), 'is no run of yours')


if __name__ == '__main__':
    with FOLDER:
        for number, stored_id in enumerate((OLD, FIRST, SECOND)):
            make_run(STORE, stored_id, str(number * 5))
        tap.run([wrong_command_lines_are_one_line_and_status_2, version_and_help_go_to_stdout,
                 runs_are_listed_newest_first, runs_as_json_are_the_stored_summaries,
                 nothing_that_steers_a_terminal_leaves_a_command, nothing_of_the_environment_steers_a_terminal,
                 no_argument_steers_a_terminal,
                 no_runs_are_no_error_to_list_and_one_to_show, unreadable_summaries_do_not_hide_the_others,
                 a_summary_that_may_not_be_read_hides_no_other,
                 runs_are_found_by_id_by_its_start_or_as_the_latest, what_finds_no_run_or_many_is_said,
                 the_page_tells_what_happened, damaged_spans_leave_the_head_and_one_line, an_export_is_what_is_stored,
                 a_failed_export_leaves_the_file_as_it_was, a_full_disk_is_reported,
                 a_reader_that_leaves_is_not_worth_a_word, the_first_store_is_read_unless_another_is_named,
                 the_embedded_store_is_in_the_state_folder, collection_values_are_set_and_read,
                 a_collection_is_read_as_its_other_writers_read_it, a_collection_that_nobody_can_read_is_repaired,
                 a_command_that_a_signal_ends_leaves_no_rest,
                 the_wait_is_of_seconds_and_their_parts, what_is_no_file_is_no_collection,
                 setting_a_value_keeps_what_others_wrote, jobs_that_set_values_at_once_lose_none,
                 hydrating_brings_values_into_the_run])
