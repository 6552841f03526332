// SPDX-License-Identifier: GPL-2.0
/*
 * The sample xdp_filter finds ports in packets of a tun device, which have no Ethernet
 * header.
 */
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include "rex_chains.h"

static int make_tun(void)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd;

	free(shell("modprobe tun"));
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	ASSERT(fd >= 0);
	strcpy(ifr.ifr_name, "tun0");
	ASSERT(!ioctl(fd, TUNSETIFF, &ifr));
	set_sysctl("net/ipv4/conf/tun0/rp_filter", "0");
	free(shell("ip addr add 10.0.0.2/24 dev tun0; ip link set tun0 up"));
	return fd;
}

/* Counts received packets of the device: UDP, with and without options. */
static int tun_arrivals(int tun, int sock)
{
	static const int options[] = { 0, 3, 10 };

	drain(sock);
	for (int i = 0; i < 3; i++) {
		struct packet p = v4_packet(0, options[i], IPPROTO_UDP);
		struct frame *f = &p.frames[0];

		ASSERT_EQ(write(tun, f->data + 14, f->len - 14),
			  (ssize_t)f->len - 14);
	}
	return drain(sock);
}

/* Counts packets that the device sends. */
static int tun_departures(int tun)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(DROPPED),
				    .sin_addr = { htonl(0x0a000001) } };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), count = 0;
	char buf[256];

	for (int i = 0; i < 3; i++)
		if (sendto(sock, "x", 1, 0, (void *)&addr, sizeof(addr)) != 1)
			ASSERT_EQ(errno, ENOBUFS);
	while (read(tun, buf, sizeof(buf)) > 0)
		count++;
	close(sock);
	return count;
}

TEST(devices_without_ethernet_headers_do_not_hide_ports)
{
	struct rex_obj *obj = load_object(FILTER);
	int rx = bpf_program__fd(program(obj, "xdp_rx_filter"));
	int tx = bpf_program__fd(program(obj, "xdp_tx_filter"));
	LIBBPF_OPTS(bpf_tc_hook, hook);
	int tun, sock, flags = XDP_FLAGS_SKB_MODE;

	free(shell("modprobe sch_ingress && modprobe cls_bpf"));
	ASSERT(!unshare(CLONE_NEWNET));
	be_quiet();
	tun = make_tun();
	sock = udp_socket(own_net(), DROPPED);
	hook.ifindex = ifindex("tun0");
	EXPECT_EQ(tun_arrivals(tun, sock), 3);
	EXPECT_EQ(tun_departures(tun), 3);

	ASSERT(!bpf_xdp_attach(ifindex("tun0"), rx, flags, NULL));
	EXPECT_EQ(tun_arrivals(tun, sock), 3);
	set_rule(obj, DROPPED, RULE_UDP);
	EXPECT_EQ(tun_arrivals(tun, sock), 0);
	ASSERT(!bpf_xdp_detach(ifindex("tun0"), flags, NULL));
	EXPECT_EQ(tun_arrivals(tun, sock), 3);

	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	ASSERT(!bpf_tc_hook_create(&hook));
	for (int i = 0; i < 2; i++) {
		LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = tx);

		hook.attach_point = i ? BPF_TC_EGRESS : BPF_TC_INGRESS;
		ASSERT(!bpf_tc_attach(&hook, &opts));
		EXPECT_EQ(tun_arrivals(tun, sock), 0);
		EXPECT_EQ(tun_departures(tun), i ? 0 : 3);
	}
	delete_rule(obj, DROPPED);
	EXPECT_EQ(tun_arrivals(tun, sock), 3);
	EXPECT_EQ(tun_departures(tun), 3);
	close(tun);
	rex_obj_close(obj);
}
