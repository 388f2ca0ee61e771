#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_calls.py : which system calls the shim adds to processes, one by one. strace counts; no time is taken."""
import os
from collections import Counter
from types import SimpleNamespace

import limits
import tap
from calls import Tracer, more
from workshop import Workshop


def sum_of(*parts):
    """Limits of parts, together."""
    total = Counter()
    for part in parts:
        total.update(part)
    return total


def within(added, limit, what):
    """Each call by its name; a limit is no promise that so many are needed, so what could be lowered is told."""
    tap.note(f'{what}: ' + (', '.join(f'{count:.3g} {name}' for name, count in added.items()) or 'nothing'))
    over = {name: count for name, count in added.items() if count > limit.get(name, 0)}
    tap.check(not over, f'{what} makes more calls than limits.py allows: {over}')


class Guard:
    """The claims; they share the families that were traced."""

    def __init__(self, shop):
        self.tracer = Tracer(shop)
        self.shop = shop
        self.leaf = shop.built('leaf')

    def added(self, measure, *words):
        """See Tracer.added()."""
        return self.tracer.added(measure, *words)

    def leaf_process_adds_its_record(self):
        """At its start; the whole of it."""
        added = self.added(self.tracer.child, 'spawn', self.leaf)
        within(added, limits.CONSTRUCTOR, 'a leaf')
        tap.check(sum(added.values()) <= limits.LEAF_IN_ALL, f'a leaf makes {sum(added.values())} calls more')
        tap.check(added.get('openat'), 'the leaf has opened the spool, or this measures nothing')

    def normal_exit_adds_nothing(self):
        """From the last thing that main does."""
        for how in ('return', 'spawn'):
            calls = self.tracer.family(self.shop.dtrack, how, 1, self.leaf)[0]
            behind = calls[len(calls) - calls[::-1].index('alarm'):]
            tap.same(behind, ['exit_group'], f'calls behind main of a parent by {how}')

    def underscore_exit_adds_one(self):
        """With and without an image of its own."""
        for how, words in (('leave', ()), ('spawn', (self.leaf, 'leave'))):
            normal = self.added(self.tracer.child, 'return' if how == 'leave' else how, *words[:1])
            at_exit = more(self.added(self.tracer.child, how, *words), normal)
            within(at_exit, limits.UNDERSCORE_EXIT, f'_exit of a child by {how}')

    def forked_child_asks_who_it_is(self):
        """And nothing else, if it never execs."""
        within(self.added(self.tracer.child, 'return'), limits.FORKED_CHILD, 'a fork child')

    def child_that_execs_adds_the_gate(self):
        """From its fork to its end."""
        for how, own in (('fork', limits.FORK_EXEC_CHILD), ('vfork', limits.VFORK_EXEC_CHILD)):
            gate = limits.GATE_KNOWN if how == 'fork' else limits.GATE_READ
            within(self.added(self.tracer.child, how, self.leaf), sum_of(limits.CONSTRUCTOR, own, gate),
                   f'a {how} and exec child')

    def next_child_costs_its_parent_little(self):
        """Each further one, on average."""
        for how, limit in limits.NEXT_CHILD.items():
            within(self.added(self.tracer.next_child, how, self.leaf), limit, f'another child by {how}')

    def first_child_costs_its_parent_once(self):
        """What is set up then, with the parent's own record."""
        for how, limit in limits.FIRST_CHILD.items():
            within(self.added(self.tracer.first_child, how, self.leaf), sum_of(limits.CONSTRUCTOR, limit),
                   f'a parent of one child by {how}')


if __name__ == '__main__':
    with Workshop(SimpleNamespace(build=os.environ['DTRACK_BUILD'], quick=True, peers=False, work=None, snoopy=None)) as SHOP:
        GUARD = Guard(SHOP)
        tap.run([GUARD.leaf_process_adds_its_record, GUARD.normal_exit_adds_nothing, GUARD.underscore_exit_adds_one,
                 GUARD.forked_child_asks_who_it_is, GUARD.child_that_execs_adds_the_gate,
                 GUARD.next_child_costs_its_parent_little, GUARD.first_child_costs_its_parent_once])
