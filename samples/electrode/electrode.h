/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Userspace and the programs share these types: see src/maps.rs and src/message.rs.
 */
#ifndef ELECTRODE_H
#define ELECTRODE_H

#include <linux/bpf.h>
#include <netinet/in.h>
#include <stddef.h>

#define PAXOS_PORT 12345
#define MAGIC 0x72657845 /* "rexE" */
#define OPERATION 64
#define MAX_REPLICAS 32

enum {
	PREPARE = 1,
	PREPARE_OK
};

/* Elements of COUNTS. */
enum {
	SENT,
	QUORUMS,
	PRUNED,
	LOGGED,
	LOGGED_BEFORE,
	REFUSED,
	LEFT,
	NR_COUNTS
};

struct config {
	__u32 me;
	__u32 replicas;
};

struct peer {
	__u32 ifindex;
	struct in_addr address;
	struct in_addr own_address;
	__u8 mac[6];
	__u8 own_mac[6];
};

struct state {
	struct bpf_spin_lock lock;
	__u32 padding;
	__u32 view;
	__u32 last_op;
};

struct record {
	__u32 op;
	__u32 len;
	char operation[OPERATION];
};

/* Numbers are in network byte order. */
struct message {
	__u32 magic;
	__u32 kind;
	__u32 view;
	__u32 op;
	__u32 replica;
	char operation[OPERATION];
};
#define NUMBERS offsetof(struct message, operation)

#endif
