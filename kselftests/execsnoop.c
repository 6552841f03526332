// SPDX-License-Identifier: GPL-2.0
/*
 * The tool execsnoop: its lines are the programs that this process has run.
 */
#include "rex_sample.h"

#define PROGRAMS 15
#define ARGUMENTS 60

static struct sample *start(const char *options)
{
	char line[64];
	struct sample *s;

	snprintf(line, sizeof(line), "./execsnoop %s", options);
	s = start_sample("tools/execsnoop", line);
	await_sample(s, "ARGS\n"); /* it is attached */
	return s;
}

/* Runs a program with the arguments, or fails to. Returns its id. */
static pid_t run(const char *path, char *const argv[])
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (!pid) {
		execv(path, argv);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	return pid;
}

static void expect_line(struct sample *s, const char *comm, pid_t pid, int ret,
			const char *args)
{
	char line[4096];

	snprintf(line, sizeof(line), "\n%-16s %-7d %-7d %3d %s\n", comm, pid,
		 getpid(), ret, args);
	EXPECT_CONTAINS(s->text, line);
}

TEST(every_program_is_shown_with_its_parent)
{
	struct sample *s = start("-l rex-test");
	char word[32], wanted[64];
	pid_t pids[PROGRAMS];

	for (int i = 0; i < PROGRAMS; i++) {
		snprintf(word, sizeof(word), "rex-test-%d", i);
		pids[i] = run("/bin/true", (char *[]){ "true", word, NULL });
	}
	run("/bin/true", (char *[]){ "true", "another", NULL });
	snprintf(word, sizeof(word), "rex-test-%d\n", PROGRAMS - 1);
	await_sample(s, word);
	EXPECT_EQ(count_lines(s->text, "rex-test"), PROGRAMS);
	EXPECT_EQ(count_lines(s->text, "another"), 0);
	for (int i = 0; i < PROGRAMS; i++) {
		snprintf(wanted, sizeof(wanted), "true rex-test-%d", i);
		expect_line(s, "true", pids[i], 0, wanted);
	}
	stop_sample(s);
}

TEST(all_arguments_are_shown)
{
	struct sample *s = start("-q -l rex-test");
	char *argv[ARGUMENTS + 2] = { "true" }, wanted[4096] = "\"true\"";
	pid_t pid;

	for (int i = 1; i <= ARGUMENTS; i++) {
		char word[64];

		snprintf(word, sizeof(word), "rex-test argument %d of many", i);
		argv[i] = strdup(word);
		snprintf(wanted + strlen(wanted),
			 sizeof(wanted) - strlen(wanted), " \"%s\"", word);
	}
	pid = run("/bin/true", argv);
	await_sample(s, "argument 60 of many\"\n");
	expect_line(s, "true", pid, 0, wanted);
	stop_sample(s);
	s = start("-m 2 -l rex-test");
	pid = run("/bin/true", argv);
	await_sample(s, "many\n");
	expect_line(s, "true", pid, 0, "true rex-test argument 1 of many");
	stop_sample(s);
}

TEST(failures_are_shown_if_asked_for)
{
	struct sample *s = start("-x -l rex-test");
	pid_t failed = run("/no/such/file",
			   (char *[]){ "file", "rex-test", "fails", NULL });
	pid_t good = run("/bin/true", (char *[]){ "true", "rex-test", NULL });

	await_sample(s, "true rex-test\n");
	expect_line(s, "execsnoop", failed, -ENOENT, "file rex-test fails");
	expect_line(s, "true", good, 0, "true rex-test");
	stop_sample(s);
	s = start("-U -u 12345 -l rex-test");
	run("/bin/true", (char *[]){ "true", "rex-test", NULL });
	failed = fork();
	ASSERT(failed >= 0);
	if (!failed) {
		if (setuid(12345))
			_exit(1);
		execl("/bin/true", "true", "rex-test", "user", NULL);
		_exit(1);
	}
	reap(failed);
	await_sample(s, "rex-test user\n");
	EXPECT_EQ(count_lines(s->text, "rex-test"), 1);
	EXPECT_CONTAINS(s->text, "\n12345  true ");
	stop_sample(s);
}

TEST(bad_options_are_refused)
{
	char *text;

	ASSERT_EQ(run_sample("tools/execsnoop", "./execsnoop -m x", &text), 2);
	EXPECT_CONTAINS(text, "'x' is not a number from 1 to ");
	ASSERT_EQ(run_sample("tools/execsnoop", "./execsnoop -d 1", &text), 0);
	EXPECT_CONTAINS(text, "ARGS\n");
}
