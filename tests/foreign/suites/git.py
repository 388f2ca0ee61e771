# SPDX-License-Identifier: MIT
"""git: its shell scripts, run by prove."""
import os

from suite import Suite, copy, relative, tap

OPTIONS = '''SHELL_PATH='/bin/sh'
TEST_SHELL_PATH='/bin/sh'
PERL_PATH='/usr/bin/perl'
PYTHON_PATH='/usr/bin/python3'
DIFF='diff'
TAR='tar'
PAGER_ENV='LESS=FRX LV=-c'
X=''
'''
# Building the project's own tool would take minutes: what needs it, fails in both runs.
NO_TOOL = '#!/bin/sh\nexit 127\n'


class Git(Suite):
    """The system's git."""
    name = source = 'git'
    needs = ('git', 'prove')
    least = 100
    static = ('ssh', 'ssh-agent')  # some tests sign with a key; ssh's own work is elsewhere, and its agent is setgid
    quick = ('t0005-*', 't0014-*', 't0017-*', 't0041-*', 't0056-*', 't0068-*', 't1350-*', 't1416-*', 't1800-*', 't5407-*', 't5571-*',
             't7006-*', 't7504-*')
    variables = {'GIT_TEST_INSTALLED': '/usr/bin'}

    def prepare(self, source, work):
        copy(source, work, 't')
        os.mkdir(f'{work}/templates')
        with open(f'{work}/GIT-BUILD-OPTIONS', 'w', encoding='ascii') as text:
            text.write(OPTIONS)
        os.symlink('/usr/share/git-core/templates', f'{work}/templates/blt')
        with open(f'{work}/t/helper/test-tool', 'w', encoding='ascii') as text:
            text.write(NO_TOOL)
            os.fchmod(text.fileno(), 0o755)

    def files(self, work):
        return relative(f'{work}/t', 't[0-9]*.sh')

    def start(self, work, files):
        return f'{work}/t', ['prove', '-v', '-e', 'sh', *files]

    def verdicts(self, text):
        return tap(text, r'(t\d+-\S+\.sh) \.+')
