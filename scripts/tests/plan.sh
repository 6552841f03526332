#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of scripts/test: the plan, the counts and the messages. A stand-in for
# scripts/vm-rex prints the results in $T/results, if there are any.
# shellcheck source=scripts/tests/lib.sh
. "$(dirname "$0")/lib.sh"

# Make a tree with two kernels and the tests one, two and hostile_cpus.
prepare() {
	mkdir -p tree/scripts tree/kselftests tree/build/kselftests tree/build/host
	cp "$O/host/ktap" tree/build/host/
	cp "$TOP"/scripts/{test,kernel,lib.sh,apt.sh} tree/scripts/
	cp "$TOP"/kselftests/{expected-skips,splats}.txt tree/kselftests/
	printf '%s\n' "6.1 required a" "6.12 required b" >tree/kernels.txt
	printf '%s\n' one two:60 hostile_cpus >tree/build/kselftests/tests.list
	# A VM runs for a second, or for $T/seconds.
	script tree/scripts/vm-rex <<-END
		while getopts k:l:c:t:a: option; do
			case \$option in k) k=\$OPTARG ;; l) l=\$OPTARG ;; c) c=\$OPTARG ;; esac
		done
		echo "start \$k \$c" >>$T/events
		echo "tests \$k \$*" >>$T/events
		cat $T/console >"\$l" 2>/dev/null || echo "console of \$k with \$c" >"\$l"
		sleep \$(cat $T/seconds 2>/dev/null || echo 1)
		if [ -e $T/results ]; then cat $T/results; else
			echo "1..2"; echo "# test one"
			echo "    ok 1 a"; echo "    ok 2 b"
			echo "ok 1 one # passed 2 failed 0 skipped 1 in 3 s"; echo "# done"
		fi
		echo "end \$k \$c" >>$T/events
		exit \$(cat $T/status 2>/dev/null || echo 0)
	END
	: >events
	export REX_CACHE=$T/cache REX_MEMORY=100000
}

run() { # run OPTION...
	try tree/scripts/test "$@"
}

# Print the largest number of VMs at a time.
most() {
	awk '$1 == "start" { n++; if (n > max) max = n } $1 == "end" { n-- } END { print max + 0 }' events
}

two_cpus_run_one_vm_at_a_time() {
	prepare
	REX_CPUS=2 run -t '^one$'
	same "$status" 0
	same "$(most)" 1
	lacks "$output" "[6.1]"
}

four_cpus_run_two_vms_side_by_side() {
	prepare
	REX_CPUS=4 run -t '^one$'
	same "$status" 0
	same "$(most)" 2
}

# Print the tests that the VM of KERNEL gets.
tests_of() { # tests_of KERNEL
	sed -n "s/^tests $1 //p" events
}

long_tests_run_on_one_kernel_each() {
	prepare
	printf '%s\n' one hostile_ioctls hostile_tracers:40 load_numbers \
		>tree/build/kselftests/tests.list
	echo 0 >seconds
	REX_CPUS=2 run
	has "$(tests_of 6.1)" " one hostile_ioctls"
	lacks "$(tests_of 6.1)" hostile_tracers
	has "$(tests_of 6.12)" " one hostile_tracers:40 load_numbers"
	lacks "$(tests_of 6.12)" hostile_ioctls
}

long_tests_run_on_the_next_kernel_after_a_commit() {
	local git=(git -C tree -c user.name=a -c user.email=a@example.org)
	prepare
	printf '%s\n' one hostile_ioctls hostile_tracers:40 >tree/build/kselftests/tests.list
	echo 0 >seconds
	git -C tree init -q
	"${git[@]}" commit -q --allow-empty -m first
	REX_CPUS=2 run
	has "$(tests_of 6.1)" " one hostile_tracers:40"
	has "$(tests_of 6.12)" " one hostile_ioctls"
	: >events
	"${git[@]}" commit -q --allow-empty -m second
	REX_CPUS=2 run
	has "$(tests_of 6.1)" " one hostile_ioctls"
	has "$(tests_of 6.12)" " one hostile_tracers:40"
}

long_tests_run_on_all_kernels_if_asked_for() {
	prepare
	printf '%s\n' one hostile_ioctls hostile_tracers:40 >tree/build/kselftests/tests.list
	echo 0 >seconds
	REX_CPUS=2 run -t '^(one|hostile_ioctls)$'
	has "$(tests_of 6.1)" "one hostile_ioctls"
	has "$(tests_of 6.12)" "one hostile_ioctls"
	: >events
	REX_CPUS=2 run -k 6.12
	has "$(tests_of 6.12)" "one hostile_ioctls hostile_tracers:40"
	: >events
	REX_CPUS=2 run -a
	has "$(tests_of 6.1)" "one hostile_ioctls hostile_tracers:40"
	has "$(tests_of 6.12)" "one hostile_ioctls hostile_tracers:40"
}

isolated_cpus_are_in_a_vm_of_their_own() {
	prepare
	printf '%s\n' one isolated_cpus >tree/build/kselftests/tests.list
	echo 0 >seconds
	REX_CPUS=2 run
	same "$(grep -c isolated_cpus events)" 1
	has "$(grep isolated_cpus events)" " -c 4 "
	has "$(grep isolated_cpus events)" " isolcpus=2-3 nohz_full=3 "
	has "$(tests_of 6.1)" " one"
	: >events
	REX_CPUS=2 run -a
	same "$(grep -c isolated_cpus events)" 2
	same "$(grep -c isolcpus= events)" 2
}

each_vm_has_a_console_log_of_its_own() {
	prepare
	REX_CPUS=8 run -t '^(one|hostile_cpus)$'
	same "$(cat tree/build/log/6.1.console)" "console of 6.1 with 2"
	same "$(cat tree/build/log/6.12.console)" "console of 6.12 with 2"
	same "$(cat tree/build/log/6.1-4-cpus.console)" "console of 6.1 with 4"
}

lines_of_parallel_vms_name_the_vm() {
	prepare
	REX_CPUS=4 run -t '^one$'
	has "$output" "[6.1] ok 1 one # passed 2 failed 0 skipped 1 in 3 s [1 of 2, "
	has "$output" "[6.12] ok 1 one # passed 2"
}

# The stand-in of nproc says that this machine has one processor.
processor_counts_for_two_cpus() {
	prepare
	mkdir -p bin
	echo 'echo 1' | script bin/nproc
	PATH=$T/bin:$PATH run -t '^one$'
	same "$(most)" 1
	: >events
	echo 'echo 2' | script bin/nproc
	PATH=$T/bin:$PATH run -t '^one$'
	same "$(most)" 2
}

memory_is_not_used_up() {
	prepare
	REX_CPUS=16 REX_MEMORY=2000 run -t '^one$'
	same "$status" 0
	same "$(most)" 1
}

vm_that_is_too_large_runs_alone() {
	prepare
	REX_CPUS=2 REX_MEMORY=100 run -t '^hostile_cpus$'
	same "$status" 0
	same "$(most)" 1
	same "$(grep -c 'start .* 4' events)" 2
}

no_more_cpus_are_used_than_there_are() {
	local most
	prepare
	REX_CPUS=5 run -t '^(one|hostile_cpus)$'
	most=$(awk '$1 == "start" { n += $3; if (n > max) max = n } $1 == "end" { n -= $3 } END { print max }' events)
	if [ "$most" -lt 4 ] || [ "$most" -gt 5 ]; then
		fail "VMs had $most CPUs at a time"
	fi
}

table_has_what_ran_and_results_are_last() {
	prepare
	REX_CPUS=4 run -t '^one$'
	grep -qE '^kernel-6\.1 +2 +2 +0 +1 +[0-9]+ s$' <<<"$output" || fail "no line of 6.1: $output"
	grep -qE '^kernel-6\.12 +2 +2 +0 +1 ' <<<"$output" || fail "no line of 6.12: $output"
	grep -qE '^all +4 +0 +2 ' <<<"$output" || fail "no sum: $output"
	same "${output##*$'\n'}" "4 passed, 0 failed"
	same "$(cat tree/build/log/summary)" "4 passed, 0 failed"
}

failures_are_counted_of_every_vm() {
	prepare
	cat >results <<-'END'
		1..1
		# test one
		    not ok 1 a
		ok 2 b
		not ok 1 one # passed 1 failed 2 skipped 0 in 3 s
		# done
	END
	echo 1 >status
	REX_CPUS=4 run -t '^one$'
	same "$status" 1
	has "$output" "[6.12]     not ok 1 a"
	same "${output##*$'\n'}" "2 passed, 4 failed"
	has "$output" "failed: 6.1: one a"$'\n'"failed: 6.1: see build/log/6.1.*"
	has "${output#*failed: 6.1: see}" "failed: 6.12: one a"
}

# The stand-in's test fails in the first VM, and passes when it is repeated.
failure_that_a_repetition_mended_is_not_named() {
	prepare
	script tree/scripts/vm-rex <<-END
		echo "1..2"; echo "# test one"
		if [ -e $T/second ]; then echo "    ok 1 a"; else echo "    not ok 1 a"; fi
		echo "    ok 2 b"
		if [ -e $T/second ]; then
			echo "ok 1 one # passed 2 failed 0 skipped 0 in 3 s"
		else
			echo "not ok 1 one # passed 1 failed 1 skipped 0 in 3 s"
		fi
		echo "# test hostile_cpus"; echo "    not ok 1 c"
		echo "not ok 2 hostile_cpus # passed 0 failed 1 skipped 0 in 3 s"
		echo "# done"
		touch $T/second
		exit 1
	END
	REX_CPUS=2 run -k 6.1 -c 2 -t '^(one|hostile_cpus)$'
	same "$status" 1
	has "$output" "one failed, and passed when it was repeated"
	lacks "$output" "failed: 6.1-2-cpus: one a"
	has "$output" "failed: 6.1-2-cpus: hostile_cpus c"
}

# The stand-in's VM ends by an int3 in test two, where memory has the byte $T/byte. After that,
# all tests pass. LINE is in the log before that, and RIP where it happened.
prepare_int3() { # prepare_int3 BYTE [LINE [RIP]]
	prepare
	script tree/scripts/accel <<<'echo tcg this is a test'
	script tree/scripts/vm-rex <<-END
		while getopts k:l:c:t:a: option; do
			case \$option in l) l=\$OPTARG ;; esac
		done
		echo "vm \$*" >>$T/events
		number=0
		for test in one two; do
			case " \$* " in *" \$test"[:\ ]*) ;; *) continue ;; esac
			echo "# test \$test"
			if [ ! -e $T/second ] && [ "\$test" = two ]; then
				touch $T/second
				printf '%s\r\n' "[ 0.8] WARNING: of test one" "[ 0.9] rex-test: begin two" \
					"[ 1.1] ${2:-all is well}" "[ 1.2] int3: 0000 [#1]" \
					"[ 1.3] RIP: 0010:${3:-f+0x5/0x9}" "[ 1.4] Code: 1e fa $1 <d7> 3d" \
					"[ 1.5] Code: 1e fa 66 <d7> 3d" >"\$l"
				exit 123
			fi
			number=\$((number + 1))
			echo "    ok 1 a"; echo "ok \$number \$test # passed 1 failed 0 skipped 0 in 3 s"
		done
		echo "1..\$number"; echo "# done"
	END
}

# What the emulated CPU executed is not in memory.
test_that_the_emulator_ended_is_repeated() {
	prepare_int3 e9
	REX_CPUS=2 run -k 6.1 -c 2 -t '^(one|two)'
	same "$status" 0
	has "$output" "executed an int3 that was not there, in test two"
	has "$output" "1 test programs failed once"
	same "${output##*$'\n'}" "2 passed, 0 failed"
	same "$(grep -c '^vm' events)" 2
}

# Nor is it repeated a second time.
int3_that_is_in_memory_fails() {
	prepare_int3 cc
	REX_CPUS=2 run -k 6.1 -c 2 -t '^(one|two)'
	same "$status" 1
	has "$output" "not ok - kernel 6.1 ended with status 123 in test two"
	same "${output##*$'\n'}" "1 passed, 1 failed"
	# The end of the output says it again, with the complaint and its place.
	has "${output#*failed: 6.1-2-cpus: kernel 6.1 ended with status 123 in test two: }" "int3: 0000 "
	has "${output#*failed: 6.1-2-cpus: kernel 6.1 ended with status 123 in test two: }" "RIP: 0010:"
	rm second
	prepare_int3 e9 "BUG: KASAN: null-ptr-deref"
	REX_CPUS=2 run -k 6.1 -c 2 -t '^(one|two)'
	has "$output" "not ok - kernel 6.1 ended with status 123 in test two"
	rm second
	prepare_int3 e9 "" "rex_bind+0x5/0x9 [rex]"
	REX_CPUS=2 run -k 6.1 -c 2 -t '^(one|two)'
	has "$output" "not ok - kernel 6.1 ended with status 123 in test two"
	rm second
	prepare_int3 e9
	sed -i 's/^.*touch .*second$//' tree/scripts/vm-rex
	REX_CPUS=2 run -k 6.1 -c 2 -t '^(one|two)'
	same "$status" 1
	has "$output" "executed an int3 that was not there, in test two"
	has "$output" "not ok - kernel 6.1 ended with status 123 in test two"
	same "$(grep -c '^vm' events)" 2
}

kernel_that_does_not_boot_gives_125() {
	prepare
	: >results
	echo 125 >status
	REX_CPUS=4 run -t '^one$'
	same "$status" 125
	has "$output" "[6.1] # kernel 6.1 did not boot"
	same "${output##*$'\n'}" "0 passed, 2 failed"
}

# A unit that ends without results has failed.
unit_without_results_fails() {
	prepare
	echo 'kill -KILL $PPID' | script tree/scripts/vm-rex
	REX_CPUS=2 run -k 6.1 -t '^one$'
	same "$status" 1
	has "$output" "not ok - 6.1 did not complete"
	same "${output##*$'\n'}" "0 passed, 1 failed"
}

interrupt_ends_all_vms() {
	local pid
	prepare
	echo 60 >seconds
	REX_CPUS=4 "$T/tree/scripts/test" -t one >out 2>&1 &
	pid=$!
	until [ "$(grep -c start events)" = 2 ]; do
		sleep 0.1
	done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	same "$status" 143
	sleep 1
	echo "$T/tree" >words
	same "$(grep -lsaF -f words /proc/[0-9]*/cmdline || true)" ""
}

duration_is_said_first_and_remembered() {
	prepare
	REX_CPUS=2 run -e -t '^one$'
	same "$status" 0
	has "$output" "TEST    about 44 s, of which 4 parts are guessed: they have not run here yet"
	same "$(cat events)" ""
	REX_CPUS=2 run -t '^one$'
	sed -i 's/ - .*/ - 200/' cache/durations
	REX_CPUS=2 run -e -t '^one$'
	same "$output" "  TEST    about 7 min, as it was the last time"
	REX_CPUS=4 run -e -t '^one$'
	same "$output" "  TEST    about 3 min, as it was the last time"
}

long_test_says_so_while_it_runs() {
	prepare
	echo 14 >seconds
	REX_CPUS=2 run -k 6.1 -t '^one$'
	grep -qE "TEST    kernel 6.1: boot, 1[0-4] s" <<<"$output" ||
		fail "it was silent about the boot: $output"
}

pattern_that_matches_nothing_is_an_error() {
	prepare
	run -t nosuchtest
	same "$status" 1
	has "$output" "no test matches 'nosuchtest'"
	run -k 5.4
	same "$status" 1
	has "$output" "no kernel '5.4' in kernels.txt"
}

debug_kernels_run_if_asked_for_with_longer_limits() {
	prepare
	echo "debug-6.12 debug b config:debug" >>tree/kernels.txt
	run -t '^one$'
	same "$status" 0
	lacks "$(cat events)" debug-6.12
	has "$(cat events)" "-f 1 "
	: >events
	run -k debug
	same "$status" 0
	has "$(cat events)" "tests debug-6.12 "
	has "$(cat events)" "-f 4 "
	lacks "$(cat events)" "tests 6.1"
	lacks "$output" host-kmod
	lacks "$output" unprotected
}

# rex.ko is not loaded then, so that a data race is not its own.
complaint_after_the_last_test_fails() {
	prepare
	printf '%s\n' 'WARNING: in one' 'rex-test: end one' 'WARNING: later' >console
	run -t '^one$' -k 6.12
	same "$status" 1
	has "$output" "kernel 6.12 complained after the last test: WARNING: later"
	printf '%s\n' 'rex-test: end one' 'BUG: KCSAN: data-race in a / b' >console
	run -t '^one$' -k 6.12
	same "$status" 0
}

# A VM that dies shows that the protection was needed; one that is not done in time need not.
unprotected_test_that_is_not_done_in_time_fails() {
	prepare
	script tree/scripts/vm-rex <<-END
		while getopts k:l:c:t:a: option; do
			case \$option in l) l=\$OPTARG ;; esac
		done
		shift \$((OPTIND - 1))
		echo "rex: protections \${2#*=unprotected=} are off" | tee "\$l"
		exit \$(cat $T/status)
	END
	echo 123 >status
	REX_CPUS=4 run -t '^unprotected-stack'
	same "$status" 0
	echo 124 >status
	REX_CPUS=4 run -t '^unprotected-stack'
	same "$status" 1
	has "$output" "not ok - unprotected-stack: hostile_stack was not done in time"
	REX_CPUS=4 run -t '^unprotected-time'
	same "$status" 0
}

# Make a tree with a company that has each field.
prepare_company() {
	prepare
	printf '%s\n' "# comment" "crowd  3  4  Some-Model  true  one|other  -  first=1 second=2" \
		"plain 1 2 - - - - -" >tree/scripts/company.txt
	script tree/scripts/vm-rex <<-END
		echo "cpu=\$REX_CPU tool=\$REX_TOOL \$*" >>$T/events
		cat $T/results
		exit \$(cat $T/status 2>/dev/null || echo 0)
	END
	printf '%s\n' "1..1" "# test two" "    ok 1 a" "ok 1 two # passed 1 failed 0 skipped 0 in 3 s" \
		"# done" >results
}

company_is_beside_the_tests_in_the_vm() {
	prepare_company
	REX_CPUS=4 run -k 6.12 -w crowd
	same "$status" 0
	has "$(cat events)" "cpu=Some-Model tool=true -k 6.12 -l $T/tree/build/log/6.12-crowd.console -c 4 -t 10800"
	has "$(cat events)" "-a log_buf_len=4M first=1 second=2 -m 2048 -- /rex/bin/company crowd /rex/kselftests/run-tests"
	has "$(cat events)" "-f 3 "
	has "$(cat events)" "/rex/kselftests two:60 hostile_cpus"
	lacks "$output" host-kmod
	lacks "$output" unprotected
	has "$output" "kernel-6.12                 4       1       0"
}

# Each other caller of vm-rex leaves REX_TOOL unset.
vm_has_the_tools_that_are_named() {
	mkdir -p tree/scripts tree/build
	cp "$TOP"/scripts/{vm-rex,lib.sh} tree/scripts/
	echo 'echo 6.1.0-1-amd64' | script tree/scripts/kernel
	echo 'echo "/unpacked/$1"' | script tree/scripts/unpacked
	echo 'echo "$*"' | script tree/scripts/vm
	unset REX_TOOL
	try tree/scripts/vm-rex -k 6.1 -- true
	same "$status" 0
	has "$output" "-f /unpacked/memcached:usr/bin/memcached -k 6.1 -- true"
	REX_TOOL=env,true try tree/scripts/vm-rex -k 6.1
	has "$output" "-f $(type -P env):usr/bin/env -f $(type -P true):usr/bin/true -k 6.1"
	REX_TOOL=env,no-such-tool try tree/scripts/vm-rex -k 6.1
	same "$status" 1
	has "$output" "no-such-tool is not installed: \`make test-company\` installs it"
}

company_need_not_change_anything() {
	prepare_company
	REX_CPUS=4 run -k 6.12 -t '^two' -w plain
	same "$status" 0
	has "$(cat events)" "cpu= tool= -k 6.12"
	has "$(cat events)" "-f 1 "
}

company_that_does_nothing_fails() {
	prepare_company
	echo 1 >status
	REX_CPUS=4 run -k 6.12 -t '^two' -w plain
	same "$status" 1
	has "$output" "not ok - company plain has done nothing"
	same "${output##*$'\n'}" "1 passed, 1 failed"
}

company_that_has_no_row_is_an_error() {
	prepare_company
	run -w nobody
	same "$status" 1
	has "$output" "scripts/company.txt has no row 'nobody'"
}

table_of_companies_is_last() {
	prepare_company
	cp "$TOP/scripts/test-company" tree/scripts/
	REX_CPUS=4 try tree/scripts/test-company -k 6.12 -t '^two' crowd plain
	same "$status" 0
	same "$(tail -n 3 <<<"$output" | tr -s ' ' | cut -d' ' -f1-5)" "company kernel passed failed skipped
crowd 6.12 1 0 0
plain 6.12 1 0 0"
	try tree/scripts/test-company nobody
	same "$status" 1
	has "$output" "its rows are: crowd plain"
}

kernels_that_are_too_old_for_a_company_are_left_out() {
	prepare_company
	cp "$TOP/scripts/test-company" tree/scripts/
	echo "modern 1 2 - - - 6.9 -" >>tree/scripts/company.txt
	script tree/scripts/kernel <<-END
		case \$1 in
		names)	 printf '%s\n' \${2:-6.1 6.12} | tr ' ' '\n' | grep -v nothing ;;
		release) echo "\$2.95-test" ;;
		memory)	 echo 1024 ;;
		slower)	 echo 1 ;;
		esac
	END
	REX_CPUS=4 try tree/scripts/test-company -t '^two' modern
	same "$status" 0
	same "$(tail -n 2 <<<"$output" | tr -s ' ' | cut -d' ' -f1-5)" "modern 6.1 before Linux 6.9
modern 6.12 1 0 0"
	lacks "$(cat events)" "tests 6.1 "
	try tree/scripts/test-company -k nothing -t '^two' modern
	same "$status" 1
	has "$output" "kernels.txt has no kernel 'nothing'"
	REX_CPUS=4 try tree/scripts/test-company -k 6.1 -t '^two' modern
	same "$status" 0
	same "$(tail -n 1 <<<"$output" | tr -s ' ' | cut -d' ' -f1-5)" "modern 6.1 before Linux 6.9"
}

companies_that_fail_do_not_end_the_run() {
	prepare_company
	cp "$TOP/scripts/test-company" tree/scripts/
	sed -i 's/    ok 1 a/    not ok 1 a/; s/^ok 1 two # passed 1 failed 0/not ok 1 two # passed 0 failed 1/' results
	REX_CPUS=4 try tree/scripts/test-company -k 6.12 -t '^two' crowd plain
	same "$status" 1
	same "$(tail -n 1 <<<"$output" | tr -s ' ' | cut -d' ' -f1-5)" "plain 6.12 0 1 0"
}

# Each row has the fields that scripts/test reads, and work, an argument or a CPU of its own.
rows_of_companies_are_complete() {
	local name slower cpus cpu without since arguments
	while read -r name slower cpus cpu _ without since arguments; do
		[[ $slower =~ ^[0-9]+$ && $cpus =~ ^[0-9]+$ && -n $without && $since =~ ^(-|[0-9]+\.[0-9]+)$ ]] || fail "row $name: $slower, $cpus, $without, $since"
		grep -q "^count_$name() " "$TOP/scripts/guest/company" || fail "nothing counts the work of $name"
		[ -n "$arguments" ] || [ "$cpu" != - ] || grep -q "^begin_$name() " "$TOP/scripts/guest/company" ||
			fail "$name has neither arguments nor work, nor a CPU of its own"
	done < <(. "$TOP/scripts/lib.sh" && company_rows)
}

run_tests debug_kernels_run_if_asked_for_with_longer_limits complaint_after_the_last_test_fails \
	long_tests_run_on_one_kernel_each long_tests_run_on_the_next_kernel_after_a_commit \
	long_tests_run_on_all_kernels_if_asked_for \
	two_cpus_run_one_vm_at_a_time four_cpus_run_two_vms_side_by_side \
	isolated_cpus_are_in_a_vm_of_their_own each_vm_has_a_console_log_of_its_own lines_of_parallel_vms_name_the_vm \
	processor_counts_for_two_cpus memory_is_not_used_up vm_that_is_too_large_runs_alone no_more_cpus_are_used_than_there_are \
	table_has_what_ran_and_results_are_last failures_are_counted_of_every_vm \
	failure_that_a_repetition_mended_is_not_named \
	test_that_the_emulator_ended_is_repeated int3_that_is_in_memory_fails \
	kernel_that_does_not_boot_gives_125 unit_without_results_fails interrupt_ends_all_vms \
	duration_is_said_first_and_remembered long_test_says_so_while_it_runs \
	pattern_that_matches_nothing_is_an_error \
	unprotected_test_that_is_not_done_in_time_fails \
	company_is_beside_the_tests_in_the_vm vm_has_the_tools_that_are_named company_need_not_change_anything company_that_does_nothing_fails \
	company_that_has_no_row_is_an_error table_of_companies_is_last \
	kernels_that_are_too_old_for_a_company_are_left_out \
	companies_that_fail_do_not_end_the_run rows_of_companies_are_complete
