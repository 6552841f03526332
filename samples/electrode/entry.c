// SPDX-License-Identifier: GPL-2.0
/*
 * The userspace of a replica of a log.
 */
#include "leader.h"

static const char *const counts[NR_COUNTS] = {
	"sent", "quorum", "pruned", "logged", "logged before", "refused", "left"
};

static void show_counts(struct rex_obj *obj)
{
	__u64 count;

	for (__u32 i = 0; i < NR_COUNTS; i++) {
		if (bpf_map_lookup_elem(must_fd(rex_obj_map_fd(obj, "COUNTS")),
					&i, &count))
			err(1, "counts");
		printf("%s%s %llu", i ? ", " : "", counts[i],
		       (unsigned long long)count);
	}
	sample_say("");
}

/* ---- follower ---- */

static int show_record(void *ctx, void *data, size_t size)
{
	const struct record *r = data;

	(void)ctx;
	if (size != sizeof(*r))
		errx(1, "a record of %zu bytes", size);
	printf("logged %u: %.*s\n", r->op, (int)r->len, r->operation);
	return 0;
}

static void follow(struct rex_obj *obj, int sock, int signals)
{
	struct ring_buffer *log =
		ring_buffer__new(must_fd(rex_obj_map_fd(obj, "LOG")),
				 show_record, NULL, NULL);
	struct message m;
	int fds[3] = { sock, -1, signals }, ready;

	if (!log)
		err(1, "log");
	fds[1] = ring_buffer__epoll_fd(log);
	sample_say("following");
	do {
		ready = wait_for(fds, 3, -1);
		if (ready == 0) {
			if (receive(sock, &m))
				printf("not for the fast path: %u of view %u\n",
				       ntohl(m.op), ntohl(m.view));
		} else if (ring_buffer__consume(log) < 0) {
			err(1, "log");
		}
		fflush(stdout);
	} while (ready != 2);
	ring_buffer__free(log);
}

static int open_socket(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(PAXOS_PORT) };
	int sock =
		socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (sock < 0 || bind(sock, (void *)&addr, sizeof(addr)))
		err(1, "port %d", PAXOS_PORT);
	return sock;
}

int main(int argc, char **argv)
{
	int sock = open_socket(), signals = sample_signals();
	struct cluster c = parse(sock, argc, argv);
	struct rex_obj *obj = sample_load("electrode.rex.o");
	struct attached attached;

	tell(obj, &c);
	multicast_by(sock, c.peers[!c.config.me].ifindex);
	attached = attach(obj, &c);
	if (c.view % c.config.replicas == c.config.me)
		lead(&c, sock, signals);
	else
		follow(obj, sock, signals);
	detach(&attached);
	show_counts(obj);
	rex_obj_close(obj);
	return 0;
}
