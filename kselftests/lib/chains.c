// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of many headers, and rules of the sample xdp_filter, which is to find the
 * ports after these headers.
 */
#include "rex_chains.h"

/* Puts an IPv6 header from fd00::1 to fd00::2. */
static size_t put_v6(struct frame *f, int next)
{
	size_t at = f->len;

	put32(f, 0x60000000);
	put16(f, 0); /* length */
	put8(f, next);
	put8(f, 64);
	for (int host = 1; host <= 2; host++) {
		put32(f, 0xfd000000);
		put32(f, 0);
		put32(f, 0);
		put32(f, host);
	}
	return at;
}

/* Puts an extension header of 8 + 8 * MORE bytes, without relevant options. */
static void put_extension(struct frame *f, int type, int next, int more)
{
	put8(f, next);
	put8(f, type == IPPROTO_FRAGMENT ? 0 : more);
	if (type == IPPROTO_FRAGMENT) {
		put16(f, 0); /* no fragment after all */
		put32(f, 0x1234);
		return;
	}
	if (type == IPPROTO_ROUTING) {
		put16(f, 0); /* type 0, at its end */
		put32(f, 0);
	} else {
		put16(f, 0x1e04); /* not known, to be skipped */
		put32(f, 0);
	}
	while (more--) {
		if (type == IPPROTO_ROUTING) {
			put32(f, 0);
			put32(f, 0);
		} else {
			put32(f, 0x1e060000);
			put32(f, 0);
		}
	}
}

static void put_tags(struct frame *f, int tags, int ethertype)
{
	static const int types[] = { ETH_P_8021Q, ETH_P_8021AD };

	put_eth(f, tags ? types[tags % 2] : ethertype);
	while (tags--) {
		/* VLAN 0: only the priority is meant, no VLAN. */
		put16(f, 0x6000);
		put16(f, tags ? types[tags % 2] : ethertype);
	}
}

/*
 * Returns the sum over addresses, as UDP and TCP have it, and over LEN bytes at
 * AT.
 */
static unsigned int transport_sum(const struct frame *f, size_t ip, size_t at,
				  int protocol)
{
	bool v6 = f->data[ip] >> 4 == 6;
	unsigned long sum = protocol + f->len - at;

	sum = sum16(f->data + ip + (v6 ? 8 : 12), v6 ? 32 : 8, sum);
	return sum16(f->data + at, f->len - at, sum);
}

static void put_end(struct frame *f, size_t ip, int protocol, int port)
{
	bool tcp = protocol == IPPROTO_TCP;
	size_t at = tcp ? put_tcp(f, port) : put_udp(f, port, 16, 'x');

	if (tcp) {
		f->data[at + 13] = 2; /* SYN */
		set16(f, at, 2000); /* see renew() */
		set16(f, at + 6, 60000);
	}
	set16(f, at + (tcp ? 16 : 6),
	      ~transport_sum(f, ip, at, protocol) & 0xffff);
}

struct packet v6_packet(int tags, const char *extensions, int nr, int protocol)
{
	struct packet p = { .nr = 1, .protocol = protocol };
	struct frame *f = &p.frames[0];

	put_tags(f, tags, ETH_P_IPV6);
	p.network = put_v6(f, nr ? extensions[0] : protocol);
	for (int i = 0; i < nr; i++)
		put_extension(f, extensions[i],
			      i + 1 < nr ? extensions[i + 1] : protocol, i % 3);
	put_end(f, p.network, protocol, DROPPED);
	ip6_done(f, p.network);
	return p;
}

struct packet v6_repeated(int tags, bool hop, int type, int nr)
{
	char extensions[128];

	memset(extensions, type, sizeof(extensions));
	if (hop)
		extensions[0] = IPPROTO_HOPOPTS;
	return v6_packet(tags, extensions, nr + hop, IPPROTO_UDP);
}

struct packet v4_packet(int tags, int options, int protocol)
{
	struct packet p = { .nr = 1, .protocol = protocol };
	struct frame *f = &p.frames[0];

	put_tags(f, tags, ETH_P_IP);
	p.network = put_ip4(f, protocol, options);
	put_end(f, p.network, protocol, DROPPED);
	ip4_done(f, p.network);
	return p;
}

struct packet v4_fragments(int protocol, size_t len)
{
	struct packet p = v4_packet(0, 0, protocol);
	struct frame whole = p.frames[0], *first = &p.frames[0],
		     *second = &p.frames[1];
	size_t end = p.network + 20;

	p.nr = 2;
	first->len = end + len;
	set16(first, p.network + 6, 0x2000);
	second->len = end;
	memcpy(second->data, whole.data, end);
	put(second, whole.data + end + len, whole.len - end - len);
	set16(second, p.network + 6, len / 8);
	for (int i = 0; i < 2; i++) {
		set16(&p.frames[i], p.network + 2, p.frames[i].len - p.network);
		ip4_done(&p.frames[i], p.network);
	}
	return p;
}

struct packet v6_fragments(int nr, size_t len)
{
	struct packet p = v6_repeated(0, false, IPPROTO_DSTOPTS, nr);
	struct frame whole = p.frames[0];
	size_t end = p.network + 40;

	p.nr = 2;
	for (int i = 0; i < 2; i++) {
		struct frame *f = &p.frames[i];
		size_t from = i ? end + len : end;
		size_t to = i ? whole.len : end + len;

		f->len = end;
		memcpy(f->data, whole.data, end);
		put8(f, whole.data[p.network + 6]);
		f->data[p.network + 6] = IPPROTO_FRAGMENT;
		put8(f, 0);
		put16(f, i ? len : 1); /* more fragments, or the last one */
		put32(f, 0x4711);
		put(f, whole.data + from, to - from);
		ip6_done(f, p.network);
	}
	return p;
}

void set_rule(struct rex_obj *obj, __u32 port, __u16 mask)
{
	ASSERT(!bpf_map_update_elem(map_fd(obj, "rules"), &port, &mask, 0));
}

void delete_rule(struct rex_obj *obj, __u32 port)
{
	ASSERT(!bpf_map_delete_elem(map_fd(obj, "rules"), &port));
}
