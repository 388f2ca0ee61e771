# SPDX-License-Identifier: MIT
"""Runs a foreign suite once, watched or not: in a fresh copy at the same path, as a user who is not root. Knows nothing about what
the verdicts mean."""
import fcntl
import fnmatch
import glob
import os
import pty
import shutil
import signal
import subprocess
import tempfile
import termios
import threading
import time
from dataclasses import dataclass

import shim
import tap

NOBODY = 65534
LONGEST = 3600


@dataclass
class Seen:
    """What one run showed."""
    verdicts: dict
    text: str
    seconds: float
    outcome: object = None   # the record, of a watched run


def missing(need):
    """Whether a program, or any file of a pattern, is not there."""
    return not (glob.glob(need) if need.startswith('/') else shutil.which(need))


def unpack(package, target):
    """The source of a package, with Debian's patches."""
    if 'DTRACK_SOURCES' not in os.environ:
        raise tap.Skip('DTRACK_SOURCES is not set: scripts/test sets it')
    description, = glob.glob(os.path.join(os.environ['DTRACK_SOURCES'], package, '*.dsc'))
    subprocess.run(['dpkg-source', '--no-check', '-x', description, target], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


class Workshop:
    """The prepared tree of one suite, and a place to run copies of it; use as a context."""

    def __init__(self, suite):
        for need in suite.needs:
            if missing(need):
                raise tap.Skip(f'no {need} here')
        self.suite = suite
        self.root = os.path.realpath(tempfile.mkdtemp(prefix=f'dtrack-{suite.name}-'))
        os.chmod(self.root, 0o755)
        self.work = f'{self.root}/work'

    def __enter__(self):
        """Prepare it where it will run: paths may end up in what is prepared."""
        source = f'{self.root}/source'
        if self.suite.source:
            unpack(self.suite.source, source)
        os.mkdir(self.work)
        self.suite.prepare(source, self.work)
        shutil.rmtree(source, ignore_errors=True)
        os.rename(self.work, f'{self.root}/pristine')
        return self

    def __exit__(self, *unused):
        end_what_runs_in(self.root)
        subprocess.run(['chmod', '-R', 'u+rwX', self.root], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.root)

    def files(self, everything):
        """The test files to run."""
        found = self.suite.files(f'{self.root}/pristine')
        return [file for file in found if everything or any(fnmatch.fnmatch(file, pattern) for pattern in self.suite.quick)]

    def fresh(self):
        """A copy that nobody has used, and empty folders for home and temporary files, all the user's own."""
        for name in ('work', 'home', 'tmp', 'dtrack'):
            subprocess.run(['chmod', '-R', 'u+rwX', f'{self.root}/{name}'], check=False, stderr=subprocess.DEVNULL)
            shutil.rmtree(f'{self.root}/{name}', ignore_errors=True)
            os.mkdir(f'{self.root}/{name}')
        subprocess.run(['cp', '-a', f'{self.root}/pristine/.', self.work], check=True)
        if os.geteuid() == 0:
            subprocess.run(['chown', '-Rh', f'{NOBODY}:{NOBODY}', *(f'{self.root}/{name}' for name in ('work', 'home', 'tmp', 'dtrack'))],
                           check=True)

    def environment(self, watched):
        """What CI sets, and nothing of whoever runs the tests; for the watched run what the README tells the user to set."""
        env = {'PATH': '/usr/local/bin:/usr/bin:/bin', 'HOME': f'{self.root}/home', 'TMPDIR': f'{self.root}/tmp', 'TERM': 'dumb',
               'TZ': 'UTC', 'USER': 'nobody', 'LOGNAME': 'nobody', **self.suite.variables}
        if watched:
            env.update(LD_PRELOAD=shim.LIBRARY, DTRACK_STORE=f'file://{self.root}/dtrack/store',
                       DTRACK_SPOOL=f'{self.root}/dtrack/spool', DTRACK_NAME=self.suite.name, DTRACK_QUIET='1', DTRACK_WAIT='60')
        return env

    def run(self, files, watched):
        """Run these files to the end."""
        self.fresh()
        folder, command = self.suite.start(self.work, files)
        log = f'{self.root}/log'
        begin = time.monotonic()
        with open(log, 'wb') as output:
            spawn(command, folder, self.environment(watched), output, self.suite.terminal)
        seconds = time.monotonic() - begin
        with open(log, encoding='utf-8', errors='backslashreplace') as text:
            said = text.read()
        outcome = self.record() if watched else None
        end_what_runs_in(self.root)
        return Seen(self.suite.verdicts(said), said, seconds, outcome)

    def record(self):
        """What was stored, once no run is left in the spool: a daemon may be the last of its run."""
        sandbox = shim.Sandbox.__new__(shim.Sandbox)
        sandbox.store, sandbox.spool = f'{self.root}/dtrack/store', f'{self.root}/dtrack/spool'
        return sandbox.settled()


def spawn(command, folder, env, output, terminal):
    """Run a command in a session of its own, as nobody where we are root. With a terminal, that is the session's, and what is
    written to it goes nowhere."""
    user = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []} if os.geteuid() == 0 else {}
    master, slave = pty.openpty() if terminal else (None, None)
    if terminal:
        threading.Thread(target=drain, args=(master,), daemon=True).start()
        user['preexec_fn'] = lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    child = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                             start_new_session=True, **user)
    try:
        child.wait(LONGEST)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if terminal:
        os.close(slave)


def drain(master):
    """Read a terminal until nobody has it open."""
    try:
        while os.read(master, 65536):
            pass
    except OSError:
        pass
    os.close(master)


def end_what_runs_in(root):
    """End the processes that a suite left behind: those that work in its folder, or have it in their environment."""
    for folder in glob.glob('/proc/[0-9]*'):
        try:
            inside = os.readlink(f'{folder}/cwd').startswith(root)
            with open(f'{folder}/environ', 'rb') as variables:
                inside = inside or f'={root}'.encode() in variables.read()
            if inside and int(folder[6:]) != os.getpid():
                os.kill(int(folder[6:]), signal.SIGKILL)
        except OSError:
            continue
