// SPDX-License-Identifier: GPL-2.0
//! Values that belong to a cgroup.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use core::sync::atomic::Ordering::Relaxed;

use rex::kernel::cgroup;
use rex::prelude::*;

use names::*;

#[map]
static control: Array<u64> = Array::with_max_entries(3);
#[map]
static results: Array<u64> = Array::with_max_entries(9);
/// Linux 6.1 has no such maps, and loads the object without.
#[map]
static values: CgroupStorage<u64> = CgroupStorage::optional();
/// A second map, so that a cgroup has two values.
#[map]
static others: CgroupStorage<[u64; 40]> = CgroupStorage::optional();
#[map]
static packets: CgroupStorage<u64> = CgroupStorage::optional();

fn note(index: u32, result: Result) -> Result {
    let number = result.map_or_else(i32::from, |()| 0);
    results.set(index, i64::from(number) as u64)
}

fn add(index: u32) -> Result {
    results.set(index, results.get(index).unwrap_or(0) + 1)
}

fn count(ctx: &Context, of: &Cgroup) -> Result {
    let value = values.get_or_insert(ctx, of, 100).ok_or(Errno::ENOMEM)?;
    results.set(VALUE, value.atomic().fetch_add(1, Relaxed) + 1)?;
    let other = others
        .get_or_insert(ctx, of, [7; 40])
        .ok_or(Errno::ENOMEM)?;
    if other.get() != [7; 40] {
        return Err(Errno::EIO);
    }
    Ok(())
}

fn other(ctx: &Context) -> Result {
    let pid = control.get(OF).ok_or(Errno::ENOENT)? as i32;
    let task = OwnedTask::from_pid(pid).ok_or(Errno::ESRCH)?;
    let of = task.cgroup().ok_or(Errno::ENODATA)?;
    let value = values.lookup(ctx, &of).ok_or(Errno::ENOENT)?;
    results.set(VALUE, value.get())?;
    value.atomic().fetch_add(1000, Relaxed);
    Ok(())
}

fn churn(ctx: &Context, of: &Cgroup) -> Result {
    for number in 0..CHURNS {
        if let Some(value) = values.get_or_insert(ctx, of, number) {
            if value.get() == number {
                add(CHURNED)?;
            }
            match values.remove(of) {
                // Another thread has deleted it, or is in the middle of that.
                Err(Errno::ENOENT | Errno::EBUSY) => (),
                outcome => outcome?,
            }
        }
    }
    Ok(())
}

/// The cgroup is the one that the kernel's data has, and is its own ancestor.
fn compare(ctx: &TaskContext, of: &Cgroup) -> Result {
    let data = of.ptr::<cgroup>();
    let level = read!(data.level)?;
    if of.id() != read!(data.kn.id)?
        || of.id() != ctx.cgroup_id()
        || of.ancestor(level).map(Cgroup::id) != Some(of.id())
        || of.ancestor(level + 1).is_some()
        || of.ancestor(-1).is_some()
    {
        return Err(Errno::EIO);
    }
    results.set(LEVEL, level as u64)?;
    results.set(ID, of.id())
}

#[tracepoint]
fn storage(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
    let of = ctx.cgroup().ok_or(Errno::ENODATA)?;
    match ctx.event().fildes {
        COUNT => note(RET, count(ctx, &of)),
        DELETE => note(RET, values.remove(&of)),
        OTHER => note(RET, other(ctx)),
        CHURN => note(RET, churn(ctx, &of)),
        COUNT_ROOT => {
            let root = of.ancestor(0).ok_or(Errno::ENODATA)?;
            note(RET, count(ctx, &root))
        }
        COMPARE => {
            results.set(EXISTS, values.exists().into())?;
            note(RET, compare(ctx, &of))
        }
        _ => Ok(()),
    }
}

/// Looks the value up, and makes it if there is none. Another program of the thread that is
/// watched does so, too, which the bound keeps from going on forever.
fn watch(ctx: &TaskContext) -> Result {
    if control.get(WATCHED) != Some(u64::from(ctx.pid())) {
        return Ok(());
    }
    let of = ctx.cgroup().ok_or(Errno::ENODATA)?;
    if values.lookup(ctx, &of).is_some() {
        return add(FOUND);
    }
    if results.get(MADE) >= control.get(AT_MOST) {
        return Ok(());
    }
    match values.get_or_insert(ctx, &of, 1) {
        None => add(REFUSED),
        Some(_) => add(MADE),
    }
}

/// At this function, the lock of the CPU's run queue is held, and interrupts are off.
#[raw_tracepoint("sched_switch")]
fn at_switch(ctx: &mut RawTracepointContext) -> Result {
    watch(ctx)
}

#[raw_tracepoint("nmi_handler")]
fn at_nmi(ctx: &mut RawTracepointContext) -> Result {
    watch(ctx)
}

/// The function that makes values, for programs and for bpf(2). Interrupts are on.
#[fentry("bpf_local_storage_update")]
fn within_update(ctx: &mut FentryContext) -> Result {
    watch(ctx)
}

/// Makes and deletes a value at each lock that the thread takes.
#[fentry("_raw_spin_lock_irqsave")]
fn at_locks(ctx: &mut FentryContext) -> Result {
    if control.get(WATCHED) != Some(u64::from(ctx.pid()))
        || results.get(MADE) >= control.get(AT_MOST)
    {
        return Ok(());
    }
    let of = ctx.cgroup().ok_or(Errno::ENODATA)?;
    if values.get_or_insert(ctx, &of, 1).is_none() {
        return add(REFUSED);
    }
    _ = values.remove(&of);
    add(MADE)
}

fn count_packet(ctx: &CgroupSkbContext) -> Result {
    let mut port = [0; 2];
    ctx.load_bytes(22, &mut port)?;
    if u16::from_be_bytes(port) != PORT {
        return Ok(());
    }
    let of = ctx.cgroup().ok_or(Errno::ENODATA)?;
    if of.id() != ctx.cgroup_id() {
        return Err(Errno::EIO);
    }
    let count = packets.get_or_insert(ctx, &of, 0).ok_or(Errno::ENOMEM)?;
    count.atomic().fetch_add(1, Relaxed);
    Ok(())
}

#[cgroup_skb("egress")]
fn leaves(ctx: &mut CgroupSkbContext) -> Result<CgroupAction> {
    count_packet(ctx)?;
    Ok(CgroupAction::Pass)
}
