#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_lifecycle.py : fixed seeds, and the smallest programs that have shown a fault, in every way in which a program can be
watched. That the comparison notices anything is tried with a library that changes the job."""
import glob
import json
import os
from concurrent.futures import ProcessPoolExecutor

import avoid
import minimise
import program
import tap
import trial
from execution import Execution, become_subreaper
from tools import compile_c

BUILD = os.environ['DTRACK_BUILD']
HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = range(1, 41)
AT_ONCE = 2
MEDDLER = ('#include <unistd.h>\n#include <string.h>\nint puts(const char *text)\n'
           '{ return (int) write(1, "changed\\n", 8) + (text == 0); }\n')


def minimal_programs():
    """name -> program."""
    for path in sorted(glob.glob(f'{HERE}/minimal/*.json')):
        with open(path, encoding='utf-8') as text:
            yield os.path.basename(path)[:-5], json.load(text)


def judge(lab, made):
    """Why it failed, or why it can't be tried, or neither."""
    try:
        fault = lab.fault(made)
    except LookupError as reason:
        return None, str(reason)
    return fault and f'{fault.way}: {fault.text}\n{json.dumps(made)}', None


def attempt(lab, body):
    """The same of a test that runs commands."""
    try:
        body(lab)
    except tap.Failure as failure:
        return str(failure), None
    return None, None


def claim(name, verdict):
    """A test that waits for what is tried ahead."""
    def holds():
        wrong, hindrance = verdict.result()
        if hindrance:
            raise tap.Skip(hindrance)
        tap.check(not wrong, wrong)
    return name, holds


def known(name):
    """A minimal program that has a flag."""
    def body():
        raise tap.Skip(f'known: {avoid.FLAGS[name][0]}')
    return f'minimal_{name}', body


def change_is_noticed_and_reduced(lab):
    """A library that writes something else than it was told is found out, and the smallest program says by what."""
    source = f'{lab.path}/meddler.c'
    with open(source, 'w', encoding='utf-8') as file:
        file.write(MEDDLER)
    tap.check(compile_c('dyn', source, f'{lab.path}/meddler.so', '-shared', '-fPIC'), 'no meddler')
    meddled = trial.Lab(f'{lab.path}/meddler.so', lab.dtrack)
    with meddled:
        noise = [{'op': 'say'}, {'op': 'fork', 'how': 'fork', 'wait': 'any', 'body': [{'op': 'say'}]}]
        leaf = {'op': 'spawn', 'how': 'plain', 'target': 'leaf_dyn', 'env': 'same', 'wait': 'waitpid'}
        made = {'scene': {}, 'form': 'dyn', 'main': noise + [leaf]}
        fault = meddled.fault(made, ['leader'])
        tap.check(fault and 'stdout has: changed' in fault.text, f'found: {fault}')
        smallest = minimise.reduced(made, lambda smaller: minimise.alike(meddled, smaller, fault))
        tap.same(smallest['main'], [leaf], 'the smallest program')


def seed_makes_the_same_program_again():
    """And each of them can be kept as JSON."""
    for seed in range(200):
        made = program.make(seed)
        tap.same(json.loads(json.dumps(program.make(seed))), made, f'seed {seed}')


def what_is_avoided_is_not_made():
    """Each flag knows its own minimal program."""
    minimal = dict(minimal_programs())
    for name, (_, shows) in avoid.FLAGS.items():
        tap.check(name in minimal, f'{name} has no minimal program')
        tap.check(shows(minimal[name]), f'{name} does not know its minimal program')


def bounds_hold(lab):
    """Who does not end is ended, with all that it has started, and so is who starts too many."""
    for script, why in (('sleep 30 & sleep 30', 'time'), ('for i in $(seq 80); do sleep 20 & done; wait', 'processes'),
                        ('yes', 'output')):
        folder = f'{lab.path}/bounds'
        os.makedirs(folder, exist_ok=True)
        result = Execution([lab.tools.scene, '--', '/bin/sh', '-c', script], {'PATH': '/usr/bin:/bin'}, folder).result()
        tap.same(result.status, f'stopped: {why}', script)


def programs():
    """(name, program) of all that are tried."""
    for name, made in minimal_programs():
        if name not in avoid.FLAGS:
            yield f'minimal_{name}', made
    for seed in SEEDS:
        yield f'seed_{seed}', program.make(seed, avoid.predicates(avoid.FLAGS))


def main():
    """Programs are tried ahead, two at a time, each below a subreaper of its own; each test waits for its own."""
    with trial.Lab(f'{BUILD}/preload/libdtrack.so', f'{BUILD}/lib/cmd/dtrack') as lab:
        for form in program.FORMS:
            lab.tools.prepared(form)
        with ProcessPoolExecutor(AT_ONCE, initializer=become_subreaper) as pool:
            tests = [seed_makes_the_same_program_again, what_is_avoided_is_not_made]
            tests += [claim(body.__name__, pool.submit(attempt, lab, body)) for body in (bounds_hold, change_is_noticed_and_reduced)]
            tests += [claim(name, pool.submit(judge, lab, made)) for name, made in programs()]
            tap.run(tests + [known(name) for name in avoid.FLAGS])


if __name__ == '__main__':
    main()
