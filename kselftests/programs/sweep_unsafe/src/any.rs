// SPDX-License-Identifier: GPL-2.0
//! Helpers that programs of every type may call. The end of the run releases
//! resources that an act has acquired.

use core::hint::black_box;

use rex::map::LpmKey;

use crate::maps::*;
use crate::names::*;

static NUMBERS: [u64; 4] = [1, 2, 3, 4];

/// An address that is not mapped.
const NOWHERE: u64 = 0xffff_fc00_0000_1000;
/// This signal does nothing to a process that does not wait for it.
const SIGURG: u32 = 23;
/// BPF_F_CURRENT_CPU
const THIS_CPU: u64 = 0xffff_ffff;
/// BPF_F_REUSE_STACKID: other stacks make room.
const REUSE: u64 = 1 << 10;
/// The number of resources that a run can hold without more memory.
const INLINE_RESOURCES: usize = 8;

fn reserve() -> u64 {
    call!(bpf_ringbuf_reserve(kernel_map(&ring), 8, 0))
}

fn reserve_many() {
    for _ in 0..INLINE_RESOURCES {
        reserve();
    }
}

fn buffer() -> [u64; 4] {
    black_box([5; 4])
}

/// Returns the address of the current task's cgroup.
fn own_cgroup() -> u64 {
    let task = call!(bpf_get_current_task());
    call!(rex_task_cgroup(task))
}

/// Returns the result of `call` with the address of a key or value.
fn with(value: u64, call: impl Fn(*const u64) -> u64) -> u64 {
    let value = black_box(value);
    call(&raw const value)
}

acts! {
    ctx;
    bpf_get_current_ancestor_cgroup_id:
        step!(bpf_get_current_ancestor_cgroup_id(0)),
    bpf_current_task_under_cgroup:
        step!(bpf_current_task_under_cgroup(kernel_map(&cgroups), 0)),
    bpf_get_current_comm: {
        let mut buf = buffer();
        step!(bpf_get_current_comm(buf.as_mut_ptr(), 16))
    },
    bpf_send_signal: step!(bpf_send_signal(SIGURG)),
    bpf_send_signal_thread: step!(bpf_send_signal_thread(SIGURG)),
    rex_session_set_value: step!(rex_session_set_value(1)),
    rex_traced_function: {
        let args = buffer();
        step!(rex_traced_function(&raw const args[2]))
    },

    rex_iter_write: {
        let state = unsafe { (ctx as *const *const u8).read() };
        let text = buffer();
        step!(rex_iter_write(state, text.as_ptr(), 8))
    },
    bpf_get_stack: {
        let mut stack = buffer();
        step!(bpf_get_stack(0, stack.as_mut_ptr(), 32, 0))
    },
    bpf_get_stackid: step!(bpf_get_stackid(0, kernel_map(&stacks), REUSE)),
    bpf_perf_event_output:
        with(1, |data| {
            step!(bpf_perf_event_output(kernel_map(&samples), THIS_CPU, data, 8))
        }),

    bpf_map_lookup_elem:
        with(1, |key| step!(bpf_map_lookup_elem(kernel_map(&hash), key))),
    bpf_map_lookup_percpu_elem:
        with(1, |key| {
            step!(bpf_map_lookup_percpu_elem(kernel_map(&percpu), key, 0))
        }),
    rex_lookup_hash:
        with(1, |key| step!(rex_lookup_hash(kernel_map(&hash), key))),
    rex_find_hash:
        with(1, |key| step!(rex_find_hash(kernel_map(&hash), key))),
    rex_lookup_lpm_trie: {
        let key = black_box(LpmKey::of(1u32));
        let _ = trie.insert(&key, &1);
        step!(rex_lookup_lpm_trie(kernel_map(&trie), &raw const key))
    },
    rex_lookup_lru_hash: {
        let _ = lru.insert(&1, &1);
        with(1, |key| step!(rex_lookup_lru_hash(kernel_map(&lru), key)))
    },
    rex_lookup_lru_percpu_hash: {
        let _ = percpu_lru.insert(&1, &1);
        with(1, |key| {
            step!(rex_lookup_lru_percpu_hash(kernel_map(&percpu_lru), key))
        })
    },
    rex_lookup_array:
        with(1, |key| step!(rex_lookup_array(kernel_map(&array), key))),
    rex_update_array:
        with(1, |key| {
            step!(rex_update_array(kernel_map(&array), key, key, 0))
        }),
    rex_delete_array:
        with(1, |key| step!(rex_delete_array(kernel_map(&array), key))),
    rex_lookup_percpu_array:
        with(1, |key| step!(rex_lookup_percpu_array(kernel_map(&percpu), key))),
    rex_lookup_percpu_hash: {
        let _ = percpu_hash.insert(&1, &1);
        with(1, |key| {
            step!(rex_lookup_percpu_hash(kernel_map(&percpu_hash), key))
        })
    },
    rex_update_hash:
        with(1, |key| {
            step!(rex_update_hash(kernel_map(&hash), key, key, 0))
        }),
    rex_delete_hash:
        with(2, |key| {
            let _ = hash.insert(&2, &2);
            step!(rex_delete_hash(kernel_map(&hash), key))
        }),
    rex_update_lru_hash:
        with(1, |key| {
            step!(rex_update_lru_hash(kernel_map(&lru), key, key, 0))
        }),
    rex_delete_lru_hash:
        with(2, |key| {
            let _ = lru.insert(&2, &2);
            step!(rex_delete_lru_hash(kernel_map(&lru), key))
        }),
    rex_update_lru_percpu_hash:
        with(1, |key| {
            step!(rex_update_lru_percpu_hash(kernel_map(&percpu_lru), key, key, 0))
        }),
    rex_delete_lru_percpu_hash:
        with(2, |key| {
            let _ = percpu_lru.insert(&2, &2);
            step!(rex_delete_lru_percpu_hash(kernel_map(&percpu_lru), key))
        }),
    rex_update_percpu_array:
        with(1, |key| {
            step!(rex_update_percpu_array(kernel_map(&percpu), key, key, 0))
        }),
    rex_delete_percpu_array:
        with(2, |key| {
            let _ = percpu.insert(&2, &2);
            step!(rex_delete_percpu_array(kernel_map(&percpu), key))
        }),
    rex_update_percpu_hash:
        with(1, |key| {
            step!(rex_update_percpu_hash(kernel_map(&percpu_hash), key, key, 0))
        }),
    rex_delete_percpu_hash:
        with(2, |key| {
            let _ = percpu_hash.insert(&2, &2);
            step!(rex_delete_percpu_hash(kernel_map(&percpu_hash), key))
        }),
    rex_update_lpm_trie: {
        let (key, value) = black_box((LpmKey::of(1u32), 1u64));
        let (key, value) = (&raw const key, &raw const value);
        step!(rex_update_lpm_trie(kernel_map(&trie), key, value, 0))
    },
    rex_delete_lpm_trie: {
        let key = black_box(LpmKey::of(2u32));
        let _ = trie.insert(&key, &1);
        step!(rex_delete_lpm_trie(kernel_map(&trie), &raw const key))
    },
    bpf_map_update_elem:
        with(1, |key| {
            step!(bpf_map_update_elem(kernel_map(&hash), key, key, 0))
        }),
    bpf_map_delete_elem:
        with(2, |key| {
            let _ = hash.insert(&2, &2);
            step!(bpf_map_delete_elem(kernel_map(&hash), key))
        }),
    bpf_map_push_elem:
        with(1, |value| {
            let _ = queue.pop();
            step!(bpf_map_push_elem(kernel_map(&queue), value, 0))
        }),
    bpf_map_pop_elem:
        with(1, |value| {
            let _ = queue.force_push(&1);
            step!(bpf_map_pop_elem(kernel_map(&queue), value))
        }),
    bpf_map_peek_elem:
        with(1, |value| {
            let _ = queue.force_push(&1);
            step!(bpf_map_peek_elem(kernel_map(&queue), value))
        }),
    rex_push_queue:
        with(1, |value| {
            let _ = queue.pop();
            step!(rex_push_queue(kernel_map(&queue), value, 0))
        }),
    rex_pop_queue:
        with(1, |value| {
            let _ = queue.force_push(&1);
            step!(rex_pop_queue(kernel_map(&queue), value))
        }),
    rex_peek_queue:
        with(1, |value| {
            let _ = queue.force_push(&1);
            step!(rex_peek_queue(kernel_map(&queue), value))
        }),
    rex_push_stack:
        with(1, |value| step!(rex_push_stack(kernel_map(&lifo), value, 2))),
    rex_pop_stack:
        with(1, |value| {
            let _ = lifo.force_push(&1);
            step!(rex_pop_stack(kernel_map(&lifo), value))
        }),
    rex_peek_stack:
        with(1, |value| {
            let _ = lifo.force_push(&1);
            step!(rex_peek_stack(kernel_map(&lifo), value))
        }),
    rex_user_ringbuf_read: {
        let mut buf = buffer();
        step!(rex_user_ringbuf_read(
            kernel_map(&orders_of_user), buf.as_mut_ptr(), 32))
    },
    bpf_task_storage_get: with(1, |value| {
        let task = call!(bpf_get_current_task());
        // BPF_LOCAL_STORAGE_GET_F_CREATE
        call!(bpf_task_storage_delete(kernel_map(&of_tasks), task));
        step!(bpf_task_storage_get(kernel_map(&of_tasks), task, value, 1))
    }),
    bpf_task_storage_delete: with(1, |value| {
        let task = call!(bpf_get_current_task());
        call!(bpf_task_storage_get(kernel_map(&of_tasks), task, value, 1));
        step!(bpf_task_storage_delete(kernel_map(&of_tasks), task))
    }),
    bpf_cgrp_storage_get: with(1, |value| {
        let cgroup = own_cgroup();
        call!(bpf_cgrp_storage_delete(map_of_cgroups(), cgroup));
        step!(bpf_cgrp_storage_get(map_of_cgroups(), cgroup, value, 1))
    }),
    bpf_cgrp_storage_delete: with(1, |value| {
        let cgroup = own_cgroup();
        call!(bpf_cgrp_storage_get(map_of_cgroups(), cgroup, value, 1));
        step!(bpf_cgrp_storage_delete(map_of_cgroups(), cgroup))
    }),
    rex_task_cgroup: {
        let task = call!(bpf_get_current_task());
        step!(rex_task_cgroup(task))
    },
    rex_cgroup_id: step!(rex_cgroup_id(own_cgroup())),
    rex_cgroup_ancestor: step!(rex_cgroup_ancestor(own_cgroup(), 0)),
    bpf_redirect_map: step!(bpf_redirect_map(kernel_map(&devices), 0, 0)),

    bpf_probe_read_kernel: {
        let mut buf = buffer();
        step!(bpf_probe_read_kernel(buf.as_mut_ptr(), 32, NUMBERS.as_ptr()))
    },
    bpf_probe_read_kernel_of_nothing: {
        let mut buf = buffer();
        step!(bpf_probe_read_kernel(buf.as_mut_ptr(), 32, NOWHERE))
    },
    rex_load_1: step!(rex_load_1(NUMBERS.as_ptr())),
    rex_load_2: step!(rex_load_2(NUMBERS.as_ptr())),
    rex_load_4: step!(rex_load_4(NUMBERS.as_ptr())),
    rex_load_8: step!(rex_load_8(NUMBERS.as_ptr())),
    rex_load_8_of_nothing: step!(rex_load_8(NOWHERE)),
    rex_load_8_of_userspace: step!(rex_load_8(0x1000u64)),
    bpf_probe_read_user: {
        let mut buf = buffer();
        step!(bpf_probe_read_user(buf.as_mut_ptr(), 32, 0x1000u64))
    },
    bpf_probe_read_kernel_str: {
        let mut buf = buffer();
        let text = b"sweep\0";
        step!(bpf_probe_read_kernel_str(buf.as_mut_ptr(), 32, text.as_ptr()))
    },
    bpf_probe_read_user_str: {
        let mut buf = buffer();
        step!(bpf_probe_read_user_str(buf.as_mut_ptr(), 32, 0x1000u64))
    },
    // The gate refuses these: the program is not sleepable.
    bpf_copy_from_user: {
        let mut buf = buffer();
        step!(bpf_copy_from_user(buf.as_mut_ptr(), 32, 0x1000u64))
    },
    bpf_copy_from_user_str: {
        let mut buf = buffer();
        step!(bpf_copy_from_user_str(buf.as_mut_ptr(), 32, 0x1000u64))
    },
    bpf_snprintf: {
        let mut buf = buffer();
        let format = b"%llx\0";
        step!(bpf_snprintf(
            buf.as_mut_ptr(), 32, format.as_ptr(), NUMBERS.as_ptr(), 8))
    },
    rex_trace_printk: {
        let text = b"sweep\n";
        step!(rex_trace_printk(text.as_ptr(), text.len()))
    },
    rex_panic_buf: with(0, |len| step!(rex_panic_buf(len))),
    rex_panic: {
        let file = b"any.rs";
        step!(rex_panic(0, file.as_ptr(), file.len(), 1, 1))
    },

    bpf_ringbuf_reserve: step!(bpf_ringbuf_reserve(kernel_map(&ring), 8, 0)),
    bpf_ringbuf_reserve_of_one_more: {
        reserve_many();
        step!(bpf_ringbuf_reserve(kernel_map(&ring), 8, 0))
    },
    bpf_ringbuf_submit: {
        let record = reserve();
        step!(bpf_ringbuf_submit(record, 0))
    },
    bpf_ringbuf_submit_of_one_more: {
        reserve_many();
        let record = reserve();
        step!(bpf_ringbuf_submit(record, 0))
    },
    bpf_ringbuf_submit_of_the_oldest: {
        let record = reserve();
        reserve_many();
        step!(bpf_ringbuf_submit(record, 0))
    },
    bpf_ringbuf_discard: {
        let record = reserve();
        step!(bpf_ringbuf_discard(record, 0))
    },
    bpf_ringbuf_output:
        with(7, |data| step!(bpf_ringbuf_output(kernel_map(&ring), data, 8, 0))),
    bpf_ringbuf_query: step!(bpf_ringbuf_query(kernel_map(&ring), 0)),

    rex_heap_alloc: step!(rex_heap_alloc(64, 8)),
    rex_heap_free: {
        let block = call!(rex_heap_alloc(64, 8));
        step!(rex_heap_free(block, 64, 8))
    },
    rex_heap_realloc: {
        let block = call!(rex_heap_alloc(64, 8));
        step!(rex_heap_realloc(block, 64, 8, 200))
    },

    rex_timer_arm: {
        let name = b"at_time";
        step!(rex_timer_arm(name.as_ptr(), name.len(), 1_000_000u64))
    },
    rex_heap_bytes: step!(rex_heap_bytes(0)),
    rex_heap_bytes_used: step!(rex_heap_bytes(1)),
    rex_wait: step!(rex_wait(3)),
    rex_map_next_key: with(0, |next| {
        step!(rex_map_next_key(kernel_map(&hash), core::ptr::null::<u64>(), next))
    }),
    rex_note_error: step!(rex_note_error(5)),
    rex_task_from_pid: step!(rex_task_from_pid(order(THREAD))),
    rex_task_from_pid_of_nobody: step!(rex_task_from_pid(0)),
    rex_task_release: {
        let task = call!(rex_task_from_pid(order(THREAD)));
        step!(rex_task_release(task))
    },
    rex_task_process_runtime: {
        let task = call!(rex_task_from_pid(order(THREAD)));
        step!(rex_task_process_runtime(task))
    },
    rex_task_user_regs: {
        let task = call!(rex_task_from_pid(order(THREAD)));
        let mut regs = black_box([0u64; 24]);
        step!(rex_task_user_regs(task, regs.as_mut_ptr()))
    },
    // This is no helper: it reads the number of references on the current task.
    task_usage: {
        let task = call!(bpf_get_current_task());
        let usage = (task + order(USAGE)) as *const u32;
        unsafe { usage.read_volatile() as u64 }
    },

    bpf_spin_lock: step!(bpf_spin_lock(lock(0))),
    bpf_spin_unlock: {
        let lock = lock(0);
        call!(bpf_spin_lock(lock));
        step!(bpf_spin_unlock(lock))
    },
    bpf_spin_lock_of_another: {
        call!(bpf_spin_lock(lock(0)));
        step!(bpf_spin_lock(lock(1)))
    },
    bpf_spin_unlock_of_another: {
        call!(bpf_spin_lock(lock(0)));
        call!(bpf_spin_lock(lock(1)));
        step!(bpf_spin_unlock(lock(1)))
    },
    bpf_spin_unlock_with_a_record: {
        let lock = lock(0);
        call!(bpf_spin_lock(lock));
        reserve();
        step!(bpf_spin_unlock(lock))
    },

    bcmp: step!(bcmp(NUMBERS.as_ptr(), NUMBERS.as_ptr(), 24)),
    memcmp: step!(memcmp(NUMBERS.as_ptr(), NUMBERS.as_ptr(), 24)),
    memcpy: {
        let mut buf = buffer();
        step!(memcpy(buf.as_mut_ptr(), NUMBERS.as_ptr(), 24))
    },
    memmove: {
        let mut buf = buffer();
        step!(memmove(buf.as_mut_ptr(), NUMBERS.as_ptr(), 24))
    },
    memset: {
        let mut buf = buffer();
        step!(memset(buf.as_mut_ptr(), 0, 24))
    },
}
