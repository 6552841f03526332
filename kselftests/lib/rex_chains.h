/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets whose ports come after more than a few headers, and the sample xdp_filter.
 */
#ifndef _REX_CHAINS_H
#define _REX_CHAINS_H

#include <netinet/in.h>

#include "rex_net.h"

#define FILTER "../samples/xdp_filter/xdp_filter"

/* Ports: of what the filter drops, of what it passes, and of the last packet. */
#define DROPPED 53
#define OTHER 54
#define MARKER 99

/* Bits of a rule. */
#define RULE_TCP 1
#define RULE_UDP 2

/* To port DROPPED, in one frame or in fragments. */
struct packet {
	struct frame frames[2];
	int nr;
	int protocol;
	size_t network; /* in the first frame */
};

/* After TAGS VLAN tags, with NR extension headers of these types. */
struct packet v6_packet(int tags, const char *extensions, int nr, int protocol);

/* UDP after NR headers of one type, and first one of hop-by-hop options, if HOP. */
struct packet v6_repeated(int tags, bool hop, int type, int nr);

/* With OPTIONS words of options. */
struct packet v4_packet(int tags, int options, int protocol);

/* In two fragments, the first of which has LEN bytes after its IP header. */
struct packet v4_fragments(int protocol, size_t len);

/* UDP after NR options headers, in two fragments. */
struct packet v6_fragments(int nr, size_t len);

/* The filter drops packets to PORT of the protocols in MASK. */
void set_rule(struct rex_obj *obj, __u32 port, __u16 mask);

void delete_rule(struct rex_obj *obj, __u32 port);

#endif
