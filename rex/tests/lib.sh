# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Functions that the test scripts share: KTAP output, and compiling a program.
# Every script ends with `finish`.

# The build directory. Paths that a tool prints are compared with it, so it is absolute and
# has no links or dots.
O=$(readlink -m "${O:-${BASH_SOURCE[0]%/*}/../../build}")

tests=0
failed=0

# ok <name> / not_ok <name> [<detail>...]: report one result.
ok() {
	tests=$((tests + 1))
	echo "ok $tests $1"
}

not_ok() {
	local name=$1
	shift
	tests=$((tests + 1))
	failed=$((failed + 1))
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@" | sed 's/^/# /'
	fi
	echo "not ok $tests $name"
}

# check <name> <detail> <command>...: report the result of a command; <detail>
# explains a failure.
check() {
	local name=$1 detail=$2
	shift 2
	if "$@"; then
		ok "$name"
	else
		not_ok "$name" "$detail"
	fi
}

# empty <name> <text>: fail and show the text if there is any.
empty() {
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1" "$2"
	fi
}

finish() {
	echo "1..$tests"
	if [ "$tests" -eq 0 ]; then
		echo "# no test was run"
		exit 1
	fi
	[ "$failed" -eq 0 ]
}

# compile_program <source> <object> <name> <edition> <messages> [<option>...]:
# compile as cargo does, with the wrapper of $top and the crate in $O. The wrapper is
# found once, which takes a third of the time of a compilation. Succeeds
# only if there is an object afterwards: a wrapper that is being written to may
# be empty, and an empty script succeeds.
compile_program() {
	local source=$1 object=$2 name=$3 edition=$4 messages=$5
	local release=$O/rust/x86_64-unknown-none/release
	shift 5
	rm -f "$object"
	if [ -z "${rex_rustc[0]+found}" ]; then
		eval "rex_rustc=($("${top:?}/scripts/rust/rustc" --rex-command))"
	fi
	"${rex_rustc[@]}" --target x86_64-unknown-none --edition "$edition" \
		--crate-type bin --crate-name "$name" -Copt-level=3 -Clto=fat \
		-Ccodegen-units=1 -Cpanic=abort --extern rex="$release/librex.rlib" \
		-L dependency="$release/deps" -L dependency="$O/rust/release/deps" \
		"$@" -o "$object" "$source" 2>"$messages" ||
		return 1
	[ -s "$object" ] || {
		echo "the compiler reports no error, and has made nothing" \
			>>"$messages"
		return 1
	}
}

# beginning <file>...: print the lines that make the part of a program in the
# files a whole one. A part that uses the prelude needs no other names; other
# parts are written like upstream's programs.
beginning() {
	if grep -q '^ *use rex::prelude::\*;' "$@"; then
		cat <<'END'
#![no_std]
#![no_main]
#![allow(unused_imports, dead_code)]
END
		return
	fi
	cat <<'END'
#![no_std]
#![no_main]
#![allow(unused_imports, dead_code)]
extern crate alloc;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::sync::atomic::Ordering::Relaxed;
use rex::bounded::BoundedMap;
use rex::cgroup_skb::{CgroupAction, CgroupPacket, DROP, PASS, cgroup_skb};
use rex::fentry::*;
use rex::fexit::*;
use rex::kprobe::*;
use rex::kretprobe::*;
use rex::linux::bpf::*;
use rex::linux::errno::*;
use rex::linux::r#in::*;
use rex::lsm::*;
use rex::map::*;
use rex::net::*;
use rex::perf_event::*;
use rex::pt_regs::PtRegs;
use rex::raw_tracepoint::*;
use rex::sched_cls::{TC_ACT_OK, TcAction, __sk_buff, sched_cls};
use rex::spinlock::*;
use rex::sync::TryLock;
use rex::task_struct::*;
use rex::time::Instant;
use rex::tracepoint::*;
use rex::uprobe::*;
use rex::xdp::*;
use rex::{Pod, Result, rex_cgroup_skb, rex_map, rex_printk};
use rex::{rex_fentry, rex_fexit, rex_kprobe, rex_kretprobe, rex_perf_event};
use rex::{rex_raw_tracepoint, rex_tc, rex_tp_btf, rex_tracepoint, rex_uprobe};
use rex::{rex_lsm, rex_uretprobe, rex_xdp};
END
}

# Print the lines after such a part: an object has a program.
ending() {
	cat <<'END'
mod of_the_test {
    use rex::prelude::*;
    #[kprobe("do_exit")]
    fn program_of_the_test(_: &mut KprobeContext) {}
}
END
}
