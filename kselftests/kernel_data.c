// SPDX-License-Identifier: GPL-2.0
/*
 * Programs read the kernel's data by name (programs/kernel_data), equal to
 * /proc and stat(2).
 */
#include <linux/memfd.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "rex_util.h"
#include "names/kernel_data.h"

#define FOLDER "/tmp/kernel-data"

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

struct call {
	__u64 runs, inode, count;
	__s64 position, result;
	__u64 task;
};

static struct rex_obj *obj;
static struct bpf_link *attached;

static void load(const char *program)
{
	obj = load_object("kernel_data");
	attached = attach(obj, program);
	map_set(obj, "control", WATCHED, getpid());
}

static void unload(const char *program)
{
	EXPECT_EQ(prog_info(obj, program).faults, 0);
	bpf_link__destroy(attached);
	rex_obj_close(obj);
}

static struct facts facts(void)
{
	struct facts facts = {};
	__u32 index = 0;

	fire(WHO);
	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "facts"), &index, &facts));
	return facts;
}

static struct call call(__u32 kind)
{
	struct call call = {};

	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "calls"), &kind, &call));
	return call;
}

static __u64 number(__u32 index)
{
	return map_get(obj, "numbers", index);
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

	load("on_dup");
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
	unload("on_dup");
}

TEST(members_change_with_the_task)
{
	pid_t child;
	struct facts f;

	load("on_dup");
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

	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "facts"), &index, &f));
	EXPECT_EQ(f.pid, child);
	EXPECT_EQ(f.parent, getpid());
	EXPECT_EQ(f.uid, 4321);
	EXPECT_EQ(f.euid, 5432);
	EXPECT_EQ(f.gid, 1234);
	EXPECT_EQ(f.static_prio, 125);
	EXPECT_EQ(f.sched_reset_on_fork, 1);
	unload("on_dup");
}

static __u64 inode_of(const char *path)
{
	struct stat st;

	ASSERT_MSG(!stat(path, &st), "%s: %s", path, strerror(errno));
	return st.st_ino;
}

static const char *const kinds[8] = { "cgroup", "ipc",	"mnt",	"net",
				      "pid",	"time", "user", "uts" };

static void expect_namespaces(const struct facts *f, const char *proc)
{
	char path[64];

	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "%s/ns/%s", proc, kinds[i]);
		EXPECT_MSG(f->namespaces[i] == inode_of(path), "%s: %u", path,
			   f->namespaces[i]);
	}
}

TEST(namespaces_and_cgroup_are_known)
{
	const char *folder = "/sys/fs/cgroup/rex-test";
	struct facts f;
	pid_t child;

	load("on_dup");
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
	unload("on_dup");
}

/* The process is the first one in its own PID namespace. */
TEST(ids_of_a_pid_namespace)
{
	pid_t child;

	load("on_dup");
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
	unload("on_dup");
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
	for (__u32 i = 0; i < NR_NUMBERS && number(i); i++)
		if (number(i) == id)
			return true;
	return false;
}

static __u32 listed(void)
{
	__u32 n = 0;

	while (n < NR_NUMBERS && number(n))
		n++;
	return n;
}

TEST(threads_are_listed)
{
	pthread_t threads[4];

	load("on_dup");
	fire(THREADS);
	EXPECT_EQ(listed(), 1);
	EXPECT_EQ(number(0), getpid());
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
	unload("on_dup");
}

TEST(children_are_listed)
{
	pid_t children[3];

	load("on_dup");
	fire(CHILDREN);
	EXPECT_EQ(listed(), 0);
	for (int i = 0; i < 3; i++) {
		children[i] = fork();
		ASSERT(children[i] >= 0);
		if (!children[i]) {
			pause();
			_exit(1);
		}
	}
	fire(CHILDREN);
	EXPECT_EQ(listed(), 3);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(number(i), children[i]);
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	unload("on_dup");
}

/* ---- paths ---- */

static char path[4096];

/* Returns the last string of the record. */
static int take_path(void *ctx, void *data, size_t size)
{
	const char *start = data, *at = start + size - 1;

	(void)ctx;
	while (at > start && at[-1])
		at--;
	snprintf(path, sizeof(path), "%s", at);
	return 0;
}

static void expect_sent(const char *link)
{
	struct ring_buffer *ring =
		ring_buffer__new(map_fd(obj, "paths"), take_path, NULL, NULL);
	char wanted[4096] = {};

	ASSERT(ring);
	path[0] = '\0';
	ASSERT_EQ(ring_buffer__consume(ring), 1);
	ring_buffer__free(ring);
	ASSERT(readlink(link, wanted, sizeof(wanted) - 1) > 0);
	EXPECT_STREQ(path, wanted);
}

/* Checks that the path of FD is the target of its link. */
static void expect_path(int fd)
{
	char link[32];
	struct stat st;

	ASSERT(fd >= 0);
	map_set(obj, "control", FD, fd);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	fire(PATH);
	expect_sent(link);
	ASSERT(!fstat(fd, &st));
	EXPECT_EQ(number(INODE), st.st_ino);
}

static void expect_path_of(const char *name)
{
	int fd = open(name, O_RDONLY | O_CREAT, 0600);

	ASSERT_MSG(fd >= 0, "%s: %s", name, strerror(errno));
	expect_path(fd);
	close(fd);
}

TEST(paths_of_files)
{
	int fd;

	load("on_dup");
	fire(EXE);
	expect_sent("/proc/self/exe");
	expect_path(open("/", O_RDONLY));
	expect_path(open("/proc", O_RDONLY));
	expect_path(open("/proc/self/status", O_RDONLY));
	expect_path(open("/dev/null", O_RDONLY));
	expect_path(open("/sys/kernel/btf/vmlinux", O_RDONLY));
	expect_path_of("/tmp/kernel data");
	fd = open("/tmp/kernel data", O_RDONLY);
	ASSERT(!unlink("/tmp/kernel data"));
	expect_path(fd);
	close(fd);
	unload("on_dup");
}

TEST(paths_across_mounts)
{
	load("on_dup");
	ASSERT(!mkdir(FOLDER, 0700));
	ASSERT(!mount("one", FOLDER, "tmpfs", 0, NULL));
	ASSERT(!mkdir(FOLDER "/mnt", 0700));
	ASSERT(!mount("two", FOLDER "/mnt", "tmpfs", 0, NULL));
	ASSERT(!mkdir(FOLDER "/mnt/folder", 0700));
	ASSERT(!mkdir(FOLDER "/bound", 0700));
	ASSERT(!mount(FOLDER "/mnt/folder", FOLDER "/bound", NULL, MS_BIND, 0));
	expect_path(open(FOLDER, O_RDONLY));
	expect_path(open(FOLDER "/mnt", O_RDONLY));
	expect_path_of(FOLDER "/mnt/folder/file");
	expect_path_of(FOLDER "/bound/file");
	/* This covers another mount. */
	ASSERT(!mount("three", FOLDER "/mnt", "tmpfs", 0, NULL));
	expect_path_of(FOLDER "/mnt/above");
	shell("cd / && umount -l " FOLDER " && rmdir " FOLDER);
	unload("on_dup");
}

TEST(paths_of_any_depth)
{
	char name[3500] = FOLDER "-deep";

	load("on_dup");
	ASSERT(!mkdir(name, 0700));
	while (strlen(name) < 3200) {
		strcat(name, "/twenty-characters-or");
		ASSERT(!mkdir(name, 0700));
	}
	strcat(name, "/file");
	expect_path_of(name);
	shell("rm -r " FOLDER "-deep");
	unload("on_dup");
}

TEST(files_without_a_path)
{
	int fds[2];

	load("on_dup");
	ASSERT(!pipe(fds));
	expect_path(fds[0]);
	expect_path(fds[1]);
	expect_path(socket(AF_UNIX, SOCK_STREAM, 0));
	expect_path(eventfd(0, 0));
	expect_path(memfd_create("some memory", 0));
	expect_path(open("/proc/self/ns/mnt", O_RDONLY));
	unload("on_dup");
}

TEST(path_below_another_root)
{
	pid_t child;

	load("on_dup");
	ASSERT(!mkdir(FOLDER "-root", 0700));
	ASSERT(!mkdir(FOLDER "-root/proc", 0700));
	ASSERT(!mount("proc", FOLDER "-root/proc", "proc", 0, NULL));
	child = fork();
	ASSERT(child >= 0);
	if (!child) {
		int fd;

		ASSERT(!chroot(FOLDER "-root") && !chdir("/"));
		fd = open("/file", O_RDWR | O_CREAT, 0600);
		ASSERT(fd >= 0);
		map_set(obj, "control", FD, fd);
		fire(PATH_BELOW_ROOT);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		expect_sent(strdup(path));
		EXPECT_STREQ(path, "/file");
		_exit(ksft_failures);
	}
	reap(child);
	shell("umount " FOLDER "-root/proc && rm -r " FOLDER "-root");
	unload("on_dup");
}

/* ---- pointers and types ---- */

TEST(bad_pointers_are_errors)
{
	load("on_dup");
	fire(BAD_POINTERS);
	EXPECT_EQ(number(0), ERANGE);
	EXPECT_EQ(number(1), ERANGE);
	EXPECT_EQ(number(2), ERANGE);
	EXPECT_EQ(number(3), EFAULT);
	EXPECT_EQ(number(4), ERANGE);
	EXPECT_EQ(number(5), ERANGE);
	EXPECT(number(6) == ERANGE || number(6) == EFAULT);
	EXPECT(number(7) == ERANGE || number(7) == EFAULT);
	unload("on_dup");
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
	load("on_dup");
	fire(TYPES);
	EXPECT_EQ(number(OFFSET_OF_COMM), offset);
	EXPECT_EQ(number(SIZE_OF_COMM), 16);
	EXPECT_EQ(number(SIZE_OF_LIST), 16);
	EXPECT_EQ(number(HAS_COMM), 1);
	EXPECT_EQ(number(HAS_NOTHING), 0);
	EXPECT_EQ(number(ENUMERATOR), BPF_MAP_TYPE_ARRAY);
	EXPECT_EQ(number(NO_ENUMERATOR), ~0ull);
	EXPECT_EQ(number(NO_MEMBER), ~0ull);
	unload("on_dup");
}

/* ---- arguments ---- */

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
		load(at_entry[i].program);
		__u64 inode = read_some();
		struct call c = call(at_entry[i].kind);

		EXPECT_EQ(c.runs, 1);
		EXPECT_EQ(c.inode, inode);
		EXPECT_EQ(c.count, 100);
		EXPECT_EQ(c.position, 3);
		unload(at_entry[i].program);
	}
}

TEST(results_of_functions)
{
	struct call c;
	__u64 inode;

	load("on_fexit");
	inode = read_some();
	c = call(FEXIT);
	EXPECT_EQ(c.runs, 1);
	EXPECT_EQ(c.inode, inode);
	EXPECT_EQ(c.count, 100);
	EXPECT_EQ(c.result, 7);
	unload("on_fexit");
	load("on_kretprobe");
	read_some();
	c = call(KRETPROBE);
	EXPECT_EQ(c.runs, 1);
	EXPECT_EQ(c.result, 7);
	unload("on_kretprobe");
}

TEST(arguments_of_hooks)
{
	struct call c;
	__u64 inode;
	int fd;

	load("on_lsm");
	fd = open("/proc/self/status", O_RDONLY);
	c = call(LSM);
	struct stat st;

	ASSERT(fd >= 0 && !fstat(fd, &st));
	inode = st.st_ino;
	EXPECT_EQ(c.runs, 1);
	EXPECT_EQ(c.inode, inode);
	close(fd);
	unload("on_lsm");
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

		load(at_fork[i].program);
		child = fork();
		ASSERT(child >= 0);
		if (!child)
			_exit(0);
		reap(child);
		c = call(at_fork[i].kind);
		EXPECT_EQ(c.runs, 1);
		EXPECT_EQ(c.task, getpid());
		EXPECT_EQ(c.result, child);
		unload(at_fork[i].program);
	}
}
