#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# TEST-DEADLINE: 300
# Tests of the runner: a test that misbehaves must not pass. Each case runs a
# small test under another runner.
# shellcheck source=kselftests/lib.sh
. "$REX_TESTS/lib.sh"

# Run a test with BODY, and set $result and $output.
run_body() { # run_body BODY [DEADLINE]
	mkdir -p tests
	printf '#!/bin/sh\n. "%s/lib.sh"\n%s\n' "$REX_TESTS" "$1" >tests/body
	chmod +x tests/body
	echo "* body expected*" >skips
	echo "^a run's .* in listed / " >races
	output=$("$REX_TESTS/run-tests" -k "$KERNEL" -m "$REX_KO" -s "$REX_TESTS/splats.txt" \
		-r races -x skips -u 1 "$PWD/tests" "body:${2:-30}") || true
	result=$(echo "$output" | sed -n 's/ in [0-9]* s$//; s/^\(.*ok\) 2 body # /\1: /p')
}

# Expect that the last run had RESULT and a remark with WORDS.
gave() { # gave RESULT [WORDS]
	if [ "$result" != "$1" ] || ! echo "$output" | grep -q "^# .*${2:-}"; then
		echo "$output" | sed 's/^/#   /'
		fail "result is \"$result\", not \"$1\" with the remark \"${2:-}\""
	fi
}

good_test_passes() {
	run_body 'echo 1..2; echo ok 1 a; echo "ok 2 - b"'
	gave "ok: passed 2 failed 0 skipped 0"
}

failed_case_fails() {
	run_body 'echo 1..2; echo ok 1 a; echo not ok 2 b'
	gave "not ok: passed 1 failed 1 skipped 0"
}

bad_status_fails() {
	run_body 'echo 1..1; echo ok 1 a; exit 3'
	gave "not ok: passed 1 failed 1 skipped 0" "ended with status 3"
}

killed_test_fails() {
	run_body 'echo 1..1; echo ok 1 a; kill -9 $$'
	gave "not ok: passed 1 failed 1 skipped 0" "killed by signal 9"
}

short_of_plan_fails() {
	run_body 'echo 1..2; echo ok 1 a'
	gave "not ok: passed 1 failed 1 skipped 0" "planned 2 results and gave 1"
}

no_plan_fails() {
	run_body 'echo ok 1 a'
	gave "not ok: passed 1 failed 1 skipped 0" "no plan"
}

wrong_number_fails() {
	run_body 'echo 1..2; echo ok 1 a; echo ok 3 b'
	gave "not ok: passed 2 failed 1 skipped 0" "result 3 where 2 was due"
}

hanging_test_is_killed_with_its_children() {
	run_body 'echo 1..1; echo ok 1 a; sleep 1000 & sleep 1000' 1
	gave "not ok: passed 1 failed 1 skipped 0" "not done after 1 s"
	[ -z "$(pidof sleep)" ] || fail "a child lives"
}

unexpected_skip_fails() {
	run_body 'echo 1..1; echo "ok 1 a # SKIP because"'
	gave "not ok: passed 0 failed 1 skipped 0" 'skip of "a" is not in'
}

expected_skip_is_fine() {
	run_body 'echo 1..1; echo "ok 1 expected one # SKIP because"'
	gave "ok: passed 0 failed 0 skipped 1"
}

splat_fails() {
	expect_dmesg "WARNING: CPU: 0 PID: 1 at a test of the runner"
	run_body 'echo "WARNING: CPU: 0 PID: 1 at a test of the runner" >/dev/kmsg; echo 1..1; echo ok 1 a'
	gave "not ok: passed 1 failed 1 skipped 0" "the kernel logged: WARNING"
}

announced_splat_is_fine() {
	run_body 'expect_dmesg "WARNING: .* announced"; echo "WARNING: at announced" >/dev/kmsg; echo 1..1; echo ok 1 a'
	gave "ok: passed 1 failed 0 skipped 0"
}

announced_line_has_to_come() {
	run_body 'expect_dmesg "comes la[t]er"; echo 1..1; echo ok 1 a'
	gave "not ok: passed 1 failed 1 skipped 0" "did not log: comes"
	# The line was announced to the runner of this test, too.
	echo "comes later" >/dev/kmsg
}

# Run a test that logs a report of KCSAN with LINEs in one of its traces.
run_body_with_race() { # run_body_with_race LINE...
	expect_dmesg "BUG: KCSAN: data-race in a / b"
	run_body "
		for line in ======== 'BUG: KCSAN: data-race in a / b' 'write to 0x10 of 8 bytes by task 1 on cpu 0:' \
			$(printf "' %s' " "$@") 'read to 0x10 of 8 bytes by task 2 on cpu 1:' ' b+0x1/0x2' \
			' c+0x1/0x2' ========; do
			echo \"\$line\" >/dev/kmsg
		done
		echo 1..1; echo ok 1 a"
}

data_race_of_the_module_fails() {
	run_body_with_race "rex_run_finish+0x1/0x2 [rex]"
	gave "not ok: passed 1 failed 1 skipped 0" \
		"the kernel logged a data race: read of 8 bytes in b / write of 8 bytes in rex_run_finish"
}

data_race_of_a_run_fails() {
	run_body_with_race "array_map_update_elem+0x1/0x2" "(unknown stack)"
	gave "not ok: passed 1 failed 1 skipped 0" \
		"the kernel logged a data race: a run's write of 8 bytes in array_map_update_elem"
}

listed_data_race_is_fine() {
	run_body_with_race "listed+0x1/0x2" "(unknown stack)"
	gave "ok: passed 1 failed 0 skipped 0" "0 data races of the kernel alone, 1 of the list"
}

data_race_of_the_kernel_alone_is_fine() {
	run_body_with_race "queue_work+0x1/0x2"
	gave "ok: passed 1 failed 0 skipped 0" "1 data races of the kernel alone, 0 of the list"
}

module_in_use_afterwards_fails() {
	mkfifo hold
	load_rex
	# This keeps the device open, out of reach of the inner runner.
	(exec 5</dev/rex; read -r _ <hold) &
	wait_until 10 grep -qx 1 /sys/module/rex/refcnt
	run_body 'echo 1..1; echo ok 1 a'
	echo >hold
	wait
	gave "not ok: passed 1 failed 1 skipped 0" "rmmod rex after body"
}

run_tests good_test_passes failed_case_fails bad_status_fails killed_test_fails \
	short_of_plan_fails no_plan_fails wrong_number_fails \
	hanging_test_is_killed_with_its_children unexpected_skip_fails \
	expected_skip_is_fine splat_fails announced_splat_is_fine \
	announced_line_has_to_come data_race_of_the_module_fails data_race_of_a_run_fails \
	listed_data_race_is_fine data_race_of_the_kernel_alone_is_fine \
	module_in_use_afterwards_fails
