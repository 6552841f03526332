// SPDX-License-Identifier: GPL-2.0
/*
 * tc programs (programs/net_tc) count and drop real packets, in both directions: as
 * filters, as classifiers of a queueing discipline, and by tcx.
 */
#include <linux/bpf.h>
#include <linux/ethtool.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/tc_act/tc_mirred.h>
#include <sys/ioctl.h>

#include "rex_net.h"
#include "names/net_tc.h"

NETS_FIXTURE("net_tc")

WIRE_FIXTURE("net_tc")

TEST_F(wire, programs_see_both_directions)
{
	struct frame ours = udp_frame(PORT, 10, 'p');
	struct frame others = udp_frame(PORT + 1, 10, 'p');

	attach_tc(self->obj, "counts_ingress", self->nets.there, "right",
		  BPF_TC_INGRESS);
	attach_tc(self->obj, "counts_egress", self->nets.there, "right",
		  BPF_TC_EGRESS);
	for (int i = 0; i < 50; i++) {
		send_frames(self->left, &ours, 3);
		send_frames(self->left, &others, 2);
		send_frames(self->right, &ours, 5);
		send_frames(self->right, &others, 4);
		/* No queue may overflow. */
		if (i % 10 == 9)
			expect_runs(self->obj, "counts_ingress", 5 * (i + 1));
	}
	expect_received(self->right, 250);
	expect_received(self->left, 450);
	EXPECT_SEEN(self->obj, ARRIVED, 150);
	EXPECT_SEEN(self->obj, OTHERS_ARRIVED, 100);
	EXPECT_SEEN(self->obj, LEFT, 250);
	EXPECT_SEEN(self->obj, OTHERS_LEFT, 200);
	EXPECT_EQ(prog_info(self->obj, "counts_ingress").runs, 250);
	EXPECT_EQ(prog_info(self->obj, "counts_egress").runs, 450);
}

TEST_F(wire, packets_are_dropped_where_they_leave)
{
	struct frame ours = udp_frame(PORT, 10, 'p'), got;
	struct frame others = udp_frame(PORT + 1, 10, 'p');

	attach_tc(self->obj, "drops", self->nets.here, "left", BPF_TC_EGRESS);
	for (int i = 0; i < 100; i++) {
		/* The packet was dropped: ENOBUFS. */
		EXPECT_EQ(send(self->left, ours.data, ours.len, 0), -1);
		EXPECT_EQ(errno, ENOBUFS);
		send_frame(self->left, &others);
	}
	got = receive(self->right);
	expect_same("passed", &got, &others);
	expect_received(self->right, 99);
	EXPECT_SEEN(self->obj, DROPPED, 100);
}

TEST_F(nets, packets_are_dropped_where_they_arrive)
{
	struct frame ours = udp_frame(PORT, 10, 'p');
	struct frame others = udp_frame(PORT + 1, 10, 'p');
	int left = packet_socket(self->nets.here, "left");
	int dropped = udp_socket(self->nets.there, PORT);
	int passed = udp_socket(self->nets.there, PORT + 1);

	give_addresses(&self->nets);
	attach_tc(self->obj, "drops", self->nets.there, "right",
		  BPF_TC_INGRESS);
	for (int i = 0; i < 100; i++) {
		send_frame(left, &ours);
		send_frame(left, &others);
	}
	expect_received(passed, 100);
	EXPECT_EQ(drain(dropped), 0);
	EXPECT_SEEN(self->obj, DROPPED, 100);
}

TEST_F(wire, fields_of_real_packets_are_seen)
{
	struct frame f = udp_frame(PORT, 10, 'p');
	int mark = 4711, prio = 6;

	ASSERT(!setsockopt(self->left, SOL_SOCKET, SO_MARK, &mark,
			   sizeof(mark)));
	ASSERT(!setsockopt(self->left, SOL_SOCKET, SO_PRIORITY, &prio,
			   sizeof(prio)));
	attach_tc(self->obj, "fields", self->nets.here, "left", BPF_TC_EGRESS);
	send_frame(self->left, &f);
	expect_received(self->right, 1);
	EXPECT_SEEN(self->obj, PROTOCOL, ETH_P_IP);
	EXPECT_SEEN(self->obj, INGRESS, 0);
	EXPECT_SEEN(self->obj, DEVICE, ifindex("left"));
	EXPECT_SEEN(self->obj, MARK, 4711);
	EXPECT_SEEN(self->obj, PRIORITY, 6);
	attach_tc(self->obj, "fields", self->nets.there, "right",
		  BPF_TC_INGRESS);
	send_frame(self->left, &f);
	expect_received(self->right, 1);
	EXPECT(WAIT_FOR(seen(self->obj, INGRESS) ==
				(__u64)ifindex_in(self->nets.there, "right"),
			5));
	EXPECT_SEEN(self->obj, DEVICE, ifindex_in(self->nets.there, "right"));
	EXPECT_SEEN(self->obj, PACKET_TYPE, PACKET_HOST);
}

TEST_F(wire, metadata_of_xdp_is_seen)
{
	struct frame f = udp_frame(PORT, 10, 'p');
	struct rex_obj *xdp;

	attach_tc(self->obj, "reads_metadata", self->nets.there, "right",
		  BPF_TC_INGRESS);
	send_frame(self->left, &f);
	expect_received(self->right, 1);
	EXPECT_SEEN(self->obj, METADATA_LENGTH, 0);
	xdp = load_object("net_xdp");
	enter(self->nets.there);
	ASSERT(!bpf_xdp_attach(ifindex("right"),
			       bpf_program__fd(program(xdp, "writes_metadata")),
			       XDP_FLAGS_DRV_MODE, NULL));
	send_frame(self->left, &f);
	expect_received(self->right, 1);
	EXPECT(WAIT_FOR(seen(self->obj, METADATA_READ) == 2, 5));
	EXPECT_SEEN(self->obj, METADATA_LENGTH, 8);
	EXPECT_SEEN(self->obj, METADATA, 0x6d65746164617461); /* "metadata" */
	rex_obj_close(xdp);
}

/* ---- classifiers ---- */

static void put_attribute(struct nlmsghdr *message, unsigned int type,
			  const void *data, size_t size)
{
	struct rtattr *attribute =
		(void *)((char *)message + NLMSG_ALIGN(message->nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(size);
	memcpy(RTA_DATA(attribute), data, size);
	message->nlmsg_len =
		NLMSG_ALIGN(message->nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

struct tc_request {
	struct nlmsghdr n;
	struct tcmsg t;
	char attributes[256];
};

/* Returns a request to make what TYPE is about, below PARENT of the device. */
static struct tc_request tc_request(int type, int device, __u32 parent)
{
	return (struct tc_request){
		.n = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct tcmsg)),
		       .nlmsg_type = type,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE |
				      NLM_F_EXCL },
		.t = { .tcm_ifindex = device, .tcm_parent = parent },
	};
}

/* Adds the attributes of NESTED, which has nothing else, as those within TYPE. */
static void put_attributes(struct nlmsghdr *message, unsigned int type,
			   const struct tc_request *nested)
{
	put_attribute(message, type | NLA_F_NESTED,
		      (const char *)nested + NLMSG_HDRLEN,
		      nested->n.nlmsg_len - NLMSG_HDRLEN);
}

/* Sends REQUEST, which is about KIND, to the kernel, and expects that it is done. */
static void ask_tc(struct tc_request *request, const char *kind)
{
	struct {
		struct nlmsghdr n;
		struct nlmsgerr e;
		char more[512];
	} answer;
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	ASSERT(sock >= 0);
	ASSERT_EQ(send(sock, request, request->n.nlmsg_len, 0),
		  request->n.nlmsg_len);
	ASSERT(recv(sock, &answer, sizeof(answer), 0) > 0);
	ASSERT_EQ(answer.n.nlmsg_type, NLMSG_ERROR);
	ASSERT_MSG(!answer.e.error, "%s: %s", kind, strerror(-answer.e.error));
	close(sock);
}

/* Puts a queueing discipline into the class PARENT of the device, as HANDLE. */
static void put_qdisc(int device, __u32 parent, __u32 handle, const char *kind,
		      const void *options, size_t size)
{
	struct tc_request request = tc_request(RTM_NEWQDISC, device, parent);

	request.t.tcm_handle = handle;
	put_attribute(&request.n, TCA_KIND, kind, strlen(kind) + 1);
	if (size)
		put_attribute(&request.n, TCA_OPTIONS, options, size);
	ask_tc(&request, kind);
}

#define HANDLE(_major, _minor) ((_major) << 16 | (_minor))

/* Replaces the device's queueing discipline, as 1:. */
static void set_qdisc(int device, const char *kind, const void *options,
		      size_t size)
{
	put_qdisc(device, TC_H_ROOT, HANDLE(1, 0), kind, options, size);
}

/* The program classifies the packets in a class PARENT of "right" there, as HANDLE. */
static void attach_classifier_in(struct rex_obj *obj, const char *name,
				 const struct nets *nets, __u32 parent,
				 __u32 handle)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = BPF_TC_CUSTOM,
		    .parent = handle);
	struct tc_prio_qopt bands = { .bands = 3 };
	LIBBPF_OPTS(bpf_tc_opts, opts);
	int err;

	free(shell("modprobe sch_prio"));
	enter(nets->there);
	hook.ifindex = ifindex("right");
	put_qdisc(hook.ifindex, parent, handle, "prio", &bands, sizeof(bands));
	opts.prog_fd = bpf_program__fd(program(obj, name));
	err = bpf_tc_attach(&hook, &opts);
	ASSERT_MSG(!err, "cannot attach: %s", strerror(-err));
	enter(nets->here);
}

/* The program classifies the packets that leave "right" there. */
static void attach_classifier(struct rex_obj *obj, const char *name,
			      const struct nets *nets)
{
	attach_classifier_in(obj, name, nets, TC_H_ROOT, HANDLE(1, 0));
}

/*
 * Within a queueing discipline the kernel no longer checks the number of a
 * queue, and newer kernels do not redirect packets.
 */
TEST_F(wire, classifier_of_a_queueing_discipline_is_harmless)
{
	struct frame ours = udp_frame(PORT, 10, 'p');

	attach_classifier(self->obj, "classifies", &self->nets);
	send_frames(self->right, &ours, 3);
	expect_received(self->left, 3);
	EXPECT_SEEN(self->obj, CLASSIFIED, 3);
	EXPECT_SEEN(self->obj, SET_BAD_QUEUE_RET, (__u64)-EINVAL);
	EXPECT_SEEN(self->obj, QUEUE, 0);
	for (__u32 i = REDIRECT_RET; i <= REDIRECT_PEER_RET; i++)
		EXPECT(seen(self->obj, i) == TC_ACT_REDIRECT ||
		       seen(self->obj, i) == TC_ACT_SHOT);
}

/* The lock of the queue is held, and the copy is for the same queue. */
TEST_F(wire, classifier_that_sends_a_copy_to_its_own_device_is_harmless)
{
	struct frame ours = udp_frame(PORT, 10, 'p');

	attach_classifier(self->obj, "clones", &self->nets);
	tell(self->obj, TO_DEVICE, ifindex_in(self->nets.there, "right"));
	send_frames(self->right, &ours, 3);
	expect_received(self->left, 3);
	EXPECT_EQ(prog_info(self->obj, "clones").runs, 3);
	EXPECT_EQ(drain(self->left), 0);
	EXPECT_SEEN(self->obj, RET, (__u64)-EBUSY);
}

/* Gives "right" as many queues as its peer. */
static void use_two_queues(const struct nets *nets)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_SCHANNELS,
					     .rx_count = 2,
					     .tx_count = 2 };
	struct ifreq request = { .ifr_name = "right",
				 .ifr_data = (void *)&channels };
	int sock;

	enter(nets->there);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT(sock >= 0);
	ASSERT_MSG(!ioctl(sock, SIOCETHTOOL, &request), "channels: %s",
		   strerror(errno));
	close(sock);
	enter(nets->here);
}

/*
 * Each of two queues has a lock. The program tells the packet, which is in the first one, that it
 * is in the second one. The kernel puts a copy of such a packet into the first one.
 */
TEST_F(wire, classifier_that_changes_the_queue_sends_no_copy_to_its_own)
{
	struct frame ours = udp_frame(PORT, 10, 'p');

	use_two_queues(&self->nets);
	enter(self->nets.there);
	set_qdisc(ifindex("right"), "mq", NULL, 0);
	attach_classifier_in(self->obj, "clones", &self->nets, HANDLE(1, 1),
			     HANDLE(2, 0));
	attach_classifier_in(self->obj, "clones", &self->nets, HANDLE(1, 2),
			     HANDLE(3, 0));
	tell(self->obj, TO_DEVICE, ifindex_in(self->nets.there, "right"));
	tell(self->obj, NEW_QUEUE, 1);
	send_frames(self->right, &ours, 3);
	expect_received(self->left, 3);
	EXPECT_EQ(prog_info(self->obj, "clones").runs, 3);
	EXPECT_SEEN(self->obj, RET, (__u64)-EBUSY);
}

/* Has the queueing discipline HANDLE of FROM mirror all packets to TO, as `tc` does. */
static void mirror(int from, __u32 handle, int to)
{
	const struct tc_mirred parameters = { .action = TC_ACT_OK,
					      .eaction = TCA_EGRESS_MIRROR,
					      .ifindex = to };
	struct tc_request options = { .n.nlmsg_len = NLMSG_HDRLEN };
	struct tc_request action = { .n.nlmsg_len = NLMSG_HDRLEN };
	struct tc_request list = { .n.nlmsg_len = NLMSG_HDRLEN };
	struct tc_request all = { .n.nlmsg_len = NLMSG_HDRLEN };
	struct tc_request request = tc_request(RTM_NEWTFILTER, from, handle);

	request.t.tcm_info = TC_H_MAKE(1 << 16, htons(ETH_P_ALL));
	put_attribute(&options.n, TCA_MIRRED_PARMS, &parameters,
		      sizeof(parameters));
	put_attribute(&action.n, TCA_ACT_KIND, "mirred", sizeof("mirred"));
	put_attributes(&action.n, TCA_ACT_OPTIONS, &options);
	put_attributes(&list.n, 1, &action);
	put_attributes(&all.n, TCA_MATCHALL_ACT, &list);
	put_attribute(&request.n, TCA_KIND, "matchall", sizeof("matchall"));
	put_attributes(&request.n, TCA_OPTIONS, &all);
	ask_tc(&request, "matchall");
}

/*
 * The kernel's own action of a queue sends a copy to another device, with the lock of the queue
 * held, and the program there sends it back.
 */
TEST_F(wire, redirect_of_a_mirrored_packet_to_its_queue_is_harmless)
{
	struct frame ours = udp_frame(PORT, 10, 'p');
	struct tc_prio_qopt bands = { .bands = 3 };

	free(shell(
		"modprobe sch_prio && modprobe cls_matchall && modprobe act_mirred"));
	enter(self->nets.there);
	make_pair("mirror", "end");
	free(shell("ip link set mirror up && ip link set end up"));
	await_queue("mirror");
	set_qdisc(ifindex("right"), "prio", &bands, sizeof(bands));
	mirror(ifindex("right"), HANDLE(1, 0), ifindex("mirror"));
	attach_tc(self->obj, "redirects", self->nets.there, "mirror",
		  BPF_TC_EGRESS);
	tell(self->obj, TO_DEVICE, ifindex_in(self->nets.there, "right"));
	send_frames(self->right, &ours, 3);
	expect_received(self->left, 3);
	EXPECT_SEEN(self->obj, REDIRECTED, 3);
}

#define SECOND 1000000000ull

TEST_F(wire, packets_leave_at_the_time_that_a_program_sets)
{
	struct frame ours = udp_frame(PORT, 10, 'p'), arp = ours;

	free(shell("modprobe sch_fq"));
	enter(self->nets.here);
	set_qdisc(ifindex("left"), "fq", NULL, 0);
	attach_tc(self->obj, "delays", self->nets.here, "left", BPF_TC_EGRESS);
	tell(self->obj, DELAY, 2 * SECOND);
	send_frames(self->left, &ours, 1);
	expect_received(self->right, 1);
	EXPECT((__u64)ksft_ns() >= seen(self->obj, DELIVERY));
	EXPECT_SEEN(self->obj, LEFT, 1);
	EXPECT_SEEN(self->obj, DELIVERY_BEFORE, 0);
	EXPECT_SEEN(self->obj, DELIVERY_AFTER, seen(self->obj, DELIVERY));
	EXPECT_SEEN(self->obj, NO_TIME_RET, (__u64)-EINVAL);
	EXPECT_SEEN(self->obj, CLEAR_RET, 0);
	EXPECT_SEEN(self->obj, DELIVERY_CLEARED, 0);
	set16(&arp, 12, ETH_P_ARP);
	send_frames(self->left, &arp, 1);
	EXPECT(WAIT_FOR(seen(self->obj, RET) == (__u64)-EOPNOTSUPP, 5));
}

/* ---- a program that is dead ---- */

/* Expects drops: the sender of a packet socket gets an error for them. */
static void expect_all_dropped(int left)
{
	struct frame f = udp_frame(PORT, 10, 'p');

	for (int i = 0; i < 20; i++)
		EXPECT_ERRNO(send(left, f.data, f.len, 0), ENOBUFS);
}

/*
 * Expects that the filter after a program drops all packets, before and after
 * the program dies.
 */
static void expect_filter_in_force(struct wire_fixture *self)
{
	expect_all_dropped(self->left);
	EXPECT_EQ(prog_info(self->obj, "dies_if_told").faults, 0);
	tell(self->obj, DIE, 1);
	expect_all_dropped(self->left);
	EXPECT_EQ(prog_info(self->obj, "dies_if_told").faults, 1);
	EXPECT_EQ(prog_info(self->obj, "dies_if_told").state, REX_PROG_DEAD);
	expect_received(self->right, 0);
}

TEST_F(wire, dead_program_leaves_later_filters_in_force)
{
	struct rex_obj *drops = load_object("net_tc");

	attach_tc_at(drops, "drops_all", self->nets.here, "left", BPF_TC_EGRESS,
		     2);
	attach_tc_at(self->obj, "dies_if_told", self->nets.here, "left",
		     BPF_TC_EGRESS, 1);
	expect_filter_in_force(self);
	rex_obj_close(drops);
}

/* ---- tcx ---- */

#ifndef BPF_TCX_INGRESS
#define BPF_TCX_INGRESS 46
#define BPF_TCX_EGRESS 47
#endif

static int attach_tcx(struct rex_obj *obj, const char *name, int ifindex,
		      int type)
{
	union bpf_attr attr = {};

	attr.link_create.prog_fd = bpf_program__fd(program(obj, name));
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = type;
	return syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
}

TEST_F(wire, programs_are_attached_by_tcx)
{
	struct frame f = udp_frame(PORT, 10, 'p');
	int egress, ingress;

	if (!kernel_is_from(6, 6))
		SKIP("tcx is there since 6.6");
	egress = attach_tcx(self->obj, "counts_egress", ifindex("left"),
			    BPF_TCX_EGRESS);
	ASSERT(egress >= 0);
	enter(self->nets.there);
	ingress = attach_tcx(self->obj, "counts_ingress", ifindex("right"),
			     BPF_TCX_INGRESS);
	ASSERT(ingress >= 0);
	send_frames(self->left, &f, 30);
	expect_received(self->right, 30);
	EXPECT_SEEN(self->obj, ARRIVED, 30);
	EXPECT_SEEN(self->obj, LEFT, 30);
	close(egress);
	close(ingress);
	send_frames(self->left, &f, 30);
	expect_received(self->right, 30);
	EXPECT_SEEN(self->obj, ARRIVED, 30);
	EXPECT_SEEN(self->obj, LEFT, 30);
}

TEST_F(wire, dead_program_leaves_later_tcx_programs_in_force)
{
	struct rex_obj *drops;

	if (!kernel_is_from(6, 6))
		SKIP("tcx is there since 6.6");
	drops = load_object("net_tc");
	ASSERT(attach_tcx(self->obj, "dies_if_told", ifindex("left"),
			  BPF_TCX_EGRESS) >= 0);
	ASSERT(attach_tcx(drops, "drops_all", ifindex("left"),
			  BPF_TCX_EGRESS) >= 0);
	expect_filter_in_force(self);
	rex_obj_close(drops);
}
