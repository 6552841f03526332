// SPDX-License-Identifier: GPL-2.0
/*
 * Samples the stacks that run on CPUs, and prints them with their counts.
 */
#include <linux/perf_event.h>
#include <sys/syscall.h>

#include "eh_frame.h"
#include "stacks.h"
#include "tool.h"

#define OBJECT "profile.rex.o"
#define MAX_ROWS (1 << 18)

struct key {
	__u32 process;
	__s32 kernel_stack;
	__s32 user_stack;
	__u32 reserved;
	__u64 unwound;
	char comm[16];
};

struct sample {
	struct key key;
	__u64 count;
};

struct options {
	__u32 process;
	__u32 thread;
	bool user;
	bool kernel;
	bool idle;
	bool folded;
	bool delimited;
	bool eh_frame;
	int cpu;
	__u64 frequency;
	struct tool_intervals duration;
};

enum {
	OPT_CPU = 1,
	OPT_EH_FRAME
};

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "This process only", 0 },
	{ "tid", 'L', "TID", 0, "This thread only", 0 },
	{ "user-stacks-only", 'U', NULL, 0, "Stacks of processes only", 0 },
	{ "kernel-stacks-only", 'K', NULL, 0, "Stacks of the kernel only", 0 },
	{ "frequency", 'F', "HZ", 0, "So often in a second (default 49)", 0 },
	{ "delimited", 'd', NULL, 0, "A line between both stacks", 0 },
	{ "include-idle", 'I', NULL, 0, "The idle tasks, too", 0 },
	{ "folded", 'f', NULL, 0, "A line for each stack, for flame graphs",
	  0 },
	{ "eh-frame", OPT_EH_FRAME, NULL, 0,
	  "Find stacks of the process of -p without frame pointers", 0 },
	{ "cpu", OPT_CPU, "CPU", 0, "This CPU only", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'p':
		o->process = tool_id(state, arg);
		break;
	case 'L':
		o->thread = tool_id(state, arg);
		break;
	case 'U':
		o->user = true;
		break;
	case 'K':
		o->kernel = true;
		break;
	case 'F':
		o->frequency = tool_number(state, arg, 1, 100000);
		break;
	case 'd':
		o->delimited = true;
		break;
	case 'I':
		o->idle = true;
		break;
	case 'f':
		o->folded = true;
		break;
	case OPT_CPU:
		o->cpu = tool_number(state, arg, 0, INT_MAX);
		break;
	case OPT_EH_FRAME:
		o->eh_frame = true;
		break;
	case ARGP_KEY_ARG:
		tool_duration(state, arg, &o->duration);
		break;
	case ARGP_KEY_END:
		if (o->user && o->kernel)
			argp_error(state, "-U and -K exclude each other");
		if (o->eh_frame && (!o->process || o->kernel))
			argp_error(state, "--eh-frame goes with -p");
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
	.doc = "Samples what CPUs do, and prints stacks with their counts.",
};

/* A CPU that is offline is left out. */
static void sample_cpu(struct tool *tool, const struct options *o, int cpu)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_freq = o->frequency,
		.freq = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1,
			 PERF_FLAG_FD_CLOEXEC);

	if (fd < 0 && errno == ENODEV && o->cpu < 0)
		return;
	if (fd < 0)
		err(1, "the clock of CPU %d", cpu);
	tool_keep(tool,
		  bpf_program__attach_perf_event(must(rex_obj_program(tool->obj,
								      "on_sample")),
						 fd),
		  "the clock of a CPU");
}

static int by_count(const void *a, const void *b)
{
	const struct sample *sa = a, *sb = b;

	return (sa->count > sb->count) - (sa->count < sb->count);
}

/* ---- stacks without frame pointers ---- */

static struct unwind_table rows_of(int pid)
{
	struct unwind_table table = unwind_table_of(pid);

	if (!table.nr)
		errx(1, "process %d has no section .eh_frame", pid);
	if (table.nr > MAX_ROWS)
		errx(1, "process %d has %zu rows in .eh_frame, of %d at most",
		     pid, table.nr, MAX_ROWS);
	return table;
}

static void store_table(struct tool *tool, const struct unwind_table *table)
{
	__u32 *keys = calloc(table->nr + 1, sizeof(*keys)), nr = table->nr;

	if (!keys)
		err(1, "TABLE");
	for (__u32 i = 0; i < nr; i++)
		keys[i] = i;
	if (nr && bpf_map_update_batch(tool_map(tool, "TABLE"), keys,
				       table->rows, &nr, NULL))
		err(1, "TABLE");
	free(keys);
}

/* ---- output ---- */

/* Returns the stack of the process, found in either way. */
static bool user_stack(const struct tool *tool, const struct key *key,
		       struct stack *stack)
{
	if (key->unwound)
		return read_frames(tool_map(tool, "UNWOUND"), &key->unwound,
				   key->process, stack);
	return read_stack(tool_map(tool, "STACKS"), key->user_stack,
			  key->process, stack);
}

/* Prints the outermost function first, each after a semicolon. */
static void print_folded(const struct stack *stack)
{
	for (int i = stack->depth - 1; i >= 0; i--)
		printf(";%s%s", frame_name(stack, i), stack->pid ? "" : "_[k]");
}

static void print_sample(const struct tool *tool, const struct options *o,
			 const struct sample *sample)
{
	const struct key *key = &sample->key;
	struct stack kernel, user;
	bool has_kernel = read_stack(tool_map(tool, "STACKS"),
				     key->kernel_stack, 0, &kernel);
	bool has_user = user_stack(tool, key, &user);

	if (o->folded) {
		printf("%.16s", key->comm);
		if (has_user)
			print_folded(&user);
		if (o->delimited && has_kernel && has_user)
			printf(";-");
		if (has_kernel)
			print_folded(&kernel);
		printf(" %llu\n", sample->count);
		return;
	}
	if (has_kernel)
		print_frames(&kernel);
	if (o->delimited && has_kernel && has_user)
		puts("    --");
	if (has_user)
		print_frames(&user);
	printf("    %-16s %.16s (%u)\n", "-", key->comm, key->process);
	printf("        %llu\n\n", sample->count);
}

static void print_samples(const struct tool *tool, const struct options *o)
{
	int counts = tool_map(tool, "COUNTS");
	size_t nr;
	struct key *keys = tool_keys(counts, sizeof(*keys), &nr);
	struct sample *samples = calloc(nr + 1, sizeof(*samples));

	if (!samples)
		err(1, "samples");
	for (size_t i = 0; i < nr; i++) {
		samples[i].key = keys[i];
		if (bpf_map_lookup_elem(counts, &keys[i], &samples[i].count))
			err(1, "COUNTS");
	}
	qsort(samples, nr, sizeof(*samples), by_count);
	for (size_t i = 0; i < nr; i++)
		print_sample(tool, o, &samples[i]);
	free(samples);
	free(keys);
}

int main(int argc, char **argv)
{
	struct options o = {
		.cpu = -1,
		.frequency = 49,
		.duration = { LONG_MAX, 1 },
	};
	int cpus = sysconf(_SC_NPROCESSORS_CONF);
	struct unwind_table table = {};
	struct tool tool;

	tool_parse(&argp, argc, argv, &o);
	read_symbols();
	if (o.eh_frame)
		table = rows_of(o.process);
	tool = tool_open(OBJECT);
	tool_set(&tool, "PROCESS", o.process);
	tool_set(&tool, "THREAD", o.thread);
	tool_set(&tool, "USER", o.user);
	tool_set(&tool, "KERNEL", o.kernel);
	tool_set(&tool, "IDLE", o.idle);
	tool_set(&tool, "ROWS", (__u32)table.nr);
	tool_load(&tool);
	store_table(&tool, &table);
	for (int cpu = 0; cpu < cpus; cpu++)
		if (o.cpu < 0 || cpu == o.cpu)
			sample_cpu(&tool, &o, cpu);
	if (!tool.nr_links)
		errx(1, "there is no CPU %d", o.cpu);
	fprintf(stderr, "Sampling at %llu Hz... Press Ctrl-C to end.\n",
		o.frequency);
	tool_wait(&tool, &o.duration);
	print_samples(&tool, &o);
	tool_close(&tool);
	return 0;
}
