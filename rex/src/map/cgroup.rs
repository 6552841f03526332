// SPDX-License-Identifier: GPL-2.0
//! Arrays of cgroups.
//! C counterpart: `cgroup_array_map_ops` in `kernel/bpf/arraymap.c`.

use super::handle::RexMapHandle;
use crate::linux::bpf::BPF_MAP_TYPE_CGROUP_ARRAY;
use crate::linux::errno::EINVAL;
use crate::rt::ffi;
use crate::utils::{Result, to_result};

/// An array of cgroups. Userspace stores descriptors of their folders in it; programs ask
/// whether the current task is in one of them.
pub type RexCgroupArray = RexMapHandle<BPF_MAP_TYPE_CGROUP_ARRAY, u32, u32>;

impl RexCgroupArray {
    /// Whether the current task is in the cgroup at `index`, or in one below it: 1 or 0.
    #[inline(always)]
    pub(crate) fn has_current_task(&'static self, index: u32) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        // SAFETY: it is an array of cgroups, by the handle's invariant.
        to_result(unsafe { ffi::bpf_current_task_under_cgroup(map, index) })
    }

    /// The simulated map.
    #[cfg(not(target_os = "none"))]
    pub(crate) fn simulated(&'static self) -> Option<u64> {
        self.kernel_map()
    }
}

super::wrapper::map! {
    /// An array of cgroups. Userspace stores descriptors of their folders in it; programs
    /// ask whether the current task is in one of them.
    ///
    /// The task is in a cgroup if it is in a cgroup below it, too. With that, a tool looks
    /// at one service or container: see
    /// [`is_in_cgroup`](crate::context::TaskContext::is_in_cgroup).
    #[doc(alias = "BPF_MAP_TYPE_CGROUP_ARRAY")]
    CgroupArray<> = RexCgroupArray
}

impl CgroupArray {
    #[inline(always)]
    pub(crate) fn inner(&'static self) -> &'static RexCgroupArray {
        &self.0
    }
}
