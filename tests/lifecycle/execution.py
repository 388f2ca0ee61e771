# SPDX-License-Identifier: MIT
"""Runs one command as a subreaper, so that whatever it leaves behind is seen, and bounded: in time, in processes, in output.
What comes of it is a Result; two results that are equal can't be told apart."""
import ctypes
import os
import re
import signal
import time
from collections import namedtuple

LOG = 190
PR_SET_CHILD_SUBREAPER = 36
PROCESSES, OUTPUT_BYTES = 60, 64 << 10
SECONDS, GUARDIAN_SECONDS = 3, 12
LOOK_EVERY = 0.1

# status: of the command; told: the lines of the log in order of their text; orphans: what came to us, and how it ended.
Result = namedtuple('Result', 'status told stdout stderr orphans')


def become_subreaper():
    """Once for the whole program: orphans come to us."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children_of():
    """pid -> pids of its children, of everything that runs."""
    found = {}
    for name in os.listdir('/proc'):
        if name.isdigit():
            try:
                with open(f'/proc/{name}/stat', encoding='utf-8', errors='replace') as text:
                    parent = int(text.read().rpartition(')')[2].split()[1])
            except OSError:
                continue
            found.setdefault(parent, []).append(int(name))
    return found


def below(pid):
    """Every process below one."""
    children, found, todo = children_of(), [], [pid]
    while todo:
        more = children.get(todo.pop(), [])
        found += more
        todo += more
    return found


def name_of(pid):
    """What a process is called, also when it is over."""
    try:
        with open(f'/proc/{pid}/comm', encoding='utf-8', errors='replace') as text:
            return text.read().strip()
    except OSError:
        return '?'


def is_guardian(pid):
    """Is it dtrack's own? No program here is called so; `exe` is what it is when it was executed as /proc/self/exe."""
    return name_of(pid) in ('dtrack', 'exe')


def end_text(status):
    """A wait status in words."""
    return f'signal {os.WTERMSIG(status)}' if os.WIFSIGNALED(status) else f'exit {os.WEXITSTATUS(status)}'


class Execution:
    """One of them. `folder` gets the files of what it says."""

    def __init__(self, command, env, folder):
        self.folder, self.status, self.orphans, self.stopped = folder, None, [], None
        self.pid = self.start(command, env)
        self.began = time.monotonic()
        self.follow()

    def start(self, command, env):
        """Start it with nothing of ours but three files and the log."""
        flags, mode = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o666
        actions = [(os.POSIX_SPAWN_OPEN, 0, '/dev/null', os.O_RDONLY, 0)]
        for fd, name in (1, 'stdout'), (2, 'stderr'), (LOG, 'log'):
            actions.append((os.POSIX_SPAWN_OPEN, fd, f'{self.folder}/{name}', flags, mode))
        every = [number for number in range(1, 32) if number not in (signal.SIGKILL, signal.SIGSTOP)]
        return os.posix_spawn(command[0], command, env, file_actions=actions, setsid=True, setsigdef=every, setsigmask=[])

    def reap(self):
        """Take one child that has ended. False when none has; None when there is none any more."""
        try:
            info = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return None
        if info is None:
            return False
        name, ours = name_of(info.si_pid), is_guardian(info.si_pid)
        _, status = os.waitpid(info.si_pid, 0)
        if info.si_pid == self.pid:
            self.status = end_text(status)
        elif not ours:
            self.orphans.append(f'{name} {end_text(status)}')
        return True

    def follow(self):
        """Until everything has ended, or had to."""
        pause, looked = 0.0005, self.began
        while True:
            got = self.reap()
            if got is None:
                return
            if got:
                continue
            time.sleep(pause)
            pause = min(pause * 1.3, 0.005)
            if time.monotonic() - looked > LOOK_EVERY:
                looked = time.monotonic()
                self.watch()

    def watch(self):
        """End what goes beyond its bounds."""
        age, running = time.monotonic() - self.began, below(os.getpid())
        jobs = [pid for pid in running if not is_guardian(pid)]
        size = sum(os.path.getsize(f'{self.folder}/{name}') for name in ('stdout', 'stderr', 'log'))
        why = 'time' if age > SECONDS and jobs else 'processes' if len(running) > PROCESSES else \
            'output' if size > 4 * OUTPUT_BYTES else 'guardian' if age > SECONDS + GUARDIAN_SECONDS else None
        if why:
            self.stopped = self.stopped or f'{why}, with {sorted(name_of(pid) for pid in jobs)}'
            for pid in running:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def text(self, name):
        """What it said in one of its files, cut, with the process ids and addresses of shells taken out."""
        with open(f'{self.folder}/{name}', encoding='utf-8', errors='backslashreplace') as file:
            text = file.read(OUTPUT_BYTES)
        return re.sub(r'(?<=:) +\d{2,}(?= +[A-Z])|(?<===)\d+(?===)|(?<=: kill: \()\d+(?=\))|\b0x[0-9a-f]{6,}', ' N', text)

    def result(self):
        """All that could be seen."""
        if self.stopped:
            return Result(f'stopped: {self.stopped.partition(",")[0]}', (), '', '', ())
        lines = {name: '\n'.join(sorted(self.text(name).splitlines())) for name in ('stdout', 'stderr')}
        return Result(self.status, tuple(sorted(self.text('log').splitlines())), lines['stdout'], lines['stderr'],
                      tuple(sorted(self.orphans)))
