// SPDX-License-Identifier: GPL-2.0
/*
 * cgroup_skb programs (programs/net_cgroup): what they see of the packets of
 * sockets in a cgroup, and what becomes of these and of others.
 */
#include <poll.h>

#include <linux/bpf.h>

#include "rex_net.h"
#include "names/net_cgroup.h"

#define ROOT "/sys/fs/cgroup"
#define FOLDER ROOT "/rex-net"

struct world {
	struct rex_obj *obj;
	struct bpf_link *leaves, *arrives;
	/* Send to, and are bound to, PORT. The first two are in the cgroup. */
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
static struct world make_world(void)
{
	struct world w = { .obj = load_object("net_cgroup") };
	int fd;

	ASSERT(!unshare(CLONE_NEWNET));
	be_quiet();
	free(shell("ip link set lo up"));
	ASSERT(!mkdir(FOLDER, 0755) || errno == EEXIST);
	fd = open(FOLDER, O_RDONLY | O_CLOEXEC);
	ASSERT(fd >= 0);
	w.leaves = bpf_program__attach_cgroup(program(w.obj, "leaves"), fd);
	w.arrives = bpf_program__attach_cgroup(program(w.obj, "arrives"), fd);
	ASSERT(w.leaves && w.arrives);
	close(fd);
	w.outside = sender_of(1);
	write_file(FOLDER "/cgroup.procs", "0");
	w.sender = sender_of(77);
	w.receiver = udp_socket(own_net(), PORT);
	write_file(ROOT "/cgroup.procs", "0");
	return w;
}

static void end_world(struct world *w)
{
	bpf_link__destroy(w->leaves);
	bpf_link__destroy(w->arrives);
	rex_obj_close(w->obj);
	close(w->sender);
	close(w->receiver);
	close(w->outside);
	EXPECT(WAIT_FOR(!rmdir(FOLDER), 5));
}

static void act(struct world *w, __u64 which, __u64 how)
{
	tell(w->obj, WHICH, which);
	tell(w->obj, HOW, how);
}

/*
 * Whether a packet that SOCK sends arrives. On lo, it is there when send(2) returns,
 * unless the kernel has left its softirqs to a thread.
 */
static bool arrives(struct world *w, int sock)
{
	struct pollfd fd = { .fd = w->receiver, .events = POLLIN };
	ssize_t ret = send(sock, "abcdef", 6, 0);

	/* A packet that may not leave is an error; one that gets lost is not. */
	if (ret < 0) {
		EXPECT_EQ(errno, EPERM);
	} else {
		EXPECT_EQ(ret, 6);
		poll(&fd, 1, 300);
	}
	return drain(w->receiver) == 1;
}

TEST(packets_of_the_cgroup_are_seen)
{
	struct world w = make_world();

	EXPECT(arrives(&w, w.sender));
	EXPECT_SEEN(w.obj, LEAVES, 1);
	EXPECT_SEEN(w.obj, ARRIVES, 1);
	EXPECT_SEEN(w.obj, LENGTH, 20 + 8 + 6);
	EXPECT_SEEN(w.obj, HAS_HEADERS, 1);
	EXPECT_SEEN(w.obj, PROTOCOL, ETH_P_IP);
	EXPECT_SEEN(w.obj, DEVICE, (__u64)ifindex("lo"));
	EXPECT_SEEN(w.obj, LOADED, 1);
	EXPECT_SEEN(w.obj, PAYLOAD, 0x61626364);
	/* Four bytes of which three are in the packet. */
	EXPECT_SEEN(w.obj, LOADED_BEYOND, 0);
	EXPECT_SEEN(w.obj, BEYOND, 0);
	end_world(&w);
}

TEST(sender_is_known_by_cgroup_and_mark)
{
	struct world w = make_world();

	/* Dropped before the program that sees it arrive. */
	act(&w, LEAVES, RETURN_DROP);
	EXPECT(!arrives(&w, w.sender));
	EXPECT_SEEN(w.obj, CGROUP, inode_of(FOLDER));
	EXPECT_SEEN(w.obj, ANCESTOR_0, inode_of(ROOT));
	EXPECT_SEEN(w.obj, ANCESTOR_9, 0);
	EXPECT_SEEN(w.obj, MARK, 77);
	end_world(&w);
}

TEST(only_packets_of_the_cgroup_may_not_leave)
{
	struct world w = make_world();

	act(&w, LEAVES, RETURN_DROP);
	for (int i = 1; i <= 10; i++) {
		EXPECT(!arrives(&w, w.sender));
		EXPECT(arrives(&w, w.outside));
		EXPECT_SEEN(w.obj, LEAVES, i);
		EXPECT_SEEN(w.obj, ARRIVES, i);
	}
	act(&w, NEITHER, RETURN_DROP);
	EXPECT(arrives(&w, w.sender));
	end_world(&w);
}

TEST(packets_to_the_cgroup_do_not_arrive)
{
	struct world w = make_world();

	act(&w, ARRIVES, RETURN_DROP);
	EXPECT(!arrives(&w, w.sender));
	EXPECT(!arrives(&w, w.outside));
	EXPECT_SEEN(w.obj, LEAVES, 1);
	EXPECT_SEEN(w.obj, ARRIVES, 2);
	act(&w, ARRIVES, RETURN_PASS);
	EXPECT(arrives(&w, w.outside));
	end_world(&w);
}

TEST(what_is_not_pass_drops)
{
	struct world w = make_world();

	for (__u64 which = LEAVES; which <= ARRIVES; which++) {
		act(&w, which, RETURN_PASS);
		EXPECT(arrives(&w, w.sender));
		act(&w, which, RETURN_2);
		EXPECT(!arrives(&w, w.sender));
		act(&w, which, RETURN_ERR_0);
		EXPECT(!arrives(&w, w.sender));
		act(&w, which, FAIL);
		EXPECT(!arrives(&w, w.sender));
		act(&w, which, RETURN_DROP);
		EXPECT(!arrives(&w, w.sender));
	}
	end_world(&w);
}

TEST(packets_pass_when_the_program_is_dead)
{
	struct world w = make_world();

	announce_dmesg("stopped by a panic: as told");
	act(&w, LEAVES, PANIC);
	EXPECT(arrives(&w, w.sender));
	EXPECT_EQ(prog_info(w.obj, "leaves").faults, 1);
	act(&w, ARRIVES, RETURN_DROP);
	EXPECT(arrives(&w, w.sender));
	EXPECT_SEEN(w.obj, ARRIVES, 0);
	end_world(&w);
}
