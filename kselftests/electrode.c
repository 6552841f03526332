// SPDX-License-Identifier: GPL-2.0
/*
 * The sample electrode: what its programs do with crafted packets, and a log of
 * three replicas, each in a network namespace of its own.
 * TEST-DEADLINE: 400
 */
#include <linux/bpf.h>
#include <linux/ethtool.h>
#include <linux/pkt_cls.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "../samples/electrode/electrode.h"
#include "rex_net.h"
#include "rex_sample.h"

/* ---- crafted packets ---- */

#define MESSAGE_AT 42
/* Replica N has the address 10.0.0.(N + 1). */
#define ADDRESS(_n) (0x0a000001 + (_n))
/* Of five replicas, 3 is the leader in this view. */
#define VIEW 8

/* A message of replica FROM to replica TO; the operation is TEXT. */
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

/* Load the object for replica ME of five. */
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

static void expect_action(struct rex_obj *obj, const char *what, struct frame f,
			  __u32 want)
{
	__u32 action = test_run(obj, "replica", &f, NULL);

	EXPECT_MSG(action == want, "%s: action %u, not %u", what, action, want);
}

/* What the log has been given and has not been asked for. */
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

/* The reply goes back by the way that the message came. */
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

TEST(operation_is_logged_and_acknowledged)
{
	struct rex_obj *obj = load_replica(1);
	struct frame f = message(3, 1, PREPARE, VIEW, 1, "set x 4711");
	struct frame want = reply_to(&f, 1, 3, VIEW, 1), out;
	struct log log;

	/* As it is from a real network: a message may be shorter than a frame. */
	put(&f, "padding", 7);
	f.data[22] = 7; /* hops that are left */
	ip4_done(&f, 14);
	EXPECT_EQ(test_run(obj, "replica", &f, &out), XDP_TX);
	expect_same("reply", &out, &want);
	EXPECT(sums_are_right(&out));
	log = take_log(obj);
	EXPECT_EQ(log.count, 1);
	EXPECT_EQ(log.last.op, 1);
	EXPECT_EQ(log.last.len, strlen("set x 4711"));
	EXPECT_STREQ(log.last.operation, "set x 4711");
	EXPECT_EQ(last_op(obj), 1);
	rex_obj_close(obj);
}

TEST(operation_is_logged_once_and_acknowledged_each_time)
{
	struct rex_obj *obj = load_replica(1);
	struct frame f, out, want;
	int ops[] = { 1, 1, 2, 1, 2, 3 };

	for (int i = 0; i < 6; i++) {
		f = message(3, 1, PREPARE, VIEW, ops[i], "again");
		want = reply_to(&f, 1, 3, VIEW, ops[i]);
		EXPECT_EQ(test_run(obj, "replica", &f, &out), XDP_TX);
		expect_same("reply", &out, &want);
	}
	EXPECT_EQ(take_log(obj).count, 3);
	EXPECT_EQ(last_op(obj), 3);
	expect_counts(
		obj,
		(int[]){
			[LOGGED] = 3, [LOGGED_BEFORE] = 3, [NR_COUNTS - 1] = 0 });
	rex_obj_close(obj);
}

TEST(operations_of_wrong_views_and_senders_are_not_acknowledged)
{
	struct rex_obj *obj = load_replica(1);
	struct frame f = message(3, 1, PREPARE, VIEW, 1, "forged");
	char text[OPERATION + 2] = "";

	expect_action(obj, "old view", message(3, 1, PREPARE, VIEW - 5, 1, ""),
		      XDP_DROP);
	expect_action(obj, "newer view",
		      message(3, 1, PREPARE, VIEW + 5, 1, ""), XDP_PASS);
	expect_action(obj, "missing operation",
		      message(3, 1, PREPARE, VIEW, 2, ""), XDP_PASS);
	expect_action(obj, "last number",
		      message(3, 1, PREPARE, VIEW, 0xffffffff, ""), XDP_PASS);
	expect_action(obj, "not the leader",
		      message(2, 1, PREPARE, VIEW, 1, ""), XDP_DROP);
	expect_action(obj, "no replica", message(5, 1, PREPARE, VIEW, 1, ""),
		      XDP_DROP);
	expect_action(obj, "itself", message(1, 1, PREPARE, VIEW, 1, ""),
		      XDP_DROP);
	expect_action(obj, "for another", message(3, 2, PREPARE, VIEW, 1, ""),
		      XDP_DROP);
	expect_action(obj, "no such kind", message(3, 1, 3, VIEW, 1, ""),
		      XDP_DROP);
	set16(&f, 28, ADDRESS(4));
	ip4_done(&f, 14);
	expect_action(obj, "another's address", f, XDP_DROP);
	memset(text, 'x', OPERATION + 1);
	expect_action(obj, "too long", message(3, 1, PREPARE, VIEW, 1, text),
		      XDP_DROP);
	EXPECT_EQ(take_log(obj).count, 0);
	EXPECT_EQ(last_op(obj), 0);
	expect_counts(obj, (int[]){ [REFUSED] = 8, [LEFT] = 3 });
	text[OPERATION] = '\0';
	expect_action(obj, "longest", message(3, 1, PREPARE, VIEW, 1, text),
		      XDP_TX);
	rex_obj_close(obj);
}

TEST(other_packets_pass)
{
	struct rex_obj *obj = load_replica(1);
	struct frame good = message(3, 1, PREPARE, VIEW, 1, ""), f;

	f = good;
	set16(&f, 36, PAXOS_PORT + 1);
	expect_action(obj, "other port", f, XDP_PASS);
	f = good;
	f.data[MESSAGE_AT]++;
	expect_action(obj, "other magic", f, XDP_PASS);
	f = good;
	set16(&f, 16, f.len - 15); /* a byte is padding */
	ip4_done(&f, 14);
	expect_action(obj, "too short", f, XDP_PASS);
	for (f = good; f.len > 14; f.len--)
		if (f.len < good.len)
			expect_action(obj, "cut off", f, XDP_PASS);
	EXPECT_EQ(take_log(obj).count, 0);
	expect_counts(obj, none);
	expect_action(obj, "whole", good, XDP_TX);
	rex_obj_close(obj);
}

TEST(without_room_in_the_log_nothing_is_acknowledged)
{
	struct rex_obj *obj = load_replica(1);
	struct frame f;
	__u32 op = 0, full;

	do {
		f = message(3, 1, PREPARE, VIEW, ++op, "x");
		full = test_run(obj, "replica", &f, NULL);
	} while (full == XDP_TX && op < 10000);
	EXPECT_EQ(full, XDP_DROP);
	EXPECT_EQ(last_op(obj), op - 1);
	EXPECT_EQ(take_log(obj).count, (int)op - 1);
	expect_action(obj, "with room", f, XDP_TX);
	EXPECT_EQ(take_log(obj).last.op, op);
	rex_obj_close(obj);
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

TEST(one_message_of_a_majority_reaches_userspace)
{
	struct rex_obj *obj = load_replica(3);

	expect_ok(obj, 0, VIEW, 1, XDP_DROP); /* nobody has asked for it */
	expect_ok(obj, 1, VIEW, 1, XDP_DROP);
	start_count(obj, VIEW, 1);
	expect_ok(obj, 0, VIEW, 1, XDP_DROP);
	expect_ok(obj, 0, VIEW, 1, XDP_DROP); /* the same one */
	expect_ok(obj, 3, VIEW, 1, XDP_DROP); /* the leader counts already */
	expect_ok(obj, 5, VIEW, 1, XDP_DROP);
	expect_ok(obj, 1, VIEW + 5, 1, XDP_DROP);
	expect_ok(obj, 1, VIEW - 5, 1, XDP_DROP);
	expect_ok(obj, 1, VIEW, 2, XDP_DROP);
	expect_ok(obj, 1, VIEW, 1025, XDP_DROP); /* in the same place */
	expect_ok(obj, 1, VIEW, 1, XDP_PASS); /* three of five */
	expect_ok(obj, 1, VIEW, 1, XDP_DROP);
	expect_ok(obj, 2, VIEW, 1, XDP_DROP);
	expect_ok(obj, 4, VIEW, 1, XDP_DROP);
	expect_counts(obj, (int[]){ [SENT] = 1,
				    [QUORUMS] = 1,
				    [PRUNED] = 11,
				    [REFUSED] = 2,
				    [NR_COUNTS - 1] = 0 });
	rex_obj_close(obj);
}

TEST(operation_that_is_sent_again_keeps_its_acknowledgements)
{
	struct rex_obj *obj = load_replica(3);

	start_count(obj, VIEW, 1);
	expect_ok(obj, 0, VIEW, 1, XDP_DROP);
	start_count(obj, VIEW, 1);
	expect_ok(obj, 1, VIEW, 1, XDP_PASS);
	/* Userspace has not seen it. */
	start_count(obj, VIEW, 1);
	expect_ok(obj, 1, VIEW, 1, XDP_PASS);
	expect_ok(obj, 0, VIEW, 1, XDP_DROP);
	/* In another view, and for another operation, everybody is asked anew. */
	start_count(obj, VIEW + 5, 1);
	expect_ok(obj, 1, VIEW, 1, XDP_DROP);
	expect_ok(obj, 1, VIEW + 5, 1, XDP_DROP);
	start_count(obj, VIEW + 5, 1025);
	expect_ok(obj, 2, VIEW + 5, 1025, XDP_DROP);
	expect_ok(obj, 4, VIEW + 5, 1025, XDP_PASS);
	rex_obj_close(obj);
}

TEST(only_multicasts_of_operations_are_changed)
{
	struct rex_obj *obj = load_replica(3);
	struct frame f = multicast(VIEW, 1), out;

	f.data[0] = 2;
	EXPECT_EQ(test_run(obj, "broadcast", &f, &out), TC_ACT_OK);
	expect_same("to one replica", &out, &f);
	f = message(3, 0, PREPARE_OK, VIEW, 1, "");
	memcpy(f.data, group, 6);
	EXPECT_EQ(test_run(obj, "broadcast", &f, &out), TC_ACT_OK);
	expect_same("other kind", &out, &f);
	f = udp_frame(PAXOS_PORT, 100, 'x');
	memcpy(f.data, group, 6);
	EXPECT_EQ(test_run(obj, "broadcast", &f, &out), TC_ACT_OK);
	expect_same("no message", &out, &f);
	expect_counts(obj, none);
	rex_obj_close(obj);
}

/* ---- three replicas ---- */

/*
 * Network namespaces, and what runs in them:
 *
 *	leader: to1 ======== lead1 :follower[0]
 *	leader: to2 ======== lead2 :follower[1]
 */
struct cluster {
	int leader;
	int follower[2];
	pid_t holders[2];
	struct sample *samples[3];
	int operations; /* the leader's standard input */
};

#define LEADER_MAC "02:00:00:00:0%d:00"
#define FOLLOWER_MAC "02:00:00:00:0%d:01"
#define LEADER_IP "10.%d.0.1"
#define FOLLOWER_IP "10.%d.0.2"

static void connect_follower(struct cluster *c, int n)
{
	char here[8], there[8], path[64];

	c->holders[n - 1] = hold_net();
	snprintf(path, sizeof(path), "/proc/%d/ns/net", c->holders[n - 1]);
	c->follower[n - 1] = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT(c->follower[n - 1] >= 0);
	snprintf(here, sizeof(here), "to%d", n);
	snprintf(there, sizeof(there), "lead%d", n);
	make_pair(here, there);
	free(shell("ip link set %s netns %d", there, c->holders[n - 1]));
	free(shell("ip link set %s address " LEADER_MAC
		   "; ip addr add " LEADER_IP "/24 dev %s; ip link set %s up",
		   here, n, n, here, here));
	enter(c->follower[n - 1]);
	be_quiet();
	free(shell("ip link set %s address " FOLLOWER_MAC
		   "; ip addr add " FOLLOWER_IP "/24 dev %s; ip link set %s up",
		   there, n, n, there, there));
	enter(c->leader);
}

static struct sample *start_replica(int net, const char *line,
				    const char *words)
{
	int back = own_net();
	struct sample *s;

	enter(net);
	s = start_sample("electrode", line);
	enter(back);
	close(back);
	await_sample(s, words);
	return s;
}

static void make_cluster(struct cluster *c)
{
	free(shell(
		"modprobe veth && modprobe sch_ingress && modprobe cls_bpf"));
	ASSERT(!unshare(CLONE_NEWNET));
	be_quiet();
	c->leader = own_net();
	connect_follower(c, 1);
	connect_follower(c, 2);
}

static void start_leader(struct cluster *c)
{
	int ends[2];

	ASSERT(!pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(dup2(ends[0], 0), 0);
	close(ends[0]);
	c->samples[0] = start_replica(c->leader,
				      "./entry 0 0 self "
				      "to1,02:00:00:00:01:01,10.1.0.2 "
				      "to2,02:00:00:00:02:01,10.2.0.2",
				      "leading\n");
	close(0);
	c->operations = ends[1];
}

/* The leader last: it has somebody to talk to. */
static void start_cluster(struct cluster *c)
{
	make_cluster(c);
	c->samples[1] = start_replica(c->follower[0],
				      "./entry 1 0 "
				      "lead1,02:00:00:00:01:00,10.1.0.1 self "
				      "lead1,02:00:00:00:02:01,10.2.0.2",
				      "following\n");
	c->samples[2] = start_replica(c->follower[1],
				      "./entry 2 0 "
				      "lead2,02:00:00:00:02:00,10.2.0.1 "
				      "lead2,02:00:00:00:01:01,10.1.0.2 self",
				      "following\n");
	start_leader(c);
}

/* The followers, then the leader, which has no more to do. */
static void stop_cluster(struct cluster *c)
{
	stop_sample(c->samples[1]);
	stop_sample(c->samples[2]);
	close(c->operations);
	EXPECT_EQ(end_sample(c->samples[0]), 0);
	for (int i = 0; i < 2; i++) {
		ASSERT(!kill(c->holders[i], SIGKILL));
		ASSERT_EQ(waitpid(c->holders[i], NULL, 0), c->holders[i]);
		close(c->follower[i]);
	}
}

static void propose(struct cluster *c, int op)
{
	dprintf(c->operations, "set x%d %d\n", op, op * op);
}

/* Wait until replica N says that of operation OP. */
static void await_op(struct cluster *c, int n, const char *verb, int op)
{
	char line[64];

	snprintf(line, sizeof(line), "\n%s %d: set x%d %d\n", verb, op, op,
		 op * op);
	await_sample(c->samples[n], line);
}

/* All that a replica has printed: FIRST, operations up to COUNT, and its counts. */
static void expect_story(struct sample *s, const char *first, const char *verb,
			 int count, const char *counts)
{
	char *want = malloc(sizeof(s->text));
	size_t len;

	ASSERT(want);
	len = sprintf(want, "%s\n", first);
	for (int op = 1; op <= count; op++)
		len += sprintf(want + len, "%s %d: set x%d %d\n", verb, op, op,
			       op * op);
	sprintf(want + len, "%s\n", counts);
	EXPECT_STREQ(s->text, want);
	free(want);
}

/* Checksums are complete when packets leave, as on other networks. */
static void sum_before_sending(const char *device)
{
	struct ethtool_value off = { .cmd = ETHTOOL_STXCSUM };
	struct ifreq request = { .ifr_data = (void *)&off };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strcpy(request.ifr_name, device);
	ASSERT(!ioctl(sock, SIOCETHTOOL, &request));
	close(sock);
}

/* What the leader sends to follower N; others' packets are of no interest. */
static void expect_sent(int sock, int n, const char *text)
{
	const unsigned char macs[] = { 2, 0, 0, 0, n, 1, 2, 0, 0, 0, n, 0 };
	const unsigned char ips[] = { 10, n, 0, 1, 10, n, 0, 2 };
	struct frame got = receive(sock);

	ASSERT_EQ(got.len, MESSAGE_AT + NUMBERS + strlen(text));
	EXPECT(!memcmp(got.data, macs, sizeof(macs)));
	EXPECT(!memcmp(got.data + 26, ips, sizeof(ips)));
	EXPECT_EQ(got.data[22], 64);
	EXPECT_EQ(get16(&got, 34), PAXOS_PORT);
	EXPECT_EQ(get16(&got, 36), PAXOS_PORT);
	EXPECT(get16(&got, 40) != 0);
	EXPECT(sums_are_right(&got));
	EXPECT(!memcmp(got.data + MESSAGE_AT + NUMBERS, text, strlen(text)));
}

TEST(each_follower_is_sent_a_packet_of_its_own)
{
	struct cluster c;
	int socks[2];

	make_cluster(&c);
	sum_before_sending("to1");
	sum_before_sending("to2");
	socks[0] = packet_socket(c.follower[0], "lead1");
	socks[1] = packet_socket(c.follower[1], "lead2");
	start_leader(&c);
	propose(&c, 1);
	for (int n = 1; n <= 2; n++) {
		expect_sent(socks[n - 1], n, "set x1 1");
		EXPECT_EQ(drain(socks[n - 1]), 0); /* nor the original */
	}
	stop_sample(c.samples[0]);
}

#define OPERATIONS 100

TEST_TIMEOUT(all_replicas_log_all_operations_in_order, 120)
{
	struct census before;
	struct cluster c;

	await_idle();
	before = take_census();
	start_cluster(&c);
	for (int op = 1; op <= OPERATIONS; op++)
		propose(&c, op);
	await_op(&c, 0, "chosen", OPERATIONS);
	await_op(&c, 1, "logged", OPERATIONS);
	await_op(&c, 2, "logged", OPERATIONS);
	stop_cluster(&c);
	/* Of each operation's two acknowledgements, userspace gets one. */
	expect_story(c.samples[0], "leading", "chosen", OPERATIONS,
		     "sent 100, quorum 100, pruned 100, logged 0, "
		     "logged before 0, refused 0, left 0");
	for (int i = 1; i < 3; i++)
		expect_story(c.samples[i], "following", "logged", OPERATIONS,
			     "sent 0, quorum 0, pruned 0, logged 100, "
			     "logged before 0, refused 0, left 0");
	EXPECT_CENSUS(&before);
}

static void set_link(struct cluster *c, int n, const char *state)
{
	enter(c->follower[n - 1]);
	free(shell("ip link set lead%d %s", n, state));
	enter(c->leader);
}

/* Whether it has printed WORDS within two seconds. */
static bool says(struct sample *s, const char *words)
{
	long end = ksft_ms() + 2000;

	while (!strstr(s->text, words) && ksft_ms() < end)
		if (!read_sample(s, 100))
			break;
	return strstr(s->text, words);
}

/* LOST is lost for a while, and misses operations; the other has to be there. */
static void lose(int lost)
{
	int left = 3 - lost, op = 2;
	char logged[1024] = "following\n", line[64];
	struct cluster c;

	start_cluster(&c);
	propose(&c, 1);
	await_op(&c, 0, "chosen", 1);
	await_op(&c, 1, "logged", 1);
	await_op(&c, 2, "logged", 1);
	set_link(&c, lost, "down");
	propose(&c, op);
	await_op(&c, 0, "chosen", op);
	/* Back again, it acknowledges nothing: one operation is missing. */
	set_link(&c, lost, "up");
	do {
		propose(&c, ++op);
		await_op(&c, 0, "chosen", op);
	} while (!says(c.samples[lost], "not for the fast path: ") && op < 20);
	await_sample(c.samples[lost], " of view 0\n");
	set_link(&c, left, "down");
	propose(&c, ++op);
	snprintf(line, sizeof(line), "no quorum for %d yet\n", op);
	await_sample(c.samples[0], line);
	set_link(&c, left, "up");
	await_op(&c, 0, "chosen", op);
	await_op(&c, left, "logged", op);
	stop_cluster(&c);
	for (int i = 1; i <= op; i++)
		sprintf(logged + strlen(logged), "logged %d: set x%d %d\n", i,
			i, i * i);
	EXPECT_CONTAINS(c.samples[left]->text, logged);
	EXPECT(!strstr(c.samples[lost]->text, "logged 2"));
	EXPECT(!strstr(c.samples[0]->text, "unexpected"));
}

TEST_TIMEOUT(log_goes_on_without_the_first_follower, 120)
{
	lose(1);
}

TEST_TIMEOUT(log_goes_on_without_the_second_follower, 120)
{
	lose(2);
}

TEST(wrong_clusters_are_refused)
{
	char *text;

	EXPECT_EQ(run_sample("electrode", "./entry 0 0 self x", &text), 2);
	EXPECT_CONTAINS(text, "usage: ");
	EXPECT_EQ(run_sample("electrode", "./entry 3 0 self x y", &text), 2);
	EXPECT_EQ(run_sample("electrode", "./entry 1 0 self x y", &text), 2);
	EXPECT_CONTAINS(text, "replica 1 is \"self\"");
	EXPECT_EQ(run_sample("electrode", "./entry 0 0 self x y", &text), 2);
	EXPECT_CONTAINS(text, "'x' is not DEVICE,MAC,ADDRESS");
	EXPECT_EQ(run_sample("electrode",
			     "./entry 0 0 self "
			     "nosuch,02:00:00:00:00:01,10.0.0.1 y",
			     &text),
		  1);
	EXPECT_CONTAINS(text, "nosuch: ");
}
