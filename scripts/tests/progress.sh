#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of the progress of long steps.
# shellcheck source=scripts/tests/lib.sh
. "$(dirname "$0")/lib.sh"

quick_step_is_quiet() {
	try "$TOP/scripts/progress" X quick true
	same "$status:$output" "0:"
}

long_step_says_how_long() {
	try "$TOP/scripts/progress" X "a sleep" sleep 6
	same "$status" 0
	grep -qE '^  X       a sleep: [5-9] s$' <<<"$output" || fail "$output"
}

status_and_output_are_the_commands() {
	try "$TOP/scripts/progress" X text sh -c 'echo out; exit 7'
	same "$status:$output" "7:out"
}

downloads_say_their_bytes() {
	mkdir files
	head -c 3000000 /dev/zero >files/part
	try bash -c '. "$1/scripts/lib.sh"; with_progress GET it "megabytes_in 9000000 files" sleep 6' \
		bash "$TOP"
	has "$output" "GET     it: 3 of 9 MB, "
	try bash -c '. "$1/scripts/lib.sh"; with_progress GET it "megabytes_in 0 files" sleep 6' \
		bash "$TOP"
	has "$output" "GET     it: 3 MB, "
}

# Nothing is left even if the script is killed.
nothing_is_left_running() {
	local left
	mkdir scripts
	cp "$TOP"/scripts/{progress,lib.sh} scripts/
	"$T/scripts/progress" X text sh -c "echo \$PPID >$T/pid; exec sleep 3" 2>/dev/null &
	disown
	until [ -s pid ]; do
		sleep 0.1
	done
	kill -KILL "$(cat pid)"
	sleep 7
	echo "$T/scripts/progress" >words
	left=$(grep -lsaF -f words /proc/[0-9]*/cmdline || true)
	same "$left" ""
}

run_tests quick_step_is_quiet long_step_says_how_long status_and_output_are_the_commands \
	downloads_say_their_bytes nothing_is_left_running
