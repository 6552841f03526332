/* SPDX-License-Identifier: GPL-2.0 */
/*
 * No helper waits for code that it interrupts.
 *
 * Maps, ring buffers and the lists of their free elements have locks that the
 * kernel takes with interrupts off, and waits for. A program meets a lock whose
 * holder is below it on the same CPU in two ways: in an NMI, or at a hook in a function
 * that the holder calls (a kprobe, fentry, fexit or tracepoint: of the lock functions
 * themselves, for instance; or, from a warning of the holder by way of netconsole, even a
 * hook of packets). In both cases interrupts are off. So a helper asks here
 * before it takes a lock, and is refused with -EBUSY.
 *
 * The holder is one of these:
 *
 *  - a Rex program, in a helper: such helpers are counted, for each CPU. So no program
 *    waits for any such lock on top of one that may hold one, and two CPUs cannot
 *    wait for each other either;
 *  - bpf(2), or an eBPF program on a kprobe, tracepoint or perf event: the kernel
 *    counts those in bpf_prog_active;
 *  - an eBPF program of another type, which the kernel does not count. For queues,
 *    stacks, ring buffers and lists of free elements, the kernel tries to take the lock,
 *    and fails, if in_nmi() is true; so it is made true when interrupts are off. (From
 *    6.15 on that is not necessary: these locks notice their own CPU, as the lock of a
 *    bucket always has.) Only LRU lists do neither.
 */
#ifndef _REX_NOWAIT_H
#define _REX_NOWAIT_H

#include <linux/bpf.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/processor.h>
#include <linux/types.h>

#include "run.h"

/* These tries take about 100 microseconds; many CPUs can use a queue in that time. */
#define REX_NOWAIT_TRIES 2000

/**
 * struct rex_nowait - state between rex_nowait_begin() and rex_nowait_end()
 * @tries:	how many times rex_nowait_again() will still return true
 * @pretends:	in_nmi() is true although this is no NMI
 */
struct rex_nowait {
	unsigned int tries;
	bool pretends;
};

/* With interrupts off: -EBUSY, or whether rex_nowait_end_slow() has to follow. */
int rex_nowait_begin_slow(enum bpf_map_type type);
void rex_nowait_end_slow(void);

/**
 * rex_nowait_begin() - ask before a helper takes a lock of the kernel
 * @nowait:	for rex_nowait_end()
 * @type:	of the map whose lock it is
 *
 * Context: a helper, any context. Return: 0; or -EBUSY, in which case the helper must
 * not take the lock, and rex_nowait_end() does not follow.
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
	this_cpu_inc(rex_gate_word);
	return 0;
}

static __always_inline void rex_nowait_end(const struct rex_nowait *nowait)
{
	if (unlikely(nowait->pretends))
		rex_nowait_end_slow();
	this_cpu_dec(rex_gate_word);
}

/**
 * rex_nowait_again() - decide whether to call the kernel's function once more
 * @nowait:	of the helper
 *
 * Another CPU may have the lock for a moment, no longer than it takes to use a queue.
 * Context: between rex_nowait_begin() and rex_nowait_end(), when the kernel's function
 * may have failed for that reason.
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
 * rex_nowait_may_wake() - ask before a helper has an interrupt sent to this CPU
 *
 * Where the kernel cannot wake a task or send a signal at once, an interrupt does it
 * (irq_work). A program at a hook on the way out of that interrupt would cause the next
 * one, and the CPU would do nothing else any more. So where interrupts are off, the
 * number of such interrupts in a tick of the clock is limited.
 *
 * Context: a helper, any context. Return: whether it may.
 */
bool rex_nowait_may_wake(void);

#endif /* _REX_NOWAIT_H */
