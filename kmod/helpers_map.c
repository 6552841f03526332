// SPDX-License-Identifier: GPL-2.0
/*
 * Maps are RCU objects; a run is an RCU read side, as preemption is off.
 */
#include <linux/bpf.h>

#include "helpers.h"
#include "ksyms.h"

void *rex_map_lookup_elem(struct bpf_map *map, const void *key)
{
	return rex_ksyms.bpf_map_lookup_elem(map, key);
}

s64 rex_map_update_elem(struct bpf_map *map, const void *key, const void *value,
			u64 flags)
{
	return rex_ksyms.bpf_map_update_elem(map, key, value, flags);
}

s64 rex_map_delete_elem(struct bpf_map *map, const void *key)
{
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
