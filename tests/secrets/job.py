# SPDX-License-Identifier: MIT
"""The job: reads a plan as JSON from stdin and does what it says, then says so and waits for a line. Its plan:
commands (lists of words), values (pairs for dtrack-mark set), tasks (names), lines (of the marker file), folder."""
import json
import os
import subprocess
import sys


def quietly(*words, **options):
    """Run a command whose output and end don't matter."""
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **options)


def main():
    """Do it all."""
    plan = json.loads(sys.stdin.readline())
    for words in plan['commands']:
        quietly(*words)
    for name, value in plan['values']:
        quietly('dtrack-mark', 'set', name, value)
        quietly('dtrack-mark', 'event', name, value)
    for name in plan['tasks']:
        quietly('dtrack-mark', 'run', name, '--', 'true')
    for name, value in plan['shell']:
        quietly('bash', '-c', '. "$SCRIPTS/dtrack.sh"; read -r value; dtrack_set "$0" "$value"', name, input=value.encode())
    where = subprocess.run(['dtrack-mark', 'where'], stdout=subprocess.PIPE, check=False).stdout.decode().strip()
    with open(where, 'a', encoding='utf-8') as marks:
        marks.writelines(line + '\n' for line in plan['lines'])
    os.makedirs(plan['folder'])
    quietly('true', cwd=plan['folder'])
    os.symlink('/bin/true', plan['folder'] + '/tool')
    quietly(plan['folder'] + '/tool')
    print('ready', flush=True)
    sys.stdin.readline()


main()
