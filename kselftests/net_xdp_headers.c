// SPDX-License-Identifier: GPL-2.0
/*
 * XDP programs (programs/net_xdp) find the headers of crafted packets, which are
 * truncated to every length.
 */
#include <linux/bpf.h>

#include "rex_net.h"
#include "names/net_xdp.h"

OBJECT_FIXTURE("net_xdp")

/* ---- where headers are ---- */

/*
 * The offsets and contents of a packet's headers; 0 is none. A header is found
 * if it and the headers before it are complete.
 */
struct layout {
	const char *name;
	struct frame f;
	unsigned int ethertype;
	size_t network;
	size_t network_end; /* with options */
	int protocol; /* -1: it breaks the rules */
	size_t transport; /* after extensions */
	bool later; /* a fragment, and not the first one */
	size_t end; /* of the IP packet; 0: of the frame */
	int vlan;
};

static size_t header_size(int protocol)
{
	return protocol == IPPROTO_TCP ? 20 : 8;
}

/* Returns the number that programs store for an optional header. */
static __u64 number(__u64 value, bool there)
{
	return there ? value : NONE;
}

/* Returns VALUE, unless the packet ends before. */
static __u64 unless_cut(bool there, __u64 value)
{
	return there ? value : TRUNCATED;
}

/* Returns the number that programs store for the transport header. */
static __u64 transport(const struct layout *l, size_t len, __u64 value)
{
	if (len < l->network_end)
		return TRUNCATED;
	if (l->protocol < 0)
		return NONE;
	if (len < l->transport)
		return TRUNCATED;
	return l->later ? LATER_FRAGMENT : value;
}

/* Returns the number that programs store for a header of PROTOCOL. */
static __u64 transport_of(const struct layout *l, size_t len, int protocol,
			  __u64 value)
{
	size_t end = l->end && l->end < len ? l->end : len;

	if (l->protocol != protocol)
		return transport(l, len, NONE);
	return transport(l, len,
			 unless_cut(end >= l->transport + header_size(protocol),
				    value));
}

/* Expects the headers that the program finds in the first LEN bytes. */
static void expect_layout(struct rex_obj *obj, const struct layout *l,
			  size_t len)
{
	bool ip4 = l->ethertype == ETH_P_IP, ip6 = l->ethertype == ETH_P_IPV6;
	bool parsed = len >= l->network_end;
	size_t end = parsed && l->end && l->end < len ? l->end : len;

	EXPECT_SEEN(obj, PARSED, parsed);
	if (parsed) {
		EXPECT_SEEN(obj, ETHERTYPE, l->ethertype);
		EXPECT_SEEN(obj, NETWORK, l->network);
		EXPECT_SEEN(obj, PROTOCOL, transport(l, len, l->protocol));
		EXPECT_SEEN(obj, TRANSPORT, transport(l, len, l->transport));
		EXPECT_SEEN(obj, END, end);
	}
	EXPECT_SEEN(obj, ETH, get16(&l->f, 12));
	EXPECT_SEEN(obj, VLAN, l->vlan ? unless_cut(len >= 18, l->vlan) : NONE);
	EXPECT_SEEN(obj, IP4,
		    unless_cut(len >= l->network + (ip4 ? 20 : 0),
			       number(0x0a000001, ip4)));
	EXPECT_SEEN(obj, IP6,
		    unless_cut(len >= l->network + (ip6 ? 40 : 0),
			       number(99, ip6)));
	EXPECT_SEEN(obj, TCP, transport_of(l, len, IPPROTO_TCP, PORT));
	EXPECT_SEEN(obj, UDP, transport_of(l, len, IPPROTO_UDP, PORT));
	EXPECT_SEEN(obj, ICMP,
		    transport_of(l, len, ip4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
				 8));
	EXPECT_SEEN(obj, LINEAR, len);
	EXPECT_SEEN(obj, LENGTH, len);
}

static void put_transport(struct frame *f, int protocol)
{
	if (protocol == IPPROTO_UDP)
		put_udp(f, PORT, 4, 'x');
	else if (protocol == IPPROTO_TCP)
		put_tcp(f, PORT);
	else
		put(f, "\x08\0\0\0\0\0\0\0", 8);
}

static struct layout ip4_layout(const char *name, int tags, int options,
				int protocol)
{
	struct layout l = {
		.name = name,
		.ethertype = ETH_P_IP,
		.protocol = protocol,
	};

	put_eth(&l.f, tags == 2 ? ETH_P_8021AD : tags ? ETH_P_8021Q : ETH_P_IP);
	for (int i = tags; i; i--) {
		put16(&l.f, 0x2000 + 40 + i);
		put16(&l.f, i > 1 ? ETH_P_8021Q : ETH_P_IP);
	}
	l.vlan = tags ? 40 + tags : 0;
	l.network = put_ip4(&l.f, protocol, options);
	l.transport = l.network_end = l.f.len;
	put_transport(&l.f, protocol);
	ip4_done(&l.f, l.network);
	return l;
}

/*
 * Makes a packet with NR extension headers of these types, of 16 bytes except
 * fragments.
 */
static struct layout ip6_layout(const char *name, int nr,
				const char *extensions, int protocol)
{
	struct layout l = {
		.name = name,
		.ethertype = ETH_P_IPV6,
		.protocol = protocol,
	};

	put_eth(&l.f, ETH_P_IPV6);
	l.network = put_ip6(&l.f, nr ? extensions[0] : protocol);
	l.network_end = l.f.len;
	for (int i = 0; i < nr; i++) {
		const char *e = &extensions[i];

		put8(&l.f, i + 1 < nr ? e[1] : protocol);
		put8(&l.f, *e == IPPROTO_AH	  ? 2 :
			   *e == IPPROTO_FRAGMENT ? 0 :
						    1);
		put16(&l.f, 1); /* of a fragment: the first one of more */
		put32(&l.f, 0);
		if (*e != IPPROTO_FRAGMENT) {
			put32(&l.f, 0);
			put32(&l.f, 0);
		}
	}
	l.transport = l.f.len;
	put_transport(&l.f, protocol);
	ip6_done(&l.f, l.network);
	return l;
}

/* Checks every length that the kernel accepts. */
static void expect_at_all_lengths(struct rex_obj *obj, const struct layout *l)
{
	struct frame f = l->f;

	ksft_note("%s", l->name);
	for (f.len = 14; f.len <= l->f.len; f.len++) {
		EXPECT_EQ(test_run(obj, "parses", &f, NULL), XDP_PASS);
		expect_layout(obj, l, f.len);
	}
}

TEST_F(object, headers_are_found_in_packets_of_any_length)
{
	static const char all[] = { IPPROTO_HOPOPTS, IPPROTO_ROUTING,
				    IPPROTO_FRAGMENT, IPPROTO_AH,
				    IPPROTO_DSTOPTS };
	struct layout layouts[] = {
		ip4_layout("IPv4, UDP", 0, 0, IPPROTO_UDP),
		ip4_layout("IPv4, TCP", 0, 0, IPPROTO_TCP),
		ip4_layout("IPv4, ICMP", 0, 0, IPPROTO_ICMP),
		ip4_layout("IPv4, one option, UDP", 0, 1, IPPROTO_UDP),
		ip4_layout("IPv4, all options, TCP", 0, 10, IPPROTO_TCP),
		ip4_layout("VLAN, IPv4, UDP", 1, 0, IPPROTO_UDP),
		ip4_layout("two VLAN tags, IPv4, options, TCP", 2, 3,
			   IPPROTO_TCP),
		ip6_layout("IPv6, UDP", 0, "", IPPROTO_UDP),
		ip6_layout("IPv6, TCP", 0, "", IPPROTO_TCP),
		ip6_layout("IPv6, ICMP", 0, "", IPPROTO_ICMPV6),
		ip6_layout("IPv6, extensions, UDP", 5, all, IPPROTO_UDP),
		ip6_layout("IPv6, first fragment, TCP", 1, "\x2c", IPPROTO_TCP),
	};

	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		expect_at_all_lengths(self->obj, &layouts[i]);
}

TEST_F(object, malformed_packets_have_no_made_up_header)
{
	struct layout l;

	l = ip4_layout("a later fragment of IPv4", 0, 0, IPPROTO_UDP);
	set16(&l.f, l.network + 6, 1);
	l.later = true;
	expect_at_all_lengths(self->obj, &l);

	l = ip4_layout("the first fragment of IPv4", 0, 0, IPPROTO_UDP);
	set16(&l.f, l.network + 6, 0x2000);
	expect_at_all_lengths(self->obj, &l);

	l = ip4_layout("IPv4 with padding after it", 0, 0, IPPROTO_UDP);
	l.end = l.f.len;
	put(&l.f, "padding", 7);
	expect_at_all_lengths(self->obj, &l);

	l = ip4_layout("IPv4 that ends within UDP", 0, 0, IPPROTO_UDP);
	l.end = l.transport + 7;
	set16(&l.f, l.network + 2, l.end - l.network);
	expect_at_all_lengths(self->obj, &l);

	l = ip4_layout("IPv4 that ends within its header", 0, 1, IPPROTO_UDP);
	set16(&l.f, l.network + 2, 23);
	l.protocol = -1;
	expect_at_all_lengths(self->obj, &l);

	l = ip4_layout("IPv4 with a header of 16 bytes", 0, 0, IPPROTO_UDP);
	l.f.data[l.network] = 0x44;
	l.protocol = -1;
	expect_at_all_lengths(self->obj, &l);

	l = ip6_layout("a later fragment of IPv6", 1, "\x2c", IPPROTO_UDP);
	set16(&l.f, l.network + 42, 9);
	l.later = true;
	expect_at_all_lengths(self->obj, &l);

	l = ip6_layout("IPv6 with nothing in it", 0, "", IPPROTO_NONE);
	expect_at_all_lengths(self->obj, &l);

	/* The header is no IPv4 header then, either. */
	l = ip4_layout("IPv4 of version 5", 0, 0, IPPROTO_UDP);
	l.f.data[l.network] = 0x55;
	test_run(self->obj, "parses", &l.f, NULL);
	EXPECT_SEEN(self->obj, PARSED, 1);
	EXPECT_SEEN(self->obj, PROTOCOL, NONE);
	EXPECT_SEEN(self->obj, IP4, NONE);
	EXPECT_SEEN(self->obj, UDP, NONE);
}

/* ---- headers that a program takes, and their checksums ---- */

TEST_F(object, read_field_reads_a_field)
{
	struct frame f = udp_frame(PORT, 0, 0);

	EXPECT_EQ(test_run(self->obj, "reads_field", &f, NULL), XDP_DROP);
	EXPECT_SEEN(self->obj, PROTOCOL_READ, IPPROTO_UDP);
	EXPECT_SEEN(self->obj, CHECK_READ, get16(&f, 24));
}

/* Upstream's methods take the bytes at fixed places for headers. */
TEST_F(object, headers_that_are_taken_are_at_fixed_places)
{
	struct frame f = udp_frame(PORT, 12, 'x'), out;

	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(test_run(self->obj, "takes_headers", &f, &out),
			  XDP_DROP);
		EXPECT_SEEN(self->obj, ETHERTYPE_TAKEN,
			    i ? ETH_P_ARP : ETH_P_IP);
		EXPECT_SEEN(self->obj, PROTOCOL_TAKEN, IPPROTO_UDP);
		EXPECT_SEEN(self->obj, UDP_PORT_TAKEN, PORT);
		EXPECT_SEEN(self->obj, TCP_PORT_TAKEN, PORT);
		EXPECT_EQ(out.data[22], 5);
		f.data[12] = ETH_P_ARP >> 8;
		f.data[13] = ETH_P_ARP & 0xff;
	}
	f.len--; /* one byte short of a TCP header */
	for (__u32 i = ETHERTYPE_TAKEN; i <= TCP_PORT_TAKEN; i++)
		map_set(self->obj, "seen", i, 0);
	EXPECT_EQ(test_run(self->obj, "takes_headers", &f, NULL), XDP_PASS);
	EXPECT_SEEN(self->obj, UDP_PORT_TAKEN, PORT);
	EXPECT_SEEN(self->obj, TCP_PORT_TAKEN, 0);
	EXPECT_EQ(prog_info(self->obj, "takes_headers").state, REX_PROG_DEAD);
}

TEST_F(object, checksums_of_ip_headers_are_right)
{
	struct frame out;

	for (int options = 0; options <= 10; options += 5) {
		struct layout l = ip4_layout("", 0, options, IPPROTO_UDP);

		test_run(self->obj, "checks_ip", &l.f, NULL);
		EXPECT_SEEN(self->obj, IP_SUM, 0);
		test_run(self->obj, "decrements_ttl", &l.f, &out);
		EXPECT_EQ(out.data[22], 63);
		EXPECT_EQ(sum16(out.data + 14, l.network_end - 14, 0), 0xffff);
		if (!options)
			EXPECT_SEEN(self->obj, SUMS_AGREE, 1);
		out.data[22]++;
		test_run(self->obj, "checks_ip", &out, NULL);
		EXPECT(seen(self->obj, IP_SUM) > 2);
	}
}
