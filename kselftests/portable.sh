#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# One object works on every kernel: files that were built once, with the same
# checksums, load and run on this kernel.
# shellcheck source=kselftests/lib.sh
. "$REX_TESTS/lib.sh"

PIN=/sys/fs/bpf/portable
HELLO=$REX_TESTS/../samples/hello

objects_are_those_that_were_built() {
	(cd "$REX_TESTS" && sha256sum -c objects.sha256) >out || fail "$(grep -v OK out)"
	sed 's/^/# sha256 /' "$REX_TESTS/objects.sha256"
}

# No kernel loads these objects as they are: tracepoints.c and btf.c test the first two, and
# the machine code of the others is only accepted where a test turns its check off.
REFUSED='syscall_string.rex.o btf_unsafe.rex.o hostile_unsafe.rex.o sweep_unsafe.rex.o'

# Print what the load of an object needs.
options_of() { # options_of OBJECT
	case $1 in
	map_sizes.rex.o) echo --set-size values=16 ;;
	esac
}

every_object_loads() {
	while read -r _ object; do
		case " $REFUSED " in
		*" ${object##*/} "*) continue ;;
		esac
		# Before 6.3, no program may sleep at the function of the kernel's own tests.
		case ${object##*/}:$(uname -r) in
		sleepable_functions.rex.o:6.[0-2].* | soak_unsafe.rex.o:6.[0-2].*) continue ;;
		esac
		# shellcheck disable=SC2046 # words
		rexctl load $(options_of "${object##*/}") "$REX_TESTS/$object" >out 2>&1 || {
			sed 's/^/# /' out
			fail "${object##*/} does not load on $(uname -r)"
		}
	done <"$REX_TESTS/objects.sha256"
}

# Expect $1 lines in the whole trace.
triggered() {
	[ "$(grep -c 'Rust triggered from PID' /sys/kernel/tracing/trace)" = "$1" ]
}

pinned_object_runs_until_it_is_unpinned() {
	echo >/sys/kernel/tracing/trace
	rexctl load "$HELLO/hello.rex.o" --attach --pin $PIN >out
	"$HELLO/../trigger" hello
	wait_until 5 triggered 1
	rexctl show --json $PIN/rex_prog1 | grep -q '"runs": 1,'
	rm -r $PIN
	wait_until 10 grep -qx 0 /sys/module/rex/refcnt
	"$HELLO/../trigger" hello
	triggered 1
}

run_tests objects_are_those_that_were_built every_object_loads \
	pinned_object_runs_until_it_is_unpinned
