# SPDX-License-Identifier: MIT
"""perl: its core tests, run by prove."""
import glob
import os
import subprocess

from suite import Suite, copy, relative, tap


def add_links(folder, target):
    """Links to the files of a folder of installed modules, where the source has none of that name."""
    for place, _, names in os.walk(folder):
        below = os.path.join(target, os.path.relpath(place, folder))
        os.makedirs(below, exist_ok=True)
        for name in names:
            link = os.path.join(below, name)
            if not os.path.lexists(link):
                os.symlink(os.path.join(place, name), link)


class Perl(Suite):
    """The system's perl with its own modules: the source has the tests, not what building it makes."""
    name = source = 'perl'
    needs = ('perl', 'prove', 'gcc')
    least = 500
    quick = ('op/die_exit.t', 'op/exec.t', 'op/fork.t', 'op/get*pid.t', 'op/kill0.t', 'op/magic.t', 'op/setpgrpstack.t',
             'op/sigsystem.t', 'op/waitpid.t', 'op/glob.t', 'op/groups.t', 'op/fh.t', 'io/argv.t', 'io/closepid.t', 'io/dup.t', 'io/open*.t',
             'io/pipe.t', 'io/errnosig.t', 'io/fflush.t', 'io/inplace.t', 'run/exit.t', 'run/runenv.t', 'run/switch[Iacnpx].t',
             'run/cloexec.t', 'run/script.t')

    def prepare(self, source, work):
        copy(source, work, 't', 'lib', 'TestInit.pm')
        installed = subprocess.run(['perl', '-MConfig', '-e', 'print "$Config{archlib}\n$Config{privlib}\n"'], check=True,
                                   stdout=subprocess.PIPE, text=True).stdout.split()
        for folder in installed + glob.glob('/usr/lib/*/perl-base'):
            add_links(folder, f'{work}/lib')
        os.symlink('/usr/bin/perl', f'{work}/t/perl')

    def files(self, work):
        return relative(f'{work}/t', 'base/*.t', 'cmd/*.t', 'comp/*.t', 'io/*.t', 'op/*.t', 'run/*.t')

    def start(self, work, files):
        return f'{work}/t', ['prove', '-v', '-e', './perl', *files]

    def verdicts(self, text):
        return tap(text, r'(\w+/\w+\.t) \.+')
