// SPDX-License-Identifier: GPL-2.0
/*
 * The tool biolatency counts the requests of this process, as many as in the
 * kernel's statistics of the disk.
 */
#include "rex_sample.h"

#define DISK "/dev/loop0"
#define BLOCK 4096
#define READS 37
#define WRITES 21

static const char folder[] = "tools/biolatency";

/* Returns the number of completed requests in this column of /sys/block/loop0/stat. */
static long completed(int column)
{
	char *text = read_all("/sys/block/loop0/stat", NULL), *next = text;
	long value = 0;

	while (column--)
		value = strtol(next, &next, 10);
	free(text);
	return value;
}

FIXTURE(disk)
{
	/* The number of requests completed before the test. */
	long reads;
};

FIXTURE_SETUP(disk)
{
	free(shell("modprobe loop && dd if=/dev/zero of=/tmp/disk bs=1M count=2"
		   " 2>/dev/null && losetup " DISK " /tmp/disk"));
	self->reads = completed(1);
}

FIXTURE_TEARDOWN(disk)
{
	(void)self;
	free(shell("losetup -d " DISK "; rm /tmp/disk"));
}

/* Each block is a request, since there is no cache. */
static void access_disk(int reads, int writes)
{
	int fd = open(DISK, O_RDWR | O_DIRECT | O_CLOEXEC);
	void *block;

	ASSERT(fd >= 0);
	ASSERT(!posix_memalign(&block, BLOCK, BLOCK));
	memset(block, 'x', BLOCK);
	for (int i = 0; i < writes; i++)
		ASSERT_EQ(pwrite(fd, block, BLOCK, i * BLOCK), BLOCK);
	for (int i = 0; i < reads; i++)
		ASSERT_EQ(pread(fd, block, BLOCK, i * BLOCK), BLOCK);
	close(fd);
	free(block);
}

static struct sample *start(const char *options)
{
	char line[64];
	struct sample *s;

	snprintf(line, sizeof(line), "./biolatency %s", options);
	s = start_sample(folder, line);
	await_sample(s, "end.\n"); /* it is attached */
	return s;
}

TEST_F(disk, every_request_is_counted)
{
	struct sample *s = start("-d loop0");

	self->reads = completed(1);
	access_disk(READS, 0);
	EXPECT_EQ(completed(1) - self->reads, READS);
	stop_sample(s);
	EXPECT_EQ(histogram_sum(s->text), READS);
	EXPECT_CONTAINS(s->text, " usecs ");
}

TEST_F(disk, by_disk_and_flags)
{
	const char *reads, *writes;
	struct sample *s = start("-DFTmQ 3600");

	access_disk(READS, WRITES);
	stop_sample(s);
	/* Kernels differ in whether a read is "Sync-". */
	reads = strstr(s->text, "Read\n");
	writes = strstr(s->text, "Sync-Idle-Write\n");
	ASSERT_MSG(reads && writes, "%s", s->text);
	EXPECT_EQ(count_lines(s->text, "disk = loop0 flags = "), 2);
	EXPECT_CONTAINS(s->text, " msecs ");
	EXPECT_EQ(histogram_sum(s->text), READS + WRITES);
	if (reads < writes)
		EXPECT_EQ(histogram_sum(writes), WRITES);
	else
		EXPECT_EQ(histogram_sum(reads), READS);
}

/* With -Q, the task that makes the request is still the current one. */
TEST_F(disk, by_the_cgroup_of_the_asking_process)
{
	struct sample *s;
	pid_t pid;

	free(shell("mkdir -p /sys/fs/cgroup/asks/below"));
	s = start("-Q -c /sys/fs/cgroup/asks");
	access_disk(5, 0);
	pid = fork();
	ASSERT(pid >= 0);
	if (!pid) {
		free(shell("echo %d >/sys/fs/cgroup/asks/below/cgroup.procs",
			   getpid()));
		access_disk(READS, 0);
		_exit(0);
	}
	reap(pid);
	stop_sample(s);
	EXPECT_EQ(histogram_sum(s->text), READS);
	free(shell("rmdir /sys/fs/cgroup/asks/below /sys/fs/cgroup/asks"));
	(void)self;
}

TEST_F(disk, intervals_begin_anew)
{
	struct sample *s = start("-d loop0 2 3");
	char *text;

	access_disk(READS, 0);
	EXPECT_EQ(end_sample(s), 0);
	EXPECT_EQ(histogram_sum(s->text), READS);
	ASSERT_EQ(run_sample(folder, "./biolatency -d no", &text), 1);
	EXPECT_CONTAINS(text, "there is no disk 'no'");
	ASSERT_EQ(run_sample(folder, "./biolatency 1 2 3", &text), 2);
	EXPECT_CONTAINS(text, "there are too many arguments: '3'");
}
