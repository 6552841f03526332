// SPDX-License-Identifier: GPL-2.0
/* Operations of maps, which fill.c fills. */
#include "op.bpf.h"

MAP(array, ARRAY, __u64, 16);
MAP(percpu_array, PERCPU_ARRAY, __u64, 16);
MAP(hash, HASH, __u64, 1024);
MAP(visited, HASH, __u64, 8);
MAP(percpu_hash, PERCPU_HASH, __u64, 1024);
MAP(lru_hash, LRU_HASH, __u64, 1024);
MAP(lru_percpu, LRU_PERCPU_HASH, __u64, 1024);

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 16);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u64);
} trie SEC(".maps");

struct inner_hash {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
};

struct inner_array {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
};

MAP_OF_MAPS(hashes, ARRAY_OF_MAPS, inner_hash);
MAP_OF_MAPS(arrays, HASH_OF_MAPS, inner_array);

MAP_OF_VALUES(queue, QUEUE, 16);
MAP_OF_VALUES(stack, STACK, 16);
MAP_OF_VALUES(bloom, BLOOM_FILTER, 1024);

RING(ring, RINGBUF);
RING(submitted, RINGBUF);
RING(output, RINGBUF);
RING(user_ring, USER_RINGBUF);

MAP(samples, PERF_EVENT_ARRAY, __u32, 0);
MAP(devices, DEVMAP, __u32, 4);
MAP(devices_by_key, DEVMAP_HASH, __u32, 4);
MAP(cpus, CPUMAP, __u32, 1);

MAP(cgroups, CGROUP_ARRAY, __u32, 4);
MAP(stacks, STACK_TRACE, __u64[32], 64);
STORAGE(of_tasks, TASK_STORAGE);
STORAGE(new_of_tasks, TASK_STORAGE);
STORAGE(of_cgroups, CGRP_STORAGE);
STORAGE(new_of_cgroups, CGRP_STORAGE);

OP(nothing)
{
	return 1;
}

OP(array_read)
{
	__u32 key = 3;
	__u64 *value = bpf_map_lookup_elem(&array, &key);

	return value && *value != 1;
}

OP(array_add)
{
	__u32 key = 4;
	__u64 *value = bpf_map_lookup_elem(&array, &key);

	if (!value)
		return 0;
	__sync_fetch_and_add(value, 1);
	return 1;
}

OP(array_set)
{
	__u32 key = 5;
	__u64 value = 1;

	return !bpf_map_update_elem(&array, &key, &value, BPF_ANY);
}

OP(percpu_array_add)
{
	__u32 key = 4;
	__u64 *value = bpf_map_lookup_elem(&percpu_array, &key);

	if (!value)
		return 0;
	*value += 1;
	return 1;
}

OP(percpu_array_of_cpu)
{
	__u32 key = 3;
	__u64 *value = bpf_map_lookup_percpu_elem(&percpu_array, &key, 0);

	return value && *value != 1;
}

OP(hash_miss)
{
	__u32 key = 3;

	return !bpf_map_lookup_elem(&hash, &key);
}

/* Returns whether a hash table has a value that is not 0. */
static __always_inline int hits(void *map)
{
	__u32 key = 5;
	__u64 *value = bpf_map_lookup_elem(map, &key);

	return value && *value;
}

/* Stores a value in a hash table. Returns whether it did. */
static __always_inline int updates(void *map)
{
	__u32 key = 5;
	__u64 value = 1;

	return !bpf_map_update_elem(map, &key, &value, BPF_ANY);
}

OP(hash_hit)
{
	return hits(&hash);
}

OP(hash_update)
{
	return updates(&hash);
}

OP(hash_update_and_hit)
{
	__u32 key = 5;
	__u64 one = 1, *value;

	if (bpf_map_update_elem(&hash, &key, &one, BPF_ANY))
		return 0;
	value = bpf_map_lookup_elem(&hash, &key);
	return value && *value;
}

OP(hash_insert_and_delete)
{
	__u32 key = 6;
	__u64 value = 1;

	return !bpf_map_update_elem(&hash, &key, &value, BPF_NOEXIST) &&
	       !bpf_map_delete_elem(&hash, &key);
}

static long visit(void *map, const __u32 *key, __u64 *value, __u64 *sum)
{
	*sum += *value;
	return 0;
}

OP(hash_visit_8)
{
	__u64 sum = 0;

	bpf_for_each_map_elem(&visited, visit, &sum, 0);
	return sum == 8;
}

OP(percpu_hash_hit)
{
	return hits(&percpu_hash);
}

OP(percpu_hash_of_cpu)
{
	__u32 key = 5;
	__u64 *value = bpf_map_lookup_percpu_elem(&percpu_hash, &key, 0);

	return value && *value;
}

OP(percpu_hash_update)
{
	return updates(&percpu_hash);
}

OP(lru_hit)
{
	return hits(&lru_hash);
}

OP(lru_update)
{
	return updates(&lru_hash);
}

OP(lru_percpu_hit)
{
	return hits(&lru_percpu);
}

OP(lru_percpu_update)
{
	return updates(&lru_percpu);
}

#define LOCALHOST (32 | 0x0100000aull << 32)

OP(trie_hit)
{
	__u64 key = LOCALHOST;

	return !!bpf_map_lookup_elem(&trie, &key);
}

OP(trie_update_and_hit)
{
	__u64 key = LOCALHOST, value = 1;

	return !bpf_map_update_elem(&trie, &key, &value, BPF_ANY) &&
	       bpf_map_lookup_elem(&trie, &key);
}

/* Returns whether a map in a map of maps has a value that is not 0. */
static __always_inline int hits_in(void *maps)
{
	__u32 outer = 1;
	void *map = bpf_map_lookup_elem(maps, &outer);

	return map && hits(map);
}

OP(array_of_maps_hit)
{
	return hits_in(&hashes);
}

OP(hash_of_maps_hit)
{
	return hits_in(&arrays);
}

OP(queue_push_and_pop)
{
	__u64 value = 1;

	return !bpf_map_push_elem(&queue, &value, BPF_ANY) &&
	       !bpf_map_pop_elem(&queue, &value);
}

OP(queue_peek)
{
	__u64 value;

	return !bpf_map_peek_elem(&queue, &value);
}

OP(stack_push_and_pop)
{
	__u64 value = 1;

	return !bpf_map_push_elem(&stack, &value, BPF_ANY) &&
	       !bpf_map_pop_elem(&stack, &value);
}

OP(stack_peek)
{
	__u64 value;

	return !bpf_map_peek_elem(&stack, &value);
}

OP(bloom_push)
{
	__u64 value = 1;

	return !bpf_map_push_elem(&bloom, &value, BPF_ANY);
}

OP(bloom_peek)
{
	__u64 value = 1;

	return !bpf_map_peek_elem(&bloom, &value);
}

OP(ring_reserve_and_discard)
{
	void *record = bpf_ringbuf_reserve(&ring, 16, 0);

	if (!record)
		return 0;
	bpf_ringbuf_discard(record, 0);
	return 1;
}

OP(ring_reserve_and_submit)
{
	void *record = bpf_ringbuf_reserve(&submitted, 16, 0);

	if (!record)
		return 0;
	bpf_ringbuf_submit(record, 0);
	return 1;
}

OP(ring_output)
{
	__u64 record[2] = { 1, 2 };

	return !bpf_ringbuf_output(&output, record, sizeof(record), 0);
}

OP(ring_query)
{
	return bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) != 1;
}

/* Takes one record. */
static long take(struct bpf_dynptr *record, void *first)
{
	char copy[16];

	if (bpf_dynptr_read(copy, sizeof(copy), record, 0, 0))
		return 1;
	*(char *)first = copy[0];
	return 1;
}

OP(user_ring_read)
{
	char first = 0;

	return bpf_user_ringbuf_drain(&user_ring, take, &first, 0) == 1 &&
	       first == 1;
}

OP(perf_output)
{
	__u64 sample[2] = { 1, 2 };

	return !bpf_perf_event_output(ctx, &samples, BPF_F_CURRENT_CPU, sample,
				      sizeof(sample));
}

OP(devmap_redirect)
{
	return bpf_redirect_map(&devices, 1, XDP_PASS) == XDP_REDIRECT;
}

OP(devmap_hash_redirect)
{
	return bpf_redirect_map(&devices_by_key, 1, XDP_PASS) == XDP_REDIRECT;
}

OP(cpumap_redirect)
{
	return bpf_redirect_map(&cpus, 0, XDP_PASS) == XDP_REDIRECT;
}

TASK_OP(nothing_of_tasks)
{
	return 1;
}

TASK_OP(cgroup_array_test)
{
	return bpf_current_task_under_cgroup(&cgroups, 1) == 1;
}

TASK_OP(stack_id)
{
	return bpf_get_stackid(ctx, &stacks, 0) >= 0;
}

TASK_OP(task_storage_hit)
{
	__u64 *value = bpf_task_storage_get(&of_tasks,
					    bpf_get_current_task_btf(), 0, 0);

	return value && *value;
}

TASK_OP(task_storage_insert_and_delete)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 one = 1;

	return bpf_task_storage_get(&new_of_tasks, task, &one,
				    BPF_LOCAL_STORAGE_GET_F_CREATE) &&
	       !bpf_task_storage_delete(&new_of_tasks, task);
}

TASK_OP(cgroup_storage_hit)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 *value = bpf_cgrp_storage_get(&of_cgroups,
					    task->cgroups->dfl_cgrp, 0, 0);

	return value && *value;
}

TASK_OP(cgroup_storage_insert_and_delete)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct cgroup *cgroup = task->cgroups->dfl_cgrp;
	__u64 one = 1;

	return bpf_cgrp_storage_get(&new_of_cgroups, cgroup, &one,
				    BPF_LOCAL_STORAGE_GET_F_CREATE) &&
	       !bpf_cgrp_storage_delete(&new_of_cgroups, cgroup);
}
