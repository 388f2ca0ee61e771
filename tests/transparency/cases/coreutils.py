# SPDX-License-Identifier: MIT
"""coreutils, findutils and their like: the programs that a build calls most."""
from case import Case, bash, sh

FIVE = 'for i in 5 3 1 4 2; do echo line $i; done > five'
TREE = 'mkdir -p tree/a/b tree/c; echo one > tree/a/one; echo two > tree/a/b/two; ln -s a/one tree/link; touch -d @0 tree/c/old; touch -d @0 tree'

# One word of command line each: they do nothing but what they are for.
PLAIN = {
    'ls': 'ls -A1F --color=always /usr/share/perl5', 'cat': 'cat five - five', 'sort': 'sort -r five', 'head': 'head -n 2 five',
    'tail': 'tail -n 2 five', 'wc': 'wc five', 'tr': 'tr a-z A-Z', 'cut': 'cut -c 2-', 'od': 'od -c five', 'stat': 'stat -c %s%F five',
    'date': 'date -u -d @0', 'id': 'id', 'pwd': 'pwd -P', 'printf': r'printf %s\\n x', 'false': 'false', 'test': 'test 1 -gt 2',
    'expr': 'expr 1 + x', 'sleep': 'sleep 0.01', 'sha256sum': 'sha256sum five', 'mktemp': 'mktemp -u x', 'cp': 'cp five six',
    'mv': 'mv five six', 'rm': 'rm five absent', 'mkdir': 'mkdir -m 751 new', 'ln': 'ln -s five new', 'chmod': 'chmod 4711 five',
    'truncate': 'truncate -s 5 five', 'realpath': 'realpath five', 'df': 'df --output=target /', 'uname': 'uname -s',
    'nproc': 'nproc', 'kill': 'kill -l 9', 'getconf': 'getconf ARG_MAX', 'grep': 'grep -c line five', 'cmp': 'cmp five /dev/null',
    'diff': 'diff five /dev/null', 'gzip': 'gzip -n five', 'xz': 'xz -T2 five', 'bzip2': 'bzip2 five', 'which': 'which sh nothing',
}

CASES = [
    *[Case(f'{name}_alone', tuple(command.split()), needs=(name,), setup=FIVE, stdin='typed\n',
           normal=('temporary_names',) if name == 'mktemp' else ()) for name, command in PLAIN.items()],
    sh('ls_long', 'ls -lR --time-style=+ tree; ls nothing', setup=TREE, names=('ls',)),
    sh('sort_with_a_compressor', '''
seq 20000 | sort -R --random-source=/bin/true -S 64k --compress-program=gzip -T . | md5sum
''', names=('sort', 'gzip', 'md5sum')),
    bash('sort_reader_leaves', 'yes | sort -m - | head -n 1; echo ${PIPESTATUS[*]}', names=('yes', 'sort', 'head')),
    sh('tail_follow', 'timeout 0.3 tail -n 2 -f five; echo $?; sleep 0.1 & tail -s 0.1 --pid=$! -f five', setup=FIVE,
       names=('tail', 'timeout')),
    sh('timeout_kinds', '''
timeout -s KILL 0.05 sleep 5; echo $?
timeout --preserve-status -s INT 0.05 sleep 5; echo $?
timeout 5 false; echo $?
timeout 5 nonexistent; echo $?
timeout 5 /; echo $?
timeout -k 0.05 0.05 sh -c "trap : TERM; sleep 0.5; sleep 5"; echo $?
timeout --foreground 5 $VIEW
''', names=('timeout', 'view')),
    Case('timeout_as_root', ('timeout', '0.1', 'sleep', '5'), names=('timeout', 'sleep'), under=('preload', 'run')),
    Case('nohup_as_root', ('nohup', '$VIEW'), names=('view',)),
    Case('nohup_on_a_terminal', ('nohup', '$VIEW'), tty=True, names=('view',)),
    sh('nice_levels', 'nice; nice -n 5 nice; nice -n 5 $VIEW; nice nonexistent; echo $?', names=('nice', 'view')),
    Case('env_clean', ('env', '-i', 'A=1', '$VIEW'), names=('env', 'view')),
    sh('env_kinds', '''
env -u HOME -u LD_PRELOAD -u DTRACK_RUN env
env -C / pwd
env -S "A=1 B=2 env"
env -i
env nonexistent; echo $?
env --default-signal=INT --ignore-signal=HUP --block-signal=USR1 $VIEW
env - PATH=/bin sh -c "env; exec env"
''', names=('env', 'view')),
    sh('chroot_kinds', '''
chroot / $VIEW
chroot . sh; echo $?
mkdir bin
cp /bin/busybox bin/sh
chroot . /sh; echo $?
chroot . /bin/sh -c "pwd; ls /; exit 5"; echo $?
chroot --userspec=nobody / id -u
''', needs=('root', 'busybox'), names=('chroot', 'view')),
    sh('chroot_into_another_system', '''
mkdir -p lib/x86_64-linux-gnu lib64 bin
cp /lib/x86_64-linux-gnu/libc.so.6 lib/x86_64-linux-gnu
cp /lib64/ld-linux-x86-64.so.2 lib64
cp /bin/echo /bin/dash bin
chroot . /bin/echo inside
chroot . /bin/dash -c "/bin/echo x; exec /bin/echo y"
''', needs=('root', 'chroot'), names=('chroot',)),
    sh('stdbuf_kinds', '''
stdbuf -oL $VIEW
stdbuf -o0 -i0 -e0 env | sort
stdbuf -oL sh -c "env; (env)" | sort
env -u LD_PRELOAD stdbuf -o0 env | sort
''', names=('view', 'env', 'sh')),
    sh('dd_sizes', '''
dd if=/dev/zero of=x bs=1k count=3
dd if=x bs=100 skip=2 count=1 | wc -c
dd if=/nothing
''', normal=('rates',), names=('dd', 'wc')),
    bash('tee_and_a_closed_pipe', '''
echo x | tee a b
cat b a
yes | tee >(head -n 1) | head -n 1
echo ${PIPESTATUS[*]}
seq 9 | tee -p /dev/full >/dev/null; echo $?
''', names=('tee', 'head')),
    sh('split_with_a_filter', '''
seq 100 | split -n r/3 --filter='gzip -n > $FILE.gz' - part
seq 10 | split -l 5 --filter='exit 3'; echo $?
''', names=('split', 'gzip', 'sh')),
    sh('xargs_side_by_side', '''
seq 20 | xargs -P 4 -n 1 sh -c 'echo $0'
seq 3 | xargs -P 3 -I{} $VIEW {}
''', normal=('order',), names=('xargs', 'view', 'sh')),
    sh('xargs_statuses', '''
for s in 1 255; do echo a b | xargs -n 1 sh -c "exit $s"; echo $?; done
echo a | xargs nonexistent; echo $?
echo a | xargs /; echo $?
echo a | xargs sh -c 'kill -9 $$'; echo $?
xargs -a five -n 2 echo
yes | head -n 50000 | xargs sh -c 'echo $#'
''', setup=FIVE, names=('xargs', 'echo')),
    sh('find_exec', r'''
find tree -type f -exec cat {} + -execdir pwd \; -exec false \; | sort
find tree -name one -exec sh -c 'exit 3' \; -print
find tree -ok true \; </dev/null
find tree -type f -size +0 -print0 | xargs -0 -n 1 wc -c
''', setup=TREE, names=('find', 'cat', 'false')),
    sh('install_and_strip', '''
install -D -m 755 -s $VIEW new/view
install -d x/y
ls -R
''', needs=('strip',), names=('install', 'strip')),
    sh('csplit_paste_join', '''
csplit -s five '/3/'
paste xx00 xx01
sort five > s
join s s
comm s five
seq 3 | shuf --random-source=s
''', setup=FIVE, names=('csplit', 'paste', 'join')),
    sh('mkfifo_and_readers', '''
mkfifo p
cat p & echo x > p
wait
{ sleep 0.05; echo late; } > p & cat p
''', names=('mkfifo', 'cat')),
    sh('diff_and_patch', '''
sed s/3/three/ five > new
diff -u --label a --label b five new > d
patch five d
cmp five new; echo $?
''', setup=FIVE, needs=('patch',), names=('patch', 'diff', 'sed')),
    sh('sed_that_executes', '''
echo date -u -d @0 | sed e
echo x | sed 's/.*/exit 3/e'
sed -i.bak s/line/row/ five
''', setup=FIVE, names=('sed', 'sh')),
    sh('awk_that_executes', '''
echo "b
a" | awk '{print | "sort"} END {close("sort"); print system("exit 3"), system("kill -9 $$"); "echo x" | getline v; print v, close("echo x"); exit 7}'
echo $?
''', needs=('awk',), names=('sort',)),
    sh('m4_that_executes', "echo 'syscmd(exit 3)sysval esyscmd(echo x)' | m4", needs=('m4',), names=('m4', 'sh')),
    sh('ed_that_executes', 'printf "r !echo x\\n,p\\n!exit 3\\nq\\nq\\n" | ed -s', needs=('ed',), names=('ed', 'sh')),
    sh('tar_through_gzip', '''
tar --sort=name --mtime=@0 --owner=0 --group=0 -czf t.tgz tree
tar -tzf t.tgz
mkdir x
tar -xzf t.tgz -C x
tar -cf - tree | tar -tf - | wc -l
tar -I "gzip -9n" -cf u.tgz --mtime=@0 tree
tar -xf five; echo $?
tar -xzf t.tgz --to-command="wc -c"
''', setup=TREE + ';' + FIVE, names=('tar', 'gzip'), files=('*.tgz',)),
    sh('tar_to_a_reader_that_leaves', '''
tar -cf - /usr/share/perl5 2>/dev/null | head -c 1 | wc -c
''', names=('tar', 'head')),
    sh('cpio_and_zip', '''
find tree | sort | cpio -o -H newc 2>/dev/null | cpio -t
zip -q -r z.zip tree
unzip -l z.zip | wc -l
''', setup=TREE, needs=('cpio', 'zip', 'unzip'), files=('z.zip',), names=('cpio', 'zip')),
    sh('flock_commands', r'''
flock l true
flock -n l sh -c "flock -n l true; echo \$?"
flock -c l "exit 4"
exec 9>l
flock 9
$VIEW
''', names=('flock', 'view'), needs=('flock',)),
    sh('setsid_kinds', '''
setsid -w $VIEW
setsid -f true
sleep 0.1
setsid -w sh -c "exit 6"; echo $?
''', needs=('setsid',), names=('setsid', 'view')),
    sh('taskset_chrt_ionice', '''
taskset -c 0 $VIEW
chrt -b 0 $VIEW
ionice -c 3 ionice
''', needs=('taskset', 'chrt', 'ionice'), names=('view',)),
    sh('run_parts', '''
run-parts --report parts; echo $?
''',
       setup='mkdir parts; printf "#!/bin/sh\\necho a\\n" > parts/a; printf "#!/bin/sh\\nexit 3\\n" ' '> parts/b; chmod +x parts/*',
       needs=('run-parts',), names=('run-parts', 'a', 'b')),
    sh('start_stop_daemon', '''
/sbin/start-stop-daemon --start --exec /bin/true
/sbin/start-stop-daemon --start --startas $VIEW --name view -- 4; echo $?
''', names=('view',)),
    sh('time_of_a_command', '/usr/bin/time -f %x sh -c "exit 3"; echo $?', needs=('time',), names=('time', 'sh')),
    sh('processes_seen_by_ps', '''
ps -o comm=,ppid= --ppid $$ | grep -c -v ps
ps -o args= -p $$
ps -o sid=,pgid= -p $$ | wc -w
''', needs=('ps',), names=('ps',)),
    sh('locale_and_iconv', r'''
LC_ALL=C.UTF-8 locale charmap
LC_ALL=xx_YY locale 2>&1 | tail -n 1
printf "\344" | iconv -f latin1 -t utf-8 | od -c
LC_ALL=C.UTF-8 sort five
LC_ALL=C.UTF-8 $VIEW
''', setup=FIVE, names=('locale', 'iconv', 'view')),
]
