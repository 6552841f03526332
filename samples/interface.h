/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loaders share these functions to attach an XDP program to the packets that
 * interfaces receive, and a tc program to those that they send.
 */
#ifndef REX_INTERFACE_H
#define REX_INTERFACE_H

#include <net/if.h>

#include "sample.h"

#define MAX_INTERFACES 64

struct interface {
	struct bpf_link *rx;
	struct bpf_tc_hook tx;
	struct bpf_tc_opts filter;
	bool made_hook;
};

/* Attaches both programs; prints a message and returns false on failure. */
static inline bool interface_attach(struct interface *i, int ifindex,
				    struct bpf_program *rx,
				    struct bpf_program *tx)
{
	int ret;

	i->tx = (struct bpf_tc_hook){ .sz = sizeof(i->tx),
				      .ifindex = ifindex,
				      .attach_point = BPF_TC_EGRESS };
	i->filter = (struct bpf_tc_opts){ .sz = sizeof(i->filter),
					  .prog_fd = bpf_program__fd(tx) };
	i->rx = bpf_program__attach_xdp(rx, ifindex);
	if (!i->rx) {
		warn("interface %d: xdp", ifindex);
		return false;
	}
	ret = bpf_tc_hook_create(&i->tx);
	i->made_hook = !ret;
	if (!ret || ret == -EEXIST) /* other programs may use it, too */
		ret = bpf_tc_attach(&i->tx, &i->filter);
	if (ret) {
		warnx("interface %d: tc: %s", ifindex, strerror(-ret));
		bpf_link__destroy(i->rx);
	}
	return !ret;
}

/* Detaches them, since tc programs stay attached otherwise. */
static inline void interface_detach(struct interface *i)
{
	i->filter.prog_fd = i->filter.prog_id = i->filter.flags = 0;
	bpf_tc_detach(&i->tx, &i->filter);
	if (i->made_hook) {
		i->tx.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
		bpf_tc_hook_destroy(&i->tx);
	}
	bpf_link__destroy(i->rx);
}

/* Ends this program unless all arguments are indexes of interfaces. */
static inline void interfaces_check(char **ifindexes, int count,
				    const char *usage)
{
	long ifindex;

	if (count < 1 || count > MAX_INTERFACES)
		errx(2, "%s", usage);
	for (int i = 0; i < count; i++)
		if (!sample_number(ifindexes[i], 1, INT_MAX, &ifindex))
			errx(2, "'%s' is not an interface's index\n%s",
			     ifindexes[i], usage);
}

/*
 * Attaches the programs to all interfaces, prints @doing, waits for Ctrl-C, and
 * detaches them. Returns false if it could not attach them.
 */
static inline bool interfaces_run(char **ifindexes, int count,
				  const char *doing, struct bpf_program *rx,
				  struct bpf_program *tx)
{
	struct interface interfaces[MAX_INTERFACES];
	int signals = sample_signals(), attached = 0;

	while (attached < count &&
	       interface_attach(&interfaces[attached],
				atoi(ifindexes[attached]), rx, tx))
		printf("%s on interface %s\n", doing, ifindexes[attached++]);
	fflush(stdout);
	if (attached == count)
		sample_interrupted(signals, -1);
	for (int i = 0; i < attached; i++)
		interface_detach(&interfaces[i]);
	return attached == count;
}

#endif
