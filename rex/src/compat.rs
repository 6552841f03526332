// SPDX-License-Identifier: GPL-2.0
//! Upstream Rex's interface of the crate, for programs written for it: two arguments,
//! methods that begin with `bpf_`, types in lower case, numbers for errors.
//!
//! ```no_run
//! #![no_std]
//! #![no_main]
//!
//! use rex::compat::*;
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
//! Upstream has these names in modules, such as `rex::kprobe::kprobe` and
//! `rex::map::RexHashMap`. They exist as well, and are the same items.
//!
//! A program with two arguments and one with a [context](crate::context) are the same to
//! the loader and to the kernel, and one object may have both. New programs use
//! [`prelude`](crate::prelude):
//!
//! | upstream | here |
//! |---|---|
//! | `obj: &xdp, ctx: &mut xdp_md` | `ctx: &mut XdpContext` |
//! | `#[rex_xdp]`, `#[rex_map]` | `#[xdp]`, `#[map]` |
//! | `obj.bpf_xdp_adjust_tail(ctx, 4)?` | `ctx.adjust_tail(4)?` |
//! | `obj.bpf_get_current_task()` | `ctx.task()` |
//! | `obj.bpf_ktime_get_ns()` | `rex::time::now()` |
//! | `obj.bpf_map_lookup_elem(&MAP, &key)` | `MAP.lookup(ctx, key)` |
//! | `RexHashMap::new(1024, 0)` | `HashMap::with_max_entries(1024)` |
//! | `MAP.insert(&key, &value)` | `MAP.insert(key, value)` |
//! | `Result`, `-ENOENT` | `Result`, `Errno::ENOENT` |
//! | `rex_printk!("text\n")?` | `info!("text")` |
//! | `task.get_pid()` | `task.pid()` |

use core::ffi::FromBytesUntilNulError;

use crate::task_struct::{TaskComm, UserRegs};

pub use crate::context::Cgroup;
pub use crate::map::list::compat::*;
pub use crate::map::{
    LpmKey, MapRef, MapRefOption, PerfEventMaskedCPU, PerfEventStreamer,
    RexRingBufEntry,
};
pub use crate::program::compat::*;
pub use crate::program::{Helpers, TaskHelpers};
pub use crate::pt_regs::PtRegs;
pub use crate::spinlock::rex_spinlock_guard;
pub use crate::task_struct::{OwnedTaskStruct, TaskStruct};
pub use crate::tracepoint::*;
pub use crate::utils::{
    Aligned, AlignedMut, NoRef, Result, convert_slice_to_struct,
    convert_slice_to_struct_mut, u16be,
};
pub use crate::{read_field, rex_map, rex_printk, rex_trace_printk};

/// Upstream's names of methods that lack `get_` here.
impl TaskStruct<'_> {
    /// See [`pid`](Self::pid).
    #[inline(always)]
    pub fn get_pid(&self) -> i32 {
        self.pid()
    }

    /// See [`tgid`](Self::tgid).
    #[inline(always)]
    pub fn get_tgid(&self) -> i32 {
        self.tgid()
    }

    /// See [`utime`](Self::utime).
    #[inline(always)]
    pub fn get_utime(&self) -> u64 {
        self.utime()
    }

    /// See [`stime`](Self::stime).
    #[inline(always)]
    pub fn get_stime(&self) -> u64 {
        self.stime()
    }

    /// See [`runtime`](Self::runtime).
    #[inline(always)]
    pub fn get_runtime(&self) -> u64 {
        self.runtime()
    }

    /// See [`process_runtime`](Self::process_runtime).
    #[inline(always)]
    pub fn get_process_runtime(&self) -> u64 {
        self.process_runtime()
    }

    /// See [`user_regs`](Self::user_regs).
    #[inline(always)]
    pub fn get_pt_regs(&self) -> Option<UserRegs> {
        self.user_regs()
    }

    /// See [`comm`](Self::comm).
    #[inline(always)]
    pub fn get_comm(
        &self,
    ) -> core::result::Result<TaskComm, FromBytesUntilNulError> {
        Ok(self.comm())
    }
}
