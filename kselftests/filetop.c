// SPDX-License-Identifier: GPL-2.0
/*
 * The tool filetop counts the reads and writes of this process, and prints
 * whole paths.
 */
#include "rex_sample.h"

#define FOLDER "/tmp/filetop/deep"
#define READS 17
#define WRITES 23
#define READ_SIZE 3072
#define WRITE_SIZE 2048

static const char tool[] = "tools/filetop";

static struct sample *start(const char *options)
{
	char line[64];
	struct sample *s;

	snprintf(line, sizeof(line), "./filetop -p %d %s", getpid(), options);
	s = start_sample(tool, line);
	await_sample(s, "end.\n"); /* it is attached */
	return s;
}

static void *volatile bad_address = (void *)8;

/*
 * Writes and reads a file by a relative name. It also makes calls that fail, which do
 * not count.
 */
static void use_file(const char *name, int reads, int writes)
{
	char buffer[4096] = {};
	int fd;

	ASSERT(!chdir(FOLDER));
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ASSERT(fd >= 0);
	for (int i = 0; i < writes; i++)
		ASSERT_EQ(pwrite(fd, buffer, WRITE_SIZE, 0), WRITE_SIZE);
	ASSERT(!ftruncate(fd, READ_SIZE));
	/* The size is larger than the file. */
	for (int i = 0; i < reads; i++)
		ASSERT_EQ(pread(fd, buffer, sizeof(buffer), 0), READ_SIZE);
	EXPECT_ERRNO(read(fd, bad_address, 1), EFAULT);
	close(fd);
}

static void expect_row(struct sample *s, long reads, long writes,
		       const char *type_and_path)
{
	char row[256];

	snprintf(row, sizeof(row), "\n%-7d %-16s %-6ld %-6ld %-7ld %-7ld %s\n",
		 getpid(), "filetop", reads, writes, reads * READ_SIZE / 1024,
		 writes * WRITE_SIZE / 1024, type_and_path);
	EXPECT_CONTAINS(s->text, row);
}

TEST(every_call_is_counted)
{
	struct sample *s;

	free(shell("mkdir -p " FOLDER));
	s = start("3600");
	use_file("../first", READS, WRITES);
	use_file("second", 1, 2);
	stop_sample(s);
	expect_row(s, READS, WRITES, "R /tmp/filetop/first");
	expect_row(s, 1, 2, "R " FOLDER "/second");
	/* The first row has the most. */
	EXPECT(strstr(s->text, "/first") < strstr(s->text, "/second"));
	free(shell("rm -r /tmp/filetop"));
}

TEST(rows_are_sorted_and_limited)
{
	struct sample *s;

	free(shell("mkdir -p " FOLDER));
	s = start("-C -s wbytes -r 1 3600");
	use_file("../first", READS, 1);
	use_file("second", 1, WRITES);
	stop_sample(s);
	expect_row(s, 1, WRITES, "R " FOLDER "/second");
	EXPECT_EQ(count_lines(s->text, "/first"), 0);
	free(shell("rm -r /tmp/filetop"));
}

TEST(pipes_are_shown_if_asked_for)
{
	struct sample *s = start("-a 3600"), *files = start("3600");
	char buffer[READ_SIZE] = {}, *text;
	int ends[2];

	ASSERT(!pipe(ends));
	ASSERT_EQ(write(ends[1], buffer, WRITE_SIZE), WRITE_SIZE);
	ASSERT_EQ(read(ends[0], buffer, WRITE_SIZE), WRITE_SIZE);
	stop_sample(s);
	stop_sample(files);
	EXPECT_CONTAINS(s->text, "1      1      2       2       O pipe:[");
	EXPECT_EQ(count_lines(files->text, " O "), 0);
	ASSERT_EQ(run_sample(tool, "./filetop -C 1 2", &text), 0);
	EXPECT_EQ(count_lines(text, "TID "), 2);
}

TEST(bad_options_are_refused)
{
	char *text;

	ASSERT_EQ(run_sample(tool, "./filetop -s name", &text), 2);
	EXPECT_CONTAINS(text, "'name' is not all, reads, writes, rbytes or ");
}
