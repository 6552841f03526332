/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shortcuts perform operations of queues, stacks and ring buffers in few instructions, in the
 * most frequent case: the lock is free, there is room, the value is small. In all other cases
 * they call the kernel's function, and have changed nothing.
 *
 * No header of the kernel has the three structures that shortcuts access. So
 * rex_shortcuts_init() compares them with BTF, and the effects of the shortcuts on throw-away
 * maps with those of the kernel's functions. If they differ, programs call the kernel's
 * functions.
 *
 * Context: helpers, with interrupts on, counted as by rex_nowait_begin(). A shortcut turns
 * interrupts off while it holds the lock, and calls no function then that can be probed or
 * traced. It cannot be probed or traced itself: an eBPF program in its middle could wait for
 * the lock.
 */
#ifndef _REX_SHORTCUT_H
#define _REX_SHORTCUT_H

#include <linux/bpf.h>
#include <linux/cache.h>
#include <linux/irq_work.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

/* The kernel's struct bpf_queue_stack, of a queue or a stack. */
struct rex_queue {
	struct bpf_map map;
	raw_spinlock_t lock;
	u32 head;
	u32 tail;
	u32 size;
	char elements[] __aligned(8);
};

/* The kernel's struct bpf_ringbuf. */
struct rex_ring {
	wait_queue_head_t waitq;
	struct irq_work work;
	u64 mask;
	struct page **pages;
	int nr_pages;
	raw_spinlock_t spinlock ____cacheline_aligned_in_smp;
	atomic_t busy ____cacheline_aligned_in_smp;
	unsigned long consumer_pos __aligned(1ul << PAGE_SHIFT);
	unsigned long producer_pos __aligned(1ul << PAGE_SHIFT);
	unsigned long pending_pos;
	char data[] __aligned(1ul << PAGE_SHIFT);
};

/* The kernel's struct bpf_ringbuf_map. */
struct rex_ring_map {
	struct bpf_map map;
	struct rex_ring *rb;
};

/* The kernel's struct bpf_ringbuf_hdr, before each record. */
struct rex_ring_header {
	u32 len;
	u32 pg_off;
};

/**
 * struct rex_shortcuts - the types of maps that have shortcuts on this kernel
 * @queues:	queues and stacks
 * @rings:	ring buffers
 */
struct rex_shortcuts {
	bool queues;
	bool rings;
};
extern struct rex_shortcuts rex_shortcuts;

/* Compare structures and effects, and set rex_shortcuts. Context: insmod; may sleep. */
void rex_shortcuts_init(void);

/*
 * These take the arguments of the functions in struct bpf_map_ops, and return what those
 * return: 0 or an error.
 */
s64 rex_shortcut_push_queue(struct bpf_map *map, const void *value, u64 flags);
s64 rex_shortcut_pop_queue(struct bpf_map *map, void *value);
s64 rex_shortcut_peek_queue(struct bpf_map *map, void *value);
s64 rex_shortcut_push_stack(struct bpf_map *map, const void *value, u64 flags);
s64 rex_shortcut_pop_stack(struct bpf_map *map, void *value);
s64 rex_shortcut_peek_stack(struct bpf_map *map, void *value);

/* Reserve a record as bpf_ringbuf_reserve() does: its first byte, or NULL. */
void *rex_shortcut_reserve(struct bpf_map *map, u64 size, u64 flags);

#endif /* _REX_SHORTCUT_H */
