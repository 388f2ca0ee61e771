# SPDX-License-Identifier: MIT
"""Faults that are known: what shows them is not made until they are mended, when their flag goes away. A flag is a name, why, and
how a program is recognised that may show it."""
import json

from program import steps_of


def has(made, op, **values):
    """Is there a step of that kind, with one of these values each?"""
    return any(step['op'] == op and all(step[key] in allowed for key, allowed in values.items()) for step in steps_of(made))


def orphan_shell(made):
    """A shell that libc starts below somebody whose parents are gone."""
    shells = [step for step in steps_of(made) if step['op'] in ('system', 'popen', 'wordexp')]
    return bool(shells) and (has(made, 'orphan') or has(made, 'daemon') or '"none"' in json.dumps(made))


def run_static(made):
    """A static program that starts what the library does not fit."""
    return made['form'] == 'static' and ('_32' in json.dumps(made) or 'asan' in json.dumps(made))


def musl_unreaped(made):
    """A child of a musl program that nobody waits for."""
    return made['form'] == 'musl' and ('"none"' in json.dumps(made) or has(made, 'orphan') or has(made, 'daemon'))


def early_child(made):
    """A library whose constructor starts somebody, before ours."""
    early = made.get('lib', {}).get('ctor')
    return any(step['op'] not in ('say', 'puts', 'flush', 'show', 'block', 'limit', 'close', 'environ') for step in steps_of(early))


FLAGS = {
    'orphan_shell': ('the shell of an orphan\'s system() begins a second run', orphan_shell),
    'run_static': ('dtrack run preloads into a static program, which hands that on to all it starts', run_static),
    'musl_unreaped': ('musl\'s raise() in a child forked past libc hits the parent, which lives longer when it waits for the store', musl_unreaped),
    'early_child': ('what a library\'s constructor starts before ours begins a run of its own', early_child),
}


def predicates(names):
    """Those of some flags."""
    return [FLAGS[name][1] for name in names]
