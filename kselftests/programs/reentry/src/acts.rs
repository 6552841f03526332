// SPDX-License-Identifier: GPL-2.0
//! Programs perform acts: each calls one helper, or two that belong together.

use alloc::vec::Vec;
use core::hint::black_box;

use rex::Result;
use rex::linux::bpf::BPF_F_NO_PREALLOC;
use rex::linux::errno::ENOENT;
pub(crate) use rex::linux::errno::ENOSYS;
use rex::map::*;
pub(crate) use rex::map::{LpmKey, PerfEventMaskedCPU};
use rex::rex_map;
use rex::task_struct::OwnedTaskStruct;

pub(crate) use crate::hash::name_hash;

#[rex_map]
pub(crate) static hash: RexHashMap<u64, u64> = RexHashMap::new(64, 0);
#[rex_map]
pub(crate) static dynamic_hash: RexHashMap<u64, u64> =
    RexHashMap::new(64, BPF_F_NO_PREALLOC);
#[rex_map]
pub(crate) static percpu_hash: RexPerCPUHashMap<u64, u64> =
    RexPerCPUHashMap::new(64, 0);
#[rex_map]
pub(crate) static lru: RexLruHashMap<u64, u64> = RexLruHashMap::new(64, 0);
#[rex_map]
pub(crate) static percpu_lru: RexLruPerCPUHashMap<u64, u64> =
    RexLruPerCPUHashMap::new(64, 0);
#[rex_map]
pub(crate) static trie: RexLpmTrie<u32, u64> =
    RexLpmTrie::new(1 << 20, BPF_F_NO_PREALLOC);
#[rex_map]
pub(crate) static queue: RexQueue<u64> = RexQueue::new(8, 0);
#[rex_map]
pub(crate) static stack: RexStack<u64> = RexStack::new(8, 0);
#[rex_map]
pub(crate) static bloom: RexBloomFilter<u64> = RexBloomFilter::new(64, 0);
#[rex_map]
pub(crate) static ring: RexRingBuf = RexRingBuf::new(1 << 20, 0);
#[rex_map]
pub(crate) static stacks: RexStackTrace<u32, [u64; 16]> =
    RexStackTrace::new(1024, 0);
#[rex_map]
pub(crate) static of_user: RexUserRingBuf = RexUserRingBuf::new(4096, 0);
#[rex_map]
pub(crate) static of_tasks: RexTaskStorage<u64> = RexTaskStorage::new(0, 0);
/// Linux 6.1 has no such maps.
#[rex_map]
pub(crate) static of_cgroups: RexCgroupStorage<u64> =
    RexCgroupStorage::optional();
/// The test puts the root in it.
#[rex_map]
pub(crate) static cgroups: RexCgroupArray = RexCgroupArray::new(1, 0);
/// The test opens no event: writing a sample is as far as that.
#[rex_map]
pub(crate) static samples: RexPerfEventArray<u64> =
    RexPerfEventArray::new(0, 0);
#[rex_map]
static numbers: RexArrayMap<u64> = RexArrayMap::new(1, 0);

/// This signal does nothing to a process that does not wait for it.
pub(crate) const SIGURG: u32 = 23;

/// Returns a new number.
pub(crate) fn next() -> u64 {
    let number = numbers.get(&0).unwrap_or(0) + 1;
    _ = numbers.insert(&0, &number);
    number
}

/// Returns a number that differs in a nested program, whose keys are in other
/// buckets.
pub(crate) fn key() -> u64 {
    next() % 48
}

pub(crate) fn allocate() -> Result {
    let mut block = Vec::with_capacity(4);
    block.push(black_box(1u64));
    block.reserve(black_box(100));
    black_box(block);
    Ok(0)
}

pub(crate) fn task_by_pid() -> Result {
    let task = OwnedTaskStruct::from_pid(1).ok_or(-ENOENT)?;
    black_box(task.get_process_runtime());
    black_box(task.get_pt_regs().is_some());
    Ok(0)
}

pub(crate) fn found<T>(value: Option<T>) -> Result {
    value.map(|_| 0).ok_or(-ENOENT)
}

pub(crate) fn done<T>(_: T) -> Result {
    Ok(0)
}

macro_rules! choose {
    ($act:expr, $other:expr; $($name:ident: $call:expr,)*) => {{
        let act = $act;
        $(
            if act == const { name_hash(stringify!($name)) } {
                $call
            } else
        )*
        {
            $other
        }
    }};
}

/// Performs the act with the hash `$act`.
macro_rules! perform {
    ($obj:ident, $ctx:ident, $act:expr) => {{
        use $crate::acts::*;
        let act = $act;
        choose! {
            act, plain!($obj, act);
            hash_update: hash.insert(&key(), &1),
            hash_delete: {
                _ = hash.insert(&7, &1);
                hash.delete(&7)
            },
            dynamic_hash_update: dynamic_hash.insert(&key(), &1),
            dynamic_hash_delete: {
                _ = dynamic_hash.insert(&7, &1);
                dynamic_hash.delete(&7)
            },
            percpu_hash_update: percpu_hash.insert(&key(), &1),
            lru_update: lru.insert(&next(), &1),
            lru_delete: {
                _ = lru.insert(&7, &1);
                lru.delete(&7)
            },
            percpu_lru_update: percpu_lru.insert(&next(), &1),
            trie_update: trie.insert(&LpmKey::of(next() as u32), &1),
            trie_delete: {
                _ = trie.insert(&LpmKey::of(7u32), &1);
                trie.delete(&LpmKey::of(7u32))
            },
            queue_push: queue.force_push(&1),
            queue_pop: {
                _ = queue.force_push(&1);
                found(queue.pop())
            },
            queue_peek: {
                _ = queue.force_push(&1);
                found(queue.peek())
            },
            stack_push: stack.force_push(&1),
            stack_pop: {
                _ = stack.force_push(&1);
                found(stack.pop())
            },
            bloom_push: bloom.insert(&next()),
            ringbuf_output: ring.output(&[1; 8], 0),
            ringbuf_reserve: found(ring.reserve($obj, 8)),
            ringbuf_submit: found(ring.reserve($obj, 8).map(|r| r.submit(0))),
            ringbuf_query: found(ring.available_bytes()),
            stackid: $obj.bpf_get_stackid($ctx, &stacks, next() % 2),
            stack_copy: $obj.bpf_get_stack($ctx, &mut [0; 8], 0),
            task_storage_create: $obj.bpf_get_current_task().map_or(
                Err(-ENOENT), |task| {
                    _ = $obj.bpf_task_storage_delete(&of_tasks, &task);
                    found($obj.bpf_task_storage_get(&of_tasks, &task, None, 1))
                }),
            task_storage_delete: $obj.bpf_get_current_task().map_or(
                Err(-ENOENT), |task| {
                    _ = $obj.bpf_task_storage_get(&of_tasks, &task, Some(&1), 1);
                    $obj.bpf_task_storage_delete(&of_tasks, &task)
                }),
            cgroup_storage_create: $obj.bpf_get_current_task().map_or(
                Err(-ENOENT), |task| task.cgroup().map_or(
                    Err(-ENOENT), |cgroup| {
                        _ = $obj.bpf_cgrp_storage_delete(&of_cgroups, &cgroup);
                        found($obj.bpf_cgrp_storage_get(
                            &of_cgroups, &cgroup, None, 1))
                    })),
            cgroup_storage_delete: $obj.bpf_get_current_task().map_or(
                Err(-ENOENT), |task| task.cgroup().map_or(
                    Err(-ENOENT), |cgroup| {
                        _ = $obj.bpf_cgrp_storage_get(
                            &of_cgroups, &cgroup, Some(&1), 1);
                        $obj.bpf_cgrp_storage_delete(&of_cgroups, &cgroup)
                    })),
            user_record: of_user.read(&mut [0; 8]),
            task_storage_lookup: $obj.bpf_get_current_task().map_or(
                Err(-ENOENT), |task| {
                    found($obj.bpf_task_storage_get(&of_tasks, &task, None, 0))
                }),
            cgroup_storage_lookup: $obj.bpf_get_current_task().map_or(
                Err(-ENOENT), |task| task.cgroup().map_or(
                    Err(-ENOENT), |cgroup| {
                        found($obj.bpf_cgrp_storage_get(
                            &of_cgroups, &cgroup, None, 0))
                    })),
            cgroup: $obj.bpf_get_current_task().map_or(
                Err(-ENOENT), |task| {
                    let root = task.cgroup().and_then(|own| own.ancestor(0));
                    found(root.map(|root| root.id()))
                }),
            hash_lookup: done(hash.get(&1)),
            lru_lookup: done(lru.get(&1)),
            trie_lookup: done(trie.get(&LpmKey::of(1u32))),
            // The pointer is invalid; it is read with a format's buffer held.
            snprintf: $obj.bpf_snprintf(&mut [0; 16], "%s", &[u64::MAX - 4095]),
            printk: rex::rex_printk!("reentry\n"),
            probe_read: $obj.bpf_probe_read_kernel(
                &mut 0u64, core::ptr::without_provenance(usize::MAX - 4095)),
            probe_read_user: $obj.bpf_probe_read_user(
                &mut 0u64, 0x1000),
            signal: $obj.bpf_send_signal(SIGURG),
            signal_thread: $obj.bpf_send_signal_thread(SIGURG),
            comm: $obj.bpf_get_current_comm(&mut [0; 16]),
            ancestor_cgroup: done($obj.bpf_get_current_ancestor_cgroup_id(0)),
            under_cgroup: $obj.bpf_current_task_under_cgroup(&cgroups, 0),
            probe_read_str: $obj.bpf_probe_read_kernel_str(
                &mut [0; 8], core::ptr::without_provenance(usize::MAX - 4095)),
            probe_read_user_str: $obj.bpf_probe_read_user_str(
                &mut [0; 8], 0x1000),
            percpu_lookup: done(
                $obj.bpf_map_lookup_percpu_elem(&percpu_hash, &1, 0)),
            perf_output: samples.output(
                $obj, $ctx, &1, PerfEventMaskedCPU::current_cpu()),
            task_by_pid: task_by_pid(),
            allocate: allocate(),
            timer_arm: $obj.rex_timer_arm(
                "at_time", core::time::Duration::from_millis(1)),
            heap_bytes: done(rex::heap::used()),
        }
    }};
}
