# SPDX-License-Identifier: MIT
"""Rules about C functions and variables, as ctags finds them."""
import re

FUNCTION_MAX = 75
SHIM_FUNCTION_MAX = 60


def functions_are_short(tree):
    """The shim's are shorter still: they are read in doubt."""
    for tag in tree.tags():
        limit = SHIM_FUNCTION_MAX if tag['path'].startswith('preload/') else FUNCTION_MAX
        length = tag.get('end', tag['line']) - tag['line'] + 1
        if tag['kind'] == 'function' and length > limit:
            yield f"{tag['path']}:{tag['line']}: {tag['name']} has {length} lines, more than {limit}"


def every_header_prototype_is_documented(tree):
    """A comment of its own stands above it: a header is a contract."""
    for tag in tree.tags():
        if tag['kind'] == 'prototype' and tag['path'].endswith('.h'):
            if not is_documented(tree.text(tag['path']).split('\n'), tag['line']):
                yield f"{tag['path']}:{tag['line']}: {tag['name']} is not documented"


def is_documented(lines, number):
    """Whether a comment ends above the declaration that line `number` belongs to."""
    for line in reversed(lines[:number - 1]):
        if not line.strip() or line.rstrip().endswith(('{', '}', ';')) or line.startswith('#'):
            return False
        if line.rstrip().endswith('*/'):
            return True
    return False


def library_has_no_mutable_variables(tree):
    """What is not constant lives in the caller's hands; a signal handler has no other way. The shim has its reasons,
    in its README."""
    for tag in tree.tags():
        if tag['kind'] == 'variable' and tag['path'].startswith('lib/'):
            declaration = declaration_at(tree.text(tag['path']).split('\n'), tag['line'])
            if not re.search(r'\bconst\b|volatile sig_atomic_t|\*volatile ', declaration):
                yield f"{tag['path']}:{tag['line']}: {tag['name']} can change"


def declaration_at(lines, number):
    """The first line of the declaration that names its variable on line `number`: a struct may come before."""
    index = number - 1
    while index > 0 and lines[index].startswith(('}', ' ')):
        index -= 1
    return lines[index]


def goto_leads_to_out_only(tree):
    """One label, for undoing several steps in order."""
    for path in tree.product():
        for number, line in tree.lines(path):
            match = re.search(r'\bgoto (\w+);', line)
            if match and match.group(1) != 'out':
                yield f'{path}:{number}: goes to {match.group(1)}'


RULES = [functions_are_short, every_header_prototype_is_documented, library_has_no_mutable_variables,
         goto_leads_to_out_only]
