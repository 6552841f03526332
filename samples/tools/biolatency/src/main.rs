// SPDX-License-Identifier: GPL-2.0
//! Counts how long requests to block devices take, in histograms by powers of two.
#![no_std]
#![no_main]

use core::sync::atomic::Ordering::Relaxed;

use rex::prelude::*;
use rex::time::{self, Instant};

rex::kernel! {
    /// A request to a block device.
    struct request {
        q: Ptr<request_queue>,
        cmd_flags: u32 as _,
    }

    struct request_queue {
        disk: Ptr<gendisk>,
    }

    struct gendisk {
        major: i32,
        first_minor: i32,
    }
}

/// Of this disk only, `major << 20 | minor`, unless it is `u32::MAX`.
#[config]
static DISK: Config<u32> = Config::new(u32::MAX);

/// A cgroup: the number of its folder's inode, and how deep it is.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Cgroup {
    id: u64,
    level: u32,
    _reserved: u32,
}

/// Requests of tasks in this cgroup only, unless its id is 0.
#[config]
static CGROUP: Config<Cgroup> = Config::new(Cgroup {
    id: 0,
    level: 0,
    _reserved: 0,
});

/// A histogram for each disk.
#[config]
static PER_DISK: Config<bool> = Config::new(false);

/// A histogram for each set of flags.
#[config]
static PER_FLAGS: Config<bool> = Config::new(false);

/// With the time in the kernel's queue.
#[config]
static QUEUED: Config<bool> = Config::new(false);

/// Milliseconds, not microseconds.
#[config]
static MILLISECONDS: Config<bool> = Config::new(false);

/// What a histogram is for.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Key {
    disk: u32,
    flags: u32,
}

const SLOTS: usize = 27;

/// When a request began, by its address.
#[map]
static STARTS: HashMap<u64, Instant> = HashMap::with_max_entries(10240);

#[map]
static HISTOGRAMS: HashMap<Key, [u64; SLOTS]> = HashMap::with_max_entries(256);

fn disk(rq: Ptr<request>) -> Result<u32> {
    let disk = read!(rq.q.disk)?;
    // A request of the driver's own belongs to no disk.
    if disk.is_null() {
        return Ok(0);
    }
    Ok((read!(disk.major)? as u32) << 20 | read!(disk.first_minor)? as u32)
}

fn is_wanted(ctx: &TaskContext, rq: Ptr<request>) -> Result<bool> {
    let cgroup = CGROUP.get();
    Ok((DISK.get() == u32::MAX || DISK.get() == disk(rq)?)
        && (cgroup.id == 0
            || ctx.ancestor_cgroup_id(cgroup.level as i32) == cgroup.id))
}

/// The request waits in the kernel's queue.
#[raw_tracepoint("block_rq_insert")]
fn on_insert(ctx: &mut RawTracepointContext, rq: Ptr<request>) -> Result {
    if QUEUED.get() && is_wanted(ctx, rq)? {
        return STARTS.insert(rq.addr(), time::now());
    }
    Ok(())
}

/// The driver gets it.
#[raw_tracepoint("block_rq_issue")]
fn on_issue(ctx: &mut RawTracepointContext, rq: Ptr<request>) -> Result {
    if !is_wanted(ctx, rq)? {
        return Ok(());
    }
    if QUEUED.get() && STARTS.get(rq.addr()).is_some() {
        return Ok(());
    }
    STARTS.insert(rq.addr(), time::now())
}

/// It is done, or its first part is.
#[raw_tracepoint("block_rq_complete")]
fn on_complete(ctx: &mut RawTracepointContext, rq: Ptr<request>) -> Result {
    let Some(start) = STARTS.get(rq.addr()) else {
        return Ok(());
    };
    STARTS.remove(rq.addr())?;
    let took = start.elapsed();
    let took = if MILLISECONDS.get() {
        took.as_millis()
    } else {
        took.as_micros()
    } as u64;
    let key = Key {
        disk: if PER_DISK.get() { disk(rq)? } else { 0 },
        flags: if PER_FLAGS.get() {
            read!(rq.cmd_flags)?
        } else {
            0
        },
    };
    // If another CPU is faster, this fails, and the element is there.
    let _ = HISTOGRAMS.insert_new(key, [0; SLOTS]);
    let slots = HISTOGRAMS.lookup(ctx, key).ok_or(Errno::ENOSPC)?;
    let slot = (took.max(1).ilog2() as usize).min(SLOTS - 1);
    if let Some(slot) = slots.at(slot) {
        slot.atomic().fetch_add(1, Relaxed);
    }
    Ok(())
}
