// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kdebug.h>
#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/sched/isolation.h>
#include <linux/smp.h>

#include <asm/trap_pf.h>

#include "compat.h"
#include "emit_stubs.h"
#include "fault.h"
#include "fault_trial.h"
#include "selftest.h"
#include "watchdog.h"

/* What the code of a trial returns. */
enum {
	TRIAL_NOTHING, /* nothing has happened */
	TRIAL_CAUGHT,
	TRIAL_MISSED,
};

/* The instruction goes on, with the address in %rdi. */
typedef u64 trial_fn(u64 argument);

/* The CPU that sends the NMI waits so long, until this one is in the loop. */
#define NMI_DELAY_US 50
#define NMI_TRIES 20
/* At most a few milliseconds: a pause takes up to 140 cycles. */
#define NMI_LOOPS 30000

/* An exception of the code, and then that of the kernel's report. */
#define MAX_EXCEPTIONS 2

struct rex_trial rex_trial;

#define ACT(_what, _argument, ...)                           \
	{                                                    \
		.what = (_what), .argument = (_argument),    \
		.code = { __VA_ARGS__ },                     \
		.size = sizeof((const u8[]){ __VA_ARGS__ }), \
	}

static struct {
	const char *what;
	u64 argument;
	u8 code[8];
	u8 size;
	u64 addr;
} acts[] __initdata = {
	/* mov (%rdi),%rax */
	ACT("a read through a null pointer", 8, 0x48, 0x8b, 0x07),
	/* No memory can be where the numbers of errors are. */
	ACT("a read of an address without memory", (u64)-MAX_ERRNO & ~7ull,
	    0x48, 0x8b, 0x07),
	ACT("a read of an address that no pointer has", 1ull << 63, 0x48, 0x8b,
	    0x07),
	ACT("an undefined instruction", 0, 0x0f, 0x0b), /* ud2 */
	ACT("a division by zero", 0, 0x31, 0xc9, 0xf7, 0xf1), /* div %ecx */
#ifndef CONFIG_KGDB_LOW_LEVEL_TRAP
	/* A debugger would take it, before the notifiers. */
	ACT("a breakpoint", 0, 0xcc), /* int3 */
#endif
};

/* The bytes of an endbr64 and the code, and the one after it, which an int3 leaves in regs->ip. */
#define TRIAL_LEN(size) (4 + (size) + 1)

static u64 loop_addr __initdata;
static u64 loop_len __initdata;

/* ---- the handlers' side ---- */

int rex_trial_on_die(struct pt_regs *regs, unsigned long val)
{
	if (++rex_trial.exceptions > MAX_EXCEPTIONS)
		return NOTIFY_DONE;
	if (val == DIE_OOPS)
		regs->ip = rex_trial.missed;
	else if (val == DIE_TRAP || val == DIE_GPF || val == DIE_INT3)
		regs->ip = rex_trial.caught;
	else
		return NOTIFY_DONE;
	return NOTIFY_STOP;
}
NOKPROBE_SYMBOL(rex_trial_on_die);

bool rex_trial_on_page_fault(struct pt_regs *regs, unsigned long error_code,
			     unsigned long addr)
{
	if (++rex_trial.exceptions > 1 ||
	    rex_trial.blind & REX_OTHER_PAGE_FAULTS ||
	    addr != rex_trial.address ||
	    error_code & (X86_PF_WRITE | X86_PF_INSTR | X86_PF_USER))
		return false;
	regs->ip = rex_trial.caught;
	return true;
}
NOKPROBE_SYMBOL(rex_trial_on_page_fault);

/* ---- the code ---- */

/*
 * Emit @code, and a return of @result after it. It begins with an endbr64 since it is called by a
 * pointer, or since an NMI leads there that came before the endbr64 of the loop.
 */
static u64 __init trial_emit(const u8 *code, u8 size, u8 result)
{
	u64 addr;
	struct rex_emit *e = rex_stubs_begin(&addr);

	EMIT(e, 0xf3, 0x0f, 0x1e, 0xfa); /* endbr64 */
	rex_emit_bytes(e, code, size);
	EMIT(e, 0xb8, result, 0, 0, 0); /* mov $result,%eax */
	rex_emit_ret(e);
	return addr;
}

void __init rex_trial_emit(void)
{
	/* pause; dec %rdi; jne to pause */
	static const u8 loop[] __initconst = { 0xf3, 0x90, 0x48, 0xff,
					       0xcf, 0x75, 0xf9 };
	unsigned int i;

	rex_trial.caught = trial_emit(NULL, 0, TRIAL_CAUGHT);
	rex_trial.missed = trial_emit(NULL, 0, TRIAL_MISSED);
	for (i = 0; i < ARRAY_SIZE(acts); i++)
		acts[i].addr =
			trial_emit(acts[i].code, acts[i].size, TRIAL_NOTHING);
	loop_addr = trial_emit(loop, sizeof(loop), TRIAL_NOTHING);
	loop_len = TRIAL_LEN(sizeof(loop));
}

static u64 __init trial_call(u64 addr, u64 len, u64 argument)
{
	u64 result;

	rex_trial.exceptions = 0;
	WRITE_ONCE(rex_trial.code, addr);
	WRITE_ONCE(rex_trial.len, len);
	result = ((trial_fn *)addr)(argument);
	WRITE_ONCE(rex_trial.len, 0);
	return result;
}

/* ---- exceptions ---- */

static int __init trial_of_exceptions(void)
{
	unsigned int i;
	u64 result;

	for (i = 0; i < ARRAY_SIZE(acts); i++) {
		rex_trial.address = acts[i].argument;
		result = trial_call(acts[i].addr, TRIAL_LEN(acts[i].size),
				    acts[i].argument);
		if (result == TRIAL_CAUGHT)
			continue;
		pr_err("this kernel does not leave %s to the module (%llu): it would be an error of the kernel in programs\n",
		       acts[i].what, result);
		return -EOPNOTSUPP;
	}
	return 0;
}

/* ---- NMIs ---- */

static bool trial_is_sent;

static void trial_send_nmi(void *unused)
{
	udelay(NMI_DELAY_US);
	rex_watchdog_send_nmi(rex_trial.cpu);
	smp_store_release(&trial_is_sent, true); /* pairs with trial_wait() */
}

/* Returns another CPU, if possible one that is not isolated; nr_cpu_ids if there is none. */
static unsigned int __init trial_other_cpu(unsigned int cpu)
{
	const struct cpumask *awake = housekeeping_cpumask(HK_TYPE_DOMAIN);
	unsigned int other = cpumask_first_and(cpu_online_mask, awake);

	if (other == cpu)
		other = cpumask_next_and(cpu, cpu_online_mask, awake);
	if (other < nr_cpu_ids)
		return other;
	return cpumask_any_but(cpu_online_mask, cpu);
}

/* Wait in the loop for an NMI of another CPU; the only one sends it to itself, before that. */
static u64 __init trial_wait(void)
{
	unsigned int cpu = get_cpu(), other = trial_other_cpu(cpu);
	bool is_asked = false;
	u64 result;

	WRITE_ONCE(rex_trial.cpu, cpu);
	WRITE_ONCE(rex_trial.waits, true);
	trial_is_sent = false;
	if (other >= nr_cpu_ids)
		rex_watchdog_send_nmi(cpu);
	else
		is_asked = !smp_call_function_single(other, trial_send_nmi,
						     NULL, 0);
	result = trial_call(loop_addr, loop_len, NMI_LOOPS);
	/* pairs with trial_send_nmi() */
	while (is_asked && !smp_load_acquire(&trial_is_sent))
		cpu_relax();
	WRITE_ONCE(rex_trial.waits, false);
	put_cpu();
	return result;
}

/*
 * The NMI may find other code than the loop, such as an interrupt, which shows as well that the
 * frame is where it is expected; and one of several may have an NMI within it, which writes the
 * frame once more.
 */
static int __init trial_of_nmis(void)
{
	unsigned int tries;

	for (tries = 0; tries < NMI_TRIES; tries++) {
		if (trial_wait() == TRIAL_CAUGHT)
			return 0;
		if (rex_trial.moved && num_online_cpus() == 1)
			return 0;
		cond_resched();
	}
	if (!rex_trial.nmis) {
		pr_warn("no NMI arrived: a program's loop with interrupts off would not be stopped\n");
		return 0;
	}
	if (rex_trial.moved && !rex_trial.in_code)
		return 0;
	pr_err("this kernel keeps the frame of an NMI elsewhere (%u of %u): a program's loop with interrupts off would not be stopped\n",
	       rex_trial.moved, rex_trial.nmis);
	return -EOPNOTSUPP;
}

int __init rex_trial_run(void)
{
	int ret;

	if (rex_selftest_is_other(REX_OTHER_PAGE_FAULTS))
		rex_trial.blind |= REX_OTHER_PAGE_FAULTS;
	if (rex_selftest_is_other(REX_OTHER_NMI_FRAME))
		rex_trial.blind |= REX_OTHER_NMI_FRAME;
	ret = trial_of_exceptions();
	if (!ret)
		ret = trial_of_nmis();
	return ret;
}
