#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_builds.py SHIM : builds real source packages under the shim and under strace at once, with the store on
Azurite; reads the run back with the official Azure client, and compares it with what strace saw, process by process.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import compare
import tap
from azurite import Azurite, node_modules
from strace_log import read_log

SHIM = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
WATCH = ['-e', 'signal=none', '-e', 'trace=execve,execveat,fork,vfork,clone,clone3', '-s', '65536']

# Name, source package, what is run under the shim; in this order, in one folder a package.
BUILDS = [
    ('plain_make', 'tree', ['make', '-j2']),
    ('configure', 'hello', ['./configure']),
    ('configured_make', 'hello', ['make', '-j2']),
]


class Workshop:
    """A folder, a store and the unpacked sources, for all builds together."""

    def __init__(self, folder):
        if 'DTRACK_SOURCES' not in os.environ:
            raise tap.Skip('DTRACK_SOURCES is not set: scripts/test sets it')
        node_modules()
        self.folder = folder
        self.store = Azurite()

    def unpack(self, package):
        """Folder of the package's source; unpacked at first use."""
        place = os.path.join(self.folder, package)
        if not os.path.exists(place):
            description, = glob.glob(os.path.join(os.environ['DTRACK_SOURCES'], package, '*.dsc'))
            subprocess.run(['dpkg-source', '--no-check', '-x', description, place], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return place

    def environment(self, container):
        """What the job sees: enough to build, and dtrack's settings."""
        return {'PATH': '/usr/local/bin:/usr/bin:/bin', 'HOME': self.folder, 'LC_ALL': 'C.UTF-8',
                'DTRACK_SPOOL': os.path.join(self.folder, 'spool'), 'DTRACK_STORE': f'azure://{container}',
                'DTRACK_WAIT': '120', 'AZURE_STORAGE_CONNECTION_STRING': self.store.connection_string, **tap.SANITIZER}

    def read(self, container):
        """Every blob of the container, by name."""
        done = subprocess.run(['node', os.path.join(HERE, 'read_container.js'), self.store.connection_string,
                               container], stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)


class Build:
    """One build: done once, then looked at by several tests. None of its claims asserts a time."""

    def __init__(self, workshop, name, package, command):
        self.container = name.replace('_', '-')
        log = os.path.join(workshop.folder, f'{name}.strace')
        done = subprocess.run(['strace', '-f', '-o', log, *WATCH, '-E', f'LD_PRELOAD={SHIM}', *command],
                              cwd=workshop.unpack(package), env=workshop.environment(self.container),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        self.status, self.said = done.returncode, done.stdout + done.stderr
        self.complaints = [line for line in self.said.splitlines() if 'ld.so' in line or 'dtrack' in line]
        self.seen = read_log(log)
        self.blobs = workshop.read(self.container)

    def summary(self):
        """The one run's summary."""
        found = [self.blobs[name] for name in self.blobs if name.startswith('runs/')]
        tap.same(len(found), 1, 'number of summaries in the store')
        return found[0]

    def rows(self, kind=None):
        """The one run's rows."""
        found = [self.blobs[name] for name in self.blobs if name.startswith('spans/')]
        tap.same(len(found), 1, 'number of span objects in the store')
        return [row for row in found[0] if kind in (None, row['kind'])]


def none(complaints):
    """Fail with the first few, if there are any."""
    found = list(complaints)
    tap.check(not found, '\n'.join([f'{len(found)} of them'] + found[:10]))


def succeeds_and_stays_quiet(build):
    """The job neither fails nor says a word more."""
    tap.check(build.status == 0, f'status {build.status}: {build.said[-2000:]}')
    none(build.complaints)


def leaves_one_run_in_the_store(build):
    """By the time the job has ended, under the names that the layout promises."""
    layout = r'(runs|spans)/v=1/dt=\d{4}-\d\d-\d\d/run-[\w.-]+(\.json|\.ndjson\.gz)'
    none(name for name in build.blobs if not re.fullmatch(layout, name))
    tap.same(len(build.rows('run')), 1, 'number of rows of kind run')
    tap.same(build.rows('run')[0]['run_id'], build.summary()['run_id'], 'run of the rows')


def shows_every_process_that_strace_saw(build):
    """Recall, with what is missing by name. Processes that never executed anything are told, not required."""
    rows = build.rows('process')
    missing = compare.missing(build.seen, rows)
    existing = sum(len(ours) for ours in compare.executed(build.seen).values())
    pids = {row['pid'] for row in rows}
    forks = [one for one in build.seen if not one.images and one.end]
    tap.note(f'recall {existing - len(missing)}/{existing} of executing processes, '
             f'{sum(fork.pid in pids for fork in forks)}/{len(forks)} of mere forks')
    tap.check(existing > 10, f'strace saw {existing} processes')
    none(missing)


def shows_no_process_that_was_not_there(build):
    """No row without a process."""
    none(compare.invented(build.seen, build.rows('process')))


def shows_how_each_process_ended(build):
    """Its exit status or signal."""
    none(compare.ends(build.seen, build.rows('process')))


def shows_the_parent_of_each_process(build):
    """All but the root's, which is strace."""
    root = build.seen[0]
    root.parent = next(row['ppid'] for row in build.rows('process') if row['pid'] == root.pid)
    none(compare.parents(build.seen, build.rows('process')))
    none(compare.links(build.rows('process')))


def shows_each_image_of_an_exec_chain(build):
    """As many rows as images, with their arguments."""
    none(compare.images(build.seen, build.rows('process')))


def has_a_summary_that_agrees_with_its_rows(build):
    """Totals and the job's status."""
    summary = build.summary()
    tap.same(summary['status']['exit_code'], build.status, 'exit status')
    processes = sum(row['end_by'] != compare.FINISHED_BY_EXEC for row in build.rows('process'))
    tap.same(summary['totals']['processes'], processes, 'number of processes')


CLAIMS = [succeeds_and_stays_quiet, leaves_one_run_in_the_store, shows_every_process_that_strace_saw,
          shows_no_process_that_was_not_there, shows_how_each_process_ended, shows_the_parent_of_each_process,
          shows_each_image_of_an_exec_chain, has_a_summary_that_agrees_with_its_rows]


def tests(workshop):
    """The claims about each build; a build is done when its first claim is tried."""
    def claim_about(number, claim):
        def body():
            if number not in builds:
                shop = workshop()
                builds[number] = None
                builds[number] = Build(shop, *BUILDS[number])
            tap.check(builds[number], 'could not be built: see above')
            claim(builds[number])
        return f'{BUILDS[number][0]}_{claim.__name__}', body
    builds = {}
    return [claim_about(number, claim) for number in range(len(BUILDS)) for claim in CLAIMS]


def main():
    """One workshop for everything, opened by the first test, which can then skip or fail."""
    opened = []

    def workshop():
        if not opened:
            opened.append(Workshop(folder))
        return opened[0]
    with tempfile.TemporaryDirectory() as folder:
        try:
            tap.run(tests(workshop))
        finally:
            for shop in opened:
                shop.store.stop()


if __name__ == '__main__':
    main()
