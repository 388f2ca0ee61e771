# SPDX-License-Identifier: MIT
"""GNU make: the driver tells how many checks of each file held."""
import os
import re

from suite import PASSED, Suite, copy, relative


class Make(Suite):
    """The system's make."""
    name, source = 'make', 'make-dfsg'
    needs = ('make', 'perl', 'gcc')
    least = 15
    quick = ('features/archives', 'features/default_names', 'features/e*', 'features/include', 'features/jobserver', 'features/recursion',
             'features/reinvoke', 'features/shell_assignment', 'features/targetvars', 'functions/shell', 'functions/eval', 'misc/*',
             'options/dash-[knq]', 'options/general', 'targets/[DOPS]*', 'variables/SHELL', 'variables/M*')

    def prepare(self, source, work):
        copy(source, work, 'tests')
        # What configure would have made; an empty header is how the driver knows the top of the tree.
        with open(f'{work}/tests/config-flags.pm.in', encoding='ascii') as text:
            flags = text.read().replace('@CC@', 'gcc').replace('@AR@', 'ar')
        with open(f'{work}/tests/config-flags.pm', 'w', encoding='ascii') as text:
            text.write(re.sub(r'@\w+@', '', flags))
        os.mkdir(f'{work}/src')
        with open(f'{work}/src/gnumake.h', 'w', encoding='ascii'):
            pass

    def files(self, work):
        return relative(f'{work}/tests/scripts', '[!v]*/*', 'variables/*')

    def start(self, work, files):
        return f'{work}/tests', ['perl', 'run_make_tests.pl', '-make', '/usr/bin/make', *files]

    def verdicts(self, text):
        found, file = {}, ''
        for line in text.splitlines():
            file = (re.match(r'(\w+/[\w-]+) \.+ ', line) or re.match('()', line)).group(1) or file
            said = re.search(r'(ok +\((\d+) passed\)|N/A|FAILED \(\d+/\d+ passed\))$', line)
            if said and file:
                found[file, f'{said.group(2)} checks' if said.group(2) else 'as a whole'] = PASSED if said.group(2) else said.group(1)
        return found
