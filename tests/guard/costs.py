# SPDX-License-Identifier: MIT
"""Page faults, instructions and bytes of the spool: what a process costs that can be counted. Knows nothing of limits."""
import os
import re
import subprocess

import processes
import valgrind
from shim import Sandbox
from worker import Worker
from workshop import SHIM

COLLECTED = re.compile(rb'Collected : (\d+)')
TRIES = 32
PLACES = 8


def leader(shop, variants, count, command):
    """Words that gather `count` environments for children of each variant and then run `command`, which leads their
    runs; and the files."""
    words, files = [], []
    for variant in variants:
        is_ours = os.path.basename(variant.library) == SHIM
        more, path = processes.gathering(shop, variant, count if is_ours else 1)
        words += more
        files.append(path)
    return [*words, *command], files


def leaf_faults(shop):
    """The least that a leaf process takes, with the empty library and with us."""
    command, files = leader(shop, (shop.floor, shop.dtrack), TRIES, [shop.built('worker')])
    worker = shop.keep(Worker(command, shop.environment(), shop.path))
    least = [min(worker.order('spawn', 1, shop.built('leaf'), settings=path).faults for _ in range(TRIES))
             for path in files]
    shop.close_workers()
    return least


def family_faults(shop, how):
    """The least that a parent and a child take together. The kernel maps the pages of a file around the one that is
    touched, from one multiple of 64 KiB to the next: what a fork child takes depends on where its parent was loaded."""
    least = []
    for variant in (shop.floor, shop.dtrack):
        faults = []
        for _ in range(PLACES):
            worker = shop.worker(variant)
            faults.append(min(worker.order(how, 8, shop.built('leaf')).faults for _ in range(TRIES // PLACES)))
            shop.close_workers()
        least.append(min(faults))
    return least


def environments(path):
    """The environments of a settings file, as dictionaries."""
    with open(path, encoding='utf-8') as file:
        return [dict(entry.split('=', 1) for entry in text.split('\0') if entry)
                for text in file.read().split('\0\0') if text]


def instructions(shop, command, environment):
    """How many one program executes. Its children's count for themselves; those that only fork have told theirs before."""
    launcher = os.path.join(shop.build, 'tests', 'guard', 'launcher')
    before, variable = valgrind.words(launcher, 'callgrind', '--callgrind-out-file=/dev/null')
    done = subprocess.run([*before, *command], env={**environment, **variable}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    return int(COLLECTED.findall(done.stderr)[-1])


def program_instructions(shop, *programs, tries=3):
    """The least that each of some programs takes as a member of a run: a pair, with the empty library and with us."""
    command, files = leader(shop, (shop.floor, shop.dtrack), tries * len(programs), ['/bin/cat'])
    with subprocess.Popen(command, env=shop.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as chief:
        try:
            chief.stdin.write(b'\n')
            chief.stdin.flush()
            chief.stdout.read(1)  # now it is what it is to become, and all files are there
            floor, ours = (environments(path) for path in files)
            counts = [[min(instructions(shop, program, {**shop.environment(), **(own.pop() if len(own) > 1 else own[0])})
                           for _ in range(tries)) for own in (floor, ours)] for program in programs]
        finally:
            chief.stdin.close()
    return counts


def spool_bytes(command):
    """Bytes of the spool that a run has used, as its summary tells."""
    with Sandbox() as sandbox:
        summary, = sandbox.run(*command).summaries
        return summary['cost']['spool_bytes']
