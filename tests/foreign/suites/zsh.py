# SPDX-License-Identifier: MIT
"""zsh: the runner prints each chunk of code as it begins, and stops at the first of a file that fails."""
import os

from suite import PASSED, Suite, copy, relative, sections


class Zsh(Suite):
    """The system's zsh; some of its tests make terminals of their own."""
    name = source = 'zsh'
    needs = ('zsh',)
    least = 200
    quick = ('A0[45]*', 'B0[25]*', 'B1*', 'C0[35]*', 'D0[38]*', 'E0[23]*', 'P01*', 'V08*', 'W02*')
    variables = {'ZTST_verbose': '1', 'ZTST_srcdir': '.', 'ZTST_exe': '../Src/zsh'}

    def prepare(self, source, work):
        copy(source, work, 'Test', 'Functions', 'Completion')
        os.mkdir(f'{work}/Src')
        os.symlink('/usr/bin/zsh', f'{work}/Src/zsh')

    def files(self, work):
        return relative(f'{work}/Test', '*.ztst')

    def start(self, work, files):
        self.variables = dict(self.variables, ZTST_testlist='\n'.join(files))
        return f'{work}/Test', ['zsh', '-f', './runtests.zsh']

    def verdicts(self, text):
        found = {}
        for file, lines in sections(text, r'(?:\./)?(\S+\.ztst): starting\.$'):
            begun = [line[len('Running test: '):] for line in lines if line.startswith('Running test: ')]
            for number, chunk in enumerate(begun, 1):
                found[file, f'{number} {chunk}'] = PASSED
            end = next((line for line in lines if line.startswith(f'{file}: ')), 'no end')
            found[file, 'as a whole'] = PASSED if 'all tests successful' in end else end
            if begun and 'test failed' in end:
                found[file, f'{len(begun)} {begun[-1]}'] = 'failed'
        return found
