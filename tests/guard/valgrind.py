# SPDX-License-Identifier: MIT
"""Runs programs under a tool of valgrind with the shim in them: launcher.c says why that is not a matter of course."""
import glob
import os
import platform

import tap

MACHINES = {'x86_64': 'amd64', 'aarch64': 'arm64'}
PLACES = ('/usr/libexec/valgrind', '/usr/lib/*/valgrind', '/usr/lib/valgrind')


def words(launcher, tool, *options):
    """What to put before a program: the words, and a variable. (env(1) would be watched, too: set it by other means.)"""
    return [launcher, f'--tool={tool}', *options], {'GUARD_TOOL': _path(tool)}


def _path(tool):
    name = f'{tool}-{MACHINES.get(platform.machine(), platform.machine())}-linux'
    found = [path for place in PLACES for path in glob.glob(os.path.join(place, name))]
    if not found:
        raise tap.Skip(f"valgrind's {name} is not installed")
    return found[0]
