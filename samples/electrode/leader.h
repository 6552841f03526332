/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The leader's loop. Followers wait and receive in the same way.
 */
#ifndef ELECTRODE_LEADER_H
#define ELECTRODE_LEADER_H

#include "cluster.h"

/* After this time without a quorum, an operation is sent again. */
#define RETRY_MS 2000
/* No replica listens there: the tc program replaces it. */
#define GROUP 0xefff3039 /* 239.255.48.57 */

/* Waits until a descriptor is readable; returns its index, or -1 after @ms. */
static inline int wait_for(const int *fds, int count, int ms)
{
	struct pollfd polled[3];

	for (int i = 0; i < count; i++)
		polled[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	if (poll(polled, count, ms) < 0)
		err(1, "poll");
	for (int i = 0; i < count; i++)
		if (polled[i].revents)
			return i;
	return -1;
}

/* Receives a message; false if there is none or it is damaged. */
static inline bool receive(int sock, struct message *m)
{
	ssize_t len = recv(sock, m, sizeof(*m), 0);

	if (len < 0 && errno != EAGAIN)
		err(1, "recv");
	return len >= (ssize_t)NUMBERS;
}

/* Makes multicasts leave by this interface, and not come back to this machine.
 */
static inline void multicast_by(int sock, int ifindex)
{
	struct ip_mreqn by = { .imr_ifindex = ifindex };
	int zero = 0;

	if (setsockopt(sock, IPPROTO_IP, IP_MULTICAST_IF, &by, sizeof(by)) ||
	    setsockopt(sock, IPPROTO_IP, IP_MULTICAST_LOOP, &zero,
		       sizeof(zero)))
		err(1, "interface %d", ifindex);
}

/* Sends a PREPARE once: the tc program sends a copy to each other replica. */
static inline void send_prepare(int sock, const struct message *m, size_t len)
{
	struct sockaddr_in group = { .sin_family = AF_INET,
				     .sin_port = htons(PAXOS_PORT),
				     .sin_addr.s_addr = htonl(GROUP) };

	if (sendto(sock, m, NUMBERS + len, 0, (void *)&group, sizeof(group)) <
	    0)
		warn("operation %u", ntohl(m->op)); /* it is sent again */
}

enum answer {
	CHOSEN,
	TIMEOUT,
	INTERRUPTED
};

/* Sends @m once, and waits for the result. */
static inline enum answer await_quorum(int sock, int signals,
				       const struct message *m)
{
	const int fds[] = { signals, sock };
	struct message reply;
	int ready;

	while ((ready = wait_for(fds, 2, RETRY_MS)) == 1) {
		if (!receive(sock, &reply))
			continue;
		if (reply.kind == htonl(PREPARE_OK) && reply.op == m->op &&
		    reply.view == m->view)
			return CHOSEN;
		printf("unexpected message about %u\n", ntohl(reply.op));
	}
	return ready < 0 ? TIMEOUT : INTERRUPTED;
}

/* Sends an operation until there is a quorum for it; false if interrupted. */
static inline bool replicate(int sock, int signals, const struct message *m,
			     size_t len)
{
	enum answer answer;
	bool again = false;

	do {
		if (again)
			printf("no quorum for %u yet\n", ntohl(m->op));
		fflush(stdout);
		again = true;
		send_prepare(sock, m, len);
		answer = await_quorum(sock, signals, m);
	} while (answer == TIMEOUT);
	return answer == CHOSEN;
}

/*
 * Returns the length of the next line, -1 at the end. It reads single bytes,
 * since poll() does not see a buffer.
 */
static inline ssize_t read_line(int signals, char *line, size_t size)
{
	const int fds[] = { signals, STDIN_FILENO };
	size_t len = 0;
	char c;

	while (wait_for(fds, 2, -1) && read(STDIN_FILENO, &c, 1) == 1) {
		if (c == '\n')
			return len;
		if (len == size) {
			warnx("an operation has at most %zu bytes", size);
			return -1;
		}
		line[len++] = c;
	}
	return -1;
}

static inline void lead(const struct cluster *c, int sock, int signals)
{
	struct message m = { .magic = htonl(MAGIC),
			     .kind = htonl(PREPARE),
			     .view = htonl(c->view),
			     .replica = htonl(c->config.me) };
	ssize_t len;

	sample_say("leading");
	for (__u32 op = 1;; op++) {
		m.op = htonl(op);
		len = read_line(signals, m.operation, OPERATION);
		if (len < 0 || !replicate(sock, signals, &m, len))
			break;
		printf("chosen %u: %.*s\n", op, (int)len, m.operation);
		fflush(stdout);
	}
}

#endif
