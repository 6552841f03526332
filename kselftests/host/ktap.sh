# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Prints results as KTAP, for the checks of what is built. Source it.
number=0 failed=0

result() { # result NAME COMPLAINTS
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number $1"
	else
		failed=$((failed + 1))
		printf '%s\n' "$2" | sed 's/^/# /'
		echo "not ok $number $1"
	fi
}
