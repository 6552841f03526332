/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults that come from outside of a program's own code: CPU exceptions and page
 * faults in program text, and the expiry of its time. All end in the same way: the
 * interrupted registers are pointed at a stub, which continues in rex_abort_trap()
 * on the run's own stack once the exception has returned.
 */
#ifndef _REX_FAULT_H
#define _REX_FAULT_H

#include <linux/linkage.h>
#include <linux/ptrace.h>
#include <linux/types.h>

struct rex_run;

int rex_fault_init(void);
void rex_fault_exit(void);

/**
 * rex_fault_stop() - stop a run for its time
 * @run:	the innermost run of this CPU
 * @regs:	what was interrupted
 * @nmi:	@regs are those of an NMI
 *
 * At once if the program's own text was interrupted; otherwise when the helper
 * that it is in returns.
 *
 * Context: hardirq or NMI.
 */
void rex_fault_stop(struct rex_run *run, struct pt_regs *regs, bool nmi);

/*
 * Called by the stubs: a helper has returned to a run that is to be killed; at
 * @sp is the address behind the program's call.
 */
asmlinkage void rex_fault_killed(unsigned long sp);

#endif /* _REX_FAULT_H */
