# SPDX-License-Identifier: MIT
"""Programs that are compiled while the tests run: by compilers and with libraries that not every machine has. One folder holds
them all, with links to the probes that the build has made already."""
import os
import shutil
import subprocess
import tempfile
import threading

import tap

PROBES = os.path.join(os.path.dirname(__file__), 'probes')
LIBASAN = 'clang -print-file-name=libclang_rt.asan-x86_64.so'

# <asm/...> lies there on Debian; gcc-multilib would bring a link, and excludes cross compilers.
GCC_32 = 'gcc -m32 -isystem /usr/include/x86_64-linux-gnu'

# Name: the command; {} is the source, and -o NAME is added. Each is the probe that shows all it sees.
VIEWS = {
    'view_gcc_asan': 'gcc -g -fsanitize=address {}',
    'view_gcc_ubsan': 'gcc -g -fsanitize=undefined {}',
    'view_gcc_tsan': 'gcc -g -fsanitize=thread {}',
    'view_gcc_lsan': 'gcc -g -fsanitize=leak {}',
    'view_gcc_asan_static_runtime': 'gcc -g -fsanitize=address -static-libasan {}',
    'view_clang_asan': 'clang -g -fsanitize=address {}',
    'view_clang_asan_shared': 'clang -g -fsanitize=address -shared-libasan {} '
                              '-Wl,-rpath,$(dirname $(clang -print-file-name=libclang_rt.asan-x86_64.so))',
    'view_clang_ubsan': 'clang -g -fsanitize=undefined {}',
    'view_clang_tsan': 'clang -g -fsanitize=thread {}',
    'view_32_bit': f'{GCC_32} {{}}',
    'view_32_bit_static': f'{GCC_32} -static {{}}',
    'view_musl': 'musl-gcc {}',
    'view_musl_static': 'musl-gcc -static {}',
    'view_static': 'gcc -static {}',
    'view_static_pie': 'gcc -static-pie {}',
    'view_no_pie': 'gcc -no-pie -Wl,-z,now,-z,relro {}',
    'view_lazy_sysv': 'gcc -Wl,-z,lazy -Wl,--hash-style=sysv {}',
}
COMMANDS = {name: command.format(f'{PROBES}/view.c') for name, command in VIEWS.items()}
COMMANDS['libearly.so'] = f'gcc -shared -fPIC {PROBES}/early.c'
COMMANDS['early'] = f'gcc {PROBES}/view.c -Wl,--no-as-needed $BUILT/libearly.so -Wl,-rpath,$BUILT'
COMMANDS['bare'] = f'gcc -nostdlib -fno-stack-protector -fPIE -pie {PROBES}/bare.c'


class Tools:
    """The folder; use as a context."""

    def __init__(self, probes):
        self.path = tempfile.mkdtemp(prefix='dtrack-built-')
        os.chmod(self.path, 0o755)
        for name in os.listdir(probes):
            path = os.path.join(probes, name)
            if os.path.isfile(path) and os.access(path, os.X_OK):
                shutil.copy(path, self.path)
        self.locks = {name: threading.Lock() for name in COMMANDS}
        self.failed = {}

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        shutil.rmtree(self.path)

    def need(self, name):
        """Compile a program unless that was done already. Without its compiler or its library the case is skipped."""
        target = os.path.join(self.path, name)
        with self.locks[name]:
            if name not in self.failed and not os.path.exists(target):
                done = subprocess.run(['sh', '-c', f'{COMMANDS[name]} -w -o {target}'], stderr=subprocess.PIPE, check=False,
                                      env=dict(os.environ, BUILT=self.path))
                if done.returncode:
                    self.failed[name] = done.stderr.decode(errors='replace').strip().splitlines()[-1]
        if name in self.failed:
            raise tap.Skip(f'cannot build {name}: {self.failed[name]}')
