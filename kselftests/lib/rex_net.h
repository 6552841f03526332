/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of programs that see packets share packets, runs of programs with crafted
 * ones, and network namespaces between which real ones go.
 */
#ifndef _REX_NET_H
#define _REX_NET_H

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "rex_util.h"

/* ---- packets ---- */

struct frame {
	unsigned char data[8192];
	size_t len;
};

void put(struct frame *f, const void *data, size_t len);

void put8(struct frame *f, unsigned int value);

void put16(struct frame *f, unsigned int value);

void put32(struct frame *f, unsigned int value);

unsigned int get16(const struct frame *f, size_t at);

void set16(struct frame *f, size_t at, unsigned int value);

/*
 * Returns the folded sum of 16-bit words; 0xffff if it contains its own
 * checksum.
 */
unsigned int sum16(const unsigned char *data, size_t len, unsigned long sum);

void put_eth(struct frame *f, unsigned int proto);

/* Returns the end of the IPv4 header at AT. */
size_t ip4_end(const struct frame *f, size_t at);

/*
 * Puts an IPv4 header, from 10.0.0.1 to 10.0.0.2, with OPTIONS words of
 * no-operation options. Returns its offset, for ip4_done() after the packet is
 * complete.
 */
size_t put_ip4(struct frame *f, int protocol, int options);

/* Sets the checksum, and the length unless it is set. */
void ip4_done(struct frame *f, size_t at);

size_t put_ip6(struct frame *f, int next);

void ip6_done(struct frame *f, size_t at);

/* Puts a UDP header without checksum, and LEN bytes of FILL. */
size_t put_udp(struct frame *f, int port, size_t len, int fill);

/* Sets the checksum; the IPv4 header is at IP. */
void udp_done(struct frame *f, size_t ip, size_t at);

/*
 * Returns whether both checksums of a frame with UDP and no IP options are
 * right.
 */
bool sums_are_right(const struct frame *f);

size_t put_tcp(struct frame *f, int port);

/* Makes a UDP datagram in an Ethernet frame. */
struct frame udp_frame(int port, size_t len, int fill);

void expect_same(const char *what, const struct frame *f,
		 const struct frame *want);

/* ---- runs with crafted packets ---- */

/* Runs the program once, and stores the packet in OUT, if that is given. */
__u32 test_run(struct rex_obj *obj, const char *name, const struct frame *in,
	       struct frame *out);

/* Waits until the program has run RUNS times. */
void expect_runs(struct rex_obj *obj, const char *name, __u64 runs);

/*
 * Return an element of the program's `seen`, and set one of `config`.
 */
__u64 seen(struct rex_obj *obj, __u32 index);

void tell(struct rex_obj *obj, __u32 index, __u64 value);

#define EXPECT_SEEN(_obj, _index, _value)                                   \
	do {                                                                \
		__u64 _s = seen(_obj, _index), _v = (_value);               \
		EXPECT_MSG(_s == _v, "seen[%s] is %lld, not %lld", #_index, \
			   (long long)_s, (long long)_v);                   \
	} while (0)

/* ---- networks ---- */

/*
 * Two network namespaces, "here" (this process's) and "there":
 *
 *	here: left  ======== right :there
 *	here: sink  ======== out   :there
 *
 * They are gone with the TEST.
 */
struct nets {
	int here;
	int there;
	pid_t holder;
};

int own_net(void);

void enter(int net);

/* Keeps the kernel from sending packets of its own. */
void be_quiet(void);

/* Starts an idle process in a new network namespace. */
pid_t hold_net(void);

void make_pair(const char *a, const char *b);

/*
 * Waits until the device sends. One that was up before its peer drops all packets until a
 * worker of the kernel has noticed that the peer is up.
 */
void await_queue(const char *name);

struct nets make_nets(void);

/*
 * Sets addresses: left is 10.0.0.1, right 10.0.0.2, out 10.1.0.1. From now on,
 * the kernel answers packets.
 */
void give_addresses(const struct nets *nets);

/* A fixture of this object and of two namespaces. */
#define NETS_FIXTURE(_name)                     \
	FIXTURE(nets)                           \
	{                                       \
		struct rex_obj *obj;            \
		struct nets nets;               \
	};                                      \
	FIXTURE_SETUP(nets)                     \
	{                                       \
		self->obj = load_object(_name); \
		self->nets = make_nets();       \
	}                                       \
	FIXTURE_TEARDOWN(nets)                  \
	{                                       \
		rex_obj_close(self->obj);       \
	}

/* A fixture like that, with packet sockets at both ends of left ==== right. */
#define WIRE_FIXTURE(_name)                                             \
	FIXTURE(wire)                                                   \
	{                                                               \
		struct rex_obj *obj;                                    \
		struct nets nets;                                       \
		int left, right;                                        \
	};                                                              \
	FIXTURE_SETUP(wire)                                             \
	{                                                               \
		self->obj = load_object(_name);                         \
		self->nets = make_nets();                               \
		self->left = packet_socket(self->nets.here, "left");    \
		self->right = packet_socket(self->nets.there, "right"); \
	}                                                               \
	FIXTURE_TEARDOWN(wire)                                          \
	{                                                               \
		rex_obj_close(self->obj);                               \
	}

int ifindex(const char *name);

int ifindex_in(int net, const char *name);

/* Attaches a program in driver mode. */
void attach_xdp(struct rex_obj *obj, const char *name, int net,
		const char *device);

void attach_tc(struct rex_obj *obj, const char *name, int net,
	       const char *device, enum bpf_tc_attach_point point);

/*
 * Attaches a tc program. With PRIORITY 0, the kernel chooses one before the
 * existing filters.
 */
void attach_tc_at(struct rex_obj *obj, const char *name, int net,
		  const char *device, enum bpf_tc_attach_point point,
		  int priority);

/* Leaves checksums to the device, so that tc sees packets without them. */
void set_offload(const char *device, bool on);

/* Wait 5 seconds for a packet, and have room for many. */
void set_limits(int sock);

/*
 * Opens a socket that sends frames by a device, and sees those that it
 * receives.
 */
int packet_socket(int net, const char *device);

/* Opens a socket of TYPE, SOCK_*, bound to PORT. */
int bound_socket(int net, int type, int port);

/* Opens a UDP socket bound to PORT. */
int udp_socket(int net, int port);

/* Returns the number that the kernel gives the socket. */
__u64 cookie_of(int sock);

void send_frame(int sock, const struct frame *f);

void send_frames(int sock, const struct frame *f, int count);

/* Returns the next frame; of length 0 if none comes. */
struct frame receive(int sock);

/* Reads all waiting packets, and returns their number. */
int drain(int sock);

/*
 * Expects exactly COUNT packets. The last packet that is sent has to arrive.
 */
void expect_received(int sock, int count);

#endif
