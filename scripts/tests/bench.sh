#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of scripts/bench-host, which measures on this machine, and of what `make bench` does
# with the rows. Stand-ins replace insmod, rmmod, sudo and the benchmarks.
# shellcheck source=scripts/tests/lib.sh
. "$(dirname "$0")/lib.sh"

# Make a tree as if it were built, and a machine whose commands log what they do to $T/log.
prepare() {
	local object
	mkdir -p tree/scripts tree/build/{kmod/9.9-test,kselftests/bench,samples/bmc,userlib} \
		sys/module bin
	cp "$TOP"/scripts/{bench,bench-host,lib.sh} tree/scripts/
	for object in bench_pairs bench_maps bench_helpers bench_types bench_lock bench_loop empty_xdp heap; do
		: >tree/build/kselftests/"$object".rex.o
	done
	: >tree/build/samples/bmc/bmc.rex.o
	: >tree/build/kmod/9.9-test/rex.ko
	: >log
	echo 'echo 9.9-test' | script bin/uname
	echo "echo \"insmod \$*\" >>$T/log; mkdir $T/sys/module/rex" | script bin/insmod
	echo "echo \"rmmod \$*\" >>$T/log; rmdir $T/sys/module/rex" | script bin/rmmod
	echo 'shift 2; exec "$@"' | script bin/taskset
	echo 'exec "$@"' | script bin/sudo
	script tree/build/kselftests/bench/all <<-END
		echo "all \$BENCH_TIMES \$(cat $T/governor 2>/dev/null)" >>$T/log
		cat $T/rows
		exit \$(cat $T/status)
	END
	echo 0 >status
	cat >rows <<-'END'
		{"pair":"fnv1a","rex":50,"ebpf":100,"ebpf_load_ms":1.5,"result":1}
		{"pair":"sieve","rex":60,"refused":"too large","result":2}
		{"pair":"nothing","rex":30,"ebpf":10,"ebpf_load_ms":1}
		{"pair":"nothing_of_skbs","rex":25,"ebpf":20,"ebpf_load_ms":1}
		{"pair":"ktime","rex":90,"run":"nothing","ebpf":60,"ebpf_load_ms":1}
		{"pair":"skb_hash","rex":45,"run":"nothing_of_skbs","ebpf":30,"ebpf_load_ms":1}
		{"type":"xdp","ebpf":40,"rex":60}
		{"request":"get, 32 bytes","hook":"xdp","does":"is answered","ebpf":100,"rex":50}
		{"request":"get, 8 keys","hook":"xdp","does":"is answered","ebpf":900,"rex":80,"rex_does":"passes"}
		{"program":"hash_keys","instructions":167,"verified":18163,"bytes":848}
		{"program":"all in one","refused":"8193 jumps"}
		{"loop":1000,"ebpf_ms":7}
		{"loop":1000000,"rex_ms":5}
		{"cost":"load of bmc","unit":"ns","rex":10,"ebpf":20}
		{"cost":"a panic","unit":"instructions","rex":10}
	END
	export PATH=$T/bin:$PATH REX_SYS=$T/sys REX_CACHE=$T/cache
}

on_host() {
	try tree/scripts/bench-host
}

nothing_is_done_without_an_answer() {
	prepare
	on_host
	same "$status" 1
	has "$output" "there is no terminal to ask at: SURE=1 says"
	has "$output" "load $T/tree/build/kmod/9.9-test/rex.ko and unload it"
	same "$(cat log)" ""
}

what_is_said_comes_before_what_is_done() {
	prepare
	echo "echo 'it begins' >&2; mkdir $T/sys/module/rex" | script bin/insmod
	export SURE=1
	on_host
	same "$status" 0
	has "${output%%it begins*}" "attach programs that do nothing"
	has "${output#*it begins}" '"pair":"fnv1a"'
}

module_is_loaded_and_unloaded() {
	prepare
	export SURE=1
	on_host
	same "$(cat log)" "insmod $T/tree/build/kmod/9.9-test/rex.ko max_cpu_share=0
all 1 
rmmod rex"
}

governor_is_put_back_after_a_failure() {
	local files
	prepare
	files=sys/devices/system/cpu/cpu$(($(getconf _NPROCESSORS_ONLN) - 1))/cpufreq
	mkdir -p "$files"
	echo powersave >"$files/scaling_governor"
	ln -s "$files/scaling_governor" governor
	echo 1 >status
	export SURE=1
	on_host
	same "$status" 1
	has "$output" 'to "performance", and back to "powersave" at the end'
	has "$(cat log)" "all 1 performance"
	has "$(cat log)" "rmmod rex"
	same "$(cat governor)" powersave
}

loaded_module_is_left_alone() {
	prepare
	mkdir sys/module/rex
	export SURE=1
	on_host
	same "$status" 1
	has "$output" "rex.ko is loaded already"
	same "$(cat log)" ""
}

kernel_without_module_is_named() {
	prepare
	rm tree/build/kmod/9.9-test/rex.ko
	on_host
	same "$status" 1
	has "$output" "no rex.ko for the kernel that runs, 9.9-test"
	has "$output" "package linux-headers-9.9-test"
}

# Each kind of row is in a table, and in a plot.
every_row_is_shown() {
	local name plots=tree/build/bench
	command -v jq >/dev/null || skip "needs jq"
	prepare
	mkdir -p tree/build/testlib
	echo 'echo "no BPF here" >&2; exit 1' | script tree/build/testlib/pairs-host
	echo "cat >>$T/drawn" | script bin/gnuplot
	export SURE=1
	cd tree
	try scripts/bench host
	cd ..
	same "$status" 0
	has "$output" "no times on this machine's processor: no BPF here"
	has "$output" "## Linux 9.9-test, this machine"
	has "$output" "| fnv1a | 100 | 50 | 0.5 | 2 |"
	has "$output" "| sieve | refused: too large | 60 | |"
	has "$output" "| a run, nothing | 10 | 30 | 20 |"
	has "$output" "| ktime | 50 | 60 | 10 |"
	has "$output" "| skb_hash | 10 | 20 | 10 |"
	has "$output" "| xdp | 40 | 60 | 20 |"
	has "$output" "| get, 32 bytes | is answered | 100 | 50 | 0.5 |"
	has "$output" "| get, 8 keys | is answered | 900 | 80 (passes) |  |"
	has "$output" "| all in one | refused: 8193 jumps |"
	has "$output" "| 1000 | eBPF: 7 |"
	has "$output" "| load of bmc | ns | 20 | 10 |"
	same "$(cat "$plots"/metal.json)" "$(cat rows)"
	same "$(cat "$plots"/operations-metal.dat)" "ktime	1.2
skb_hash	2"
	same "$(cat "$plots"/bmc-metal.dat)" "get, 32 bytes	0.5"
	same "$(cat "$plots"/costs-metal.dat)" "load of bmc (ns)	0.5"
	for name in pairs operations types bmc costs costs-of-rex verified loops; do
		has "$(cat drawn)" "build/bench/$name.svg"
	done
}

place_that_does_not_exist_is_an_error() {
	prepare
	cd tree
	try scripts/bench moon 6.12
	same "$status" 1
	has "$output" "ON is 'moon'; it can be host or kvm, or empty"
}

kvm_that_does_not_work_gives_no_times() {
	prepare
	echo 'echo "tcg this machine has no /dev/kvm"' | script tree/scripts/accel
	cd tree
	try scripts/bench kvm 6.12
	same "$status" 1
	has "$output" "KVM does not work here, so a VM gives no times: this machine has no /dev/kvm"
}

run_tests nothing_is_done_without_an_answer what_is_said_comes_before_what_is_done \
	module_is_loaded_and_unloaded governor_is_put_back_after_a_failure \
	loaded_module_is_left_alone kernel_without_module_is_named every_row_is_shown \
	place_that_does_not_exist_is_an_error kvm_that_does_not_work_gives_no_times
