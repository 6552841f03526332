// SPDX-License-Identifier: GPL-2.0
/*
 * Programs ask about the current task, and act on it (programs/tasks).
 */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "rex_util.h"
#include "names/tasks.h"

FIXTURE(tasks)
{
	struct rex_obj *obj;
	struct bpf_link *link;
};

FIXTURE_SETUP(tasks)
{
	self->obj = load_object("tasks");
	self->link = attach(self->obj, "tasks");
}

FIXTURE_TEARDOWN(tasks)
{
	EXPECT_EQ(prog_info(self->obj, "tasks").faults, 0);
	bpf_link__destroy(self->link);
	rex_obj_close(self->obj);
}

static __s64 answer(struct rex_obj *obj, __u32 index)
{
	return map_get(obj, "results", index);
}

TEST_F(tasks, user_and_group_are_known)
{
	pid_t child;

	fire(WHO);
	EXPECT_EQ(answer(self->obj, FIRST), (__u64)getgid() << 32 | getuid());
	child = fork();
	ASSERT(child >= 0);
	if (!child) {
		if (setgid(1234) || setuid(4321))
			_exit(1);
		syscall(SYS_dup, WHO);
		_exit(0);
	}
	reap(child);
	EXPECT_EQ(answer(self->obj, FIRST), 1234ull << 32 | 4321);
}

static __u64 inode_of(const char *path)
{
	struct stat st;

	ASSERT_MSG(!stat(path, &st), "%s: %s", path, strerror(errno));
	return st.st_ino;
}

TEST_F(tasks, cgroup_is_known)
{
	const char *folder = "/sys/fs/cgroup/rex-test";
	pid_t child;

	ASSERT_MSG(!mkdir(folder, 0755), "%s: %s", folder, strerror(errno));
	child = fork();
	ASSERT(child >= 0);
	if (!child) {
		write_file("/sys/fs/cgroup/rex-test/cgroup.procs", "0");
		syscall(SYS_dup, WHO);
		_exit(0);
	}
	reap(child);
	EXPECT_EQ(answer(self->obj, SECOND), inode_of(folder));
	EXPECT_EQ(answer(self->obj, THIRD), inode_of("/sys/fs/cgroup"));
	EXPECT_EQ(answer(self->obj, FOURTH), 0);
	ASSERT(WAIT_FOR(!rmdir(folder), 5));
}

static void set_cgroup(struct rex_obj *obj, __u32 index, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ASSERT_MSG(fd >= 0, "%s: %s", path, strerror(errno));
	ASSERT(!bpf_map_update_elem(map_fd(obj, "cgroups"), &index, &fd, 0));
	close(fd);
}

static void ask_in_cgroup(const char *procs)
{
	pid_t child = fork();

	ASSERT(child >= 0);
	if (!child) {
		write_file(procs, "0");
		syscall(SYS_dup, CGROUPS);
		_exit(0);
	}
	reap(child);
}

TEST_F(tasks, task_is_in_a_cgroup_and_in_those_above)
{
	const char *outer = "/sys/fs/cgroup/rex-outer";
	const char *inner = "/sys/fs/cgroup/rex-outer/inner";
	__u32 index = 1;

	ASSERT_MSG(!mkdir(outer, 0755), "%s: %s", outer, strerror(errno));
	ASSERT_MSG(!mkdir(inner, 0755), "%s: %s", inner, strerror(errno));
	set_cgroup(self->obj, 0, outer);
	set_cgroup(self->obj, 1, inner);
	fire(CGROUPS);
	EXPECT_EQ(answer(self->obj, FIRST), 0);
	EXPECT_EQ(answer(self->obj, SECOND), 0);
	EXPECT_EQ(answer(self->obj, THIRD), -EAGAIN);
	EXPECT_EQ(answer(self->obj, FOURTH), -E2BIG);
	ask_in_cgroup("/sys/fs/cgroup/rex-outer/cgroup.procs");
	EXPECT_EQ(answer(self->obj, FIRST), 1);
	EXPECT_EQ(answer(self->obj, SECOND), 0);
	ask_in_cgroup("/sys/fs/cgroup/rex-outer/inner/cgroup.procs");
	EXPECT_EQ(answer(self->obj, FIRST), 1);
	EXPECT_EQ(answer(self->obj, SECOND), 1);
	/* The map keeps a cgroup whose folder is gone. */
	ASSERT(WAIT_FOR(!rmdir(inner), 5));
	fire(CGROUPS);
	EXPECT_EQ(answer(self->obj, SECOND), 0);
	ASSERT(!bpf_map_delete_elem(map_fd(self->obj, "cgroups"), &index));
	fire(CGROUPS);
	EXPECT_EQ(answer(self->obj, SECOND), -EAGAIN);
	ASSERT(WAIT_FOR(!rmdir(outer), 5));
}

static volatile int signals;
static volatile pid_t signalled;

static void on_signal(int number)
{
	(void)number;
	signalled = syscall(SYS_gettid);
	signals++;
}

TEST_F(tasks, signal_is_sent_to_the_process)
{
	signal(SIGUSR1, on_signal);
	map_set(self->obj, "control", NUMBER, SIGUSR1);
	fire(SIGNAL);
	EXPECT_EQ(answer(self->obj, RET), 0);
	EXPECT(WAIT_FOR(signals == 1, 5));
	map_set(self->obj, "control", NUMBER, 1000);
	fire(SIGNAL);
	EXPECT_EQ(answer(self->obj, RET), -EINVAL);
}

static void *be_signalled(void *arg)
{
	*(pid_t *)arg = syscall(SYS_gettid);
	syscall(SYS_dup, SIGNAL_THREAD);
	/* The signal comes soon. */
	WAIT_FOR(signals, 5);
	return NULL;
}

TEST_F(tasks, signal_is_sent_to_the_thread)
{
	pthread_t thread;
	pid_t tid;

	signal(SIGUSR1, on_signal);
	map_set(self->obj, "control", NUMBER, SIGUSR1);
	ASSERT(!pthread_create(&thread, NULL, be_signalled, &tid));
	ASSERT(!pthread_join(thread, NULL));
	EXPECT_EQ(answer(self->obj, RET), 0);
	EXPECT_EQ(signals, 1);
	EXPECT_EQ(signalled, tid);
}

static void read_at(struct rex_obj *obj, __u32 event, __u64 address)
{
	map_set(obj, "control", ADDRESS, address);
	fire(event);
}

static void get_string(struct rex_obj *obj, __u32 index, char *string)
{
	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "strings"), &index, string));
}

/* Checks that the program has read MEMORY, which has at least 8 bytes. */
static void expect_read(struct rex_obj *obj, const char *memory)
{
	char string[8];
	__u64 number;

	memcpy(&number, memory, 8);
	EXPECT_EQ(answer(obj, RET), 0);
	EXPECT_EQ(answer(obj, FIRST), number);
	EXPECT_EQ(answer(obj, SECOND), strnlen(memory, 7) + 1);
	get_string(obj, 0, string);
	EXPECT(!strncmp(string, memory, 7) && !string[7]);
	/* One byte has room for the NUL only. */
	EXPECT_EQ(answer(obj, THIRD), 1);
	get_string(obj, 1, string);
	EXPECT_EQ(string[0], 0);
	EXPECT_EQ(answer(obj, FOURTH), 0);
	get_string(obj, 2, string);
	EXPECT(!memcmp(string, memory, 5) && string[5] == 1);
}

static void expect_fails(struct rex_obj *obj)
{
	char string[8];

	/* The result is -EFAULT, or -ERANGE for an invalid address. */
	EXPECT(answer(obj, RET) < 0);
	EXPECT_EQ(answer(obj, FIRST), 0);
	EXPECT(answer(obj, SECOND) < 0);
	get_string(obj, 0, string);
	EXPECT(!memcmp(string, "\0\0\0\0\0\0\0", 8));
	get_string(obj, 2, string);
	EXPECT(!memcmp(string, "\0\0\0\0\0\0\0", 8));
}

TEST_F(tasks, memory_of_userspace_is_read)
{
	static char memory[16] = "a long string", empty[16];
	char *page;

	read_at(self->obj, READ_USER, (unsigned long)memory);
	expect_read(self->obj, memory);
	read_at(self->obj, READ_USER, (unsigned long)empty);
	expect_read(self->obj, empty);
	/* The string is at the end of a page, before an unmapped one. */
	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(page != MAP_FAILED && !munmap(page + 4096, 4096));
	strcpy(page + 4096 - 8, "page");
	read_at(self->obj, READ_USER, (unsigned long)page + 4096 - 8);
	expect_read(self->obj, page + 4096 - 8);
}

TEST_F(tasks, bad_addresses_are_no_userspace)
{
	read_at(self->obj, READ_USER, 0);
	expect_fails(self->obj);
	read_at(self->obj, READ_USER, 1ull << 62);
	expect_fails(self->obj);
	read_at(self->obj, READ_USER, 0xffffffff81000000);
	expect_fails(self->obj);
}

static __u64 symbol(const char *name)
{
	char *text, line[64];
	__u64 address;

	set_sysctl("kernel/kptr_restrict", "0");
	text = shell("grep ' %s$' /proc/kallsyms", name);
	snprintf(line, sizeof(line), "%s", text);
	free(text);
	address = strtoull(line, NULL, 16);
	ASSERT_MSG(address, "no symbol %s", name);
	return address;
}

TEST_F(tasks, memory_of_the_kernel_is_read)
{
	char *banner = read_all("/proc/version", NULL);

	read_at(self->obj, READ_KERNEL, symbol("linux_banner"));
	expect_read(self->obj, banner);
	free(banner);
	read_at(self->obj, READ_KERNEL, (unsigned long)&self->obj);
	expect_fails(self->obj);
	/* The last 2 MB are a hole, also where KASAN's shadow is mapped. */
	read_at(self->obj, READ_KERNEL, 0xffffffffffe00000);
	expect_fails(self->obj);
}

static __s64 now(clockid_t clock)
{
	struct timespec t;

	ASSERT(!clock_gettime(clock, &t));
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void expect_between(__s64 before, __s64 value, __s64 after)
{
	EXPECT_MSG(before <= value && value <= after, "%lld, %lld, %lld",
		   (long long)before, (long long)value, (long long)after);
}

TEST_F(tasks, clocks_are_those_of_userspace)
{
	__s64 before[4], after[4];
	clockid_t clocks[] = { CLOCK_TAI, CLOCK_MONOTONIC, CLOCK_BOOTTIME,
			       CLOCK_MONOTONIC_COARSE };

	for (int i = 0; i < 4; i++)
		before[i] = now(clocks[i]);
	fire(CLOCKS);
	for (int i = 0; i < 4; i++)
		after[i] = now(clocks[i]);
	for (int i = 0; i < 4; i++)
		expect_between(before[i], answer(self->obj, FIRST + i),
			       after[i]);
}
