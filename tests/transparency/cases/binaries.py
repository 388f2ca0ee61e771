# SPDX-License-Identifier: MIT
"""The same probe, built in every way that a program may be built, started by each kind of parent."""
from built import VIEWS
from case import Case, sh

# The views of sanitized programs are large and slow to map; each is started in every way all the same.
START = '$BUILT/{0} 3; echo $?; $VIEW spawn $BUILT/{0}; $VIEW exec $BUILT/{0} 4; $VIEW system $BUILT/{0}; env -i $BUILT/{0}; (exec $BUILT/{0} 5); echo $?; cd $BUILT; ./{0} fork x; echo $?'


def flavour(name, **options):
    """One way of building, below a shell and below `dtrack run`."""
    return [sh(name, START.format(name), needs=(f'built:{name}',), names=('sh', name), normal=('addresses',), **options),
            Case(f'{name}_directly', (f'$BUILT/{name}', 'spawn', f'$BUILT/{name}'), needs=(f'built:{name}',), under=('run',), names=(name,))]


CASES = [
    *[case for name in VIEWS for case in flavour(name)],
    sh('libc_free_program', '''
$BUILT/bare; echo $?
$VIEW spawn $BUILT/bare
$VIEW exec $BUILT/bare
env -i $BUILT/bare
exec $BUILT/bare
''', needs=('built:bare',), names=('sh', 'bare')),
    Case('libc_free_program_directly', ('$BUILT/bare',), needs=('built:bare',), under=('run', 'preload')),
    sh('mixed_chain', '''
$BUILT/view_musl exec $BUILT/view_static exec $VIEW
$BUILT/view_32_bit spawn $VIEW
$BUILT/view_static spawn $BUILT/view_32_bit
$BUILT/view_gcc_asan exec $VIEW
$BUILT/view_gcc_asan system $BUILT/view_musl
''', needs=('built:view_musl', 'built:view_static', 'built:view_32_bit', 'built:view_gcc_asan'),
       names=('view_musl', 'view_static', 'view_32_bit', 'view_gcc_asan')),
    sh('scripts_with_interpreters', '''
./a x
./b y
./c; echo $?
./d; echo $?
./e
env ./a
./f
''', names=('sh', 'view'),
       setup='''
printf '#!/bin/sh\\n$VIEW 3\\necho $0 $@\\n' > a; printf '#!./a\\n' > b; printf '#!/nonexistent\\n' > c; printf '#!\\n' > d; printf 'echo no interpreter $0\\n$VIEW\\n' > e
printf '#!/usr/bin/env -S sh -e\\n$VIEW\\nfalse\\necho not reached\\n' > f; chmod +x a b c d e f
'''),
    sh('scripts_of_sanitized_interpreters', '''
./s; echo $?
env ./s
$VIEW spawn ./s
''', needs=('built:view_gcc_asan',), setup='printf "#!$BUILT/view_gcc_asan\\n" > s; chmod +x s', names=('sh',)),
    sh('relative_and_searched_paths', '''
cp $BUILT/view_gcc_asan asan
cp $BUILT/view_32_bit small
PATH=.:$PATH
asan
small
$VIEW spawn small
env asan
PATH=
./asan
cd /
PATH=$OLDPWD
small
''', needs=('built:view_gcc_asan', 'built:view_32_bit'), names=('sh',)),
    sh('script_whose_interpreter_changes', '''
for kind in view view_32_bit view_gcc_asan view; do
    cp $BUILT/$kind new; mv new interpreter
    ./script; echo $?
    $VIEW spawn ./script
done
''', setup='printf "#!$PWD/interpreter\\n" > script; chmod +x script',
       needs=('built:view_32_bit', 'built:view_gcc_asan'), names=('sh',)),
    sh('scripts_without_a_line_break', '''
for script in ./*.script; do $script; echo $?; $VIEW spawn $script; $VIEW exec $script; done
''', needs=('built:view_32_bit', 'built:view_gcc_asan'), names=('sh',), setup='''
printf "#!$BUILT/view_gcc_asan" > a.script; printf "#! \\t$BUILT/view_32_bit" > b.script
printf "#!$BUILT/view_32_bit\\0\\n" > c.script; printf '#!' > d.script
chmod +x *.script'''),
    sh('searched_as_libc_does', '''
PATH=$PWD/folder:$PWD/plain:$PWD/broken:$PWD/good:$PATH env tool; echo $?
PATH=$PWD/folder:$PWD/broken:$PWD/good:$PATH nice tool; echo $?
long=$PWD/$(printf "%0200d" 0)/$(printf "%0200d" 0)
PATH=$long:$PATH env tool; echo $?
PATH=$long:$PATH $VIEW spawn tool
''', needs=('built:view_gcc_asan',), names=('sh', 'env'), setup='''
mkdir -p folder/tool plain broken good $(printf "%0200d" 0)/$(printf "%0200d" 0)
cp $BUILT/view_gcc_asan good/tool; cp $BUILT/view_gcc_asan $(printf "%0200d" 0)/$(printf "%0200d" 0)/tool
echo > plain/tool; printf '#!/nonexistent\\n' > broken/tool; chmod +x broken/tool'''),
    *[Case(f'executed_by_{how}', ('python3', '-S', '-c', f'''
import os, resource, sys
def path_only(file): return os.open(file, os.O_PATH)
def readable(file): return os.open(file, os.O_RDONLY)
def full(file):
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    try:
        while True: os.open("/dev/null", os.O_RDONLY)
    except OSError: return file
for file in sys.argv[1:]:
    pid = os.fork()
    if not pid: os.execve({how}(file), ["x", "3"], os.environ)
    print(os.waitpid(pid, 0)[1], flush=True)
''', '$BUILT/view_32_bit', '$BUILT/view_gcc_asan', '$BUILT/view'), needs=('built:view_32_bit', 'built:view_gcc_asan', 'python3'),
           names=('python3',)) for how in ('path_only', 'readable', 'full')],
    Case('spawned_in_another_folder', ('python3', '-c', 'import os, subprocess; print(subprocess.call(["./small"], cwd="there")); print(subprocess.call(["./asan"], cwd="there"))'),
         setup='mkdir there; cp $BUILT/view_32_bit there/small; cp $BUILT/view_gcc_asan there/asan', needs=('built:view_gcc_asan', 'built:view_32_bit', 'python3'), names=('python3',)),
    Case('spawned_behind_a_change_of_folder', ('$BUILT/spawns_there', 'there', './small', './asan', './view'),
         setup='mkdir there; cp $BUILT/view_32_bit there/small; cp $BUILT/view_gcc_asan there/asan; cp $BUILT/view there; cp $BUILT/view small; cp $BUILT/view asan',
         needs=('built:view_gcc_asan', 'built:view_32_bit'), names=('spawns_there',)),
    sh('more_variables_than_usual', '''
i=0; while [ $i -lt 700 ]; do export V$i=1; i=$((i+1)); done
$BUILT/view_gcc_asan >/dev/null; echo $?; $BUILT/view_32_bit >/dev/null; echo $?; sh -c 'exit 4'; echo $?
''', needs=('built:view_gcc_asan', 'built:view_32_bit'), names=('sh',)),
]
