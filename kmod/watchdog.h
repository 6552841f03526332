/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The watchdog: no run takes longer than its program's timeout.
 *
 * A pinned timer on each CPU ticks while programs are bound, and only then. It
 * marks the runs that it meets, on all levels of the CPU, and notes the time; a run
 * that still has the mark when its time is up is stopped. So a run itself pays
 * nothing. Its time is what the clock on the wall says: the runs, interrupts and
 * softirqs on top of it are in it. Runs on top of each other have, all together, the
 * time that one may have at the most. A CPU that takes no interrupts is watched by its
 * buddy, the previous online CPU, whose NMIs take the place of the ticks.
 */
#ifndef _REX_WATCHDOG_H
#define _REX_WATCHDOG_H

#include <linux/types.h>

/*
 * No program may have a longer timeout, in milliseconds: the parameter
 * max_timeout_ms of the module. A run keeps its CPU for as long, and runs on top of
 * each other do not keep it for longer. Interrupts may be off; the kernel takes a CPU
 * for dead after 10 s without interrupts, 20 s without a switch of tasks, 21 s in an
 * RCU read side.
 */
extern unsigned int rex_watchdog_max_timeout_ms;

/* Whether no program may have that timeout; 0 stands for the default. */
static inline bool rex_watchdog_refuses(u32 timeout_ms)
{
	return timeout_ms > rex_watchdog_max_timeout_ms;
}

int rex_watchdog_init(void);
void rex_watchdog_exit(void);

/**
 * rex_watchdog_set() - how closely to watch
 * @timeout_ms: shortest timeout of the bound programs; 0: none is bound
 *
 * Context: may sleep; callers serialise.
 */
void rex_watchdog_set(u32 timeout_ms);

#endif /* _REX_WATCHDOG_H */
