# SPDX-License-Identifier: MIT
"""Small things, each by itself: a mark, the exec gate's look at a program, finishing a run of any size."""
import os
import shutil
import subprocess
import time

from processes import HERE
from rounds import Cell, WARM_UP, added, interleave
from stats import Estimate
from table import Table, interval, number

MARKS = 50
WRITERS = '8'


def compare(title, cells):
    """Wall and CPU time of each, and what it is more than the first."""
    table = Table(title, ['us', 'CPU', 'CPU added', 'wall', 'wall added'])
    for cell in cells:
        more = [interval(added(cell, cells[0], what)) if cell is not cells[0] else None for what in ('cpu', 'wall')]
        table.add(cell.name, number(Estimate(cell.values('cpu')).median), more[0],
                  number(Estimate(cell.values('wall')).median), more[1])
    table.notes.append(f'{len(cells[0].costs)} rounds')
    return table


def marks(shop):
    """In a job that is recorded: dtrack-mark beside another program, and dtrack.sh beside a word of the shell."""
    mark = os.path.join(shop.build, 'lib', 'cmd', 'dtrack-mark')
    worker = shop.worker(shop.dtrack, PATH=f'{os.path.dirname(mark)}:{os.environ["PATH"]}')
    cells = [Cell('/bin/true', lambda: worker.order('spawn', MARKS, '/bin/true')),
             Cell('dtrack-mark event', lambda: worker.order('spawn', MARKS, mark, 'event', 'bench')),
             Cell('dtrack-mark set', lambda: worker.order('spawn', MARKS, mark, 'set', 'bench', '1'))]
    yield compare('a mark by dtrack-mark', interleave(cells, shop.rounds(80, 20)))
    for shell, times in (('bash', 200), ('dash', 20), ('zsh', 20)):
        path = shutil.which(shell)
        if path:
            yield compare(f'a mark by dtrack.sh in {shell}', interleave(shell_marks(worker, path, times), shop.rounds(60, 15)))
        else:
            shop.skip(f'marks of dtrack.sh in {shell}', f'{shell} is not installed')


def shell_marks(worker, shell, times):
    """The cells of a shell: a loop with nothing in it, what one line in a file costs at least, and marks."""
    def loop(*words):
        return worker.order('spawn', 1, shell, os.path.join(HERE, 'marks.sh'), str(times), *words, units=times)
    return [Cell(word, lambda words=words: loop(*words)) for word, words in (
        ('a loop', [':']), ('a function that appends a line', ['append']), ('dtrack_set, again', ['dtrack_set', 'bench', '1']),
        ('dtrack_event, a new name each time', ['mark_anew']))]


def gate(shop):
    """posix_spawn that starts nothing, for libcatch.so stands in its way: what the shim itself does in the parent."""
    rounds = shop.rounds(400, 100)
    copies = []
    for number_ in range(rounds + WARM_UP):
        copies.append(shop.place(f'copy{number_}'))
        shutil.copy(shop.built('leaf'), copies[-1])
    unseen = iter(copies)
    catch = shop.built('libcatch.so')
    plain = shop.worker(LD_PRELOAD=catch)
    ours = shop.worker(LD_PRELOAD=f'{shop.dtrack.library}:{catch}')
    leaf = shop.built('leaf')
    cells = [Cell('libcatch.so alone', lambda: plain.order('call', 1, leaf)),
             Cell('dtrack, a known program', lambda: ours.order('call', 1, leaf)),
             Cell('dtrack, its first time', lambda: ours.order('call', 1, next(unseen)))]
    table = Table('the shim in a posix_spawn of its host', ['us a call', 'wall added'])
    interleave(cells, rounds)
    for cell in cells[1:]:
        table.add(cell.name, interval(added(cell, cells[0], 'wall'), 2))
    table.notes.append(f'{rounds} rounds')
    yield table


def finish(shop):
    """dtrack finish of made-up runs, from the spool into a local store."""
    make = os.path.join(shop.build, 'tests', 'load', 'make_spool')
    if not os.path.exists(make):
        shop.skip('finish', 'this build has no tests/load/make_spool')
        return
    dtrack = os.path.join(shop.build, 'lib', 'cmd', 'dtrack')
    table = Table('dtrack finish', ['processes', 'wall, s', 'CPU, s', 'maxrss, MiB', 'spool, bytes a process'])
    for size in (1000, 10_000) if shop.quick else (1000, 10_000, 100_000, 1_000_000):
        env = shop.environment(DTRACK_STORE=f'file://{shop.place("store")}')
        made = subprocess.run([make, env['DTRACK_SPOOL'], str(size), WRITERS], env=env, stdout=subprocess.PIPE, text=True,
                              check=True)
        folder = made.stdout.strip()
        used = os.stat(os.path.join(folder, 'spool')).st_blocks * 512
        begin = time.monotonic()
        pid = os.posix_spawn(dtrack, [dtrack, 'finish', folder], env)
        _, status, usage = os.wait4(pid, 0)
        if status:
            raise RuntimeError(f'dtrack finish of {size} processes ended with status {status}')
        table.add(f'{size:,}', number(time.monotonic() - begin, 2), number(usage.ru_utime + usage.ru_stime, 2),
                  number(usage.ru_maxrss / 1024), number(used / size))
    yield table
