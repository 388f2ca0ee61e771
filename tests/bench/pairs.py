# SPDX-License-Identifier: MIT
"""A whole job with two libraries at once, each on a core of its own, the cores swapped in the next round. Whatever else the
machine does meets both alike, so that one per cent can be told from nothing in ten minutes; taking turns, it can't."""
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

from jobs import MS, settings_of, unpack
from stats import Estimate
from table import Table, number
from worker import Worker

CORES = 2


class Lane:
    """One of the two: a core, and a folder to work in that is new each time."""

    def __init__(self, shop, core, source):
        self.shop = shop
        self.core = core
        self.folder = shop.place(f'lane{core}')
        self.command = ['/usr/bin/env', '-C', self.folder, os.path.join(source, 'configure'), '--quiet']

    def cpu_ms(self, settings):
        """CPU time of one ./configure."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.mkdir(self.folder)
        worker = Worker([shutil.which('taskset'), '-c', str(self.core), self.shop.built('worker')],
                        self.shop.environment(), self.shop.path)
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


def configure(shop):
    """./configure of hello."""
    source = unpack(shop, 'hello')
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    if not source or len(cores) < CORES or not shutil.which('taskset'):
        shop.skip('pair', 'needs the source of hello, two cores and taskset')
        return
    lanes = [Lane(shop, core, source) for core in cores]
    floor = settings_of(shop, shop.floor)
    table = Table('./configure of hello, two at once',
                  ['CPU time, per cent', 'added to the empty preload', 'half of all within'])
    for variant in shop.libraries:
        if variant is shop.floor or variant.name.startswith(shop.floor.name):
            continue
        more = Estimate([per_cent(ratio) for ratio in
                         ratios(lanes, floor, settings_of(shop, variant), shop.rounds(40, 8), shop.settle)])
        low, high = (number(value) for value in more.quartiles)
        table.add(variant.name, f'{more.median:+.1f} [{more.low:+.1f}, {more.high:+.1f}]', f'{low} .. {high}')
        table.notes.append(f'{variant.name}: {more.count} times two rounds')
    yield table
