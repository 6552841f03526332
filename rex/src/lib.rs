// SPDX-License-Identifier: GPL-2.0
//! Kernel extensions in safe Rust.
//!
//! A program is a function with one of the attributes that begin with `rex_`, such
//! as [`rex_kprobe`] and [`rex_tracepoint`]. Its first argument, `obj`, is what it may ask the kernel
//! for in that place; its second is the event:
//!
//! ```ignore
//! #![no_std]
//! #![no_main]
//!
//! use rex::tracepoint::*;
//! use rex::{Result, rex_printk, rex_tracepoint};
//!
//! #[rex_tracepoint]
//! fn on_dup(
//!     obj: &tracepoint<SyscallsEnterDupCtx>,
//!     ctx: &SyscallsEnterDupCtx,
//! ) -> Result {
//!     let cpu = obj.bpf_get_smp_processor_id();
//!     rex_printk!("dup({}) on CPU {}\n", ctx.fildes, cpu)
//! }
//! ```
//!
//! # What keeps the kernel safe
//!
//! Programs contain no unsafe code: the build forbids it in the program and in
//! everything that it depends on, this crate excepted. What the type system does
//! not rule out is stopped where it happens: a panic, an arithmetic overflow, an
//! index out of bounds, a stack that grows too deep or a run that takes too long
//! ends the run, and the kernel goes on. No destructor runs then.
//!
//! # Tests
//!
//! `cargo test` runs a program's functions on the host, in a simulated kernel: see
//! `host`, a module that is there for that only.
//!
//! # What values may not do
//!
//! - `obj`, the event and what they hand out are only valid during one run. They
//!   are borrowed for that run, and are neither `Send` nor `Sync`, so none of
//!   them can be kept in a static.
//! - The elements of a map are shared with other CPUs, with userspace and with
//!   eBPF programs. There are no references to them: see [`map::MapRef`].
//! - Bytes that come from outside (map elements, kernel memory) are only turned
//!   into types for which every bit pattern is a value: see [`Pod`].

#![no_std]
// What only the kernel's side uses.
#![cfg_attr(not(target_os = "none"), allow(dead_code))]
// There is no other way to forbid unsafe code in programs and have macros with
// unsafe code in them.
#![allow(internal_features)]
#![feature(allow_internal_unsafe)]
#![deny(unsafe_op_in_unsafe_fn, missing_docs)]
#![deny(clippy::undocumented_unsafe_blocks)]

#[cfg(not(target_os = "none"))]
extern crate std;

pub mod bounded;
mod context;
pub mod heap;
#[cfg(not(target_os = "none"))]
pub mod host;
pub mod linux;
pub mod map;
pub mod net;
mod pod;
pub mod printk;
mod program;
mod rt;
pub mod sync;
pub mod time;
pub mod utils;

pub use context::{pt_regs, task_struct};
pub use program::{
    cgroup_skb, fentry, fexit, kprobe, kretprobe, lsm, perf_event,
    raw_tracepoint, sched_cls, tracepoint, uprobe, verdict, xdp,
};
#[doc(hidden)]
pub use rt::prog;
pub use sync::spinlock;

/// For macros: `::core` in a program can be any crate.
#[doc(hidden)]
pub use core as __core;
#[doc(hidden)]
pub use core::mem::{MaybeUninit as __MaybeUninit, size_of as __size_of};
#[doc(hidden)]
pub use pod::__pod_size;
pub use pod::{Pod, bytes_of};
pub use printk::rex_trace_printk;
pub use program::Run;
pub use rex_macros::{
    Pod, rex_cgroup_skb, rex_fentry, rex_fexit, rex_kprobe, rex_kretprobe,
    rex_lsm, rex_map, rex_perf_event, rex_raw_tracepoint, rex_tc, rex_tp_btf,
    rex_tracepoint, rex_uprobe, rex_uretprobe, rex_xdp,
};
pub use utils::Result;
