// SPDX-License-Identifier: GPL-2.0
//! Operations of maps in programs of packets. kselftests/bench/pairs/fill.c fills the maps.

use core::sync::atomic::Ordering::Relaxed;

use rex::prelude::*;

#[map]
static ARRAY: Array<u64> = Array::with_max_entries(16);
#[map]
static PERCPU_ARRAY: PerCpuArray<u64> = PerCpuArray::with_max_entries(16);
#[map]
static HASH: HashMap<u32, u64> = HashMap::with_max_entries(1024);
#[map]
static VISITED: HashMap<u32, u64> = HashMap::with_max_entries(8);
#[map]
static PERCPU_HASH: PerCpuHashMap<u32, u64> =
    PerCpuHashMap::with_max_entries(1024);
#[map]
static LRU_HASH: LruHashMap<u32, u64> = LruHashMap::with_max_entries(1024);
#[map]
static LRU_PERCPU: LruPerCpuHashMap<u32, u64> =
    LruPerCpuHashMap::with_max_entries(1024);
#[map]
static TRIE: LpmTrie<[u8; 4], u64> = LpmTrie::with_max_entries(16);
#[map]
static HASHES: ArrayOfMaps<HashMap<u32, u64>> =
    ArrayOfMaps::with_inner(4, HashMap::with_max_entries(16));
#[map]
static ARRAYS: HashOfMaps<u32, Array<u64>> =
    HashOfMaps::with_inner(4, Array::with_max_entries(16));
#[map]
static QUEUE: Queue<u64> = Queue::with_max_entries(16);
#[map]
static STACK: Stack<u64> = Stack::with_max_entries(16);
#[map]
static BLOOM: BloomFilter<u64> = BloomFilter::with_max_entries(1024);
#[map]
static RING: RingBuf = RingBuf::with_size(1 << 20);
#[map]
static SUBMITTED: RingBuf = RingBuf::with_size(1 << 20);
#[map]
static OUTPUT: RingBuf = RingBuf::with_size(1 << 20);
#[map]
static USER_RING: UserRingBuf = UserRingBuf::with_size(1 << 20);
#[map]
static SAMPLES: PerfEventArray<[u64; 2]> = PerfEventArray::with_max_entries(0);
#[map]
static DEVICES: DevMap<u32> = DevMap::with_max_entries(4);
#[map]
static DEVICES_BY_KEY: DevMapHash<u32> = DevMapHash::with_max_entries(4);
#[map]
static CPUS: CpuMap<u32> = CpuMap::with_max_entries(1);

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

pub(crate) fn array_set(_: &XdpContext) -> bool {
    ARRAY.set(5, 1).is_ok()
}

pub(crate) fn percpu_array_add(ctx: &XdpContext) -> bool {
    let Some(value) = PERCPU_ARRAY.lookup(ctx, 4) else {
        return false;
    };
    value.set(value.get() + 1);
    true
}

pub(crate) fn percpu_array_of_cpu(ctx: &XdpContext) -> bool {
    PERCPU_ARRAY
        .lookup_on_cpu(ctx, 3, 0)
        .is_some_and(|value| value.get() != 1)
}

pub(crate) fn hash_miss(_: &XdpContext) -> bool {
    HASH.get(3).is_none()
}

pub(crate) fn hash_hit(_: &XdpContext) -> bool {
    HASH.get(5).is_some_and(|value| value != 0)
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

pub(crate) fn hash_visit_8(ctx: &XdpContext) -> bool {
    VISITED
        .iter(ctx)
        .map(|(_, value)| value.get())
        .fold(0, u64::wrapping_add)
        == 8
}

pub(crate) fn percpu_hash_hit(_: &XdpContext) -> bool {
    PERCPU_HASH.get(5).is_some_and(|value| value != 0)
}

pub(crate) fn percpu_hash_of_cpu(ctx: &XdpContext) -> bool {
    PERCPU_HASH
        .lookup_on_cpu(ctx, 5, 0)
        .is_some_and(|value| value.get() != 0)
}

pub(crate) fn percpu_hash_update(_: &XdpContext) -> bool {
    PERCPU_HASH.insert(5, 1).is_ok()
}

pub(crate) fn lru_hit(_: &XdpContext) -> bool {
    LRU_HASH.get(5).is_some_and(|value| value != 0)
}

pub(crate) fn lru_update(_: &XdpContext) -> bool {
    LRU_HASH.insert(5, 1).is_ok()
}

pub(crate) fn lru_percpu_hit(_: &XdpContext) -> bool {
    LRU_PERCPU.get(5).is_some_and(|value| value != 0)
}

pub(crate) fn lru_percpu_update(_: &XdpContext) -> bool {
    LRU_PERCPU.insert(5, 1).is_ok()
}

pub(crate) fn trie_hit(_: &XdpContext) -> bool {
    TRIE.get(LpmKey::of([10, 0, 0, 1])).is_some()
}

pub(crate) fn trie_update_and_hit(_: &XdpContext) -> bool {
    let key = LpmKey::of([10, 0, 0, 1]);
    TRIE.insert(key, 1).is_ok() && TRIE.get(key).is_some()
}

pub(crate) fn array_of_maps_hit(ctx: &XdpContext) -> bool {
    let Some(hash) = HASHES.get(ctx, 1) else {
        return false;
    };
    hash.get(5).is_some_and(|value| value != 0)
}

pub(crate) fn hash_of_maps_hit(ctx: &XdpContext) -> bool {
    let Some(array) = ARRAYS.get(ctx, 1) else {
        return false;
    };
    array.get(5).is_some_and(|value| value != 0)
}

pub(crate) fn queue_push_and_pop(_: &XdpContext) -> bool {
    QUEUE.push(1).is_ok() && QUEUE.pop().is_some()
}

pub(crate) fn queue_peek(_: &XdpContext) -> bool {
    QUEUE.peek().is_some()
}

pub(crate) fn stack_push_and_pop(_: &XdpContext) -> bool {
    STACK.push(1).is_ok() && STACK.pop().is_some()
}

pub(crate) fn stack_peek(_: &XdpContext) -> bool {
    STACK.peek().is_some()
}

pub(crate) fn bloom_push(_: &XdpContext) -> bool {
    BLOOM.insert(1).is_ok()
}

pub(crate) fn bloom_peek(_: &XdpContext) -> bool {
    BLOOM.contains(1)
}

pub(crate) fn ring_reserve_and_discard(ctx: &XdpContext) -> bool {
    let Some(record) = RING.reserve(ctx, 16) else {
        return false;
    };
    record.discard();
    true
}

pub(crate) fn ring_reserve_and_submit(ctx: &XdpContext) -> bool {
    let Some(record) = SUBMITTED.reserve(ctx, 16) else {
        return false;
    };
    record.submit();
    true
}

pub(crate) fn ring_output(_: &XdpContext) -> bool {
    OUTPUT.output(&[1u64, 2]).is_ok()
}

pub(crate) fn ring_query(_: &XdpContext) -> bool {
    RING.available_bytes() != 1
}

pub(crate) fn user_ring_read(_: &XdpContext) -> bool {
    let mut record = [0; 16];
    USER_RING
        .read(&mut record)
        .is_ok_and(|record| record.is_some_and(|record| record[0] == 1))
}

pub(crate) fn perf_output(ctx: &XdpContext) -> bool {
    SAMPLES.output(ctx, &[1, 2]).is_ok()
}

pub(crate) fn devmap_redirect(ctx: &mut XdpContext) -> bool {
    ctx.redirect_map(&DEVICES, 1, XdpAction::Pass) == XdpAction::Redirect
}

pub(crate) fn devmap_hash_redirect(ctx: &mut XdpContext) -> bool {
    ctx.redirect_map(&DEVICES_BY_KEY, 1, XdpAction::Pass) == XdpAction::Redirect
}

pub(crate) fn cpumap_redirect(ctx: &mut XdpContext) -> bool {
    ctx.redirect_map(&CPUS, 0, XdpAction::Pass) == XdpAction::Redirect
}
