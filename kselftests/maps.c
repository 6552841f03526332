// SPDX-License-Identifier: GPL-2.0
/*
 * programs/counts, this process and bpftool share maps.
 */
#include <pthread.h>

#include "rex_util.h"
#include "names/counts.h"

#define THREADS 4
#define CALLS 2000

ATTACHED_FIXTURE("counts", "counts_first")

static __u32 map_id(struct rex_obj *obj, const char *map)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	ASSERT(!bpf_obj_get_info_by_fd(map_fd(obj, map), &info, &len));
	return info.id;
}

TEST_F(attached, program_reads_what_userspace_wrote)
{
	fire(EVENT_FD);
	EXPECT_EQ(map_get(self->obj, "totals", FIRST), 0);
	map_set(self->obj, "control", DESCRIPTOR, EVENT_FD);
	map_set(self->obj, "control", PASS_ON, 0x0123456789abcdef);
	fire(EVENT_FD);
	EXPECT_EQ(map_get(self->obj, "totals", PASSED_ON), 0x0123456789abcdef);
	map_set(self->obj, "control", PASS_ON, -2);
	fire(EVENT_FD);
	EXPECT_EQ(map_get(self->obj, "totals", PASSED_ON), -2);
}

TEST_F(attached, userspace_reads_what_the_program_wrote)
{
	__u32 me = syscall(SYS_gettid), other = me + 1;
	__u64 value;

	map_set(self->obj, "control", DESCRIPTOR, EVENT_FD);
	for (int i = 1; i <= 10; i++) {
		fire(EVENT_FD);
		fire(EVENT_FD + 1);
		EXPECT_EQ(map_get(self->obj, "totals", FIRST), i);
		EXPECT_EQ(map_get(self->obj, "by_thread", me), i);
	}
	EXPECT_EQ(map_get(self->obj, "totals", SECOND), 0);
	EXPECT_EQ(bpf_map_lookup_elem(map_fd(self->obj, "by_thread"), &other,
				      &value),
		  -ENOENT);
}

TEST_F(attached, element_that_userspace_deletes_is_made_again)
{
	__u32 me = syscall(SYS_gettid);

	map_set(self->obj, "control", DESCRIPTOR, EVENT_FD);
	map_set(self->obj, "by_thread", me, 100);
	fire(EVENT_FD);
	EXPECT_EQ(map_get(self->obj, "by_thread", me), 101);
	ASSERT(!bpf_map_delete_elem(map_fd(self->obj, "by_thread"), &me));
	fire(EVENT_FD);
	EXPECT_EQ(map_get(self->obj, "by_thread", me), 1);
}

struct caller {
	pthread_t thread;
	pthread_barrier_t *start;
	__u32 tid;
	int calls;
};

static void *call_often(void *arg)
{
	struct caller *c = arg;

	c->tid = syscall(SYS_gettid);
	pthread_barrier_wait(c->start);
	for (int i = 0; i < c->calls; i++)
		syscall(SYS_dup, EVENT_FD);
	return NULL;
}

TEST_F(attached, counts_are_exact_under_4_threads)
{
	struct caller callers[THREADS];
	pthread_barrier_t start;
	__u64 calls = 0, sum = 0, misses, count;

	map_set(self->obj, "control", DESCRIPTOR, EVENT_FD);
	ASSERT(!pthread_barrier_init(&start, NULL, THREADS));
	for (int i = 0; i < THREADS; i++) {
		callers[i].start = &start;
		callers[i].calls = CALLS + i;
		ASSERT(!pthread_create(&callers[i].thread, NULL, call_often,
				       &callers[i]));
	}
	for (int i = 0; i < THREADS; i++) {
		ASSERT(!pthread_join(callers[i].thread, NULL));
		calls += callers[i].calls;
	}
	misses = recursion_misses(self->obj, "counts_first");
	for (int i = 0; i < THREADS; i++) {
		count = map_get(self->obj, "by_thread", callers[i].tid);
		EXPECT(count <= (__u64)callers[i].calls &&
		       count + misses >= (__u64)callers[i].calls);
		sum += count;
	}
	EXPECT_EQ(sum + misses, calls);
	EXPECT_EQ(map_get(self->obj, "totals", FIRST), sum);
	EXPECT_EQ(prog_info(self->obj, "counts_first").runs, sum);
}

/* Returns the bytes of VALUE, lowest first, as bpftool takes them. */
static const char *bytes(__u64 value, int count)
{
	static __thread char text[2][64];
	static __thread int turn;
	char *to = text[turn ^= 1];

	for (int i = 0; i < count; i++)
		sprintf(to + 3 * i, "%02x ", (int)(value >> 8 * i & 0xff));
	return to;
}

TEST_F(attached, program_reads_what_bpftool_wrote)
{
	free(shell("bpftool map update id %u key hex %svalue hex %s2>&1",
		   map_id(self->obj, "control"), bytes(DESCRIPTOR, 4),
		   bytes(EVENT_FD, 8)));
	free(shell("bpftool map update id %u key hex %svalue hex %s2>&1",
		   map_id(self->obj, "control"), bytes(PASS_ON, 4),
		   bytes(0xfedcba9876543210, 8)));
	fire(EVENT_FD);
	EXPECT_EQ(map_get(self->obj, "totals", FIRST), 1);
	EXPECT_EQ(map_get(self->obj, "totals", PASSED_ON), 0xfedcba9876543210);
}

/* Returns an element in bpftool's JSON. */
static const char *json(__u32 key, __u64 value)
{
	static char text[256];
	char *to = text;

	to += sprintf(to, "{\"key\":[");
	for (int i = 0; i < 4; i++)
		to += sprintf(to, "\"0x%02x\",", key >> 8 * i & 0xff);
	to += sprintf(to - 1, "],\"value\":[") - 1;
	for (int i = 0; i < 8; i++)
		to += sprintf(to, "\"0x%02x\",", (int)(value >> 8 * i & 0xff));
	sprintf(to - 1, "],\"formatted\":{\"key\":%u,\"value\":%llu}}", key,
		(unsigned long long)value);
	return text;
}

TEST_F(attached, bpftool_reads_what_the_program_wrote)
{
	__u32 me = syscall(SYS_gettid);
	char *text;

	map_set(self->obj, "control", DESCRIPTOR, EVENT_FD);
	map_set(self->obj, "control", PASS_ON, 0x123456789abcdef0);
	for (int i = 0; i < 3; i++)
		fire(EVENT_FD);
	text = shell("bpftool -j map dump id %u 2>&1",
		     map_id(self->obj, "totals"));
	EXPECT_CONTAINS(text, json(FIRST, 3));
	EXPECT_CONTAINS(text, json(SECOND, 0));
	EXPECT_CONTAINS(text, json(PASSED_ON, 0x123456789abcdef0));
	free(text);
	text = shell("bpftool -j map dump id %u 2>&1",
		     map_id(self->obj, "by_thread"));
	EXPECT_CONTAINS(text, json(me, 3));
	free(text);
}

TEST_F(attached, bpftool_lists_programs_and_maps)
{
	char *text = shell("bpftool -j prog show name counts_first 2>&1");

	EXPECT_CONTAINS(text,
			"\"type\":\"tracepoint\",\"name\":\"counts_first\"");
	EXPECT_CONTAINS(text, "\"jited\":true");
	free(text);
	text = shell("bpftool -j map show id %u 2>&1",
		     map_id(self->obj, "by_thread"));
	EXPECT_CONTAINS(text, "\"type\":\"hash\",\"name\":\"by_thread\"");
	free(text);
}
