# SPDX-License-Identifier: MIT
"""Builds what programs start, and the programs themselves. What this machine has no compiler for is not there: a program that
starts it is told so, watched or not."""
import os
import shutil
import subprocess

import emit
import program

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = HERE
NOBODY = 65534
MACHINE = f'/usr/include/{os.uname().machine}-linux-gnu'
COMPILERS = {
    'dyn': ['gcc', '-pthread'],
    'static': ['gcc', '-static', '-pthread'],
    '32': ['gcc', '-m32', '-pthread', '-isystem', MACHINE],
    '32_static': ['gcc', '-m32', '-static', '-pthread', '-isystem', MACHINE],
    'musl': ['musl-gcc', '-idirafter', '/usr/include', '-idirafter', MACHINE],
    'asan': ['gcc', '-fsanitize=address'],
}
SCRIPTS = {
    'to_sh': '#!/bin/sh\n{}/leaf_dyn\nexit 9\n',
    'to_words': '#!/bin/sh -e\n{}/leaf_dyn\nexit 9\n',
    'to_blank': '#!  /bin/sh \n{}/leaf_dyn\nexit 9\n',
    'to_env': '#!/usr/bin/env sh\n{}/leaf_dyn\nexit 9\n',
    'to_script': '#!{}/to_sh\n',
    'to_asan': '#!{}/leaf_asan\n',
    'to_asan_open': '#!{}/leaf_asan',
    'to_32': '#!{}/leaf_32\n',
    'to_musl': '#!{}/leaf_musl\n',
    'to_other_user': '#!{}/leaf_other_user\n',
    'no_line': '{}/leaf_dyn\nexit 9\n',
    'no_interpreter': '#!/nowhere\n',
}


def compile_c(form, source, target, *words):
    """Whether that worked."""
    command = [*COMPILERS[form], '-w', '-O0', '-D_GNU_SOURCE', '-D_FILE_OFFSET_BITS=64', *words, f'-I{SOURCES}', source, '-o', target]
    if not shutil.which(command[0]):
        return False
    return not subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode


def write(path, text, mode=0o755):
    """Write a file."""
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    os.chmod(path, mode)


class Tools:
    """A folder with the targets and the launcher."""

    def __init__(self, path):
        self.path = path
        os.makedirs(path, exist_ok=True)
        os.chmod(path, 0o755)
        self.words = [f'-DTOOLS="{path}"']
        self.scene = f'{path}/scene'
        if not compile_c('static', f'{SOURCES}/scene.c', self.scene):
            raise RuntimeError('the launcher needs a gcc that links statically')
        for form in COMPILERS:
            compile_c(form, f'{SOURCES}/leaf.c', f'{path}/leaf_{form}', f'-DFORM="{form}"')
        self.give_away('leaf_dyn', 'leaf_other_user')
        for name, text in SCRIPTS.items():
            write(f'{path}/{name}', text.format(path))
        os.makedirs(f'{path}/folder', exist_ok=True)
        self.mislead(f'{path}/first')
        write(f'{path}/not_executable', SCRIPTS['to_sh'].format(path), 0o644)

    def give_away(self, name, copy):
        """A set-user-ID program; only root can make one, and to no more than nobody."""
        if os.geteuid() == 0:
            shutil.copy(f'{self.path}/{name}', f'{self.path}/{copy}')
            os.chown(f'{self.path}/{copy}', NOBODY, NOBODY)
            os.chmod(f'{self.path}/{copy}', 0o4755)

    def mislead(self, folder):
        """A folder for the beginning of PATH: what has the names of targets there is passed over by a search."""
        os.makedirs(f'{folder}/leaf_asan', exist_ok=True)
        os.makedirs(f'{folder}/leaf_dyn', exist_ok=True)
        write(f'{folder}/leaf_32', 'text', 0o644)
        os.symlink('/nowhere', f'{folder}/to_asan')

    def prepared(self, form):
        """Where the header is that was compiled beforehand; made when it is first asked for."""
        folder = f'{self.path}/header_{form}'
        if form in COMPILERS and not os.path.isdir(folder):
            os.mkdir(folder)
            compile_c(form, f'{SOURCES}/life.h', f'{folder}/life.h.gch', '-x', 'c-header', *self.words)
        return folder

    def build(self, made, folder):
        """Build a program in a folder; its path, or None where it can't be built."""
        target = f'{folder}/program'
        if made['form'] in program.SCRIPTS:
            write(target, emit.script_text(made))
            return target
        words = list(self.words)
        if 'lib' in made:
            write(f'{folder}/lib.c', emit.lib_text(made), 0o644)
            if not compile_c('dyn', f'{folder}/lib.c', f'{folder}/liblife.so', '-shared', '-fPIC', *words):
                return None
            if made['lib']['how'] == 'needed':
                words += ['-Wl,--no-as-needed', f'-Wl,-rpath,{folder}', f'{folder}/liblife.so']
        write(f'{folder}/program.c', emit.c_text(made), 0o644)
        return target if compile_c(made['form'], f'{folder}/program.c', target, f'-I{self.prepared(made["form"])}', *words) else None
