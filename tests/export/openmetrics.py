# SPDX-License-Identifier: MIT
"""A strict reader of OpenMetrics text, by its specification's ABNF, for what a file without timestamps and exemplars may hold."""
import re

import tap

NAME = r'[a-zA-Z_:][a-zA-Z0-9_:]*'
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"'
SAMPLE = re.compile(rf'({NAME})(?:\{{((?:{LABEL}(?:,{LABEL})*)?)\}})? (-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)')
ESCAPES = {'\\\\': '\\', '\\"': '"', '\\n': '\n'}


def unescape(text):
    """The value of a label."""
    return re.sub(r'\\[\\"n]', lambda match: ESCAPES[match[0]], text)


def read(text):
    """{family: {labels: value}} with labels as sorted pairs. Families do not mix, say their type first, and no sample comes twice."""
    tap.check(text.endswith('\n# EOF\n') and text.count('\n# EOF') == 1, 'it does not end with # EOF')
    families, family, said = {}, None, set()
    for line in text[:-len('# EOF\n')].split('\n')[:-1]:
        match = re.fullmatch(rf'# (TYPE|UNIT|HELP) ({NAME}) (.+)', line)
        if match:
            kind, name, rest = match.groups()
            if name != family:
                tap.check(name not in families, f'{name} comes in two parts')
                family, said = name, set()
                families[family] = {}
            tap.check(kind not in said and not families[family], f'{line} comes too late')
            said.add(kind)
            tap.check(kind != 'TYPE' or rest == 'gauge', f'{line}: textfile collectors know no other')
            tap.check(kind != 'UNIT' or family.endswith('_' + rest), f'{line}: the name does not end with the unit')
            continue
        match = SAMPLE.fullmatch(line)
        tap.check(match, f'{line!r} is no sample')
        tap.same(match[1], family, 'the family of a sample')
        labels = tuple(sorted((name, unescape(value)) for name, value in re.findall(LABEL, match[2] or '')))
        tap.check(len(labels) == len({name for name, _ in labels}), f'{line}: a label twice')
        tap.check(labels not in families[family], f'{line}: twice')
        families[family][labels] = match[match.lastindex]
    return families
