// SPDX-License-Identifier: GPL-2.0
/*
 * struct bpf_spin_lock is an arch_spinlock_t that Rex programs share with eBPF programs
 * and with BPF_F_LOCK of bpf(2).
 *
 * The kernel's own users hold it for a few instructions with interrupts off, and wait
 * for it with interrupts off until they have it. Rex programs may hold it for as long as
 * they run, and may deadlock (with themselves, or two of them in opposite order). So
 *
 *  - they wait until the watchdog ends the run;
 *  - they wait and hold with interrupts on. With interrupts off, the buddy's NMI would
 *    stop a holder that loops; but the buddy may itself wait for this lock in bpf(2),
 *    with its interrupts, and so its watchdog, off. A run that has interrupts off from
 *    the beginning cannot have a lock;
 *  - softirqs are off meanwhile, so that a program in one (XDP, tc) does not meet a lock
 *    that the interrupted program holds. They are switched off once for all locks of a
 *    CPU: the kernel counts the reasons in eight bits;
 *  - a helper must not be called with a lock held if it may wait for a CPU that waits
 *    for a lock: see rex_spin_lock_held().
 */
#include <linux/bottom_half.h>
#include <linux/bpf.h>
#include <linux/irqflags.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>

#include "helpers.h"
#include "image.h"
#include "resource.h"
#include "run.h"

/* The number of locks that runs of this CPU hold, without those of emit_lock.c. */
static DEFINE_PER_CPU(unsigned int, held);

bool rex_spin_lock_held(void)
{
	return this_cpu_read(held) || rex_run_any_locks();
}

void rex_spin_lock_reset(void)
{
	this_cpu_write(held, 0);
}

/* A program that interrupts this holds nothing any more when it ends. */
static void helpers_hold(void)
{
	if (!this_cpu_read(held))
		local_bh_disable();
	this_cpu_inc(held);
}

static void helpers_let_go(void)
{
	if (!this_cpu_dec_return(held))
		local_bh_enable();
}

/*
 * Softirqs are off if it succeeds. The lock is counted before it is taken, so that a
 * program in an interrupt in between knows of it.
 */
static bool helpers_try_lock(arch_spinlock_t *lock)
{
	helpers_hold();
	if (arch_spin_trylock(lock))
		return true;
	helpers_let_go();
	return false;
}

s64 rex_spin_lock(struct bpf_spin_lock *lock)
{
	const struct rex_run *run = rex_run_current();
	arch_spinlock_t *l = (arch_spinlock_t *)lock;

	BUILD_BUG_ON(sizeof(*l) != sizeof(*lock));
	if (irqs_disabled() || in_hardirq() || in_nmi())
		return -EWOULDBLOCK;
	while (arch_spin_is_locked(l) || !helpers_try_lock(l)) {
		if (rex_run_is_marked(run, REX_RUN_KILLED_BIT))
			return -EINTR;
		cpu_relax();
	}
	if (!rex_resource_push(REX_RESOURCE_SPIN_LOCK, lock)) {
		rex_release_spin_lock(lock);
		return -ENOMEM;
	}
	return 0;
}

s64 rex_spin_unlock(struct bpf_spin_lock *lock)
{
	if (!rex_resource_pop(REX_RESOURCE_SPIN_LOCK, lock))
		return -EINVAL;
	rex_release_spin_lock(lock);
	return 0;
}

void rex_release_spin_lock(struct bpf_spin_lock *lock)
{
	arch_spin_unlock((arch_spinlock_t *)lock);
	helpers_let_go();
}

/* A longer wait is several calls: the gate looks at the watchdog's mark after each. */
#define MAX_SPINS 256

/*
 * Wait for a lock in a static of the program (rex/src/sync/lock.rs), which another CPU
 * has. The same holds as for bpf_spin_lock: a run with interrupts off does not wait, as
 * the holder may wait for what this CPU has, or have been interrupted by who does.
 */
s64 rex_wait(u32 spins)
{
	const struct rex_prog *prog = rex_run_prog(rex_run_current());

	if (irqs_disabled() || in_hardirq() || in_nmi())
		return -EWOULDBLOCK;
	if (rex_spin_lock_held())
		return -EDEADLK;
	if (rex_image_is_dead(prog->ctl))
		return -EOWNERDEAD;
	for (spins = min_t(u32, spins, MAX_SPINS); spins; spins--)
		cpu_relax();
	return 0;
}
