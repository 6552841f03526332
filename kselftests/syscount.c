// SPDX-License-Identifier: GPL-2.0
/*
 * The sample syscount counts the system calls that a process made.
 */
#include "rex_sample.h"

#define CALLS 700
#define FAILURES 300
#define SLEEPS 3
#define SLEEP_MS 50

/* Does a known number of system calls when it gets a byte, and then waits. */
static void work(int go, int done)
{
	char byte;

	if (read(go, &byte, 1) != 1)
		_exit(1);
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < FAILURES; i++)
		syscall(SYS_dup, EVENT_FD);
	for (int i = 0; i < SLEEPS; i++)
		ksft_pause_ms(SLEEP_MS);
	if (write(done, "", 1) != 1)
		_exit(1);
	pause();
	_exit(0);
}

struct row {
	long count;
	long errors;
	double average;
	double total;
};

/* Returns the row of a system call in the last whole table. */
static bool find_row(const char *text, const char *name, struct row *row)
{
	const char *table = NULL, *next = text;
	char line[32];

	while ((next = strstr(next, "SYSCALL ")) && strstr(next, "\n\n")) {
		table = next;
		next++;
	}
	if (!table)
		return false;
	snprintf(line, sizeof(line), "\n%s ", name);
	next = strstr(table, line);
	return next &&
	       sscanf(next + strlen(line), "%ld %ld %lf %lf", &row->count,
		      &row->errors, &row->average, &row->total) == 4;
}

static struct row await_row(struct sample *s, const char *name, long count)
{
	struct row row = {};

	EXPECT_MSG(WAIT_FOR(read_sample(s, 10) &&
				    find_row(s->text, name, &row) &&
				    row.count >= count,
			    10),
		   "no %ld calls of %s in: %s", count, name, s->text);
	return row;
}

TEST(calls_of_a_process_are_counted_with_errors_and_time)
{
	int go[2], done[2];
	struct sample *s;
	struct row row;
	char line[64];
	pid_t pid;

	ASSERT(!pipe(go) && !pipe(done));
	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0)
		work(go[0], done[1]);
	snprintf(line, sizeof(line), "./loader -i 1 -n 100 -p %d", pid);
	s = start_sample("syscount", line);
	await_sample(s, "SYSCALL "); /* it is attached */
	ASSERT_EQ(write(go[1], "", 1), 1);
	ASSERT_EQ(read(done[0], line, 1), 1);

	row = await_row(s, "getppid", CALLS);
	EXPECT_EQ(row.count, CALLS);
	EXPECT_EQ(row.errors, 0);
	EXPECT(row.average > 0);
	row = await_row(s, "dup", FAILURES);
	EXPECT_EQ(row.count, FAILURES);
	EXPECT_EQ(row.errors, FAILURES);
	row = await_row(s, "clock_nanosleep", SLEEPS);
	EXPECT_EQ(row.count, SLEEPS);
	EXPECT(row.total >= SLEEPS * SLEEP_MS);
	EXPECT(row.average >= SLEEP_MS * 1000);
	/*
	 * The process waits in this call, which is counted, but has no time
	 * yet.
	 */
	row = await_row(s, "pause", 1);
	EXPECT_EQ(row.count, 1);
	EXPECT(row.total == 0);
	EXPECT_MSG(!find_row(s->text, "bpf", &row),
		   "another process's calls: %s", s->text);
	ASSERT(!kill(pid, SIGKILL));
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	stop_sample(s);
}

TEST(options_limit_tables_and_their_lines)
{
	char *text, *table;

	ASSERT_EQ(run_sample("syscount", "./loader -c 2 -n 2", &text), 0);
	EXPECT_EQ(count_lines(text, "SYSCALL "), 2);
	for (table = text; (table = strstr(table, "SYSCALL "));) {
		for (int i = 0; i < 3; i++, table++) /* the title, two lines */
			table += strcspn(table, "\n");
		EXPECT_EQ(*table, '\n');
	}
	EXPECT_CONTAINS(text, "\nbpf "); /* the loader's own */
	ASSERT_EQ(run_sample("syscount", "./loader -n x", &text), 2);
	EXPECT_CONTAINS(text, "usage: ");
}
