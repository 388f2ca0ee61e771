#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every rule of this folder notices what it is there for: small trees, each with one mistake, and one with none."""
import os
import tempfile

import cycles
import functions
import layers
import layout
import script
import settings
import shell
import tap
import text
import unused
from tree import Tree

SPDX = '/* SPDX-License-Identifier: MIT */\n'
TABLE = 'static const struct {\n    const char *name;\n} names[] = {\n    {"DTRACK_NAME"},\n};\n'
CLEAN = {
    'README.md': 'DTRACK_NAME\n',
    'lib/README.md': 'lib\n',
    'lib/base/README.md': 'base\n',
    'lib/base/a.h': SPDX + '#include "base/b.h"\n/* Documented. */\nint a_get(int x, int y);\n',
    'lib/base/b.h': SPDX,
    'lib/base/d.c': SPDX + 'int d_get(int x)\n{\n    return x ? a_get(x, 1) : 0;\n}\n',
    'lib/base/settings.c': SPDX + TABLE,
    'lib/store/README.md': 'store\n',
    'lib/store/net/README.md': 'net\n',
    'lib/store/net/http.c': SPDX + '#include <curl/curl.h>\n#include "base/a.h"\n'
                            'static int get(void)\n{\n    return d_get(1);\n}\n',
    'scripts/README.md': 'scripts\n',
    'scripts/x': '#!/bin/sh\n# SPDX-License-Identifier: MIT\necho "$1"\n',
}
STRICT = "'use strict';\n"
LONG = 'int f(void)\n{\n' + '    ;\n' * 58 + '    return 0;\n}\n'

# (rule, the file that makes the mistake, its contents)
MISTAKES = [
    (layers.includes_follow_the_layers, 'lib/base/c.c', SPDX + '#include "store/store.h"\n'),
    (layers.includes_follow_the_layers, 'preload/c.c', SPDX + '#include "model/span.h"\n'),
    (layers.includes_follow_the_layers, 'lib/run/c.c', SPDX + '#include "cmd/cmd.h"\n'),
    (layers.includes_follow_the_layers, 'lib/other/c.c', SPDX + '#include "base/a.h"\n'),
    (layers.includes_follow_the_layers, 'lib/store/c.c', SPDX + '#include "store/net/http.h"\n'),
    (layers.includes_follow_the_layers, 'lib/cmd/c.c', SPDX + '#include "store/net/http.h"\n'),
    (layers.each_vendor_has_one_file, 'lib/store/net/azure.c', SPDX + '#include <openssl/hmac.h>\n'),
    (layers.headers_have_no_cycles, 'lib/base/b.h', SPDX + '#include "base/a.h"\n'),
    (cycles.files_need_each_other_one_way, 'lib/base/a.c', SPDX + 'int a_get(int x,\n          int y)\n{\n    return d_get(x + y);\n}\n'),
    (text.top_level_holds_the_fixed_names_only, 'docs/README.md', 'docs\n'),
    (text.every_folder_has_a_readme, 'lib/model/span.h', SPDX),
    (text.every_source_names_its_licence, 'lib/base/c.c', 'int x;\n'),
    (text.every_source_names_its_licence, 'scripts/y', '#!/bin/sh\necho\n'),
    (text.nothing_is_marked_unfinished, 'lib/base/c.c', SPDX + '/* TO' 'DO: later */\n'),
    (text.lines_have_no_stray_blanks, 'lib/base/c.c', SPDX + 'int x; \n'),
    (text.lines_have_no_stray_blanks, 'lib/base/c.c', SPDX + '\tint x;\n'),
    (text.lines_have_no_stray_blanks, 'README.md', 'no newline'),
    (text.c_files_are_short, 'lib/base/c.c', SPDX + ';\n' * 600),
    (functions.functions_are_short, 'preload/c.c', SPDX + LONG),
    (functions.functions_are_short, 'lib/base/c.c', SPDX + LONG.replace('return', '\n' * 15 + 'return')),
    (functions.every_header_prototype_is_documented, 'lib/base/b.h', SPDX + '/* B. */\nint b(void);\nint c(void);\n'),
    (functions.every_header_prototype_is_documented, 'lib/base/b.h', SPDX + '\nint b(void);\n'),
    (functions.library_has_no_mutable_variables, 'lib/base/c.c', SPDX + 'static int count;\n'),
    (functions.library_has_no_mutable_variables, 'lib/base/c.c', SPDX + 'struct {\n    int x;\n} all[] = {{1}};\n'),
    (functions.goto_leads_to_out_only, 'lib/base/c.c', SPDX + 'void f(void)\n{\n    goto end;\nend:;\n}\n'),
    (layers.no_two_rooms_have_a_file_of_one_name, 'lib/store/b.c', SPDX),
    (layers.only_commands_meet_the_user, 'lib/base/c.c', SPDX + 'char *s(void)\n{\n    return getenv("X");\n}\n'),
    (layers.only_commands_meet_the_user, 'lib/store/c.c', SPDX + 'void s(void)\n{\n    printf("x");\n}\n'),
    (layers.only_commands_meet_the_user, 'lib/run/c.c', SPDX + 'void s(void)\n{\n    setenv("X", "1", 1);\n}\n'),
    (shell.shellcheck_accepts_every_script, 'scripts/y', '#!/bin/sh\nrm -rf $1/*\n'),
    (script.scripts_can_be_read, 'tests/x.js', STRICT + 'const x = ;\n'),
    (script.scripts_are_strict, 'tests/x.js', 'const x = 1;\n'),
    (script.scripts_are_strict, 'tests/x.js', STRICT + 'var x = 1;\n'),
    (script.scripts_are_strict, 'tests/x.js', STRICT + 'const same = (a, b) => a == b;\n'),
    (script.page_makes_no_markup_and_asks_for_nothing, 'lib/export/report/x.js', STRICT + 'document.body.innerHTML = name;\n'),
    (script.page_makes_no_markup_and_asks_for_nothing, 'lib/export/report/x.html', '<p onclick="go()">\n'),
    (script.page_sources_are_short, 'lib/export/report/x.js', STRICT + ';\n' * 300),
    (layout.clang_format_has_nothing_to_change, 'lib/base/c.c', SPDX + 'int c ( void ) ;\n'),
    (settings.every_variable_is_in_the_table, 'lib/base/c.c', SPDX + 'char *s = "DTRACK_MORE";\n'),
    (unused.product_calls_all_its_functions, 'lib/base/c.c', SPDX + '/* c_get */\nint c_get(void)\n{\n    return 0;\n}\n'),
    (settings.readme_names_every_variable, 'README.md', 'dtrack\n'),
]


def plant(folder, files):
    """Write the files into the folder and look at it as a tree."""
    for path, contents in files.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'w', encoding='utf-8') as file:
            file.write(contents)
    return Tree(folder)


def rules_accept_a_clean_tree():
    """No rule cries without a reason."""
    with tempfile.TemporaryDirectory() as folder:
        tree = plant(folder, CLEAN)
        for rule in {mistake[0] for mistake in MISTAKES}:
            tap.same(list(rule(tree)), [], rule.__name__)


def each_mistake_is_noticed():
    """With the file named in what the rule says."""
    for rule, path, contents in MISTAKES:
        with tempfile.TemporaryDirectory() as folder:
            said = list(rule(plant(folder, {**CLEAN, path: contents})))
            place = path.split('/')[0] if rule is text.top_level_holds_the_fixed_names_only else path
            place = os.path.dirname(path) if rule is text.every_folder_has_a_readme else place
            tap.check(any(line.startswith(place) for line in said), f'{rule.__name__} says {said} about {path}')


def every_rule_has_a_mistake():
    """So that no rule passes only because it sees nothing."""
    rules = set(layers.RULES + cycles.RULES + text.RULES + functions.RULES + shell.RULES + script.RULES + settings.RULES +
                unused.RULES + layout.RULES)
    tap.same({rule.__name__ for rule in rules - {mistake[0] for mistake in MISTAKES}}, set(), 'rules without a mistake')


if __name__ == '__main__':
    tap.run([rules_accept_a_clean_tree, each_mistake_is_noticed, every_rule_has_a_mistake])
