// SPDX-License-Identifier: GPL-2.0
//! Answers of the server, by the hash of the key: a newer answer replaces an older
//! one with the same hash.

use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;

use rex::prelude::*;
use rex::{part, time};

use crate::memcached::{END, Key};

const ENTRIES: u32 = 16384;
/// The length of the longest answer.
const MAX_ANSWER: usize = 1024;
/// No answer is stored for these nanoseconds after a change: the server may not
/// have made it yet.
const DELAY: u64 = 200_000_000;

/// What is known of an answer. A lock gives its holder a copy of the value, so this is small.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Entry {
    /// No answer is stored before this time.
    not_before: u64,
    /// The entry is void unless this is `GENERATION`.
    generation: u64,
    /// The hash of the key.
    hash: u64,
    /// How many answers were stored here.
    version: u64,
}

/// An answer, which is read and written with the lock of its entry.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Answer {
    bytes: [u8; MAX_ANSWER],
    /// The length of the answer; 0 if the entry is void.
    len: u64,
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
static map_answers: Array<Answer> = Array::with_max_entries(ENTRIES);

#[map]
static map_stats: PerCpuArray<Stats> = PerCpuArray::with_max_entries(1);

/// It begins at 1, so no entry is valid at first.
static GENERATION: AtomicU64 = AtomicU64::new(1);

/// No answer to any GET is stored before this time.
static NOT_BEFORE: AtomicU64 = AtomicU64::new(0);

/// Counts one more in the counter that `counter` names.
pub(crate) fn count<'run>(
    ctx: &Context<'run>,
    counter: impl FnOnce(MapRef<'run, Stats>) -> MapRef<'run, u64>,
) {
    if let Some(stats) = map_stats.lookup(ctx, 0) {
        counter(stats).update(|count| *count += 1);
    }
}

/// Names a counter for `count`.
macro_rules! counter {
    ($name:ident) => {
        |stats| rex::part!(stats, crate::cache::Stats, $name)
    };
}
pub(crate) use counter;

/// An answer that was found, and may have changed since.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    hash: u32,
    version: u64,
    len: usize,
}

impl Known {
    pub(crate) const NONE: Self = Self {
        hash: 0,
        version: 0,
        len: 0,
    };

    /// Returns the length of the answer without its end.
    pub(crate) fn item_len(&self) -> usize {
        self.len.saturating_sub(END.len())
    }

    /// Returns the answer, locked, unless it has changed.
    pub(crate) fn again<'run>(
        &self,
        ctx: &Context<'run>,
    ) -> Result<Locked<'run>> {
        let locked = Locked::new(ctx, self.hash)?;
        let same =
            locked.entry.version == self.version && locked.len() == self.len;
        if same { Ok(locked) } else { Err(Errno::ENOENT) }
    }
}

fn now() -> u64 {
    time::now().as_ns()
}

/// An entry, whose lock is held, and its answer.
pub(crate) struct Locked<'run> {
    entry: SpinLockGuard<'run, Entry>,
    answer: MapRef<'run, Answer>,
}

impl<'run> Locked<'run> {
    fn new(ctx: &Context<'run>, hash: u32) -> Result<Self> {
        let index = hash % ENTRIES;
        let answer = map_answers.lookup(ctx, index).ok_or(Errno::ENOENT)?;
        let entry = map_kcache.lookup(ctx, index).ok_or(Errno::ENOENT)?;
        Ok(Self {
            entry: entry.lock()?,
            answer,
        })
    }

    /// Returns the length of the answer, or 0 if there is none.
    pub(crate) fn len(&self) -> usize {
        if self.entry.generation == GENERATION.load(Relaxed) {
            part!(self.answer, Answer, len).get() as usize
        } else {
            0
        }
    }

    pub(crate) fn known(&self) -> Known {
        Known {
            hash: self.entry.hash as u32,
            version: self.entry.version,
            len: self.len(),
        }
    }

    fn set_len(&self, len: usize) {
        part!(self.answer, Answer, len).set(len as u64);
    }

    /// Copies the first bytes of the answer, as many as there is room for.
    pub(crate) fn copy_to(&self, room: &mut [u8]) -> Result {
        self.answer.read_at(0, room)
    }

    fn word(&self, at: usize) -> [u8; 8] {
        let mut word = [0; 8];
        // A word beyond the value stays zero, which is no part of a key.
        let _ = self.answer.read_at(at, &mut word);
        word
    }

    /// Returns whether the answer begins with `VALUE <key> `, by words.
    fn begins_with(&self, key: &[u8]) -> bool {
        let (first, rest) = key.split_at(key.len().min(2));
        let mut want = *b"VALUE   ";
        for (to, from) in want[6..].iter_mut().zip(first) {
            *to = *from;
        }
        let mut at = 0;
        if self.word(at) != want {
            return false;
        }
        let (words, last) = rest.as_chunks::<8>();
        for word in words {
            at += 8;
            if self.word(at) != *word {
                return false;
            }
        }
        if key.len() < 2 {
            return true; // the first word has the blank
        }
        let word = self.word(at + 8);
        let (begin, end) = word.split_at(last.len());
        begin.iter().eq(last) && end.first() == Some(&b' ')
    }

    fn is_of(&self, key: Key) -> bool {
        self.entry.hash == u64::from(key.hash)
            && self.len() > 0
            && self.begins_with(key.bytes)
    }
}

/// Returns the answer to the GET of `key`, locked.
pub(crate) fn find<'run>(
    ctx: &Context<'run>,
    key: Key,
) -> Result<Locked<'run>> {
    let locked = Locked::new(ctx, key.hash)?;
    if !locked.is_of(key) {
        count(ctx, counter!(miss_count));
        return Err(Errno::ENOENT);
    }
    Ok(locked)
}

/// Drops the answer with the hash of `key`, and stores none for a while.
pub(crate) fn forget(ctx: &Context, key: Key) {
    let Ok(mut locked) = Locked::new(ctx, key.hash) else {
        return;
    };
    if locked.len() > 0 {
        count(ctx, counter!(invalidation_count));
    }
    locked.set_len(0);
    locked.entry.not_before = now() + DELAY;
}

/// Does the same for all keys.
pub(crate) fn forget_everything() {
    NOT_BEFORE.store(now() + DELAY, Relaxed);
    GENERATION.fetch_add(1, Relaxed);
}

/// Stores an answer of the server, if it is not too long.
pub(crate) fn remember(ctx: &Context, key: Key, answer: &[u8]) -> Result {
    if answer.len() > MAX_ANSWER {
        return Ok(());
    }
    let mut locked = Locked::new(ctx, key.hash)?;
    let not_before = locked.entry.not_before;
    if now() < not_before.max(NOT_BEFORE.load(Relaxed)) {
        return Ok(());
    }
    // The entry is void while the bytes change: the run may end in the middle. The guard
    // stores the entry when it is dropped.
    locked.set_len(0);
    locked.answer.write_at(0, answer)?;
    locked.entry.generation = GENERATION.load(Relaxed);
    locked.entry.hash = u64::from(key.hash);
    locked.entry.version += 1;
    locked.set_len(answer.len());
    count(ctx, counter!(update_count));
    Ok(())
}
