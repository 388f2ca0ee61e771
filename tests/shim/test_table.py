# SPDX-License-Identifier: MIT
"""What the library opens for a moment is noticed by nobody: neither by fork children of other threads, nor by locks."""
import os
import shutil

import shim
import tap

TABLE = shim.victim('table')


def recorded(*command):
    """A command that leaves with 0 by itself does so watched, too, and is on record."""
    with shim.Sandbox() as sandbox:
        plain = sandbox.run(*command, preload=False)
        watched = sandbox.run(*command)
    tap.same((plain.status, plain.stderr), (0, ''), f'outcome of {command} without us')
    tap.same((watched.status, watched.stderr), (0, ''), f'outcome of {command}')
    tap.check(shim.processes(watched, os.path.basename(command[-1])), 'what it started is on record')


def locks_on_what_is_spawned_survive():
    """A script, its interpreter, and a program that goes without us."""
    with shim.Sandbox() as sandbox:
        script = os.path.join(sandbox.path, 'script')
        with open(script, 'w', encoding='utf-8') as text:
            text.write('#!/bin/sh\nexit 0\n')
        os.chmod(script, 0o755)
        recorded(TABLE, 'locks', script)
        recorded(TABLE, 'locks', shutil.copy('/bin/true', sandbox.path))
        recorded(TABLE, 'locks', shutil.copy(shim.victim('static'), sandbox.path))


def locks_on_what_their_holder_executes_survive():
    """No script: a shell opens and closes that itself."""
    with shim.Sandbox() as sandbox:
        recorded(TABLE, 'becomes', shutil.copy('/bin/sh', os.path.join(sandbox.path, 'shell')))


def fork_children_see_nothing_of_an_exec_that_fails():
    """What is no program is looked at each time."""
    with shim.Sandbox() as sandbox:
        text = os.path.join(sandbox.path, 'text')
        with open(text, 'w', encoding='utf-8') as file:
            file.write('no program\n')
        plain = sandbox.run(TABLE, 'fails', text, preload=False)
        watched = sandbox.run(TABLE, 'fails', text)
        tap.same((plain.status, watched.status), (0, 0), 'outcome without and with us')


def fork_children_of_other_threads_inherit_nothing_of_ours():
    recorded(TABLE, 'forks', '/bin/true')
    recorded(TABLE, 'forks', shim.victim('static'))


tap.run([locks_on_what_is_spawned_survive, locks_on_what_their_holder_executes_survive,
         fork_children_see_nothing_of_an_exec_that_fails, fork_children_of_other_threads_inherit_nothing_of_ours])
