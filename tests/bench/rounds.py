# SPDX-License-Identifier: MIT
"""Takes turns: every variant does a little in each round, in an order that is shuffled each time, so that whatever else
the machine does meets all of them. Only differences within a round are looked at afterwards."""
import random
from stats import Estimate, ratio

WARM_UP = 1


class Cell:
    """One variant at one job: `measure` gives the Cost of a unit. A slow one takes part in each `every`-th round only."""

    def __init__(self, name, measure, every=1):
        self.name = name
        self.measure = measure
        self.every = every
        self.costs = {}  # round -> Cost

    def values(self, what, base=None):
        """One field of each Cost, less that of `base` in the same round."""
        if base is None:
            return [getattr(cost, what) for cost in self.costs.values()]
        return [getattr(cost, what) - getattr(base.costs[number], what) for number, cost in self.costs.items()]


def interleave(cells, rounds, seed=None):
    """Measure every cell in every round it takes part in."""
    rng = random.Random(seed)
    order = list(cells)
    for number in range(-WARM_UP, rounds):
        rng.shuffle(order)
        for cell in order:
            if number < 0:
                if cell.every == 1:
                    cell.measure()
            elif number % cell.every == 0:
                cell.costs[number] = cell.measure()
    return cells


def added(cell, base, what):
    """By how much `cell` is dearer than `base`."""
    return Estimate(cell.values(what, base))


def times(cell, floor, base, what):
    """How many times as much `cell` adds to `base` as `floor` does; see stats.ratio()."""
    shared = [number for number in cell.costs if number in floor.costs]
    if not shared:
        return None
    over, under = ([getattr(each.costs[number], what) - getattr(base.costs[number], what) for number in shared]
                   for each in (cell, floor))
    return ratio(over, under)
