# SPDX-License-Identifier: MIT
"""Page faults, instructions and bytes of the spool: what a process costs that can be counted. Knows nothing of limits."""
import os
import re
import statistics
import subprocess

import processes
import valgrind
from shim import Sandbox
from worker import Worker
from workshop import SHIM

COLLECTED = re.compile(rb'Collected : (\d+)')
LEAVES = 256
PLACES = 48


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


def usual(faults):
    """The mean of the middle half. The kernel maps the pages of a file around the one that is touched, from one multiple
    of 64 KiB to the next, so a process takes some more or some less depending on where it was loaded: the least of several
    is luck, with few tries in a place that was met by one library only."""
    quarter = len(faults) // 4
    return statistics.fmean(sorted(faults)[quarter:-quarter])


def leaf_faults(shop):
    """What a leaf process takes, with the empty library and with us."""
    command, files = leader(shop, (shop.floor, shop.dtrack), LEAVES, [shop.built('worker')])
    worker = shop.keep(Worker(command, shop.environment(), shop.path))
    faults = [usual([worker.order('spawn', 1, shop.built('leaf'), settings=path).faults for _ in range(LEAVES)])
              for path in files]
    shop.close_workers()
    return faults


def family_faults(shop, how):
    """What a parent and a child take together, with the empty library and with us. Where a parent was loaded is where its
    fork children are, so many parents have few children each."""
    usually = []
    for variant in (shop.floor, shop.dtrack):
        faults = []
        for _ in range(PLACES):
            faults.append(shop.worker(variant).order(how, 8, shop.built('leaf')).faults)
            shop.close_workers()
        usually.append(usual(faults))
    return usually


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
