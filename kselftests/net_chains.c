// SPDX-License-Identifier: GPL-2.0
/*
 * Packets whose ports come after more than a few headers: each of them arrives if
 * there is no filter, and none of them gets past the sample xdp_filter.
 *
 * TEST-DEADLINE: 300
 */
#include <linux/bpf.h>
#include <linux/if_link.h>

#include "rex_chains.h"

/* ---- where they arrive ---- */

FIXTURE(filter)
{
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

FIXTURE_SETUP(filter)
{
	self->obj = load_object(FILTER);
	self->nets = make_nets();
	give_addresses(&self->nets);
	enter(self->nets.there);
	set_sysctl("net/ipv6/conf/right/accept_dad", "0");
	set_sysctl("net/ipv6/conf/right/dad_transmits", "0");
	set_sysctl("net/ipv6/conf/right/disable_ipv6", "0");
	free(shell("ip -6 addr add fd00::2/64 dev right"));
	enter(self->nets.here);
	self->left = packet_socket(self->nets.here, "left");
	self->udp = udp6_socket(self->nets.there, DROPPED);
	self->other = udp6_socket(self->nets.there, OTHER);
	self->marker = udp6_socket(self->nets.there, MARKER);
	listen_in(self->nets.there);
}

FIXTURE_TEARDOWN(filter)
{
	rex_obj_close(self->obj);
}

/* Counts answers to an attempt to connect, and discards other packets. */
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

static void send_marker(struct filter_fixture *self)
{
	struct frame f = udp_frame(MARKER, 1, 'm');

	send_frame(self->left, &f);
	expect_received(self->marker, 1);
}

/*
 * Changes the packet, so that its fragments do not join the previous one's, and
 * a connection is opened once. The checksum stays valid.
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

/* Sends a packet. tc may return ENOBUFS for a dropped one. */
static void send_or_drop(struct filter_fixture *self, const struct frame *f)
{
	if (send(self->left, f->data, f->len, 0) != (ssize_t)f->len)
		ASSERT_EQ(errno, ENOBUFS);
}

/* Sends the packet once; returns how often it arrives. */
static int arrivals(struct filter_fixture *self, struct packet *p)
{
	renew(p);
	drain(self->udp);
	accepted(self->left);
	for (int i = 0; i < p->nr; i++)
		send_or_drop(self, &p->frames[i]);
	send_marker(self);
	return p->protocol == IPPROTO_TCP ? accepted(self->left) :
					    drain(self->udp);
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

static void set_xdp(struct filter_fixture *self, int flags, bool on)
{
	int fd = on ? bpf_program__fd(program(self->obj, "xdp_rx_filter")) : -1;
	int ret;

	enter(self->nets.there);
	ret = on ? bpf_xdp_attach(ifindex("right"), fd, flags, NULL) :
		   bpf_xdp_detach(ifindex("right"), flags, NULL);
	ASSERT_MSG(!ret, "xdp: %s", strerror(-ret));
	enter(self->nets.here);
}

static void set_tc(struct filter_fixture *self, enum bpf_tc_attach_point point,
		   bool on)
{
	bool ingress = point == BPF_TC_INGRESS;
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = point);
	LIBBPF_OPTS(bpf_tc_opts, opts);

	enter(ingress ? self->nets.there : self->nets.here);
	hook.ifindex = ifindex(ingress ? "right" : "left");
	if (on) {
		ASSERT(!bpf_tc_hook_create(&hook));
		opts.prog_fd =
			bpf_program__fd(program(self->obj, "xdp_tx_filter"));
		ASSERT(!bpf_tc_attach(&hook, &opts));
	} else {
		hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
		ASSERT(!bpf_tc_hook_destroy(&hook));
	}
	enter(self->nets.here);
}

static void put_filter(struct filter_fixture *self, enum place where, bool on)
{
	switch (where) {
	case XDP_GENERIC:
		set_xdp(self, XDP_FLAGS_SKB_MODE, on);
		break;
	case XDP_NATIVE:
		set_xdp(self, XDP_FLAGS_DRV_MODE, on);
		break;
	case TC_INGRESS:
		set_tc(self, BPF_TC_INGRESS, on);
		break;
	case TC_EGRESS:
		set_tc(self, BPF_TC_EGRESS, on);
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
 * Expects that each packet arrives, unless a filter at one of the places has a
 * rule for its port. With a rule for another port it arrives as well, unless
 * the attacks are BLIND, whose port cannot be seen.
 */
static void expect_filtered(struct filter_fixture *self, struct attack *attacks,
			    int nr, bool blind)
{
	for (int i = 0; i < nr; i++)
		EXPECT_MSG(arrivals(self, &attacks[i].packet) == 1,
			   "%s: does not arrive without a filter",
			   attacks[i].name);
	for (int place = NOWHERE + 1; place < NR_PLACES; place++) {
		put_filter(self, place, true);
		set_rule(self->obj, DROPPED, RULE_TCP | RULE_UDP);
		for (int i = 0; i < nr; i++)
			EXPECT_MSG(!arrivals(self, &attacks[i].packet),
				   "%s: passes a filter at %s", attacks[i].name,
				   places[place]);
		delete_rule(self->obj, DROPPED);
		set_rule(self->obj, OTHER, RULE_TCP | RULE_UDP);
		for (int i = 0; i < nr && !blind; i++)
			EXPECT_MSG(arrivals(self, &attacks[i].packet) == 1,
				   "%s: does not pass a filter of another"
				   " port at %s",
				   attacks[i].name, places[place]);
		delete_rule(self->obj, OTHER);
		put_filter(self, place, false);
	}
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

TEST_F(filter, extension_headers_do_not_hide_ports)
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
	expect_filtered(self, attacks, nr, false);
}

TEST_F(filter, tags_do_not_hide_ports)
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
	expect_filtered(self, attacks, nr, false);
}

TEST_F(filter, fragments_do_not_hide_ports)
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
	attack(attacks, &nr, &p, "UDP after options in fragments");
	expect_filtered(self, attacks, nr, false);
}

/* The first fragment ends within the TCP header. */
TEST_F(filter, fragments_that_are_too_small_do_not_hide_ports)
{
	struct packet p;
	int nr = 0;

	p = v4_fragments(IPPROTO_TCP, 8);
	attack(attacks, &nr, &p, "8 bytes of TCP");
	p = v4_fragments(IPPROTO_TCP, 16);
	attack(attacks, &nr, &p, "16 bytes of TCP");
	expect_filtered(self, attacks, nr, true);
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

/* Sends all packets; returns how many arrive. */
static int arrive_at_random(struct filter_fixture *self)
{
	int total = 0;

	for (int i = 0; i < NR_RANDOM; i += BATCH) {
		drain(self->left);
		for (int j = i; j < i + BATCH; j++)
			send_or_drop(self, &random_packets[j].frames[0]);
		send_marker(self);
		total += drain(self->udp);
	}
	return total;
}

TEST_F(filter, no_random_packet_passes_the_filter)
{
	int without, arrived;

	random_packets = calloc(NR_RANDOM, sizeof(*random_packets));
	ASSERT(random_packets);
	for (int i = 0; i < NR_RANDOM; i++)
		random_packets[i] = random_packet();
	without = arrive_at_random(self);
	ksft_note("%d of %d packets arrive without a filter", without,
		  NR_RANDOM);
	EXPECT(without > NR_RANDOM / 4 && without < NR_RANDOM);
	for (int place = NOWHERE + 1; place < NR_PLACES; place++) {
		put_filter(self, place, true);
		set_rule(self->obj, DROPPED, RULE_UDP);
		arrived = arrive_at_random(self);
		EXPECT_MSG(!arrived, "%d packets pass a filter at %s", arrived,
			   places[place]);
		delete_rule(self->obj, DROPPED);
		set_rule(self->obj, OTHER, RULE_UDP);
		arrived = arrive_at_random(self);
		EXPECT_MSG(arrived == without,
			   "%d packets of %d pass a filter of another port"
			   " at %s",
			   arrived, without, places[place]);
		delete_rule(self->obj, OTHER);
		put_filter(self, place, false);
	}
	free(random_packets);
}
