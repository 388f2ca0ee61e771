# SPDX-License-Identifier: MIT
"""Makes a program smaller as long as it shows the same."""
import copy

TRIES = 2  # of each kind: what is found by chance is found again in the end


def alike(lab, made, fault):
    """Does a smaller program still show a fault of the same kind: in the same way, in the same parts of the result?"""
    try:
        now = lab.fault(made, [fault.way], 1 if 'stopped' in fault.text else TRIES)
    except LookupError:
        return False
    return now is not None and bool(parts(now) & parts(fault))


def parts(fault):
    """Which parts of the result it shows in."""
    if fault.way == 'record':
        return {line.rpartition(': ')[2][:12] for line in fault.text.splitlines()}
    return {line.split(':')[0] for line in fault.text.splitlines()}


def lists_in(tree):
    """Every list of steps."""
    if isinstance(tree, list):
        yield tree
        for part in tree:
            yield from lists_in(part)
    elif isinstance(tree, dict):
        for part in tree.values():
            yield from lists_in(part)


def smaller_ones(made):
    """Programs with one thing less, the largest first."""
    for name in [name for name in ('lib', 'ctor', 'dtor') if name in made]:
        yield {key: value for key, value in made.items() if key != name}
    for name in made['scene']:
        yield dict(made, scene={key: value for key, value in made['scene'].items() if key != name})
    if made['form'] not in ('dyn', 'sh'):
        yield dict(made, form='sh' if made['form'] == 'bash' else 'dyn')
    for number, steps in enumerate(lists_in(made)):
        for index, step in enumerate(steps):
            yield changed(made, number, index, [])
            if step.get('body'):
                yield changed(made, number, index, step['body'])
    yield from plainer_ones(made)


def changed(made, number, index, instead):
    """The program with other steps in place of one."""
    made = copy.deepcopy(made)
    steps = list(lists_in(made))[number]
    steps[index:index + 1] = copy.deepcopy(instead)
    return made


PLAIN = {'wait': 'waitpid', 'env': 'same', 'target': 'leaf_dyn', 'words': '', 'line': True, 'small': False, 'flags': '0'}


def plainer_ones(made):
    """Programs in which one thing is as usual."""
    for number, steps in enumerate(lists_in(made)):
        for index, step in enumerate(steps):
            for key in step:
                if key in PLAIN and step[key] != PLAIN[key] and (key != 'target' or step['op'] != 'exec'):
                    yield changed(made, number, index, [dict(step, **{key: PLAIN[key]})])


def reduced(made, shows):
    """The smallest that is found by taking away one thing after another."""
    found = True
    while found:
        found = False
        for smaller in smaller_ones(made):
            if shows(smaller):
                made, found = smaller, True
                break
    return made
