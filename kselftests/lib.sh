# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# The harness of the shell kselftests (busybox ash). A test file is
#
#	. "$REX_TESTS/lib.sh"
#
#	the_name_is_a_claim() {
#		[ "$(cat /sys/module/rex/refcnt)" = 0 ]
#	}
#
#	run_tests the_name_is_a_claim ...
#
# Each function runs in a subshell under `set -e`: the first command that fails
# fails the test. rex.ko is loaded before each test program and unloaded after
# it by the runner. The environment has REX_TESTS (this folder), REX_KO (the
# module's file), KERNEL (its name in kernels.txt) and REX_SLOWER (how many
# times longer limits of time are on this kernel). An optional comment
# "TEST-DEADLINE: 300" sets the seconds for the whole file.

# Print the reason, and fail.
fail() {
	echo "# $*"
	exit 1
}

# End this test as skipped. It must be in expected-skips.txt.
skip() {
	echo "# SKIP $*"
	exit 4
}

# Succeed if the command fails.
refused() {
	if "$@"; then
		fail "succeeded: $*"
	fi
}

# Poll until the command succeeds, at most SECONDS.
wait_until() { # wait_until SECONDS COMMAND...
	_end=$(($(date +%s) + $1 * ${REX_SLOWER:-1}))
	shift
	until "$@"; do
		[ "$(date +%s)" -le "$_end" ] || fail "timed out waiting for: $*"
		usleep 20000
	done
}

# Announce that the kernel will log a line that matches the POSIX extended
# regular expression. That line is no splat, and the test fails without it.
expect_dmesg() {
	echo "rex-test: expect $1" >/dev/kmsg
}

rex_loaded() {
	[ -e /sys/module/rex/refcnt ]
}

# Load rex.ko with the hooks of the test suite.
load_rex() {
	rex_loaded || insmod "$REX_KO" selftest=1
}

# Unload rex.ko, after waiting for references that are dropped asynchronously.
unload_rex() {
	wait_until 10 rmmod_rex
}

rmmod_rex() {
	rmmod rex 2>/dev/null
}

run_tests() {
	echo "KTAP version 1"
	echo "1..$#"
	_n=0
	for _test; do
		_n=$((_n + 1))
		(
			set -e
			"$_test"
		)
		case $? in
		0) echo "ok $_n $_test" ;;
		4) echo "ok $_n $_test # SKIP" ;;
		*) echo "not ok $_n $_test" ;;
		esac
	done
}
