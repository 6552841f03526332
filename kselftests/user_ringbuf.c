// SPDX-License-Identifier: GPL-2.0
/* Programs take records that userspace writes (programs/user_ringbuf). */
#include <pthread.h>
#include <sys/mman.h>

#include "rex_util.h"
#include "names/user_ringbuf.h"

#define RING_SIZE (1u << 20)

FIXTURE(records)
{
	struct rex_obj *obj;
	struct user_ring_buffer *ring;
	int take, drain;
};

static volatile bool ended;

static void begin_records(struct records_fixture *self, __u32 timeout_ms)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = 100,
		 .timeout_ms = timeout_ms);

	ended = false;
	self->obj = load_object_opts("user_ringbuf", &opts);
	self->take = bpf_program__fd(program(self->obj, "take"));
	self->drain = bpf_program__fd(program(self->obj, "drain"));
	self->ring = user_ring_buffer__new(map_fd(self->obj, "orders"), NULL);
	ASSERT(self->ring);
}

static void end_records(struct records_fixture *self)
{
	user_ring_buffer__free(self->ring);
	rex_obj_close(self->obj);
}

FIXTURE_SETUP(records)
{
	begin_records(self, 200);
}

FIXTURE_TEARDOWN(records)
{
	end_records(self);
}

/* Returns what the program returns to a request with the argument @arg. */
static __s32 call(int fd, __u64 arg)
{
	__u64 args[12] = { arg };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args,
		    .ctx_size_in = sizeof(args));

	ASSERT(!bpf_prog_test_run_opts(fd, &opts));
	return opts.retval;
}

static bool try_put(struct user_ring_buffer *ring, const void *data, __u32 size)
{
	void *record = user_ring_buffer__reserve(ring, size);

	if (!record)
		return false;
	memcpy(record, data, size);
	user_ring_buffer__submit(ring, record);
	return true;
}

static void put(struct user_ring_buffer *ring, const void *data, __u32 size)
{
	ASSERT(try_put(ring, data, size));
}

static void put_number(struct user_ring_buffer *ring, __u64 number)
{
	put(ring, &number, sizeof(number));
}

static __u64 result(struct rex_obj *obj, __u32 index)
{
	return map_get(obj, "results", index);
}

static __u64 faults(struct rex_obj *obj)
{
	return prog_info(obj, "take").faults + prog_info(obj, "drain").faults;
}

TEST_F(records, records_are_taken_in_their_order)
{
	void *record;

	EXPECT_EQ(call(self->take, 0), -ENODATA);
	put(self->ring, "first", 6);
	put(self->ring, "the second one", 15);
	EXPECT_EQ(call(self->take, 0), 6);
	EXPECT_EQ(result(self->obj, BYTES), 0x7473726966);
	EXPECT_EQ(result(self->obj, TRUNCATED), 0);
	/* There is room for 8 bytes, and the program sees that there were more. */
	EXPECT_EQ(call(self->take, 0), 15);
	EXPECT_EQ(result(self->obj, TRUNCATED), 1);
	EXPECT_EQ(call(self->take, 0), -ENODATA);
	/* One that userspace gives up is passed over. */
	record = user_ring_buffer__reserve(self->ring, 8);
	ASSERT(record);
	put(self->ring, "third", 6);
	/* It is not finished yet, and hides the next one. */
	EXPECT_EQ(call(self->take, 0), -ENODATA);
	user_ring_buffer__discard(self->ring, record);
	EXPECT_EQ(call(self->take, 0), 6);
	EXPECT_EQ(call(self->take, 0), -ENODATA);
	EXPECT_EQ(faults(self->obj), 0);
}

TEST_F(records, ring_is_used_again_when_it_is_full)
{
	/* Emulation takes long for so many records. */
	end_records(self);
	begin_records(self, 5000);
	for (int round = 0; round < 3; round++) {
		__u64 count = 0, before = result(self->obj, SUM);

		while (try_put(self->ring, &count, sizeof(count)))
			count++;
		EXPECT_EQ(count, RING_SIZE / 16);
		EXPECT_EQ(call(self->drain, ADD), (__s32)count);
		EXPECT_EQ(result(self->obj, SUM) - before,
			  count * (count - 1) / 2);
	}
	EXPECT_EQ(faults(self->obj), 0);
}

TEST_F(records, record_whose_closure_fails_is_taken)
{
	for (int i = 1; i <= 3; i++)
		put_number(self->ring, i);
	EXPECT_EQ(call(self->drain, FAIL), -EIO);
	EXPECT_EQ(result(self->obj, SUM), 1);
	EXPECT_EQ(call(self->drain, ADD), 2);
	EXPECT_EQ(result(self->obj, SUM), 6);
}

TEST_F(records, drain_within_a_drain_takes_the_next_records)
{
	for (int i = 1; i <= 5; i++)
		put_number(self->ring, i);
	EXPECT_EQ(call(self->drain, NEST), 1);
	EXPECT_EQ(result(self->obj, SUM), 15);
	EXPECT_EQ(faults(self->obj), 0);
}

/* A fault resets the data of the programs; the map is as the fault found it. */
TEST_F(records, faults_in_the_middle_leave_the_ring_usable)
{
	static const __u64 ends[] = { PANIC, SPIN };

	for (int i = 0; i < 2; i++) {
		__u64 before = result(self->obj, SUM);

		for (int j = 1; j <= 3; j++)
			put_number(self->ring, j);
		call(self->drain, ends[i]);
		EXPECT_EQ(faults(self->obj), (__u64)i + 1);
		EXPECT_EQ(result(self->obj, SUM) - before, 1);
		EXPECT(WAIT_FOR(call(self->drain, ADD) == 2, 5));
		EXPECT_EQ(result(self->obj, SUM) - before, 6);
	}
}

/* ---- two at once ---- */

#define NUMBERS 20000

struct drainer {
	pthread_t thread;
	int fd;
	__u64 taken;
};

static void *drain_always(void *arg)
{
	struct drainer *drainer = arg;

	while (!ended) {
		__s32 ret = call(drainer->fd, ADD);

		/* The other one may be in the middle of a record: -EBUSY. */
		ASSERT(ret >= 0 || ret == -EBUSY);
	}
	return NULL;
}

TEST_F(records, each_record_is_taken_once_by_two_cpus)
{
	const __u64 sum = (__u64)NUMBERS * (NUMBERS + 1) / 2;
	struct drainer drainers[2];
	__u64 number = 1;

	for (int i = 0; i < 2; i++) {
		drainers[i].fd = self->drain;
		ASSERT(!pthread_create(&drainers[i].thread, NULL, drain_always,
				       &drainers[i]));
	}
	while (number <= NUMBERS)
		if (try_put(self->ring, &number, sizeof(number)))
			number++;
	EXPECT(WAIT_FOR(result(self->obj, SUM) >= sum, 20));
	ended = true;
	for (int i = 0; i < 2; i++)
		ASSERT(!pthread_join(drainers[i].thread, NULL));
	EXPECT_EQ(result(self->obj, SUM), sum);
	EXPECT_EQ(faults(self->obj), 0);
}

/* ---- userspace that lies ---- */

/*
 * Userspace owns the position up to which it has written, and the headers and bytes of
 * records, which are in the pages after it.
 */
struct raw {
	volatile __u64 *end;
	volatile __u32 *volatile data;
};

static struct raw map_raw(struct rex_obj *obj)
{
	long page = sysconf(_SC_PAGESIZE);
	struct raw raw;

	raw.end = mmap(NULL, page + 2 * RING_SIZE, PROT_READ | PROT_WRITE,
		       MAP_SHARED, map_fd(obj, "orders"), page);
	ASSERT(raw.end != MAP_FAILED);
	raw.data = (void *)raw.end + page;
	return raw;
}

/* Userspace cannot write to the position up to which programs have read. */
TEST_F(records, position_of_programs_is_read_only)
{
	EXPECT(mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
		    MAP_SHARED, map_fd(self->obj, "orders"), 0) == MAP_FAILED);
}

TEST_F(records, what_is_no_record_is_an_error)
{
	static const __u64 ends[] = { 1,     4,		8,
				      4096,  RING_SIZE, RING_SIZE + 8,
				      ~0ull, ~0ull - 7, 1ull << 63 };
	struct raw raw = map_raw(self->obj);

	for (__u32 shift = 0; shift < 31; shift++)
		for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
			__s32 ret;

			raw.data[0] = 1u << shift;
			*raw.end = ends[i];
			ret = call(self->take, 0);
			EXPECT_MSG(ret == -EINVAL || ret == -E2BIG ||
					   ret == -ENODATA ||
					   (ret >= 0 && ret < (__s32)RING_SIZE),
				   "size 1 << %u, end %llx: %d", shift, ends[i],
				   ret);
		}
	EXPECT_EQ(faults(self->obj), 0);
}

/* There is no record in the whole ring buffer: one call passes over all of them. */
TEST_F(records, discarded_records_are_passed_over)
{
	struct raw raw = map_raw(self->obj);

	for (__u32 i = 0; i < RING_SIZE / 4; i += 2)
		raw.data[i] = BPF_RINGBUF_DISCARD_BIT;
	*raw.end = RING_SIZE;
	EXPECT_EQ(call(self->take, 0), -ENODATA);
	put(self->ring, "first", 6);
	EXPECT_EQ(call(self->take, 0), 6);
	EXPECT_EQ(faults(self->obj), 0);
}

static void *scribble(void *arg)
{
	struct raw *raw = arg;
	__u32 value = 0;

	while (!ended)
		for (int i = 0; i < 64 * 18; i++)
			if (i % 18 > 1)
				raw->data[i] = value++;
	return NULL;
}

/*
 * 64 records of 64 bytes are written to without a pause while programs have them. A
 * reference to memory of the ring buffer would be one to bytes that change.
 */
TEST_F(records, record_does_not_change_while_a_program_has_it)
{
	struct raw raw = map_raw(self->obj);
	pthread_t thread;
	__u64 end = 0;

	ASSERT(!pthread_create(&thread, NULL, scribble, &raw));
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 64; i++)
			raw.data[18 * i] = 64;
		end += 64 * 72;
		*raw.end = end;
		EXPECT_EQ(call(self->drain, COMPARE), 64);
		raw.data += 64 * 18;
	}
	ended = true;
	ASSERT(!pthread_join(thread, NULL));
	EXPECT_EQ(result(self->obj, CHANGED), 0);
	EXPECT_EQ(faults(self->obj), 0);
}

/* Headers and the end of the records change while programs read them. */
static void *lie(void *arg)
{
	struct raw *raw = arg;
	__u32 value = 1;

	while (!ended) {
		value = value * 1664525 + 1013904223;
		raw->data[value >> 24] = value & 0xc000ffff;
		*raw->end = (value >> 8) & 0x1ffff8;
	}
	return NULL;
}

TEST_F(records, lies_of_userspace_harm_no_program)
{
	struct raw raw = map_raw(self->obj);
	pthread_t thread;

	ASSERT(!pthread_create(&thread, NULL, lie, &raw));
	for (int i = 0; i < 3000; i++) {
		__s32 ret = call(self->take, 0);

		EXPECT_MSG(ret < (__s32)RING_SIZE, "%d", ret);
	}
	ended = true;
	ASSERT(!pthread_join(thread, NULL));
	EXPECT_EQ(faults(self->obj), 0);
}
