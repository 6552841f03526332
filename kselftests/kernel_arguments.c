// SPDX-License-Identifier: GPL-2.0
/*
 * Programs have the arguments and results of the functions, hooks and tracepoints at which
 * they run (programs/kernel_data).
 */
#include "rex_kernel_data.h"

struct call {
	__u64 runs, inode, count;
	__s64 position, result;
	__u64 task;
};

static struct call call(__u32 kind)
{
	struct call call = {};

	ASSERT(!bpf_map_lookup_elem(map_fd(kernel_data, "calls"), &kind,
				    &call));
	return call;
}

/* Reads 100 bytes of a file of 10, from its third byte on. */
static __u64 read_some(void)
{
	char text[100];
	struct stat st;
	int fd;

	fd = open("/tmp/ten", O_RDWR | O_CREAT | O_TRUNC, 0600);
	ASSERT(fd >= 0 && !fstat(fd, &st));
	ASSERT_EQ(write(fd, "ten bytes.", 10), 10);
	ASSERT_EQ(lseek(fd, 3, SEEK_SET), 3);
	ASSERT_EQ(read(fd, text, sizeof(text)), 7);
	close(fd);
	unlink("/tmp/ten");
	return st.st_ino;
}

TEST(arguments_of_functions)
{
	static const struct {
		const char *program;
		__u32 kind;
	} at_entry[] = { { "on_fentry", FENTRY }, { "on_kprobe", KPROBE } };

	for (int i = 0; i < 2; i++) {
		load_kernel_data(at_entry[i].program);
		__u64 inode = read_some();
		struct call c = call(at_entry[i].kind);

		EXPECT_EQ(c.runs, 1);
		EXPECT_EQ(c.inode, inode);
		EXPECT_EQ(c.count, 100);
		EXPECT_EQ(c.position, 3);
		unload_kernel_data(at_entry[i].program);
	}
}

TEST(results_of_functions)
{
	struct call c;
	__u64 inode;

	load_kernel_data("on_fexit");
	inode = read_some();
	c = call(FEXIT);
	EXPECT_EQ(c.runs, 1);
	EXPECT_EQ(c.inode, inode);
	EXPECT_EQ(c.count, 100);
	EXPECT_EQ(c.result, 7);
	unload_kernel_data("on_fexit");
	load_kernel_data("on_kretprobe");
	read_some();
	c = call(KRETPROBE);
	EXPECT_EQ(c.runs, 1);
	EXPECT_EQ(c.result, 7);
	unload_kernel_data("on_kretprobe");
}

TEST(arguments_of_hooks)
{
	struct call c;
	__u64 inode;
	int fd;

	load_kernel_data("on_lsm");
	fd = open("/proc/self/status", O_RDONLY);
	c = call(LSM);
	struct stat st;

	ASSERT(fd >= 0 && !fstat(fd, &st));
	inode = st.st_ino;
	EXPECT_EQ(c.runs, 1);
	EXPECT_EQ(c.inode, inode);
	close(fd);
	unload_kernel_data("on_lsm");
}

TEST(arguments_of_tracepoints)
{
	static const struct {
		const char *program;
		__u32 kind;
	} at_fork[] = { { "on_tp_btf", TP_BTF }, { "on_raw_tp", RAW_TP } };

	for (int i = 0; i < 2; i++) {
		pid_t child;
		struct call c;

		load_kernel_data(at_fork[i].program);
		child = fork();
		ASSERT(child >= 0);
		if (!child)
			_exit(0);
		reap(child);
		c = call(at_fork[i].kind);
		EXPECT_EQ(c.runs, 1);
		EXPECT_EQ(c.task, getpid());
		EXPECT_EQ(c.result, child);
		unload_kernel_data(at_fork[i].program);
	}
}
