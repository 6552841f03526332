/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads the replicas from the command line, and configures this replica's
 * programs.
 */
#ifndef ELECTRODE_CLUSTER_H
#define ELECTRODE_CLUSTER_H

#include <arpa/inet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "electrode.h"
#include "interface.h"

static const char usage[] =
	"usage: entry NUMBER VIEW REPLICA REPLICA REPLICA...\n"
	"The log's replicas are numbered from 0, as they are listed. This one is\n"
	"\"self\", others are DEVICE,MAC,ADDRESS. The leader is VIEW modulo their\n"
	"number: it reads operations from standard input, one a line.";

/* ---- the replicas ---- */

struct cluster {
	struct config config;
	__u32 view;
	struct peer peers[MAX_REPLICAS];
};

/* Looks up the addresses of this machine on the device of @peer. */
static inline void look_up_self(int sock, const char *device, struct peer *peer)
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

static inline struct peer parse_peer(int sock, const char *text)
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

static inline struct cluster parse(int sock, int argc, char **argv)
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

/* ---- the programs ---- */

static inline void tell(struct rex_obj *obj, const struct cluster *c)
{
	struct state state = { .view = c->view };
	__u32 zero = 0;

	if (bpf_map_update_elem(must_fd(rex_obj_map_fd(obj, "CONFIG")), &zero,
				&c->config, 0) ||
	    bpf_map_update_elem(must_fd(rex_obj_map_fd(obj, "STATE")), &zero,
				&state, 0))
		err(1, "cannot configure");
	for (__u32 i = 0; i < c->config.replicas; i++)
		if (bpf_map_update_elem(must_fd(rex_obj_map_fd(obj, "PEERS")),
					&i, &c->peers[i], 0))
			err(1, "cannot configure");
}

struct attached {
	struct interface interfaces[MAX_REPLICAS];
	int count;
};

static inline void detach(struct attached *a)
{
	while (a->count)
		interface_detach(&a->interfaces[--a->count]);
}

/* Attaches the programs to the devices of all peers, which may share them. */
static inline struct attached attach(struct rex_obj *obj,
				     const struct cluster *c)
{
	struct attached a = {};

	for (__u32 i = 0, k; i < c->config.replicas; i++) {
		__u32 ifindex = c->peers[i].ifindex;

		for (k = 0; k < i && c->peers[k].ifindex != ifindex; k++)
			;
		if (!ifindex || k < i)
			continue;
		if (!interface_attach(&a.interfaces[a.count], ifindex,
				      must(rex_obj_program(obj, "replica")),
				      must(rex_obj_program(obj, "broadcast")))) {
			detach(&a);
			exit(1); /* it has said why */
		}
		a.count++;
	}
	return a;
}

#endif
