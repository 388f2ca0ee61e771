#!/bin/sh
# SPDX-License-Identifier: MIT
# test_mark.sh TAP DTRACK-MARK : what dtrack-mark writes, says and leaves behind. TAP is tap.sh.
# shellcheck source=tests/cli/tap.sh
. "$1"
mark=$(realpath -e "$2") || exit 1
tab=$(printf '\t')
time='[0-9]{10}\.[0-9]{9}'
who="mono=[0-9]+${tab}pid=[0-9]+${tab}ppid=[0-9]+"
unset DTRACK_RUN DTRACK_QUIET DTRACK_OFF

# Be in a run of its own, in the folder run.
in_run() {
    mkdir -m 700 run && printf dtkspool >run/spool
    DTRACK_RUN=$PWD/run
    export DTRACK_RUN
}

# The marks without times and processes.
marks() {
    cut -f 2-4 run/marks
}

each_verb_writes_one_line() {
    in_run
    "$mark" start 'a build'
    "$mark" set size 42
    "$mark" event ready
    "$mark" event ready 'all of it'
    "$mark" end 'a build'
    matches "$(sed -n 1p run/marks)" "$time${tab}start${tab}a build${tab}${tab}$who" line
    matches "$(sed -n 2p run/marks)" "$time${tab}set${tab}size${tab}42${tab}$who" line
    matches "$(sed -n 3p run/marks)" "$time${tab}event${tab}ready${tab}${tab}$who" line
    matches "$(sed -n 4p run/marks)" "$time${tab}event${tab}ready${tab}all of it${tab}$who" line
    matches "$(sed -n 5p run/marks)" "$time${tab}end${tab}a build${tab}${tab}$who" line
    same "$(wc -l <run/marks)" 5 'number of lines'
    same "$(stat -c %a run/marks)" 600 mode
}

owner_is_the_caller() {
    in_run
    # shellcheck disable=SC2016 # for the inner shell
    caller=$(sh -c '"$1" start x; echo $$' sh "$mark")
    matches "$(cat run/marks)" ".*${tab}ppid=$caller" line
}

mark_is_one_write() {
    in_run
    traced -e trace=write "$mark" set x "$(printf '%60000s' v)"
    same "$(grep -c '^write(' trace)" 1 'number of writes'
    same "$(wc -l <run/marks)" 1 'number of lines'
}

parallel_marks_lose_no_line() {
    in_run
    for job in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
        for side in left right; do
            (for round in 1 2 3 4 5; do "$mark" event "$side-$job" "$round"; done) &
        done
    done
    wait
    same "$(wc -l <run/marks)" 250 'number of lines'
    same "$(grep -Ecx "$time${tab}event${tab}(left|right)-[0-9]+${tab}[1-5]${tab}$who" run/marks)" 250 'number of good lines'
    same "$(cut -f 3,4 run/marks | sort -u | wc -l)" 250 'number of different marks'
}

values_stay_on_one_line_and_come_back() {
    in_run
    while IFS= read -r value; do
        value=$(printf '%b' "$value")
        "$mark" set x "$value"
        same "$("$mark" get x)" "$value" 'the value'
    done <<'END'
plain
two  words
-5
--strict
a\ttab
two\nlines\nand "quotes"
caf\0303\0251
{"a": [1, "x"]}
END
    same "$(wc -l <run/marks)" 8 'number of lines'
    "$mark" set x ''
    same "$("$mark" get x)" '' 'the empty value'
    "$mark" set x "$(printf '{\n\t"a": 1\n}')"
    same "$("$mark" get x)" '{  "a": 1 }' 'the JSON of several lines'
    "$mark" set x '"1.10"'
    same "$("$mark" get x)" 1.10 'the JSON string'
}

secrets_are_not_written() {
    in_run
    "$mark" set db_password hunter2
    "$mark" event note 'with --token hunter2'
    "$mark" start 'deploy password=hunter2'
    DTRACK_REDACT=pin "$mark" set pin 1234
    same "$(marks)" "$(printf 'set\tdb_password\t***\nevent\tnote\twith --token ***\nstart\tdeploy password=***\t\nset\tpin\t***')" \
        'what was written'
    same "$("$mark" get db_password)" '***' 'the value'
}

get_prefers_what_this_job_set() {
    in_run
    printf '1\tset\ta\told\r\n1\tset\tb\tb1\nnonsense\n1\tset\tb\t"b \\u00e9"\n1\tevent\tb\tno\n' >run/hydrated
    same "$("$mark" get a)" old 'the value handed over'
    same "$("$mark" get b)" "$(printf 'b \303\251')" 'the last one handed over'
    "$mark" set a new
    "$mark" event a later
    same "$("$mark" get a)" new 'the value set'
}

get_of_nothing_fails_and_prints_nothing() {
    in_run
    "$mark" event x 1
    same "$(status_of "$mark" get x)" 1 status
    same "$(cat out)" '' output
    same "$(cat err)" "dtrack-mark: nothing was set under the name 'x'" complaint
    unset DTRACK_RUN
    same "$(status_of "$mark" get x)" 1 'status outside of a run'
    same "$(wc -l <err)" 1 'lines of complaint'
}

where_makes_the_file_and_prints_its_path() {
    in_run
    same "$("$mark" where)" "$PWD/run/marks" path
    same "$(stat -c '%a %s' run/marks)" '600 0' 'mode and size'
}

outside_of_a_run_nothing_fails_unless_strict() {
    for verb in 'start x' 'end x' 'set x 1' 'event x' where; do
        # shellcheck disable=SC2086 # words
        same "$(status_of "$mark" $verb)" 0 "status of $verb"
        matches "$(cat err)" "dtrack-mark: not inside a dtrack run: .*" complaint
        same "$(cat out)" '' output
        # shellcheck disable=SC2086
        same "$(status_of "$mark" --strict $verb)" 1 "strict status of $verb"
        # shellcheck disable=SC2086
        same "$(DTRACK_QUIET=1 status_of "$mark" $verb)" 0 "quiet status of $verb"
        same "$(cat err)" '' 'quiet complaint'
    done
    same "$(DTRACK_RUN=$PWD/gone status_of "$mark" start x)" 0 'status with a folder that is gone'
    matches "$(cat err)" "dtrack-mark: not inside a dtrack run: .*$PWD/gone.*" complaint
}

off_switches_everything_off() {
    in_run
    export DTRACK_OFF=1
    same "$(status_of "$mark" --strict start x)" 0 status
    same "$(status_of "$mark" where)" 0 'status of where'
    same "$(status_of "$mark" get x)" 1 'status of get'
    same "$(status_of "$mark" run x -- sh -c 'echo ran; exit 3')" 3 'status of run'
    same "$(cat out err)" ran output
    same "$(ls run)" spool 'what is in the folder'
}

foreign_and_odd_files_are_refused() {
    in_run
    ln -s "$PWD/elsewhere" run/marks
    same "$(status_of "$mark" --strict start x)" 1 'status with a link'
    [ ! -e elsewhere ] || fail 'the link was followed'
    rm run/marks
    mkfifo run/marks
    same "$(status_of "$mark" --strict start x)" 1 'status with a FIFO'
    rm run/marks
    mkdir run/marks
    same "$(status_of "$mark" start x)" 0 'status with a folder'
    matches "$(cat err)" "dtrack-mark: cannot use '$PWD/run/marks': Is a directory" complaint
    rm -r run/marks
    ln -s run link
    same "$(DTRACK_RUN=$PWD/link status_of "$mark" --strict start x)" 1 'status with a link to the folder'
    same "$(DTRACK_RUN=/dev/null status_of "$mark" start x)" 0 'status in a job that has no run'
    same "$(cat err)" 'dtrack-mark: this job is not recorded' complaint
    mkdir -m 700 empty
    same "$(DTRACK_RUN=$PWD/empty status_of "$mark" --strict start x)" 1 'status with a folder that holds no run'
    matches "$(cat err)" ".*the folder holds no run" complaint
    same "$(ls -A empty)" '' 'what is in it afterwards'
    chmod 1777 run
    same "$(DTRACK_RUN=$PWD/run status_of "$mark" --strict start x)" 1 'status with a folder that others may write to'
    matches "$(cat err)" ".*others may write to its folder" complaint
    chmod 700 run
    ln run/spool second
    same "$(DTRACK_RUN=$PWD/run status_of "$mark" --strict start x)" 1 'status with a spool of two names'
    rm second
    [ "$(id -u)" = 0 ] || return 0
    mkdir -m 777 theirs
    chown 65534 theirs
    same "$(DTRACK_RUN=$PWD/theirs status_of "$mark" --strict start x)" 1 "status with another's folder"
    matches "$(cat err)" ".*belongs to another user.*" complaint
}

# Run as somebody whom permissions apply to.
unprivileged() { # COMMAND...
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        "$@"
    fi
}

read_only_folder_is_no_failure_unless_strict() {
    [ "$(id -u)" != 0 ] || setpriv --reuid=65534 true 2>/dev/null || skip 'root, and cannot be anybody else'
    in_run
    cp "$mark" mark
    chmod 755 . .. mark
    [ "$(id -u)" != 0 ] || chown 65534 run run/spool
    chmod 500 run
    same "$(status_of unprivileged ./mark start x)" 0 status
    matches "$(cat err)" "dtrack-mark: cannot use '$PWD/run/marks': Permission denied" complaint
    same "$(status_of unprivileged ./mark --strict start x)" 1 'strict status'
    same "$(DTRACK_QUIET=1 status_of unprivileged ./mark start x)" 0 'quiet status'
    same "$(cat err)" '' 'quiet complaint'
    same "$(status_of unprivileged ./mark run x -- sh -c 'exit 3')" 3 'status of run'
}

full_disk_is_no_failure_unless_strict() {
    in_run
    : >run/marks
    # a file may not grow, as on a full disk, but with a signal that kills
    # shellcheck disable=SC2016 # for the inner shell
    limited='ulimit -f 0; "$@" 2>&1; echo "status $?"'
    same "$(sh -c "$limited" sh "$mark" start x)" "$(printf '%s\nstatus 0' \
        "dtrack-mark: cannot use '$PWD/run/marks': File too large")" 'what is said'
    matches "$(sh -c "$limited" sh "$mark" --strict start x | tail -n 1)" 'status 1' 'strict status'
    same "$(cat run/marks)" '' 'the file'
}

mark_over_64_kib_is_refused_whole() {
    in_run
    same "$(status_of "$mark" --strict set x "$(printf '%66000s' v)")" 1 status
    [ ! -s run/marks ] || fail 'something was written'
    matches "$(cat err)" "dtrack-mark: .*64 KiB" complaint
}

mistakes_are_errors_everywhere() {
    in_run
    export DTRACK_QUIET=1
    for words in '' nonsense start set 'set x' get 'start x y' 'event x y z' 'where x' 'run x' 'run x --' '--nonsense start x' \
        'start --nonsense x' "start$tab" 'end x y' 'end x =y' \
        'end x --status' 'end x --at' 'start x --status 1' 'start --status 1 x' 'start x a=b' 'end --status 3'; do
        # shellcheck disable=SC2086 # words
        same "$(status_of "$mark" $words)" 2 "status of '$words'"
        matches "$(cat err)" 'dtrack-mark: .+' "complaint about '$words'"
    done
    same "$(ls run)" spool 'what is in the folder'
}

names_from_data_end_no_job() {
    in_run
    for name in '' "$(printf '%256s' x)" "$(printf 'a\nb')" "a${tab}b" "$(printf 'fix: a\n\nbecause')"; do
        for verb in start end event; do
            same "$(status_of "$mark" "$verb" "$name")" 0 "status of $verb '$name'"
            same "$(DTRACK_QUIET=1 status_of "$mark" "$verb" "$name")" 0 "quiet status of $verb '$name'"
            matches "$(cat err)" "dtrack-mark: '$verb' is not marked: a name has 1 to 255 bytes.*" complaint
            same "$(status_of "$mark" --strict "$verb" "$name")" 1 "strict status of $verb '$name'"
        done
        same "$(status_of "$mark" set "$name" 5)" 0 "status of set '$name'"
        same "$(status_of "$mark" get "$name")" 1 "status of get '$name'"
        same "$(status_of "$mark" run "$name" -- sh -c 'echo ran; exit 3')" 3 "status of run '$name'"
        same "$(cat out)" ran output
        same "$(status_of "$mark" --strict run "$name" -- echo ran)" 1 "strict status of run '$name'"
        same "$(cat out)" '' 'strict output'
        same "$(DTRACK_OFF=1 status_of "$mark" --strict start "$name")" 0 "status of '$name' when off"
        same "$(cat err)" '' 'complaint when off'
    done
    same "$(ls run)" spool 'what is in the folder'
    same "$(status_of "$mark" start "$(printf '%243s' x) password=a")" 0 'status of a name that redaction makes longer'
    matches "$(cat err)" '.*over 255 bytes.*' complaint
}

names_and_values_may_look_like_options() {
    in_run
    "$mark" start -- --strict
    "$mark" --strict -- start x
    "$mark" set --strict x --help
    "$mark" end --nonsense
    "$mark" set -x -5
    "$mark" run -j4 -- true
    same "$(marks | sort -u | wc -l)" 7 'number of marks'
    same "$(marks | head -n 5)" "$(printf 'start\t--strict\t\nstart\tx\t\nset\tx\t--help\nend\t--nonsense\t\nset\t-x\t-5')" \
        'what was written'
}

help_and_version_are_printed() {
    same "$(status_of "$mark" --help)" 0 status
    for verb in start end set event get run where; do
        grep -Eq "^  $verb " out || fail "the help lacks $verb"
    done
    same "$(status_of "$mark" run --help)" 0 'status of run --help'
    same "$(status_of "$mark" --version)" 0 status
    matches "$(cat out)" 'dtrack-mark [0-9.]+' version
}

run_marks_both_ends_and_gives_the_status() {
    in_run
    same "$(status_of "$mark" run a -- sh -c 'exit 3')" 3 status
    same "$(status_of "$mark" run b true)" 0 'status without --'
    same "$(marks)" "$(printf 'start\ta\t\nend\ta\t\nstart\tb\t\nend\tb\t')" 'what was written'
    # shellcheck disable=SC2016 # for the inner shell
    "$mark" run c -- sh -c 'echo $PPID' >parent
    parent=$(cat parent)
    matches "$(tail -n 1 run/marks)" "$time${tab}end${tab}c${tab}${tab}status=0${tab}mono=[0-9]+${tab}pid=$parent${tab}ppid=$parent" 'the owner'
}

# What each end says of how its task did.
said_statuses() {
    grep "${tab}end${tab}" run/marks | cut -f 3,5 | tr '\t\n' '  '
}

run_records_what_it_saw() {
    in_run
    "$mark" run good -- true
    same "$(status_of "$mark" run bad -- sh -c 'exit 3')" 3 status
    same "$(status_of "$mark" run missing -- ./missing)" 127 'status of a missing command'
    # shellcheck disable=SC2016 # for the inner shell
    for sig in KILL TERM SEGV; do
        wait_status "$mark" run "$sig" -- sh -c 'kill -$0 $$; sleep 5' "$sig" >status
    done
    same "$(said_statuses)" 'good status=0 bad status=3 missing status=127 KILL signal=9 TERM signal=15 SEGV signal=11 ' statuses
}

end_says_how_the_task_did() {
    in_run
    "$mark" end a --status 0
    "$mark" end b --status=7
    "$mark" end --status 255 c
    "$mark" --strict end --status 137 -- --status
    "$mark" end plain
    same "$(said_statuses | sed 's/mono=[0-9]*/-/')" 'a status=0 b status=7 c status=255 --status status=137 plain - ' statuses
    for status in '' 256 -1 1x SIGTERM 99999999999999999999; do
        rm run/marks
        same "$(status_of "$mark" end d --status "$status")" 0 "status with '$status'"
        same "$(cat err)" "dtrack-mark: 'd' ends without a status: '$status' is no number from 0 to 255" complaint
        same "$(marks)" "$(printf 'end\td\t')" 'what was written'
        same "$(said_statuses | grep -c status)" 0 'statuses'
        same "$(status_of "$mark" --strict end d --status "$status")" 1 "strict status with '$status'"
    done
}

marks_after_the_fact_tell_their_time() {
    in_run
    "$mark" start a --at 1700000000.5
    "$mark" end a --at=2023-11-14T22:13:21.25Z --status 1
    "$mark" start --at '2023-11-14 23:13:22,000000001+01:00' b
    "$mark" end b --at 0
    same "$(sed -E 's/pid=.*//' run/marks | cut -f 1-5)" "$(printf '%s\n' "1700000000.500000000${tab}start${tab}a${tab}${tab}" \
        "1700000001.250000000${tab}end${tab}a${tab}${tab}status=1" "1700000002.000000001${tab}start${tab}b${tab}${tab}" \
        "0.000000001${tab}end${tab}b${tab}${tab}")" 'what was written'
    rm run/marks
    for time in '' now 1700000000123 2023-11-14 2023-11-14T22:13:20 -5; do
        same "$(status_of "$mark" start c --at "$time")" 0 "status at '$time'"
        same "$(cat err)" "dtrack-mark: 'c' is not marked: '$time' is no time, as 1700000000.5 and 2023-11-14T22:13:20.5Z are" complaint
        same "$(status_of "$mark" --strict end c --at "$time")" 1 "strict status at '$time'"
    done
    [ ! -e run/marks ] || fail 'something was written'
}

end_gives_the_task_values() {
    in_run
    "$mark" end a rows=5 ok=true version=1.10 'note=two words' empty= 'list=[1, 2]' rows=6 'eq=a=b' "lines=$(printf 'x\ny')"
    same "$(cut -f 4 run/marks)" '{"ok":true,"version":"1.10","note":"two words","empty":"","list":[1, 2],"rows":6,"eq":"a=b","lines":"x\ny"}' values
    "$mark" end 'rotate password' db_password=hunter2 rows=5 --status 1 'url=https://u:hunter2@h/'
    same "$(sed 1d run/marks | cut -f 4,5)" "{\"db_password\":\"***\",\"rows\":5,\"url\":\"https://u:***@h/\"}${tab}status=1" 'values without secrets'
    same "$(status_of "$mark" --strict end a "big=$(printf '%66000s' v)")" 1 'status of what is too long'
    same "$(wc -l <run/marks)" 2 'number of lines'
}

run_gives_the_status_of_what_cannot_run() {
    in_run
    same "$(status_of "$mark" run x -- ./missing)" 127 'status of a missing command'
    matches "$(cat err)" "dtrack-mark: cannot run './missing': No such file or directory" complaint
    : >plain
    same "$(status_of "$mark" run x -- ./plain)" 126 'status of what is no program'
    same "$(marks | cut -f 1 | sort | uniq -c | tr -s ' ')" "$(printf ' 2 end\n 2 start')" 'what was written'
    unset DTRACK_RUN
    same "$(status_of "$mark" run x -- ./missing)" 127 'status outside of a run'
}

# How a process that was started by another one looks to that: its status as waitpid gives it.
wait_status() { # COMMAND...
    python3 -c 'import subprocess, sys; print(subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL).returncode)' "$@"
}

run_is_killed_as_its_command_was() {
    in_run
    for sig in INT QUIT TERM KILL USR1; do
        # shellcheck disable=SC2016 # for the inner shell
        same "$(wait_status "$mark" run "$sig" -- sh -c 'kill -$0 $$; sleep 5' "$sig")" "-$(kill -l "$sig" 2>/dev/null ||
            python3 -c 'import signal, sys; print(int(signal.Signals["SIG" + sys.argv[1]]))' "$sig")" "status after $sig"
    done
    # shellcheck disable=SC2016
    same "$(status_of sh -c '"$1" run x -- sh -c "kill -9 \$\$"' sh "$mark")" 137 'status that a shell sees'
    same "$(grep -c "${tab}end${tab}" run/marks)" 6 'number of ends'
}

# Start the wrapper around a command that waits for a signal, for a while, as a process group of its own. Sets $wrapper.
# It waits in the shell itself: a signal between fork and exec of a child would be anybody's.
start_waiting() { # SCRIPT
    in_run
    mkfifo ready
    setsid env --default-signal=INT,QUIT "$mark" run x -- \
        sh -c "$1"' sleep 3 & echo >ready; wait $!; echo no signal' >out 2>&1 &
    wrapper=$!
    read -r _ <ready
}

# Wait for the wrapper. Prints its status.
status_of_wrapper() {
    status=0
    wait "$wrapper" || status=$?
    echo "$status"
}

run_passes_on_what_is_sent_to_it_alone() {
    start_waiting 'trap "echo got it; exit 5" TERM;'
    kill -TERM "$wrapper"
    status_of_wrapper >status
    same "$(cat status out)" "$(printf '5\ngot it')" 'status and output'
    same "$(marks)" "$(printf 'start\tx\t\nend\tx\t')" 'what was written'
}

run_outlives_an_interrupt_that_its_command_handles() {
    start_waiting 'trap "exit 6" INT;'
    kill -INT "-$wrapper" # to the group, as the terminal does
    status_of_wrapper >status
    same "$(cat status)" 6 status
    same "$(marks)" "$(printf 'start\tx\t\nend\tx\t')" 'what was written'
}

run_dies_of_an_interrupt_that_its_command_dies_of() {
    start_waiting ''
    kill -INT "-$wrapper"
    status_of_wrapper >status
    same "$(cat status)" 130 status
    same "$(marks)" "$(printf 'start\tx\t\nend\tx\t')" 'what was written'
}

run_leaves_signals_and_descriptors_alone() {
    in_run
    # shellcheck disable=SC2016 # for the inner shell
    look='trap "" CHLD HUP USR2; exec "$@" sh -c "grep ^Sig[BIC] /proc/self/status; ls /proc/self/fd | wc -l; ulimit -c"'
    sh -c "$look" sh env >plain
    sh -c "$look" sh "$mark" run x -- >wrapped
    same "$(cat wrapped)" "$(cat plain)" 'what the command has'
    same "$(status_of timeout 5 env --ignore-signal=CHLD "$mark" run x -- sh -c 'exit 4')" 4 'status with SIGCHLD ignored'
}

run_outside_of_a_run_becomes_the_command() {
    DTRACK_QUIET=1 "$mark" run x -- sh -c 'echo $$' >out &
    wait $!
    same "$(cat out)" "$!" 'process id'
    same "$(status_of "$mark" --strict run x -- touch ran)" 1 'strict status'
    [ ! -e ran ] || fail 'the command ran'
}

needs_no_library_but_libc() {
    needs_plain_build 'they are libraries'
    needed=$(readelf -d "$mark" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
    matches "$needed" 'libc\..*' 'what it needs'
}

run_tests each_verb_writes_one_line owner_is_the_caller mark_is_one_write parallel_marks_lose_no_line \
    values_stay_on_one_line_and_come_back secrets_are_not_written get_prefers_what_this_job_set get_of_nothing_fails_and_prints_nothing \
    where_makes_the_file_and_prints_its_path outside_of_a_run_nothing_fails_unless_strict off_switches_everything_off \
    foreign_and_odd_files_are_refused read_only_folder_is_no_failure_unless_strict full_disk_is_no_failure_unless_strict \
    mark_over_64_kib_is_refused_whole mistakes_are_errors_everywhere names_from_data_end_no_job names_and_values_may_look_like_options \
    help_and_version_are_printed run_marks_both_ends_and_gives_the_status run_records_what_it_saw end_says_how_the_task_did \
    marks_after_the_fact_tell_their_time end_gives_the_task_values run_gives_the_status_of_what_cannot_run \
    run_is_killed_as_its_command_was run_passes_on_what_is_sent_to_it_alone \
    run_outlives_an_interrupt_that_its_command_handles run_dies_of_an_interrupt_that_its_command_dies_of \
    run_leaves_signals_and_descriptors_alone run_outside_of_a_run_becomes_the_command needs_no_library_but_libc
