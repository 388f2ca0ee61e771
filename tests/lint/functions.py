# SPDX-License-Identifier: MIT
"""Rules about C functions, as ctags finds them."""

FUNCTION_MAX = 75
SHIM_FUNCTION_MAX = 60
BEFORE_A_DECLARATION = (';', '{', '}', '*/')


def functions_are_short(tree):
    """The shim's are shorter still: they are read in doubt."""
    for tag in tree.tags():
        limit = SHIM_FUNCTION_MAX if tag['path'].startswith('preload/') else FUNCTION_MAX
        length = tag.get('end', tag['line']) - tag['line'] + 1
        if tag['kind'] == 'function' and length > limit:
            yield f"{tag['path']}:{tag['line']}: {tag['name']} has {length} lines, more than {limit}"


def every_header_prototype_is_documented(tree):
    """A comment ends right above the declaration: a header is a contract."""
    for tag in tree.tags():
        if tag['kind'] == 'prototype' and tag['path'].endswith('.h'):
            if not line_above(tree.text(tag['path']).split('\n'), tag['line']).endswith('*/'):
                yield f"{tag['path']}:{tag['line']}: {tag['name']} is not documented"


def line_above(lines, number):
    """The last line before the declaration that line `number` belongs to; empty when that line is."""
    index = number - 2
    while index > 0 and lines[index].strip() and not lines[index].rstrip().endswith(BEFORE_A_DECLARATION):
        index -= 1
    return lines[index].strip() if index >= 0 else ''


RULES = [functions_are_short, every_header_prototype_is_documented]
