#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_command.py DTRACK MAKE_RUN : dtrack report as a command: where its page goes, and what it says when it can't."""
import os
import re
import subprocess
import sys
import tempfile

import tap

DTRACK, MAKE_RUN = sys.argv[1:]
RUN = '20261123T083622.123Z-0a1b2c3d'
FOLDER = tempfile.TemporaryDirectory()


def store_of(name, *more):
    """The URL of a new store with one run in it."""
    path = os.path.join(FOLDER.name, name)
    os.mkdir(path)
    subprocess.run([MAKE_RUN, path, RUN, *more], check=True)
    return 'file://' + path


def report(*arguments, store, stdout=subprocess.PIPE):
    """Status, output and complaint."""
    done = subprocess.run([DTRACK, 'report', *arguments], env={'DTRACK_STORE': store, 'PATH': '/usr/bin:/bin', **tap.SANITIZER}, stdout=stdout,
                          stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


def contents(path):
    """Of a file."""
    with open(path, 'rb') as file:
        return file.read()


def page_is_the_same_in_a_file_on_stdout_and_each_time():
    """And the latest run is meant when none is named."""
    store, path = store_of('same', '30'), os.path.join(FOLDER.name, 'page.html')
    tap.same(report('-o', path, store=store), (0, b'', ''), 'to a file')
    tap.same(report(RUN[:12], '-o', '-', store=store)[1] == contents(path), True, 'the page on stdout')
    tap.same(report('-o', path, store=store)[0], 0, 'once more')
    tap.same(report('-o', '-', store=store)[1] == contents(path), True, 'the page again')
    tap.check(contents(path).startswith(b'<!doctype html>') and contents(path).endswith(b'</html>\n'), 'it is no page')


def failed_report_leaves_the_file_as_it_was():
    """And nothing beside it."""
    store, folder = store_of('cut', '3000', 'cut'), os.path.join(FOLDER.name, 'old')
    os.mkdir(folder)
    path = os.path.join(folder, 'page.html')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('old')
    status, _, why = report('-o', path, store=store)
    tap.same((status, why.count('\n')), (1, 1), 'status and lines')
    tap.same((contents(path), os.listdir(folder)), (b'old', ['page.html']), 'the folder')


def what_makes_no_sense_is_status_2_and_what_fails_1():
    """In one line."""
    store = store_of('wrong', '3')
    for arguments, want, said in (([], 2, '-o FILE.html'), (['-o'], 2, 'needs'), (['-o', ''], 2, '-o FILE.html'), (['a', 'b', '-o', 'c'], 2, 'as well'),
                                  (['nobody', '-o', '-'], 1, 'nobody'), (['-o', FOLDER.name + '/no/such'], 1, 'cannot create')):
        status, out, why = report(*arguments, store=store)
        tap.same((status, out), (want, b''), f'status and output of {arguments}: {why}')
        tap.check(re.fullmatch(r'dtrack[^\n]*\n', why) and said in why, f'{arguments} says {why!r}')
    with open('/dev/full', 'w', encoding='utf-8') as full:
        status, _, why = report('-o', '-', store=store, stdout=full)
    tap.same((status, 'No space left' in why), (1, True), f'a full disk: {why}')


def what_was_left_out_is_said():
    """Of many processes a page has those that matter; its tables have all."""
    done = report('-o', '-', store=store_of('large', '34000'))[1].decode()
    said = re.search(r'<p id="folded">The timeline leaves out the ([\d,]+) shortest processes, ', done)
    tap.check(said, 'nothing is said')
    tap.check('<th scope="row">cc1</th><td class="number">34,000</td>' in done, 'the table has not all')


if __name__ == '__main__':
    with FOLDER:
        tap.run([page_is_the_same_in_a_file_on_stdout_and_each_time, failed_report_leaves_the_file_as_it_was,
                 what_makes_no_sense_is_status_2_and_what_fails_1, what_was_left_out_is_said])
