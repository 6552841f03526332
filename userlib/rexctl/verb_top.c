// SPDX-License-Identifier: GPL-2.0
#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "verbs.h"

static bool top_once;
static unsigned long top_interval = 1000; /* milliseconds */

/* Columns, and the key that sorts by each, the largest first. */
static const struct rexctl_field top_fields[] = {
	{ "id", "ID", REXCTL_TEXT },
	{ "name", "PROGRAM", REXCTL_TEXT },
	{ "type", "TYPE", REXCTL_TEXT },
	{ "runs_per_s", "RUNS/S", REXCTL_RATE },
	{ "ns_per_run", "TIME/RUN", REXCTL_NS },
	{ "cpu_percent", "CPU", REXCTL_PERCENT },
	{ "faults", "FAULTS", REXCTL_TEXT },
	{ "heap_used", "HEAP", REXCTL_KIB },
	{ "state", "STATE", REXCTL_TEXT },
	{ 0 },
};

static const struct top_sort {
	char key;
	const char *name; /* of the option --sort */
	const char *field;
} top_sorts[] = {
	{ 'c', "cpu", "cpu_percent" }, { 'r', "runs", "runs_per_s" },
	{ 't', "time", "ns_per_run" }, { 'f', "faults", "faults" },
	{ 'h', "heap", "heap_used" },  { 'i', "id", "id" },
};

static const struct top_sort *top_sort = &top_sorts[0];

/* The counters of a program at the beginning of the interval. */
struct top_before {
	__u32 id;
	__u64 runs;
	__u64 run_cnt;
	__u64 run_time_ns;
};

struct top {
	struct top_before *before;
	size_t nr_before;
	struct timespec when;
	json_t *rows;
	int stats; /* the kernel measures times while this is open */
};

static const struct top_before *top_find(const struct top *top, __u32 id)
{
	size_t i;

	for (i = 0; i < top->nr_before; i++)
		if (top->before[i].id == id)
			return &top->before[i];
	return NULL;
}

static json_t *top_row(const struct top *top, const struct rexctl_prog *prog,
		       double seconds)
{
	const struct top_before *before = top_find(top, prog->id);
	json_t *row = rexctl_prog_json(prog);
	__u64 runs, time;

	if (!before || seconds <= 0)
		return row;
	json_object_set_new(row, "runs_per_s",
			    json_real((prog->info.runs - before->runs) /
				      seconds));
	if (top->stats < 0)
		return row;
	runs = prog->run_cnt - before->run_cnt;
	time = prog->run_time_ns - before->run_time_ns;
	json_object_set_new(row, "cpu_percent",
			    json_real(time / seconds / 1e7));
	if (runs)
		json_object_set_new(row, "ns_per_run",
				    json_real((double)time / runs));
	return row;
}

static int top_compare(const void *a, const void *b)
{
	double x = json_number_value(
		json_object_get(*(json_t *const *)a, top_sort->field));
	double y = json_number_value(
		json_object_get(*(json_t *const *)b, top_sort->field));

	if (x != y)
		return x < y ? 1 : -1;
	return strcmp(rexctl_json_get(*(json_t *const *)a, "name"),
		      rexctl_json_get(*(json_t *const *)b, "name"));
}

static json_t *top_sorted(const json_t *rows)
{
	size_t i, nr = json_array_size(rows);
	json_t **all = calloc(nr ?: 1, sizeof(*all)), *sorted = json_array();

	for (i = 0; all && i < nr; i++)
		all[i] = json_array_get(rows, i);
	if (all)
		qsort(all, nr, sizeof(*all), top_compare);
	for (i = 0; all && i < nr; i++)
		json_array_append(sorted, all[i]);
	free(all);
	return sorted;
}

static void top_remember(struct top *top, const struct rexctl_progs *progs)
{
	size_t i;

	free(top->before);
	top->before = calloc(progs->nr ?: 1, sizeof(*top->before));
	top->nr_before = top->before ? progs->nr : 0;
	for (i = 0; i < top->nr_before; i++)
		top->before[i] = (struct top_before){
			.id = progs->progs[i].id,
			.runs = progs->progs[i].info.runs,
			.run_cnt = progs->progs[i].run_cnt,
			.run_time_ns = progs->progs[i].run_time_ns,
		};
}

/* Ends an interval and begins the next one. */
static int top_sample(struct top *top)
{
	struct rexctl_progs progs;
	struct timespec now;
	int status = rexctl_progs_read(&progs, NULL);
	double seconds;
	size_t i;

	clock_gettime(CLOCK_MONOTONIC, &now);
	seconds = top->when.tv_sec ?
			  now.tv_sec - top->when.tv_sec +
				  (now.tv_nsec - top->when.tv_nsec) / 1e9 :
			  0;
	json_decref(top->rows);
	top->rows = json_array();
	for (i = 0; !status && i < progs.nr; i++)
		json_array_append_new(top->rows,
				      top_row(top, &progs.progs[i], seconds));
	top_remember(top, &progs);
	top->when = now;
	rexctl_progs_free(&progs);
	return status;
}

static int top_run_once(struct top *top)
{
	int status = top_sample(top);

	if (status)
		return status;
	usleep(top_interval * 1000);
	status = top_sample(top);
	if (!status)
		rexctl_put_table(top_sorted(top->rows), top_fields);
	return status;
}

/* ---- the live table ----------------------------------------------------------- */

static void top_draw(const struct top *top)
{
	json_t *rows = top_sorted(top->rows);
	char *text = rexctl_table_text(rows, top_fields), *line, *save = NULL;
	int y = 2;

	erase();
	mvprintw(0, 0, "rexctl top: %zu programs, by %s%s",
		 json_array_size(rows), top_sort->name,
		 top->stats < 0 ? "; the kernel measures no times" : "");
	for (line = strtok_r(text, "\n", &save); line && y < LINES - 1;
	     line = strtok_r(NULL, "\n", &save)) {
		if (y == 2)
			attron(A_REVERSE);
		mvaddnstr(y++, 0, line, COLS);
		attroff(A_REVERSE);
	}
	mvaddnstr(LINES - 1, 0,
		  "sort by: c cpu  r runs  t time  f faults  h heap  i id   q quit",
		  COLS);
	refresh();
	free(text);
	json_decref(rows);
}

/* Handles a key: false at the end. */
static bool top_key(int key)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(top_sorts); i++)
		if (top_sorts[i].key == key)
			top_sort = &top_sorts[i];
	return key != 'q' && key != 3;
}

static long top_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int top_run_live(struct top *top)
{
	long next, left;
	int status, key;

	if (!isatty(STDOUT_FILENO) || !newterm(NULL, stdout, stdin)) {
		rexctl_fail(REXCTL_USAGE,
			    "standard output is no terminal that ncurses knows");
		rexctl_hint("rexctl top --once prints the table");
		return REXCTL_USAGE;
	}
	raw();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	do {
		status = top_sample(top);
		next = top_ms() + (long)top_interval;
		do {
			top_draw(top);
			left = next - top_ms();
			timeout(left > 0 ? left : 0);
			key = status ? 'q' : getch();
		} while (top_key(key) && key != ERR);
	} while (key == ERR);
	endwin();
	return status;
}

static int top_run(void)
{
	struct top top = { .stats = bpf_enable_stats(BPF_STATS_RUN_TIME) };
	int status;

	status = top_once || rexctl_json ? top_run_once(&top) :
					   top_run_live(&top);
	if (top.stats >= 0)
		close(top.stats);
	json_decref(top.rows);
	free(top.before);
	return status;
}

static const struct argp_option top_options[] = {
	{ "once", '1', NULL, 0, "print one table, and end; so does --json", 0 },
	{ "interval", 'n', "MS", 0, "milliseconds that are counted; 1000", 0 },
	{ "sort", 's', "COLUMN", 0, "cpu, runs, time, faults, heap or id", 0 },
	{ 0 },
};

static error_t top_parse(int key, char *arg, struct argp_state *state)
{
	size_t i;

	switch (key) {
	case '1':
		top_once = true;
		return 0;
	case 'n':
		top_interval =
			rexctl_parse_number(arg, "--interval", 3600000, state);
		return 0;
	case 's':
		for (i = 0; i < ARRAY_LEN(top_sorts); i++)
			if (!strcmp(top_sorts[i].name, arg)) {
				top_sort = &top_sorts[i];
				return 0;
			}
		argp_error(state,
			   "--sort takes cpu, runs, time, faults, heap or id, not '%s'",
			   arg);
		return 0;
	}
	return rexctl_parse_words(key, arg, state, NULL, 0, 0);
}

const struct rexctl_verb rexctl_verb_top = {
	.name = "top",
	.args_doc = "",
	.summary =
		"Show which programs run how often, and what it costs, live.",
	.doc = "RUNS/S are runs a second; TIME/RUN is the mean of a run; CPU is the share of one processor; HEAP is what the programs of the image have allocated. The kernel measures the times only while rexctl top runs. Keys: c, r, t, f, h, i sort by CPU, runs, time, faults, heap, id; q ends.",
	.options = top_options,
	.parse = top_parse,
	.run = top_run,
};
