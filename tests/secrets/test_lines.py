# SPDX-License-Identifier: MIT
"""Command lines after the programs' manuals: how many secrets are hidden, how many harmless lines are touched. With -v, which
ones are not as they should be."""
import os
import random
import subprocess
import sys

import forms
import tap

REDACTED = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__))


def read_lines(name):
    """The lines of a table, without its remarks."""
    with open(os.path.join(HERE, name), encoding='utf-8') as file:
        return [line.rstrip('\n') for line in file if line.strip() and not line.startswith('#')]


def redacted(lines, by):
    """What is left of the lines, by the shim's part or the fold's."""
    out = subprocess.run([REDACTED, by], input=''.join(line + '\n' for line in lines), stdout=subprocess.PIPE, encoding='utf-8',
                         check=True).stdout.splitlines()
    tap.same(len(out), len(lines), 'number of lines')
    return out


def planted():
    """Pairs of a line with a new secret, and the secret."""
    pairs = (forms.planted(line) for line in read_lines('manuals.txt') if not line.startswith('?'))
    return [('|'.join(words), secret) for words, secret in pairs]


def tell(title, lines):
    """To stderr, when asked."""
    for line in lines if '-v' in sys.argv else []:
        print(f'{title}: {line}', file=sys.stderr)


def leaked(by):
    """The share of secrets that stay, in percent."""
    pairs = planted()
    left = [line for (line, secret), out in zip(pairs, redacted([line for line, _ in pairs], by)) if secret in out]
    tell(f'{by} leaks', left)
    return 100 * len(left) / len(pairs), left


def touched(by):
    """The share of harmless lines that don't stay as they are, in percent."""
    lines = read_lines('harmless.txt')
    changed = [f'{line}  ->  {out}' for line, out in zip(lines, redacted(lines, by)) if line != out]
    tell(f'{by} touches', changed)
    return 100 * len(changed) / len(lines), changed


def the_table_is_large_enough():
    tap.check(len(planted()) >= 300 and len(read_lines('harmless.txt')) >= 100, 'the tables are too short')


def what_is_stored_hides_what_a_rule_can_know():
    share, left = leaked('fold')
    print(f'# leaked by the fold: {share:.1f} %')
    tap.check(share <= 5, f'{share:.1f} % of secrets stay, such as {left[:5]}')


def the_spool_hides_most_of_it():
    share, left = leaked('shim')
    print(f'# leaked by the shim: {share:.1f} %')
    tap.check(share <= 40, f'{share:.1f} % of secrets stay, such as {left[:5]}')


def harmless_lines_stay():
    for by in ('shim', 'fold'):
        share, changed = touched(by)
        print(f'# harmless lines touched by the {by}: {share:.1f} %')
        tap.check(share <= 3, f'{share:.1f} % of harmless lines are touched, such as {changed[:5]}')


def what_was_redacted_stays_as_it_is():
    lines = redacted([line for line, _ in planted()], 'fold')
    for once, twice in zip(lines, redacted(lines, 'fold')):
        tap.same(twice, once, 'redacting what was redacted')


def every_rule_is_independent_of_what_the_secret_is():
    """With capitals, digits and signs in it the same lines are hidden."""
    word = ''.join(random.choices('abcdefgh', k=6)) + 'Q7!x_9-Z'
    lines = [line.replace('{}', word) for line in read_lines('manuals.txt') if '{}' in line and not line.startswith('?')]
    left = [line for line, out in zip(lines, redacted(lines, 'fold')) if word[:8] in out]
    tell('fold leaks', left)
    tap.check(len(left) * 20 <= len(lines), f'{len(left)} of {len(lines)} secrets stay, such as {left[:5]}')


tap.run([the_table_is_large_enough, what_is_stored_hides_what_a_rule_can_know, the_spool_hides_most_of_it, harmless_lines_stay,
         what_was_redacted_stays_as_it_is, every_rule_is_independent_of_what_the_secret_is])
