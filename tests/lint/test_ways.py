#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_ways.py TOP: whether the libcs at hand have ways to start, wait for or end a process that nobody has looked at: each
is wrapped, or stands in ways.txt with the reason why not. $DTRACK_OTHER_GLIBC adds those that tests/arch/fetch_glibc has
fetched, of which the newest matters most."""
import glob
import os
import re
import subprocess
import sys

import reviewed_list
import tap

TOP = sys.argv[1]
WAY = re.compile(r'fork|spawn|exec|wait|exit|clone|daemon|popen|pclose|system|pty|wordexp|pidfd', re.I)
PLACES = ['/lib/*/libc.so.6', '/usr/lib*/libc.so.6', '/usr/lib/*/libc.so.6', '/lib*/libc.so.6', '/usr/*/lib/libc.so.6',
          '/lib/ld-musl-*.so.1', '/usr/lib/ld-musl-*.so.1', '/usr/lib/musl/lib/libc.so']


def libcs():
    """The files of all libcs there are, each once."""
    other = os.environ.get('DTRACK_OTHER_GLIBC')
    places = PLACES + ([f'{other}/*/**/libc.so.6'] if other else [])
    return sorted({os.path.realpath(path) for place in places for path in glob.glob(place, recursive=True)})


def names_in(path):
    """What a library offers, without versions; what is for libc's own use only is left out."""
    table = subprocess.run(['readelf', '-W', '--dyn-syms', path], stdout=subprocess.PIPE, text=True, check=True).stdout
    for line in table.splitlines():
        fields = line.split()
        if len(fields) >= 8 and fields[0].rstrip(':').isdigit() and fields[6] != 'UND' and '@GLIBC_PRIVATE' not in fields[7] \
                and '@@GLIBC_PRIVATE' not in fields[7] and fields[3] in ('FUNC', 'IFUNC'):
            yield fields[7].split('@')[0]


def wrapped():
    """The names that the shim exports."""
    with open(f'{TOP}/preload/libdtrack.exports', encoding='utf-8') as file:
        return {name for line in file if not line.startswith('#') for name in line.split()}


def reviewed():
    """The names that have been looked at."""
    return {name for name, _ in reviewed_list.read(f'{TOP}/tests/lint/ways.txt', 1)}


def every_way_of_every_libc_is_wrapped_or_reviewed():
    """A new one is a process that nobody sees."""
    if not libcs():
        raise tap.Skip('no libc here')
    known = wrapped() | reviewed()
    new = {(name, path) for path in libcs() for name in names_in(path) if WAY.search(name) and name not in known}
    tap.same(sorted(new), [], 'neither wrapped nor in ways.txt')


def nothing_is_both():
    """What is wrapped needs no reason why not."""
    tap.same(sorted(wrapped() & reviewed()), [], 'wrapped and in ways.txt')


if __name__ == '__main__':
    tap.run([every_way_of_every_libc_is_wrapped_or_reviewed, nothing_is_both])
