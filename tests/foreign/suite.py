# SPDX-License-Identifier: MIT
"""What a foreign test suite is. Each file in suites/ describes one; nothing here runs anything."""
import glob
import os
import re
import shutil
import subprocess


class Suite:
    """The tests of another project, run against the system's own binaries by the project's own runner."""
    name = ''           # of the project
    source = ''         # the Debian source package that the tests come from; empty when a binary package installs them
    needs = ()          # programs, or patterns of files, that must be there; else it is skipped
    least = 0           # so many tests pass when nobody watches; else they were not really run
    quick = ()          # the files of tests, or patterns of them, whose tests make most processes, and do it in seconds
    variables = {}      # added to the environment
    static = ()         # programs it may start that can't be seen into: the record must name no other blind spot
    terminal = False    # its processes have a controlling terminal, though their standard descriptors are none

    def prepare(self, source, work):
        """Lay out what the runner wants to find: from the unpacked source, in an empty folder."""
        raise NotImplementedError

    def files(self, work):
        """All test files, as the runner takes them."""
        raise NotImplementedError

    def start(self, work, files):
        """The folder to start in and the command that runs these files; called for each run, in a fresh copy."""
        raise NotImplementedError

    def verdicts(self, text):
        """What the runner said, as {(file, test): verdict}; PASSED is the one that everybody hopes for."""
        raise NotImplementedError


PASSED = 'passed'


def copy(source, work, *names):
    """Copy folders and files out of the source."""
    for name in names:
        for path in glob.glob(os.path.join(source, name)):
            target = os.path.join(work, os.path.relpath(path, source))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.isdir(path):
                shutil.copytree(path, target, symlinks=True)
            else:
                shutil.copy2(path, target)


def compile_program(source, target, *options):
    """Compile a helper of the suite's, which the project would build first."""
    subprocess.run(['gcc', '-w', *options, '-o', target, source], check=True)


def relative(work, *patterns):
    """Files that match, relative to a folder."""
    return sorted(os.path.relpath(path, work) for pattern in patterns for path in glob.glob(os.path.join(work, pattern)))


def tap(text, begins):
    """Verdicts of a runner that prints TAP; `begins` matches the line that begins a file and names it."""
    found, file = {}, ''
    for line in text.splitlines():
        start = re.match(begins, line)
        if start:
            file = start.group(1)
            continue
        point = re.match(r'\s*(not ok|ok)(?: (\d+))?\b(.*)', line)
        if not point or not file:
            continue
        verdict, number, remark = point.groups()
        directive = re.search(r'# *(skip|todo)', remark, re.I)
        key = (file, number or 'as a whole')
        found[key] = ' '.join([{'ok': PASSED}.get(verdict, 'failed')] + ([directive.group(1).lower()] if directive else []))
    return found


def sections(text, begins):
    """Pairs of a file and what was said about it; `begins` matches the line that begins a file and names it."""
    found = []
    for line in text.splitlines():
        start = re.match(begins, line)
        if start:
            found.append((start.group(1), []))
        elif found:
            found[-1][1].append(line)
    return found
