// SPDX-License-Identifier: GPL-2.0
//! Maps of all kinds that are used by value.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static HASH: HashMap<u32, u64> = HashMap::with_flags(8, 1);
#[map]
static PER_CPU: PerCpuHashMap<u32, u64> = PerCpuHashMap::with_max_entries(8);
#[map]
static LRU: LruHashMap<u32, u64> = LruHashMap::with_max_entries(8);
#[map]
static LRU_PER_CPU: LruPerCpuHashMap<u32, u64> =
    LruPerCpuHashMap::with_max_entries(8);
#[map]
static TRIE: LpmTrie<[u8; 4], u64> = LpmTrie::with_max_entries(8);
#[map]
static ARRAY: Array<u64> = Array::with_max_entries(8);
#[map]
static PER_CPU_ARRAY: PerCpuArray<u64> = PerCpuArray::with_max_entries(8);
#[map]
static LOCKED: HashMap<u32, SpinLocked<u64>> = HashMap::with_max_entries(8);
#[map]
static QUEUE: Queue<u64> = Queue::with_max_entries(8);
#[map]
static STACK: Stack<u64> = Stack::with_max_entries(8);
#[map]
static BLOOM: BloomFilter<u64> =
    BloomFilter::with_max_entries(8).with_hash_functions(3);
#[map]
static RING: RingBuf = RingBuf::with_size(4096);
#[map]
static PERF: PerfEventArray<u64> = PerfEventArray::with_max_entries(0);
#[map]
static DEVICES: DevMap<u32> = DevMap::with_max_entries(8);
#[map]
static DEVICES_HASH: DevMapHash<u32> = DevMapHash::with_max_entries(8);
#[map]
static CPUS: CpuMap<u32> = CpuMap::with_max_entries(8);

fn use_all(ctx: &Context) -> Result {
    HASH.insert(1, 2)?;
    HASH.insert_new(1, 2)?;
    HASH.update(1, 2)?;
    HASH.remove(1)?;
    PER_CPU.lookup(ctx, 1).ok_or(Errno::ENOENT)?.set(1);
    PER_CPU
        .lookup_on_cpu(ctx, 1, 0)
        .ok_or(Errno::ENOENT)?
        .set(1);
    LRU.insert(1, LRU.get(1).unwrap_or(0))?;
    LRU_PER_CPU
        .lookup_on_cpu(ctx, 1, 0)
        .ok_or(Errno::ENOENT)?
        .set(1);
    TRIE.insert(LpmKey::new(8, [10, 0, 0, 0]), 1)?;
    ARRAY.set(0, 1)?;
    PER_CPU_ARRAY
        .lookup_on_cpu(ctx, 0, 1)
        .ok_or(Errno::ENOENT)?
        .set(1);
    LOCKED.insert_new(1, 1)?;
    *LOCKED.lookup(ctx, 1).ok_or(Errno::ENOENT)?.lock()? += 1;
    LOCKED.remove(1)?;
    QUEUE.push(1)?;
    STACK.force_push(QUEUE.pop().unwrap_or(0))?;
    if !BLOOM.contains(1) {
        BLOOM.insert(1)?;
    }
    let mut record = RING.reserve(ctx, 8).ok_or(Errno::ENOSPC)?;
    record.fill(0);
    record.submit();
    RING.output(&1u32)?;
    PERF.output(ctx, &1)
}

#[xdp]
fn prog(ctx: &mut XdpContext) -> Result<XdpAction> {
    use_all(ctx)?;
    let cpu = ctx.redirect_map(&CPUS, 1, XdpAction::Pass);
    let device = ctx.redirect_map(&DEVICES_HASH, 1, cpu);
    Ok(ctx.redirect_map(&DEVICES, 1, device))
}
