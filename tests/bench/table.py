# SPDX-License-Identifier: MIT
"""Tables as plain text and as Markdown. Knows nothing of what stands in them."""


class Table:
    """A title, columns, rows of texts, and lines to go below."""

    def __init__(self, title, columns):
        self.title = title
        self.columns = columns
        self.rows = []
        self.notes = []
        self.short = {}  # row -> its one figure for a table of tables

    def add(self, *fields):
        """Append a row; None is nothing to tell."""
        self.rows.append(['-' if field is None else str(field) for field in fields])

    def text(self):
        """For a terminal: the first column to the left, the others to the right."""
        lines = [self.columns] + self.rows
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        out = [f'== {self.title}']
        for line in lines:
            cells = [line[0].ljust(widths[0])] + [line[i].rjust(widths[i]) for i in range(1, len(line))]
            out.append('  '.join(cells).rstrip())
        return '\n'.join(out + self.notes) + '\n'

    def markdown(self):
        """For a README."""
        out = [f'**{self.title}**', '', *_rows_of_markdown(self.columns, self.rows)]
        return '\n'.join(out + [''] + self.notes + [''] * bool(self.notes))


def _rows_of_markdown(columns, rows):
    yield '| ' + ' | '.join(columns) + ' |'
    yield '|---' + '|--:' * (len(columns) - 1) + '|'
    for row in rows:
        yield '| ' + ' | '.join(field.replace('|', r'\|') for field in row) + ' |'


def number(value, digits=1):
    """A figure with as many digits as it deserves."""
    return f'{value:,.{0 if abs(value) >= 1000 else digits}f}'


def interval(estimate, digits=1):
    """An estimate with its interval; a range in round brackets where there were too few rounds for one."""
    opening, closing = '[]' if estimate.is_sure else '()'
    low, high = number(estimate.low, digits), number(estimate.high, digits)
    return f'{number(estimate.median, digits)} {opening}{low}, {high}{closing}'


def multiple(triple):
    """A ratio with its interval."""
    return triple and f'{triple[0]:.2f} [{triple[1]:.2f}, {triple[2]:.2f}]'
