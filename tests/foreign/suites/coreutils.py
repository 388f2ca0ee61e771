# SPDX-License-Identifier: MIT
"""GNU coreutils: a script a test, which says by its status how it went."""
import os
import re
import subprocess

from suite import PASSED, Suite, copy, relative

WORDS = {'0': PASSED, '1': 'failed', '77': 'skipped', '99': 'broken'}

# What the makefile does around each script; as there, what a test has to say about itself goes to descriptor 9.
RUNNER = r'''
. ./tests/lang-default
exec 9>&2
for f in "$@"; do
    case $f in
    *.pl) perl -w -I./tests -MCuSkip -MCoreutils -M"CuTmpdir qw($f)" "$f" ;;
    *) sh "$f" ;;
    esac
    echo "verdict $f $?"
done
'''

# Types by their bits, as the program getlimits of the build knows them.
SIGNED = {'SCHAR': 8, 'SHRT': 16, 'INT': 32, 'LONG': 64, 'SSIZE': 64, 'TIME_T': 64, 'PID_T': 32, 'OFF_T': 64, 'INTMAX': 64}
UNSIGNED = {'UCHAR': 8, 'USHRT': 16, 'UINT': 32, 'ULONG': 64, 'SIZE': 64, 'UID_T': 32, 'GID_T': 32, 'UINTMAX': 64}


def limits():
    """A script that prints what getlimits prints of them on a 64 bit machine."""
    ranges = [(name, -1 << bits - 1, (1 << bits - 1) - 1) for name, bits in SIGNED.items()]
    ranges += [(name, 0, (1 << bits) - 1) for name, bits in UNSIGNED.items()]
    lines = [f'{name}_MAX={high}\n{name}_OFLOW={high + 1}\n{name}_MIN={low}\n{name}_UFLOW={low - 1}\n' for name, low, high in ranges]
    return '#!/bin/sh\ncat <<END\n' + ''.join(lines) + 'END\n'


class Coreutils(Suite):
    """The system's coreutils."""
    name = source = 'coreutils'
    needs = ('perl', 'gcc')
    least = 25
    static = ('memcheck-amd64-linux',)  # some tests want valgrind
    quick = ('tests/misc/env*', 'tests/misc/timeout*', 'tests/misc/n[io]*', 'tests/misc/kill*', 'tests/misc/std*', 'tests/misc/sort-[ce]*',
             'tests/misc/tty*', 'tests/misc/close-stdout.sh', 'tests/misc/tee.sh', 'tests/misc/printenv.sh', 'tests/misc/yes.sh',
             'tests/misc/seq-epipe.sh', 'tests/misc/*-parallel.sh', 'tests/misc/cat-*', 'tests/split/filter.sh', 'tests/split/fail.sh',
             'tests/tail-2/pid.sh', 'tests/tail-2/pipe*', 'tests/tail-2/flush*', 'tests/misc/chroot*')

    def prepare(self, source, work):
        copy(source, work, 'tests', 'init.cfg')
        os.mkdir(f'{work}/src')
        installed = subprocess.run(['dpkg', '-L', 'coreutils'], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
        programs = {os.path.basename(path): path for path in installed if '/bin/' in path}
        for name, path in programs.items():
            os.symlink(path, f'{work}/src/{name}')
        with open(f'{work}/run', 'w', encoding='ascii') as text:
            text.write(RUNNER)
        with open(f'{work}/src/getlimits', 'w', encoding='ascii') as text:
            text.write(limits())
            os.fchmod(text.fileno(), 0o755)
        with open(f'{source}/.tarball-version', encoding='ascii') as text:
            version = text.read().strip()
        self.variables = {'srcdir': '.', 'top_srcdir': '.', 'abs_srcdir': work, 'abs_top_srcdir': work, 'abs_top_builddir': work,
                          'built_programs': ' '.join(sorted(programs)), 'VERSION': version, 'PACKAGE_VERSION': version, 'fail': '0',
                          'CONFIG_HEADER': '/dev/null', 'AWK': 'awk', 'EGREP': 'grep -E', 'PERL': 'perl', 'SHELL': '/bin/sh',
                          'CC': 'gcc', 'EXEEXT': '', 'MAKE': 'make', 'host_os': 'linux-gnu'}

    def files(self, work):
        return relative(work, 'tests/*/*.sh', 'tests/*/*.pl')

    def start(self, work, files):
        return work, ['sh', './run', *files]

    def verdicts(self, text):
        return {(file, 'as a whole'): WORDS.get(status, f'status {status}')
                for file, status in re.findall(r'^verdict (\S+) (\d+)$', text, re.M)}
