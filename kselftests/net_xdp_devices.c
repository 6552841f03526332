// SPDX-License-Identifier: GPL-2.0
/*
 * XDP programs (programs/net_xdp) decide about real packets between network
 * namespaces.
 */
#include <bpf/btf.h>
#include <linux/bpf.h>
#include <linux/if_link.h>

#include "rex_net.h"
#include "names/net_xdp.h"

NETS_FIXTURE("net_xdp")

WIRE_FIXTURE("net_xdp")

/* Returns a frame that programs ignore, which is sent last. */
static struct frame other_frame(void)
{
	struct frame f = { .len = 0 };

	put_eth(&f, 0x88b5);
	while (f.len < 60)
		put8(&f, 0);
	return f;
}

static void drop_in_mode(struct wire_fixture *self, int flags)
{
	struct frame ours = udp_frame(PORT, 10, 'p'), end = other_frame();
	struct frame others = udp_frame(PORT + 1, 10, 'p'), got;

	enter(self->nets.there);
	ASSERT(!bpf_xdp_attach(ifindex("right"),
			       bpf_program__fd(program(self->obj, "drops")),
			       flags, NULL));
	for (int i = 0; i < 100; i++) {
		send_frames(self->left, &ours, 3);
		send_frames(self->left, &others, 2);
		send_frames(self->left, &end, 1);
		/* The device has a queue of 256. */
		if (i % 20 == 19)
			expect_runs(self->obj, "drops", 6 * (i + 1));
	}
	expect_received(self->right, 300);
	EXPECT_SEEN(self->obj, DROPPED, 300);
	EXPECT_SEEN(self->obj, OTHER_PORTS, 200);
	EXPECT_SEEN(self->obj, OTHER_PACKETS, 100);
	send_frame(self->left, &ours);
	send_frame(self->left, &others);
	got = receive(self->right);
	expect_same("passed", &got, &others);
}

TEST_F(wire, only_matching_packets_are_dropped)
{
	drop_in_mode(self, XDP_FLAGS_DRV_MODE);
}

TEST_F(wire, only_matching_packets_are_dropped_in_generic_mode)
{
	drop_in_mode(self, XDP_FLAGS_SKB_MODE);
}

/* Bytes in the second buffer of received packets are changed. */
TEST_F(wire, packets_in_several_buffers_are_changed)
{
	struct frame f = udp_frame(PORT, 7000, 'p'), want = f, got;
	size_t at = 6000;

	free(shell("ip link set left mtu 9000"));
	enter(self->nets.there);
	free(shell("ip link set right mtu 9000"));
	enter(self->nets.here);
	for (size_t i = 0; i < 8; i++) {
		f.data[at + i] = '0' + i;
		want.data[at + i] = '7' - i;
	}
	attach_xdp(self->obj, "copies", self->nets.there, "right");
	tell(self->obj, AT, at);
	for (int i = 0; i < 10; i++) {
		send_frame(self->left, &f);
		got = receive(self->right);
		expect_same("changed", &got, &want);
	}
	expect_runs(self->obj, "copies", 10);
	ksft_note("%llu of %zu bytes are linear",
		  (unsigned long long)seen(self->obj, LINEAR), f.len);
	EXPECT(seen(self->obj, LINEAR) <= at);
	EXPECT_SEEN(self->obj, LENGTH, f.len);
	EXPECT_SEEN(self->obj, RET, 0);
	EXPECT_SEEN(self->obj, STORE_RET, 0);
}

/*
 * The kernel keeps the length of an skb that loses its last buffers, and frees pages of which other
 * packets have pieces. So a packet in several buffers does not get shorter. Linux 6.1 has one buffer
 * in generic mode.
 */
static void cut_in_mode(struct wire_fixture *self, int flags)
{
	static const int by[] = { -400, -1000, -3500 };
	struct frame f = udp_frame(PORT, 3960, 'p'), got;
	size_t cut;

	free(shell("ip link set left mtu 9000"));
	enter(self->nets.there);
	free(shell("ip link set right mtu 9000"));
	ASSERT(!bpf_xdp_attach(ifindex("right"),
			       bpf_program__fd(program(self->obj, "cuts")),
			       flags, NULL));
	enter(self->nets.here);
	for (int i = 0; i < 300; i++) {
		tell(self->obj, BY, by[i % 3]);
		memset(f.data + 42, 'a' + i % 26, f.len - 42);
		send_frame(self->left, &f);
		got = receive(self->right);
		cut = seen(self->obj, LINEAR) < f.len ? 0 : -by[i % 3];
		ASSERT_EQ(got.len, f.len - cut);
		ASSERT(!memcmp(got.data, f.data, got.len));
		EXPECT_SEEN(self->obj, RET, cut ? 0 : (__u64)-EOPNOTSUPP);
		EXPECT_SEEN(self->obj, LENGTH, f.len - cut);
	}
	expect_runs(self->obj, "cuts", 300);
	ksft_note("%llu of %zu bytes are linear",
		  (unsigned long long)seen(self->obj, LINEAR), f.len);
}

TEST_F(wire, packets_in_several_buffers_do_not_get_shorter)
{
	cut_in_mode(self, XDP_FLAGS_DRV_MODE);
}

TEST_F(wire, packets_in_several_buffers_do_not_get_shorter_in_generic_mode)
{
	cut_in_mode(self, XDP_FLAGS_SKB_MODE);
}

/* A program that does not know of several buffers cannot be attached there. */
TEST_F(nets, devices_with_large_packets_refuse_other_programs)
{
	free(shell("ip link set left mtu 9000"));
	enter(self->nets.there);
	free(shell("ip link set right mtu 9000"));
	EXPECT(bpf_xdp_attach(ifindex("right"),
			      bpf_program__fd(program(self->obj, "passes")),
			      XDP_FLAGS_DRV_MODE, NULL) < 0);
}

TEST_F(wire, packets_go_back_changed)
{
	struct frame ours = udp_frame(PORT, 10, 'p'), want = ours, got;
	struct frame others = udp_frame(PORT + 1, 10, 'p');

	attach_xdp(self->obj, "answers", self->nets.there, "right");
	/* The device that gets the packets back polls only with a program. */
	attach_xdp(self->obj, "passes", self->nets.here, "left");
	send_frames(self->left, &ours, 50);
	send_frame(self->left, &others);
	got = receive(self->right);
	expect_same("passed", &got, &others);
	memcpy(want.data, ours.data + 6, 6);
	memcpy(want.data + 6, ours.data, 6);
	memcpy(want.data + 26, ours.data + 30, 4);
	memcpy(want.data + 30, ours.data + 26, 4);
	set16(&want, 34, PORT);
	set16(&want, 36, 1234);
	EXPECT(sums_are_right(&want));
	got = receive(self->left);
	expect_same("sent back", &got, &want);
	expect_received(self->left, 49);
	EXPECT_EQ(drain(self->right), 0);
	EXPECT_SEEN(self->obj, ANSWERED, 50);
	EXPECT_SEEN(self->obj, PASSED, 50);
	expect_runs(self->obj, "answers", 51);
}

/* ---- packets that are redirected ---- */

TEST_F(wire, packets_are_redirected_to_a_device)
{
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	int sink = packet_socket(self->nets.here, "sink");

	attach_xdp(self->obj, "redirects", self->nets.there, "right");
	attach_xdp(self->obj, "passes", self->nets.here, "sink");
	tell(self->obj, TO_DEVICE, ifindex_in(self->nets.there, "out"));
	send_frames(self->left, &f, 20);
	got = receive(sink);
	expect_same("redirected", &got, &f);
	expect_received(sink, 19);
	EXPECT_EQ(drain(self->right), 0);
	EXPECT_SEEN(self->obj, REDIRECTED, 20);
	/* A flag that is not valid: aborted. */
	tell(self->obj, FLAGS, 1);
	send_frames(self->left, &f, 5);
	expect_runs(self->obj, "redirects", 25);
	tell(self->obj, FLAGS, 0);
	send_frame(self->left, &f);
	expect_received(sink, 1);
	EXPECT_EQ(drain(self->right), 0);
}

static void set_entry(struct rex_obj *obj, const char *map, __u32 key,
		      __u32 value, int prog_fd)
{
	__u32 entry[2] = { value, prog_fd };

	ASSERT_MSG(!bpf_map_update_elem(map_fd(obj, map), &key, entry, 0),
		   "%s[%u]: %s", map, key, strerror(errno));
}

/* An entry with a program of the map's own object keeps both forever. */
static void delete_entry(struct rex_obj *obj, const char *map, __u32 key)
{
	ASSERT(!bpf_map_delete_elem(map_fd(obj, map), &key));
}

TEST_F(wire, packets_are_redirected_by_a_map_of_devices)
{
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	int sink = packet_socket(self->nets.here, "sink");
	int out = ifindex_in(self->nets.there, "out");

	enter(self->nets.there);
	set_entry(self->obj, "devices", 1, out,
		  bpf_program__fd(program(self->obj, "leaves")));
	attach_xdp(self->obj, "redirects_by_map", self->nets.there, "right");
	attach_xdp(self->obj, "passes", self->nets.here, "sink");
	tell(self->obj, TO_KEY, 1);
	send_frames(self->left, &f, 20);
	got = receive(sink);
	expect_same("redirected", &got, &f);
	expect_received(sink, 19);
	EXPECT_EQ(drain(self->right), 0);
	EXPECT_SEEN(self->obj, LEFT, 20);
	EXPECT_SEEN(self->obj, EGRESS, out);
	EXPECT_SEEN(self->obj, INGRESS, ifindex("right"));
	/* No entry: passed, as the flags say. */
	tell(self->obj, TO_KEY, 2);
	send_frames(self->left, &f, 5);
	expect_received(self->right, 5);
	EXPECT_EQ(drain(sink), 0);
	EXPECT_SEEN(self->obj, REDIRECTED, 25);
	delete_entry(self->obj, "devices", 1);
}

TEST_F(wire, packets_are_redirected_by_a_hash_of_devices)
{
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	int sink = packet_socket(self->nets.here, "sink");
	__u32 key = 0xfedcba98, out = ifindex_in(self->nets.there, "out");

	enter(self->nets.there);
	ASSERT(!bpf_map_update_elem(map_fd(self->obj, "devices_by_key"), &key,
				    &out, 0));
	attach_xdp(self->obj, "redirects_by_hash", self->nets.there, "right");
	attach_xdp(self->obj, "passes", self->nets.here, "sink");
	tell(self->obj, TO_KEY, key);
	send_frames(self->left, &f, 20);
	got = receive(sink);
	expect_same("redirected", &got, &f);
	expect_received(sink, 19);
	EXPECT_EQ(drain(self->right), 0);
	/* No entry: passed, as the flags say. */
	tell(self->obj, TO_KEY, key + 1);
	send_frames(self->left, &f, 5);
	expect_received(self->right, 5);
	EXPECT_EQ(drain(sink), 0);
	EXPECT_SEEN(self->obj, REDIRECTED, 25);
}

TEST_F(wire, packets_are_redirected_to_a_cpu)
{
	struct frame f = udp_frame(PORT, 10, 'p'), got;

	pin_to_cpu(0);
	set_entry(self->obj, "cpus", 1, 64,
		  bpf_program__fd(program(self->obj, "arrives")));
	attach_xdp(self->obj, "redirects_to_cpu", self->nets.there, "right");
	tell(self->obj, TO_KEY, 1);
	send_frames(self->left, &f, 10);
	got = receive(self->right);
	expect_same("redirected", &got, &f);
	expect_received(self->right, 9);
	EXPECT_SEEN(self->obj, ON_CPU, 1);
	EXPECT_SEEN(self->obj, INGRESS, ifindex_in(self->nets.there, "right"));
	EXPECT_SEEN(self->obj, EGRESS, 0);
	EXPECT_SEEN(self->obj, ARRIVED, 10);
	delete_entry(self->obj, "cpus", 1);
}

/*
 * Has the program get packets, which go nowhere, and are counted as errors. Packets after them
 * pass.
 */
static void expect_no_target(struct wire_fixture *self, struct rex_obj *obj,
			     const char *name, int sink)
{
	struct frame f = udp_frame(PORT, 10, 'p');

	attach_xdp(obj, name, self->nets.there, "right");
	send_frames(self->left, &f, 5);
	EXPECT(WAIT_FOR(seen(obj, FIRED) == 5, 5));
	attach_xdp(obj, "passes", self->nets.there, "right");
	send_frame(self->left, &f);
	expect_received(self->right, 1);
	EXPECT_EQ(drain(sink), 0);
	EXPECT_EQ(prog_info(obj, name).errors, 5);
	EXPECT_EQ(prog_info(obj, name).last_error, -EDESTADDRREQ);
	EXPECT_EQ(prog_info(obj, name).faults, 0);
}

/* Makes "out" a target, and opens a socket at the other end. */
static int make_target(struct wire_fixture *self)
{
	int sink = packet_socket(self->nets.here, "sink");

	attach_xdp(self->obj, "passes", self->nets.here, "sink");
	enter(self->nets.there);
	set_entry(self->obj, "devices", 1, ifindex("out"), 0);
	tell(self->obj, TO_KEY, 1);
	return sink;
}

/* Has a program name a target, which is gone when the next program runs on this CPU. */
static int arm(struct wire_fixture *self)
{
	struct frame f = udp_frame(PORT, 10, 'p');
	int sink = make_target(self);

	pin_to_cpu(0);
	attach_xdp(self->obj, "arms", self->nets.there, "right");
	send_frame(self->left, &f);
	EXPECT(WAIT_FOR(seen(self->obj, ARMED) == 1, 5));
	EXPECT_SEEN(self->obj, RET, XDP_REDIRECT);
	delete_entry(self->obj, "devices", 1);
	return sink;
}

/*
 * Linux 6.1 before 6.1.136 keeps a pointer to the last target for the CPU. Others reset it for
 * each run, so that the error alone shows on them that the crate looked.
 */
TEST_F(wire, no_packet_goes_where_another_run_said)
{
	int sink = arm(self);

	expect_received(self->right, 1);
	expect_no_target(self, self->obj, "fires", sink);
}

TEST_F(wire, no_packet_goes_where_a_run_said_that_panicked)
{
	struct rex_obj *other = load_object("net_xdp");
	int sink;

	tell(self->obj, DIE, 1);
	sink = arm(self);
	expect_received(self->right, 1);
	EXPECT_EQ(prog_info(self->obj, "arms").faults, 1);
	expect_no_target(self, other, "fires", sink);
	rex_obj_close(other);
}

TEST_F(wire, last_redirection_of_a_run_counts)
{
	int sink = make_target(self);

	expect_no_target(self, self->obj, "fires_after_failure", sink);
	EXPECT_SEEN(self->obj, RET, XDP_REDIRECT);
	EXPECT_SEEN(self->obj, SECOND_RET, XDP_ABORTED);
	delete_entry(self->obj, "devices", 1);
}

/* ---- what a program knows of the device ---- */

TEST_F(wire, the_device_is_that_of_the_packet)
{
	struct frame f = udp_frame(PORT, 10, 'p');

	attach_xdp(self->obj, "fields", self->nets.there, "right");
	send_frame(self->left, &f);
	expect_received(self->right, 1);
	EXPECT_SEEN(self->obj, INGRESS, ifindex_in(self->nets.there, "right"));
	EXPECT_SEEN(self->obj, RX_QUEUE, 0);
	EXPECT_SEEN(self->obj, EGRESS, 0);
	EXPECT_SEEN(self->obj, LINEAR, f.len);
}

/* Returns whether the kernel's BTF has the field. */
static bool kernel_has_field(const char *type, const char *field)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *t;
	bool found = false;
	int id;

	ASSERT(btf);
	id = btf__find_by_name_kind(btf, type, BTF_KIND_STRUCT);
	ASSERT(id > 0);
	t = btf__type_by_id(btf, id);
	for (int i = 0; i < btf_vlen(t); i++)
		found |=
			!strcmp(btf__name_by_offset(btf,
						    btf_members(t)[i].name_off),
				field);
	btf__free(btf);
	return found;
}

/* The field came with 6.3; the object is the same for all kernels. */
TEST_F(wire, field_that_not_every_kernel_has_is_none_or_right)
{
	struct frame f = udp_frame(PORT, 10, 'p');

	attach_xdp(self->obj, "fields", self->nets.there, "right");
	send_frame(self->left, &f);
	expect_received(self->right, 1);
	EXPECT_SEEN(self->obj, HAS_FEATURES,
		    kernel_has_field("net_device", "xdp_features"));
	/* Every driver with XDP passes and redirects. */
	EXPECT_SEEN(self->obj, FEATURES,
		    seen(self->obj, HAS_FEATURES) ? 3 : NONE);
}

static void run_from(struct rex_obj *obj, const char *name, int device,
		     const struct frame *f)
{
	struct xdp_md ctx = { .data_end = f->len, .ingress_ifindex = device };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = f->data,
		    .data_size_in = f->len, .ctx_in = &ctx,
		    .ctx_size_in = sizeof(ctx), .repeat = 1);

	ASSERT_MSG(!bpf_prog_test_run_opts(bpf_program__fd(program(obj, name)),
					   &opts),
		   "%s", strerror(errno));
}

TEST_F(nets, routes_are_looked_up)
{
	struct frame f = udp_frame(PORT, 10, 'p');

	give_addresses(&self->nets);
	enter(self->nets.there);
	set_sysctl("net/ipv4/conf/right/forwarding", "1");
	free(shell("arp -i out -s 10.1.0.9 02:00:00:00:00:09"));
	memcpy(f.data + 30, "\x0a\x01\x00\x09", 4);
	run_from(self->obj, "routes", ifindex("right"), &f);
	EXPECT_SEEN(self->obj, RET, BPF_FIB_LKUP_RET_SUCCESS);
	EXPECT_SEEN(self->obj, ROUTE_DEVICE, ifindex("out"));
	EXPECT_SEEN(self->obj, ROUTE_MAC, 9);
	memcpy(f.data + 30, "\x0a\x01\x00\x08", 4);
	run_from(self->obj, "routes", ifindex("right"), &f);
	EXPECT_SEEN(self->obj, RET, BPF_FIB_LKUP_RET_NO_NEIGH);
	memcpy(f.data + 30, "\x0a\x02\x00\x08", 4);
	run_from(self->obj, "routes", ifindex("right"), &f);
	EXPECT(seen(self->obj, RET) != BPF_FIB_LKUP_RET_SUCCESS);
	/* bpf_csum_diff: ~0xffffffff is 0; 1024 bytes are too many. */
	EXPECT_SEEN(self->obj, SUM_DIFF, 0);
	EXPECT_SEEN(self->obj, LARGE_DIFF_FAILS, 1);
}

/* ---- after a panic ---- */

TEST_F(wire, a_panic_lets_packets_pass)
{
	struct frame f = udp_frame(PORT, 10, 'p'), got;

	attach_xdp(self->obj, "panics", self->nets.there, "right");
	tell(self->obj, AT, f.len - 1);
	send_frame(self->left, &f);
	expect_runs(self->obj, "panics", 1);
	/* A run is counted when it begins. */
	EXPECT(WAIT_FOR(seen(self->obj, LAST_BYTE) == 'p', 5));
	EXPECT_EQ(drain(self->right), 0);
	tell(self->obj, AT, f.len);
	send_frames(self->left, &f, 10);
	got = receive(self->right);
	expect_same("passed", &got, &f);
	expect_received(self->right, 9);
	EXPECT_EQ(prog_info(self->obj, "panics").runs, 2);
	EXPECT_EQ(prog_info(self->obj, "panics").skipped, 9);
}
