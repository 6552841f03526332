// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches the filter to network interfaces, and changes its rules.
 */
#include "interface.h"

#define OBJECT "xdp_filter.rex.o"
#define PIN_ROOT "/sys/fs/bpf/xdp_filter"
#define RULES PIN_ROOT "/rules"
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

static int filter(char **ifindexes, int count)
{
	struct rex_obj *obj = load();
	bool done = interfaces_run(ifindexes, count, "filtering",
				   must(rex_obj_program(obj, "xdp_rx_filter")),
				   must(rex_obj_program(obj, "xdp_tx_filter")));

	unlink(RULES);
	rmdir(PIN_ROOT);
	rex_obj_close(obj);
	return !done;
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
	else {
		interfaces_check(argv + 1, argc - 1, usage);
		return filter(argv + 1, argc - 1);
	}
	return 0;
}
