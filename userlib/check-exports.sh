#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Fails unless the shared library exports exactly the functions that the
# version map lists, and the header declares exactly these.
#
# Usage: check-exports.sh LIBRARY MAP HEADER
set -eu

exported=$("${NM:-nm}" -D --defined-only "$1" |
	sed -n 's/^.* T \([^@]*\).*$/\1/p' | sort)
listed=$(sed -n '/global:/,/local:/s/^[[:space:]]*\([a-z_]*\);$/\1/p' "$2" |
	sort)
# A declaration may span lines: join them up to the semicolon.
declared=$(tr '\n\t' '  ' <"$3" | tr ';' '\n' |
	sed -n 's/^.*LIBREX_API [^(]*[ *]\(rex_[a-z_]*\)(.*$/\1/p' | sort)

if [ -z "$listed" ]; then
	echo "$2: no functions found" >&2
	exit 1
fi
if [ "$exported" != "$listed" ]; then
	echo "$1 exports other functions than $2 lists:" >&2
	printf '%s\n--\n%s\n' "$exported" "$listed" >&2
	exit 1
fi
if [ "$declared" != "$listed" ]; then
	echo "$3 declares other functions than $2 lists:" >&2
	printf '%s\n--\n%s\n' "$declared" "$listed" >&2
	exit 1
fi
