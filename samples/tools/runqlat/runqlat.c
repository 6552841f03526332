// SPDX-License-Identifier: GPL-2.0
/*
 * Prints histograms of the time that threads wait for a CPU.
 */
#include "histogram.h"
#include "tool.h"

#define OBJECT "runqlat.rex.o"

/* The subject of a histogram, as in the program. */
enum {
	PER_NOTHING,
	PER_PROCESS,
	PER_THREAD,
	PER_NAMESPACE
};

struct histogram {
	__u64 slots[HISTOGRAM_SLOTS];
	char comm[16];
};

struct options {
	struct tool_cgroup cgroup;
	struct tool_intervals intervals;
	__s32 process;
	__u32 per;
	bool show_time;
	bool milliseconds;
};

#define OPT_PIDNSS 1

static const struct argp_option options[] = {
	{ "timestamp", 'T', NULL, 0, "Print the time", 0 },
	{ "milliseconds", 'm', NULL, 0, "Milliseconds, not microseconds", 0 },
	{ "pidnss", OPT_PIDNSS, NULL, 0, "A histogram for each PID namespace",
	  0 },
	{ "pids", 'P', NULL, 0, "A histogram for each process", 0 },
	{ "tids", 'L', NULL, 0, "A histogram for each thread", 0 },
	{ "pid", 'p', "PID", 0, "This process only", 0 },
	{ "cgroup", 'c', "FOLDER", 0, "Threads in this cgroup only", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'T':
		o->show_time = true;
		break;
	case 'm':
		o->milliseconds = true;
		break;
	case OPT_PIDNSS:
		o->per = PER_NAMESPACE;
		break;
	case 'P':
		o->per = PER_PROCESS;
		break;
	case 'L':
		o->per = PER_THREAD;
		break;
	case 'p':
		o->process = tool_id(state, arg);
		break;
	case 'c':
		tool_cgroup(state, arg, &o->cgroup);
		break;
	case ARGP_KEY_ARG:
		tool_interval(state, arg, &o->intervals);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[INTERVAL [COUNT]]",
	.doc = "Prints how long threads wait for a CPU.",
};

/* Prints the histograms, and begins new ones. */
static void print_histograms(const struct options *o, int map)
{
	static const char *const titles[] = { "", "pid", "tid", "pidns" };
	struct histogram histogram;
	size_t nr;
	__u32 *keys = tool_keys(map, sizeof(*keys), &nr);

	for (size_t i = 0; i < nr; i++) {
		if (bpf_map_lookup_and_delete_elem(map, &keys[i], &histogram))
			err(1, "HISTOGRAMS");
		putchar('\n');
		if (o->per == PER_NAMESPACE)
			printf("pidns = %u\n", keys[i]);
		else if (o->per)
			printf("%s = %u %.16s\n", titles[o->per], keys[i],
			       histogram.comm);
		print_histogram(histogram.slots,
				o->milliseconds ? "msecs" : "usecs");
	}
	free(keys);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct options o = { .intervals = { LONG_MAX, -1 } };
	struct tool tool;
	bool again;

	tool_parse(&argp, argc, argv, &o);
	tool = tool_open(OBJECT);
	tool_set(&tool, "CGROUP", o.cgroup);
	tool_set(&tool, "PROCESS", o.process);
	tool_set(&tool, "PER", o.per);
	tool_set(&tool, "MILLISECONDS", o.milliseconds);
	tool_load(&tool);
	tool_attach(&tool, "on_switch");
	tool_attach(&tool, "on_wakeup");
	tool_attach(&tool, "on_wakeup_new");
	sample_say("Tracing run queue latency... Press Ctrl-C to end.");
	do {
		again = tool_wait(&tool, &o.intervals);
		if (o.show_time)
			tool_say_clock();
		print_histograms(&o, tool_map(&tool, "HISTOGRAMS"));
	} while (again);
	tool_close(&tool);
	return 0;
}
