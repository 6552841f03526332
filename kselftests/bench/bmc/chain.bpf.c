// SPDX-License-Identifier: GPL-2.0
/*
 * BMC as its paper describes it: a chain of programs, which are joined by tail calls. Each is
 * small enough for a verifier, and handles one key at most.
 */
#include "cache.bpf.h"
#include "chain.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, NR_XDP);
	__uint(key_size, sizeof(__u32));
	__array(values, int(void *));
} xdp_programs SEC(".maps") = {
	.values = {
		[HASH_KEYS] = (void *)&hash_keys,
		[PREPARE_PACKET] = (void *)&prepare_packet,
		[WRITE_REPLY] = (void *)&write_reply,
		[INVALIDATE_CACHE] = (void *)&invalidate_cache,
	},
};

SEC("xdp") int rx_filter(struct xdp_md *ctx)
{
	struct request *r = get_request();

	if (!r)
		return XDP_PASS;
	switch (classify(ctx, r)) {
	case GET:
		count(GETS);
		bpf_tail_call(ctx, &xdp_programs, HASH_KEYS);
		break;
	case SEGMENT:
		bpf_tail_call(ctx, &xdp_programs, INVALIDATE_CACHE);
		break;
	default:
		break;
	}
	return XDP_PASS;
}

SEC("xdp") int hash_keys(struct xdp_md *ctx)
{
	struct request *r = get_request();

	if (!r)
		return XDP_PASS;
	switch (find_key(ctx, r)) {
	case MORE:
		bpf_tail_call(ctx, &xdp_programs, HASH_KEYS);
		break;
	case ALL:
		bpf_tail_call(ctx, &xdp_programs, PREPARE_PACKET);
		break;
	default:
		break;
	}
	return XDP_PASS;
}

SEC("xdp") int prepare_packet(struct xdp_md *ctx)
{
	struct request *r = get_request();

	if (!r || !prepare(ctx, r))
		return XDP_PASS;
	bpf_tail_call(ctx, &xdp_programs, WRITE_REPLY);
	return XDP_ABORTED;
}

SEC("xdp") int write_reply(struct xdp_md *ctx)
{
	struct request *r = get_request();

	if (!r || !write_item(ctx, r))
		return XDP_ABORTED;
	if (r->key == r->keys)
		return finish(ctx, r);
	bpf_tail_call(ctx, &xdp_programs, WRITE_REPLY);
	return XDP_ABORTED;
}

SEC("xdp") int invalidate_cache(struct xdp_md *ctx)
{
	struct request *r = get_request();

	if (r && drop_next(ctx, r))
		bpf_tail_call(ctx, &xdp_programs, INVALIDATE_CACHE);
	return XDP_PASS;
}

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__array(values, int(void *));
} tc_programs SEC(".maps") = {
	.values = { [0] = (void *)&update_cache },
};

SEC("tc") int tx_filter(struct __sk_buff *skb)
{
	if (is_answer(skb))
		bpf_tail_call(skb, &tc_programs, 0);
	return TC_ACT_OK;
}

SEC("tc") int update_cache(struct __sk_buff *skb)
{
	struct request *r = get_request();

	if (r)
		store_item(skb, r);
	return TC_ACT_OK;
}
