#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of scripts/accel, which decides whether KVM is used. A stand-in for QEMU
# works, hangs or crashes.
# shellcheck source=scripts/tests/lib.sh
. "$(dirname "$0")/lib.sh"

# Make a tree whose scripts/qemu behaves as $T/mode says, and logs each start in
# $T/starts.
prepare() {
	mkdir -p tree/scripts
	cp "$TOP"/scripts/{accel,vm,lib.sh,vm-init} tree/scripts/
	cp "$TOP/kernels.txt" tree/
	echo ': >"$1"' | script tree/scripts/vm-initramfs
	script tree/scripts/kernel <<-END
		case \$1 in release) cat $T/release ;; root) echo $T/root ;; names) echo 6.1 ;;
		memory) echo 1024 ;; slower) echo 1 ;; esac
	END
	script tree/scripts/qemu <<-END
		if [ "\$*" = --version ]; then cat $T/version; exit; fi
		echo "\$*" >>$T/starts
		control=\$(echo "\$*" | sed -n 's/.*id=control,path=\([^ ]*\).*/\1/p')
		case \$(cat $T/mode) in
		works)	echo booted >>"\$control"; echo exit 0 >>"\$control" ;;
		hangs)	echo \$\$ >>$T/hanging; exec sleep 1000 ;;
		crashes) echo "qemu-system-x86_64: kvm_buf_set_msrs: Assertion failed." >&2; kill -ABRT \$\$ ;;
		dies)	echo booted >>"\$control" ;;
		interrupted) kill -TERM \$PPID; sleep 60 ;;
		esac
	END
	echo 6.1.0-1-amd64 >release
	echo "QEMU emulator version 8.2" >version
	echo works >mode
	: >starts
	: >kvm
	export REX_CACHE=$T/cache REX_KVM_DEVICE=$T/kvm REX_PROBE_SECONDS=3
	mkdir -p cache
	rm -f cache/*
	open_to_all .
}

accel() {
	try tree/scripts/accel 6.1
	[ "$status" = 0 ] || fail "accel ended with status $status: $output"
	answer=${output##*$'\n'}
}

probes() { # probes NUMBER
	same "$(wc -l <starts)" "$1"
}

kvm_that_works_is_used() {
	prepare
	accel
	same "$answer" "kvm it works"
	has "$(cat starts)" "-accel kvm"
	has "$(cat starts)" "-cpu host"
}

kvm_that_hangs_is_not_used() {
	local start=$SECONDS
	prepare
	echo hangs >mode
	accel
	same "$answer" "tcg KVM does not work: the VM did not boot within 3 s"
	[ $((SECONDS - start)) -lt 20 ] || fail "took $((SECONDS - start)) s"
	if kill -0 "$(cat hanging)" 2>/dev/null; then
		fail "the VM that hangs was left running"
	fi
}

kvm_that_crashes_at_start_is_not_used() {
	prepare
	echo crashes >mode
	accel
	has "$answer" "tcg KVM does not work: the VM ended before it had booted"
	has "$answer" "kvm_buf_set_msrs: Assertion failed."
}

kvm_whose_guest_dies_is_not_used() {
	prepare
	echo dies >mode
	accel
	same "$answer" "tcg KVM does not work: the VM died"
}

machine_without_kvm_is_not_probed() {
	prepare
	rm kvm
	accel
	same "$answer" "tcg this machine has no $T/kvm"
	probes 0
}

missing_permission_names_the_group() {
	local group
	prepare
	group=$(getent group | awk -F: '$3 > 0 && $3 < 1000 { print $1; exit }')
	[ "$(id -u)" = 0 ] || skip "needs root, to give a file to a group"
	chgrp "$group" kvm
	chmod 660 kvm
	try as_nobody tree/scripts/accel 6.1
	same "$output" "tcg nobody may not use $T/kvm; to change that: sudo adduser nobody $group, and log in again"
	probes 0
}

no_advice_is_to_join_group_root() {
	prepare
	[ "$(id -u)" = 0 ] || skip "needs root, to have a file that nobody may use"
	chown root:root kvm
	chmod 660 kvm
	try as_nobody tree/scripts/accel 6.1
	has "$output" "tcg nobody may not use $T/kvm; to change that: let root give it to a group"
	lacks "$output" adduser
}

device_that_does_not_open_is_named() {
	prepare
	rm kvm
	# Opening a socket fails, like a device without its driver.
	perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1) or die' "$T/kvm"
	chmod 666 kvm
	accel
	same "$answer" "tcg $T/kvm cannot be opened: No such device or address"
	probes 0
}

answer_is_remembered() {
	local mode
	for mode in works crashes; do
		prepare
		echo "$mode" >mode
		accel
		first=${answer%% *}
		probes 1
		echo works >mode
		accel
		probes 1
		same "${answer%% *}" "$first"
		has "$answer" "to try again: rm $T/cache/accel"
		rm cache/accel
		accel
		probes 2
		same "$answer" "kvm it works"
	done
}

interrupt_is_no_answer() {
	prepare
	echo interrupted >mode
	try tree/scripts/accel 6.1
	same "$status" 1
	has "$output" "the probe of KVM was interrupted"
	echo works >mode
	accel
	same "$answer" "kvm it works"
}

new_qemu_is_probed_again() {
	prepare
	echo crashes >mode
	accel
	echo works >mode
	echo "QEMU emulator version 9.0" >version
	accel
	same "$answer" "kvm it works"
	# The other machine still has its own answer.
	echo "QEMU emulator version 8.2" >version
	accel
	has "$answer" "tcg KVM does not work"
	probes 2
}

new_kernel_is_probed_again() {
	prepare
	accel
	echo crashes >mode
	echo 6.1.0-2-amd64 >release
	accel
	has "$answer" "tcg KVM does not work"
	probes 2
}

several_vms_probe_once() {
	local i
	prepare
	for i in 1 2 3 4; do
		tree/scripts/accel 6.1 >"answer$i" 2>/dev/null &
	done
	wait
	probes 1
	for i in 1 2 3 4; do
		has "$(cat answer"$i")" "kvm "
	done
}

variable_decides() {
	prepare
	REX_ACCEL=tcg accel
	same "$answer" "tcg REX_ACCEL says so"
	REX_ACCEL=kvm accel
	same "$answer" "kvm REX_ACCEL says so"
	probes 0
	REX_ACCEL=fast try tree/scripts/accel 6.1
	same "$status" 1
	has "$output" "REX_ACCEL is 'fast'; it can be kvm or tcg"
}

vm_uses_the_answer_and_says_why() {
	prepare
	echo crashes >mode
	accel
	echo works >mode
	: >starts
	try tree/scripts/vm -k 6.1 -- true
	same "$status" 0
	has "$(cat starts)" "-accel tcg"
	has "$output" "booting 6.1.0-1-amd64 with emulation: KVM does not work: the VM ended"
	same "$(grep -c with <<<"$output")" 1
}

vm_that_counts_instructions_is_emulated() {
	prepare
	accel
	: >starts
	try tree/scripts/vm -k 6.1 -n -- true
	has "$(cat starts)" "-accel tcg"
	has "$(cat starts)" "-icount"
	has "$output" "with emulation, to count instructions"
}

run_tests kvm_that_works_is_used kvm_that_hangs_is_not_used \
	kvm_that_crashes_at_start_is_not_used kvm_whose_guest_dies_is_not_used \
	machine_without_kvm_is_not_probed missing_permission_names_the_group \
	no_advice_is_to_join_group_root device_that_does_not_open_is_named \
	answer_is_remembered interrupt_is_no_answer new_qemu_is_probed_again new_kernel_is_probed_again \
	several_vms_probe_once variable_decides vm_uses_the_answer_and_says_why \
	vm_that_counts_instructions_is_emulated
