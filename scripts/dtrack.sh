# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# dtrack.sh: tasks, values and events of a job, from its shell script. To be sourced, by bash, dash or any other POSIX
# shell:
#
#     . /usr/share/dtrack/dtrack.sh
#     dtrack_start NAME            a task starts
#     dtrack_end NAME              it ends
#     dtrack_set NAME VALUE        a value: a number, true, false, JSON, or any other text
#     dtrack_event NAME [VALUE]    something happened
#     dtrack_task NAME COMMAND...  run a command, function or builtin in this shell, as a task; gives its status
#
# Outside of a run, or without dtrack-mark, these do nothing. None of them ever ends a script:
# - dtrack_start gives 0. dtrack_end, dtrack_set and dtrack_event leave $? as they found it, so that they can stand
#   between a command and the look at its status; under `set -e` they give 0.
# - dtrack_task keeps `set -e` working inside of a function that it runs. A function that ends the script that way, or
#   by exit, leaves its task to be closed with the run.
# Only names that start with dtrack_ or _dtrack_ are defined. Options, traps and IFS stay as they are.
#
# bash 5 has all that a mark needs, and appends to the marker file by itself: no process, one write. Other shells lack
# a clock with fractions, and call dtrack-mark (1 ms). So does bash for what must be quoted, checked or split: long
# names and values, those with control characters, and what may be a secret. The file's grammar is in lib/spool/marks.h.

# The root of a run doesn't find the run in its own environment, but its children do.
_dtrack_marks=
case ${BASH_VERSION-} in
'' | [1-4].*) ;;
*)
    if [ -z "${DTRACK_RUN-}" ] && command -v dtrack-mark >/dev/null 2>&1; then
        _dtrack_marks=$(DTRACK_QUIET=1 dtrack-mark where 2>/dev/null) || _dtrack_marks=
    fi
    ;;
esac

# STATUS VERB NAME [VALUE]. Fails when this is for dtrack-mark. What bash has to say of it, also under `set -x`, does
# not belong in the job's log.
# shellcheck disable=SC3010,SC3028,SC3043,SC3067 # only bash gets past the first line
_dtrack_write() {
    case ${BASH_VERSION-} in '' | [1-4].*) return 1 ;; esac
    local _dtrack_file="${DTRACK_RUN:+$DTRACK_RUN/marks}" _dtrack_value="${4-}"
    _dtrack_file=${_dtrack_file:-$_dtrack_marks}
    case $2$# in
    start3 | end3 | event3) ;;
    set4 | event4) _dtrack_value=${4:-'""'} ;;
    *) return 1 ;;
    esac
    case $3$_dtrack_value in *[[:cntrl:]]*) return 1 ;; esac
    # What may be a secret is for dtrack-mark, which knows one when it sees it, and all that is longer than a number
    case $3 in
    *[Pp][Aa][Ss]* | *[Pp][Ww]* | *[Ss][Ee][Cc][Rr]* | *[Tt][Oo][Kk]* | *[Kk][Ee][Yy]* | *[Cc][Rr][Ee][Dd]* | *[Aa][Uu][Tt][Hh]*) return 1 ;;
    esac
    # bash writes 8 KiB at once, which these are surely below
    [[ -z ${DTRACK_REDACT-} && -n $3 && ${#3} -le 42 && ${#_dtrack_value} -le 20 ]] || return 1
    [[ -n ${EPOCHREALTIME-} && -f $_dtrack_file && -O $_dtrack_file ]] || return 1
    builtin printf '%s\t%s\t%s\t%s\tpid=%s\tppid=%s\n' \
        "$EPOCHREALTIME" "$2" "$3" "$_dtrack_value" "$BASHPID" "$BASHPID" >>"$_dtrack_file" || :
} 2>/dev/null

# STATUS VERB NAME [VALUE]
_dtrack_mark() {
    case ${DTRACK_OFF-} in '' | 0) _dtrack_write "$@" || _dtrack_call "$@" ;; esac
    case $- in *e*) return 0 ;; esac
    return "$1"
}

# STATUS VERB NAME [VALUE]
_dtrack_call() {
    command -v dtrack-mark >/dev/null 2>&1 || return 0
    _dtrack_verb=$2
    shift 2
    DTRACK_QUIET=1 dtrack-mark "$_dtrack_verb" -- "$@" || :
}

dtrack_start() {
    _dtrack_mark 0 start "$@"
}

dtrack_end() {
    _dtrack_mark "$?" end "$@"
}

dtrack_set() {
    _dtrack_mark "$?" set "$@"
}

dtrack_event() {
    _dtrack_mark "$?" event "$@"
}

# NAME COMMAND...
_dtrack_run() {
    if [ $# -gt 0 ]; then
        shift
    fi
    "$@"
}

# Whether COMMAND is to be guarded against `set -e`, so that its end is seen. Not what runs further commands in this
# shell: guarded, these would go on behind a failed one.
# shellcheck disable=SC3044 # declare is for bash
_dtrack_is_guarded() {
    case $-/$1 in
    *e*/eval | *e*/. | *e*/source | *e*/command | *e*/builtin) return 1 ;;
    *e*/*) ;;
    *) return 1 ;;
    esac
    if [ -n "${BASH_VERSION-}" ]; then
        ! declare -F -- "$1" >/dev/null
    else
        case $(LC_ALL=C type "$1" 2>/dev/null) in *' function'*) return 1 ;; esac
    fi
}

dtrack_task() {
    _dtrack_mark 0 start "${1-}"
    if ! _dtrack_is_guarded "${2-}"; then
        _dtrack_run "$@"
        set -- "$?" "${1-}"
    elif _dtrack_run "$@"; then
        set -- 0 "${1-}"
    else
        set -- "$?" "${1-}"
    fi
    _dtrack_mark 0 end "$2"
    return "$1"
}
