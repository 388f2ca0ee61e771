# SPDX-License-Identifier: MIT
"""Runs a command under the shim with a store of its own, and reads back what was recorded."""
import glob
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

BUILD = os.environ.get('DTRACK_BUILD', '')
LIBRARY = os.path.join(BUILD, 'preload', 'libdtrack.so')
DTRACK = os.path.join(BUILD, 'lib', 'cmd', 'dtrack')

# What came of a command: its own status, stdout and stderr, the summaries and rows of the runs that reached the store.
Outcome = namedtuple('Outcome', 'status stdout stderr summaries rows left')


def command_lines():
    """Pid and words of every process; one that vanishes meanwhile is left out."""
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        try:
            with open(path, 'rb') as text:
                yield int(path.split('/')[2]), text.read().split(b'\0')
        except OSError:
            continue


def guardians_in(spool):
    """Pid to run folder of the guardians of the runs in a spool."""
    return {pid: os.fsdecode(words[3]) for pid, words in command_lines()
            if words[1:3] == [b'finish', b'--guard'] and words[3].startswith(os.fsencode(spool) + b'/')}


class Sandbox:
    """A spool and a store in a temporary folder; use as a context."""

    def __init__(self, **variables):
        self.path = tempfile.mkdtemp(prefix='dtrack-shim-')
        self.store = os.path.join(self.path, 'store')
        self.spool = os.path.join(self.path, 'spool')
        self.variables = variables

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        """A guardian stores its run even when its folder is gone: until the last one has ended, files come back."""
        for _ in range(600):
            shutil.rmtree(self.path, ignore_errors=True)
            if not guardians_in(self.spool) and not os.path.exists(self.path):
                return
            time.sleep(0.02)

    def environment(self, preload=True):
        """What the command gets: the caller's environment without any run of dtrack's around it."""
        env = {name: value for name, value in os.environ.items() if not name.startswith('DTRACK_') and name != 'LD_PRELOAD'}
        env.update(DTRACK_STORE=f'file://{self.store}', DTRACK_SPOOL=self.spool, LC_ALL='C')
        if preload:
            env['LD_PRELOAD'] = LIBRARY
        env.update(self.variables)
        return env

    def run(self, *command, preload=True, **options):
        """Run to the end and collect everything."""
        options.setdefault('stdin', subprocess.DEVNULL)
        options.setdefault('env', self.environment(preload))
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=120, **options)
        return self.outcome(done.returncode, done.stdout.decode(errors='replace'), done.stderr.decode(errors='replace'))

    def outcome(self, status=None, stdout='', stderr=''):
        """What is in the store and the spool now."""
        summaries, rows = [], []
        for path in sorted(glob.glob(f'{self.store}/runs/v=1/*/*.json')):
            with open(path, encoding='utf-8') as text:
                summaries.append(json.load(text))
        for path in sorted(glob.glob(f'{self.store}/spans/v=1/*/*.gz')):
            with gzip.open(path, 'rt', encoding='utf-8') as text:
                rows += [json.loads(line) for line in text]
        left = os.listdir(self.spool) if os.path.isdir(self.spool) else []
        return Outcome(status, stdout, stderr, summaries, rows, left)

    def settled(self):
        """What is there once the guardian has finished, for a root that did not wait for it."""
        for _ in range(400):
            outcome = self.outcome()
            if outcome.summaries and not outcome.left:
                break
            time.sleep(0.025)
        return outcome


def processes(outcome, name=None):
    """The process rows, or those of one name, in order of their start."""
    rows = [row for row in outcome.rows if row['kind'] == 'process' and name in (None, row['name'])]
    return sorted(rows, key=lambda row: row['start_ns'])


def victim(name):
    """The path of a compiled hazard program."""
    return os.path.join(os.environ['DTRACK_VICTIMS'], name)


if not BUILD:
    sys.exit('DTRACK_BUILD must name the build folder')
