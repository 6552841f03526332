// SPDX-License-Identifier: GPL-2.0
//! Kernel extensions in safe Rust.
//!
//! A program is a function with an attribute that names its attach point, such as
//! [`kprobe`](macro@kprobe), [`tracepoint`](macro@tracepoint) or [`xdp`](macro@xdp). Its
//! argument is the [context]: the event, and the helpers that the program may call:
//!
//! ```no_run
//! #![no_std]
//! #![no_main]
//!
//! use rex::prelude::*;
//!
//! /// How often each process has called dup.
//! #[map]
//! static CALLS: HashMap<u32, u64> = HashMap::with_max_entries(1024);
//!
//! #[tracepoint]
//! fn on_dup(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
//!     let calls = CALLS.get(ctx.tgid()).unwrap_or(0) + 1;
//!     info!("dup({}) on CPU {}: {calls}", ctx.event().fildes, ctx.cpu());
//!     CALLS.insert(ctx.tgid(), calls)
//! }
//! ```
//!
//! Programs written for upstream Rex have two arguments, and use the names in
//! [`compat`].
//!
//! # Safety of the kernel
//!
//! Programs contain no unsafe code: the build forbids it in the program and in all of
//! its dependencies except this crate. Errors that the type system does not rule out end
//! the run: a panic, an arithmetic overflow, an index out of bounds, a stack overflow, a
//! timeout. The kernel goes on; no destructor runs.
//!
//! # Tests
//!
//! `cargo test` runs a program's functions on the host, in a simulated kernel: see
//! `host`, a module that exists for tests only.
//!
//! # Limits of values
//!
//! - The context, and values from it, are valid during one run only. They are borrowed
//!   for that run, and are neither `Send` nor `Sync`, so a static cannot keep them.
//! - The elements of a map are shared with other CPUs, with userspace and with
//!   eBPF programs. There are no references to them: see [`map::MapRef`].
//! - Bytes from outside (map elements, kernel memory) become only types for which every
//!   bit pattern is a value: see [`Pod`].

#![no_std]
// Some items are used for the kernel's target only.
#![cfg_attr(not(target_os = "none"), allow(dead_code))]
// Only this lets programs forbid unsafe code and call macros that contain it.
#![allow(internal_features)]
#![feature(allow_internal_unsafe)]
#![deny(unsafe_op_in_unsafe_fn, missing_docs)]
#![deny(clippy::undocumented_unsafe_blocks)]

// The output of `rex_macros` names the crate.
extern crate self as rex;
#[cfg(not(target_os = "none"))]
extern crate std;

pub mod bounded;
pub mod compat;
pub mod config;
pub mod context;
pub mod error;
pub mod heap;
#[cfg(not(target_os = "none"))]
pub mod host;
pub mod kernel;
pub mod linux;
pub mod map;
pub mod net;
mod pod;
pub mod prelude;
pub mod printk;
mod program;
mod rt;
#[doc(hidden)]
pub mod shape;
pub mod sync;
pub mod time;
pub mod utils;

pub use context::{pt_regs, task_struct};
#[doc(inline)]
pub use program::root::*;
pub use program::verdict;
#[doc(hidden)]
pub use rt::kinds as kind;
#[doc(hidden)]
pub use rt::prog;
pub use sync::spinlock;

/// Macros use this, since `::core` in a program can be any crate.
#[doc(hidden)]
pub use core as __core;
#[doc(hidden)]
pub use core::mem::{MaybeUninit as __MaybeUninit, size_of as __size_of};
pub use error::Errno;
#[doc(hidden)]
pub use pod::__pod_size;
pub use pod::{Pod, bytes_of};
pub use printk::rex_trace_printk;
pub use program::Run;
pub use rex_macros::{Pod, config, map, rex_config, rex_map};
pub use rex_macros::{
    kernel, kernel_enum, kernel_has, kernel_offset, kernel_size,
};
pub use utils::Result;
