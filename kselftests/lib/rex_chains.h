/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets whose ports come after more than a few headers, and the sample xdp_filter.
 */
#ifndef _REX_CHAINS_H
#define _REX_CHAINS_H

#include <netinet/in.h>

#include "rex_net.h"

#define FILTER "../samples/xdp_filter/xdp_filter"

/*
 * The ports of packets that the filter drops and passes, and of the last
 * packet.
 */
#define DROPPED 53
#define OTHER 54
#define MARKER 99

/* Bits of a rule. */
#define RULE_TCP 1
#define RULE_UDP 2

/* A packet to port DROPPED, in one frame or in fragments. */
struct packet {
	struct frame frames[2];
	int nr;
	int protocol;
	size_t network; /* in the first frame */
};

/*
 * Makes a packet after TAGS VLAN tags, with NR extension headers of these
 * types.
 */
struct packet v6_packet(int tags, const char *extensions, int nr, int protocol);

/*
 * Makes UDP after NR headers of one type; with HOP, hop-by-hop options come
 * first.
 */
struct packet v6_repeated(int tags, bool hop, int type, int nr);

/* Makes a packet with OPTIONS words of options. */
struct packet v4_packet(int tags, int options, int protocol);

/* Makes two fragments, the first one with LEN bytes after its IP header. */
struct packet v4_fragments(int protocol, size_t len);

/* Makes two fragments of UDP after NR options headers. */
struct packet v6_fragments(int nr, size_t len);

/* Makes the filter drop packets to PORT of the protocols in MASK. */
void set_rule(struct rex_obj *obj, __u32 port, __u16 mask);

void delete_rule(struct rex_obj *obj, __u32 port);

#endif
