/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The watchdog: no run takes longer than its program's timeout.
 *
 * A pinned timer on each CPU ticks while programs are bound, and only then. It
 * marks the runs that it meets, on all levels of the CPU, and notes the time; a run
 * that still has the mark when its time is up is stopped. So a run itself pays
 * nothing. Its time is what the clock on the wall says: the runs, interrupts and
 * softirqs on top of it are in it. A CPU that takes no interrupts is watched by its
 * buddy, the previous online CPU, whose NMIs take the place of the ticks.
 */
#ifndef _REX_WATCH_H
#define _REX_WATCH_H

#include <linux/types.h>

int rex_watch_init(void);
void rex_watch_exit(void);

/**
 * rex_watch_set() - how closely to watch
 * @timeout_ms: shortest timeout of the bound programs; 0: none is bound
 *
 * Context: may sleep; callers serialise.
 */
void rex_watch_set(u32 timeout_ms);

#endif /* _REX_WATCH_H */
