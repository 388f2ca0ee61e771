# SPDX-License-Identifier: MIT
"""Tcl: exec, pipes, sockets and events."""
import re

from suite import PASSED, Suite, copy, relative


class Tcl(Suite):
    """The system's tclsh."""
    name, source = 'tcl', 'tcl8.6'
    needs = ('tclsh',)
    least = 100
    quick = ('exec.test', 'pid.test', 'unixFCmd.test', 'unixInit.test', 'chan.test', 'env.test', 'pwd.test')

    def prepare(self, source, work):
        copy(source, work, 'tests', 'library')

    def files(self, work):
        return relative(f'{work}/tests', '*.test')

    def start(self, work, files):
        return f'{work}/tests', ['tclsh', 'all.tcl', '-verbose', 'start pass skip error', '-file', ' '.join(files)]

    def verdicts(self, text):
        found, file = {}, ''
        for line in text.splitlines():
            file = line if re.fullmatch(r'[\w-]+\.test', line) else file
            said = re.match(r'(?:\+\+\+\+|====) (\S+) (?:.* )?(PASSED|FAILED|SKIPPED: .*)$', line)
            if said:
                found[file, said.group(1)] = PASSED if said.group(2) == 'PASSED' else said.group(2).lower()
        return found
