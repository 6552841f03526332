# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# KTAP output of the test scripts. Every script ends with `finish`.

tests=0
failed=0

# ok <name> / not_ok <name> [<detail>...]: one result.
ok() {
	tests=$((tests + 1))
	echo "ok $tests $1"
}

not_ok() {
	local name=$1
	shift
	tests=$((tests + 1))
	failed=$((failed + 1))
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@" | sed 's/^/# /'
	fi
	echo "not ok $tests $name"
}

# check <name> <detail> <command>...: the result of a command, and what to say if
# it fails.
check() {
	local name=$1 detail=$2
	shift 2
	if "$@"; then
		ok "$name"
	else
		not_ok "$name" "$detail"
	fi
}

# empty <name> <text>: fails and shows the text if there is any.
empty() {
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1" "$2"
	fi
}

finish() {
	echo "1..$tests"
	if [ "$tests" -eq 0 ]; then
		echo "# no test was run"
		exit 1
	fi
	[ "$failed" -eq 0 ]
}
