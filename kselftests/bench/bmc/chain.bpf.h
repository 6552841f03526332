/* SPDX-License-Identifier: GPL-2.0 */
/* The programs that the maps of chain.bpf.c have in them. */
#ifndef _CHAIN_BPF_H
#define _CHAIN_BPF_H

#include <linux/bpf.h>

enum {
	HASH_KEYS,
	PREPARE_PACKET,
	WRITE_REPLY,
	INVALIDATE_CACHE,
	NR_XDP
};

int hash_keys(struct xdp_md *ctx);
int prepare_packet(struct xdp_md *ctx);
int write_reply(struct xdp_md *ctx);
int invalidate_cache(struct xdp_md *ctx);

int update_cache(struct __sk_buff *skb);

#endif
