# SPDX-License-Identifier: MIT
"""A shell script as a job under the shim, and what dtrack says of it afterwards."""
import json
import os
import subprocess
import tempfile

import tap

FOLDER = tempfile.TemporaryDirectory()


class Job:
    """A script, run by sh in a folder of its own that holds `files`; further words are its environment's."""

    def __init__(self, shim, dtrack, script, files=None, **more):
        self.tool = dtrack
        self.folder = os.path.realpath(tempfile.mkdtemp(dir=FOLDER.name))
        for path, text in (files or {}).items():
            os.makedirs(os.path.dirname(os.path.join(self.folder, path)), exist_ok=True)
            with open(os.path.join(self.folder, path), 'w', encoding='utf-8') as file:
                file.write(text)
        self.environment = {'PATH': f'{os.path.dirname(dtrack)}:/usr/bin:/bin', 'XDG_STATE_HOME': os.path.join(self.folder, 'state'),
                            'HOME': self.folder, 'DTRACK_WAIT': '60', **tap.SANITIZER}
        done = subprocess.run(['sh', '-c', script], env={**self.environment, 'LD_PRELOAD': shim, **more}, cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
        self.out, self.err, self.status = done.stdout, done.stderr, done.returncode

    def dtrack(self, *words):
        """What a command prints."""
        return subprocess.run([self.tool, *words], env=self.environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              check=True).stdout

    def rows(self, kind='task'):
        """The run's rows of that kind."""
        rows = map(json.loads, self.dtrack('export', '--format', 'ndjson').splitlines())
        return [row for row in rows if row['kind'] == kind]

    def summary(self):
        """The run's summary."""
        return json.loads(self.dtrack('runs', '--json'))
