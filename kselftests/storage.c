// SPDX-License-Identifier: GPL-2.0
/* Programs have values that belong to a task (programs/storage). */
#include <pthread.h>
#include <sched.h>
#include <sys/pidfd.h>

#include "rex_pager.h"
#include "names/storage.h"

FIXTURE(storage)
{
	struct rex_obj *obj;
	struct bpf_link *link;
};

/* Floods take more than a second on a slow machine. */
FIXTURE_SETUP(storage)
{
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = 5000);

	set_module_parameter("max_cpu_share", 0);
	self->obj = load_object_opts("storage", &opts);
	self->link = attach(self->obj, "storage");
}

FIXTURE_TEARDOWN(storage)
{
	EXPECT_EQ(prog_info(self->obj, "storage").faults, 0);
	bpf_link__destroy(self->link);
	rex_obj_close(self->obj);
}

static __s64 answer(struct rex_obj *obj, __u32 index)
{
	return map_get(obj, "results", index);
}

/* Returns the program's count of the current thread. */
static __s64 count(struct rex_obj *obj)
{
	fire(COUNT);
	EXPECT_EQ(answer(obj, RET), 0);
	return answer(obj, VALUE) - 100;
}

static int pidfd(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	ASSERT(fd >= 0);
	return fd;
}

TEST_F(storage, each_task_has_its_own_value)
{
	pid_t child;

	EXPECT_EQ(count(self->obj), 1);
	EXPECT_EQ(count(self->obj), 2);
	child = fork();
	ASSERT(child >= 0);
	if (!child)
		_exit(count(self->obj) != 1 || count(self->obj) != 2);
	reap(child);
	EXPECT_EQ(count(self->obj), 3);
	fire(DELETE);
	EXPECT_EQ(answer(self->obj, RET), 0);
	fire(DELETE);
	EXPECT_EQ(answer(self->obj, RET), -ENOENT);
	EXPECT_EQ(count(self->obj), 1);
}

TEST_F(storage, value_is_shared_with_userspace)
{
	int map = map_fd(self->obj, "values"), fd = pidfd(getpid());
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

TEST_F(storage, value_of_another_task_is_found_until_it_ends)
{
	int sync[2];
	char byte;
	pid_t child;

	ASSERT(!pipe(sync));
	child = fork();
	ASSERT(child >= 0);
	if (!child) {
		fire(COUNT);
		if (write(sync[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	ASSERT(read(sync[0], &byte, 1) == 1);
	map_set(self->obj, "control", OF, child);
	fire(OTHER);
	EXPECT_EQ(answer(self->obj, RET), 0);
	EXPECT_EQ(answer(self->obj, VALUE), 101);
	fire(OTHER);
	EXPECT_EQ(answer(self->obj, VALUE), 1101);
	ASSERT(!kill(child, SIGKILL));
	ASSERT(waitpid(child, NULL, 0) == child);
	fire(OTHER);
	EXPECT_EQ(answer(self->obj, RET), -ESRCH);
	close(sync[0]);
	close(sync[1]);
}

TEST_F(storage, value_is_found_but_not_made_with_interrupts_off)
{
	struct bpf_link *link = attach(self->obj, "at_switch");

	map_set(self->obj, "control", SWITCHES, syscall(SYS_gettid));
	EXPECT(WAIT_FOR(answer(self->obj, REFUSED) > 0, 5));
	EXPECT_EQ(answer(self->obj, FOUND), 0);
	EXPECT_EQ(count(self->obj), 1);
	EXPECT(WAIT_FOR(answer(self->obj, FOUND) > 0, 5));
	EXPECT_EQ(answer(self->obj, MADE), 0);
	EXPECT_EQ(prog_info(self->obj, "at_switch").faults, 0);
	bpf_link__destroy(link);
}

/* ---- values come and go on all CPUs ---- */

static volatile bool ended;

static void *change_by_bpf(void *arg)
{
	int map = map_fd(arg, "values"), fd = pidfd(getpid());
	__u64 value = 1;

	while (!ended) {
		bpf_map_update_elem(map, &fd, &value, BPF_ANY);
		bpf_map_delete_elem(map, &fd);
	}
	close(fd);
	return NULL;
}

/* One thread changes the value that another thread's program makes and deletes. */
TEST_F(storage, values_come_and_go_on_two_cpus)
{
	struct bpf_link *link = attach(self->obj, "at_switch");
	pthread_t thread;

	map_set(self->obj, "control", SWITCHES, syscall(SYS_gettid));
	ASSERT(!pthread_create(&thread, NULL, change_by_bpf, self->obj));
	for (int i = 0; i < 20; i++) {
		fire(CHURN);
		sched_yield();
	}
	ended = true;
	ASSERT(!pthread_join(thread, NULL));
	EXPECT(answer(self->obj, CHURNED) > (__s64)CHURNS);
	bpf_link__destroy(link);
}

/* ---- deleted values that are not free yet ---- */

#define MOST_DELETED (16 << 20)

/* Deletes values until that is refused, and returns the number of them. */
static __u64 flood(struct rex_obj *obj)
{
	map_set(obj, "results", FLOODED, 0);
	for (int i = 0; i < 10; i++) {
		fire(FLOOD);
		if (answer(obj, RET))
			break;
	}
	return answer(obj, FLOODED);
}

/* A thread of this process sleeps in a program until the pager answers. */
static void fall_asleep(struct rex_obj *obj, struct sleeper *sleeper,
			struct pager *pager)
{
	pager_init(pager, 1);
	map_set(obj, "control", ADDRESS, (unsigned long)pager->pages);
	map_set(obj, "control", SLEEPER, getpid());
	pin_to_cpu(1);
	sleeper_start(sleeper, 0, make_socket);
	pager_await_fault(pager);
}

/*
 * The kernel frees a deleted value after the programs that sleep, and a process can sleep in
 * one as long as it wants.
 */
TEST_F(storage, deletes_that_a_sleeper_keeps_from_being_freed_have_a_limit)
{
	struct bpf_link *link = attach(self->obj, "sleeps");
	struct sleeper sleeper;
	struct pager pager;
	__u64 nr;

	fall_asleep(self->obj, &sleeper, &pager);

	nr = flood(self->obj);
	ksft_note("%llu values of %d bytes", nr, FLOOD_BYTES);
	EXPECT_EQ(answer(self->obj, RET), -EBUSY);
	EXPECT(nr * FLOOD_BYTES <= MOST_DELETED);
	EXPECT(nr * FLOOD_BYTES > MOST_DELETED / 2);
	/* The last value was not deleted, and is not; others can be made. */
	EXPECT_EQ(count(self->obj), 1);
	EXPECT_EQ(flood(self->obj), 0);
	EXPECT_EQ(answer(self->obj, RET), -EBUSY);

	pager_answer(&pager, 0, 1);
	ASSERT(sleeper_ends(&sleeper, 10));
	bpf_link__destroy(link);
	/* All of the room is there again. */
	EXPECT(WAIT_FOR(flood(self->obj) * FLOOD_BYTES > MOST_DELETED / 4, 20));
}

#define UNDELETED "undeleted"

/* Returns the kilobytes that the kernel's allocations have. */
static long slab(void)
{
	char *text = read_all("/proc/meminfo", NULL), *at;
	long kilobytes;

	at = strstr(text, "\nSlab:");
	ASSERT(at);
	kilobytes = strtol(at + strlen("\nSlab:"), NULL, 10);
	free(text);
	return kilobytes;
}

/* Without the limit, the memory that cannot be freed has none. */
TEST_F(storage, deletes_without_the_limit_take_memory)
{
	struct bpf_link *link = attach(self->obj, "sleeps");
	long before, most = MOST_DELETED >> 10;
	struct sleeper sleeper;
	struct pager pager;

	fall_asleep(self->obj, &sleeper, &pager);
	before = slab();
	set_module_parameter(UNDELETED, 1);
	for (int i = 0; i < 3; i++)
		fire(FLOOD);
	set_module_parameter(UNDELETED, 0);
	EXPECT_EQ(answer(self->obj, RET), 0);
	ksft_note("%llu values of %d bytes, %ld kB", answer(self->obj, FLOODED),
		  FLOOD_BYTES, slab() - before);
	EXPECT(slab() - before > most);

	pager_answer(&pager, 0, 1);
	ASSERT(sleeper_ends(&sleeper, 10));
	bpf_link__destroy(link);
	EXPECT(WAIT_FOR(slab() - before < most, 20));
}

/* The map is freed before the tasks. */
TEST(values_go_with_their_map)
{
	for (int i = 0; i < 3; i++) {
		struct rex_obj *obj = load_object("storage");
		struct bpf_link *link = attach(obj, "storage");

		EXPECT_EQ(count(obj), 1);
		bpf_link__destroy(link);
		rex_obj_close(obj);
	}
}
