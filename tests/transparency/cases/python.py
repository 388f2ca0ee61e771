# SPDX-License-Identifier: MIT
"""Python: each way it has to start a process."""
import os

from case import Case

PYTHON = '/usr/bin/python3' if os.path.exists('/usr/bin/python3') else 'python3'
HEAD = '''
import asyncio, multiprocessing, os, resource, signal, subprocess, sys, threading, time
view = os.environ['VIEW']
def ended(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
def show(*words):
    print(*words, flush=True)
def child(status):
    pid = os.fork()
    if pid == 0:
        os._exit(status)
    return pid
def refused(*arguments, call=subprocess.call, **options):
    try:
        show(call(*arguments, **options))
    except (OSError, subprocess.TimeoutExpired) as error:
        show(type(error), getattr(error, 'errno', None))
'''
# A file of its own, for the ways that start the program anew.
MULTI = '''
import multiprocessing, os, sys, time
def square(n):
    return n * n
def killed(n):
    os.kill(os.getpid(), n)
def talk(pipe):
    pipe.send(os.getppid() > 0)
    pipe.close()
if __name__ == '__main__':
    multiprocessing.set_start_method(sys.argv[1])
    with multiprocessing.Pool(2) as pool:
        print(pool.map(square, range(5)))
    for target, n in ((os._exit, 3), (sys.exit, 4), (killed, 9)):
        process = multiprocessing.Process(target=target, args=(n,))
        process.start()
        process.join()
        print(process.exitcode)
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=talk, args=(there,))
    process.start()
    print(here.recv())
    process.join()
    process = multiprocessing.Process(target=time.sleep, args=(9,), daemon=True)
    process.start()
    process.terminate()
    process.join()
    print(process.exitcode)
'''


def py(name, text, **options):
    """A case that is a Python script."""
    options.setdefault('names', (os.path.basename(PYTHON), 'view'))
    return Case(f'python_{name}', (PYTHON, '-c', HEAD + text), needs=(PYTHON,), **options)


def multi(way):
    """multiprocessing, with one of its start methods."""
    return Case(f'python_multiprocessing_{way}', (PYTHON, 'multi.py', way), needs=(PYTHON,), names=('python3',),
                setup=f"cat > multi.py <<'END'\n{MULTI}END\n", lives_on=('python3',))


CASES = [
    multi('fork'),
    multi('spawn'),
    multi('forkserver'),
    py('subprocess_kinds', '''
show(subprocess.call('exit 3', shell=True), subprocess.call([view, '4']))
show(subprocess.run(['sh', '-c', 'kill -9 $$']).returncode)
show(subprocess.check_output('echo out; echo err >&2', shell=True, stderr=subprocess.STDOUT))
refused(['/nonexistent'])
refused(['sleep', '5'], timeout=0.1)
refused(['pwd'], cwd='/nonexistent')
cat = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
show(cat.communicate(b'x' * 100)[0][:3], cat.poll())
sleep = subprocess.Popen(['sleep', '5'])
sleep.terminate()
show(sleep.wait())
'''),
    py('subprocess_descriptors', '''
r, w = os.pipe()
os.set_inheritable(w, True)
spare = os.open('/dev/null', os.O_RDONLY)
for options in (dict(), dict(close_fds=False), dict(pass_fds=(r, spare)), dict(start_new_session=True),
                dict(restore_signals=False), dict(preexec_fn=lambda: os.umask(0o77)), dict(env={}),
                dict(env={'A': '1'}, cwd='/'), dict(umask=0o27), dict(executable=view), dict(stdin=subprocess.DEVNULL),
                dict(stderr=subprocess.STDOUT)):
    show(sorted(options))
    show(subprocess.run([view, '2'], **options).returncode)
'''),
    py('fork_kinds', '''
for leave in (lambda: os._exit(3), lambda: sys.exit(4), lambda: os.kill(os.getpid(), 9), lambda: os.abort(),
              lambda: os.execv(view, ['view', '5']), lambda: os.execv('/nonexistent', ['x']),
              lambda: os.execvpe('sh', ['sh', '-c', 'exit 6'], {'PATH': '/bin'})):
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            leave()
        except OSError as error:
            os._exit(error.errno)
    show(ended(pid))
pid = os.fork()
if pid == 0:
    os._exit(ended(child(7)))
show(ended(pid))
show(os.system('exit 8') >> 8, os.popen('echo popen').read(), os.spawnlp(os.P_WAIT, 'sh', 'sh', '-c', 'exit 9'))
'''),
    py('posix_spawn_kinds', '''
actions = [(os.POSIX_SPAWN_OPEN, 5, '/dev/null', os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, 5, 7), (os.POSIX_SPAWN_CLOSE, 0)]
for options in (dict(), dict(setsid=True), dict(setpgroup=0), dict(setsigmask=[signal.SIGUSR1]), dict(resetids=True),
                dict(setsigdef=[signal.SIGPIPE]), dict(file_actions=actions)):
    show(sorted(options))
    show(ended(os.posix_spawn(view, [view, '3'], os.environ, **options)))
show(ended(os.posix_spawnp('env', ['env'], {'A': '1', 'LD_PRELOAD': 'libm.so.6'})))
refused('/nonexistent', ['x'], {}, call=os.posix_spawn)
'''),
    py('waits', '''
pid = child(3)
info = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
show(info.si_status, info.si_code, info.si_pid == pid, ended(pid))
pid = child(4)
got = os.wait3(0)
show(got[0] == pid, got[1], got[2].ru_utime >= 0)
pid = child(5)
got = os.wait4(pid, 0)
show(got[0] == pid, got[1])
pid = child(6)
show(os.wait() == (pid, 6 << 8))
fd = os.pidfd_open(child(7))
show(os.waitid(os.P_PIDFD, fd, os.WEXITED).si_status)
refused(call=os.wait)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
child(9)
refused(call=os.wait)
caught = []
signal.signal(signal.SIGCHLD, lambda *unused: caught.append(1))
child(1)
while not caught:
    time.sleep(0.01)
show(os.wait()[1], len(caught))
''', names=('python3',)),
    py('pools', '''
import concurrent.futures
with concurrent.futures.ProcessPoolExecutor(2) as pool:
    show(list(pool.map(abs, range(-4, 0))))
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    show(sorted(pool.map(lambda n: subprocess.call(['sh', '-c', f'exit {n}']), range(24))))
''', names=('python3', 'sh')),
    py('asyncio_subprocess', '''
async def main():
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec('sh', '-c', 'cat; exit 3', stdin=pipe, stdout=pipe)
    show(await process.communicate(b'data'), process.returncode)
    process = await asyncio.create_subprocess_shell('kill -9 $$')
    show(await process.wait())
    null = asyncio.subprocess.DEVNULL
    many = [await asyncio.create_subprocess_exec(view, str(n), stdout=null) for n in range(10)]
    show(await asyncio.gather(*(process.wait() for process in many)))
asyncio.run(main())
'''),
    py('pty', '''
import pty
chunks = []
def read(fd):
    chunks.append(os.read(fd, 1024))
    return chunks[-1]
show(os.waitstatus_to_exitcode(pty.spawn([view, '3'], read)), len(b''.join(chunks)) > 100)
pid, fd = pty.fork()
if pid == 0:
    os.execv('/bin/sh', ['sh', '-c', 'tty >/dev/null; echo $?; exit 4'])
show(os.read(fd, 100), ended(pid))
'''),
    py('threads_that_fork', '''
def work(n):
    for i in range(10):
        assert ended(child(n)) == n
threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
show('all')
''', names=('python3',)),
    py('thread_that_execs', '''
threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
threading.Thread(target=os.execv, args=(view, ['view', '3'])).start()
time.sleep(9)
'''),
    py('daemon', '''
r, w = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(3, w)
        os.chdir('/')
        os.write(w, b'a daemon' if os.getsid(0) != os.getpid() else b'none')
    os._exit(0)
os.close(w)
os.wait()
show(os.read(r, 99), os.read(r, 99))
''', names=('python3',)),
    py('closes_everything', '''
os.closerange(3, 5000)
os.close(0)
show(subprocess.call([view]))
show(os.open('/dev/null', 0), os.open('/dev/null', 0), os.listdir('/proc/self/fd'))
os.close(1)
os.close(2)
os._exit(subprocess.call([view, '3']))
'''),
    py('environment', '''
os.environ.clear()
show(subprocess.call([view]))
os.environ['LD_PRELOAD'] = 'libm.so.6'
show(subprocess.call([view]))
os.environ.update({f'V{n}': 'x' for n in range(5000)})
show(len(subprocess.check_output([view])) > 5000)
refused([view], env={'DTRACK_RUN': '/nonexistent', 'DTRACK_FROM': 'x', 'LD_PRELOAD': ''})
refused(['true'], env={'A': 'x' * 200000})
refused(['true'] + ['y' * 1000] * 1500)
refused(['true'] + ['y' * 1000] * 3000)
'''),
    py('subreaper', '''
import ctypes
show(ctypes.CDLL(None).prctl(36, 1, 0, 0, 0))
subprocess.run('(sleep 0.05; exit 3) & exit 4', shell=True)
show(os.waitstatus_to_exitcode(os.wait()[1]))
refused(call=os.wait)
subprocess.run([view])
'''),
    py('exception', 'def f(): raise ValueError(3)\nsubprocess.run([view, "3"])\nf()'),
    py('interrupted', '''
subprocess.run([view])
os.kill(os.getpid(), signal.SIGINT)
time.sleep(5)
''', under=('preload', 'run')),
    py('daemon_thread', '''
threading.Thread(target=time.sleep, args=(99,), daemon=True).start()
subprocess.run([view])
'''),
    py('statuses', '''
import atexit
atexit.register(lambda: show('handler'))
subprocess.run([view])
sys.exit(300)
'''),
]
