// SPDX-License-Identifier: GPL-2.0
/*
 * XDP programs (programs/net_xdp): what they see of crafted packets, and what
 * becomes of real ones between network namespaces.
 */
#include <bpf/btf.h>
#include <linux/bpf.h>
#include <linux/if_link.h>

#include "rex_ioctl.h"
#include "rex_net.h"
#include "names/net_unsafe.h"
#include "names/net_xdp.h"

/* ---- crafted packets: where headers are ---- */

/*
 * What is to be found in a packet: where headers begin and what is in them; 0 is
 * none. A header is found if all of it is there, with the headers before it.
 */
struct layout {
	const char *name;
	struct frame f;
	unsigned int ethertype;
	size_t network;
	size_t network_end; /* with options */
	int protocol; /* -1: it breaks the rules */
	size_t transport; /* behind extensions */
	bool later; /* a fragment, and not the first one */
	size_t end; /* of the IP packet; 0: of the frame */
	int vlan;
};

static size_t header_size(int protocol)
{
	return protocol == IPPROTO_TCP ? 20 : 8;
}

/* As the programs store what may not be there. */
static __u64 number(__u64 value, bool there)
{
	return there ? value : NONE;
}

/* What is seen of VALUE, if that is not known because of the packet's end. */
static __u64 unless_cut(bool there, __u64 value)
{
	return there ? value : TRUNCATED;
}

/* What is seen of the transport header: VALUE, or why not. */
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

/* What is seen of a header of PROTOCOL, which has VALUE. */
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

/* What is seen if only the first LEN bytes of the packet are there. */
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

/* With NR extension headers of these types, each of 16 bytes but fragments. */
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

/* At every length that the kernel takes. */
static void expect_at_all_lengths(struct rex_obj *obj, const struct layout *l)
{
	struct frame f = l->f;

	ksft_note("%s", l->name);
	for (f.len = 14; f.len <= l->f.len; f.len++) {
		EXPECT_EQ(test_run(obj, "parses", &f, NULL), XDP_PASS);
		expect_layout(obj, l, f.len);
	}
}

TEST(headers_are_found_in_packets_of_any_length)
{
	static const char all[] = { IPPROTO_HOPOPTS, IPPROTO_ROUTING,
				    IPPROTO_FRAGMENT, IPPROTO_AH,
				    IPPROTO_DSTOPTS };
	struct rex_obj *obj = load_object("net_xdp");
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
		expect_at_all_lengths(obj, &layouts[i]);
	rex_obj_close(obj);
}

TEST(packets_that_break_the_rules_have_no_header_that_is_not_there)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct layout l;

	l = ip4_layout("a later fragment of IPv4", 0, 0, IPPROTO_UDP);
	set16(&l.f, l.network + 6, 1);
	l.later = true;
	expect_at_all_lengths(obj, &l);

	l = ip4_layout("the first fragment of IPv4", 0, 0, IPPROTO_UDP);
	set16(&l.f, l.network + 6, 0x2000);
	expect_at_all_lengths(obj, &l);

	l = ip4_layout("IPv4 with padding behind it", 0, 0, IPPROTO_UDP);
	l.end = l.f.len;
	put(&l.f, "padding", 7);
	expect_at_all_lengths(obj, &l);

	l = ip4_layout("IPv4 that ends within UDP", 0, 0, IPPROTO_UDP);
	l.end = l.transport + 7;
	set16(&l.f, l.network + 2, l.end - l.network);
	expect_at_all_lengths(obj, &l);

	l = ip4_layout("IPv4 that ends within its header", 0, 1, IPPROTO_UDP);
	set16(&l.f, l.network + 2, 23);
	l.protocol = -1;
	expect_at_all_lengths(obj, &l);

	l = ip4_layout("IPv4 with a header of 16 bytes", 0, 0, IPPROTO_UDP);
	l.f.data[l.network] = 0x44;
	l.protocol = -1;
	expect_at_all_lengths(obj, &l);

	l = ip6_layout("a later fragment of IPv6", 1, "\x2c", IPPROTO_UDP);
	set16(&l.f, l.network + 42, 9);
	l.later = true;
	expect_at_all_lengths(obj, &l);

	l = ip6_layout("IPv6 with nothing in it", 0, "", IPPROTO_NONE);
	expect_at_all_lengths(obj, &l);

	/* The header is no IPv4 header then, either. */
	l = ip4_layout("IPv4 of version 5", 0, 0, IPPROTO_UDP);
	l.f.data[l.network] = 0x55;
	test_run(obj, "parses", &l.f, NULL);
	EXPECT_SEEN(obj, PARSED, 1);
	EXPECT_SEEN(obj, PROTOCOL, NONE);
	EXPECT_SEEN(obj, IP4, NONE);
	EXPECT_SEEN(obj, UDP, NONE);
	rex_obj_close(obj);
}

TEST(read_field_reads_a_field)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 0, 0);

	EXPECT_EQ(test_run(obj, "reads_field", &f, NULL), XDP_DROP);
	EXPECT_SEEN(obj, PROTOCOL_READ, IPPROTO_UDP);
	EXPECT_SEEN(obj, CHECK_READ, get16(&f, 24));
	rex_obj_close(obj);
}

/* Upstream's headers: bytes at fixed places, whatever they are. */
TEST(headers_that_are_taken_are_at_fixed_places)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 12, 'x'), out;

	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(test_run(obj, "takes_headers", &f, &out), XDP_DROP);
		EXPECT_SEEN(obj, ETHERTYPE_TAKEN, i ? ETH_P_ARP : ETH_P_IP);
		EXPECT_SEEN(obj, PROTOCOL_TAKEN, IPPROTO_UDP);
		EXPECT_SEEN(obj, UDP_PORT_TAKEN, PORT);
		EXPECT_SEEN(obj, TCP_PORT_TAKEN, PORT);
		EXPECT_EQ(out.data[22], 5);
		f.data[12] = ETH_P_ARP >> 8;
		f.data[13] = ETH_P_ARP & 0xff;
	}
	f.len--; /* one byte short of a TCP header */
	for (__u32 i = ETHERTYPE_TAKEN; i <= TCP_PORT_TAKEN; i++)
		map_set(obj, "seen", i, 0);
	EXPECT_EQ(test_run(obj, "takes_headers", &f, NULL), XDP_PASS);
	EXPECT_SEEN(obj, UDP_PORT_TAKEN, PORT);
	EXPECT_SEEN(obj, TCP_PORT_TAKEN, 0);
	EXPECT_EQ(prog_info(obj, "takes_headers").state, REX_PROG_DEAD);
	rex_obj_close(obj);
}

TEST(checksums_of_ip_headers_are_right)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame out;

	for (int options = 0; options <= 10; options += 5) {
		struct layout l = ip4_layout("", 0, options, IPPROTO_UDP);

		test_run(obj, "checks_ip", &l.f, NULL);
		EXPECT_SEEN(obj, IP_SUM, 0);
		test_run(obj, "decrements_ttl", &l.f, &out);
		EXPECT_EQ(out.data[22], 63);
		EXPECT_EQ(sum16(out.data + 14, l.network_end - 14, 0), 0xffff);
		if (!options)
			EXPECT_SEEN(obj, SUMS_AGREE, 1);
		out.data[22]++;
		test_run(obj, "checks_ip", &out, NULL);
		EXPECT(seen(obj, IP_SUM) > 2);
	}
	rex_obj_close(obj);
}

/* ---- crafted packets: their ends ---- */

static int run_adjusting(struct rex_obj *obj, const char *name, long by,
			 const struct frame *in, struct frame *out)
{
	tell(obj, BY, by);
	EXPECT_EQ(test_run(obj, name, in, out), XDP_PASS);
	return seen(obj, RET);
}

TEST(tails_are_cut_and_extended)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 100, 'p'), out, want = f;

	EXPECT_EQ(run_adjusting(obj, "adjusts_tail", -40, &f, &out), 0);
	EXPECT_SEEN(obj, LINEAR_BEFORE, f.len);
	EXPECT_SEEN(obj, LINEAR, f.len - 40);
	EXPECT_SEEN(obj, LAST_BYTE, 'p');
	want.len -= 40;
	want.data[want.len - 1] = 0xee;
	expect_same("cut", &out, &want);

	EXPECT_EQ(run_adjusting(obj, "adjusts_tail", 60, &f, &out), 0);
	EXPECT_SEEN(obj, LINEAR, f.len + 60);
	EXPECT_SEEN(obj, LAST_BYTE, 0);
	want = f;
	for (int i = 0; i < 60; i++)
		put8(&want, i == 59 ? 0xee : 0);
	expect_same("extended", &out, &want);

	EXPECT_EQ(run_adjusting(obj, "adjusts_tail", 1 << 20, &f, &out),
		  -EINVAL);
	expect_same("not extended", &out, &f);
	EXPECT_EQ(run_adjusting(obj, "adjusts_tail", -(long)f.len, &f, &out),
		  -EINVAL);
	EXPECT_EQ(run_adjusting(obj, "adjusts_tail", -0x80000000l, &f, &out),
		  -EINVAL);
	expect_same("not cut", &out, &f);
	rex_obj_close(obj);
}

TEST(heads_are_cut_and_extended)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 20, 'p'), out, want = { .len = 0 };

	tell(obj, VLAN_ID, 77);
	EXPECT_EQ(test_run(obj, "tags", &f, &out), XDP_PASS);
	put(&want, f.data, 12);
	put16(&want, ETH_P_8021Q);
	put16(&want, 77);
	put(&want, f.data + 12, f.len - 12);
	expect_same("tagged", &out, &want);

	EXPECT_EQ(run_adjusting(obj, "adjusts_head", 8, &f, &out), 0);
	EXPECT_SEEN(obj, LINEAR, f.len - 8);
	want.len = 0;
	put(&want, f.data + 8, f.len - 8);
	expect_same("cut", &out, &want);

	EXPECT_EQ(run_adjusting(obj, "adjusts_head", f.len, &f, &out), -EINVAL);
	EXPECT_SEEN(obj, LINEAR, f.len);
	EXPECT_EQ(run_adjusting(obj, "adjusts_head", -4096, &f, &out), -EINVAL);
	EXPECT_SEEN(obj, LINEAR, f.len);
	EXPECT_SEEN(obj, HAS_ETH, 1);
	expect_same("unchanged", &out, &f);
	rex_obj_close(obj);
}

TEST(metadata_has_the_size_that_was_asked_for)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 20, 'p');

	EXPECT_EQ(test_run(obj, "writes_metadata", &f, NULL), XDP_PASS);
	EXPECT_SEEN(obj, RET, 0);
	EXPECT_SEEN(obj, METADATA_LENGTH, 8);
	EXPECT_EQ(test_run(obj, "fields", &f, NULL), XDP_PASS);
	EXPECT_SEEN(obj, LINEAR, f.len);
	EXPECT_SEEN(obj, SLICE, f.len);
	EXPECT_SEEN(obj, METADATA_SIZE, 0);
	EXPECT_SEEN(obj, METADATA_LENGTH, 0);
	rex_obj_close(obj);
}

/* ---- crafted packets in several buffers ---- */

#define LARGE 9000

static void run_copies(struct rex_obj *obj, unsigned int at)
{
	static unsigned char in[LARGE], out[LARGE];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in,
		    .data_size_in = LARGE, .data_out = out,
		    .data_size_out = LARGE, .repeat = 1);
	bool inside = at <= LARGE - 8;
	__u64 bytes = 0;
	long ret;

	for (int i = 0; i < LARGE; i++)
		in[i] = i * 7 + i / 256;
	tell(obj, AT, at);
	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(program(obj, "copies")),
				       &opts));
	EXPECT_EQ(opts.data_size_out, LARGE);
	EXPECT(seen(obj, LINEAR) < LARGE);
	EXPECT_SEEN(obj, LENGTH, LARGE);
	ret = seen(obj, RET);
	EXPECT(inside ? ret == 0 : ret < 0);
	for (int i = 0; inside && i < 8; i++)
		bytes = bytes << 8 | in[at + i];
	EXPECT_SEEN(obj, BYTES, bytes);
	EXPECT_SEEN(obj, STORE_RET, (__u64)ret);
	for (unsigned int i = 0; i < LARGE; i++) {
		unsigned char want = in[i];

		if (inside && i >= at && i < at + 8)
			want = in[at + 7 - (i - at)];
		ASSERT_MSG(out[i] == want, "byte %u is %#x, not %#x", i, out[i],
			   want);
	}
}

TEST(bytes_are_copied_across_buffers)
{
	struct rex_obj *obj = load_object("net_xdp");
	unsigned int linear;

	run_copies(obj, 0);
	linear = seen(obj, LINEAR);
	ksft_note("%u of %d bytes are linear", linear, LARGE);
	for (unsigned int at = linear - 8; at <= linear; at++)
		run_copies(obj, at);
	run_copies(obj, linear + 4096 - 4);
	run_copies(obj, LARGE - 8);
	run_copies(obj, LARGE - 7);
	run_copies(obj, LARGE);
	run_copies(obj, 0xffffffff);
	rex_obj_close(obj);
}

/* ---- real packets ---- */

static void attach_xdp(struct rex_obj *obj, const char *name, int net,
		       const char *device)
{
	int fd = bpf_program__fd(program(obj, name)), back = own_net(), err;

	enter(net);
	err = bpf_xdp_attach(ifindex(device), fd, XDP_FLAGS_DRV_MODE, NULL);
	ASSERT_MSG(!err, "cannot attach %s: %s", name, strerror(-err));
	enter(back);
	close(back);
}

/* A frame that no program cares for: the last one. */
static struct frame other_frame(void)
{
	struct frame f = { .len = 0 };

	put_eth(&f, 0x88b5);
	while (f.len < 60)
		put8(&f, 0);
	return f;
}

static void drop_in_mode(int flags)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame ours = udp_frame(PORT, 10, 'p'), end = other_frame();
	struct frame others = udp_frame(PORT + 1, 10, 'p'), got;
	struct nets nets = make_nets();
	int from = packet_socket(nets.here, "left");
	int to = packet_socket(nets.there, "right");

	enter(nets.there);
	ASSERT(!bpf_xdp_attach(ifindex("right"),
			       bpf_program__fd(program(obj, "drops")), flags,
			       NULL));
	for (int i = 0; i < 100; i++) {
		send_frames(from, &ours, 3);
		send_frames(from, &others, 2);
		send_frames(from, &end, 1);
		/* The device has a queue of 256. */
		if (i % 20 == 19)
			expect_runs(obj, "drops", 6 * (i + 1));
	}
	expect_received(to, 300);
	EXPECT_SEEN(obj, DROPPED, 300);
	EXPECT_SEEN(obj, OTHER_PORTS, 200);
	EXPECT_SEEN(obj, OTHER_PACKETS, 100);
	send_frame(from, &ours);
	send_frame(from, &others);
	got = receive(to);
	expect_same("passed", &got, &others);
	rex_obj_close(obj);
}

TEST(just_the_packets_meant_are_dropped)
{
	drop_in_mode(XDP_FLAGS_DRV_MODE);
}

TEST(just_the_packets_meant_are_dropped_in_generic_mode)
{
	drop_in_mode(XDP_FLAGS_SKB_MODE);
}

/* The second buffer of what the device gets is where bytes are changed. */
TEST(packets_in_several_buffers_are_changed)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 7000, 'p'), want = f, got;
	struct nets nets = make_nets();
	int from = packet_socket(nets.here, "left");
	int to = packet_socket(nets.there, "right");
	size_t at = 6000;

	free(shell("ip link set left mtu 9000"));
	enter(nets.there);
	free(shell("ip link set right mtu 9000"));
	enter(nets.here);
	for (size_t i = 0; i < 8; i++) {
		f.data[at + i] = '0' + i;
		want.data[at + i] = '7' - i;
	}
	attach_xdp(obj, "copies", nets.there, "right");
	tell(obj, AT, at);
	for (int i = 0; i < 10; i++) {
		send_frame(from, &f);
		got = receive(to);
		expect_same("changed", &got, &want);
	}
	expect_runs(obj, "copies", 10);
	ksft_note("%llu of %zu bytes are linear",
		  (unsigned long long)seen(obj, LINEAR), f.len);
	EXPECT(seen(obj, LINEAR) <= at);
	EXPECT_SEEN(obj, LENGTH, f.len);
	EXPECT_SEEN(obj, RET, 0);
	EXPECT_SEEN(obj, STORE_RET, 0);
	rex_obj_close(obj);
}

/* A program that does not know of several buffers cannot be attached there. */
TEST(devices_with_large_packets_refuse_other_programs)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct nets nets = make_nets();

	free(shell("ip link set left mtu 9000"));
	enter(nets.there);
	free(shell("ip link set right mtu 9000"));
	EXPECT(bpf_xdp_attach(ifindex("right"),
			      bpf_program__fd(program(obj, "passes")),
			      XDP_FLAGS_DRV_MODE, NULL) < 0);
	rex_obj_close(obj);
}

TEST(packets_go_back_changed)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame ours = udp_frame(PORT, 10, 'p'), want = ours, got;
	struct frame others = udp_frame(PORT + 1, 10, 'p');
	struct nets nets = make_nets();
	int from = packet_socket(nets.here, "left");
	int to = packet_socket(nets.there, "right");

	attach_xdp(obj, "answers", nets.there, "right");
	/* The device that gets them back polls only with a program. */
	attach_xdp(obj, "passes", nets.here, "left");
	send_frames(from, &ours, 50);
	send_frame(from, &others);
	got = receive(to);
	expect_same("passed", &got, &others);
	memcpy(want.data, ours.data + 6, 6);
	memcpy(want.data + 6, ours.data, 6);
	memcpy(want.data + 26, ours.data + 30, 4);
	memcpy(want.data + 30, ours.data + 26, 4);
	set16(&want, 34, PORT);
	set16(&want, 36, 1234);
	EXPECT(sums_are_right(&want));
	got = receive(from);
	expect_same("sent back", &got, &want);
	expect_received(from, 49);
	EXPECT_EQ(drain(to), 0);
	EXPECT_SEEN(obj, ANSWERED, 50);
	EXPECT_SEEN(obj, PASSED, 50);
	expect_runs(obj, "answers", 51);
	rex_obj_close(obj);
}

TEST(packets_are_redirected_to_a_device)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	struct nets nets = make_nets();
	int from = packet_socket(nets.here, "left");
	int to = packet_socket(nets.there, "right");
	int sink = packet_socket(nets.here, "sink");

	attach_xdp(obj, "redirects", nets.there, "right");
	attach_xdp(obj, "passes", nets.here, "sink");
	tell(obj, TO_DEVICE, ifindex_in(nets.there, "out"));
	send_frames(from, &f, 20);
	got = receive(sink);
	expect_same("redirected", &got, &f);
	expect_received(sink, 19);
	EXPECT_EQ(drain(to), 0);
	EXPECT_SEEN(obj, REDIRECTED, 20);
	/* A flag that is not valid: aborted. */
	tell(obj, FLAGS, 1);
	send_frames(from, &f, 5);
	expect_runs(obj, "redirects", 25);
	tell(obj, FLAGS, 0);
	send_frame(from, &f);
	expect_received(sink, 1);
	EXPECT_EQ(drain(to), 0);
	rex_obj_close(obj);
}

static void set_entry(struct rex_obj *obj, const char *map, __u32 key,
		      __u32 value, int prog_fd)
{
	__u32 entry[2] = { value, prog_fd };

	ASSERT_MSG(!bpf_map_update_elem(map_fd(obj, map), &key, entry, 0),
		   "%s[%u]: %s", map, key, strerror(errno));
}

/* An entry with a program of the map's own object keeps both for ever. */
static void delete_entry(struct rex_obj *obj, const char *map, __u32 key)
{
	ASSERT(!bpf_map_delete_elem(map_fd(obj, map), &key));
}

TEST(packets_are_redirected_by_a_map_of_devices)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	struct nets nets = make_nets();
	int from = packet_socket(nets.here, "left");
	int to = packet_socket(nets.there, "right");
	int sink = packet_socket(nets.here, "sink");
	int out = ifindex_in(nets.there, "out");

	enter(nets.there);
	set_entry(obj, "devices", 1, out,
		  bpf_program__fd(program(obj, "leaves")));
	attach_xdp(obj, "redirects_by_map", nets.there, "right");
	attach_xdp(obj, "passes", nets.here, "sink");
	tell(obj, TO_KEY, 1);
	send_frames(from, &f, 20);
	got = receive(sink);
	expect_same("redirected", &got, &f);
	expect_received(sink, 19);
	EXPECT_EQ(drain(to), 0);
	EXPECT_SEEN(obj, LEFT, 20);
	EXPECT_SEEN(obj, EGRESS, out);
	EXPECT_SEEN(obj, INGRESS, ifindex("right"));
	/* No entry: passed, as the flags say. */
	tell(obj, TO_KEY, 2);
	send_frames(from, &f, 5);
	expect_received(to, 5);
	EXPECT_EQ(drain(sink), 0);
	EXPECT_SEEN(obj, REDIRECTED, 25);
	delete_entry(obj, "devices", 1);
	rex_obj_close(obj);
}

TEST(packets_are_redirected_by_a_hash_of_devices)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	struct nets nets = make_nets();
	int from = packet_socket(nets.here, "left");
	int to = packet_socket(nets.there, "right");
	int sink = packet_socket(nets.here, "sink");
	__u32 key = 0xfedcba98, out = ifindex_in(nets.there, "out");

	enter(nets.there);
	ASSERT(!bpf_map_update_elem(map_fd(obj, "devices_by_key"), &key, &out,
				    0));
	attach_xdp(obj, "redirects_by_hash", nets.there, "right");
	attach_xdp(obj, "passes", nets.here, "sink");
	tell(obj, TO_KEY, key);
	send_frames(from, &f, 20);
	got = receive(sink);
	expect_same("redirected", &got, &f);
	expect_received(sink, 19);
	EXPECT_EQ(drain(to), 0);
	/* No entry: passed, as the flags say. */
	tell(obj, TO_KEY, key + 1);
	send_frames(from, &f, 5);
	expect_received(to, 5);
	EXPECT_EQ(drain(sink), 0);
	EXPECT_SEEN(obj, REDIRECTED, 25);
	rex_obj_close(obj);
}

TEST(packets_are_redirected_to_a_cpu)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	struct nets nets = make_nets();
	int from = packet_socket(nets.here, "left");
	int to = packet_socket(nets.there, "right");

	pin_to_cpu(0);
	set_entry(obj, "cpus", 1, 64, bpf_program__fd(program(obj, "arrives")));
	attach_xdp(obj, "redirects_to_cpu", nets.there, "right");
	tell(obj, TO_KEY, 1);
	send_frames(from, &f, 10);
	got = receive(to);
	expect_same("redirected", &got, &f);
	expect_received(to, 9);
	EXPECT_SEEN(obj, ON_CPU, 1);
	EXPECT_SEEN(obj, INGRESS, ifindex_in(nets.there, "right"));
	EXPECT_SEEN(obj, EGRESS, 0);
	EXPECT_SEEN(obj, ARRIVED, 10);
	delete_entry(obj, "cpus", 1);
	rex_obj_close(obj);
}

TEST(the_device_is_that_of_the_packet)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 10, 'p');
	struct nets nets = make_nets();
	int from = packet_socket(nets.here, "left");
	int to = packet_socket(nets.there, "right");

	attach_xdp(obj, "fields", nets.there, "right");
	send_frame(from, &f);
	expect_received(to, 1);
	EXPECT_SEEN(obj, INGRESS, ifindex_in(nets.there, "right"));
	EXPECT_SEEN(obj, RX_QUEUE, 0);
	EXPECT_SEEN(obj, EGRESS, 0);
	EXPECT_SEEN(obj, LINEAR, f.len);
	rex_obj_close(obj);
}

/* By the kernel's own description of its types. */
static bool kernel_has_field(const char *type, const char *field)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *t;
	bool found = false;
	int id;

	ASSERT(btf);
	id = btf__find_by_name_kind(btf, type, BTF_KIND_STRUCT);
	ASSERT(id > 0);
	t = btf__type_by_id(btf, id);
	for (int i = 0; i < btf_vlen(t); i++)
		found |= !strcmp(
			btf__name_by_offset(btf, btf_members(t)[i].name_off),
			field);
	btf__free(btf);
	return found;
}

/* The field came with 6.3; the object is the same for all kernels. */
TEST(field_that_not_every_kernel_has_is_none_or_right)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 10, 'p');
	struct nets nets = make_nets();
	int from = packet_socket(nets.here, "left");
	int to = packet_socket(nets.there, "right");

	attach_xdp(obj, "fields", nets.there, "right");
	send_frame(from, &f);
	expect_received(to, 1);
	EXPECT_SEEN(obj, HAS_FEATURES,
		    kernel_has_field("net_device", "xdp_features"));
	/* Passing on, and redirects: what any driver with XDP does. */
	EXPECT_SEEN(obj, FEATURES, seen(obj, HAS_FEATURES) ? 3 : NONE);
	rex_obj_close(obj);
}

TEST(a_panic_lets_packets_pass)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	struct nets nets = make_nets();
	int from = packet_socket(nets.here, "left");
	int to = packet_socket(nets.there, "right");

	attach_xdp(obj, "panics", nets.there, "right");
	tell(obj, AT, f.len - 1);
	send_frame(from, &f);
	expect_runs(obj, "panics", 1);
	/* A run is counted when it begins. */
	EXPECT(WAIT_FOR(seen(obj, LAST_BYTE) == 'p', 5));
	EXPECT_EQ(drain(to), 0);
	tell(obj, AT, f.len);
	send_frames(from, &f, 10);
	got = receive(to);
	expect_same("passed", &got, &f);
	expect_received(to, 9);
	EXPECT_EQ(prog_info(obj, "panics").runs, 2);
	EXPECT_EQ(prog_info(obj, "panics").skipped, 9);
	rex_obj_close(obj);
}

/* In the run that panics, and when the program is dead. */
TEST(attribute_says_what_becomes_of_packets_after_a_panic)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 10, 'p');

	EXPECT_EQ(prog_info(obj, "panics_and_drops").default_ret, XDP_DROP);
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(test_run(obj, "panics_and_drops", &f, NULL),
			  XDP_DROP);
	EXPECT_EQ(prog_info(obj, "panics_and_drops").faults, 1);
	EXPECT_EQ(prog_info(obj, "panics_and_drops").skipped, 2);
	rex_obj_close(obj);
}

/* Numbers that the kernel would complain of, and take for a reason to drop. */
TEST(errors_and_numbers_that_are_no_action_drop_packets)
{
	static const long none[] = { -1, -22, 5, 4096, -0x80000000l };
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 10, 'p');

	for (int err = 0; err < 2; err++) {
		tell(obj, AS_ERROR, err);
		for (int i = XDP_ABORTED; i <= XDP_REDIRECT; i++) {
			tell(obj, NUMBER, i);
			if (i != XDP_REDIRECT)
				EXPECT_EQ(test_run(obj, "returns", &f, NULL),
					  i);
		}
		for (int i = 0; i < 5; i++) {
			tell(obj, NUMBER, none[i]);
			EXPECT_EQ(test_run(obj, "returns", &f, NULL),
				  XDP_ABORTED);
		}
	}
	EXPECT_EQ(test_run(obj, "fails", &f, NULL), XDP_ABORTED);
	EXPECT_EQ(test_run(obj, "fails_open", &f, NULL), XDP_PASS);
	EXPECT_EQ(prog_info(obj, "fails").faults, 0);
	rex_obj_close(obj);
}

/* ---- routes ---- */

static void run_from(struct rex_obj *obj, const char *name, int device,
		     const struct frame *f)
{
	struct xdp_md ctx = { .data_end = f->len, .ingress_ifindex = device };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = f->data,
		    .data_size_in = f->len, .ctx_in = &ctx,
		    .ctx_size_in = sizeof(ctx), .repeat = 1);

	ASSERT_MSG(!bpf_prog_test_run_opts(bpf_program__fd(program(obj, name)),
					   &opts),
		   "%s", strerror(errno));
}

TEST(routes_are_looked_up)
{
	struct rex_obj *obj = load_object("net_xdp");
	struct frame f = udp_frame(PORT, 10, 'p');
	struct nets nets = make_nets();

	give_addresses(&nets);
	enter(nets.there);
	set_sysctl("net/ipv4/conf/right/forwarding", "1");
	free(shell("arp -i out -s 10.1.0.9 02:00:00:00:00:09"));
	memcpy(f.data + 30, "\x0a\x01\x00\x09", 4);
	run_from(obj, "routes", ifindex("right"), &f);
	EXPECT_SEEN(obj, RET, BPF_FIB_LKUP_RET_SUCCESS);
	EXPECT_SEEN(obj, ROUTE_DEVICE, ifindex("out"));
	EXPECT_SEEN(obj, ROUTE_MAC, 9);
	memcpy(f.data + 30, "\x0a\x01\x00\x08", 4);
	run_from(obj, "routes", ifindex("right"), &f);
	EXPECT_SEEN(obj, RET, BPF_FIB_LKUP_RET_NO_NEIGH);
	memcpy(f.data + 30, "\x0a\x02\x00\x08", 4);
	run_from(obj, "routes", ifindex("right"), &f);
	EXPECT(seen(obj, RET) != BPF_FIB_LKUP_RET_SUCCESS);
	/* bpf_csum_diff: ~0xffffffff is 0; 1024 bytes are too many. */
	EXPECT_SEEN(obj, SUM_DIFF, 0);
	EXPECT_SEEN(obj, LARGE_DIFF_FAILS, 1);
	rex_obj_close(obj);
}

/* ---- carriers ---- */

static int xdp_carrier(enum bpf_attach_type attach_type)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_ktime_get_boot_ns },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = attach_type);
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "carrier", "GPL", insns, 2,
			       &opts);

	ASSERT_MSG(fd >= 0, "carrier: %s", strerror(-fd));
	return fd;
}

/* A program that looks at where packets go to needs packets that go somewhere. */
TEST(programs_for_devmaps_and_others_are_kept_apart)
{
	struct rex_obj *obj = load_object("net_xdp");
	int image = rex_obj_image_fd(obj);

	EXPECT_ERRNO(bind_prog(image, xdp_carrier(BPF_XDP), "leaves", 0),
		     EPROTOTYPE);
	EXPECT_ERRNO(bind_prog(image, xdp_carrier(0), "leaves", 0), EPROTOTYPE);
	EXPECT_ERRNO(bind_prog(image, xdp_carrier(BPF_XDP_DEVMAP), "passes", 0),
		     EPROTOTYPE);
	EXPECT(!bind_prog(image, xdp_carrier(BPF_XDP_DEVMAP), "leaves", 0));
	EXPECT(!bind_prog(image, xdp_carrier(BPF_XDP), "passes", 0));
	EXPECT(!bind_prog(image, xdp_carrier(BPF_XDP_CPUMAP), "arrives", 0));
	rex_obj_close(obj);
}

/* ---- holes in the crate ---- */

static void expect_refused(struct rex_obj *obj, __u32 first, int nr)
{
	for (__u32 i = first; i < first + nr; i++) {
		long ret = map_get(obj, "results", i);

		EXPECT_MSG(ret == -EPERM, "helper %u returned %ld", i, ret);
	}
}

TEST(helpers_for_packets_refuse_other_programs)
{
	struct rex_obj *obj = load_object("net_unsafe");
	struct bpf_link *link = attach(obj, "without_packet");
	struct frame f = udp_frame(PORT, 10, 'p');

	fire(CALL);
	expect_refused(obj, FIRST_OF_BOTH, NR_OF_BOTH);
	expect_refused(obj, FIRST_OF_TC, NR_OF_TC);
	expect_refused(obj, FIRST_OF_XDP, NR_OF_XDP - 1);
	EXPECT_EQ(map_get(obj, "results", REDIRECT_MAP), XDP_ABORTED);
	for (__u32 i = FIRST_OF_TC; i < FIRST_OF_TC + NR_OF_TC; i++)
		map_set(obj, "results", i, 0);
	EXPECT_EQ(test_run(obj, "with_xdp_packet", &f, NULL), XDP_PASS);
	expect_refused(obj, FIRST_OF_TC, NR_OF_TC);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}
