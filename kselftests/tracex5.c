// SPDX-License-Identifier: GPL-2.0
/*
 * The sample tracex5 prints the system calls of a process with a seccomp filter, with the
 * right arguments.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "rex_sample.h"
#include "rex_trace.h"

TEST(loader_shows_what_dd_does)
{
	char *text;

	ASSERT_EQ(run_sample("tracex5", "./loader", &text), 0);
	EXPECT_CONTAINS(text, "5+0 records out");
	EXPECT_EQ(count_lines(text, "[tracex5::sys_read] read(fd=0, buf="), 5);
	EXPECT_EQ(count_lines(text, "[tracex5::sys_write] write(fd=1, buf="),
		  5);
	EXPECT_EQ(count_lines(text, ", size=512)"), 10);
	ASSERT_EQ(run_sample("tracex5", "./loader /bin/false", &text), 1);
	EXPECT_EQ(count_lines(text, ", size=512)"), 0);
}

static void filter_nothing(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 1, .filter = filter };

	ASSERT(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	ASSERT(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

static char buffer[2048];

/* Makes these system calls, and no others, in a child. */
static void call_from_child(bool filtered)
{
	int fd = open("/dev/zero", O_RDWR);
	pid_t pid = fork();

	ASSERT(fd >= 0 && pid >= 0);
	if (pid == 0) {
		if (filtered)
			filter_nothing();
		dup2(fd, 77);
		for (int size = 127; size < 2048; size += 128)
			syscall(SYS_read, 77, buffer, size);
		for (int size = 511; size < 514; size++)
			syscall(SYS_write, 77, buffer, size);
		syscall(SYS_mmap, 0, 4096, PROT_READ,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		syscall(SYS_getuid);
		syscall(SYS_getsid, 0);
		syscall(SYS_getpid);
		_exit(0);
	}
	close(fd);
	reap(pid);
}

TEST(arguments_are_those_of_the_system_call)
{
	struct rex_obj *obj = load_object("tracex5");
	struct bpf_link *link = attach(obj, "rex_prog1");
	int pipe = open_trace_pipe();
	const char *trace;
	char line[128];

	call_from_child(true);
	trace = read_trace(pipe);
	for (int size = 127; size < 2048; size += 128) {
		snprintf(line, sizeof(line), "read(fd=77, buf=%lx, size=%d)",
			 (long)buffer, size);
		EXPECT_EQ(count_lines(trace, line), size > 128 && size <= 1024);
	}
	snprintf(line, sizeof(line), "write(fd=77, buf=%lx, size=512)",
		 (long)buffer);
	EXPECT_EQ(count_lines(trace, line), 1);
	EXPECT_EQ(count_lines(trace, "write(fd=77"), 1);
	EXPECT_EQ(count_lines(trace, "rex_prog1] mmap"), 1);
	EXPECT_EQ(count_lines(trace, "syscall=102 "), 1);
	EXPECT_EQ(count_lines(trace, "syscall=124 "), 1);
	EXPECT_EQ(count_lines(trace, "syscall="), 2);

	call_from_child(false);
	EXPECT_EQ(count_lines(read_trace(pipe), "[tracex5::"), 0);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}
