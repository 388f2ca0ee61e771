# SPDX-License-Identifier: MIT
"""Reads what `strace -f -o LOG` saw of processes: who started whom, what they executed, how they ended.

Expects at least execve, execveat, fork, vfork, clone and clone3 to be traced, and exits not silenced by -qq. With -ttt
it also tells when each call was entered, in Unix ns; exit and exit_group must be traced for the last one. With
--pidns-translation it finds its way through pid namespaces.
"""
import os
import re
import signal

LINE = re.compile(r'(\d+) +(?:(\d+)\.(\d{6}) +)?(.*)')
CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+)(?: /\* (\d+) in strace's PID NS \*/)?")
CUT = re.compile(r'(.*)<(?:unfinished|pid changed to (\d+)) \.\.\.>')
RESUMED = re.compile(r'<\.\.\. (\w+) resumed>(.*)')
LEAVING = re.compile(r'exit(_group)?\(')
SUPERSEDED = re.compile(r'\+\+\+ superseded by execve in pid (\d+)')
ENDED = re.compile(r'\+\+\+ (exited with|killed by) (\w+)')
ARGV = re.compile(r'(?:\d+, |AT_FDCWD, )?"(?:[^"\\]|\\.)*", \[(.*?)\], 0x')
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?|(\.\.\.)')
ESCAPE = re.compile(rb'\\([0-7]{1,3}|.)', re.S)
LETTERS = {b'n': b'\n', b't': b'\t', b'r': b'\r', b'v': b'\v', b'f': b'\f'}


class Process:
    """One process: its parent's pid, the argv of each image it executed, its end as ('exit' or 'signal', number).

    Moments, None where the log has no times: when its parent called fork, when it called each exec, when it left."""

    def __init__(self, pid):
        self.pid = pid
        self.parent = None
        self.images = []
        self.end = None
        self.born_ns = None
        self.exec_ns = []
        self.left_ns = None
        self.children = []
        self.exits = []  # (moment, whether it was exit_group) of each call that one of its threads left by

    def settle(self):
        """Which of the exits was the process's own: exit_group, or where all threads left one by one, the last of them.
        A thread may leave long before that, also before an exec, or before a signal ends the rest."""
        since = max((when for when in self.exec_ns if when), default=0)
        exits = [(when, is_whole) for when, is_whole in self.exits if when and when >= since]
        whole = [when for when, is_whole in exits if is_whole]
        if whole:
            self.left_ns = min(whole)
        elif exits and self.end and self.end[0] == 'exit':
            self.left_ns = max(when for when, _ in exits)


class _Reader:
    def __init__(self):
        self.processes = []
        self._live = {}     # tid -> Process; a thread's tid leads to its process
        self._newest = {}   # pid -> Process, also when it has ended; pids come round again
        # (tid, name of the call) -> the moment and the part of it that was printed before it was interrupted. By name,
        # because a leader's own exit may be printed while the exec of another thread already goes by the leader's id.
        self._pending = {}
        self._makers = []   # processes of which a call that makes a thread has not returned

    def _of(self, tid):
        """The process a task belongs to. A child may be heard of before its parent's call returns."""
        if tid not in self._live:
            self._live[tid] = self._newest[tid] = Process(tid)
            self.processes.append(self._live[tid])
        return self._live[tid]

    def _heard_of(self, child):
        """What is known of a task from before its parent's call returned, or None."""
        known = self._newest.get(child)
        return known if known and known.parent is None else None

    def _is_thread(self, process, tid):
        """A task turns out to be a thread. It may have had children by then, and be gone."""
        known = self._heard_of(tid)
        if known is None or known is process:
            self._live[tid] = process
            return
        self.processes.remove(known)
        del self._newest[tid]
        for child in known.children:
            child.parent = process.pid
        process.children += known.children
        process.exits += known.exits
        if tid in self._live:
            self._live[tid] = process

    def settle(self):
        """At the end: a thread can end its process before the call that made it returns; it then looks like a child of
        nobody that has run nothing, and ended as the process did."""
        for process in self._makers:
            thread = next((other for other in self.processes if other is not process and other.parent is None and
                           not other.images and other.end == process.end), None)
            if thread:
                process.exits += thread.exits
                for child in thread.children:
                    child.parent = process.pid
                process.children += thread.children
                self.processes.remove(thread)
        for process in self.processes:
            process.settle()

    def _started(self, parent, child, when):
        process = self._heard_of(child) or self._of(child)
        process.parent, process.born_ns = parent.pid, when
        parent.children.append(process)

    def _called(self, tid, call, when):
        process, name, arguments, result = self._of(tid), *call.group(1, 2), int(call.group(4) or call.group(3))
        if result < 0:
            return
        if name.startswith('exec'):
            process.images.append(parse_argv(arguments))
            process.exec_ns.append(when)
        elif 'CLONE_THREAD' in arguments:
            self._is_thread(process, result)
        elif 'fork' in name or name.startswith('clone'):
            self._started(process, result, when)

    def _ended(self, tid, how, what):
        process = self._of(tid)
        del self._live[tid]
        if process.pid == tid:
            process.end = ('exit', int(what)) if how == 'exited with' else ('signal', signal_number(what))

    def _cut_short(self, tid):
        """What a task was in the midst of, by name of the call; it is forgotten."""
        return {key[1]: self._pending.pop(key) for key in list(self._pending) if key[0] == tid}

    def read(self, line):
        """Take in one line."""
        match = LINE.match(line)
        if not match:
            return
        tid, text = int(match.group(1)), match.group(4)
        when = int(match.group(2) + match.group(3)) * 1000 if match.group(2) else None
        process = self._of(tid)
        resumed, ended, leaving = RESUMED.match(text), ENDED.match(text), LEAVING.match(text)
        if ended:
            if any('CLONE_THREAD' in text for _, text in self._cut_short(tid).values()):
                self._makers.append(process)
            self._ended(tid, *ended.groups())
            return
        superseded = SUPERSEDED.match(text)
        if superseded:
            # After an exec by another thread the kernel gives it the leader's id.
            former = int(superseded.group(1))
            self._is_thread(process, former)  # which the call that made it may not have said yet
            self._live.pop(former, None)
            for name, part in self._cut_short(former).items():
                self._pending[tid, name] = part
            return
        if resumed:
            when, text = self._pending.pop((tid, resumed.group(1)), (when, ''))
            text += resumed.group(2)
        elif leaving:
            process.exits.append((when, leaving.group(1) is not None))
        cut = CUT.fullmatch(text)
        if cut:
            self._pending[int(cut.group(2) or tid), cut.group(1).partition('(')[0]] = when, cut.group(1)
            return
        call = CALL.match(text)
        if call:
            self._called(tid, call, when)
        elif 'CLONE_THREAD' in text:
            self._makers.append(process)


def signal_number(name):
    """SIGKILL, SIGRTMIN or SIGRT_2 as a number."""
    return 32 + int(name[6:]) if name.startswith('SIGRT_') else int(getattr(signal, name))


def _escaped(match):
    code = match.group(1)
    return bytes([int(code, 8)]) if code.isdigit() else LETTERS.get(code, code)


def unescape(text):
    """The contents of a C string literal; bytes beyond ASCII as in os.fsdecode."""
    return os.fsdecode(ESCAPE.sub(_escaped, os.fsencode(text)))


def parse_argv(arguments):
    """The argv of an exec call's printed arguments; None stands for what strace left out."""
    match = ARGV.match(arguments)
    argv = []
    for text, cut, rest in STRING.findall(match.group(1)) if match else []:
        argv.append(None if cut or rest else unescape(text))
    return argv


def read_log(path):
    """Every process in the log, in the order in which they were first heard of."""
    reader = _Reader()
    with open(path, encoding='utf-8', errors='surrogateescape') as log:
        for line in log:
            reader.read(line.rstrip('\n'))
    reader.settle()
    return reader.processes
