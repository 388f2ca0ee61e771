# SPDX-License-Identifier: MIT
"""Runs that are left over, what is in a store afterwards, and the table of faults."""
import fcntl
import glob
import gzip
import json
import os
import shutil
import signal
import stat
import subprocess
import time

import shim
import tap

ALL = bool(os.environ.get('DTRACK_CRASH_ALL'))
MARK = os.path.join(shim.BUILD, 'lib', 'cmd', 'dtrack-mark')

# A job with something of everything: processes, a failure, a task, a value for the collection.
JOB = f'{MARK} start compile; /bin/true; (exit 3); {MARK} end compile; {MARK} set answer 42; {MARK} event ready'
WAIT_S = 60


def wait_until(condition, what):
    """Wait for something that will come, however slow the machine; its value."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.005)
    raise tap.Failure(f'{what} did not come')


def runs_in(spool):
    """The folders of runs in a spool."""
    return sorted(glob.glob(f'{spool}/run-*'))


def guardian_of(folder):
    """The pid of the guardian of the run in the folder, or None."""
    return next((pid for pid, of in shim.guardians_in(os.path.dirname(folder)).items() if of == folder), None)


def open_files(pid):
    """What the descriptors of a process lead to."""
    paths = []
    for fd in glob.glob(f'/proc/{pid}/fd/*'):
        try:
            paths.append(os.readlink(fd))
        except OSError:
            continue
    return paths


def guarded_run(sandbox):
    """The folder and guardian of the sandbox's one run, once the guardian has all that it needs."""
    folder, = wait_until(lambda: runs_in(sandbox.spool), 'the run')
    wait_until(lambda: os.path.exists(f'{folder}/context'), 'its guardian')
    return folder, guardian_of(folder)


def is_guarded(folder):
    """Whether anybody has the lock of the run. A process that was killed has it for some milliseconds more, when its command
    line is gone already."""
    try:
        with open(f'{folder}/lock', 'rb') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def leave_run(sandbox, job=JOB):
    """Let a job and its guardian be killed at once; the folder of the run that they leave."""
    ready = f'{sandbox.path}/ready'
    command = ['bash', '-c', f'{job}; : >{ready}; exec sleep 1000']
    root = subprocess.Popen(command, env=sandbox.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    wait_until(lambda: os.path.exists(ready), 'the job')
    os.unlink(ready)
    folder, guardian = guarded_run(sandbox)
    os.kill(guardian, signal.SIGKILL)
    wait_until(lambda: not is_guarded(folder), 'the death of the guardian')
    root.kill()
    root.wait()
    return folder


def copy_tree(source, target):
    """Copy a spool with its pipes, links and times."""
    os.makedirs(target, mode=0o700, exist_ok=True)
    for entry in os.scandir(source):
        to = os.path.join(target, entry.name)
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            copy_tree(entry.path, to)
        elif stat.S_ISFIFO(mode):
            os.mkfifo(to, 0o600)
        elif stat.S_ISLNK(mode):
            os.symlink(os.readlink(entry.path), to)
        else:
            shutil.copy2(entry.path, to)
    shutil.copystat(source, target)


def change_context(folder, old, new):
    """Change what the guardian has written down about a run."""
    with open(f'{folder}/context', encoding='utf-8') as text:
        context = text.read()
    with open(f'{folder}/context', 'w', encoding='utf-8') as text:
        text.write(context.replace(old, new))


def dtrack(sandbox, *words, options=None, **variables):
    """Run a command of dtrack over the sandbox's spool and store."""
    env = dict(sandbox.environment(preload=False), **variables)
    return subprocess.run([shim.DTRACK, *words], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False, timeout=150, **(options or {}))


def objects(store):
    """The names in a folder store that anybody may see: not those that the store hides."""
    paths = (os.path.join(folder, name) for folder, _, names in os.walk(store) for name in names)
    return sorted(path for path in paths if not os.path.basename(path).startswith('.dtrack-'))


def damage(store):
    """What is wrong with the objects of a folder store, a line each: halves, spans of another fold, strangers."""
    wrong = []
    for path in objects(store):
        try:
            if path.endswith('.gz'):
                with gzip.open(path, 'rt', encoding='utf-8') as text:
                    _ = [json.loads(line) for line in text]
            elif path.endswith('.json'):
                with open(path, encoding='utf-8') as text:
                    wrong += check_summary(store, json.load(text)) if '/runs/' in path else [] if json.load(text) else ['empty']
            else:
                wrong.append(f'{path} is no object of ours')
        except (OSError, EOFError, ValueError) as error:
            wrong.append(f'{path}: {error}')
    return wrong


def check_summary(store, summary):
    """A run exists when its summary does: then its spans are there, as the summary says they are."""
    path = os.path.join(store, summary['spans']['object'])
    if not os.path.exists(path):
        return [f'{path} is missing']
    with gzip.open(path, 'rt', encoding='utf-8') as text:
        rows = [json.loads(line) for line in text]
    wrong = []
    if len(rows) != summary['spans']['rows'] or os.path.getsize(path) != summary['spans']['bytes']:
        wrong.append(f'{path} is not what its summary says: {len(rows)} rows, {summary["spans"]}')
    if len({row['span_id'] for row in rows}) != len(rows) or [r['kind'] for r in rows].count('run') != 1:
        wrong.append(f'{path} has rows twice')
    return wrong


class Workplace:
    """A left-over run that can be brought back, with a store of its own, and the program that kills at a call."""

    def __init__(self, stepper, **variables):
        self.stepper = stepper
        self.calls = 0  # that the last step has seen
        self.sandbox = shim.Sandbox(**variables)
        self.folder = leave_run(self.sandbox)
        self.kept = f'{self.sandbox.path}/kept'
        copy_tree(self.sandbox.spool, self.kept)

    def reset(self):
        """The spool as the job left it, and no store."""
        shutil.rmtree(self.sandbox.spool, ignore_errors=True)
        if os.path.isfile(self.sandbox.store):
            os.unlink(self.sandbox.store)
        shutil.rmtree(self.sandbox.store, ignore_errors=True)
        copy_tree(self.kept, self.sandbox.spool)

    def environment(self, **variables):
        """For a program of dtrack's."""
        return dict(self.sandbox.environment(preload=False), **variables)

    def step(self, at, place, *words, **variables):
        """Run dtrack with these words until its call `at`. Whether it was killed there, and what it said."""
        command = [self.stepper, str(at), place, shim.DTRACK, *words]
        done = subprocess.run(command, env=self.environment(**variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, check=False, timeout=120)
        tap.check(done.returncode in (0, 3), f'{command} ended with {done.returncode}: {done.stderr}')
        self.calls = int(done.stdout)
        return done.returncode == 0, done.stderr


class Table:
    """Fault by fault: what was tried, expected and found. Printed as comments for people, checked for everybody."""

    HEAD = ('fault', 'tried', 'expected', 'found', 'doubled', 'damaged', 'status changed')

    def __init__(self):
        self.rows = {}
        self.remarks = {}

    def add(self, fault, expected, store, changed=False):
        """Count one try whose store must hold `expected` runs. What is wrong, or nothing."""
        names = [os.path.basename(path) for path in objects(store) if '/runs/' in path]
        wrong = damage(store)
        found = len(set(names))
        spans = len([path for path in objects(store) if '/spans/' in path])
        self.count(fault, expected, found, max(len(names), spans) - found, len(wrong), changed)
        if found != expected:
            wrong.append(f'{found} runs in the store, not {expected}')
        if spans != found:
            wrong.append(f'{spans} spans objects for {found} runs')
        if changed:
            wrong.append('the status of the job changed')
        return wrong

    def count(self, fault, *values):
        """Add to a row; the columns behind 'tried'."""
        row = self.rows.setdefault(fault, [0] * 6)
        for column, value in enumerate((1, *values)):
            row[column] += value

    def remark(self, fault, text):
        """Something measured, printed behind the row."""
        self.remarks[fault] = text

    def print(self):
        """The table, as TAP comments."""
        width = max([len(fault) for fault in self.rows] + [5])
        tap.note(' | '.join([self.HEAD[0].ljust(width), *self.HEAD[1:]]))
        for fault, row in self.rows.items():
            cells = [str(value).rjust(len(head)) for value, head in zip(row, self.HEAD[1:])]
            remark = f' | {self.remarks[fault]}' if fault in self.remarks else ''
            tap.note(' | '.join([fault.ljust(width), *cells]) + remark)
