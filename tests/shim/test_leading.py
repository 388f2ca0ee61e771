#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One way to lead a run: by the library in a job's first process, by `dtrack run` around it, and by both at once, the same is recorded,
and the same is said of what went wrong."""
import os
import shutil
import signal
import subprocess
import time

import shim
import tap

# Words before the command, and whether the first program is preloaded.
RUN = (shim.DTRACK, 'run', '--')
WAYS = {'preload': ((), True), 'dtrack run': (RUN, False), 'both': (RUN, True)}
HELD = ('sh', '-c', 'echo; read line; exit 3')


def kept(words, folder):
    """What a leader says when the run stays in its folder."""
    return f"dtrack: {words}; the run is kept in '{folder}', 'dtrack flush' sends it\n"


class Held:
    """A job that goes on until it is let go, led in one of the ways, by a program and library of its own."""

    def __init__(self, sandbox, way, place=shim.BUILD):
        words, preload = WAYS[way]
        env = sandbox.environment(preload)
        if preload:
            env['LD_PRELOAD'] = f'{place}/preload/libdtrack.so'
        words = [f'{place}/lib/cmd/dtrack', *words[1:]] if words else []
        self.job = subprocess.Popen([*words, *HELD], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.job.stdout.readline()
        guardians = {}
        while not guardians:
            guardians = shim.guardians_in(sandbox.spool)
        (self.guardian, self.folder), = guardians.items()
        while not os.path.exists(f'{self.folder}/context'):  # it has begun
            time.sleep(0.001)

    def kill_guardian(self):
        """Until it holds nothing any more."""
        os.kill(self.guardian, signal.SIGKILL)
        try:
            while True:
                with open(f'/proc/{self.guardian}/stat', encoding='utf-8') as text:
                    if text.read().rpartition(')')[2].split()[0] in 'ZX':
                        return
        except OSError:
            return

    def let_go(self):
        """Let it end."""
        self.job.stdin.write(b'\n')
        self.job.stdin.flush()

    def wait_for_wait(self):
        """Until the leader waits for its guardian: it has the run's `done` open then."""
        def files():
            for name in os.listdir(f'/proc/{self.job.pid}/fd'):
                try:
                    yield os.readlink(f'/proc/{self.job.pid}/fd/{name}')
                except OSError:
                    continue
        while f'{self.folder}/done' not in set(files()):
            tap.same(self.job.poll(), None, 'the status of the leader that is to wait')

    def end(self):
        """Its status and what was said."""
        _, said = self.job.communicate(timeout=60)
        return self.job.returncode, said.decode()


def each_way(body, **variables):
    """Call body(sandbox, way) for each."""
    for way in WAYS:
        with shim.Sandbox(**variables) as sandbox:
            body(sandbox, way)


def a_store_that_refuses_is_told_of_by_its_guardian():
    def body(sandbox, way):
        job = Held(sandbox, way)
        job.let_go()
        status, said = job.end()
        tap.same(status, 3, f'status, {way}')
        tap.check(said.startswith('dtrack: ') and '/proc/nothing/' in said and
                  said.endswith(kept('', job.folder)[len('dtrack: '):]) and said.count('\n') == 1, f'{way}: {said!r}')
    each_way(body, DTRACK_STORE='file:///proc/nothing')


def a_leader_that_has_waited_enough_says_so():
    def body(sandbox, way):
        job = Held(sandbox, way)
        os.kill(job.guardian, signal.SIGSTOP)
        job.let_go()
        ended = job.end()
        os.kill(job.guardian, signal.SIGCONT)
        tap.same(ended, (3, kept('the run is not stored yet and is left to the background', job.folder)), way)
        tap.same(len(sandbox.settled().summaries), 1, f'runs that are stored later, {way}')
    each_way(body, DTRACK_WAIT='0.2')


def a_leader_that_is_asked_to_end_waits_no_longer():
    """The job's status is what it was."""
    def body(sandbox, way):
        job = Held(sandbox, way)
        os.kill(job.guardian, signal.SIGSTOP)
        job.let_go()
        job.wait_for_wait()
        began = time.monotonic()
        job.job.terminate()
        ended, took = job.end(), time.monotonic() - began
        os.kill(job.guardian, signal.SIGCONT)
        tap.same(ended, (3, kept('the run is not stored yet and is left to the background', job.folder)), way)
        tap.check(took < 60, f'{took} of 600 seconds, {way}')
    each_way(body, DTRACK_WAIT='600')


def a_guardian_that_is_killed_while_its_leader_waits_is_missed():
    def body(sandbox, way):
        job = Held(sandbox, way)
        os.kill(job.guardian, signal.SIGSTOP)
        job.let_go()
        job.wait_for_wait()
        os.kill(job.guardian, signal.SIGKILL)
        tap.same(job.end(), (3, kept('the run is not stored, for what was to do it has been killed', job.folder)), way)
    each_way(body, DTRACK_WAIT='600')


def a_guardian_that_was_killed_before_is_made_again():
    def body(sandbox, way):
        job = Held(sandbox, way)
        job.kill_guardian()
        job.let_go()
        tap.same(job.end(), (3, ''), way)
        tap.same(len(sandbox.settled().summaries), 1, f'runs, {way}')
    each_way(body)


def installation(sandbox):
    """A copy of program and library, as they lie in a build folder."""
    place = os.path.join(sandbox.path, 'copy')
    for path in ('preload/libdtrack.so', 'lib/cmd/dtrack'):
        os.makedirs(os.path.dirname(f'{place}/{path}'))
        shutil.copy(f'{shim.BUILD}/{path}', f'{place}/{path}')
    return place


def a_program_that_cannot_be_started_any_more_is_missed():
    """When the guardian is gone, and there can be no other one."""
    def body(sandbox, way):
        place = installation(sandbox)
        job = Held(sandbox, way, place)
        os.chmod(f'{place}/lib/cmd/dtrack', 0)
        job.kill_guardian()
        job.let_go()
        tap.same(job.end(), (3, kept("cannot start the program 'dtrack'", job.folder)), way)
    each_way(body)


def the_reason_is_the_same_in_each_run_without_a_program():
    """Whether there is none, or none that can be executed, or another one; not whichever process was quicker."""
    for kind in ('none', 'no program', 'another'):
        with shim.Sandbox() as sandbox:
            program = f'{installation(sandbox)}/lib/cmd/dtrack'
            os.unlink(program)
            if kind != 'none':
                shutil.copy('/bin/true' if kind == 'another' else '/etc/passwd', program)
            said = set()
            for _ in range(12):
                outcome = sandbox.run('sh', '-c', '/bin/true; exit 3', env=dict(
                    sandbox.environment(False), LD_PRELOAD=f'{sandbox.path}/copy/preload/libdtrack.so'))
                said.add(outcome.stderr.partition(';')[0])
        tap.same(said, {"dtrack: cannot start the program 'dtrack'"}, kind)


def a_limit_that_is_no_number_is_the_one_thing_said():
    def body(sandbox, way):
        job = Held(sandbox, way)
        job.let_go()
        tap.same(job.end(), (3, 'dtrack: DTRACK_WAIT is no number of seconds: it is taken for 10\n'), way)
    each_way(body, DTRACK_WAIT='abc')


def tree_of(outcome):
    """The rows without ids and times: what was run, by whom, and how it ended; without those of forks that took long to exec."""
    by_id = {row['span_id']: row for row in outcome.rows}
    left_out = {'run_id', 'span_id', 'parent_id', 'start_ns', 'dur_ns', 'pid', 'ppid', 'reaped_ns', 'ended_by_ns', 'user_us', 'sys_us',
                'tree_user_us', 'tree_sys_us', 'maxrss_kb', 'minflt', 'majflt', 'inblock', 'oublock', 'nvcsw', 'nivcsw'}

    def line(row):
        parent = by_id.get(row['parent_id'])
        return [] if parent is None else [*line(parent), (parent['kind'], parent['name'], parent['args'])]
    rows = [dict({key: value for key, value in row.items() if key not in left_out}, line=line(row)) for row in outcome.rows
            if not (row['forked'] and row['end_by'] == 'exec')]
    return sorted(rows, key=repr)


def same_rows(what, *command, **variables):
    """What each way records of a command: the same rows, but for who saw the end of the command itself."""
    trees = {}
    for way, (words, preload) in WAYS.items():
        with shim.Sandbox(**variables) as sandbox:
            done = sandbox.run(*words, *command, preload=preload, cwd='/')
            outcome = sandbox.settled()
        summary, = outcome.summaries
        tree = tree_of(outcome)
        for row in tree:
            if row['end_by'] in ('self', 'parent') and len(row['line']) <= 1:
                row['end_by'] = 'seen'
        status = {key: value for key, value in summary['status'].items() if key != 'end_by'}
        trees[way] = (done[:3], summary['name'], status, summary['totals']['failed'], tree)
    for way, tree in trees.items():
        for got, want in zip(tree, trees['dtrack run']):
            tap.same(got, want, f'{what}, {way} beside dtrack run')


def all_ways_record_the_same():
    static = shim.victim('static')
    with shim.Sandbox() as place:
        script = os.path.join(place.path, 'script')
        with open(script, 'w', encoding='utf-8') as text:
            text.write('#!/bin/sh\n/bin/true "$@"\nexit 6\n')
        os.chmod(script, 0o755)
        same_rows('a program', 'true')
        same_rows('one that fails', '/bin/false')
        same_rows('a script', script, 'a', '--password', 'hidden')
        same_rows('processes', 'sh', '-c', f'/bin/true; (exit 4); {static} /bin/true; {script}; /bin/echo b | cat; exec sh -c "exit 5"')
        same_rows('a chain', 'env', 'nice', 'sh', '-c', 'exit 9')
        same_rows('names of arguments', 'sh', '-c', 'exit 1', 'word', DTRACK_ARGS='name')
        same_rows('all arguments', 'sh', '-c', 'exit 1', '--password', 'shown', DTRACK_ARGS='full')
        same_rows('a name', 'sh', '-c', 'exit 1', DTRACK_NAME='nightly')


def a_run_has_the_name_that_dtrack_run_was_told():
    """By the library of another installation, too, which begins a run in `dtrack` itself."""
    with shim.Sandbox() as sandbox:
        foreign = f'{installation(sandbox)}/preload/libdtrack.so'
        for library in (shim.LIBRARY, foreign):
            shutil.rmtree(sandbox.store, ignore_errors=True)
            outcome = sandbox.run(shim.DTRACK, 'run', '--name', 'job', '--', 'sh', '-c', '/bin/true; exit 4',
                                  env=dict(sandbox.environment(False), LD_PRELOAD=library))
            tap.same((outcome.status, outcome.stderr, [s['name'] for s in outcome.summaries]), (4, '', ['job']), library)


tap.run([a_store_that_refuses_is_told_of_by_its_guardian, a_leader_that_has_waited_enough_says_so,
         a_leader_that_is_asked_to_end_waits_no_longer, a_guardian_that_is_killed_while_its_leader_waits_is_missed,
         a_guardian_that_was_killed_before_is_made_again, a_program_that_cannot_be_started_any_more_is_missed,
         the_reason_is_the_same_in_each_run_without_a_program, a_limit_that_is_no_number_is_the_one_thing_said,
         all_ways_record_the_same, a_run_has_the_name_that_dtrack_run_was_told])
