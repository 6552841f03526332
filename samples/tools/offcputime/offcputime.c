// SPDX-License-Identifier: GPL-2.0
/*
 * Prints how long threads were off the CPU, by their stacks.
 */
#include "stacks.h"
#include "tool.h"

#define OBJECT "offcputime.rex.o"

struct key {
	__s32 process;
	__s32 thread;
	__s32 kernel_stack;
	__s32 user_stack;
};

struct total {
	__u64 microseconds;
	char comm[16];
};

struct options {
	__s32 process;
	__s32 thread;
	bool user;
	bool kernel;
	__s64 state;
	__u64 min;
	__u64 max;
	struct tool_intervals duration;
};

#define OPT_STATE 1

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "This process only", 0 },
	{ "tid", 't', "TID", 0, "This thread only", 0 },
	{ "user-threads-only", 'u', NULL, 0, "Threads of processes only", 0 },
	{ "kernel-threads-only", 'k', NULL, 0, "Threads of the kernel only",
	  0 },
	{ "min-block-time", 'm', "US", 0, "Off the CPU for at least US", 0 },
	{ "max-block-time", 'M', "US", 0, "Off the CPU for at most US", 0 },
	{ "state", OPT_STATE, "STATE", 0,
	  "In this state only: 0 preempted, 1 interruptible, 2 not", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'p':
		o->process = tool_id(state, arg);
		break;
	case 't':
		o->thread = tool_id(state, arg);
		break;
	case 'u':
		o->user = true;
		break;
	case 'k':
		o->kernel = true;
		break;
	case 'm':
		o->min = tool_number(state, arg, 0, LONG_MAX);
		break;
	case 'M':
		o->max = tool_number(state, arg, 1, LONG_MAX);
		break;
	case OPT_STATE:
		o->state = tool_number(state, arg, 0, INT_MAX);
		break;
	case ARGP_KEY_ARG:
		tool_duration(state, arg, &o->duration);
		break;
	case ARGP_KEY_END:
		if (o->user && o->kernel)
			argp_error(state, "-u and -k exclude each other");
		if (o->min > o->max)
			argp_error(state, "-m has to be less than -M");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[DURATION]",
	.doc = "Prints how long threads were off the CPU, by their stacks.",
};

static void print_totals(const struct tool *tool)
{
	int totals = tool_map(tool, "TOTALS"),
	    stacks = tool_map(tool, "STACKS");
	struct total total;
	size_t nr;
	struct key *keys = tool_keys(totals, sizeof(*keys), &nr);

	for (size_t i = 0; i < nr; i++) {
		if (bpf_map_lookup_elem(totals, &keys[i], &total))
			err(1, "TOTALS");
		print_stack(stacks, keys[i].kernel_stack, 0);
		print_stack(stacks, keys[i].user_stack, keys[i].process);
		printf("    %-16s %.16s (%d)\n", "-", total.comm,
		       keys[i].thread);
		printf("        %llu\n\n", total.microseconds);
	}
	free(keys);
}

int main(int argc, char **argv)
{
	struct options o = {
		.state = -1,
		.min = 1,
		.max = -1,
		.duration = { LONG_MAX, 1 },
	};
	struct tool tool;

	tool_parse(&argp, argc, argv, &o);
	read_symbols();
	tool = tool_open(OBJECT);
	tool_set(&tool, "PROCESS", o.process);
	tool_set(&tool, "THREAD", o.thread);
	tool_set(&tool, "USER", o.user);
	tool_set(&tool, "KERNEL", o.kernel);
	tool_set(&tool, "STATE", o.state);
	tool_set(&tool, "MIN", o.min);
	tool_set(&tool, "MAX", o.max);
	tool_load(&tool);
	tool_attach(&tool, "on_switch");
	sample_say("Tracing off-CPU time... Press Ctrl-C to end.");
	tool_wait(&tool, &o.duration);
	print_totals(&tool);
	tool_close(&tool);
	return 0;
}
