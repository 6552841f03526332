/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Traps: how a program is stopped from outside of its own code. CPU exceptions
 * and page faults in program text, and the expiry of its time, all end in the
 * same way: the interrupted registers are pointed at a stub, which continues in
 * rex_fault_trap() on the run's own stack once the exception has returned.
 */
#ifndef _REX_TRAP_H
#define _REX_TRAP_H

#include <linux/linkage.h>
#include <linux/ptrace.h>
#include <linux/types.h>

#include "fault.h"

struct rex_run;

int rex_trap_init(void);
void rex_trap_exit(void);

/**
 * rex_trap_stop() - stop a run for its time
 * @run:	the innermost run of this CPU
 * @regs:	what was interrupted
 * @nmi:	@regs are those of an NMI
 *
 * At once if the program's own text was interrupted; otherwise when the helper
 * that it is in returns.
 *
 * Context: hardirq or NMI.
 */
void rex_trap_stop(struct rex_run *run, struct pt_regs *regs, bool nmi);

/*
 * Called by the stubs: a helper has returned to a run that is to be killed; at
 * @sp is the address behind the program's call.
 */
asmlinkage void rex_trap_killed(unsigned long sp);

#endif /* _REX_TRAP_H */
