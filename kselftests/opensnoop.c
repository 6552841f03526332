// SPDX-License-Identifier: GPL-2.0
/*
 * The tool opensnoop: its lines are the files that a process has opened.
 */
#include "rex_sample.h"

#define FILES 20
#define FAILURES 7
#define FOLDER "/tmp/opensnoop"

/*
 * Opens a known number of files by relative names after a byte on GO, and
 * waits.
 */
static void work(int go, int done)
{
	char byte, name[32];

	if (read(go, &byte, 1) != 1 || chdir(FOLDER "/deep/er"))
		_exit(1);
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "../file%d", i);
		close(open(name, O_RDWR | O_CREAT, 0600));
	}
	for (int i = 0; i < FAILURES; i++) {
		snprintf(name, sizeof(name), "none%d", i);
		close(open(name, O_RDONLY));
	}
	if (write(done, "", 1) != 1)
		_exit(1);
	pause();
	_exit(0);
}

static long lines(const char *text)
{
	long count = 0;

	while ((text = strchr(text, '\n'))) {
		count++;
		text++;
	}
	return count;
}

struct worker {
	pid_t pid;
	int go, done;
};

static struct worker start_worker(void)
{
	struct worker worker;
	int go[2], done[2];

	shell("mkdir -p " FOLDER "/deep/er");
	ASSERT(!pipe(go) && !pipe(done));
	worker = (struct worker){ fork(), go[1], done[0] };
	ASSERT(worker.pid >= 0);
	if (!worker.pid)
		work(go[0], done[1]);
	return worker;
}

static void let_work(struct worker *worker)
{
	char byte;

	ASSERT_EQ(write(worker->go, "", 1), 1);
	ASSERT_EQ(read(worker->done, &byte, 1), 1);
}

static void end_worker(struct worker *worker)
{
	ASSERT(!kill(worker->pid, SIGKILL));
	ASSERT_EQ(waitpid(worker->pid, NULL, 0), worker->pid);
	shell("rm -r " FOLDER);
}

static struct sample *start(const char *options, pid_t pid)
{
	char line[64];
	struct sample *s;

	snprintf(line, sizeof(line), "./opensnoop %s -p %d", options, pid);
	s = start_sample("tools/opensnoop", line);
	await_sample(s, "PATH\n"); /* it is attached */
	return s;
}

TEST(every_file_has_its_whole_path)
{
	struct worker worker = start_worker();
	struct sample *s = start("", worker.pid);
	char line[64];

	let_work(&worker);
	snprintf(line, sizeof(line), "none%d\n", FAILURES - 1);
	await_sample(s, line);
	EXPECT_EQ(count_lines(s->text, FOLDER "/deep/file"), FILES);
	EXPECT_EQ(count_lines(s->text, " none"), FAILURES);
	/* The lines are the title and the opened files. */
	EXPECT_EQ(lines(s->text), 1 + FILES + FAILURES);
	for (int i = 0; i < FILES; i++) {
		snprintf(line, sizeof(line), "  0 " FOLDER "/deep/file%d\n", i);
		EXPECT_CONTAINS(s->text, line);
	}
	for (int i = 0; i < FAILURES; i++) {
		snprintf(line, sizeof(line), " -1   2 none%d\n", i);
		EXPECT_CONTAINS(s->text, line);
	}
	stop_sample(s);
	end_worker(&worker);
}

TEST(failures_only_with_user_and_flags)
{
	struct worker worker = start_worker();
	struct sample *s = start("-x -U -e", worker.pid);
	char line[128];

	let_work(&worker);
	snprintf(line, sizeof(line), "none%d\n", FAILURES - 1);
	await_sample(s, line);
	EXPECT_EQ(lines(s->text), 1 + FAILURES);
	/* O_RDONLY | O_LARGEFILE, which the kernel adds. */
	snprintf(line, sizeof(line), "\n0      %-7d opensnoop         -1   2 ",
		 worker.pid);
	EXPECT_CONTAINS(s->text, line);
	EXPECT_CONTAINS(s->text, " 00100000 none0\n");
	stop_sample(s);
	end_worker(&worker);
}

TEST(others_are_not_shown)
{
	struct worker worker = start_worker();
	struct sample *s = start("-n somebody", worker.pid);

	let_work(&worker);
	ksft_pause_ms(300);
	stop_sample(s);
	while (read_sample(s, 10))
		;
	EXPECT_EQ(lines(s->text), 1);
	end_worker(&worker);
}

TEST(bad_options_are_refused)
{
	char *text;

	ASSERT_EQ(run_sample("tools/opensnoop", "./opensnoop -p x", &text), 2);
	EXPECT_CONTAINS(text, "usage: ");
	ASSERT_EQ(run_sample("tools/opensnoop", "./opensnoop more", &text), 2);
	EXPECT_CONTAINS(text, "usage: ");
	ASSERT_EQ(run_sample("tools/opensnoop", "./opensnoop -d 1", &text), 0);
	EXPECT_CONTAINS(text, "PATH\n");
}
