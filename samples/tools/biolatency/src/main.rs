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

/// The selected disk, `major << 20 | minor`; `u32::MAX` selects all.
#[config]
static DISK: Config<u32> = Config::new(u32::MAX);

/// A cgroup: the inode number of its folder, and its depth.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Cgroup {
    id: u64,
    level: u32,
    _reserved: u32,
}

/// The selected cgroup of the tasks; the id 0 selects all.
#[config]
static CGROUP: Config<Cgroup> = Config::new(Cgroup {
    id: 0,
    level: 0,
    _reserved: 0,
});

/// Make a histogram for each disk.
#[config]
static PER_DISK: Config<bool> = Config::new(false);

/// Make a histogram for each set of flags.
#[config]
static PER_FLAGS: Config<bool> = Config::new(false);

/// Count the time in the kernel's queue, too.
#[config]
static QUEUED: Config<bool> = Config::new(false);

/// Count milliseconds instead of microseconds.
#[config]
static MILLISECONDS: Config<bool> = Config::new(false);

/// The disk and the flags of a histogram.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Key {
    disk: u32,
    flags: u32,
}

const SLOTS: usize = 27;

/// The start of each request, by its address.
#[map]
static STARTS: HashMap<u64, Instant> = HashMap::with_max_entries(10240);

#[map]
static HISTOGRAMS: HashMap<Key, [u64; SLOTS]> = HashMap::with_max_entries(256);

fn disk(rq: Ptr<request>) -> Result<u32> {
    let disk = read!(rq.q.disk)?;
    // A driver's own request belongs to no disk.
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

/// Runs when the request is put into the kernel's queue.
#[raw_tracepoint("block_rq_insert")]
fn on_insert(ctx: &mut RawTracepointContext, rq: Ptr<request>) -> Result {
    if QUEUED.get() && is_wanted(ctx, rq)? {
        return STARTS.insert(rq.addr(), time::now());
    }
    Ok(())
}

/// Runs when the driver gets the request.
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

/// Runs when the request, or its first part, is complete.
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
    // This fails if another CPU has just inserted the element.
    let _ = HISTOGRAMS.insert_new(key, [0; SLOTS]);
    let slots = HISTOGRAMS.lookup(ctx, key).ok_or(Errno::ENOSPC)?;
    let slot = (took.max(1).ilog2() as usize).min(SLOTS - 1);
    if let Some(slot) = slots.at(slot) {
        slot.atomic().fetch_add(1, Relaxed);
    }
    Ok(())
}
