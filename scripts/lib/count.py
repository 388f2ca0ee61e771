#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""count.py STEP=LOG... : add up the logs of the test steps, in subtests; exit 1 when anything failed.

A LOG is meson's testlog (*.json, one test a line, inside its build folder) or the TAP of one step (*.tap).
The last line printed is the count alone: "N passed, N failed", with ", N skipped" when there are any.
"""
import json
import os
import re
import subprocess
import sys
from collections import Counter, namedtuple

TAP_LINE = re.compile(r'(not )?ok\b\s*\d*\s*(?:- )?([^#]*)(?:#\s*(skip)\b\s*(.*))?', re.I)
SKIP_ALL = re.compile(r'1\.\.0\s*#\s*skip\S*\s*(.*)', re.I)
REMARKS_MAX = 12

# One subtest: passed, failed or skipped; remarks are the lines that say why.
Result = namedtuple('Result', 'outcome claim remarks')
# The same, and where it comes from; the seconds are the whole program's, on its first row only.
Row = namedtuple('Row', 'suite program outcome claim remarks seconds')


def read_tap(text):
    """The results in order. A diagnostic belongs to the result that follows it."""
    results, remarks = [], []
    for line in text.splitlines():
        match, nothing = TAP_LINE.match(line), SKIP_ALL.match(line)
        if match:
            failed, claim, skipped, reason = match.groups()
            outcome = 'skipped' if skipped else 'failed' if failed else 'passed'
            results.append(Result(outcome, claim.strip(), [reason] if skipped else remarks))
            remarks = []
        elif nothing:
            results.append(Result('skipped', 'all of it', [nothing.group(1)]))
        elif line.startswith('#'):
            remarks.append(line[1:].strip())
    return results


def read_test(test):
    """The results of one line of meson's log; a program that broke off counts as one failure more."""
    results = read_tap(test.get('stdout', ''))
    fine = test['result'] in ('OK', 'SKIP', 'EXPECTEDFAIL')
    if not fine and not any(result.outcome == 'failed' for result in results):
        said = test.get('stderr', '').splitlines()
        results.append(Result('failed', f"ended with {test['result']}, status {test['returncode']}", said))
    elif not results:
        results.append(Result('passed', test['name'], []))
    return results


def suites_of(build):
    """Which suite each test belongs to: the log doesn't say."""
    listing = subprocess.run(['meson', 'introspect', '--tests', build], stdout=subprocess.PIPE, check=True).stdout
    return {test['name']: test['suite'][0].split(':')[-1] for test in json.loads(listing)}


def read_meson(step, path):
    """The rows of meson's log."""
    suites = suites_of(os.path.dirname(os.path.dirname(os.path.abspath(path))))
    with open(path, encoding='utf-8') as log:
        for test in map(json.loads, log):
            name = test['name'].split(' / ')[-1]
            seconds = test['duration']
            for result in read_test(test):
                yield Row(f'{step} {suites[name]}', name, *result, seconds)
                seconds = 0


def read_step(step, path):
    """The rows of a log of either kind; a missing one is a failure."""
    if not os.path.exists(path):
        return [Row(step, step, 'failed', 'left no log', [], 0)]
    if path.endswith('.json'):
        return list(read_meson(step, path))
    with open(path, encoding='utf-8', errors='replace') as log:
        return [Row(step, step, *result, 0) for result in read_tap(log.read())]


def print_table(rows):
    """One line a suite."""
    print(f"\n{'suite':20} {'passed':>7} {'failed':>7} {'skipped':>7} {'seconds':>8}")
    for suite in dict.fromkeys(row.suite for row in rows):
        count = Counter(row.outcome for row in rows if row.suite == suite)
        seconds = sum(row.seconds for row in rows if row.suite == suite)
        print(f"{suite:20} {count['passed']:7} {count['failed']:7} {count['skipped']:7} {seconds:8.1f}")


def print_remarkable(rows, outcome):
    """Each row with that outcome, and why."""
    for row in rows:
        if row.outcome == outcome:
            print(f'{outcome}: {row.suite}: {row.program}: {row.claim}')
            for remark in row.remarks[:REMARKS_MAX]:
                print(f'    {remark}')


def main(arguments):
    """Read every log, print the table, what was skipped, what failed, and the count."""
    rows = [row for argument in arguments for row in read_step(*argument.split('=', 1))]
    print_table(rows)
    print_remarkable(rows, 'skipped')
    print_remarkable(rows, 'failed')
    total = Counter(row.outcome for row in rows)
    skipped = f", {total['skipped']} skipped" if total['skipped'] else ''
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return 1 if total['failed'] or not total['passed'] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
