# SPDX-License-Identifier: MIT
"""Plants secrets in a job, runs it, and searches for them."""
import glob
import gzip
import json
import os
import subprocess
import sys

import forms
from shim import BUILD, DTRACK, Sandbox

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, '..', '..', 'scripts')


class Planted(Sandbox):
    """A job full of secrets. `secrets` has all of them, by where they are: a dict of lists."""

    def __init__(self, **variables):
        super().__init__(DTRACK_REDACT=forms.RULES, DTRACK_WAIT='30', SCRIPTS=SCRIPTS, **variables)
        self.secrets = {}
        self.bin = os.path.join(self.path, 'bin')
        os.mkdir(self.bin)
        lines = [forms.planted(line) for line in forms.LINES]
        for words, _ in lines:
            self.add_program(words[0])
        self.secrets['arguments'] = [secret for _, secret in lines]
        self.plan = {
            'commands': [words for words, _ in lines],
            'values': [('db_password', self.new('marks')), ('note', 'token=' + self.new('marks') + ' done'),
                       ('json', '{"password":"' + self.new('marks') + '"}'), ('corp-pin', self.new('marks')),
                       ('url', f"https://me:{self.new('marks')}@h/p")],
            'tasks': ['deploy ' + self.new('marks', 'github')],
            'shell': [('api_token', self.new('marks'))],
            'lines': [f"1.5\tset\tdb_password\t{self.new('lines')}", f"1.6\tevent\tx\tpassword={self.new('lines')}",
                      f"1.7\tstart\tstep {self.new('lines', 'gitlab')}"],
            'folder': os.path.join(self.path, 'work-' + self.new('folders', 'github')),
        }
        self.variables.update({
            'DTRACK_NAME': 'deploy --token ' + self.new('name'), 'GITHUB_ACTIONS': 'true',
            'GITHUB_REF_NAME': 'fix-' + self.new('ci', 'github'), 'DEPLOY_PASSWORD': self.new('environment'),
            'GITHUB_TOKEN': self.new('environment', 'github'), 'PATH': self.bin + os.pathsep + os.environ['PATH'],
        })

    def new(self, where, kind=''):
        """A new secret, noted as being there."""
        secret = forms.token(kind)
        self.secrets.setdefault(where, []).append(secret)
        return secret

    def add_program(self, name):
        """A program of that name that does nothing; real shells do what they are told."""
        path = os.path.join(self.bin, name)
        if name not in ('sh', 'env') and not os.path.lexists(path):
            os.symlink('/bin/true', path)
        mark = os.path.join(self.bin, 'dtrack-mark')
        if not os.path.lexists(mark):
            os.symlink(os.path.join(BUILD, 'lib', 'cmd', 'dtrack-mark'), mark)

    def start(self):
        """Start the job. Returns when it has done everything and waits to be ended by finish()."""
        job = subprocess.Popen([sys.executable, os.path.join(HERE, 'job.py')], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment())
        job.stdin.write(json.dumps(self.plan).encode() + b'\n')
        job.stdin.flush()
        if job.stdout.readline() != b'ready\n':
            raise RuntimeError('the job has failed: ' + job.communicate()[1].decode(errors='replace'))
        return job

    @staticmethod
    def finish(job):
        """Let the job end. What it, or dtrack in it, complained about."""
        return job.communicate(b'\n', timeout=120)[1]

    def dtrack(self, *words):
        """Everything that a command of dtrack's prints."""
        return subprocess.run([DTRACK, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=self.environment(preload=False), check=False, timeout=120).stdout

    def all(self, *but):
        """Every secret, except those at these places."""
        return [secret for where, secrets in self.secrets.items() if where not in but for secret in secrets]


def found(secrets, data):
    """Those of the secrets that the bytes hold."""
    return [secret for secret in secrets if secret.encode() in data]


def read_tree(folder):
    """The names and bytes of all files below a folder; compressed ones unpacked."""
    parts = []
    for path in glob.glob(folder + '/**', recursive=True):
        parts.append(os.path.relpath(path, folder).encode())
        if os.path.isfile(path):
            with (gzip.open if path.endswith('.gz') or path.endswith('/spans') else open)(path, 'rb') as file:
                parts.append(file.read())
    return b'\n'.join(parts)
