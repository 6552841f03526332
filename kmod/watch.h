/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The watchdog: no run takes longer than its program's timeout.
 *
 * A pinned timer on each CPU ticks while programs are bound, and only then. It
 * compares what the CPU runs now (level and sequence number) with the last tick,
 * so that a run itself pays one increment. A CPU that takes no interrupts is
 * watched by its buddy, the previous online CPU, whose tick sends it an NMI.
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
