#!/bin/sh
# SPDX-License-Identifier: MIT
# marks.sh N COMMAND... : loop.sh in a shell that has dtrack.sh.
here=${0%/*}
# shellcheck source=scripts/dtrack.sh
. "$here/../../scripts/dtrack.sh"

# The least that a shell can do for a mark.
append() {
    printf '%s\n' 'as many bytes as a mark has, in one write, at the end of' >>"$DTRACK_RUN/marks"
}

# loop.sh counts down in $left.
mark_anew() {
    # shellcheck disable=SC2154 # it is set there
    dtrack_event "bench $left"
}

# shellcheck source=tests/bench/loop.sh
. "$here/loop.sh"
