// SPDX-License-Identifier: GPL-2.0
//! What all kinds of `obj` are, and the helpers that want to know where a program
//! was called.

use crate::cgroup_skb::{CgroupPacket, cgroup_skb};
use crate::context::{
    self, CgroupSkbContext, FentryContext, FexitContext, KprobeContext,
    KretprobeContext, LsmContext, PerfEventContext, RawTracepointContext,
    TcContext, UprobeContext, XdpContext,
};
use crate::fentry::{FentryArgs, fentry};
use crate::fexit::{FexitArgs, fexit};
use crate::kprobe::kprobe;
use crate::kretprobe::kretprobe;
use crate::lsm::{LsmArgs, lsm};
use crate::map::{self, PerfEventStreamer, RexStackTrace};
use crate::perf_event::{bpf_perf_event_data, perf_event};
use crate::pod::Pod;
use crate::pt_regs::PtRegs;
use crate::raw_tracepoint::{RawTracepointArgs, raw_tracepoint};
use crate::sched_cls::{__sk_buff, sched_cls};
use crate::tracepoint::{TracepointContext, tracepoint};
use crate::uprobe::uprobe;
use crate::utils::Result;
use crate::xdp::{xdp, xdp_md};

/// Every kind of `obj`. What borrows one does not outlive the run.
///
/// # Safety
///
/// There is a value of the type during a run only, and programs only have it as a
/// reference whose lifetime ends with the run.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an `obj`, the first argument of a program",
    label = "the program's `obj` goes here"
)]
pub unsafe trait Run {}

macro_rules! runs {
    ($($obj:ident: $context:ty,)*) => {
        $(
            // SAFETY: it is a local of the function that the kernel calls, and
            // the type of programs leaves them no choice of its lifetime.
            unsafe impl Run for $obj {}

            impl PerfEventStreamer for $obj {
                type Context<'run> = $context;
            }
        )*
    };
}

runs! {
    cgroup_skb: CgroupPacket,
    fentry: FentryArgs,
    fexit: FexitArgs<'run>,
    kprobe: PtRegs,
    kretprobe: PtRegs,
    lsm: LsmArgs,
    perf_event: bpf_perf_event_data,
    raw_tracepoint: RawTracepointArgs,
    sched_cls: __sk_buff,
    uprobe: PtRegs,
    xdp: xdp_md,
}

// SAFETY: it is a local of the function that the kernel calls, and the type of
// programs leaves them no choice of its lifetime.
unsafe impl<C: TracepointContext> Run for tracepoint<C> {}

impl<C: TracepointContext> PerfEventStreamer for tracepoint<C> {
    type Context<'run> = C;
}

/// Kinds of `obj` whose programs run in the context of a task.
///
/// # Safety
///
/// The kernel lets programs of this kind call the helpers that are about the current
/// task.
pub(crate) unsafe trait TaskRun: Run {}

macro_rules! in_tasks {
    ($($obj:ident)*) => {
        $(
            // SAFETY: it has these helpers itself, by `current_task_helpers`.
            unsafe impl TaskRun for $obj {}
        )*
    };
}

in_tasks! {
    fentry fexit kprobe kretprobe lsm perf_event raw_tracepoint uprobe
}

// SAFETY: as above.
unsafe impl<C: TracepointContext> TaskRun for tracepoint<C> {}

macro_rules! contexts {
    ($($context:ident)*) => {
        $(
            // SAFETY: it is made by the function that calls the program, of
            // references whose lifetime ends with the run; the type of programs
            // leaves them no choice of it.
            unsafe impl Run for $context<'_> {}
        )*
    };
}

contexts! {
    CgroupSkbContext FentryContext FexitContext KprobeContext KretprobeContext
    LsmContext PerfEventContext RawTracepointContext TcContext UprobeContext
    XdpContext
}

// SAFETY: as above.
unsafe impl<E: TracepointContext> Run for context::TracepointContext<'_, E> {}

macro_rules! at_probes {
    ($($obj:ident)*) => {
        $(
            impl $obj {
                /// The number that the program was attached with, which tells its
                /// attachments apart: `bpf_cookie` in the options of libbpf. 0 if
                /// it was attached without one.
                #[inline(always)]
                pub fn bpf_get_attach_cookie(&self, _ctx: &PtRegs) -> u64 {
                    crate::rt::ffi::bpf_get_attach_cookie()
                }

                /// Stores the stack at the probe in `map`, and returns its
                /// number: the kernel's, or with `BPF_F_USER_STACK` in `flags`
                /// that of userspace. The lowest 8 bits of `flags` are the number
                /// of frames to leave out.
                pub fn bpf_get_stackid<K: Pod, V: Pod>(
                    &self,
                    ctx: &PtRegs,
                    map: &'static RexStackTrace<K, V>,
                    flags: u64,
                ) -> Result {
                    // SAFETY: these are registers; those that the program was
                    // called for, or a task's in userspace. The kernel's
                    // unwinder believes none of the values in them.
                    unsafe { map.store(ctx.as_ptr(), flags) }
                }

                /// Copies the stack at the probe to `addresses`, innermost
                /// first, and returns its size in bytes; `flags` are those of
                /// [`bpf_get_stackid`](Self::bpf_get_stackid).
                pub fn bpf_get_stack(
                    &self,
                    ctx: &PtRegs,
                    addresses: &mut [u64],
                    flags: u64,
                ) -> Result {
                    // SAFETY: as in `bpf_get_stackid`.
                    unsafe { map::copy_stack(ctx.as_ptr(), addresses, flags) }
                }
            }
        )*
    };
}

at_probes! { kprobe kretprobe uprobe }

macro_rules! stack_of_caller {
    ($([$($generics:tt)*] $obj:ty: $context:ty,)*) => {
        $(
            impl<$($generics)*> $obj {
                /// Stores the current stack in `map`, and returns its number: the
                /// kernel's, or with `BPF_F_USER_STACK` in `flags` that of
                /// userspace. The lowest 8 bits of `flags` are the number of
                /// frames to leave out; the kernel's stack begins with the
                /// functions that called the program.
                pub fn bpf_get_stackid<K: Pod, V: Pod>(
                    &self,
                    _ctx: &$context,
                    map: &'static RexStackTrace<K, V>,
                    flags: u64,
                ) -> Result {
                    map.store_caller(flags)
                }

                /// Copies the current stack to `addresses`, innermost first, and
                /// returns its size in bytes; `flags` are those of
                /// [`bpf_get_stackid`](Self::bpf_get_stackid).
                pub fn bpf_get_stack(
                    &self,
                    _ctx: &$context,
                    addresses: &mut [u64],
                    flags: u64,
                ) -> Result {
                    // SAFETY: there are no registers.
                    unsafe {
                        map::copy_stack(core::ptr::null(), addresses, flags)
                    }
                }
            }
        )*
    };
}

stack_of_caller! {
    [] fentry: FentryArgs,
    [] fexit: FexitArgs<'_>,
    [] lsm: LsmArgs,
    [] raw_tracepoint: RawTracepointArgs,
    [C: TracepointContext] tracepoint<C>: C,
}

impl perf_event {
    /// Stores the stack that the sample was taken at in `map`, and returns its
    /// number: the kernel's, or with `BPF_F_USER_STACK` in `flags` that of
    /// userspace. The lowest 8 bits of `flags` are the number of frames to leave
    /// out.
    pub fn bpf_get_stackid_pe<K: Pod, V: Pod>(
        &self,
        ctx: &bpf_perf_event_data,
        map: &'static RexStackTrace<K, V>,
        flags: u64,
    ) -> Result {
        // SAFETY: it is the context of the run.
        unsafe { map.store_sample(ctx.as_ptr(), flags) }
    }

    /// Copies the stack that the sample was taken at to `addresses`, innermost
    /// first, and returns its size in bytes; `flags` are those of
    /// [`bpf_get_stackid_pe`](Self::bpf_get_stackid_pe).
    pub fn bpf_get_stack_pe(
        &self,
        ctx: &bpf_perf_event_data,
        addresses: &mut [u64],
        flags: u64,
    ) -> Result {
        // SAFETY: it is the context of the run.
        unsafe { map::copy_stack_of_sample(ctx.as_ptr(), addresses, flags) }
    }
}
