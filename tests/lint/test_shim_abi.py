#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_shim_abi.py SHIM EXPORTS [MACHINE] : what the built shim asks of its hosts and gives them. See preload/README.md."""
import re
import subprocess
import sys

import tap

SHIM, EXPORTS = sys.argv[1:3]
FOR_MUSL = {'exit', '__libc_start_main'}
MACHINE = ''.join(sys.argv[3:])
SIZE_MAX = {'i386': 58, 'aarch64': 58}.get(MACHINE, 48) << 10  # a third is the leader's own, in pages that no other looks at
SEGMENTS_MAX = 2  # code, and one page of data: each costs a mapping and page faults
ONLY_32_BITS = {'__wait3_time64', '__wait4_time64'}
RELOCATIONS_MAX = 10 if MACHINE == 'aarch64' else 7  # the weak references, the constructor, the destructor


def lines_of(*command):
    """What a program prints."""
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()


def symbols():
    """Triples of section ('UND' when undefined), binding and name with its version, of the dynamic symbols."""
    for line in lines_of('readelf', '-W', '--dyn-syms', SHIM):
        fields = line.split()
        if len(fields) >= 8 and fields[0].rstrip(':').isdigit():
            yield fields[6], fields[4], fields[7]


def exported(is_versioned):
    """Names that others can bind to, with a version or without."""
    return {name.split('@')[0] for section, binding, name in symbols()
            if section not in ('UND', 'ABS') and binding != 'LOCAL' and ('@' in name) == is_versioned}


def exports_are_the_names_of_the_list():
    """No more, no less: each one stands between a host and its libc."""
    with open(EXPORTS, encoding='utf-8') as file:
        names = {name for line in file if not line.startswith('#') for name in line.split()}
    tap.check(names, 'the list is empty')
    tap.same(sorted(exported(False)), sorted(names - (set() if MACHINE == 'i386' else ONLY_32_BITS)), 'exported')


def what_musl_alone_shall_find_has_a_version():
    """Unversioned, glibc's programs would start and end through us."""
    tap.same(exported(True), FOR_MUSL, 'exported with a version')


def needs_no_library():
    """A program without libc must still start."""
    tap.same([line for line in lines_of('readelf', '-d', SHIM) if '(NEEDED)' in line], [], 'NEEDED')


def undefined_symbols_are_weak():
    """A strong one would keep a program from starting when nothing defines it."""
    strong = [name for section, binding, name in symbols() if section == 'UND' and binding == 'GLOBAL']
    tap.same(strong, [], 'strong and undefined')


def no_symbol_has_a_version():
    """An old glibc would refuse one that it does not have, and musl has none."""
    tap.same([line for line in lines_of('readelf', '-W', '-V', SHIM) if 'Version needs' in line], [], 'needs')


def text_is_not_relocated():
    """A hardened host forbids it."""
    tap.same([line for line in lines_of('readelf', '-d', SHIM) if 'TEXTREL' in line], [], 'TEXTREL')


def stack_is_not_executable():
    """An executable one would make the loader change every thread's stack."""
    stack = [line for line in lines_of('readelf', '-W', '-l', SHIM) if 'GNU_STACK' in line]
    tap.check(stack and ' RWE ' not in stack[0], f'GNU_STACK: {stack}')


def has_no_thread_local_storage():
    """It could allocate, in places where nothing may."""
    tap.same([line for line in lines_of('readelf', '-W', '-l', SHIM) if ' TLS ' in line], [], 'TLS segment')


def loads_in_few_segments():
    """Each one is mapped and touched in every process of the job."""
    loads = [line for line in lines_of('readelf', '-W', '-l', SHIM) if line.split()[:1] == ['LOAD']]
    tap.check(0 < len(loads) <= SEGMENTS_MAX, f'{len(loads)} segments are loaded, more than {SEGMENTS_MAX}')


def has_few_relocations():
    """The loader works them off before anything else, each symbol by a search through the host's libraries."""
    entries = [line for line in lines_of('readelf', '-W', '-r', SHIM) if re.match(r'[0-9a-f]{8,} ', line)]
    tap.check(0 < len(entries) <= RELOCATIONS_MAX, f'{len(entries)} relocations, more than {RELOCATIONS_MAX}')


def is_small():
    """Every process of the job loads it. Debug sections are not loaded and not counted."""
    loaded = sum(int(line.split()[4], 16) for line in lines_of('readelf', '-W', '-l', SHIM)
                 if line.split()[:1] == ['LOAD'])
    tap.check(0 < loaded <= SIZE_MAX, f'{loaded} bytes are loaded, more than {SIZE_MAX}')


if __name__ == '__main__':
    tap.run([exports_are_the_names_of_the_list, what_musl_alone_shall_find_has_a_version, needs_no_library,
             undefined_symbols_are_weak, no_symbol_has_a_version, text_is_not_relocated, stack_is_not_executable,
             has_no_thread_local_storage, loads_in_few_segments, has_few_relocations, is_small])
