// SPDX-License-Identifier: GPL-2.0
/*
 * The sample xdp_filter drops real TCP and UDP, on lo and between two network namespaces.
 */
#include <netinet/in.h>
#include <poll.h>

#include "rex_net.h"
#include "rex_sample.h"

#define RULES "/sys/fs/bpf/xdp_filter/rules"
#define HERE 0x0a000001
#define THERE 0x0a000002
#define LO INADDR_LOOPBACK
/* A time in which packets that are not dropped arrive, even here. */
#define SOON 400

/* ---- the commands ---- */

static void expect_entry(int status, const char *line, const char *text)
{
	char command[64], *said;

	snprintf(command, sizeof(command), "./entry %s", line);
	EXPECT_MSG(run_sample("xdp_filter", command, &said) == status,
		   "%s: not status %d: %s", command, status, said);
	if (text)
		EXPECT_STREQ(said, text);
}

static void add_rule(const char *rule)
{
	char line[64];

	snprintf(line, sizeof(line), "add_rule %s", rule);
	expect_entry(0, line, "");
}

static void del_rule(const char *rule)
{
	char line[64];

	snprintf(line, sizeof(line), "del_rule %s", rule);
	expect_entry(0, line, "");
}

static struct sample *start_filter(const char *device)
{
	struct sample *s;
	char line[32];

	snprintf(line, sizeof(line), "./entry %d", ifindex(device));
	s = start_sample("xdp_filter", line);
	await_sample(s, "filtering on interface ");
	return s;
}

/* ---- traffic ---- */

static struct sockaddr_in address(in_addr_t ip, int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr = { htonl(ip) } };
}

static int socket_in(int net, int type)
{
	int back = own_net(), sock;

	enter(net);
	sock = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ASSERT(sock >= 0);
	enter(back);
	close(back);
	return sock;
}

static bool comes_soon(int sock, int events, int ms)
{
	struct pollfd fd = { .fd = sock, .events = events };

	return poll(&fd, 1, ms) > 0;
}

/* Returns whether a datagram from one namespace reaches a port in another. */
static bool udp_passes(int from, int to, in_addr_t ip, int port)
{
	struct sockaddr_in addr = address(ip, port);
	int sender = socket_in(from, SOCK_DGRAM);
	int receiver = udp_socket(to, port);
	char byte = 'x';
	bool comes;

	/* tc returns ENOBUFS for a dropped packet. */
	if (sendto(sender, &byte, 1, 0, (void *)&addr, sizeof(addr)) != 1)
		ASSERT_EQ(errno, ENOBUFS);
	comes = comes_soon(receiver, POLLIN, SOON);
	close(sender);
	close(receiver);
	return comes;
}

/* A server of TCP, and a client that tries to connect. */
struct tcp {
	int server;
	int client;
};

static struct tcp tcp_connect(int from, int to, in_addr_t ip, int port)
{
	struct sockaddr_in addr = address(ip, port);
	struct tcp tcp = { .server = socket_in(to, SOCK_STREAM),
			   .client = socket_in(from, SOCK_STREAM) };
	int one = 1;

	ASSERT(!setsockopt(tcp.server, SOL_SOCKET, SO_REUSEADDR, &one,
			   sizeof(one)));
	ASSERT(!bind(tcp.server, (void *)&addr, sizeof(addr)));
	ASSERT(!listen(tcp.server, 4));
	EXPECT_ERRNO(connect(tcp.client, (void *)&addr, sizeof(addr)),
		     EINPROGRESS);
	return tcp;
}

/* The connection is made, and data go both ways. */
static bool tcp_works(struct tcp tcp, int ms)
{
	char byte = 0;
	int peer;

	if (!comes_soon(tcp.server, POLLIN, ms))
		return false;
	peer = accept4(tcp.server, NULL, NULL, SOCK_CLOEXEC);
	ASSERT(peer >= 0);
	ASSERT(comes_soon(tcp.client, POLLOUT, ms));
	ASSERT_EQ(send(tcp.client, "a", 1, 0), 1);
	EXPECT(recv(peer, &byte, 1, 0) == 1 && byte == 'a');
	ASSERT_EQ(send(peer, "b", 1, 0), 1);
	EXPECT(comes_soon(tcp.client, POLLIN, 5000));
	EXPECT(recv(tcp.client, &byte, 1, 0) == 1 && byte == 'b');
	close(peer);
	return true;
}

static void tcp_close(struct tcp tcp)
{
	close(tcp.client);
	close(tcp.server);
}

static bool tcp_passes(int from, int to, in_addr_t ip, int port)
{
	struct tcp tcp = tcp_connect(from, to, ip, port);
	bool works = tcp_works(tcp, SOON);

	tcp_close(tcp);
	return works;
}

static void join_nothing(void)
{
	ASSERT(!unshare(CLONE_NEWNET));
	free(shell("ip link set lo up"));
}

/* ---- tests ---- */

TEST(rules_are_added_listed_and_deleted)
{
	struct census before;
	struct sample *s;

	await_idle();
	before = take_census();
	join_nothing();
	expect_entry(1, "add_rule 53 tcp", NULL);
	s = start_filter("lo");
	expect_entry(0, "list", "");
	add_rule("53 udp");
	expect_entry(0, "list", "53 udp\n");
	add_rule("53 tcp");
	add_rule("53 tcp");
	expect_entry(0, "list", "53 tcp\n53 udp\n");
	del_rule("53 udp");
	expect_entry(0, "list", "53 tcp\n");
	expect_entry(1, "del_rule 53 udp", "entry: there is no such rule\n");
	del_rule("53 tcp");
	expect_entry(1, "del_rule 53 tcp", "entry: there is no such rule\n");
	expect_entry(0, "list", "");
	expect_entry(2, "add_rule 65536 tcp", NULL);
	expect_entry(2, "add_rule x tcp", NULL);
	expect_entry(2, "add_rule 53 icmp", NULL);
	expect_entry(1, "1", NULL);
	stop_sample(s);
	expect_entry(1, "list", NULL);
	EXPECT_CENSUS(&before);
}

TEST(interface_that_does_not_exist_leaks_nothing)
{
	struct census before;
	char *text;

	await_idle();
	before = take_census();
	join_nothing();
	EXPECT_EQ(run_sample("xdp_filter", "./entry 1 4711", &text), 1);
	EXPECT_CONTAINS(text, "interface 4711: xdp: ");
	EXPECT(access(RULES, F_OK));
	EXPECT_CENSUS(&before);
}

TEST(rules_hold_on_lo)
{
	struct sample *s;
	int net;

	join_nothing();
	net = own_net();
	s = start_filter("lo");
	EXPECT(udp_passes(net, net, LO, 5353));
	EXPECT(tcp_passes(net, net, LO, 5353));
	add_rule("5353 udp");
	EXPECT(!udp_passes(net, net, LO, 5353));
	EXPECT(udp_passes(net, net, LO, 5354));
	EXPECT(tcp_passes(net, net, LO, 5353));
	add_rule("5353 tcp");
	del_rule("5353 udp");
	EXPECT(udp_passes(net, net, LO, 5353));
	EXPECT(!tcp_passes(net, net, LO, 5353));
	EXPECT(tcp_passes(net, net, LO, 5354));
	stop_sample(s);
	EXPECT(tcp_passes(net, net, LO, 5353));
}

TEST(connection_is_made_once_the_rule_is_gone)
{
	struct sample *s;
	struct tcp tcp;
	int net;

	join_nothing();
	net = own_net();
	s = start_filter("lo");
	add_rule("80 tcp");
	tcp = tcp_connect(net, net, LO, 80);
	EXPECT(!tcp_works(tcp, SOON));
	del_rule("80 tcp");
	EXPECT(tcp_works(tcp, 20000)); /* the client tries again */
	tcp_close(tcp);
	stop_sample(s);
}

TEST(bpftool_makes_rules)
{
	struct sample *s;
	int net;

	join_nothing();
	net = own_net();
	s = start_filter("lo");
	free(shell("bpftool map update pinned " RULES
		   " key hex 35 00 00 00 value hex 01 00"));
	expect_entry(0, "list", "53 tcp\n");
	EXPECT(!tcp_passes(net, net, LO, 53));
	EXPECT(udp_passes(net, net, LO, 53));
	free(shell("bpftool map update name rules"
		   " key hex 35 00 00 00 value hex 02 00"));
	expect_entry(0, "list", "53 udp\n");
	EXPECT(tcp_passes(net, net, LO, 53));
	EXPECT(!udp_passes(net, net, LO, 53));
	stop_sample(s);
}

/* One filter covers all given interfaces. */
TEST(rules_hold_on_all_interfaces)
{
	struct nets nets = make_nets();
	struct sample *s;
	char line[64];

	give_addresses(&nets);
	free(shell("ip link set lo up"));
	snprintf(line, sizeof(line), "./entry %d %d", ifindex("lo"),
		 ifindex("left"));
	s = start_sample("xdp_filter", line);
	snprintf(line, sizeof(line), "filtering on interface %d\n",
		 ifindex("left"));
	await_sample(s, line);
	add_rule("7000 tcp");
	EXPECT(!tcp_passes(nets.here, nets.here, LO, 7000));
	EXPECT(!tcp_passes(nets.there, nets.here, HERE, 7000));
	EXPECT(udp_passes(nets.there, nets.here, HERE, 7000));
	stop_sample(s);
	EXPECT(tcp_passes(nets.here, nets.here, LO, 7000));
	EXPECT(tcp_passes(nets.there, nets.here, HERE, 7000));
	ASSERT(!kill(nets.holder, SIGKILL));
	ASSERT_EQ(waitpid(nets.holder, NULL, 0), nets.holder);
}

TEST(rules_hold_between_machines_in_both_directions)
{
	struct nets nets = make_nets();
	struct sample *s;

	give_addresses(&nets);
	s = start_filter("left");
	for (int port = 7000; port < 7002; port++) {
		EXPECT(udp_passes(nets.here, nets.there, THERE, port));
		EXPECT(udp_passes(nets.there, nets.here, HERE, port));
		EXPECT(tcp_passes(nets.here, nets.there, THERE, port));
		EXPECT(tcp_passes(nets.there, nets.here, HERE, port));
		add_rule("7000 udp");
		add_rule("7001 tcp");
		/* XDP drops incoming packets, tc outgoing ones. */
		EXPECT_EQ(udp_passes(nets.there, nets.here, HERE, port),
			  port != 7000);
		EXPECT_EQ(udp_passes(nets.here, nets.there, THERE, port),
			  port != 7000);
		EXPECT_EQ(tcp_passes(nets.there, nets.here, HERE, port),
			  port != 7001);
		EXPECT_EQ(tcp_passes(nets.here, nets.there, THERE, port),
			  port != 7001);
		del_rule("7000 udp");
		del_rule("7001 tcp");
	}
	stop_sample(s);
	ASSERT(!kill(nets.holder, SIGKILL));
	ASSERT_EQ(waitpid(nets.holder, NULL, 0), nets.holder);
}
