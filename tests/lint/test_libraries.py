#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_libraries.py DTRACK DTRACK-MARK MODULE: who needs which library, by name and by all that ldd finds behind it. The network is
in the module alone: each run has a guardian, and most of them write into a folder."""
import re
import subprocess
import sys

import tap

DTRACK, MARK, MODULE = sys.argv[1:4]
LIBC = re.compile(r'lib(c|m|dl|rt|pthread)\.so\.\d+|ld-linux.*|ld-musl.*|libc\.musl.*|linux-vdso.*|linux-gate.*')
NETWORK = {'libcurl', 'libcrypto'}


def lines_of(*command):
    """What a program prints."""
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()


def needed(path):
    """The libraries that the file itself names, without versions; libc does not count."""
    names = [re.search(r'\[(.*)\]', line).group(1) for line in lines_of('readelf', '-d', path) if '(NEEDED)' in line]
    return {name.split('.so')[0] for name in names if not LIBC.fullmatch(name)}


def loaded(path):
    """All that is loaded with the file."""
    names = [line.split()[0].split('/')[-1] for line in lines_of('ldd', path)]
    return {name.split('.so')[0] for name in names if not LIBC.fullmatch(name)}


def dtrack_loads_no_more_than_it_names():
    tap.needs_plain_build('sanitizers bring libraries of their own')
    tap.same((needed(DTRACK), loaded(DTRACK)), ({'libcjson', 'libz'},) * 2, 'needed and loaded')


def dtrack_mark_needs_libc_only():
    tap.needs_plain_build('sanitizers bring libraries of their own')
    tap.same((needed(MARK), loaded(MARK)), (set(), set()), 'needed and loaded')


def the_module_names_what_speaks_to_a_network():
    tap.same(needed(MODULE) & NETWORK, NETWORK, 'needed')


def the_module_shows_one_name():
    """What it is linked with stays inside: the program has the same functions."""
    names = [line.split()[-1] for line in lines_of('nm', '-D', '--defined-only', MODULE)]
    tap.same(names, ['dtrack_net'], 'exported')


tap.run([dtrack_loads_no_more_than_it_names, dtrack_mark_needs_libc_only, the_module_names_what_speaks_to_a_network,
         the_module_shows_one_name])
