#!/bin/sh
# SPDX-License-Identifier: MIT
# upload.sh FILE FOLDER : put the file into the folder, which stands for a server that may refuse (FAIL=upload).
set -eu
if [ "${FAIL:-}" = upload ]; then
    echo "upload: '$2' refuses '$1'" >&2
    exit 3
fi
mkdir -p "$2"
cp "$1" "$2/"
(cd "$2" && sha256sum "${1##*/}" >SHA256SUMS)
