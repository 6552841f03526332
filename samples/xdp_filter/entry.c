// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches the filter to network interfaces, and changes its rules.
 */
#include <net/if.h>

#include "sample.h"

#define OBJECT "xdp_filter.rex.o"
#define PIN_ROOT "/sys/fs/bpf/xdp_filter"
#define RULES PIN_ROOT "/rules"
#define MAX_INTERFACES 64
#define BIT_TCP 1
#define BIT_UDP 2

static const char usage[] =
	"usage: entry IFINDEX...              filter, until Ctrl-C\n"
	"       entry add_rule PORT tcp|udp   drop packets to a port\n"
	"       entry del_rule PORT tcp|udp   let them pass\n"
	"       entry list                    show the rules";

/* ---- the rules of the filter that runs ---- */

static int open_rules(void)
{
	int fd = bpf_obj_get(RULES);

	if (fd < 0)
		err(1, "no filter runs: " RULES);
	return fd;
}

static __u32 parse_port(const char *text)
{
	long port;

	if (!sample_number(text, 0, 65535, &port))
		errx(2, "'%s' is not a port (0 to 65535)", text);
	return port;
}

static __u16 parse_protocol(const char *text)
{
	if (!strcmp(text, "tcp"))
		return BIT_TCP;
	if (!strcmp(text, "udp"))
		return BIT_UDP;
	errx(2, "'%s' is neither tcp nor udp", text);
}

static void add_rule(__u32 port, __u16 bit)
{
	int map = open_rules();
	__u16 mask = 0;

	if (bpf_map_lookup_elem(map, &port, &mask) && errno != ENOENT)
		err(1, "rules");
	mask |= bit;
	if (bpf_map_update_elem(map, &port, &mask, BPF_ANY))
		err(1, "cannot add the rule");
}

static void del_rule(__u32 port, __u16 bit)
{
	int map = open_rules();
	__u16 mask;

	if (bpf_map_lookup_elem(map, &port, &mask) || !(mask & bit))
		errx(1, "there is no such rule");
	mask &= ~bit;
	if (mask ? bpf_map_update_elem(map, &port, &mask, BPF_EXIST) :
		   bpf_map_delete_elem(map, &port))
		err(1, "cannot delete the rule");
}

static void list(void)
{
	int map = open_rules();
	__u32 port, *last = NULL;
	__u16 mask;

	while (!bpf_map_get_next_key(map, last, &port)) {
		last = &port;
		if (bpf_map_lookup_elem(map, &port, &mask))
			continue; /* deleted meanwhile */
		if (mask & BIT_TCP)
			printf("%u tcp\n", port);
		if (mask & BIT_UDP)
			printf("%u udp\n", port);
	}
}

/* ---- the filter ---- */

struct interface {
	struct bpf_link *rx;
	struct bpf_tc_hook tx;
	struct bpf_tc_opts filter;
	bool made_hook;
};

/* The rules are pinned for other processes as long as this one runs. */
static struct rex_obj *load(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .pin_root_path = PIN_ROOT);
	struct rex_obj *obj;

	if (!access(RULES, F_OK))
		errx(1,
		     "another filter runs (or was killed: remove " RULES ")");
	obj = rex_obj_open(sample_file(OBJECT), &opts);
	if (!obj || rex_obj_load_opened(obj))
		errx(1, "%s", rex_last_error());
	return obj;
}

static bool attach(struct interface *i, struct rex_obj *obj, int ifindex)
{
	struct bpf_program *tx = sample_program(obj, "xdp_tx_filter");
	int ret;

	i->tx = (struct bpf_tc_hook){ .sz = sizeof(i->tx),
				      .ifindex = ifindex,
				      .attach_point = BPF_TC_EGRESS };
	i->filter = (struct bpf_tc_opts){ .sz = sizeof(i->filter),
					  .prog_fd = bpf_program__fd(tx) };
	i->rx = bpf_program__attach_xdp(sample_program(obj, "xdp_rx_filter"),
					ifindex);
	if (!i->rx) {
		warn("interface %d: xdp", ifindex);
		return false;
	}
	ret = bpf_tc_hook_create(&i->tx);
	i->made_hook = !ret;
	if (!ret || ret == -EEXIST) /* others may use it, too */
		ret = bpf_tc_attach(&i->tx, &i->filter);
	if (ret) {
		warnx("interface %d: tc: %s", ifindex, strerror(-ret));
		bpf_link__destroy(i->rx);
	}
	return !ret;
}

/* tc keeps what is attached to it: this has to be undone by hand. */
static void detach(struct interface *i)
{
	i->filter.prog_fd = i->filter.prog_id = i->filter.flags = 0;
	bpf_tc_detach(&i->tx, &i->filter);
	if (i->made_hook) {
		i->tx.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
		bpf_tc_hook_destroy(&i->tx);
	}
	bpf_link__destroy(i->rx);
}

static int filter(struct rex_obj *obj, char **ifindexes, int count)
{
	struct interface interfaces[MAX_INTERFACES];
	int signals = sample_signals(), attached = 0;

	while (attached < count &&
	       attach(&interfaces[attached], obj, atoi(ifindexes[attached])))
		printf("filtering on interface %s\n", ifindexes[attached++]);
	fflush(stdout);
	if (attached == count)
		sample_interrupted(signals, -1);
	for (int i = 0; i < attached; i++)
		detach(&interfaces[i]);
	unlink(RULES);
	rmdir(PIN_ROOT);
	rex_obj_close(obj);
	return attached != count;
}

static void check_interfaces(char **ifindexes, int count)
{
	long ifindex;

	if (count > MAX_INTERFACES)
		errx(2, "at most %d interfaces", MAX_INTERFACES);
	for (int i = 0; i < count; i++)
		if (!sample_number(ifindexes[i], 1, INT_MAX, &ifindex))
			errx(2, "'%s' is not an interface's index\n%s",
			     ifindexes[i], usage);
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";

	if (argc == 4 && !strcmp(command, "add_rule"))
		add_rule(parse_port(argv[2]), parse_protocol(argv[3]));
	else if (argc == 4 && !strcmp(command, "del_rule"))
		del_rule(parse_port(argv[2]), parse_protocol(argv[3]));
	else if (argc == 2 && !strcmp(command, "list"))
		list();
	else if (argc < 2)
		errx(2, "%s", usage);
	else {
		check_interfaces(argv + 1, argc - 1);
		return filter(load(), argv + 1, argc - 1);
	}
	return 0;
}
