#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_local.py STORE_TOOL : the local folder store, where it takes several processes to ask."""
import base64
import hashlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile

import tap

OK, EXISTS, MISSING = 0, 1, 2
LARGE = 256 << 20

tool = os.path.abspath(sys.argv[1])


class Place:
    """A store folder for one test; also a context manager."""

    def __enter__(self):
        self._top = tempfile.TemporaryDirectory(prefix='dtrack-store-')
        self.top = pathlib.Path(self._top.name)
        self.root = self.top / 'store'
        return self

    def __exit__(self, *_):
        self._top.cleanup()

    def start(self, *words, **options):
        """Run store_tool on the store; returns the process."""
        return subprocess.Popen([tool, f'file://{self.root}', *map(str, words)],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run(self, *words):
        """The same to its end: (status, output)."""
        child = self.start(*words)
        out, _ = child.communicate()
        return child.returncode, out

    def file(self, name, content):
        """The path of a new file outside of the store."""
        path = self.top / name
        path.write_bytes(content)
        return path

    def large_file(self):
        """The path of a file that takes a while to copy."""
        path = self.top / 'large'
        with open(path, 'wb') as file:
            file.truncate(LARGE)
        return path


def statuses(children):
    """Wait for all; their exit statuses."""
    return [(child.communicate(), child.returncode)[1] for child in children]


def one_of_many_creators_wins():
    with Place() as place:
        bodies = [f'writer {i}'.encode() for i in range(20)]
        children = [place.start('put', 'runs/a', place.file(f'body-{i}', body)) for i, body in enumerate(bodies)]
        got = statuses(children)
        tap.same(sorted(got), [OK] + [EXISTS] * 19, 'results')
        tap.same((place.root / 'runs/a').read_bytes(), bodies[got.index(OK)], 'content')
        tap.same(os.listdir(place.root / 'runs'), ['a'], 'files')


def parallel_counters_lose_nothing():
    with Place() as place:
        tap.same(statuses([place.start('count', 'statistics.json', 20) for _ in range(8)]), [OK] * 8, 'results')
        tap.same(json.loads((place.root / 'statistics.json').read_text()), {'count': 160}, 'counter')


def reader_never_sees_a_part():
    with Place() as place:
        source = place.large_file()
        whole = base64.b64encode(hashlib.sha256(source.read_bytes()).digest())
        writer = place.start('put', 'a', source)
        seen = []
        while not seen or seen[-1][0] == MISSING and writer.poll() is None:
            seen.append(place.run('tag', 'a'))
        writer.communicate()
        tap.same(writer.returncode, OK, 'writer')
        seen.append(place.run('tag', 'a'))
        tap.same(set(seen) | {(MISSING, b'')}, {(MISSING, b''), (OK, whole)}, 'what readers saw')


def killed_writer_leaves_nothing_in_the_way():
    def end_amid_the_file():
        """The kernel ends the writer when it has written so much: at the same place each time, whoever is slow."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    with Place() as place:
        writer = place.start('put', 'd/a', place.large_file(), preexec_fn=end_amid_the_file)
        tap.same(statuses([writer]), [-signal.SIGXFSZ], 'writer')
        tap.same(place.run('list'), (OK, b''), 'listing')
        tap.same(place.run('get', 'd/a')[0], MISSING, 'get')
        tap.same(place.run('put', 'd/a', place.file('small', b'x'))[0], OK, 'put')
        tap.same(place.run('list'), (OK, b'1 d/a\n'), 'listing')


def large_object_takes_little_memory():
    with Place() as place:
        def peak(source, name):
            _, said = place.start('put', name, source).communicate()
            return int(said.split()[1])
        small, large = peak(place.file('small', b'x'), 'small'), peak(place.large_file(), 'large')
        tap.check(0 < small and large < small + 4096, f'{small} KiB for a small one, {large} KiB for a large one')


tap.run([one_of_many_creators_wins, parallel_counters_lose_nothing, reader_never_sees_a_part,
         killed_writer_leaves_nothing_in_the_way, large_object_takes_little_memory])
