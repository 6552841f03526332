// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the files that processes open, a line each, with their whole paths.
 */
#include "tool.h"

#define OBJECT "opensnoop.rex.o"

struct open {
	__u64 time;
	__u32 process;
	__u32 thread;
	__u32 user;
	__u32 flags;
	__s32 result;
	char comm[16];
	__u32 reserved;
	char path[];
};

struct options {
	__u32 process;
	__u32 thread;
	__u32 user;
	bool failed;
	bool show_time;
	bool show_user;
	bool show_flags;
	const char *name;
	long seconds;
};

static const struct argp_option options[] = {
	{ "timestamp", 'T', NULL, 0, "Print the time", 0 },
	{ "print-uid", 'U', NULL, 0, "Print the user's id", 0 },
	{ "extended-fields", 'e', NULL, 0, "Print the flags", 0 },
	{ "failed", 'x', NULL, 0, "Failures only", 0 },
	{ "pid", 'p', "PID", 0, "This process only", 0 },
	{ "tid", 't', "TID", 0, "This thread only", 0 },
	{ "uid", 'u', "UID", 0, "This user only", 0 },
	{ "name", 'n', "NAME", 0, "Processes whose name contains NAME", 0 },
	{ "duration", 'd', "SECONDS", 0, "End after SECONDS seconds", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'T':
		o->show_time = true;
		break;
	case 'U':
		o->show_user = true;
		break;
	case 'e':
		o->show_flags = true;
		break;
	case 'x':
		o->failed = true;
		break;
	case 'p':
		o->process = tool_id(state, arg);
		break;
	case 't':
		o->thread = tool_id(state, arg);
		break;
	case 'u':
		o->user = tool_number(state, arg, 0, INT_MAX);
		break;
	case 'n':
		o->name = arg;
		break;
	case 'd':
		o->seconds = tool_number(state, arg, 1, INT_MAX);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Prints the files that processes open, by their whole paths.",
};

static void print_title(const struct options *o)
{
	if (o->show_time)
		printf("%-8s ", "TIME");
	if (o->show_user)
		printf("%-6s ", "UID");
	printf("%-7s %-16s %3s %3s ", "PID", "COMM", "FD", "ERR");
	if (o->show_flags)
		printf("%-8s ", "FLAGS");
	sample_say("PATH");
}

static int print_open(void *ctx, void *data, size_t size)
{
	const struct options *o = ctx;
	const struct open *open = data;

	if (size <= sizeof(*open))
		return 0;
	if (o->name && !strstr(open->comm, o->name))
		return 0;
	if (o->show_time)
		sample_put_clock();
	if (o->show_user)
		printf("%-6u ", open->user);
	printf("%-7u %-16s %3d %3d ", open->process, open->comm,
	       open->result < 0 ? -1 : open->result,
	       open->result < 0 ? -open->result : 0);
	if (o->show_flags)
		printf("%08o ", open->flags);
	puts(open->path);
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .user = -1 };
	struct tool tool;

	tool_parse(&argp, argc, argv, &o);
	tool = tool_open(OBJECT);
	tool_set(&tool, "PROCESS", o.process);
	tool_set(&tool, "THREAD", o.thread);
	tool_set(&tool, "USER", o.user);
	tool_set(&tool, "FAILED", o.failed);
	tool_load(&tool);
	tool_attach(&tool, "on_open");
	print_title(&o);
	tool_follow(&tool, "OPENS", print_open, &o, o.seconds);
	tool_close(&tool);
	return 0;
}
