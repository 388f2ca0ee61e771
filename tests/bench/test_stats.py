#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_stats.py : the arithmetic that every figure of scripts/bench rests on."""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tap  # noqa: E402
from rounds import Cell, added, interleave, times  # noqa: E402
from stats import Estimate, rank_of_interval, ratio  # noqa: E402
from table import Table, interval  # noqa: E402
from worker import Cost  # noqa: E402


def planted(rng, extra, load):
    """A measurement that costs 500 and `extra`, on a machine whose load comes and goes."""
    return lambda: Cost(0, 500 + extra + load[0] + rng.gauss(0, 5), 0)


def ranks_are_those_of_the_sign_test():
    """As in any table of it; with five values there is no such interval."""
    tap.same([rank_of_interval(n) for n in (5, 6, 10, 20, 40, 100)], [0, 1, 2, 6, 14, 40], 'ranks')


def few_values_give_a_range_and_say_so():
    """Three values are no interval."""
    tap.same(Estimate([3, 1, 2]).is_sure, False, 'sure')
    tap.same(interval(Estimate([3, 1, 2])), '2.0 (1.0, 3.0)', 'text')


def interval_holds_the_true_median_as_often_as_it_says():
    """Of 400 samples of a skewed distribution, at least 92 % of the intervals, and not all."""
    rng = random.Random(7)
    held = 0
    for _ in range(400):
        estimate = Estimate([rng.expovariate(1) for _ in range(40)])
        held += estimate.low <= 0.6931 <= estimate.high
    tap.check(368 <= held < 400, f'{held} of 400 intervals hold the median')


def planted_difference_is_found_under_a_load_that_swings():
    """The load is ten times the difference and meets all cells of a round alike."""
    rng, load = random.Random(3), [0]
    cells = [Cell('nothing', planted(rng, 0, load)), Cell('floor', planted(rng, 20, load)),
             Cell('more', planted(rng, 50, load))]
    for number in range(100):
        load[0] = 300 * rng.random()
        for cell in cells:
            cell.costs[number] = cell.measure()
    estimate = added(cells[2], cells[0], 'cpu')
    tap.check(estimate.low <= 50 <= estimate.high and estimate.high - estimate.low < 6, f'found {estimate}')
    found = times(cells[2], cells[1], cells[0], 'cpu')
    tap.check(found[1] <= 2.5 <= found[2], f'ratio {found}')


def ratio_over_nothing_is_not_told():
    """Where the lower part may be nothing, any ratio would be noise."""
    tap.same(ratio([5] * 20, [-1, 1] * 10), None, 'ratio')


def slow_cells_take_part_in_some_rounds_and_pair_with_those():
    """And each round asks everybody else once."""
    count = [0, 0]

    def ask(which):
        count[which] += 1
        return Cost(count[0], which, 0)
    cells = interleave([Cell('nothing', lambda: ask(0)), Cell('slow', lambda: ask(1), every=4)], 10, seed=1)
    tap.same((len(cells[0].costs), sorted(cells[1].costs)), (10, [0, 4, 8]), 'rounds')
    tap.same(cells[1].values('cpu', cells[0]), [1, 1, 1], 'differences')


def tables_are_the_same_in_text_and_markdown():
    """Field by field; what is not there is a dash."""
    table = Table('costs', ['us', 'CPU'])
    table.add('a|b', None)
    tap.same(table.text(), '== costs\nus   CPU\na|b    -\n', 'text')
    tap.same(table.markdown(), '**costs**\n\n| us | CPU |\n|---|--:|\n| a\\|b | - |\n', 'markdown')


if __name__ == '__main__':
    tap.run([ranks_are_those_of_the_sign_test, few_values_give_a_range_and_say_so,
             interval_holds_the_true_median_as_often_as_it_says, planted_difference_is_found_under_a_load_that_swings,
             ratio_over_nothing_is_not_told, slow_cells_take_part_in_some_rounds_and_pair_with_those,
             tables_are_the_same_in_text_and_markdown])
