// SPDX-License-Identifier: GPL-2.0
/*
 * The tool tcplife prints the connections of this process, with the bytes sent
 * and received.
 */
#include "rex_sample.h"
#include "rex_tcp.h"

#define PORT 8083
#define SENT_KB 100
#define ANSWER_KB 20

static struct sample *start(const char *options)
{
	char line[128];
	struct sample *s;

	snprintf(line, sizeof(line), "./tcplife %s", options);
	s = start_sample("tools/tcplife", line);
	await_sample(s, "MS\n"); /* it is attached */
	return s;
}

static void send_kb(int from, int to, int kb)
{
	char bytes[1024] = {};

	for (int i = 0; i < kb; i++) {
		ASSERT_EQ(write(from, bytes, sizeof(bytes)), 1024);
		ASSERT_EQ(recv(to, bytes, sizeof(bytes), MSG_WAITALL), 1024);
	}
}

/*
 * Makes a connection of this duration, which the client or the server closes
 * first. Returns the client's port.
 */
static __u16 talk(int family, const char *address, int listener, int ms,
		  bool server_first)
{
	struct tcp_pair pair = tcp_connect(family, address, PORT, listener);
	int first = server_first ? pair.server : pair.client;
	int last = server_first ? pair.client : pair.server;
	char byte;

	send_kb(pair.client, pair.server, SENT_KB);
	send_kb(pair.server, pair.client, ANSWER_KB);
	ksft_pause_ms(ms);
	close(first);
	ASSERT_EQ(read(last, &byte, 1), 0);
	close(last);
	return pair.port;
}

/* Checks the line of one side of a connection, and returns its milliseconds. */
static double line_of(struct sample *s, const char *from, int from_port,
		      const char *to, int to_port, double sent, double received)
{
	char begin[256], *line, bytes[32];
	double ms;

	snprintf(begin, sizeof(begin), "\n%-7d %-16s %-15s %-5d %-15s %-5d ",
		 getpid(), "tcplife", from, from_port, to, to_port);
	await_sample(s, begin);
	line = strstr(s->text, begin) + strlen(begin);
	while (!strchr(line, '\n'))
		ASSERT(read_sample(s, 1000));
	snprintf(bytes, sizeof(bytes), "%-6.2f %-6.2f ", sent, received);
	EXPECT_MSG(!strncmp(line, bytes, strlen(bytes)), "no %s in %s", bytes,
		   s->text);
	ms = strtod(line + strlen(bytes), NULL);
	return ms;
}

static void both_sides(struct sample *s, const char *address, int port,
		       int least)
{
	double client =
		line_of(s, address, port, address, PORT, SENT_KB, ANSWER_KB);
	double server =
		line_of(s, address, PORT, address, port, ANSWER_KB, SENT_KB);

	EXPECT_MSG(client >= least && client < least + 5000, "%f ms", client);
	EXPECT_MSG(server >= least && server < least + 5000, "%f ms", server);
}

TEST(both_sides_of_a_connection_have_their_bytes_and_time)
{
	struct sample *s = start("-4");
	int listener = tcp_listen(AF_INET, PORT);
	__u16 first = talk(AF_INET, "127.0.0.1", listener, 50, false);
	__u16 second = talk(AF_INET, "127.0.0.1", listener, 400, true);

	both_sides(s, "127.0.0.1", first, 50);
	both_sides(s, "127.0.0.1", second, 400);
	EXPECT_EQ(sample_lines(s), 1 + 4);
	stop_sample(s);
}

TEST(ipv6_and_ports)
{
	char options[64];
	int listener = tcp_listen(AF_INET6, PORT);
	struct sample *s = start("-6 -D 8083"), *none;
	__u16 port;

	snprintf(options, sizeof(options), "-L 99 -p %d", getpid());
	none = start(options);
	port = talk(AF_INET6, "::1", listener, 10, false);
	line_of(s, "::1", port, "::1", PORT, SENT_KB, ANSWER_KB);
	EXPECT_EQ(sample_lines(s), 1 + 1);
	stop_sample(s);
	stop_sample(none);
	EXPECT_EQ(sample_lines(none), 1);
}

TEST(bad_options_are_refused)
{
	char *text;

	ASSERT_EQ(run_sample("tools/tcplife", "./tcplife -D 0", &text), 2);
	EXPECT_CONTAINS(text, "'0' is not a number from 1 to 65535");
}
