# SPDX-License-Identifier: MIT
"""Every way to end a job, alone and under `dtrack run`: its run reaches the store once, by its guardian, or by one flush
where the guardian was killed as well; and the job ends as it would without us."""
import atexit
import fcntl
import glob
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections import namedtuple

import crash
import shim
import tap

TABLE = crash.Table()

# Memory until the kernel kills it, and processor time until it does: each is the job's root, and stays it.
MEMORY_HOG = f'exec {sys.executable} -c "kept = [bytes([1]) * (4 << 20) for _ in range(1000)]"'
MEMORY_LIMIT = 96 << 20
TIME_HOG = 'ulimit -t 1; while :; do :; done'


def stat_of(pid):
    """State, process group and session of a process; one that has vanished is dead."""
    try:
        with open(f'/proc/{pid}/stat', encoding='utf-8', errors='replace') as text:
            words = text.read().rpartition(')')[2].split()
    except OSError:
        return 'X', 0, 0
    return words[0], int(words[2]), int(words[3])


def processes_where(test):
    """Pids of running processes for which test(pid) holds; a process may vanish while it is looked at."""
    pids = []
    for path in glob.glob('/proc/[0-9]*'):
        pid = int(path[6:])
        try:
            if stat_of(pid)[0] not in 'ZX' and test(pid):
                pids.append(pid)
        except OSError:
            pass
    return pids


def has_in_environment(word):
    """For processes_where()."""
    def test(pid):
        with open(f'/proc/{pid}/environ', 'rb') as text:
            return os.fsencode(word) in text.read().split(b'\0')
    return test


def send(pids, sig):
    """A signal to all of them."""
    for pid in pids:
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            pass


class Job:
    """One job in a session of its own, as an agent starts it."""

    def __init__(self, sandbox, how, way):
        self.sandbox, self.ready = sandbox, f'{sandbox.path}/ready'
        self.terminal = None
        words = ['bash', '-c', f'{crash.JOB}; : >{self.ready}; {way.script}'] if way.script != 'dash' else \
            ['dash', '-c', f'{crash.JOB}; : >{self.ready}; exit 7']
        if how == 'dtrack run':
            words = [shim.DTRACK, 'run', '--', *words]
        if how == 'preload':
            words = ['env', f'LD_PRELOAD={shim.LIBRARY}', *words]
        options = {'env': sandbox.environment(preload=False), 'stdin': subprocess.DEVNULL,
                   'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL, 'start_new_session': True}
        options['env']['RUNNER_TRACKING_ID'] = f'agent-{sandbox.path}'
        if way.act == ctrl_c:
            options = on_terminal(self, options)
        if way.script == MEMORY_HOG:
            options['preexec_fn'] = lambda: join_group(MEMORY_GROUP)
        self.process = subprocess.Popen([*way.prefix, *words], **options)
        self.is_guarded = sandbox.is_watched and (how == 'dtrack run' or way.prefix != CONTAINER)

    def begun(self):
        """Wait until it has done its work, and has a guardian; an init has none before its end."""
        crash.wait_until(lambda: os.path.exists(self.ready), 'the job')
        if self.is_guarded:
            crash.guarded_run(self.sandbox)

    def session(self):
        """All processes of its session."""
        return processes_where(lambda pid: stat_of(pid)[2] == self.process.pid)

    def all(self):
        """All processes that it has started in any way, and its guardian."""
        return processes_where(has_in_environment(f'DTRACK_SPOOL={self.sandbox.spool}'))

    def wait(self):
        """Its status."""
        status = self.process.wait(timeout=crash.WAIT_S)
        if self.terminal is not None:
            os.close(self.terminal)
        return status


def on_terminal(job, options):
    """A terminal of its own, with the job in its foreground."""
    job.terminal, slave = pty.openpty()
    return dict(options, stdin=slave, stdout=slave, stderr=slave, start_new_session=False,
                preexec_fn=lambda: (os.setsid(), fcntl.ioctl(0, termios.TIOCSCTTY, 0)))


def ctrl_c(job):
    os.write(job.terminal, b'\x03')


def to_root(sig):
    return lambda job: os.kill(job.process.pid, sig)


def to_group(sig):
    return lambda job: os.killpg(job.process.pid, sig)


def to_session(sig):
    return lambda job: send(job.session(), sig)


def by_cookie(job):
    """What agents do at the end of a job: kill whatever carries their variable."""
    send(processes_where(has_in_environment(f'RUNNER_TRACKING_ID=agent-{job.sandbox.path}')), signal.SIGKILL)


def stop(pids):
    """SIGTERM to each process, then SIGKILL to those that are left after ten seconds."""
    send(pids(), signal.SIGTERM)
    end_of_grace = time.monotonic() + 10
    while pids() and time.monotonic() < end_of_grace:
        time.sleep(0.02)
    send(pids(), signal.SIGKILL)


def stop_all(job):
    """As a service manager stops a unit."""
    stop(job.all)


def kill_all(job):
    send(job.all(), signal.SIGKILL)


def inside(job):
    """The processes of its pid namespace, init first."""
    return [pid for pid in sorted(job.all()) if pid != job.process.pid]


def kill_container(job):
    """The death of init ends all of them at once."""
    send(inside(job)[:1], signal.SIGKILL)


def stop_container(job):
    """Its init ends with the job, and all others with it."""
    stop(lambda: inside(job))


def own_group():
    """The memory group of this process, where the kernel has such."""
    with open('/proc/self/cgroup', encoding='utf-8') as text:
        lines = [line.rstrip('\n').split(':', 2) for line in text]
    return '/sys/fs/cgroup/memory' + ''.join(path for _, kinds, path in lines if kinds == 'memory')


MEMORY_GROUP = f'{own_group()}/dtrack-crash-{os.getpid()}'


def join_group(group):
    """For a child before its exec."""
    with open(f'{group}/cgroup.procs', 'w', encoding='utf-8') as procs:
        procs.write('0')


CONTAINER = ('unshare', '--pid', '--mount', '--mount-proc', '--fork', '--kill-child')

INIT = ('sh', '-c', '"$@"; exit $?', 'init')

# name, script that the job ends with, what is done to it, words before it, who stores the run for either kind of root
Way = namedtuple('Way', 'name script act prefix by by_run', defaults=((), 'guardian', 'guardian'))
SLEEP = 'sleep 1000; exit 7'
KILL, TERM = signal.SIGKILL, signal.SIGTERM
WAYS = [
    Way('exit', 'exit 7', None),
    Way('_exit', 'dash', None),
    Way('exec of a static program', f'exec {shim.victim("static")}', None),
    Way('SIGTERM to the root', SLEEP, to_root(TERM)),
    Way('Ctrl-C on its terminal', SLEEP, ctrl_c),
    Way('SIGHUP to the session', SLEEP, to_session(signal.SIGHUP)),
    Way('SIGKILL to the root', SLEEP, to_root(KILL)),
    Way('SIGTERM to the group', SLEEP, to_group(TERM)),
    Way('SIGKILL to the group', SLEEP, to_group(KILL)),
    Way('SIGTERM to the session', SLEEP, to_session(TERM)),
    Way('SIGKILL to the session', SLEEP, to_session(KILL)),
    Way('SIGKILL to all with the agent\'s variable', SLEEP, by_cookie),
    Way('service stop: TERM, then KILL to all', SLEEP, stop_all),
    Way('SIGKILL to all, guardian too', SLEEP, kill_all, (), 'flush', 'flush'),
    Way('container killed, root is its init', SLEEP, kill_container, CONTAINER, 'flush later', 'flush'),
    Way('container killed, root is not', SLEEP, kill_container, CONTAINER + INIT, 'flush', 'flush'),
    Way('container stop: TERM, then KILL to all', SLEEP, stop_container, CONTAINER + INIT, 'either', 'either'),
    Way('processor time is up', TIME_HOG, None),
    Way('memory is up', MEMORY_HOG, None),
]


class Watched(shim.Sandbox):
    """A sandbox that knows whether there is to be a run."""
    is_watched = True


class Unwatched(shim.Sandbox):
    """For the same job without us."""
    is_watched = False


def end(sandbox, how, way):
    """Let the job come to its end; its status, the moment, and the job."""
    job = Job(sandbox, how, way)
    try:
        if way.act:
            job.begun()
            way.act(job)
        status = job.wait()
        return status, time.monotonic(), job
    finally:
        if job.process.poll() is None:
            send(job.session(), KILL)


def plain_status(way):
    """How the job ends without us."""
    with Unwatched() as sandbox:
        status, _, job = end(sandbox, 'plain', way)
        send(job.session(), KILL)
        return status


def is_stored(sandbox):
    """Its run is in the store and its folder is gone."""
    return glob.glob(f'{sandbox.store}/runs/*/*/*.json') and not crash.runs_in(sandbox.spool)


def who_stored(sandbox, died):
    """'guardian' and how long after the root's death, or 'flush' when the guardian is gone and the run is not stored."""
    def settled():
        folders = crash.runs_in(sandbox.spool)
        return is_stored(sandbox) or (folders and not crash.guardian_of(folders[0])
                                        and not crash.is_guarded(folders[0]))

    crash.wait_until(settled, 'the end of the guardian')
    if not is_stored(sandbox) and not os.path.exists(f'{crash.runs_in(sandbox.spool)[0]}/context'):
        return 'flush later', 'on disk, stored by one flush an hour later'
    if is_stored(sandbox):
        return 'guardian', f'stored {max(0, time.monotonic() - died) * 1000:.0f} ms after the death of the root'
    return 'flush', 'on disk, stored by one flush'


def let_an_hour_pass(folder):
    """For what can be known of a run: its files."""
    for name in os.listdir(folder):
        os.utime(f'{folder}/{name}', (time.time() - 3700,) * 2)


def try_way(how, way, plain):
    """One way, one kind of root."""
    fault = f'{way.name}; {how}'
    with Watched() as sandbox:
        status, died, job = end(sandbox, how, way)
        by, remark = who_stored(sandbox, died)
        send(job.session(), KILL)
        flush = crash.dtrack(sandbox, 'flush')
        if by == 'flush later':
            tap.check('may be going on' in flush.stdout and not is_stored(sandbox), f'a flush took it at once: {flush}')
            let_an_hour_pass(*crash.runs_in(sandbox.spool))
            flush = crash.dtrack(sandbox, 'flush')
        wrong = TABLE.add(fault, 1, sandbox.store, status != plain)
        TABLE.remark(fault, remark)
        if wrong or flush.returncode:
            wrong += [f'status {status}, without us {plain}', f'flush: {flush.returncode} {flush.stderr}']
        expected = way.by if how == 'preload' else way.by_run
        if by != expected != 'either':
            wrong.append(f'stored by {by}, not {expected}')
        left = os.listdir(sandbox.spool)
        return wrong + [f'left in the spool: {left}'] * bool(left)


def claim(way):
    """One test."""
    def test():
        needs_root(way)
        plain = plain_status(way)
        tap.check(plain not in (126, 127), f'the job cannot run: status {plain}')
        wrong = [f'{how}: {line}' for how in ('preload', 'dtrack run') for line in try_way(how, way, plain)]
        tap.check(not wrong, '\n'.join(wrong))
    return 'the_run_survives_' + ''.join(c if c.isalnum() else '_' for c in way.name), test


def needs_root(way):
    """Some ways are for root, or for kernels that let us."""
    if way.prefix and subprocess.run([*CONTAINER, 'true'], stderr=subprocess.DEVNULL, check=False).returncode:
        raise tap.Skip('no pid namespaces for this user')
    if way.script == MEMORY_HOG and not make_group():
        raise tap.Skip('no memory group can be made here')


def make_group():
    """A memory group for the hog, removed at the end."""
    try:
        os.mkdir(MEMORY_GROUP)
        atexit.register(os.rmdir, MEMORY_GROUP)
        with open(f'{MEMORY_GROUP}/memory.limit_in_bytes', 'w', encoding='utf-8') as limit:
            limit.write(str(MEMORY_LIMIT))
    except OSError:
        return False
    return True


def the_table():
    """Printed last."""
    TABLE.print()
    for fault, row in TABLE.rows.items():
        tap.same(row, [1, 1, 1, 0, 0, 0], f'the row of {fault}')


tap.run([*map(claim, WAYS), ('no_way_loses_doubles_or_changes_anything', the_table)])
