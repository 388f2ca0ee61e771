# SPDX-License-Identifier: MIT
"""What each run pays however little its job does: starting dtrack, the memory of a guardian that waits, and the wait until the run of
one process is stored. Libraries of other builds (--library) take part with the programs beside them."""
import os
import signal
import statistics
import subprocess
import time

from jobs import MS, settings_of
from rounds import Cell, added, interleave
from stats import Estimate
from table import Table, interval, number

TRUE = '/bin/true'
WAIT_S = 10
FIELDS = ('Rss', 'Pss', 'Private_Dirty')


def program_of(library):
    """The dtrack that belongs to a library: in its build folder, or in its installation. None when there is none."""
    folder = os.path.dirname(library)
    places = [os.path.join(folder, up, name) for up, name in (('..', 'lib/cmd/dtrack'), ('..', 'bin/dtrack'), ('../..', 'bin/dtrack'))]
    return next(filter(os.path.exists, places), None)


def of_dtrack(shop):
    """Pairs of a variant that is a dtrack and its program."""
    pairs = [(variant, program_of(variant.library)) for variant in shop.libraries if variant.library.endswith('libdtrack.so')]
    return [(variant, program) for variant, program in pairs if program]


def compare(title, cells, unit):
    """Wall time of each, its quartiles, and what it is more than the first."""
    table = Table(title, [unit, 'wall', 'half of all within', 'wall added', 'CPU added'])
    for cell in cells:
        wall = Estimate(cell.values('wall'))
        more = [interval(added(cell, cells[0], what), 2) if cell is not cells[0] else None for what in ('wall', 'cpu')]
        table.add(cell.name, number(wall.median, 2), ' .. '.join(number(value, 2) for value in wall.quartiles), *more)
    table.notes.append(f'{len(cells[0].costs)} rounds')
    return table


def starting(shop):
    """The program itself, which does next to nothing."""
    worker = shop.worker()
    cells = [Cell(TRUE, lambda: worker.order('spawn', 1, TRUE, units=MS))]
    for variant, program in of_dtrack(shop):
        cells.append(Cell(f'{variant.name} --version', lambda program=program: worker.order('spawn', 1, program, '--version',
                                                                                            units=MS)))
    return compare('starting a program', interleave(cells, shop.rounds(400, 100)), 'ms')


def guardians(spool):
    """The guardians of the runs in a spool."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', 'rb') as file:
                words = file.read().split(b'\0')
        except OSError:
            continue
        if b'--guard' in words and words[-2].startswith(os.fsencode(spool) + b'/'):
            found.append(int(pid))
    return found


def memory_of(pid):
    """KiB by name, as the kernel adds them up."""
    with open(f'/proc/{pid}/smaps_rollup', encoding='ascii') as file:
        fields = dict(line.split(':') for line in file if ':' in line and line.endswith(' kB\n'))
    return [int(fields[name].split()[0]) for name in FIELDS]


def waiting(shop, variant):
    """The memory of one guardian, once it does nothing but wait."""
    env = shop.environment(variant, DTRACK_STORE=f'file://{shop.place("store")}')
    with subprocess.Popen(['sleep', '60'], env=env) as job:
        end = time.monotonic() + WAIT_S
        while not guardians(env['DTRACK_SPOOL']) and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.3)
        try:
            return memory_of(guardians(env['DTRACK_SPOOL'])[0])
        finally:
            job.send_signal(signal.SIGTERM)


def memory(shop):
    """Of a guardian that waits for the end of a job."""
    table = Table('a guardian that waits, KiB', ['', *FIELDS])
    for variant, _ in of_dtrack(shop):
        looks = [waiting(shop, variant) for _ in range(shop.rounds(9, 3))]
        table.add(variant.name, *(number(statistics.median(values), 0) for values in zip(*looks)))
        table.notes.append(f'{variant.name}: {len(looks)} guardians')
    shop.settle()
    return table


def until_stored(shop, where, folder):
    """The shortest job there is, from its start until its run is in a folder."""
    worker = shop.worker(DTRACK_STORE=f'file://{folder}/store', DTRACK_SPOOL=f'{folder}/spool')
    os.makedirs(f'{folder}/spool', 0o700)
    cells = [Cell('not watched', lambda: worker.order('spawn', 1, TRUE, units=MS))]
    for variant, _ in of_dtrack(shop):
        settings = settings_of(shop, variant)
        cells.append(Cell(variant.name, lambda settings=settings: worker.order('spawn', 1, TRUE, settings=settings, units=MS)))
    return compare(f'{TRUE} until its run is stored {where}', interleave(cells, shop.rounds(150, 40)), 'ms')


def fixed_costs(shop):
    """All of it. In memory nothing waits for a disk: the rest is what that takes to make eleven files and to sync four times, the
    content and the name of each object."""
    yield starting(shop)
    yield memory(shop)
    yield until_stored(shop, 'on the disk', shop.place('disk'))
    with shop.in_memory() as folder:
        yield until_stored(shop, 'in memory', folder)
