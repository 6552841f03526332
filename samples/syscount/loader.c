// SPDX-License-Identifier: GPL-2.0
/*
 * Shows a table of the system calls that the programs of syscount have counted,
 * the most frequent ones first, and refreshes it.
 */
#include <time.h>

#include "sample.h"

#define OBJECT "syscount.rex.o"
#define NR_SYSCALLS 512

static const char *const names[NR_SYSCALLS] = {
#include "syscall_names.h"
};

struct stats {
	__u64 count;
	__u64 errors;
	__u64 returned;
	__u64 time;
};

struct row {
	__u32 nr;
	struct stats stats;
};

struct options {
	long seconds;
	long lines;
	long tables;
	long pid;
};

static struct options parse(int argc, char **argv)
{
	struct options o = { .seconds = 1, .lines = 20 };
	long *value;
	int opt;

	while ((opt = getopt(argc, argv, "i:n:c:p:")) != -1) {
		value = opt == 'i' ? &o.seconds :
			opt == 'n' ? &o.lines :
			opt == 'c' ? &o.tables :
				     &o.pid;
		if (opt == '?' || !sample_number(optarg, 1, INT_MAX, value))
			errx(2,
			     "usage: loader [-i SECONDS] [-n LINES] [-c TABLES] [-p PID]");
	}
	return o;
}

/* Returns the sum of all CPUs' numbers. */
static struct stats read_stats(int map, __u32 nr)
{
	static struct stats *cpus;
	int nr_cpus = libbpf_num_possible_cpus();
	struct stats sum = {};

	if (!cpus)
		cpus = calloc(nr_cpus, sizeof(*cpus));
	if (!cpus || bpf_map_lookup_elem(map, &nr, cpus))
		err(1, "SYSCALLS");
	for (int i = 0; i < nr_cpus; i++) {
		sum.count += cpus[i].count;
		sum.errors += cpus[i].errors;
		sum.returned += cpus[i].returned;
		sum.time += cpus[i].time;
	}
	return sum;
}

static int by_count(const void *a, const void *b)
{
	const struct row *ra = a, *rb = b;

	if (ra->stats.count != rb->stats.count)
		return ra->stats.count < rb->stats.count ? 1 : -1;
	return ra->nr < rb->nr ? -1 : 1;
}

static void print_row(const struct row *row)
{
	const struct stats *s = &row->stats;
	char number[16];

	snprintf(number, sizeof(number), "#%u", row->nr);
	printf("%-24s %10llu %10llu %12.2f %12.3f\n", names[row->nr] ?: number,
	       s->count, s->errors,
	       s->returned ? s->time / 1e3 / s->returned : 0.0, s->time / 1e6);
}

static void print_table(int map, long lines)
{
	struct row rows[NR_SYSCALLS];
	int nr = 0;

	for (__u32 i = 0; i < NR_SYSCALLS; i++) {
		rows[nr] = (struct row){ i, read_stats(map, i) };
		nr += rows[nr].stats.count || rows[nr].stats.returned;
	}
	qsort(rows, nr, sizeof(rows[0]), by_count);
	if (isatty(STDOUT_FILENO))
		printf("\033[H\033[J"); /* a live table: clear the screen */
	printf("%-24s %10s %10s %12s %12s\n", "SYSCALL", "COUNT", "ERRORS",
	       "AVERAGE us", "TOTAL ms");
	for (int i = 0; i < nr && i < lines; i++)
		print_row(&rows[i]);
	sample_say("");
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	int signals = sample_signals();
	struct rex_obj *obj = sample_load(OBJECT);
	struct bpf_link *enter, *leave;
	__u32 zero = 0, pid = options.pid;
	bool done = false;

	if (bpf_map_update_elem(must_fd(rex_obj_map_fd(obj, "PROCESS")), &zero,
				&pid, 0))
		err(1, "PROCESS");
	leave = must(rex_obj_attach(obj, "trace_syscall_exit"));
	enter = must(rex_obj_attach(obj, "trace_syscall_enter"));
	for (long table = 1; !done; table++) {
		done = sample_interrupted(signals, options.seconds * 1000) ||
		       table == options.tables;
		print_table(must_fd(rex_obj_map_fd(obj, "SYSCALLS")),
			    options.lines);
		sample_report_faults(obj);
	}
	bpf_link__destroy(enter);
	bpf_link__destroy(leave);
	rex_obj_close(obj);
	return 0;
}
