// SPDX-License-Identifier: GPL-2.0
//! Programs that decide which devices the processes of a cgroup may use.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_CGROUP_DEVICE`, and
//! `struct bpf_cgroup_dev_ctx` in `include/uapi/linux/bpf.h`.
//!
//! Such a program is attached to a cgroup of the unified hierarchy, by
//! `bpf_program__attach_cgroup` or bpftool. It runs in a process that is about to open a
//! device or to make a device file. Open devices stay open.
//!
//! ```no_run
//! # use rex::prelude::*; /// Allows /dev/null, and reading from character devices.
//! #[cgroup_device]
//! fn reads_only(ctx: &mut CgroupDeviceContext) -> DeviceAction {
//!     match (ctx.is_block(), ctx.major(), ctx.minor()) {
//!         (false, 1, 3) => DeviceAction::Allow,
//!         (false, ..) if !ctx.wants_write() => DeviceAction::Allow,
//!         _ => DeviceAction::Deny,
//!     }
//! }
//! ```

use core::ffi::c_void;

use crate::program::function::program;
use crate::verdict::actions;

/// The device is a block device.
pub const BPF_DEVCG_DEV_BLOCK: u32 = 1;
/// The device is a character device.
pub const BPF_DEVCG_DEV_CHAR: u32 = 2;

/// The process makes a file of the device.
pub const BPF_DEVCG_ACC_MKNOD: u32 = 1;
/// The process reads from the device.
pub const BPF_DEVCG_ACC_READ: u32 = 2;
/// The process writes to the device.
pub const BPF_DEVCG_ACC_WRITE: u32 = 4;

actions! {
    /// The result of a cgroup_device program: whether the process gets the device. A
    /// program may return it in a `Result`, whose error denies the device. See
    /// [`verdict`](crate::verdict).
    DeviceAction, on error Deny {
        /// The process gets `EPERM`.
        Deny = 0,
        /// The process gets the device if nothing else denies it.
        Allow = 1,
    }
}

program! {
    /// The helpers of cgroup_device programs. It is valid during the run only.
    cgroup_device;

    /// A device that a process in a cgroup wants to use.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*; /// Denies making device files.
    /// #[cgroup_device]
    /// fn no_mknod(ctx: &mut CgroupDeviceContext) -> DeviceAction {
    ///     if ctx.wants_mknod() {
    ///         info!("{} makes {}:{}", ctx.pid(), ctx.major(), ctx.minor());
    ///         return DeviceAction::Deny;
    ///     }
    ///     DeviceAction::Allow
    /// }
    /// ```
    CgroupDeviceContext(&'run bpf_cgroup_dev_ctx): TaskContext -> DeviceAction; simulated
}

/// A device that a process wants to use, and the kind of access.
#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct bpf_cgroup_dev_ctx {
    /// `BPF_DEVCG_DEV_*` in the lower half, `BPF_DEVCG_ACC_*` in the upper one.
    pub access_type: u32,
    /// The major number of the device.
    pub major: u32,
    /// The minor number of the device.
    pub minor: u32,
}

impl bpf_cgroup_dev_ctx {
    fn wants(self, access: u32) -> bool {
        self.access_type >> 16 & access != 0
    }
}

impl CgroupDeviceContext<'_> {
    /// Returns whether it is a block device; a character device otherwise.
    #[inline(always)]
    pub fn is_block(&self) -> bool {
        self.event.access_type & 0xffff == BPF_DEVCG_DEV_BLOCK
    }

    /// Returns the major number of the device.
    #[inline(always)]
    pub fn major(&self) -> u32 {
        self.event.major
    }

    /// Returns the minor number of the device.
    #[inline(always)]
    pub fn minor(&self) -> u32 {
        self.event.minor
    }

    /// Returns whether the process makes a device file. Then it neither reads nor writes.
    #[inline(always)]
    pub fn wants_mknod(&self) -> bool {
        self.event.wants(BPF_DEVCG_ACC_MKNOD)
    }

    /// Returns whether the process opens the device to read.
    #[inline(always)]
    pub fn wants_read(&self) -> bool {
        self.event.wants(BPF_DEVCG_ACC_READ)
    }

    /// Returns whether the process opens the device to write.
    #[inline(always)]
    pub fn wants_write(&self) -> bool {
        self.event.wants(BPF_DEVCG_ACC_WRITE)
    }
}

/// Runs `function` for one device.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type CGROUP_DEVICE: `ctx` points to a `struct
/// bpf_cgroup_dev_ctx`.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(
    ctx: *mut c_void,
    on_error: DeviceAction,
    function: impl Function,
) -> u32 {
    let mut obj = cgroup_device::new();
    // SAFETY: the caller's word; the type has the same layout, which is the ABI of bpf(2).
    let device = unsafe { ctx.cast::<bpf_cgroup_dev_ctx>().read() };
    function.call(&mut obj, &device).unwrap_or(on_error) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Kernel;
    use crate::prelude::*;

    fn read_null(ctx: &mut CgroupDeviceContext) -> Result<DeviceAction> {
        if ctx.is_block() {
            return Err(Errno::ENXIO);
        }
        let only_reads = ctx.wants_read() && !ctx.wants_write();
        Ok(match (ctx.major(), ctx.minor(), ctx.wants_mknod()) {
            (1, 3, false) if only_reads => DeviceAction::Allow,
            _ => DeviceAction::Deny,
        })
    }

    #[test]
    fn device_programs_see_what_is_wanted() {
        let mut kernel = Kernel::new();
        let mut ask = |kind: u32, access: u32, minor| {
            let mut device = bpf_cgroup_dev_ctx {
                access_type: access << 16 | kind,
                major: 1,
                minor,
            };
            kernel.run(read_null, &mut device)
        };
        let (read, write) = (BPF_DEVCG_ACC_READ, BPF_DEVCG_ACC_WRITE);
        let mut char = |access, minor| ask(BPF_DEVCG_DEV_CHAR, access, minor);
        assert_eq!(char(read, 3), Ok(DeviceAction::Allow));
        assert_eq!(char(read, 5), Ok(DeviceAction::Deny));
        assert_eq!(char(write, 3), Ok(DeviceAction::Deny));
        assert_eq!(char(read | write, 3), Ok(DeviceAction::Deny));
        assert_eq!(char(BPF_DEVCG_ACC_MKNOD, 3), Ok(DeviceAction::Deny));
        assert_eq!(ask(BPF_DEVCG_DEV_BLOCK, read, 3), Err(Errno::ENXIO));
    }
}
