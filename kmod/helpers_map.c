// SPDX-License-Identifier: GPL-2.0
/*
 * Maps are RCU objects; a run is an RCU read side, as preemption is off.
 *
 * The crate calls the kernel's own lookup for the common types: see symtab.c.
 */
#include <linux/bits.h>
#include <linux/bpf.h>

#include "compat.h"
#include "helpers.h"
#include "ksyms.h"
#include "mapkind.h"
#include "nowait.h"

/* For some types the kernel's answer is an error: they have no elements. */
static void *helpers_element(void *value)
{
	return IS_ERR(value) ? NULL : value;
}

void *rex_map_lookup_elem(struct bpf_map *map, const void *key)
{
	return helpers_element((void *)rex_kcall(
		bpf_map_lookup_elem)((u64)map, (u64)key, 0, 0, 0));
}

void *rex_map_lookup_percpu_elem(struct bpf_map *map, const void *key, u32 cpu)
{
	if (!map->ops->map_lookup_percpu_elem)
		return NULL;
	return helpers_element(
		map->ops->map_lookup_percpu_elem(map, (void *)key, cpu));
}

/*
 * With BPF_F_LOCK, bpf(2) waits for the lock in a value while it holds the lock of the
 * bucket. So a run that holds the lock in a value must not wait for the bucket.
 */
static bool helpers_would_deadlock(const struct bpf_map *map)
{
	return rex_compat_map_lock_offset(map) >= 0 && rex_spin_lock_held();
}

/* Maps of some types have no locks. */
static bool helpers_lockless(const struct bpf_map *map)
{
	return rex_map_kind(map->map_type).waits == REX_WAITS_NOTHING;
}

/* If it returns 0, helpers_end_change() follows. */
static __always_inline int helpers_begin_change(const struct bpf_map *map,
						struct rex_nowait *nowait)
{
	if (helpers_would_deadlock(map))
		return -EDEADLK;
	return helpers_lockless(map) ? 0 :
				       rex_nowait_begin(nowait, map->map_type);
}

static __always_inline void helpers_end_change(const struct bpf_map *map,
					       const struct rex_nowait *nowait)
{
	if (!helpers_lockless(map))
		rex_nowait_end(nowait);
}

/* BPF_F_LOCK waits forever: see helpers_lock.c. */
s64 rex_map_update_elem(struct bpf_map *map, const void *key, const void *value,
			u64 flags)
{
	struct rex_nowait nowait;
	s64 ret;

	if (flags & BPF_F_LOCK)
		return -EINVAL;
	ret = helpers_begin_change(map, &nowait);
	if (ret)
		return ret;
	ret = rex_kcall(bpf_map_update_elem)((u64)map, (u64)key, (u64)value,
					     flags, 0);
	helpers_end_change(map, &nowait);
	return ret;
}

s64 rex_map_delete_elem(struct bpf_map *map, const void *key)
{
	struct rex_nowait nowait;
	s64 ret = helpers_begin_change(map, &nowait);

	if (ret)
		return ret;
	ret = rex_kcall(bpf_map_delete_elem)((u64)map, (u64)key, 0, 0, 0);
	helpers_end_change(map, &nowait);
	return ret;
}

/* With this number of buckets, all of them empty, a call takes a few milliseconds. */
#define MAX_ITERATED SZ_1M

static bool helpers_is_hash(const struct bpf_map *map)
{
	switch (map->map_type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		return true;
	default:
		return false;
	}
}

/* The kernel's function for hash tables takes no lock, and wants to see the read side. */
s64 rex_map_next_key(struct bpf_map *map, const void *key, void *next)
{
	s64 ret;

	if (!helpers_is_hash(map))
		return -EOPNOTSUPP;
	if (map->max_entries > MAX_ITERATED)
		return -E2BIG;
	rcu_read_lock();
	ret = map->ops->map_get_next_key(map, (void *)key, next);
	rcu_read_unlock();
	return ret;
}

/*
 * These are for queues, stacks and bloom filters. -EBUSY of the kernel says that it
 * tried the lock, and that another CPU has it. Types without these operations have stubs
 * for them, but not in all kernels: the pointer can be NULL.
 */
s64 rex_map_push_elem(struct bpf_map *map, const void *value, u64 flags)
{
	struct rex_nowait nowait;
	s64 ret;

	if (!map->ops->map_push_elem)
		return -EOPNOTSUPP;
	ret = rex_nowait_begin(&nowait, map->map_type);
	if (ret)
		return ret;
	do {
		ret = map->ops->map_push_elem(map, (void *)value, flags);
	} while (ret == -EBUSY && rex_nowait_again(&nowait));
	rex_nowait_end(&nowait);
	return ret;
}

s64 rex_map_pop_elem(struct bpf_map *map, void *value)
{
	struct rex_nowait nowait;
	s64 ret;

	if (!map->ops->map_pop_elem)
		return -EOPNOTSUPP;
	ret = rex_nowait_begin(&nowait, map->map_type);
	if (ret)
		return ret;
	do {
		ret = map->ops->map_pop_elem(map, value);
	} while (ret == -EBUSY && rex_nowait_again(&nowait));
	rex_nowait_end(&nowait);
	return ret;
}

s64 rex_map_peek_elem(struct bpf_map *map, void *value)
{
	struct rex_nowait nowait;
	s64 ret;

	if (!map->ops->map_peek_elem)
		return -EOPNOTSUPP;
	ret = rex_nowait_begin(&nowait, map->map_type);
	if (ret)
		return ret;
	do {
		ret = map->ops->map_peek_elem(map, value);
	} while (ret == -EBUSY && rex_nowait_again(&nowait));
	rex_nowait_end(&nowait);
	return ret;
}
