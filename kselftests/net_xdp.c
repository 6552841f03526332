// SPDX-License-Identifier: GPL-2.0
/*
 * XDP programs (programs/net_xdp) run with one crafted packet at a time. Real
 * packets are in net_xdp_devices, headers in net_xdp_headers.
 */
#include <linux/bpf.h>

#include "rex_ioctl.h"
#include "rex_net.h"
#include "names/net_unsafe.h"
#include "names/net_xdp.h"

OBJECT_FIXTURE("net_xdp")

/* ---- ends of packets ---- */

static int run_adjusting(struct rex_obj *obj, const char *name, long by,
			 const struct frame *in, struct frame *out)
{
	tell(obj, BY, by);
	EXPECT_EQ(test_run(obj, name, in, out), XDP_PASS);
	return seen(obj, RET);
}

TEST_F(object, tails_are_truncated_and_extended)
{
	struct frame f = udp_frame(PORT, 100, 'p'), out, want = f;

	EXPECT_EQ(run_adjusting(self->obj, "adjusts_tail", -40, &f, &out), 0);
	EXPECT_SEEN(self->obj, LINEAR_BEFORE, f.len);
	EXPECT_SEEN(self->obj, LINEAR, f.len - 40);
	EXPECT_SEEN(self->obj, LAST_BYTE, 'p');
	want.len -= 40;
	want.data[want.len - 1] = 0xee;
	expect_same("cut", &out, &want);

	EXPECT_EQ(run_adjusting(self->obj, "adjusts_tail", 60, &f, &out), 0);
	EXPECT_SEEN(self->obj, LINEAR, f.len + 60);
	EXPECT_SEEN(self->obj, LAST_BYTE, 0);
	want = f;
	for (int i = 0; i < 60; i++)
		put8(&want, i == 59 ? 0xee : 0);
	expect_same("extended", &out, &want);

	EXPECT_EQ(run_adjusting(self->obj, "adjusts_tail", 1 << 20, &f, &out),
		  -EINVAL);
	expect_same("not extended", &out, &f);
	EXPECT_EQ(run_adjusting(self->obj, "adjusts_tail", -(long)f.len, &f,
				&out),
		  -EINVAL);
	EXPECT_EQ(run_adjusting(self->obj, "adjusts_tail", -0x80000000l, &f,
				&out),
		  -EINVAL);
	expect_same("not cut", &out, &f);
}

TEST_F(object, heads_are_shortened_and_extended)
{
	struct frame f = udp_frame(PORT, 20, 'p'), out, want = { .len = 0 };

	tell(self->obj, VLAN_ID, 77);
	EXPECT_EQ(test_run(self->obj, "tags", &f, &out), XDP_PASS);
	put(&want, f.data, 12);
	put16(&want, ETH_P_8021Q);
	put16(&want, 77);
	put(&want, f.data + 12, f.len - 12);
	expect_same("tagged", &out, &want);

	EXPECT_EQ(run_adjusting(self->obj, "adjusts_head", 8, &f, &out), 0);
	EXPECT_SEEN(self->obj, LINEAR, f.len - 8);
	want.len = 0;
	put(&want, f.data + 8, f.len - 8);
	expect_same("cut", &out, &want);

	EXPECT_EQ(run_adjusting(self->obj, "adjusts_head", f.len, &f, &out),
		  -EINVAL);
	EXPECT_SEEN(self->obj, LINEAR, f.len);
	EXPECT_EQ(run_adjusting(self->obj, "adjusts_head", -4096, &f, &out),
		  -EINVAL);
	EXPECT_SEEN(self->obj, LINEAR, f.len);
	EXPECT_SEEN(self->obj, HAS_ETH, 1);
	expect_same("unchanged", &out, &f);
}

TEST_F(object, metadata_has_the_size_that_was_asked_for)
{
	struct frame f = udp_frame(PORT, 20, 'p');

	EXPECT_EQ(test_run(self->obj, "writes_metadata", &f, NULL), XDP_PASS);
	EXPECT_SEEN(self->obj, RET, 0);
	EXPECT_SEEN(self->obj, METADATA_LENGTH, 8);
	EXPECT_EQ(test_run(self->obj, "fields", &f, NULL), XDP_PASS);
	EXPECT_SEEN(self->obj, LINEAR, f.len);
	EXPECT_SEEN(self->obj, SLICE, f.len);
	EXPECT_SEEN(self->obj, METADATA_SIZE, 0);
	EXPECT_SEEN(self->obj, METADATA_LENGTH, 0);
}

/* ---- packets in several buffers ---- */

#define LARGE 9000

static void run_copies(struct rex_obj *obj, unsigned int at)
{
	static unsigned char in[LARGE], out[LARGE];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in,
		    .data_size_in = LARGE, .data_out = out,
		    .data_size_out = LARGE, .repeat = 1);
	bool inside = at <= LARGE - 8;
	__u64 bytes = 0;
	long ret;

	for (int i = 0; i < LARGE; i++)
		in[i] = i * 7 + i / 256;
	tell(obj, AT, at);
	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(program(obj, "copies")),
				       &opts));
	EXPECT_EQ(opts.data_size_out, LARGE);
	EXPECT(seen(obj, LINEAR) < LARGE);
	EXPECT_SEEN(obj, LENGTH, LARGE);
	ret = seen(obj, RET);
	EXPECT(inside ? ret == 0 : ret < 0);
	for (int i = 0; inside && i < 8; i++)
		bytes = bytes << 8 | in[at + i];
	EXPECT_SEEN(obj, BYTES, bytes);
	EXPECT_SEEN(obj, STORE_RET, (__u64)ret);
	for (unsigned int i = 0; i < LARGE; i++) {
		unsigned char want = in[i];

		if (inside && i >= at && i < at + 8)
			want = in[at + 7 - (i - at)];
		ASSERT_MSG(out[i] == want, "byte %u is %#x, not %#x", i, out[i],
			   want);
	}
}

TEST_F(object, bytes_are_copied_across_buffers)
{
	unsigned int linear;

	run_copies(self->obj, 0);
	linear = seen(self->obj, LINEAR);
	ksft_note("%u of %d bytes are linear", linear, LARGE);
	for (unsigned int at = linear - 8; at <= linear; at++)
		run_copies(self->obj, at);
	run_copies(self->obj, linear + 4096 - 4);
	run_copies(self->obj, LARGE - 8);
	run_copies(self->obj, LARGE - 7);
	run_copies(self->obj, LARGE);
	run_copies(self->obj, 0xffffffff);
}

/* On devices, this is refused where the kernel gets it wrong: net_xdp_devices. */
TEST_F(object, packet_in_several_buffers_gets_shorter)
{
	static unsigned char in[LARGE], out[LARGE];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in,
		    .data_size_in = LARGE, .data_out = out,
		    .data_size_out = LARGE, .repeat = 1);

	for (int i = 0; i < LARGE; i++)
		in[i] = i * 7 + i / 256;
	tell(self->obj, BY, -5500);
	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(
					       program(self->obj, "cuts")),
				       &opts));
	EXPECT_SEEN(self->obj, RET, 0);
	EXPECT(seen(self->obj, LINEAR) < LARGE);
	EXPECT_SEEN(self->obj, LENGTH, LARGE - 5500);
	ASSERT_EQ(opts.data_size_out, LARGE - 5500);
	ASSERT(!memcmp(in, out, LARGE - 5500));
}

/* The kernel's copies of a packet in several buffers would have others that are nowhere. */
TEST_F(object, packets_that_may_have_several_buffers_go_to_one_device)
{
	struct frame f = udp_frame(PORT, 10, 'b');

	EXPECT_EQ(test_run(self->obj, "broadcasts", &f, NULL), XDP_REDIRECT);
	EXPECT_EQ(test_run(self->obj, "broadcasts_frags", &f, NULL),
		  XDP_ABORTED);
}

/* ---- results ---- */

/* This holds in the run that panics, and when the program is dead. */
TEST_F(object, attribute_says_what_becomes_of_packets_after_a_panic)
{
	struct frame f = udp_frame(PORT, 10, 'p');

	EXPECT_EQ(prog_info(self->obj, "panics_and_drops").default_ret,
		  XDP_DROP);
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(test_run(self->obj, "panics_and_drops", &f, NULL),
			  XDP_DROP);
	EXPECT_EQ(prog_info(self->obj, "panics_and_drops").faults, 1);
	EXPECT_EQ(prog_info(self->obj, "panics_and_drops").skipped, 2);
}

/* The kernel would warn about these numbers, and drop the packet. */
TEST_F(object, errors_and_numbers_that_are_no_action_drop_packets)
{
	static const long none[] = { -1, -22, 5, 4096, -0x80000000l };
	struct frame f = udp_frame(PORT, 10, 'p');

	for (int err = 0; err < 2; err++) {
		tell(self->obj, AS_ERROR, err);
		for (int i = XDP_ABORTED; i <= XDP_REDIRECT; i++) {
			tell(self->obj, NUMBER, i);
			/* No helper has named a target. */
			EXPECT_EQ(test_run(self->obj, "returns", &f, NULL),
				  i == XDP_REDIRECT ? XDP_ABORTED : i);
		}
		for (int i = 0; i < 5; i++) {
			tell(self->obj, NUMBER, none[i]);
			EXPECT_EQ(test_run(self->obj, "returns", &f, NULL),
				  XDP_ABORTED);
		}
	}
	EXPECT_EQ(test_run(self->obj, "fails", &f, NULL), XDP_ABORTED);
	EXPECT_EQ(test_run(self->obj, "fails_open", &f, NULL), XDP_PASS);
	EXPECT_EQ(prog_info(self->obj, "fails").faults, 0);
}

/* ---- carriers ---- */

static int xdp_carrier(enum bpf_attach_type attach_type)
{
	int fd = try_carrier(BPF_PROG_TYPE_XDP, attach_type);

	ASSERT_MSG(fd >= 0, "carrier: %s", strerror(-fd));
	return fd;
}

/* A program that reads the output device needs packets with an output device.
 */
TEST_F(object, programs_for_devmaps_and_others_are_kept_apart)
{
	int image = rex_obj_image_fd(self->obj);

	EXPECT_ERRNO(bind_prog(image, xdp_carrier(BPF_XDP), "leaves", 0),
		     EPROTOTYPE);
	EXPECT_ERRNO(bind_prog(image, xdp_carrier(0), "leaves", 0), EPROTOTYPE);
	EXPECT_ERRNO(bind_prog(image, xdp_carrier(BPF_XDP_DEVMAP), "passes", 0),
		     EPROTOTYPE);
	EXPECT(!bind_prog(image, xdp_carrier(BPF_XDP_DEVMAP), "leaves", 0));
	EXPECT(!bind_prog(image, xdp_carrier(BPF_XDP), "passes", 0));
	EXPECT(!bind_prog(image, xdp_carrier(BPF_XDP_CPUMAP), "arrives", 0));
}

/* ---- holes in the crate ---- */

static void expect_refused(struct rex_obj *obj, __u32 first, int nr)
{
	for (__u32 i = first; i < first + nr; i++) {
		long ret = map_get(obj, "results", i);

		EXPECT_MSG(ret == -EPERM, "helper %u returned %ld", i, ret);
	}
}

TEST(helpers_for_packets_refuse_other_programs)
{
	struct rex_obj *obj = load_object("net_unsafe");
	struct bpf_link *link = attach(obj, "without_packet");
	struct frame f = udp_frame(PORT, 10, 'p');

	fire(CALL);
	expect_refused(obj, FIRST_OF_BOTH, NR_OF_BOTH);
	expect_refused(obj, FIRST_OF_TC, NR_OF_TC);
	expect_refused(obj, FIRST_OF_XDP, NR_OF_XDP - 1);
	EXPECT_EQ(map_get(obj, "results", REDIRECT_MAP), XDP_ABORTED);
	for (__u32 i = FIRST_OF_TC; i < FIRST_OF_TC + NR_OF_TC; i++)
		map_set(obj, "results", i, 0);
	EXPECT_EQ(test_run(obj, "with_xdp_packet", &f, NULL), XDP_PASS);
	expect_refused(obj, FIRST_OF_TC, NR_OF_TC);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}
