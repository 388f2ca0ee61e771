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
    few = made['scene'].get('descriptors') == 4 or has(made, 'limit', what=['RLIMIT_NOFILE'], value=[4])
    return (few or has(made, 'fill')) and ('_32' in json.dumps(made) or 'asan' in json.dumps(made))


def run_static(made):
    """A static program that starts what the library does not fit."""
    return made['form'] == 'static' and ('_32' in json.dumps(made) or 'asan' in json.dumps(made))


def reaper_leader(made):
    """A leader that is a subreaper, and looks for whatever child it has."""
    return made['scene'].get('subreaper') and ('"all"' in json.dumps(made) or '"children"' in json.dumps(made))


def spawn_chdir(made):
    """A target that is named from a folder that spawn goes to first."""
    return has(made, 'spawn', how=['chdir'])


def musl_unreaped(made):
    """A child of a musl program that nobody waits for."""
    return made['form'] == 'musl' and ('"none"' in json.dumps(made) or has(made, 'orphan') or has(made, 'daemon'))


def small_altstack(made):
    """A handler on the smallest of stacks that executes something."""
    return any(step['op'] == 'handle' and step['small'] and step['body'] for step in steps_of(made))


def lock_lost(made):
    """A lock on a file that is executed."""
    return has(made, 'hold')


def filtered_orphan(made):
    """Somebody below a filter whose parents are gone."""
    return has(made, 'filter') and (has(made, 'orphan') or has(made, 'daemon') or '"none"' in json.dumps(made))


def raw_child_shell(made):
    """A shell that libc starts below a fork past libc."""
    return has(made, 'fork', how=['raw', 'raw_clone']) and (has(made, 'system') or has(made, 'popen') or has(made, 'wordexp'))


def path_search(made):
    """A search along PATH for something that must be kept out."""
    text = json.dumps(made)
    searches = any(step['op'] == 'run' and step['words'] and 'asan' in step['target'] for step in steps_of(made))
    return searches or 'asan' in text and (has(made, 'exec', how=['execvp', 'execlp', 'execvpe']) or has(made, 'spawn', how=['path']))


def new_interpreter(made):
    """A script whose interpreter is another one the second time."""
    return has(made, 'rewritten', how=['link'])


def largest_environment(made):
    """An environment that leaves no room for ours."""
    return has(made, 'largest')


def children_used(made):
    """Somebody who asks what its children have used."""
    return has(made, 'show', what=['children'])


def raw_child_vfork(made):
    """A child that was forked past libc and uses vfork, as spawn does."""
    below = [step['body'] for step in steps_of(made) if step['op'] == 'fork' and step['how'] != 'fork']
    return any(has(body, 'vfork') or has(body, 'spawn') or has(body, 'clone') or has(body, 'hold') for body in below)


def early_pid_namespace(made):
    """A constructor that makes a namespace of process ids, before ours."""
    early = [made.get('ctor'), made.get('lib', {}).get('ctor')]
    return has(early, 'namespace', flags=['CLONE_NEWPID'])


def early_child(made):
    """A library whose constructor starts somebody, before ours."""
    early = made.get('lib', {}).get('ctor')
    return any(step['op'] not in ('say', 'puts', 'flush', 'show', 'block', 'limit', 'close', 'environ') for step in steps_of(early))


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
    'reaper_leader': ('the guardian is a child of a leader that is a subreaper', reaper_leader),
    'spawn_chdir': ('the gate does not follow spawn\'s change of folder', spawn_chdir),
    'musl_unreaped': ('a leader on musl gets the status of a child that it never waited for', musl_unreaped),
    'small_altstack': ('the gate needs more than the 8 KiB of an alternate stack', small_altstack),
    'lock_lost': ('the gate opens and closes the file, and POSIX locks on it are gone', lock_lost),
    'filtered_orphan': ('a program that a daemon with a filter starts begins a second run', filtered_orphan),
    'raw_child_shell': ('a shell that libc starts in a child forked past libc hangs on the run', raw_child_shell),
    'path_search': ('the gate takes a folder on PATH for what execvp would find', path_search),
    'new_interpreter': ('the verdict about a script is kept when its interpreter is another', new_interpreter),
    'largest_environment': ('the largest environment has no room for ours, and E2BIG is what the program gets', largest_environment),
    'children_used': ('RUSAGE_CHILDREN of the leader is not zero at the start', children_used),
    'raw_child_vfork': ('what a child that was forked past libc starts by vfork has a wrong parent', raw_child_vfork),
    'early_pid_namespace': ('the guardian becomes the first process of a namespace that a constructor has made', early_pid_namespace),
    'early_child': ('what a library\'s constructor starts before ours begins a run of its own', early_child),
    'fexecve_null': ('fexecve without an environment is EINVAL, and succeeds when watched', fexecve_null),
    'locked_stdout': ('the leader waits for a stream that a dead thread has locked', locked_stdout),
    'vfork_exit': ('a vfork child that calls exit ends the run, or is taken for its parent', vfork_exit),
}


def predicates(names):
    """Those of some flags."""
    return [FLAGS[name][1] for name in names]
