// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "compat.h"
#include "image.h"
#include "ksyms.h"
#include "mapkind.h"
#include "nowait.h"
#include "run.h"
#include "selftest.h"

/*
 * A CPU may have this many interrupts of an irq_work in a tick of the clock, a quarter of
 * its time or less. Beyond that, helpers with interrupts off cause no more of them.
 */
#define NOWAIT_WAKES 256

/**
 * struct nowait_wakes - the interrupts of a CPU in this tick
 * @tick:	jiffies
 * @count:	the kernel's count of them when the tick began
 */
struct nowait_wakes {
	u64 tick;
	unsigned int count;
};

static DEFINE_PER_CPU(struct nowait_wakes, nowait_wakes);

/*
 * The kernel sets bpf_prog_active for programs on kprobes, tracepoints and perf events,
 * and does not run them where it is set.
 */
static bool nowait_in_bpf(void)
{
	switch (rex_run_prog(rex_run_current())->type) {
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
		return false;
	default:
		return *this_cpu_ptr(rex_ksyms.bpf_prog_active);
	}
}

/*
 * Interrupts are off. The handler of an interrupt has not interrupted bpf(2) while that
 * held a lock: it is refused only the locks that an eBPF program in an interrupt may hold.
 */
static bool nowait_is_busy(enum rex_map_waits waits)
{
	if (this_cpu_read(rex_gate_word) & ~REX_GATE_KILLED)
		return true;
	switch (waits) {
	case REX_WAITS_NOTHING:
	case REX_WAITS_TRIED:
		return false;
	case REX_WAITS_HASH:
		return (in_nmi() || in_task()) && nowait_in_bpf();
	case REX_WAITS_LRU:
		return in_nmi() || nowait_in_bpf();
	case REX_WAITS_TRIE:
		break;
	}
	/* Code that has interrupts off may hold a lock of the allocator. */
	return true;
}

int rex_nowait_begin_slow(enum bpf_map_type type)
{
	if (rex_unprotected & REX_UNPROTECTED_WAITS)
		return false;
	if (nowait_is_busy(rex_map_kind(type).waits))
		return -EBUSY;
	if (!rex_compat_locks_wait || in_nmi())
		return false;
	/*
	 * Interrupts stay off until rex_nowait_end(), so that only an NMI and hooks
	 * see the count; an NMI adds to the same count, which has room.
	 */
	BUILD_BUG_ON(rex_compat_locks_wait && NMI_BITS < 4);
	__preempt_count_add(NMI_OFFSET);
	barrier();
	return true;
}

void rex_nowait_end_slow(void)
{
	barrier();
	__preempt_count_sub(NMI_OFFSET);
}

/*
 * The program may be called on the way out of that interrupt, with interrupts off. A run
 * that comes between the lines sees a count of its own: a few more or less do no harm.
 */
bool rex_nowait_may_wake(void)
{
	struct nowait_wakes *wakes = this_cpu_ptr(&nowait_wakes);
	u64 tick = get_jiffies_64();
	unsigned int count;

	if (!irqs_disabled() || rex_unprotected & REX_UNPROTECTED_WAITS)
		return true;
	count = rex_compat_irq_works();
	if (wakes->tick != tick) {
		wakes->tick = tick;
		wakes->count = count;
	}
	return count - wakes->count < NOWAIT_WAKES;
}
