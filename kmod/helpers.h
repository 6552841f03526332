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

/* helpers_base.c: time, CPU, memory, text */
u32 rex_get_smp_processor_id(void);
u32 rex_get_numa_node_id(void);
u64 rex_ktime_get_ns(void);
u64 rex_ktime_get_boot_ns(void);
u64 rex_ktime_get_coarse_ns(void);
u64 rex_jiffies64(void);
u32 rex_get_prandom_u32(void);
/* @dst is zeroed on failure. */
s64 rex_probe_read_kernel(void *dst, u32 size, const void *src);
/* @bytes: size of @args, a multiple of 8. */
s64 rex_snprintf(char *buf, u32 size, const char *fmt, const u64 *args,
		 u32 bytes);
/* Write @len bytes of text to the trace, one bpf_trace_printk event a line. */
s64 rex_trace_printk(const char *text, u64 len);

/* helpers_task.c: the current task */
struct task_struct *rex_get_current_task(void);
u64 rex_get_current_pid_tgid(void);
u64 rex_get_current_uid_gid(void);
s64 rex_get_current_comm(char *buf, u32 size);

/* helpers_map.c */
void *rex_map_lookup_elem(struct bpf_map *map, const void *key);
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

/* helpers_lock.c. 0, or -ENOMEM if the lock was not taken; a run that was killed
 * while it waited does not see the result. A lock that the run does not hold is
 * -EINVAL.
 */
s64 rex_spin_lock(struct bpf_spin_lock *lock);
s64 rex_spin_unlock(struct bpf_spin_lock *lock);
void rex_release_spin_lock(struct bpf_spin_lock *lock, unsigned long flags);

/* override.c */
s64 rex_override_return(struct pt_regs *regs, u64 rc);

void rex_helpers_init(void);

#endif /* _REX_HELPERS_H */
