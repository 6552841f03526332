// SPDX-License-Identifier: GPL-2.0
/* Programs for packets: routes, and a load balancer. */
#include <stdbool.h>

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

static __always_inline __u32 load32(const __u8 *at)
{
	return (__u32)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

/*
 * A load balancer as Katran: of each of 16 headers (IPv4 and TCP) the flow is hashed, a
 * ring of 256 places names one of 16 servers, the header gets its address, less of a
 * life, and its checksum is mended. The ring comes after the headers.
 */
PAIR_COPIED(load_balancer)
{
	__u32 hash = 0;

	for (int i = 0; i < FRAMES; i++) {
		__u8 *ip = &s->in[i * FRAME];
		__u32 source = load32(ip + 12), ports = load32(ip + 20);
		__u32 flow, server, sum;

		if (ip[0] != 0x45 || (ip[9] != 6 && ip[9] != 17) || ip[8] < 2)
			continue;
		flow = jhash_3words(source, ports, ip[9]);
		server = s->in[FRAMES * FRAME + flow % RING] & 15;
		/* From 10.0.0.1, the virtual address, to 10.1.0.server. */
		sum = (__u16) ~(ip[10] << 8 | ip[11]);
		sum += (__u16) ~(ip[16] << 8 | ip[17]);
		sum += (__u16) ~(ip[18] << 8 | ip[19]);
		sum += (__u16) ~(ip[8] << 8 | ip[9]);
		ip[16] = 10;
		ip[17] = 1;
		ip[18] = 0;
		ip[19] = server;
		ip[8]--;
		sum += 10 << 8 | 1;
		sum += server;
		sum += ip[8] << 8 | ip[9];
		sum = (sum & 0xffff) + (sum >> 16);
		sum = (sum & 0xffff) + (sum >> 16);
		ip[10] = (__u16)~sum >> 8;
		ip[11] = ~sum;
		hash = hash * 31 + load32(ip + 8);
		hash = hash * 31 + load32(ip + 16);
	}
	return hash;
}
