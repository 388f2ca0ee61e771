#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_zoos.py WORLD [CASE...] : cases of tests/zoo, with strace as the witness, whose animals are built for musl or for i386.
By default those that each libc and each word size does in its own way; with DTRACK_ARCH_ALL=1 all that apply."""
import glob
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import shim
import tap
import worlds
from cases import CASES
from worlds import ANIMALS, I386, MUSL

os.environ['DTRACK_ANIMALS'] = os.path.join(worlds.WORK, sys.argv[1])  # of this world; what follows looks there
import test_zoo  # pylint: disable=wrong-import-position

AT_ONCE = 2
USUAL = ('vfork_executes vfork_fails posix_spawn_attributes posix_spawn_elsewhere inside_libc_one_by_one inside_libc_pipes '
         'inside_libc_in_a_child exec_family_execl exec_family_execle exec_family_execlp exec_family_execvpe '
         'exec_family_fexecve exec_family_huge_argument exec_family_after_failures exec_chain exec_chain_over_static ends '
         'signals waits unwaited_orphaned raw_fork_clone raw_fork_libc shared_memory descriptors_gone_closed root_killed '
         'environments_cleared environments_huge leaf_by_system_call seccomp_kill_then_return seccomp_kill_then_exit '
         'daemons_soon_gone '
         'threads_forking threads_executing late_work_in_handler late_work_in_destructor own_symbols allocator title').split()

# World, pattern of cases, why they do not apply.
LEFT_OUT = [
    ('', 'starts_.*|python|perl|node|make|bash|sudo|fakeroot|faketime|scrubbed|capabilities.*|set_user_id.*|chroot|another_user',
     'about other programs than animals, or of a form that the zoo itself has'),
    ('', 'preload_.*|late_work_with_library', 'the library beside ours is of this machine and of glibc'),
    ('', 'two_roots', 'its shell would take $LIB for a variable of its own'),
    ('', 'spool_.*|limits_.*|namespaces_.*|pid_wrap', 'the kernel treats both alike; a root whose status is not known'),
    ('musl', 'ends', 'hangs on musl without us, in exit called from an exit handler'),
    ('musl', 'raw_fork_(fork|clone|clone3|instruction|in_the_tree)', "musl's raise() in such a child signals its parent"),
    ('musl', 'exec_family_after_failures', "expects glibc's errno of fexecve(-1)"),
    ('musl', 'exec_family_(execveat|descriptor)', 'musl has no execveat: it is a system call, which no hook sees'),
]
# Nobody but a waiting parent is told the status that a musl program passes to exit.
UNKNOWN = re.compile(r"\('exit', \d+\) unknown to its witness self$")


def left_out(world, name):
    """Why a case does not apply to a world, or None."""
    return next((why for where, pattern, why in LEFT_OUT
                 if where in ('', world.name) and re.fullmatch(pattern, name)), None)


def sources():
    """Name of each program, its source and more words."""
    for path in sorted(glob.glob(f'{ANIMALS}/*.c')):
        name = os.path.basename(path).removesuffix('.c')
        if name not in ('leaf_32', 'leaf_without_libc', 'libbusy', 'separator'):
            yield name, path, ['-ldl']
    yield 'leaf_static', f'{ANIMALS}/leaf.c', ['-static']
    yield 'separator', f'{ANIMALS}/separator.c', ['-static']


def stock(world):
    """Build the animals of a world, several at once. Those that can't be built there, with the reason."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = [(name, pool.submit(world.build, path, name, *words)) for name, path, words in sources()]
    return {name: why.result() for name, why in made if why.result()}


def complaints(world, visit):
    """All but what nobody can know there."""
    return [text for text in visit.complaints() if world is not MUSL or not UNKNOWN.search(text)]


def claims_of(world, cases):
    """Pairs of a claim and what holds it. Visits run ahead, two at a time; each test waits for its own."""
    unbuilt, pool = stock(world), ThreadPoolExecutor(AT_ONCE)

    def claim(case):
        why = unbuilt.get(case.command[0].removeprefix('./'))
        future = None if why else pool.submit(test_zoo.visit_if_there, case)

        def holds():
            if why:
                raise tap.Skip(f'the animal does not build: {why}')
            visit = future.result()
            if visit.plain and visit.plain.status == test_zoo.NOT_ALLOWED:
                raise tap.Skip('the system does not allow it')
            found = complaints(world, visit)
            tap.check(not found, '\n'.join(found[:20]))
        return f'{case.name}_{world.name}', holds

    return [claim(case) for case in cases]


def main(name, *names):
    """The zoo of one world, or one test that says why there is none."""
    world = {'musl': MUSL, 'i386': I386}[name]
    names = names or (() if os.environ.get('DTRACK_ARCH_ALL') == '1' else USUAL)
    cases = [case for case in CASES if (case.name in names or not names) and not left_out(world, case.name)]

    def the_zoo_can_be_built():
        world.tour()
        shim.LIBRARY = worlds.furnish(I386) if world is I386 else shim.LIBRARY

    try:
        the_zoo_can_be_built()
    except (tap.Skip, tap.Failure):
        tap.run([the_zoo_can_be_built])
    tap.run(claims_of(world, cases))


if __name__ == '__main__':
    main(*sys.argv[1:])
