// SPDX-License-Identifier: GPL-2.0
/*
 * tc programs (programs/net_tc) run with one crafted packet at a time. Real
 * packets are in net_tc_filters, net_tc_changes and net_tc_sockets.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "rex_net.h"
#include "names/net_tc.h"

OBJECT_FIXTURE("net_tc")

TEST_F(object, headers_are_found)
{
	struct frame f = udp_frame(PORT, 4, 'x');

	/* The kernel refuses shorter packets. */
	for (size_t len = f.len; f.len = len, len >= 34; len--) {
		EXPECT_EQ(test_run(self->obj, "parses", &f, NULL), 0);
		EXPECT_SEEN(self->obj, ETH, ETH_P_IP);
		EXPECT_SEEN(self->obj, VLAN, NONE);
		EXPECT_SEEN(self->obj, IP4, 0x0a000001);
		EXPECT_SEEN(self->obj, TCP, NONE);
		EXPECT_SEEN(self->obj, UDP,
			    len >= 42 ? (__u64)PORT : TRUNCATED);
		EXPECT_SEEN(self->obj, LINEAR, len);
		EXPECT_SEEN(self->obj, LENGTH, len);
		EXPECT_SEEN(self->obj, NOT_LINEAR, 0);
	}
}

/* Upstream's methods take the bytes at fixed places for headers. */
TEST_F(object, headers_that_are_taken_are_at_fixed_places)
{
	struct frame f = udp_frame(PORT, 12, 'x'), out;

	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(test_run(self->obj, "takes_headers", &f, &out),
			  TC_ACT_SHOT);
		EXPECT_SEEN(self->obj, ETHERTYPE_TAKEN,
			    i ? ETH_P_ARP : ETH_P_IP);
		EXPECT_SEEN(self->obj, PROTOCOL_TAKEN, IPPROTO_UDP);
		EXPECT_SEEN(self->obj, UDP_PORT_TAKEN, PORT);
		EXPECT_SEEN(self->obj, TCP_PORT_TAKEN, PORT);
		EXPECT_EQ(out.data[22], 5);
		f.data[12] = ETH_P_ARP >> 8;
		f.data[13] = ETH_P_ARP & 0xff;
	}
	f.len--; /* one byte short of a TCP header */
	for (__u32 i = ETHERTYPE_TAKEN; i <= TCP_PORT_TAKEN; i++)
		map_set(self->obj, "seen", i, 0);
	EXPECT_EQ(test_run(self->obj, "takes_headers", &f, NULL),
		  (__u32)TC_ACT_UNSPEC);
	EXPECT_SEEN(self->obj, UDP_PORT_TAKEN, PORT);
	EXPECT_SEEN(self->obj, TCP_PORT_TAKEN, 0);
	EXPECT_EQ(prog_info(self->obj, "takes_headers").state, REX_PROG_DEAD);
}

/* Runs the program with a context, and stores it in CTX. */
static __u32 run_with(struct rex_obj *obj, const char *name,
		      const struct frame *f, struct __sk_buff *ctx)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = f->data,
		    .data_size_in = f->len, .ctx_in = ctx,
		    .ctx_size_in = sizeof(*ctx), .ctx_out = ctx,
		    .ctx_size_out = sizeof(*ctx), .repeat = 1);

	ASSERT_MSG(!bpf_prog_test_run_opts(bpf_program__fd(program(obj, name)),
					   &opts),
		   "run of %s: %s", name, strerror(errno));
	return opts.retval;
}

TEST_F(object, fields_of_the_context_are_seen)
{
	struct frame f = udp_frame(PORT, 4, 'x');
	struct __sk_buff ctx = { .mark = 0x12345678, .priority = 5 };

	ctx.cb[0] = 0x41;
	ctx.cb[4] = 0x42000000;
	EXPECT_EQ(run_with(self->obj, "fields", &f, &ctx), 0);
	EXPECT_SEEN(self->obj, PROTOCOL, ETH_P_IP);
	EXPECT_SEEN(self->obj, DEVICE, if_nametoindex("lo"));
	EXPECT_SEEN(self->obj, MARK, 0x12345678);
	EXPECT_SEEN(self->obj, PRIORITY, 5);
	EXPECT_SEEN(self->obj, HAS_TAG, 0);
	EXPECT_SEEN(self->obj, QUEUE, 0);
	EXPECT_SEEN(self->obj, HASH, 0);
	EXPECT(seen(self->obj, HASH_RECALC) != 0);
	EXPECT_SEEN(self->obj, HASH_AFTER, seen(self->obj, HASH_RECALC));
	EXPECT_SEEN(self->obj, NAPI_ID, 0);
	EXPECT_SEEN(self->obj, CB, 0x4241);
}

TEST_F(object, fields_of_the_context_are_set)
{
	struct frame f = udp_frame(PORT, 4, 'x');
	struct __sk_buff ctx = { .mark = 41 };

	ctx.cb[2] = 0x21436587;
	EXPECT_EQ(run_with(self->obj, "sets_fields", &f, &ctx), 0);
	EXPECT_EQ(ctx.mark, 42);
	EXPECT_EQ(ctx.priority, 77);
	EXPECT_EQ(ctx.cb[0], 80);
	EXPECT_EQ(ctx.cb[2], 0x21436587);
	EXPECT_EQ(ctx.cb[4], 81 << 24);
	EXPECT_SEEN(self->obj, CLASSID, 79);
	/* The loopback device has one queue. */
	EXPECT_SEEN(self->obj, QUEUE, 0);
	EXPECT_SEEN(self->obj, SET_QUEUE_RET, 0);
	EXPECT_SEEN(self->obj, SET_BAD_QUEUE_RET, (__u64)-EINVAL);
}

TEST_F(object, stored_bytes_are_within_the_packet)
{
	struct frame f = udp_frame(PORT, 8, 'x'), out, want = f;

	tell(self->obj, NEW_BYTES, 0x3031323334353637);
	tell(self->obj, AT, f.len - 8);
	EXPECT_EQ(test_run(self->obj, "stores", &f, &out), 0);
	EXPECT_SEEN(self->obj, RET, 0);
	EXPECT_SEEN(self->obj, BAD_FLAG_RET, (__u64)-EINVAL);
	memcpy(want.data + f.len - 8, "01234567", 8);
	expect_same("stored", &out, &want);
	for (__u64 at = f.len - 7; at < 1ull << 32; at = at * 2 + 1) {
		tell(self->obj, AT, at);
		EXPECT_EQ(test_run(self->obj, "stores", &f, &out), 0);
		EXPECT_SEEN(self->obj, RET, (__u64)-EFAULT);
		expect_same("not stored", &out, &f);
	}
}

static long resize(struct rex_obj *obj, int how, long by, const struct frame *f,
		   struct frame *out)
{
	tell(obj, HOW, how);
	tell(obj, BY, by);
	EXPECT_EQ(test_run(obj, "resizes", f, out), 0);
	EXPECT_SEEN(obj, LENGTH, out->len);
	EXPECT_SEEN(obj, LINEAR, out->len);
	return seen(obj, RET);
}

TEST_F(object, packets_are_resized)
{
	struct frame f = udp_frame(PORT, 100, 'x'), out, want = f;

	EXPECT_EQ(resize(self->obj, TAIL, f.len - 50, &f, &out), 0);
	want.len = f.len - 50;
	expect_same("cut", &out, &want);
	EXPECT_EQ(resize(self->obj, TAIL, f.len + 500, &f, &out), 0);
	want = f;
	for (int i = 0; i < 500; i++)
		put8(&want, 0);
	expect_same("extended", &out, &want);
	EXPECT_EQ(resize(self->obj, TAIL, 1 << 24, &f, &out), -EINVAL);
	expect_same("unchanged", &out, &f);

	EXPECT_EQ(resize(self->obj, HEAD, 14, &f, &out), 0);
	memset(want.data, 0, 14);
	want.len = 14;
	put(&want, f.data, f.len);
	expect_same("more at its head", &out, &want);
	EXPECT_EQ(resize(self->obj, HEAD, 4095, &f, &out), 0);
	EXPECT_EQ(out.len, f.len + 4095);
	EXPECT_EQ(resize(self->obj, HEAD, 4096, &f, &out), -EINVAL);
	expect_same("unchanged", &out, &f);
	EXPECT_EQ(resize(self->obj, HEAD, -1, &f, &out), -EINVAL);

	EXPECT_EQ(resize(self->obj, ROOM, 20, &f, &out), 0);
	EXPECT_EQ(out.len, f.len + 20);
	EXPECT(!memcmp(out.data, f.data, 14));
	EXPECT(!memcmp(out.data + 34, f.data + 14, f.len - 14));
	EXPECT_EQ(resize(self->obj, ROOM, 4096, &f, &out), -EFAULT);
	expect_same("unchanged", &out, &f);
}

/* The kernel moves headers that the packet does not have. */
TEST_F(object, room_is_after_a_header_that_is_there)
{
	struct frame f = udp_frame(PORT, 100, 'x'), out;

	EXPECT_EQ(test_run(self->obj, "resizes_short", &f, &out), 0);
	EXPECT_SEEN(self->obj, RET, 0);
	EXPECT_EQ(out.len, f.len + 4);
	EXPECT(!memcmp(out.data, f.data, 54));
	EXPECT(!memcmp(out.data + 58, f.data + 54, f.len - 54));
	for (f.len = 53; f.len >= 34; f.len--) {
		EXPECT_EQ(test_run(self->obj, "resizes_short", &f, &out), 0);
		EXPECT_SEEN(self->obj, RET, (__u64)-EINVAL);
		expect_same("as it was", &out, &f);
	}
}

TEST_F(object, tags_are_put_on_and_taken_off)
{
	struct frame f = udp_frame(PORT, 10, 'x'), out;

	tell(self->obj, VLAN_ID, 123);
	EXPECT_EQ(test_run(self->obj, "tags", &f, &out), 0);
	EXPECT_SEEN(self->obj, RET, 0);
	EXPECT_SEEN(self->obj, HAS_TAG, 1);
	EXPECT_SEEN(self->obj, TAG, 123);
	tell(self->obj, POP, 1);
	EXPECT_EQ(test_run(self->obj, "tags", &f, &out), 0);
	EXPECT_SEEN(self->obj, POP_RET, 0);
	EXPECT_SEEN(self->obj, HAS_TAG_AFTER, 0);
	expect_same("as it was", &out, &f);
}

static long replace(struct rex_obj *obj, size_t at, size_t len, __u64 bytes,
		    const struct frame *f, struct frame *out)
{
	tell(obj, AT, at);
	tell(obj, SIZE, len);
	tell(obj, NEW_BYTES, bytes);
	EXPECT_EQ(test_run(obj, "replaces", f, out), 0);
	return seen(obj, RET);
}

TEST_F(object, replaced_bytes_are_in_checksums)
{
	/* Offsets and lengths within IP, UDP, and the payload. */
	static const size_t good[][2] = {
		{ 14, 2 }, { 22, 2 }, { 26, 4 }, { 30, 4 }, { 26, 8 },
		{ 34, 2 }, { 34, 4 }, { 42, 8 }, { 44, 6 },
	};
	/*
	 * Offsets and lengths before IP, odd, with a checksum, or across
	 * headers or fields.
	 */
	static const size_t bad[][2] = {
		{ 12, 2 }, { 15, 2 }, { 36, 1 }, { 24, 2 }, { 22, 4 },
		{ 40, 2 }, { 38, 8 }, { 32, 4 }, { 24, 4 },
	};
	struct frame f = udp_frame(PORT, 12, 'x'), out, want;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t at = good[i][0], len = good[i][1];

		/* The protocol stays UDP. */
		EXPECT_EQ(replace(self->obj, at, len, 0x4111223344556677, &f,
				  &out),
			  0);
		EXPECT_MSG(sums_are_right(&out), "wrong sums: %zu bytes at %zu",
			   len, at);
		want = out;
		memcpy(want.data + at, "\x41\x11\x22\x33\x44\x55\x66\x77", len);
		expect_same("replaced", &out, &want);
		EXPECT_EQ(memcmp(f.data + at, out.data + at, len) != 0, 1);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT_EQ(replace(self->obj, bad[i][0], bad[i][1], 1, &f, &out),
			  -EINVAL);
		expect_same("not replaced", &out, &f);
	}
}

/* The kernel would go on with the next filter. */
TEST_F(object, errors_and_numbers_that_are_no_action_drop_packets)
{
	static const long none[] = { -2, -14, 9, 0x10001, -0x80000000l };
	struct frame f = udp_frame(PORT, 10, 'p');

	for (int err = 0; err < 2; err++) {
		tell(self->obj, AS_ERROR, err);
		for (int i = TC_ACT_OK; i <= TC_ACT_TRAP; i++) {
			tell(self->obj, NUMBER, i);
			EXPECT_EQ(test_run(self->obj, "returns", &f, NULL), i);
		}
		for (int i = 0; i < 5; i++) {
			tell(self->obj, NUMBER, none[i]);
			EXPECT_EQ(test_run(self->obj, "returns", &f, NULL),
				  TC_ACT_SHOT);
		}
		/* In Err, this is the number of -EPERM. */
		tell(self->obj, NUMBER, TC_ACT_UNSPEC);
		EXPECT_EQ(test_run(self->obj, "returns", &f, NULL),
			  err ? (__u32)TC_ACT_SHOT : (__u32)TC_ACT_UNSPEC);
	}
	EXPECT_EQ(test_run(self->obj, "fails", &f, NULL), TC_ACT_SHOT);
	EXPECT_EQ(test_run(self->obj, "fails_open", &f, NULL),
		  (__u32)TC_ACT_UNSPEC);
}
