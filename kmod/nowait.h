/* SPDX-License-Identifier: GPL-2.0 */
/*
 * No helper waits for what it interrupts.
 *
 * Maps, ring buffers and the lists of their free elements have locks that the
 * kernel takes with interrupts off, and waits for. A program meets one whose
 * holder is below it on the same CPU in two ways: in an NMI, or at a hook in what
 * the holder calls (a kprobe, fentry, fexit or tracepoint: of the lock functions
 * themselves, for instance). In both interrupts are off. Whoever wants a lock
 * therefore asks here first, and is refused with -EBUSY.
 *
 * The holder is one of these:
 *
 *  - a program of ours, in a helper: that is counted, for each CPU. So no program
 *    waits for any such lock on top of one that may hold one, and two CPUs cannot
 *    wait for each other either;
 *  - bpf(2), or an eBPF program on a kprobe, tracepoint or perf event: the kernel
 *    counts those in bpf_prog_active;
 *  - an eBPF program of another type, of which nothing tells. For queues, stacks,
 *    ring buffers and lists of free elements, the kernel tries to take the lock
 *    and fails if in_nmi(); so that is made true when interrupts are off. (From
 *    6.15 on it need not be: their locks notice their own CPU, as that of a bucket
 *    always has.) Only LRU lists do neither.
 */
#ifndef _REX_NOWAIT_H
#define _REX_NOWAIT_H

#include <linux/types.h>

/* What the lock is that a helper may want. */
enum rex_nowait_lock {
	REX_NOWAIT_TRIED, /* queue, stack, ring buffer, stack traces */
	REX_NOWAIT_HASH, /* a bucket's, and then one that is tried */
	REX_NOWAIT_LRU, /* a list's, which is never tried */
	REX_NOWAIT_TRIE, /* with memory that is allocated under it */
};

/**
 * struct rex_nowait - between rex_nowait_begin() and rex_nowait_end()
 * @tries:	how often rex_nowait_again() still agrees
 * @pretends:	in_nmi() is true though this is no NMI
 */
struct rex_nowait {
	unsigned int tries;
	bool pretends;
};

/**
 * rex_nowait_begin() - before a helper takes a lock of the kernel's
 * @nowait:	receives what rex_nowait_end() wants
 * @lock:	the lock
 *
 * Context: a helper, any context. Return: 0, or -EBUSY: then the helper must not
 * take it, and rex_nowait_end() does not follow.
 */
int rex_nowait_begin(struct rex_nowait *nowait, enum rex_nowait_lock lock);
void rex_nowait_end(const struct rex_nowait *nowait);

/**
 * rex_nowait_again() - whether to call the kernel's function once more
 * @nowait:	of the helper
 *
 * A lock that was tried may be another CPU's for a moment: as long as that takes
 * to use a queue, at the most. Context: between rex_nowait_begin() and
 * rex_nowait_end(), when the kernel's function may have failed for that reason.
 */
bool rex_nowait_again(struct rex_nowait *nowait);

/**
 * rex_nowait_may_wake() - whether a helper may have an interrupt sent to this CPU
 *
 * Where the kernel cannot wake anybody, or send a signal, it has an interrupt do it
 * (irq_work). A program at a hook in the way out of that interrupt would cause the
 * next one, and the CPU do nothing else any more. So there is a limit to them for
 * each tick of the clock, where interrupts are off.
 *
 * Context: a helper that is going to do it, any context.
 */
bool rex_nowait_may_wake(void);

#endif /* _REX_NOWAIT_H */
