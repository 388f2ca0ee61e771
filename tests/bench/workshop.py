# SPDX-License-Identifier: MIT
"""Where a benchmark works: the build, a folder that is removed at the end, the variants, and workers for them. Knows
what the variants are, not what they are measured at."""
import os
import shutil
import sys
import tempfile
import time
from collections import namedtuple

from worker import Worker

SHIM = 'libdtrack.so'
FINISH_S = 120

# A way to run a job: with a library preloaded, or by a command put before it, or neither. `every`: takes part in each
# n-th round only, for what is slow.
Variant = namedtuple('Variant', 'name library before every', defaults=(None, (), 1))

NOTHING = Variant('nothing')
EMPTY = 'empty preload'
LEAST = 'the least record'


class Workshop:
    """One run of the benchmark; use as a context."""

    def __init__(self, options, extra=()):
        self.build = os.path.abspath(options.build)
        self.quick = options.quick
        self.peers = options.peers
        self.path = tempfile.mkdtemp(prefix='dtb-', dir=options.work)
        self.workers = []
        self.spools = 0
        self.skipped = []
        self.floor = Variant(EMPTY, self.built('libempty.so'))
        self.dtrack = Variant('dtrack', os.path.join(self.build, 'preload', SHIM))
        self.libraries = [self.floor, self.dtrack]
        self.bounds = []  # of no use in a real job: for a child alone only
        if not self.quick:
            self.libraries += [Variant(f'{EMPTY}, default link', self.built('libempty_default.so')),
                               Variant(f'{EMPTY}, one segment', self.built('libempty_one.so'))]
            self.bounds = [Variant(LEAST, self.built('libleast.so'))]
        self.libraries += [Variant(name, os.path.abspath(path)) for name, path in extra]
        if options.snoopy:
            self.libraries.append(Variant('snoopy', options.snoopy))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close_workers()
        self.settle()
        shutil.rmtree(self.path, ignore_errors=True)

    def built(self, name):
        """A program or library of tests/bench."""
        return os.path.join(self.build, 'tests', 'bench', name)

    def skip(self, what, why):
        """Have it told at the end, once, what was left out."""
        line = f'{what}: {why}'
        if line not in self.skipped:
            self.skipped.append(line)

    def tracers(self):
        """Those who watch from outside, of those that are there."""
        strace = shutil.which('strace')
        if not strace:
            self.skip('strace', 'not installed')
            return []
        words = ['-f', '-qq', '-e', 'trace=process', '-e', 'signal=none', '-o', '/dev/null']
        return [Variant('strace --seccomp-bpf', before=(strace, '--seccomp-bpf', *words), every=4),
                Variant('strace', before=(strace, *words), every=4)]

    def rounds(self, full, quick):
        """How many rounds a part takes."""
        return quick if self.quick else full

    def place(self, name):
        """A path in the working folder."""
        return os.path.join(self.path, name)

    @staticmethod
    def in_memory():
        """A folder on no disk, as a context."""
        return tempfile.TemporaryDirectory(prefix='dtb-', dir='/dev/shm')

    def spool(self):
        """A new folder for runs."""
        self.spools += 1
        folder = self.place(f's{self.spools}')
        os.mkdir(folder, 0o700)
        return folder

    def environment(self, variant=NOTHING, **variables):
        """What a job gets: as little as possible, and the same for every variant but LD_PRELOAD."""
        env = {'PATH': '/usr/local/bin:/usr/bin:/bin', 'HOME': self.path, 'LC_ALL': 'C', 'DTRACK_STORE': 'null:',
               'DTRACK_SPOOL': self.spool(), 'DTRACK_QUIET': '1', 'DTRACK_WAIT': str(FINISH_S)}
        if variant.library:
            env['LD_PRELOAD'] = variant.library
        env.update(variables)
        return env

    def worker(self, variant=NOTHING, folder=None, **variables):
        """A worker that the variant watches, as the first process of a job."""
        return self.keep(Worker([*variant.before, self.built('worker')], self.environment(variant, **variables),
                                folder or self.path, bool(variant.before)))

    def keep(self, worker):
        """Have close_workers() close it."""
        self.workers.append(worker)
        return worker

    def close_workers(self):
        """End them all; at the end of a part, so that the next one has the machine for itself."""
        while self.workers:
            self.workers.pop().close()

    def runs_left(self):
        """Runs that no guardian has finished yet."""
        return [entry for folder in os.scandir(self.path) if folder.is_dir() and folder.name[1:].isdigit()
                for entry in os.listdir(folder.path) if entry.startswith('run-')]

    def settle(self):
        """Wait until every guardian has finished."""
        end = time.monotonic() + FINISH_S
        while self.runs_left() and time.monotonic() < end:
            time.sleep(0.02)
        if self.runs_left():
            print(f'bench: {len(self.runs_left())} runs were not finished in {FINISH_S} s', file=sys.stderr)
