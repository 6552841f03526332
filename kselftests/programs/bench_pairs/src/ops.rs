// SPDX-License-Identifier: GPL-2.0
//! Single operations: what a program costs that does one more than `nothing`.

use core::sync::atomic::Ordering::Relaxed;

use rex::prelude::*;

#[map]
static ARRAY: Array<u64> = Array::with_max_entries(16);
#[map]
static PERCPU_ARRAY: PerCpuArray<u64> = PerCpuArray::with_max_entries(16);
#[map]
static HASH: HashMap<u32, u64> = HashMap::with_max_entries(1024);
#[map]
static PERCPU_HASH: PerCpuHashMap<u32, u64> =
    PerCpuHashMap::with_max_entries(1024);
#[map]
static LRU_HASH: LruHashMap<u32, u64> = LruHashMap::with_max_entries(1024);
#[map]
static RING: RingBuf = RingBuf::with_size(1 << 20);
#[map]
static QUEUE: Queue<u64> = Queue::with_max_entries(16);
#[map]
static TRIE: LpmTrie<[u8; 4], u64> = LpmTrie::with_max_entries(16);

pub(crate) fn nothing(_: &XdpContext) -> bool {
    true
}

pub(crate) fn array_read(_: &XdpContext) -> bool {
    ARRAY.get(3).is_some_and(|value| value != 1)
}

pub(crate) fn array_add(ctx: &XdpContext) -> bool {
    let Some(value) = ARRAY.lookup(ctx, 4) else {
        return false;
    };
    value.atomic().fetch_add(1, Relaxed);
    true
}

pub(crate) fn percpu_array_add(ctx: &XdpContext) -> bool {
    let Some(value) = PERCPU_ARRAY.lookup(ctx, 4) else {
        return false;
    };
    value.set(value.get() + 1);
    true
}

pub(crate) fn hash_miss(_: &XdpContext) -> bool {
    HASH.get(3).is_none()
}

pub(crate) fn hash_update(_: &XdpContext) -> bool {
    HASH.insert(5, 1).is_ok()
}

pub(crate) fn hash_update_and_hit(_: &XdpContext) -> bool {
    HASH.insert(5, 1).is_ok() && HASH.get(5).is_some_and(|value| value != 0)
}

pub(crate) fn hash_insert_and_delete(_: &XdpContext) -> bool {
    HASH.insert_new(6, 1).is_ok() && HASH.remove(6).is_ok()
}

pub(crate) fn percpu_hash_update(_: &XdpContext) -> bool {
    PERCPU_HASH.insert(5, 1).is_ok()
}

pub(crate) fn lru_update(_: &XdpContext) -> bool {
    LRU_HASH.insert(5, 1).is_ok()
}

pub(crate) fn trie_update_and_hit(_: &XdpContext) -> bool {
    let key = LpmKey::new(32, [10, 0, 0, 1]);
    TRIE.insert(key, 1).is_ok() && TRIE.get(key).is_some()
}

pub(crate) fn ring_reserve_and_discard(ctx: &XdpContext) -> bool {
    let Some(record) = RING.reserve(ctx, 16) else {
        return false;
    };
    record.discard();
    true
}

pub(crate) fn queue_push_and_pop(_: &XdpContext) -> bool {
    QUEUE.push(1).is_ok() && QUEUE.pop().is_some()
}

pub(crate) fn ktime(_: &XdpContext) -> bool {
    rex::time::now() != Instant::default()
}

pub(crate) fn random(ctx: &XdpContext) -> bool {
    ctx.random() != 1
}

pub(crate) fn cpu(ctx: &XdpContext) -> bool {
    ctx.cpu() < 4096
}

#[inline(never)]
fn callee(x: &mut u32) -> u32 {
    *x = x.wrapping_mul(31).wrapping_add(1);
    *x & 1
}

pub(crate) fn three_calls(ctx: &XdpContext) -> bool {
    let mut x = ctx.cpu();
    callee(&mut x) + callee(&mut x) + callee(&mut x) != x
}
