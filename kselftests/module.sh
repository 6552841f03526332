#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Loading and unloading of rex.ko.
# TEST-DEADLINE: 240
# shellcheck source=kselftests/lib.sh
. "$REX_TESTS/lib.sh"

module_is_loaded_once() {
	rex_loaded
	refused insmod "$REX_KO" 2>/dev/null
	rex_loaded
}

device_is_for_root_only() {
	[ -c /dev/rex ]
	[ "$(stat -c '%a %u %g' /dev/rex)" = "600 0 0" ]
}

device_goes_with_the_module() {
	unload_rex
	[ ! -e /dev/rex ]
	load_rex
	[ -c /dev/rex ]
}

open_device_holds_the_module() {
	exec 5</dev/rex
	refused rmmod_rex
	exec 5>&-
	unload_rex
	load_rex
}

module_loads_and_unloads_20_times() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		unload_rex
		load_rex
	done
}

# Bit 18 of the taints is TAINT_TEST.
tainted_by_tests() {
	[ $(($(cat /proc/sys/kernel/tainted) >> 18 & 1)) = 1 ]
}

protections_that_are_off_taint_the_kernel() {
	unload_rex
	insmod "$REX_KO" unprotected=1
	tainted_by_tests
	unload_rex
	load_rex
}

# Print the parameters that are for the test suite and can be set at any time.
hooks() {
	find /sys/module/rex/parameters -perm 600
}

hooks_need_a_module_for_tests() {
	unload_rex
	expect_dmesg 'it needs insmod rex.ko selftest=1'
	insmod "$REX_KO"
	[ "$(hooks | wc -l)" -ge 6 ]
	for hook in $(hooks); do
		refused sh -c "echo 1 >$hook" 2>/dev/null
		[ "$(cat "$hook")" = 0 ]
	done
	unload_rex
	load_rex
	for hook in $(hooks); do
		echo 1 >"$hook"
		echo 0 >"$hook"
	done
}

# insmod takes this kernel for another one, REX_OTHER_* of kmod/selftest.h, and says why not.
pretended_kernel_is_refused() { # pretended_kernel_is_refused MASK REGEX
	unload_rex
	expect_dmesg "$2"
	refused insmod "$REX_KO" "other_kernel=$1" 2>/dev/null
	load_rex
}

# No header of the kernel has the struct of these fields, so insmod compares some of them.
kernel_with_other_fields_of_tracepoints_is_refused() {
	pretended_kernel_is_refused 1 'field prev_pid of sched/sched_switch does not look as expected'
}

# Its hypervisor lets instructions of a program make an exception that the kernel takes on its
# own stacks only.
guest_with_encrypted_registers_is_refused() {
	pretended_kernel_is_refused 2 'guests of SEV-ES and SEV-SNP are not supported yet'
}

pv_guest_of_xen_is_refused() {
	pretended_kernel_is_refused 8 'PV guests of Xen are not supported'
}

# Programs may give it a bad address. The page fault ends the run only if the function has moved no
# stack pointer.
kernel_whose_memset_has_a_frame_is_refused() {
	pretended_kernel_is_refused 16 'the function vsnprintf of this kernel moves the stack pointer'
}

# Lockdep is off after an error of the kernel, and so are its reports.
oops_switches_lockdep_off() {
	grep -q ' lockdep_rcu_suspicious$' /proc/kallsyms
}

# insmod's own read through a null pointer is an error of the kernel then, which nothing dies of.
# The kernel stops its traces at an error.
kernel_with_another_handler_of_page_faults_is_refused() {
	if oops_switches_lockdep_off; then
		skip "an oops switches lockdep off"
	fi
	strict=$(cat /proc/sys/kernel/panic_on_oops)
	trap 'echo "$strict" >/proc/sys/kernel/panic_on_oops; echo 1 >/sys/kernel/tracing/tracing_on' EXIT
	echo 0 >/proc/sys/kernel/panic_on_oops
	expect_dmesg 'BUG: kernel NULL pointer dereference, address: 0000000000000008'
	expect_dmesg 'Oops: '
	expect_dmesg 'Call Trace:'
	pretended_kernel_is_refused 0x20 \
		'this kernel does not leave a read through a null pointer to the module'
}

kernel_with_the_frame_of_an_nmi_elsewhere_is_refused() {
	pretended_kernel_is_refused 0x40 'this kernel keeps the frame of an NMI elsewhere'
}

# Exceptions of eBPF programs came with 6.7.
kernel_that_walks_stacks_in_another_way_is_refused() {
	grep -q ' arch_bpf_stack_walk$' /proc/kallsyms ||
		skip "this kernel has no exceptions of eBPF programs"
	pretended_kernel_is_refused 0x4000 \
		'this kernel walks the stacks of eBPF programs in another way'
}

sysctl_that_the_hooks_need_is_named() {
	unload_rex
	trap 'echo 1 >/proc/sys/kernel/ftrace_enabled; load_rex' EXIT
	echo 0 >/proc/sys/kernel/ftrace_enabled 2>/dev/null ||
		skip "the kernel does not let ftrace be switched off, or something needs it"
	expect_dmesg 'cannot hook page_fault_oops .*: kernel.ftrace_enabled is 0'
	refused insmod "$REX_KO" 2>/dev/null
}

# insmod waits ten seconds for the end of its own carrier.
kernel_that_frees_programs_by_other_functions_is_refused() {
	pretended_kernel_is_refused 0x80 'the kernel frees BPF programs without bpf_prog_free'
}

# insmod compares these with the kernel's types.
needs_types() {
	[ -e /sys/kernel/btf/vmlinux ] || skip "this kernel has no BTF"
}

kernel_whose_function_has_other_parameters_is_refused() {
	needs_types
	pretended_kernel_is_refused 0x100 \
		'parameter 1 of bpf_map_get is an unsigned integer of 4 bytes in this kernel, and not a pointer'
}

# insmod takes this kernel for another one, and says what it does without.
pretended_kernel_is_accepted() { # pretended_kernel_is_accepted MASK REGEX
	unload_rex
	trap 'unload_rex; load_rex' EXIT
	expect_dmesg "$2"
	insmod "$REX_KO" "other_kernel=$1"
}

optional_function_of_other_parameters_is_not_used() {
	needs_types
	grep -q ' bpf_get_current_cgroup_id$' /proc/kallsyms || skip "this kernel has no cgroups"
	pretended_kernel_is_accepted 0x200 \
		'bpf_get_current_cgroup_id has 5 parameters in this kernel, and not 2: it is not used'
}

kernel_whose_dynptrs_have_the_size_elsewhere_is_refused() {
	pretended_kernel_is_refused 0x400 'the size of a dynptr does not look as expected'
}

# No kernel that is supported has fewer than insmod expects.
kernel_with_fewer_buffers_has_fewer_nested_calls() {
	needs_types
	refused sh -c "dmesg | grep 'this kernel has room for'"
	pretended_kernel_is_accepted 0x800 \
		'this kernel has room for 2 calls of bpf_event_output on top of each other, and not 3'
}

nmis_are_late_by_20_ms_at_most() {
	parameter=/sys/module/rex/parameters/late_nmi
	refused sh -c "echo 20001 >$parameter" 2>/dev/null
	refused sh -c "echo 4294967295 >$parameter" 2>/dev/null
	[ "$(cat $parameter)" = 0 ]
	echo 20000 >$parameter
	[ "$(cat $parameter)" = 20000 ]
	echo 0 >$parameter
}

highest_timeout_is_set_with_the_module_only() {
	parameter=/sys/module/rex/parameters/max_timeout_ms
	[ "$(cat $parameter)" = 5000 ]
	[ "$(stat -c %a $parameter)" = 444 ]
	unload_rex
	refused insmod "$REX_KO" max_timeout_ms=0 2>/dev/null
	insmod "$REX_KO" max_timeout_ms=70
	[ "$(cat $parameter)" = 70 ]
	unload_rex
	load_rex
}

run_tests module_is_loaded_once device_is_for_root_only device_goes_with_the_module \
	open_device_holds_the_module module_loads_and_unloads_20_times \
	protections_that_are_off_taint_the_kernel hooks_need_a_module_for_tests \
	kernel_with_other_fields_of_tracepoints_is_refused \
	guest_with_encrypted_registers_is_refused pv_guest_of_xen_is_refused \
	kernel_whose_memset_has_a_frame_is_refused \
	kernel_with_another_handler_of_page_faults_is_refused \
	kernel_with_the_frame_of_an_nmi_elsewhere_is_refused \
	kernel_that_walks_stacks_in_another_way_is_refused \
	sysctl_that_the_hooks_need_is_named \
	kernel_that_frees_programs_by_other_functions_is_refused \
	kernel_whose_function_has_other_parameters_is_refused \
	optional_function_of_other_parameters_is_not_used \
	kernel_whose_dynptrs_have_the_size_elsewhere_is_refused \
	kernel_with_fewer_buffers_has_fewer_nested_calls \
	nmis_are_late_by_20_ms_at_most \
	highest_timeout_is_set_with_the_module_only
