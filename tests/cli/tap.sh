# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The harness of tests written for the shell, as test.h is for C: a test is a function named as a claim. To be sourced.
# Each runs in a subshell with `set -eu`, in a new folder $work/CLAIM, which is removed.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# End the running test unless the texts are equal.
same() { # GOT WANT WHAT
    [ "$1" = "$2" ] || fail "$3 is '$1', not '$2'"
}

# End the running test unless the text matches the extended regular expression as a whole.
matches() { # TEXT PATTERN WHAT
    printf '%s\n' "$1" | grep -Eqx -e "$2" || fail "$3 is '$1', not like '$2'"
}

fail() { # TEXT
    echo "$1"
    exit 1
}

# The claim cannot be tried here.
skip() { # WHY
    echo "$1"
    exit 77
}

# Skip the running test when dtrack is built with sanitizers.
needs_plain_build() { # WHY
    [ -z "${DTRACK_SANITIZED:-}" ] || skip "built with sanitizers: $1"
}

# Run a command under strace into the file trace. What is traced can't search for its leaks.
traced() { # STRACE-OPTION... COMMAND...
    command -v strace >/dev/null || skip 'no strace'
    LSAN_OPTIONS=detect_leaks=0 strace -o trace "$@" || skip 'no ptrace'
}

# Print what the command's exit status is; its output is kept in the file out, its complaints in err.
status_of() { # COMMAND...
    status=0
    "$@" >out 2>err || status=$?
    echo "$status"
}

# Run each test and print TAP. "FUNCTION:ARGUMENT" calls it with that argument.
run_tests() { # TEST...
    echo "1..$#"
    number=0 failed=0
    for test in "$@"; do
        number=$((number + 1))
        name=$(printf '%s' "$test" | sed 's/\(.*\):\(.*\)/\2_\1/')
        mkdir "$work/$name"
        (
            set -eu
            cd "$work/$name"
            "${test%%:*}" "${test##*:}"
        ) >"$work/log" 2>&1 </dev/null
        case $? in
        0) echo "ok $number - $name" ;;
        77) echo "ok $number - $name # SKIP $(tail -n 1 "$work/log")" ;;
        *)
            sed 's/^/# /' "$work/log"
            echo "not ok $number - $name"
            failed=1
            ;;
        esac
        rm -rf "${work:?}/$name"
    done
    return "$failed"
}
