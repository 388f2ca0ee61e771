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
from collections import Counter

TAP_LINE = re.compile(r'(not )?ok\b\s*\d*\s*(?:- )?([^#]*)(?:#\s*(skip)\b)?', re.I)
SKIP_ALL = re.compile(r'1\.\.0\s*#\s*skip', re.I)


def read_tap(text):
    """Outcome and claim of each subtest, in order."""
    results = []
    for line in text.splitlines():
        match = TAP_LINE.match(line)
        if match:
            failed, claim, skipped = match.groups()
            results.append(('skipped' if skipped else 'failed' if failed else 'passed', claim.strip()))
        elif SKIP_ALL.match(line):
            results.append(('skipped', line))
    return results


def read_test(test):
    """As read_tap, for one line of meson's log; a program that broke off counts as one failure more."""
    results = read_tap(test.get('stdout', ''))
    fine = test['result'] in ('OK', 'SKIP', 'EXPECTEDFAIL')
    if not fine and not any(outcome == 'failed' for outcome, _ in results):
        results.append(('failed', f"ended with {test['result']}, status {test['returncode']}"))
    elif not results:
        results.append(('passed', test['name']))
    return results


def suites_of(build):
    """Which suite each test belongs to: the log doesn't say."""
    listing = subprocess.run(['meson', 'introspect', '--tests', build], stdout=subprocess.PIPE, check=True).stdout
    return {test['name']: test['suite'][0].split(':')[-1] for test in json.loads(listing)}


def read_meson(step, path):
    """Rows of (suite, program, outcome, claim, seconds of the program, on its first row only)."""
    suites = suites_of(os.path.dirname(os.path.dirname(os.path.abspath(path))))
    with open(path, encoding='utf-8') as log:
        for test in map(json.loads, log):
            name = test['name'].split(' / ')[-1]
            seconds = test['duration']
            for outcome, claim in read_test(test):
                yield f'{step} {suites[name]}', name, outcome, claim, seconds
                seconds = 0


def read_step(step, path):
    """As read_meson, for a log of either kind; a missing log is a failure."""
    if not os.path.exists(path):
        return [(step, step, 'failed', 'left no log', 0)]
    if path.endswith('.json'):
        return list(read_meson(step, path))
    with open(path, encoding='utf-8', errors='replace') as log:
        return [(step, step, outcome, claim, 0) for outcome, claim in read_tap(log.read())]


def main(arguments):
    """Read every log, print the table, the failures and the count."""
    rows = [row for argument in arguments for row in read_step(*argument.split('=', 1))]
    print(f"\n{'suite':20} {'passed':>7} {'failed':>7} {'skipped':>7} {'seconds':>8}")
    for suite in dict.fromkeys(row[0] for row in rows):
        mine = [row for row in rows if row[0] == suite]
        count = Counter(row[2] for row in mine)
        seconds = sum(row[4] for row in mine)
        print(f"{suite:20} {count['passed']:7} {count['failed']:7} {count['skipped']:7} {seconds:8.1f}")
    for word in ('skipped', 'failed'):
        for suite, program, outcome, claim, _ in rows:
            if outcome == word:
                print(f'{word}: {suite}: {program}: {claim}')
    total = Counter(row[2] for row in rows)
    skipped = f", {total['skipped']} skipped" if total['skipped'] else ''
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return 1 if total['failed'] or not total['passed'] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
