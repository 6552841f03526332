#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# TEST-DEADLINE: 600
#
# Commands of the documents for a machine with rex.ko, as in `make shell`, print
# what the document shows. A test is named by its document and line. The blocks
# and their runner come from docs/Makefile.
# shellcheck source=kselftests/lib.sh
. "$REX_TESTS/lib.sh"

BLOCKS=$REX_TESTS/docs

is_unused() {
	grep -qx 0 /sys/module/rex/refcnt
}

# Run a block. It begins with an empty trace, and with the module unless the
# block loads it, and must leave nothing.
block() { # block WHERE TEXT MARKER
	if grep -q '^. .*insmod ' "$2"; then
		! rex_loaded || unload_rex
	else
		load_rex
	fi
	echo >/sys/kernel/tracing/trace
	cd /rex
	"$BLOCKS/session" -t 60 "$1" "$2" "$3" || exit 1
	! rex_loaded || wait_until 10 is_unused
}

# Wrong output fails here, too.
wrong_output_fails() {
	printf '# echo hi\nho\n' >wrong
	if "$BLOCKS/session" -t 1 wrong:1 wrong >said; then
		fail "it passes"
	fi
	grep -qx '# wrong:2: echo hi' said
}

# Run a test in a subshell that ends at the first failure.
result() { # result NAME COMMAND...
	number=$((number + 1))
	name=$1
	shift
	(
		set -e
		"$@"
	) </dev/null
	case $? in
	0) echo "ok $number $name" ;;
	*) echo "not ok $number $name" ;;
	esac
}

rex-up
number=0
echo "KTAP version 1"
echo "1..$(($(wc -l <"$BLOCKS/index") + 1))"
result wrong_output_fails wrong_output_fails
while IFS="$(printf '\t')" read -r _ where block _ marker; do
	[ "$marker" != - ] || marker=
	result "$where" block "$where" "$BLOCKS/$block.text" "$marker"
done <"$BLOCKS/index"
