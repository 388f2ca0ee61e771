#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_valgrind.py [COMMAND]... : memcheck has nothing to say about the shim in programs that do hard things, nor about
their children. Here are those that memcheck lets do them: each must end as it does by itself, and be recorded, or the
shim was not there. The guardian is not looked at."""
import glob
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import shim
import tap
import valgrind

LAUNCHER = os.path.join(shim.BUILD, 'tests', 'guard', 'launcher')
ANIMALS = os.path.join(shim.BUILD, 'tests', 'zoo')
COUNTED = re.compile(r'ERROR SUMMARY: (\d+) errors')

# Words of a command, in the animals' folder.
PROGRAMS = ['./family', './ends', './vfork executes', './vfork fails', './inside_libc one_by_one',
            './exec_family many_arguments', './exec_chain 4', './late_work in_destructor',
            './descriptors_gone replaced', './own_symbols', '../shim/descriptors']


def run(command, preload):
    """Errors that memcheck counted in all processes, and what it said; the outcome of the command."""
    with shim.Sandbox() as sandbox:
        logs = os.path.join(sandbox.path, 'log')
        words, variable = valgrind.words(LAUNCHER, 'memcheck', '--trace-children=yes', '--leak-check=no',
                                         '--trace-children-skip=*/dtrack', f'--log-file={logs}.%p')
        outcome = sandbox.run(*words, *command.split(), cwd=ANIMALS, env={**sandbox.environment(preload), **variable})
        text = ''
        for path in glob.glob(glob.escape(logs) + '.*'):
            with open(path, encoding='utf-8', errors='replace') as file:
                text += file.read()
    return sum(int(count) for count in COUNTED.findall(text)), text, outcome


def alone(command):
    """The exit status of the program by itself."""
    return subprocess.run(command.split(), cwd=ANIMALS, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode


def is_clean(command, running):
    """The claim. What memcheck says without the shim, too, is the program's own."""
    errors, text, outcome = running.result()
    tap.same(outcome.status, alone(command), 'status')
    tap.check(COUNTED.search(text), f'memcheck has said nothing: {outcome.stderr}')
    name = os.path.basename(command.split()[0])
    tap.check(any(row['name'] == name for row in shim.processes(outcome)), f'no {name} was recorded')
    own = run(command, False)[0] if errors else 0
    if errors > own:
        tap.note(text)
    tap.check(errors <= own, f'memcheck counts {errors} errors with the shim, {own} without')


def main():
    """Two programs at a time; claims in order."""
    with ThreadPoolExecutor(2) as pool:
        runs = [(command, pool.submit(run, command, True)) for command in sys.argv[1:] or PROGRAMS]
        tap.run([('memcheck_is_content_with_' + re.sub(r'\W+', '_', one[0]).strip('_'),
                  lambda one=one: is_clean(*one)) for one in runs])


if __name__ == '__main__':
    main()
