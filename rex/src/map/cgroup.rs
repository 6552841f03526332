// SPDX-License-Identifier: GPL-2.0
//! Arrays of cgroups.
//! C counterpart: `cgroup_array_map_ops` in `kernel/bpf/arraymap.c`.

use super::handle::RexMapHandle;
use crate::linux::bpf::BPF_MAP_TYPE_CGROUP_ARRAY;
use crate::linux::errno::EINVAL;
use crate::rt::ffi;
use crate::utils::{Result, to_result};

/// An array of cgroups. Userspace stores descriptors of their folders in it, and programs
/// ask whether the current task is in one of them.
pub type RexCgroupArray = RexMapHandle<BPF_MAP_TYPE_CGROUP_ARRAY, u32, u32>;

impl RexCgroupArray {
    /// Returns 1 if the current task is in the cgroup at `index` or in one below it,
    /// otherwise 0.
    #[inline(always)]
    pub(crate) fn has_current_task(&'static self, index: u32) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        // SAFETY: it is an array of cgroups, by the handle's invariant.
        to_result(unsafe { ffi::bpf_current_task_under_cgroup(map, index) })
    }

    /// Returns the simulated map.
    #[cfg(not(target_os = "none"))]
    pub(crate) fn simulated(&'static self) -> Option<u64> {
        self.kernel_map()
    }
}

super::wrapper::map! {
    /// An array of cgroups. Userspace stores descriptors of their folders in it, and
    /// programs ask whether the current task is in one of them.
    ///
    /// A task of a cgroup is in all cgroups above it, too. So a tool can select the tasks
    /// of a service or container by
    /// [`is_in_cgroup`](crate::context::TaskContext::is_in_cgroup).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[map]
    /// static SERVICE: CgroupArray = CgroupArray::with_max_entries(1);
    ///
    /// #[kprobe("do_sys_openat2")]
    /// fn on_open(ctx: &mut KprobeContext) -> Result {
    ///     if ctx.is_in_cgroup(&SERVICE, 0)? {
    ///         info!("{} of the service opens a file", ctx.pid());
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_CGROUP_ARRAY")]
    CgroupArray<> = RexCgroupArray
}

impl CgroupArray {
    #[inline(always)]
    pub(crate) fn inner(&'static self) -> &'static RexCgroupArray {
        &self.0
    }
}
