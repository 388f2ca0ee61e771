# SPDX-License-Identifier: MIT
"""A job that writes into its own spool and cuts it short while it is read: whoever reads it ends by itself, in bounded time,
and tells of damage at most."""
import os
import random
import struct
import threading
import time

import crash
import shim
import tap

HEADER, UNIT = 12288, 64
NEXT_AT, LIMIT_AT = 128, 24  # in struct spool_header
LOOKS = 25
# Values that are references, lengths, kinds, pids and times at once.
WORDS = [0, 1, 2, 3, 64, 192, 4096, 0xffff, 0xffffffff, 1 << 30, 1 << 61, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]
MARKED = f'{crash.MARK} start all; i=0; while [ $i -lt 60 ]; do /bin/true $i; (exit 3); i=$((i+1)); done; {crash.MARK} end all'


class Scribbler(threading.Thread):
    """Changes words of records, and now and then the length of the file, until told to stop."""

    def __init__(self, path, seed, cuts):
        super().__init__()
        self.random, self.cuts, self.over = random.Random(seed), cuts, threading.Event()
        self.file = os.open(path, os.O_RDWR)
        self.sound = os.pread(self.file, 1 << 22, 0)

    def word(self):
        """One word somewhere: of the records mostly, else of the header behind what makes it a spool."""
        size = self.random.choice([1, 2, 4, 8])
        last = max(struct.unpack_from('<Q', self.sound, NEXT_AT)[0], HEADER + UNIT)
        at = self.random.randrange(HEADER, min(last, len(self.sound))) if self.random.random() < .9 else \
            self.random.randrange(LIMIT_AT, 432)
        os.pwrite(self.file, (self.random.choice(WORDS) & ((1 << 8 * size) - 1)).to_bytes(size, 'little'), at // size * size)

    def cut(self):
        """Cut it short anywhere, in the header as well, and put all of it back."""
        os.ftruncate(self.file, self.random.choice([0, 100, 4096, 12288, 13000, 20480]))
        time.sleep(self.random.choice([0, .001, .01]))
        os.pwrite(self.file, self.sound, 0)

    def run(self):
        while not self.over.is_set():
            for _ in range(200):
                self.word()
            if self.cuts:
                self.cut()
            if self.random.random() < .3:
                os.pwrite(self.file, self.sound, 0)
            time.sleep(.001)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.over.set()
        self.join()
        os.pwrite(self.file, self.sound, 0)
        os.close(self.file)


def look(sandbox, *words):
    """One command, which must end by itself."""
    done = crash.dtrack(sandbox, *words, options={'errors': 'replace'})
    tap.check(done.returncode in (0, 1), f"the status of 'dtrack {' '.join(words)}': {done.returncode}, {done.stderr!r}")
    tap.check('Sanitizer' not in done.stderr and 'runtime error' not in done.stderr, done.stderr)


def a_leftover_run_that_somebody_scribbles_in_is_read(cuts):
    """As show reads a run that is going on: nobody holds still."""
    with shim.Sandbox() as sandbox:
        folder = crash.leave_run(sandbox, MARKED)
        with Scribbler(f'{folder}/spool', 1 + cuts, cuts):
            for _ in range(LOOKS):
                look(sandbox, 'show')
                look(sandbox, 'show', '--all')
                look(sandbox, 'export', '--format', 'ndjson')
                look(sandbox, 'runs')
        if os.path.isdir(folder):
            look(sandbox, 'show')


def words_that_change_meanwhile_are_read_once():
    """Kinds, lengths and references are something else at each look."""
    a_leftover_run_that_somebody_scribbles_in_is_read(False)


def a_spool_that_is_cut_short_meanwhile_kills_no_reader():
    """The header is mapped."""
    a_leftover_run_that_somebody_scribbles_in_is_read(True)


def the_guardian_finishes_a_run_that_somebody_scribbles_in():
    """It ends by itself, whatever it makes of the run."""
    for seed in range(3):
        with shim.Sandbox() as sandbox:
            folder = crash.leave_run(sandbox, MARKED)
            with Scribbler(f'{folder}/spool', 10 + seed, True):
                look(sandbox, 'finish', folder)


def a_wrapped_job_that_cuts_its_spool_keeps_its_status():
    """`dtrack run` has the header mapped until the end. The status is a static program's, which has no part in the spool."""
    with shim.Sandbox() as sandbox:
        cut = f'i=0; while [ $i -lt 40 ]; do i=$((i+1)); for f in {sandbox.spool}/*/spool; do : >"$f"; done; done; exit 0'
        done = crash.dtrack(sandbox, 'run', '--', shim.victim('static'), '/bin/sh', '-c', cut, DTRACK_WAIT='5')
        tap.same(done.returncode, 0, f'the status, with {done.stderr!r}')


tap.run([
    words_that_change_meanwhile_are_read_once,
    a_spool_that_is_cut_short_meanwhile_kills_no_reader,
    the_guardian_finishes_a_run_that_somebody_scribbles_in,
    a_wrapped_job_that_cuts_its_spool_keeps_its_status,
])
