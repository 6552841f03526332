/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The common parts of the eBPF sides of the pairs. A program gets a packet of PACKET
 * bytes: room for its result, then its input.
 */
#ifndef _PAIR_BPF_H
#define _PAIR_BPF_H

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define PACKET 1024
#define RESULT 8
#define INPUT (PACKET - RESULT)

/* A program's stack has 512 bytes: what is larger lives in a map. */
struct scratch {
	__u8 in[PACKET];
	union {
		__u8 bytes[2048];
		__u16 halves[1024];
		__u32 words[512];
		__u64 longs[256];
	};
	__u8 table[256];
	/*
	 * The state that a callback changes from round to round is here: the verifier
	 * knows nothing of a map's values, so that one round is as all rounds for it. Of
	 * the caller's stack, verifiers before Linux 6.7 believe that it has in each
	 * round what it has in the first one, and leave out code that needs another
	 * value: the program loads, and its result is wrong.
	 */
	__u64 state[8];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

static __always_inline struct scratch *get_scratch(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratches, &zero);
}

/*
 * The program _NAME, whose body computes the result from @in, INPUT bytes of a packet. The
 * packet ends at @end: the verifier wants that compared with a place that depends on the
 * input.
 */
#define PAIR(_name)                                                   \
	static __always_inline __u32 _name##_of(const __u8 *in,       \
						const __u8 *end);     \
	SEC("xdp") int _name(struct xdp_md *ctx)                      \
	{                                                             \
		__u8 *data = (void *)(long)ctx->data;                 \
		__u8 *data_end = (void *)(long)ctx->data_end;         \
		if (data + PACKET > data_end)                         \
			return XDP_ABORTED;                           \
		*(__u32 *)data = _name##_of(data + RESULT, data_end); \
		return XDP_PASS;                                      \
	}                                                             \
	static __always_inline __u32 _name##_of(const __u8 *in, const __u8 *end)

/*
 * PAIR_COPIED() is PAIR() for bodies with many places in the input that depend on the
 * input: in a map's value, the verifier wants these bounded only. @s->in is the input.
 */
#define PAIR_COPIED(_name)                                               \
	static __always_inline __u32 _name##_of(struct scratch *s);      \
	SEC("xdp") int _name(struct xdp_md *ctx)                         \
	{                                                                \
		__u8 *data = (void *)(long)ctx->data;                    \
		struct scratch *s = get_scratch();                       \
		if (!s || bpf_xdp_load_bytes(ctx, RESULT, s->in, INPUT)) \
			return XDP_ABORTED;                              \
		if (data + PACKET > (__u8 *)(long)ctx->data_end)         \
			return XDP_ABORTED;                              \
		*(__u32 *)data = _name##_of(s);                          \
		return XDP_PASS;                                         \
	}                                                                \
	static __always_inline __u32 _name##_of(struct scratch *s)

/* Keeps clang from making a call to memset() of a loop, which eBPF does not have. */
#ifndef barrier
#define barrier() asm volatile("" ::: "memory")
#endif

/*
 * Bounds a variable where the verifier sees it. clang leaves out an & of which it knows
 * that it changes nothing.
 */
#define BOUND(_variable, _mask) \
	asm volatile("%0 &= %1" : "+r"(_variable) : "i"(_mask))

static __always_inline __u32 rotate_left(__u32 x, int n)
{
	return x << n | x >> (32 - n);
}

static __always_inline __u64 rotate_left64(__u64 x, int n)
{
	return x << n | x >> (64 - n);
}

/* FNV-1a, of one byte more: results of many bytes are digests. */
static __always_inline __u32 digest(__u32 hash, __u8 byte)
{
	return (hash ^ byte) * 16777619;
}

#define DIGEST_BEGIN 2166136261u

char _license[] SEC("license") = "GPL";

#endif
