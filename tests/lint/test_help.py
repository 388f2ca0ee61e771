#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_help.py ROOT DTRACK : what `dtrack --help` says agrees with the tables in the source tree ROOT."""
import os
import re
import subprocess
import sys

import settings
import tap
from tree import Tree

ROOT, DTRACK = map(os.path.abspath, sys.argv[1:])


def output(*arguments):
    """What dtrack prints, which must be to stdout and with status 0."""
    done = subprocess.run([DTRACK, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    tap.same((done.returncode, done.stderr), (0, ''), f"status and stderr of dtrack {' '.join(arguments)}")
    return done.stdout


def help_names_the_variables_of_the_table():
    """No more, no less."""
    want = settings.table(Tree(ROOT))
    tap.check(want, 'the table is empty')
    tap.same(sorted(set(re.findall(r'DTRACK_[A-Z_]+', output('--help')))), sorted(want), 'the variables in the help')


def every_listed_command_has_a_help():
    """That names the command itself. Commands are the indented words under their heading."""
    listed = re.findall(r'^  ([a-z]+)  ', output('--help'), re.M)
    tap.check({'run', 'show', 'runs'} <= set(listed), f'--help lists only {listed}')
    for command in listed:
        tap.check(f'dtrack {command}' in output(command, '--help'), f'the help of {command} does not name it')


def every_format_is_in_the_help_and_in_the_readmes():
    """The table's names in the help of export, each with what it is for; and as rows of README's table and of lib/export's."""
    listed = re.findall(r'^  ([a-z]+) +[^;\n]+; \*\.[a-z.]+$', output('export', '--help'), re.M)
    defined = re.findall(r'\.name = "([a-z]+)"', ''.join(text for _, text in sources('lib/export') if 'struct export_format format_' in text))
    tap.same(sorted(listed), sorted(defined), 'the formats in the help')
    for path, first in (('README.md', r'`([a-z]+)`'), ('lib/export/README.md', r'([a-z]+)')):
        with open(os.path.join(ROOT, path), encoding='utf-8') as file:
            rows = re.findall(rf'^\| {first} \|', file.read(), re.M)
        tap.same(sorted(set(listed) - set(rows) - {'ndjson'}), [], f'formats that {path} does not name')


def sources(folder):
    """The C files of a folder of the tree, with their texts."""
    for name in sorted(os.listdir(os.path.join(ROOT, folder))):
        if name.endswith('.c'):
            with open(os.path.join(ROOT, folder, name), encoding='utf-8') as file:
                yield name, file.read()


if __name__ == '__main__':
    tap.run([help_names_the_variables_of_the_table, every_listed_command_has_a_help,
             every_format_is_in_the_help_and_in_the_readmes])
