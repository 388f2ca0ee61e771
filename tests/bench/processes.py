# SPDX-License-Identifier: MIT
"""What one process costs: the child alone, parent and child together, commands of a shell, many parents at once."""
import os
import shutil

import least
from rounds import Cell, WARM_UP, added, interleave, times
from stats import Estimate
from table import Table, interval, multiple, number
from worker import Worker
from workshop import NOTHING, SHIM

HERE = os.path.dirname(os.path.abspath(__file__))
BLOCK = 50
COMMANDS = 100
ENV = '/usr/bin/env'


def compare(title, cells, floor='empty preload'):
    """A table of cells against the first one, and the others against the floor. What the whole is in short for, the CPU
    time that each cell adds, is kept beside it."""
    base = cells[0]
    under = next((cell for cell in cells if cell.name == floor), None)
    table = Table(title, ['us a process', 'CPU added', 'half of all within', 'x empty', 'wall added', 'page faults'])
    bare = Estimate(base.values('cpu')), Estimate(base.values('wall'))
    table.short[base.name] = number(bare[0].median, 0)
    for cell in cells[1:]:
        cpu = added(cell, base, 'cpu')
        table.short[cell.name] = interval(cpu, 0)
        low, high = (number(value) for value in cpu.quartiles)
        table.add(cell.name, interval(cpu), f'{low} .. {high}',
                  multiple(times(cell, under, base, 'cpu')) if under and cell is not under else None,
                  interval(added(cell, base, 'wall')), number(added(cell, base, 'faults').median))
    table.notes.append(f'{base.name}: {number(bare[0].median)} CPU, {number(bare[1].median)} wall, '
                       f'{number(Estimate(base.values("faults")).median)} page faults; {len(base.costs)} rounds')
    return table


def in_short(tables):
    """One table of all that compare() has made: a row for each part, a column for each variant."""
    tables = [table for table in tables if table.short]
    names = list(dict.fromkeys(name for table in tables for name in table.short))
    short = Table('CPU time added to a process', ['us', *names])
    for table in tables:
        short.add(table.title, *(table.short.get(name) for name in names))
    return short


def gathering(shop, variant, count):
    """Words that collect what `count` children of this variant would get from a preloaded parent, and the file."""
    path = shop.place('settings-' + variant.name.replace(' ', '-').replace(',', ''))
    spool = f'DTRACK_SPOOL={shop.spool()}'
    preload = f'LD_PRELOAD={variant.library}:{shop.built("libcatch.so")}'
    return [ENV, spool, preload, shop.built('gather'), path, str(count), shop.built('leaf')], path


def child_alone(shop):
    """A parent that is not preloaded starts children as a preloaded one would: what a leaf process pays itself."""
    rounds = shop.rounds(200, 40)
    words, files = [], []
    for variant in shop.libraries + shop.bounds:
        is_ours = os.path.basename(variant.library) == SHIM
        more, path = gathering(shop, variant, BLOCK * (rounds + WARM_UP) if is_ours else 1)
        words += more
        files.append((variant.name, path))
    spool = shop.spool()
    least.make(spool)
    words += [ENV, f'DTRACK_SPOOL={spool}', shop.built('worker')]
    worker = shop.keep(Worker(words, shop.environment(), shop.path))
    leaf = shop.built('leaf')
    cells = [Cell(name, lambda path=path: worker.order('spawn', BLOCK, leaf, settings=path))
             for name, path in [('nothing', '-')] + files]
    table = compare('a leaf process alone, by posix_spawn', interleave(cells, rounds))
    if shop.bounds:
        least.check(spool)
        table.notes += least.notes(cells, shop.dtrack.name)
    yield table


def measure_trees(shop, title, variants, rounds, order, units):
    """One worker a variant, preloaded or traced itself; each round each of them gets the same order."""
    cells = []
    for variant in variants:
        worker = shop.worker(variant)
        cells.append(Cell(variant.name, lambda worker=worker: worker.order(*order, units=units), variant.every))
    table = compare(title, interleave(cells, rounds))
    shop.close_workers()
    return table


def watched(shop):
    """Every variant there is."""
    return [NOTHING, *shop.libraries, *(shop.tracers() if shop.peers else ())]


def whole_tree(shop):
    """Parent and child both pay."""
    for how, words in (('spawn', 'posix_spawn'), ('fork', 'fork and execve'), ('vfork', 'vfork and execve')):
        yield measure_trees(shop, f'parent and child, by {words}', watched(shop), shop.rounds(120, 20),
                            (how, BLOCK, shop.built('leaf')), BLOCK)


def shell_loops(shop):
    """A shell script that runs /bin/true."""
    for shell in ('dash', 'bash'):
        path = shutil.which(shell)
        if not path:
            shop.skip(shell, 'not installed')
            continue
        yield measure_trees(shop, f'commands of a {shell} script', watched(shop), shop.rounds(40, 12),
                            ('spawn', 1, path, os.path.join(HERE, 'loop.sh'), str(COMMANDS), '/bin/true'), COMMANDS)


def crowds(shop):
    """Many parents at once, in one run."""
    for parents in (1, 2, 64):
        each = 256 // parents
        title = f'{parents} parents at once, by posix_spawn' if parents > 1 else 'one parent, by posix_spawn'
        yield measure_trees(shop, title, [NOTHING, shop.floor, shop.dtrack], shop.rounds(40, 8),
                            (f'crowd:{parents}', each, shop.built('leaf')), parents * each)
