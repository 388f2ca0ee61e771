# SPDX-License-Identifier: MIT
"""What whole jobs cost: ./configure and make of a real package, and what a run costs however little it does."""
import glob
import os
import shutil
import subprocess

from rounds import Cell, added, interleave
from stats import Estimate
from table import Table, interval, number
from worker import Worker
from workshop import NOTHING, Variant

MS = 1000   # a unit of a job's cost, of microseconds
RARELY = 6  # rounds for each that a peer takes part in


def settings_of(shop, variant):
    """A settings file that preloads the variant's library; - for none."""
    if not variant.library:
        return '-'
    path = shop.place('job-' + ''.join(filter(str.isalnum, variant.name)))
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'LD_PRELOAD={variant.library}\0\0')
    return path


def compare(title, cells):
    """Jobs against the first one, in milliseconds."""
    base = cells[0]
    wall = Estimate(base.values('wall')).median
    table = Table(title, ['ms a job', 'CPU added', 'wall added', 'of the wall time'])
    for cell in cells[1:]:
        more = added(cell, base, 'wall')
        table.add(cell.name, interval(added(cell, base, 'cpu')), interval(more),
                  f'{100 * more.median / wall:+.1f} %' if more.median < wall else f'{1 + more.median / wall:.1f} times')
    table.notes.append(f'{base.name}: {number(Estimate(base.values("cpu")).median)} CPU, {number(wall)} wall; '
                       f'{len(base.costs)} rounds')
    return table


def allowed(shop, name, *words):
    """The variant, when it can watch true(1); otherwise tell why it is left out."""
    if not shutil.which(words[0]):
        shop.skip(name, 'not installed')
        return []
    done = subprocess.run([*words, '/bin/true'], cwd=shop.path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        shop.skip(name, (done.stderr.strip() or 'does not work here').splitlines()[-1])
        return []
    return [Variant(name, before=(shutil.which(words[0]), *words[1:]), every=RARELY)]


def peers(shop):
    """The tools of others that can watch a whole job; each does so once or twice only, for most are slow."""
    found = [variant for variant in shop.libraries if variant.name == 'snoopy']
    found += [variant._replace(every=RARELY) for variant in shop.tracers()]
    found += allowed(shop, 'bear', 'bear', '--output', f'{shop.path}/bear.json', '--')
    found += allowed(shop, 'perf record', 'perf', 'record', '-q', '-a', '-o', f'{shop.path}/perf.data', '-e',
                     'sched:sched_process_exec', '-e', 'sched:sched_process_exit', '--')
    if not shutil.which('bpftrace'):
        shop.skip('bpftrace', 'not installed')
    return found


class Job:
    """A command in a folder, run from the start by each variant. `ready` makes the folder fit for one more run."""

    def __init__(self, shop, folder, command, ready):
        self.shop = shop
        self.folder = folder
        self.command = command
        self.ready = ready

    def cell(self, variant, name=None, **variables):
        """The variant at this job."""
        settings = settings_of(self.shop, variant)
        return Cell(name or variant.name, lambda: self.measure(variant, settings, variables), variant.every)

    def measure(self, variant, settings, variables):
        """One run, with the wait at its end; its guardian has gone before the next one starts."""
        self.ready()
        worker = Worker([self.shop.built('worker')], self.shop.environment(**variables), self.folder)
        try:
            return worker.order('spawn', 1, *variant.before, *self.command, settings=settings, units=MS)
        finally:
            worker.close()
            self.shop.settle()


def unpack(shop, package):
    """The package's source in a folder, or None."""
    sources = glob.glob(os.path.join(os.environ.get('DTRACK_SOURCES', '-'), package, '*.dsc'))
    if not sources or not shutil.which('dpkg-source'):
        shop.skip('jobs', f'no source of {package} in $DTRACK_SOURCES, or no dpkg-source to unpack it')
        return None
    place = shop.place(package)
    if os.path.isdir(place):
        return place
    subprocess.run(['dpkg-source', '--no-check', '-x', sources[0], place], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return place


def real_jobs(shop):
    """./configure and make -j2 of hello, outside of its source."""
    source = unpack(shop, 'hello')
    if not source:
        return
    folder = shop.place('made')
    os.mkdir(folder)
    quiet = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL, 'check': True}
    variants = [NOTHING, shop.floor, shop.dtrack, *(peers(shop) if shop.peers else ())]

    def fresh():
        shutil.rmtree(folder)
        os.mkdir(folder)

    def clean():
        subprocess.run(['make', 'clean'], cwd=folder, env=shop.environment(), **quiet)

    configure = [os.path.join(source, 'configure'), '--quiet']
    if shop.quick:
        shop.skip('./configure', 'not with --quick')
    else:
        job = Job(shop, shop.path, ['/usr/bin/env', '-C', folder, *configure], fresh)
        yield compare('./configure of hello', interleave([job.cell(variant) for variant in variants], 10))
    fresh()
    subprocess.run(configure, cwd=folder, env=shop.environment(), **quiet)
    job = Job(shop, folder, [shutil.which('make'), '-s', '-j2'], clean)
    yield compare('make -j2 of hello', interleave([job.cell(variant) for variant in variants], shop.rounds(20, 6)))


def run_itself(shop):
    """A run of one process and one of a thousand: its leader, its guardian, the wait at its end."""
    store = f'file://{shop.place("store")}'
    parent = os.path.join(shop.build, 'tests', 'guard', 'parent')
    for title, command, rounds in (('a run of one process', [shop.built('leaf')], shop.rounds(40, 12)),
                                   ('a run of 1,001 processes', [parent, 'spawn', '1000', shop.built('leaf')],
                                    shop.rounds(12, 6))):
        job = Job(shop, shop.path, command, lambda: None)
        cells = [job.cell(NOTHING), job.cell(shop.floor),
                 job.cell(shop.dtrack, 'dtrack, no wait at its end', DTRACK_STORE=store, DTRACK_WAIT='0'),
                 job.cell(shop.dtrack, 'dtrack, until it is stored', DTRACK_STORE=store)]
        yield compare(title, interleave(cells, rounds))
