# SPDX-License-Identifier: MIT
"""The table: which animals there are, which hazard each one is, and what is expected beside what strace says."""
from collections import namedtuple

from judge import ANY

# name       what the test is called
# hazard     its number in README.md; 0 = found beyond them
# command    words; {tmp} is a folder of its own, {shim} the library. Run in the folder of the animals.
# witness    who saw an end, where it is neither an exit seen by itself nor a signal seen by the parent: name of the
#            program, or :STATUS, or name:STATUS -> words, such as 'self or running'
# missing    how many processes nobody can know of; ANY where they are those that there was no room for
# blind      in how many processes images are missing that nobody can know of, or ANY
# before     how many images the root has before the one that we are loaded into
# runs       how many runs there are in the end; None: whatever
# timed      False: strace itself is too slow for so many, or some are known only when they have lived a while
# clock      False: some live by a clock of their own, so that moments are not to be trusted, and that is said
# pids       False: they are not the same for everybody
# plain      whether it must do the same without us
# preload    what LD_PRELOAD is
# wrap       words before strace and everything: what the system is like
# needs      programs and animals without which it is skipped; 'root' is who may do everything, 'nobody' one who may
#            not, but may come here
# user       'nobody': the command is run as that
# env        what else the command finds in its environment
Case = namedtuple('Case', 'name hazard command witness missing blind before runs timed clock pids plain preload wrap needs '
                  'user env', defaults=({}, 0, 0, 0, 1, True, True, True, True, '{shim}', (), (), None, {}))


def ways(animal, hazard, names, **more):
    """One case for each way of an animal."""
    return [Case(f'{animal}_{name}', hazard, [f'./{animal}', name], **more) for name in names.split()]


SECCOMP_WAYS = ('kill_then_return kill_then_exit kill_then_quick_exit refuse_then_exit kill_for_real '
                'unnoticed_then_return unnoticed_then_exit kill_then_fork strict_mode')
# A process that is traced cannot search for its leaks.
NO_LEAK_SEARCH = {'LSAN_OPTIONS': 'detect_leaks=0'}


def leaves(hazard, names, witness='self', status=5, **more):
    """One case for each form of the leaf, started in every way."""
    return [Case(f'starts_{name}', hazard, ['./starts', f'./{name}', str(status)], {name: witness}, needs=[name],
                 **more) for name in names.split()]


def limited(name, kind, limit, **more):
    """The family below a limit; whoever sets it must not need any library, and is not seen."""
    return Case(f'limits_{name}', 25, ['./limits_static', kind, str(limit), './family'], before=1, **more)


def beside(name, hazard, library):
    """The family with another library, preloaded before ours and behind it: with each of the two separators."""
    return [Case(f'preload_{name}_first', hazard, ['./family'], preload=f'{library}:{{shim}}', needs=[library]),
            Case(f'preload_{name}_behind', hazard, ['./family'], preload=f'{{shim}} {library}', needs=[library])]


def before(command):
    """A wrap that lets the shell do something first."""
    return ['sh', '-c', f'{command} && exec "$@"', '-']


CAPPED = before('cp leaf {tmp}/capped && setcap cap_net_raw+ep {tmp}/capped')


def in_spool(options):
    """A wrap that mounts a small file system where the spool is to be."""
    return ['unshare', '-m', 'sh', '-c', 'mkdir {tmp}/spool && '
            f'mount -t tmpfs -o mode=700,{options} none {{tmp}}/spool && exec "$@"', '-']


CASES = [
    *ways('vfork', 1, 'executes'),
    *ways('vfork', 1, 'from_threads', timed=False),
    *ways('vfork', 1, 'fails leaves exits leaves_unreaped'),
    *ways('vfork', 1, 'exits_in_a_sandbox', witness={':6': 'parent'}),
    *ways('vfork', 1, 'searches', witness={'leaf_static': 'parent'}),
    *ways('posix_spawn', 2, 'attributes file_actions without_a_pid'),
    *ways('posix_spawn', 2, 'fails', missing=4),  # libc's own, which it does not tell of
    *ways('posix_spawn', 2, 'elsewhere', witness={'leaf_static': 'parent'}),
    *ways('inside_libc', 3, 'one_by_one pipes from_threads in_a_child'),
    *ways('inside_libc', 3, 'is_there_a_shell', timed=False),
    *ways('exec_family', 4, 'execv execve execl execle execveat fexecve closed_fexecve execvp execlp execvpe '
          'no_environment bare_environment no_arguments empty_arguments many_arguments huge_argument after_failures '
          'plain_text'),
    *ways('exec_family', 4, 'descriptor', witness={'leaf_static': 'parent'}),
    Case('exec_chain', 5, ['./exec_chain', '20']),
    # Below a program without an interpreter the shim is gone.
    Case('exec_chain_over_static', 5, ['./exec_chain', '6', './separator'], {'leaf': 'inferred'}, missing=5, blind=1),
    Case('ends', 6, ['./ends'], {':14': 'parent'}),
    Case('signals', 7, ['./signals']),
    Case('waits', 8, ['./waits']),
    *ways('unwaited', 8, 'forgotten ignored no_zombies', witness={':SIGKILL': 'inferred'}),
    *ways('unwaited', 8, 'ignored_in_system', timed=False),
    *ways('unwaited', 8, 'reaped_by_another orphaned'),
    *ways('raw_fork', 9, 'fork clone', timed=False),
    *ways('raw_fork', 9, 'clone3 instruction', witness={':1': 'parent', ':2': 'parent', ':3': 'parent'}, timed=False),
    Case('raw_fork_in_the_tree', 9, ['sh', '-c', './raw_fork instruction; exit $?'],
         {':1': 'parent'}, timed=False),
    *ways('raw_fork', 9, 'libc'),
    Case('shared_memory', 10, ['./shared_memory'], {':2': 'parent'}),
    *ways('descriptors_gone', 11, 'closed closed_from one_by_one replaced used_up'),
    Case('killed_early', 26, ['./killed_early'], blind=ANY, timed=False),
    Case('handlers', 31, ['./handlers'], timed=False),
    Case('refused', 0, ['./refused']),
    Case('root_killed', 7, ['sh', '-c', './leaf 1; kill -9 $$']),
    Case('two_roots', 13, ['sh', '-c', 'LD_PRELOAD={shim} ./leaf 1; LD_PRELOAD={shim} ./family; exit 3'], preload='',
         missing=1, runs=2, plain=False),
    Case('moving_root', 13, ['sh', '-c', './leaf 1; exec ./leaf_static 2'], {'leaf_static': 'parent'}),
    *ways('daemons', 12, 'soon_gone terminal'),
    *ways('daemons', 12, 'outliving', witness={':2': 'running', ':3': 'running', ':4': 'running'}),
    *ways('environments', 17, 'cleared none unset rewritten emptied malformed huge'),
    *ways('environments', 3, 'lost_in_system', missing=2),
    Case('leaf_by_system_call', 19, ['./leaf_by_system_call'], {'leaf_by_system_call': 'parent'},
         timed=False),
    *ways('raw_exec', 19, 'itself in_a_child chained spawned', timed=False),
    *ways('seccomp', 24, SECCOMP_WAYS, witness={':5': 'parent'}),
    *ways('seccomp', 24, 'kill_then_become', witness={'leaf': 'parent'}, blind=1),
    *[Case(f'seccomp_{name}_below', 24, ['./seccomp', name, 'below'], {':5': 'parent'})
      for name in SECCOMP_WAYS.split()],
    Case('seccomp_kill_then_become_below', 24, ['./seccomp', 'kill_then_become', 'below'], {'leaf': 'parent'}, blind=1),
    *ways('fork_handlers', 9, 'leaving exiting becoming', witness={':4': 'parent', ':5': 'parent'}),
    *ways('fork_handlers', 9, 'forking'),
    *ways('counter', 0, 'forbidden'),
    *ways('counter', 0, 'forbidden_to_a_program', needs=['leaf_musl']),
    *ways('counter', 0, 'forbidden_in_a_sandbox forbidden_behind_a_sandbox', witness={':3': 'parent'}),
    *ways('threads', 9, 'forking', timed=False),
    *ways('threads', 29, 'spawning', timed=False),
    *ways('threads', 29, 'executing leaving executing_alone'),
    *ways('small_stack', 31, 'thread thread_with_variables handler', witness={'leaf_static': 'parent'}),
    Case('crowd', 26, ['./crowd', '2000'], timed=False),
    Case('bomb', 0, ['./bomb', '8'], timed=False),
    *ways('namespaces', 15, 'pids nested nobody root', pids=False),
    *ways('namespaces', 15, 'first', pids=False, witness={':SIGKILL': 'inferred'}),
    *ways('namespaces', 15, 'hidden', missing=2, blind=2, witness={'leaf': 'parent', 'sh': 'parent'}),
    *ways('namespaces', 15, 'time time_ahead time_behind time_by_exec time_by_setns time_nested', timed=False, clock=False),
    Case('pid_wrap', 14, ['./pid_wrap', '700'], pids=False),
    Case('title', 0, ['./title'], missing=1),
    *ways('late_work', 28, 'in_handler in_destructor broken_pipe becomes_at_exit with_library lets_go'),
    Case('own_symbols', 32, ['./own_symbols']),
    Case('allocator', 22, ['./allocator']),
    *leaves(18, 'leaf_static leaf_static_pie', 'parent'),
    *leaves(19, 'leaf_without_libc', 'parent', 1),
    Case('starts_leaf_musl', 20, ['sh', '-c', './starts ./leaf_musl 5; exit 6'], needs=['leaf_musl']),
    *leaves(21, 'leaf_32_static leaf_32', 'parent', 1),
    *leaves(23, 'leaf_gcc_address leaf_gcc_thread leaf_gcc_leak', 'parent', env=NO_LEAK_SEARCH),
    *leaves(23, 'leaf_gcc_undefined'),
    *leaves(23, 'leaf_clang_address leaf_clang_thread leaf_clang_leak leaf_clang_undefined leaf_clang_memory',
            env=NO_LEAK_SEARCH),
    Case('set_user_id', 18, ['./starts', '{tmp}/suid', '5'], {'suid': 'parent'},
         wrap=before('cp leaf {tmp}/suid && chown nobody {tmp}/suid && chmod 4755 {tmp}/suid'), needs=['root']),
    Case('capabilities', 18, ['./starts', '{tmp}/capped', '5'], wrap=CAPPED, needs=['root', 'setcap']),
    Case('capabilities_of_nobody', 18, ['./starts', '{tmp}/capped', '5'], {'capped': 'parent'}, plain=False,
         user='nobody', wrap=CAPPED, needs=['nobody', 'setcap']),
    Case('set_user_id_of_nobody', 18, ['sh', '-c', 'mount --version; exit 3'], {'mount': 'parent'}, plain=False,
         user='nobody', needs=['nobody']),
    Case('chroot', 16, ['sh', '-c', './starts /leaf 5 {tmp}/r; exec ./starts /leaf_static 6 {tmp}/r'],
         {'leaf': 'parent', 'leaf_static': 'parent'}, needs=['root'],
         wrap=before('mkdir -p {tmp}/r && cp leaf leaf_static {tmp}/r && '
                     'cp -L --parents $(ldd leaf | grep -o "/[^ ]*") {tmp}/r')),
    Case('another_user', 16, ['sh', '-c', 'setpriv --reuid nobody --clear-groups ./leaf 5; exit 6'], {'leaf': 'parent'},
         needs=['nobody', 'setpriv']),
    Case('spool_deleted', 25, ['./family', 'rm -rf "$DTRACK_SPOOL"/run-*'], missing=ANY, runs=None, timed=False),
    Case('spool_full', 25, ['./crowd', '900'], missing=ANY, timed=False, needs=['root'],
         wrap=in_spool('size=400k')),
    Case('spool_without_inodes', 25, ['./family'], missing=ANY, runs=0, wrap=in_spool('nr_inodes=4'),
         needs=['root']),
    Case('spool_read_only', 25, ['./family'], missing=ANY, runs=0, wrap=in_spool('ro'), needs=['root']),
    limited('file_size', 'fsize', 0, missing=ANY, runs=0),
    Case('limits_file_size_later', 25, ['./limits', 'fsize', '0', './family']),
    limited('descriptors', 'nofile', 4),
    limited('memory', 'as', 30_000_000),
    limited('little_memory', 'as', 12_000_000),
    limited('stack', 'stack', 65536),
    *beside('jemalloc', 22, 'libjemalloc.so.2'),
    *beside('tcmalloc', 22, 'libtcmalloc_minimal.so.4'),
    # Constructors run last first: what this one's starts before ours has run is not seen.
    *beside('busy', 28, './libbusy.so'),
    Case('fakeroot', 17, ['fakeroot', './family'], {':0': 'self or running'}, needs=['fakeroot']),
    Case('faketime', 27, ['faketime', '2001-02-03 04:05:06', './family'], needs=['faketime']),
    Case('sudo', 16, ['sh', '-c', 'sudo -n ./leaf 5; exit $?'], needs=['root', 'sudo']),
    Case('scrubbed', 17, ['sh', '-c', 'env -i ./family; env -i PATH=. leaf 5; exit 6']),
    Case('python', 30, ['python3', '-S', '-c', 'import os, subprocess, multiprocessing as m, sys;'
                        'subprocess.run(["./leaf", "1"]);'
                        'p = m.get_context("fork").Process(target=os._exit, args=(2,)); p.start(); p.join();'
                        'p = m.get_context("fork").Process(target=sys.exit, args=(3,)); p.start(); p.join();'
                        'os.system("./leaf 4"); os.spawnv(os.P_WAIT, "./leaf", ["leaf", "5"]); os._exit(6)'],
         needs=['python3']),
    Case('perl', 30, ['perl', '-e', 'system("./leaf", "1"); `./leaf 2`; if (!fork) {{ exit 3 }} wait;'
                      'exec "./leaf", "4"'], needs=['perl']),
    Case('node', 30, ['node', '-e', 'const c = require("child_process"); c.spawnSync("./leaf", ["1"]);'
                      'c.exec("./leaf 2", () => process.exit(3))'], needs=['node']),
    Case('make', 30, ['make', '-j2', '-f', '/dev/null', '--eval', 'all: a b c\na b c:; @./leaf 0\n'], needs=['make']),
    Case('bash', 30, ['bash', '-c', './leaf 1 & ./leaf 2 | ./leaf 3; x=$(./leaf 4); (exit 5); wait; exec ./leaf 6'],
         needs=['bash']),
]
