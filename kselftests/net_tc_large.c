// SPDX-License-Identifier: GPL-2.0
/*
 * tc programs (programs/net_tc) resize packets that the kernel is yet to segment, in ways that
 * it does not check.
 */
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <netinet/tcp.h>

#include "rex_net.h"
#include "names/net_tc.h"

NETS_FIXTURE("net_tc")

#define LARGEST 65000

/* Elements of the maps of programs/net_xdp. */
#define XDP_BY 3
#define XDP_RET 4

static void move_bytes(int from, int to, size_t len)
{
	static char bytes[LARGEST];

	ASSERT(send(from, bytes, len, 0) == (ssize_t)len);
	ASSERT(recv(to, bytes, len, MSG_WAITALL) == (ssize_t)len);
}

/*
 * Connects the two namespaces, and sends until packets are as large as they get. Stores the
 * size of segments.
 */
static int connect_warm(int listener, int *peer, int *mss)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(0x0a000002),
	};
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct linger now = { .l_onoff = 1 };
	struct tcp_info info;
	socklen_t len = sizeof(info);

	ASSERT(sock >= 0);
	/* Nothing is sent again after it is closed. */
	ASSERT(!setsockopt(sock, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	ASSERT_MSG(!connect(sock, (void *)&addr, sizeof(addr)),
		   "no connection: %s", strerror(errno));
	*peer = accept(listener, NULL, NULL);
	ASSERT(*peer >= 0);
	set_limits(*peer);
	for (int i = 0; i < 30; i++)
		move_bytes(sock, *peer, LARGEST);
	ASSERT(!getsockopt(sock, IPPROTO_TCP, TCP_INFO, &info, &len));
	*mss = info.tcpi_snd_mss;
	return sock;
}

struct large {
	struct rex_obj *obj;
	int listener;
};

/* Attaches the program that resizes large packets. The kernel segments them after it. */
static struct large make_large(struct nets_fixture *self)
{
	struct large large = {
		.obj = self->obj,
		.listener = bound_socket(self->nets.there, SOCK_STREAM, PORT),
	};

	ASSERT(!listen(large.listener, 1));
	give_addresses(&self->nets);
	/* The slower a connection is, the smaller are its packets; this makes one of what is sent. */
	write_file("/proc/sys/net/ipv4/tcp_min_tso_segs", "64");
	set_offload("left", false);
	attach_tc(self->obj, "resizes_large", self->nets.here, "left",
		  BPF_TC_EGRESS);
	return large;
}

/*
 * Sends large packets, each of which the program resizes TIMES times. With MSS, BY is in
 * addition to the size of segments. Returns the program's last result.
 */
static long resize(const struct large *large, int how, long by, bool mss,
		   int times)
{
	static char bytes[LARGEST];
	int peer, size, sock;
	__u64 before;

	tell(large->obj, TIMES, 0);
	sock = connect_warm(large->listener, &peer, &size);
	before = seen(large->obj, LARGE);
	tell(large->obj, HOW, how);
	tell(large->obj, BY, mss ? by + size : by);
	tell(large->obj, TIMES, times);
	ASSERT(send(sock, bytes, LARGEST, 0) == LARGEST);
	ASSERT(WAIT_FOR(seen(large->obj, LARGE) > before, 5));
	close(sock);
	tell(large->obj, TIMES, 0);
	close(peer);
	ksft_note("%llu times, %lld",
		  (unsigned long long)seen(large->obj, RESIZED),
		  (long long)seen(large->obj, RET));
	return seen(large->obj, RET);
}

/* The kernel takes any number for these packets, and it becomes a negative one. */
TEST_F(nets, room_at_the_head_is_bounded)
{
	static const long bad[] = { 0x90000000, 0xffffffff, 0x7fffffff, 70000,
				    4096 };
	struct large large = make_large(self);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_EQ(resize(&large, HEAD, bad[i], false, 1), -EINVAL);
	EXPECT_EQ(resize(&large, HEAD, 4095, false, 1), 0);
}

/* The kernel keeps offsets of headers in 16 bits, and lets them overflow. */
TEST_F(nets, headers_do_not_move_without_end)
{
	struct large large = make_large(self);

	EXPECT_EQ(resize(&large, HEAD, 4000, false, 1000), -EINVAL);
	EXPECT_EQ(seen(self->obj, RESIZED), 8);
	/* The kernel may have no memory before that: it doubles the buffer each time. */
	EXPECT(resize(&large, PUSH, 0, false, 20000) < 0);
	EXPECT(seen(self->obj, RESIZED) < 8192);
	tell(self->obj, ROOM_FLAGS, BPF_F_ADJ_ROOM_FIXED_GSO);
	EXPECT_EQ(resize(&large, ROOM, 4000, false, 1000), -EINVAL);
	EXPECT_EQ(seen(self->obj, RESIZED), 8);
	EXPECT_EQ(resize(&large, ROOM, -4000, false, 1000), -EINVAL);
	EXPECT_EQ(seen(self->obj, RESIZED), 8);
}

/* The kernel lets the size of segments overflow: 0xffff has a meaning of its own. */
TEST_F(nets, size_of_segments_stays_one)
{
	struct large large = make_large(self);

	EXPECT_EQ(resize(&large, ROOM, 1, true, 1), -EINVAL);
	EXPECT_EQ(resize(&large, ROOM, 1, true, 2), -EINVAL);
	EXPECT_EQ(resize(&large, ROOM, 0, true, 1), -EINVAL);
	EXPECT_EQ(resize(&large, ROOM, -7, true, 1), -EINVAL);
	EXPECT_EQ(resize(&large, ROOM, -8, true, 1), 0);
	/* 1448 + 19 * 3373 is 0xffff. */
	EXPECT_EQ(resize(&large, ROOM, -3373, false, 19), -EINVAL);
	tell(self->obj, ROOM_FLAGS, BPF_F_ADJ_ROOM_FIXED_GSO);
	EXPECT_EQ(resize(&large, ROOM, 1, true, 1), 0);
	EXPECT_EQ(resize(&large, ROOM, -1000, false, 1), 0);
}

/*
 * The kernel leaves the transport header behind where a packet shrinks by more than what is
 * before that, and computes the size of the headers from it, if the packet is redirected. Here
 * it does so when "sink" sends the packet, and again when "out" has received it.
 */
static struct large make_redirected(struct nets_fixture *self)
{
	struct large large = make_large(self);

	attach_tc(self->obj, "counts_segments", self->nets.there, "out",
		  BPF_TC_INGRESS);
	tell(self->obj, TO_DEVICE, ifindex_in(self->nets.here, "sink"));
	tell(self->obj, ROOM_FLAGS, BPF_F_ADJ_ROOM_FIXED_GSO);
	return large;
}

/* The distance of the transport header, and what the kernel reads of it. */
#define TRANSPORT 34
#define TRANSPORT_BYTES 20

TEST_F(nets, large_packets_can_lose_their_transport_header)
{
	struct large large = make_redirected(self);

	for (int lost = 1; lost <= TRANSPORT_BYTES; lost += 6)
		EXPECT_EQ(resize(&large, ROOM, -(TRANSPORT + lost), false, 1),
			  0);
}

/* The program adds headers of 28 bytes first. */
TEST_F(nets, large_packets_can_lose_their_inner_headers)
{
	struct large large = make_redirected(self);

	for (int lost = 1; lost <= TRANSPORT_BYTES; lost += 6)
		EXPECT_EQ(resize(&large, UNWRAP, -(TRANSPORT + 28 + lost),
				 false, 1),
			  0);
}

TEST_F(nets, large_packets_can_lose_headers_as_tags)
{
	struct large large = make_redirected(self);

	/* The packet has one tag more than in the beginning, of four bytes. */
	for (int tags = 10; tags <= 14; tags += 2) {
		EXPECT_EQ(resize(&large, POP_TAG, 0, false, tags), 0);
		EXPECT_EQ(seen(self->obj, RESIZED), tags);
	}
}

/* In generic mode, the kernel runs XDP programs with packets that it has yet to segment. */
TEST_F(nets, large_packets_keep_their_headers_in_generic_xdp)
{
	struct large large = make_large(self);
	struct rex_obj *xdp = load_object("net_xdp");
	int device = ifindex_in(self->nets.there, "right"), peer, size, sock;
	static char bytes[LARGEST];

	set_offload("left", true);
	attach_tc(self->obj, "counts_segments", self->nets.there, "right",
		  BPF_TC_INGRESS);
	enter(self->nets.there);
	ASSERT(!bpf_xdp_attach(device,
			       bpf_program__fd(program(xdp, "adjusts_head")),
			       XDP_FLAGS_SKB_MODE, NULL));
	enter(self->nets.here);
	for (int lost = 1; lost <= TRANSPORT_BYTES; lost += 6) {
		sock = connect_warm(large.listener, &peer, &size);
		map_set(xdp, "config", XDP_BY, 20 + lost);
		ASSERT(send(sock, bytes, LARGEST, 0) == LARGEST);
		EXPECT(WAIT_FOR((__s64)map_get(xdp, "seen", XDP_RET) == -EINVAL,
				5));
		map_set(xdp, "config", XDP_BY, 0);
		close(sock);
		close(peer);
	}
	enter(self->nets.there);
	ASSERT(!bpf_xdp_detach(device, XDP_FLAGS_SKB_MODE, NULL));
	enter(self->nets.here);
	rex_obj_close(xdp);
}

/* Headers of Ethernet, IPv4, and TCP with timestamps. */
#define HEADERS (14 + 20 + 32)

TEST_F(nets, segments_of_large_packets_are_known)
{
	struct large large = make_large(self);
	int peer, size, sock;
	__u64 segments;

	attach_tc_at(self->obj, "counts_segments", self->nets.here, "left",
		     BPF_TC_EGRESS, 2);
	sock = connect_warm(large.listener, &peer, &size);
	EXPECT(seen(self->obj, LARGE) > 0);
	segments = seen(self->obj, SEGMENTS);
	EXPECT_EQ(seen(self->obj, SEGMENT_SIZE), size);
	EXPECT_EQ(segments,
		  (seen(self->obj, LENGTH) - HEADERS + size - 1) / size);
	EXPECT(segments > 1);
	EXPECT_EQ(seen(self->obj, WIRE_LENGTH),
		  seen(self->obj, LENGTH) + (segments - 1) * HEADERS);
	close(sock);
	close(peer);
}
