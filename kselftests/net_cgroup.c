// SPDX-License-Identifier: GPL-2.0
/*
 * cgroup_skb programs (programs/net_cgroup) see and drop packets of sockets in a cgroup,
 * and no others.
 */
#include <poll.h>

#include <linux/bpf.h>

#include "rex_net.h"
#include "names/net_cgroup.h"

#define ROOT "/sys/fs/cgroup"
#define FOLDER ROOT "/rex-net"

FIXTURE(cgroup)
{
	struct rex_obj *obj;
	struct bpf_link *leaves, *arrives;
	/*
	 * The sockets send to, and are bound to, PORT. The first two are in
	 * the cgroup.
	 */
	int sender, receiver, outside;
};

static __u64 inode_of(const char *path)
{
	struct stat st;

	ASSERT_MSG(!stat(path, &st), "%s: %s", path, strerror(errno));
	return st.st_ino;
}

static int sender_of(__u32 mark)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ASSERT(sock >= 0);
	ASSERT(!setsockopt(sock, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)));
	ASSERT(!connect(sock, (void *)&addr, sizeof(addr)));
	return sock;
}

/* A socket belongs to the cgroup of the process that makes it. */
FIXTURE_SETUP(cgroup)
{
	int fd;

	self->obj = load_object("net_cgroup");
	ASSERT(!unshare(CLONE_NEWNET));
	be_quiet();
	free(shell("ip link set lo up"));
	ASSERT(!mkdir(FOLDER, 0755) || errno == EEXIST);
	fd = open(FOLDER, O_RDONLY | O_CLOEXEC);
	ASSERT(fd >= 0);
	self->leaves =
		bpf_program__attach_cgroup(program(self->obj, "leaves"), fd);
	self->arrives =
		bpf_program__attach_cgroup(program(self->obj, "arrives"), fd);
	ASSERT(self->leaves && self->arrives);
	close(fd);
	self->outside = sender_of(1);
	write_file(FOLDER "/cgroup.procs", "0");
	self->sender = sender_of(77);
	self->receiver = udp_socket(own_net(), PORT);
	write_file(ROOT "/cgroup.procs", "0");
}

FIXTURE_TEARDOWN(cgroup)
{
	bpf_link__destroy(self->leaves);
	bpf_link__destroy(self->arrives);
	rex_obj_close(self->obj);
	close(self->sender);
	close(self->receiver);
	close(self->outside);
	EXPECT(WAIT_FOR(!rmdir(FOLDER), 5));
}

static void act(struct cgroup_fixture *self, __u64 which, __u64 how)
{
	tell(self->obj, WHICH, which);
	tell(self->obj, HOW, how);
}

/*
 * Returns whether a packet that SOCK sends arrives. On lo, it is there when
 * send(2) returns, unless the kernel has left its softirqs to a thread.
 */
static bool arrives(struct cgroup_fixture *self, int sock)
{
	struct pollfd fd = { .fd = self->receiver, .events = POLLIN };
	ssize_t ret = send(sock, "abcdef", 6, 0);

	/* A packet denied at egress is an error; a lost one is not. */
	if (ret < 0) {
		EXPECT_EQ(errno, EPERM);
	} else {
		EXPECT_EQ(ret, 6);
		poll(&fd, 1, 300);
	}
	return drain(self->receiver) == 1;
}

TEST_F(cgroup, packets_of_the_cgroup_are_seen)
{
	EXPECT(arrives(self, self->sender));
	EXPECT_SEEN(self->obj, LEAVES, 1);
	EXPECT_SEEN(self->obj, ARRIVES, 1);
	EXPECT_SEEN(self->obj, LENGTH, 20 + 8 + 6);
	EXPECT_SEEN(self->obj, HAS_HEADERS, 1);
	EXPECT_SEEN(self->obj, PROTOCOL, ETH_P_IP);
	EXPECT_SEEN(self->obj, DEVICE, (__u64)ifindex("lo"));
	EXPECT_SEEN(self->obj, LOADED, 1);
	EXPECT_SEEN(self->obj, PAYLOAD, 0x61626364);
	/* Only three of these four bytes are in the packet. */
	EXPECT_SEEN(self->obj, LOADED_BEYOND, 0);
	EXPECT_SEEN(self->obj, BEYOND, 0);
}

TEST_F(cgroup, sender_is_known_by_cgroup_and_mark)
{
	/* The packet is dropped before the program at ingress. */
	act(self, LEAVES, RETURN_DROP);
	EXPECT(!arrives(self, self->sender));
	EXPECT_SEEN(self->obj, CGROUP, inode_of(FOLDER));
	EXPECT_SEEN(self->obj, ANCESTOR_0, inode_of(ROOT));
	EXPECT_SEEN(self->obj, ANCESTOR_9, 0);
	EXPECT_SEEN(self->obj, CGROUP_ITSELF, inode_of(FOLDER));
	EXPECT_SEEN(self->obj, ROOT_ITSELF, inode_of(ROOT));
	EXPECT_SEEN(self->obj, MARK, 77);
}

TEST_F(cgroup, socket_of_the_sender_is_known)
{
	ASSERT(!fchown(self->sender, 1234, -1));
	act(self, LEAVES, RETURN_DROP);
	EXPECT(!arrives(self, self->sender));
	EXPECT_SEEN(self->obj, COOKIE, cookie_of(self->sender));
	EXPECT_SEEN(self->obj, USER, 1234);
	/* At ingress, it is the receiver's. */
	act(self, NEITHER, RETURN_DROP);
	EXPECT(arrives(self, self->sender));
	EXPECT_SEEN(self->obj, COOKIE, cookie_of(self->receiver));
	EXPECT_SEEN(self->obj, USER, 0);
}

/* Sends a packet in a network namespace whose owner calls the caller's user 5. */
static void send_from_another_namespace(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int sock;

	write_file(FOLDER "/cgroup.procs", "0");
	ASSERT(!unshare(CLONE_NEWUSER | CLONE_NEWNET));
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT(sock >= 0);
	write_file("/proc/self/uid_map", "5 0 1");
	/* A program that is started here has no capabilities, since the user is not 0. */
	ASSERT(!ioctl(sock, SIOCSIFFLAGS, &lo));
	send(sender_of(1), "abcdef", 6, 0);
}

TEST_F(cgroup, user_is_that_of_the_network_namespace)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		send_from_another_namespace();
		_exit(0);
	}
	ASSERT_EQ(waitpid(child, &status, 0), child);
	EXPECT_EQ(status, 0);
	EXPECT_SEEN(self->obj, LEAVES, 1);
	EXPECT_SEEN(self->obj, USER, 5);
}

TEST_F(cgroup, only_packets_of_the_cgroup_may_not_leave)
{
	act(self, LEAVES, RETURN_DROP);
	for (int i = 1; i <= 10; i++) {
		EXPECT(!arrives(self, self->sender));
		EXPECT(arrives(self, self->outside));
		EXPECT_SEEN(self->obj, LEAVES, i);
		EXPECT_SEEN(self->obj, ARRIVES, i);
	}
	act(self, NEITHER, RETURN_DROP);
	EXPECT(arrives(self, self->sender));
}

TEST_F(cgroup, packets_to_the_cgroup_do_not_arrive)
{
	act(self, ARRIVES, RETURN_DROP);
	EXPECT(!arrives(self, self->sender));
	EXPECT(!arrives(self, self->outside));
	EXPECT_SEEN(self->obj, LEAVES, 1);
	EXPECT_SEEN(self->obj, ARRIVES, 2);
	act(self, ARRIVES, RETURN_PASS);
	EXPECT(arrives(self, self->outside));
}

TEST_F(cgroup, results_other_than_pass_drop_the_packet)
{
	for (__u64 which = LEAVES; which <= ARRIVES; which++) {
		act(self, which, RETURN_PASS);
		EXPECT(arrives(self, self->sender));
		act(self, which, RETURN_2);
		EXPECT(!arrives(self, self->sender));
		act(self, which, RETURN_ERR_0);
		EXPECT(!arrives(self, self->sender));
		act(self, which, FAIL);
		EXPECT(!arrives(self, self->sender));
		act(self, which, RETURN_DROP);
		EXPECT(!arrives(self, self->sender));
	}
}

TEST_F(cgroup, packets_pass_when_the_program_is_dead)
{
	announce_dmesg("stopped by a panic: as told");
	act(self, LEAVES, PANIC);
	EXPECT(arrives(self, self->sender));
	EXPECT_EQ(prog_info(self->obj, "leaves").faults, 1);
	act(self, ARRIVES, RETURN_DROP);
	EXPECT(arrives(self, self->sender));
	EXPECT_SEEN(self->obj, ARRIVES, 0);
}

/* The loader chooses what happens then. */
TEST_F(cgroup, dead_program_drops_packets_if_the_loader_says_so)
{
	struct rex_obj *closed = rex_obj_open(object_path("net_cgroup"), NULL);
	int fd = open(FOLDER, O_RDONLY | O_CLOEXEC);
	struct bpf_link *link;

	ASSERT(closed && fd >= 0);
	ASSERT(!rex_obj_set_default_ret(closed, "leaves", 0));
	ASSERT(!rex_obj_load_opened(closed));
	link = bpf_program__attach_cgroup(program(closed, "leaves"), fd);
	ASSERT(link);
	close(fd);
	EXPECT(arrives(self, self->sender));
	announce_dmesg("stopped by a panic: as told");
	tell(closed, WHICH, LEAVES);
	tell(closed, HOW, PANIC);
	/* The first run ends by the fault, and the second one is not made. */
	EXPECT(!arrives(self, self->sender));
	EXPECT(!arrives(self, self->sender));
	EXPECT_EQ(prog_info(closed, "leaves").faults, 1);
	EXPECT(arrives(self, self->outside));
	bpf_link__destroy(link);
	rex_obj_close(closed);
}
