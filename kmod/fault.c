// SPDX-License-Identifier: GPL-2.0
#include <linux/ftrace.h>
#include <linux/kdebug.h>
#include <linux/kprobes.h>

#include <asm/debugreg.h>
#include <asm/trap_pf.h>
#include <asm/traps.h>

#include "compat.h"
#include "emit_leaf.h"
#include "emit_lock.h"
#include "emit_stubs.h"
#include "fault.h"
#include "fault_owner.h"
#include "fault_trial.h"
#include "hook.h"
#include "image.h"
#include "ksyms.h"
#include "loads.h"
#include "run.h"
#include "selftest.h"
#include "stack.h"

static __always_inline bool fault_in_text(const struct rex_run *run,
					  unsigned long ip)
{
	const struct rex_image *image = rex_run_prog(run)->image;
	unsigned long text = image->target.seg[REX_SEG_TEXT].addr;

	return ip >= text && ip < text + image->text_len;
}

/*
 * Return the innermost run of this CPU if @regs interrupted its program's own code:
 * the instruction belongs to the program, and so does the stack. A load (loads.S) is as
 * good, for which @ip and @sp receive those of the program at its call.
 */
static __always_inline struct rex_run *
fault_interrupted_run(const struct pt_regs *regs, unsigned long *ip,
		      unsigned long *sp)
{
	struct rex_run *run = rex_run_active();

	*ip = regs->ip;
	*sp = regs->sp;
	if (!run || !rex_run_on_stack(run, *sp))
		return NULL;
	if (rex_loads_contain(*ip) && IS_ALIGNED(*sp, sizeof(long))) {
		*ip = *(unsigned long *)*sp - 1;
		*sp += sizeof(long);
	}
	return fault_in_text(run, *ip) ? run : NULL;
}

/*
 * Return the innermost run of this CPU if its program caused the fault. @ip receives
 * the program's instruction, or that of the fault if the program has jumped there as its last
 * act. A function that the thunk calls may fault before it has pushed anything.
 */
static __always_inline struct rex_run *
fault_causing_run(const struct pt_regs *regs, unsigned long *ip)
{
	struct rex_run *run = rex_run_active();
	const unsigned long *slot, *caller;
	const struct rex_image *image;

	if (!run || !IS_ALIGNED(regs->sp, sizeof(long)) ||
	    !rex_run_on_stack(run, regs->sp))
		return NULL;
	*ip = regs->ip;
	if (fault_in_text(run, regs->ip))
		return run;
	image = rex_run_prog(run)->image;
	slot = (unsigned long *)rex_run_return_slot(run);
	caller = rex_fault_owner_caller(regs, slot,
					image->target.seg[REX_SEG_TEXT].addr,
					image->text_len);
	if (!caller)
		return NULL;
	if (caller != slot)
		*ip = *caller - 1;
	return run;
}

/*
 * Return the run whose program jumped to @regs->ip, where no code is. The fault is at the
 * target; so only the top of the stack shows that it was the program: it is the address after a
 * call in the text, or the place of the address that the thunk has left. After a return to such
 * an address, nothing shows it. A function of the kernel that was called may have done that, with
 * other registers than the caller's; then the run can only be ended if the thunk has stored all of
 * them.
 */
static __always_inline struct rex_run *
fault_jumping_run(const struct pt_regs *regs, unsigned long *ip)
{
	struct rex_run *run = rex_run_active();
	unsigned long caller;

	if (!run || !rex_run_on_stack(run, regs->sp))
		return NULL;
	caller = *(unsigned long *)regs->sp;
	if (fault_in_text(run, caller - 1))
		*ip = caller - 1;
	else if (regs->sp == (unsigned long)rex_run_return_slot(run) ||
		 rex_run_prog(run)->stores == REX_KEPT_ALL)
		*ip = regs->ip;
	else
		return NULL;
	return run;
}

/*
 * Return whether the kernel jumped to an address of a process. A CPU with LASS makes this a general
 * protection fault, other CPUs a page fault.
 */
static __always_inline bool fault_is_low_jump(const struct pt_regs *regs,
					      unsigned long val)
{
	return val == DIE_GPF && (long)regs->ip >= 0;
}

static __always_inline void fault_set_trap(struct rex_run *run, u32 cause,
					   unsigned long ip, const char *what,
					   unsigned long addr)
{
	run->trap.cause = cause;
	run->trap.ip = ip;
	run->trap.sp = 0;
	run->trap.what = what;
	run->trap.addr = addr;
}

/*
 * Without FRED, the entry code returns from an NMI by a second copy of the
 * frame, which lies directly above pt_regs ("iret" frame in entry_64.S). If the copy
 * does not look as expected, nothing is changed and the buddy tries again. An exception in
 * a handler can let a nested NMI in, which changes the copy to begin again with the frame of
 * @regs. So the last comparison and the change are one instruction.
 */
static __always_inline bool fault_redirect_nmi(struct pt_regs *regs, u64 ip)
{
	unsigned long *iret = (unsigned long *)(regs + 1);

	if (!rex_compat_fred()) {
		if (iret[1] != regs->cs || iret[3] != regs->sp ||
		    cmpxchg_local(&iret[0], regs->ip, ip) != regs->ip)
			return false;
	}
	regs->ip = ip;
	return true;
}

void rex_fault_try_nmi(struct pt_regs *regs)
{
	bool in_code = rex_trial_at(regs->ip);
	u64 to = in_code ? rex_trial.caught : regs->ip;

	if (user_mode(regs) || smp_processor_id() != READ_ONCE(rex_trial.cpu))
		return;
	rex_trial.nmis++;
	rex_trial.in_code += in_code;
	if (!(rex_trial.blind & REX_OTHER_NMI_FRAME) &&
	    fault_redirect_nmi(regs, to))
		rex_trial.moved++;
}
NOKPROBE_SYMBOL(rex_fault_try_nmi);

/*
 * Have the emitted helper that was interrupted return to the stub "trap" rather than to
 * the program. @run is that of this CPU, so the stack is its stack.
 */
static __always_inline void fault_stop_at_return(struct rex_run *run,
						 unsigned long *slot, u32 cause)
{
	if (*slot == rex_stubs.trap)
		return;
	fault_set_trap(run, cause, *slot - 1, "in a helper", 0);
	*slot = rex_stubs.trap;
	/* The code may go on in a helper that waits. */
	rex_run_kill(run, cause);
}

/*
 * A run that is in a helper, or interrupted by a softirq, cannot be aborted at once.
 * Programs call helpers through gates (emit_stubs.c), which test the mark, or by the
 * code of emit_lock.c and emit_leaf.c.
 */
void rex_fault_stop(struct rex_run *run, struct pt_regs *regs, bool nmi,
		    u32 cause)
{
	unsigned long *slot = rex_lock_interrupted(regs), ip, sp;

	if (!slot)
		slot = rex_leaf_interrupted(regs);
	if (slot) {
		fault_stop_at_return(run, slot, cause);
		return;
	}
	if (fault_interrupted_run(regs, &ip, &sp) != run) {
		rex_run_kill(run, cause);
		return;
	}
	fault_set_trap(run, cause, ip, "", 0);
	run->trap.sp = sp;
	if (nmi)
		fault_redirect_nmi(regs, rex_stubs.trap);
	else
		regs->ip = rex_stubs.trap;
}
NOKPROBE_SYMBOL(rex_fault_stop);

asmlinkage void rex_fault_killed(unsigned long sp)
{
	struct rex_run *run = rex_run_current();

	if (*(unsigned long *)sp == rex_stubs.trap)
		return; /* see fault_stop_at_return() */
	fault_set_trap(run, READ_ONCE(run->why), *(unsigned long *)sp - 1,
		       "in a helper", 0);
}

static __always_inline const char *fault_exception_name(int trapnr)
{
	switch (trapnr) {
	case X86_TRAP_DE:
		return "divide error";
	case X86_TRAP_BP:
		return "breakpoint";
	case X86_TRAP_OF:
		return "overflow";
	case X86_TRAP_BR:
		return "bounds";
	case X86_TRAP_UD:
		return "invalid opcode";
	case X86_TRAP_SS:
		return "stack segment";
	case X86_TRAP_GP:
		return "general protection";
	case X86_TRAP_AC:
		return "alignment check";
	default:
		return "exception";
	}
}

/*
 * A test executes a run step by step, and this is its next instruction: of the program,
 * a gate or a helper. The trap flag is cleared when the run is stopped, or has ended, and
 * again whenever code restores it with the flags that it has saved before.
 */
static __always_inline int fault_on_step(struct pt_regs *regs,
					 const unsigned long *dr6)
{
	struct rex_run *run = rex_run_active();

	if (!(*dr6 & DR_STEP))
		return NOTIFY_DONE;
	switch (rex_selftest_step(run, rex_run_on_level())) {
	case REX_STEP_OF_OTHERS:
		return NOTIFY_DONE;
	case REX_STEP_GO_ON:
		return NOTIFY_STOP;
	case REX_STEP_END:
		regs->flags &= ~X86_EFLAGS_TF;
		return NOTIFY_STOP;
	case REX_STEP_KILL:
		regs->flags &= ~X86_EFLAGS_TF;
		rex_fault_stop(run, regs, false, REX_FAULT_TIMEOUT);
		return NOTIFY_STOP;
	}
	return NOTIFY_DONE;
}

/*
 * The kernel ends the task for an error of its own, in a helper or in an interrupt on top of
 * a run. In an interrupt, it panics. Otherwise all runs of this CPU belong to the task, and do
 * not end. So nobody may look at them: their programs can be freed. Their levels stay
 * claimed, as the report of the error is written on the stack of the innermost one.
 */
static void fault_forget_runs(void)
{
	const void *base = raw_cpu_read(rex_stack_base);
	unsigned long lost;
	unsigned int level;
	struct rex_run *run;

	for (level = 0; level < REX_RUN_LEVELS; level++) {
		run = rex_run_of_level(raw_smp_processor_id(), level);
		if (run)
			WRITE_ONCE(run->prog, 0);
	}
	if (!rex_run_on_level())
		return;
	/* It is more where the CPU is closed, and then no run was there. */
	lost = raw_cpu_read(rex_limit) - rex_stack_idle_limit(base);
	if (lost < REX_RUN_ALL)
		raw_cpu_write(rex_stack_lost, lost);
}
NOKPROBE_SYMBOL(fault_forget_runs);

/*
 * The notifier has the highest priority. kgdb comes before it only for an int3, with
 * CONFIG_KGDB_LOW_LEVEL_TRAP.
 */
static int fault_on_die(struct notifier_block *nb, unsigned long val,
			void *data)
{
	struct die_args *args = data;
	struct rex_run *run;
	unsigned long ip;

	if (!args->regs || user_mode(args->regs))
		return NOTIFY_DONE;
	/* The address of an int3 is reported as that after the instruction. */
	if (rex_trial_at(args->regs->ip - (val == DIE_INT3)))
		return rex_trial_on_die(args->regs, val);
	if (rex_unprotected & REX_UNPROTECTED_EXCEPTIONS)
		return NOTIFY_DONE;
	if (val == DIE_OOPS)
		fault_forget_runs();
	if (val == DIE_DEBUG)
		return fault_on_step(args->regs, (unsigned long *)args->err);
	if (val != DIE_TRAP && val != DIE_GPF && val != DIE_INT3)
		return NOTIFY_DONE;
	if (val == DIE_INT3)
		args->regs->ip--;
	run = fault_causing_run(args->regs, &ip);
	if (!run && fault_is_low_jump(args->regs, val))
		run = fault_jumping_run(args->regs, &ip);
	if (!run) {
		if (val == DIE_INT3)
			args->regs->ip++;
		return NOTIFY_DONE;
	}
	fault_set_trap(run, REX_FAULT_EXCEPTION, ip,
		       fault_exception_name(args->trapnr), 0);
	args->regs->ip = rex_stubs.trap;
	return NOTIFY_STOP;
}
NOKPROBE_SYMBOL(fault_on_die);

static struct notifier_block die_notifier = {
	.notifier_call = fault_on_die,
	.priority = INT_MAX,
};

/* Return the run whose program caused a page fault. */
static __always_inline struct rex_run *
fault_page_fault_run(const struct pt_regs *regs, unsigned long error_code,
		     unsigned long addr, unsigned long *ip)
{
	struct rex_run *run = fault_causing_run(regs, ip);

	if (run || !(error_code & X86_PF_INSTR) || regs->ip != addr)
		return run;
	return fault_jumping_run(regs, ip);
}

/* A test wants page faults to look as on a CPU with LASS. */
static bool fault_looks_like_lass __ro_after_init;

/* Reports a page fault as a CPU with LASS does, and returns whether a program caused it. */
static __always_inline bool fault_report_as_gpf(struct pt_regs *regs)
{
	struct die_args args = { .regs = regs, .trapnr = X86_TRAP_GP };

	return fault_on_die(NULL, DIE_GPF, &args) == NOTIFY_STOP;
}

/*
 * This is the ftrace hook on page_fault_oops(regs, error_code, address), which the kernel
 * calls for a fault that nothing handles. If a Rex program caused it, the function is
 * skipped. A kprobe would be missed for a program that is itself called from a kprobe.
 */
static void fault_on_page_fault(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops,
				struct ftrace_regs *fregs)
{
	struct pt_regs *call = ftrace_get_regs(fregs);
	struct pt_regs *regs = (struct pt_regs *)call->di;
	struct rex_run *run;
	unsigned long fault_ip;

	if (user_mode(regs))
		return;
	if (fault_looks_like_lass && (long)call->dx >= 0) {
		if (fault_report_as_gpf(regs))
			call->ip = (unsigned long)rex_ksyms.ftrace_stub;
		return;
	}
	if (rex_trial_at(regs->ip)) {
		if (rex_trial_on_page_fault(regs, call->si, call->dx))
			call->ip = (unsigned long)rex_ksyms.ftrace_stub;
		return;
	}
	if (rex_unprotected & REX_UNPROTECTED_PAGE_FAULTS)
		return;
	run = fault_page_fault_run(regs, call->si, call->dx, &fault_ip);
	if (!run)
		return;
	fault_set_trap(run, REX_FAULT_PAGE_FAULT, fault_ip,
		       call->si & X86_PF_INSTR ? "jump to" :
		       call->si & X86_PF_WRITE ? "write to" :
						 "read of",
		       call->dx);
	regs->ip = rex_stubs.trap;
	call->ip = (unsigned long)rex_ksyms.ftrace_stub;
}
NOKPROBE_SYMBOL(fault_on_page_fault);

/*
 * FL_RECURSION is not set: it asks ftrace for its guard against recursion, which would
 * keep the hook from running when the program was called by other ftrace hooks. The
 * hook needs no guard: it causes no page fault.
 */
static struct ftrace_ops page_fault_hook = {
	.func = fault_on_page_fault,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY |
		 FTRACE_OPS_FL_PERMANENT,
};

int __init rex_fault_init(void)
{
	int ret = rex_fault_owner_init();

	if (ret)
		return ret;
	fault_looks_like_lass = rex_selftest_is_other(REX_OTHER_LASS);
	ret = register_die_notifier(&die_notifier);
	if (ret)
		return ret;
	ret = rex_hook(&page_fault_hook, rex_ksyms.page_fault_oops,
		       "page_fault_oops");
	if (ret)
		unregister_die_notifier(&die_notifier);
	return ret;
}

void rex_fault_exit(void)
{
	rex_unhook(&page_fault_hook);
	unregister_die_notifier(&die_notifier);
}
