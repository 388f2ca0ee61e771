# SPDX-License-Identifier: MIT
"""Faults that are known: what shows them is not made until they are mended, when their flag goes away. A flag is a name, why, and
how a program is recognised that may show it."""
import json

from program import steps_of


def has(made, op, **values):
    """Is there a step of that kind, with one of these values each?"""
    return any(step['op'] == op and all(step[key] in allowed for key, allowed in values.items()) for step in steps_of(made))


def orphan_shell(made):
    """A shell that libc starts while its parent may be leaving; or what a system call executes, when its parent has left."""
    threads = [step for step in steps_of(made) if step['op'] == 'thread' and step['how'] != 'joined']
    is_left = '"none"' in json.dumps(made) or has(made, 'orphan') or has(made, 'daemon')
    return any(step['op'] in ('system', 'popen', 'wordexp') for step in steps_of(threads)) or \
        (is_left and has(made, 'exec', how=['raw']))


def random_room(made):
    """How much a small stack has room for depends on where the kernel puts it."""
    return has(made, 'largest') and (bool(made['scene'].get('stack')) or has(made, 'limit', what=['RLIMIT_STACK']))


def run_static(made):
    """A static program that starts what the library does not fit."""
    return made['form'] == 'static' and ('_32' in json.dumps(made) or 'asan' in json.dumps(made))


def musl_unreaped(made):
    """A child of a musl program that nobody waits for, or may not, for it ends its parent."""
    raw = [step for step in steps_of(made) if step['op'] == 'fork' and step['how'] != 'fork']
    kills = has(raw, 'raise') or has(raw, 'end', how=['signal', 'abort'])
    return made['form'] == 'musl' and (kills or '"none"' in json.dumps(made) or has(made, 'orphan') or has(made, 'daemon'))


def random_reaper(made):
    """A child that nobody waits for, of a program that becomes a shell, which waits for every child."""
    return '"none"' in json.dumps(made) and any(step['target'].startswith('to_') for step in steps_of(made) if step['op'] == 'exec')


def random_pipe(made):
    """A pipe into a cat that can't write: it may leave before the next one writes to it, or after that."""
    is_spoiled = 'stdout' in made['scene'] or has(made, 'line', text=['exec 1>/dev/full', 'exec 1>&-', 'ulimit -f 0'])
    return is_spoiled and has(made, 'pipe')


def random_retry(made):
    """A bash that may start few processes: it sleeps for seconds before it tries again."""
    return made['form'] == 'bash' and 'processes' in made['scene']


def random_trap(made):
    """A shell's trap for SIGCHLD. All that it can do starts processes."""
    return has(made, 'trap', signal=['CHLD'])


def last_flush(made):
    """A process that nobody waits for, or a leader that has threads, and whose output is a broken pipe."""
    is_broken = made['scene'].get('stdout') == 'broken' or has(made, 'spoil', how=['broken'])
    return is_broken and ('"none"' in json.dumps(made) or any(has(made, op) for op in ('orphan', 'daemon', 'thread')))


STARTS = ('fork', 'vfork', 'clone', 'spawn', 'system', 'popen', 'wordexp', 'rewritten', 'hold', 'terminal', 'orphan', 'daemon')


def vfork_in_vfork(made):
    """A vfork child that does what starts processes: what its parent would do at exit, or a signal's handler."""
    late = [made.get('dtor', []), made.get('lib', {}).get('dtor', [])] + \
        [step for step in steps_of(made) if step['op'] in ('atexit', 'on_exit')]
    borrowed = [step for step in steps_of(made) if step['op'] in ('vfork', 'clone')]
    leaves = any(step['op'] == 'end' and step['how'] == 'exit' for step in steps_of(borrowed))
    is_hit = has(borrowed, 'raise') or has(borrowed, 'end', how=['signal', 'abort'])
    handlers = [step for step in steps_of(made) if step['op'] == 'handle']
    return any((leaves and has(late, op)) or (is_hit and has(handlers, op)) for op in STARTS)


def musl_last_thread(made):
    """An exit handler of a musl program that ends its thread."""
    late = [made.get('dtor', [])] + [step for step in steps_of(made) if step['op'] in ('atexit', 'on_exit')]
    return made['form'] == 'musl' and any(step['op'] == 'end' and step['how'] == 'thread_exit' for step in steps_of(late))


def last_slot(made):
    """What is left behind when the leader ends, with room for few processes."""
    return 'processes' in made['scene'] and ('"none"' in json.dumps(made) or any(has(made, op) for op in ('orphan', 'daemon', 'background')))


def early_wordexp(made):
    """A shell that libc starts, without any hook, for a library's constructor."""
    return has(made.get('lib', {}).get('ctor', []), 'wordexp')


def early_on_exit(made):
    """An exit handler that flushes, and was there before ours: one of on_exit(), for those of atexit() go with their library."""
    early = [step for step in steps_of(made.get('lib', {}).get('ctor', [])) if step['op'] == 'on_exit']
    return has(early, 'flush')


def late_exec(made):
    """A handler of quick_exit() that executes."""
    return has([step for step in steps_of(made) if step['op'] == 'at_quick_exit'], 'exec')


def left_namespace(made):
    """A shell that libc starts below one that has gone into a user namespace, and has no leader above it any more."""
    return has(made, 'namespace', flags=['CLONE_NEWUSER']) and (has(made, 'daemon') or has(made, 'orphan')) and \
        any(has(made, op) for op in ('system', 'popen', 'wordexp'))


def reaped_unseen(made):
    """A process that nobody sees fork, below one that makes no system calls of ours any more, and comes to a subreaper."""
    is_quiet = has(made, 'no_privileges') or has(made, 'filter')
    return is_quiet and has(made, 'daemon') and (has(made, 'reaper') or bool(made['scene'].get('subreaper')))


FLAGS = {
    'random_reaper': ('which children a shell finds to wait for depends on which have ended by then, watched or not', random_reaper),
    'random_pipe': ('who writes to a pipe whose reader may be gone dies of it, or does not', random_pipe),
    'random_retry': ('bash tries to fork for so long that its time is over, or not', random_retry),
    'random_trap': ('processes that a trap for SIGCHLD starts lead to the next trap, until the shell is out of stack', random_trap),
    'last_flush': ('libc writes what is left in stdout after the last handler: who dies of that, and is waited for by nobody of the job, is said to have left by exit',
                   last_flush),
    'vfork_in_vfork': ('a child of a vfork child is said to be a child of the process whose memory both borrow', vfork_in_vfork),
    'musl_last_thread': ('a thread that ends in an exit handler, and is the last one, leaves by 0 on musl; recorded is what exit was called with', musl_last_thread),
    'last_slot': ('a leader that waits for the store, and the guardian, count among the few processes that what it leaves behind may have; '
                  'the guardian gives way where a hook sees the fork fail', last_slot),
    'early_wordexp': ('the shell of wordexp() in a constructor that runs before ours begins a run of its own', early_wordexp),
    'early_on_exit': ('what a constructor before ours registers by on_exit() comes after our handler: it finds a leader\'s streams flushed', early_on_exit),
    'late_exec': ('a fork child that executes in a handler of quick_exit() has left twice: its end is noted before those handlers', late_exec),
    'left_namespace': ('the kernel lets nobody look at a process that has entered a user namespace: the shell of system() there does not find the run, '
                       'when the leader is not above it', left_namespace),
    'reaped_unseen': ('what daemon() forks where no system call of ours is made is known by who reaps it alone, and said to be its child', reaped_unseen),
    'random_room': ('the largest environment of a small stack is another one each time, watched or not', random_room),
    'orphan_shell': ('the shell of popen(), or of system() in a thread that is left, whose parent is gone before it has begun itself begins a second run; '
                     'so does what is executed past libc', orphan_shell),
    'run_static': ('dtrack run preloads into a static program, which hands that on to all it starts', run_static),
    'musl_unreaped': ('musl\'s raise() in a child forked past libc hits the parent, which lives longer when it waits for the store', musl_unreaped),
}


def predicates(names):
    """Those of some flags."""
    return [FLAGS[name][1] for name in names]
