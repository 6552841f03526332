// SPDX-License-Identifier: GPL-2.0
/*
 * Maps are RCU objects; a run is an RCU read side, as preemption is off.
 *
 * The crate calls the kernel's own lookup for the common types: see symtab.c.
 */
#include <linux/bpf.h>

#include "compat.h"
#include "helpers.h"
#include "ksyms.h"

/* For some types the kernel's answer is an error: they have no elements. */
static void *element(void *value)
{
	return IS_ERR(value) ? NULL : value;
}

void *rex_map_lookup_elem(struct bpf_map *map, const void *key)
{
	return element(rex_ksyms.bpf_map_lookup_elem(map, key));
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
	return rex_spin_lock_held() && rex_compat_map_lock_offset(map) >= 0;
}

/* BPF_F_LOCK waits for ever: see helpers_lock.c. */
s64 rex_map_update_elem(struct bpf_map *map, const void *key, const void *value,
			u64 flags)
{
	if (flags & BPF_F_LOCK)
		return -EINVAL;
	if (would_deadlock(map))
		return -EDEADLK;
	return rex_ksyms.bpf_map_update_elem(map, key, value, flags);
}

s64 rex_map_delete_elem(struct bpf_map *map, const void *key)
{
	if (would_deadlock(map))
		return -EDEADLK;
	return rex_ksyms.bpf_map_delete_elem(map, key);
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
