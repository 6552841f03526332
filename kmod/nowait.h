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

#include <linux/bpf.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/processor.h>
#include <linux/types.h>

/* Some 100 microseconds, in which many CPUs use a queue. */
#define REX_NOWAIT_TRIES 2000

/**
 * struct rex_nowait - between rex_nowait_begin() and rex_nowait_end()
 * @tries:	how often rex_nowait_again() still agrees
 * @pretends:	in_nmi() is true though this is no NMI
 */
struct rex_nowait {
	unsigned int tries;
	bool pretends;
};

/* Helpers of this CPU that may hold a lock, on all levels. */
DECLARE_PER_CPU(unsigned int, rex_nowait_holders);

/* With interrupts off: -EBUSY, or whether in_nmi() is to be undone. */
int rex_nowait_begin_slow(enum bpf_map_type type);
void rex_nowait_end_slow(void);

/**
 * rex_nowait_begin() - before a helper takes a lock of the kernel's
 * @nowait:	receives what rex_nowait_end() wants
 * @type:	of the map whose lock it is
 *
 * Context: a helper, any context. Return: 0, or -EBUSY: then the helper must not
 * take it, and rex_nowait_end() does not follow.
 */
static __always_inline int rex_nowait_begin(struct rex_nowait *nowait,
					    enum bpf_map_type type)
{
	int ret = 0;

	if (unlikely(irqs_disabled())) {
		ret = rex_nowait_begin_slow(type);
		if (ret < 0)
			return ret;
	}
	nowait->pretends = ret;
	nowait->tries = REX_NOWAIT_TRIES;
	this_cpu_inc(rex_nowait_holders);
	return 0;
}

static __always_inline void rex_nowait_end(const struct rex_nowait *nowait)
{
	if (unlikely(nowait->pretends))
		rex_nowait_end_slow();
	this_cpu_dec(rex_nowait_holders);
}

/**
 * rex_nowait_again() - whether to call the kernel's function once more
 * @nowait:	of the helper
 *
 * A lock that was tried may be another CPU's for a moment: as long as that takes
 * to use a queue, at the most. Context: between rex_nowait_begin() and
 * rex_nowait_end(), when the kernel's function may have failed for that reason.
 */
static __always_inline bool rex_nowait_again(struct rex_nowait *nowait)
{
	if (!nowait->pretends || !nowait->tries)
		return false;
	nowait->tries--;
	cpu_relax();
	return true;
}

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
