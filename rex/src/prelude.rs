// SPDX-License-Identifier: GPL-2.0
//! The names that most programs use: `use rex::prelude::*;`.
//!
//! ```no_run
//! #![no_std]
//! #![no_main]
//!
//! use rex::prelude::*;
//!
//! /// Ports whose packets are dropped.
//! #[map]
//! static PORTS: HashMap<u16, u32> = HashMap::with_max_entries(1024);
//!
//! #[xdp]
//! fn filter(ctx: &mut XdpContext) -> Result<XdpAction> {
//!     let Some(udp) = ctx.udp()? else {
//!         return Ok(XdpAction::Pass);
//!     };
//!     Ok(match PORTS.get(u16::from_be(udp.dest)) {
//!         Some(_) => XdpAction::Drop,
//!         None => XdpAction::Pass,
//!     })
//! }
//! ```

pub use crate::bounded::BoundedMap;
pub use crate::config::Config;
pub use crate::context::{Cgroup, Context, Sleepable, TaskContext};
pub use crate::error::{Errno, Result};
pub use crate::heap::{self, TryPush};
pub use crate::kernel::Ptr;
pub use crate::map::list::prelude::*;
pub use crate::map::{
    LpmKey, MapRef, PerCpuValue as PerCpu, RingBufEntry, Shared,
};
pub use crate::net::{
    Headers, Reader, Unknown, bpf_fib_lookup, compute_ip_checksum, ethhdr,
    icmphdr, iphdr, ipv6hdr, tcphdr, udphdr, vlan_hdr,
};
pub use crate::program::prelude::*;
pub use crate::pt_regs::PtRegs;
pub use crate::spinlock::{SpinLockGuard, SpinLocked};
pub use crate::sync::{Lock, TryLock};
pub use crate::task_struct::{OwnedTask, Task};
pub use crate::time::Instant;
pub use crate::tracepoint::{
    DataLoc, RawSyscallsEnterCtx, RawSyscallsExitCtx, SyscallsEnterDupCtx,
    SyscallsEnterOpenCtx, SyscallsEnterOpenatCtx, SyscallsExitOpenCtx,
    SyscallsExitOpenatCtx, TracepointRecord,
};
pub use crate::{
    Pod, bytes_of, debug, info, kernel_enum, kernel_has, kernel_offset,
    kernel_size, read, tracepoint_ctx, warn,
};
pub use rex_macros::{config, map};
