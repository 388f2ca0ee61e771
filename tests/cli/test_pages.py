#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_pages.py DTRACK PAGES : whole pages of `dtrack show`, letter for letter as in the folder PAGES, and how they adapt to where they are
printed. DTRACK_NEW_PAGES=1 writes the folder anew: look at the difference before you keep it.
"""
import difflib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import time

import made_run
import tap
from made_run import mark, process, task

DTRACK, PAGES = map(os.path.abspath, sys.argv[1:])
FOLDER = tempfile.TemporaryDirectory()
FIRST_LINES, FIRST_COLUMNS = 40, 100

# Parent: number of the row, from 1. A build of two compilers at a time behind a wait, with probes that fail on purpose.
WORKED = [
    process('bash', None, 0, 10000, 'nightly.sh', cpu=40),
    task('configure', 100, 4000, end_by='mark', code=0), task('build', 4200, 5600, end_by='mark', code=0),
    process('dtrack-mark', 1, 90, 5, 'start', 'configure', cpu=1),
    process('sh', 1, 110, 3900, './configure', task='configure', cpu=300),
    process('sh', 5, 120, 300, './configure', task='configure', forked=True, code=1, cpu=20),
    process('cc', 6, 130, 280, '-c', 'conftest.c', task='configure', code=1, cpu=270),
    process('sleep', 5, 1000, 1500, '1.5', task='configure', cpu=0),
    process('make', 1, 4250, 5500, '-j2', 'all', task='build', cpu=60),
    *[process('cc', 9, 4300 + 1000 * (i // 2), 900 + i, '-O2', '-c', f'src/file_{i}.c', '-o', f'file_{i}.o', task='build', cpu=850)
      for i in range(8)],
    process('ld', 9, 8400, 1300, '-o', 'app', *[f'file_{i}.o' for i in range(8)], task='build', cpu=1200),
    mark('coverage', '81.5', 9000), mark('deployed', None, 9900),
]
FAILED = [
    process('bash', None, 0, 5000, 'nightly.sh', code=2, cpu=30),
    task('plan', 50, 900, end_by='mark', code=0), task('apply', 1000, 3950, end_by='run', code=None),
    process('terraform', 1, 60, 880, 'plan', task='plan', cpu=400),
    process('make', 1, 1010, 3900, 'apply', task='apply', code=2, cpu=10),
    process('sh', 5, 1020, 3800, '-c', 'terraform apply -auto-approve', task='apply', code=1, cpu=5),
    process('terraform', 6, 1030, 3700, 'apply', '-auto-approve', task='apply', code=1, cpu=500),
    process('provider', 7, 1100, 3500, 'serve', task='apply', signal=9, cpu=90),
    process('grep', 1, 20, 5, '-q', 'x', 'y', code=1, cpu=1),
]
GOES_ON = [
    process('bash', None, 0, None, 'nightly.sh', cpu=30), task('build', 100, None, end_by='running'),
    process('make', 1, 150, 800, 'part', task='build', cpu=700), process('sleep', 1, 1000, None, '600', task='build', cpu=0),
]
BAD = [
    process('ba\x1b[31msh', None, 0, 2000, 'a\nb', '\x07\x9b2J', '\u202egnp.exe', '\udcff'.encode('utf-8', 'replace').decode(), code=3, cpu=40),
    task('ta\tsk\x1b]0;owned\x07', 10, 1900, end_by='mark', code=None),
    process('c\rc', 1, 100, 1800, '::error::x', '##vso[task.setvariable]', '\u65e5\u672c', code=3, task='ta\tsk\x1b]0;owned\x07'),
    mark('k\x1b', '"v\\u001b[2J"', 50),
]
RUNS = {'worked': (WORKED, 10000, 0), 'failed': (FAILED, 5000, 2), 'empty': ([], 3, 0), 'bad': (BAD, 2000, 3)}
CI = {'provider': 'azure-pipelines', 'build': '812', 'branch': 'main', 'commit': '3f2c1d9aabb'}


def store(name):
    """The URL of a store with that run alone."""
    folder = os.path.join(FOLDER.name, name)
    if not os.path.isdir(folder):
        rows, dur, code = RUNS[name]
        made_run.put(folder, rows, dur, code, ci=CI if name == 'failed' else {})
    return 'file://' + folder


def environment(url, **more):
    """What the command gets, and nothing else."""
    home = os.path.join(FOLDER.name, 'home')
    os.makedirs(home, exist_ok=True)
    return {'DTRACK_STORE': url, 'HOME': home, 'PATH': '/usr/bin:/bin', 'LC_ALL': 'C.UTF-8', **tap.SANITIZER, **more}


def show(url, *arguments, **more):
    """The page of the only run in the store."""
    done = subprocess.run([DTRACK, 'show', *arguments], env=environment(url, **more), text=True, encoding='utf-8', check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    tap.same((done.returncode, done.stderr), (0, ''), f'status and stderr of show {arguments}')
    return done.stdout


def is_page(got, name):
    """The page is that of the file."""
    path = os.path.join(PAGES, name + '.txt')
    if os.environ.get('DTRACK_NEW_PAGES') == '1':
        with open(path, 'w', encoding='utf-8') as file:
            file.write(got)
    with open(path, encoding='utf-8') as file:
        want = file.read()
    tap.check(got == want, f'{name} is another page:\n' + '\n'.join(difflib.unified_diff(
        want.splitlines(), got.splitlines(), 'kept', 'printed', lineterm='')))


def page(run, name, *arguments, **more):
    """A test that a run's page is the one that is kept."""
    def test():
        got = show(store(run), *arguments, **more)
        is_page(got, name)
        wide = [line for line in got.splitlines() if len(re.sub('\x1b\\[[0-9;]*m', '', line)) > int(more.get('COLUMNS', FIRST_COLUMNS))]
        tap.check(not wide or '--all' in arguments, f'lines wider than the page: {wide}')
        tap.check(len(got.splitlines()) <= FIRST_LINES or arguments or 'COLUMNS' in more, f'{len(got.splitlines())} lines')
        tap.check(not re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]', got) or 'always' in arguments, 'control characters')
    return 'the_page_is_as_kept_' + name.replace('-', '_'), test


def the_page_of_a_run_that_goes_on_is_as_kept():
    """Its figures change with every moment, so digits are no part of it."""
    folder = os.path.join(FOLDER.name, 'goes on')
    made_run.put(folder, GOES_ON, None, None, begin_ns=time.time_ns() - 4500 * made_run.MS)
    got = show('file://' + folder.replace(' ', '%20'))
    masked = re.sub(r'[\u2580-\u258f ]{8,}', ' ~ ', re.sub(r' +', ' ', re.sub(r'[\d,.]+', 'N', got)))
    is_page(re.sub(r'(At work).*(mean)', r'\1 ~ \2', masked), 'goes-on')


def the_first_page_fits_forty_lines_whatever_there_is():
    """Long chains, many tasks, commands, gaps, marks, failures."""
    rows, depth = [process('make', None, 0, 60000, 'all', code=2)], 30
    rows += [process(f'step{number}', number, number, 30000 - number, code=2) for number in range(1, depth)]
    rows += [process('cc', depth, 100 + number, 20000, f'file{number}.c', code=1) for number in range(40)]
    rows += [task(f'task {number}', 1000 * number, 900, end_by='run', code=None) for number in range(50)]
    rows += [process(f'tool{number}', 1, 30000 + number * 300, 100, task=f'task {30 + number % 20}') for number in range(90)]
    rows += [mark(f'name{number}', str(number), number) for number in range(20)]
    folder = os.path.join(FOLDER.name, 'much')
    made_run.put(folder, rows, 60000, 2, ci=CI, unsettled=True, coverage={
        'by_end': {'self': 100, 'inferred': 3}, 'missed': 4, 'bad_marks': 2, 'unpreloaded': 7, 'explained_percent': 40,
        'blind_spots': [{'name': 'sudo', 'cause': 'privileged', 'count': 3}]})
    for variables in ({}, {'LC_ALL': 'C'}):
        lines = show('file://' + folder, **variables).splitlines()
        tap.check(len(lines) <= FIRST_LINES and max(map(len, lines)) <= FIRST_COLUMNS, f'{len(lines)} lines:\n' + '\n'.join(lines))
    for part in ('What failed', 'Tasks', 'What the time waited for', 'By command', 'At work', 'Coverage'):
        tap.check(any(line.startswith(part) for line in lines), f'{part} is not there:\n' + '\n'.join(lines))


def ascii_pages_are_ascii():
    """By the locale, and by an option."""
    for run in RUNS:
        for got in (show(store(run), LC_ALL='C'), show(store(run), '--ascii'), show(store(run), '--tree', '--ascii')):
            tap.check(got.isascii(), f'{run} is not ASCII:\n{got}')


def colour_is_decided_in_the_usual_order():
    """The option, NO_COLOR, CLICOLOR_FORCE, the terminal; empty variables are none."""
    for arguments, variables, want in (
            ((), {}, False), ((), {'CLICOLOR_FORCE': '1'}, True), ((), {'CLICOLOR_FORCE': '0'}, False), ((), {'CLICOLOR_FORCE': ''}, False),
            ((), {'CLICOLOR_FORCE': '1', 'NO_COLOR': '1'}, False), ((), {'CLICOLOR_FORCE': '1', 'NO_COLOR': ''}, True),
            (('--color', 'always'), {'NO_COLOR': '1'}, True), (('--color=never',), {'CLICOLOR_FORCE': '1'}, False),
            (('--color=auto',), {}, False)):
        tap.same('\x1b[' in show(store('failed'), *arguments, **variables), want, f'colour with {arguments} and {variables}')


def on_terminal(rows, columns, *arguments, **more):
    """What a terminal of that size gets to see."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    child = subprocess.Popen([DTRACK, 'show', *arguments], env=environment(store('failed'), **{'TERM': 'xterm', **more}), stdin=follower,
                             stdout=follower, stderr=follower, start_new_session=True)
    os.close(follower)
    seen = b''
    try:
        while piece := os.read(leader, 65536):
            seen += piece
    except OSError:
        pass
    os.close(leader)
    tap.same(child.wait(), 0, 'the status')
    return seen.decode('utf-8', 'replace').replace('\r\n', '\n')


def a_terminal_has_colour_and_its_width():
    """Unless it says that it can't."""
    seen = on_terminal(100, 70)
    tap.check('\x1b[' in seen and '\x1b[' not in on_terminal(100, 70, TERM='dumb'), 'colour')
    tap.check(max(len(re.sub('\x1b\\[[0-9;]*m', '', line)) for line in seen.splitlines()) <= 70, 'wider than the terminal')


def a_long_page_goes_through_the_pager():
    """Only where it would scroll away, and unless told otherwise; a pager that is not there is no reason to show nothing."""
    mine = {'PAGER': 'sed s/^/paged:/'}
    tap.check('paged:' in on_terminal(10, 100, **mine), 'not paged')
    tap.check('paged:' not in on_terminal(100, 100, **mine), 'paged, though it fits')
    tap.check('paged:' not in on_terminal(10, 100, '--no-pager', **mine), 'paged in spite of --no-pager')
    tap.check('paged:' not in show(store('failed'), **mine), 'paged without a terminal')
    for pager in ('cat', '', '/nowhere/pager'):
        tap.check('What failed' in on_terminal(10, 100, PAGER=pager), f'nothing is shown with PAGER={pager!r}')
    tap.check('What failed' in on_terminal(10, 100, PAGER='head -n 6'), 'a pager that ends early')


def json_has_the_same_figures():
    """As the page, in whole numbers."""
    got = json.loads(show(store('worked'), '--json'))
    tap.same((got['schema'], got['dur_ns'], got['exit_code'], got['processes'], got['handled']),
             ('dtrack.show/1', 10000 * made_run.MS, 0, 16, 2), 'the head')
    tap.same(sum(share['path_ns'] for share in got['path']), got['dur_ns'], 'the sum of the path')
    tap.same(sum(group['count'] for group in got['commands']), 16, 'the sum of the counts')
    cc, = [group for group in got['commands'] if group['name'] == 'cc']
    tap.same((cc['count'], cc['failed'], cc['cpu_us'], cc['p50_ns'], cc['longest_ns']),
             (9, 1, (8 * 850 + 270) * 1000, 903 * made_run.MS, 907 * made_run.MS), 'the compilers')
    tap.same([(group['name'], group['count'], group['total_ns']) for group in got['tasks']],
             [('build', 1, 5600 * made_run.MS), ('configure', 1, 4000 * made_run.MS)], 'the tasks')
    alone = {share['name']: share['alone'] for share in got['path']}
    tap.same((alone['sleep'], alone['ld']), (True, True), 'what was alone')
    tap.same([(gap['during'], gap['at_ns'], gap['dur_ns']) for gap in got['idle'][:1]],
             [('sleep 1.5', 1000 * made_run.MS, 1500 * made_run.MS)], 'the longest gap')
    tap.same([entry['command'] for entry in json.loads(show(store('failed'), '--json'))['failed'] if entry['began']], ['provider serve'],
             'where it began')


def sums_go_by_what_is_asked_for():
    """Each process counts once, whatever they are grouped by; at most as many lines as wanted."""
    for what in ('command', 'exe', 'args', 'dir', 'task'):
        groups = json.loads(show(store('worked'), '--json', '--by', what))['commands']
        tap.same(sum(group['count'] for group in groups), 16, f'the processes by {what}')
    tap.same([group['name'] for group in json.loads(show(store('worked'), '--json', '--by', 'task'))['commands']],
             ['build', 'configure', '(in no task)'], 'the tasks')
    tap.same(len(json.loads(show(store('worked'), '--json', '--top', '2'))['commands']), 2, 'the groups')
    tap.check('dtrack-mark' not in show(store('worked')) and '  dtrack-mark' in show(store('worked'), '--all'), 'helpers')
    tap.check('sleep' not in show(store('worked'), '--min', '2s', '--task', 'configure').split('By command')[1], 'what took less')


if __name__ == '__main__':
    with FOLDER:
        tap.run([page('worked', 'worked'), page('failed', 'failed'), page('empty', 'empty'), page('bad', 'bad-names'),
                 page('worked', 'ascii', '--ascii'), page('failed', 'narrow', COLUMNS='60'), page('worked', 'wide', COLUMNS='160'),
                 page('failed', 'colour', '--color', 'always'), page('worked', 'all', '--all'), page('failed', 'failures', '--failures'),
                 page('worked', 'one-task', '--task', 'build'), page('worked', 'tree', '--tree'),
                 the_page_of_a_run_that_goes_on_is_as_kept, the_first_page_fits_forty_lines_whatever_there_is, ascii_pages_are_ascii, colour_is_decided_in_the_usual_order,
                 a_terminal_has_colour_and_its_width, a_long_page_goes_through_the_pager, json_has_the_same_figures,
                 sums_go_by_what_is_asked_for])
