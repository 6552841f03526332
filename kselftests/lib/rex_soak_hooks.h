/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every kind of attachment that a program can have, with what makes its events, for tests
 * that have programs (programs/soak_unsafe) at all of them.
 */
#ifndef _REX_SOAK_HOOKS_H
#define _REX_SOAK_HOOKS_H

#include "hostile.h"

/* What makes the events of a hook. */
enum soak_source {
	/* One event is one for all programs at the hook. */
	BY_DUP,
	BY_UPROBED,
	BY_USDT,
	BY_TRACED,
	BY_NICE,
	BY_PRCTL,
	BY_OPEN,
	BY_EGRESS,
	BY_INGRESS,
	NR_SHARED_SOURCES,
	/* Each program has its own events. */
	BY_TEST_RUN = NR_SHARED_SOURCES,
	BY_REQUEST,
	BY_ITERATION,
	BY_FRAME,
	BY_REDIRECT,
	NR_SOURCES,
	/* The kernel's own events, and clocks. */
	BY_KERNEL = NR_SOURCES,
	BY_CLOCK,
};

struct soak_place;

struct soak_hook {
	const char *name;
	/* The program, and how it is attached by one link. */
	const struct hook *hook;
	/* If it is not NULL, this attaches the program instead. */
	void (*attach)(struct soak_place *place);
	enum soak_source source;
	/* So many runs are one event; 0 is 1. */
	unsigned int runs;
	/* Attaching waits for grace periods, or loads several BPF programs. */
	bool is_slow;
	/* If it is not NULL: whether the kernel has it. */
	bool (*is_there)(void);
};

extern const struct soak_hook soak_hooks[];
extern const size_t nr_soak_hooks;

/* Returns the hooks that the running kernel has, and their number. */
const struct soak_hook **find_soak_hooks(size_t *nr);

/* Where a program is attached. */
struct soak_place {
	const struct soak_hook *hook;
	struct rex_obj *obj;
	/* The process whose clock is taken. */
	pid_t maker;
	/* It is different for all places that exist at the same time. */
	unsigned int number;
	struct bpf_link *link;
	struct rex_links *links;
	/* What the events of this program need. */
	int fds[3];
	bool has_filter;
};

/* The places that can exist at the same time. */
#define MOST_SOAK_PLACES 96

/*
 * Sets up a network and a cgroup. The process and the children that it forks later make events
 * there; they inherit what is attached by then.
 */
void soak_set_up(void);
void soak_tear_down(void);

/* A process that makes events enters the cgroup. */
void soak_enter(void);

/*
 * Makes what has to be there before a program is attached at that hook with that number, by
 * commands that make events themselves.
 */
void soak_prepare(const struct soak_hook *hook, unsigned int number);

/* Loads the program of a hook and attaches it. Loads of sources but BY_CLOCK need no MAKER. */
struct soak_place soak_attach(const struct soak_hook *hook, unsigned int number,
			      const char *name, __u32 timeout_ms, __u64 odds,
			      bool loops, pid_t maker);

/* Detaches it. Timers run until this. */
void soak_detach(struct soak_place *place);

/* Makes COUNT events of a shared source, or for this place. */
void soak_fire(enum soak_source source, unsigned int count);
void soak_fire_at(const struct soak_place *place, unsigned int count);

/* Returns how many frames for this place the kernel has dropped before they were events. */
__u64 soak_dropped(const struct soak_place *place);

#endif
