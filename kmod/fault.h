/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults that interrupt a program: CPU exceptions, page faults, and the end of its time,
 * or of its share of a CPU. All end in the same way: the saved instruction pointer becomes
 * the address of a stub, and when the exception has returned, the stub calls
 * rex_abort_trap() on the run's own stack.
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
 * rex_fault_stop() - stop a run that takes too long, or whose program takes too much
 * @run:	the innermost run of this CPU
 * @regs:	what was interrupted
 * @nmi:	@regs are those of an NMI
 * @cause:	REX_FAULT_TIMEOUT or REX_FAULT_CPU_SHARE
 *
 * The run ends at once if the program's own text was interrupted, otherwise when its
 * helper returns.
 *
 * Context: hardirq or NMI.
 */
void rex_fault_stop(struct rex_run *run, struct pt_regs *regs, bool nmi,
		    u32 cause);

/* Handle an NMI of a trial (fault_trial.h), on its CPU. Context: NMI. */
void rex_fault_try_nmi(struct pt_regs *regs);

/*
 * The stubs call this: a helper has returned to a run that is to be killed. The address
 * after the program's call is at @sp.
 */
asmlinkage void rex_fault_killed(unsigned long sp);

#endif /* _REX_FAULT_H */
