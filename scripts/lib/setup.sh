# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by scripts/try, scripts/test and scripts/bench, with $root set to the top of the tree: installs what is
# missing and nothing else, so that a second run is quick and needs no network. Knows nothing about building or testing.

lib=${root:?must be set by the script that sources this}/scripts/lib
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dtrack

say() {
    printf '== %s\n' "$*"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "not root and no sudo: as root, run: $*"
    fi
}

is_installed() { # PACKAGE
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# Lines of PACKAGE UNLESS WHY.
entries_of() { # SET
    sed -n "s/^$1  *//p" "$lib/packages"
}

packages_of() { # SET
    entries_of "$1" | while read -r package _; do printf '%s\n' "$package"; done
}

# Print the packages of the named sets that are not there yet.
missing_packages() { # SET...
    for set in "$@"; do
        entries_of "$set" | while read -r package unless _; do
            if [ "$unless" != - ] && command -v "$unless" >/dev/null; then
                continue
            fi
            is_installed "$package" || printf '%s\n' "$package"
        done
    done
}

install_packages() { # SET...
    command -v dpkg-query >/dev/null || die "this is no Debian: install what scripts/lib/packages lists, then use meson"
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    say "installing $missing"
    as_root apt-get update -qq
    # shellcheck disable=SC2086 # one word a package
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
}

# Install what package.json lists into the cache, once for each wording of that file, and tell the tests where it is.
install_node_modules() {
    node=$cache/node
    if ! cmp -s "$lib/package.json" "$node/installed.json"; then
        say "installing the npm packages of the tests into $node"
        mkdir -p "$node"
        cp "$lib/package.json" "$node/package.json"
        (cd "$node" && npm install --no-audit --no-fund --no-package-lock --loglevel=error) ||
            die "cannot install the npm packages of scripts/lib/package.json"
        cp "$lib/package.json" "$node/installed.json"
    fi
    export DTRACK_NODE_MODULES="$node/node_modules"
    # The Azure client wants globalThis.crypto, which Node 18 keeps behind an option.
    case $(node --version) in
    v18.*) export NODE_OPTIONS="${NODE_OPTIONS:+$NODE_OPTIONS }--experimental-global-webcrypto" ;;
    esac
}
