#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_deploy.py SHIM DTRACK EXAMPLE : the example deployment under the shim, with the embedded store, seen through
`dtrack show` and through the rows in the store."""
import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time

import tap

SHIM, DTRACK, EXAMPLE = map(os.path.abspath, sys.argv[1:])
STEPS = ['compile', 'check', 'package', 'upload']


class Deployment:
    """`make deploy` run once under the shim, and once without anything of dtrack."""

    def __init__(self, folder, *more):
        self.state = os.path.join(folder, 'state')
        tools = os.path.dirname(DTRACK)
        self.plain = self._make(os.path.join(folder, 'plain'), {'PATH': '/usr/bin:/bin'}, more)
        self.watched = self._make(os.path.join(folder, 'plain'), {
            'PATH': f'{tools}:/usr/bin:/bin', 'LD_PRELOAD': SHIM, 'XDG_STATE_HOME': self.state, 'DTRACK_WAIT': '60',
            'HOME': folder, **tap.SANITIZER}, more)

    @staticmethod
    def _make(out, environment, more):
        subprocess.run(['rm', '-rf', out], check=True)
        done = subprocess.run(['make', '-C', EXAMPLE, 'deploy', f'OUT={out}', *more], env=environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return done

    def show(self):
        """What `dtrack show` prints about the latest run."""
        done = subprocess.run([DTRACK, 'show'], env={'XDG_STATE_HOME': self.state, 'HOME': self.state, **tap.SANITIZER},
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        tap.check(done.returncode == 0, f'dtrack show ended with {done.returncode}: {done.stderr}')
        return done.stdout

    def rows(self, kind):
        """Rows of one kind from the only object of spans in the store; of tasks those that were marked."""
        path, = glob.glob(os.path.join(self.state, '**', 'run-*.ndjson.gz'), recursive=True)
        with gzip.open(path, 'rt', encoding='utf-8') as lines:
            return [row for row in map(json.loads, lines) if row['kind'] == kind and row['end_by'] != 'derived']


FOLDER = tempfile.TemporaryDirectory()
JOBS = {}


def job(*more):
    """The deployment with these arguments; run at first use."""
    if more not in JOBS:
        place = os.path.join(FOLDER.name, str(len(JOBS)))
        os.mkdir(place)
        JOBS[more] = Deployment(place, *more)
    return JOBS[more]


def passing():
    """A deployment that works."""
    return job()


def failing():
    """A deployment whose destination refuses."""
    return job('FAIL=upload')


def said(done):
    """Status and output; -j2 may swap the two compilations."""
    return done.returncode, sorted(done.stdout.splitlines()), done.stderr.splitlines()


def job_is_the_same_with_and_without():
    """Status, output and result, also of the one that fails."""
    tap.same(said(passing().watched), said(passing().plain), 'the passing job')
    tap.same(said(failing().watched), said(failing().plain), 'the failing job')
    tap.same((passing().watched.returncode, failing().watched.returncode), (0, 2), 'their statuses')


def steps_are_tasks_with_durations():
    """Each was started and ended by a mark."""
    tasks = passing().rows('task')
    tap.same([task['name'] for task in tasks], STEPS, 'the tasks')
    for task in tasks:
        tap.check(task['end_by'] == 'mark' and task['dur_ns'] > 0, f'{task}')


def processes_belong_to_their_step():
    """The compiler to compile, the upload's cp to upload."""
    where = {row['name']: row['task'] for row in passing().rows('process')}
    tap.same([where.get(name) for name in ('cc1', 'tar', 'cp')], ['compile', 'package', 'upload'], 'tasks of cc1, tar, cp')


def marks_are_kept_with_their_values():
    """A number stays one; an event has none."""
    marks = {row['name']: row['value'] for row in passing().rows('mark')}
    size = os.path.getsize(glob.glob(os.path.join(FOLDER.name, '*', 'plain', 'destination', 'greet.tar.gz'))[0])
    tap.same(marks, {'package_bytes': str(size), 'deployed': None}, 'the marks')


def failing_step_is_named_with_its_status():
    """In what a person sees: the step, what failed in it, and how the job ended."""
    lines = failing().show().splitlines()
    for words in (['make', 'exit 2'], ['upload', 'never ended'], ['exit 3', 'sh upload.sh']):
        tap.check(any(all(word in line for word in words) for line in lines), f'no line with {words} in:\n' +
                  '\n'.join(lines))


def failing_process_has_its_status_in_the_record():
    """And make's own status is what make gave."""
    failed = [row for row in failing().rows('process') if 'upload.sh' in row['args']]
    tap.same([row['exit_code'] for row in failed], [3], 'status of upload.sh')
    run, = failing().rows('run')
    tap.same(run['exit_code'], 2, 'status of the run')


def task_left_open_is_closed_by_the_run():
    """The mark behind the failing step is never reached."""
    tasks = {task['name']: task for task in failing().rows('task')}
    tap.same([tasks[name]['end_by'] for name in STEPS], ['mark', 'mark', 'mark', 'run'], 'who ended the tasks')
    tap.check(tasks['upload']['dur_ns'] > 0, 'upload has no duration')


def a_job_that_goes_on_is_shown_up_to_now():
    """Its figures reach as far as its clock, and what runs has taken so long already."""
    place = os.path.join(FOLDER.name, 'goes on')
    env = {'PATH': '/usr/bin:/bin', 'XDG_STATE_HOME': place, 'HOME': place, **tap.SANITIZER}
    with subprocess.Popen(['sh', '-c', 'sleep 3; exit 0'], env={**env, 'LD_PRELOAD': SHIM}, stdin=subprocess.DEVNULL) as child:
        time.sleep(1.5)
        done = subprocess.run([DTRACK, 'show', '--json'], env=env, stdout=subprocess.PIPE, check=True)
        tap.same(child.poll(), None, 'the job')
        shown = json.loads(done.stdout)
    waited = {share['name']: share['path_ns'] for share in shown['path']}
    tap.check(shown['running'] and shown['dur_ns'] >= 1e9 and waited['sleep'] >= shown['dur_ns'] / 2, shown)


if __name__ == '__main__':
    with FOLDER:
        tap.run([job_is_the_same_with_and_without, steps_are_tasks_with_durations, processes_belong_to_their_step,
                 marks_are_kept_with_their_values, failing_step_is_named_with_its_status,
                 failing_process_has_its_status_in_the_record, task_left_open_is_closed_by_the_run,
                 a_job_that_goes_on_is_shown_up_to_now])
