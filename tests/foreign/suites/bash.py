# SPDX-License-Identifier: MIT
"""bash: each run-NAME compares what a script printed with what it must print; a test's verdict is that difference."""
import os
import re

from suite import PASSED, Suite, compile_program, copy, relative, sections

HELPERS = ('recho', 'zecho', 'printenv', 'xcase')
HEADERS = ('-DHAVE_STRING_H', '-DHAVE_STDLIB_H', '-DHAVE_UNISTD_H', '-DSTDC_HEADERS')
# The machine decides these: ids of processes, descriptors and inodes, times.
NUMBER = re.compile(r'\d{3,}')


class Bash(Suite):
    """The system's bash, with job control on a terminal."""
    name = source = 'bash'
    needs = ('bash', 'gcc')
    least = 15
    quick = ('run-c[ao]*', 'run-comsub*', 'run-dollars', 'run-exec*', 'run-exp*', 'run-herestr', 'run-heredoc', 'run-intl', 'run-invert',
             'run-lastpipe', 'run-nameref', 'run-new-exp', 'run-posix*', 'run-procsub', 'run-redir', 'run-rsh', 'run-set-*', 'run-trap',
             'run-vredir', 'run-builtins', 'run-alias', 'run-errors', 'run-input-test', 'run-type')
    variables = {'THIS_SH': '/bin/bash', 'BUILD_DIR': '/nonexistent'}
    terminal = True

    def prepare(self, source, work):
        copy(source, work, 'tests')
        config = os.path.join(work, 'config.h')
        with open(config, 'w', encoding='ascii'):
            for helper in HELPERS:
                compile_program(f'{source}/support/{helper}.c', f'{work}/tests/{helper}', *HEADERS, f'-I{work}', f'-I{source}')

    def files(self, work):
        return [name for name in relative(f'{work}/tests', 'run-*') if name not in ('run-all', 'run-minimal', 'run-gprof')]

    def start(self, work, files):
        for name in set(self.files(work)) - set(files):
            os.unlink(f'{work}/tests/{name}')
        return f'{work}/tests', ['sh', 'run-all']

    def verdicts(self, text):
        found = {}
        for file, lines in sections(text, r'(run-[\w+-]+)$'):
            said = [NUMBER.sub('N', line) for line in lines if not line.startswith('warning: ')]
            found[file, 'output'] = '\n'.join(said) or PASSED
        return found
