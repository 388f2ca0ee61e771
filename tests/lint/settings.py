# SPDX-License-Identifier: MIT
"""Rules about dtrack's environment variables: lib/base/settings.c is the only place that makes one up."""
import re

TABLE = 'lib/base/settings.c'
IN_QUOTES = re.compile(r'"(DTRACK_[A-Z_]+)')


def table(tree):
    """The names that the table defines."""
    return set(IN_QUOTES.findall(tree.text(TABLE))) if TABLE in tree.paths else set()


def every_variable_is_in_the_table(tree):
    """No product source reads or writes a variable that help and manual don't know."""
    for path in tree.product():
        for number, line in tree.lines(path):
            for name in set(IN_QUOTES.findall(line)) - table(tree):
                yield f'{path}:{number}: {name} is not in {TABLE}'


def readme_names_every_variable(tree):
    """A user finds them all in one page."""
    if 'README.md' in tree.paths:
        for name in sorted(table(tree) - set(re.findall(r'DTRACK_[A-Z_]+', tree.text('README.md')))):
            yield f'README.md: does not name {name}'


RULES = [every_variable_is_in_the_table, readme_names_every_variable]
