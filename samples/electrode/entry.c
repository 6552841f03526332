// SPDX-License-Identifier: GPL-2.0
/*
 * A replica of a log: the part of it that is not in the kernel.
 */
#include <arpa/inet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "electrode.h"
#include "interface.h"

/* After so long without a quorum, an operation is sent again. */
#define RETRY_MS 2000
/* Nobody listens there: the tc program replaces it. */
#define GROUP 0xefff3039 /* 239.255.48.57 */

static const char usage[] =
	"usage: entry NUMBER VIEW REPLICA REPLICA REPLICA...\n"
	"The log's replicas are numbered from 0, as they are listed. This one is\n"
	"\"self\", others are DEVICE,MAC,ADDRESS. The leader is VIEW modulo their\n"
	"number: it reads operations from standard input, one a line.";

static const char *const counts[NR_COUNTS] = {
	"sent", "quorum", "pruned", "logged", "logged before", "refused", "left"
};

/* ---- who there is ---- */

struct cluster {
	struct config config;
	__u32 view;
	struct peer peers[MAX_REPLICAS];
};

/* What this machine is called on the device of @peer. */
static void look_up_self(int sock, const char *device, struct peer *peer)
{
	struct ifreq request = {};

	snprintf(request.ifr_name, IFNAMSIZ, "%s", device);
	if (ioctl(sock, SIOCGIFHWADDR, &request))
		err(1, "%s: MAC", device);
	memcpy(peer->own_mac, request.ifr_hwaddr.sa_data, 6);
	if (ioctl(sock, SIOCGIFADDR, &request))
		err(1, "%s: IP address", device);
	peer->own_address = ((struct sockaddr_in *)&request.ifr_addr)->sin_addr;
}

static struct peer parse_peer(int sock, const char *text)
{
	char device[IFNAMSIZ], ip[16];
	struct peer peer = {};
	__u8 *mac = peer.mac;

	if (sscanf(text, "%15[^,],%hhx:%hhx:%hhx:%hhx:%hhx:%hhx,%15[0-9.]",
		   device, mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5,
		   ip) != 8 ||
	    !inet_aton(ip, &peer.address))
		errx(2, "'%s' is not DEVICE,MAC,ADDRESS\n%s", text, usage);
	peer.ifindex = if_nametoindex(device);
	if (!peer.ifindex)
		err(1, "%s", device);
	look_up_self(sock, device, &peer);
	return peer;
}

static struct cluster parse(int sock, int argc, char **argv)
{
	struct cluster c = { .config.replicas = argc - 3 };
	long me, view;

	if (argc < 6 || argc > 3 + MAX_REPLICAS ||
	    !sample_number(argv[1], 0, argc - 4, &me) ||
	    !sample_number(argv[2], 0, UINT_MAX, &view))
		errx(2, "%s", usage);
	c.config.me = me;
	c.view = view;
	for (int i = 0; i < argc - 3; i++)
		if (!strcmp(argv[i + 3], "self") != (i == me))
			errx(2, "replica %ld is \"self\"\n%s", me, usage);
		else if (i != me)
			c.peers[i] = parse_peer(sock, argv[i + 3]);
	return c;
}

/* ---- the kernel's part ---- */

static void tell(struct rex_obj *obj, const struct cluster *c)
{
	struct state state = { .view = c->view };
	__u32 zero = 0;

	if (bpf_map_update_elem(sample_map(obj, "CONFIG"), &zero, &c->config,
				0) ||
	    bpf_map_update_elem(sample_map(obj, "STATE"), &zero, &state, 0))
		err(1, "cannot configure");
	for (__u32 i = 0; i < c->config.replicas; i++)
		if (bpf_map_update_elem(sample_map(obj, "PEERS"), &i,
					&c->peers[i], 0))
			err(1, "cannot configure");
}

struct attached {
	struct interface interfaces[MAX_REPLICAS];
	int count;
};

static void detach(struct attached *a)
{
	while (a->count)
		interface_detach(&a->interfaces[--a->count]);
}

/* To the devices of all peers, which may share them. */
static struct attached attach(struct rex_obj *obj, const struct cluster *c)
{
	struct attached a = {};

	for (__u32 i = 0, k; i < c->config.replicas; i++) {
		__u32 ifindex = c->peers[i].ifindex;

		for (k = 0; k < i && c->peers[k].ifindex != ifindex; k++)
			;
		if (!ifindex || k < i)
			continue;
		if (!interface_attach(&a.interfaces[a.count], ifindex,
				      sample_program(obj, "replica"),
				      sample_program(obj, "broadcast"))) {
			detach(&a);
			exit(1); /* it has said why */
		}
		a.count++;
	}
	return a;
}

static void show_counts(struct rex_obj *obj)
{
	__u64 count;

	for (__u32 i = 0; i < NR_COUNTS; i++) {
		if (bpf_map_lookup_elem(sample_map(obj, "COUNTS"), &i, &count))
			err(1, "counts");
		printf("%s%s %llu", i ? ", " : "", counts[i],
		       (unsigned long long)count);
	}
	sample_say("");
}

/* ---- both roles ---- */

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

/* Waits for one of the descriptors to be readable: its index; -1: time is over. */
static int wait_for(const int *fds, int count, int ms)
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

/* False: there is none, or it was damaged. */
static bool receive(int sock, struct message *m)
{
	ssize_t len = recv(sock, m, sizeof(*m), 0);

	if (len < 0 && errno != EAGAIN)
		err(1, "recv");
	return len >= (ssize_t)NUMBERS;
}

/* ---- leader ---- */

/* Multicasts leave by this interface, and are not received here, too. */
static void multicast_by(int sock, int ifindex)
{
	struct ip_mreqn by = { .imr_ifindex = ifindex };
	int zero = 0;

	if (setsockopt(sock, IPPROTO_IP, IP_MULTICAST_IF, &by, sizeof(by)) ||
	    setsockopt(sock, IPPROTO_IP, IP_MULTICAST_LOOP, &zero,
		       sizeof(zero)))
		err(1, "interface %d", ifindex);
}

/* Once: the tc program makes a packet for each of the others of it. */
static void send_prepare(int sock, const struct message *m, size_t len)
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

/* What comes of sending @m once. */
static enum answer await_quorum(int sock, int signals, const struct message *m)
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

/* Sends an operation until there is a quorum for it. False: interrupted. */
static bool replicate(int sock, int signals, const struct message *m,
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
 * The length of the next line, -1: that was the last one. One byte at a time:
 * there is no buffer that poll() does not know of.
 */
static ssize_t read_line(int signals, char *line, size_t size)
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

static void lead(const struct cluster *c, int sock, int signals)
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
	struct ring_buffer *log = ring_buffer__new(sample_map(obj, "LOG"),
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
