// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the processes that end, a line each, with the reason.
 */
#include <sys/wait.h>

#include "tool.h"

#define OBJECT "exitsnoop.rex.o"

struct exit {
	__u64 age;
	__s32 process;
	__s32 parent;
	__s32 thread;
	__s32 status;
	char comm[16];
};

struct options {
	struct tool_cgroup cgroup;
	__u32 process;
	bool failed;
	bool threads;
	bool show_time;
};

static const struct argp_option options[] = {
	{ "timestamp", 't', NULL, 0, "Print the time", 0 },
	{ "failed", 'x', NULL, 0, "Failures only", 0 },
	{ "pid", 'p', "PID", 0, "This process only", 0 },
	{ "threaded", 'T', NULL, 0, "Each thread, not each process", 0 },
	{ "cgroup", 'c', "FOLDER", 0, "Processes in this cgroup only", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 't':
		o->show_time = true;
		break;
	case 'x':
		o->failed = true;
		break;
	case 'p':
		o->process = tool_id(state, arg);
		break;
	case 'T':
		o->threads = true;
		break;
	case 'c':
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
	.doc = "Prints the processes that end, and the reason.",
};

static int print_exit(void *ctx, void *data, size_t size)
{
	const struct options *o = ctx;
	const struct exit *exit = data;
	int signal = WTERMSIG(exit->status);

	if (size < sizeof(*exit))
		return 0;
	if (o->show_time)
		sample_put_clock();
	printf("%-16s %-7d %-7d %-7d %-7.2f ", exit->comm, exit->process,
	       exit->parent, exit->thread, exit->age / 1e9);
	if (!exit->status)
		puts("0");
	else if (!signal)
		printf("code %d\n", WEXITSTATUS(exit->status));
	else
		printf("signal %d (%s)%s\n", signal, strsignal(signal),
		       WCOREDUMP(exit->status) ? ", core dumped" : "");
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = {};
	struct tool tool;

	tool_parse(&argp, argc, argv, &o);
	tool = tool_open(OBJECT);
	tool_set(&tool, "PROCESS", o.process);
	tool_set(&tool, "CGROUP", o.cgroup);
	tool_set(&tool, "FAILED", o.failed);
	tool_set(&tool, "THREADS", o.threads);
	tool_load(&tool);
	tool_attach(&tool, "on_exit");
	if (o.show_time)
		printf("%-8s ", "TIME");
	printf("%-16s %-7s %-7s %-7s %-7s ", "PCOMM", "PID", "PPID", "TID",
	       "AGE(s)");
	sample_say("EXIT_CODE");
	tool_follow(&tool, "EXITS", print_exit, &o, 0);
	tool_close(&tool);
	return 0;
}
