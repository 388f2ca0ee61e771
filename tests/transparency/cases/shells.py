# SPDX-License-Identifier: MIT
"""Shells: everything they do with processes."""
from case import Case, bash, script

# What any of them can do.
POSIX = r'''
true; false; echo $?; (exit 3); echo $?; /bin/false; echo $?; nonexistent; echo $?; /etc; echo $?
sh -c 'kill -9 $$'; echo $?; sh -c 'kill -TERM $$'; echo $?
echo $(echo a; exit 4) $?; x=$(exit 5); echo $?; y=`echo b; false`; echo $? $y
echo data | (read l; echo got $l; exit 6); echo $?; true | false | true; echo $?; ! true; echo $?
sleep 0.05 & p=$!; wait $p; echo $?; (exit 7) & wait $!; echo $?; wait 999999; echo $?; sleep 5 & kill $!; wait $! 2>/dev/null; echo $?
(trap 'echo on exit $?' EXIT; exit 8); echo $?
sh -c 'trap "echo caught; exit 9" TERM; kill -TERM $$; echo not reached'; echo $?
trap 'echo usr1' USR1; kill -USR1 $$; /bin/kill -USR1 $$; trap - USR1
cat <<END
here $(echo doc)
END
exec 3>three; echo three >&3; $VIEW; exec 3>&-; $VIEW 4<three 1>&2; cat three
umask 077; touch private; (umask; ulimit -n 50; ulimit -n); cd /; pwd; $VIEW 2>&-
(exec $VIEW); (exec nonexistent); echo $?; (set -e; false; echo not reached); echo $?
( ( ( /bin/true; exit 2 ) ; echo $?; exit 3 ); echo $?; exec /bin/true ); echo $?
A=1 env | grep ^A=; command -v cat >/dev/null; eval 'false'; echo $?; exit 11
'''
SHELLS = {'dash': ('dash', '-c'), 'bash': ('bash', '-c'), 'sh': ('sh', '-c'), 'zsh': ('zsh', '-f', '-c'), 'busybox': ('busybox', 'sh', '-c'),
          'bash_posix': ('bash', '--posix', '-c'), 'ksh': ('ksh', '-c'), 'mksh': ('mksh', '-c'), 'yash': ('yash', '-c')}

WAYS = {'dash': ('preload', 'run'), 'bash': ('preload', 'run'), 'busybox': ('run',)}  # a static root is recorded by `dtrack run` only

# Typed into an interactive shell.
JOBS = r'''
PS1=
sleep 0.2 & fg
sleep 5 &
kill -9 $!; wait $! 2>/dev/null
sleep 0.3 | cat &
jobs | wc -l
wait
(sleep 0.05; echo in group) & wait
$VIEW
$VIEW &
wait
sh -c 'kill -STOP $$; echo continued' ; fg
$VIEW | cat
exit 5
'''

CASES = [
    *[Case(f'{name}_posix', (*words, POSIX), needs=(words[0], 'sh'), names=('view',), normal=('job_ids',),
           under=WAYS.get(name, ('preload',))) for name, words in SHELLS.items()],
    *[Case(f'{name}_reads_its_script', (words[0],) + words[1:-1], stdin='echo a; cat <<E; false\nb\nE\n/bin/true | cat; (exit 4)\nexec false\n',
           needs=(words[0],), names=(words[0],) if name != 'busybox' else ('true',), under=WAYS.get(name, ('preload',))) for name, words in SHELLS.items()],
    Case('bash_job_control', ('bash', '--norc', '--noediting', '+o', 'history', '-i'), stdin=JOBS, tty=True,
         normal=('job_ids', 'numbers'), needs=('bash',), names=('bash', 'view', 'sleep')),
    Case('dash_job_control', ('dash', '-i'), stdin=JOBS, tty=True, normal=('job_ids', 'numbers'), needs=('dash',),
         names=('dash', 'view', 'sleep')),
    Case('zsh_job_control', ('zsh', '-f', '-i', '+Z', '-o', 'nopromptsp'), stdin=JOBS, tty=True,
         normal=('job_ids', 'numbers'), needs=('zsh',), names=('zsh', 'view')),
    bash('bash_process_substitution', '''
cat <(echo a) <(echo b)
echo x > >(cat; exit 3)
wait $!; echo $?
diff <(seq 3) <(seq 4)
$VIEW < <(echo in) 3> >(cat)
''', names=('cat', 'seq', 'diff', 'view')),
    bash('bash_traps', r'''
trap "echo exit \$?" EXIT
trap "echo err \$?" ERR
trap "echo debug" DEBUG
false
(exit 4)
trap - DEBUG
trap "echo child" CHLD
set -m
sleep 0.01 & wait
/bin/true
set +m
trap "echo term; exit 12" TERM
kill $$
sleep 1
''', names=('bash', 'sleep', 'true')),
    bash('bash_coproc', '''
coproc C { while read l; do echo "got $l"; done; exit 3; }
echo a >&${C[1]}
read r <&${C[0]}
echo $r
$VIEW
p=$C_PID
eval "exec ${C[1]}>&-"
wait $p; echo $?
''', names=('bash', 'view')),
    bash('bash_exec_names', r'''
(exec -a renamed sh -c "echo \$0")
(exec -a "" $VIEW)
(exec -l $VIEW x)
(exec -c $VIEW)
shopt -s execfail
exec /nonexistent; echo $?
exec -a "two words" $VIEW 6
''', names=('view', 'sh')),
    bash('bash_pipes', '''
set -o pipefail
false | true; echo $?
true | (exit 3) | (exit 4) | true
echo $? ${PIPESTATUS[*]}
yes | head -n 1
echo ${PIPESTATUS[*]}
shopt -s lastpipe
seq 3 | while read n; do s=$n; done
echo $s
ls nothing |& cat
''', names=('head', 'yes', 'seq')),
    bash('bash_limits', r'''
(ulimit -n 3; /bin/true; echo $?)
(ulimit -n 4; /bin/echo x)
(ulimit -f 0; /bin/true; echo $?; echo x > big); echo $?
(ulimit -f 1; head -c 5000 /dev/zero > big); echo $?
(ulimit -v 30000; /bin/true; echo $?; $VIEW)
(ulimit -s 100; $VIEW)
(ulimit -c 0; sh -c "kill -SEGV \$\$"); echo $?
ulimit -n 9
$VIEW
''', normal=('job_ids',), names=('view', 'true')),
    bash('bash_limits_of_the_root', 'ulimit -n 5; ulimit -f 1; /bin/true; exec /bin/echo x', names=('bash',)),
    bash('bash_process_limit', r'''
cd /
exec setpriv --reuid=1234 --regid=1234 --clear-groups sh -c "ulimit -p 1; ulimit -p; /bin/true; echo \$?; (exit 4); echo \$?"
''', needs=('root', 'setpriv', 'dash'), names=('bash',)),
    bash('bash_wait_for_any', '''
(sleep 0.2; exit 3) & (exit 4) & wait -n; echo $?
wait -n; echo $?
wait -n; echo $?
(exit 9) & p=$!
sleep 0.05
wait -n -p v $p
echo $? $((v == p))
sleep 0.05 & wait -f $!; echo $?
''', normal=('job_ids',), names=('bash', 'sleep')),
    bash('bash_subshell_statuses', r'''
(kill -9 $BASHPID); echo $?
(exit 300); echo $?
{ exit 3; } | cat
echo ${PIPESTATUS[0]}
f() (exit 5)
f; echo $?
$(exit 6); echo $?
bash -c "exit -1"; echo $?
echo "$(bash -c "kill -INT \$\$")" $?
(ulimit -c 0; kill -ABRT $BASHPID); echo $?
''', normal=('job_ids',), names=('bash', 'cat')),
    bash('bash_variables', '''
env | sort
unset LD_PRELOAD DTRACK_RUN DTRACK_FROM
env | sort
$VIEW
export LD_PRELOAD=
$VIEW
LD_PRELOAD=libm.so.6 $VIEW
LD_PRELOAD="libm.so.6 libdl.so.2" sh -c $VIEW
''', names=('env', 'view', 'sh')),
    bash('bash_descriptors', '''
exec 7<>f {v}>g
$VIEW
exec 200>h
$VIEW
for ((i = 3; i < 250; i++)); do eval "exec $i>&-"; done
$VIEW
exec <&- >&- 2>&-
$VIEW
exec 1>late
$VIEW
''', names=('view',)),
    bash('bash_builtin_loads', r'''
enable -f nothing x
BASH_ENV=env bash -c "echo \$Z"
times | wc -l
hash -r
hash | wc -l
mapfile -t a < <(seq 3)
echo ${a[*]}
printf "%(%Y)T\n" 0
''', setup='echo Z=5 > env', names=('bash', 'seq')),
    bash('bash_reader_that_leaves', '''
trap "" PIPE
yes | head -n 1
echo ${PIPESTATUS[*]}
(trap - PIPE; yes) 2>/dev/null | head -n 1
''', normal=('order',), names=('yes', 'head')),
    bash('bash_long_environment', '''
for ((i = 0; i < 6000; i++)); do export V$i=$i; done
env | grep -c V
sh -c "exit 3"; echo $?
$VIEW | grep -c ^V
''', names=('bash', 'sh', 'view')),
    bash('bash_long_arguments', 'a=$(printf %0120000d 0); /bin/echo $a $a $a | wc -c; sh -c "exit 3" $a $a; echo $?; '
         '/bin/echo $(yes $a | head -n 30) | wc -c; echo ${PIPESTATUS[0]}', names=('echo', 'wc')),
    bash('bash_deep_recursion', r'''
f() { if [ $1 -gt 0 ]; then ( f $(( $1 - 1 )) ); else /bin/echo bottom; exit 3; fi; }
f 30; echo $?
bash -c "bash -c \"bash -c true; exit 4\"; exit \$?"; echo $?
''', names=('bash', 'echo')),
    bash('bash_time_builtin', '''
time sleep 0.01
TIMEFORMAT=%0R
time /bin/true
''', normal=('durations',), names=('sleep', 'true')),
    bash('shell_that_is_killed', 'kill -KILL $$', under=('preload', 'run')),
    bash('shell_that_is_terminated', 'sleep 0.05; kill -TERM $$; sleep 5', under=('preload', 'run')),
    bash('shell_that_leaves_a_child_behind', '''
sleep 0.2 >/dev/null 2>&1 & echo gone
exit 3
''', lives_on=('sleep', 'bash'), names=('bash',)),
    bash('shell_that_execs_many_times', '''
n=${1:-0}
[ $n = 20 ] && exit 5
exec bash -c "$BASH_EXECUTION_STRING" x $((n + 1))
'''),
    script('zsh', 'zsh_specials', '''
cat =(echo a) <(echo b)
coproc { read l; print got $l; }
print -p x
read -p r
print $r
echo m > one > two
cat one two
TRAPEXIT() { print leaving $? }
(exit 3)
print $?
print $pipestatus
false | true | (exit 4)
print $pipestatus
$VIEW
zmodload zsh/system
print -n x | while read -u 0 y; do :; done
=true
ulimit -n 40
/bin/true &! exec $VIEW 3
''', names=('view', 'cat')),
    script('fish', 'fish_specials', '''
false | true
echo $status $pipestatus
begin
echo a
end | cat
cat (echo b | psub)
sh -c "exit 5"
echo $status
sleep 0.05 &
wait
function f --on-event e
echo event
end
emit e
set -x A 1
env | string match "A=*"
$VIEW
nonexistent
echo (sh -c "echo c; exit 6") $status
exec $VIEW 3
''', needs=('fish',), names=('fish', 'view', 'sh'), normal=('temporary_names', 'order')),
    Case('fish_on_a_terminal',
         ('fish', '--no-config', '-c', 'sleep 0.05 &; wait; $VIEW; status is-interactive; cat | cat'), tty=True,
         stdin='x\n\4', normal=('order',), needs=('fish',), names=('fish', 'view')),
    Case('busybox_applets', ('busybox', 'sh', '-c', 'seq 3 | busybox tac; busybox timeout -k 1 5 false; echo $?; busybox xargs -n1 echo </etc/hostname; '
                             'busybox find /etc/hostname -exec busybox cat {} +; busybox env -i $VIEW; busybox nohup $VIEW 3; busybox awk "BEGIN {print '
                             'system(\\"exit 3\\")}"; busybox tar cf - /etc/hostname 2>/dev/null | busybox tar tf -; busybox vi --help 2>&1 | head -n 1'),
         needs=('busybox',), names=('busybox',), under=('run',)),
]
