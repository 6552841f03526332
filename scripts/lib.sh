# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts here share. Source it; it sets nothing but functions and
# the variables REX_TOP (the source tree) and REX_CACHE (downloads and
# whatever is made from them; keyed by version, safe to delete).

REX_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${REX_CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/rex}"
export REX_TOP REX_CACHE

# One line about what goes on, in kbuild's shape. Never on stdout: that is for
# what a script was asked to print.
say() { # say VERB TEXT
	printf '  %-7s %s\n' "$1" "$2" >&2
}

warn() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	warn "$@"
	exit 1
}

# The last lines of a log, for a step that failed.
show_tail() { # show_tail FILE [LINES]
	printf -- '--- the end of %s ---\n' "$1" >&2
	tail -n "${2:-30}" "$1" >&2
}

# Rows of kernels.txt: name, role, suites.
kernels_table() {
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$REX_TOP/kernels.txt"
}

# Is FILE there and younger than SECONDS?
younger_than() { # younger_than SECONDS FILE
	[ -e "$2" ] && [ $(($(date +%s) - $(stat -c %Y "$2"))) -lt "$1" ]
}
