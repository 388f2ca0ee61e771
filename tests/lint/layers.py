# SPDX-License-Identifier: MIT
"""Rules about who includes whom. The two tables are the whole architecture."""
import posixpath
import re

# Which folders' headers a folder may include, besides its own.
ALLOWED = {
    'sys': set(),
    'base': {'sys'},
    'redact': {'sys', 'base'},
    'spool': {'sys', 'redact', 'base'},
    'model': {'sys', 'redact', 'base', 'spool'},
    'export': {'sys', 'redact', 'base', 'model'},
    'store': {'sys', 'redact', 'base'},
    'store/net': {'sys', 'redact', 'base', 'store'},
    'run': {'sys', 'redact', 'base', 'spool', 'model', 'export', 'store'},
    'cmd': {'sys', 'redact', 'base', 'spool', 'model', 'export', 'store', 'run'},
    'preload': {'sys', 'redact', 'spool'},
}

# The file that may include a vendor's header, or the files.
VENDORS = {
    'curl/': {'lib/store/net/http.c'},
    'openssl/': {'lib/store/net/sign.c'},
    'cjson/': {'lib/base/json.c'},
    'zlib.h': {'lib/export/gzip.c'},
    'dlfcn.h': {'preload/real.c', 'lib/store/module.c'},  # each for a program of its own
}

# What only commands may do: talk to the user, read or change the environment, end the program.
USERS_BUSINESS = re.compile(r'(?<![>.*\w])(secure_getenv|getenv|setenv|unsetenv|putenv|clearenv|'
                            r'v?f?printf|puts|putchar|perror|_?exit|abort)\(')

INCLUDE = re.compile(r'\s*#\s*include\s+[<"]([^>"]+)[>"]')


def includes(tree, path):
    """Pairs of line number and included name."""
    for number, line in tree.lines(path):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1)


def layer_of(path):
    """The layer that a file belongs to, by its path below lib/: the folder, also one in a folder."""
    folder = posixpath.dirname(path)
    return folder if folder in ALLOWED else path.split('/')[0]


def includes_follow_the_layers(tree):
    """sys <- base <- redact <- spool <- model <- export; base <- store <- store/net; run sees all of these, cmd run as well."""
    for path in tree.product():
        mine = layer_of(path.removeprefix('lib/'))
        for number, name in includes(tree, path):
            other = layer_of(name) if '/' in name else mine
            if mine not in ALLOWED:
                yield f'{path}:{number}: folder {mine} is in no layer'
            elif other in ALLOWED and other != mine and other not in ALLOWED[mine]:
                yield f'{path}:{number}: {mine} must not include {name}'


def each_vendor_has_one_file(tree):
    """A vendor's header is included in one file only, so that the vendor can be replaced there."""
    for path in tree.product():
        for number, name in includes(tree, path):
            for vendor, owners in VENDORS.items():
                if name.startswith(vendor) and path not in owners:
                    yield f'{path}:{number}: {name} belongs in {" and ".join(sorted(owners))} only'


def include_graph(tree):
    """For each product header, the product headers it includes."""
    headers = {path for path in tree.product() if path.endswith('.h')}
    graph = {}
    for path in headers:
        near = posixpath.dirname(path)
        names = [name for _, name in includes(tree, path)]
        graph[path] = {found for name in names for found in (f'lib/{name}', f'{near}/{name}', name)} & headers
    return graph


def headers_have_no_cycles(tree):
    """No header reaches itself."""
    graph = include_graph(tree)
    for start in sorted(graph):
        reached, waiting = set(), [start]
        while waiting:
            for other in graph[waiting.pop()] - reached:
                reached.add(other)
                waiting.append(other)
        if start in reached:
            yield f'{start}: includes itself, by way of others'


def no_two_rooms_have_a_file_of_one_name(tree):
    """Who says `export.c` is understood. A command's file is called after the command, so another one gives way."""
    owners = {}
    for path in tree.product():
        name, folder = posixpath.basename(path).split('.')[0], posixpath.dirname(path)
        if owners.setdefault(name, folder) != folder:
            yield f'{path}: {owners[name]} has a file of this name, too'


def only_commands_meet_the_user(tree):
    """The rest of the library can be used by anybody, anywhere."""
    for path in tree.product():
        if path.startswith('lib/') and not path.startswith('lib/cmd/'):
            for number, line in tree.lines(path):
                match = USERS_BUSINESS.search(line)
                if match and not line.lstrip().startswith(('/*', '*', '//')):
                    yield f'{path}:{number}: calls {match.group(1)}'


RULES = [includes_follow_the_layers, each_vendor_has_one_file, headers_have_no_cycles,
         no_two_rooms_have_a_file_of_one_name, only_commands_meet_the_user]
