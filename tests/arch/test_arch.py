#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A tour through each libc and each machine, and from one to the other, held against what it says of itself."""
import copy
import os
import subprocess
import sys

import shim
import tap
import worlds
from ledger import Ledger, complaints
from worlds import AARCH64, GLIBC, I386, MUSL, TIME64


class Trip:
    """A tour through programs of several worlds, one after the other under one pid."""

    def __init__(self, library, *stops, wrap=()):
        programs = [world.tour() for world in stops]
        emulated = next((world for world in stops if world.wrap), stops[0])
        with shim.Sandbox() as box:
            box.variables['TOUR_LEDGER'] = f'{box.path}/ledger'
            box.variables.update(emulated.env)
            with open(f'{box.path}/ledger', 'w', encoding='ascii'):
                pass
            self.done = box.run(*wrap, *emulated.wrap, 'env', f'LD_PRELOAD={library}', *programs, preload=False)
            self.outcome = box.settled()
            with open(f'{box.path}/ledger', encoding='ascii') as text:
                self.ledger = Ledger(text.read())
        self.rows = shim.processes(self.outcome)

    def rows_of(self, pid):
        """What is recorded of one process, for whoever has to find out why it is wrong."""
        keys = 'span_id', 'parent_id', 'name', 'start_ns', 'dur_ns', 'end_by', 'exit_code', 'signal', 'ppid', 'args'
        return '\n'.join(str([row[key] for key in keys]) for row in self.rows if str(row['pid']) == pid)

    def check(self):
        """The tour went as ever, and the record is all that it was."""
        tap.same((self.done.status, self.done.stdout, self.done.stderr), (5, '', ''), 'the tour')
        tap.same(len(self.outcome.summaries), 1, 'the number of runs')
        found = list(complaints(self.ledger, self.rows))
        tap.check(not found, '\n'.join(found[:20] + [self.rows_of(text.split()[0]) for text in found[:3]]))
        tap.note(f'{len(self.ledger.pids())} processes and {len(self.rows) - len(self.ledger.pids())} more rows')


def tours_of_glibc():
    """What the others are compared with."""
    Trip(shim.LIBRARY, GLIBC, GLIBC).check()


def tours_of_musl():
    """The status of an exit is known there, too."""
    Trip(shim.LIBRARY, MUSL, MUSL).check()


def chains_from_glibc_to_musl_and_back():
    """One library serves both, so nothing is lost on the way."""
    Trip(shim.LIBRARY, GLIBC, MUSL, GLIBC, MUSL, GLIBC).check()
    Trip(shim.LIBRARY, MUSL, GLIBC).check()


def built(world, name, target, *words):
    """The path of a program of this folder, built for a world."""
    why = world.build(f'{worlds.HERE}/{name}.c', target, *words)
    if why:
        raise tap.Skip(f'{world.name}: {why}')
    return f'{world.folder}/{target}'


def waits_are_points_of_cancellation_in_either_libc():
    """And reap what they do without us: each child once, also by threads that wait for the same ones."""
    for world in GLIBC, MUSL:
        program = built(world, 'cancelled', 'cancelled')
        with shim.Sandbox() as box:
            plain, done = box.run(program, preload=False), box.run(program)
            tap.same((done.status, done.stdout, done.stderr), (5, plain.stdout, ''), f'what {world.name} says')
            tap.check(done.stdout.startswith('cancelled 0 1 -1 1\ncancelled 0 1 -1 1\n40 of 40'), done.stdout)
            rows = shim.processes(box.settled())
            tap.same(len([row for row in rows if row['exit_code'] == 7 and row['user_us'] is not None]), 40, 'children with figures')


def an_environment_that_was_moved_before_us_does_no_harm():
    """Another library's constructor may run first: preloaded before, or as one that the program needs."""
    for world in GLIBC, MUSL:
        mover = built(world, 'moved', 'libmover.so', '-DLIBRARY', '-shared', '-fPIC')
        program = built(world, 'moved', 'moved', '-Wl,--no-as-needed', mover, f'-Wl,-rpath,{world.folder}')
        for way in '', 'own', 'away':
            for preload in shim.LIBRARY, f'{mover}:{shim.LIBRARY}', f'{shim.LIBRARY}:{mover}':
                for words in ['a', 'b'], []:
                    with shim.Sandbox(MOVE=way) as box:
                        done = box.run('env', f'LD_PRELOAD={preload}', program, *words, preload=False)
                        tap.same((done.status, done.stdout), (5, '3 b 3\n' if words else '1 none 3\n'),
                                 f'{world.name}, {way!r}, {preload}')
                        tap.same(len(box.settled().summaries), 1, f'runs with {world.name}, {way!r}, {preload}')


def shims_of_other_machines_depend_on_nothing():
    """The same rules as for this machine's: see test_shim_abi.py."""
    for world in I386, AARCH64:
        library = worlds.built_shim(world)
        done = subprocess.run([sys.executable, f'{worlds.TOP}/tests/lint/test_shim_abi.py', library,
                               f'{worlds.TOP}/preload/libdtrack.exports', world.name], stdout=subprocess.PIPE, text=True, check=False)
        tap.check(not done.returncode and 'ok 1 ' in done.stdout, f'{world.name}: {done.stdout}')


def tours_of_other_glibcs():
    """Older and newer ones."""
    others = list(worlds.other_glibcs())
    if not others:
        raise tap.Skip('DTRACK_OTHER_GLIBC names no folder of other glibcs; fetch_glibc makes one')
    for world in others:
        Trip(shim.LIBRARY, world, GLIBC, world).check()
        tap.note(world.name)


def tours_of_i386():
    """The 32-bit library leads a run and starts its guardian; the shells are of 64 bits."""
    Trip(worlds.furnish(I386), I386, I386).check()


def tours_of_i386_with_times_of_64_bits():
    """Its waits have names of their own."""
    Trip(worlds.furnish(I386), TIME64, I386).check()


def chains_through_both_word_sizes():
    """They write into the same run."""
    library = worlds.furnish(I386)
    Trip(library, GLIBC, I386, GLIBC).check()
    Trip(library, I386, GLIBC, I386).check()


def chains_through_word_sizes_and_libcs():
    """musl makes nothing of $LIB: it is told the path."""
    library = worlds.furnish(I386)
    Trip(library, GLIBC, MUSL, GLIBC).check()
    Trip(library, I386, GLIBC, MUSL, GLIBC).check()


def braces_around_lib_mean_the_same():
    """As ld.so has it."""
    Trip(worlds.furnish(I386).replace('$LIB', '${LIB}'), GLIBC, I386).check()


def a_bare_name_serves_both_word_sizes():
    """Installed where each loader looks without being told: laid over the system's folders, for nobody else to see."""
    worlds.furnish(I386)
    mounts = [f'mount -t overlay none -o lowerdir={worlds.PREFIX}/{folder}:/usr/{folder} /usr/{folder}'
              for folder in (worlds.lib_of(GLIBC), worlds.lib_of(I386), 'bin')]
    # Meson's LD_LIBRARY_PATH would lead to the build folder first, whose library serves one word size.
    wrap = ['env', '-u', 'LD_LIBRARY_PATH', 'unshare', '-Urm', 'sh', '-c', ' && '.join(mounts) + ' && exec "$@"', '-']
    why = worlds.run_quietly(*wrap, 'true')
    if why:
        raise tap.Skip(f'the system does not allow it: {why}')
    Trip('libdtrack.so', GLIBC, I386, GLIBC, MUSL, GLIBC, wrap=wrap).check()


def withheld(library, what):
    """A 64-bit program may not hand the library on to a 32-bit one, which is seen from outside, silently."""
    trip = Trip(library, GLIBC, I386)
    tap.same((trip.done.status, trip.done.stderr), (5, ''), f'with {what}, the tour')
    spots = [spot for summary in trip.outcome.summaries for spot in summary['coverage']['blind_spots']]
    tap.check([spot for spot in spots if spot['cause'] == 'foreign' and spot['name'] == 'tour_i386'],
              f'with {what}, the blind spots are {spots}')


def a_library_that_the_other_loader_cannot_load_is_withheld():
    """None at all; one of the wrong word size; no library."""
    library = worlds.furnish(I386)
    place = f'{worlds.PREFIX}/{worlds.lib_of(I386)}/libdtrack.so'
    os.unlink(place)
    withheld(library, 'no library')
    worlds.link(shim.LIBRARY, place)
    withheld(library, 'that of 64 bits')
    os.unlink(place)
    with open(place, 'w', encoding='ascii') as text:
        text.write('no library')
    withheld(library, 'a text')


def tours_of_aarch64():
    """Emulated, below a kernel and with shells of another machine."""
    Trip(worlds.furnish(AARCH64), AARCH64, AARCH64).check()


def the_comparison_notices_what_is_wrong():
    """One row lost, invented, of another parent, with another status or witness, or with an impossible size."""
    trip = Trip(shim.LIBRARY, GLIBC, GLIBC)
    trip.check()
    last = len(trip.rows) - 1

    def noticed(change, at=last):
        rows = copy.deepcopy(trip.rows)
        change(rows, at)
        tap.check(list(complaints(trip.ledger, rows)), f'{change.__name__} is not noticed')

    def lost(rows, at):
        del rows[at]

    def invented(rows, at):
        rows.append(dict(rows[at], pid=1, name='other'))

    def of_another_parent(rows, at):
        rows[at]['ppid'] += 1

    def of_another_status(rows, at):
        rows[at]['exit_code'] = 77

    def of_another_witness(rows, at):
        rows[at]['end_by'] = 'inferred'

    def too_large(rows, at):
        rows[at]['maxrss_kb'] = 1 << 40

    def without_an_end(rows, at):
        rows[at]['dur_ns'] = None

    for change in lost, invented, of_another_parent, of_another_status, of_another_witness, too_large, without_an_end:
        noticed(change)
    noticed(lost, 0)


if __name__ == '__main__':
    tap.run([the_comparison_notices_what_is_wrong, tours_of_glibc, tours_of_musl, chains_from_glibc_to_musl_and_back,
             waits_are_points_of_cancellation_in_either_libc, an_environment_that_was_moved_before_us_does_no_harm,
             shims_of_other_machines_depend_on_nothing, tours_of_other_glibcs, tours_of_i386,
             tours_of_i386_with_times_of_64_bits,
             chains_through_both_word_sizes, chains_through_word_sizes_and_libcs, braces_around_lib_mean_the_same,
             a_bare_name_serves_both_word_sizes, a_library_that_the_other_loader_cannot_load_is_withheld,
             tours_of_aarch64])
