// SPDX-License-Identifier: GPL-2.0
/*
 * Many threads ask /dev/rex for the same thing at the same time: images of one name, the
 * first BIND of one carrier, REPLACE of one carrier in chains and circles, and BIND of
 * carriers that end. TEST-DEADLINE: 200
 */
#include <pthread.h>
#include <stdatomic.h>

#include "hostile.h"

#define THREADS 6
#define ROUNDS 40
#define CHAIN_MS 2000

static _Atomic int started, successes, unexpected;
static _Atomic bool over;

/* All threads go on together. */
static void meet(int round)
{
	started++;
	while (started < (round + 1) * THREADS)
		sched_yield();
}

static pthread_t threads[THREADS];

static void start_threads(void *(*function)(void *), void *arg)
{
	for (int i = 0; i < THREADS; i++)
		ASSERT(!pthread_create(&threads[i], NULL, function, arg));
}

static void join_threads(void)
{
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static struct rex_prog_info first_program(int image)
{
	struct rex_prog_info info = { .size = sizeof(info),
				      .image_fd = image,
				      .prog_fd = -1 };

	ASSERT(!ioctl(device(), REX_IOC_PROG_INFO, &info));
	return info;
}

/* ---- images of one name ---- */

static struct rex_load template;
static __u32 ids[THREADS][ROUNDS];
static _Atomic int next_thread;

static void *load_often(void *unused)
{
	int thread = next_thread++;

	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		struct rex_load args = template;
		int fd;

		meet(2 * i);
		fd = ioctl(device(), REX_IOC_LOAD, &args);
		unexpected += fd < 0;
		meet(2 * i + 1);
		ids[thread][i] = image_info_of(fd).id;
		close(fd);
	}
	return NULL;
}

TEST(threads_load_images_of_one_name)
{
	struct census before;
	int twice = 0;

	idle_device();
	template = load_args("hello");
	strcpy(template.name, "one_name");
	before = take_census();
	start_threads(load_often, NULL);
	join_threads();
	EXPECT_EQ(unexpected, 0);
	/* A number may come again when its image has gone, but not in the same round. */
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < THREADS; i++)
			for (int k = 0; k < i; k++)
				twice += ids[i][round] == ids[k][round];
	EXPECT_EQ(twice, 0);
	EXPECT_CENSUS(&before);
}

/* ---- the first BIND ---- */

static int contested[ROUNDS];

static void *bind_first(void *image)
{
	for (int i = 0; i < ROUNDS; i++) {
		meet(i);
		if (!bind_prog(*(int *)image, contested[i], "rex_prog1", 0))
			successes++;
		else if (errno != EBUSY && errno != ETXTBSY)
			unexpected++;
	}
	return NULL;
}

/* One thread binds it at most. The other threads get EBUSY or ETXTBSY. */
TEST(carrier_is_bound_once_however_many_try)
{
	int image = load_image("hello"), bound;

	for (int i = 0; i < ROUNDS; i++)
		contested[i] = carrier(BPF_PROG_TYPE_TRACEPOINT);
	start_threads(bind_first, &image);
	join_threads();
	bound = nr_bindings(image);
	ksft_note("%d of %d bound", bound, ROUNDS);
	EXPECT_EQ(unexpected, 0);
	EXPECT_EQ(successes, bound);
	/* A carrier that was never bound can still be bound. */
	for (int i = 0; i < ROUNDS; i++)
		if (bind_prog(image, contested[i], "rex_prog1", 0))
			EXPECT_EQ(errno, EBUSY);
	EXPECT_EQ(nr_bindings(image), ROUNDS);
	for (int i = 0; i < ROUNDS; i++)
		close(contested[i]);
	EXPECT(WAIT_FOR(nr_bindings(image) == 0, 10));
}

/* ---- chains of REPLACE ---- */

static int ring[THREADS], moved;
static _Atomic unsigned long moves;

/* Each thread moves the carrier to an image of its own, again and again. */
static void *move_on(void *unused)
{
	int mine = ring[next_thread++ % THREADS];

	(void)unused;
	while (!over) {
		if (bind_prog(mine, moved, "rex_prog1", REX_BIND_REPLACE))
			unexpected++;
		moves++;
	}
	return NULL;
}

static int attach_moved(void)
{
	int event = open_dup_event();

	ASSERT(!ioctl(event, PERF_EVENT_IOC_SET_BPF, moved));
	ASSERT(!ioctl(event, PERF_EVENT_IOC_ENABLE, 0));
	return event;
}

/* No event is lost, and none is seen by two. */
TEST(carrier_that_is_moved_in_circles_sees_each_event_once)
{
	unsigned long events = 0, runs = 0, missed;
	int event, bound = 0;

	moved = carrier(BPF_PROG_TYPE_TRACEPOINT);
	for (int i = 0; i < THREADS; i++)
		ring[i] = load_image("hello");
	ASSERT(!bind_fresh(ring[0], moved, "rex_prog1", 0));
	event = attach_moved();
	start_threads(move_on, NULL);
	for (long end = ksft_ms() + CHAIN_MS;
	     ksft_ms() < end || moves <= THREADS; events++)
		fire(EVENT_FD);
	over = true;
	join_threads();
	close(event);
	for (int i = 0; i < THREADS; i++) {
		runs += first_program(ring[i]).runs;
		EXPECT_EQ(first_program(ring[i]).skipped, 0);
		bound += nr_bindings(ring[i]);
	}
	missed = recursion_misses_of(moved);
	ksft_note("%lu moves, %lu events, %lu runs, %lu missed", moves, events,
		  runs, missed);
	EXPECT_EQ(unexpected, 0);
	EXPECT_EQ(bound, 1);
	EXPECT_EQ(runs + missed, events);
	EXPECT(moves > THREADS);
}

/* The old program is the new one. */
TEST(carrier_that_is_moved_to_where_it_is_stays)
{
	int image = load_image("hello"), event;

	moved = carrier(BPF_PROG_TYPE_TRACEPOINT);
	ASSERT(!bind_fresh(image, moved, "rex_prog1", 0));
	event = attach_moved();
	for (int i = 0; i < 20; i++) {
		EXPECT(!bind_prog(image, moved, "rex_prog1", REX_BIND_REPLACE));
		fire(EVENT_FD);
		EXPECT_EQ(nr_bindings(image), 1);
	}
	EXPECT_EQ(first_program(image).runs, 20);
	close(event);
	close(moved);
	EXPECT(WAIT_FOR(nr_bindings(image) == 0, 10));
}

/* Only the carrier holds each image, so the move to the next image frees it. */
TEST(images_of_a_long_chain_go_one_by_one)
{
	struct census before;
	int last = load_image("hello"), event;

	moved = carrier(BPF_PROG_TYPE_TRACEPOINT);
	ASSERT(!bind_fresh(last, moved, "rex_prog1", 0));
	event = attach_moved();
	before = take_census();
	close(last);
	for (int i = 0; i < 200; i++) {
		last = load_image("hello");
		ASSERT(!bind_prog(last, moved, "rex_prog1", REX_BIND_REPLACE));
		close(last);
		fire(EVENT_FD);
	}
	before.module_refs--; /* of the descriptor that is closed */
	EXPECT_CENSUS(&before);
	close(event);
}

/* ---- the end of a carrier, and REPLACE of another one ---- */

static void *bind_and_close(void *image)
{
	while (!over) {
		int prog = carrier(BPF_PROG_TYPE_TRACEPOINT);

		if (bind_fresh(*(int *)image, prog, "rex_prog1", 0))
			unexpected++;
		if (moves++ % 2 && bind_prog(*(int *)image, prog, "rex_prog1",
					     REX_BIND_REPLACE))
			unexpected++;
		close(prog);
	}
	return NULL;
}

/* A new carrier is often at the address of one that was closed before. */
TEST(carriers_go_and_come_at_the_same_addresses)
{
	int image = load_image("hello");

	start_threads(bind_and_close, &image);
	ksft_pause_ms(CHAIN_MS);
	over = true;
	join_threads();
	ksft_note("%lu carriers", moves);
	EXPECT_EQ(unexpected, 0);
	EXPECT(WAIT_FOR(nr_bindings(image) == 0, 20));
}

/* ---- the limits of the module, meanwhile ---- */

static void *change_limits(void *unused)
{
	(void)unused;
	while (!over) {
		set_module_parameter("timeout_ms", 1);
		set_module_parameter("timeout_ms", 4294967295);
		set_module_parameter("timeout_ms", 0);
	}
	set_module_parameter("timeout_ms", 1000);
	return NULL;
}

/* A program's limit is one that the module allows, for each value of the parameter. */
TEST(limit_that_changes_within_a_load_is_within_its_bounds)
{
	struct rex_load args = load_args("hello");
	pthread_t thread;

	ASSERT(!pthread_create(&thread, NULL, change_limits, NULL));
	for (int i = 0; i < 300; i++) {
		int image = load(&args);
		__u32 limit = first_program(image).timeout_ms;

		EXPECT_MSG(limit >= 1 && limit <= 5000, "limit %u", limit);
		close(image);
	}
	over = true;
	pthread_join(thread, NULL);
}
