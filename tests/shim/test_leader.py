# SPDX-License-Identifier: MIT
"""How a run's leader begins and ends: as it would have without us, but for the time that it waits for the store."""
import os
import signal
import socket
import subprocess
import threading
import time

import shim
import tap

LEADER = shim.victim('leader')
GUARDIAN_AT = 428  # in struct spool_header


def both(*command, **options):
    """The outcome of a command without the library, and with it: (status, stdout, stderr) must be the same."""
    with shim.Sandbox() as sandbox:
        plain = sandbox.run(*command, preload=False, **options)
        watched = sandbox.run(*command, **options)
    tap.same(watched[:3], plain[:3], f'status, stdout and stderr of {command[1:]}')
    tap.same((len(watched.summaries), watched.left), (1, []), 'runs in the store, and what is left in the spool')
    return watched


def status_of(outcome):
    """Exit code and signal of the leader's own process."""
    return [(row['exit_code'], row['signal']) for row in shim.processes(outcome, 'leader')]


def a_stream_that_a_dead_thread_locked_holds_nobody():
    for way in ('locked-stdout', 'locked-stdin'):
        tap.same(status_of(both(LEADER, way)), [(3, None)], f'recorded of {way}')


def a_reader_that_is_gone_ends_the_leader_as_ever():
    with shim.Sandbox() as sandbox:
        plain = sandbox.run(LEADER, 'broken-pipe', preload=False)
        sandbox.run(LEADER, 'broken-pipe')
        outcome = sandbox.settled()
    tap.same(plain.status, -signal.SIGPIPE, 'status without us')
    tap.check(len(status_of(outcome)) == 1, f'it is on record: {status_of(outcome)}')
    tap.check((3, None) not in status_of(outcome), f'an exit that never was is recorded: {status_of(outcome)}')
    with shim.Sandbox() as sandbox:
        tap.same(sandbox.run(LEADER, 'broken-pipe').status, -signal.SIGPIPE, 'status with us')
        sandbox.settled()


def handlers_of_quick_exit_run_first():
    outcome = both(LEADER, 'quick-exit')
    tap.same(outcome.stdout, 'open child\n', 'what the handler saw')
    tap.same([row['args'][1:] for row in shim.processes(outcome, 'true')], [['from-quick-exit']], 'its child on record')
    tap.same([row['exit_code'] for row in shim.processes(outcome, 'leader')][:1], [6], 'status')


def the_last_thread_ends_the_run():
    tap.same(status_of(both(LEADER, 'pthread-exit')), [(0, None)], 'status')


def the_guardian_is_no_child_and_no_usage():
    for way, want in (('children', '-1 none\n'), ('usage', '0 0 0\n'), ('subreaper', '1, and no more; subreaper 1\n')):
        tap.same(both(LEADER, way).stdout, want, f'what a leader sees by {way}')
    with shim.Sandbox() as sandbox:
        env = sandbox.environment()
        env['LD_PRELOAD'] = ''
        # The flag survives exec, so the first process with the library may be a subreaper from the start.
        words = (LEADER, 'subreaper')
        shell = f'LD_PRELOAD={shim.LIBRARY}; export LD_PRELOAD; exec "$@"'
        outcome = sandbox.run('python3', '-c', 'import ctypes, os, sys; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0); '
                              'os.execvp("sh", ["sh", "-c"] + sys.argv[1:])', shell, 'sh', *words, env=env)
    tap.same(outcome.stdout, '1, and no more; subreaper 1\n', 'children of a subreaper from the start')


def exit_in_a_vfork_child_ends_nothing():
    outcome = both(LEADER, 'exit-in-vfork')
    tap.same(outcome.status, 5, 'status')
    tap.same([row['args'][1:] for row in shim.processes(outcome, 'true')], [['after']], 'what comes after is on record')


def handlers_after_ours_find_the_signals_as_they_were():
    library = shim.victim('libfirst_library.so')
    for order in (f'{shim.LIBRARY} {library}', f'{library} {shim.LIBRARY}'):
        with shim.Sandbox(LD_PRELOAD=order) as sandbox:
            outcome = sandbox.run('sh', '-c', 'exec python3 -c pass')
        tap.same((outcome.status, outcome.stdout), (0, '00\n'), f'mask and pending signals with {order}')


class SilentService:
    """Accepts connections and never answers; use as a context."""

    def __enter__(self):
        self.socket = socket.socket()
        self.socket.bind(('127.0.0.1', 0))
        self.socket.listen(16)
        self.kept = []
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def accept(self):
        """Take all that come."""
        try:
            while True:
                self.kept.append(self.socket.accept()[0])
        except OSError:
            pass

    def settings(self):
        """What makes a job store its run here."""
        port = self.socket.getsockname()[1]
        return {'DTRACK_STORE': 'azure://runs', 'AZURE_STORAGE_CONNECTION_STRING':
                f'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=aaaa;BlobEndpoint=http://127.0.0.1:{port}/a'}

    def __exit__(self, *unused):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for connection in self.kept:
            connection.close()


def end_guardians(sandbox):
    """End those that wait for a service which never answers."""
    for pid in shim.guardians_in(sandbox.spool):
        os.kill(pid, signal.SIGKILL)


def a_status_that_is_reached_stays():
    """Signals that come while the leader waits change nothing but the time; a request to end shortens it."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM, signal.SIGUSR1):
        with SilentService() as service, shim.Sandbox(DTRACK_WAIT='6', **service.settings()) as sandbox:
            job = subprocess.Popen(['sh', '-c', 'echo said; exit 3'], env=sandbox.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
            tap.same(job.stdout.readline(), b'said\n', 'what the job says')
            for _ in range(200):
                if service.kept:
                    break
                time.sleep(0.02)
            tap.check(service.kept, 'the upload has begun')
            tap.same(job.poll(), None, 'the leader waits')
            job.send_signal(number)
            tap.same(job.wait(20), 3, f'status after signal {number}')
            job.stdout.close()
            end_guardians(sandbox)


def a_leader_prints_one_line_at_most():
    """Not one about the store and one about a variable."""
    with shim.Sandbox(DTRACK_WAIT='abc', DTRACK_STORE='file:///proc/nothing') as sandbox:
        outcome = sandbox.run('sh', '-c', 'exit 3')
    tap.same((outcome.status, outcome.stderr.count('\n')), (3, 1), f'status and lines of {outcome.stderr!r}')


def dtrack_wait_takes_fractions_and_says_what_is_none():
    with SilentService() as service, shim.Sandbox(DTRACK_WAIT='0.3', **service.settings()) as sandbox:
        for command in (['sh', '-c', 'exit 3'], [shim.DTRACK, 'run', '--', 'sh', '-c', 'exit 3']):
            outcome = sandbox.run(*command, preload=command[0] == 'sh')
            tap.same(outcome.status, 3, f'status of {command}')
            tap.check('not stored yet' in outcome.stderr, f'it waited and gave up: {outcome.stderr!r}')
        end_guardians(sandbox)
    with shim.Sandbox(DTRACK_WAIT='abc') as sandbox:
        for command in (['sh', '-c', 'exit 3'], [shim.DTRACK, 'run', '--', 'sh', '-c', 'exit 3']):
            outcome = sandbox.run(*command, preload=command[0] == 'sh')
            tap.same((outcome.status, outcome.left), (3, []), f'status of {command}, what is left')
            tap.same(outcome.stderr.count('DTRACK_WAIT'), 1, f'a word about it: {outcome.stderr!r}')


def as_user(user, *sandboxes):
    """Words that make a command that user's, who is nobody else; their sandboxes' folders are open to him."""
    for sandbox in sandboxes:
        os.chmod(sandbox.path, 0o1777)
    for path in (shim.LIBRARY, shim.DTRACK):
        if subprocess.run(['setpriv', f'--reuid={user}', '--clear-groups', 'test', '-r', path], check=False).returncode:
            raise tap.Skip('the build folder cannot be read by others')
    return ['setpriv', f'--reuid={user}', '--clear-groups']


def a_job_that_needs_all_its_processes_has_them():
    """The user must have no other process, so it is one that nobody is."""
    if os.geteuid():
        raise tap.Skip('needs root, to be a user without processes')
    user = 61000 + os.getpid() % 4000
    with shim.Sandbox() as sandbox:
        outcome = sandbox.run(*as_user(user, sandbox), 'prlimit', '--nproc=2', 'env',
                              f'LD_PRELOAD={shim.LIBRARY}', 'dash', '-c', '(exit 4) & wait; exit 3', preload=False)
    tap.same((outcome.status, outcome.stderr, outcome.left), (3, '', []), 'status, stderr, what is left')
    tap.same([r['exit_code'] for r in shim.processes(outcome)], [3, 4], 'ends')


def a_guardian_that_takes_a_place_gives_it_up():
    """The leader itself sets the limit, when its guardian is there. Below a first process that reaps orphans at once."""
    if os.geteuid():
        raise tap.Skip('needs root, for a user without processes and a pid namespace')
    user = 57000 + os.getpid() % 4000  # not the one above, whose guardian may still be unreaped
    with shim.Sandbox() as sandbox:
        os.chmod(sandbox.path, 0o1777)
        job = f'setpriv --reuid={user} --clear-groups env LD_PRELOAD={shim.LIBRARY} prlimit --nproc=2 dash -c ' \
              '"(exit 4) & wait; exit 3"; exit $?'
        apart = ['unshare', '-p', '-f', '--mount-proc', 'dash', '-c']
        if subprocess.run([*apart, 'exit 0'], stderr=subprocess.DEVNULL, check=False).returncode:
            raise tap.Skip('the system allows no pid namespace')
        outcome = sandbox.run(*apart, job, preload=False)
    tap.same(outcome.status, 3, f'status; {outcome.stderr!r}')


def a_job_that_names_the_guardian_of_another_run_does_not_end_it():
    """In its own header, where its leader looks for the one that is to give way."""
    user = 53000 + os.getpid() % 4000 if os.geteuid() == 0 else None
    with shim.Sandbox() as other, shim.Sandbox() as sandbox:
        words = as_user(user, other, sandbox) if user else []
        job = subprocess.Popen([*words, 'env', f'LD_PRELOAD={shim.LIBRARY}', 'sh', '-c', 'echo; read line; exit 5'],
                               env=other.environment(False), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        job.stdout.readline()
        guardians = {}
        while not guardians:
            guardians = shim.guardians_in(other.spool)
        pid, = guardians
        number = ''.join(f'\\{byte:03o}' for byte in pid.to_bytes(4, 'little'))
        script = f"printf '{number}' | dd of=$(echo {sandbox.spool}/run-*/spool) conv=notrunc bs=1 seek={GUARDIAN_AT} 2>/dev/null;" \
                 "exec prlimit --nproc=500 sh -c 'exit 3'"
        outcome = sandbox.run(*words, 'env', f'LD_PRELOAD={shim.LIBRARY}', 'sh', '-c', script, preload=False)
        tap.same((outcome.status, outcome.stderr), (3, ''), 'status and stderr of the job that named it')
        tap.check(pid in shim.guardians_in(other.spool), 'the guardian of the other run lives')
        job.communicate(b'\n')
        tap.same([s['status']['exit_code'] for s in other.settled().summaries], [5], 'the other run')


tap.run([a_stream_that_a_dead_thread_locked_holds_nobody, a_reader_that_is_gone_ends_the_leader_as_ever,
         handlers_of_quick_exit_run_first, the_last_thread_ends_the_run, the_guardian_is_no_child_and_no_usage,
         exit_in_a_vfork_child_ends_nothing, handlers_after_ours_find_the_signals_as_they_were,
         a_status_that_is_reached_stays, a_leader_prints_one_line_at_most, dtrack_wait_takes_fractions_and_says_what_is_none,
         a_job_that_needs_all_its_processes_has_them, a_guardian_that_takes_a_place_gives_it_up,
         a_job_that_names_the_guardian_of_another_run_does_not_end_it])
