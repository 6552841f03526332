// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces, and sockets in them.
 */
#include <linux/ethtool.h>
#include <linux/sockios.h>

#include "rex_net.h"

int own_net(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	ASSERT(fd >= 0);
	return fd;
}

void enter(int net)
{
	ASSERT(!setns(net, CLONE_NEWNET));
}

void be_quiet(void)
{
	/* A kernel may have no IPv6. */
	if (access("/proc/sys/net/ipv6", F_OK))
		return;
	set_sysctl("net/ipv6/conf/all/disable_ipv6", "1");
	set_sysctl("net/ipv6/conf/default/disable_ipv6", "1");
}

pid_t hold_net(void)
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

void make_pair(const char *a, const char *b)
{
	free(shell("ip link add name %s type veth && ip link set veth0 name %s",
		   a, b));
}

static bool has_queue(const char *name)
{
	char *link = shell("ip link show %s", name);
	bool drops_all = strstr(link, "qdisc noop ");

	free(link);
	return !drops_all;
}

void await_queue(const char *name)
{
	ASSERT_MSG(WAIT_FOR(has_queue(name), 10), "%s does not send", name);
}

struct nets make_nets(void)
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
	await_queue("right");
	await_queue("out");
	enter(nets.here);
	await_queue("left");
	await_queue("sink");
	return nets;
}

void give_addresses(const struct nets *nets)
{
	free(shell("ip addr add 10.0.0.1/24 dev left;"
		   "arp -i left -s 10.0.0.2 02:00:00:00:00:02"));
	enter(nets->there);
	free(shell("ip addr add 10.0.0.2/24 dev right;"
		   "ip addr add 10.1.0.1/24 dev out;"
		   "arp -i right -s 10.0.0.1 02:00:00:00:00:01"));
	enter(nets->here);
}

int ifindex(const char *name)
{
	int index = if_nametoindex(name);

	ASSERT_MSG(index > 0, "no device %s", name);
	return index;
}

int ifindex_in(int net, const char *name)
{
	int index, back = own_net();

	enter(net);
	index = ifindex(name);
	enter(back);
	close(back);
	return index;
}

void set_limits(int sock)
{
	struct timeval wait = { .tv_sec = 5 };
	int room = 1 << 25;

	ASSERT(!setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &room,
			   sizeof(room)));
	ASSERT(!setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)));
}

void set_offload(const char *device, bool on)
{
	struct ethtool_value value = { .cmd = ETHTOOL_STXCSUM, .data = on };
	struct ifreq ifr = { .ifr_data = (void *)&value };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", device);
	ASSERT_MSG(!ioctl(sock, SIOCETHTOOL, &ifr), "offload: %s",
		   strerror(errno));
	close(sock);
}

int packet_socket(int net, const char *device)
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

int bound_socket(int net, int type, int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int back = own_net(), sock;

	enter(net);
	sock = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	ASSERT(sock >= 0);
	ASSERT(!bind(sock, (void *)&addr, sizeof(addr)));
	set_limits(sock);
	enter(back);
	close(back);
	return sock;
}

int udp_socket(int net, int port)
{
	return bound_socket(net, SOCK_DGRAM, port);
}

__u64 cookie_of(int sock)
{
	socklen_t len = sizeof(__u64);
	__u64 cookie;

	ASSERT(!getsockopt(sock, SOL_SOCKET, SO_COOKIE, &cookie, &len));
	return cookie;
}

void send_frame(int sock, const struct frame *f)
{
	ASSERT_MSG(send(sock, f->data, f->len, 0) == (ssize_t)f->len,
		   "send: %s", strerror(errno));
}

void send_frames(int sock, const struct frame *f, int count)
{
	while (count--)
		send_frame(sock, f);
}

struct frame receive(int sock)
{
	struct frame f = { .len = 0 };
	ssize_t len = recv(sock, f.data, sizeof(f.data), 0);

	EXPECT_MSG(len > 0, "nothing was received: %s", strerror(errno));
	if (len > 0)
		f.len = len;
	return f;
}

int drain(int sock)
{
	char buf[64];
	int count = 0;

	while (recv(sock, buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC) > 0)
		count++;
	return count;
}

void expect_received(int sock, int count)
{
	int received = 0;

	EXPECT_MSG(WAIT_FOR((received += drain(sock)) >= count, 5) &&
			   received == count,
		   "%d packets received, not %d", received, count);
}
