// SPDX-License-Identifier: GPL-2.0
/*
 * The tool tcpconnect prints the connections that this process opens.
 */
#include "rex_sample.h"
#include "rex_tcp.h"

#define PORT 8081
#define OTHER_PORT 8082
#define CONNECTIONS 9

static struct sample *start(const char *options, const char *title)
{
	char line[128];
	struct sample *s;

	snprintf(line, sizeof(line), "./tcpconnect -p %d %s", getpid(),
		 options);
	s = start_sample("tools/tcpconnect", line);
	await_sample(s, title); /* it is attached */
	return s;
}

/* Opens and closes a connection, and returns the local port. */
static __u16 open_one(int family, const char *address, __u16 port, int listener)
{
	struct tcp_pair pair = tcp_connect(family, address, port, listener);

	close(pair.client);
	close(pair.server);
	return pair.port;
}

static void expect_line(struct sample *s, int version, const char *from,
			const char *to, int from_port, int to_port)
{
	char line[256];

	snprintf(line, sizeof(line), "%-7d %-16s %-2d %-25s %-25s %-5d %d\n",
		 getpid(), "tcpconnect", version, from, to, from_port, to_port);
	EXPECT_CONTAINS(s->text, line);
}

TEST(every_connection_is_shown)
{
	struct sample *s = start("-s", "DPORT\n");
	int v4 = tcp_listen(AF_INET, PORT),
	    v6 = tcp_listen(AF_INET6, OTHER_PORT);
	__u16 ports[CONNECTIONS], port6, mapped;

	for (int i = 0; i < CONNECTIONS; i++)
		ports[i] = open_one(AF_INET, "127.0.0.1", PORT, v4);
	mapped = open_one(AF_INET6, "::ffff:127.0.0.1", OTHER_PORT, v6);
	port6 = open_one(AF_INET6, "::1", OTHER_PORT, v6);
	await_sample(s, " 6  ");
	while (s->text[s->len - 1] != '\n')
		ASSERT(read_sample(s, 1000));
	for (int i = 0; i < CONNECTIONS; i++)
		expect_line(s, 4, "127.0.0.1", "127.0.0.1", ports[i], PORT);
	expect_line(s, 4, "127.0.0.1", "127.0.0.1", mapped, OTHER_PORT);
	expect_line(s, 6, "::1", "::1", port6, OTHER_PORT);
	/* The title, and each connection once. */
	EXPECT_EQ(sample_lines(s), 1 + CONNECTIONS + 2);
	stop_sample(s);
}

TEST(of_ports_only_with_user_and_time)
{
	struct sample *s = start("-U -t -P 80,8082", "DPORT\n");
	int v4 = tcp_listen(AF_INET, PORT);
	int other = tcp_listen(AF_INET, OTHER_PORT);

	open_one(AF_INET, "127.0.0.1", PORT, v4);
	open_one(AF_INET, "127.0.0.1", OTHER_PORT, other);
	await_sample(s, " 8082\n");
	EXPECT_EQ(count_lines(s->text, "8081"), 0);
	EXPECT_EQ(count_lines(s->text, " 0      "), 1);
	stop_sample(s);
}

TEST(others_are_not_shown)
{
	struct sample *s = start("-u 12345", "DPORT\n");
	int v4 = tcp_listen(AF_INET, PORT);

	open_one(AF_INET, "127.0.0.1", PORT, v4);
	stop_sample(s);
	EXPECT_EQ(sample_lines(s), 1);
}

TEST(connections_are_counted)
{
	struct sample *s = start("-c", "end.\n");
	int v4 = tcp_listen(AF_INET, PORT),
	    v6 = tcp_listen(AF_INET6, OTHER_PORT);
	char line[128];

	for (int i = 0; i < CONNECTIONS; i++) {
		open_one(AF_INET, "127.0.0.1", PORT, v4);
		open_one(AF_INET6, "::1", OTHER_PORT, v6);
	}
	open_one(AF_INET6, "::1", OTHER_PORT, v6);
	stop_sample(s);
	snprintf(line, sizeof(line), "\n%-25s %-25s %-5d %d\n", "127.0.0.1",
		 "127.0.0.1", PORT, CONNECTIONS);
	EXPECT_CONTAINS(s->text, line);
	snprintf(line, sizeof(line), "\n%-25s %-25s %-5d %d\n", "::1", "::1",
		 OTHER_PORT, CONNECTIONS + 1);
	EXPECT_CONTAINS(s->text, line);
}

TEST(bad_options_are_refused)
{
	char *text;

	ASSERT_EQ(run_sample("tools/tcpconnect", "./tcpconnect -P 80,http",
			     &text),
		  2);
	EXPECT_CONTAINS(text, "'http' is not a number from 1 to 65535");
}
