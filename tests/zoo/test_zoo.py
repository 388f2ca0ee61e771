#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_zoo.py [--strict] [CASE...] : runs each animal under the shim and under strace at once, and holds what dtrack
recorded against what strace saw. --strict also holds starts and ends against strace's clock, on a machine that is idle.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import judge
import shim
import tap
from cases import CASES
from strace_log import read_log

CALLS = 'trace=execve,execveat,fork,vfork,clone,clone3,exit,exit_group'
START_LIMIT_NS, END_LIMIT_NS = 5_000_000, 2_000_000
AT_ONCE = 2
NOT_ALLOWED, SURPRISED = 77, 99  # statuses of an animal


def is_there(name):
    """Whether there is a program, an animal or a library of that name."""
    if name in ('root', 'nobody') and os.geteuid() != 0:
        return False
    if name in ('root', 'nobody'):
        comes_here = f'test -x {shim.DTRACK} && test -r {shim.LIBRARY}'
        return not subprocess.run(['su', '-s', '/bin/sh', name, '-c', comes_here], check=False).returncode
    return shutil.which(name) or glob.glob(f"{os.environ['DTRACK_ANIMALS']}/{name}") or glob.glob(f'/usr/lib/*/{name}')


def visit_if_there(case):
    """Visit it, unless something that it needs is not there."""
    for name in case.needs:
        if not is_there(name):
            raise tap.Skip(f'no {name} here')
    return Visit(case)


def heard_of(processes):
    """Without the guardian's first step, which hides from strace: only its birth is seen."""
    return [process for process in processes if process.end]


class Visit:
    """One case, run: what it did without us, what it did with us and strace, and what both of these recorded."""

    def __init__(self, case):
        self.case = case
        with shim.Sandbox(**case.env) as sandbox:
            if case.user:
                shutil.chown(sandbox.path, case.user)
            self.sandbox, places = sandbox, {'tmp': sandbox.path, 'shim': shim.LIBRARY}
            words = [word.format(**places) for word in case.command]
            if case.wrap and self.run(*self.wrap(), 'true').status:
                raise tap.Skip('the system does not allow it')
            self.plain = self.run(*self.wrap(), *words) if case.plain else None
            self.watched = self.watch(words, case.preload.format(**places))
            self.outcome = sandbox.settled() if case.runs else sandbox.outcome()
            self.processes = heard_of(read_log(f'{sandbox.path}/log'))
        for row in self.outcome.rows:
            row.update({key: row[key] and row['run_id'] + row[key] for key in ('span_id', 'parent_id')})
        self.rows = shim.processes(self.outcome)
        del self.processes[0].images[:case.before], self.processes[0].exec_ns[:case.before]

    def run(self, *words):
        """Run something in the folder of the animals."""
        return self.sandbox.run(*words, preload=False, cwd=os.environ['DTRACK_ANIMALS'])

    def watch(self, words, preload):
        """Run it under strace and, but for strace itself, under the shim."""
        user = ['-u', self.case.user] if self.case.user else []
        return self.run(*self.wrap(), 'strace', '-f', '-ttt', '--pidns-translation', '-s', '200000', '-e', CALLS,
                        '-o', f'{self.sandbox.path}/log', *user, '-E', f'LD_PRELOAD={preload}', *words)

    def wrap(self):
        """What comes before everything."""
        shutil.rmtree(self.sandbox.spool, ignore_errors=True)
        return [word.format(tmp=self.sandbox.path) for word in self.case.wrap]

    def found(self):
        """The processes with their rows, and complaints about others. The root's parent is strace: nobody."""
        self.processes[0].parent = None
        return judge.pairs(self.processes, self.rows, self.case.missing)

    def complaints(self):
        """Everything that is not as it must be."""
        if self.case.pids:
            found, complaints = self.found()
        else:
            found, complaints = [], judge.likeness(self.processes, self.rows, self.case.witness)
        yield from complaints
        yield from judge.ends(found)
        if self.case.missing != judge.ANY:
            yield from judge.parents(found, self.rows)
            yield from judge.witnesses(found, self.case.witness)
            yield from judge.images(found, self.rows, self.case.blind)
            if self.case.clock:
                yield from judge.moments(found, self.rows, self.processes)
            else:
                yield from judge.places(self.outcome.rows, self.outcome.summaries)
        if self.watched.status == SURPRISED:
            yield f'the animal was not treated as it expects: {self.watched.stderr}'
        for what in ('status', 'stdout', 'stderr') if self.plain else ():
            got, want = getattr(self.watched, what), getattr(self.plain, what)
            if what == 'stderr' and self.case.runs == 0:  # a leader says in one line that it finds no place
                got = re.sub(r'\Adtrack: this run is not recorded: [^\n]+\n', '', got) if got.count('dtrack: ') == 1 else got
            if got != want:
                yield f'{what} is {got!r}, without us it is {want!r}'
        if self.case.runs is not None:
            yield from judge.shape(self.outcome.rows, self.case.runs)
            if len(self.outcome.summaries) != self.case.runs or self.outcome.left:
                yield f'{len(self.outcome.summaries)} runs in the store, {self.outcome.left} left in the spool'


def gaps_of(visits):
    """Two lists of (ns, text): starts, ends. A root waits for its run to be stored between its end and its exit."""
    starts, ends = [], []
    for visit in visits:
        inner = [(one, life) for one, life in visit.found()[0] if not life[0]['parent_id'].endswith('run')]
        starts += [(gap, f'{visit.case.name} {judge.name_of(one)}') for one, gap in judge.start_gaps(inner, visit.rows)]
        ends += [(gap, f'{visit.case.name} {judge.name_of(one)}') for one, gap in judge.end_gaps(inner)]
    return sorted(starts), sorted(ends)


def report(gaps, what, limit):
    """Say how far dtrack is from strace; whether always within the limit."""
    if not gaps:
        return True
    middle, largest = gaps[len(gaps) // 2][0], max(gaps, key=lambda gap: abs(gap[0]))
    beyond = [gap for gap in gaps if abs(gap[0]) > limit]
    tap.note(f'{what}: {len(gaps)}, median {middle / 1e6:.3f} ms, 99 % {gaps[len(gaps) * 99 // 100][0] / 1e6:.3f} ms, '
             f'largest {largest[0] / 1e6:.3f} ms ({largest[1]}), {len(beyond)} beyond {limit / 1e6:.0f} ms')
    return not beyond


def main(words):
    """Visits run ahead, two at a time; each test waits for its own."""
    strict, names = '--strict' in words, [word for word in words if word != '--strict']
    cases = [case for case in CASES if not names or case.name in names]
    unknown = set(names) - {case.name for case in cases}
    if unknown:
        sys.exit(f"no such case: {' '.join(sorted(unknown))}")
    pool, futures = ThreadPoolExecutor(1 if strict else AT_ONCE), {}

    def claim(case):
        def holds():
            visit = futures[case.name].result()
            if visit.plain and visit.plain.status == NOT_ALLOWED:
                raise tap.Skip('the system does not allow it')
            complaints = list(visit.complaints())
            tap.check(not complaints, '\n'.join(complaints[:20]))
        return case.name, holds

    def moments_are_those_that_strace_saw():
        visits = [future.result() for future in futures.values() if not future.exception()]
        visits = [visit for visit in visits
                  if visit.rows and visit.case.timed and visit.case.pids and not list(visit.complaints())]
        starts, ends = gaps_of(visits)
        near = [report(starts, 'starts', START_LIMIT_NS), report(ends, 'ends', END_LIMIT_NS)]
        tap.check(all(near) or not strict, 'too far')

    for case in cases:
        futures[case.name] = pool.submit(visit_if_there, case)
    tests = [claim(case) for case in cases]
    tap.run(tests + [moments_are_those_that_strace_saw])


if __name__ == '__main__':
    main(sys.argv[1:])
