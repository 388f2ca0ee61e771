# SPDX-License-Identifier: MIT
"""The files of a source tree, as the rules see them. Knows no rule."""
import os
import re
import subprocess

IGNORED = re.compile(r'build.*|node_modules|__pycache__|\.git|\.cache')
SOURCE = re.compile(r'.*\.(c|h|py|sh|js|mjs|map|ld)|meson\.build|Makefile')


class Tree:
    """One tree; paths are relative to its top and sorted."""

    def __init__(self, root):
        self.root = root
        self.paths = sorted(self._walk())
        self._texts = {}
        self._tags = None

    def _walk(self):
        for folder, subfolders, names in os.walk(self.root):
            subfolders[:] = [name for name in subfolders if not IGNORED.fullmatch(name)]
            for name in names:
                yield os.path.relpath(os.path.join(folder, name), self.root)

    def text(self, path):
        """The contents of a file."""
        if path not in self._texts:
            with open(os.path.join(self.root, path), encoding='utf-8', errors='replace') as file:
                self._texts[path] = file.read()
        return self._texts[path]

    def lines(self, path):
        """Pairs of line number and line."""
        return enumerate(self.text(path).splitlines(), 1)

    def c_files(self):
        """C sources and headers."""
        return [path for path in self.paths if path.endswith(('.c', '.h'))]

    def shell_files(self):
        """Everything a shell reads."""
        return [path for path in self.sources()
                if path.endswith('.sh') or re.match(r'#!.*\b(sh|bash|dash)\b', self.text(path))]

    def sources(self):
        """Everything a person wrote for a compiler or an interpreter."""
        return [path for path in self.paths
                if SOURCE.fullmatch(os.path.basename(path)) or self.text(path).startswith('#!')]

    def product(self):
        """C files of the product, without its tests and examples."""
        return [path for path in self.c_files() if path.startswith(('lib/', 'preload/'))]

    def tags(self):
        """What ctags finds in the C files: dictionaries with name, path, kind, line, end."""
        if self._tags is None:
            self._tags = self._read_tags()
        return self._tags

    def _read_tags(self):
        command = ['ctags', '-f', '-', '--languages=C', '--langmap=C:.c.h', '--c-kinds=fpv', '--fields=+neK',
                   '--sort=no', '-L', '-']
        done = subprocess.run(command, cwd=self.root, input='\n'.join(self.c_files()), stdout=subprocess.PIPE,
                              text=True, errors='replace', check=True)
        tags = []
        for line in done.stdout.splitlines():
            name, path, *rest = line.split('\t')
            fields = dict(field.split(':', 1) for field in rest if re.match(r'(line|end):', field))
            kind = next(field for field in rest if field in ('function', 'prototype', 'variable'))
            tags.append({'name': name, 'path': path, 'kind': kind, **{key: int(fields[key]) for key in fields}})
        return tags
