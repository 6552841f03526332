// SPDX-License-Identifier: GPL-2.0
/*
 * Prints TCP connections when they end, a line each.
 */
#include <arpa/inet.h>

#include "tool.h"

#define OBJECT "tcplife.rex.o"

struct session {
	__u8 from[16];
	__u8 to[16];
	char comm[16];
	__u64 duration;
	__u64 received;
	__u64 acked;
	__u32 process;
	__u16 from_port;
	__u16 to_port;
	__u16 family;
	__u16 reserved[3];
};

struct options {
	struct tool_ports local_ports;
	struct tool_ports peer_ports;
	__u32 process;
	__u16 family;
	bool show_time;
	int width;
};

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "This process only", 0 },
	{ "ipv4", '4', NULL, 0, "IPv4 only", 0 },
	{ "ipv6", '6', NULL, 0, "IPv6 only", 0 },
	{ "wide", 'w', NULL, 0, "Wide columns, for addresses of IPv6", 0 },
	{ "time", 'T', NULL, 0, "Print the time", 0 },
	{ "localport", 'L', "PORTS", 0, "With these ports on this side", 0 },
	{ "remoteport", 'D', "PORTS", 0, "With these ports of the peer", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'p':
		o->process = tool_id(state, arg);
		break;
	case '4':
		o->family = AF_INET;
		break;
	case '6':
		o->family = AF_INET6;
		break;
	case 'w':
		o->width = 39;
		break;
	case 'T':
		o->show_time = true;
		break;
	case 'L':
		tool_ports(state, arg, &o->local_ports);
		break;
	case 'D':
		tool_ports(state, arg, &o->peer_ports);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Prints TCP connections when they end, with their time and bytes.",
};

static int print_session(void *ctx, void *data, size_t size)
{
	char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
	const struct session *s = data;
	const struct options *o = ctx;

	if (size < sizeof(*s))
		return 0;
	inet_ntop(s->family, s->from, from, sizeof(from));
	inet_ntop(s->family, s->to, to, sizeof(to));
	if (o->show_time)
		sample_put_clock();
	printf("%-7u %-16s %-*s %-5u %-*s %-5u %-6.2f %-6.2f %.2f\n",
	       s->process, s->comm, o->width, from, s->from_port, o->width, to,
	       s->to_port, s->acked / 1024.0, s->received / 1024.0,
	       s->duration / 1e6);
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .width = 15 };
	struct tool tool;

	tool_parse(&argp, argc, argv, &o);
	tool = tool_open(OBJECT);
	tool_set(&tool, "PROCESS", o.process);
	tool_set(&tool, "FAMILY", o.family);
	tool_set(&tool, "LOCAL_PORTS", o.local_ports);
	tool_set(&tool, "PEER_PORTS", o.peer_ports);
	tool_load(&tool);
	tool_attach(&tool, "on_state");
	if (o.show_time)
		printf("%-8s ", "TIME");
	printf("%-7s %-16s %-*s %-5s %-*s %-5s %-6s %-6s ", "PID", "COMM",
	       o.width, "LADDR", "LPORT", o.width, "RADDR", "RPORT", "TX_KB",
	       "RX_KB");
	sample_say("MS");
	tool_follow(&tool, "SESSIONS", print_session, &o, 0);
	tool_close(&tool);
	return 0;
}
