# SPDX-License-Identifier: MIT
"""Other libraries in LD_PRELOAD, before and after ours, and programs that put them there."""
from case import Case, sh

ALLOCATORS = ('libjemalloc.so.2', 'libtcmalloc_minimal.so.4')
USE = '$VIEW; sh -c "$VIEW | sort | head -n 3"; perl -e "print length(\'x\' x 100000), qq(\\n); print system(qq(exit 3))"; echo; exec $VIEW spawn $VIEW'


def beside(name, library, **options):
    """One library on either side of ours."""
    for order, preload in (('before', f'{library}:{{}}'), ('after', f'{{}}:{library}')):
        yield sh(f'{name}_{order}_ours', USE, preload=preload, needs=(f'library:{library}', 'perl'), names=('sh', 'view', 'perl'), **options)


CASES = [
    *[case for library in ALLOCATORS for case in beside(library.split('.')[0], library)],
    *beside('libm', 'libm.so.6'),
    Case('python_with_jemalloc', ('python3', '-c', 'import subprocess, threading; print(subprocess.call("exit 3", shell=True)); [threading.Thread(target=subprocess.call, args=(["true"],)).start() for i in range(8)]'),
         preload='libjemalloc.so.2:{}', needs=('library:libjemalloc.so.2', 'python3'), names=('python3', 'true', 'sh')),
    # What it starts before our constructor has run belongs to the run all the same.
    Case('library_that_starts_early', ('$BUILT/early', '3'), needs=('built:libearly.so', 'built:early')),
    Case('library_that_starts_early_below_another', ('$BUILT/early', '3'),
         needs=('built:libearly.so', 'built:early'), under=('run',)),
    sh('library_that_starts_early_below_a_shell', '''
$BUILT/early 3; echo $?
$VIEW spawn $BUILT/early
''', needs=('built:libearly.so', 'built:early'), names=('early', 'view')),
    Case('preload_that_starts_early', ('$VIEW', '3'), preload='$BUILT/libearly.so:{}', needs=('built:libearly.so',),
         names=('view',)),
    Case('preload_that_starts_early_behind_ours', ('$VIEW', '3'), preload='{}:$BUILT/libearly.so',
         needs=('built:libearly.so',), names=('view',)),
    Case('program_given_to_the_loader', ('/lib64/ld-linux-x86-64.so.2', '$VIEW', 'spawn', '$VIEW'), names=('view',)),
    sh('missing_library_beside_ours', '$VIEW; true', preload='{}:libmissing.so', names=('view',)),
    sh('faketime_kinds', '''
faketime -f "@2001-02-03 04:05:06" date -u +%F
faketime 2001-02-03 sh -c "date +%Y; $VIEW; exit 3"; echo $?
faketime -f "+0 x1000" sleep 1
faketime -f "-5y" perl -e "print time < 1.7e9"
''', needs=('faketime', 'perl'), normal=('numbers', 'faketime_names'), names=('faketime', 'date', 'sh', 'view')),
    sh('fakeroot_kinds', '''
fakeroot sh -c "id -u; touch x; chown 7:8 x; stat -c %u:%g x; $VIEW >/dev/null; exit 3"; echo $?
fakeroot -- tar -cf t.tar x
tar -tvf t.tar | cut -c 1-20
fakeroot true; echo $?
''', needs=('fakeroot',), names=('fakeroot', 'tar', 'stat'), files=('t.tar',),
       lives_on=('faked-sysv', 'faked-tcp', 'faked')),
    sh('stdbuf_beside_others', '''
stdbuf -oL $VIEW
stdbuf -oL env -i $VIEW
LD_PRELOAD= stdbuf -oL $VIEW
LD_PRELOAD="libm.so.6 libdl.so.2" stdbuf -oL sh -c $VIEW
''', names=('view', 'env')),
    sh('runtime_behind_ours', '''
runtime=$(gcc -print-file-name=libasan.so)
export ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD="${LD_PRELOAD:+$LD_PRELOAD:}$runtime"
$VIEW 3 | grep -v LD_PRELOAD; /bin/true; echo $?
''', needs=('gcc',), names=('sh', 'true')),
    sh('preload_removed_twice', '''
env -u LD_PRELOAD sh -c "env -u LD_PRELOAD sh -c 'unset LD_PRELOAD; $VIEW'; $VIEW"
''', names=('env', 'view')),
    sh('preload_quoted_and_odd', '''
LD_PRELOAD=: $VIEW
LD_PRELOAD=" " $VIEW
LD_PRELOAD=:libm.so.6: $VIEW
LD_PRELOAD="libm.so.6  libdl.so.2" $VIEW
''', names=('view',)),
    sh('loader_variables', '''
LD_BIND_NOW=1 $VIEW
LD_LIBRARY_PATH=/nothing $VIEW
GLIBC_TUNABLES=glibc.malloc.check=1 $VIEW
LD_AUDIT= $VIEW
MALLOC_PERTURB_=7 $VIEW
LD_DEBUG=nothing $VIEW
''', names=('view',)),
]
