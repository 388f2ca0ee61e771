# SPDX-License-Identifier: MIT
"""What may lie in a spool instead of a run: it is set aside and named in one line, holds nobody, is followed nowhere, and
keeps no other run from being stored."""
import glob
import json
import os
import shutil
import signal
import struct
import subprocess
import tempfile

import crash
import shim
import tap

TABLE = crash.Table()
VERSION_AT, RUN_ID_AT, STORES_AT = 8, 72, 432  # in struct spool_header
NOBODY = 65534


def write(path, data, at=None):
    """Replace a file, or its bytes from an offset on."""
    with open(path, 'wb' if at is None else 'r+b') as file:
        file.seek(at or 0)
        file.write(data)


def in_place(name, make):
    """Something in place of a file of the run."""
    def poison(folder):
        if os.path.exists(f'{folder}/{name}'):
            os.unlink(f'{folder}/{name}')
        make(f'{folder}/{name}')
    return poison


def fifo(name):
    """A pipe."""
    return in_place(name, os.mkfifo)


def directory(name):
    """A folder with something in it."""
    return in_place(name, lambda path: os.makedirs(f'{path}/x'))


def link(name):
    """A link in place of a file of the run, to a file like it elsewhere."""
    def poison(folder):
        os.rename(f'{folder}/{name}', f'{folder}/../../elsewhere')
        os.symlink('../../elsewhere', f'{folder}/{name}')
    return poison


def instead(make):
    """Something in place of the whole folder."""
    def poison(folder):
        shutil.rmtree(folder)
        make(folder)
    return poison


def linked_folder(folder):
    elsewhere = f'{os.path.dirname(os.path.dirname(folder))}/elsewhere'
    os.makedirs(elsewhere)
    write(f'{elsewhere}/precious', b'1')
    os.symlink('../elsewhere', folder)


def wrong_owner(name):
    """Somebody else's; only root can make that."""
    def poison(folder):
        if os.geteuid():
            raise tap.Skip('only root can give files away')
        os.chown(f'{folder}/{name}', NOBODY, NOBODY)
    return poison


def torn(folder):
    """As after a lost power: the second half of what was recorded is garbage."""
    size = 12 * 1024
    write(f'{folder}/spool', os.urandom(200 * 1024), size + 2048)


# What it is, how to make it, and what becomes of it: 'aside', 'stored', 'kept' (for another version), 'stuck'.
POISONS = [
    ('an empty folder', instead(lambda folder: os.mkdir(folder, 0o700)), 'aside'),
    ('a file', instead(lambda folder: write(folder, b'x')), 'aside'),
    ('a pipe', instead(os.mkfifo), 'aside'),
    ('a link to a folder', instead(linked_folder), 'aside'),
    ('a link to nothing', instead(lambda folder: os.symlink('nowhere', folder)), 'aside'),
    ("somebody else's folder", wrong_owner('.'), 'aside'),
    ('no spool', lambda folder: os.unlink(f'{folder}/spool'), 'aside'),
    ('an empty spool', lambda folder: os.truncate(f'{folder}/spool', 0), 'aside'),
    ('a spool cut in its header', lambda folder: os.truncate(f'{folder}/spool', 100), 'aside'),
    ('a spool cut in its records', lambda folder: os.truncate(f'{folder}/spool', 14 * 1024), 'stored'),
    ('a torn spool', torn, 'stored'),
    ('zeros for a spool', lambda folder: write(f'{folder}/spool', bytes(1 << 18)), 'aside'),
    ('garbage for a spool', lambda folder: write(f'{folder}/spool', os.urandom(1 << 18)), 'aside'),
    ('a spool with a path for an id', lambda folder: write(f'{folder}/spool', b'../../../x\0', RUN_ID_AT), 'aside'),
    ('a spool of a newer version', lambda folder: write(f'{folder}/spool', struct.pack('I', 99), VERSION_AT), 'kept'),
    ("somebody else's spool", wrong_owner('spool'), 'aside'),
    ('a link for a spool', link('spool'), 'aside'),
    ('a pipe for a spool', fifo('spool'), 'aside'),
    ('a folder for a spool', directory('spool'), 'aside'),
    ('a folder for a lock', directory('lock'), 'aside'),
    ('a pipe for a lock', fifo('lock'), 'stored'),
    ('a pipe for marks', fifo('marks'), 'stored'),
    ('a link for marks', link('marks'), 'stored'),
    ('a folder for marks', directory('marks'), 'stuck'),
    ('garbage for marks', lambda folder: write(f'{folder}/marks', os.urandom(4096)), 'stored'),
    ('a pipe for a context', fifo('context'), 'stored'),
    ('garbage for a context', lambda folder: write(f'{folder}/context', os.urandom(100000)), 'stored'),
    ('a pipe for the folded run', fifo('folded'), 'stored'),
    ('garbage for the folded run', lambda folder: write(f'{folder}/folded', b'20 30 40\nxyz'), 'stored'),
    ('a pipe for the spans', fifo('spans.ndjson.gz'), 'stored'),
    ("somebody's files in the folder", directory('mine'), 'stuck'),
]


class Spool(shim.Sandbox):
    """A spool with a good run, and an older one to be poisoned."""

    def __enter__(self):
        self.good = crash.leave_run(self)
        self.name = os.path.basename(self.good)
        return self

    def add(self, number, poison):
        """One more run, with an id of its own, older than the good one."""
        name = f'run-2020{self.name[8:-8]}{number:08x}'
        folder = f'{self.spool}/{name}'
        crash.copy_tree(self.good, folder)
        with open(f'{folder}/spool', 'r+b') as spool:
            spool.seek(RUN_ID_AT)
            spool.write(name[4:].encode())
        poison(folder)
        return folder


def named(folder, lines):
    """How many lines are about the run."""
    return len([line for line in lines if os.path.basename(folder)[4:] in line])


def aside(folder):
    """Its path after it was set aside."""
    return folder.replace('/run-', '/bad-')


def check_folder(folder, becomes, lines):
    """What must be there after a flush, and what it must have said on stderr."""
    there = {kind: os.path.lexists(folder.replace('/run-', f'/{kind}-')) for kind in ('run', 'bad', 'done')}
    expected = {'aside': (False, True, False), 'stored': (False, False, False), 'kept': (True, False, False),
                'stuck': (False, False, True)}[becomes]
    tap.same(tuple(there.values()), expected, f'run-, bad-, done- of {folder}')
    tap.same(named(folder, lines), 0 if becomes == 'stored' else 1, f'lines about it in {lines}')


def flushed(sandbox, stored, status):
    """A flush that must end, with this status, and with so many runs in the store; its lines on stderr and stdout."""
    flush = crash.dtrack(sandbox, 'flush')
    tap.same(flush.returncode, status, f'status of a flush that said {flush.stderr!r}')
    tap.same(len(glob.glob(f'{sandbox.store}/runs/*/*/*.json')), stored, 'runs in the store')
    return flush.stderr.splitlines(), flush.stdout.splitlines()


def claim(poison):
    """One poison beside one good run: a look, a flush, and another flush."""
    name, make, becomes = poison

    def test():
        with Spool() as spool:
            folder = spool.add(1, make)
            looked = crash.dtrack(spool, 'runs')
            tap.check(spool.name[4:] in looked.stdout, f'the good run is not shown: {looked}')
            stored = 1 + (becomes in ('stored', 'stuck'))
            lines, _ = flushed(spool, stored, becomes != 'stored')
            check_folder(folder, becomes, lines)
            tap.same(len(lines), becomes != 'stored', f'lines in {lines}')
            lines, out = flushed(spool, stored, becomes in ('kept', 'stuck'))
            tap.same(named(folder, lines), becomes in ('kept', 'stuck'), f'lines about it in the second flush: {lines}')
            tap.same(out, [f'set aside earlier: {aside(folder)}'] * (becomes == 'aside'), 'what the second flush says')
            wrong = TABLE.add(name, stored, spool.store)
            TABLE.remark(name, becomes)
            tap.check(not wrong, '\n'.join(wrong))
            if os.path.isdir(f'{spool.path}/elsewhere'):
                tap.same(os.listdir(f'{spool.path}/elsewhere'), ['precious'], 'what the link leads to')

    return 'no_harm_is_done_by_' + ''.join(c if c.isalnum() else '_' for c in name), test


def the_next_job_passes_over_all_poisons_at_once():
    """The guardian meets them after its own run; the job does not wait for that."""
    with Spool() as spool:
        folders = []
        for number, (name, make, becomes) in enumerate(POISONS):
            if 'link' not in name and not (os.geteuid() and 'somebody else' in name):
                folders.append((spool.add(number, make), becomes))
        done = spool.run('sh', '-c', 'exit 5')
        tap.same((done.status, done.stderr), (5, ''), 'status and stderr of the job')
        stored = 2 + len([1 for _, becomes in folders if becomes in ('stored', 'stuck')])
        crash.wait_until(lambda: not os.path.lexists(spool.good), 'the good run, in the store')
        for folder, becomes in folders:
            check_folder(folder, becomes, [folder] * (becomes != 'stored'))
        wrong = TABLE.add('all at once, met by a guardian', stored, spool.store)
        tap.check(not wrong, '\n'.join(wrong))


def what_may_not_be_read_is_set_aside():
    """For everybody but root."""
    with Spool() as spool:
        folders = [spool.add(1, lambda folder: os.chmod(f'{folder}/spool', 0)),
                   spool.add(2, lambda folder: os.chmod(folder, 0))]
        options = {}
        if not os.geteuid():
            for path, names, files in os.walk(spool.path):
                for name in ['.', *names, *files]:
                    os.lchown(os.path.join(path, name), NOBODY, NOBODY)
            options = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []}
            if not can_run_as_nobody(options):
                raise tap.Skip('another user cannot reach the build folder')
        flush = crash.dtrack(spool, 'flush', options=options)
        tap.same(flush.returncode, 1, f'status of {flush}')
        for folder in folders:
            check_folder(folder, 'aside', flush.stderr.splitlines())
        wrong = TABLE.add('may not be read', 1, spool.store)
        tap.check(not wrong, '\n'.join(wrong))


def a_run_without_a_context_is_nobody_elses():
    """Its guardian died in its first milliseconds. Whoever finishes it is another job: with a name, a pipeline and a store of
    its own."""
    other = {'DTRACK_NAME': 'other', 'GITHUB_ACTIONS': 'true', 'GITHUB_WORKFLOW': 'other', 'GITHUB_SHA': 'abcdef0'}
    for led in ((), (shim.DTRACK, 'run', '--')):
        with shim.Sandbox() as sandbox:
            command = [*led, 'sh', '-c', 'echo; exec sleep 1000']
            job = subprocess.Popen(command, env=sandbox.environment(not led), stdout=subprocess.PIPE, start_new_session=True)
            job.stdout.readline()
            folder, guardian = crash.guarded_run(sandbox)
            os.kill(guardian, signal.SIGKILL)
            os.killpg(job.pid, signal.SIGKILL)
            job.wait()
            crash.wait_until(lambda folder=folder: not crash.is_guarded(folder), 'the death of the guardian')
            os.unlink(f'{folder}/context')
            env = dict(sandbox.environment(False), **other, DTRACK_STORE=f'file://{sandbox.path}/theirs')
            flush = subprocess.run([shim.DTRACK, 'flush'], env=env, stdout=subprocess.PIPE, check=False)
            outcome = sandbox.outcome()
            tap.same((flush.returncode, outcome.left), (0, []), 'status of the flush, and what is left')
            tap.check(not os.path.exists(f'{sandbox.path}/theirs/runs'), 'it is in the store of the other job')
            summary, = outcome.summaries
            tap.check(summary['name'] in ('sh', 'sleep'), f"it is called {summary['name']}")
            tap.same(summary['unsettled'], True, 'whether it says so')
            shown = crash.dtrack(sandbox, 'show').stdout
            tap.check('its settings were never written down' in shown, f'shown: {shown}')
            tap.check('other' not in json.dumps(summary) and 'abcdef0' not in json.dumps(summary), f'facts: {summary}')


def the_spool_names_the_stores_as_the_context_does():
    """Without their secrets, and so that a URL with its credential is found again by it."""
    for stores in ('file:///x', ' azure://runs/a\thttps://u:pw1@h/c?sig=pw2 ', 'https://h/a@b?c#d\ns3://b/k#f',
                   'DefaultEndpointsProtocol=https;AccountName=n;AccountKey=cHcxcHcxcHcxcHcxcHcxcHcxcHcxcHcxcHcxcHcxcA==;x'):
        for led in ((), (shim.DTRACK, 'run', '--')):
            with shim.Sandbox(DTRACK_STORE=stores, DTRACK_WAIT='0', DTRACK_QUIET='1') as sandbox:
                job = subprocess.Popen([*led, 'sh', '-c', 'echo; read line'], env=sandbox.environment(not led),
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                job.stdout.readline()
                folder, guardian = crash.guarded_run(sandbox)
                with open(f'{folder}/context', encoding='utf-8') as text:
                    kept = [line[6:].rstrip('\n') for line in text if line.startswith('store\t')]
                with open(f'{folder}/spool', 'rb') as spool:
                    known, said = struct.unpack_from('I1024s', spool.read(4096), STORES_AT)
                os.kill(guardian, signal.SIGKILL)
                job.communicate()
            said = said.partition(b'\0')[0].decode()
            tap.same((known, said.split(' ')), (1, kept), f'what the spool says of {stores!r}')
            tap.check('pw' not in said and 'cHc' not in said, f'a secret in {said}')


def can_run_as_nobody(options):
    """Whether nobody can start the program that is tested."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        try:
            return subprocess.run([shim.DTRACK, '--help'], stdout=subprocess.DEVNULL, check=False,
                                        **options).returncode == 0
        except PermissionError:
            return False


def the_table():
    """Printed last."""
    TABLE.print()
    for fault, row in TABLE.rows.items():
        tap.same(row[1:], [row[1], row[1], 0, 0, 0], f'the row of {fault}')


tap.run([*map(claim, POISONS), a_run_without_a_context_is_nobody_elses,
         the_spool_names_the_stores_as_the_context_does, what_may_not_be_read_is_set_aside,
         the_next_job_passes_over_all_poisons_at_once,
         ('no_poison_loses_or_doubles_a_run', the_table)])
