// SPDX-License-Identifier: GPL-2.0
//! Answers of the server, by the hash of the key: a newer answer replaces an older
//! one with the same hash.

use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;

use rex::prelude::*;
use rex::time;

const ENTRIES: u32 = 16384;
/// The length of the longest answer.
const MAX_ANSWER: usize = 1024;
/// No answer is stored for these nanoseconds after a change: the server may not
/// have made it yet.
const DELAY: u64 = 200_000_000;

#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct Entry {
    /// No answer is stored before this time.
    not_before: u64,
    /// The entry is void unless this is `GENERATION`.
    generation: u64,
    /// The length of the answer; 0 if the entry is void.
    len: u64,
    answer: [u8; MAX_ANSWER],
}

/// The counters of each CPU.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct Stats {
    /// GETs.
    pub(crate) get_recv_count: u64,
    /// Commands that change something.
    pub(crate) set_recv_count: u64,
    /// Answers of the server.
    pub(crate) get_resp_count: u64,
    /// GETs that were answered.
    pub(crate) hit_count: u64,
    /// GETs whose answer was not stored.
    pub(crate) miss_count: u64,
    /// Answers that were stored.
    pub(crate) update_count: u64,
    /// Answers that were dropped one by one.
    pub(crate) invalidation_count: u64,
}

#[map]
static map_kcache: Array<SpinLocked<Entry>> = Array::with_max_entries(ENTRIES);

#[map]
static map_stats: PerCpuArray<Stats> = PerCpuArray::with_max_entries(1);

/// It begins at 1, so no entry is valid at first.
static GENERATION: AtomicU64 = AtomicU64::new(1);

/// No answer to any GET is stored before this time.
static NOT_BEFORE: AtomicU64 = AtomicU64::new(0);

type Guard<'run> = SpinLockGuard<'run, Entry>;

pub(crate) fn count(ctx: &Context, count: impl FnOnce(&mut Stats)) {
    if let Some(stats) = map_stats.lookup(ctx, 0) {
        stats.update(count);
    }
}

fn now() -> u64 {
    time::now().as_ns()
}

impl Entry {
    /// Returns the answer to the GET.
    pub(crate) fn answer(&self) -> &[u8] {
        &self.answer[..(self.len as usize).min(MAX_ANSWER)]
    }

    fn is_valid(&self) -> bool {
        self.len > 0 && self.generation == GENERATION.load(Relaxed)
    }

    fn is_of(&self, key: &[u8]) -> bool {
        self.is_valid()
            && self
                .answer()
                .strip_prefix(b"VALUE ")
                .and_then(|rest| rest.strip_prefix(key))
                .is_some_and(|rest| rest.first() == Some(&b' '))
    }
}

/// Returns the FNV-1a hash of `key`, as an index.
fn index(key: &[u8]) -> u32 {
    key.iter().fold(2_166_136_261, |hash: u32, &byte| {
        (hash ^ u32::from(byte)).wrapping_mul(16_777_619)
    }) % ENTRIES
}

/// Inlined, since a guard has a copy of the entry, which would be copied again.
#[inline(always)]
fn entry<'run>(ctx: &Context<'run>, key: &[u8]) -> Result<Guard<'run>> {
    let element = map_kcache.lookup(ctx, index(key)).ok_or(Errno::ENOENT)?;
    Ok(element.lock()?)
}

/// Returns the answer to the GET of `key`, locked.
#[inline(always)]
pub(crate) fn find<'run>(
    ctx: &Context<'run>,
    key: &[u8],
) -> Result<Guard<'run>> {
    let entry = entry(ctx, key)?;
    if !entry.is_of(key) {
        count(ctx, |stats| stats.miss_count += 1);
        return Err(Errno::ENOENT);
    }
    Ok(entry)
}

/// Drops the answer with the hash of `key`, and stores none for a while.
pub(crate) fn forget(ctx: &Context, key: &[u8]) {
    let Ok(mut entry) = entry(ctx, key) else {
        return;
    };
    if entry.is_valid() {
        count(ctx, |stats| stats.invalidation_count += 1);
    }
    entry.len = 0;
    entry.not_before = now() + DELAY;
}

/// Does the same for all keys.
pub(crate) fn forget_everything() {
    NOT_BEFORE.store(now() + DELAY, Relaxed);
    GENERATION.fetch_add(1, Relaxed);
}

/// Stores an answer of the server, if it is not too long.
pub(crate) fn remember(ctx: &Context, key: &[u8], answer: &[u8]) -> Result {
    if answer.len() > MAX_ANSWER {
        return Ok(());
    }
    let mut entry = entry(ctx, key)?;
    if now() < entry.not_before.max(NOT_BEFORE.load(Relaxed))
        || entry.is_valid() && entry.answer() == answer
    {
        return Ok(());
    }
    entry.generation = GENERATION.load(Relaxed);
    entry.len = answer.len() as u64;
    entry.answer[..answer.len()].copy_from_slice(answer);
    count(ctx, |stats| stats.update_count += 1);
    Ok(())
}
