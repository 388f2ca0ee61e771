# SPDX-License-Identifier: MIT
"""What least.c needs and means: the file that it writes to, a check that it did, and the lines below the table."""
import os
import struct

from rounds import added
from table import interval
from workshop import LEAST

PAGES = 64  # as in least.c
PAGE_MAX = 65536  # of any machine
MEANING = f'{LEAST}: open a file, map a page, note the beginning, close; at the end note that, without a system call'


def make(spool):
    """Make the file, with room for all that will ever be written: no store has to find some."""
    with open(os.path.join(spool, 'least'), 'xb') as file:
        os.posix_fallocate(file.fileno(), 0, PAGES * PAGE_MAX)


def check(spool):
    """Without its file the library does nothing: a figure of that would be a lie."""
    with open(os.path.join(spool, 'least'), 'rb') as file:
        notes = [pair for pair in struct.iter_unpack('=II', file.read()) if any(pair)]
    if not notes or any(begun != ended for begun, ended in notes):
        raise RuntimeError(f'{LEAST} was not made: {len(notes)} pages of {spool}/least tell of a process')


def notes(cells, name):
    """Lines to go below: what it is, and what the variant `name` adds to it."""
    cell, least = (next(cell for cell in cells if cell.name == each) for each in (name, LEAST))
    return [MEANING,
            f'{name} adds {interval(added(cell, least, "cpu"))} CPU to {LEAST}']
