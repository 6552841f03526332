// SPDX-License-Identifier: GPL-2.0
/*
 * Maps are RCU objects; a run is an RCU read side, as preemption is off.
 *
 * The crate calls the kernel's own lookup for the common types: see symtab.c.
 */
#include <linux/bpf.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "compat.h"
#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "run.h"

/* For some types the kernel's answer is an error: they have no elements. */
static void *element(void *value)
{
	return IS_ERR(value) ? NULL : value;
}

void *rex_map_lookup_elem(struct bpf_map *map, const void *key)
{
	return element(rex_kcall(bpf_map_lookup_elem)(map, key));
}

void *rex_map_lookup_percpu_elem(struct bpf_map *map, const void *key, u32 cpu)
{
	if (!map->ops->map_lookup_percpu_elem)
		return NULL;
	return element(map->ops->map_lookup_percpu_elem(map, (void *)key, cpu));
}

/*
 * With BPF_F_LOCK, bpf(2) waits for the lock in a value while it holds that of
 * the bucket. Whoever holds the lock must not wait for the bucket.
 */
static bool would_deadlock(const struct bpf_map *map)
{
	return rex_compat_map_lock_offset(map) >= 0 && rex_spin_lock_held();
}

/*
 * Tries and LRU lists have locks that are taken with interrupts off, which a
 * program must not meet where it interrupts their holder: in an NMI, or at a hook
 * within the kernel's function. (Hash tables know who comes on top of whom, queues
 * and ring buffers only try in an NMI, and have no hooks within.)
 *
 * Who may be the holder is a program of this CPU, or bpf(2), which tells by
 * bpf_prog_active. Programs on kprobes, tracepoints and perf events have that set
 * themselves, and do not run where it is set.
 */
static DEFINE_PER_CPU(unsigned int, changing);

static bool has_locks(const struct bpf_map *map)
{
	return map->map_type == BPF_MAP_TYPE_LPM_TRIE ||
	       map->map_type == BPF_MAP_TYPE_LRU_HASH ||
	       map->map_type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

static bool in_bpf_syscall(void)
{
	switch (rex_run_prog(rex_run_current())->type) {
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
		return false;
	default:
		return irqs_disabled() &&
		       *this_cpu_ptr(rex_ksyms.bpf_prog_active);
	}
}

/* 0: end_change() follows. */
static int begin_change(const struct bpf_map *map)
{
	if (would_deadlock(map))
		return -EDEADLK;
	if (!has_locks(map))
		return 0;
	if (in_nmi() || this_cpu_read(changing) || in_bpf_syscall())
		return -EBUSY;
	this_cpu_inc(changing);
	return 0;
}

static void end_change(const struct bpf_map *map)
{
	if (has_locks(map))
		this_cpu_dec(changing);
}

/* BPF_F_LOCK waits for ever: see helpers_lock.c. */
s64 rex_map_update_elem(struct bpf_map *map, const void *key, const void *value,
			u64 flags)
{
	s64 ret;

	if (flags & BPF_F_LOCK)
		return -EINVAL;
	ret = begin_change(map);
	if (ret)
		return ret;
	ret = rex_kcall(bpf_map_update_elem)(map, key, value, flags);
	end_change(map);
	return ret;
}

s64 rex_map_delete_elem(struct bpf_map *map, const void *key)
{
	s64 ret = begin_change(map);

	if (ret)
		return ret;
	ret = rex_kcall(bpf_map_delete_elem)(map, key);
	end_change(map);
	return ret;
}

/* Types without these operations have stubs for them that do not exist in all
 * kernels: the pointer can be NULL.
 */
s64 rex_map_push_elem(struct bpf_map *map, const void *value, u64 flags)
{
	if (!map->ops->map_push_elem)
		return -EOPNOTSUPP;
	return map->ops->map_push_elem(map, (void *)value, flags);
}

s64 rex_map_pop_elem(struct bpf_map *map, void *value)
{
	if (!map->ops->map_pop_elem)
		return -EOPNOTSUPP;
	return map->ops->map_pop_elem(map, value);
}

s64 rex_map_peek_elem(struct bpf_map *map, void *value)
{
	if (!map->ops->map_peek_elem)
		return -EOPNOTSUPP;
	return map->ops->map_peek_elem(map, value);
}
