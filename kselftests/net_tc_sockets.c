// SPDX-License-Identifier: GPL-2.0
/*
 * tc programs (programs/net_tc) see the sender of packets, and bytes that are
 * not linear.
 */
#include <linux/virtio_net.h>
#include <sys/uio.h>

#include "rex_net.h"
#include "names/net_tc.h"

NETS_FIXTURE("net_tc")

WIRE_FIXTURE("net_tc")

/* ---- the sender ---- */

TEST_F(nets, cgroup_and_user_of_the_sender_are_known)
{
	static const char folder[] = "/sys/fs/cgroup/rex-tc";
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
	};
	struct stat own, root;
	int sock;

	give_addresses(&self->nets);
	ASSERT(inet_pton(AF_INET, "10.0.0.2", &to.sin_addr) == 1);
	ASSERT(!mkdir(folder, 0755) && !stat(folder, &own));
	ASSERT(!stat("/sys/fs/cgroup", &root));
	write_file("/sys/fs/cgroup/rex-tc/cgroup.procs", "0");
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT(sock >= 0);
	write_file("/sys/fs/cgroup/cgroup.procs", "0");
	ASSERT(!fchown(sock, 1234, -1));
	attach_tc(self->obj, "knows_the_cgroup", self->nets.here, "left",
		  BPF_TC_EGRESS);
	ASSERT(sendto(sock, "x", 1, 0, (void *)&to, sizeof(to)) == 1);
	EXPECT_SEEN(self->obj, CGROUP, own.st_ino);
	EXPECT_SEEN(self->obj, ANCESTOR_0, root.st_ino);
	EXPECT_SEEN(self->obj, ANCESTOR_9, 0);
	EXPECT_SEEN(self->obj, CGROUP_ITSELF, own.st_ino);
	EXPECT_SEEN(self->obj, COOKIE, cookie_of(sock));
	EXPECT_SEEN(self->obj, USER, 1234);
	close(sock);
	EXPECT(WAIT_FOR(!rmdir(folder), 5));
}

#define OWN_PORT 4711

/* Makes a UDP socket of OWN_PORT that sends to PORT. */
static int connected(const char *from, const char *to, unsigned int scope)
{
	bool v6 = strchr(from, ':');
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(OWN_PORT) };
	struct sockaddr_in a4 = { .sin_family = AF_INET,
				  .sin_port = htons(OWN_PORT) };
	void *addr = v6 ? (void *)&a6 : &a4;
	void *place = v6 ? (void *)&a6.sin6_addr : &a4.sin_addr;
	socklen_t len = v6 ? sizeof(a6) : sizeof(a4);
	int family = v6 ? AF_INET6 : AF_INET;
	int sock = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ASSERT(sock >= 0 && inet_pton(family, from, place) == 1);
	/* An IPv6 address is usable only a little later. */
	ASSERT(WAIT_FOR(!bind(sock, addr, len), 10));
	a6.sin6_scope_id = scope;
	a6.sin6_port = a4.sin_port = htons(PORT);
	ASSERT(inet_pton(family, to, place) == 1);
	ASSERT_MSG(!connect(sock, addr, len), "%s", strerror(errno));
	return sock;
}

TEST_F(nets, socket_of_the_sender_is_seen)
{
	struct frame f = udp_frame(PORT, 10, 'p');
	int left = packet_socket(self->nets.here, "left"), sock;
	int receiver = udp_socket(self->nets.there, PORT);

	give_addresses(&self->nets);
	attach_tc(self->obj, "sees_socket", self->nets.here, "left",
		  BPF_TC_EGRESS);
	tell(self->obj, OF_PORT, OWN_PORT);
	sock = connected("10.0.0.1", "10.0.0.2", 0);
	ASSERT(send(sock, "x", 1, 0) == 1);
	EXPECT_SEEN(self->obj, SOCKETS, 1);
	EXPECT_SEEN(self->obj, FAMILY, AF_INET);
	EXPECT_SEEN(self->obj, STATE, 1); /* TCP_ESTABLISHED */
	EXPECT_SEEN(self->obj, BOUND_DEVICE, 0);
	EXPECT_SEEN(self->obj, REMOTE_PORT, PORT);
	EXPECT_SEEN(self->obj, LOCAL_IP4, 0x0a000001);
	EXPECT_SEEN(self->obj, REMOTE_IP4, 0x0a000002);
	EXPECT_SEEN(self->obj, LOCAL_IP6, NONE);
	EXPECT_SEEN(self->obj, REMOTE_IP6, NONE);
	ASSERT(!setsockopt(sock, SOL_SOCKET, SO_BINDTODEVICE, "left", 5));
	ASSERT(send(sock, "x", 1, 0) == 1);
	EXPECT_SEEN(self->obj, SOCKETS, 2);
	EXPECT_SEEN(self->obj, BOUND_DEVICE, ifindex("left"));
	close(sock);

	set_sysctl("net/ipv6/conf/left/accept_dad", "0");
	set_sysctl("net/ipv6/conf/left/dad_transmits", "0");
	set_sysctl("net/ipv6/conf/left/disable_ipv6", "0");
	free(shell("ip -6 addr add fd00::7/64 dev left"));
	/* The address of all nodes needs no neighbour lookup. */
	sock = connected("fd00::7", "ff02::1", ifindex("left"));
	ASSERT(send(sock, "x", 1, 0) == 1);
	EXPECT_SEEN(self->obj, SOCKETS, 3);
	EXPECT_SEEN(self->obj, FAMILY, AF_INET6);
	EXPECT_SEEN(self->obj, REMOTE_PORT, PORT);
	EXPECT_SEEN(self->obj, LOCAL_IP6, 7);
	EXPECT_SEEN(self->obj, REMOTE_IP6, 1);
	close(sock);

	EXPECT_SEEN(self->obj, PACKET_SOCKETS, 0);
	send_frame(left, &f);
	EXPECT_SEEN(self->obj, PACKET_SOCKETS, 1);
	EXPECT_SEEN(self->obj, PACKET_PORT, NONE);
	EXPECT_SEEN(self->obj, PACKET_IP4, NONE);
	close(receiver);
}

/* ---- packets that are not linear ---- */

#define STREAM 8000

static void send_all(int sock, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(sock, data, len, 0);

		ASSERT(n > 0);
		data += n;
		len -= n;
	}
}

static int listen_there(int net)
{
	int sock = bound_socket(net, SOCK_STREAM, PORT);

	ASSERT(!listen(sock, 1));
	return sock;
}

TEST_F(nets, bytes_that_are_not_linear_are_reached)
{
	int listener = listen_there(self->nets.there), from, to;
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(0x0a000002),
	};
	char sent[STREAM], got[STREAM];
	size_t len = 0;
	ssize_t n;

	give_addresses(&self->nets);
	attach_tc(self->obj, "looks_deep", self->nets.here, "left",
		  BPF_TC_EGRESS);
	memset(sent, 'x', sizeof(sent));
	memcpy(sent + STREAM - 8, "01234567", 8);
	from = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ASSERT(from >= 0);
	ASSERT(!connect(from, (void *)&addr, sizeof(addr)));
	to = accept(listener, NULL, NULL);
	ASSERT(to >= 0);
	set_limits(to);
	send_all(from, sent, STREAM);
	while (len < STREAM && (n = recv(to, got + len, STREAM - len, 0)) > 0)
		len += n;
	EXPECT_EQ(len, STREAM);
	EXPECT(!memcmp(sent, got, STREAM));
	ksft_note("%llu packets; %llu bytes linear of %llu",
		  (unsigned long long)seen(self->obj, LOOKED_AT),
		  (unsigned long long)seen(self->obj, LINEAR),
		  (unsigned long long)(seen(self->obj, NOT_LINEAR) +
				       seen(self->obj, LINEAR)));
	EXPECT(seen(self->obj, LOOKED_AT) >= 1);
	EXPECT(seen(self->obj, NOT_LINEAR) > 0);
	EXPECT_SEEN(self->obj, RET, 0);
	EXPECT_SEEN(self->obj, BYTES, 0x3031323334353637);
	EXPECT_SEEN(self->obj, PULL_RET, 0);
	EXPECT_SEEN(self->obj, NOT_LINEAR_AFTER, 0);
	EXPECT_SEEN(self->obj, PULLED_BYTES, 0x3031323334353637);
	EXPECT_SEEN(self->obj, BEYOND_LOAD_RET, (__u64)-EFAULT);
	EXPECT_SEEN(self->obj, BEYOND_BYTES, 0);
	EXPECT_SEEN(self->obj, BEYOND_STORE_RET, (__u64)-EFAULT);
}

/*
 * Connects by translated addresses. At egress, tc sees packets without a
 * checksum.
 */
static void connect_translated(int listener)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT + 1),
		.sin_addr.s_addr = htonl(0x0a000009),
	};
	int from = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), to;
	char sent[STREAM], got[STREAM];

	memset(sent, 'y', sizeof(sent));
	ASSERT(from >= 0);
	set_limits(from);
	ASSERT_MSG(!connect(from, (void *)&addr, sizeof(addr)),
		   "no connection: %s", strerror(errno));
	to = accept(listener, NULL, NULL);
	ASSERT(to >= 0);
	set_limits(to);
	send_all(from, sent, STREAM);
	EXPECT_EQ(recv(to, got, STREAM, MSG_WAITALL), STREAM);
	EXPECT(!memcmp(sent, got, STREAM));
	send_all(to, sent, STREAM);
	EXPECT_EQ(recv(from, got, STREAM, MSG_WAITALL), STREAM);
	close(from);
	close(to);
}

TEST_F(nets, connections_are_translated_with_and_without_offload)
{
	int listener = listen_there(self->nets.there);

	give_addresses(&self->nets);
	free(shell("arp -i left -s 10.0.0.9 02:00:00:00:00:02"));
	attach_tc(self->obj, "translates_destination", self->nets.here, "left",
		  BPF_TC_EGRESS);
	attach_tc(self->obj, "translates_source", self->nets.here, "left",
		  BPF_TC_INGRESS);
	for (int on = 0; on < 2; on++) {
		set_offload("left", on);
		enter(self->nets.there);
		set_offload("right", on);
		enter(self->nets.here);
		connect_translated(listener);
		EXPECT(seen(self->obj, CHANGED) > 8u * (on + 1));
	}
}

/* Sends a frame of which only the device's header is linear. */
static void send_not_linear(struct wire_fixture *self, const char *name,
			    struct frame *f)
{
	int one = 1;
	struct virtio_net_hdr head = { .hdr_len = 14 };
	struct iovec iov[] = { { &head, sizeof(head) }, { f->data, f->len } };

	free(shell("ip link set left mtu 9000"));
	enter(self->nets.there);
	free(shell("ip link set right mtu 9000"));
	enter(self->nets.here);
	ASSERT(!setsockopt(self->left, SOL_PACKET, PACKET_VNET_HDR, &one,
			   sizeof(one)));
	attach_tc(self->obj, name, self->nets.here, "left", BPF_TC_EGRESS);
	ASSERT_EQ(writev(self->left, iov, 2), (ssize_t)(sizeof(head) + f->len));
}

TEST_F(wire, headers_that_are_not_linear_are_found)
{
	struct frame f = udp_frame(PORT, 4500, 'p'), got;

	send_not_linear(self, "looks", &f);
	EXPECT_SEEN(self->obj, LINEAR, 14);
	EXPECT_SEEN(self->obj, LENGTH, f.len);
	EXPECT_SEEN(self->obj, UDP, PORT);
	EXPECT(seen(self->obj, LINEAR_AFTER) >= 42);
	got = receive(self->right);
	expect_same("received", &got, &f);
}

/* The kernel does not look whether the header before the room is linear. */
TEST_F(wire, room_is_after_headers_that_are_not_linear)
{
	struct frame f = udp_frame(PORT, 4500, 'p'), got;

	tell(self->obj, HOW, ROOM_AFTER_IP);
	tell(self->obj, BY, 4);
	send_not_linear(self, "resizes", &f);
	EXPECT_SEEN(self->obj, RET, 0);
	got = receive(self->right);
	EXPECT_EQ(got.len, f.len + 4);
	EXPECT(!memcmp(got.data, f.data, 34));
	EXPECT(!memcmp(got.data + 38, f.data + 34, f.len - 34));
}
