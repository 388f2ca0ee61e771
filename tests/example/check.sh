#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh PROGRAM : does the program greet as it should?
set -eu
for name in world you "two words"; do
    [ "$("$1" "$name")" = "hello, $name" ] || { echo "check: '$name' is not greeted" >&2 && exit 1; }
done
