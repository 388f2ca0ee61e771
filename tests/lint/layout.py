# SPDX-License-Identifier: MIT
"""How C is laid out: as clang-format does it by the tree's own .clang-format, so that nobody has to think of it."""
import os
import subprocess

STYLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../.clang-format')


def clang_format_has_nothing_to_change(tree):
    """`git ls-files '*.[ch]' | xargs clang-format -i` puts it right."""
    if tree.c_files():
        done = subprocess.run(['clang-format', f'--style=file:{STYLE}', '--dry-run', *tree.c_files()], cwd=tree.root,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        yield from sorted({':'.join(line.split(':')[:2]) + ': clang-format has another layout'
                           for line in done.stdout.splitlines() if '-Wclang-format-violations' in line})


RULES = [clang_format_has_nothing_to_change]
