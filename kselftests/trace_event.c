// SPDX-License-Identifier: GPL-2.0
/*
 * The sample trace_event finds the functions of known programs.
 */
#include <sys/prctl.h>

#include "rex_sample.h"

/* Returns the sum of counts of the folded lines of COMM that contain WORDS. */
static long samples(const char *text, const char *comm, const char *words)
{
	char *copy = strdup(text), *line, *save, *count;
	long sum = 0;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		count = strrchr(line, ' ');
		if (!count || strncmp(line, comm, strlen(comm)) ||
		    line[strlen(comm)] != ';' || !strstr(line, words))
			continue;
		ASSERT(atol(count) > 0);
		sum += atol(count);
	}
	free(copy);
	return sum;
}

TEST(kernel_stacks_of_reads_and_writes_are_found)
{
	char *text;

	ASSERT_EQ(run_sample("trace_event",
			     "./loader dd if=/dev/zero of=/dev/null bs=1k count=60000",
			     &text),
		  0);
	EXPECT_MSG(samples(text, "dd", "_[k]") >= 10, "%s", text);
	EXPECT_MSG(samples(text, "dd", ";ksys_read_[k];vfs_read_[k]") > 0, "%s",
		   text);
	EXPECT_MSG(samples(text, "dd", ";ksys_write_[k]") > 0, "%s", text);
	EXPECT_EQ(samples(text, "dd", ";ksys_read_[k];vfs_write_[k]"), 0);
}

__attribute__((noinline)) static void spin(void)
{
	for (;;)
		asm volatile("" : : : "memory");
}

static pid_t start_spinning(void)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "spinning");
		spin();
	}
	return pid;
}

/* The innermost frame of most samples is in spin(). */
TEST(user_stacks_are_found)
{
	unsigned long address = (unsigned long)spin;
	pid_t pid = start_spinning();
	long all, there = 0;
	char frame[64], *text;

	ASSERT_EQ(run_sample("trace_event", "./loader sleep 2", &text), 0);
	ASSERT(!kill(pid, SIGKILL));
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	all = samples(text, "spinning", "");
	for (int at = 0; at < 32; at++) {
		snprintf(frame, sizeof(frame), ";0x%lx ", address + at);
		there += samples(text, "spinning", frame);
	}
	ksft_note("%ld samples, %ld of them in spin()", all, there);
	EXPECT_MSG(all >= 20 && there >= all / 2, "%s", text);
}
