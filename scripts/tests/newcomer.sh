#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make run` from a clean copy of the tree, by a user without root, sudo or a
# network, whose home is a link. Everything was fetched before; full.sh tests
# fetching.
# shellcheck source=scripts/tests/lib.sh
. "$(dirname "$0")/lib.sh"

USER_ID=61235

# Copy the files that `make run` has fetched and made, if this machine has them,
# to DIR.
copy_cache() { # copy_cache DIR
	local cache release qemu
	cache=$(bash -c '. "$1/scripts/lib.sh"; echo "$REX_CACHE"' bash "$TOP")
	release=$("$TOP/scripts/kernel" release "$NAME")
	"$TOP/scripts/qemu" --version >/dev/null
	mkdir -p "$1/kernels"
	cp -a "$cache/kernels/$NAME.packages" "$cache/kernels/$release" "$1/kernels/"
	cp -a "$("$TOP/scripts/rust/rustc" --rex-sysroot)" "$1/"
	for qemu in "$cache"/qemu/*/; do
		[ ! -d "$qemu" ] || { mkdir -p "$1/qemu"; cp -a "$qemu" "$1/qemu/"; }
	done
}

# Run COMMAND as another user without a network, whose home is a link.
newcomer() {
	unshare --net setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups \
		env -i PATH="$PATH" HOME="$T/link" TERM=dumb "$@" 2>&1
}

shows_hello() {
	has "$output" "# ../trigger hello"
	grep -qE 'bpf_trace_printk: \[hello::rex_prog1\] Rust triggered from PID [0-9]+ on CPU [0-9]+\.$' \
		<<<"$output" || fail "hello's line is missing: $output"
	has "$output" "make shell"
}

make_run_works_for_everybody() {
	local start
	[ "$(id -u)" = 0 ] || skip "needs root, to be another user"
	NAME=$("$TOP/scripts/kernel" names | head -n1)
	mkdir home
	ln -s home link
	copy_tree home/rex
	copy_cache home/.cache/rex
	# A rustup proxy without a toolchain comes first on PATH.
	echo 'echo "error: no toolchain" >&2; exit 1' | script tools/rustc
	cp tools/rustc tools/cargo
	PATH=$T/tools:$PATH
	chown -R "$USER_ID:$USER_ID" home
	try newcomer make -C "$T/link/rex" run
	[ "$status" = 0 ] || fail "make run failed: $output"
	shows_hello
	grep -iE 'warning' <<<"$output" && fail "there is a warning"
	[ ! -e home/rex/build/kselftests ] || fail "more was built than is shown"

	# This is the second run; it is time to ask the mirror again, which is
	# unreachable.
	touch -d '2 days ago' "home/.cache/rex/kernels/$NAME.packages"
	start=$SECONDS
	try newcomer make -C "$T/link/rex" run
	[ "$status" = 0 ] || fail "make run failed the second time: $output"
	shows_hello
	has "$output" "mirror not reachable; $NAME stays"
	echo "# the second time took $((SECONDS - start)) s"
}

run_tests make_run_works_for_everybody
