// SPDX-License-Identifier: GPL-2.0
/*
 * Three replicas of the sample electrode keep one log, each in its own network
 * namespace. TEST-DEADLINE: 400
 */
#include <linux/bpf.h>

#include "../samples/electrode/electrode.h"
#include "rex_net.h"
#include "rex_sample.h"

#define MESSAGE_AT 42

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

/* Starts the followers, and the leader last. */
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

/* Stops the followers, then the leader, which is idle. */
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

/* Waits until replica N prints VERB for operation OP. */
static void await_op(struct cluster *c, int n, const char *verb, int op)
{
	char line[64];

	snprintf(line, sizeof(line), "\n%s %d: set x%d %d\n", verb, op, op,
		 op * op);
	await_sample(c->samples[n], line);
}

/*
 * Checks the output of a replica: FIRST, operations up to COUNT, and its
 * counts.
 */
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

/* The next packet is the leader's to follower N. */
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

/*
 * The leader sends the operation again, since no follower acknowledges it. Each packet is
 * to a follower, and none is the original, which is to a group.
 */
static void expect_no_original(int sock)
{
	unsigned char mac[6];

	while (recv(sock, mac, sizeof(mac), MSG_DONTWAIT) > 0)
		EXPECT_EQ(mac[0] & 1, 0);
}

TEST(each_follower_is_sent_a_packet_of_its_own)
{
	struct cluster c;
	int socks[2];

	make_cluster(&c);
	/* Checksums are complete when packets leave, as on other networks. */
	set_offload("to1", false);
	set_offload("to2", false);
	socks[0] = packet_socket(c.follower[0], "lead1");
	socks[1] = packet_socket(c.follower[1], "lead2");
	start_leader(&c);
	propose(&c, 1);
	for (int n = 1; n <= 2; n++) {
		expect_sent(socks[n - 1], n, "set x1 1");
		expect_no_original(socks[n - 1]);
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

/* Returns whether it has printed WORDS within two seconds. */
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
