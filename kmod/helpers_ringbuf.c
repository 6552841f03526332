// SPDX-License-Identifier: GPL-2.0
/*
 * Ring buffers: BPF_MAP_TYPE_RINGBUF. A reserved record that is neither
 * submitted nor discarded would stop the consumer for ever: it is a resource.
 */
#include <linux/bpf.h>

#include "helpers.h"
#include "ksyms.h"
#include "resource.h"

void *rex_ringbuf_reserve(struct bpf_map *map, u64 size, u64 flags)
{
	void *record = (void *)rex_kcall(bpf_ringbuf_reserve)((u64)map, size,
							      flags, 0, 0);

	if (record && !rex_resource_push(REX_RESOURCE_RINGBUF, record)) {
		rex_release_ringbuf(record);
		return NULL;
	}
	return record;
}

s64 rex_ringbuf_submit(void *record, u64 flags)
{
	if (!rex_resource_pop(REX_RESOURCE_RINGBUF, record))
		return -EINVAL;
	rex_kcall(bpf_ringbuf_submit)((u64)record, flags, 0, 0, 0);
	return 0;
}

s64 rex_ringbuf_discard(void *record, u64 flags)
{
	if (!rex_resource_pop(REX_RESOURCE_RINGBUF, record))
		return -EINVAL;
	rex_kcall(bpf_ringbuf_discard)((u64)record, flags, 0, 0, 0);
	return 0;
}

void rex_release_ringbuf(void *record)
{
	rex_kcall(bpf_ringbuf_discard)((u64)record, 0, 0, 0, 0);
}

s64 rex_ringbuf_output(struct bpf_map *map, const void *data, u64 size,
		       u64 flags)
{
	return rex_kcall(bpf_ringbuf_output)((u64)map, (u64)data, size, flags,
					     0);
}

u64 rex_ringbuf_query(struct bpf_map *map, u64 flags)
{
	return rex_kcall(bpf_ringbuf_query)((u64)map, flags, 0, 0, 0);
}
