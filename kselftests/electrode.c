// SPDX-License-Identifier: GPL-2.0
/*
 * The sample electrode: a leader and two replicas in three network namespaces.
 *
 *	here: first  10.0.1.1 ======== 10.0.1.2 replica :0
 *	here: second 10.0.2.1 ======== 10.0.2.2 replica :1
 */
#include "rex_net.h"
#include "rex_sample.h"

#define PAXOS 12345
#define VIEW 3
#define OPS 20
#define PREPARE 1
#define PREPARE_OK 2

struct message {
	__u32 magic;
	__u32 kind;
	__u32 view;
	__u32 op;
	__u32 replica;
	char text[32];
};

struct replica {
	pid_t holder;
	int net;
	int sock;
	struct sample *entry;
};

struct bed {
	int here;
	int sock;
	struct sample *leader;
	struct replica replicas[2];
};

static void make_replica(struct bed *bed, int n)
{
	static const char *const devices[] = { "first", "second" };
	struct replica *r = &bed->replicas[n];
	char path[64];

	r->holder = hold_net();
	snprintf(path, sizeof(path), "/proc/%d/ns/net", r->holder);
	r->net = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT(r->net >= 0);
	make_pair(devices[n], "replica");
	free(shell("ip link set replica netns %d;"
		   "ip link set %s address 02:00:00:00:00:%d1;"
		   "ip link set %s up; ip addr add 10.0.%d.1/24 dev %s;"
		   "arp -i %s -s 10.0.%d.2 02:00:00:00:00:%d2",
		   r->holder, devices[n], n + 1, devices[n], n + 1, devices[n],
		   devices[n], n + 1, n + 1));
	enter(r->net);
	be_quiet();
	free(shell("ip link set replica address 02:00:00:00:00:%d2;"
		   "ip link set lo up; ip link set replica up;"
		   "ip addr add 10.0.%d.2/24 dev replica;"
		   "ip route add default via 10.0.%d.1;"
		   "arp -i replica -s 10.0.%d.1 02:00:00:00:00:%d1",
		   n + 1, n + 1, n + 1, n + 1, n + 1));
	enter(bed->here);
	r->sock = udp_socket(r->net, PAXOS);
}

static void start_replica(struct bed *bed, int n, int view)
{
	struct replica *r = &bed->replicas[n];
	char line[64];

	enter(r->net);
	snprintf(line, sizeof(line), "./entry replica %d %d %d", view, n,
		 ifindex("replica"));
	r->entry = start_sample("electrode", line);
	await_sample(r->entry, "ready\n");
	enter(bed->here);
}

static void make_bed(struct bed *bed, int quorum)
{
	char line[256];

	free(shell("modprobe veth"));
	ASSERT(!unshare(CLONE_NEWNET));
	be_quiet();
	bed->here = own_net();
	free(shell("ip link set lo up"));
	make_replica(bed, 0);
	make_replica(bed, 1);
	snprintf(line, sizeof(line),
		 "./entry leader %d %d 10.0.1.2/02:00:00:00:00:12/%d"
		 " 10.0.2.2/02:00:00:00:00:22/%d",
		 VIEW, quorum, ifindex("first"), ifindex("second"));
	bed->leader = start_sample("electrode", line);
	await_sample(bed->leader, "ready\n");
	bed->sock = udp_socket(bed->here, PAXOS);
}

static void end_bed(struct bed *bed)
{
	for (int n = 0; n < 2; n++) {
		if (bed->replicas[n].entry)
			stop_sample(bed->replicas[n].entry);
		kill(bed->replicas[n].holder, SIGKILL);
		waitpid(bed->replicas[n].holder, NULL, 0);
	}
	stop_sample(bed->leader);
}

static void send_message(int sock, const char *ip, int kind, int view, int op,
			 int replica)
{
	struct message m = { .kind = htonl(kind),
			     .view = htonl(view),
			     .op = htonl(op),
			     .replica = htonl(replica) };
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(PAXOS) };
	size_t size;

	memcpy(&m.magic, "Paxo", 4);
	size = offsetof(struct message, text);
	if (kind == PREPARE)
		size += snprintf(m.text, sizeof(m.text), "operation %d", op);
	ASSERT_EQ(inet_pton(AF_INET, ip, &addr.sin_addr), 1);
	ASSERT_EQ(sendto(sock, &m, size, 0, (void *)&addr, sizeof(addr)), size);
}

static void prepare(struct bed *bed, int op)
{
	send_message(bed->sock, "10.0.1.2", PREPARE, VIEW, op, 99);
}

/* The next message at a process is this one; the replica that has sent it. */
static int expect_message(int sock, int kind, int op)
{
	struct message m = {};
	ssize_t len = recv(sock, &m, sizeof(m), 0);

	ASSERT_MSG(len >= (ssize_t)offsetof(struct message, text),
		   "no message %d for operation %d: %zd, %s", kind, op, len,
		   strerror(errno));
	EXPECT(!memcmp(&m.magic, "Paxo", 4));
	EXPECT_EQ(ntohl(m.kind), kind);
	EXPECT_EQ(ntohl(m.view), VIEW);
	EXPECT_EQ(ntohl(m.op), op);
	if (kind == PREPARE_OK)
		EXPECT_EQ(len, offsetof(struct message, text));
	return ntohl(m.replica);
}

static void expect_nothing(int sock, int ms)
{
	struct pollfd fd = { .fd = sock, .events = POLLIN };

	EXPECT_MSG(poll(&fd, 1, ms) == 0, "a message that nobody waits for");
}

static void expect_accepted(struct replica *r, int op)
{
	char line[64];

	snprintf(line, sizeof(line), "accepted %d.%d: operation %d\n", VIEW, op,
		 op);
	await_sample(r->entry, line);
}

static void run_operations(int quorum)
{
	struct bed bed = {};

	make_bed(&bed, quorum);
	start_replica(&bed, 0, VIEW);
	start_replica(&bed, 1, VIEW);
	for (int op = 1; op <= OPS; op++) {
		prepare(&bed, op);
		EXPECT(expect_message(bed.sock, PREPARE_OK, op) < 2);
	}
	for (int op = 1; op <= OPS; op++)
		for (int n = 0; n < 2; n++)
			expect_accepted(&bed.replicas[n], op);
	/* Nobody was told more than that, or woken. */
	expect_nothing(bed.sock, 200);
	for (int n = 0; n < 2; n++) {
		expect_nothing(bed.replicas[n].sock, 0);
		EXPECT_EQ(count_lines(bed.replicas[n].entry->text, "accepted"),
			  OPS);
	}
	end_bed(&bed);
}

TEST(one_message_reaches_all_replicas)
{
	run_operations(1);
}

TEST(leader_is_told_once_when_all_have_acknowledged)
{
	run_operations(2);
}

TEST(leader_waits_for_the_quorum)
{
	struct bed bed = {};

	make_bed(&bed, 2);
	start_replica(&bed, 0, VIEW);
	/* Of the other replica, only the process is there. */
	prepare(&bed, 1);
	expect_accepted(&bed.replicas[0], 1);
	expect_message(bed.replicas[1].sock, PREPARE, 1);
	expect_nothing(bed.sock, 300);
	/* The same acknowledgement again does not count. */
	prepare(&bed, 1);
	expect_message(bed.replicas[1].sock, PREPARE, 1);
	expect_nothing(bed.sock, 300);
	send_message(bed.replicas[1].sock, "10.0.1.1", PREPARE_OK, VIEW, 1, 1);
	expect_message(bed.sock, PREPARE_OK, 1);
	send_message(bed.replicas[1].sock, "10.0.1.1", PREPARE_OK, VIEW, 1, 1);
	expect_nothing(bed.sock, 100);
	end_bed(&bed);
}

TEST(another_view_goes_the_slow_way)
{
	struct bed bed = {};

	make_bed(&bed, 1);
	start_replica(&bed, 0, VIEW + 1);
	start_replica(&bed, 1, VIEW);
	prepare(&bed, 5);
	expect_message(bed.replicas[0].sock, PREPARE, 5);
	expect_accepted(&bed.replicas[1], 5);
	EXPECT_EQ(expect_message(bed.sock, PREPARE_OK, 5), 1);
	send_message(bed.replicas[0].sock, "10.0.1.1", PREPARE_OK, VIEW, 77, 0);
	/* Nobody has asked for it: it is the process's. */
	EXPECT_EQ(expect_message(bed.sock, PREPARE_OK, 77), 0);
	EXPECT_EQ(count_lines(bed.replicas[0].entry->text, "accepted"), 0);
	end_bed(&bed);
}
