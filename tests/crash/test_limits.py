# SPDX-License-Identifier: MIT
"""When there is no room: in the spool by limit, on the disk, for file names, for runs that could never be sent. The job
never notices, what was recorded is kept where that can be, and what is given up is said."""
import glob
import json
import os
import resource
import socket
import subprocess
import sys
import time

import crash
import shim
import tap

TABLE = crash.Table()
MANY = 1000 if crash.ALL else 100
CHILDREN = 600
DAY = 86400


def count(store):
    """How many runs are in a folder store."""
    return len(glob.glob(f'{store}/runs/*/*/*.json'))


def accept(fault, expected, store, changed=False, remark=None):
    """A row of the table, which must be right."""
    wrong = TABLE.add(fault, expected, store, changed)
    if remark:
        TABLE.remark(fault, remark)
    tap.check(not wrong, '\n'.join(wrong[:10]))


def a_run_stops_recording_at_its_limit_and_says_how_much_it_missed():
    script = f'i=0; while [ $i -lt {CHILDREN} ]; do /bin/true; i=$((i + 1)); done; exit 3'
    with shim.Sandbox(DTRACK_SPOOL_LIMIT='64K') as sandbox:
        outcome = sandbox.run('dash', '-c', script)
        tap.same((outcome.status, outcome.stderr), (3, ''), 'status and stderr')
        summary, = outcome.summaries
        recorded, missed = len(shim.processes(outcome)), summary['coverage']['missed']
        tap.check(0 < recorded < CHILDREN, f'{recorded} processes were recorded')
        tap.check(missed >= CHILDREN - recorded, f'{missed} missed, {recorded} recorded, of {CHILDREN}')
        shown = crash.dtrack(sandbox, 'show').stdout
        tap.check(f'{missed} missed' in shown.replace(',', ''), f'show does not say {missed} missed:\n{shown}')
        accept('limit of 64K for the spool', 1, sandbox.store, remark=f'{recorded} recorded, {missed} missed')


def the_limit_is_read_with_its_unit():
    for value, missing in (('1M', 0), ('65536', 1), ('nonsense', 0), ('', 0), ('99999999999G', 0), ('64k', 0)):
        with shim.Sandbox(DTRACK_SPOOL_LIMIT=value) as sandbox:
            outcome = sandbox.run('dash', '-c', f'i=0; while [ $i -lt {CHILDREN} ]; do /bin/true; i=$((i + 1)); done')
            summary, = outcome.summaries
            tap.same(summary['coverage']['missed'] > 0, bool(missing), f'missed with {value!r}')


# The guardian reads the limit, which is at byte 24 of the spool, when the job is running already.
LIMITED = 'while [ $(od -An -tu8 -j24 -N8 "$DTRACK_RUN/spool") -gt 65536 ]; do sleep 0.01; done; '


def marked(sandbox, shell, script):
    """The outcome of a script that has the limit and the variables of the run, and that run's coverage."""
    outcome = sandbox.run('dash', '-c', '"$1" -c "$2"; :', 'dash', shell, LIMITED + script)
    summary, = outcome.summaries
    return outcome, summary['totals']['marks'], summary['coverage']


def marks_without_room_are_refused_with_a_word_and_counted():
    script = (f'v=$(printf %05000d 0); set -e; i=0; while [ $i -lt 30 ]; do {crash.MARK} set k$i $v; i=$((i + 1)); done; set +e\n'
              f'{crash.MARK} --strict set k $v 2>/dev/null; echo $?; {crash.MARK} run t -- echo ran; wc -c <"$DTRACK_RUN/marks"')
    with shim.Sandbox(DTRACK_SPOOL_LIMIT='64K') as sandbox:
        outcome, marks, coverage = marked(sandbox, 'dash', script)
        strict, ran, size = outcome.stdout.split()
        tap.same((strict, ran), ('1', 'ran'), 'the strict status, and the command')
        tap.check(0 < int(size) <= 65536, f'{size} bytes of marks')
        tap.check(0 < marks < 30, f'{marks} of 30 were taken')
        tap.same(outcome.stderr.count('the run may record no more'), 31 - marks, 'words on stderr')
        tap.same(coverage['missed_marks'], 32 - marks, f'the count for {marks} of 32')
        shown = crash.dtrack(sandbox, 'show').stdout
        tap.check(f"{coverage['missed_marks']} marks without room" in shown, shown)


def marks_that_others_append_beyond_the_limit_are_left_out_and_told():
    line = '1800000000.0\tevent\tname\t%020d\n'
    script = f"i=0; while [ $i -lt 5000 ]; do printf '{line}' $i; i=$((i + 1)); done >>\"$DTRACK_RUN/marks\""
    with shim.Sandbox(DTRACK_SPOOL_LIMIT='64K') as sandbox:
        _, marks, coverage = marked(sandbox, 'dash', script)
        each = len('1800000000.0\tevent\tname\t\n') + 20
        tap.same(marks, 65536 // each, 'marks within the limit')
        tap.same(coverage['unread_mark_bytes'], (5000 - marks) * each, 'bytes beyond')
        tap.same(coverage['bad_marks'], 0, 'bad marks')
        shown = crash.dtrack(sandbox, 'show').stdout.replace(',', '')
        tap.check(f"{coverage['unread_mark_bytes']} bytes of marks not read" in shown, shown)


def a_shell_that_writes_marks_itself_stays_near_the_limit():
    library = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'scripts', 'dtrack.sh')
    script = (f'PATH=$PATH:{os.path.dirname(crash.MARK)}; . {library}; for ((i = 0; i < 2500; i++)); do dtrack_event e$i; done; '
              f'wc -c <"$DTRACK_RUN/marks"')
    with shim.Sandbox(DTRACK_SPOOL_LIMIT='64K') as sandbox:
        outcome, marks, coverage = marked(sandbox, 'bash', script)
        tap.check(int(outcome.stdout) < 65536 + 500 * 80, f'{outcome.stdout} bytes of marks')
        unread = coverage['unread_mark_bytes'] // 60  # bytes of such a mark at least
        tap.check(2500 - unread <= marks + coverage['missed_marks'] <= 2500, f'{marks} marks, {coverage}')
        tap.same(outcome.stderr, '', 'stderr')


def many_values_take_little_memory_and_are_told():
    """120 MB of values, and as much in one name; a guardian that had to hold them could not."""
    tap.needs_plain_build('they leave no limit on memory')
    value = 'v' * 60000
    for name, names in (('str(i)', 2000), ('str(0)', 1)):
        script = ("import os; file = open(os.environ['DTRACK_RUN'] + '/marks', 'a'); file.writelines("
                  f"'1800000000.0\\tset\\t' + {name} + '\\t' + 'v' * 60000 + '\\n' for i in range(2000))")
        with shim.Sandbox() as sandbox:
            outcome = sandbox.run('dash', '-c', '"$1" -c "$2"; :', 'dash', sys.executable, script,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20)))
            summary, = outcome.summaries
            tap.same((outcome.stderr, summary['totals']['marks']), ('', 2000), 'stderr, and marks')
            with open(f'{sandbox.store}/pathmetrics/statistics.json', encoding='utf-8') as text:
                values = json.load(text)
            tap.check(all(each == value for each in values.values()), 'values are not what was set')
            tap.same(len(values) + summary['coverage']['missed_values'], names, 'values, and missed ones')


def unsent(sandbox, number):
    """So many runs that no store takes; the last one's folder is real, the others are its copies."""
    with open(sandbox.store, 'w', encoding='utf-8'):
        pass
    folder = crash.leave_run(sandbox)
    crash.dtrack(sandbox, 'flush')
    name = os.path.basename(folder)
    with open(f'{folder}/folded', encoding='utf-8') as text:
        folded = text.read()
    for copy in range(1, number):
        other = f'{name[:-8]}{copy:08x}'
        crash.copy_tree(folder, f'{sandbox.spool}/{other}')
        with open(f'{sandbox.spool}/{other}/folded', 'w', encoding='utf-8') as text:
            head, _, rest = folded.replace(name[4:], other[4:]).partition('\n')
            text.write(f'{head}\n{rest}')
    return folder


def disk_use(folder):
    """Bytes that a folder takes on the disk."""
    return sum(os.lstat(os.path.join(path, name)).st_blocks * 512 for path, _, names in os.walk(folder) for name in names)


def runs_that_could_not_be_sent_take_little_room_and_are_all_sent_later():
    with shim.Sandbox() as sandbox:
        folder = unsent(sandbox, MANY)
        tap.same(sorted(os.listdir(folder)), ['context', 'folded', 'lock', 'spans.ndjson.gz'], 'what is kept of a run')
        each = disk_use(folder)
        tap.check(each < 64 << 10, f'{each} bytes are kept of a run of a few processes')
        start = time.monotonic()
        flush = crash.dtrack(sandbox, 'flush')
        failing = time.monotonic() - start
        tap.same((flush.returncode, len(flush.stderr.splitlines())), (1, MANY), 'status of a flush that fails, and its lines')
        os.unlink(sandbox.store)
        start = time.monotonic()
        flush = crash.dtrack(sandbox, 'flush')
        tap.same((flush.returncode, flush.stderr), (0, ''), 'status and stderr of a flush that works')
        tap.same(os.listdir(sandbox.spool), [], 'left in the spool')
        accept(f'{MANY} runs without a store', MANY, sandbox.store,
               remark=f'{each} bytes each; a flush in vain {failing:.1f} s, one that stores {time.monotonic() - start:.1f} s')


def too_many_runs_lose_the_oldest_and_say_so():
    with shim.Sandbox() as sandbox:
        unsent(sandbox, 30)
        before = sorted(os.listdir(sandbox.spool))
        flush = crash.dtrack(sandbox, 'flush', DTRACK_KEEP_RUNS='20')
        tap.same(flush.returncode, 1, 'status')
        tap.same(sorted(os.listdir(sandbox.spool)), before[10:], 'the 20 youngest')
        dropped = [line for line in flush.stderr.splitlines() if ' dropped ' in line]
        tap.same([name for name in before if any(name in line for line in dropped)], before[:10], 'the 10 oldest, in stderr')
        os.unlink(sandbox.store)
        flush = crash.dtrack(sandbox, 'flush')
        tap.same((flush.returncode, flush.stderr), (0, ''), 'a flush afterwards')
        accept('10 of 30 runs too many', 20, sandbox.store, remark='the 10 oldest given up and named')


def runs_that_waited_too_long_are_given_up_and_named():
    with shim.Sandbox() as sandbox:
        unsent(sandbox, 6)
        shown = crash.dtrack(sandbox, 'runs', '--json')
        tap.same(len(shown.stdout.splitlines()), 6, f'runs that are shown while they wait; {shown.stderr!r}')
        old = sorted(os.listdir(sandbox.spool))[2:4]
        for name in old:
            os.utime(f'{sandbox.spool}/{name}', (time.time() - 8 * DAY,) * 2)
        flush = crash.dtrack(sandbox, 'flush', DTRACK_KEEP_DAYS='7')
        tap.same([name for name in old if f"{name}': it has waited too long" in flush.stderr], old, 'the old ones, in stderr')
        os.unlink(sandbox.store)
        crash.dtrack(sandbox, 'flush')
        accept('2 of 6 runs too old', 4, sandbox.store, remark='the 2 old ones given up and named')


def what_a_guardian_gives_up_the_next_flush_tells():
    with shim.Sandbox(DTRACK_KEEP_RUNS='4') as sandbox:
        unsent(sandbox, 7)
        before = sorted(name for name in os.listdir(sandbox.spool) if name.startswith('run-'))
        done = sandbox.run('sh', '-c', 'exit 6')
        tap.same(done.status, 6, 'status of the job')
        crash.wait_until(lambda: len(crash.runs_in(sandbox.spool)) <= 5, 'the end of the oldest')
        crash.wait_until(lambda: not shim.guardians_in(sandbox.spool), 'the end of the guardian')
        os.unlink(sandbox.store)
        flush = crash.dtrack(sandbox, 'flush')
        tap.same(flush.returncode, 1, 'status of the flush')
        told = [name for name in before if name in flush.stderr]
        tap.same(told, before[:len(told)], 'the runs that the flush names')
        tap.check(len(told) in (2, 3), f'{told} were given up')
        again = crash.dtrack(sandbox, 'flush')
        tap.same((again.returncode, again.stderr), (0, ''), 'the next flush')
        accept('given up by a guardian', 8 - len(told), sandbox.store, remark=f'{len(told)} given up, named by the next flush')


def many_notes_are_all_told():
    """More than a few MiB of them, of an agent that nobody flushed for long."""
    with shim.Sandbox() as sandbox:
        os.makedirs(sandbox.spool, mode=0o700)
        lines = [f'2026-01-01T00:00:00Z dropped run {number}: {"x" * 100}' for number in range(50000)]
        with open(f'{sandbox.spool}/dropped', 'w', encoding='utf-8') as notes:
            notes.write('\n'.join(lines) + '\n')
        flush = crash.dtrack(sandbox, 'flush')
        told = [line.split(': ', 1)[1] for line in flush.stderr.splitlines()]
        tap.check(told == [line for line in lines], f'{len(told)} lines of {len(lines)}, such as {told[:1]}')
        tap.same(os.listdir(sandbox.spool), [], 'left in the spool')


def what_is_given_up_while_notes_are_told_is_told_later():
    """A flush that is in the midst of telling, to somebody who does not read, forgets nothing that it did not tell."""
    with shim.Sandbox(DTRACK_KEEP_RUNS='4') as sandbox:
        unsent(sandbox, 7)
        before = sorted(crash.runs_in(sandbox.spool))
        with open(f'{sandbox.spool}/dropped', 'w', encoding='utf-8') as notes:
            notes.write('an earlier note\n' * 20000)
        env = {**sandbox.environment(preload=False), 'DTRACK_KEEP_RUNS': '1000'}
        flush = subprocess.Popen([shim.DTRACK, 'flush'], env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        first = flush.stderr.readline()
        while b'earlier note' not in first:
            first = flush.stderr.readline()
        sandbox.run('sh', '-c', 'exit 6')
        crash.wait_until(lambda: not shim.guardians_in(sandbox.spool), 'the end of the guardian')
        said = flush.communicate()[1].decode()
        left = crash.runs_in(sandbox.spool)
        said += crash.dtrack(sandbox, 'flush', DTRACK_KEEP_RUNS='1000').stderr
        gone = [os.path.basename(run) for run in before if run not in left]
        tap.check(gone, 'nothing was given up')
        tap.same([run for run in gone if f'{run[4:]}\': ' not in said], [], 'given up without a word')


def runs_set_aside_are_limited_too():
    with shim.Sandbox() as sandbox:
        os.makedirs(sandbox.spool, mode=0o700)
        for number in range(20):
            os.mkdir(f'{sandbox.spool}/run-20200101T000000.000Z-{number:08x}')
        first = crash.dtrack(sandbox, 'flush')
        tap.same(len(glob.glob(f'{sandbox.spool}/bad-*')), 20, f'set aside; it said {first.stderr!r}')
        second = crash.dtrack(sandbox, 'flush')
        tap.same(len(glob.glob(f'{sandbox.spool}/bad-*')), 16, 'kept')
        tap.same((second.returncode, second.stderr.count(' dropped ')), (1, 4), 'status, and runs that are named')


SMALL = '''
set -e
mount -t tmpfs -o size={size},mode=700{more} none {spool}
{before}
status=0; {job} || status=$?
{after}
{dtrack} flush 2>&1 || :
ls {spool} >{left}
exit $status
'''

JOB = 'dash -c "i=0; while [ \\$i -lt 40 ]; do /bin/true; i=\\$((i + 1)); done; {inside} '\
      'i=0; while [ \\$i -lt 400 ]; do /bin/true; i=\\$((i + 1)); done; exit 4"'


def on_small_disk(sandbox, dtrack_run, size, more='', before=':', inside='', after=':'):
    """A job whose spool is a file system of its own; what came of it, and what is left in the spool."""
    if subprocess.run(['unshare', '--mount', 'true'], stderr=subprocess.DEVNULL, check=False).returncode:
        raise tap.Skip('no mount namespaces for this user')
    os.makedirs(sandbox.spool, mode=0o700)
    left = f'{sandbox.path}/left'
    places = {'spool': sandbox.spool, 'dtrack': shim.DTRACK, 'left': left}
    lead = f'{shim.DTRACK} run --' if dtrack_run else f'env LD_PRELOAD={shim.LIBRARY}'
    script = SMALL.format(size=size, more=more, before=before.format(**places), after=after.format(**places),
                          job=f'{lead} {JOB.format(inside=inside.format(**places))}', **places)
    done = subprocess.run(['unshare', '--mount', 'bash', '-c', script], env=sandbox.environment(preload=False),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=120)
    tap.check(os.path.exists(left), f'the script did not end: {done.stderr}')
    with open(left, encoding='utf-8') as text:
        return done, text.read().split()


def small_disk(fault, expected, **options):
    """One fault, both kinds of root."""
    for dtrack_run in (False, True):
        with shim.Sandbox() as sandbox:
            done, left = on_small_disk(sandbox, dtrack_run, **options)
            outcome = sandbox.outcome()
            rows = len(shim.processes(outcome))
            said = (done.stdout + done.stderr).strip()
            tap.same(left, [], f'left in the spool; it said {said!r}')
            row = f"{fault}; {'dtrack run' if dtrack_run else 'preload'}"
            accept(row, expected, sandbox.store, done.returncode != 4,
                   f'{rows} processes recorded, {sum(s["coverage"]["missed"] for s in outcome.summaries)} missed')


def a_disk_that_fills_up_keeps_what_was_recorded():
    small_disk('disk full from the start', 0, size='64k')
    small_disk('disk full during the run', 1, size='300k', inside='cat /dev/zero >{spool}/filler 2>/dev/null;',
               after='rm -f {spool}/filler')
    small_disk('disk full until after the run', 1, size='600k', inside='cat /dev/zero >{spool}/filler 2>/dev/null;',
               after='{dtrack} flush; rm -f {spool}/filler')


def a_disk_without_inodes_keeps_what_was_recorded():
    small_disk('no inodes from the start', 0, size='4m', more=',nr_inodes=4')
    small_disk('inodes gone during the run', 1, size='4m', more=',nr_inodes=40', after='rm -rf {spool}/filler',
               inside='mkdir {spool}/filler; i=0; while mkdir {spool}/filler/\\$i 2>/dev/null; do i=\\$((i + 1)); done;')


def a_disk_that_becomes_read_only_keeps_what_was_recorded():
    small_disk('read-only from the start', 0, size='4m', before='mount -o remount,ro {spool}')
    small_disk('read-only during the run', 1, size='4m', inside='mount --bind {spool} {spool} && mount -o remount,ro,bind {spool};',
               after='umount {spool}')


def held(sandbox):
    """Words of a job that waits for a file named ready; without its sandbox it has nothing to wait for."""
    return f'while [ -d {sandbox.path} ] && [ ! -e {sandbox.path}/ready ]; do sleep 0.01; done'


def a_spool_that_is_deleted_during_the_run_is_stored_all_the_same():
    for what, pattern in (('spool', ''), ('run\'s folder', '/run-*'), ('run\'s files', '/run-*/*')):
        for lead in ([], [shim.DTRACK, 'run', '--']):
            with shim.Sandbox() as sandbox:
                ready = f'{sandbox.path}/ready'
                script = (f'/bin/true; /bin/true; {held(sandbox)}; rm -rf {sandbox.spool}{pattern}; '
                          '/bin/true; exit 4')
                job = subprocess.Popen([*lead, 'dash', '-c', script], env=sandbox.environment(preload=not lead),
                                       stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
                crash.guarded_run(sandbox)
                with open(ready, 'w', encoding='utf-8'):
                    pass
                said = job.communicate()[1]
                crash.wait_until(lambda: count(sandbox.store), 'the run')
                crash.wait_until(lambda: not shim.guardians_in(sandbox.spool), 'the end of the guardian')
                rows = len(shim.processes(sandbox.outcome()))
                tap.check(rows >= 3, f'{rows} processes recorded')
                accept(f"{what} deleted; {'dtrack run' if lead else 'preload'}", 1, sandbox.store,
                       job.returncode != 4 or said != b'', f'{rows} processes recorded')


def cut_twice(spool, bytes_left):
    """Each time somebody has to put the spool back to its length."""
    length = os.stat(spool).st_size
    for _ in range(2):
        os.truncate(spool, bytes_left)
        crash.wait_until(lambda: os.stat(spool).st_size >= length, 'a spool of its former length')


def check_the_rest(outcome, times):
    """What is left of a run that was cut short so many times is possible, and the loss is named."""
    summary, = outcome.summaries
    run, = [row for row in outcome.rows if row['kind'] == 'run']
    spans = {row['span_id'] for row in outcome.rows}
    for row in outcome.rows:
        tap.check(row is run or row['parent_id'] in spans, f"{row['name']} hangs on {row['parent_id']}, which is not there")
        tap.check(run['start_ns'] <= row['start_ns'], f"{row['name']} starts before its run")
        ends = [one['start_ns'] + (one['dur_ns'] or 0) for one in (row, run)]
        tap.check(ends[0] <= ends[1], f"{row['name']} ends after its run")
    causes = {spot['cause']: spot['count'] for spot in summary['coverage']['blind_spots']}
    tap.same(causes.get('truncated'), times, 'how often it is said to have been cut')


def a_spool_that_is_cut_short_kills_no_process_that_is_at_rest():
    """Who is at work in it at that very moment can't be helped; the guardian puts it back for all others."""
    for bytes_left in (0, 4096, 16384, 20000):
        for lead in ([], [shim.DTRACK, 'run', '--']):
            with shim.Sandbox() as sandbox:
                pipe, echo = f'{sandbox.path}/pipe', f'{sandbox.path}/echo'
                os.mkfifo(pipe)
                script = f'/bin/true; (cat <{pipe} >{echo}; exit 3); /bin/true; exit 4'
                job = subprocess.Popen([*lead, 'dash', '-c', script], env=sandbox.environment(preload=not lead),
                                       stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
                folder, _ = crash.guarded_run(sandbox)
                with open(pipe, 'wb', buffering=0) as gate:
                    gate.write(b'!')
                    crash.wait_until(lambda: os.path.exists(echo) and os.stat(echo).st_size, 'a cat that waits')
                    cut_twice(f'{folder}/spool', bytes_left)
                said = job.communicate()[1]
                crash.wait_until(lambda: count(sandbox.store), 'the run')
                outcome = sandbox.outcome()
                check_the_rest(outcome, 2)
                rows = len(shim.processes(outcome))
                accept(f"spool cut to {bytes_left}; {'dtrack run' if lead else 'preload'}", 1, sandbox.store,
                       job.returncode != 4 or said != b'', f'{rows} processes recorded')


def a_guardian_that_is_asked_to_end_still_stores_its_run():
    """The job goes on after the SIGTERM to its guardian; it is not left alone."""
    with shim.Sandbox() as sandbox:
        ready = f'{sandbox.path}/ready'
        job = subprocess.Popen(['dash', '-c', f'{held(sandbox)}; exit 4'],
                               env=sandbox.environment(), stdin=subprocess.DEVNULL)
        folder, guardian = crash.guarded_run(sandbox)
        for sig in (15, 1, 2, 3, 13, 10, 12, 14):
            os.kill(guardian, sig)
        with open(ready, 'w', encoding='utf-8'):
            pass
        job.wait()
        tap.check(not os.path.exists(folder), 'the run is stored when the job has ended')
        accept('signals to the guardian', 1, sandbox.store, job.returncode != 4)


def a_guardian_that_is_asked_to_end_does_not_wait_for_a_store_that_hangs():
    """Without the request it would, for longer than this test does."""
    with shim.Sandbox() as sandbox, socket.create_server(('127.0.0.1', 0)) as silent:
        service = f'AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:{silent.getsockname()[1]}/a'
        sandbox.variables.update(DTRACK_STORE='azure://runs', DTRACK_WAIT='0', AZURE_STORAGE_CONNECTION_STRING=service)
        ready = f'{sandbox.path}/ready'
        job = subprocess.Popen(['dash', '-c', f'{held(sandbox)}; exit 4'],
                               env=sandbox.environment(), stdin=subprocess.DEVNULL)
        folder, guardian = crash.guarded_run(sandbox)
        os.kill(guardian, 15)
        with open(ready, 'w', encoding='utf-8'):
            pass
        job.wait()
        start = time.monotonic()
        crash.wait_until(lambda: not crash.is_guarded(folder), 'the end of the guardian')
        remark = f'{time.monotonic() - start:.1f} s until the guardian has left it on the disk'
        tap.same(sorted(os.listdir(folder)), ['context', 'folded', 'lock', 'spans.ndjson.gz'], 'what is kept')
        crash.change_context(folder, 'azure://runs', f'file://{sandbox.store}')
        tap.same(crash.dtrack(sandbox, 'flush').returncode, 0, 'status of the flush')
        accept('SIGTERM to a guardian, store hangs', 1, sandbox.store, job.returncode != 4, remark)


def a_guardian_that_is_asked_to_end_while_it_sends_does_not_wait_either():
    """The request comes when it has long begun, as it does when an agent is torn down behind its job."""
    with shim.Sandbox() as sandbox, socket.create_server(('127.0.0.1', 0)) as silent:
        service = f'AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:{silent.getsockname()[1]}/a'
        sandbox.variables.update(DTRACK_STORE='azure://runs', DTRACK_WAIT='0', AZURE_STORAGE_CONNECTION_STRING=service)
        ready = f'{sandbox.path}/ready'
        job = subprocess.Popen(['dash', '-c', f'{held(sandbox)}; exit 4'],
                               env=sandbox.environment(), stdin=subprocess.DEVNULL)
        folder, guardian = crash.guarded_run(sandbox)
        with open(ready, 'w', encoding='utf-8'):
            pass
        job.wait()
        silent.settimeout(20)
        connection, _ = silent.accept()
        connection.recv(1)
        os.kill(guardian, 15)
        start = time.monotonic()
        crash.wait_until(lambda: not crash.is_guarded(folder), 'the end of the guardian')
        took = time.monotonic() - start
        connection.close()
        tap.check(took < 8, f'{took:.1f} s until the guardian has left it on the disk')
        tap.same(sorted(os.listdir(folder)), ['context', 'folded', 'lock', 'spans.ndjson.gz'], 'what is kept')
        crash.change_context(folder, 'azure://runs', f'file://{sandbox.store}')
        tap.same(crash.dtrack(sandbox, 'flush').returncode, 0, 'status of the flush')
        accept('SIGTERM to a guardian that sends', 1, sandbox.store, job.returncode != 4, f'{took:.1f} s')


def a_live_run_is_not_taken_from_another_pid_namespace():
    """A shared spool: its leader can't be seen there, its lock can."""
    with shim.Sandbox() as sandbox:
        elsewhere = ['unshare', '--pid', '--fork', '--mount-proc']
        if subprocess.run([*elsewhere, 'true'], stderr=subprocess.DEVNULL, check=False).returncode:
            raise tap.Skip('no pid namespaces with a /proc of their own here')
        ready = f'{sandbox.path}/ready'
        job = subprocess.Popen(['dash', '-c', f'{held(sandbox)}; /bin/true; exit 4'],
                               env=sandbox.environment(), stdin=subprocess.DEVNULL)
        crash.guarded_run(sandbox)
        flush = subprocess.run([*elsewhere, shim.DTRACK, 'flush'], check=False,
                               env=sandbox.environment(preload=False), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        tap.same((flush.returncode, flush.stdout, count(sandbox.store)), (0, b'', 0), 'status, output and runs of the flush')
        with open(ready, 'w', encoding='utf-8'):
            pass
        job.wait()
        rows = [row['name'] for row in shim.processes(sandbox.outcome())]
        tap.check('true' in rows, f'what ran after the flush is missing: {rows}')
        accept('flush from another pid namespace', 1, sandbox.store, job.returncode != 4)


def a_store_that_has_the_run_is_left_alone_while_another_one_fails():
    """Both get the same bytes, the second one later; what others wrote into the first one's collection stays."""
    with shim.Sandbox() as sandbox:
        second = f'{sandbox.path}/second'
        sandbox.variables['DTRACK_STORE'] = f'file://{sandbox.store} file://{second}'
        with open(second, 'w', encoding='utf-8'):
            pass
        done = sandbox.run('bash', '-c', f'{crash.MARK} set answer 42; exit 4')
        tap.check(done.status == 4 and second in done.stderr, f'status {done.status}, stderr {done.stderr!r}')
        values = f'{sandbox.store}/pathmetrics/statistics.json'
        with open(values, 'w', encoding='utf-8') as text:
            text.write('{"answer":43}')
        os.unlink(second)
        flush = crash.dtrack(sandbox, 'flush')
        tap.same((flush.returncode, flush.stderr), (0, ''), 'the flush')
        with open(values, encoding='utf-8') as text:
            tap.same(text.read(), '{"answer":43}', 'the collection that another job has changed')
        for path in crash.objects(sandbox.store):
            if '/pathmetrics/' not in path:
                with open(path, 'rb') as one, open(path.replace(sandbox.store, second), 'rb') as other:
                    tap.same(one.read() == other.read(), True, f'both stores have the same {path}')
        accept('one of two stores fails; the first', 1, sandbox.store)
        accept('one of two stores fails; the second', 1, second)


def dtrack_run_says_that_its_guardian_was_killed():
    with shim.Sandbox() as sandbox:
        ready = f'{sandbox.path}/ready'
        job = subprocess.Popen([shim.DTRACK, 'run', '--', 'dash', '-c', f'{held(sandbox)}; exit 4'],
                               env=sandbox.environment(preload=False), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        folder, guardian = crash.guarded_run(sandbox)
        os.kill(guardian, 19)
        with open(ready, 'w', encoding='utf-8'):
            pass
        for _ in range(2):  # the first may see a passing look at it
            crash.wait_until(lambda: f'{folder}/done' in crash.open_files(job.pid), 'the wait for the guardian')
            time.sleep(0.05)
        os.kill(guardian, 9)
        said = job.communicate()[1]
        tap.check('what was to do it has been killed' in said and folder in said, f'stderr is {said!r}')
        tap.same(crash.dtrack(sandbox, 'flush').returncode, 0, 'status of the flush')
        accept('guardian killed while its leader waits', 1, sandbox.store, job.returncode != 4)


def the_guardian_of_dtrack_run_holds_nothing_of_the_job():
    """Somebody may wait to see a pipe closed."""
    with shim.Sandbox() as sandbox:
        pipes = [os.pipe() for _ in range(4)]  # whatever numbers they have
        theirs = [ours[1] for ours in pipes]
        job = subprocess.Popen([shim.DTRACK, 'run', '--', 'dash', '-c', held(sandbox)], pass_fds=theirs,
                               env=sandbox.environment(preload=False), stdin=subprocess.DEVNULL)
        guardian = crash.guarded_run(sandbox)[1]
        names = {os.readlink(f'/proc/self/fd/{fd}') for fd in theirs}
        tap.same(names - set(crash.open_files(job.pid)), set(), 'pipes that dtrack run does not hold')
        tap.same(names & set(crash.open_files(guardian)), set(), 'pipes that the guardian holds')
        with open(f'{sandbox.path}/ready', 'w', encoding='utf-8'):
            pass
        tap.same(job.wait(crash.WAIT_S), 0, 'status of the job')
        for fd in sum(map(list, pipes), []):
            os.close(fd)


def a_store_out_of_reach_is_waited_for_once_in_a_flush():
    if not crash.ALL:
        raise tap.Skip('takes a minute: DTRACK_CRASH_ALL is not set')
    with shim.Sandbox() as sandbox:
        unsent(sandbox, 20)
        for folder in crash.runs_in(sandbox.spool):
            crash.change_context(folder, f'file://{sandbox.store}', 'azure://runs')
        nobody = 'AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:9/a'
        start = time.monotonic()
        flush = crash.dtrack(sandbox, 'flush', AZURE_STORAGE_CONNECTION_STRING=nobody)
        tap.note(f'{time.monotonic() - start:.0f} s for 20 runs')
        tap.same(flush.stderr.count('as before'), 19, 'runs that were not tried in vain')


def a_run_whose_guardian_was_killed_too_ends_with_its_last_sign_of_life():
    """Not when somebody flushes it, which may be days later."""
    with shim.Sandbox() as sandbox:
        folder = crash.leave_run(sandbox)
        beat = time.time() + 100
        os.utime(f'{folder}/lock', (beat, beat))
        tap.same(crash.dtrack(sandbox, 'flush').returncode, 0, 'status of the flush')
        summary, = sandbox.outcome().summaries
        apart = abs(summary['start_ns'] + summary['dur_ns'] - beat * 1e9)
        tap.check(apart < 1e6, f'{apart} ns between the end of the run and its last sign of life')
        accept('ended by its last sign of life', 1, sandbox.store)


def a_run_of_an_earlier_boot_is_stored_with_sane_times():
    """The file `context` says which boot it was; its monotonic clock is not ours."""
    with shim.Sandbox() as sandbox:
        folder = crash.leave_run(sandbox)
        crash.change_context(folder, 'boot\t', 'boot\tanother-')
        time.sleep(0.5)
        tap.same(crash.dtrack(sandbox, 'flush').returncode, 0, 'status of the flush')
        outcome = sandbox.outcome()
        tap.check(not [row for row in outcome.rows if row['end_by'] == 'running'], 'nobody of it runs any more')
        accept('an earlier boot', 1, sandbox.store, remark=f"duration {outcome.summaries[0]['dur_ns'] / 1e6:.0f} ms")


def the_table():
    """Printed last."""
    TABLE.print()
    for fault, row in TABLE.rows.items():
        tap.same(row[1:], [row[1], row[1], 0, 0, 0], f'the row of {fault}')


tap.run([a_run_stops_recording_at_its_limit_and_says_how_much_it_missed, the_limit_is_read_with_its_unit,
         runs_that_could_not_be_sent_take_little_room_and_are_all_sent_later, too_many_runs_lose_the_oldest_and_say_so,
         runs_that_waited_too_long_are_given_up_and_named, what_a_guardian_gives_up_the_next_flush_tells, many_notes_are_all_told, what_is_given_up_while_notes_are_told_is_told_later,
         marks_without_room_are_refused_with_a_word_and_counted, marks_that_others_append_beyond_the_limit_are_left_out_and_told,
         a_shell_that_writes_marks_itself_stays_near_the_limit, many_values_take_little_memory_and_are_told,
         runs_set_aside_are_limited_too, a_disk_that_fills_up_keeps_what_was_recorded,
         a_disk_without_inodes_keeps_what_was_recorded, a_disk_that_becomes_read_only_keeps_what_was_recorded,
         a_spool_that_is_deleted_during_the_run_is_stored_all_the_same,
         a_spool_that_is_cut_short_kills_no_process_that_is_at_rest,
         a_guardian_that_is_asked_to_end_still_stores_its_run,
         a_guardian_that_is_asked_to_end_does_not_wait_for_a_store_that_hangs,
         a_guardian_that_is_asked_to_end_while_it_sends_does_not_wait_either, a_live_run_is_not_taken_from_another_pid_namespace,
         a_store_that_has_the_run_is_left_alone_while_another_one_fails, dtrack_run_says_that_its_guardian_was_killed,
         the_guardian_of_dtrack_run_holds_nothing_of_the_job, a_store_out_of_reach_is_waited_for_once_in_a_flush,
         a_run_whose_guardian_was_killed_too_ends_with_its_last_sign_of_life,
         a_run_of_an_earlier_boot_is_stored_with_sane_times, ('no_limit_loses_a_run_silently', the_table)])
