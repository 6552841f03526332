// SPDX-License-Identifier: GPL-2.0
/*
 * Shows a table of the files that threads read and write, and refreshes it.
 */
#include <search.h>

#include "tool.h"

#define OBJECT "filetop.rex.o"
#define PATH_SIZE 4096

struct file {
	__u64 inode;
	__u32 device;
	__u32 reserved;
};

struct key {
	struct file file;
	__u32 process;
	__u32 thread;
};

struct counts {
	__u64 reads;
	__u64 writes;
	__u64 bytes_read;
	__u64 bytes_written;
	char comm[16];
	__u64 kind;
};

/* A record of the program. */
struct path {
	struct file file;
	char path[PATH_SIZE];
};

struct row {
	struct key key;
	struct counts counts;
};

enum sort {
	BY_ALL,
	BY_READS,
	BY_WRITES,
	BY_BYTES_READ,
	BY_BYTES_WRITTEN
};

struct options {
	struct tool_intervals intervals;
	__u32 process;
	bool all;
	bool no_clear;
	enum sort sort;
	size_t rows;
};

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "This process only", 0 },
	{ "noclear", 'C', NULL, 0, "Do not clear the screen", 0 },
	{ "all", 'a', NULL, 0, "Pipes, sockets and devices, too", 0 },
	{ "sort", 's', "COLUMN", 0,
	  "By all (the default), reads, writes, rbytes or wbytes", 0 },
	{ "rows", 'r', "ROWS", 0, "Print ROWS rows (default 20)", 0 },
	{},
};

static enum sort sort_of(struct argp_state *state, const char *name)
{
	static const char *const names[] = { "all", "reads", "writes", "rbytes",
					     "wbytes" };

	for (int i = 0; i < 5; i++)
		if (!strcmp(name, names[i]))
			return i;
	argp_error(state, "'%s' is not all, reads, writes, rbytes or wbytes",
		   name);
	return BY_ALL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'p':
		o->process = tool_id(state, arg);
		break;
	case 'C':
		o->no_clear = true;
		break;
	case 'a':
		o->all = true;
		break;
	case 's':
		o->sort = sort_of(state, arg);
		break;
	case 'r':
		o->rows = tool_number(state, arg, 1, 10240);
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
	.doc = "Shows the files that threads read and write, by their paths.",
};

/* ---- paths ---- */

static void *paths;

static int by_file(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct file));
}

/* Keeps the path of a file. A later one replaces it. */
static int keep_path(void *ctx, void *data, size_t size)
{
	const struct path *record = data;
	struct path *copy, **place;

	(void)ctx;
	if (size < sizeof(*record))
		return 0;
	copy = malloc(sizeof(*copy));
	if (!copy)
		err(1, "paths");
	*copy = *record;
	place = tsearch(copy, &paths, by_file);
	if (!place)
		err(1, "paths");
	if (*place != copy) {
		**place = *record;
		free(copy);
	}
	return 0;
}

static const char *path_of(const struct file *file)
{
	struct path **place = tfind(file, &paths, by_file);

	return place && *(*place)->path ? (*place)->path : "?";
}

/* ---- the table ---- */

static __u64 value_of(const struct counts *c, enum sort sort)
{
	switch (sort) {
	case BY_READS:
		return c->reads;
	case BY_WRITES:
		return c->writes;
	case BY_BYTES_READ:
		return c->bytes_read;
	case BY_BYTES_WRITTEN:
		return c->bytes_written;
	default:
		return c->reads + c->writes + c->bytes_read + c->bytes_written;
	}
}

static int by_value(const void *a, const void *b, void *sort)
{
	const struct row *ra = a, *rb = b;
	__u64 va = value_of(&ra->counts, *(enum sort *)sort);
	__u64 vb = value_of(&rb->counts, *(enum sort *)sort);

	return (va < vb) - (va > vb);
}

/* Returns the counts since the last table. */
static struct row *take_rows(int map, size_t *nr)
{
	struct key *keys = tool_keys(map, sizeof(*keys), nr);
	struct row *rows = calloc(*nr + 1, sizeof(*rows));

	if (!rows)
		err(1, "rows");
	for (size_t i = 0; i < *nr; i++) {
		rows[i].key = keys[i];
		if (bpf_map_lookup_and_delete_elem(map, &keys[i],
						   &rows[i].counts))
			err(1, "COUNTS");
	}
	free(keys);
	return rows;
}

static void print_table(const struct options *o, int map)
{
	char load[64] = "";
	FILE *f = fopen("/proc/loadavg", "re");
	enum sort sort = o->sort;
	struct row *rows;
	size_t nr;

	if (f && !fgets(load, sizeof(load), f))
		load[0] = '\0';
	if (f)
		fclose(f);
	if (!o->no_clear && isatty(STDOUT_FILENO))
		printf("\033[H\033[J");
	sample_put_clock();
	printf("loadavg: %s", load);
	printf("\n%-7s %-16s %-6s %-6s %-7s %-7s T FILE\n", "TID", "COMM",
	       "READS", "WRITES", "R_Kb", "W_Kb");
	rows = take_rows(map, &nr);
	qsort_r(rows, nr, sizeof(*rows), by_value, &sort);
	for (size_t i = 0; i < nr && i < o->rows; i++) {
		const struct counts *c = &rows[i].counts;

		printf("%-7u %-16.16s %-6llu %-6llu %-7llu %-7llu %c %s\n",
		       rows[i].key.thread, c->comm, c->reads, c->writes,
		       c->bytes_read / 1024, c->bytes_written / 1024,
		       (char)c->kind, path_of(&rows[i].key.file));
	}
	free(rows);
	sample_say("");
}

int main(int argc, char **argv)
{
	struct options o = { .intervals = { 1, -1 }, .rows = 20 };
	struct ring_buffer *ring;
	struct tool tool;
	bool again;

	tool_parse(&argp, argc, argv, &o);
	tool = tool_open(OBJECT);
	tool_set(&tool, "PROCESS", o.process);
	tool_set(&tool, "ALL", o.all);
	tool_load(&tool);
	ring = sample_ring(tool.obj, "PATHS", keep_path, NULL);
	tool_attach(&tool, "on_read");
	tool_attach(&tool, "on_write");
	sample_say("Tracing reads and writes... Press Ctrl-C to end.");
	do {
		again = tool_wait(&tool, &o.intervals);
		ring_buffer__consume(ring);
		print_table(&o, tool_map(&tool, "COUNTS"));
		tdestroy(paths, free);
		paths = NULL;
	} while (again);
	ring_buffer__free(ring);
	tool_close(&tool);
	return 0;
}
