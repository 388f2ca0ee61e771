# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# dtrack.sh: tasks, values and events of a job, from its shell script. To be sourced, by bash, dash or any other POSIX
# shell:
#
#     . dtrack.sh
#     dtrack_start NAME            a task starts
#     dtrack_end NAME [STATUS]     it ends; STATUS, 0 to 255, is how it did: say it, as in dtrack_end NAME $?
#     dtrack_set NAME VALUE        a value: a number, true, false, JSON, or any other text
#     dtrack_event NAME [VALUE]    something happened
#     dtrack_task NAME COMMAND...  run a command, function or builtin in this shell, as a task; records and gives its status
#
# Outside of a run, or without dtrack-mark, these do nothing. None of them ever ends a script:
# - dtrack_start returns 0. dtrack_end, dtrack_set and dtrack_event return the $? from before, so that they can be used
#   between a command and the check of its status; under `set -e` they return 0.
# - dtrack_task keeps `set -e` working within a function that it runs. If the function ends the script that way, or by
#   exit, the task ends with the run.
# Only names that start with dtrack_ or _dtrack_ are defined. Options, traps and IFS are not changed.
#
# bash 5 appends a mark to the marker file by itself: no process, one write. Other shells lack a clock with fractions of
# a second, and call dtrack-mark (1 ms). bash calls it for marks that must be quoted, checked or split: long names and
# values, those with tabs or newlines, and those that may contain a secret; and for each 500th mark, since dtrack-mark
# checks how much a run may record, and counts refused marks. The file's grammar is in lib/spool/marks.h.

# The path of the marker file; empty outside of a run. The run's leader does not have DTRACK_RUN in its own environment,
# but its children do.
_dtrack_marks=${DTRACK_RUN:+$DTRACK_RUN/marks}
if ! [ -f "$_dtrack_marks" ] && command -v dtrack-mark >/dev/null 2>&1; then
    _dtrack_marks=$(DTRACK_QUIET=1 dtrack-mark where 2>/dev/null) || _dtrack_marks=''
fi

# STATUS VERB NAME [VALUE], or STATUS end NAME [STATUS-OF-THE-TASK]
_dtrack_call() {
    [ -n "${DTRACK_RUN-}${_dtrack_marks-}" ] || return 0
    case ${DTRACK_OFF-} in '' | 0) ;; *) return 0 ;; esac
    command -v dtrack-mark >/dev/null 2>&1 || return 0
    _dtrack_verb=$2
    shift 2
    if [ "$_dtrack_verb$#" = end2 ]; then
        set -- "$1" --status "$2"
    fi
    if DTRACK_QUIET=1 dtrack-mark --strict "$_dtrack_verb" -- "$@"; then
        _dtrack_left=500
    fi
}

# STATUS VERB NAME [VALUE]
_dtrack_mark() {
    _dtrack_call "$@"
    case $1$- in 0* | *e*) ;; *) return "$1" ;; esac
}

# Whether this shell can write to the marker file. Not if the size of files is limited (ulimit -f): exceeding that would
# kill the script, which dtrack-mark handles. A script that sets such a limit should do so before it sources this.
# shellcheck disable=SC3010,SC3028,SC3045 # only bash gets past the first line
_dtrack_can_write() {
    case ${BASH_VERSION-} in '' | [1-4].*) return 1 ;; esac
    [[ -n ${EPOCHREALTIME-} && -f $_dtrack_marks && -O $_dtrack_marks && ! -L $_dtrack_marks ]] || return 1
    # A script of root's may have another user's environment, and that user must not decide where it writes, neither now nor
    # later by changing a symlink on the path. Then dtrack-mark is used, which keeps open what it has checked.
    _dtrack_limit=${_dtrack_marks%/marks}
    [[ -O $_dtrack_limit && ! -k $_dtrack_limit && -f $_dtrack_limit/spool && -O $_dtrack_limit/spool && ! -L $_dtrack_limit/spool ]] || return 1
    while [[ $_dtrack_limit == /*[!/]* ]]; do
        [[ ! -L $_dtrack_limit ]] || return 1
        _dtrack_limit=${_dtrack_limit%/*}
    done
    [[ -z $_dtrack_limit ]] && IFS= LC_ALL=C read -r -N 8 _dtrack_limit <"${_dtrack_marks%/marks}/spool" || return 1
    [[ $_dtrack_limit == dtkspool ]] || return 1 # what a run's file starts with: lib/spool/record.h
    while IFS=' ' read -r _dtrack_limit; do
        case $_dtrack_limit in 'Max file size '*' unlimited '*' unlimited '*) return 0 ;; esac
    done </proc/self/limits
    return 1
} 2>/dev/null

_dtrack_left=500                    # marks to write until dtrack-mark checks the run's limit
_dtrack_known=/                     # verb, number of arguments and name of marks found to be harmless
_dtrack_long='???????????????????*' # longer than a number
_dtrack_token='[[:alnum:]_-][[:alnum:]_-][[:alnum:]_-][[:alnum:]_-][[:alnum:]_-][[:alnum:]_-]'
_dtrack_token="*$_dtrack_token$_dtrack_token$_dtrack_token*" # 18 of what tokens are made of
_dtrack_code='@([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])' # a task's status

if _dtrack_can_write; then
    # In few words, for bash copies a function whenever it calls it. What was found harmless is not looked at again.
    # The job's log is spared the tracing of all this, and what bash says when a write fails.
    # shellcheck disable=SC2053,SC2059,SC3003,SC3010,SC3028,SC3043 # it is bash, with a pattern in a variable, and nothing in the
    # format that is not ours
    _dtrack_mark() {
        case $- in *x*) { local - && set +x; } 2>/dev/null ;; esac
        if { [[ ${_dtrack_left-0} -gt 0 ]] || ! command -v dtrack-mark >/dev/null; } && { [[ ${_dtrack_known-} == \
            *"/${DTRACK_OFF-}${DTRACK_REDACT-}$2$#${3-}/"* && ${4-} != *[!0-9.]* && ${4-} != $_dtrack_long ]] &&
            { [[ $2$# != end4 ]] || [[ $4 == ${_dtrack_code-} ]]; } ||
            _dtrack_is_harmless "$@"; }; then
            _dtrack_left=$((${_dtrack_left-0} - 1))
            [[ $2$# != end4 ]] || set -- "$1" end "$3" $'\t'"status=$4"
            builtin printf "$EPOCHREALTIME\t$2\t%s\t%s\tpid=$BASHPID\tppid=$BASHPID\n" "$3" "${4+${4:-\"\"}}" \
                2>&- >>"$_dtrack_marks" || :
        else
            _dtrack_call "$@"
        fi
        case $1$- in 0* | *e*) ;; *) return "$1" ;; esac
    }
fi

# STATUS VERB NAME [VALUE]. Whether bash may write the mark itself: it is well below 8 KiB, which bash writes at once, and
# contains nothing that dtrack-mark might redact.
# shellcheck disable=SC2053,SC3010,SC3043 # only bash calls it, and there are patterns in variables
_dtrack_is_harmless() {
    case ${DTRACK_OFF-}${DTRACK_REDACT-}$2$# in start3 | end3 | event3 | set4 | event4) ;;
    end4) [[ $4 == ${_dtrack_code-} ]] || return 1 ;;
    *) return 1 ;;
    esac
    # a shell that got these functions by `export -f`, and nothing else, knows no marker file
    [[ -n ${_dtrack_marks-} && -n $3 && ${#3} -le 42 && ${4-} != $_dtrack_long ]] || return 1
    [[ $3 != $_dtrack_long || $3 != *[0-9]* || $3 != $_dtrack_token ]] || return 1
    local -l _dtrack_text="$3/${4-}"
    case $_dtrack_text in
    *[[:cntrl:]@=]* | *' -'* | *pas* | *pw* | *secr* | *tok* | *key* | *cred* | *auth* | *bearer* | *cookie*) return 1 ;;
    esac
    case $_dtrack_known in *"/$2$#$3/"*) return 0 ;; esac
    [[ ${#_dtrack_known} -lt 200 ]] || _dtrack_known=/
    _dtrack_known=$_dtrack_known$2$#$3/end3$3/end4$3/
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

# Whether COMMAND is to be run such that `set -e` does not end the script before the task's end is marked. Not a command
# that runs further commands in this shell: these would then continue after a failed one.
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
    # ksh says 256 and the signal, yash 384, where others say 128
    _dtrack_mark 0 end "$2" "$(($1 > 384 ? $1 - 256 : $1 > 256 ? $1 - 128 : $1))"
    return "$1"
}
