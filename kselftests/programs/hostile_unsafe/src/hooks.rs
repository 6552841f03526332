// SPDX-License-Identifier: GPL-2.0
//! One program of each BPF type. Those for which the crate has no attribute are
//! defined by hand; none of them looks at its event.

use core::ffi::c_void;

use rex::kprobe::kprobe;
use rex::prog::ProgDef;
use rex::pt_regs::PtRegs;
use rex::tracepoint::{SyscallsEnterDupCtx, TracepointContext, tracepoint};
use rex::{Result, rex_kprobe, rex_tracepoint};

use crate::acts::on_event;

#[rex_tracepoint]
fn at_tracepoint(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    on_event(obj)
}

#[rex_kprobe]
fn at_kprobe(obj: &kprobe, _: &mut PtRegs) -> Result {
    on_event(obj)
}

/// An event of which nothing is known.
#[derive(Clone, Copy)]
#[repr(C)]
struct AnyEvent;

unsafe impl TracepointContext for AnyEvent {
    const SECTION: &'static str = "";

    unsafe fn read(_: *const u8) -> Self {
        Self
    }
}

fn at_any(obj: &tracepoint<AnyEvent>, _: &AnyEvent) -> Result {
    on_event(obj)
}

extern "C" fn entry(ctx: *mut c_void) -> u32 {
    unsafe { rex::tracepoint::run(ctx, rex::tracepoint::two_arguments(at_any)) }
}

macro_rules! programs {
    ($($name:literal: $prog_type:literal $attach_type:literal in $section:literal,)*) => {
        $(
            const _: () = {
                // No macro of the crate makes it.
                #[unsafe(link_section = ".rex.progs")]
                #[used]
                static DEFINITION: ProgDef = ProgDef::new(
                    ($prog_type, $attach_type),
                    entry,
                    $name,
                    $section,
                    0,
                    None,
                );
            };
        )*
    };
}

// The numbers are those of enum bpf_prog_type and enum bpf_attach_type.
programs! {
    "at_tc": 3 0 in "tc",
    "at_xdp": 6 0 in "xdp",
    "at_perf_event": 7 0 in "perf_event",
    "at_cgroup_skb": 8 0 in "cgroup_skb/egress",
    "at_raw_tracepoint": 17 0 in "raw_tp/softirq_entry",
    "at_fentry": 26 24 in "fentry/__x64_sys_dup",
}
