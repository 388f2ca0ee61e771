#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_tree.py ROOT : every rule holds in the source tree ROOT. One subtest a rule."""
import sys

import cycles
import functions
import layers
import layout
import script
import settings
import shell
import tap
import text
import unused
from tree import Tree

RULES = (layers.RULES + cycles.RULES + text.RULES + functions.RULES + shell.RULES + script.RULES + settings.RULES +
         unused.RULES + layout.RULES)


def as_test(rule, tree):
    """The rule's claim about the tree, to be run by tap."""
    def body():
        complaints = list(rule(tree))
        tap.check(not complaints, '\n'.join(complaints))
    return rule.__name__, body


if __name__ == '__main__':
    sources = Tree(sys.argv[1])
    tap.run([as_test(rule, sources) for rule in RULES])
