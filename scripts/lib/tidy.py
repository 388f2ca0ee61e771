#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tidy.py ROOT BUILD : run clang-tidy with the tree's .clang-tidy, and for lib/ gcc's analyzer, over each source file that
BUILD compiles.

Prints TAP, one claim a file and tool; what the tool says follows as diagnostics.
"""
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


# What of gcc's analyzer is off, and why.
ANALYZER = [
    '-fanalyzer', '-Werror',
    '-Wno-analyzer-malloc-leak',  # gcc 12 forgets what an array or a callee took; ASan watches instead
    '-Wno-analyzer-use-of-uninitialized-value',  # nor does it know what pread() wrote, or a cleanup function reads
]


def clang_tidy(build, entry):
    """What clang-tidy says about one file; empty when it is content."""
    done = subprocess.run(['clang-tidy', '-p', build, '--quiet', '--warnings-as-errors=*', entry['path']],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ''


def gcc_analyzer(build, entry):
    """What gcc's analyzer says about one file, compiled as the build does; empty when it is content."""
    words = shlex.split(entry['command'])
    flags = [word for word in words if word.startswith(('-I', '-D', '-isystem', '-std='))]
    done = subprocess.run(['gcc', '-O1', *flags, *ANALYZER, '-c', entry['path'], '-o', os.devnull], cwd=build,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout if done.returncode else ''


def main(root, build):
    """Check every product source; tests are free to be blunt."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as listing:
        found = {os.path.normpath(os.path.join(e['directory'], e['file'])): e for e in json.load(listing)}
    named = [(os.path.relpath(path, root), dict(entry, path=path)) for path, entry in sorted(found.items())]
    work = [(clang_tidy, name, entry) for name, entry in named if not name.startswith('tests/')]
    work += [(gcc_analyzer, name, entry) for name, entry in named if name.startswith('lib/')]
    print(f'1..{len(work)}')
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda item: item[0](build, item[2]), work)
        for number, ((tool, name, _), text) in enumerate(zip(work, said), 1):
            print(f"{'not ok' if text else 'ok'} {number} - {tool.__name__}_accepts {name}")
            print(''.join(f'# {line}\n' for line in text.splitlines()), end='', flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
