/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests of programs that see packets have in common: packets, runs of
 * programs with crafted ones, and network namespaces between which real ones go.
 */
#ifndef _REX_NET_H
#define _REX_NET_H

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "rex_util.h"

/* What the programs look for. */
#define PORT 9
/* What they store for "none". */
#define NONE 0xffffffffffffffffull
/* What they store for what they cannot know. */
#define TRUNCATED (NONE - 1)
#define LATER_FRAGMENT (NONE - 2)

/* ---- packets ---- */

struct frame {
	unsigned char data[8192];
	size_t len;
};

static inline void put(struct frame *f, const void *data, size_t len)
{
	ASSERT(f->len + len <= sizeof(f->data));
	memcpy(f->data + f->len, data, len);
	f->len += len;
}

static inline void put8(struct frame *f, unsigned int value)
{
	unsigned char byte = value;

	put(f, &byte, 1);
}

static inline void put16(struct frame *f, unsigned int value)
{
	put8(f, value >> 8);
	put8(f, value);
}

static inline void put32(struct frame *f, unsigned int value)
{
	put16(f, value >> 16);
	put16(f, value);
}

static inline unsigned int get16(const struct frame *f, size_t at)
{
	return f->data[at] << 8 | f->data[at + 1];
}

static inline void set16(struct frame *f, size_t at, unsigned int value)
{
	f->data[at] = value >> 8;
	f->data[at + 1] = value;
}

/* The folded sum of 16-bit words; 0xffff if it contains its own checksum. */
static inline unsigned int sum16(const unsigned char *data, size_t len,
				 unsigned long sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? data[i] : data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static inline void put_eth(struct frame *f, unsigned int proto)
{
	static const unsigned char dest[] = { 2, 0, 0, 0, 0, 2 };
	static const unsigned char source[] = { 2, 0, 0, 0, 0, 1 };

	put(f, dest, 6);
	put(f, source, 6);
	put16(f, proto);
}

/* Where the IPv4 header at AT ends. */
static inline size_t ip4_end(const struct frame *f, size_t at)
{
	return at + (f->data[at] & 15) * 4;
}

/*
 * An IPv4 header, from 10.0.0.1 to 10.0.0.2, with OPTIONS words of no-operation
 * options. Returns where it is; ip4_done() when all of the packet is there.
 */
static inline size_t put_ip4(struct frame *f, int protocol, int options)
{
	size_t at = f->len;

	put8(f, 0x45 + options);
	put8(f, 0);
	put16(f, 0); /* length */
	put32(f, 0x12340000); /* id, no fragment */
	put8(f, 64);
	put8(f, protocol);
	put16(f, 0); /* checksum */
	put32(f, 0x0a000001);
	put32(f, 0x0a000002);
	while (options--)
		put32(f, 0x01010101);
	return at;
}

/* Set the length, unless it has been set, and the checksum. */
static inline void ip4_done(struct frame *f, size_t at)
{
	if (!get16(f, at + 2))
		set16(f, at + 2, f->len - at);
	set16(f, at + 10, 0);
	set16(f, at + 10, ~sum16(f->data + at, ip4_end(f, at) - at, 0));
}

static inline size_t put_ip6(struct frame *f, int next)
{
	size_t at = f->len;

	put32(f, 0x60012345);
	put16(f, 0); /* length */
	put8(f, next);
	put8(f, 99);
	for (int i = 0; i < 32; i++)
		put8(f, i);
	return at;
}

static inline void ip6_done(struct frame *f, size_t at)
{
	set16(f, at + 4, f->len - at - 40);
}

/* A UDP header without checksum, and LEN bytes of FILL. */
static inline size_t put_udp(struct frame *f, int port, size_t len, int fill)
{
	size_t at = f->len;

	put16(f, 1234);
	put16(f, port);
	put16(f, 8 + len);
	put16(f, 0);
	while (len--)
		put8(f, fill);
	return at;
}

/* With the checksum; the IPv4 header is at IP. */
static inline void udp_done(struct frame *f, size_t ip, size_t at)
{
	unsigned int sum;

	set16(f, at + 6, 0);
	sum = sum16(f->data + ip + 12, 8, 17 + f->len - at);
	sum = ~sum16(f->data + at, f->len - at, sum) & 0xffff;
	set16(f, at + 6, sum ?: 0xffff);
}

/* Whether both checksums of a frame with UDP and no IP options are right. */
static inline bool sums_are_right(const struct frame *f)
{
	size_t ip = 14, udp = 34;

	return sum16(f->data + ip, 20, 0) == 0xffff &&
	       (!get16(f, udp + 6) ||
		sum16(f->data + udp, f->len - udp,
		      sum16(f->data + ip + 12, 8, 17 + f->len - udp)) ==
			0xffff);
}

static inline size_t put_tcp(struct frame *f, int port)
{
	size_t at = f->len;

	put16(f, 1234);
	put16(f, port);
	put32(f, 1);
	put32(f, 2);
	put16(f, 0x5018);
	put16(f, 1000);
	put32(f, 0);
	return at;
}

/* A UDP datagram in an Ethernet frame. */
static inline struct frame udp_frame(int port, size_t len, int fill)
{
	struct frame f = { .len = 0 };
	size_t ip, udp;

	put_eth(&f, ETH_P_IP);
	ip = put_ip4(&f, IPPROTO_UDP, 0);
	udp = put_udp(&f, port, len, fill);
	ip4_done(&f, ip);
	udp_done(&f, ip, udp);
	return f;
}

static inline void expect_same(const char *what, const struct frame *f,
			       const struct frame *want)
{
	EXPECT_MSG(f->len == want->len, "%s: %zu bytes, not %zu", what, f->len,
		   want->len);
	for (size_t i = 0; i < want->len && i < f->len; i++) {
		if (f->data[i] == want->data[i])
			continue;
		EXPECT_MSG(false, "%s: byte %zu is %#x, not %#x", what, i,
			   f->data[i], want->data[i]);
		break;
	}
}

/* ---- runs with crafted packets ---- */

/* Run the program once; the packet is in OUT afterwards, if that is given. */
static inline __u32 test_run(struct rex_obj *obj, const char *name,
			     const struct frame *in, struct frame *out)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in->data,
		    .data_size_in = in->len, .repeat = 1);

	if (out) {
		opts.data_out = out->data;
		opts.data_size_out = sizeof(out->data);
	}
	ASSERT_MSG(!bpf_prog_test_run_opts(bpf_program__fd(program(obj, name)),
					   &opts),
		   "run of %s with %zu bytes: %s", name, in->len,
		   strerror(errno));
	if (out)
		out->len = opts.data_size_out;
	return opts.retval;
}

/* So many runs of the program, in the end. */
static inline void expect_runs(struct rex_obj *obj, const char *name,
			       __u64 runs)
{
	EXPECT_MSG(WAIT_FOR(prog_info(obj, name).runs == runs, 5),
		   "%llu runs of %s, not %llu",
		   (unsigned long long)prog_info(obj, name).runs, name,
		   (unsigned long long)runs);
}

/* What programs store and are told. */
static inline __u64 seen(struct rex_obj *obj, __u32 index)
{
	return map_get(obj, "seen", index);
}

static inline void tell(struct rex_obj *obj, __u32 index, __u64 value)
{
	map_set(obj, "config", index, value);
}

#define EXPECT_SEEN(_obj, _index, _value)                                    \
	do {                                                                 \
		__u64 _s = seen(_obj, _index), _v = (_value);                \
		EXPECT_MSG(_s == _v, "seen[%d] is %lld, not %lld", (_index), \
			   (long long)_s, (long long)_v);                    \
	} while (0)

/* ---- networks ---- */

/*
 * Two network namespaces, "here" (this process's) and "there":
 *
 *	here: left  ======== right :there
 *	here: sink  ======== out   :there
 *
 * They are gone with the TEST.
 */
struct nets {
	int here;
	int there;
	pid_t holder;
};

static inline int own_net(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	ASSERT(fd >= 0);
	return fd;
}

static inline void enter(int net)
{
	ASSERT(!setns(net, CLONE_NEWNET));
}

/* No packets but the test's own. */
static inline void be_quiet(void)
{
	set_sysctl("net/ipv6/conf/all/disable_ipv6", "1");
	set_sysctl("net/ipv6/conf/default/disable_ipv6", "1");
}

/* A process that does nothing but to be in a new network namespace. */
static inline pid_t hold_net(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	ASSERT(!pipe2(ready, O_CLOEXEC));
	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ASSERT(!unshare(CLONE_NEWNET));
		ASSERT(write(ready[1], "", 1) == 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	ASSERT(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	return pid;
}

static inline void make_pair(const char *a, const char *b)
{
	free(shell("ip link add name %s type veth && ip link set veth0 name %s",
		   a, b));
}

static inline struct nets make_nets(void)
{
	struct nets nets;
	char path[64];

	free(shell(
		"modprobe veth && modprobe sch_ingress && modprobe cls_bpf"));
	ASSERT(!unshare(CLONE_NEWNET));
	be_quiet();
	nets.here = own_net();
	nets.holder = hold_net();
	snprintf(path, sizeof(path), "/proc/%d/ns/net", nets.holder);
	nets.there = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT(nets.there >= 0);
	make_pair("left", "right");
	make_pair("out", "sink");
	free(shell("ip link set right netns %d && ip link set out netns %d",
		   nets.holder, nets.holder));
	free(shell(
		"ip link set left address 02:00:00:00:00:01;"
		"ip link set lo up; ip link set left up; ip link set sink up"));
	enter(nets.there);
	be_quiet();
	free(shell(
		"ip link set right address 02:00:00:00:00:02;"
		"ip link set lo up; ip link set right up; ip link set out up"));
	enter(nets.here);
	return nets;
}

/*
 * left is 10.0.0.1, right 10.0.0.2, out 10.1.0.1. From now on, the kernel answers
 * what it receives.
 */
static inline void give_addresses(const struct nets *nets)
{
	free(shell("ip addr add 10.0.0.1/24 dev left;"
		   "arp -i left -s 10.0.0.2 02:00:00:00:00:02"));
	enter(nets->there);
	free(shell("ip addr add 10.0.0.2/24 dev right;"
		   "ip addr add 10.1.0.1/24 dev out;"
		   "arp -i right -s 10.0.0.1 02:00:00:00:00:01"));
	enter(nets->here);
}

static inline int ifindex(const char *name)
{
	int index = if_nametoindex(name);

	ASSERT_MSG(index > 0, "no device %s", name);
	return index;
}

static inline int ifindex_in(int net, const char *name)
{
	int index, back = own_net();

	enter(net);
	index = ifindex(name);
	enter(back);
	close(back);
	return index;
}

/* Wait 5 seconds for a packet, and have room for many. */
static inline void set_limits(int sock)
{
	struct timeval wait = { .tv_sec = 5 };
	int room = 1 << 25;

	ASSERT(!setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &room,
			   sizeof(room)));
	ASSERT(!setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)));
}

/* A socket that sends frames by a device, and sees those that it receives. */
static inline int packet_socket(int net, const char *device)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	int one = 1, back = own_net(), sock;

	enter(net);
	sock = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	ASSERT(sock >= 0);
	ASSERT(!setsockopt(sock, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
			   sizeof(one)));
	addr.sll_ifindex = ifindex(device);
	ASSERT(!bind(sock, (void *)&addr, sizeof(addr)));
	set_limits(sock);
	enter(back);
	close(back);
	return sock;
}

/* A UDP socket of that port. */
static inline int udp_socket(int net, int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int back = own_net(), sock;

	enter(net);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT(sock >= 0);
	ASSERT(!bind(sock, (void *)&addr, sizeof(addr)));
	set_limits(sock);
	enter(back);
	close(back);
	return sock;
}

static inline void send_frame(int sock, const struct frame *f)
{
	ASSERT_MSG(send(sock, f->data, f->len, 0) == (ssize_t)f->len,
		   "send: %s", strerror(errno));
}

static inline void send_frames(int sock, const struct frame *f, int count)
{
	while (count--)
		send_frame(sock, f);
}

/* The next frame; of length 0 if none comes. */
static inline struct frame receive(int sock)
{
	struct frame f = { .len = 0 };
	ssize_t len = recv(sock, f.data, sizeof(f.data), 0);

	EXPECT_MSG(len > 0, "nothing was received: %s", strerror(errno));
	if (len > 0)
		f.len = len;
	return f;
}

/* Read away what is there: how many. */
static inline int drain(int sock)
{
	char buf[64];
	int count = 0;

	while (recv(sock, buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC) > 0)
		count++;
	return count;
}

/*
 * Just COUNT packets come. The last one that is sent has to be among them, or
 * what comes is to be ended by a packet that always comes.
 */
static inline void expect_received(int sock, int count)
{
	int received = 0;

	EXPECT_MSG(WAIT_FOR((received += drain(sock)) >= count, 5) &&
			   received == count,
		   "%d packets received, not %d", received, count);
}

#endif
