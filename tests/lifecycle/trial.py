# SPDX-License-Identifier: MIT
"""Tries a program in every way it can be watched. A fault is when the results without and with us don't meet: three of each,
because a program may have more than one result by itself."""
import contextlib
import glob
import os
import pwd
import shutil
import stat
import tempfile
from collections import namedtuple

import record
import slow
from execution import Execution
from program import steps_of
from tools import Tools

TRIES = 3
WAYS = ('leader', 'child', 'run', 'record')
USERS, USERS_EACH = 100000, 1000  # numbers without a name: each execution has one that no process counts for already
BELOW_A_SHELL = ['/bin/sh', '-c', '"$@"; echo "below the shell: $?"', 'sh']

# way: in which it shows; text: what differs.
Fault = namedtuple('Fault', 'way text')


class Lab:
    """A folder to try programs in; use as a context."""

    def __init__(self, library, dtrack):
        self.library, self.dtrack = os.path.abspath(library), os.path.abspath(dtrack)
        self.path = tempfile.mkdtemp(prefix='dtrack-life-')
        self.executions = 0
        places = [f'{pwd.getpwuid(os.getuid()).pw_dir}/.local/state', '/var/tmp']
        self.hidden = [word for place in places if os.path.isdir(place) for word in ('-h', place)]

    def __enter__(self):
        os.chmod(self.path, 0o755)
        self.tools = Tools(f'{self.path}/tools')
        return self

    def __exit__(self, *unused):
        remove(self.path)

    def env(self, home, scene):
        """An environment of its own."""
        env = {'PATH': f'{self.tools.path}/first:{self.tools.path}:/usr/bin:/bin', 'LC_ALL': 'C', 'HOME': home, 'DTRACK_STORE': f'file://{home}/store',
               'DTRACK_SPOOL': f'{home}/spool', 'DTRACK_WAIT': '10'}
        return env | (slow.settings() if 'slow' in scene else {})

    def become(self, scene, home):
        """The launcher's words for a user of its own, who may write where the program does."""
        if os.geteuid() or not {'user', 'processes'} & set(scene):
            return []
        user = USERS + os.getpid() * USERS_EACH + self.executions % USERS_EACH
        for name in ('stdout', 'stderr', 'log'):
            with open(f'{home}/{name}', 'wb') as file:
                os.fchown(file.fileno(), user, user)
        for path in (home, f'{home}/work'):
            os.chown(path, user, user)
        return ['-w', str(user)]

    def execute(self, program, scene, way, watched):
        """Run it once; the result, and complaints about what was recorded if that is what is asked for."""
        self.executions += 1
        home = tempfile.mkdtemp(dir=self.path)
        os.chmod(home, 0o755)
        work = f'{home}/work'
        os.mkdir(work)
        try:
            command = [self.tools.scene, '-c', work, *self.hidden, *launcher_options(scene), *self.become(scene, home)]
            command += ['-p', self.library] if watched and way != 'run' else []
            command += ['-b'] if way == 'run' and not watched else []
            command += ['--'] + ([self.dtrack, 'run', '--'] if way == 'run' and watched else [])
            command += (BELOW_A_SHELL if way == 'child' else []) + [program]
            if way == 'record':
                command = record.STRACE + [f'{home}/trace'] + command
            result = Execution(command, self.env(home, scene if way != 'record' else {}), home).result()
            return result, record.complaints(home) if way == 'record' and result.status != 'stopped: time' else []
        finally:
            remove(home)

    def fault(self, made, ways=WAYS, tries=TRIES):
        """The first fault of a program, or None. LookupError when it can't be built here."""
        folder = tempfile.mkdtemp(dir=self.path)
        os.chmod(folder, 0o755)
        try:
            program = self.tools.build(made, folder)
            if not program:
                raise LookupError(f'no compiler for {made["form"]} here')
            for way in ways:
                if made['form'] in ('32', 'static') and way in ('leader', 'record'):
                    continue  # ld.so complains about the one, and nobody edits what the other hands on
                if way == 'record' and any(step.get('flags') == 'CLONE_NEWPID' for step in steps_of(made)):
                    continue  # its processes have other numbers
                fault = self.recorded(made, program, tries) if way == 'record' else self.differs(made, program, way, tries)
                if fault:
                    return fault
            return None
        finally:
            remove(folder)

    def differs(self, made, program, way, tries):
        """Whether a way shows: both kinds of runs are repeated until they meet, or three of each did not."""
        plain, watched = [], []
        may_say = way == 'run' or {'slow', 'processes'} & set(made['scene']) or \
            made.get('lib', {}).get('ctor')  # which may take from the library what it needs to record
        for _ in range(tries):
            for results, is_watched in (plain, False), (watched, True):
                result = self.execute(program, made['scene'], way, is_watched)[0]
                results.append(result._replace(stderr=without_words_of_ours(result.stderr)) if may_say else result)
            if plain[0].status.startswith('stopped'):
                return None  # by itself it has no end
            if set(plain) & set(watched):
                return None
        return Fault(way, difference(plain[0], watched[0]))

    def recorded(self, made, program, tries):
        """Whether the record is wrong, each time."""
        for _ in range(tries):
            complaints = self.execute(program, made['scene'], 'record', True)[1]
            if not complaints:
                return None
        return Fault('record', '\n'.join(complaints))


def without_words_of_ours(text):
    """What could not be done may be said on stderr."""
    return '\n'.join(line for line in text.splitlines() if not line.startswith('dtrack: '))


def launcher_options(scene):
    """The scene in the launcher's words."""
    letters = {'subreaper': '-s', 'ignore': '-i', 'block': '-m', 'umask': '-u', 'stack': '-k', 'descriptors': '-n',
               'variables': '-e', 'close': '-x', 'stdout': '-o', 'processes': '-l'}
    for name, value in scene.items():
        if name in letters:
            yield letters[name]
            if value is not True:
                yield str(value)


def remove(path):
    """Remove a folder, whatever modes its files got."""
    for folder in glob.glob(f'{path}/**/', recursive=True):
        with contextlib.suppress(OSError):
            os.chmod(folder, stat.S_IRWXU)
    shutil.rmtree(path, ignore_errors=True)


def difference(plain, watched):
    """What two results have not in common, in lines."""
    lines = []
    for name, before, after in zip(plain._fields, plain, watched):
        if before == after:
            continue
        before, after = (list(part) if isinstance(part, tuple) else part.splitlines() for part in (before, after))
        lines += [f'{name} lacks: {line}' for line in _without(before, after)]
        lines += [f'{name} has: {line}' for line in _without(after, before)]
    return '\n'.join(lines[:20])


def _without(lines, others):
    """Lines that aren't among the others, as often as they are more."""
    others = list(others)
    return [line for line in lines if line not in others or others.remove(line)]
