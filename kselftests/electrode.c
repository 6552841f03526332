// SPDX-License-Identifier: GPL-2.0
/*
 * Programs of the sample electrode answer, log and count crafted packets.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "../samples/electrode/electrode.h"
#include "rex_net.h"

#define MESSAGE_AT 42
/* Replica N has the address 10.0.0.(N + 1). */
#define ADDRESS(_n) (0x0a000001 + (_n))
/* Replica 3 of five is the leader in this view. */
#define VIEW 8

/* Makes a message of replica FROM to replica TO; the operation is TEXT. */
static struct frame message(int from, int to, __u32 kind, __u32 view, __u32 op,
			    const char *text)
{
	const __u32 numbers[] = { htonl(MAGIC), htonl(kind), htonl(view),
				  htonl(op), htonl(from) };
	struct frame f = udp_frame(PAXOS_PORT, NUMBERS + strlen(text), 0);

	memcpy(f.data + MESSAGE_AT, numbers, NUMBERS);
	memcpy(f.data + MESSAGE_AT + NUMBERS, text, strlen(text));
	set16(&f, 28, ADDRESS(from));
	set16(&f, 32, ADDRESS(to));
	ip4_done(&f, 14);
	set16(&f, 40, 0);
	return f;
}

/* Loads the object for replica ME of five. */
static struct rex_obj *load_replica(__u32 me)
{
	struct rex_obj *obj = load_object("electrode");
	struct config config = { .me = me, .replicas = 5 };
	struct state state = { .view = VIEW };
	__u32 zero = 0;

	ASSERT(!bpf_map_update_elem(map_fd(obj, "CONFIG"), &zero, &config, 0));
	ASSERT(!bpf_map_update_elem(map_fd(obj, "STATE"), &zero, &state, 0));
	for (__u32 i = 0; i < 5; i++) {
		struct peer peer = {
			.ifindex = ifindex("lo"),
			.address.s_addr = htonl(ADDRESS(i)),
			.own_address.s_addr = htonl(ADDRESS(me)),
		};

		if (i != me)
			ASSERT(!bpf_map_update_elem(map_fd(obj, "PEERS"), &i,
						    &peer, 0));
	}
	return obj;
}

/* A follower of five replicas. */
FIXTURE(follower)
{
	struct rex_obj *obj;
};

FIXTURE_SETUP(follower)
{
	self->obj = load_replica(1);
}

FIXTURE_TEARDOWN(follower)
{
	rex_obj_close(self->obj);
}

FIXTURE(leader)
{
	struct rex_obj *obj;
};

FIXTURE_SETUP(leader)
{
	self->obj = load_replica(3);
}

FIXTURE_TEARDOWN(leader)
{
	rex_obj_close(self->obj);
}

static void expect_action(struct rex_obj *obj, const char *what, struct frame f,
			  __u32 want)
{
	__u32 action = test_run(obj, "replica", &f, NULL);

	EXPECT_MSG(action == want, "%s: action %u, not %u", what, action, want);
}

/* The records of the log that were not read yet. */
struct log {
	int count;
	struct record last;
};

static int take_record(void *ctx, void *data, size_t size)
{
	struct log *log = ctx;

	ASSERT_EQ(size, sizeof(log->last));
	log->count++;
	memcpy(&log->last, data, size);
	return 0;
}

static struct log take_log(struct rex_obj *obj)
{
	struct log log = {};
	struct ring_buffer *ring;

	ring = ring_buffer__new(map_fd(obj, "LOG"), take_record, &log, NULL);
	ASSERT(ring);
	ASSERT_EQ(ring_buffer__consume(ring), log.count);
	ring_buffer__free(ring);
	return log;
}

static __u32 last_op(struct rex_obj *obj)
{
	struct state state;
	__u32 zero = 0;

	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "STATE"), &zero, &state));
	return state.last_op;
}

static const int none[NR_COUNTS];

static void expect_counts(struct rex_obj *obj, const int *want)
{
	for (int i = 0; i < NR_COUNTS; i++)
		EXPECT_MSG(map_get(obj, "COUNTS", i) == (__u64)want[i],
			   "count %d is %llu, not %d", i,
			   (unsigned long long)map_get(obj, "COUNTS", i),
			   want[i]);
}

/* Returns the reply, which goes back the same way. */
static struct frame reply_to(const struct frame *f, int from, int to,
			     __u32 view, __u32 op)
{
	struct frame reply = message(from, to, PREPARE_OK, view, op, "");

	memcpy(reply.data, f->data + 6, 6);
	memcpy(reply.data + 6, f->data, 6);
	memcpy(reply.data + 34, f->data + 36, 2);
	memcpy(reply.data + 36, f->data + 34, 2);
	return reply;
}

TEST_F(follower, operation_is_logged_and_acknowledged)
{
	struct frame f = message(3, 1, PREPARE, VIEW, 1, "set x 4711");
	struct frame want = reply_to(&f, 1, 3, VIEW, 1), out;
	struct log log;

	/* A message may be shorter than a frame, as in a real network. */
	put(&f, "padding", 7);
	f.data[22] = 7; /* hops that are left */
	ip4_done(&f, 14);
	EXPECT_EQ(test_run(self->obj, "replica", &f, &out), XDP_TX);
	expect_same("reply", &out, &want);
	EXPECT(sums_are_right(&out));
	log = take_log(self->obj);
	EXPECT_EQ(log.count, 1);
	EXPECT_EQ(log.last.op, 1);
	EXPECT_EQ(log.last.len, strlen("set x 4711"));
	EXPECT_STREQ(log.last.operation, "set x 4711");
	EXPECT_EQ(last_op(self->obj), 1);
}

TEST_F(follower, operation_is_logged_once_and_acknowledged_each_time)
{
	struct frame f, out, want;
	int ops[] = { 1, 1, 2, 1, 2, 3 };

	for (int i = 0; i < 6; i++) {
		f = message(3, 1, PREPARE, VIEW, ops[i], "again");
		want = reply_to(&f, 1, 3, VIEW, ops[i]);
		EXPECT_EQ(test_run(self->obj, "replica", &f, &out), XDP_TX);
		expect_same("reply", &out, &want);
	}
	EXPECT_EQ(take_log(self->obj).count, 3);
	EXPECT_EQ(last_op(self->obj), 3);
	expect_counts(self->obj, (int[]){ [LOGGED] = 3,
					  [LOGGED_BEFORE] = 3,
					  [NR_COUNTS - 1] = 0 });
}

TEST_F(follower, operations_of_wrong_views_and_senders_are_not_acknowledged)
{
	struct frame f = message(3, 1, PREPARE, VIEW, 1, "forged");
	char text[OPERATION + 2] = "";

	expect_action(self->obj, "old view",
		      message(3, 1, PREPARE, VIEW - 5, 1, ""), XDP_DROP);
	expect_action(self->obj, "newer view",
		      message(3, 1, PREPARE, VIEW + 5, 1, ""), XDP_PASS);
	expect_action(self->obj, "missing operation",
		      message(3, 1, PREPARE, VIEW, 2, ""), XDP_PASS);
	expect_action(self->obj, "last number",
		      message(3, 1, PREPARE, VIEW, 0xffffffff, ""), XDP_PASS);
	expect_action(self->obj, "not the leader",
		      message(2, 1, PREPARE, VIEW, 1, ""), XDP_DROP);
	expect_action(self->obj, "no replica",
		      message(5, 1, PREPARE, VIEW, 1, ""), XDP_DROP);
	expect_action(self->obj, "itself", message(1, 1, PREPARE, VIEW, 1, ""),
		      XDP_DROP);
	expect_action(self->obj, "for another",
		      message(3, 2, PREPARE, VIEW, 1, ""), XDP_DROP);
	expect_action(self->obj, "no such kind", message(3, 1, 3, VIEW, 1, ""),
		      XDP_DROP);
	set16(&f, 28, ADDRESS(4));
	ip4_done(&f, 14);
	expect_action(self->obj, "another's address", f, XDP_DROP);
	memset(text, 'x', OPERATION + 1);
	expect_action(self->obj, "too long",
		      message(3, 1, PREPARE, VIEW, 1, text), XDP_DROP);
	EXPECT_EQ(take_log(self->obj).count, 0);
	EXPECT_EQ(last_op(self->obj), 0);
	expect_counts(self->obj, (int[]){ [REFUSED] = 8, [LEFT] = 3 });
	text[OPERATION] = '\0';
	expect_action(self->obj, "longest",
		      message(3, 1, PREPARE, VIEW, 1, text), XDP_TX);
}

TEST_F(follower, other_packets_pass)
{
	struct frame good = message(3, 1, PREPARE, VIEW, 1, ""), f;

	f = good;
	set16(&f, 36, PAXOS_PORT + 1);
	expect_action(self->obj, "other port", f, XDP_PASS);
	f = good;
	f.data[MESSAGE_AT]++;
	expect_action(self->obj, "other magic", f, XDP_PASS);
	f = good;
	set16(&f, 16, f.len - 15); /* a byte is padding */
	ip4_done(&f, 14);
	expect_action(self->obj, "too short", f, XDP_PASS);
	for (f = good; f.len > 14; f.len--)
		if (f.len < good.len)
			expect_action(self->obj, "cut off", f, XDP_PASS);
	EXPECT_EQ(take_log(self->obj).count, 0);
	expect_counts(self->obj, none);
	expect_action(self->obj, "whole", good, XDP_TX);
}

TEST_F(follower, without_room_in_the_log_nothing_is_acknowledged)
{
	struct frame f;
	__u32 op = 0, full;

	do {
		f = message(3, 1, PREPARE, VIEW, ++op, "x");
		full = test_run(self->obj, "replica", &f, NULL);
	} while (full == XDP_TX && op < 10000);
	EXPECT_EQ(full, XDP_DROP);
	EXPECT_EQ(last_op(self->obj), op - 1);
	EXPECT_EQ(take_log(self->obj).count, (int)op - 1);
	expect_action(self->obj, "with room", f, XDP_TX);
	EXPECT_EQ(take_log(self->obj).last.op, op);
}

static const unsigned char group[] = { 1, 0, 0x5e, 0x7f, 0x30, 0x39 };

static struct frame multicast(__u32 view, __u32 op)
{
	struct frame f = message(3, 0, PREPARE, view, op, "set x 4711");

	memcpy(f.data, group, 6);
	return f;
}

static void start_count(struct rex_obj *obj, __u32 view, __u32 op)
{
	struct frame f = multicast(view, op);

	EXPECT_EQ(test_run(obj, "broadcast", &f, NULL), TC_ACT_STOLEN);
}

static void expect_ok(struct rex_obj *obj, int from, __u32 view, __u32 op,
		      __u32 want)
{
	char what[64];

	snprintf(what, sizeof(what), "from %d: %u of view %u", from, op, view);
	expect_action(obj, what, message(from, 3, PREPARE_OK, view, op, ""),
		      want);
}

TEST_F(leader, one_message_of_a_majority_reaches_userspace)
{
	expect_ok(self->obj, 0, VIEW, 1, XDP_DROP); /* it was not asked for */
	expect_ok(self->obj, 1, VIEW, 1, XDP_DROP);
	start_count(self->obj, VIEW, 1);
	expect_ok(self->obj, 0, VIEW, 1, XDP_DROP);
	expect_ok(self->obj, 0, VIEW, 1, XDP_DROP); /* the same one */
	expect_ok(self->obj, 3, VIEW, 1,
		  XDP_DROP); /* the leader counts already */
	expect_ok(self->obj, 5, VIEW, 1, XDP_DROP);
	expect_ok(self->obj, 1, VIEW + 5, 1, XDP_DROP);
	expect_ok(self->obj, 1, VIEW - 5, 1, XDP_DROP);
	expect_ok(self->obj, 1, VIEW, 2, XDP_DROP);
	expect_ok(self->obj, 1, VIEW, 1025, XDP_DROP); /* in the same place */
	expect_ok(self->obj, 1, VIEW, 1, XDP_PASS); /* three of five */
	expect_ok(self->obj, 1, VIEW, 1, XDP_DROP);
	expect_ok(self->obj, 2, VIEW, 1, XDP_DROP);
	expect_ok(self->obj, 4, VIEW, 1, XDP_DROP);
	expect_counts(self->obj, (int[]){ [SENT] = 1,
					  [QUORUMS] = 1,
					  [PRUNED] = 11,
					  [REFUSED] = 2,
					  [NR_COUNTS - 1] = 0 });
}

TEST_F(leader, operation_that_is_sent_again_keeps_its_acknowledgements)
{
	start_count(self->obj, VIEW, 1);
	expect_ok(self->obj, 0, VIEW, 1, XDP_DROP);
	start_count(self->obj, VIEW, 1);
	expect_ok(self->obj, 1, VIEW, 1, XDP_PASS);
	/* Userspace has not seen the quorum. */
	start_count(self->obj, VIEW, 1);
	expect_ok(self->obj, 1, VIEW, 1, XDP_PASS);
	expect_ok(self->obj, 0, VIEW, 1, XDP_DROP);
	/* Another view or operation counts acknowledgements again. */
	start_count(self->obj, VIEW + 5, 1);
	expect_ok(self->obj, 1, VIEW, 1, XDP_DROP);
	expect_ok(self->obj, 1, VIEW + 5, 1, XDP_DROP);
	start_count(self->obj, VIEW + 5, 1025);
	expect_ok(self->obj, 2, VIEW + 5, 1025, XDP_DROP);
	expect_ok(self->obj, 4, VIEW + 5, 1025, XDP_PASS);
}

TEST_F(leader, only_multicasts_of_operations_are_changed)
{
	struct frame f = multicast(VIEW, 1), out;

	f.data[0] = 2;
	EXPECT_EQ(test_run(self->obj, "broadcast", &f, &out), TC_ACT_OK);
	expect_same("to one replica", &out, &f);
	f = message(3, 0, PREPARE_OK, VIEW, 1, "");
	memcpy(f.data, group, 6);
	EXPECT_EQ(test_run(self->obj, "broadcast", &f, &out), TC_ACT_OK);
	expect_same("other kind", &out, &f);
	f = udp_frame(PAXOS_PORT, 100, 'x');
	memcpy(f.data, group, 6);
	EXPECT_EQ(test_run(self->obj, "broadcast", &f, &out), TC_ACT_OK);
	expect_same("no message", &out, &f);
	expect_counts(self->obj, none);
}
