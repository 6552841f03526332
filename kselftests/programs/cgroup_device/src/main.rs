// SPDX-License-Identifier: GPL-2.0
//! cgroup_device programs for the test cgroup_device.
#![no_std]
#![no_main]

use rex::cgroup_device::BPF_DEVCG_ACC_MKNOD;
use rex::compat::{bpf_cgroup_dev_ctx, cgroup_device, rex_cgroup_device};
use rex::prelude::*;

/// The number of calls of `denies_zero`.
#[map]
static CALLS: Array<u64> = Array::with_max_entries(1);

/// The device that it has seen last.
#[map]
static CALLER: Array<u64> = Array::with_max_entries(1);
#[map]
static MAJOR: Array<u64> = Array::with_max_entries(1);
#[map]
static MINOR: Array<u64> = Array::with_max_entries(1);
#[map]
static READS: Array<u64> = Array::with_max_entries(1);
#[map]
static WRITES: Array<u64> = Array::with_max_entries(1);
#[map]
static BLOCK: Array<u64> = Array::with_max_entries(1);

/// Denies /dev/zero.
#[cgroup_device]
fn denies_zero(ctx: &mut CgroupDeviceContext) -> Result<DeviceAction> {
    CALLS.set(0, CALLS.get(0).unwrap_or(0) + 1)?;
    CALLER.set(0, ctx.tgid().into())?;
    MAJOR.set(0, ctx.major().into())?;
    MINOR.set(0, ctx.minor().into())?;
    READS.set(0, ctx.wants_read().into())?;
    WRITES.set(0, ctx.wants_write().into())?;
    BLOCK.set(0, ctx.is_block().into())?;
    Ok(match (ctx.is_block(), ctx.major(), ctx.minor()) {
        (false, 1, 5) => DeviceAction::Deny,
        _ => DeviceAction::Allow,
    })
}

/// Denies making device files.
#[rex_cgroup_device]
fn denies_mknod(_: &cgroup_device, ctx: &bpf_cgroup_dev_ctx) -> rex::Result {
    let access = ctx.access_type >> 16;
    Ok(i32::from(access & BPF_DEVCG_ACC_MKNOD == 0))
}

/// Returns a number other than 0 and 1.
#[rex_cgroup_device]
fn returns_two(_: &cgroup_device, _: &bpf_cgroup_dev_ctx) -> rex::Result {
    Ok(2)
}

#[cgroup_device]
fn fails(_: &mut CgroupDeviceContext) -> Result<DeviceAction> {
    Err(Errno::EINVAL)
}

#[cgroup_device(default_ret = 1)]
fn fails_open(_: &mut CgroupDeviceContext) -> Result<DeviceAction> {
    Err(Errno::EINVAL)
}

#[cgroup_device]
fn panics(_: &mut CgroupDeviceContext) -> DeviceAction {
    panic!("as told")
}

#[cgroup_device(default_ret = 0)]
fn panics_closed(_: &mut CgroupDeviceContext) -> DeviceAction {
    panic!("as told")
}
