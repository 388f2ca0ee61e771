#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One job, one run: whoever starts a process of the job, however, and whatever was there before."""
import os
import platform
import pty
import shutil
import signal
import subprocess
import sys
import time

import shim
import tap


def names(outcome):
    """The names of the processes, sorted."""
    return sorted(row['name'] for row in shim.processes(outcome))


def shells_that_libc_starts_belong_to_the_run():
    """Nobody tells them of it: the root's own environment knows no run."""
    for way, own in (('here', 1), ('elsewhere', 1), ('orphan', 3), ('orphan elsewhere', 3)):
        with shim.Sandbox() as sandbox:
            sandbox.run(shim.victim('shells'), way)
            outcome = sandbox.settled()
        tap.same(len(outcome.summaries), 1, f'runs of {way}')
        tap.same(names(outcome), ['sh'] * 4 + ['shells'] * own + ['true'], f'processes of {way}')


def the_environment_is_the_hosts_own_while_popen_runs():
    """What its allocator sets then stays set."""
    if platform.libc_ver()[0] != 'glibc':
        raise tap.Skip('an allocator that hands on to glibc')
    with shim.Sandbox() as sandbox:
        outcome = sandbox.run(shim.victim('shells'), 'sets')
    tap.same((outcome.status, outcome.stderr), (7, ''), 'status and stderr')


def the_shells_of_a_root_that_became_another_user_are_silent_and_counted():
    """They can't write to its run. They begin none of their own, and neither does what they start."""
    if os.geteuid() != 0:
        raise tap.Skip('only root can become another user')
    with shim.Sandbox(DTRACK_SPOOL='', DTRACK_STORE='', XDG_STATE_HOME='') as sandbox:
        os.chmod(sandbox.path, 0o755)
        home = os.path.join(sandbox.path, 'home')
        os.mkdir(home)
        env = dict(sandbox.environment(), HOME=home)
        before = set(os.listdir('/var/tmp'))
        outcome = sandbox.run(shim.victim('shells'), 'user', env=env)
        del env['LD_PRELOAD']
        runs = subprocess.run([shim.DTRACK, 'runs', '--json'], env=env, stdout=subprocess.PIPE, text=True, check=True).stdout
        tap.same((outcome.status, outcome.stdout, outcome.stderr), (7, '', ''), 'status and output')
        tap.same(set(os.listdir('/var/tmp')) - before, set(), 'what the other user has begun')
    line, = runs.splitlines()
    tap.check('"missed":0' not in line.replace(' ', ''), f'the shells are missed: {line}')


def two_copies_of_the_library_record_once():
    with shim.Sandbox() as sandbox:
        os.makedirs(f'{sandbox.path}/preload')
        os.makedirs(f'{sandbox.path}/lib/cmd')
        os.symlink(shim.DTRACK, f'{sandbox.path}/lib/cmd/dtrack')
        copy = shutil.copy(shim.LIBRARY, f'{sandbox.path}/preload')
        for preload in (f'{shim.LIBRARY}:{copy}', f'{copy} {shim.LIBRARY}', f'{copy}:libm.so.6:{shim.LIBRARY}'):
            shutil.rmtree(sandbox.store, ignore_errors=True)
            outcome = sandbox.run('sh', '-c', 'ls / >/dev/null; (exit 2); sh -c "exit 4"; exit 3',
                                  env=dict(sandbox.environment(), LD_PRELOAD=preload))
            tap.same((outcome.status, outcome.stderr), (3, ''), f'status and stderr with {preload}')
            tap.same((names(outcome), len(outcome.summaries)), (['ls', 'sh', 'sh', 'sh'], 1), f'with {preload}')


def a_guardian_is_never_recorded():
    """Even where everything is preloaded, as by /etc/ld.so.preload; and were it switched on by hand."""
    for command, preload in (((), True), ((shim.DTRACK, 'run', '--'), False)):
        with shim.Sandbox(DTRACK_OFF='0') as sandbox:
            job = subprocess.Popen([*command, 'sh', '-c', 'echo; read line; exit 0'], env=sandbox.environment(preload),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            job.stdout.readline()
            guardians = {}
            while not guardians:  # it was started before the job, and becomes dtrack soon
                guardians = shim.guardians_in(sandbox.spool)
                tap.same(job.poll(), None, 'the status of the job meanwhile')
            pid, = guardians
            with open(f'/proc/{pid}/environ', 'rb') as text:
                words = text.read().split(b'\0')
            job.communicate(b'\n')
            env = dict(word.split('=', 1) for word in map(os.fsdecode, words) if word)
            tap.same([word for word in words if word.startswith(b'DTRACK_OFF=')], [b'DTRACK_OFF=1'], 'its switch')
            outcome = sandbox.run('sh', '-c', '/bin/true; exit 5', env=dict(env, LD_PRELOAD=shim.LIBRARY))
            tap.same((outcome.status, len(outcome.summaries)), (5, 1), 'status below its environment, and runs')


def led(sandbox, *words, preload=False, **variables):
    """What `dtrack run` of `exit 4` adds to a store that is empty."""
    shutil.rmtree(sandbox.store, ignore_errors=True)
    outcome = sandbox.run(*words, 'sh', '-c', '/bin/true; exit 4', env=dict(sandbox.environment(preload), **variables))
    tap.same((outcome.status, outcome.stderr), (4, ''), f'status and stderr of {words} with {variables}')
    return len(outcome.summaries)


def a_run_that_is_over_hides_no_job():
    run = (shim.DTRACK, 'run', '--')
    with shim.Sandbox() as sandbox:
        over = sandbox.run('sh', '-c', '/bin/echo $DTRACK_RUN; (/bin/env)').stdout.splitlines()
        stale = dict(line.split('=', 1) for line in over if line.startswith('DTRACK_'))
        tap.check(os.path.isabs(stale.get('DTRACK_RUN', '')), f'what a process was told: {over}')
        for told in (stale['DTRACK_RUN'], '/nonexistent/run-x', 'x', '/', ''):
            tap.same(led(sandbox, *run, DTRACK_RUN=told), 1, f'runs of dtrack run, told of {told}')
        tap.same(led(sandbox, *run, DTRACK_RUN=stale['DTRACK_RUN'], DTRACK_FROM=stale['DTRACK_FROM']), 1, 'runs, told all')
        tap.same(led(sandbox, preload=True, DTRACK_RUN=stale['DTRACK_RUN']), 1, 'runs of a job that was told by hand')
        tap.same(led(sandbox, preload=True, DTRACK_RUN=stale['DTRACK_RUN'], DTRACK_FROM=stale['DTRACK_FROM']), 0,
                 'runs begun by what a run has left behind')
        tap.same(led(sandbox, *run, preload=True, DTRACK_RUN=stale['DTRACK_RUN'], DTRACK_FROM=stale['DTRACK_FROM']), 1,
                 'runs of dtrack run that is preloaded itself, and told all')


def a_run_that_lives_takes_in_what_is_run_in_it():
    run = (shim.DTRACK, 'run', '--')
    with shim.Sandbox() as sandbox:
        for outer, preload in ((run, False), ((), True), ((), False)):
            tap.same(led(sandbox, *outer, *run, preload=preload), 1, f'runs of dtrack run, in {outer}, {preload}')
        tap.same(led(sandbox, *run, preload=True), 1, 'runs of a dtrack run that is preloaded itself')
        sandbox.run(shim.DTRACK, 'run', '--name', 'job', '--', 'true')
        tap.same([s['name'] for s in sandbox.outcome().summaries], ['sh', 'job'], 'the names of that one, and of one with a name')
        tap.same(led(sandbox, *run, *run, *run), 1, 'runs of three, one in the other')


def a_job_that_is_typed_where_a_run_is_over_begins_one():
    """In a shell that an earlier job has left behind, as in tmux; its own leftovers begin none."""
    with shim.Sandbox() as sandbox:
        env = dict(sandbox.environment(), DTRACK_RUN=f'{sandbox.spool}/run-20260101T000000.000Z-00000000',
                   DTRACK_FROM='1.0.0.0.0.1.0.0.0.0.0', PS1='')
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve('/bin/bash', ['bash', '--norc', '-i'], env)
        os.write(terminal, b"sh -c '/bin/true; exit 3' 2>/dev/null\nexit\n")
        try:
            while os.read(terminal, 4096):
                pass
        except OSError:  # the other end is closed
            pass
        os.waitpid(pid, 0)
        os.close(terminal)
        outcome = sandbox.settled()
    tap.same((len(outcome.summaries), names(outcome)), (1, ['sh', 'true']), 'runs, and the processes in them')


def job_under(sandbox, prepare=None):
    """`dtrack run` of a program that goes on for long, and that program's pid."""
    job = subprocess.Popen([shim.DTRACK, 'run', '--', 'sh', '-c', 'echo $$; exec sleep 60'], stdout=subprocess.PIPE,
                           env=sandbox.environment(False), preexec_fn=prepare)  # pylint: disable=subprocess-popen-preexec-fn
    return job, int(job.stdout.readline())


def is_gone(pid):
    """Whether the process ends within a while."""
    for _ in range(500):
        try:
            with open(f'/proc/{pid}/stat', encoding='utf-8') as text:
                if text.read().rpartition(')')[2].split()[0] in 'ZX':
                    return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def dtrack_run_leaves_no_command_behind():
    """Whatever would have ended the command ends it: a timer set before, a signal of any number."""
    def timer():
        signal.setitimer(signal.ITIMER_REAL, 0.5)

    with shim.Sandbox() as sandbox:
        job, command = job_under(sandbox, timer)
        tap.same((job.wait(timeout=60), is_gone(command)), (-signal.SIGALRM, True), 'status after the timer')
        for number in (signal.SIGPIPE, signal.SIGALRM, signal.SIGXCPU, signal.SIGRTMIN + 2):
            job, command = job_under(sandbox)
            job.send_signal(number)
            tap.same((job.wait(timeout=60), is_gone(command)), (-number, True), f'status after signal {number}')


def dtrack_run_hands_its_death_signal_down():
    """Whoever had asked to be killed with his parent is: the command, and not the wrapper alone."""
    if not shutil.which('setpriv') or 'pdeathsig' not in subprocess.getoutput('setpriv --help'):
        raise tap.Skip('no setpriv here that sets it')
    look = 'import ctypes; n = ctypes.c_int(); ctypes.CDLL(None).prctl(2, ctypes.byref(n)); print(n.value)'
    with shim.Sandbox() as sandbox:
        for words in ([], [shim.DTRACK, 'run', '--']):
            outcome = sandbox.run('setpriv', '--pdeathsig', 'USR2', *words, sys.executable, '-c', look, preload=False)
            tap.same((outcome.stdout, outcome.stderr), (f'{signal.SIGUSR2:d}\n', ''), f'death signal below {words}')
        script = f"setpriv --pdeathsig KILL {shim.DTRACK} run -- sh -c 'echo $$; exec sleep 60'; exit 1"
        job = subprocess.Popen(['sh', '-c', script], stdout=subprocess.PIPE, env=sandbox.environment(False))
        command = int(job.stdout.readline())
        job.kill()
        job.wait()
        tap.check(is_gone(command), 'the command lives on')


tap.run([shells_that_libc_starts_belong_to_the_run, the_environment_is_the_hosts_own_while_popen_runs,
         the_shells_of_a_root_that_became_another_user_are_silent_and_counted,
         two_copies_of_the_library_record_once, a_guardian_is_never_recorded, a_run_that_is_over_hides_no_job,
         a_run_that_lives_takes_in_what_is_run_in_it, a_job_that_is_typed_where_a_run_is_over_begins_one,
         dtrack_run_leaves_no_command_behind, dtrack_run_hands_its_death_signal_down])
