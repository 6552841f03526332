// SPDX-License-Identifier: GPL-2.0
/*
 * Nothing is lost silently: programs/losses returns errors, writes to full
 * buffers, and causes its own events.
 */
#include <linux/bpf.h>

#include "rex_util.h"
#include "names/losses.h"

/* The number of records of 64 bytes, with headers, that fit in one page. */
#define ROOM (4096 / (64 + 8))

static struct rex_obj *load_fails(void)
{
	struct rex_obj *obj = load_object("losses");

	attach(obj, "fails");
	return obj;
}

static void fire_times(__u32 fd, int times)
{
	for (int i = 0; i < times; i++)
		fire(fd);
}

TEST(errors_are_counted_and_the_last_one_is_kept)
{
	struct rex_obj *obj = load_fails();
	struct rex_prog_info info = prog_info(obj, "fails");

	EXPECT_EQ(info.errors, 0);
	EXPECT_EQ(info.last_error, 0);
	fire_times(ABSENT, 3);
	fire(EVENT_FD);
	info = prog_info(obj, "fails");
	EXPECT_EQ(info.errors, 3);
	EXPECT_EQ(info.last_error, -ENOENT);
	EXPECT(info.runs >= 4);
	EXPECT_EQ(info.faults, 0);
	fire_times(SEVEN, 2);
	info = prog_info(obj, "fails");
	EXPECT_EQ(info.errors, 5);
	EXPECT_EQ(info.last_error, -7);
	EXPECT_EQ(prog_info(obj, "cannot_decide").errors, 0);
}

static __u32 run_packet(struct rex_obj *obj, __u8 first)
{
	__u8 packet[64] = { first };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);

	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(
					       program(obj, "cannot_decide")),
				       &opts));
	return opts.retval;
}

TEST(verdicts_that_are_errors_are_counted)
{
	struct rex_obj *obj = load_object("losses");

	EXPECT_EQ(run_packet(obj, 0), XDP_PASS);
	EXPECT_EQ(run_packet(obj, 1), XDP_ABORTED);
	EXPECT_EQ(run_packet(obj, 2), XDP_DROP);
	EXPECT_EQ(run_packet(obj, 1), XDP_ABORTED);
	EXPECT_EQ(prog_info(obj, "cannot_decide").errors, 2);
	EXPECT_EQ(prog_info(obj, "cannot_decide").last_error, -EPERM);
}

static void fill(__u32 by)
{
	struct rex_obj *obj = load_fails();

	fire_times(by, ROOM);
	EXPECT_EQ(prog_info(obj, "fails").lost_records, 0);
	fire_times(by, 5);
	EXPECT_EQ(prog_info(obj, "fails").lost_records, 5);
	EXPECT_EQ(prog_info(obj, "fails").errors, 0);
	rex_obj_close(obj);
}

TEST(records_that_a_full_ring_buffer_does_not_take_are_counted)
{
	fill(RESERVE);
	fill(OUTPUT);
}

TEST(samples_without_a_reader_are_counted)
{
	struct rex_obj *obj = load_fails();

	fire_times(SAMPLE, 4);
	EXPECT_EQ(prog_info(obj, "fails").lost_records, 4);
}

static void update(struct rex_obj *obj, int times)
{
	__u64 key = 3;

	for (int i = 0; i < times; i++)
		ASSERT(!bpf_map_update_elem(map_fd(obj, "NOTHING"), &key, &key,
					    BPF_ANY));
}

TEST(lost_events_are_counted_for_their_program)
{
	struct rex_obj *obj = open_program("losses", "nested", NULL);
	struct rex_obj *next = open_program("losses", "nothing", NULL);
	struct bpf_link *link;
	struct rex_prog_info old;
	int carrier;

	load_opened(obj);
	link = attach(obj, "nested");
	update(obj, 10);
	old = prog_info(obj, "nested");
	ksft_note("%llu runs, %llu missed", old.runs, old.missed);
	EXPECT(old.runs >= 10);
	EXPECT_EQ(old.missed, old.runs);
	EXPECT_EQ(old.missed, recursion_misses(obj, "nested"));

	/* The new program does not inherit the old one's losses. */
	load_opened(next);
	carrier = bpf_program__fd(program(obj, "nested"));
	ASSERT(!rex_obj_replace(next, "nested", carrier));
	EXPECT_EQ(prog_info(next, "nested").missed, 0);
	update(next, 5);
	EXPECT_EQ(prog_info(next, "nested").missed,
		  prog_info(next, "nested").runs);
	EXPECT(prog_info(next, "nested").missed >= 5);
	EXPECT_EQ(prog_info(obj, "nested").missed, old.missed);

	/* The carrier ends with its object; the count stays. */
	old = prog_info(next, "nested");
	bpf_link__destroy(link);
	rex_obj_close(obj);
	ASSERT(WAIT_FOR(prog_info(next, "nested").nr_bindings == 0, 10));
	EXPECT_EQ(prog_info(next, "nested").missed, old.missed);
}
