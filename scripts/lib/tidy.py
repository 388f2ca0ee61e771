#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tidy.py ROOT BUILD : run clang-tidy with the tree's .clang-tidy over each source file that BUILD compiles.

Prints TAP, one claim a file; what clang-tidy says follows as diagnostics.
"""
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def complaints(build, path):
    """What clang-tidy says about one file; empty when it is content."""
    done = subprocess.run(['clang-tidy', '-p', build, '--quiet', '--warnings-as-errors=*', path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ''


def main(root, build):
    """Check every product source; tests are free to be blunt."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as listing:
        found = {os.path.normpath(os.path.join(entry['directory'], entry['file'])) for entry in json.load(listing)}
    paths = sorted(path for path in found if not os.path.relpath(path, root).startswith('tests/'))
    print(f'1..{len(paths)}')
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, (path, text) in enumerate(zip(paths, pool.map(lambda p: complaints(build, p), paths)), 1):
            print(f"{'not ok' if text else 'ok'} {number} - clang_tidy_accepts {os.path.relpath(path, root)}")
            print(''.join(f'# {line}\n' for line in text.splitlines()), end='', flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
