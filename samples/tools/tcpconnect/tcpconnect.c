// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the TCP connections that processes open, a line each, or counts them.
 */
#include <arpa/inet.h>

#include "tool.h"

#define OBJECT "tcpconnect.rex.o"

struct flow {
	__u8 from[16];
	__u8 to[16];
	__u16 to_port;
	__u16 version;
};

struct connection {
	struct flow flow;
	__u32 process;
	__u32 user;
	__u32 from_port;
	char comm[16];
};

struct options {
	struct tool_cgroup cgroup;
	struct tool_ports ports;
	__u32 process;
	__u32 user;
	bool count;
	bool show_time;
	bool show_user;
	bool show_port;
};

static const struct argp_option options[] = {
	{ "count", 'c', NULL, 0, "Count connections, and print a table", 0 },
	{ "print-uid", 'U', NULL, 0, "Print the user's id", 0 },
	{ "pid", 'p', "PID", 0, "This process only", 0 },
	{ "uid", 'u', "UID", 0, "This user only", 0 },
	{ "source-port", 's', NULL, 0, "Print the port on this side", 0 },
	{ "port", 'P', "PORTS", 0, "To these ports only: 80,443", 0 },
	{ "timestamp", 't', NULL, 0, "Print the time", 0 },
	{ "cgroup", 'C', "FOLDER", 0, "Processes in this cgroup only", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'c':
		o->count = true;
		break;
	case 'U':
		o->show_user = true;
		break;
	case 'p':
		o->process = tool_id(state, arg);
		break;
	case 'u':
		o->user = tool_number(state, arg, 0, INT_MAX);
		break;
	case 's':
		o->show_port = true;
		break;
	case 'P':
		tool_ports(state, arg, &o->ports);
		break;
	case 't':
		o->show_time = true;
		break;
	case 'C':
		tool_cgroup(state, arg, &o->cgroup);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Prints the TCP connections that processes open.",
};

/* The addresses of @flow as text. */
static void to_text(const struct flow *flow, char from[INET6_ADDRSTRLEN],
		    char to[INET6_ADDRSTRLEN])
{
	bool v4 = flow->version == 4;

	inet_ntop(v4 ? AF_INET : AF_INET6, flow->from + (v4 ? 12 : 0), from,
		  INET6_ADDRSTRLEN);
	inet_ntop(v4 ? AF_INET : AF_INET6, flow->to + (v4 ? 12 : 0), to,
		  INET6_ADDRSTRLEN);
}

static void print_title(const struct options *o)
{
	if (o->show_time)
		printf("%-8s ", "TIME");
	if (o->show_user)
		printf("%-6s ", "UID");
	printf("%-7s %-16s %-2s %-25s %-25s ", "PID", "COMM", "IP", "SADDR",
	       "DADDR");
	if (o->show_port)
		printf("%-5s ", "SPORT");
	sample_say("DPORT");
}

static int print_connection(void *ctx, void *data, size_t size)
{
	char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
	const struct connection *c = data;
	const struct options *o = ctx;

	if (size < sizeof(*c))
		return 0;
	to_text(&c->flow, from, to);
	if (o->show_time)
		sample_put_clock();
	if (o->show_user)
		printf("%-6u ", c->user);
	printf("%-7u %-16s %-2u %-25s %-25s ", c->process, c->comm,
	       c->flow.version, from, to);
	if (o->show_port)
		printf("%-5u ", c->from_port);
	printf("%u\n", c->flow.to_port);
	return 0;
}

static void print_counts(int map)
{
	char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
	struct flow flow, *last = NULL;
	__u64 count;

	printf("\n%-25s %-25s %-5s %s\n", "LADDR", "RADDR", "RPORT",
	       "CONNECTS");
	for (; !bpf_map_get_next_key(map, last, &flow); last = &flow) {
		if (bpf_map_lookup_elem(map, &flow, &count))
			err(1, "COUNTS");
		to_text(&flow, from, to);
		printf("%-25s %-25s %-5u %llu\n", from, to, flow.to_port,
		       count);
	}
}

int main(int argc, char **argv)
{
	struct options o = { .user = -1 };
	struct tool tool;

	tool_parse(&argp, argc, argv, &o);
	tool = tool_open(OBJECT);
	tool_set(&tool, "PROCESS", o.process);
	tool_set(&tool, "USER", o.user);
	tool_set(&tool, "CGROUP", o.cgroup);
	tool_set(&tool, "PORTS", o.ports);
	tool_set(&tool, "COUNT", o.count);
	tool_load(&tool);
	tool_attach(&tool, "on_connect_v4");
	tool_attach(&tool, "on_connect_v6");
	if (o.count)
		sample_say("Counting connects... Press Ctrl-C to end.");
	else
		print_title(&o);
	tool_follow(&tool, "CONNECTIONS", print_connection, &o, 0);
	if (o.count)
		print_counts(tool_map(&tool, "COUNTS"));
	tool_close(&tool);
	return 0;
}
