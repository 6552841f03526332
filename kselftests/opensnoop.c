// SPDX-License-Identifier: GPL-2.0
/*
 * The tool opensnoop: its lines are the files that a process has opened.
 */
#include "rex_sample.h"
#include "rex_worker.h"

#define FILES 20
#define FAILURES 7
#define FOLDER "/tmp/opensnoop"

/* Opens a known number of files by relative names. */
static void open_files(struct work_done *done)
{
	char name[32];

	(void)done;
	if (chdir(FOLDER "/deep/er"))
		_exit(1);
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "../file%d", i);
		close(open(name, O_RDWR | O_CREAT, 0600));
	}
	for (int i = 0; i < FAILURES; i++) {
		snprintf(name, sizeof(name), "none%d", i);
		close(open(name, O_RDONLY));
	}
}

FIXTURE(a_process)
{
	struct worker worker;
};

FIXTURE_SETUP(a_process)
{
	free(shell("mkdir -p " FOLDER "/deep/er"));
	self->worker = start_worker(open_files);
}

FIXTURE_TEARDOWN(a_process)
{
	end_worker(&self->worker);
	free(shell("rm -r " FOLDER));
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

TEST_F(a_process, every_file_has_its_whole_path)
{
	struct sample *s = start("", self->worker.pid);
	char line[64];

	let_work(&self->worker);
	snprintf(line, sizeof(line), "none%d\n", FAILURES - 1);
	await_sample(s, line);
	EXPECT_EQ(count_lines(s->text, FOLDER "/deep/file"), FILES);
	EXPECT_EQ(count_lines(s->text, " none"), FAILURES);
	/* The lines are the title and the opened files. */
	EXPECT_EQ(sample_lines(s), 1 + FILES + FAILURES);
	for (int i = 0; i < FILES; i++) {
		snprintf(line, sizeof(line), "  0 " FOLDER "/deep/file%d\n", i);
		EXPECT_CONTAINS(s->text, line);
	}
	for (int i = 0; i < FAILURES; i++) {
		snprintf(line, sizeof(line), " -1   2 none%d\n", i);
		EXPECT_CONTAINS(s->text, line);
	}
	stop_sample(s);
}

TEST_F(a_process, failures_only_with_user_and_flags)
{
	struct sample *s = start("-x -U -e", self->worker.pid);
	char line[128];

	let_work(&self->worker);
	snprintf(line, sizeof(line), "none%d\n", FAILURES - 1);
	await_sample(s, line);
	EXPECT_EQ(sample_lines(s), 1 + FAILURES);
	/* O_RDONLY | O_LARGEFILE, which the kernel adds. */
	snprintf(line, sizeof(line), "\n0      %-7d opensnoop         -1   2 ",
		 self->worker.pid);
	EXPECT_CONTAINS(s->text, line);
	EXPECT_CONTAINS(s->text, " 00100000 none0\n");
	stop_sample(s);
}

TEST_F(a_process, others_are_not_shown)
{
	struct sample *s = start("-n somebody", self->worker.pid);

	let_work(&self->worker);
	ksft_pause_ms(300);
	stop_sample(s);
	while (read_sample(s, 10))
		;
	EXPECT_EQ(sample_lines(s), 1);
}

TEST(bad_options_are_refused)
{
	char *text;

	ASSERT_EQ(run_sample("tools/opensnoop", "./opensnoop -p x", &text), 2);
	EXPECT_CONTAINS(text, "'x' is not a number from 1 to ");
	ASSERT_EQ(run_sample("tools/opensnoop", "./opensnoop more", &text), 2);
	EXPECT_CONTAINS(text, "Too many arguments");
	ASSERT_EQ(run_sample("tools/opensnoop", "./opensnoop -d 1", &text), 0);
	EXPECT_CONTAINS(text, "PATH\n");
}

/* A line of the tool itself would wake it, and so be followed by the next one. */
TEST(tool_that_waits_opens_nothing)
{
	char *text;

	ASSERT_EQ(run_sample("tools/opensnoop", "./opensnoop -d 2", &text), 0);
	EXPECT_EQ(count_lines(text, "/dev/rex"), 0);
}
