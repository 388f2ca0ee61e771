# SPDX-License-Identifier: MIT
"""Where the library finds the program, and the program the library: beside each other as installed, and nowhere that somebody
else could have put them."""
import os
import shutil
import stat
import subprocess
import tempfile
import time

import shim
import tap

PLACES = {'library': 'preload/libdtrack.so', 'program': 'lib/cmd/dtrack'}


class Place:
    """A folder with a layout of ours; what stands there instead of the other half says so when it is run or loaded."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix='dtrack-places-')
        self.trace = os.path.join(self.path, 'trace')

    def at(self, which):
        """Where one of the two is."""
        return os.path.join(self.path, PLACES[which])

    def put(self, which, source):
        """Copy one there."""
        os.makedirs(os.path.dirname(self.at(which)), exist_ok=True)
        shutil.copy(source, self.at(which))

    def traps(self):
        """A program that leaves a trace instead of dtrack."""
        os.makedirs(os.path.dirname(self.at('program')), exist_ok=True)
        with open(self.at('program'), 'w', encoding='utf-8') as script:
            script.write(f'#!/bin/sh\necho ran >{self.trace}\n')
        os.chmod(self.at('program'), 0o755)

    def was_run(self):
        """Whether the trap has been."""
        return os.path.exists(self.trace)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        shutil.rmtree(self.path, ignore_errors=True)


def outcome_of(place):
    """A job with the library of that place."""
    with shim.Sandbox(LD_PRELOAD=place.at('library'), DTRACK_WAIT='2') as sandbox:
        return sandbox.run('sh', '-c', 'exit 3')


def the_program_beside_the_library_is_run():
    """Which the other tests here need to mean something."""
    with Place() as place:
        place.put('library', shim.LIBRARY)
        place.traps()
        tap.same(outcome_of(place).status, 3, 'status')
        tap.check(place.was_run(), 'nothing was run')


def links_in_one_place_serve_as_well():
    """As of those that put programs together from folders of their own."""
    with Place() as place:
        os.makedirs(os.path.join(place.path, 'preload'))
        os.makedirs(os.path.join(place.path, 'apart'))
        shutil.copy(shim.LIBRARY, os.path.join(place.path, 'apart'))
        os.symlink('../apart/libdtrack.so', place.at('library'))
        place.traps()
        tap.same(outcome_of(place).status, 3, 'status')
        tap.check(place.was_run(), 'nothing was run')


def a_program_that_others_could_have_put_there_is_not_run():
    cases = [('program', 0o775), ('program', 0o757)]
    folders = [('lib/cmd', 0o777), ('lib', 0o775), ('preload', 0o777), ('', 0o777)]
    for which, mode in cases + folders:
        with Place() as place:
            place.put('library', shim.LIBRARY)
            place.traps()
            os.chmod(place.at(which) if which in PLACES else os.path.join(place.path, which), mode)
            outcome = outcome_of(place)
            tap.same(outcome.status, 3, f'status with {which} open')
            tap.check(not place.was_run(), f'it was run with {which} {stat.filemode(mode)}')
            tap.same(outcome.stderr.count("cannot start the program 'dtrack': others may write"), 1, f'a word about it: {outcome.stderr}')


def a_library_alone_runs_no_neighbour():
    """A copy in a folder of its own below a shared one: what is next to that folder is not ours."""
    with Place() as place:
        place.traps()
        for copy in ('libdtrack.so', 'x/libdtrack.so', 'lib/libdtrack.so', 'lib/x/libdtrack.so', 'lib/preload/x/libdtrack.so'):
            path = os.path.join(place.path, copy)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copy(shim.LIBRARY, path)
            with shim.Sandbox(LD_PRELOAD=path, DTRACK_WAIT='1') as sandbox:
                tap.same(sandbox.run('sh', '-c', 'exit 3').status, 3, 'status')
            tap.check(not place.was_run(), f'run by {copy}')


def a_library_of_others_is_not_preloaded():
    for folder in ('preload', ''):
        with Place() as place:
            place.put('program', shim.DTRACK)
            place.put('library', shim.LIBRARY)
            os.chmod(os.path.join(place.path, folder), 0o777)
            with shim.Sandbox() as sandbox:
                outcome = sandbox.run(place.at('program'), 'run', '--', 'sh', '-c', 'echo "<$LD_PRELOAD>"; exit 3', preload=False)
            tap.same((outcome.status, outcome.stdout), (3, '<>\n'), 'status, and what was preloaded')
            tap.same(outcome.stderr.count("may be somebody else's"), 1, f'a word about it: {outcome.stderr!r}')


def the_guardian_takes_no_library_of_the_job():
    """Neither by LD_PRELOAD nor by LD_LIBRARY_PATH or another word to the loader."""
    with Place() as place:
        place.put('library', shim.LIBRARY)
        place.traps()
        with open(place.at('program'), 'w', encoding='utf-8') as script:
            script.write(f'#!/bin/sh\nenv >{place.trace}\n')
        with shim.Sandbox(LD_PRELOAD=place.at('library'), LD_LIBRARY_PATH='/nowhere', LD_BIND_NOW='1', DTRACK_WAIT='2') as sandbox:
            tap.same(sandbox.run('sh', '-c', 'exit 3').status, 3, 'status')
        with open(place.trace, encoding='utf-8') as lines:
            tap.same([line for line in lines if line.startswith('LD_')], [], 'variables of the loader')


def the_guardian_of_dtrack_run_takes_none_either():
    with shim.Sandbox(LD_LIBRARY_PATH='/nowhere', LD_BIND_NOW='1') as sandbox:
        with subprocess.Popen([shim.DTRACK, 'run', '--', 'sleep', '1'], env=sandbox.environment(preload=False)) as job:
            guardians, words = {}, [b'dtrack-run']
            while job.poll() is None and (not guardians or b'DTRACK_OFF=1' not in words):
                guardians = shim.guardians_in(sandbox.spool)
                for pid in guardians:
                    with open(f'/proc/{pid}/environ', 'rb') as environ:
                        words = environ.read().split(b'\0')
                time.sleep(0.01)
        tap.check(guardians, 'there is a guardian')
        tap.check(b'DTRACK_OFF=1' in words, 'it is switched off')
        tap.same([word for word in words if word.startswith(b'LD_')], [], 'variables of the loader')


os.umask(0o022)
tap.run([the_program_beside_the_library_is_run, links_in_one_place_serve_as_well,
         a_program_that_others_could_have_put_there_is_not_run, a_library_alone_runs_no_neighbour,
         a_library_of_others_is_not_preloaded, the_guardian_takes_no_library_of_the_job,
         the_guardian_of_dtrack_run_takes_none_either])
