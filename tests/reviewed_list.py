# SPDX-License-Identifier: MIT
"""Reads the lists of differences that have been looked at: lines of fields, " # ", and the reason."""


def read(path, fields):
    """For each line its fields, of which the last may hold blanks, with the reason behind them."""
    with open(path, encoding='utf-8') as text:
        for line in text:
            if line.strip() and not line.startswith('#'):
                words, reason = line.split(' # ')
                yield [*(word.strip() for word in words.split(None, fields - 1)), reason.strip()]
