# SPDX-License-Identifier: MIT
"""Rules about files and lines, whatever the language."""
import os
import re

TOP = {'preload', 'lib', 'scripts', 'tests', 'meson.build', 'README.md', 'LICENSE'}
UNFINISHED = re.compile(r'\b(' + '|'.join(['TO' 'DO', 'FIX' 'ME', 'XX' 'X', 'HA' 'CK']) + r')\b')
DATA_FOLDER = re.compile(r'(^|/)(corpus|data)(/|$)')
C_FILE_MAX = 600


def top_level_holds_the_fixed_names_only(tree):
    """Whatever else there is lives in one of the four folders."""
    for name in sorted({path.split('/')[0] for path in tree.paths}):
        if name not in TOP and not name.startswith('.'):
            yield f'{name}: does not belong at the top'


def every_folder_has_a_readme(tree):
    """What lives here, what may not. Test data needs none."""
    folders = {os.path.dirname(path) for path in tree.paths}
    folders |= {parent for folder in folders for parent in parents(folder)}
    for folder in sorted(folders):
        readme = os.path.join(folder, 'README.md')
        if readme not in tree.paths and not folder.startswith('.') and not DATA_FOLDER.search(folder):
            yield f'{folder or "."}: has no README.md'


def parents(folder):
    """The folders above a folder, the top as ''."""
    while folder:
        folder = os.path.dirname(folder)
        yield folder


def every_source_names_its_licence(tree):
    """One SPDX line, within the first three."""
    for path in tree.sources():
        head = tree.text(path).split('\n', 3)[:3]
        if os.path.basename(path) != 'meson.build' and not any('SPDX-License-Identifier: MIT' in line for line in head):
            yield f'{path}: has no SPDX line'


def nothing_is_marked_unfinished(tree):
    """What is not done is not in the tree."""
    for path in tree.paths:
        if DATA_FOLDER.search(path):
            continue
        for number, line in tree.lines(path):
            match = UNFINISHED.search(line)
            if match:
                yield f'{path}:{number}: says {match.group(1)}'


def lines_have_no_stray_blanks(tree):
    """No trailing blank, no tab but in makefiles, a newline at the end."""
    for path in tree.sources() + [path for path in tree.paths if path.endswith('.md')]:
        if tree.text(path) and not tree.text(path).endswith('\n'):
            yield f'{path}: does not end with a newline'
        for number, line in tree.lines(path):
            if line != line.rstrip():
                yield f'{path}:{number}: ends with a blank'
            if '\t' in line and os.path.basename(path) != 'Makefile':
                yield f'{path}:{number}: holds a tab'


def c_files_are_short(tree):
    """A longer one holds two ideas."""
    for path in tree.c_files():
        count = tree.text(path).count('\n')
        if count > C_FILE_MAX:
            yield f'{path}: has {count} lines, more than {C_FILE_MAX}'


RULES = [top_level_holds_the_fixed_names_only, every_folder_has_a_readme, every_source_names_its_licence,
         nothing_is_marked_unfinished, lines_have_no_stray_blanks, c_files_are_short]
