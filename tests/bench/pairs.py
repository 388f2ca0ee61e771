# SPDX-License-Identifier: MIT
"""Whole jobs with two libraries at once, each on a core of its own, the cores swapped in the next round. Whatever else the
machine does meets both alike, so that one per cent can be told from nothing in ten minutes; taking turns, it can't."""
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import least
from jobs import MS, settings_of, unpack
from stats import Estimate
from table import Table, number
from worker import Worker

CORES = 2


class Lane:
    """One of the two: a core, and a folder to work in. `ready` makes the folder fit for one more run of the command."""

    def __init__(self, shop, core, command, ready):
        self.shop = shop
        self.core = core
        self.folder = shop.place(f'lane{core}')
        self.command = ['/usr/bin/env', '-C', self.folder, *command]
        self.ready = ready
        self.spool = shop.spool()
        least.make(self.spool)

    def cpu_ms(self, settings):
        """CPU time of one run of the command."""
        self.ready(self.folder)
        worker = Worker([shutil.which('taskset'), '-c', str(self.core), self.shop.built('worker')],
                        self.shop.environment(DTRACK_SPOOL=self.spool), self.shop.path)
        try:
            return worker.order('spawn', 1, *self.command, settings=settings, units=MS).cpu
        finally:
            worker.close()


def ratios(lanes, first, second, rounds, settle):
    """How many times as much CPU time `second` takes as `first`, one figure for each two rounds."""
    found = []
    with ThreadPoolExecutor(len(lanes)) as pool:
        for number_of_round in range(rounds):
            swapped = lanes[::-1] if number_of_round % 2 else lanes
            costs = list(pool.map(lambda lane, settings: lane.cpu_ms(settings), swapped, (first, second)))
            settle()
            found.append(costs[1] / costs[0])
    return [(one + other) / 2 for one, other in zip(found[::2], found[1::2])]


def per_cent(ratio):
    """As what is added."""
    return 100 * (ratio - 1)


def fresh(folder):
    """A folder with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)


def in_folder(folder, *command):
    """Run what is not measured."""
    subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=True)


def compare(shop, title, lanes, rounds):
    """What each library adds to the empty one."""
    floor = settings_of(shop, shop.floor)
    table = Table(title, ['CPU time, per cent', 'added to the empty preload', 'half of all within'])
    for variant in shop.libraries + shop.bounds:
        if variant.name.startswith(shop.floor.name):
            continue
        more = Estimate([per_cent(ratio) for ratio in
                         ratios(lanes, floor, settings_of(shop, variant), rounds, shop.settle)])
        low, high = (number(value) for value in more.quartiles)
        table.add(variant.name, f'{more.median:+.1f} [{more.low:+.1f}, {more.high:+.1f}]', f'{low} .. {high}')
        table.notes.append(f'{variant.name}: {more.count} times two rounds')
    if shop.bounds:
        for lane in lanes:
            least.check(lane.spool)
        table.notes.append(least.MEANING)
    return table


def jobs(shop):
    """./configure and make -j2 of hello."""
    source = unpack(shop, 'hello')
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    if not source or len(cores) < CORES or not shutil.which('taskset'):
        shop.skip('pair', 'needs the source of hello, two cores and taskset')
        return
    configure = [os.path.join(source, 'configure'), '--quiet']
    lanes = [Lane(shop, core, configure, fresh) for core in cores]
    yield compare(shop, './configure of hello, two at once', lanes, shop.rounds(40, 8))
    for lane in lanes:
        fresh(lane.folder)
        in_folder(lane.folder, *configure)
    make = [shutil.which('make'), '-s', '-j2', 'ARFLAGS=cr']
    lanes = [Lane(shop, core, make, lambda folder: in_folder(folder, 'make', 'clean')) for core in cores]
    yield compare(shop, 'make -j2 of hello, two at once', lanes, shop.rounds(80, 8))
