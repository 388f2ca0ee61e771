#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whose spool it is: what others could replace or have planted is left alone, and nobody is kept from his work by it."""
import os

import shim
import tap

NOBODY = 65534
AS_NOBODY = ['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}', '--clear-groups']
PLANT = b'dtkspool'[::-1] + bytes(1 << 16)


def not_recorded(place):
    """What a leader says that finds no place for its run."""
    return f"dtrack: this run is not recorded: others may write to '{place}'\n"


def need_root():
    if os.geteuid() != 0:
        raise tap.Skip('only root can be two users')


def a_spool_that_anybody_could_replace_is_refused():
    """Below a folder that everybody may write to; the sticky bit makes it one's own again."""
    for mode, runs in ((0o777, 0), (0o1777, 1), (0o755, 1)):
        with shim.Sandbox() as sandbox:
            place = os.path.join(sandbox.path, 'place')
            os.mkdir(place)
            os.chmod(place, mode)
            sandbox.spool = os.path.join(place, 'below', 'spool')
            outcome = sandbox.run('sh', '-c', 'true; exit 6')
            told = '' if runs else not_recorded(place)
            tap.same((outcome.status, outcome.stdout, outcome.stderr), (6, '', told), f'with mode {mode:o}')
            tap.same(len(outcome.summaries), runs, f'runs with mode {mode:o}')


def what_another_user_planted_is_left_alone():
    """A folder in our place, and a run that the environment names."""
    need_root()
    with shim.Sandbox() as sandbox:
        run = os.path.join(sandbox.spool, 'run-20260101T000000.000Z-00000000')
        plant = os.path.join(run, 'spool')
        os.makedirs(run)
        with open(plant, 'wb') as file:
            file.write(PLANT)
        for path in (sandbox.spool, run, plant):
            os.chown(path, NOBODY, NOBODY)
        before = os.stat(plant)
        told = not_recorded(sandbox.spool)
        for env, stderr in (({}, told), ({'DTRACK_RUN': run}, ''),
                            ({'DTRACK_RUN': run, 'DTRACK_FROM': f'1.1.0.0.c1.{os.getpid():x}.{NOBODY:x}.3.1'}, '')):
            outcome = sandbox.run('sh', '-c', '/bin/true; exit 6', env=dict(sandbox.environment(), **env))
            tap.same((outcome.status, outcome.stdout, outcome.stderr, outcome.summaries), (6, '', stderr, []), f'with {env}')
        tap.same(os.listdir(sandbox.spool), [os.path.basename(run)], 'the folder that was planted')
        tap.same(os.stat(plant).st_mtime_ns, before.st_mtime_ns, 'the time of the file that was planted')
        with open(plant, 'rb') as file:
            tap.check(file.read() == PLANT, 'the file that was planted has been written to')


def a_user_in_a_run_of_root_is_timed_from_outside():
    need_root()
    with shim.Sandbox() as sandbox:
        os.chmod(sandbox.path, 0o755)
        words = ' '.join(AS_NOBODY)
        outcome = sandbox.run('sh', '-c', f'{words} sh -c "/bin/true; cat $0/spool/run-*/spool; exit 3"; exit $?', sandbox.path)
        tap.same((outcome.status, outcome.stdout, len(outcome.summaries)), (3, '', 1), 'status, what it could read, runs')
        tap.check('dtrack' not in outcome.stderr.replace(sandbox.path, ''), f'we keep silent: {outcome.stderr!r}')
        ends = [(row['exit_code'], row['end_by']) for row in outcome.rows if row['kind'] == 'process']
        tap.check((3, 'parent') in ends, f'its end is known: {ends}')


def root_in_a_run_of_a_user_leaves_it_alone():
    need_root()
    with shim.Sandbox() as sandbox:
        run = os.path.join(sandbox.spool, 'run-of-nobody')
        os.makedirs(run, mode=0o700)
        for path in (sandbox.spool, run):
            os.chown(path, NOBODY, NOBODY)
        outcome = sandbox.run('sh', '-c', '/bin/true; exit 6', env=dict(sandbox.environment(), DTRACK_RUN=run))
        tap.same((outcome.status, outcome.stdout, outcome.stderr), (6, '', not_recorded(sandbox.spool)), 'the job')
        tap.same(os.listdir(run), [], 'what root left there')


tap.run([a_spool_that_anybody_could_replace_is_refused, what_another_user_planted_is_left_alone,
         a_user_in_a_run_of_root_is_timed_from_outside, root_in_a_run_of_a_user_leaves_it_alone])
