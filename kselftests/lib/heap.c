// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that allocate.
 */
#include "rex_heap.h"

struct rex_obj *load_with_heap(const char *name, __u64 heap_size,
			       __u32 restarts_per_min, __u32 timeout_ms)
{
	REX_OPTS(rex_obj_open_opts, opts, .heap_size = heap_size);

	opts.restarts_per_min = restarts_per_min;
	opts.timeout_ms = timeout_ms;
	return load_object_opts(name, &opts);
}

struct bpf_link *heap_link;

struct rex_obj *load_heap(__u64 heap_size)
{
	struct rex_obj *obj = load_with_heap("heap", heap_size, 0, 5000);

	heap_link = attach(obj, "at_dup");
	return obj;
}

void unload_heap(struct rex_obj *obj)
{
	bpf_link__destroy(heap_link);
	rex_obj_close(obj);
}

__u64 heap_act(struct rex_obj *obj, int act, __u64 size)
{
	map_set(obj, "control", SIZE, size);
	map_set(obj, "results", RESULT, NONE);
	fire(ACT + act);
	return map_get(obj, "results", RESULT);
}

__u64 heap_used(struct rex_obj *obj)
{
	return image_info(obj).heap_used;
}
