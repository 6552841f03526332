// SPDX-License-Identifier: GPL-2.0
/*
 * XDP and tc programs change their packets by the kernel's own eBPF helpers. These rely
 * on state that the caller of the program sets up (per-CPU or per-task redirect
 * information, the device of the packet), so that gates refuse them in programs of other
 * types. The crate passes the context of the run.
 *
 * eBPF's verifier bounds lengths; these functions refuse lengths that would overflow. They
 * also refuse what the kernel's helpers get wrong without a check, in eBPF programs as well.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/limits.h>
#include <linux/netdevice.h>
#include <linux/pkt_cls.h>
#include <linux/skbuff.h>

#include <net/sch_generic.h>
#include <net/tcp.h>
#include <net/xdp.h>

#include "compat.h"
#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "run.h"
#include "stack.h"
#include "watchdog.h"

/*
 * The kernel keeps where the headers of a packet are in its buffer in 16 bits, and does not
 * check that a move fits. Programs get one half; the other one is for what the kernel puts
 * before the packet later.
 */
#define HELPERS_MAX_OFFSET (U16_MAX / 2)

/* The bytes by which a packet may grow at its head at once: bpf_skb_adjust_room()'s bound. */
#define HELPERS_MAX_ROOM 0xfff

/* Returns whether the program is an XDP program; if not, it is a tc program. */
static bool helpers_in_xdp(void)
{
	return rex_run_prog(rex_run_current())->type == BPF_PROG_TYPE_XDP;
}

s64 rex_csum_diff(const __be32 *from, u32 from_size, const __be32 *to,
		  u32 to_size, u32 seed)
{
	/* The sum of the two is what the kernel checks. */
	if (from_size > MAX_BPF_STACK || to_size > MAX_BPF_STACK)
		return -EINVAL;
	return rex_kcall(bpf_csum_diff)((u64)from, from_size, (u64)to, to_size,
					seed);
}

s64 rex_fib_lookup(void *ctx, void *params, u32 size, u32 flags)
{
	if (helpers_in_xdp())
		return rex_kcall(bpf_xdp_fib_lookup)((u64)ctx, (u64)params,
						     size, flags, 0);
	return rex_kcall(bpf_skb_fib_lookup)((u64)ctx, (u64)params, size, flags,
					     0);
}

/*
 * Returns whether the code that this run has interrupted, or that has called it, may hold a spin
 * lock. The kernel counts these locks where it can be preempted, and each run counts as one more.
 */
static bool net_may_hold_lock(void)
{
	unsigned int level, nr_runs = 0;

	for (level = 0; level < REX_RUN_LEVELS; level++)
		nr_runs += !!rex_run_of_level(smp_processor_id(), level);
	return !IS_ENABLED(CONFIG_PREEMPT_COUNT) ||
	       (preempt_count() & PREEMPT_MASK) > nr_runs;
}

/* Returns whether this CPU may hold the lock of a queue of @dev. */
static bool net_may_hold_queue_of(const struct net_device *dev)
{
	const struct Qdisc *last = NULL;
	unsigned int i;

	for (i = 0; i < dev->num_tx_queues; i++) {
		struct Qdisc *qdisc =
			rcu_dereference_raw(netdev_get_tx_queue(dev, i)->qdisc);

		if (!qdisc || qdisc == last || qdisc->flags & TCQ_F_NOLOCK)
			continue;
		if (rex_compat_may_hold_queue(qdisc))
			return true;
		last = qdisc;
	}
	return false;
}

/*
 * Returns whether a program that sends a packet to another device does so with a queue's lock held:
 * as a classifier of the queue, or since one of the queue's has sent the packet to this device. Two
 * such queues can wait for each other on two CPUs; on newer kernels, a CPU also waits for itself. A
 * program can give the packet another queue of its device, so the packet does not say which queue it
 * is in.
 */
static bool net_may_hold_queue(const struct sk_buff *skb, u32 ifindex)
{
	const struct net_device *dev;

	if (!net_may_hold_lock())
		return false;
	if (rex_compat_in_mirred() || net_may_hold_queue_of(skb->dev))
		return true;
	dev = dev_get_by_index_rcu(dev_net(skb->dev), ifindex);
	return dev && dev != skb->dev && net_may_hold_queue_of(dev);
}

/*
 * Returns whether the kernel does what bpf_redirect() and similar helpers ask for. A caller of the
 * classifiers of a queueing discipline expects no redirection. The crate turns -EOPNOTSUPP into
 * the action that drops the packet.
 */
static bool net_can_redirect(u64 flags)
{
	return rex_compat_can_redirect() &&
	       (flags & BPF_F_INGRESS || !rex_compat_in_mirred());
}

s64 rex_redirect(u32 ifindex, u64 flags)
{
	if (!net_can_redirect(flags))
		return -EOPNOTSUPP;
	if (helpers_in_xdp())
		return rex_kcall(bpf_xdp_redirect)(ifindex, flags, 0, 0, 0);
	return rex_kcall(bpf_redirect)(ifindex, flags, 0, 0, 0);
}

/* Returns whether packets in several buffers come to this XDP program; a cpumap's gets all. */
static bool helpers_may_see_frags(void)
{
	const struct rex_prog *prog = rex_run_prog(rex_run_current());

	return READ_ONCE(prog->has_frags) ||
	       prog->attach_type == BPF_XDP_CPUMAP;
}

/*
 * The kernel copies the first buffer of a packet for each device but the last one, with the flag that
 * there are others, and not where these are. So a program that may see such packets sends none to
 * several devices.
 */
s64 rex_redirect_map(struct bpf_map *map, u32 key, u64 flags)
{
	if (!map->ops->map_redirect || !rex_compat_can_redirect())
		return XDP_ABORTED;
	if (flags & BPF_F_BROADCAST && helpers_may_see_frags())
		return XDP_ABORTED;
	return rex_kcall(bpf_xdp_redirect_map)((u64)map, key, flags, 0, 0);
}

/* Returns whether the device is a veth. */
static bool helpers_is_veth(const struct net_device *dev)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, "veth");
}

/* Returns whether the packet is that of an skb, in generic mode: the queue is the device's own. */
static bool helpers_is_generic(const struct xdp_buff *xdp)
{
	const struct net_device *dev = xdp->rxq->dev;
	const void *rxq = xdp->rxq;

	return rxq >= (void *)dev->_rx &&
	       rxq < (void *)(dev->_rx + dev->num_rx_queues);
}

/*
 * Returns whether the packet is yet to be segmented. Only that of an skb can be, in generic
 * mode, and in several buffers on veth. The end of the buffer is that of the skb.
 */
static bool helpers_is_gso_in_xdp(struct xdp_buff *xdp)
{
	return (helpers_is_generic(xdp) ||
		(xdp_buff_has_frags(xdp) && helpers_is_veth(xdp->rxq->dev))) &&
	       xdp_get_shared_info_from_buff(xdp)->gso_size;
}

/*
 * Returns the bytes of a packet that its link-layer header may take in generic mode: with five VLAN
 * tags, which stay in the header of a VLAN device without reordering; or the headers of a tunnel. 0:
 * no more than Ethernet's.
 */
static int helpers_longest_header(const struct net_device *dev)
{
	if (dev->type == ARPHRD_ETHER)
		return ETH_HLEN + 5 * VLAN_HLEN;
	return dev->hard_header_len > ETH_HLEN ? 128 : 0;
}

/*
 * Returns whether the first buffer of a packet keeps its link-layer header when it gets shorter by
 * @bytes. The kernel's helpers keep an Ethernet header, and generic mode then pulls the packet's off,
 * which may be longer.
 */
static bool helpers_keeps_header(const struct xdp_buff *xdp, s32 bytes)
{
	return !helpers_is_generic(xdp) ||
	       xdp->data_end - xdp->data - bytes >=
		       helpers_longest_header(xdp->rxq->dev);
}

/*
 * In generic mode, the packet is that of an skb, which may be as large as all of its buffers.
 * The kernel leaves the skb's transport header behind: see helpers_catch_up_headers().
 */
s64 rex_xdp_adjust_head(struct xdp_buff *xdp, s32 offset)
{
	if (xdp->data - xdp->data_hard_start + offset > HELPERS_MAX_OFFSET)
		return -EINVAL;
	if (offset > 0 &&
	    (helpers_is_gso_in_xdp(xdp) || !helpers_keeps_header(xdp, offset)))
		return -EINVAL;
	return rex_kcall(bpf_xdp_adjust_head)((u64)xdp, offset, 0, 0, 0);
}

s64 rex_xdp_adjust_meta(struct xdp_buff *xdp, s32 offset)
{
	return rex_kcall(bpf_xdp_adjust_meta)((u64)xdp, offset, 0, 0, 0);
}

/*
 * Returns whether the kernel is right when a packet in several buffers gets shorter. Generic mode and
 * veth make such a packet of an skb, whose length then stays: what reads the skb later reads beyond
 * its first buffer, or veth ends with a BUG(). And where the queue does not say that the buffers
 * are pages of a pool, as in these and behind a devmap, a page is freed while other packets have
 * pieces of it.
 */
static bool helpers_can_shrink(struct xdp_buff *xdp)
{
	const struct xdp_rxq_info *rxq = xdp->rxq;
	const struct skb_shared_info *shared;
	const skb_frag_t *last;

	if (!xdp_buff_has_frags(xdp))
		return true;
	if (helpers_is_veth(rxq->dev))
		return false;
	shared = xdp_get_shared_info_from_buff(xdp);
	last = &shared->frags[shared->nr_frags - 1];
	return rxq->mem.type != MEM_TYPE_PAGE_SHARED ||
	       !rex_compat_is_pool_page(compound_head(skb_frag_page(last)));
}

/*
 * Returns whether the last buffer has room for @bytes. Some drivers name a size that leaves none
 * after what is there, and some kernels subtract without a sign.
 */
static bool helpers_has_tailroom(struct xdp_buff *xdp, s32 bytes)
{
	const struct skb_shared_info *shared;
	const skb_frag_t *last;

	if (!xdp_buff_has_frags(xdp) || !xdp->rxq->frag_size)
		return true;
	shared = xdp_get_shared_info_from_buff(xdp);
	last = &shared->frags[shared->nr_frags - 1];
	return (s64)xdp->rxq->frag_size - skb_frag_size(last) -
		       skb_frag_off(last) >=
	       bytes;
}

/*
 * Returns whether the end of a packet may move in generic mode. The kernel sets the end of the skb from
 * where the link-layer header begins, while its data begins behind it: too far by the header.
 */
static bool helpers_can_move_end(struct xdp_buff *xdp, s32 offset)
{
	int header = max(ETH_HLEN, helpers_longest_header(xdp->rxq->dev));

	return !helpers_is_generic(xdp) || xdp_buff_has_frags(xdp) ||
	       xdp_data_hard_end(xdp) - xdp->data_end - offset >= header;
}

s64 rex_xdp_adjust_tail(struct xdp_buff *xdp, s32 offset)
{
	/* The kernel negates it. */
	if (offset == S32_MIN)
		return -EINVAL;
	if (offset > 0 && !helpers_has_tailroom(xdp, offset))
		return -EINVAL;
	if (offset && !helpers_can_move_end(xdp, offset))
		return -EINVAL;
	if (offset < 0 && !xdp_buff_has_frags(xdp) &&
	    !helpers_keeps_header(xdp, -offset))
		return -EINVAL;
	if (offset < 0 && !helpers_can_shrink(xdp))
		return -EOPNOTSUPP;
	return rex_kcall(bpf_xdp_adjust_tail)((u64)xdp, offset, 0, 0, 0);
}

s64 rex_xdp_get_buff_len(struct xdp_buff *xdp)
{
	return rex_kcall(bpf_xdp_get_buff_len)((u64)xdp, 0, 0, 0, 0);
}

s64 rex_xdp_load_bytes(struct xdp_buff *xdp, u32 offset, u8 *buf, u32 len)
{
	return rex_kcall(bpf_xdp_load_bytes)((u64)xdp, offset, (u64)buf, len,
					     0);
}

s64 rex_xdp_store_bytes(struct xdp_buff *xdp, u32 offset, const u8 *buf,
			u32 len)
{
	return rex_kcall(bpf_xdp_store_bytes)((u64)xdp, offset, (u64)buf, len,
					      0);
}

/* Other programs run meanwhile, and may wait for a lock that this one holds. */
s64 rex_clone_redirect(struct sk_buff *skb, u32 ifindex, u64 flags)
{
	if (rex_spin_lock_held())
		return -EDEADLK;
	if (skb_shared(skb))
		return -EBUSY;
	if (!(flags & BPF_F_INGRESS) && !skb_at_tc_ingress(skb) &&
	    net_may_hold_queue(skb, ifindex))
		return -EBUSY;
	return rex_kcall(bpf_clone_redirect)((u64)skb, ifindex, flags, 0, 0);
}

/*
 * Prepares a packet that the program may change, and whose first @end bytes the kernel will make linear.
 * The kernel BUG()s if it has to move the buffer of a packet to which somebody else has a
 * reference, as pktgen. It segments a packet by its list of further packets, and BUG()s if only a part
 * of the list is in the first buffer, or if the program makes the headers longer: a packet that is
 * marked (DODGY) is copied then. Where it keeps the list as it is, for SCTP and for lists that it has
 * merged, it cannot segment a packet without it either.
 */
static s64 net_before_change(struct sk_buff *skb, u64 end)
{
	struct skb_shared_info *shared = skb_shinfo(skb);

	if (skb_shared(skb))
		return -EBUSY;
	if (!skb_is_gso(skb) || !skb_has_frag_list(skb))
		return 0;
	shared->gso_type |= SKB_GSO_DODGY;
	if (end <= skb_pagelen(skb) || end > skb->len)
		return 0;
	if (shared->gso_size == GSO_BY_FRAGS ||
	    shared->gso_type & SKB_GSO_FRAGLIST)
		return -EOPNOTSUPP;
	return rex_kcall(bpf_skb_pull_data)((u64)skb, skb->len, 0, 0, 0);
}

/* Makes the first @len bytes linear, if the packet has as many. */
static s64 helpers_make_linear(struct sk_buff *skb, u32 len)
{
	s64 err;

	if (len > skb->len)
		return -EINVAL;
	err = net_before_change(skb, len);
	if (err || len <= skb_headlen(skb))
		return err;
	return rex_kcall(bpf_skb_pull_data)((u64)skb, len, 0, 0, 0);
}

s64 rex_get_hash_recalc(struct sk_buff *skb)
{
	return rex_kcall(bpf_get_hash_recalc)((u64)skb, 0, 0, 0, 0);
}

s64 rex_l3_csum_replace(struct sk_buff *skb, u32 offset, u64 from, u64 to,
			u64 flags)
{
	s64 err = net_before_change(skb, (u64)offset + sizeof(__sum16));

	if (err)
		return err;
	return rex_kcall(bpf_l3_csum_replace)((u64)skb, offset, from, to,
					      flags);
}

s64 rex_l4_csum_replace(struct sk_buff *skb, u32 offset, u64 from, u64 to,
			u64 flags)
{
	s64 err = net_before_change(skb, (u64)offset + sizeof(__sum16));

	if (err)
		return err;
	return rex_kcall(bpf_l4_csum_replace)((u64)skb, offset, from, to,
					      flags);
}

s64 rex_redirect_neigh(u32 ifindex, u64 flags)
{
	if (!net_can_redirect(0))
		return -EOPNOTSUPP;
	return rex_kcall(bpf_redirect_neigh)(ifindex, 0, 0, flags, 0);
}

/*
 * Newer kernels have a flag with which this sends as rex_redirect() does. Two devices whose programs
 * send a packet to each other's peers do so without end and without a switch of tasks.
 */
s64 rex_redirect_peer(u32 ifindex, u64 flags)
{
	if (!net_can_redirect(flags ? 0 : BPF_F_INGRESS))
		return -EOPNOTSUPP;
	if (rex_watchdog_keeps_cpu())
		return -ELOOP;
	return rex_kcall(bpf_redirect_peer)(ifindex, flags, 0, 0, 0);
}

/*
 * Returns whether the packet and its headers can be @len bytes farther from the beginning
 * of the buffer. They move there when the packet shrinks at its head, and also when it
 * grows, since the kernel then makes room before them.
 */
static bool helpers_can_move(const struct sk_buff *skb, u32 len)
{
	u32 last = max_t(u32, skb_headroom(skb), skb->network_header);

	if (skb_transport_header_was_set(skb))
		last = max_t(u32, last, skb->transport_header);
	if (skb->encapsulation && skb->inner_transport_header != U16_MAX)
		last = max_t(u32, last, skb->inner_transport_header);
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		last = max_t(u32, last, skb->csum_start);
	return last + len <= HELPERS_MAX_OFFSET;
}

/* Returns the offset at which the kernel makes room in an IP packet. */
static u32 helpers_room_offset(const struct sk_buff *skb, u32 mode)
{
	u32 offset = skb_mac_header_len(skb);

	if (mode != BPF_ADJ_ROOM_NET)
		return offset;
	if (skb->protocol == htons(ETH_P_IPV6))
		return offset + sizeof(struct ipv6hdr);
	return offset + sizeof(struct iphdr);
}

/*
 * Has a GSO packet of a size of segments that the kernel can change by @diff. It would let
 * the size become 0, or overflow, or become GSO_BY_FRAGS, for which segmentation looks for a
 * list of packets. The packets of such a list would be of another size.
 */
static s64 helpers_check_segments(struct sk_buff *skb, s32 diff)
{
	s32 size = skb_shinfo(skb)->gso_size - diff;

	if (size < TCP_MIN_GSO_SIZE || size >= GSO_BY_FRAGS)
		return -EINVAL;
	return skb_has_frag_list(skb) ? helpers_make_linear(skb, skb->len) : 0;
}

/*
 * Moves transport headers that are before the packet's network header to it. A packet that
 * shrinks by more than the kernel expects leaves them behind. From 7.1 on,
 * qdisc_pkt_len_segs_init() takes the negative offset of one for a number without a sign,
 * and reads 4 GB behind the packet, when a GSO packet is redirected.
 *
 * A redirection may pull an Ethernet header off, however short the one is that the program
 * has put before a packet without any. The beginning of a checksum becomes the transport header
 * when the packet is sent; without it, the kernel computes the checksum anew.
 */
static void helpers_catch_up_headers(struct sk_buff *skb)
{
	u16 first = skb->network_header;

	if (skb_is_gso(skb))
		first = max_t(u32, first, skb_headroom(skb) + ETH_HLEN);
	if (skb_transport_header_was_set(skb))
		skb->transport_header = max(skb->transport_header, first);
	if (skb->encapsulation)
		skb->inner_transport_header =
			max(skb->inner_transport_header, first);
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb->csum_start < first)
		skb->ip_summed = CHECKSUM_NONE;
}

/*
 * The kernel moves the headers before the room without a look whether they are linear. A redirection
 * may pull an Ethernet header off what is left, and BUG()s if that is not linear.
 */
s64 rex_skb_adjust_room(struct sk_buff *skb, s32 diff, u32 mode, u64 flags)
{
	u32 offset = helpers_room_offset(skb, mode);
	s64 err;

	if (diff > HELPERS_MAX_ROOM || diff < -HELPERS_MAX_ROOM)
		return -EFAULT;
	if (!helpers_can_move(skb, abs(diff)))
		return -EINVAL;
	if (offset > skb->len)
		return -EINVAL;
	err = helpers_make_linear(skb,
				  min_t(u32, skb->len,
					offset + max(-diff, 0) + ETH_HLEN));
	if (!err && skb_is_gso(skb) && !(flags & BPF_F_ADJ_ROOM_FIXED_GSO))
		err = helpers_check_segments(skb, diff);
	if (err)
		return err;
	err = rex_kcall(bpf_skb_adjust_room)((u64)skb, diff, mode, flags, 0);
	helpers_catch_up_headers(skb);
	return err;
}

/*
 * The kernel does not check the length of GSO packets, and a head room above INT_MAX is a
 * BUG(). As in rex_skb_adjust_room(), an Ethernet header's bytes have to be linear.
 */
s64 rex_skb_change_head(struct sk_buff *skb, u32 head_room, u64 flags)
{
	s64 err;

	if (head_room > HELPERS_MAX_ROOM || !helpers_can_move(skb, head_room))
		return -EINVAL;
	err = helpers_make_linear(skb, min_t(u32, skb->len, ETH_HLEN));
	if (err)
		return err;
	err = rex_kcall(bpf_skb_change_head)((u64)skb, head_room, flags, 0, 0);
	helpers_catch_up_headers(skb);
	return err;
}

/*
 * The kernel keeps what is before the transport header, wherever that is, and then pulls the
 * link-layer header off without a check. Of a packet that has had a VLAN tag, the transport header
 * may still be before the network header.
 */
s64 rex_skb_change_tail(struct sk_buff *skb, u32 len, u64 flags)
{
	s64 err;

	if ((s64)len <= skb_network_offset(skb) ||
	    (skb_at_tc_ingress(skb) && len <= skb->mac_len) ||
	    skb_tail_pointer(skb) > skb_end_pointer(skb))
		return -EINVAL;
	err = net_before_change(skb, 0);
	if (err)
		return err;
	/* Some drivers store the checksum there without a look. */
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    (s64)skb_checksum_start_offset(skb) + skb->csum_offset +
			    (s64)sizeof(__sum16) >
		    len)
		skb->ip_summed = CHECKSUM_NONE;
	return rex_kcall(bpf_skb_change_tail)((u64)skb, len, flags, 0, 0);
}

u64 rex_skb_cgroup_id(const struct sk_buff *skb)
{
	if (!rex_khas(bpf_skb_cgroup_id))
		return 0;
	return rex_kcall(bpf_skb_cgroup_id)((u64)skb, 0, 0, 0, 0);
}

u64 rex_skb_ancestor_cgroup_id(const struct sk_buff *skb, s32 level)
{
	if (!rex_khas(bpf_skb_ancestor_cgroup_id))
		return 0;
	return rex_kcall(bpf_skb_ancestor_cgroup_id)((u64)skb, level, 0, 0, 0);
}

u64 rex_get_socket_cookie(const struct sk_buff *skb)
{
	return rex_kcall(bpf_get_socket_cookie)((u64)skb, 0, 0, 0, 0);
}

u64 rex_get_socket_uid(const struct sk_buff *skb)
{
	return rex_kcall(bpf_get_socket_uid)((u64)skb, 0, 0, 0, 0);
}

s64 rex_skb_set_tstamp(struct sk_buff *skb, u64 tstamp, u32 tstamp_type)
{
	return rex_kcall(bpf_skb_set_tstamp)((u64)skb, tstamp, tstamp_type, 0,
					     0);
}

s64 rex_skb_load_bytes(struct sk_buff *skb, u32 offset, u8 *to, u32 len)
{
	if (len > INT_MAX)
		return -EFAULT;
	return rex_kcall(bpf_skb_load_bytes)((u64)skb, offset, (u64)to, len, 0);
}

s64 rex_skb_pull_data(struct sk_buff *skb, u32 len)
{
	s64 err;

	if (len > INT_MAX)
		return -EINVAL;
	err = net_before_change(skb, len);
	if (err)
		return err;
	return rex_kcall(bpf_skb_pull_data)((u64)skb, len, 0, 0, 0);
}

/*
 * Where a packet leaves a queueing discipline, the kernel takes the number for an index
 * of the device's queues without a check. So a program may only set the number of a
 * queue that exists. At ingress it is the number of a queue for receiving, plus one.
 */
s64 rex_skb_set_queue_mapping(struct sk_buff *skb, u16 queue)
{
	const struct net_device *dev = skb->dev;
	unsigned int end;

	end = skb_at_tc_ingress(skb) ? READ_ONCE(dev->real_num_rx_queues) + 1 :
				       READ_ONCE(dev->real_num_tx_queues);
	if (queue >= end)
		return -EINVAL;
	skb_set_queue_mapping(skb, queue);
	return 0;
}

s64 rex_skb_store_bytes(struct sk_buff *skb, u32 offset, const u8 *from,
			u32 len, u64 flags)
{
	s64 err;

	if (len > INT_MAX)
		return -EFAULT;
	err = net_before_change(skb, (u64)offset + len);
	if (err)
		return err;
	return rex_kcall(bpf_skb_store_bytes)((u64)skb, offset, (u64)from, len,
					      flags);
}

/*
 * Returns whether a tag can be among the packet's bytes. The kernel warns if the Ethernet
 * header is not where the packet begins.
 */
static bool helpers_can_have_tag(const struct sk_buff *skb)
{
	return skb_mac_header_was_set(skb) &&
	       skb_mac_header(skb) == skb->data &&
	       skb_headlen(skb) >= ETH_HLEN && helpers_can_move(skb, VLAN_HLEN);
}

s64 rex_skb_vlan_pop(struct sk_buff *skb)
{
	s64 err;

	if (eth_type_vlan(skb->protocol) && !helpers_can_have_tag(skb))
		return -EINVAL;
	err = net_before_change(skb, VLAN_ETH_HLEN);
	if (err)
		return err;
	err = rex_kcall(bpf_skb_vlan_pop)((u64)skb, 0, 0, 0, 0);
	helpers_catch_up_headers(skb);
	return err;
}

/* It is a bit of its own or the tag itself, depending on the kernel. */
s64 rex_skb_vlan_present(const struct sk_buff *skb)
{
	return !!skb_vlan_tag_present(skb);
}

/* A tag that the packet already has beside its bytes becomes a part of them. */
s64 rex_skb_vlan_push(struct sk_buff *skb, __be16 proto, u16 tci)
{
	s64 err;

	if (skb_vlan_tag_present(skb) && !helpers_can_have_tag(skb))
		return -EINVAL;
	err = net_before_change(skb, 0);
	if (err)
		return err;
	return rex_kcall(bpf_skb_vlan_push)((u64)skb, (__force u16)proto, tci,
					    0, 0);
}
