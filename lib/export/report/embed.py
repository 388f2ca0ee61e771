#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py OUT.c STYLE.css TIMELINE.html GRAPHS.html SCRIPT.js... : the page's sources as C, with the digests for its policy.

The scripts follow one another as they are: no bundler, and nothing is changed but that strict mode is asked for once.
"""
import base64
import hashlib
import sys


def text_of(path):
    """A source without its licence line, which stands in the repository."""
    with open(path, encoding='utf-8') as file:
        lines = file.read().splitlines(keepends=True)
    return ''.join(line for line in lines if 'SPDX-License-Identifier' not in line)


def array(name, text):
    """A constant of bytes, and its length."""
    data = text.encode()
    rows = (','.join(map(str, data[at:at + 24])) for at in range(0, len(data), 24))
    body = ',\n'.join(rows)
    return f'const unsigned char {name}[] = {{\n{body}}};\nconst size_t {name}_len = sizeof {name};\n'


def digest(text):
    """As Content-Security-Policy has it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def main(out, style, timeline, graphs, *scripts):
    """Write the C file."""
    style, script = text_of(style), '\n'.join(map(text_of, scripts))
    if '</script' in script.lower() or '</style' in style.lower():
        sys.exit('a source would end its own element')
    with open(out, 'w', encoding='utf-8') as file:
        file.write('/* Made by embed.py. */\n#include "export/report_assets.h"\n\n')
        file.write(array('report_style', style) + array('report_script', script) +
                   array('report_timeline', text_of(timeline)) + array('report_graphs', text_of(graphs)))
        file.write(f'const char report_style_digest[] = "{digest(style)}";\n')
        file.write(f'const char report_script_digest[] = "{digest(script)}";\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
