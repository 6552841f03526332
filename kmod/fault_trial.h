/* SPDX-License-Identifier: GPL-2.0 */
/*
 * insmod makes exceptions, by code of its own, before a program can: page faults of reads, and
 * one for each way on which the kernel tells the die notifiers. The handlers of fault.c and
 * watchdog.c have to move the instruction pointer from there, as they do for a program. If the
 * kernel does not call them, or keeps what they change elsewhere, the module is refused.
 */
#ifndef _REX_FAULT_TRIAL_H
#define _REX_FAULT_TRIAL_H

#include <linux/ptrace.h>
#include <linux/types.h>

/**
 * struct rex_trial - the trial that is going on
 * @code:	code that causes an exception, or waits for an NMI
 * @len:	its size; 0: there is no trial
 * @caught:	where a handler has it go on
 * @missed:	where it goes on after the kernel's own report of an error
 * @address:	the address of the page fault
 * @waits:	@code waits for an NMI, on @cpu
 * @cpu:	see @waits
 * @blind:	the handlers do as in another kernel (selftest.h)
 * @exceptions:	those of @code so far. The second one is that of the kernel's own report, and at
 *		the third one, the instruction pointer cannot be set at all
 * @nmis:	NMIs that came
 * @moved:	those whose instruction pointer could be set
 * @in_code:	those that came while @code waited
 */
struct rex_trial {
	u64 code;
	u64 len;
	u64 caught;
	u64 missed;
	u64 address;
	bool waits;
	unsigned int cpu;
	unsigned int blind;
	unsigned int exceptions;
	unsigned int nmis;
	unsigned int moved;
	unsigned int in_code;
};

extern struct rex_trial rex_trial;

/* Returns whether @ip is in the code of a trial. Context: any. */
static __always_inline bool rex_trial_at(u64 ip)
{
	return ip - READ_ONCE(rex_trial.code) < READ_ONCE(rex_trial.len);
}

/* Have @regs, of an exception that the die notifier was called for, go on. NOTIFY_*. */
int rex_trial_on_die(struct pt_regs *regs, unsigned long val);

/* Have @regs go on, and return true, if the page fault is that of the trial. */
bool rex_trial_on_page_fault(struct pt_regs *regs, unsigned long error_code,
			     unsigned long addr);

/* Emit the code, beside the stubs: between rex_stubs_init() and rex_stubs_seal(). */
void rex_trial_emit(void);

/*
 * Try all. 0, or -EOPNOTSUPP with a line in the log that names what this kernel does in
 * another way.
 */
int rex_trial_run(void);

#endif /* _REX_FAULT_TRIAL_H */
