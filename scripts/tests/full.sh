#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make run` with only the packages: with an empty cache, and a home with a
# space in its name. It fetches the kernel and QEMU and makes the sysroot, which
# takes some minutes and 100 MB from the mirror, so `make test` does not run it.
# shellcheck source=scripts/tests/lib.sh
. "$(dirname "$0")/lib.sh"

USER_ID=61236

make_run_works_from_nothing_in_a_home_with_a_space() {
	[ "$(id -u)" = 0 ] || skip "needs root, to be another user"
	rm -rf "/var/tmp/rex-$USER_ID"
	mkdir -p "a b" src
	copy_tree src/rex
	chown -R "$USER_ID:$USER_ID" "a b" src
	try setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups \
		env -i PATH="$PATH" HOME="$T/a b" TERM=dumb make -C "$T/src/rex" run
	rm -rf "/var/tmp/rex-$USER_ID"
	[ "$status" = 0 ] || fail "make run failed: $output"
	grep -q 'Rust triggered from PID' <<<"$output" || fail "hello's line is missing: $output"
	grep -iE 'warning' <<<"$output" && fail "there is a warning"
	# Cargo has its own folder there.
	left=$(find "a b" -mindepth 1 -maxdepth 1 ! -name .cargo)
	[ -z "$left" ] || fail "left at home: $left"
}

run_tests make_run_works_from_nothing_in_a_home_with_a_space
