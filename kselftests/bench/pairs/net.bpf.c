// SPDX-License-Identifier: GPL-2.0
/* Programs for packets: routes, and a load balancer. */
#include "pair.bpf.h"

/*
 * The longest prefix of 40 addresses, in a trie of 13 nodes of 16 entries: a byte each,
 * with a node below it in the low half and a route in the high half.
 */
PAIR_COPIED(lpm)
{
	__u32 hash = 0;

	for (int i = 0; i < 40; i++) {
		__u32 address = ((const __u32 *)s->in)[64 + i];
		__u32 node = 0, route = 0;

		for (int depth = 0; depth < 8; depth++) {
			__u64 at = node * 16 + (address >> 28);
			__u8 entry;

			BOUND(at, 255);
			entry = s->in[at];
			address <<= 4;
			if (entry >> 4)
				route = entry >> 4;
			node = entry & 15;
			if (!node)
				break;
		}
		hash = hash * 31 + route;
	}
	return hash;
}

#define JHASH_INITVAL 0xdeadbeef

static __always_inline __u32 jhash_3words(__u32 a, __u32 b, __u32 c)
{
	a += JHASH_INITVAL;
	b += JHASH_INITVAL;
	c += JHASH_INITVAL;
	c = (c ^ b) - rotate_left(b, 14);
	a = (a ^ c) - rotate_left(c, 11);
	b = (b ^ a) - rotate_left(a, 25);
	c = (c ^ b) - rotate_left(b, 16);
	a = (a ^ c) - rotate_left(c, 4);
	b = (b ^ a) - rotate_left(a, 14);
	return (c ^ b) - rotate_left(b, 24);
}

#define FRAME 40
#define FRAMES 16
#define RING 256

/* An IPv4 header, and the ports of TCP or UDP. */
struct frame {
	__u8 version, tos;
	__be16 length, id, offset;
	__u8 ttl, protocol;
	__be16 checksum;
	__be32 source, destination, ports;
	__u8 rest[16];
};

/*
 * A load balancer as Katran: of each of 16 headers (IPv4 and TCP) the flow is hashed, a
 * ring of 256 places names one of 16 servers, the header gets its address, less of a
 * life, and its checksum is mended. The ring comes after the headers.
 */
PAIR(load_balancer)
{
	__u32 hash = 0;

	for (int i = 0; i < FRAMES; i++) {
		struct frame ip = ((const struct frame *)in)[i];
		__u32 flow, old, new, sum;
		const __u8 *place;

		if (ip.version != 0x45 ||
		    (ip.protocol != 6 && ip.protocol != 17) || ip.ttl < 2)
			continue;
		flow = jhash_3words(bpf_ntohl(ip.source), bpf_ntohl(ip.ports),
				    ip.protocol);
		place = in + FRAMES * FRAME + flow % RING;
		if (place + 1 > end)
			continue;
		/* From 10.0.0.1, the virtual address, to 10.1.0.server. */
		old = bpf_ntohl(ip.destination);
		new = 10 << 24 | 1 << 16 | (*place & 15);
		sum = (__u16)~bpf_ntohs(ip.checksum);
		sum += (__u16) ~(ip.ttl << 8 | ip.protocol);
		ip.ttl--;
		ip.destination = bpf_htonl(new);
		sum += ip.ttl << 8 | ip.protocol;
		sum += (__u16) ~(old >> 16) + (__u16)~old;
		sum += (new >> 16) + (new & 0xffff);
		sum = (sum & 0xffff) + (sum >> 16);
		sum = (sum & 0xffff) + (sum >> 16);
		ip.checksum = bpf_htons((__u16)~sum);
		hash = hash * 31 + (ip.ttl << 24 | ip.protocol << 16 |
				    bpf_ntohs(ip.checksum));
		hash = hash * 31 + bpf_ntohl(ip.destination);
	}
	return hash;
}
