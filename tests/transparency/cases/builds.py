# SPDX-License-Identifier: MIT
"""Builds: make and ninja with their job servers, compilers, linkers, and what they leave behind byte for byte."""
from case import Case, bash, sh

SOURCES = r'''
printf '#include <stdio.h>\nint twice(int);\nint main(void)\n{\n    printf("%%d\\n", twice(21));\n    return 3;\n}\n' > main.c
printf 'int twice(int n)\n{\n    return 2 * n;\n}\n' > twice.c
printf 'int broken(\n' > broken.c
printf '#include <iostream>\n#include <stdexcept>\nint main()\n{\n    try { throw std::runtime_error("thrown"); } catch (std::exception &e) { std::cout << e.what() << std::endl; }\n}\n' > main.cc
'''
MAKEFILE = r'''
cat > Makefile <<'END'
.RECIPEPREFIX = >
all: one two three four sub last
one two three four:
> @sleep 0.0$(words $@); echo made $@; sh -c 'exit 0'
sub:
> +@$(MAKE) --no-print-directory -f Sub.mk
last: one two three four sub
> @echo last $(shell echo from a shell)
fail: one
> @echo before; exit 3
killed:
> @kill -9 $$$$
missing:
> nonexistent-command
view:
> @$(VIEW)
> +@$(VIEW)
oneshell: SHELL = /bin/bash
oneshell:
> @echo $$BASH_VERSION | wc -l; set -o pipefail; false | true; echo $$?
END
cat > Sub.mk <<'END'
.RECIPEPREFIX = >
all: a b c d
a b c d:
> @echo sub $@; /bin/true
END
cat > build.ninja <<'END'
rule run
  command = $cmd
  description = $out
rule link
  command = gcc -o $out $in
build a: run
  cmd = echo a > a; echo said a
build b: run a
  cmd = cat a > b; test 1 = 1
build c: run
  cmd = exit 3
build d: run
  cmd = kill -9 $$$$
build view: run
  cmd = $$VIEW
build ok: phony a b
END
'''
FLAGS = '-O1 -frandom-seed=1'


def make(name, words, **options):
    """One call of make."""
    options.setdefault('names', ('make',))
    return sh(f'make_{name}', f'make {words}; echo status $?', setup=MAKEFILE, needs=('make',), **options)


def ninja(name, words, **options):
    """One call of ninja."""
    return sh(f'ninja_{name}', f'ninja {words}; echo status $?', setup=MAKEFILE, needs=('ninja',), names=('ninja',),
              normal=('order', 'durations'), files=('.ninja_log', '.ninja_deps'), **options)


CASES = [
    make('side_by_side', '-j 4 --output-sync', normal=('order',), names=('make', 'sleep', 'true')),
    make('one_by_one', '', names=('make', 'sleep', 'true')),
    make('fails', '-j 2 -O fail', normal=('order',)),
    make('goes_on', '-k -j 3 fail killed missing one', normal=('order',)),
    make('asks_only', '-n all; make -q one; make -t one'),
    make('view', 'view', names=('make', 'view')),
    make('view_with_job_server', '-j 3 view', names=('make', 'view')),
    make('view_with_load_and_keep_going', '-j 2 -l 9 -k view A=1', names=('make', 'view')),
    make('oneshell', 'oneshell', names=('make', 'bash')),
    make('is_terminated', '--version >/dev/null; timeout -s TERM 0.2 make -f slow.mk; ls',
         variables={'MAKEFLAGS': ''}),
    Case('make_as_root', ('make', '-j2', 'fail'), setup=MAKEFILE, needs=('make',), under=('preload', 'run'),
         normal=('order',)),
    Case('make_on_a_terminal', ('make', '-j2', '-O', 'all'), tty=True, setup=MAKEFILE, needs=('make',),
         normal=('order',)),
    sh('make_job_server_as_a_fifo', '''
make --jobserver-style=fifo -j2 view 2>/dev/null | grep -c fifo
make --jobserver-style=pipe -j2 view
''', setup=MAKEFILE, needs=('make',), names=('make',), normal=('temporary_names',)),
    ninja('makes_all', 'ok'),
    ninja('fails', '-k 0 -j 1 c d ok'),
    ninja('view', 'view'),
    ninja('dry', '-n -v ok; ninja -t targets; ninja -d stats a | wc -l'),
    *[sh(f'{cc}_compiles_and_links', f'{cc} {FLAGS} -c main.c && {cc} {FLAGS} -g -c twice.c -save-temps && {cc} -o p main.o twice.o && ./p; echo $?; '
         f'{cc} -c broken.c; echo $?; {cc} -E main.c | wc -l; {cc} nothing.c; echo $?; {cc} -o q main.o; echo $?; echo "int x;" | {cc} -xc -S -o - - | wc -l; '
         f'{cc} -print-prog-name=ld; {cc} --version | head -n 1', setup=SOURCES, needs=(cc,), names=(cc, 'ld', 'p'), normal=('temporary_names',))
      for cc in ('gcc', 'clang')],
    sh('gcc_kinds', f'gcc {FLAGS} -pipe -o p main.c twice.c; ./p; gcc {FLAGS} -flto=2 -o q main.c twice.c; ./q; gcc -shared -fPIC -o libt.so twice.c; '
       'gcc -o r main.c -L. -lt -Wl,-rpath,.; ./r; gcc -M main.c | wc -l; gcc -v -c main.c 2>&1 | grep -c cc1', setup=SOURCES, needs=('gcc',),
       normal=('temporary_names',), names=('gcc', 'lto1', 'r'), files=('q',)),
    sh('c++_throws', 'g++ -o p main.cc && ./p; echo $?', setup=SOURCES, needs=('g++',), names=('cc1plus', 'p')),
    sh('binutils_kinds', r'''
gcc -c main.c twice.c
ar rcD lib.a twice.o
ranlib -D lib.a
ar t lib.a
nm lib.a
ld -r -o both.o main.o twice.o
objdump -f both.o
strip -o small.o both.o
size both.o
objcopy -O binary twice.o t.bin
as --version | head -n 1
readelf -h twice.o | wc -l
ld nothing; echo $?
printf "create x.a\naddmod twice.o\nsave\nend\n" | ar -M
ar t x.a
''', setup=SOURCES, needs=('gcc', 'ar', 'ld'), names=('ar', 'ld', 'nm')),
    sh('pkg_config_and_friends', '''
pkg-config --version
pkg-config --exists nothing; echo $?
''', needs=('pkg-config',), names=('pkg-config',)),
    bash('ccache_and_meson', r'''
printf "project('x', 'c')\nexecutable('p', 'main.c', 'twice.c')\n" > meson.build
meson setup b >/dev/null
ninja -C b >/dev/null
./b/p; echo $?
''', setup=SOURCES, needs=('meson', 'ninja', 'gcc'), names=('ninja', 'p'), files=('b/*',)),
]
