// SPDX-License-Identifier: GPL-2.0
/*
 * Makes this machine a replica, or the leader of some. A replica prints what it
 * accepts.
 */
#include <arpa/inet.h>
#include <netinet/ether.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "interface.h"

#define OBJECT "electrode.rex.o"
#define MAX_REPLICAS 8
#define HEADER 20

static const char usage[] = "usage: entry replica VIEW NUMBER IFINDEX\n"
			    "       entry leader VIEW QUORUM IP/MAC/IFINDEX...";

struct config {
	__u32 view;
	__u32 me;
	__u32 replicas;
	__u32 quorum;
};

struct replica {
	struct in_addr ip;
	__u32 ifindex;
	struct ether_addr mac;
	struct ether_addr source;
};

static struct interface interfaces[MAX_REPLICAS];

static long number(const char *text)
{
	long n;

	if (!sample_number(text, 0, INT_MAX, &n))
		errx(2, "'%s' is not a number\n%s", text, usage);
	return n;
}

static struct ether_addr address_of(__u32 ifindex)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {};
	struct ether_addr mac;

	if (sock < 0 || !if_indextoname(ifindex, request.ifr_name) ||
	    ioctl(sock, SIOCGIFHWADDR, &request))
		err(1, "interface %u", ifindex);
	memcpy(&mac, request.ifr_hwaddr.sa_data, sizeof(mac));
	close(sock);
	return mac;
}

static struct replica parse_replica(const char *text)
{
	char ip[32], mac[32];
	struct ether_addr *ether;
	struct replica r = {};

	if (sscanf(text, "%31[^/]/%31[^/]/%u", ip, mac, &r.ifindex) != 3 ||
	    !inet_aton(ip, &r.ip))
		errx(2, "'%s' is not IP/MAC/IFINDEX", text);
	ether = ether_aton(mac);
	if (!ether)
		errx(2, "'%s' is not an Ethernet address", mac);
	r.mac = *ether;
	r.source = address_of(r.ifindex);
	return r;
}

static void store(struct rex_obj *obj, const char *map, __u32 key,
		  const void *value)
{
	if (bpf_map_update_elem(sample_map(obj, map), &key, value, BPF_ANY))
		err(1, "%s", map);
}

/* A message: magic, kind, view, number, sender; then the operation. */
static int print(void *ctx, void *data, size_t size)
{
	const __u32 *words = data;

	(void)ctx;
	if (size >= HEADER)
		printf("accepted %u.%u: %.*s\n", ntohl(words[2]),
		       ntohl(words[3]), (int)(size - HEADER),
		       (char *)data + HEADER);
	fflush(stdout);
	return 0;
}

static bool attach(struct interface *i, struct rex_obj *obj, int ifindex)
{
	return interface_attach(i, ifindex,
				sample_program(obj, "fast_paxos_rx"),
				sample_program(obj, "fast_paxos_tx"));
}

static void run(struct rex_obj *obj, int signals)
{
	struct ring_buffer *messages = ring_buffer__new(
		sample_map(obj, "accepted"), print, NULL, NULL);

	if (!messages)
		err(1, "accepted");
	sample_say("ready");
	while (!sample_interrupted(signals, 50))
		ring_buffer__consume(messages);
	ring_buffer__free(messages);
}

int main(int argc, char **argv)
{
	bool leads = argc > 1 && !strcmp(argv[1], "leader"), done;
	int count = argc - 4, attached = 0, signals;
	struct config config = {};
	struct replica replica;
	struct rex_obj *obj;

	if (count < 1 || count > (leads ? MAX_REPLICAS : 1) ||
	    (!leads && strcmp(argv[1], "replica")))
		errx(2, "%s", usage);
	config.view = number(argv[2]);
	*(leads ? &config.quorum : &config.me) = number(argv[3]);
	config.replicas = leads ? count : 0;
	signals = sample_signals();
	obj = sample_load(OBJECT);
	store(obj, "config", 0, &config);
	for (done = true; attached < count && done; attached += done) {
		if (!leads) {
			done = attach(&interfaces[0], obj, number(argv[4]));
			continue;
		}
		replica = parse_replica(argv[4 + attached]);
		store(obj, "replicas", attached, &replica);
		done = attach(&interfaces[attached], obj, replica.ifindex);
	}
	if (done)
		run(obj, signals);
	while (attached--)
		interface_detach(&interfaces[attached]);
	rex_obj_close(obj);
	return !done;
}
