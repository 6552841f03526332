// SPDX-License-Identifier: GPL-2.0
/*
 * tc programs (programs/net_tc): what they see of crafted packets, and what
 * becomes of real ones, in both directions.
 */
#include <linux/bpf.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/virtio_net.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <sys/utsname.h>

#include "rex_net.h"
#include "names/net_tc.h"

/* ---- crafted packets ---- */

TEST(headers_are_found)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 4, 'x');

	/* The kernel takes no shorter ones. */
	for (size_t len = f.len; f.len = len, len >= 34; len--) {
		EXPECT_EQ(test_run(obj, "parses", &f, NULL), 0);
		EXPECT_SEEN(obj, ETH, ETH_P_IP);
		EXPECT_SEEN(obj, VLAN, NONE);
		EXPECT_SEEN(obj, IP4, 0x0a000001);
		EXPECT_SEEN(obj, TCP, NONE);
		EXPECT_SEEN(obj, UDP, len >= 42 ? (__u64)PORT : TRUNCATED);
		EXPECT_SEEN(obj, LINEAR, len);
		EXPECT_SEEN(obj, LENGTH, len);
		EXPECT_SEEN(obj, NOT_LINEAR, 0);
	}
	rex_obj_close(obj);
}

/* Upstream's headers: bytes at fixed places, whatever they are. */
TEST(headers_that_are_taken_are_at_fixed_places)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 12, 'x'), out;

	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(test_run(obj, "takes_headers", &f, &out),
			  TC_ACT_SHOT);
		EXPECT_SEEN(obj, ETHERTYPE_TAKEN, i ? ETH_P_ARP : ETH_P_IP);
		EXPECT_SEEN(obj, PROTOCOL_TAKEN, IPPROTO_UDP);
		EXPECT_SEEN(obj, UDP_PORT_TAKEN, PORT);
		EXPECT_SEEN(obj, TCP_PORT_TAKEN, PORT);
		EXPECT_EQ(out.data[22], 5);
		f.data[12] = ETH_P_ARP >> 8;
		f.data[13] = ETH_P_ARP & 0xff;
	}
	f.len--; /* one byte short of a TCP header */
	for (__u32 i = ETHERTYPE_TAKEN; i <= TCP_PORT_TAKEN; i++)
		map_set(obj, "seen", i, 0);
	EXPECT_EQ(test_run(obj, "takes_headers", &f, NULL),
		  (__u32)TC_ACT_UNSPEC);
	EXPECT_SEEN(obj, UDP_PORT_TAKEN, PORT);
	EXPECT_SEEN(obj, TCP_PORT_TAKEN, 0);
	EXPECT_EQ(prog_info(obj, "takes_headers").state, REX_PROG_DEAD);
	rex_obj_close(obj);
}

/* Run with a context; it is in CTX afterwards. */
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

TEST(fields_of_the_context_are_seen)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 4, 'x');
	struct __sk_buff ctx = { .mark = 0x12345678, .priority = 5 };

	ctx.cb[0] = 0x41;
	ctx.cb[4] = 0x42000000;
	EXPECT_EQ(run_with(obj, "fields", &f, &ctx), 0);
	EXPECT_SEEN(obj, PROTOCOL, ETH_P_IP);
	EXPECT_SEEN(obj, DEVICE, if_nametoindex("lo"));
	EXPECT_SEEN(obj, MARK, 0x12345678);
	EXPECT_SEEN(obj, PRIORITY, 5);
	EXPECT_SEEN(obj, HAS_TAG, 0);
	EXPECT_SEEN(obj, QUEUE, 0);
	EXPECT_SEEN(obj, HASH, 0);
	EXPECT(seen(obj, HASH_RECALC) != 0);
	EXPECT_SEEN(obj, HASH_AFTER, seen(obj, HASH_RECALC));
	EXPECT_SEEN(obj, NAPI_ID, 0);
	EXPECT_SEEN(obj, CB, 0x4241);
	rex_obj_close(obj);
}

TEST(fields_of_the_context_are_set)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 4, 'x');
	struct __sk_buff ctx = { .mark = 41 };

	ctx.cb[2] = 0x21436587;
	EXPECT_EQ(run_with(obj, "sets_fields", &f, &ctx), 0);
	EXPECT_EQ(ctx.mark, 42);
	EXPECT_EQ(ctx.priority, 77);
	EXPECT_EQ(ctx.cb[0], 80);
	EXPECT_EQ(ctx.cb[2], 0x21436587);
	EXPECT_EQ(ctx.cb[4], 81 << 24);
	EXPECT_SEEN(obj, CLASSID, 79);
	/* The loopback device has one queue. */
	EXPECT_SEEN(obj, QUEUE, 0);
	EXPECT_SEEN(obj, SET_QUEUE_RET, 0);
	EXPECT_SEEN(obj, SET_BAD_QUEUE_RET, (__u64)-EINVAL);
	rex_obj_close(obj);
}

TEST(stored_bytes_are_within_the_packet)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 8, 'x'), out, want = f;

	tell(obj, NEW_BYTES, 0x3031323334353637);
	tell(obj, AT, f.len - 8);
	EXPECT_EQ(test_run(obj, "stores", &f, &out), 0);
	EXPECT_SEEN(obj, RET, 0);
	EXPECT_SEEN(obj, BAD_FLAG_RET, (__u64)-EINVAL);
	memcpy(want.data + f.len - 8, "01234567", 8);
	expect_same("stored", &out, &want);
	for (__u64 at = f.len - 7; at < 1ull << 32; at = at * 2 + 1) {
		tell(obj, AT, at);
		EXPECT_EQ(test_run(obj, "stores", &f, &out), 0);
		EXPECT_SEEN(obj, RET, (__u64)-EFAULT);
		expect_same("not stored", &out, &f);
	}
	rex_obj_close(obj);
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

TEST(packets_are_resized)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 100, 'x'), out, want = f;

	EXPECT_EQ(resize(obj, TAIL, f.len - 50, &f, &out), 0);
	want.len = f.len - 50;
	expect_same("cut", &out, &want);
	EXPECT_EQ(resize(obj, TAIL, f.len + 500, &f, &out), 0);
	want = f;
	for (int i = 0; i < 500; i++)
		put8(&want, 0);
	expect_same("extended", &out, &want);
	EXPECT_EQ(resize(obj, TAIL, 1 << 24, &f, &out), -EINVAL);
	expect_same("unchanged", &out, &f);

	EXPECT_EQ(resize(obj, HEAD, 14, &f, &out), 0);
	memset(want.data, 0, 14);
	want.len = 14;
	put(&want, f.data, f.len);
	expect_same("more at its head", &out, &want);
	EXPECT_EQ(resize(obj, HEAD, -1, &f, &out), -EINVAL);

	EXPECT_EQ(resize(obj, ROOM, 20, &f, &out), 0);
	EXPECT_EQ(out.len, f.len + 20);
	EXPECT(!memcmp(out.data, f.data, 14));
	EXPECT(!memcmp(out.data + 34, f.data + 14, f.len - 14));
	EXPECT_EQ(resize(obj, ROOM, 4096, &f, &out), -EFAULT);
	expect_same("unchanged", &out, &f);
	rex_obj_close(obj);
}

TEST(tags_are_put_on_and_taken_off)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 10, 'x'), out;

	tell(obj, VLAN_ID, 123);
	EXPECT_EQ(test_run(obj, "tags", &f, &out), 0);
	EXPECT_SEEN(obj, RET, 0);
	EXPECT_SEEN(obj, HAS_TAG, 1);
	EXPECT_SEEN(obj, TAG, 123);
	tell(obj, POP, 1);
	EXPECT_EQ(test_run(obj, "tags", &f, &out), 0);
	EXPECT_SEEN(obj, POP_RET, 0);
	EXPECT_SEEN(obj, HAS_TAG_AFTER, 0);
	expect_same("as it was", &out, &f);
	rex_obj_close(obj);
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

TEST(replaced_bytes_are_in_checksums)
{
	/* Where, and how many bytes: of IP, of UDP, and of the payload. */
	static const size_t good[][2] = {
		{ 14, 2 }, { 22, 2 }, { 26, 4 }, { 30, 4 }, { 26, 8 },
		{ 34, 2 }, { 34, 4 }, { 42, 8 }, { 44, 6 },
	};
	/* Before IP, odd, with a checksum, of more than one header or field. */
	static const size_t bad[][2] = {
		{ 12, 2 }, { 15, 2 }, { 36, 1 }, { 24, 2 }, { 22, 4 },
		{ 40, 2 }, { 38, 8 }, { 32, 4 }, { 24, 4 },
	};
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 12, 'x'), out, want;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t at = good[i][0], len = good[i][1];

		/* The protocol stays UDP. */
		EXPECT_EQ(replace(obj, at, len, 0x4111223344556677, &f, &out),
			  0);
		EXPECT_MSG(sums_are_right(&out), "wrong sums: %zu bytes at %zu",
			   len, at);
		want = out;
		memcpy(want.data + at, "\x41\x11\x22\x33\x44\x55\x66\x77", len);
		expect_same("replaced", &out, &want);
		EXPECT_EQ(memcmp(f.data + at, out.data + at, len) != 0, 1);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT_EQ(replace(obj, bad[i][0], bad[i][1], 1, &f, &out),
			  -EINVAL);
		expect_same("not replaced", &out, &f);
	}
	rex_obj_close(obj);
}

/* The kernel would go on with the next filter. */
TEST(errors_and_numbers_that_are_no_action_drop_packets)
{
	static const long none[] = { -2, -14, 9, 0x10001, -0x80000000l };
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 10, 'p');

	for (int err = 0; err < 2; err++) {
		tell(obj, AS_ERROR, err);
		for (int i = TC_ACT_OK; i <= TC_ACT_TRAP; i++) {
			tell(obj, NUMBER, i);
			EXPECT_EQ(test_run(obj, "returns", &f, NULL), i);
		}
		for (int i = 0; i < 5; i++) {
			tell(obj, NUMBER, none[i]);
			EXPECT_EQ(test_run(obj, "returns", &f, NULL),
				  TC_ACT_SHOT);
		}
		/* Of an error, it is the number -EPERM. */
		tell(obj, NUMBER, TC_ACT_UNSPEC);
		EXPECT_EQ(test_run(obj, "returns", &f, NULL),
			  err ? (__u32)TC_ACT_SHOT : (__u32)TC_ACT_UNSPEC);
	}
	EXPECT_EQ(test_run(obj, "fails", &f, NULL), TC_ACT_SHOT);
	EXPECT_EQ(test_run(obj, "fails_open", &f, NULL), (__u32)TC_ACT_UNSPEC);
	rex_obj_close(obj);
}

/* ---- real packets ---- */

/* PRIORITY 0: the kernel chooses one before those that are there. */
static void attach_tc_at(struct rex_obj *obj, const char *name, int net,
			 const char *device, enum bpf_tc_attach_point point,
			 int priority)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .priority = priority);
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	int back = own_net(), err;

	enter(net);
	hook.ifindex = ifindex(device);
	/* There may be one already, of which libbpf complains. */
	err = bpf_tc_hook_create(&hook);
	libbpf_set_print(print);
	ASSERT_MSG(!err || err == -EEXIST, "clsact: %s", strerror(-err));
	opts.prog_fd = bpf_program__fd(program(obj, name));
	err = bpf_tc_attach(&hook, &opts);
	ASSERT_MSG(!err, "cannot attach %s: %s", name, strerror(-err));
	enter(back);
	close(back);
}

static void attach_tc(struct rex_obj *obj, const char *name, int net,
		      const char *device, enum bpf_tc_attach_point point)
{
	attach_tc_at(obj, name, net, device, point, 0);
}

/* ---- a program that is dead ---- */

/* What a filter drops, the sender of a packet socket is told. */
static void expect_all_dropped(int left)
{
	struct frame f = udp_frame(PORT, 10, 'p');

	for (int i = 0; i < 20; i++)
		EXPECT_ERRNO(send(left, f.data, f.len, 0), ENOBUFS);
}

/* The filter behind it drops all packets, before and after it dies. */
static void expect_filter_in_force(struct rex_obj *dies, int left, int right)
{
	expect_all_dropped(left);
	EXPECT_EQ(prog_info(dies, "dies_if_told").faults, 0);
	tell(dies, DIE, 1);
	expect_all_dropped(left);
	EXPECT_EQ(prog_info(dies, "dies_if_told").faults, 1);
	EXPECT_EQ(prog_info(dies, "dies_if_told").state, REX_PROG_DEAD);
	expect_received(right, 0);
}

TEST(dead_program_leaves_filters_behind_it_in_force)
{
	struct rex_obj *dies = load_object("net_tc");
	struct rex_obj *drops = load_object("net_tc");
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int right = packet_socket(nets.there, "right");

	attach_tc_at(drops, "drops_all", nets.here, "left", BPF_TC_EGRESS, 2);
	attach_tc_at(dies, "dies_if_told", nets.here, "left", BPF_TC_EGRESS, 1);
	expect_filter_in_force(dies, left, right);
	rex_obj_close(drops);
	rex_obj_close(dies);
}

TEST(programs_see_both_directions)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame ours = udp_frame(PORT, 10, 'p');
	struct frame others = udp_frame(PORT + 1, 10, 'p');
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int right = packet_socket(nets.there, "right");

	attach_tc(obj, "counts_ingress", nets.there, "right", BPF_TC_INGRESS);
	attach_tc(obj, "counts_egress", nets.there, "right", BPF_TC_EGRESS);
	for (int i = 0; i < 50; i++) {
		send_frames(left, &ours, 3);
		send_frames(left, &others, 2);
		send_frames(right, &ours, 5);
		send_frames(right, &others, 4);
		/* No queue may overflow. */
		if (i % 10 == 9)
			expect_runs(obj, "counts_ingress", 5 * (i + 1));
	}
	expect_received(right, 250);
	expect_received(left, 450);
	EXPECT_SEEN(obj, ARRIVED, 150);
	EXPECT_SEEN(obj, OTHERS_ARRIVED, 100);
	EXPECT_SEEN(obj, LEFT, 250);
	EXPECT_SEEN(obj, OTHERS_LEFT, 200);
	EXPECT_EQ(prog_info(obj, "counts_ingress").runs, 250);
	EXPECT_EQ(prog_info(obj, "counts_egress").runs, 450);
	rex_obj_close(obj);
}

/* Make "prio" the device's queueing discipline, as 1:. */
static void add_prio(int device)
{
	struct {
		struct nlmsghdr n;
		struct tcmsg t;
		struct rtattr kind;
		char name[8];
		struct rtattr options;
		struct tc_prio_qopt qopt;
	} request = {
		.n = { .nlmsg_len = sizeof(request),
		       .nlmsg_type = RTM_NEWQDISC,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE |
				      NLM_F_EXCL },
		.t = { .tcm_ifindex = device,
		       .tcm_handle = 1 << 16,
		       .tcm_parent = TC_H_ROOT },
		.kind = { .rta_len = RTA_LENGTH(sizeof("prio")),
			  .rta_type = TCA_KIND },
		.name = "prio",
		.options = { .rta_len = RTA_LENGTH(sizeof(struct tc_prio_qopt)),
			     .rta_type = TCA_OPTIONS },
		.qopt = { .bands = 3 },
	};
	struct {
		struct nlmsghdr n;
		struct nlmsgerr e;
		char more[256];
	} answer;
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	ASSERT(sock >= 0);
	ASSERT_EQ(send(sock, &request, sizeof(request), 0), sizeof(request));
	ASSERT(recv(sock, &answer, sizeof(answer), 0) > 0);
	ASSERT_EQ(answer.n.nlmsg_type, NLMSG_ERROR);
	ASSERT_MSG(!answer.e.error, "prio: %s", strerror(-answer.e.error));
	close(sock);
}

/*
 * Within a queueing discipline nobody looks at a queue's number any more, and on
 * newer kernels nobody waits to be told where a packet is to go.
 */
TEST(a_classifier_of_a_queueing_discipline_harms_nobody)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = BPF_TC_CUSTOM,
		    .parent = 1 << 16);
	LIBBPF_OPTS(bpf_tc_opts, opts);
	struct rex_obj *obj = load_object("net_tc");
	struct frame ours = udp_frame(PORT, 10, 'p');
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int right = packet_socket(nets.there, "right"), err;

	free(shell("modprobe sch_prio"));
	enter(nets.there);
	hook.ifindex = ifindex("right");
	add_prio(hook.ifindex);
	opts.prog_fd = bpf_program__fd(program(obj, "classifies"));
	err = bpf_tc_attach(&hook, &opts);
	ASSERT_MSG(!err, "cannot attach: %s", strerror(-err));
	enter(nets.here);
	send_frames(right, &ours, 3);
	expect_received(left, 3);
	EXPECT_SEEN(obj, CLASSIFIED, 3);
	EXPECT_SEEN(obj, SET_BAD_QUEUE_RET, (__u64)-EINVAL);
	EXPECT_SEEN(obj, QUEUE, 0);
	for (__u32 i = REDIRECT_RET; i <= REDIRECT_PEER_RET; i++)
		EXPECT(seen(obj, i) == TC_ACT_REDIRECT ||
		       seen(obj, i) == TC_ACT_SHOT);
	rex_obj_close(obj);
}

TEST(packets_are_dropped_where_they_leave)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame ours = udp_frame(PORT, 10, 'p'), got;
	struct frame others = udp_frame(PORT + 1, 10, 'p');
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int right = packet_socket(nets.there, "right");

	attach_tc(obj, "drops", nets.here, "left", BPF_TC_EGRESS);
	for (int i = 0; i < 100; i++) {
		/* ENOBUFS: dropped. */
		EXPECT_EQ(send(left, ours.data, ours.len, 0), -1);
		EXPECT_EQ(errno, ENOBUFS);
		send_frame(left, &others);
	}
	got = receive(right);
	expect_same("passed", &got, &others);
	expect_received(right, 99);
	EXPECT_SEEN(obj, DROPPED, 100);
	rex_obj_close(obj);
}

/* A packet socket sees packets before tc does, a UDP socket behind it. */
static int received_text(int sock, char *text, size_t size)
{
	ssize_t len = recv(sock, text, size - 1, 0);

	EXPECT_MSG(len >= 0, "nothing was received: %s", strerror(errno));
	text[len < 0 ? 0 : len] = '\0';
	return len;
}

TEST(packets_are_dropped_where_they_arrive)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame ours = udp_frame(PORT, 10, 'p');
	struct frame others = udp_frame(PORT + 1, 10, 'p');
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int dropped = udp_socket(nets.there, PORT);
	int passed = udp_socket(nets.there, PORT + 1);

	give_addresses(&nets);
	attach_tc(obj, "drops", nets.there, "right", BPF_TC_INGRESS);
	for (int i = 0; i < 100; i++) {
		send_frame(left, &ours);
		send_frame(left, &others);
	}
	expect_received(passed, 100);
	EXPECT_EQ(drain(dropped), 0);
	EXPECT_SEEN(obj, DROPPED, 100);
	rex_obj_close(obj);
}

static void expect_changed(const char *name, const struct frame *sent,
			   const struct frame *want)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame got;
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int right = packet_socket(nets.there, "right");

	attach_tc(obj, name, nets.here, "left", BPF_TC_EGRESS);
	send_frames(left, sent, 10);
	got = receive(right);
	expect_same(name, &got, want);
	EXPECT(sums_are_right(&got));
	expect_received(right, 9);
	EXPECT_SEEN(obj, CHANGED, 10);
	rex_obj_close(obj);
}

TEST(ports_are_changed_with_their_checksum)
{
	struct frame f = udp_frame(PORT, 11, 'p');
	struct frame want = udp_frame(PORT + 1, 11, 'p');

	expect_changed("changes_port", &f, &want);
}

TEST(addresses_are_changed_with_their_checksums)
{
	struct frame f = udp_frame(PORT, 11, 'p'), want = f;

	memcpy(want.data + 26, "\x0a\x09\x08\x07", 4);
	ip4_done(&want, 14);
	udp_done(&want, 14, 34);
	expect_changed("changes_address", &f, &want);
}

TEST(headers_are_changed_in_place)
{
	struct frame f = udp_frame(PORT, 11, 'p'), want = f;

	set16(&want, 36, PORT + 1);
	set16(&want, 40, 0);
	expect_changed("overwrites_header", &f, &want);
}

/* The packet socket has a clone, whose bytes must stay. */
static void overwrite(const char *name, const struct frame *f, int port,
		      const char *want)
{
	struct rex_obj *obj = load_object("net_tc");
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int right = packet_socket(nets.there, "right");
	int udp = udp_socket(nets.there, port);
	struct frame got;
	char text[64];

	give_addresses(&nets);
	attach_tc(obj, name, nets.there, "right", BPF_TC_INGRESS);
	for (int i = 0; i < 10; i++) {
		send_frame(left, f);
		received_text(udp, text, sizeof(text));
		EXPECT_STREQ(text, want);
		got = receive(right);
		expect_same("the clone", &got, f);
	}
	EXPECT_SEEN(obj, CHANGED, 10);
	rex_obj_close(obj);
}

TEST(writes_do_not_reach_clones)
{
	struct frame f = udp_frame(PORT, 10, 'p');

	set16(&f, 40, 0); /* no checksum */
	overwrite("overwrites", &f, PORT, "WWWWWWWWWW");
}

TEST(writes_to_headers_do_not_reach_clones)
{
	struct frame f = udp_frame(PORT, 10, 'p');

	overwrite("overwrites_header", &f, PORT + 1, "pppppppppp");
}

TEST(copies_are_sent_and_the_original_is_changed)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int sink = packet_socket(nets.here, "sink");
	int udp = udp_socket(nets.there, PORT);
	char text[64];

	set16(&f, 40, 0);
	give_addresses(&nets);
	attach_tc(obj, "clones", nets.there, "right", BPF_TC_INGRESS);
	tell(obj, TO_DEVICE, ifindex_in(nets.there, "out"));
	send_frames(left, &f, 10);
	for (int i = 0; i < 10; i++) {
		got = receive(sink);
		expect_same("the copy", &got, &f);
		received_text(udp, text, sizeof(text));
		EXPECT_STREQ(text, "OOOOOOOOOO");
	}
	EXPECT_SEEN(obj, RET, 0);
	EXPECT_SEEN(obj, LINEAR, f.len);
	tell(obj, TO_DEVICE, 4711); /* no such device */
	send_frame(left, &f);
	received_text(udp, text, sizeof(text));
	EXPECT_STREQ(text, "OOOOOOOOOO");
	EXPECT_SEEN(obj, RET, (__u64)-EINVAL);
	EXPECT_EQ(drain(sink), 0);
	rex_obj_close(obj);
}

TEST(packets_are_redirected)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int sink = packet_socket(nets.here, "sink");
	int out = packet_socket(nets.there, "out");

	attach_tc(obj, "redirects", nets.there, "right", BPF_TC_INGRESS);
	tell(obj, TO_DEVICE, ifindex_in(nets.there, "out"));
	send_frames(left, &f, 10);
	got = receive(sink);
	expect_same("redirected", &got, &f);
	expect_received(sink, 9);
	EXPECT_EQ(drain(out), 0);
	tell(obj, FLAGS, BPF_F_INGRESS);
	send_frames(left, &f, 10);
	got = receive(out);
	expect_same("redirected to ingress", &got, &f);
	expect_received(out, 9);
	tell(obj, FLAGS, 1ull << 20); /* no such flag: dropped */
	send_frames(left, &f, 10);
	EXPECT(WAIT_FOR(seen(obj, REDIRECTED) == 30, 5));
	EXPECT_EQ(drain(out), 0);
	EXPECT_EQ(drain(sink), 0);
	rex_obj_close(obj);
}

TEST(packets_are_redirected_to_the_peer)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int sink = packet_socket(nets.here, "sink");

	attach_tc(obj, "redirects_to_peer", nets.there, "right",
		  BPF_TC_INGRESS);
	tell(obj, TO_DEVICE, ifindex_in(nets.there, "out"));
	send_frames(left, &f, 10);
	got = receive(sink);
	expect_same("redirected", &got, &f);
	expect_received(sink, 9);
	EXPECT_SEEN(obj, REDIRECTED, 10);
	rex_obj_close(obj);
}

TEST(packets_are_redirected_to_the_neighbour)
{
	static const unsigned char neighbour[] = { 2, 0, 0, 0, 0, 9 };
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 10, 'p'), got;
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int sink = packet_socket(nets.here, "sink");

	enter(nets.there);
	free(shell("ip addr add 10.9.0.1/24 dev out;"
		   "ip route add 10.0.0.2/32 dev out;"
		   "arp -i out -s 10.0.0.2 02:00:00:00:00:09"));
	enter(nets.here);
	attach_tc(obj, "redirects_to_neighbour", nets.there, "right",
		  BPF_TC_INGRESS);
	tell(obj, TO_DEVICE, ifindex_in(nets.there, "out"));
	send_frames(left, &f, 10);
	got = receive(sink);
	EXPECT(!memcmp(got.data, neighbour, sizeof(neighbour)));
	/* All but the addresses of the link is as it was. */
	memcpy(got.data, f.data, 12);
	expect_same("redirected", &got, &f);
	expect_received(sink, 9);
	tell(obj, FLAGS, 1); /* no such flag: dropped */
	send_frames(left, &f, 10);
	EXPECT(WAIT_FOR(seen(obj, REDIRECTED) == 20, 5));
	EXPECT_EQ(drain(sink), 0);
	rex_obj_close(obj);
}

TEST(routes_are_looked_up)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 10, 'p');
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");

	give_addresses(&nets);
	enter(nets.there);
	set_sysctl("net/ipv4/conf/right/forwarding", "1");
	free(shell("arp -i out -s 10.1.0.9 02:00:00:00:00:09"));
	enter(nets.here);
	attach_tc(obj, "routes", nets.there, "right", BPF_TC_INGRESS);
	memcpy(f.data + 30, "\x0a\x01\x00\x09", 4);
	ip4_done(&f, 14);
	send_frame(left, &f);
	EXPECT(WAIT_FOR(seen(obj, ROUTED) == 1, 5));
	EXPECT_SEEN(obj, RET, BPF_FIB_LKUP_RET_SUCCESS);
	EXPECT_SEEN(obj, ROUTE_DEVICE, ifindex_in(nets.there, "out"));
	EXPECT_SEEN(obj, ROUTE_MAC, 9);
	/* 3 in place of 1, as it lies in the packet: one's complement. */
	EXPECT_EQ(seen(obj, SUM_DIFF) % 0xffff, 0x0200);
	rex_obj_close(obj);
}

TEST(cgroup_of_the_sender_is_known)
{
	static const char folder[] = "/sys/fs/cgroup/rex-tc";
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
	};
	struct rex_obj *obj = load_object("net_tc");
	struct nets nets = make_nets();
	struct stat own, root;
	int sock;

	give_addresses(&nets);
	ASSERT(inet_pton(AF_INET, "10.0.0.2", &to.sin_addr) == 1);
	ASSERT(!mkdir(folder, 0755) && !stat(folder, &own));
	ASSERT(!stat("/sys/fs/cgroup", &root));
	write_file("/sys/fs/cgroup/rex-tc/cgroup.procs", "0");
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT(sock >= 0);
	write_file("/sys/fs/cgroup/cgroup.procs", "0");
	attach_tc(obj, "knows_the_cgroup", nets.here, "left", BPF_TC_EGRESS);
	ASSERT(sendto(sock, "x", 1, 0, (void *)&to, sizeof(to)) == 1);
	EXPECT_SEEN(obj, CGROUP, own.st_ino);
	EXPECT_SEEN(obj, ANCESTOR_0, root.st_ino);
	EXPECT_SEEN(obj, ANCESTOR_9, 0);
	close(sock);
	EXPECT(WAIT_FOR(!rmdir(folder), 5));
	rex_obj_close(obj);
}

#define OWN_PORT 4711

/* A UDP socket of OWN_PORT that sends to PORT. */
static int connected(const char *from, const char *to, unsigned int scope)
{
	bool v6 = strchr(from, ':');
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(OWN_PORT) };
	struct sockaddr_in a4 = { .sin_family = AF_INET,
				  .sin_port = htons(OWN_PORT) };
	void *addr = v6 ? (void *)&a6 : &a4;
	void *place = v6 ? (void *)&a6.sin6_addr : &a4.sin_addr;
	socklen_t len = v6 ? sizeof(a6) : sizeof(a4);
	int family = v6 ? AF_INET6 : AF_INET;
	int sock = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ASSERT(sock >= 0 && inet_pton(family, from, place) == 1);
	/* An address of IPv6 is the device's only a little later. */
	ASSERT(WAIT_FOR(!bind(sock, addr, len), 10));
	a6.sin6_scope_id = scope;
	a6.sin6_port = a4.sin_port = htons(PORT);
	ASSERT(inet_pton(family, to, place) == 1);
	ASSERT_MSG(!connect(sock, addr, len), "%s", strerror(errno));
	return sock;
}

TEST(socket_of_the_sender_is_seen)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 10, 'p');
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left"), sock;
	int receiver = udp_socket(nets.there, PORT);

	give_addresses(&nets);
	attach_tc(obj, "sees_socket", nets.here, "left", BPF_TC_EGRESS);
	tell(obj, OF_PORT, OWN_PORT);
	sock = connected("10.0.0.1", "10.0.0.2", 0);
	ASSERT(send(sock, "x", 1, 0) == 1);
	EXPECT_SEEN(obj, SOCKETS, 1);
	EXPECT_SEEN(obj, FAMILY, AF_INET);
	EXPECT_SEEN(obj, STATE, 1); /* TCP_ESTABLISHED */
	EXPECT_SEEN(obj, BOUND_DEVICE, 0);
	EXPECT_SEEN(obj, REMOTE_PORT, PORT);
	EXPECT_SEEN(obj, LOCAL_IP4, 0x0a000001);
	EXPECT_SEEN(obj, REMOTE_IP4, 0x0a000002);
	EXPECT_SEEN(obj, LOCAL_IP6, NONE);
	EXPECT_SEEN(obj, REMOTE_IP6, NONE);
	ASSERT(!setsockopt(sock, SOL_SOCKET, SO_BINDTODEVICE, "left", 5));
	ASSERT(send(sock, "x", 1, 0) == 1);
	EXPECT_SEEN(obj, SOCKETS, 2);
	EXPECT_SEEN(obj, BOUND_DEVICE, ifindex("left"));
	close(sock);

	set_sysctl("net/ipv6/conf/left/accept_dad", "0");
	set_sysctl("net/ipv6/conf/left/dad_transmits", "0");
	set_sysctl("net/ipv6/conf/left/disable_ipv6", "0");
	free(shell("ip -6 addr add fd00::7/64 dev left"));
	/* All nodes: no neighbour has to be asked for. */
	sock = connected("fd00::7", "ff02::1", ifindex("left"));
	ASSERT(send(sock, "x", 1, 0) == 1);
	EXPECT_SEEN(obj, SOCKETS, 3);
	EXPECT_SEEN(obj, FAMILY, AF_INET6);
	EXPECT_SEEN(obj, REMOTE_PORT, PORT);
	EXPECT_SEEN(obj, LOCAL_IP6, 7);
	EXPECT_SEEN(obj, REMOTE_IP6, 1);
	close(sock);

	EXPECT_SEEN(obj, PACKET_SOCKETS, 0);
	send_frame(left, &f);
	EXPECT_SEEN(obj, PACKET_SOCKETS, 1);
	EXPECT_SEEN(obj, PACKET_PORT, NONE);
	EXPECT_SEEN(obj, PACKET_IP4, NONE);
	close(receiver);
	rex_obj_close(obj);
}

TEST(metadata_of_xdp_is_seen)
{
	struct rex_obj *obj = load_object("net_tc"), *xdp;
	struct frame f = udp_frame(PORT, 10, 'p');
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int right = packet_socket(nets.there, "right");

	attach_tc(obj, "reads_metadata", nets.there, "right", BPF_TC_INGRESS);
	send_frame(left, &f);
	expect_received(right, 1);
	EXPECT_SEEN(obj, METADATA_LENGTH, 0);
	xdp = load_object("net_xdp");
	enter(nets.there);
	ASSERT(!bpf_xdp_attach(ifindex("right"),
			       bpf_program__fd(program(xdp, "writes_metadata")),
			       XDP_FLAGS_DRV_MODE, NULL));
	send_frame(left, &f);
	expect_received(right, 1);
	EXPECT(WAIT_FOR(seen(obj, METADATA_READ) == 2, 5));
	EXPECT_SEEN(obj, METADATA_LENGTH, 8);
	EXPECT_SEEN(obj, METADATA, 0x6d65746164617461); /* "metadata" */
	rex_obj_close(obj);
	rex_obj_close(xdp);
}

TEST(fields_of_real_packets_are_seen)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 10, 'p');
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int right = packet_socket(nets.there, "right"), mark = 4711, prio = 6;

	ASSERT(!setsockopt(left, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)));
	ASSERT(!setsockopt(left, SOL_SOCKET, SO_PRIORITY, &prio, sizeof(prio)));
	attach_tc(obj, "fields", nets.here, "left", BPF_TC_EGRESS);
	send_frame(left, &f);
	expect_received(right, 1);
	EXPECT_SEEN(obj, PROTOCOL, ETH_P_IP);
	EXPECT_SEEN(obj, INGRESS, 0);
	EXPECT_SEEN(obj, DEVICE, ifindex("left"));
	EXPECT_SEEN(obj, MARK, 4711);
	EXPECT_SEEN(obj, PRIORITY, 6);
	attach_tc(obj, "fields", nets.there, "right", BPF_TC_INGRESS);
	send_frame(left, &f);
	expect_received(right, 1);
	EXPECT(WAIT_FOR(seen(obj, INGRESS) ==
				(__u64)ifindex_in(nets.there, "right"),
			5));
	EXPECT_SEEN(obj, DEVICE, ifindex_in(nets.there, "right"));
	EXPECT_SEEN(obj, PACKET_TYPE, PACKET_HOST);
	rex_obj_close(obj);
}

/* ---- packets that are not linear ---- */

#define STREAM 8000

static void send_all(int sock, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(sock, data, len, 0);

		ASSERT(n > 0);
		data += n;
		len -= n;
	}
}

static int listen_there(int net)
{
	int sock = bound_socket(net, SOCK_STREAM, PORT);

	ASSERT(!listen(sock, 1));
	return sock;
}

TEST(bytes_that_are_not_linear_are_reached)
{
	struct rex_obj *obj = load_object("net_tc");
	struct nets nets = make_nets();
	int listener = listen_there(nets.there), from, to;
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(0x0a000002),
	};
	char sent[STREAM], got[STREAM];
	size_t len = 0;
	ssize_t n;

	give_addresses(&nets);
	attach_tc(obj, "looks_deep", nets.here, "left", BPF_TC_EGRESS);
	memset(sent, 'x', sizeof(sent));
	memcpy(sent + STREAM - 8, "01234567", 8);
	from = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ASSERT(from >= 0);
	ASSERT(!connect(from, (void *)&addr, sizeof(addr)));
	to = accept(listener, NULL, NULL);
	ASSERT(to >= 0);
	set_limits(to);
	send_all(from, sent, STREAM);
	while (len < STREAM && (n = recv(to, got + len, STREAM - len, 0)) > 0)
		len += n;
	EXPECT_EQ(len, STREAM);
	EXPECT(!memcmp(sent, got, STREAM));
	ksft_note("%llu packets; %llu bytes linear of %llu",
		  (unsigned long long)seen(obj, LOOKED_AT),
		  (unsigned long long)seen(obj, LINEAR),
		  (unsigned long long)(seen(obj, NOT_LINEAR) +
				       seen(obj, LINEAR)));
	EXPECT(seen(obj, LOOKED_AT) >= 1);
	EXPECT(seen(obj, NOT_LINEAR) > 0);
	EXPECT_SEEN(obj, RET, 0);
	EXPECT_SEEN(obj, BYTES, 0x3031323334353637);
	EXPECT_SEEN(obj, PULL_RET, 0);
	EXPECT_SEEN(obj, NOT_LINEAR_AFTER, 0);
	EXPECT_SEEN(obj, PULLED_BYTES, 0x3031323334353637);
	EXPECT_SEEN(obj, BEYOND_LOAD_RET, (__u64)-EFAULT);
	EXPECT_SEEN(obj, BEYOND_BYTES, 0);
	EXPECT_SEEN(obj, BEYOND_STORE_RET, (__u64)-EFAULT);
	rex_obj_close(obj);
}

static void set_offload(const char *device, __u32 on)
{
	struct ethtool_value value = { .cmd = ETHTOOL_STXCSUM, .data = on };
	struct ifreq ifr = { .ifr_data = (void *)&value };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", device);
	ASSERT_MSG(!ioctl(sock, SIOCETHTOOL, &ifr), "offload: %s",
		   strerror(errno));
	close(sock);
}

/* A packet that is made here has no checksum yet where tc sees it leave. */
static void connect_translated(int listener)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT + 1),
		.sin_addr.s_addr = htonl(0x0a000009),
	};
	int from = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), to;
	char sent[STREAM], got[STREAM];

	memset(sent, 'y', sizeof(sent));
	ASSERT(from >= 0);
	set_limits(from);
	ASSERT_MSG(!connect(from, (void *)&addr, sizeof(addr)),
		   "no connection: %s", strerror(errno));
	to = accept(listener, NULL, NULL);
	ASSERT(to >= 0);
	set_limits(to);
	send_all(from, sent, STREAM);
	EXPECT_EQ(recv(to, got, STREAM, MSG_WAITALL), STREAM);
	EXPECT(!memcmp(sent, got, STREAM));
	send_all(to, sent, STREAM);
	EXPECT_EQ(recv(from, got, STREAM, MSG_WAITALL), STREAM);
	close(from);
	close(to);
}

TEST(connections_are_translated_with_and_without_offload)
{
	struct rex_obj *obj = load_object("net_tc");
	struct nets nets = make_nets();
	int listener = listen_there(nets.there);

	give_addresses(&nets);
	free(shell("arp -i left -s 10.0.0.9 02:00:00:00:00:02"));
	attach_tc(obj, "translates_destination", nets.here, "left",
		  BPF_TC_EGRESS);
	attach_tc(obj, "translates_source", nets.here, "left", BPF_TC_INGRESS);
	for (int on = 0; on < 2; on++) {
		set_offload("left", on);
		enter(nets.there);
		set_offload("right", on);
		enter(nets.here);
		connect_translated(listener);
		EXPECT(seen(obj, CHANGED) > 8u * (on + 1));
	}
	rex_obj_close(obj);
}

/* The device's own header is all that is linear of this packet. */
TEST(headers_that_are_not_linear_are_found)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 4500, 'p'), got;
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left"), one = 1;
	int right = packet_socket(nets.there, "right");
	struct virtio_net_hdr head = { .hdr_len = 14 };
	struct iovec iov[] = { { &head, sizeof(head) }, { f.data, f.len } };

	free(shell("ip link set left mtu 9000"));
	enter(nets.there);
	free(shell("ip link set right mtu 9000"));
	enter(nets.here);
	ASSERT(!setsockopt(left, SOL_PACKET, PACKET_VNET_HDR, &one,
			   sizeof(one)));
	attach_tc(obj, "looks", nets.here, "left", BPF_TC_EGRESS);
	ASSERT_EQ(writev(left, iov, 2), (ssize_t)(sizeof(head) + f.len));
	EXPECT_SEEN(obj, LINEAR, 14);
	EXPECT_SEEN(obj, LENGTH, f.len);
	EXPECT_SEEN(obj, UDP, PORT);
	EXPECT(seen(obj, LINEAR_AFTER) >= 42);
	got = receive(right);
	expect_same("received", &got, &f);
	rex_obj_close(obj);
}

/* ---- tcx ---- */

#ifndef BPF_TCX_INGRESS
#define BPF_TCX_INGRESS 46
#define BPF_TCX_EGRESS 47
#endif

static bool has_tcx(void)
{
	struct utsname name;
	int major, minor;

	ASSERT(!uname(&name));
	ASSERT_EQ(sscanf(name.release, "%d.%d", &major, &minor), 2);
	return major > 6 || (major == 6 && minor >= 6);
}

static int attach_tcx(struct rex_obj *obj, const char *name, int ifindex,
		      int type)
{
	union bpf_attr attr = {};

	attr.link_create.prog_fd = bpf_program__fd(program(obj, name));
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = type;
	return syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
}

TEST(programs_are_attached_by_tcx)
{
	struct rex_obj *obj = load_object("net_tc");
	struct frame f = udp_frame(PORT, 10, 'p');
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int right = packet_socket(nets.there, "right"), egress, ingress;

	if (!has_tcx())
		SKIP("tcx is there since 6.6");
	egress = attach_tcx(obj, "counts_egress", ifindex("left"),
			    BPF_TCX_EGRESS);
	ASSERT(egress >= 0);
	enter(nets.there);
	ingress = attach_tcx(obj, "counts_ingress", ifindex("right"),
			     BPF_TCX_INGRESS);
	ASSERT(ingress >= 0);
	send_frames(left, &f, 30);
	expect_received(right, 30);
	EXPECT_SEEN(obj, ARRIVED, 30);
	EXPECT_SEEN(obj, LEFT, 30);
	close(egress);
	close(ingress);
	send_frames(left, &f, 30);
	expect_received(right, 30);
	EXPECT_SEEN(obj, ARRIVED, 30);
	EXPECT_SEEN(obj, LEFT, 30);
	rex_obj_close(obj);
}

TEST(dead_program_leaves_tcx_programs_behind_it_in_force)
{
	struct rex_obj *dies = load_object("net_tc");
	struct rex_obj *drops = load_object("net_tc");
	struct nets nets = make_nets();
	int left = packet_socket(nets.here, "left");
	int right = packet_socket(nets.there, "right");

	if (!has_tcx())
		SKIP("tcx is there since 6.6");
	ASSERT(attach_tcx(dies, "dies_if_told", ifindex("left"),
			  BPF_TCX_EGRESS) >= 0);
	ASSERT(attach_tcx(drops, "drops_all", ifindex("left"),
			  BPF_TCX_EGRESS) >= 0);
	expect_filter_in_force(dies, left, right);
	rex_obj_close(drops);
	rex_obj_close(dies);
}
