#!/bin/sh
# SPDX-License-Identifier: MIT
# loop.sh N COMMAND... : what a shell script is made of, N times.
left=$1
shift
while [ "$left" -gt 0 ]; do
    "$@"
    left=$((left - 1))
done
