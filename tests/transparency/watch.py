# SPDX-License-Identifier: MIT
"""Runs a case once, watched or not, and collects all that can be seen of it from outside."""
import contextlib
import fcntl
import fnmatch
import hashlib
import os
import pty
import select
import shutil
import signal
import stat
import struct
import subprocess
import termios
import time
from dataclasses import dataclass

import normal
import shim
import tap

# The environment that every case starts from: what CI sets, and nothing of whoever runs the tests.
BASE = {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL': 'C', 'TERM': 'dumb',
        'USER': 'tester', 'LOGNAME': 'tester', 'TZ': 'UTC', 'LSAN_OPTIONS': 'detect_leaks=0', **tap.SANITIZER}


@dataclass
class Seen:
    """What a run showed. `parts` is what two runs are compared by."""
    parts: dict            # status, stdout, stderr, files: bytes
    outcome: object = None # the record, of a watched run


class Place:
    """The folder of one case, with a store and a spool beside the work folder; use as a context."""

    def __init__(self, case, tools):
        self.case, self.tools = case, tools
        self.sandbox = shim.Sandbox()
        # Others may enter: some cases give up being root.
        os.chmod(self.sandbox.path, 0o755)
        self.work = os.path.join(self.sandbox.path, 'work')

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.sandbox.__exit__()

    def environment(self, with_library):
        """The same for both runs, but for what is our own."""
        env = dict(BASE, HOME=self.work, TMPDIR=f'{self.sandbox.path}/tmp', PWD=self.work, BUILT=self.tools,
                   VIEW=os.path.join(self.tools, 'view'), DTRACK_STORE=f'file://{self.sandbox.store}',
                   DTRACK_SPOOL=self.sandbox.spool)
        if not self.case.stores:
            env['DTRACK_STORE'] = 'file:///proc/nothing'
        env.update(self.case.variables)
        preload = self.case.preload.format(shim.LIBRARY if with_library else '').strip(':')
        preload = preload.replace('$BUILT', self.tools)
        if preload:
            env['LD_PRELOAD'] = preload
        return env

    def prepare(self, env):
        """An empty folder, then the case's own preparation."""
        for path in (self.work, env['TMPDIR']):
            shutil.rmtree(path, ignore_errors=True)
            os.makedirs(path)
            os.chmod(path, 0o777)
        if self.case.setup:
            plain = {name: value for name, value in env.items() if name != 'LD_PRELOAD'}
            subprocess.run(['sh', '-euc', self.case.setup], cwd=self.work, env=plain, check=True, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL)

    def run(self, way, watched):
        """Run the case, watched in that way, or not watched and otherwise the same."""
        env = self.environment(watched and way == 'preload')
        self.prepare(env)
        command = [word.replace('$BUILT', self.tools).replace('$VIEW', env['VIEW']) for word in self.case.command]
        if way == 'run':
            command = ([shim.DTRACK, 'run', '--'] if watched else [f'{self.tools}/below']) + command
        attempt = _on_terminal if self.case.tty else _on_pipes
        status, stdout, stderr = attempt(command, self.case, env, self.work)
        parts = {'status': str(status).encode(), 'stdout': stdout, 'stderr': stderr, 'files': self.files()}
        return Seen(parts, self.settled() if watched else None)

    def settled(self):
        """The record, once the guardian has finished: at once, but for a root that was killed."""
        limit = time.monotonic() + 15
        while self.case.stores:
            outcome = self.sandbox.outcome()
            if len(outcome.summaries) >= self.case.runs and not outcome.left or time.monotonic() > limit:
                return outcome
            time.sleep(0.02)
        return None

    def files(self):
        """What the work folder holds, one line a file."""
        lines = []
        for folder, subfolders, names in os.walk(self.work):
            for name in sorted(subfolders + names):
                path = os.path.join(folder, name)
                relative = os.path.relpath(path, self.work)
                known = not any(fnmatch.fnmatch(relative, pattern) for pattern in self.case.files)
                lines.append(f'{relative} {_describe(path, known)}\n')
        return ''.join(sorted(lines)).encode()


def _describe(path, with_contents):
    """Kind, mode, and a digest of the contents where they are the same from run to run."""
    st = os.lstat(path)
    text = oct(st.st_mode)
    if stat.S_ISLNK(st.st_mode):
        return f'{text} -> {os.readlink(path)}'
    if stat.S_ISREG(st.st_mode) and with_contents:
        with open(path, 'rb') as file:
            text += ' ' + hashlib.sha256(normal.ours(file.read(), shim.LIBRARY.encode())).hexdigest()[:16]
    return text


def _end_of(child, case):
    """Its status; what does not end is ended, with all that it started, and fails."""
    try:
        return child.wait(case.timeout)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return 'timeout'


@contextlib.contextmanager
def _standard_error(how):
    """Where stderr goes: into a pipe that is read, or one whose reader has gone ('broken') or does not read ('full')."""
    if not how:
        yield subprocess.PIPE
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    while how == 'full':
        try:
            os.write(writer, b'x' * 4096)
        except BlockingIOError:
            break
    os.set_blocking(writer, True)
    if how == 'broken':
        os.close(reader)
    yield writer
    os.close(writer)
    if how == 'full':
        os.close(reader)


def _on_pipes(command, case, env, cwd):
    """Run with pipes."""
    with _standard_error(case.stderr) as errors:
        child = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                 start_new_session=True)
        try:
            stdout, stderr = child.communicate(case.stdin.encode(), case.timeout)
            status = child.returncode
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            stdout, stderr = child.communicate()
            status = 'timeout'
    return status, stdout, stderr or b''


def _on_terminal(command, case, env, cwd):
    """Run with a terminal of its own. It does not echo: when an echo appears depends on who is faster."""
    master, slave = pty.openpty()
    settings = termios.tcgetattr(slave)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, settings)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
    child = subprocess.Popen(command, cwd=cwd, env=env, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                             preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(slave)
    os.write(master, case.stdin.encode())
    text = _read_terminal(master, time.monotonic() + case.timeout)
    os.close(master)
    return _end_of(child, case), text, b''


def _read_terminal(master, limit):
    """Everything, until the last program that has it open closes it."""
    text = b''
    while time.monotonic() < limit:
        if not select.select([master], [], [], 0.5)[0]:
            continue
        try:
            text += os.read(master, 65536)
        except OSError:
            break
    return text
