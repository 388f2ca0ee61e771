# SPDX-License-Identifier: MIT
"""Medians and how far they can be trusted. Knows nothing of what was measured."""
import math
import random
import statistics

CONFIDENCE = 0.95
RESAMPLES = 1000


def rank_of_interval(count):
    """The rank k for which the k-th smallest and k-th largest of `count` values enclose their median with at least the
    confidence asked for, whatever the distribution (sign test); 0 when there are too few values for that."""
    tail, rank = 0.0, 0
    while True:
        tail += math.comb(count, rank) / 2 ** count
        if 2 * tail > 1 - CONFIDENCE:
            return rank
        rank += 1


class Estimate:
    """The median of some values, an interval for it, and the quartiles of the values themselves."""

    def __init__(self, values):
        ordered = sorted(values)
        rank = rank_of_interval(len(ordered))
        self.count = len(ordered)
        self.median = statistics.median(ordered)
        self.is_sure = rank > 0
        self.low, self.high = ordered[max(rank, 1) - 1], ordered[-max(rank, 1)]
        self.quartiles = ordered[len(ordered) // 4], ordered[-1 - len(ordered) // 4]

    def __repr__(self):
        return f'{self.median:.3f} [{self.low:.3f}, {self.high:.3f}]'


def ratio(over, under):
    """The median of `over` by the median of `under`, both measured in the same rounds, and a bootstrap interval: a triple,
    or None when the lower part can't be told from nothing."""
    if Estimate(under).low <= 0:
        return None
    rng = random.Random(1)
    ratios = []
    for _ in range(RESAMPLES):
        picked = rng.choices(range(len(over)), k=len(over))
        bottom = statistics.median(under[i] for i in picked)
        if bottom > 0:
            ratios.append(statistics.median(over[i] for i in picked) / bottom)
    ratios.sort()
    cut = int(len(ratios) * (1 - CONFIDENCE) / 2)
    return statistics.median(over) / statistics.median(under), ratios[cut], ratios[-1 - cut]
