#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_failures.py BUILD : of real jobs whose answer is known, `dtrack show` names the failure that the job failed for, and no other; both
ways: of one that put up with a failure, none.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import tap

BUILD = os.path.abspath(sys.argv[1])
DTRACK = os.path.join(BUILD, 'lib', 'cmd', 'dtrack')
LIBRARY = os.path.join(BUILD, 'preload', 'libdtrack.so')
SHELLS = [shell for shell in ('bash', 'dash', 'zsh', 'ksh', 'mksh') if shutil.which(shell)]
FOLDER = tempfile.TemporaryDirectory()

# What a shell is told; its status; where that began; how many other failures there were. `leaf N` ends with N.
SCRIPTS = {
    'set -e': ('set -e; leaf 0; leaf 3; leaf 0', 3, ['leaf 3'], 0),
    'the last command': ('leaf 0; leaf 7', 7, ['leaf 7'], 0),
    'or': ('leaf 3 || true; leaf 0', 0, [], 1),
    'or, and then that': ('leaf 3 || leaf 4', 4, ['leaf 4'], 1),
    'and': ('leaf 3 && leaf 0', 3, ['leaf 3'], 0),
    'if': ('if leaf 1; then leaf 0; fi; leaf 0', 0, [], 1),
    'not': ('! leaf 3', 0, [], 1),
    'a status of its own': ('leaf 1; leaf 0; leaf 0; leaf 0; exit 5', 5, ['SHELL'], 1),
    'a status that it keeps': ('leaf 6; code=$?; leaf 0; exit $code', 6, ['leaf 6'], 0),
    'what cleans up': ("trap 'leaf 0' EXIT; set -e; leaf 6", 6, ['leaf 6'], 0),
    'a pipeline': ('leaf 3 | cat', 0, [], 1),
    'the end of a pipeline': (': | leaf 3', 3, ['leaf 3'], 0),
    'a subshell': ('set -e; (leaf 0; leaf 3); leaf 0', 3, ['leaf 3'], 0),
    'a substitution': ('set -e; x=$(leaf 3); leaf 0', 3, ['leaf 3'], 0),
    'a job that is waited for': ('leaf 3 & wait $!', 3, ['leaf 3'], 0),
    'a job that is not': ('leaf 3 & sleep 0.2; exit 0', 0, [], 1),
    'a retry that helps': ('for i in 1 2 0; do leaf $i && break; done', 0, [], 2),
    'retries that do not': ('for i in 1 2 3; do leaf 9 && exit 0; done; exit 9', 9, ['leaf 9'], 2),
    'a signal': ('set -e; leaf KILL; leaf 0', 137, ['leaf KILL'], 0),
    'a shell in a shell': ("set -e; sh -c 'leaf 0; leaf 3; exit $?'; leaf 0", 3, ['leaf 3'], 0),
    'a script that puts up with it': ("set -e; sh -c 'leaf 3; leaf 0'; leaf 0", 0, [], 1),
}
PIPEFAIL = ('set -o pipefail; leaf 3 | cat', 3, ['leaf 3'], 0)

MAKEFILE = '''all: a b c
a:
\tleaf 3
b:
\tleaf 4
c:
\tleaf 0
tolerant:
\t-leaf 3
\tleaf 0
quiet:
\tleaf 3 || :
'''
MAKES = {
    'make': (['make', 'all'], 2, ['leaf 3'], 0),
    'make -k': (['make', '-k', 'all'], 2, ['leaf 3', 'leaf 4'], 0),
    'make -k told by its environment': (['env', 'MAKEFLAGS=k', 'make', 'all'], 2, ['leaf 3', 'leaf 4'], 0),
    'make, a dash': (['make', 'tolerant'], 0, [], 1),
    'make, or': (['make', 'quiet'], 0, [], 1),
    'xargs': (['sh', '-c', 'echo 0 3 0 | xargs -n 1 leaf'], 123, ['leaf 3'], 0),
    'timeout': (['timeout', '0.2', 'sleep', '5'], 124, ['sleep 5'], 0),
}


def environment(place):
    """A job's, with a spool and a store of its own."""
    return {'PATH': f'{FOLDER.name}:/usr/bin:/bin', 'HOME': place, 'LC_ALL': 'C', 'DTRACK_STORE': f'file://{place}/store',
            'DTRACK_SPOOL': f'{place}/spool', **tap.SANITIZER}


def recorded(words, at):
    """The status of a job, and what `dtrack show` has of it."""
    place = tempfile.mkdtemp(dir=FOLDER.name)
    job = subprocess.run(words, env={**environment(place), 'LD_PRELOAD': LIBRARY}, cwd=at, stdin=subprocess.DEVNULL, timeout=60,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    shown = subprocess.run([DTRACK, 'show', '--json'], env=environment(place), stdout=subprocess.PIPE, check=True)
    return job.returncode, json.loads(shown.stdout)


def judge(complaints, what, words, want):
    """Run it and compare."""
    status, got = recorded(words, FOLDER.name)
    began = sorted(entry['command'] for entry in got['failed'] if entry['began'])
    shell = sorted(entry['command'] for entry in got['failed'] if entry['began'] and entry['command'].startswith(words[0] + ' '))
    if want[2] == ['SHELL'] and began and began == shell:
        began = ['SHELL']
    began = [command.rsplit('/', 1)[-1].replace('sh leaf', 'leaf') for command in began]
    if (status, began, got['handled']) != (want[1], want[2], want[3]):
        complaints.append(f"{what}: {(status, began, got['handled'])}, not {want[1:]}; {[entry['command'] for entry in got['failed']]}")


def failures_that_count_are_told_from_those_that_do_not(shell):
    """A test of everything a shell can do with a status: as -c, and as a script."""
    def test():
        complaints = []
        cases = dict(SCRIPTS, pipefail=PIPEFAIL) if shell != 'dash' else SCRIPTS
        for name, want in cases.items():
            path = os.path.join(FOLDER.name, 'script')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(want[0].replace('; ', '\n') if 'for ' not in want[0] and "'" not in want[0] else want[0])
            judge(complaints, f'{shell} -c, {name}', [shell, '-c', want[0]], want)
            judge(complaints, f'{shell} script, {name}', [shell, path], want)
        tap.check(not complaints, '\n'.join(complaints))
    return f'{shell}_failures_that_count_are_told_from_those_that_do_not', test


def who_runs_many_commands_fails_for_those_that_failed():
    """And for no other."""
    complaints = []
    with open(os.path.join(FOLDER.name, 'Makefile'), 'w', encoding='utf-8') as file:
        file.write(MAKEFILE)
    for name, want in MAKES.items():
        if shutil.which(want[0][0]):
            judge(complaints, name, want[0], want)
    tap.check(not complaints, '\n'.join(complaints))


if __name__ == '__main__':
    with FOLDER:
        LEAF = os.path.join(FOLDER.name, 'leaf')
        with open(LEAF, 'w', encoding='utf-8') as leaf:
            leaf.write('#!/bin/sh\ncase $1 in KILL) kill -9 $$ ;; esac\nexit $1\n')
        os.chmod(LEAF, 0o755)
        tap.run([*map(failures_that_count_are_told_from_those_that_do_not, SHELLS), who_runs_many_commands_fails_for_those_that_failed])
