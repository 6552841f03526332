/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Helpers: the functions that programs call. The crate's ffi module mirrors
 * these prototypes.
 *
 * Context, for all of them: called by a program, so in any context from task to
 * NMI, with preemption off, on the run's own stack. Pointers come from the crate,
 * which made sure that they are valid for their size. Signed results are 0 or
 * more, or -errno. Those named like an eBPF helper without its prefix behave
 * like that helper.
 */
#ifndef _REX_HELPERS_H
#define _REX_HELPERS_H

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <linux/types.h>

struct bpf_perf_event_data_kern;
struct sk_buff;
struct xdp_buff;

/* helpers_base.c: time, CPU, memory, text */
u32 rex_get_smp_processor_id(void);
u32 rex_get_numa_node_id(void);
u64 rex_ktime_get_ns(void);
u64 rex_ktime_get_boot_ns(void);
u64 rex_ktime_get_coarse_ns(void);
u64 rex_ktime_get_tai_ns(void);
u64 rex_jiffies64(void);
u32 rex_get_prandom_u32(void);
/*
 * @dst is zeroed on failure: -ERANGE for an address that is not the kernel's, else
 * -EFAULT.
 */
s64 rex_probe_read_kernel(void *dst, u32 size, const void *src);
s64 rex_probe_read_user(void *dst, u32 size, const void __user *src);
/* The string's length with its NUL, which is there unless @size is 0. */
s64 rex_probe_read_kernel_str(char *dst, u32 size, const void *src);
s64 rex_probe_read_user_str(char *dst, u32 size, const void __user *src);
/* @bytes: size of @args, a multiple of 8. */
s64 rex_snprintf(char *buf, u32 size, const char *fmt, const u64 *args,
		 u32 bytes);
/* Write @len bytes of text to the trace, one bpf_trace_printk event a line. */
s64 rex_trace_printk(const char *text, u64 len);

/* helpers_task.c: tasks. One that is looked up has a reference that the run gives
 * back; NULL if there is none with this pid in the initial namespace. Releasing
 * one that the run has not looked up is -EINVAL.
 */
struct task_struct *rex_get_current_task(void);
struct task_struct *rex_task_from_pid(s32 pid);
s64 rex_task_release(struct task_struct *task);
void rex_release_task(struct task_struct *task);
/* Nanoseconds that all threads of the process have run, about. */
u64 rex_task_process_runtime(struct task_struct *task);
/* Userspace's registers at its entry to the kernel; -EINVAL: a kernel thread. */
s64 rex_task_user_regs(struct task_struct *task, struct pt_regs *regs);
u64 rex_get_current_pid_tgid(void);
u64 rex_get_current_uid_gid(void);
s64 rex_get_current_comm(char *buf, u32 size);
/* 0 if the kernel has no cgroups, or the task is not that deep. */
u64 rex_get_current_cgroup_id(void);
u64 rex_get_current_ancestor_cgroup_id(s32 level);
/* To the current process or thread. */
s64 rex_send_signal(u32 sig);
s64 rex_send_signal_thread(u32 sig);

/*
 * heap.c: the heap of the image. NULL if there is no room. A block is freed, or
 * moved to a larger or smaller one, with the size and alignment with which it was
 * allocated; if there is no such block, -EINVAL, or NULL.
 */
void *rex_heap_alloc(u64 size, u64 align);
s64 rex_heap_free(void *ptr, u64 size, u64 align);
void *rex_heap_realloc(void *ptr, u64 size, u64 align, u64 new_size);

/* helpers_map.c. A map whose values have a lock cannot be changed with a lock
 * held: -EDEADLK. Nor can a trie or LRU hash by a program in an NMI, or that
 * interrupts one that changes such a map: -EBUSY.
 */
void *rex_map_lookup_elem(struct bpf_map *map, const void *key);
void *rex_map_lookup_percpu_elem(struct bpf_map *map, const void *key, u32 cpu);
s64 rex_map_update_elem(struct bpf_map *map, const void *key, const void *value,
			u64 flags);
s64 rex_map_delete_elem(struct bpf_map *map, const void *key);
s64 rex_map_push_elem(struct bpf_map *map, const void *value, u64 flags);
s64 rex_map_pop_elem(struct bpf_map *map, void *value);
s64 rex_map_peek_elem(struct bpf_map *map, void *value);

/* helpers_ringbuf.c. Arguments and results as in eBPF; a record that the run has
 * not reserved is -EINVAL.
 */
void *rex_ringbuf_reserve(struct bpf_map *map, u64 size, u64 flags);
s64 rex_ringbuf_submit(void *record, u64 flags);
s64 rex_ringbuf_discard(void *record, u64 flags);
s64 rex_ringbuf_output(struct bpf_map *map, const void *data, u64 size,
		       u64 flags);
u64 rex_ringbuf_query(struct bpf_map *map, u64 flags);
void rex_release_ringbuf(void *record);

/* helpers_event.c */
s64 rex_perf_event_output(struct bpf_map *map, u64 flags, void *data, u64 size);
/* @regs: where the kernel's stack begins; NULL: where the program was called. */
s64 rex_get_stackid(struct pt_regs *regs, struct bpf_map *map, u64 flags);
s64 rex_get_stack(struct pt_regs *regs, u64 *buf, u32 size, u64 flags);
/* @ctx is that of a perf_event program. */
s64 rex_get_stackid_pe(struct bpf_perf_event_data_kern *ctx,
		       struct bpf_map *map, u64 flags);
s64 rex_get_stack_pe(struct bpf_perf_event_data_kern *ctx, u64 *buf, u32 size,
		     u64 flags);

/* helpers_lock.c. 0; -EWOULDBLOCK where interrupts are off; -ENOMEM. A run that
 * was killed while it waited does not see the result. A lock that the run does
 * not hold is -EINVAL.
 */
s64 rex_spin_lock(struct bpf_spin_lock *lock);
s64 rex_spin_unlock(struct bpf_spin_lock *lock);
void rex_release_spin_lock(struct bpf_spin_lock *lock);

/**
 * rex_spin_lock_held() - whether a run of this CPU holds a lock
 *
 * To be asked by helpers that may wait for somebody who may be waiting for a lock
 * in a map's value: of a bucket in that map, or in another program. If there is
 * one, they must fail with -EDEADLK.
 *
 * Context: a helper, any context.
 */
bool rex_spin_lock_held(void);

/* helpers_net.c: packets. In programs of another type than those named, -EPERM,
 * or the action that drops the packet.
 */

/* XDP and tc */
s64 rex_csum_diff(const __be32 *from, u32 from_size, const __be32 *to,
		  u32 to_size, u32 seed);
s64 rex_fib_lookup(void *ctx, void *params, u32 size, u32 flags);
s64 rex_redirect(u32 ifindex, u64 flags);

/* XDP */
s64 rex_redirect_map(struct bpf_map *map, u32 key, u64 flags);
s64 rex_xdp_adjust_head(struct xdp_buff *xdp, s32 offset);
s64 rex_xdp_adjust_meta(struct xdp_buff *xdp, s32 offset);
s64 rex_xdp_adjust_tail(struct xdp_buff *xdp, s32 offset);
s64 rex_xdp_get_buff_len(struct xdp_buff *xdp);
s64 rex_xdp_load_bytes(struct xdp_buff *xdp, u32 offset, void *buf, u32 len);
s64 rex_xdp_store_bytes(struct xdp_buff *xdp, u32 offset, const void *buf,
			u32 len);

/* tc and cgroup_skb. Ids are 0 where there is no cgroup. */
s64 rex_skb_load_bytes(struct sk_buff *skb, u32 offset, void *to, u32 len);
u64 rex_skb_cgroup_id(const struct sk_buff *skb);
u64 rex_skb_ancestor_cgroup_id(const struct sk_buff *skb, s32 level);

/* tc */
s64 rex_clone_redirect(struct sk_buff *skb, u32 ifindex, u64 flags);
s64 rex_get_hash_recalc(struct sk_buff *skb);
s64 rex_l3_csum_replace(struct sk_buff *skb, u32 offset, u64 from, u64 to,
			u64 flags);
s64 rex_l4_csum_replace(struct sk_buff *skb, u32 offset, u64 from, u64 to,
			u64 flags);
s64 rex_redirect_neigh(u32 ifindex, u64 flags);
s64 rex_redirect_peer(u32 ifindex, u64 flags);
s64 rex_skb_adjust_room(struct sk_buff *skb, s32 diff, u32 mode, u64 flags);
s64 rex_skb_change_head(struct sk_buff *skb, u32 head_room, u64 flags);
s64 rex_skb_change_tail(struct sk_buff *skb, u32 len, u64 flags);
/* @len 0: the linear part. What it has is not shared then. */
s64 rex_skb_pull_data(struct sk_buff *skb, u32 len);
/* -EINVAL: the device has no such queue. */
s64 rex_skb_set_queue_mapping(struct sk_buff *skb, u16 queue);
s64 rex_skb_store_bytes(struct sk_buff *skb, u32 offset, const void *from,
			u32 len, u64 flags);
s64 rex_skb_vlan_pop(struct sk_buff *skb);
s64 rex_skb_vlan_present(const struct sk_buff *skb);
s64 rex_skb_vlan_push(struct sk_buff *skb, __be16 proto, u16 tci);

/* helpers_perf.c: @ctx is that of a perf_event program. */
s64 rex_perf_prog_read_value(struct bpf_perf_event_data_kern *ctx, void *value,
			     u32 size);
u64 rex_perf_sample_addr(const struct bpf_perf_event_data_kern *ctx);
u64 rex_perf_sample_period(const struct bpf_perf_event_data_kern *ctx);

/* override.c */
s64 rex_override_return(struct pt_regs *regs, u64 rc);

void rex_helpers_init(void);

#endif /* _REX_HELPERS_H */
