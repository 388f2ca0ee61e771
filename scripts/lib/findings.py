#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""findings.py FOLDER : print, as TAP, that no sanitizer has left a report in FOLDER; its reports come before as diagnostics.

A program that is detached has nobody to tell what was found in it: there the report is all that is to be seen.
"""
import os
import re
import sys
from collections import Counter

# The line that says it all, of each kind of report; of a report that has none it is the first.
ESSENCE = re.compile(r'SUMMARY: .*|.*: runtime error: .*|.*(?:ERROR|has encountered a fatal error).*')


def essence(path):
    """One line of a report, without the pid and addresses that differ from one to the next."""
    with open(path, encoding='utf-8', errors='replace') as text:
        lines = text.read().splitlines() or ['an empty report']
    found = sorted((line for line in lines if ESSENCE.fullmatch(line)), key=lambda line: not line.startswith('SUMMARY'))
    return re.sub(r'==\d+==|0x[0-9a-f]+', '', (found or lines)[0]).strip()


def main(folder):
    """One claim. Without the folder nothing was looked for, so nothing is known."""
    if not os.path.isdir(folder):
        print(f'# {folder} is not there')
    reports = sorted(os.listdir(folder)) if os.path.isdir(folder) else None
    for line, count in Counter(essence(os.path.join(folder, name)) for name in reports or ()).most_common():
        print(f'# {count} times: {line}')
    if reports:
        print(f'# they are in {folder}')
    print(f"1..1\n{'ok' if reports == [] else 'not ok'} 1 - sanitizers_have_nothing_to_report")


if __name__ == '__main__':
    main(*sys.argv[1:])
