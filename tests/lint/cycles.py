# SPDX-License-Identifier: MIT
"""The rule about files of one room: none of them needs another one that needs it. What counts is which functions a file
uses, not which headers it includes: a header may declare what several files define."""
import os
import re

from layers import layer_of

COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
# A call, or the name of a function that is no plain word.
USED = re.compile(r'(?<![\w.>])(?<!struct )(?:([a-z]\w*)\(|([a-z]\w*_\w*)\b)')


def unit_of(path):
    """A header and the source of its name are one."""
    return os.path.splitext(path)[0]


def definitions(tree):
    """For each room, which unit defines each function that other files can use."""
    rooms = {}
    for tag in tree.tags():
        path = tag['path']
        if tag['kind'] == 'function' and path.startswith(('lib/', 'preload/')):
            is_own = path.endswith('.c') and tree.text(path).split('\n')[tag['line'] - 1].startswith('static')
            if not is_own:
                rooms.setdefault(layer_of(path.removeprefix('lib/')), {}).setdefault(tag['name'], unit_of(path))
    return rooms


def bodies(tree, path):
    """What a file does: all of a source; of a header, which also says what others do, its functions."""
    if path.endswith('.c'):
        return tree.text(path)
    lines = tree.text(path).split('\n')
    return '\n'.join('\n'.join(lines[tag['line'] - 1:tag['end']]) for tag in tree.tags()
                     if tag['path'] == path and tag['kind'] == 'function')


def uses(tree):
    """For each unit, the units of its room that it needs, each with a function that it uses there."""
    rooms, needs = definitions(tree), {}
    for path in tree.product():
        room, unit = rooms.get(layer_of(path.removeprefix('lib/')), {}), unit_of(path)
        words = {called or named for called, named in USED.findall(COMMENT_OR_TEXT.sub(' ', bodies(tree, path)))}
        own = {tag['name'] for tag in tree.tags() if tag['path'] == path and tag['kind'] == 'function'}
        for name in sorted(words & room.keys() - own):
            if room[name] != unit:
                needs.setdefault(unit, {}).setdefault(room[name], name)
    return needs


def way_back(needs, start):
    """The shortest way along `needs` from a unit to itself, both of them in it, or None."""
    ways = [[start]]
    seen = set()
    for way in ways:
        for other in needs.get(way[-1], {}):
            if other == start:
                return way + [start]
            if other not in seen:
                seen.add(other)
                ways.append(way + [other])
    return None


def files_need_each_other_one_way(tree):
    """So that each can be read, and tested, with what is below it."""
    needs, told = uses(tree), set()
    for unit in sorted(needs):
        way = way_back(needs, unit)
        if way and frozenset(way) not in told:
            told.add(frozenset(way))
            steps = [f'{os.path.basename(other)} for {needs[one][other]}()' for one, other in zip(way, way[1:])]
            yield f'{unit}.c: needs itself: ' + ', which needs '.join(steps)


RULES = [files_need_each_other_one_way]
