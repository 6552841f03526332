// SPDX-License-Identifier: GPL-2.0
/*
 * struct bpf_spin_lock, shared with eBPF programs and with BPF_F_LOCK of bpf(2):
 * an arch_spinlock_t taken with interrupts off, as in kernel/bpf/helpers.c.
 *
 * The kernel's helper spins for ever, since the verifier lets a program hold one
 * lock only. Ours may deadlock (with themselves, or two in opposite order), so
 * they spin until the watchdog loses patience. Interrupts are as they were while
 * they spin; where they are off, it is the buddy's NMI that marks the run.
 */
#include <linux/bpf.h>
#include <linux/irqflags.h>
#include <linux/spinlock.h>

#include "helpers.h"
#include "resource.h"
#include "run.h"

static bool try_lock(arch_spinlock_t *lock, unsigned long *flags)
{
	local_irq_save(*flags);
	if (arch_spin_trylock(lock))
		return true;
	local_irq_restore(*flags);
	return false;
}

s64 rex_spin_lock(struct bpf_spin_lock *lock)
{
	const struct rex_run *run = rex_run_current();
	arch_spinlock_t *l = (arch_spinlock_t *)lock;
	unsigned long flags;

	BUILD_BUG_ON(sizeof(*l) != sizeof(*lock));
	while (!try_lock(l, &flags)) {
		if (rex_run_is_marked(run, REX_RUN_KILLED_BIT))
			return -EINTR;
		cpu_relax();
	}
	if (!rex_resource_push(REX_RESOURCE_SPIN_LOCK, lock, flags)) {
		rex_release_spin_lock(lock, flags);
		return -ENOMEM;
	}
	return 0;
}

s64 rex_spin_unlock(struct bpf_spin_lock *lock)
{
	unsigned long flags;

	if (!rex_resource_pop(REX_RESOURCE_SPIN_LOCK, lock, &flags))
		return -EINVAL;
	rex_release_spin_lock(lock, flags);
	return 0;
}

void rex_release_spin_lock(struct bpf_spin_lock *lock, unsigned long flags)
{
	arch_spin_unlock((arch_spinlock_t *)lock);
	local_irq_restore(flags);
}
