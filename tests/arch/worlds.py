# SPDX-License-Identifier: MIT
"""The libcs and machines that a program may be built for: how, and what it takes to run it there. And one prefix that has
libdtrack.so for each machine, where the loader of that machine looks when $LIB stands in LD_PRELOAD."""
import os
import platform
import shutil
import subprocess

import shim
import tap

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
WORK = os.environ['DTRACK_ARCH_WORK']
PREFIX = os.path.join(WORK, 'prefix')
ANIMALS = os.path.join(TOP, 'tests', 'zoo', 'animals')
WORDS = ['-D_GNU_SOURCE', '-D_FILE_OFFSET_BITS=64', '-w', '-pthread']

QEMU = 'qemu-aarch64-static'
# In a user namespace of its own a binary format can be told to the kernel without anybody else seeing it (Linux 6.7).
# Of the ELF header: 64 bit, little endian, an executable or a shared object, for aarch64.
BINFMT = (r':dtrack:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:'
          r'\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:')
EMULATE = ['unshare', '-Urm', 'sh', '-c', 'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc && '
           f"printf %s '{BINFMT}'$(command -v {QEMU}):F >/proc/sys/fs/binfmt_misc/register && exec \"$@\"", '-']


def run_quietly(*words, **options):
    """What it says when it fails, in one line; else None."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          text=True, **options)
    lines = done.stdout.strip().splitlines() or ['it failed']
    telling = [line for line in lines if 'error: ' in line or 'undefined reference' in line]
    return (telling or lines)[0 if telling else -1] if done.returncode else None


class World:
    """One libc on one machine."""

    def __init__(self, name, compiler, words=(), loader=None, wrap=(), sources=()):
        self.name, self.compiler, self.words, self.loader = name, compiler, list(words), loader
        self.wrap, self.sources = list(wrap), list(sources)
        self.env = {'QEMU_LD_PREFIX': '/usr/aarch64-linux-gnu'} if wrap else {}
        self.folder = os.path.join(WORK, name)
        self.why_no_tour = 'not tried yet'

    def build(self, source, target, *words):
        """Compile one program. Why it can't be done, or None."""
        os.makedirs(self.folder, exist_ok=True)
        if not shutil.which(self.compiler[0]):
            return f'no {self.compiler[0]} here'
        return run_quietly(*self.compiler, *WORDS, source, *self.sources, *self.words, *words, '-o', f'{self.folder}/{target}')

    def tour(self):
        """The path of the tour program in this world; skips where it can't be built or run."""
        program = f'{self.folder}/tour_{self.name}'
        if self.why_no_tour == 'not tried yet':
            self.why_no_tour = self.build(f'{HERE}/tour.c', f'tour_{self.name}') or self.refuses(program)
        if self.why_no_tour:
            raise tap.Skip(f'{self.name}: {self.why_no_tour}')
        return program

    def refuses(self, program):
        """Why a program can't be run, or None."""
        return run_quietly(*self.wrap, 'env', 'TOUR_LEDGER=/dev/null', program, 'leaf', '0', env=dict(os.environ, **self.env))


GLIBC = World('glibc', ['gcc'], loader='/lib64/ld-linux-x86-64.so.2')
MUSL = World('musl', ['musl-gcc'], [word for folder in ('', '/' + platform.machine() + '-linux-gnu')
                                   for word in ('-idirafter', f'/usr/include{folder}')])  # the kernel's headers
I386 = World('i386', ['gcc', '-m32'], ['-isystem', '/usr/include/x86_64-linux-gnu'],  # as in i386.ini
             loader='/lib/ld-linux.so.2')
TIME64 = World('time64', I386.compiler, [*I386.words, '-D_TIME_BITS=64', '-D_FILE_OFFSET_BITS=64'], loader=I386.loader)
AARCH64 = World('aarch64', ['clang', '--target=aarch64-linux-gnu'], ['-DTOUR_EMULATED'], wrap=EMULATE)


def other_glibcs():
    """A world for each folder in $DTRACK_OTHER_GLIBC that holds the files of a libc6 package."""
    top = os.environ.get('DTRACK_OTHER_GLIBC', '')
    for name in sorted(os.listdir(top)) if top else ():
        for root in 'lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu':
            folder = os.path.join(top, name, root)
            if os.path.exists(f'{folder}/libc.so.6'):
                yield World(f'glibc_{name}', ['gcc'], sources=[f'{HERE}/old_start.c'], words=[
                    '-DTOUR_WITHOUT_THREADS', '-nostartfiles', '-fPIE', '-pie', f'-Wl,-rpath,{folder}',
                    f'-Wl,-dynamic-linker={folder}/ld-linux-x86-64.so.2'])
                break


def lib_of(world):
    """What that world's loader puts for $LIB: the folder that it is in, seen from the prefix."""
    if world is AARCH64:
        return 'lib/aarch64-linux-gnu'
    return os.path.dirname(os.path.realpath(world.loader)).lstrip('/').removeprefix('usr/')


def built_shim(world):
    """libdtrack.so for another machine than this one, built by its cross file; skips where it can't be."""
    probe = world.build(f'{HERE}/tour.c', 'probe')
    if probe:
        raise tap.Skip(f'{world.name}: {probe}')
    folder = os.path.join(WORK, f'shim-{world.name}')
    if not os.path.exists(f'{folder}/build.ninja'):
        shutil.rmtree(folder, ignore_errors=True)
        why = run_quietly('meson', 'setup', folder, TOP, '--cross-file', f'{TOP}/scripts/lib/cross/{world.name}.ini',
                          '--libdir', lib_of(world), '-Dwerror=true')
        tap.check(not why, f'meson setup for {world.name}: {why}')
    why = run_quietly('ninja', '-C', folder)
    tap.check(not why, f'the shim does not build for {world.name}: {why}')
    return f'{folder}/preload/libdtrack.so'


def link(source, target):
    """A symbolic link, whatever was there."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.lexists(target):
        os.unlink(target)
    os.symlink(source, target)


def furnish(*worlds):
    """Put libdtrack.so for this machine, and for those worlds, into the prefix, from where each finds its program. What
    stands for all of them in LD_PRELOAD."""
    if platform.machine() != 'x86_64':
        raise tap.Skip('only x86-64 has all of these beside it')
    shutil.rmtree(PREFIX, ignore_errors=True)
    own = f'{PREFIX}/{lib_of(GLIBC)}'
    link(shim.LIBRARY, f'{own}/libdtrack.so')
    link(shim.DTRACK, f'{os.path.dirname(own)}/lib/cmd/dtrack')  # as in a build folder
    link(shim.DTRACK, f'{PREFIX}/bin/dtrack')
    for world in worlds:
        link(built_shim(world), f'{PREFIX}/{lib_of(world)}/libdtrack.so')
    return f'{PREFIX}/$LIB/libdtrack.so'
