# SPDX-License-Identifier: MIT
"""Hazard by hazard: a victim program runs under the shim, and must leave the right records and its own behaviour."""
import json
import os
import shutil
import signal
import subprocess
import time

import shim
import tap


def check_invariants(outcome):
    """What holds of every run: one root, known parents, no negative time, one of status and signal at most."""
    for row in outcome.rows:
        tap.same(len([r for r in outcome.rows if r['span_id'] == row['span_id']]), 1, f"spans with id {row['span_id']}")
        known = {r['span_id'] for r in outcome.rows if r['run_id'] == row['run_id']}
        tap.check(row['parent_id'] is None or row['parent_id'] in known, f'parent of {row} is known')
        tap.check(row['dur_ns'] is None or row['dur_ns'] >= 0, f'duration of {row}')
        tap.check(row['exit_code'] is None or row['signal'] is None, f'status or signal in {row}')
    tap.same(len([r for r in outcome.rows if r['kind'] == 'run']), len(outcome.summaries), 'run rows')
    return outcome


def ran(*command, status=0, **variables):
    """Run a victim; its status must be `status`, with nothing of ours on stderr, and one run in the store."""
    with shim.Sandbox(**variables) as sandbox:
        outcome = sandbox.run(*command)
    tap.same(outcome.status, status, f'status of {command}; stderr {outcome.stderr!r}')
    tap.same(outcome.stderr, '', 'stderr')
    tap.same(len(outcome.summaries), 1, 'runs in the store')
    tap.same(outcome.left, [], 'what is left in the spool')
    return check_invariants(outcome)


def a_daemon_does_not_hold_the_job():
    start = time.monotonic()
    outcome = ran(shim.victim('daemons'))
    tap.check(time.monotonic() - start < 2.5, 'the run ended before the daemon')
    ends = [r['end_by'] for r in shim.processes(outcome)]
    tap.same(ends, ['self', 'self', 'running'], 'witnesses')


def a_static_program_is_timed_from_outside():
    for way in ('', 'exec '):
        outcome = ran('bash', '-c', f'({way}{shim.victim("static")} /bin/true a b); true')
        row = shim.processes(outcome, 'static')[0]
        tap.same((row['exit_code'], row['end_by'], row['args'][1:]), (0, 'parent', ['/bin/true', 'a', 'b']), 'static program')
        tap.same(outcome.summaries[0]['coverage']['unpreloaded'], 1, 'counted as not preloaded')
        spot, = outcome.summaries[0]['coverage']['blind_spots']
        tap.same((spot['name'], spot['cause'], spot['count']), ('static', 'static', 1), 'blind spot')


def a_program_in_doubt_goes_without_and_is_named():
    """An emulator, whose guest's loader would get the library; a file that its user may not read."""
    with shim.Sandbox() as sandbox:
        outcome = sandbox.run('sh', '-c', f'cp /bin/true {sandbox.path}/qemu-arm; {sandbox.path}/qemu-arm; true')
    spot, = outcome.summaries[0]['coverage']['blind_spots']
    tap.same((spot['name'], spot['cause'], spot['count']), ('qemu-arm', 'emulator', 1), 'blind spot')
    outcome = ran('sh', '-c', 'python3 -S -c "$0"; exit', 'import os, resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))\n'
                  'try:\n    while True: os.open("/", 0)\nexcept OSError: os.execv("/bin/true", ["true"])')
    spot, = outcome.summaries[0]['coverage']['blind_spots']
    tap.same((spot['name'], spot['cause'], spot['count']), ('true', 'doubtful', 1), 'blind spot')


def a_large_environment_after_vfork_is_edited():
    """dash starts everything by vfork; python in a thread has no stack whose end is known."""
    many = {f'SERVICE_{i}_PORT': 'tcp://10.0.0.1' for i in range(900)}
    with shim.Sandbox(**many) as sandbox:
        outcome = sandbox.run('sh', '-c', f'{shim.victim("static")} /bin/true; env -i /bin/true; sh -c "exit 4"; exit 3')
    tap.same((outcome.status, outcome.stderr), (3, ''), 'outcome')
    tap.same([r['exit_code'] for r in shim.processes(outcome, 'sh')], [3, 4], 'shells')
    tap.same(outcome.summaries[0]['coverage']['unpreloaded'], 1, 'counted as not preloaded')
    start = 'import subprocess, threading; t = threading.Thread(target=lambda: subprocess.call(["sh", "-c", "exit 4"]{})); t.start(); t.join()'
    for with_ours, spots in (('', []), (', env={f"V{i}": "" for i in range(900)} | {"PATH": "/bin"}', ['unedited'])):
        outcome = ran('python3', '-S', '-c', start.format(with_ours), **many)
        tap.same([s['cause'] for s in outcome.summaries[0]['coverage']['blind_spots']], spots, 'blind spots')


def what_is_too_long_with_ours_is_executed_without():
    """Bytes of arguments are added until exec fails: as many as without us, and the program is accounted for."""
    with shim.Sandbox() as sandbox:
        fits = """import os, sys, subprocess
low, high = 100000, 4000000
while low + 1 < high:
    middle = (low + high) // 2
    words = ['true'] + ['x' * 99999] * (middle // 100000) + ['x' * (middle % 100000)]
    try:
        pid = os.posix_spawn('/bin/true', words, {}) if sys.argv[1] == 'spawn' else os.fork() or os.execve('/bin/true', words, {})
    except OSError:
        if sys.argv[1] != 'spawn': os._exit(1)
        pid = 0
    if pid and os.waitpid(pid, 0)[1] == 0: low = middle
    else: high = middle
print(low)"""
        for how in ('spawn', 'fork'):
            plain = sandbox.run('python3', '-S', '-c', fits, how, preload=False).stdout
            outcome = sandbox.run('python3', '-S', '-c', fits, how)
            tap.same(outcome.stdout, plain, f'bytes that fit by {how}')
            tap.check('unedited' in [s['cause'] for s in outcome.summaries[-1]['coverage']['blind_spots']], 'blind spot')


def a_library_that_no_variable_can_name_is_withheld():
    """Its path has a blank or a colon, and the loader would say that it finds no part of it."""
    with shim.Sandbox() as sandbox:
        for name in ('my job', 'a:b'):
            folder = os.path.join(sandbox.path, name)
            os.makedirs(f'{folder}/preload')
            os.makedirs(f'{folder}/lib/cmd')
            shutil.copy(shim.LIBRARY, f'{folder}/preload')
            os.symlink(shim.DTRACK, f'{folder}/lib/cmd/dtrack')
            outcome = sandbox.run('sh', '-c', f'cd "{folder}"; LD_PRELOAD=./preload/libdtrack.so sh -c "ls /; exit 3" >/dev/null', preload=False)
            tap.same((outcome.status, outcome.stderr), (3, ''), name)
            spots = outcome.summaries[-1]['coverage']['blind_spots']
            tap.same([(s['name'], s['cause']) for s in spots], [('ls', 'elsewhere')], 'blind spots')


def a_library_that_takes_the_variable_away_hides_nothing():
    """Its constructor runs before ours or after it."""
    with shim.Sandbox() as sandbox:
        library = os.path.join(sandbox.path, 'libunset.so')
        source = '#include <stdlib.h>\n__attribute__((constructor)) static void init(void) { unsetenv("LD_PRELOAD"); }'
        subprocess.run(['gcc', '-shared', '-fPIC', '-x', 'c', '-o', library, '-'], input=source, text=True, check=True)
        for order in (f'{library}:{shim.LIBRARY}', f'{shim.LIBRARY}:{library}'):
            outcome = sandbox.run('env', f'LD_PRELOAD={order}', 'sh', '-c', '/bin/true; sh -c "exit 4"; exit 3', preload=False)
            tap.same((outcome.status, outcome.stderr), (3, ''), order)
            last = [r for r in shim.processes(outcome) if r['run_id'] == outcome.summaries[-1]['run_id']]
            tap.same(sorted((r['name'], r['exit_code']) for r in last), [('sh', 3), ('sh', 4), ('true', 0)], 'processes')


def a_static_root_under_dtrack_run_is_recorded():
    with shim.Sandbox() as sandbox:
        outcome = sandbox.run(shim.DTRACK, 'run', '--', shim.victim('static'), preload=False)
    tap.same((outcome.status, outcome.left), (21, []), 'status, and what is left')
    tap.same([(r['name'], r['args'], r['end_by'], r['exit_code']) for r in shim.processes(outcome)],
             [('static', [shim.victim('static')], 'parent', 21)], 'spans')


def a_leader_with_few_descriptors_does_not_wait_in_vain():
    with shim.Sandbox() as sandbox:
        outcome = sandbox.run('prlimit', '--nofile=4', 'sh', '-c', 'exit 3')
        tap.same((outcome.status, outcome.stderr), (3, ''), 'status and stderr')
        tap.same(len(sandbox.settled().summaries), 1, 'runs in the store')


def the_job_sees_nothing_of_us():
    with shim.Sandbox() as sandbox:
        without = sandbox.run(shim.victim('descriptors'), preload=False).stdout
        with_shim = sandbox.run(shim.victim('descriptors')).stdout
        below = sandbox.run('sh', '-c', shim.victim('descriptors'), preload=False).stdout
        watched = sandbox.run('sh', '-c', shim.victim('descriptors'))
    tap.same(with_shim, without, 'view of the root')
    tap.same(watched.stdout, below, 'view of a child')
    tap.same(len(watched.summaries), 2, 'runs recorded meanwhile')


def a_scrubbed_environment_keeps_its_processes():
    rows = shim.processes(ran('env', '-i', '/bin/sh', '-c', '/bin/true; /bin/false; exit 0'))
    tap.same([r['name'] for r in rows], ['env', 'sh', 'true', 'false'], 'spans')


def other_preloads_stay_in_their_place():
    with shim.Sandbox() as sandbox:
        env = dict(sandbox.environment(), LD_PRELOAD=f'libm.so.6:{shim.LIBRARY} libdl.so.2')
        outcome = sandbox.run('sh', '-c', 'sh -c "echo \\$LD_PRELOAD"', env=env)
    tap.same(outcome.stdout, env['LD_PRELOAD'] + '\n', 'LD_PRELOAD of a child')
    tap.same(len(shim.processes(outcome)), 2, 'processes recorded')


def an_entry_is_kept_as_written_by_who_knows_no_better():
    with open('/proc/self/maps', encoding='utf-8') as maps:
        loader = next((line.split()[-1] for line in maps if '/ld-linux' in line), None)
    if not loader:
        raise tap.Skip('this loader takes no --preload')
    with shim.Sandbox() as sandbox:  # loaded past LD_PRELOAD, as by /etc/ld.so.preload
        outcome = sandbox.run(loader, '--preload', shim.LIBRARY, '/bin/sh', '-c',
                              f'LD_PRELOAD={shim.LIBRARY} sh -c "echo \\$LD_PRELOAD"', preload=False)
    tap.same((outcome.stdout, outcome.stderr), (shim.LIBRARY + '\n', ''), 'LD_PRELOAD of a child, and stderr')
    tap.same([r['name'] for r in shim.processes(outcome)], ['sh', 'sh'], 'spans')


def a_relative_preload_works_from_any_folder():
    folder, name = os.path.split(shim.LIBRARY)
    with shim.Sandbox() as sandbox:
        env = dict(sandbox.environment(), LD_PRELOAD=f'./{name}')
        outcome = sandbox.run('sh', '-c', 'cd / && /bin/true && exec /bin/true', cwd=folder, env=env)
    tap.same((outcome.status, outcome.stderr), (0, ''), 'status and stderr')
    tap.same([r['name'] for r in shim.processes(outcome)], ['sh', 'true', 'true'], 'spans')


def a_bare_name_found_by_a_variable_survives_its_loss():
    folder, name = os.path.split(shim.LIBRARY)
    with shim.Sandbox() as sandbox:
        env = dict(sandbox.environment(), LD_PRELOAD=name, LD_LIBRARY_PATH=folder)
        outcome = sandbox.run('sh', '-c', 'env -i /bin/sh -c "/bin/true; /bin/true"; unset LD_LIBRARY_PATH; /bin/true', env=env)
    tap.same((outcome.status, outcome.stderr), (0, ''), 'status and stderr')
    tap.same([r['name'] for r in shim.processes(outcome)], ['sh', 'env', 'sh', 'true', 'true', 'true'], 'spans')


def a_path_in_the_loaders_own_words_works():
    folder, name = os.path.split(shim.LIBRARY)
    with shim.Sandbox() as sandbox:
        os.makedirs(f'{sandbox.path}/lib')
        for word in ('lib', 'lib64', 'lib/x86_64-linux-gnu', 'lib/aarch64-linux-gnu'):
            if not os.path.exists(f'{sandbox.path}/{word}'):
                os.symlink(folder, f'{sandbox.path}/{word}')
        env = dict(sandbox.environment(), LD_PRELOAD=f'{sandbox.path}/$LIB/{name}')
        outcome = sandbox.run('sh', '-c', '/bin/true; /bin/true', env=env)
    tap.same((outcome.status, outcome.stderr), (0, ''), 'status and stderr')
    tap.same([r['name'] for r in shim.processes(outcome)], ['sh', 'true', 'true'], 'spans')


def the_root_may_be_killed():
    with shim.Sandbox() as sandbox:
        child = subprocess.Popen(['sh', '-c', '/bin/true; sleep 60'], env=sandbox.environment(), start_new_session=True,
                                 stdout=subprocess.PIPE)
        time.sleep(0.3)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        outcome = sandbox.settled()
    tap.same(len(outcome.summaries), 1, 'runs in the store')
    tap.same(outcome.left, [], 'left in the spool')
    tap.same([r['name'] for r in shim.processes(outcome)], ['sh', 'true', 'sleep'], 'spans')
    status = outcome.summaries[0]['status']
    tap.same((status['end_by'], status['signal'] in (9, None)), ('inferred', True), f'status {status}')


def a_root_that_kills_itself_at_once_has_its_signal():
    """It is gone, and waited for, before its guardian has begun."""
    version = tuple(int(number) for number in os.uname().release.split('-')[0].split('.')[:2])
    if version < (6, 15):
        raise tap.Skip('before Linux 6.15 nobody else can learn how a process has ended')
    for _ in range(10):
        with shim.Sandbox() as sandbox:
            tap.same(sandbox.run('dash', '-c', 'kill -ABRT $$').status, -signal.SIGABRT, 'status of the job')
            row, = shim.processes(sandbox.settled())
        tap.same((row['signal'], row['exit_code']), (signal.SIGABRT, None), 'its end in the record')


def a_root_that_execs_stays_the_root():
    outcome = ran('sh', '-c', '/bin/true; exec sh -c "/bin/true; exit 9"', status=9)
    tap.same([r['name'] for r in shim.processes(outcome)], ['sh', 'true', 'sh', 'true'], 'spans')
    tap.same(outcome.summaries[0]['status']['exit_code'], 9, 'status of the run')


def a_secret_in_the_arguments_is_not_recorded():
    with shim.Sandbox() as sandbox:
        outcome = sandbox.run('sh', '-c', 'true --password hunter2secret; /bin/echo --token=tok3nvalue >/dev/null')
    tap.check(outcome.rows, 'rows')
    text = repr(outcome.rows) + repr(outcome.summaries)
    tap.check('tok3nvalue' not in text and 'hunter2secret' not in text, 'no secret in the store')


def switched_off_it_does_nothing():
    with shim.Sandbox(DTRACK_OFF='1') as sandbox:
        outcome = sandbox.run('sh', '-c', '/bin/true; exit 4')
    tap.same((outcome.status, outcome.rows, outcome.left), (4, [], []), 'outcome')


def an_unusable_spool_changes_nothing_and_is_said_once():
    said = "dtrack: this run is not recorded: cannot use '/proc/nothing'\n"
    for quiet, stderr in (('', said), ('1', '')):
        with shim.Sandbox(DTRACK_SPOOL='/proc/nothing', DTRACK_QUIET=quiet) as sandbox:
            outcome = sandbox.run('sh', '-c', '/bin/true; exit 4')
        tap.same((outcome.status, outcome.stdout, outcome.stderr, outcome.rows), (4, '', stderr, []), 'outcome')


def a_refusing_store_is_one_line_and_the_run_is_kept():
    with shim.Sandbox(DTRACK_STORE='file:///proc/nothing') as sandbox:
        outcome = sandbox.run('sh', '-c', 'exit 4')
        tap.same((outcome.status, outcome.stderr.count('\n')), (4, 1), f'status and lines of {outcome.stderr!r}')
        tap.check(outcome.stderr.startswith('dtrack: '), f'whose line it is: {outcome.stderr!r}')
        tap.same(len([name for name in outcome.left if name.startswith('run-')]), 1, 'kept runs')
        quiet = sandbox.run('sh', '-c', 'exit 4', env=dict(sandbox.environment(), DTRACK_QUIET='1'))
        tap.same((quiet.status, quiet.stderr), (4, ''), 'with DTRACK_QUIET')


def a_normal_exit_makes_no_system_call():
    with shim.Sandbox() as sandbox:
        log = os.path.join(sandbox.path, 'log')
        sandbox.run('strace', '-f', '-o', log, '-E', f'LD_PRELOAD={shim.LIBRARY}', 'sh', '-c', '/bin/true; exit 0', preload=False)
        with open(log, encoding='utf-8') as text:
            lines = text.read().splitlines()
    pid = next(line.split()[0] for line in lines if 'execve("/bin/true"' in line)
    calls = [line.split(None, 1)[1] for line in lines if line.split()[0] == pid]
    exit_at = next(i for i, call in enumerate(calls) if call.startswith('exit_group'))
    tap.check(calls[exit_at - 1].startswith('getcwd('), f'the constructor is the last to speak, not {calls[exit_at - 1]}')
    shell = [line.split(None, 1)[1] for line in lines if line.split()[0] == lines[0].split()[0]]
    ours = [i for i, call in enumerate(calls) if '/spool"' in call][0]
    added = [call.split('(')[0] for call in calls[ours - 1:exit_at]]
    tap.note('added to /bin/true: ' + ' '.join(added))
    tap.check(len(added) <= 10, f'system calls added: {added}')
    tap.check(shell, 'the shell is in the log')


def dtrack_run_gives_the_jobs_status():
    for script, status in (('exit 0', 0), ('exit 42', 42), ('kill -TERM $$', -15)):
        with shim.Sandbox() as sandbox:
            outcome = sandbox.run(shim.DTRACK, 'run', '--name', 'job', '--', 'sh', '-c', '/bin/true; ' + script, preload=False)
        tap.same((outcome.status, outcome.stdout, outcome.stderr, outcome.left), (status, '', '', []), f'outcome of {script}')
        tap.same([r['name'] for r in shim.processes(outcome)], ['sh', 'true'], 'spans')
        tap.same((outcome.summaries[0]['name'], outcome.summaries[0]['status']['end_by']), ('job', 'parent'), 'summary')
    with shim.Sandbox() as sandbox:
        tap.same(sandbox.run(shim.DTRACK, 'run', '--', '/nonexistent/x', preload=False).status, 127, 'status of nothing')


def dtrack_run_leaves_signals_as_they_are():
    """Below nohup SIGHUP is ignored, and must be below dtrack, too. An ignored SIGCHLD takes no status away."""
    ignored = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD)

    def odd_signals():
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2, signal.SIGWINCH])

    look = ('grep', '-E', '^Sig(Blk|Ign|Cgt)', '/proc/self/status')
    with shim.Sandbox() as sandbox:
        for prepare in (None, odd_signals):
            plain, led = (sandbox.run(*words, *look, preload=False, preexec_fn=prepare)
                          for words in ((), (shim.DTRACK, 'run', '--')))
            tap.same((led.status, led.stdout, led.stderr), (0, plain.stdout, ''), 'status and signals')
    tap.check(f'{sum(1 << number - 1 for number in ignored):016x}' in plain.stdout, f'they are not ignored: {plain.stdout}')


def dtrack_run_passes_on_what_is_sent_to_it_alone():
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2):
        with shim.Sandbox() as sandbox:
            script = f'trap "exit 9" {number.name[3:]}; echo ready; while :; do sleep 0.02; done'
            job = subprocess.Popen([shim.DTRACK, 'run', '--', 'dash', '-c', script], stdout=subprocess.PIPE,
                                   env=sandbox.environment(preload=False), start_new_session=True)
            job.stdout.readline()
            job.send_signal(number)
            try:
                tap.same(job.wait(timeout=60), 9, f'status after {number.name}')
            except subprocess.TimeoutExpired:
                os.killpg(job.pid, signal.SIGKILL)
                raise


def a_kept_run_is_flushed_once():
    with shim.Sandbox(DTRACK_STORE='file:///proc/nothing', DTRACK_QUIET='1') as sandbox:
        sandbox.run('sh', '-c', '/bin/true; exit 4')
        context = os.path.join(sandbox.spool, [name for name in os.listdir(sandbox.spool) if name.startswith('run-')][0], 'context')
        with open(context, encoding='utf-8') as text:
            moved = text.read().replace('file:///proc/nothing', f'file://{sandbox.store}')
        with open(context, 'w', encoding='utf-8') as text:
            text.write(moved)
        flushes = [subprocess.Popen([shim.DTRACK, 'flush'], env=sandbox.environment(preload=False), stdout=subprocess.PIPE)
                   for _ in range(4)]
        said = ''.join(flush.communicate()[0].decode() for flush in flushes)
        outcome = sandbox.outcome()
    tap.same(said.count('stored '), 1, f'how often it was stored: {said!r}')
    tap.same((len(outcome.summaries), outcome.left), (1, []), 'runs in the store, and left')
    tap.same([r['exit_code'] for r in shim.processes(outcome)], [4, 0], 'statuses')


def read_back(sandbox, *words):
    """What a command of dtrack's prints."""
    done = subprocess.run([shim.DTRACK, *words], env=sandbox.environment(preload=False), stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def a_run_that_goes_on_can_be_looked_at():
    with shim.Sandbox() as sandbox:
        go = os.path.join(sandbox.path, 'go')
        job = subprocess.Popen(['sh', '-c', f'/bin/true; while [ ! -e {go} ]; do sleep 0.05; done; exit 3'],
                               env=sandbox.environment())
        for _ in range(200):
            summaries = [json.loads(line) for line in read_back(sandbox, 'runs', '--json').splitlines()]
            if summaries and summaries[0]['totals']['processes'] > 2:
                break
            time.sleep(0.05)
        tap.same(summaries[0]['status'], {'end_by': 'running', 'exit_code': None, 'signal': None}, 'status so far')
        rows = [json.loads(line) for line in read_back(sandbox, 'export').splitlines()]
        tap.same([r['end_by'] for r in rows if r['name'] == 'true'], ['self'], 'end of what has ended')
        tap.same([r['dur_ns'] for r in rows if r['kind'] == 'run'], [None], 'duration of the run')
        with open(go, 'w', encoding='utf-8'):
            pass
        tap.same(job.wait(), 3, 'status of the job, which noticed nothing')
        outcome = sandbox.outcome()
    tap.same((len(outcome.summaries), outcome.summaries[0]['status']['exit_code']), (1, 3), 'the run, once, as it ended')


def a_run_that_waits_in_the_spool_can_be_shown():
    """By who reads the store that it waits for."""
    with shim.Sandbox(DTRACK_QUIET='1', DTRACK_STORE='file:///proc/nothing') as sandbox:
        sandbox.run('sh', '-c', 'exit 6')
        tap.check('exit 6' in read_back(sandbox, 'show'), 'its status is shown')


def a_long_command_line_is_cut_and_says_so():
    rows = shim.processes(ran('sh', '-c', '/bin/true $(seq 5000); /bin/true x'), 'true')
    tap.same([r['args_cut'] for r in rows], [True, False], 'cut')
    tap.same(rows[0]['args'][:3], ['/bin/true', '1', '2'], 'what is kept')


def a_parent_of_many_keeps_few_mappings():
    """Each one costs each fork child a microsecond."""
    counts = []
    for children in (20, 600):
        outcome = ran('bash', '-c', f'for ((i = 0; i < {children}; i++)); do (exit 0); done; grep -c /run- /proc/$$/maps')
        tap.same(len(shim.processes(outcome)), children + 2, 'processes')
        counts.append(int(outcome.stdout))
    tap.check(counts[0] <= counts[1] <= counts[0] + 1, f'mappings after 20 and after 600 children: {counts}')


def a_made_up_origin_loses_no_process():
    """DTRACK_FROM names the process itself, and a moment that no clock shows."""
    for moment in ('7fffffffffffffff', 'ffffffffffffffff', '0'):
        made_up = f'DTRACK_FROM=1.0.0.0.1.$(printf %x $$).0.0.{moment}.ffffffffffffffff.0'
        with shim.Sandbox() as sandbox:
            # Behind a static program nothing of ours puts it right.
            child = f'exec env LD_PRELOAD={shim.LIBRARY} {made_up} /bin/true'
            outcome = sandbox.run('sh', '-c', f"busybox sh -c '{child}'; exit 3")
        tap.same((outcome.status, outcome.stderr, outcome.left), (3, '', []), f'outcome with {moment}')
        tap.same([r['exit_code'] for r in shim.processes(outcome, 'true')], [0], f'the program with {moment}')


def a_program_that_was_kept_from_us_is_a_blind_spot():
    """Under a filter, behind a raw fork and one of libc's; and where the variable is taken away past our hooks."""
    filtered = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
child = os.fork() if sys.argv[1] == 'fork' else libc.syscall(57)
if child == 0:
    program = (ctypes.c_uint64 * 1)(0x7fff000000000006)
    class Filter(ctypes.Structure):
        _fields_ = [('len', ctypes.c_ushort), ('filter', ctypes.c_void_p)]
    libc.prctl(38, 1, 0, 0, 0)
    libc.prctl(22, 2, ctypes.byref(Filter(1, ctypes.cast(program, ctypes.c_void_p))), 0, 0)
    os.execv('/bin/sh', ['sh', '-c', 'ls / >/dev/null; exit 5'])
sys.exit(os.waitpid(child, 0)[1] >> 8)
"""
    for how in ('fork', 'raw'):
        if how == 'raw' and os.uname().machine != 'x86_64':
            continue
        outcome = ran('/usr/bin/python3', '-c', filtered, how, status=5)
        spots = [(spot['cause'], spot['count']) for spot in outcome.summaries[0]['coverage']['blind_spots']]
        tap.same(spots, [('silent', 1)], f'blind spots behind {how}')


def what_newer_libcs_start_programs_by_is_seen():
    """pidfd_spawn of glibc 2.39, from a library that stands behind us where libc does."""
    outcome = ran(shim.victim('newer'))
    parent, = shim.processes(outcome, 'newer')
    tap.same([(r['args'], r['parent_id'], r['exit_code']) for r in shim.processes(outcome, 'true')],
             [(['true', '1'], parent['span_id'], 0), (['true', '2'], parent['span_id'], 0)], 'programs')


def an_argument_that_grows_meanwhile_is_cut():
    """What is measured is not what is copied: of a program that is recorded by its parent, in a parent with threads."""
    outcome = ran(shim.victim('growing'), shim.victim('static'))
    tap.same(len(shim.processes(outcome, 'static')), 400, 'programs started')


tap.run([a_program_that_was_kept_from_us_is_a_blind_spot, what_newer_libcs_start_programs_by_is_seen,
         an_argument_that_grows_meanwhile_is_cut,
         a_long_command_line_is_cut_and_says_so, a_daemon_does_not_hold_the_job,
         a_static_program_is_timed_from_outside, a_program_in_doubt_goes_without_and_is_named,
         a_large_environment_after_vfork_is_edited, what_is_too_long_with_ours_is_executed_without,
         a_library_that_no_variable_can_name_is_withheld, a_library_that_takes_the_variable_away_hides_nothing,
         a_static_root_under_dtrack_run_is_recorded,
         a_leader_with_few_descriptors_does_not_wait_in_vain, the_job_sees_nothing_of_us,
         a_scrubbed_environment_keeps_its_processes, other_preloads_stay_in_their_place,
         an_entry_is_kept_as_written_by_who_knows_no_better,
         a_relative_preload_works_from_any_folder, a_bare_name_found_by_a_variable_survives_its_loss,
         a_path_in_the_loaders_own_words_works, the_root_may_be_killed,
         a_root_that_kills_itself_at_once_has_its_signal, a_root_that_execs_stays_the_root,
         a_secret_in_the_arguments_is_not_recorded, switched_off_it_does_nothing,
         an_unusable_spool_changes_nothing_and_is_said_once,
         a_refusing_store_is_one_line_and_the_run_is_kept, a_normal_exit_makes_no_system_call,
         dtrack_run_gives_the_jobs_status, dtrack_run_leaves_signals_as_they_are,
         dtrack_run_passes_on_what_is_sent_to_it_alone, a_kept_run_is_flushed_once, a_run_that_goes_on_can_be_looked_at,
         a_run_that_waits_in_the_spool_can_be_shown, a_parent_of_many_keeps_few_mappings,
         a_made_up_origin_loses_no_process])
