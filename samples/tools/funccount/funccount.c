// SPDX-License-Identifier: GPL-2.0
/*
 * Counts calls of the functions of the kernel that match a pattern.
 */
#include "tool.h"

#define OBJECT "funccount.rex.o"

struct options {
	const char *pattern;
	__u32 process;
	long interval;
	long seconds;
	bool verbose;
};

struct line {
	const char *name;
	__u64 addr;
	__u64 calls;
};

static const char usage[] =
	"usage: funccount [-v] [-p PID] [-i INTERVAL] [-d SECONDS] PATTERN\n"
	"  -p  calls by this process only\n"
	"  -i  print and begin anew after INTERVAL seconds\n"
	"  -d  end after SECONDS seconds\n"
	"  -v  list functions that match and cannot be probed\n"
	"PATTERN is a name with *, ? and [..], as in 'vfs_*'";

static long seconds_of(void)
{
	long number;

	if (!sample_number(optarg, 1, INT_MAX, &number))
		errx(2, "%s", usage);
	return number;
}

static struct options parse(int argc, char **argv)
{
	struct options o = {};
	int opt;

	while ((opt = getopt(argc, argv, "vp:i:d:")) != -1) {
		switch (opt) {
		case 'v':
			o.verbose = true;
			break;
		case 'p':
			o.process = seconds_of();
			break;
		case 'i':
			o.interval = seconds_of();
			break;
		case 'd':
			o.seconds = seconds_of();
			break;
		default:
			errx(2, "%s", usage);
		}
	}
	if (optind != argc - 1)
		errx(2, "%s", usage);
	o.pattern = argv[optind];
	return o;
}

/* The calls of a function on all CPUs, which are then forgotten. */
static __u64 take_calls(int map, __u64 addr)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 calls[cpus], sum = 0;

	if (bpf_map_lookup_elem(map, &addr, calls))
		return 0;
	bpf_map_delete_elem(map, &addr);
	for (int i = 0; i < cpus; i++)
		sum += calls[i];
	return sum;
}

static int compare(const void *a, const void *b)
{
	const struct line *first = a, *second = b;

	if (first->calls != second->calls)
		return first->calls < second->calls ? 1 : -1;
	return strcmp(first->name, second->name);
}

static void print_counts(const struct rex_links *links, int map)
{
	size_t nr = rex_links_count(links);
	struct line *lines = calloc(nr, sizeof(*lines));

	if (!lines)
		err(1, "functions");
	for (size_t i = 0; i < nr; i++) {
		lines[i].name = rex_links_function(links, i, &lines[i].addr);
		lines[i].calls = take_calls(map, lines[i].addr);
	}
	qsort(lines, nr, sizeof(*lines), compare);
	printf("%-40s %8s\n", "FUNC", "COUNT");
	for (size_t i = 0; i < nr && lines[i].calls; i++)
		printf("%-40s %8llu\n", lines[i].name, lines[i].calls);
	sample_say("");
	free(lines);
}

static void print_skipped(const struct rex_links *links, bool verbose)
{
	const char *name;
	size_t nr = 0;

	while ((name = rex_links_skipped(links, nr))) {
		nr++;
		if (verbose)
			printf("cannot be probed: %s\n", name);
	}
	if (nr)
		printf("%zu functions match and cannot be probed\n", nr);
}

int main(int argc, char **argv)
{
	struct options o = parse(argc, argv);
	struct tool tool = tool_open(OBJECT);
	struct rex_links *links;
	time_t end;
	long wait;
	int map;

	tool_set(&tool, "PROCESS", o.process);
	tool_load(&tool);
	map = tool_map(&tool, "CALLS");
	links = must(
		rex_obj_attach_functions(tool.obj, "on_call", o.pattern, NULL));
	print_skipped(links, o.verbose);
	printf("Tracing %zu functions for \"%s\"... Press Ctrl-C to end.\n",
	       rex_links_count(links), o.pattern);
	fflush(stdout);
	end = o.seconds ? time(NULL) + o.seconds : 0;
	do {
		wait = o.interval ?: -1;
		if (end && (wait < 0 || time(NULL) + wait > end))
			wait = end - time(NULL);
		if (sample_interrupted(tool.signals,
				       wait < 0 ? -1 : wait * 1000))
			end = 1;
		sample_report_faults(tool.obj);
		print_counts(links, map);
	} while (!end || time(NULL) < end);
	rex_links_destroy(links);
	tool_close(&tool);
	return 0;
}
