// SPDX-License-Identifier: GPL-2.0
/*
 * Records of ring buffers (programs/ringbuf) arrive whole, and none leaks, however a run
 * ends.
 */
#include <pthread.h>

#include "rex_pair.h"
#include "names/ringbuf.h"

#define RING_SIZE 8192

struct event {
	__u64 thread;
	__u64 number;
	char text[16];
};

static struct received {
	int records;
	size_t size;
	char last[4096];
} received;

static struct ring_buffer *reader;

static int receive(void *unused, void *data, size_t size)
{
	(void)unused;
	received.records++;
	received.size = size;
	memcpy(received.last, data, size);
	return 0;
}

static struct pair_fixture load_ring(void)
{
	struct pair_fixture p = load_pair("ringbuf", 0);

	memset(&received, 0, sizeof(received));
	reader = ring_buffer__new(map_fd(p.obj, "ring"), receive, NULL, NULL);
	ASSERT(reader);
	return p;
}

static void unload_ring(struct pair_fixture *p)
{
	ring_buffer__free(reader);
	unload_pair(p);
}

FIXTURE_SETUP(pair)
{
	*self = load_ring();
}

FIXTURE_TEARDOWN(pair)
{
	unload_ring(self);
}

/* Returns the number of records that there are now. */
static int consume(void)
{
	int before = received.records;

	ASSERT(ring_buffer__consume(reader) >= 0);
	return received.records - before;
}

/* Expects that a record arrives from the other image's program. */
static void expect_works(struct pair_fixture *p)
{
	hand_over(p);
	for (int i = 0; i < 300; i++) {
		fire(OUTPUT);
		ASSERT_EQ(consume(), 1);
	}
	EXPECT_EQ(received.size, sizeof(struct event));
	EXPECT_EQ(prog_info(p->other, p->name).faults, 0);
}

TEST_F(pair, text_arrives)
{
	char text[32];

	fire(TEXT);
	EXPECT_EQ(consume(), 1);
	EXPECT_EQ(received.size, 32);
	snprintf(text, sizeof(text), "thread %ld was here",
		 syscall(SYS_gettid));
	EXPECT_STREQ(received.last, text);
	EXPECT_EQ(received.last[31] & 0xff, 0xee);
}

TEST_F(pair, plain_data_arrives)
{
	struct event event;

	map_set(self->obj, "control", NUMBER, 0x123456789abcdef0);
	fire(OUTPUT);
	EXPECT_EQ(consume(), 1);
	EXPECT_EQ(received.size, sizeof(event));
	memcpy(&event, received.last, sizeof(event));
	EXPECT_EQ(event.thread, (__u64)getpid() << 32 | syscall(SYS_gettid));
	EXPECT_EQ(event.number, 0x123456789abcdef0);
	EXPECT(!memcmp(event.text, "sixteen letters.", 16));
}

TEST_F(pair, reader_is_woken)
{
	pid_t child = fork();

	ASSERT(child >= 0);
	if (!child) {
		ksft_pause_ms(100);
		syscall(SYS_dup, TEXT);
		_exit(0);
	}
	EXPECT_EQ(ring_buffer__poll(reader, 10000), 1);
	EXPECT_EQ(received.records, 1);
	reap(child);
}

TEST_F(pair, discarded_and_dropped_records_are_not_seen)
{
	for (int i = 0; i < 1000; i++) {
		fire(GIVE_UP);
		ASSERT_EQ(consume(), 1);
		EXPECT_EQ(received.size, 8);
		EXPECT(!memcmp(received.last, "I stayed", 8));
	}
}

TEST_F(pair, functions_of_the_ring_do_what_they_document)
{
	fire(CHECK);
	EXPECT_EQ(map_get(self->obj, "results", FAILED), 0);
	/* 5000 bytes are declared. */
	EXPECT_EQ(map_get(self->obj, "results", SIZE), RING_SIZE);
	EXPECT_EQ(consume(), 3);
	EXPECT_EQ(received.size, 0);
}

TEST_F(pair, full_ring_buffer_is_refused_and_can_be_used_again)
{
	for (int i = 0; i < 50; i++) {
		map_set(self->obj, "results", HOLDING, 0);
		fire(FILL);
		EXPECT_EQ(map_get(self->obj, "results", FAILED), 0);
		/* One byte always stays free, so not 64. */
		EXPECT_EQ(map_get(self->obj, "results", HOLDING),
			  RING_SIZE / 128 - 1);
		EXPECT_EQ(consume(), 0);
	}
	expect_works(self);
}

/* ---- ends of runs ---- */

static void run_ends_with(struct pair_fixture *self, __u32 event, __u32 cause,
			  __u64 number)
{
	map_set(self->obj, "control", NUMBER, number);
	fire(event);
	expect_fault(self, cause);
	EXPECT_EQ(map_get(self->obj, "results", HOLDING), number);
	EXPECT_EQ(consume(), 0);
	expect_works(self);
}

TEST_F(pair, panic_discards_a_record)
{
	run_ends_with(self, PANIC, REX_FAULT_PANIC, 1);
}

TEST_F(pair, panic_discards_100_records)
{
	run_ends_with(self, PANIC, REX_FAULT_PANIC, 100);
}

TEST_F(pair, timeout_discards_a_record)
{
	run_ends_with(self, SPIN, REX_FAULT_TIMEOUT, 1);
}

TEST_F(pair, timeout_discards_100_records)
{
	run_ends_with(self, SPIN, REX_FAULT_TIMEOUT, 100);
}

TEST_F(pair, run_that_is_always_in_a_helper_is_stopped)
{
	fire(OUTPUT_FOR_EVER);
	EXPECT_EQ(map_get(self->obj, "results", HOLDING), 1);
	expect_fault(self, REX_FAULT_TIMEOUT);
	EXPECT(consume() > 0);
	expect_works(self);
}

TEST_F(pair, forgotten_records_do_not_leak)
{
	map_set(self->obj, "control", NUMBER, 100);
	for (int i = 0; i < 200; i++) {
		map_set(self->obj, "results", HOLDING, 0);
		fire(FORGET);
		EXPECT_EQ(map_get(self->obj, "results", HOLDING), 100);
		EXPECT_EQ(consume(), 0);
	}
	expect_no_fault(self);
	expect_works(self);
}

/* The list of resources makes the TESTs above pass: without it, records leak.
 */
TEST(without_the_account_forgotten_records_leak)
{
	struct pair_fixture p;

	reload_module("unprotected=0x10");
	p = load_ring();
	map_set(p.obj, "control", NUMBER, 100);
	fire(FORGET);
	EXPECT_EQ(map_get(p.obj, "results", HOLDING), 100);
	/* The leaked records block the ring forever. */
	fire(OUTPUT);
	EXPECT_EQ(consume(), 0);
	unload_ring(&p);
	reload_module("");
}

/* ---- many at once ---- */

static void *call_program(void *arg)
{
	for (int i = 0; i < 5000; i++)
		syscall(SYS_dup, *(__u32 *)arg);
	return NULL;
}

TEST_F(pair, records_of_4_threads_are_whole)
{
	__u32 events[] = { OUTPUT, GIVE_UP, FORGET, TEXT };
	pthread_t threads[4];
	int done = 0, seen = 0;

	map_set(self->obj, "control", NUMBER, 3);
	for (int i = 0; i < 4; i++)
		ASSERT(!pthread_create(&threads[i], NULL, call_program,
				       &events[i]));
	while (done < 4) {
		if (!pthread_tryjoin_np(threads[done], NULL)) {
			done++;
			continue;
		}
		if (ring_buffer__poll(reader, 1) <= 0)
			continue;
		seen++;
		EXPECT(received.size == 8 || received.size == 32);
		if (received.size == 8)
			EXPECT(!memcmp(received.last, "I stayed", 8));
		else
			EXPECT(!memcmp(received.last, "thread ", 7) ||
			       !memcmp(received.last + 16, "sixteen letters.",
				       16));
	}
	consume();
	EXPECT(seen > 0 && received.records > 100);
	expect_no_fault(self);
	expect_works(self);
}
