// SPDX-License-Identifier: GPL-2.0
/* Single operations: what a program costs that does one more than `nothing`. */
#include "pair.bpf.h"

#define MAP(_name, _type, _value, _entries)         \
	struct {                                    \
		__uint(type, BPF_MAP_TYPE_##_type); \
		__uint(max_entries, _entries);      \
		__type(key, __u32);                 \
		__type(value, _value);              \
	} _name SEC(".maps")

MAP(array, ARRAY, __u64, 16);
MAP(percpu_array, PERCPU_ARRAY, __u64, 16);
MAP(hash, HASH, __u64, 1024);
MAP(percpu_hash, PERCPU_HASH, __u64, 1024);
MAP(lru_hash, LRU_HASH, __u64, 1024);

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 16);
	__type(value, __u64);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 16);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u64);
} trie SEC(".maps");

/* The program _NAME, whose body returns whether all went well. */
#define OP(_name)                                             \
	static __always_inline int _name##_of(void);          \
	SEC("xdp") int _name(struct xdp_md *ctx)              \
	{                                                     \
		return _name##_of() ? XDP_PASS : XDP_ABORTED; \
	}                                                     \
	static __always_inline int _name##_of(void)

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

OP(percpu_array_add)
{
	__u32 key = 4;
	__u64 *value = bpf_map_lookup_elem(&percpu_array, &key);

	if (!value)
		return 0;
	*value += 1;
	return 1;
}

OP(hash_miss)
{
	__u32 key = 3;

	return !bpf_map_lookup_elem(&hash, &key);
}

OP(hash_update)
{
	__u32 key = 5;
	__u64 value = 1;

	return !bpf_map_update_elem(&hash, &key, &value, BPF_ANY);
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

OP(percpu_hash_update)
{
	__u32 key = 5;
	__u64 value = 1;

	return !bpf_map_update_elem(&percpu_hash, &key, &value, BPF_ANY);
}

OP(lru_update)
{
	__u32 key = 5;
	__u64 value = 1;

	return !bpf_map_update_elem(&lru_hash, &key, &value, BPF_ANY);
}

OP(trie_update_and_hit)
{
	__u64 key = 32 | 0x0100000aull << 32, value = 1;

	return !bpf_map_update_elem(&trie, &key, &value, BPF_ANY) &&
	       bpf_map_lookup_elem(&trie, &key);
}

OP(ring_reserve_and_discard)
{
	void *record = bpf_ringbuf_reserve(&ring, 16, 0);

	if (!record)
		return 0;
	bpf_ringbuf_discard(record, 0);
	return 1;
}

OP(queue_push_and_pop)
{
	__u64 value = 1;

	return !bpf_map_push_elem(&queue, &value, BPF_ANY) &&
	       !bpf_map_pop_elem(&queue, &value);
}

OP(ktime)
{
	return bpf_ktime_get_ns() != 0;
}

OP(random)
{
	return bpf_get_prandom_u32() != 1;
}

OP(cpu)
{
	return bpf_get_smp_processor_id() < 4096;
}

static __noinline int callee(__u32 *x)
{
	*x = *x * 31 + 1;
	return *x & 1;
}

OP(three_calls)
{
	__u32 x = bpf_get_smp_processor_id();

	return (callee(&x) + callee(&x) + callee(&x)) != x;
}
