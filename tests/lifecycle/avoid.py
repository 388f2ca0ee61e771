# SPDX-License-Identifier: MIT
"""Faults that are known: what shows them is not made until they are mended, when their flag goes away. A flag is a name, why, and
how a program is recognised that may show it."""
import json

from program import steps_of


def has(made, op, **values):
    """Is there a step of that kind, with one of these values each?"""
    return any(step['op'] == op and all(step[key] in allowed for key, allowed in values.items()) for step in steps_of(made))


def many_variables(made):
    """More variables than the shim edits after vfork, and something that it should be kept from."""
    text = json.dumps(made)
    return ('variables' in made['scene'] or has(made, 'environ', how=['more']) or '"many"' in text) and \
        ('_32' in text or 'asan' in text or made['form'] == '32')


def open_line(made):
    """A script that is one line without its end."""
    return 'to_asan_open' in json.dumps(made)


def broken_pipe(made):
    """stdio into a pipe without a reader."""
    return made['scene'].get('stdout') == 'broken' or has(made, 'spoil', how=['broken'])


def quick_exit_handler(made):
    """A handler of quick_exit that does more than speak."""
    quiet = ('say', 'puts', 'flush')
    return any(step['op'] == 'at_quick_exit' and any(inner['op'] not in quiet for inner in step['body']) for step in steps_of(made))


def orphan_shell(made):
    """A shell that libc starts below somebody whose parents are gone."""
    shells = [step for step in steps_of(made) if step['op'] in ('system', 'popen', 'wordexp')]
    return bool(shells) and (has(made, 'orphan') or has(made, 'daemon') or '"none"' in json.dumps(made))


def full_table(made):
    """No descriptor is left to look at what is executed."""
    return has(made, 'fill') and ('_32' in json.dumps(made) or 'asan' in json.dumps(made))


def run_static(made):
    """A static program that starts what the library does not fit."""
    return made['form'] == 'static' and ('_32' in json.dumps(made) or 'asan' in json.dumps(made))


def fexecve_null(made):
    """No environment at all, which fexecve refuses."""
    return has(made, 'exec', how=['fexecve', 'path_fexecve'], env=['null'])


def locked_stdout(made):
    """A stream that a dead thread has left locked."""
    return has(made, 'lock')


def vfork_exit(made):
    """A child that borrows memory and calls exit in it."""
    return any(step['op'] in ('vfork', 'clone') and has(step['body'], 'end', how=['exit', 'quick_exit', 'return', 'thread_exit'])
               for step in steps_of(made))


FLAGS = {
    'many_variables': ('after vfork, more than 508 variables are neither edited nor judged', many_variables),
    'open_line': ('a script that is #! and an interpreter, without a line break, is not judged', open_line),
    'broken_pipe': ('SIGPIPE is blocked while the leader\'s streams are flushed', broken_pipe),
    'quick_exit_handler': ('handlers of quick_exit run when the run has ended: nothing they do is heard, and who starts something hangs', quick_exit_handler),
    'orphan_shell': ('the shell of an orphan\'s system() begins a second run', orphan_shell),
    'full_table': ('without a free descriptor everything is let in', full_table),
    'run_static': ('dtrack run preloads into a static program, which hands that on to all it starts', run_static),
    'fexecve_null': ('fexecve without an environment is EINVAL, and succeeds when watched', fexecve_null),
    'locked_stdout': ('the leader waits for a stream that a dead thread has locked', locked_stdout),
    'vfork_exit': ('a vfork child that calls exit ends the run, or is taken for its parent', vfork_exit),
}


def predicates(names):
    """Those of some flags."""
    return [FLAGS[name][1] for name in names]
