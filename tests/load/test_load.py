#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_load.py MAKE_SPOOL PEAK DTRACK : large runs, written by many processes at once, are finished, read back and compared
with what was written, process by process. DTRACK_LOAD_ALL=1 goes up to a million processes, and prints what it took.
"""
import json
import os
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
MEMORY_MAX_KB = 64 << 10  # whatever the size of the run
GROWTH_MAX = 200  # bytes a process, of a run that is small enough to be folded at once
TAKEN_KB = {}  # command to its memory, of the largest run


class Run:
    """A made-up run, finished into a store of its own."""

    def __init__(self, folder, writers, processes, killed_at=None):
        self.environment = dict(os.environ, DTRACK_STORE=f'file://{folder}/store', DTRACK_SPOOL=f'{folder}/spool')
        os.mkdir(f'{folder}/spool', 0o700)
        words = [MAKE_SPOOL, f'{folder}/spool', str(processes), str(writers)]
        made = subprocess.run(words + ([] if killed_at is None else [str(killed_at)]), check=True,
                              stdout=subprocess.PIPE, encoding='utf-8', env=self.environment)
        self.place = made.stdout.strip()
        self.peak = os.path.join(folder, 'peak')
        self.memory_kb = {}
        self.seconds = {}
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
        tap.check(kb <= MEMORY_MAX_KB, f'dtrack {command} took {kb} kB')


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


tap.run([sixty_four_writers_at_once_lose_nothing_and_double_nothing, every_command_is_modest_about_it,
         finishing_takes_little_memory_for_each_process, one_writer_alone_leaves_the_same,
         writers_killed_while_they_write_take_nothing_of_others_along, a_small_spool_is_kept_small])
