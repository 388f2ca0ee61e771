#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_costs.py : page faults, instructions and bytes of the spool that a process adds. All are counted, no time is taken;
of what can vary several tries are looked at."""
import os
from types import SimpleNamespace

import costs
import limits
import tap
from workshop import Workshop

FEW, MANY = 8, 40


def at_most(added, limit, what):
    """A limit is no promise that so much is needed, so what there is is told."""
    tap.note(f'{what}: {added:,.4g}, at most {limit:,}')
    tap.check(added <= limit, f'{what} adds {added:,.4g}, more than {limit:,} in limits.py')


class Guard:
    """The claims."""

    def __init__(self, shop):
        self.shop = shop
        self.leaf = shop.built('leaf')
        self.parent = os.path.join(shop.build, 'tests', 'guard', 'parent')
        self.counted = None

    def leaf_takes_few_page_faults(self):
        """Each is a trip to the kernel, and the dearest part of recording."""
        floor, ours = costs.leaf_faults(self.shop)
        tap.check(floor > 20, f'a leaf with the empty library takes {floor} page faults, so this measures nothing')
        at_most(ours - floor, limits.LEAF_FAULTS, 'page faults of a leaf')

    def family_takes_few_page_faults(self):
        """A parent and its child, together."""
        for how, limit in limits.FAMILY_FAULTS.items():
            floor, ours = costs.family_faults(self.shop, how)
            at_most(ours - floor, limit, f'page faults of parent and child by {how}')

    def instructions(self):
        """Pairs, with the empty library and with us: of the leaf, and of parents of few and many children."""
        if not self.counted:
            parents = [[self.parent, how, str(count), self.leaf] for how in limits.NEXT_CHILD_INSTRUCTIONS
                       for count in (FEW, MANY)]
            self.counted = costs.program_instructions(self.shop, [self.leaf], *parents)
        return self.counted

    def leaf_executes_few_instructions(self):
        """From the loader's work for our library to the end."""
        floor, ours = self.instructions()[0]
        tap.check(ours - floor > 1000, f'{ours - floor} instructions more: the shim was not there')
        at_most(ours - floor, limits.LEAF_INSTRUCTIONS, 'instructions of a leaf')

    def next_child_costs_its_parent_few_instructions(self):
        """Each further one, on average."""
        counts = iter(self.instructions()[1:])
        for how, limit in limits.NEXT_CHILD_INSTRUCTIONS.items():
            few, many = next(counts), next(counts)
            floor, ours = ((after - before) / (MANY - FEW) for before, after in zip(few, many))
            at_most(ours - floor, limit, f'instructions of a parent for another child by {how}')

    def process_takes_little_of_the_spool(self):
        """So that a million fit."""
        few, many = 40, 200
        used = [costs.spool_bytes([self.parent, 'spawn', str(count), self.leaf]) for count in (few, many)]
        at_most((used[1] - used[0]) / (many - few), limits.SPOOL_BYTES, 'bytes of the spool for a process')


if __name__ == '__main__':
    with Workshop(SimpleNamespace(build=os.environ['DTRACK_BUILD'], quick=True, peers=False, work=None, snoopy=None)) as SHOP:
        GUARD = Guard(SHOP)
        tap.run([GUARD.leaf_takes_few_page_faults, GUARD.family_takes_few_page_faults, GUARD.leaf_executes_few_instructions,
                 GUARD.next_child_costs_its_parent_few_instructions, GUARD.process_takes_little_of_the_spool])
