// SPDX-License-Identifier: GPL-2.0
/*
 * tc programs (programs/net_tc) change, copy and redirect real packets.
 */
#include <linux/bpf.h>

#include "rex_net.h"
#include "names/net_tc.h"

NETS_FIXTURE("net_tc")

WIRE_FIXTURE("net_tc")

/*
 * Reads a packet. A packet socket sees packets before tc, a UDP socket after
 * tc.
 */
static int received_text(int sock, char *text, size_t size)
{
	ssize_t len = recv(sock, text, size - 1, 0);

	EXPECT_MSG(len >= 0, "nothing was received: %s", strerror(errno));
	text[len < 0 ? 0 : len] = '\0';
	return len;
}

static void expect_changed(struct wire_fixture *self, const char *name,
			   const struct frame *sent, const struct frame *want)
{
	struct frame got;

	attach_tc(self->obj, name, self->nets.here, "left", BPF_TC_EGRESS);
	send_frames(self->left, sent, 10);
	got = receive(self->right);
	expect_same(name, &got, want);
	EXPECT(sums_are_right(&got));
	expect_received(self->right, 9);
	EXPECT_SEEN(self->obj, CHANGED, 10);
}

TEST_F(wire, ports_are_changed_with_their_checksum)
{
	struct frame f = udp_frame(PORT, 11, 'p');
	struct frame want = udp_frame(PORT + 1, 11, 'p');

	expect_changed(self, "changes_port", &f, &want);
}

TEST_F(wire, addresses_are_changed_with_their_checksums)
{
	struct frame f = udp_frame(PORT, 11, 'p'), want = f;

	memcpy(want.data + 26, "\x0a\x09\x08\x07", 4);
	ip4_done(&want, 14);
	udp_done(&want, 14, 34);
	expect_changed(self, "changes_address", &f, &want);
}

TEST_F(wire, headers_are_changed_in_place)
{
	struct frame f = udp_frame(PORT, 11, 'p'), want = f;

	set16(&want, 36, PORT + 1);
	set16(&want, 40, 0);
	expect_changed(self, "overwrites_header", &f, &want);
}

/* The packet socket has a clone, whose bytes must stay. */
static void overwrite(struct wire_fixture *self, const char *name,
		      const struct frame *f, int port, const char *want)
{
	int udp = udp_socket(self->nets.there, port);
	struct frame got;
	char text[64];

	give_addresses(&self->nets);
	attach_tc(self->obj, name, self->nets.there, "right", BPF_TC_INGRESS);
	for (int i = 0; i < 10; i++) {
		send_frame(self->left, f);
		received_text(udp, text, sizeof(text));
		EXPECT_STREQ(text, want);
		got = receive(self->right);
		expect_same("the clone", &got, f);
	}
	EXPECT_SEEN(self->obj, CHANGED, 10);
}

TEST_F(wire, writes_do_not_reach_clones)
{
	struct frame f = udp_frame(PORT, 10, 'p');

	set16(&f, 40, 0); /* no checksum */
	overwrite(self, "overwrites", &f, PORT, "WWWWWWWWWW");
}

TEST_F(wire, writes_to_headers_do_not_reach_clones)
{
	struct frame f = udp_frame(PORT, 10, 'p');

	overwrite(self, "overwrites_header", &f, PORT + 1, "pppppppppp");
}

/*
 * The kernel keeps what is before the transport header, which is before the network header once a tag
 * has been taken off a packet that nobody has parsed; and then pulls the Ethernet header off.
 */
TEST_F(wire, packets_keep_their_ethernet_header)
{
	struct frame f = { .len = 0 };

	put_eth(&f, 0x8100);
	put16(&f, 1);
	put16(&f, 0x88b5);
	while (f.len < 64)
		put8(&f, 0);
	attach_tc(self->obj, "resizes", self->nets.there, "right",
		  BPF_TC_INGRESS);
	tell(self->obj, HOW, TAIL);
	for (unsigned int len = 8; len <= 15; len++) {
		tell(self->obj, BY, len);
		send_frame(self->left, &f);
		expect_runs(self->obj, "resizes", len - 7);
		if (len <= 14)
			EXPECT_SEEN(self->obj, RET, (__u64)-EINVAL);
		else
			EXPECT_SEEN(self->obj, RET, 0);
		EXPECT_SEEN(self->obj, LENGTH, len <= 14 ? f.len - 4 : len);
	}
}

TEST_F(nets, copies_are_sent_and_the_original_is_changed)
{
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	int left = packet_socket(self->nets.here, "left");
	int sink = packet_socket(self->nets.here, "sink");
	int udp = udp_socket(self->nets.there, PORT);
	char text[64];

	set16(&f, 40, 0);
	give_addresses(&self->nets);
	attach_tc(self->obj, "clones", self->nets.there, "right",
		  BPF_TC_INGRESS);
	tell(self->obj, TO_DEVICE, ifindex_in(self->nets.there, "out"));
	send_frames(left, &f, 10);
	for (int i = 0; i < 10; i++) {
		got = receive(sink);
		expect_same("the copy", &got, &f);
		received_text(udp, text, sizeof(text));
		EXPECT_STREQ(text, "OOOOOOOOOO");
	}
	EXPECT_SEEN(self->obj, RET, 0);
	EXPECT_SEEN(self->obj, LINEAR, f.len);
	tell(self->obj, TO_DEVICE, 4711); /* no such device */
	send_frame(left, &f);
	received_text(udp, text, sizeof(text));
	EXPECT_STREQ(text, "OOOOOOOOOO");
	EXPECT_SEEN(self->obj, RET, (__u64)-EINVAL);
	EXPECT_EQ(drain(sink), 0);
}

/* ---- packets that are redirected ---- */

TEST_F(nets, packets_are_redirected)
{
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	int left = packet_socket(self->nets.here, "left");
	int sink = packet_socket(self->nets.here, "sink");
	int out = packet_socket(self->nets.there, "out");

	attach_tc(self->obj, "redirects", self->nets.there, "right",
		  BPF_TC_INGRESS);
	tell(self->obj, TO_DEVICE, ifindex_in(self->nets.there, "out"));
	send_frames(left, &f, 10);
	got = receive(sink);
	expect_same("redirected", &got, &f);
	expect_received(sink, 9);
	EXPECT_EQ(drain(out), 0);
	tell(self->obj, FLAGS, BPF_F_INGRESS);
	send_frames(left, &f, 10);
	got = receive(out);
	expect_same("redirected to ingress", &got, &f);
	expect_received(out, 9);
	tell(self->obj, FLAGS, 1ull << 20); /* no such flag: dropped */
	send_frames(left, &f, 10);
	EXPECT(WAIT_FOR(seen(self->obj, REDIRECTED) == 30, 5));
	EXPECT_EQ(drain(out), 0);
	EXPECT_EQ(drain(sink), 0);
}

TEST_F(nets, packets_are_redirected_to_the_peer)
{
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	int left = packet_socket(self->nets.here, "left");
	int sink = packet_socket(self->nets.here, "sink");

	attach_tc(self->obj, "redirects_to_peer", self->nets.there, "right",
		  BPF_TC_INGRESS);
	tell(self->obj, TO_DEVICE, ifindex_in(self->nets.there, "out"));
	send_frames(left, &f, 10);
	got = receive(sink);
	expect_same("redirected", &got, &f);
	expect_received(sink, 9);
	EXPECT_SEEN(self->obj, REDIRECTED, 10);
}

TEST_F(nets, packets_are_redirected_to_the_neighbour)
{
	static const unsigned char neighbour[] = { 2, 0, 0, 0, 0, 9 };
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	int left = packet_socket(self->nets.here, "left");
	int sink = packet_socket(self->nets.here, "sink");

	enter(self->nets.there);
	free(shell("ip addr add 10.9.0.1/24 dev out;"
		   "ip route add 10.0.0.2/32 dev out;"
		   "arp -i out -s 10.0.0.2 02:00:00:00:00:09"));
	enter(self->nets.here);
	attach_tc(self->obj, "redirects_to_neighbour", self->nets.there,
		  "right", BPF_TC_INGRESS);
	tell(self->obj, TO_DEVICE, ifindex_in(self->nets.there, "out"));
	send_frames(left, &f, 10);
	got = receive(sink);
	EXPECT(!memcmp(got.data, neighbour, sizeof(neighbour)));
	/* Only the link addresses have changed. */
	memcpy(got.data, f.data, 12);
	expect_same("redirected", &got, &f);
	expect_received(sink, 9);
	tell(self->obj, FLAGS, 1); /* no such flag: dropped */
	send_frames(left, &f, 10);
	EXPECT(WAIT_FOR(seen(self->obj, REDIRECTED) == 20, 5));
	EXPECT_EQ(drain(sink), 0);
}

TEST_F(nets, routes_are_looked_up)
{
	struct frame f = udp_frame(PORT, 10, 'p');
	int left = packet_socket(self->nets.here, "left");

	give_addresses(&self->nets);
	enter(self->nets.there);
	set_sysctl("net/ipv4/conf/right/forwarding", "1");
	free(shell("arp -i out -s 10.1.0.9 02:00:00:00:00:09"));
	enter(self->nets.here);
	attach_tc(self->obj, "routes", self->nets.there, "right",
		  BPF_TC_INGRESS);
	memcpy(f.data + 30, "\x0a\x01\x00\x09", 4);
	ip4_done(&f, 14);
	send_frame(left, &f);
	EXPECT(WAIT_FOR(seen(self->obj, ROUTED) == 1, 5));
	EXPECT_SEEN(self->obj, RET, BPF_FIB_LKUP_RET_SUCCESS);
	EXPECT_SEEN(self->obj, ROUTE_DEVICE,
		    ifindex_in(self->nets.there, "out"));
	EXPECT_SEEN(self->obj, ROUTE_MAC, 9);
	/* 3 replaces 1, in one's complement and the packet's byte order. */
	EXPECT_EQ(seen(self->obj, SUM_DIFF) % 0xffff, 0x0200);
}
