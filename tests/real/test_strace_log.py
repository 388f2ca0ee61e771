#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The reader of strace's log, on lines as strace writes them: an oracle that misreads would prove nothing."""
import tempfile

import tap
from strace_log import read_log


def read(text):
    """What the reader makes of these lines: pid -> (parent, images, end), for each process in order."""
    with tempfile.NamedTemporaryFile('w', suffix='.log') as log:
        log.write(text)
        log.flush()
        return [(one.pid, one.parent, one.images, one.end) for one in read_log(log.name)]


def plain_calls_are_read():
    """One process with one image, and how it ended."""
    tap.same(read('7 execve("/bin/a", ["a", "-x"], 0x7ffe /* 4 vars */) = 0\n'
                  '7 +++ exited with 3 +++\n'), [(7, None, [['a', '-x']], ('exit', 3))], 'read')


def failed_execs_do_not_count():
    """A search along PATH tries many."""
    tap.same(read('7 execve("/x/a", ["a"], 0x7ffe /* 4 vars */) = -1 ENOENT (No such file or directory)\n'
                  '7 execve("/bin/a", ["a"], 0x7ffe /* 4 vars */) = 0\n'
                  '7 +++ killed by SIGKILL +++\n'), [(7, None, [['a']], ('signal', 9))], 'read')


def interrupted_calls_are_put_together():
    """And a child is heard of before its parent's call returns."""
    tap.same(read('7 vfork( <unfinished ...>\n'
                  '8 execve("/bin/b", ["b"], 0x1 /* 2 vars */ <unfinished ...>\n'
                  '7 <... vfork resumed>) = 8\n'
                  '8 <... execve resumed>) = 0\n'
                  '8 +++ killed by SIGSEGV (core dumped) +++\n'),
             [(7, None, [], None), (8, 7, [['b']], ('signal', 11))], 'read')


def child_that_ended_first_finds_its_parent():
    """The parent's call may return after the child is gone."""
    tap.same(read('7 vfork( <unfinished ...>\n'
                  '8 execve("/bin/b", ["b"], 0x1 /* 2 vars */) = 0\n'
                  '8 +++ exited with 0 +++\n'
                  '7 <... vfork resumed>) = 8\n'),
             [(7, None, [], None), (8, 7, [['b']], ('exit', 0))], 'read')


def threads_are_not_processes():
    """Neither when the thread speaks before its clone returns; its children belong to its process."""
    tap.same(read('7 clone3({flags=CLONE_VM|CLONE_THREAD, stack=0x1}, 88 <unfinished ...>\n'
                  '8 fork( <unfinished ...>\n'
                  '7 <... clone3 resumed> => {parent_tid=[8]}, 88) = 8\n'
                  '8 <... fork resumed>) = 9\n'
                  '8 +++ exited with 0 +++\n'
                  '9 +++ exited with 1 +++\n'
                  '7 +++ exited with 0 +++\n'),
             [(7, None, [], ('exit', 0)), (9, 7, [], ('exit', 1))], 'read')


def thread_may_be_known_only_when_it_is_gone():
    """Its children and its end are the process's all the same; its number may be used again."""
    tap.same(read('7 clone3({flags=CLONE_VM|CLONE_THREAD, stack=0x1}, 88 <unfinished ...>\n'
                  '8 fork() = 9\n'
                  '9 +++ exited with 1 +++\n'
                  '8 +++ exited with 0 +++\n'
                  '7 <... clone3 resumed> => {parent_tid=[8]}, 88) = 8\n'
                  '7 fork() = 8\n'
                  '8 +++ exited with 2 +++\n'
                  '7 +++ exited with 0 +++\n'),
             [(7, None, [], ('exit', 0)), (9, 7, [], ('exit', 1)), (8, 7, [], ('exit', 2))], 'read')


def exec_by_a_thread_belongs_to_the_process():
    """The thread takes over the leader's id."""
    tap.same(read('7 clone(child_stack=0x1, flags=CLONE_VM|CLONE_THREAD) = 8\n'
                  '8 execve("/bin/b", ["b"], 0x1 /* 2 vars */ <pid changed to 7 ...>\n'
                  '7 +++ superseded by execve in pid 8 +++\n'
                  '7 <... execve resumed>) = 0\n'
                  '7 +++ exited with 2 +++\n'), [(7, None, [['b']], ('exit', 2))], 'read')
    tap.same(read('7 clone(child_stack=0x1, flags=CLONE_VM|CLONE_THREAD) = 8\n'
                  '8 execve("/bin/b", ["b"], 0x1 /* 2 vars */ <unfinished ...>\n'
                  '7 +++ superseded by execve in pid 8 +++\n'
                  '7 <... execve resumed>) = 0\n'
                  '7 +++ exited with 2 +++\n'), [(7, None, [['b']], ('exit', 2))], 'read, without a word of the change')
    for change in ('<pid changed to 7 ...>', '<unfinished ...>'):
        tap.same(read('7 clone3({flags=CLONE_VM|CLONE_THREAD} <unfinished ...>\n'
                      f'8 execve("/bin/b", ["b"], 0x1 /* 2 vars */ {change}\n'
                      '7 +++ superseded by execve in pid 8 +++\n'
                      '7 <... execve resumed>) = 0\n'
                      '7 +++ exited with 2 +++\n'), [(7, None, [['b']], ('exit', 2))], 'read, before its clone returned')
        tap.same(read('7 clone(child_stack=0x1, flags=CLONE_VM|CLONE_THREAD) = 8\n'
                      f'8 execve("/bin/b", ["b"], 0x1 /* 2 vars */ {change}\n'
                      '7 exit(0 <unfinished ...>\n'
                      '7 +++ superseded by execve in pid 8 +++\n'
                      '7 <... execve resumed>) = 0\n'
                      '7 +++ exited with 2 +++\n'), [(7, None, [['b']], ('exit', 2))], 'read, with the leader leaving')


def pids_of_other_namespaces_are_translated():
    """Where strace says what they are in its own."""
    tap.same(read("7 fork() = 2 /* 8 in strace's PID NS */\n8 +++ exited with 0 +++\n"),
             [(7, None, [], None), (8, 7, [], ('exit', 0))], 'read')


def thread_may_end_its_process_before_it_is_known():
    """The call that made it never returns, whether strace says so or not."""
    for resumed in ('7 <... clone3 resumed>) = ?\n', ''):
        tap.same(read('7 clone3({flags=CLONE_VM|CLONE_THREAD|CLONE_SYSVSEM}, 88 <unfinished ...>\n'
                      f'8 exit_group(20) = ?\n{resumed}8 +++ exited with 20 +++\n7 +++ exited with 20 +++\n'),
                 [(7, None, [], ('exit', 20))], 'read')


def realtime_signals_are_numbers():
    """They have names of strace's own."""
    tap.same(read('7 +++ killed by SIGRT_2 +++\n8 +++ killed by SIGRTMIN +++\n'),
             [(7, None, [], ('signal', 34)), (8, None, [], ('signal', 34))], 'read')


def reused_pid_is_another_process():
    """Pids come round in a long build."""
    tap.same(read('7 fork() = 8\n8 +++ exited with 0 +++\n7 fork() = 8\n8 +++ exited with 1 +++\n'),
             [(7, None, [], None), (8, 7, [], ('exit', 0)), (8, 7, [], ('exit', 1))], 'read')


def strings_are_unescaped():
    """And what strace left out is marked."""
    tap.same(read('7 execve("/bin/a", ["a\\"b]", "\\303\\274\\n", "cut"..., "z", ...], 0x1 /* 1 var */) = 0\n')[0][2],
             [['a"b]', 'ü\n', None, 'z', None]], 'argv')


def moments_are_those_of_the_calls():
    """Not of their return; and a log may have none."""
    text = ('7 100.000001 fork( <unfinished ...>\n'
            '8 100.000002 execve("/bin/b", ["b"], 0x1 /* 2 vars */ <unfinished ...>\n'
            '7 100.000003 <... fork resumed>) = 8\n'
            '8 100.000004 <... execve resumed>) = 0\n'
            '8 100.000005 exit_group(3) = ?\n'
            '8 100.000006 +++ exited with 3 +++\n')
    with tempfile.NamedTemporaryFile('w', suffix='.log') as log:
        log.write(text)
        log.flush()
        child = read_log(log.name)[1]
    tap.same((child.parent, child.images, child.end), (7, [['b']], ('exit', 3)), 'read')
    tap.same((child.born_ns, child.exec_ns, child.left_ns), (100000001000, [100000002000], 100000005000), 'moments')


def a_thread_that_leaves_is_not_the_process():
    """Nor where the rest is killed, goes on, or becomes another program."""
    thread = '7 100.000001 clone(child_stack=0x1, flags=CLONE_VM|CLONE_THREAD) = 8\n8 100.000002 exit(0) = ?\n'
    late = '7 100.000001 clone3({flags=CLONE_VM|CLONE_THREAD}, 88 <unfinished ...>\n8 100.000002 exit(0) = ?\n' \
           '8 100.000002 +++ exited with 0 +++\n7 100.000003 <... clone3 resumed> => {parent_tid=[8]}, 88) = 8\n'
    then = '7 100.000004 execve("/bin/b", ["b"], 0x1 /* 2 vars */) = 0\n'
    for text, left in ((f'{thread}7 100.000009 +++ killed by SIGKILL +++\n', None),
                       (f'{late}7 100.000009 +++ killed by SIGKILL +++\n', None),
                       (f'{thread}{then}7 100.000009 +++ killed by SIGTERM +++\n', None),
                       (f'{thread}{then}7 100.000009 exit_group(1) = ?\n7 100.000009 +++ exited with 1 +++\n', 9),
                       (f'{thread}7 100.000009 exit(0) = ?\n7 100.000009 +++ exited with 0 +++\n', 9),
                       ('7 100.000001 clone(flags=CLONE_THREAD) = 8\n7 100.000005 exit(0) = ?\n'
                        '8 100.000009 exit(0) = ?\n8 100.000009 +++ exited with 0 +++\n7 100.000009 +++ exited with 0 +++\n', 9),
                       ('7 100.000001 clone(flags=CLONE_THREAD) = 8\n7 100.000005 exit_group(0) = ?\n'
                        '8 100.000009 exit(0) = ?\n7 100.000009 +++ exited with 0 +++\n', 5)):
        with tempfile.NamedTemporaryFile('w', suffix='.log') as log:
            log.write(text)
            log.flush()
            process, = read_log(log.name)
        tap.same(process.left_ns, left and 100_000_000_000 + left * 1000, f'left, of {text!r}')


if __name__ == '__main__':
    tap.run([plain_calls_are_read, failed_execs_do_not_count, interrupted_calls_are_put_together,
             child_that_ended_first_finds_its_parent, threads_are_not_processes,
             thread_may_be_known_only_when_it_is_gone, thread_may_end_its_process_before_it_is_known,
             exec_by_a_thread_belongs_to_the_process,
             moments_are_those_of_the_calls, a_thread_that_leaves_is_not_the_process, pids_of_other_namespaces_are_translated, realtime_signals_are_numbers,
             reused_pid_is_another_process, strings_are_unescaped])
