#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_load.py MAKE_SPOOL PEAK DTRACK : large runs, written by many processes at once, are finished, read back and compared
with what was written, process by process. DTRACK_LOAD_ALL=1 goes up to a million processes, and prints what it took.
"""
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import check_rows
import tap

MAKE_SPOOL, PEAK, DTRACK = (os.path.abspath(path) for path in sys.argv[1:4])
ALL = os.environ.get('DTRACK_LOAD_ALL') == '1'
WRITERS = 64
EACH = 1000000 // WRITERS if ALL else 500
MARKS = 1000000 if ALL else 20000
AT = 1795422983  # a second after the run began
MEMORY_MAX_KB = 64 << 10  # whatever the size of the run
FINISH_MAX_KB = 96 << 10  # the same, with the figures of a run
GROWTH_MAX = 200  # bytes a process, of a run that is small enough to be folded at once
TAKEN_KB = {}  # command to its memory, of the largest run


class Run:
    """A made-up run, finished into a store of its own."""

    def __init__(self, folder, writers, processes, killed_at=None, marks=None):
        self.environment = dict(os.environ, DTRACK_STORE=f'file://{folder}/store', DTRACK_SPOOL=f'{folder}/spool')
        os.mkdir(f'{folder}/spool', 0o700)
        words = [MAKE_SPOOL, f'{folder}/spool', str(processes), str(writers)]
        made = subprocess.run(words + ([] if killed_at is None else [str(killed_at)]), check=True,
                              stdout=subprocess.PIPE, encoding='utf-8', env=self.environment)
        self.place = made.stdout.strip()
        self.peak = os.path.join(folder, 'peak')
        self.memory_kb = {}
        self.seconds = {}
        if marks:
            with open(f'{self.place}/marks', 'w', encoding='utf-8') as file:
                file.writelines(marks)
        self.dtrack('finish', self.place)
        self.summary = json.loads(self.dtrack('runs', '--json'))

    def dtrack(self, *words, output=subprocess.PIPE):
        """What the command prints; its memory and time are kept under its name."""
        began = time.monotonic()
        done = subprocess.run([PEAK, self.peak, DTRACK, *words], env=self.environment, stdout=output, check=False)
        tap.same(done.returncode, 0, f"the status of 'dtrack {words[0]}'")
        self.seconds[words[0]] = time.monotonic() - began
        with open(self.peak, encoding='utf-8') as file:
            self.memory_kb[words[0]] = int(file.read())
        return done.stdout

    def rows(self):
        """The lines that export writes, as they come."""
        with subprocess.Popen([DTRACK, 'export'], env=self.environment, stdout=subprocess.PIPE) as child:
            yield from child.stdout
        tap.same(child.returncode, 0, "the status of 'dtrack export'")

    def compare(self, writers, processes, killed_at=None):
        """End the test unless every row is there once, and right."""
        complaints = check_rows.check(self.rows(), writers, processes, killed_at)
        tap.check(not complaints, '\n'.join(complaints[:10] + [f'{len(complaints)} complaints']))


def in_folder(body):
    """A test that gets a folder for itself."""
    def test():
        with tempfile.TemporaryDirectory() as folder:
            body(folder)
    return body.__name__, test


@in_folder
def sixty_four_writers_at_once_lose_nothing_and_double_nothing(folder):
    """Each process is one row, below its parent, with its end."""
    run = Run(folder, WRITERS, WRITERS * EACH)
    run.dtrack('show', output=subprocess.DEVNULL)
    run.dtrack('export', output=subprocess.DEVNULL)
    run.compare(WRITERS, WRITERS * EACH)
    units = check_rows.units_of(EACH)
    lives = 1 + WRITERS * (1 + sum(check_rows.lives(unit) for unit in range(units)))
    tap.same(run.summary['totals']['processes'], lives, 'the number of processes')
    tap.same(run.summary['coverage']['missed'], 0, 'what found no room')
    tap.same(sum(share['path_ns'] for share in run.summary['path']), run.summary['dur_ns'], 'the sum of shares of the path')
    derived = sum(task['count'] for task in run.summary['derived_tasks'])
    tap.same(sum(command['count'] for command in run.summary['commands']), run.summary['spans']['rows'] - 1 - derived,
             'the rows of all commands')
    tap.same(run.summary['coverage']['damaged_bytes'], 0, 'what is damaged')
    TAKEN_KB.update(run.memory_kb)
    for command, kb in TAKEN_KB.items():
        tap.note(f'{lives} processes, dtrack {command}: {run.seconds[command]:.2f} s, {kb >> 10} MB')
    tap.note(f"{run.summary['cost']['spool_bytes'] // lives} bytes of spool a process")


def every_command_is_modest_about_it():
    """About the memory for that run."""
    tap.needs_plain_build('their memory counts')
    tap.same(sorted(TAKEN_KB), ['export', 'finish', 'runs', 'show'], 'the commands')
    for command, kb in TAKEN_KB.items():
        tap.check(kb <= (FINISH_MAX_KB if command == 'finish' else MEMORY_MAX_KB), f'dtrack {command} took {kb} kB')


@in_folder
def finishing_takes_little_memory_for_each_process(folder):
    """What two runs differ by, so that what every program takes does not count."""
    tap.needs_plain_build('their memory counts')
    kb = []
    for writers, each in ((2, 500), (WRITERS, 500)):
        place = os.path.join(folder, str(writers))
        os.mkdir(place)
        kb.append(Run(place, writers, writers * each).memory_kb['finish'])
    growth = (kb[1] - kb[0]) * 1024 // ((WRITERS - 2) * 500)
    tap.note(f'{kb[0]} kB for {2 * 500} processes, {kb[1]} for {WRITERS * 500}: {growth} bytes each')
    tap.check(growth <= GROWTH_MAX, f'{growth} bytes a process')


@in_folder
def one_writer_alone_leaves_the_same(folder):
    """It does not take a crowd."""
    Run(folder, 1, 2000).compare(1, 2000)


@in_folder
def writers_killed_while_they_write_take_nothing_of_others_along(folder):
    """What they had published is there as well; what they had not is counted as damage."""
    run = Run(folder, 16, 16 * 200, killed_at=20)
    run.compare(16, 16 * 200, killed_at=20)
    tap.check(run.summary['coverage']['damaged_bytes'] > 0, 'nothing is said to be damaged')


@in_folder
def a_small_spool_is_kept_small(folder):
    """A run of one unit takes no more than it needs: the file grows by chunks, and memory by what is in it."""
    run = Run(folder, 1, 5)
    run.compare(1, 5)
    tap.check(run.summary['cost']['spool_bytes'] < 64 << 10, run.summary['cost'])


def lines(verb, names, rest):
    """So many marks with as many names by turns."""
    return (f'{AT}.{number:09d}\t{verb}\t{names(number)}\t{rest}\n' for number in range(MARKS))


def nested():
    """Starts, and as many ends the other way round."""
    half = MARKS // 2
    return (f'{AT}.{at:09d}\t{"start" if at < half else "end"}\tt{min(at, MARKS - 1 - at)}\n' for at in range(MARKS))


def lines_of(many, value):
    """So many long values."""
    return (f'{AT}.0\tset\tk{number}\t{value}\n' for number in range(many))


def numbered(number):
    """A name of its own for each."""
    return f'name{number}'


# What a job may write; how many marks make one of its tasks; and how many there are in all, unless more than is read.
KINDS = {
    'values of as many names': (lambda: lines('set', numbered, 'value'), 0, MARKS),
    'values of one name': (lambda: lines('set', lambda number: 'name', 'value'), 0, MARKS),
    'the longest names': (lambda: lines('event', lambda number: f'{number:0255d}', ''), 0, None),
    'events behind ended tasks': (lambda: itertools.chain(nested(), lines('event', numbered, '1')), 2, 2 * MARKS),
    'tasks that never end': (lambda: lines('start', numbered, '\tppid=100'), 1, MARKS),
    'tasks of one name': (lambda: lines('start', lambda number: 'name', '\tppid=100'), 1, MARKS),
    'ends without a start': (lambda: lines('end', numbered, ''), 0, MARKS),
    'empty lines': (lambda: ('\n' * 100 for _ in range(MARKS)), 0, 100 * MARKS),
    'one line': (lambda: ('v' * 100 for _ in range(MARKS)), 0, 1),
    'the largest values': (lambda: lines_of(MARKS // 400, 'v' * 65000), 0, None),
    'long lists': (lambda: lines_of(MARKS // 800, f'[{"1," * 32000}1]'), 0, MARKS // 800),
}


@in_folder
def marks_of_any_kind_take_little_memory_and_none_is_lost_in_silence(folder):
    """Whoever reads them."""
    for kind, (marks, each_task, total) in KINDS.items():
        place = os.path.join(folder, kind.replace(' ', '-'))
        os.mkdir(place)
        run = Run(place, 2, 200, marks=marks())
        for words in (('show', '--all'), ('export',), ('collection', 'show')):
            run.dtrack(*words, output=subprocess.DEVNULL)
        totals, coverage = run.summary['totals'], run.summary['coverage']
        counted = totals['marks'] + each_task * totals['tasks'] + coverage['bad_marks'] + coverage['missed_marks']
        took = ', '.join(f'{command} {run.seconds[command]:.1f} s {kb >> 10} MB' for command, kb in run.memory_kb.items())
        tap.note(f"{kind}: {counted} and {coverage['unread_mark_bytes']} bytes, {took}")
        tap.check(counted == total or total is None and counted, f'{kind}: {counted} of {total}')
        if not os.environ.get('DTRACK_SANITIZED'):
            tap.check(max(run.memory_kb.values()) <= MEMORY_MAX_KB, f'{kind}: {run.memory_kb}')
        shutil.rmtree(place)


tap.run([sixty_four_writers_at_once_lose_nothing_and_double_nothing, every_command_is_modest_about_it,
         finishing_takes_little_memory_for_each_process, one_writer_alone_leaves_the_same,
         marks_of_any_kind_take_little_memory_and_none_is_lost_in_silence,
         writers_killed_while_they_write_take_nothing_of_others_along, a_small_spool_is_kept_small])
