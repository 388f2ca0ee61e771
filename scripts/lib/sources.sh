# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by scripts/test after setup.sh: downloads Debian source packages into the cache, through an apt
# configuration of its own, so that the machine's lists and settings stay as they are. The mirrors are the machine's.

: "${cache:?set by setup.sh}"

# One-line style, from stdin: the deb lines of this release's main, as deb-src. An option may stand in brackets.
one_line_sources() { # RELEASE
    sed 's/#.*//' | awk -v release="$1" '
        $1 == "deb" {
            at = 2
            if ($at ~ /^\[/) { while ($at !~ /\]$/) at++; at++ }
            if ($(at + 1) == release && index(" " $0 " ", " main ")) { sub(/deb[ \t]+/, "deb-src "); print }
        }'
}

# deb822 style, from stdin: the stanzas of this release's main, as deb-src.
stanza_sources() { # RELEASE
    sed '/^#/d' | awk -v RS= -v release="$1" '
        BEGIN { suite = "(^|\n)Suites:[^\n]*[ \t]" release "([ \t\n]|$)" }
        /(^|\n)Types:[^\n]*deb/ && /(^|\n)Components:[^\n]*main/ && $0 ~ suite {
            gsub(/(^|\n)Types:[^\n]*/, "\nTypes: deb-src")
            print $0 "\n"
        }'
}

# Copy the machine's entries, as deb-src, into FOLDER.
copy_sources() { # FOLDER
    release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:?names no release}")
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        [ -f "$file" ] || continue
        case $file in
        *.list) one_line_sources "$release" <"$file" >"$1/${file##*/}" ;;
        *.sources) stanza_sources "$release" <"$file" >"$1/${file##*/}" ;;
        esac
    done
}

# Download the source of each named package into a folder of its own; a finished one has a file named done.
download_sources() { # PACKAGE...
    apt=$cache/apt
    rm -rf "${apt:?}"
    mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial"
    copy_sources "$apt/parts"
    cat >"$apt/conf" <<END
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$apt/parts";
Dir::State::Lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "$(id -un)";
END
    apt-get -c "$apt/conf" -qq update || return 1
    for package in "$@"; do
        rm -rf "${cache:?}/sources/$package"
        mkdir -p "$cache/sources/$package"
        (cd "$cache/sources/$package" && apt-get -c "$apt/conf" -qq source --download-only "$package") || return 1
        : >"$cache/sources/$package/done"
    done
    rm -rf "$apt"
}

# Have every package of the set "source" in the cache, and tell the tests where.
install_sources() {
    wanted=''
    for package in $(packages_of source); do
        [ -f "$cache/sources/$package/done" ] || wanted="$wanted $package"
    done
    if [ -n "$wanted" ]; then
        say "downloading the sources of$wanted into $cache/sources"
        # shellcheck disable=SC2086 # words
        download_sources $wanted || die "cannot download the sources of$wanted"
    fi
    export DTRACK_SOURCES="$cache/sources"
}
