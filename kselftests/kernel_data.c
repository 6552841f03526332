// SPDX-License-Identifier: GPL-2.0
/*
 * Programs read the kernel's data by name (programs/kernel_data), equal to
 * /proc and stat(2).
 */
#include <pthread.h>
#include <sys/prctl.h>

#include "rex_kernel_data.h"

struct facts {
	__s32 pid, tgid, parent;
	__u32 uid, euid, gid;
	__s32 pid_in_namespace;
	__u32 namespaces[8];
	__u32 sched_reset_on_fork;
	__s32 static_prio;
	__s32 first_pid;
	__u64 start_boottime, total_vm, cgroup, state, arg_start;
	char comm[16], own_comm[16];
};

static struct facts facts(void)
{
	struct facts facts = {};
	__u32 index = 0;

	fire(WHO);
	ASSERT(!bpf_map_lookup_elem(map_fd(kernel_data, "facts"), &index,
				    &facts));
	return facts;
}

/* Returns field number N of /proc/self/stat, from 3 on. */
static unsigned long long stat_field(int n)
{
	char *text = read_all("/proc/self/stat", NULL);
	char *at = strrchr(text, ')') + 2;
	unsigned long long value;

	for (int i = 3; i < n; i++)
		at = strchr(at, ' ') + 1;
	value = strtoull(at, NULL, 10);
	free(text);
	return value;
}

/* ---- tasks ---- */

TEST(task_is_what_proc_says)
{
	struct facts f;

	load_kernel_data("on_dup");
	prctl(PR_SET_NAME, "some name");
	stat_field(23); /* what this allocates stays */
	f = facts();
	EXPECT_EQ(f.pid, syscall(SYS_gettid));
	EXPECT_EQ(f.tgid, getpid());
	EXPECT_EQ(f.parent, getppid());
	EXPECT_EQ(f.first_pid, getpid());
	EXPECT_EQ(f.pid_in_namespace, getpid());
	EXPECT_STREQ(f.comm, "some name");
	EXPECT_STREQ(f.own_comm, "some name");
	/* The field counts ticks of 10 ms. */
	EXPECT_EQ(f.start_boottime / 10000000, stat_field(22));
	EXPECT_EQ(f.total_vm * 4096, stat_field(23));
	EXPECT_EQ(f.arg_start, stat_field(48));
	EXPECT_EQ(f.state, 0);
	EXPECT_EQ(f.static_prio, 120);
	EXPECT_EQ(f.sched_reset_on_fork, 0);
	unload_kernel_data("on_dup");
}

TEST(members_change_with_the_task)
{
	pid_t child;
	struct facts f;

	load_kernel_data("on_dup");
	child = fork();
	ASSERT(child >= 0);
	if (!child) {
		struct sched_param none = {};

		if (nice(5) < 0 ||
		    sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK,
				       &none) ||
		    setgid(1234) || setresuid(4321, 5432, 0))
			_exit(1);
		syscall(SYS_dup, WHO);
		_exit(0);
	}
	reap(child);
	__u32 index = 0;

	ASSERT(!bpf_map_lookup_elem(map_fd(kernel_data, "facts"), &index, &f));
	EXPECT_EQ(f.pid, child);
	EXPECT_EQ(f.parent, getpid());
	EXPECT_EQ(f.uid, 4321);
	EXPECT_EQ(f.euid, 5432);
	EXPECT_EQ(f.gid, 1234);
	EXPECT_EQ(f.static_prio, 125);
	EXPECT_EQ(f.sched_reset_on_fork, 1);
	unload_kernel_data("on_dup");
}

static __u64 inode_of(const char *path)
{
	struct stat st;

	ASSERT_MSG(!stat(path, &st), "%s: %s", path, strerror(errno));
	return st.st_ino;
}

static const char *const kinds[8] = { "cgroup", "ipc",	"mnt",	"net",
				      "pid",	"time", "user", "uts" };

/* A kernel that was built without CONFIG_TIME_NS has no namespaces of clocks. */
static void expect_namespaces(const struct facts *f, const char *proc)
{
	char path[64];
	bool has_it;

	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "%s/ns/%s", proc, kinds[i]);
		has_it = strcmp(kinds[i], "time") || !access(path, F_OK);
		EXPECT_MSG(f->namespaces[i] == (has_it ? inode_of(path) : 0),
			   "%s: %u", path, f->namespaces[i]);
	}
}

TEST(namespaces_and_cgroup_are_known)
{
	const char *folder = "/sys/fs/cgroup/rex-test";
	struct facts f;
	pid_t child;

	load_kernel_data("on_dup");
	f = facts();
	expect_namespaces(&f, "/proc/self");
	ASSERT_MSG(!mkdir(folder, 0755), "%s: %s", folder, strerror(errno));
	child = fork();
	ASSERT(child >= 0);
	if (!child) {
		write_file("/sys/fs/cgroup/rex-test/cgroup.procs", "0");
		f = facts();
		EXPECT_EQ(f.cgroup, inode_of(folder));
		ASSERT(!unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET));
		f = facts();
		expect_namespaces(&f, "/proc/self");
		_exit(0);
	}
	reap(child);
	ASSERT(WAIT_FOR(!rmdir(folder), 5));
	unload_kernel_data("on_dup");
}

/* The process is the first one in its own PID namespace. */
TEST(ids_of_a_pid_namespace)
{
	pid_t child;

	load_kernel_data("on_dup");
	child = fork();
	ASSERT(child >= 0);
	if (!child) {
		ASSERT(!unshare(CLONE_NEWPID));
		child = fork();
		ASSERT(child >= 0);
		if (!child) {
			struct facts f = facts();

			EXPECT_EQ(f.pid_in_namespace, 1);
			EXPECT(f.pid > 1);
			EXPECT_EQ(f.pid, f.first_pid);
			_exit(ksft_failures);
		}
		reap(child);
		_exit(ksft_failures);
	}
	reap(child);
	unload_kernel_data("on_dup");
}

/* ---- lists ---- */

static pthread_barrier_t barrier;
static __u64 thread_ids[4];

static void *thread(void *arg)
{
	thread_ids[(long)arg] = syscall(SYS_gettid);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

static bool is_listed(__u64 id)
{
	for (__u32 i = 0; i < NR_NUMBERS && kernel_number(i); i++)
		if (kernel_number(i) == id)
			return true;
	return false;
}

static __u32 listed(void)
{
	__u32 n = 0;

	while (n < NR_NUMBERS && kernel_number(n))
		n++;
	return n;
}

TEST(threads_are_listed)
{
	pthread_t threads[4];

	load_kernel_data("on_dup");
	fire(THREADS);
	EXPECT_EQ(listed(), 1);
	EXPECT_EQ(kernel_number(0), getpid());
	pthread_barrier_init(&barrier, NULL, 5);
	for (long i = 0; i < 4; i++)
		ASSERT(!pthread_create(&threads[i], NULL, thread, (void *)i));
	pthread_barrier_wait(&barrier);
	fire(THREADS);
	EXPECT_EQ(listed(), 5);
	EXPECT(is_listed(getpid()));
	for (int i = 0; i < 4; i++)
		EXPECT(is_listed(thread_ids[i]));
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	unload_kernel_data("on_dup");
}

TEST(children_are_listed)
{
	pid_t children[3];

	load_kernel_data("on_dup");
	fire(CHILDREN);
	EXPECT_EQ(listed(), 0);
	for (int i = 0; i < 3; i++) {
		children[i] = fork_idle();
		ASSERT(children[i] >= 0);
	}
	fire(CHILDREN);
	EXPECT_EQ(listed(), 3);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(kernel_number(i), children[i]);
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	unload_kernel_data("on_dup");
}

/* ---- pointers and types ---- */

TEST(bad_pointers_are_errors)
{
	load_kernel_data("on_dup");
	fire(BAD_POINTERS);
	EXPECT_EQ(kernel_number(0), ERANGE);
	EXPECT_EQ(kernel_number(1), ERANGE);
	EXPECT_EQ(kernel_number(2), ERANGE);
	EXPECT_EQ(kernel_number(3), EFAULT);
	EXPECT_EQ(kernel_number(4), ERANGE);
	EXPECT_EQ(kernel_number(5), ERANGE);
	EXPECT(kernel_number(6) == ERANGE || kernel_number(6) == EFAULT);
	EXPECT(kernel_number(7) == ERANGE || kernel_number(7) == EFAULT);
	unload_kernel_data("on_dup");
}

TEST(types_are_the_running_kernels)
{
	const struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *type;
	const struct btf_member *member;
	__u32 offset = 0;

	ASSERT(btf);
	type = btf__type_by_id(btf, btf__find_by_name_kind(btf, "task_struct",
							   BTF_KIND_STRUCT));
	ASSERT(type);
	member = btf_members(type);
	for (int i = 0; i < btf_vlen(type); i++, member++)
		if (!strcmp(btf__name_by_offset(btf, member->name_off), "comm"))
			offset = btf_member_bit_offset(type, i) / 8;
	load_kernel_data("on_dup");
	fire(TYPES);
	EXPECT_EQ(kernel_number(OFFSET_OF_COMM), offset);
	EXPECT_EQ(kernel_number(SIZE_OF_COMM), 16);
	EXPECT_EQ(kernel_number(SIZE_OF_LIST), 16);
	EXPECT_EQ(kernel_number(HAS_COMM), 1);
	EXPECT_EQ(kernel_number(HAS_NOTHING), 0);
	EXPECT_EQ(kernel_number(ENUMERATOR), BPF_MAP_TYPE_ARRAY);
	EXPECT_EQ(kernel_number(NO_ENUMERATOR), ~0ull);
	EXPECT_EQ(kernel_number(NO_MEMBER), ~0ull);
	unload_kernel_data("on_dup");
}
