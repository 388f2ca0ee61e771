#!/bin/sh
# SPDX-License-Identifier: MIT
# test_dtrack_sh.sh TAP DTRACK-MARK DTRACK.SH : what dtrack.sh does in each shell that is here, and what it leaves as it
# was. TAP is tap.sh.
# shellcheck disable=SC2016 # the scripts in single quotes are for other shells
# shellcheck source=tests/cli/tap.sh
. "$1"
tab=$(printf '\t')
time='[0-9]{10}[.,][0-9]{6,9}'
PATH=$(dirname "$(realpath -e "$2")"):$PATH
LIB=$(realpath -e "$3")
TAB=$tab
export PATH LIB TAB
unset DTRACK_RUN DTRACK_QUIET DTRACK_OFF

# Be in a run of its own, in the folder run, with its marker file.
in_run() {
    mkdir -m 700 run && printf dtkspool >run/spool
    DTRACK_RUN=$PWD/run
    export DTRACK_RUN
    dtrack-mark where >path
}

# The marks without times and processes.
marks() {
    cut -f 2-4 run/marks
}

# Run a script that sources dtrack.sh.
script() { # SHELL TEXT
    "$1" -c '. "$LIB"
'"$2"
}

# Text with an escape or several for printf.
text() { # FORMAT
    # shellcheck disable=SC2059 # it is one
    printf "$1"
}

every_verb_writes_its_line() {
    in_run
    script "$1" 'dtrack_start "a build"; dtrack_set size 42; dtrack_event ready; dtrack_event ready "all  of it"; dtrack_end "a build"
        echo $$' >pid
    same "$(marks)" "$(text 'start\ta build\t\nset\tsize\t42\nevent\tready\t\nevent\tready\tall  of it\nend\ta build\t')" marks
    same "$(grep -Ecx "$time$tab.*${tab}pid=[0-9]+${tab}ppid=$(cat pid)" run/marks)" 5 'number of lines with owner and time'
}

only_a_run_is_written_to() {
    for spool in '' nonsense dtkspoo; do
        rm -rf run && in_run
        printf %s "$spool" >run/spool
        script "$1" 'dtrack_start a; dtrack_set b 1'
        same "$(ls run)" "$(printf 'marks\nspool')" "what is there beside a spool of '$spool'"
        same "$(cat run/marks)" '' "marks beside a spool of '$spool'"
    done
}

a_link_that_is_put_elsewhere_leads_nowhere() {
    in_run
    mkdir -m 700 other other/run
    printf dtkspool >other/run/spool
    : >target
    ln -s ../../target other/run/marks
    ln -s . way
    DTRACK_RUN=$PWD/way/run
    script "$1" 'dtrack_start a; ln -sfn other way; dtrack_end a; dtrack_set b 1'
    same "$(cat target)" '' 'what the link was put to'
    same "$(marks)" "$(text 'start\ta\t')" marks
}

odd_values_come_back_whole() {
    in_run
    script "$1" 'for value in "" "*" "a${TAB}b" "-n" "%s\\n" "{\"a\": 1}" "$(printf "%5000s" x)" "$(printf "x\ny")"; do
            dtrack_set x "$value"
            [ "$(dtrack-mark get x)" = "$value" ] || echo "lost <$value>"
        done' >lost
    same "$(cat lost)" '' 'what was lost'
    same "$(grep -c "${tab}\"\"${tab}" run/marks)" 1 'number of empty texts'
    same "$(wc -l <run/marks)" 8 'number of lines'
}

odd_names_are_kept_or_complained_of() {
    in_run
    script "$1" 'dtrack_start "-n"; dtrack_start "*"; dtrack_start "$(printf "%200s" x)"; dtrack_start "a${TAB}b"; echo "status $?"
        dtrack_start "$(printf "%300s" x)"; dtrack_start ""; dtrack_start; dtrack_set x; dtrack_end x y; echo "status $?"' >out 2>err
    same "$(cat out)" "$(text 'status 0\nstatus 0')" 'what is printed'
    same "$(wc -l <run/marks)" 4 'number of marks'
    same "$(grep -c '^dtrack-mark: ' err)" 6 'number of complaints'
}

status_is_left_as_it_was() {
    in_run
    script "$1" 'false; dtrack_end x; echo $?; (exit 7); dtrack_set x 1; echo $?; (exit 9); dtrack_event x; echo $?
        true; dtrack_end x; echo $?; false; dtrack_start x && echo started' >out
    same "$(tr '\n' ' ' <out)" '1 7 9 0 started ' statuses
}

marks_never_end_a_script() {
    for where in inside outside; do
        [ $where = outside ] || in_run
        script "$1" 'set -eu
            false || dtrack_event failed
            if false; then :; else dtrack_end x; dtrack_set x 1; dtrack_event x; fi
            dtrack_start x
            dtrack_start 2>/dev/null
            echo alive' >out
        same "$(cat out)" alive "what is printed $where"
        unset DTRACK_RUN
    done
}

task_gives_the_status_and_ends() {
    in_run
    script "$1" 'dtrack_task a true; echo $?; dtrack_task b false; echo $?; dtrack_task c sh -c "exit 5"; echo $?
        f() { return 6; }; dtrack_task d f; echo $?; dtrack_task e ./missing 2>/dev/null; echo $?' >out
    same "$(tr '\n' ' ' <out)" '0 1 5 6 127 ' statuses
    same "$(marks | tr -d '\n\t')" 'startaendastartbendbstartcendcstartdenddstarteende' marks
}

# What each end says of how its task did.
said_statuses() {
    grep "${tab}end${tab}" run/marks | cut -f 3,5 | sed -E 's/(pid|mono)=.*/-/' | tr '\t\n' '  '
}

task_records_the_status() {
    in_run
    script "$1" 'f() { return 6; }; for i in 1 2; do dtrack_task good true; dtrack_task bad sh -c "exit 5"; dtrack_task f f
        dtrack_task missing ./missing 2>/dev/null; dtrack_task killed sh -c "kill -9 \$\$" 2>/dev/null; done; :'
    want='good status=0 bad status=5 f status=6 missing status=127 killed status=137 '
    same "$(said_statuses)" "$want$want" statuses
}

end_takes_a_status() {
    in_run
    script "$1" 'for i in 1 2; do (exit 3); dtrack_end a $?; echo $?; dtrack_end b 0; echo $?; dtrack_end c; dtrack_end d 255; (exit 4)
        dtrack_end "db_password=xy" 1; echo $?; dtrack_end a; done' >out
    same "$(tr '\n' ' ' <out)" '3 0 4 3 0 4 ' 'what $? is afterwards'
    want='a status=3 b status=0 c - d status=255 db_password=*** status=1 a - '
    same "$(said_statuses)" "$want$want" statuses
    rm run/marks path && dtrack-mark where >path
    script "$1" 'set -e; dtrack_start a; for code in 256 x "" -1 1.5; do dtrack_end a "$code"; done; echo alive' 2>err >out
    same "$(cat out)" alive 'what is printed'
    same "$(grep -c 'ends without a status' err)" 5 'number of complaints'
    same "$(said_statuses)" 'a - a - a - a - a - ' 'statuses that are none'
}

task_ends_also_under_errexit() {
    in_run
    same "$(status_of script "$1" 'set -eu; dtrack_task a false; echo "not reached"')" 1 'status of a builtin'
    same "$(cat out)" '' 'what is printed'
    same "$(status_of script "$1" 'set -eu; dtrack_task b sh -c "exit 5"; echo "not reached"')" 5 'status of a program'
    same "$(status_of script "$1" 'set -eu; f() { return 6; }; dtrack_task c f || echo "gave $?"; dtrack_task d true')" 0 status
    same "$(cat out)" 'gave 6' 'what is printed'
    same "$(marks | tr -d '\n\t')" 'startaendastartbendbstartcendcstartdendd' marks
}

task_keeps_errexit_inside_of_functions() {
    in_run
    same "$(status_of script "$1" 'set -e; f() { false; echo "went on"; }; dtrack_task a f; echo "not reached"')" 1 status
    same "$(cat out)" '' 'what is printed'
    same "$(status_of script "$1" 'set -e; dtrack_task a eval "false; echo went on"; echo "not reached"')" 1 'status of eval'
    same "$(cat out)" '' 'what is printed'
}

task_runs_in_this_shell_and_nests() {
    in_run
    mkdir sub
    script "$1" 'set -eu
        f() { value="$1-$#"; dtrack_task inner cd sub; }
        dtrack_task outer f "a b" c
        echo "$value $(basename "$PWD") $-" | cut -d " " -f 1-4' >out
    matches "$(cat out)" 'a b-2 sub .*e.*' 'what is printed'
    same "$(marks | tr -d '\n\t')" 'startouterstartinnerendinnerendouter' marks
}

pipefail_and_pipes_work() {
    [ "$1" != dash ] || skip 'dash has no pipefail'
    in_run
    same "$(status_of script "$1" 'set -euo pipefail; echo x | dtrack_task a cat | dtrack_task b sed s/x/y/; dtrack_task c sh -c "exit 3" | cat')" \
        3 status
    same "$(cat out)" y 'what is printed'
    same "$(marks | LC_ALL=C sort | tr -d '\n\t')" 'endaendbendcstartastartbstartc' marks
}

# What the options, locales and descriptors of a script may be, one a line. Of those that dash lacks, it sees nothing.
conditions() { # SHELL
    cat <<'END'
set -eu
set -f
set -C
set -v
IFS=abcdsxyz0123456789
LC_ALL=C
LC_ALL=C.UTF-8
unset LC_ALL LANG
exec <&-
exec >&-
exec 2>&-
exec <&- >&- 2>&-
umask 777
trap 'echo trapped >&3' EXIT
cd /
END
    [ "$1" != bash ] || cat <<'END'
set -euo pipefail
set -eE; trap 'echo an error >&3' ERR
set -T; trap ': "$BASH_COMMAND"' DEBUG
set -o posix
set -a
set -k
shopt -s extglob nullglob dotglob
shopt -s failglob
shopt -s nocasematch xpg_echo
shopt -s compat42
shopt -s inherit_errexit localvar_inherit
printf() { false; }
read() { false; }
unset EPOCHREALTIME
END
}

no_condition_changes_a_mark_or_is_changed() {
    in_run
    conditions "$1" >list
    while IFS= read -r CONDITION; do
        : >run/marks
        export CONDITION
        "$1" -c 'eval "$CONDITION"; . "$LIB"; (dtrack_set size 42); : $(dtrack_set size 42) | { read -r line || dtrack_set "a b" 1; }
            dtrack_start "a b"; false || dtrack_set Size "*"; dtrack_end "a b"; { echo reached >&3; } 2>/dev/null' 3>out >said 2>&1 </dev/null || :
        same "$(marks | LC_ALL=C sort | tr '\n\t' '  ')" 'end a b  set Size * set a b 1 set size 42 set size 42 start a b  ' "marks below $CONDITION"
        case $CONDITION in
        *trapped*) same "$(tr '\n' ' ' <out)" 'reached trapped ' "what is printed below $CONDITION" ;;
        *) same "$(cat out)" reached "what is printed below $CONDITION" ;;
        esac
        case $CONDITION in *-v*) continue ;; esac
        same "$(cat said)" '' "what is said below $CONDITION"
    done <list
}

a_limit_on_files_never_ends_a_script() {
    in_run
    for limit in 0 1; do
        (
            ulimit -f "$limit"
            "$1" -c '. "$LIB"; dtrack_start x; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do dtrack_set "the value $i" $i; done
                dtrack_end x; echo alive' 2>&1
        ) | cat >out
        same "$(cat out)" alive "what is printed with ulimit -f $limit"
    done
}

file_that_goes_away_is_no_matter() {
    in_run
    script "$1" 'set -e; dtrack_start x; rm -r run; dtrack_end x; dtrack_event y; echo $?
        mkdir -m 700 run; printf dtkspool >run/spool; mkdir run/marks; dtrack_start z; dtrack_end x; echo $?' >out 2>err
    same "$(cat out)" "$(text '0\n0')" 'what is printed'
    same "$(cat err)" '' 'what is complained of'
}

switches_are_looked_at_by_each_mark() {
    in_run
    script "$1" 'dtrack_set zip 1; DTRACK_OFF=1; export DTRACK_OFF; dtrack_set zip 2; DTRACK_OFF=0; dtrack_set zip 3; unset DTRACK_OFF
        DTRACK_REDACT=zip; export DTRACK_REDACT; dtrack_set zip 4; DTRACK_REDACT=; dtrack_set zip 5'
    same "$(marks | tr '\n\t' '  ')" 'set zip 1 set zip 3 set zip *** set zip 5 ' marks
}

outside_of_a_run_no_mark_starts_a_process() {
    for text in ':' 'dtrack_start x; dtrack_set x "a${TAB}b"; dtrack_event x; dtrack_end x'; do
        traced -f -e trace=execve,clone,clone3,fork,vfork "$1" -c '. "$LIB"
            '"$text"
        grep -Ec '^[0-9]+ +(v?fork|clone3?|execve)\(' trace >>count
    done
    same "$(sort -u count | wc -l)" 1 'number of different counts'
}

outside_of_a_run_nothing_happens() {
    for path in "$PATH" /usr/bin:/bin; do
        PATH=$path "$(command -v "$1")" -c '. "$LIB"; dtrack_start x; dtrack_set x 1; dtrack_event x; dtrack_end x
            dtrack_task x echo hi; echo $?' >out 2>err
        same "$(cat out)" "$(text 'hi\n0')" 'what is printed'
        same "$(cat err)" '' 'what is complained of'
    done
    in_run
    DTRACK_OFF=1 script "$1" 'dtrack_start x; dtrack_task y true'
    same "$(cat run/marks)" '' 'marks when switched off'
}

file_that_cannot_be_written_is_no_matter() {
    in_run
    rm run/marks
    mkdir run/marks
    script "$1" 'set -e; dtrack_start x; dtrack_task x echo hi; echo $?' >out 2>err
    same "$(cat out)" "$(text 'hi\n0')" 'what is printed'
    same "$(cat err)" '' 'what is complained of'
}

only_its_own_names_are_defined() {
    in_run
    # some of which a shell lists only after their first use
    shells_own='_|BASH_[A-Z]*|BASHPID|EPOCHREALTIME|FUNCNAME|PIPESTATUS'
    cat >names <<'END'
names() {
    set | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)[=( ].*/\1/p' | sort -u
    typeset -f 2>/dev/null | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\) ().*/\1/p' | sort -u
    alias
}
state() { set +o; trap; printf '%s' "$IFS" | od -c; umask; pwd; }
END
    "$1" -c '. ./names; trap "echo bye" EXIT TERM; IFS=:; set -fu
        names >before; state >state.before
        . "$LIB"; dtrack_start x; dtrack_set x "a${TAB}b"; dtrack_event x; dtrack_end x; dtrack_task x true
        names >after; state >state.after
        trap - EXIT
        type dtrack_task' >types || fail 'the functions are missing'
    diff before after >new || true
    same "$(grep '^[<>]' new | grep -Ev '^> _?(dtrack|DTRACK)_' | grep -Ev " ($shells_own)\$")" '' 'other names'
    same "$(cat state.after)" "$(cat state.before)" 'options, traps and such'
}

subshells_own_their_tasks() {
    in_run
    script "$1" '(dtrack_start x; sh -c "echo \$PPID"; :) >pid; echo done' >out
    same "$(sed -n "s/.*ppid=//p" run/marks)" "$(cat pid)" owner
}

# Only bash writes by itself.

bash_starts_no_process() {
    in_run
    traced -f -e trace=process,write bash -c '. "$LIB"; dtrack_start x; dtrack_set x "a b"; dtrack_event x ""; dtrack_task y :; dtrack_end x'
    same "$(grep -Ec 'fork|clone|execve' trace)" 1 'number of processes and programs started, with bash itself'
    same "$(grep -c 'write(' trace)" 6 'number of writes'
    same "$(wc -l <run/marks)" 6 'number of lines'
}

bash_asks_dtrack_mark_now_and_then_if_it_is_there() {
    in_run
    many='for ((i = 0; i < 1200; i++)); do dtrack_event e; done'
    bash -c '. "$LIB"; PATH=/nowhere; '"$many"
    same "$(wc -l <run/marks)" 1200 'number of lines without dtrack-mark'
    bash -c '. "$LIB"; '"$many"
    same "$(wc -l <run/marks)" 2400 'number of lines with it'
    same "$(grep -c 'mono=' run/marks)" 2 'number of those that dtrack-mark wrote'
}

bash_writes_long_values_at_once() {
    in_run
    traced -f -e trace=write \
        bash -c '. "$LIB"; dtrack_set x "$1"; dtrack_set x "${1:0:20}"; dtrack_set x "${1:0:21}"' bash "$(printf '%20000s' x)"
    same "$(grep -c 'write([0-9]*, "[^/]' trace)" 3 'number of writes, without that of where dtrack-mark is'
    same "$(wc -l <run/marks)" 3 'number of lines'
}

bash_knows_a_name_only_as_it_was() {
    in_run
    script bash 'dtrack_start x; dtrack_start "$(printf "x\ty")"; dtrack_start x y; dtrack_set x; dtrack_end; dtrack_start ""; dtrack_set x 1; dtrack_set x ""
        dtrack_set x "a${TAB}b"; dtrack_set x "$(printf "1\n2")"; dtrack_set X 1; dtrack_event x "1${TAB}2"; dtrack_event x 3; dtrack_event x; dtrack_end x' 2>err
    same "$(marks)" "$(text 'start\tx\t\nset\tx\t1\nset\tx\t""\nset\tx\t"a\\tb"\nset\tx\t"1\\n2"\nset\tX\t1\nevent\tx\t"1\\t2"\nevent\tx\t3\nevent\tx\t\nend\tx\t')" marks
    same "$(grep -c '^dtrack-mark: ' err)" 5 'number of complaints'
}

bash_remembers_few_names() {
    in_run
    script bash 'for ((i = 0; i < 300; i++)); do dtrack_start "task number $i"; dtrack_end "task number $i"; done; echo "${#_dtrack_known}"' >out
    same "$(wc -l <run/marks)" 600 'number of lines'
    [ "$(cat out)" -lt 400 ] || fail "$(cat out) characters are remembered"
}

bash_functions_work_where_they_were_exported() {
    in_run
    script bash 'export -f $(compgen -A function | grep dtrack_)
        bash -euc "dtrack_start x; dtrack_set y 1; dtrack_task z true; dtrack_end x; echo alive"' >out 2>&1
    same "$(cat out)" alive 'what is printed'
    same "$(marks | tr '\n\t' '  ')" 'start x  set y 1 start z  end z  end x  ' marks
}

# NAME|VALUE, of which some hold a secret.
odd_marks() {
    cat <<'END'
size|42
a b/c: d, 50% (e)|all of it
x|-5
x|1e9
x|C:\\new
%s\\n|%d
-n|-e
x|true
x|{"a": 1}
größe|æøå
x|http://u:pw1@h
x|u:pw1@h
cookie|abc123
Bearer|abc123
x|AKIAIOSFODNN7EXAMPLE
x|xoxb-1234567890-abc
x|?sig=abcdef
x|PWD=hunter2
x|Token=abc
x|curl -u a:b
x|mysql -phunter2
x|Bearer abc
x|pass:abc
x|Cookie: a=b
AKIAIOSFODNN7EXAMPLE|1
build ghp_abcdefghij0123456789|1
deploy-frontend-production|1
https://u:pw1@h/|1
mysql -phunter2|1
login -p hunter2|1
DB_PW|abc
dbPass|abc
Api-Key|1
my secret|1
access token|abc
credentials|abc
auth|abc
AUTHORIZATION|abc
pw|1
END
}

bash_writes_what_dtrack_mark_writes() {
    in_run
    odd_marks >list
    while IFS= read -r line; do
        dtrack-mark set -- "${line%%|*}" "${line#*|}"
    done <list
    mv run/marks expected
    dtrack-mark where >path
    script bash 'while IFS= read -r line; do dtrack_set "${line%%|*}" "${line#*|}"; done' <list
    cut -f 2-4 expected >want
    marks | diff want - || fail 'the marks differ'
    grep -q 'hunter2\|abc123' run/marks && fail 'a secret is there'
    same "$(grep -c '\*\*\*' run/marks)" 24 'number of secrets found'
}

bash_that_is_the_root_asks_once_where() {
    in_run
    run=$DTRACK_RUN
    unset DTRACK_RUN
    mkdir bin
    # what the root's children find in their environment
    printf '#!/bin/sh\necho "$*" >>asked\nDTRACK_RUN="%s" exec "%s" "$@"\n' "$run" "$(command -v dtrack-mark)" >bin/dtrack-mark
    chmod +x bin/dtrack-mark
    PATH=$PWD/bin:$PATH script bash 'dtrack_start x; (dtrack_event y); dtrack_end x; env | grep DTRACK_RUN || :' >out
    same "$(cat asked)" where 'what was asked'
    same "$(marks)" "$(text 'start\tx\t\nevent\ty\t\nend\tx\t')" marks
    same "$(cat out)" '' "the root's environment"
}

bash_markers_in_parallel_lose_no_line() {
    in_run
    script bash 'for ((job = 0; job < 50; job++)); do
            (for ((round = 0; round < 20; round++)); do dtrack_event "job-$job" "round $round"; done) &
        done
        wait'
    same "$(wc -l <run/marks)" 1000 'number of lines'
    same "$(grep -Ecx "$time${tab}event${tab}job-[0-9]+${tab}round [0-9]+${tab}pid=[0-9]+${tab}ppid=[0-9]+" run/marks)" 1000 'number of good lines'
    same "$(cut -f 3,4 run/marks | sort -u | wc -l)" 1000 'number of different lines'
}

bash_does_not_trace_into_itself() {
    in_run
    bash -xc '. "$LIB"; : marks; dtrack_start x; dtrack_set y 1; dtrack_end x; : "end of marks"; echo "$-"' 2>err >out
    same "$(sed '1,/^+ : marks/d; /^+ : .end of/,$d' err | grep -vc '^+ dtrack_\|^+ _dtrack_mark [01] \|^+ case \$- in')" 0 'number of other lines'
    matches "$(cat out)" '.*x.*' 'what is set behind it'
}

shells='bash dash'
for shell in zsh ksh mksh yash; do
    ! command -v $shell >/dev/null || shells="$shells $shell"
done
tests=''
for claim in every_verb_writes_its_line only_a_run_is_written_to a_link_that_is_put_elsewhere_leads_nowhere odd_values_come_back_whole \
    odd_names_are_kept_or_complained_of status_is_left_as_it_was \
    marks_never_end_a_script task_gives_the_status_and_ends task_records_the_status end_takes_a_status task_ends_also_under_errexit task_keeps_errexit_inside_of_functions \
    task_runs_in_this_shell_and_nests pipefail_and_pipes_work outside_of_a_run_nothing_happens \
    file_that_cannot_be_written_is_no_matter file_that_goes_away_is_no_matter a_limit_on_files_never_ends_a_script \
    no_condition_changes_a_mark_or_is_changed switches_are_looked_at_by_each_mark outside_of_a_run_no_mark_starts_a_process only_its_own_names_are_defined subshells_own_their_tasks; do
    for shell in $shells; do
        tests="$tests $claim:$shell"
    done
done
# shellcheck disable=SC2086 # the tests are words
run_tests $tests bash_starts_no_process bash_asks_dtrack_mark_now_and_then_if_it_is_there bash_writes_long_values_at_once bash_that_is_the_root_asks_once_where \
    bash_knows_a_name_only_as_it_was bash_functions_work_where_they_were_exported bash_remembers_few_names bash_writes_what_dtrack_mark_writes \
    bash_markers_in_parallel_lose_no_line bash_does_not_trace_into_itself
