# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The harness of the scripts' tests. A test file sources it, defines functions whose
# names are claims, and ends with `run_tests NAME...`. Each runs in a subshell under
# `set -e` in an empty folder of its own, $T; the first command that fails fails it.

set -u
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
unset MAKEFLAGS MFLAGS REX_ACCEL REX_CPUS REX_MEMORY REX_KVM_DEVICE V KERNEL KDIR

fail() {
	echo "# $*"
	exit 1
}

skip() {
	echo "# SKIP $*"
	exit 4
}

# Succeed if TEXT contains WORDS.
has() { # has TEXT WORDS
	[[ $1 == *"$2"* ]] || fail "\"$2\" is not in: $1"
}

lacks() { # lacks TEXT WORDS
	[[ $1 != *"$2"* ]] || fail "\"$2\" is in: $1"
}

same() { # same TEXT TEXT
	[ "$1" = "$2" ] || fail "\"$1\" is not \"$2\""
}

# Run COMMAND; its status is in $status, its output, stderr included, in $output.
try() { # try COMMAND...
	status=0
	# shellcheck disable=SC2034 # for those that source this
	output=$("$@" 2>&1) || status=$?
}

# Make an executable FILE with the lines of standard input as its script.
script() { # script FILE
	mkdir -p "$(dirname "$1")"
	{ echo '#!/bin/bash'; cat; } >"$1"
	chmod 755 "$1"
}

# Copy the source tree to the folder DIR, in a shell that has the variables of
# scripts/lib.sh; tests do without them.
copy_tree() { # copy_tree DIR
	# shellcheck disable=SC2016 # for the inner shell
	bash -c '. "$0/scripts/lib.sh" && copy_tree "$1"' "$TOP" "$1"
}

# Run COMMAND as root, or as a user without rights.
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else unshare -r "$@"; fi
}

as_nobody() {
	if [ "$(id -u)" = 0 ]; then runuser -u nobody -- "$@"; else "$@"; fi
}

# Let the user nobody, who runs parts of a test, write the file.
open_to_all() {
	chmod -R a+rwX "$@"
}

run_tests() {
	local test n=0 status
	echo "KTAP version 1"
	echo "1..$#"
	for test; do
		n=$((n + 1))
		T=$(mktemp -d)
		chmod 755 "$T"
		(
			set -e
			cd "$T"
			trap 'exit 1' TERM
			"$test"
		) </dev/null
		status=$?
		case $status in
		0) echo "ok $n $test" ;;
		4) echo "ok $n $test # SKIP" ;;
		*) echo "not ok $n $test"; FAILED=1 ;;
		esac
		rm -rf "$T"
	done
	exit "${FAILED:-0}"
}
