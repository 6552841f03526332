/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VM's watchdogs, of the kind Intel 6300ESB, send an NMI to the first CPU when they expire:
 * scripts/vm.
 */
#ifndef _REX_NMI_H
#define _REX_NMI_H

#include <stdbool.h>

#define NMI_TIMERS 2

/* Returns whether the machine has so many of these watchdogs. */
bool has_nmi_timers(void);

/* Has a watchdog send one NMI in MS milliseconds, at most 1000000. */
void start_nmi_timer(int which, unsigned int ms);

#endif
