// SPDX-License-Identifier: GPL-2.0
/*
 * Packets whose ports lie behind more than a few headers: each of them arrives if
 * there is no filter, and none of them gets past the sample xdp_filter.
 *
 * TEST-DEADLINE: 300
 */
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include "rex_net.h"

#define FILTER "../samples/xdp_filter/xdp_filter"
/* What the filter drops, what it does not, and what says that all has come. */
#define DROPPED 53
#define OTHER 54
#define MARKER 99
/* Bits of a rule. */
#define RULE_TCP 1
#define RULE_UDP 2

/* ---- packets of many headers ---- */

struct packet {
	struct frame frames[2];
	int nr;
	int protocol;
	size_t network; /* in the first frame */
};

/* From fd00::1 to fd00::2. */
static size_t put_v6(struct frame *f, int next)
{
	size_t at = f->len;

	put32(f, 0x60000000);
	put16(f, 0); /* length */
	put8(f, next);
	put8(f, 64);
	for (int host = 1; host <= 2; host++) {
		put32(f, 0xfd000000);
		put32(f, 0);
		put32(f, 0);
		put32(f, host);
	}
	return at;
}

/* An extension header of 8 + 8 * MORE bytes, with no options that matter. */
static void put_extension(struct frame *f, int type, int next, int more)
{
	put8(f, next);
	put8(f, type == IPPROTO_FRAGMENT ? 0 : more);
	if (type == IPPROTO_FRAGMENT) {
		put16(f, 0); /* no fragment after all */
		put32(f, 0x1234);
		return;
	}
	if (type == IPPROTO_ROUTING) {
		put16(f, 0); /* type 0, at its end */
		put32(f, 0);
	} else {
		put16(f, 0x1e04); /* not known, to be skipped */
		put32(f, 0);
	}
	while (more--) {
		if (type == IPPROTO_ROUTING) {
			put32(f, 0);
			put32(f, 0);
		} else {
			put32(f, 0x1e060000);
			put32(f, 0);
		}
	}
}

static void put_tags(struct frame *f, int tags, int ethertype)
{
	static const int types[] = { ETH_P_8021Q, ETH_P_8021AD };

	put_eth(f, tags ? types[tags % 2] : ethertype);
	while (tags--) {
		/* VLAN 0: only the priority is meant, no VLAN. */
		put16(f, 0x6000);
		put16(f, tags ? types[tags % 2] : ethertype);
	}
}

/* The sum over addresses, as UDP and TCP have it, and over LEN bytes at AT. */
static unsigned int transport_sum(const struct frame *f, size_t ip, size_t at,
				  int protocol)
{
	bool v6 = f->data[ip] >> 4 == 6;
	unsigned long sum = protocol + f->len - at;

	sum = sum16(f->data + ip + (v6 ? 8 : 12), v6 ? 32 : 8, sum);
	return sum16(f->data + at, f->len - at, sum);
}

static void put_end(struct frame *f, size_t ip, int protocol, int port)
{
	bool tcp = protocol == IPPROTO_TCP;
	size_t at = tcp ? put_tcp(f, port) : put_udp(f, port, 16, 'x');

	if (tcp) {
		f->data[at + 13] = 2; /* SYN */
		set16(f, at, 2000); /* see renew() */
		set16(f, at + 6, 60000);
	}
	set16(f, at + (tcp ? 16 : 6),
	      ~transport_sum(f, ip, at, protocol) & 0xffff);
}

static struct packet v6_packet(int tags, const char *extensions, int nr,
			       int protocol)
{
	struct packet p = { .nr = 1, .protocol = protocol };
	struct frame *f = &p.frames[0];

	put_tags(f, tags, ETH_P_IPV6);
	p.network = put_v6(f, nr ? extensions[0] : protocol);
	for (int i = 0; i < nr; i++)
		put_extension(f, extensions[i],
			      i + 1 < nr ? extensions[i + 1] : protocol, i % 3);
	put_end(f, p.network, protocol, DROPPED);
	ip6_done(f, p.network);
	return p;
}

/* NR headers of one type behind one of hop-by-hop options, if HOP. */
static struct packet v6_repeated(int tags, bool hop, int type, int nr)
{
	char extensions[128];

	memset(extensions, type, sizeof(extensions));
	if (hop)
		extensions[0] = IPPROTO_HOPOPTS;
	return v6_packet(tags, extensions, nr + hop, IPPROTO_UDP);
}

static struct packet v4_packet(int tags, int options, int protocol)
{
	struct packet p = { .nr = 1, .protocol = protocol };
	struct frame *f = &p.frames[0];

	put_tags(f, tags, ETH_P_IP);
	p.network = put_ip4(f, protocol, options);
	put_end(f, p.network, protocol, DROPPED);
	ip4_done(f, p.network);
	return p;
}

/* In two fragments, the first of which has LEN bytes behind its IP header. */
static struct packet v4_fragments(int protocol, size_t len)
{
	struct packet p = v4_packet(0, 0, protocol);
	struct frame whole = p.frames[0], *first = &p.frames[0],
		     *second = &p.frames[1];
	size_t end = p.network + 20;

	p.nr = 2;
	first->len = end + len;
	set16(first, p.network + 6, 0x2000);
	second->len = end;
	memcpy(second->data, whole.data, end);
	put(second, whole.data + end + len, whole.len - end - len);
	set16(second, p.network + 6, len / 8);
	for (int i = 0; i < 2; i++) {
		set16(&p.frames[i], p.network + 2, p.frames[i].len - p.network);
		ip4_done(&p.frames[i], p.network);
	}
	return p;
}

/* UDP behind NR options headers, in two fragments. */
static struct packet v6_fragments(int nr, size_t len)
{
	struct packet p = v6_repeated(0, false, IPPROTO_DSTOPTS, nr);
	struct frame whole = p.frames[0];
	size_t end = p.network + 40;

	p.nr = 2;
	for (int i = 0; i < 2; i++) {
		struct frame *f = &p.frames[i];
		size_t from = i ? end + len : end;
		size_t to = i ? whole.len : end + len;

		f->len = end;
		memcpy(f->data, whole.data, end);
		put8(f, whole.data[p.network + 6]);
		f->data[p.network + 6] = IPPROTO_FRAGMENT;
		put8(f, 0);
		put16(f, i ? len : 1); /* more fragments, or the last one */
		put32(f, 0x4711);
		put(f, whole.data + from, to - from);
		ip6_done(f, p.network);
	}
	return p;
}

/* ---- where they arrive ---- */

struct world {
	struct nets nets;
	struct rex_obj *obj;
	int left; /* sends, and sees the answers */
	int udp, other, marker;
};

static int udp6_socket(int net, int port)
{
	struct sockaddr_in6 addr = { .sin6_family = AF_INET6,
				     .sin6_port = htons(port) };
	int back = own_net(), sock;

	enter(net);
	sock = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT(sock >= 0 && !bind(sock, (void *)&addr, sizeof(addr)));
	set_limits(sock);
	enter(back);
	close(back);
	return sock;
}

static void listen_in(int net)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(DROPPED) };
	int back = own_net(), sock;

	enter(net);
	sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ASSERT(sock >= 0 && !bind(sock, (void *)&addr, sizeof(addr)));
	ASSERT(!listen(sock, 100));
	enter(back);
	close(back);
}

static struct world make_world(void)
{
	struct world w = { .obj = load_object(FILTER), .nets = make_nets() };

	give_addresses(&w.nets);
	enter(w.nets.there);
	set_sysctl("net/ipv6/conf/right/accept_dad", "0");
	set_sysctl("net/ipv6/conf/right/dad_transmits", "0");
	set_sysctl("net/ipv6/conf/right/disable_ipv6", "0");
	free(shell("ip -6 addr add fd00::2/64 dev right"));
	enter(w.nets.here);
	w.left = packet_socket(w.nets.here, "left");
	w.udp = udp6_socket(w.nets.there, DROPPED);
	w.other = udp6_socket(w.nets.there, OTHER);
	w.marker = udp6_socket(w.nets.there, MARKER);
	listen_in(w.nets.there);
	return w;
}

static void set_rule(struct world *w, __u32 port, __u16 mask)
{
	ASSERT(!bpf_map_update_elem(map_fd(w->obj, "rules"), &port, &mask, 0));
}

static void delete_rule(struct world *w, __u32 port)
{
	ASSERT(!bpf_map_delete_elem(map_fd(w->obj, "rules"), &port));
}

/* Answers to an attempt to connect; what else has come is read away. */
static int accepted(int sock)
{
	unsigned char buf[128];
	int count = 0;

	while (recv(sock, buf, sizeof(buf), MSG_DONTWAIT) >= 54)
		if (buf[12] == 8 && buf[23] == IPPROTO_TCP &&
		    buf[35] == DROPPED && (buf[47] & 0x12) == 0x12)
			count++;
	return count;
}

static void send_marker(struct world *w)
{
	struct frame f = udp_frame(MARKER, 1, 'm');

	send_frame(w->left, &f);
	expect_received(w->marker, 1);
}

/*
 * Make a packet that is not the one before: fragments of the two must not be put
 * together, and a connection is opened once. The checksum stays as it is.
 */
static void renew(struct packet *p)
{
	static unsigned int number;
	size_t end = p->network +
		     (p->frames[0].data[p->network] >> 4 == 4 ? 20 : 40);

	number++;
	for (int i = 0; i < p->nr && p->nr > 1; i++) {
		struct frame *f = &p->frames[i];

		if (f->data[p->network] >> 4 == 6) {
			set16(f, end + 6, number);
		} else {
			set16(f, p->network + 4, number);
			ip4_done(f, p->network);
		}
	}
	if (p->protocol == IPPROTO_TCP) {
		end = ip4_end(&p->frames[0], p->network);
		set16(&p->frames[0], end, 2000 + number);
		set16(&p->frames[0], end + 6, 60000 - number);
	}
}

/* tc may say with ENOBUFS that it has dropped it. */
static void send_or_drop(struct world *w, const struct frame *f)
{
	if (send(w->left, f->data, f->len, 0) != (ssize_t)f->len)
		ASSERT_EQ(errno, ENOBUFS);
}

/* How often the packet arrives, which is sent once. */
static int arrivals(struct world *w, struct packet *p)
{
	renew(p);
	drain(w->udp);
	accepted(w->left);
	for (int i = 0; i < p->nr; i++)
		send_or_drop(w, &p->frames[i]);
	send_marker(w);
	return p->protocol == IPPROTO_TCP ? accepted(w->left) : drain(w->udp);
}

/* ---- where the filter is ---- */

enum place {
	NOWHERE,
	XDP_GENERIC,
	XDP_NATIVE,
	TC_INGRESS,
	TC_EGRESS,
	NR_PLACES
};

static const char *const places[] = { "nowhere", "generic XDP", "native XDP",
				      "tc ingress", "tc egress" };

static void set_xdp(struct world *w, int flags, bool on)
{
	int fd = on ? bpf_program__fd(program(w->obj, "xdp_rx_filter")) : -1;
	int ret;

	enter(w->nets.there);
	ret = on ? bpf_xdp_attach(ifindex("right"), fd, flags, NULL) :
		   bpf_xdp_detach(ifindex("right"), flags, NULL);
	ASSERT_MSG(!ret, "xdp: %s", strerror(-ret));
	enter(w->nets.here);
}

static void set_tc(struct world *w, enum bpf_tc_attach_point point, bool on)
{
	bool ingress = point == BPF_TC_INGRESS;
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = point);
	LIBBPF_OPTS(bpf_tc_opts, opts);

	enter(ingress ? w->nets.there : w->nets.here);
	hook.ifindex = ifindex(ingress ? "right" : "left");
	if (on) {
		ASSERT(!bpf_tc_hook_create(&hook));
		opts.prog_fd =
			bpf_program__fd(program(w->obj, "xdp_tx_filter"));
		ASSERT(!bpf_tc_attach(&hook, &opts));
	} else {
		hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
		ASSERT(!bpf_tc_hook_destroy(&hook));
	}
	enter(w->nets.here);
}

static void put_filter(struct world *w, enum place where, bool on)
{
	switch (where) {
	case XDP_GENERIC:
		set_xdp(w, XDP_FLAGS_SKB_MODE, on);
		break;
	case XDP_NATIVE:
		set_xdp(w, XDP_FLAGS_DRV_MODE, on);
		break;
	case TC_INGRESS:
		set_tc(w, BPF_TC_INGRESS, on);
		break;
	case TC_EGRESS:
		set_tc(w, BPF_TC_EGRESS, on);
		break;
	default:
		break;
	}
}

struct attack {
	char name[64];
	struct packet packet;
};

/*
 * Each packet arrives, unless a filter with a rule for its port is in one of the
 * places; if the filter has a rule for another port, it arrives as well, but for
 * what is BLIND: whose port nobody can see.
 */
static void expect_filtered(struct attack *attacks, int nr, bool blind)
{
	struct world w = make_world();

	for (int i = 0; i < nr; i++)
		EXPECT_MSG(arrivals(&w, &attacks[i].packet) == 1,
			   "%s: is no attack: does not arrive",
			   attacks[i].name);
	for (int place = NOWHERE + 1; place < NR_PLACES; place++) {
		put_filter(&w, place, true);
		set_rule(&w, DROPPED, RULE_TCP | RULE_UDP);
		for (int i = 0; i < nr; i++)
			EXPECT_MSG(!arrivals(&w, &attacks[i].packet),
				   "%s: passes a filter at %s", attacks[i].name,
				   places[place]);
		delete_rule(&w, DROPPED);
		set_rule(&w, OTHER, RULE_TCP | RULE_UDP);
		for (int i = 0; i < nr && !blind; i++)
			EXPECT_MSG(arrivals(&w, &attacks[i].packet) == 1,
				   "%s: does not pass a filter at %s that is"
				   " not meant",
				   attacks[i].name, places[place]);
		delete_rule(&w, OTHER);
		put_filter(&w, place, false);
	}
	rex_obj_close(w.obj);
}

static void attack(struct attack *attacks, int *nr, const struct packet *p,
		   const char *fmt, ...)
{
	struct attack *a = &attacks[(*nr)++];
	va_list args;

	va_start(args, fmt);
	vsnprintf(a->name, sizeof(a->name), fmt, args);
	va_end(args);
	a->packet = *p;
}

/* ---- tests ---- */

static struct attack attacks[64];

TEST(extension_headers_do_not_hide_ports)
{
	static const int numbers[] = { 1, 2, 7, 8, 9, 12, 16, 17, 20, 30, 64 };
	/* Linux takes one fragment header. */
	static const char mixed[] = { IPPROTO_HOPOPTS,	IPPROTO_DSTOPTS,
				      IPPROTO_ROUTING,	IPPROTO_ROUTING,
				      IPPROTO_FRAGMENT, IPPROTO_DSTOPTS,
				      IPPROTO_ROUTING,	IPPROTO_DSTOPTS,
				      IPPROTO_DSTOPTS,	IPPROTO_ROUTING };
	struct packet p;
	int nr = 0;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int n = numbers[i];
		p = v6_repeated(0, i % 2, IPPROTO_DSTOPTS, n);
		attack(attacks, &nr, &p, "%d options headers", n);
	}
	p = v6_repeated(0, true, IPPROTO_ROUTING, 20);
	attack(attacks, &nr, &p, "20 routing headers");
	p = v6_packet(0, mixed, sizeof(mixed), IPPROTO_UDP);
	attack(attacks, &nr, &p, "headers of all kinds");
	expect_filtered(attacks, nr, false);
}

TEST(tags_do_not_hide_ports)
{
	int nr = 0;

	for (int tags = 1; tags <= 12; tags++) {
		struct packet p = v4_packet(tags, tags % 11, IPPROTO_UDP);
		struct packet q = v4_packet(tags, 0, IPPROTO_TCP);

		attack(attacks, &nr, &p, "%d tags, UDP", tags);
		attack(attacks, &nr, &q, "%d tags, TCP", tags);
		p = v6_repeated(tags, true, IPPROTO_DSTOPTS, tags * 3);
		attack(attacks, &nr, &p, "%d tags, %d options headers", tags,
		       tags * 3);
	}
	expect_filtered(attacks, nr, false);
}

TEST(fragments_do_not_hide_ports)
{
	struct packet p;
	int nr = 0;

	p = v4_fragments(IPPROTO_UDP, 8);
	attack(attacks, &nr, &p, "UDP in fragments");
	p = v4_fragments(IPPROTO_UDP, 16);
	attack(attacks, &nr, &p, "UDP with data in fragments");
	p = v6_fragments(0, 16);
	attack(attacks, &nr, &p, "UDP over IPv6 in fragments");
	p = v6_fragments(12, 8 + 16 * 12);
	attack(attacks, &nr, &p, "UDP behind options in fragments");
	expect_filtered(attacks, nr, false);
}

/* The first fragment ends within the TCP header. */
TEST(fragments_that_are_too_small_do_not_hide_ports)
{
	struct packet p;
	int nr = 0;

	p = v4_fragments(IPPROTO_TCP, 8);
	attack(attacks, &nr, &p, "8 bytes of TCP");
	p = v4_fragments(IPPROTO_TCP, 16);
	attack(attacks, &nr, &p, "16 bytes of TCP");
	expect_filtered(attacks, nr, true);
}

/* ---- devices without Ethernet headers ---- */

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

/* Packets that come in by the device: UDP, with and without options. */
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

/* Packets that leave by the device. */
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
	struct world w = { .obj = load_object(FILTER) };
	int rx = bpf_program__fd(program(w.obj, "xdp_rx_filter"));
	int tx = bpf_program__fd(program(w.obj, "xdp_tx_filter"));
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
	set_rule(&w, DROPPED, RULE_UDP);
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
	delete_rule(&w, DROPPED);
	EXPECT_EQ(tun_arrivals(tun, sock), 3);
	EXPECT_EQ(tun_departures(tun), 3);
	close(tun);
	rex_obj_close(w.obj);
}

/* ---- random packets ---- */

static unsigned int below(unsigned int n)
{
	static unsigned long state = 0x5eed;

	state = state * 6364136223846793005ul + 1442695040888963407ul;
	return (state >> 33) % n;
}

static struct packet random_packet(void)
{
	static const char types[] = { IPPROTO_DSTOPTS, IPPROTO_ROUTING };
	char extensions[40];
	int nr = below(40), tags = below(3) ? 0 : below(8);
	struct packet p;
	struct frame *f = &p.frames[0];

	if (below(3)) {
		for (int i = 0; i < nr; i++)
			extensions[i] = types[below(2)];
		if (nr && below(2))
			extensions[below(nr)] = IPPROTO_FRAGMENT;
		if (nr && below(2))
			extensions[0] = IPPROTO_HOPOPTS;
		p = v6_packet(tags, extensions, nr, IPPROTO_UDP);
	} else {
		p = v4_packet(tags, below(11), IPPROTO_UDP);
	}
	for (int i = below(4) ? 0 : below(40); i; i--)
		put8(f, 0); /* padding */
	/* Many of the next ones do not arrive. */
	if (!below(3))
		f->data[12 + below(f->len - 12)] ^= 1 << below(8);
	if (!below(6))
		f->len -= below(20);
	if (!below(6))
		f->data[p.network + below(8)] = below(256);
	if (f->data[p.network] >> 4 == 4 && f->len >= ip4_end(f, p.network) &&
	    below(2))
		ip4_done(f, p.network);
	return p;
}

#define NR_RANDOM 2000
#define BATCH 25

static struct packet *random_packets;

/* How many of the packets arrive; ARRIVED is which, of each batch. */
static int arrive_at_random(struct world *w)
{
	int total = 0;

	for (int i = 0; i < NR_RANDOM; i += BATCH) {
		drain(w->left);
		for (int j = i; j < i + BATCH; j++)
			send_or_drop(w, &random_packets[j].frames[0]);
		send_marker(w);
		total += drain(w->udp);
	}
	return total;
}

TEST(no_random_packet_arrives_that_is_to_be_dropped)
{
	struct world w = make_world();
	int without, arrived;

	random_packets = calloc(NR_RANDOM, sizeof(*random_packets));
	ASSERT(random_packets);
	for (int i = 0; i < NR_RANDOM; i++)
		random_packets[i] = random_packet();
	without = arrive_at_random(&w);
	ksft_note("%d of %d packets arrive without a filter", without,
		  NR_RANDOM);
	EXPECT(without > NR_RANDOM / 4 && without < NR_RANDOM);
	for (int place = NOWHERE + 1; place < NR_PLACES; place++) {
		put_filter(&w, place, true);
		set_rule(&w, DROPPED, RULE_UDP);
		arrived = arrive_at_random(&w);
		EXPECT_MSG(!arrived, "%d packets pass a filter at %s", arrived,
			   places[place]);
		delete_rule(&w, DROPPED);
		set_rule(&w, OTHER, RULE_UDP);
		arrived = arrive_at_random(&w);
		EXPECT_MSG(arrived == without,
			   "%d packets of %d pass a filter at %s that is not"
			   " meant",
			   arrived, without, places[place]);
		delete_rule(&w, OTHER);
		put_filter(&w, place, false);
	}
	free(random_packets);
	rex_obj_close(w.obj);
}
