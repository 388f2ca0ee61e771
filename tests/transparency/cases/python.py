# SPDX-License-Identifier: MIT
"""Python: each way it has to start a process."""
import os

from case import Case

PYTHON = '/usr/bin/python3' if os.path.exists('/usr/bin/python3') else 'python3'
HEAD = '''
import asyncio, multiprocessing, os, resource, signal, subprocess, sys, threading, time
view, built = os.environ['VIEW'], os.environ['BUILT']
def ended(pid): return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
def show(*words): print(*words, flush=True)
'''
# As a file, for what starts the program anew.
MULTI = '''
import multiprocessing, os, sys, time
def square(n):
    return n * n
def leave(n):
    os._exit(n)
def exits(n):
    sys.exit(n)
def killed(n):
    os.kill(os.getpid(), n)
def talk(pipe):
    pipe.send(os.getppid() > 0); pipe.close()
if __name__ == '__main__':
    multiprocessing.set_start_method(sys.argv[1])
    with multiprocessing.Pool(2) as pool:
        print(pool.map(square, range(5)))
    for target, n in ((leave, 3), (exits, 4), (killed, 9)):
        process = multiprocessing.Process(target=target, args=(n,))
        process.start(); process.join(); print(process.exitcode)
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=talk, args=(there,)); process.start(); print(here.recv()); process.join()
    process = multiprocessing.Process(target=time.sleep, args=(9,), daemon=True); process.start(); process.terminate(); process.join(); print(process.exitcode)
'''


def py(name, text, **options):
    """A case that is a Python script."""
    options.setdefault('names', (os.path.basename(PYTHON), 'view'))
    return Case(f'python_{name}', (PYTHON, '-c', HEAD + text), needs=(PYTHON,), **options)


CASES = [
    py('subprocess_kinds', '''
show(subprocess.call('exit 3', shell=True), subprocess.call([view, '4']), subprocess.run(['sh', '-c', 'kill -9 $$']).returncode)
show(subprocess.check_output('echo out; echo err >&2', shell=True, stderr=subprocess.STDOUT))
try: subprocess.run(['/nonexistent'])
except FileNotFoundError as error: show(error)
try: subprocess.run(['sleep', '5'], timeout=0.1)
except subprocess.TimeoutExpired as error: show('too long', error.cmd)
try: subprocess.run(['pwd'], cwd='/nonexistent')
except FileNotFoundError as error: show(error)
p = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE); show(p.communicate(b'x' * 100)[0][:3], p.poll())
p = subprocess.Popen(['sleep', '5']); p.terminate(); show(p.wait())
'''),
    py('subprocess_descriptors', '''
r, w = os.pipe(); os.set_inheritable(w, True); spare = os.open('/dev/null', os.O_RDONLY)
for options in (dict(), dict(close_fds=False), dict(pass_fds=(r, spare)), dict(start_new_session=True), dict(restore_signals=False),
                dict(preexec_fn=lambda: os.umask(0o77)), dict(env={}), dict(env={'A': '1'}, cwd='/'), dict(process_group=0) if sys.version_info >= (3, 11) else {},
                dict(umask=0o27), dict(stdin=subprocess.DEVNULL, stdout=None, stderr=subprocess.STDOUT), dict(executable=view, args=['other', '3'])):
    arguments = options.pop('args', [view, '2']); show(sorted(options)); show(subprocess.run(arguments, **options).returncode)
'''),
    py('fork_kinds', '''
for leave in (lambda: os._exit(3), lambda: sys.exit(4), lambda: os.kill(os.getpid(), 9), lambda: os.abort(), lambda: os.execv(view, ['view', '5']),
              lambda: os.execvpe('sh', ['sh', '-c', 'exit 6'], {'PATH': '/bin'}), lambda: os.execv('/nonexistent', ['x'])):
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.dup2(os.open('/dev/null', os.O_WRONLY), 2)
        try: leave()
        except OSError as error: os._exit(error.errno)
    show(ended(pid))
pid = os.fork()
if pid == 0:
    inner = os.fork()
    if inner == 0: os._exit(7)
    os._exit(ended(inner))
show(ended(pid)); show(os.system('exit 8') >> 8, os.popen('echo popen').read(), os.spawnlp(os.P_WAIT, 'sh', 'sh', '-c', 'exit 9'))
'''),
    py('posix_spawn_kinds', '''
for options in (dict(), dict(setsid=True), dict(setpgroup=0), dict(setsigmask=[signal.SIGUSR1]), dict(setsigdef=[signal.SIGPIPE]), dict(resetids=True),
                dict(file_actions=[(os.POSIX_SPAWN_OPEN, 5, '/dev/null', os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, 5, 7), (os.POSIX_SPAWN_CLOSE, 0)])):
    show(sorted(options)); show(ended(os.posix_spawn(view, [view, '3'], os.environ, **options)))
show(ended(os.posix_spawnp('env', ['env'], {'A': '1', 'LD_PRELOAD': 'libm.so.6'})))
try: os.posix_spawn('/nonexistent', ['x'], {})
except OSError as error: show(error)
'''),
    py('waits', '''
def child(n):
    pid = os.fork()
    if pid == 0: os._exit(n)
    return pid
pid = child(3); info = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT); show(info.si_status, info.si_code, info.si_pid == pid); show(ended(pid))
pid = child(4); got = os.wait3(0); show(got[0] == pid, got[1], got[2].ru_maxrss >= 0); pid = child(5); got = os.wait4(pid, 0); show(got[0] == pid, got[1])
pid = child(6); show(os.wait() == (pid, 6 << 8)); pid = child(7); fd = os.pidfd_open(pid); show(os.waitid(os.P_PIDFD, fd, os.WEXITED).si_status); os.close(fd)
try: os.wait()
except ChildProcessError as error: show(error)
signal.signal(signal.SIGCHLD, signal.SIG_IGN); child(9); time.sleep(0.05)
try: os.wait()
except ChildProcessError as error: show(error)
caught = []; signal.signal(signal.SIGCHLD, lambda *unused: caught.append(1)); child(1); time.sleep(0.05); show(len(caught)); os.wait(); show(len(caught))
''', names=('python3',)),
    *[Case(f'python_multiprocessing_{way}', (PYTHON, 'multi.py', way), setup=f"cat > multi.py <<'END'\n{MULTI}END\n", needs=(PYTHON,),
           names=('python3',), lives_on=('python3',)) for way in ('fork', 'spawn', 'forkserver')],
    py('process_pool', '''
import concurrent.futures
with concurrent.futures.ProcessPoolExecutor(2) as pool: show(list(pool.map(abs, range(-4, 0))))
with concurrent.futures.ThreadPoolExecutor(8) as pool: show(sorted(pool.map(lambda n: subprocess.call(['sh', '-c', f'exit {n}']), range(24))))
''', names=('python3', 'sh')),
    py('asyncio_subprocess', '''
async def main():
    p = await asyncio.create_subprocess_exec('sh', '-c', 'cat; exit 3', stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    show(await p.communicate(b'data'), p.returncode)
    p = await asyncio.create_subprocess_shell('kill -9 $$'); show(await p.wait())
    many = [await asyncio.create_subprocess_exec(view, str(n), stdout=asyncio.subprocess.DEVNULL) for n in range(10)]
    show(await asyncio.gather(*(p.wait() for p in many)))
asyncio.run(main())
'''),
    py('pty', '''
import pty
chunks = []
def read(fd):
    data = os.read(fd, 1024); chunks.append(data); return data
status = pty.spawn([view, '3'], read); show(os.waitstatus_to_exitcode(status), len(b''.join(chunks)) > 100)
pid, fd = pty.fork()
if pid == 0: os.execv('/bin/sh', ['sh', '-c', 'tty >/dev/null; echo $?; exit 4'])
show(os.read(fd, 100), ended(pid))
''', stdin=''),
    py('threads_that_fork', '''
def work(n):
    for i in range(10):
        pid = os.fork()
        if pid == 0: os._exit(n)
        assert ended(pid) == n
threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
[t.start() for t in threads]; [t.join() for t in threads]; show('all')
''', names=('python3',)),
    py('daemon', '''
r, w = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(3, w); os.chdir('/'); os.write(w, b'daemon %d' % (os.getsid(0) != os.getpid())); os._exit(0)
    os._exit(0)
os.close(w); os.wait(); show(os.read(r, 99)); show(os.read(r, 99))
''', names=('python3',)),
    py('closes_everything', '''
os.closerange(3, 5000); os.close(0); show(subprocess.call([view])); show(os.open('/dev/null', 0), os.open('/dev/null', 0)); show(os.listdir('/proc/self/fd'))
os.close(1); os.close(2); os._exit(subprocess.call([view, '3']))
'''),
    py('environment', '''
os.environ.clear(); show(subprocess.call([view])); os.environ['LD_PRELOAD'] = '/nothing/but/libm.so.6'.replace('/nothing/but/', '')
show(subprocess.call([view])); os.environ.update({f'V{n}': 'x' for n in range(5000)}); show(len(subprocess.check_output([view])) > 5000)
try: subprocess.call(['true'], env={'A': 'x' * 200000})
except OSError as error: show(error)
show(subprocess.call(['true'] + ['y' * 1000] * 1500))
try: subprocess.call(['true'] + ['y' * 1000] * 3000)
except OSError as error: show(error)
show(subprocess.call([view], env={'DTRACK_RUN': '/nonexistent', 'DTRACK_FROM': 'x', 'LD_PRELOAD': ''}))
'''),
    py('subreaper', '''
import ctypes
libc = ctypes.CDLL(None, use_errno=True); libc.prctl(36, 1, 0, 0, 0)
subprocess.run('(sleep 0.05; exit 3) & exit 4', shell=True); show(os.waitstatus_to_exitcode(os.wait()[1]))
try: os.wait()
except ChildProcessError as error: show(error)
subprocess.run([view])
'''),
    py('exception', 'def f(): raise ValueError(3)\nsubprocess.run([view, "3"])\nf()'),
    py('interrupted', 'subprocess.run([view])\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)', under=('preload', 'run')),
    py('daemon_thread', 'threading.Thread(target=lambda: time.sleep(99), daemon=True).start(); subprocess.run([view])'),
    py('statuses', 'import atexit; atexit.register(lambda: show("handler")); subprocess.run([view]); sys.exit(300)'),
]
