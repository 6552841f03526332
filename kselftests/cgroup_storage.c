// SPDX-License-Identifier: GPL-2.0
/* Programs have values that belong to a cgroup (programs/cgroup_storage). */
#include <elf.h>
#include <linux/bpf.h>
#include <pthread.h>

#include "rex_log.h"
#include "rex_net.h"
#include "names/cgroup_storage.h"

#define ROOT "/sys/fs/cgroup"
#define FOLDER ROOT "/rex-storage"

static bool kernel_has_maps(void)
{
	return kernel_is_from(6, 2);
}

FIXTURE(cgroup)
{
	struct rex_obj *obj;
	struct bpf_link *link;
};

/* The test is in a cgroup of its own. */
FIXTURE_SETUP(cgroup)
{
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = 5000);

	if (!kernel_has_maps())
		SKIP("this kernel has no values of cgroups");
	ASSERT(!mkdir(FOLDER, 0755) || errno == EEXIST);
	write_file(FOLDER "/cgroup.procs", "0");
	self->obj = load_object_opts("cgroup_storage", &opts);
	self->link = attach(self->obj, "storage");
	map_set(self->obj, "control", AT_MOST, 100);
}

FIXTURE_TEARDOWN(cgroup)
{
	EXPECT_EQ(prog_info(self->obj, "storage").faults, 0);
	bpf_link__destroy(self->link);
	rex_obj_close(self->obj);
	write_file(ROOT "/cgroup.procs", "0");
	EXPECT(WAIT_FOR(!rmdir(FOLDER), 5));
}

static __s64 answer(struct rex_obj *obj, __u32 index)
{
	return map_get(obj, "results", index);
}

/* Returns the program's count of the cgroup, by the event WHICH. */
static __s64 count_by(struct rex_obj *obj, __u32 which)
{
	fire(which);
	EXPECT_EQ(answer(obj, RET), 0);
	return answer(obj, VALUE) - 100;
}

static __s64 count(struct rex_obj *obj)
{
	return count_by(obj, COUNT);
}

static int folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ASSERT_MSG(fd >= 0, "%s: %s", path, strerror(errno));
	return fd;
}

/* Watches the current thread, and no more than MOST values are made. */
static void watch(struct rex_obj *obj, __u64 most)
{
	for (__u32 i = FOUND; i <= MADE; i++)
		map_set(obj, "results", i, 0);
	map_set(obj, "control", AT_MOST, most);
	map_set(obj, "control", WATCHED, syscall(SYS_gettid));
}

TEST_F(cgroup, each_cgroup_has_its_own_value)
{
	EXPECT_EQ(count(self->obj), 1);
	EXPECT_EQ(count(self->obj), 2);
	write_file(ROOT "/cgroup.procs", "0");
	EXPECT_EQ(count(self->obj), 1);
	write_file(FOLDER "/cgroup.procs", "0");
	EXPECT_EQ(count(self->obj), 3);
	EXPECT_EQ(count_by(self->obj, COUNT_ROOT), 2);
	fire(DELETE);
	EXPECT_EQ(answer(self->obj, RET), 0);
	fire(DELETE);
	EXPECT_EQ(answer(self->obj, RET), -ENOENT);
	EXPECT_EQ(count(self->obj), 1);
	EXPECT_EQ(count_by(self->obj, COUNT_ROOT), 3);
}

TEST_F(cgroup, value_is_shared_with_userspace)
{
	int map = map_fd(self->obj, "values"), fd = folder(FOLDER);
	__u64 value = 0;

	EXPECT(bpf_map_lookup_elem(map, &fd, &value) && errno == ENOENT);
	EXPECT_EQ(count(self->obj), 1);
	ASSERT(!bpf_map_lookup_elem(map, &fd, &value));
	EXPECT_EQ(value, 101);
	value = 500;
	ASSERT(!bpf_map_update_elem(map, &fd, &value, BPF_EXIST));
	EXPECT_EQ(count(self->obj), 401);
	ASSERT(!bpf_map_delete_elem(map, &fd));
	EXPECT_EQ(count(self->obj), 1);
	close(fd);
}

TEST_F(cgroup, value_of_another_tasks_cgroup_is_found)
{
	pid_t parent = getpid(), child;

	EXPECT_EQ(count(self->obj), 1);
	child = fork();
	ASSERT(child >= 0);
	if (!child) {
		write_file(ROOT "/cgroup.procs", "0");
		map_set(self->obj, "control", OF, parent);
		fire(OTHER);
		_exit(answer(self->obj, RET) ||
		      answer(self->obj, VALUE) != 101);
	}
	reap(child);
	EXPECT_EQ(count(self->obj), 1002);
	map_set(self->obj, "control", OF, child);
	fire(OTHER);
	EXPECT_EQ(answer(self->obj, RET), -ESRCH);
}

/* The cgroup is removed while a task is in it that has ended and waits for its parent. */
TEST_F(cgroup, value_goes_with_its_cgroup)
{
	int sync[2];
	char byte;
	pid_t child;

	ASSERT(!pipe(sync));
	ASSERT(!mkdir(FOLDER "/below", 0755));
	child = fork();
	ASSERT(child >= 0);
	if (!child) {
		write_file(FOLDER "/below/cgroup.procs", "0");
		if (count(self->obj) != 1 || write(sync[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	ASSERT(read(sync[0], &byte, 1) == 1);
	map_set(self->obj, "control", OF, child);
	fire(OTHER);
	EXPECT_EQ(answer(self->obj, RET), 0);
	ASSERT(!kill(child, SIGKILL));
	ASSERT(WAIT_FOR(!rmdir(FOLDER "/below"), 5));
	ASSERT(waitpid(child, NULL, 0) == child);
	ASSERT(!mkdir(FOLDER "/below", 0755));
	child = fork();
	if (!child) {
		write_file(FOLDER "/below/cgroup.procs", "0");
		_exit(count(self->obj) != 1);
	}
	reap(child);
	ASSERT(WAIT_FOR(!rmdir(FOLDER "/below"), 5));
	close(sync[0]);
	close(sync[1]);
}

TEST_F(cgroup, value_is_found_but_not_made_with_interrupts_off)
{
	struct bpf_link *link = attach(self->obj, "at_switch");

	watch(self->obj, 100);
	EXPECT(WAIT_FOR(answer(self->obj, REFUSED) > 0, 5));
	EXPECT_EQ(answer(self->obj, FOUND), 0);
	EXPECT_EQ(count(self->obj), 1);
	EXPECT(WAIT_FOR(answer(self->obj, FOUND) > 0, 5));
	EXPECT_EQ(answer(self->obj, MADE), 0);
	EXPECT_EQ(prog_info(self->obj, "at_switch").faults, 0);
	bpf_link__destroy(link);
}

static volatile bool ended;

static void *send_nmis(void *arg)
{
	(void)arg;
	pin_to_cpu(0);
	for (int i = 0; i < 20; i++)
		write_file("/proc/sysrq-trigger", "l");
	ended = true;
	return NULL;
}

/* NMIs interrupt the thread, which does nothing else than to wait for them. */
static void take_nmis(void)
{
	pthread_t thread;

	ended = false;
	ASSERT(!pthread_create(&thread, NULL, send_nmis, NULL));
	while (!ended)
		;
	ASSERT(!pthread_join(thread, NULL));
}

TEST_F(cgroup, value_is_found_but_not_made_in_an_nmi)
{
	struct bpf_link *link = attach(self->obj, "at_nmi");

	announce_dmesg("NMI backtrace|Call Trace:");
	pin_to_cpu(1);
	watch(self->obj, 100);
	take_nmis();
	EXPECT(answer(self->obj, REFUSED) > 0);
	EXPECT_EQ(answer(self->obj, FOUND), 0);
	EXPECT_EQ(count(self->obj), 1);
	take_nmis();
	EXPECT(answer(self->obj, FOUND) > 0);
	EXPECT_EQ(answer(self->obj, MADE), 0);
	EXPECT_EQ(prog_info(self->obj, "at_nmi").faults, 0);
	bpf_link__destroy(link);
}

/* The kernel's count of who makes values on the CPU refuses the value. */
TEST_F(cgroup, no_value_is_made_within_the_kernels_function_that_makes_one)
{
	struct bpf_link *link = attach(self->obj, "within_update");
	int map = map_fd(self->obj, "others"), fd = folder(FOLDER);
	__u64 value[40] = { 1 };

	watch(self->obj, 100);
	ASSERT(!bpf_map_update_elem(map, &fd, value, BPF_ANY));
	EXPECT_EQ(answer(self->obj, REFUSED), 1);
	ASSERT(!bpf_map_delete_elem(map, &fd));
	EXPECT_EQ(count(self->obj),
		  1); /* that of `values`, and that of `others` */
	EXPECT_EQ(answer(self->obj, REFUSED), 2);
	EXPECT_EQ(answer(self->obj, FOUND), 1);
	EXPECT_EQ(answer(self->obj, MADE), 0);
	EXPECT_EQ(prog_info(self->obj, "within_update").faults, 0);
	bpf_link__destroy(link);
	close(fd);
}

/* Some of the locks are those of the functions that make and free values. */
TEST_F(cgroup, values_are_made_at_the_locks_that_the_kernel_takes)
{
	struct bpf_link *link = attach(self->obj, "at_locks");

	watch(self->obj, 1000);
	for (int i = 0; i < 20; i++)
		fire(CHURN);
	ksft_note("%lld values made, %lld refused", answer(self->obj, MADE),
		  answer(self->obj, REFUSED));
	EXPECT(answer(self->obj, MADE) > 0);
	EXPECT_EQ(prog_info(self->obj, "at_locks").faults, 0);
	bpf_link__destroy(link);
	EXPECT(answer(self->obj, CHURNED) > 0);
}

/* ---- values come and go on all CPUs ---- */

static void *change_by_bpf(void *arg)
{
	int map = map_fd(arg, "values"), fd = folder(FOLDER);
	__u64 value = 1;

	while (!ended) {
		bpf_map_update_elem(map, &fd, &value, BPF_ANY);
		bpf_map_delete_elem(map, &fd);
	}
	close(fd);
	return NULL;
}

static void *change_by_program(void *arg)
{
	(void)arg;
	while (!ended)
		fire(CHURN);
	return NULL;
}

/* Threads of a cgroup have the same value: bpf(2) and programs change it at once. */
TEST_F(cgroup, values_come_and_go_on_two_cpus)
{
	struct bpf_link *link = attach(self->obj, "at_switch");
	pthread_t threads[2];

	watch(self->obj, 100);
	ended = false;
	ASSERT(!pthread_create(&threads[0], NULL, change_by_bpf, self->obj));
	ASSERT(!pthread_create(&threads[1], NULL, change_by_program, NULL));
	for (int i = 0; i < 20; i++) {
		fire(CHURN);
		sched_yield();
	}
	ended = true;
	for (int i = 0; i < 2; i++)
		ASSERT(!pthread_join(threads[i], NULL));
	EXPECT(answer(self->obj, CHURNED) > (__s64)CHURNS);
	bpf_link__destroy(link);
}

/* The cgroups are removed while their values are made. */
TEST_F(cgroup, cgroups_come_and_go)
{
	for (int i = 0; i < 100; i++) {
		pid_t child;

		ASSERT(!mkdir(FOLDER "/below", 0755));
		child = fork();
		ASSERT(child >= 0);
		if (!child) {
			write_file(FOLDER "/below/cgroup.procs", "0");
			_exit(count(self->obj) != 1);
		}
		reap(child);
		ASSERT(WAIT_FOR(!rmdir(FOLDER "/below"), 5));
	}
}

/* ---- packets ---- */

static int sender_of(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ASSERT(sock >= 0 && !connect(sock, (void *)&addr, sizeof(addr)));
	return sock;
}

/* Returns the number of packets of sockets in the cgroup PATH. */
static __s64 packets_of(struct rex_obj *obj, const char *path)
{
	int fd = folder(path);
	__u64 value = 0;
	int err = bpf_map_lookup_elem(map_fd(obj, "packets"), &fd, &value);

	close(fd);
	return err ? -errno : (__s64)value;
}

/* The program is attached to a cgroup, and the sockets are in two below it. */
TEST_F(cgroup, packets_are_counted_for_the_cgroups_of_their_sockets)
{
	int fd = folder(FOLDER), socks[2], receiver;
	struct bpf_link *link =
		bpf_program__attach_cgroup(program(self->obj, "leaves"), fd);

	ASSERT(link);
	ASSERT(!unshare(CLONE_NEWNET));
	free(shell("ip link set lo up"));
	receiver = udp_socket(own_net(), PORT);
	ASSERT(!mkdir(FOLDER "/a", 0755) && !mkdir(FOLDER "/b", 0755));
	write_file(FOLDER "/a/cgroup.procs", "0");
	socks[0] = sender_of();
	write_file(FOLDER "/b/cgroup.procs", "0");
	socks[1] = sender_of();
	write_file(ROOT "/cgroup.procs", "0");
	for (int i = 0; i < 7; i++)
		EXPECT_EQ(send(socks[i >= 5], "abcdef", 6, 0), 6);
	EXPECT_EQ(packets_of(self->obj, FOLDER "/a"), 5);
	EXPECT_EQ(packets_of(self->obj, FOLDER "/b"), 2);
	EXPECT_EQ(packets_of(self->obj, FOLDER), -ENOENT);
	close(socks[0]);
	close(socks[1]);
	close(receiver);
	bpf_link__destroy(link);
	close(fd);
	EXPECT(WAIT_FOR(!rmdir(FOLDER "/a"), 5));
	EXPECT(WAIT_FOR(!rmdir(FOLDER "/b"), 5));
}

/* ---- with and without such maps ---- */

/* The map is freed before the cgroups. */
TEST(values_go_with_their_map)
{
	if (!kernel_has_maps())
		SKIP("this kernel has no values of cgroups");
	for (int i = 0; i < 3; i++) {
		struct rex_obj *obj = load_object("cgroup_storage");
		struct bpf_link *link = attach(obj, "storage");

		EXPECT_EQ(count(obj), 1);
		bpf_link__destroy(link);
		rex_obj_close(obj);
	}
}

TEST(cgroup_is_the_kernels_on_all_kernels)
{
	struct rex_obj *obj = load_object("cgroup_storage");
	struct bpf_link *link = attach(obj, "storage");
	struct stat st;

	ASSERT(!mkdir(FOLDER, 0755) || errno == EEXIST);
	write_file(FOLDER "/cgroup.procs", "0");
	fire(COMPARE);
	EXPECT_EQ(answer(obj, RET), 0);
	EXPECT_EQ(answer(obj, LEVEL), 1);
	ASSERT(!stat(FOLDER, &st));
	EXPECT_EQ(answer(obj, ID), (__s64)st.st_ino);
	write_file(ROOT "/cgroup.procs", "0");
	fire(COMPARE);
	EXPECT_EQ(answer(obj, RET), 0);
	EXPECT_EQ(answer(obj, LEVEL), 0);
	bpf_link__destroy(link);
	rex_obj_close(obj);
	EXPECT(WAIT_FOR(!rmdir(FOLDER), 5));
}

TEST(optional_map_is_left_out_where_the_kernel_has_none)
{
	struct rex_obj *obj = load_object("cgroup_storage");
	struct bpf_link *link = attach(obj, "storage");

	fire(COMPARE);
	EXPECT_EQ(answer(obj, EXISTS), kernel_has_maps());
	fire(COUNT);
	EXPECT_EQ(answer(obj, RET), kernel_has_maps() ? 0 : -ENOMEM);
	fire(DELETE);
	EXPECT_EQ(answer(obj, RET), kernel_has_maps() ? 0 : -EINVAL);
	EXPECT_EQ(rex_obj_map_fd(obj, "values") >= 0, kernel_has_maps());
	EXPECT_EQ(prog_info(obj, "storage").faults, 0);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

/* Returns the object's maps, and their number in *NR. */
static struct rex_map_def *maps_of(void *elf, size_t *nr)
{
	Elf64_Ehdr *ehdr = elf;
	Elf64_Shdr *sh = elf + ehdr->e_shoff;
	const char *names = elf + sh[ehdr->e_shstrndx].sh_offset;

	for (int i = 0; i < ehdr->e_shnum; i++) {
		if (strcmp(names + sh[i].sh_name, REX_SEC_MAPS))
			continue;
		*nr = sh[i].sh_size / sizeof(struct rex_map_def);
		return elf + sh[i].sh_offset;
	}
	ASSERT_MSG(false, "the object has no " REX_SEC_MAPS);
	return NULL;
}

/* The object is the same but for the flag of its maps. */
TEST(kernel_without_such_maps_is_named)
{
	struct rex_map_def *maps;
	struct rex_obj *obj;
	size_t size, nr;
	void *elf = read_all(object_path("cgroup_storage"), &size);
	int err;

	maps = maps_of(elf, &nr);
	for (size_t i = 0; i < nr; i++)
		maps[i].flags &= ~REX_MAP_OPTIONAL;
	obj = rex_obj_open_mem(elf, size, NULL);
	ASSERT_MSG(obj, "%s", rex_last_error());
	err = rex_obj_load_opened(obj);
	if (kernel_has_maps()) {
		EXPECT_EQ(err, 0);
	} else {
		EXPECT_EQ(err, -EOPNOTSUPP);
		ksft_note("%s", rex_last_error());
		EXPECT_CONTAINS(
			rex_last_error(),
			"this kernel has no maps of type cgrp_storage, which Linux has from 6.2 on");
	}
	rex_obj_close(obj);
	free(elf);
}
