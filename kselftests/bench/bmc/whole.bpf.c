// SPDX-License-Identifier: GPL-2.0
/*
 * BMC as one would write it without a verifier's limits: a program for each hook. See
 * chain.bpf.c.
 */
#include "cache.bpf.h"

static __always_inline int answer(struct xdp_md *ctx, struct request *r)
{
	enum found found = MORE;

	count(GETS);
	for (int i = 0; i < MAX_KEYS && found == MORE; i++)
		found = find_key(ctx, r);
	if (found != ALL || !prepare(ctx, r))
		return XDP_PASS;
	for (int i = 0; i < MAX_KEYS && r->key < r->keys; i++)
		if (!write_item(ctx, r))
			return XDP_ABORTED;
	return finish(ctx, r);
}

SEC("xdp") int rx_filter(struct xdp_md *ctx)
{
	struct request *r = get_request();

	if (!r)
		return XDP_PASS;
	switch (classify(ctx, r)) {
	case GET:
		return answer(ctx, r);
	case SEGMENT:
		for (int i = 0; i < MAX_KEYS; i++)
			if (!drop_next(ctx, r))
				break;
		return XDP_PASS;
	default:
		return XDP_PASS;
	}
}

SEC("tc") int tx_filter(struct __sk_buff *skb)
{
	struct request *r = get_request();

	if (r && is_answer(skb))
		store_item(skb, r);
	return TC_ACT_OK;
}
