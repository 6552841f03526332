/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The watchdog stops each run that takes longer than its program's timeout.
 *
 * A pinned timer on each CPU ticks while programs are bound, and only then. It marks the
 * runs that it meets, on all levels of the CPU, and notes the time. It stops a run that
 * still has the mark when its time is up. So a run itself pays nothing. Its time is that
 * of the clock: the runs, interrupts and softirqs on top of it are in it. Runs on top of
 * each other have, all together, the longest time that one may have. The buddy of a CPU,
 * the previous online CPU, watches it when it takes no interrupts: NMIs take the place
 * of the ticks. It also samples what that CPU executes: cpu_share.h.
 */
#ifndef _REX_WATCHDOG_H
#define _REX_WATCHDOG_H

#include <linux/types.h>

/*
 * No program may have a longer timeout, in milliseconds: this is the parameter
 * max_timeout_ms of the module.
 */
extern unsigned int rex_watchdog_max_timeout_ms;

/**
 * rex_watchdog_longest_ms() - how long a run, and runs on top of each other, may keep a CPU
 *
 * It is max_timeout_ms, or half of the shortest time after which a detector of the kernel may take
 * a CPU for dead, if that is less: 10 s without interrupts, 20 s without a switch of tasks (sysctl
 * kernel.watchdog_thresh), 21 s in an RCU read side (rcupdate.rcu_cpu_stall_timeout and
 * rcu_exp_cpu_stall_timeout). The times of the detectors can change at any time.
 *
 * Context: any. Return: milliseconds, at least 1.
 */
u32 rex_watchdog_longest_ms(void);

/*
 * Returns whether the timeout is above the limit; 0, which stands for the
 * default, is not.
 */
static inline bool rex_watchdog_refuses(u32 timeout_ms)
{
	return timeout_ms > rex_watchdog_max_timeout_ms;
}

int rex_watchdog_init(void);
void rex_watchdog_exit(void);

/*
 * Have @cpu look at its runs: an NMI takes the place of a tick. Context: hardirq, or a task that
 * cannot be preempted.
 */
void rex_watchdog_send_nmi(unsigned int cpu);

/*
 * Returns whether this CPU could not switch tasks for half of the time that a run may take. Context: any,
 * without preemption.
 */
bool rex_watchdog_keeps_cpu(void);

/**
 * rex_watchdog_set() - set how often to look
 * @timeout_ms: shortest timeout of the bound programs; 0: none is bound
 *
 * Context: may sleep; callers serialise.
 */
void rex_watchdog_set(u32 timeout_ms);

#endif /* _REX_WATCHDOG_H */
