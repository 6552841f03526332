// SPDX-License-Identifier: GPL-2.0
/*
 * Prints histograms of the time that requests to block devices take.
 */
#include "histogram.h"
#include "tool.h"

#define OBJECT "biolatency.rex.o"
#define NAME_SIZE 32

struct key {
	__u32 disk;
	__u32 flags;
};

struct options {
	struct tool_cgroup cgroup;
	struct tool_intervals intervals;
	const char *disk;
	bool show_time;
	bool queued;
	bool per_disk;
	bool per_flags;
	bool milliseconds;
};

static const struct argp_option options[] = {
	{ "timestamp", 'T', NULL, 0, "Print the time", 0 },
	{ "milliseconds", 'm', NULL, 0, "Milliseconds, not microseconds", 0 },
	{ "queued", 'Q', NULL, 0, "With the time in the kernel's queue", 0 },
	{ "disk", 'D', NULL, 0, "A histogram for each disk", 0 },
	{ "flag", 'F', NULL, 0, "A histogram for each set of flags", 0 },
	{ "only", 'd', "DISK", 0, "Of this disk only", 0 },
	{ "cgroup", 'c', "FOLDER", 0, "Requests of tasks in this cgroup only",
	  0 },
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
	case 'Q':
		o->queued = true;
		break;
	case 'D':
		o->per_disk = true;
		break;
	case 'F':
		o->per_flags = true;
		break;
	case 'd':
		o->disk = arg;
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
	.doc = "Prints how long requests to block devices take.",
};

/* ---- disks and flags ---- */

/*
 * Finds a disk by its name, or by its number if the name is empty, and sets the
 * other. The kernel's device number has 20 bits for the minor number.
 */
static bool find_disk(char name[NAME_SIZE], __u32 *number)
{
	FILE *f = fopen("/proc/partitions", "re");
	unsigned int major, minor;
	char line[256], there[NAME_SIZE];
	bool found = false;

	if (!f)
		err(1, "/proc/partitions");
	while (!found && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%u %u %*u %31s", &major, &minor, there) != 3)
			continue;
		found = *name ? !strcmp(name, there) :
				*number == (major << 20 | minor);
	}
	fclose(f);
	if (found) {
		strcpy(name, there);
		*number = major << 20 | minor;
	}
	return found;
}

static void print_disk(__u32 number)
{
	char name[NAME_SIZE] = "";

	if (find_disk(name, &number))
		printf("disk = %s ", name);
	else
		printf("disk = %u:%u ", number >> 20, number & 0xfffff);
}

/* Names as in blktrace(8); the bits are those of linux/blk_types.h. */
static void print_flags(__u32 flags)
{
	static const char *const operations[] = { "Read", "Write", "Flush",
						  "Discard" };
	static const struct {
		int bit;
		const char *name;
	} names[] = {
		{ 11, "Sync-" },      { 12, "Metadata-" },
		{ 13, "Priority-" },  { 14, "NoMerge-" },
		{ 15, "Idle-" },      { 16, "Integrity-" },
		{ 17, "FUA-" },	      { 18, "PreFlush-" },
		{ 19, "ReadAhead-" }, { 20, "Background-" },
		{ 21, "NoWait-" },
	};
	__u32 operation = flags & 0xff;

	printf("flags = ");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & 1U << names[i].bit)
			printf("%s", names[i].name);
	if (operation < 4)
		printf("%s", operations[operation]);
	else
		printf("Operation%u", operation);
}

/* ---- histograms ---- */

/* Prints the histograms, and begins new ones. */
static void print_histograms(const struct options *o, int map)
{
	__u64 slots[HISTOGRAM_SLOTS];
	size_t nr;
	struct key *keys = tool_keys(map, sizeof(*keys), &nr);

	for (size_t i = 0; i < nr; i++) {
		if (bpf_map_lookup_and_delete_elem(map, &keys[i], slots))
			err(1, "HISTOGRAMS");
		putchar('\n');
		if (o->per_disk)
			print_disk(keys[i].disk);
		if (o->per_flags)
			print_flags(keys[i].flags);
		if (o->per_disk || o->per_flags)
			putchar('\n');
		print_histogram(slots, o->milliseconds ? "msecs" : "usecs");
	}
	free(keys);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct options o = { .intervals = { LONG_MAX, -1 } };
	char name[NAME_SIZE] = "";
	__u32 disk = -1;
	struct tool tool;
	bool again;

	tool_parse(&argp, argc, argv, &o);
	if (o.disk) {
		snprintf(name, sizeof(name), "%s", o.disk);
		if (!find_disk(name, &disk))
			errx(1, "there is no disk '%s'", o.disk);
	}
	tool = tool_open(OBJECT);
	tool_set(&tool, "DISK", disk);
	tool_set(&tool, "CGROUP", o.cgroup);
	tool_set(&tool, "PER_DISK", o.per_disk);
	tool_set(&tool, "PER_FLAGS", o.per_flags);
	tool_set(&tool, "QUEUED", o.queued);
	tool_set(&tool, "MILLISECONDS", o.milliseconds);
	tool_load(&tool);
	tool_attach(&tool, "on_complete");
	tool_attach(&tool, "on_issue");
	tool_attach(&tool, "on_insert");
	sample_say("Tracing block device I/O... Press Ctrl-C to end.");
	do {
		again = tool_wait(&tool, &o.intervals);
		if (o.show_time)
			tool_say_clock();
		print_histograms(&o, tool_map(&tool, "HISTOGRAMS"));
	} while (again);
	tool_close(&tool);
	return 0;
}
