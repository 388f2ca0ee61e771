#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_freestanding.py ROOT COMPILER… -- SOURCE… : what of lib/ the shim takes needs no libc. Each of these sources is compiled
alone, as the shim does it, and what its object leaves undefined is looked for in the table."""
import os
import subprocess
import sys
import tempfile

import tap

# Which of the others each one needs. Files that need none stand here, too: the table is all that the shim takes.
NEEDS = {
    'lib/redact/redact.c': ['lib/redact/redact_chars.c', 'lib/redact/redact_option.c', 'lib/redact/redact_scan.c'],
    'lib/redact/redact_assign.c': [
        'lib/redact/redact_chars.c', 'lib/redact/redact_extent.c', 'lib/redact/redact_hide.c',
        'lib/redact/redact_name.c'],
    'lib/redact/redact_chars.c': [],
    'lib/redact/redact_extent.c': ['lib/redact/redact_chars.c'],
    'lib/redact/redact_hide.c': [
        'lib/redact/redact_chars.c', 'lib/redact/redact_extent.c', 'lib/redact/redact_token.c',
        'lib/redact/redact_value.c'],
    'lib/redact/redact_name.c': ['lib/redact/redact_chars.c', 'lib/redact/redact_words.c'],
    'lib/redact/redact_option.c': [
        'lib/redact/redact_chars.c', 'lib/redact/redact_extent.c', 'lib/redact/redact_hide.c',
        'lib/redact/redact_name.c', 'lib/redact/redact_words.c'],
    'lib/redact/redact_scan.c': [
        'lib/redact/redact_assign.c', 'lib/redact/redact_chars.c', 'lib/redact/redact_extent.c',
        'lib/redact/redact_hide.c', 'lib/redact/redact_option.c', 'lib/redact/redact_token.c',
        'lib/redact/redact_value.c'],
    'lib/redact/redact_token.c': ['lib/redact/redact_chars.c', 'lib/redact/redact_words.c'],
    'lib/redact/redact_value.c': [
        'lib/redact/redact_chars.c', 'lib/redact/redact_name.c', 'lib/redact/redact_words.c'],
    'lib/redact/redact_words.c': [],
    'lib/spool/folder.c': ['lib/spool/segment.c', 'lib/sys/text.c', 'lib/sys/trust.c'],
    'lib/spool/handshake.c': ['lib/spool/segment.c', 'lib/sys/clock.c'],
    'lib/spool/judge.c': ['lib/spool/sibling.c', 'lib/sys/elf_file.c', 'lib/sys/text.c'],
    'lib/spool/lead.c': [
        'lib/spool/folder.c', 'lib/spool/handshake.c', 'lib/sys/clock.c', 'lib/sys/proc.c', 'lib/sys/slots.c', 'lib/sys/text.c'],
    'lib/spool/lead_guardian.c': ['lib/spool/handshake.c', 'lib/sys/text.c'],
    'lib/spool/lead_stores.c': ['lib/redact/redact.c', 'lib/sys/text.c'],
    'lib/spool/segment.c': ['lib/sys/text.c'],
    'lib/spool/sibling.c': ['lib/sys/elf_file.c', 'lib/sys/text.c'],
    'lib/spool/usage.c': [],
    'lib/sys/clock.c': [],
    'lib/sys/elf_file.c': ['lib/sys/text.c'],
    'lib/sys/layout.c': ['lib/sys/text.c', 'lib/sys/trust.c'],
    'lib/sys/proc.c': ['lib/sys/text.c'],
    'lib/sys/slots.c': ['lib/sys/proc.c', 'lib/sys/text.c'],
    'lib/sys/text.c': [],
    'lib/sys/trust.c': ['lib/sys/text.c'],
}

# What a compiler may call on its own, and preload/mem.c has.
FROM_COMPILER = {'memcmp', 'memcpy', 'memmove', 'memset'}

ROOT, *REST = sys.argv[1:]
COMPILER, SOURCES = REST[:REST.index('--')], REST[REST.index('--') + 1:]
DEFINES = ['-D_GNU_SOURCE', '-DDTRACK_LIBRARY_PLACE="/lib/libdtrack.so"', '-DDTRACK_PROGRAM_PLACE="/bin/dtrack"',
           '-DDTRACK_MODULE_PLACE="/lib/dtrack/libdtrack-net.so"']


def paths():
    """The sources, as the table names them."""
    return sorted(os.path.relpath(os.path.realpath(path), os.path.realpath(ROOT)) for path in SOURCES)


def symbols(path, folder):
    """Compile a source alone; what its object defines for others, and what it leaves undefined."""
    made = os.path.join(folder, path.replace('/', '_') + '.o')
    subprocess.run([*COMPILER, '-std=c11', '-ffreestanding', *DEFINES, '-I' + os.path.join(ROOT, 'lib'), '-c',
                    os.path.join(ROOT, path), '-o', made], check=True)
    listed = subprocess.run(['nm', made], stdout=subprocess.PIPE, text=True, check=True).stdout
    pairs = [line.split()[-2:] for line in listed.splitlines()]
    undefined = {name for kind, name in pairs if kind in 'Uvw'} - {'_GLOBAL_OFFSET_TABLE_'}
    return {name for kind, name in pairs if kind in 'BDRTVW'}, undefined


def table_lists_what_the_shim_takes():
    """One entry a source, and no more."""
    tap.same(sorted(NEEDS), paths(), 'the table')


def objects_need_nothing_but_what_is_listed():
    """Above all no function of libc: the shim must not call one, and where it does only its link would tell."""
    with tempfile.TemporaryDirectory() as folder:
        found = {path: symbols(path, folder) for path in paths()}
    owners = {name: path for path, (defined, _) in found.items() for name in defined}
    for path, (_, undefined) in found.items():
        strangers = sorted(undefined - owners.keys() - FROM_COMPILER)
        tap.same(strangers, [], f'what {path} needs and nobody here has')
        needed = sorted({owners[name] for name in undefined & owners.keys()})
        tap.same(needed, NEEDS.get(path, []), f'what {path} needs')


def a_function_of_libc_is_noticed():
    """The test sees what it is there for."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'x.c'), 'w', encoding='utf-8') as file:
            file.write('#include <stdlib.h>\n#include <string.h>\n'
                       'char *x_get(const char *s);\nchar *x_get(const char *s)\n{\n    return getenv(s) + strlen(s);\n}\n')
        defined, undefined = symbols(os.path.join(folder, 'x.c'), folder)
    tap.same(defined, {'x_get'}, 'defined')
    tap.same(undefined, {'getenv', 'strlen'}, 'undefined')


if __name__ == '__main__':
    tap.run([table_lists_what_the_shim_takes, objects_need_nothing_but_what_is_listed, a_function_of_libc_is_noticed])
