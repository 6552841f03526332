// SPDX-License-Identifier: GPL-2.0
/*
 * To take and release a lock by this code costs some 30 instructions. helpers_lock.c
 * explains what has to be done; this code does it without a loop, so that it takes no
 * time that matters to the watchdog.
 *
 * The code has no gate, and does not test the mark of a run that is to be ended. An
 * interrupt in this code that is to end the run changes the address that the code
 * returns to (rex_fault_stop()). That address is on top of the stack all the time,
 * except for one instruction. So no run is aborted in the middle of the code.
 *
 * An interrupt may come between any two instructions, with a program in it that asks
 * whether a lock is held. So the run's state has the lock before it is taken, and until
 * shortly after it is released.
 */
#include <linux/bottom_half.h>
#include <linux/bpf.h>
#include <linux/interrupt.h>
#include <linux/kprobes.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>

#include <asm/processor-flags.h>

#include "compat.h"
#include "emit.h"
#include "emit_lock.h"
#include "emit_stubs.h"
#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "run.h"

/* From rex_limit, in %rcx, to the run's return address: rex_run_return_slot(). */
#define RETURN_SLOT (REX_RUN_FROM_LIMIT - 8)

/* The code, and the instruction before which flags are on the stack. */
static u64 code_start __ro_after_init;
static u64 code_end __ro_after_init;
static u64 flags_pushed __ro_after_init;

static void lock_emit_run(struct rex_emit *e)
{
	/* mov %gs:rex_limit,%rcx */
	EMIT(e, 0x65, 0x48, 0x8b);
	rex_emit_percpu(e, RCX, &rex_limit);
}

/* addl or subl $SOFTIRQ_DISABLE_OFFSET,%gs:preempt_count */
static void lock_emit_softirqs(struct rex_emit *e, bool disable)
{
	EMIT(e, 0x65, 0x81);
	rex_emit_percpu(e, disable ? 0 : 5, rex_compat_preempt_count);
	rex_emit_s32(e, SOFTIRQ_DISABLE_OFFSET);
}

/* %rdi is the lock, here and in the functions that follow. */
static void lock_emit_lock(struct rex_emit *e, u64 slow, u64 contended)
{
	lock_emit_run(e);
	/* If interrupts are on, this is not in the handler of one. */
	EMIT(e, 0x9c); /* pushf */
	flags_pushed = rex_emit_here(e);
	EMIT(e, 0x58); /* pop %rax */
	EMIT(e, 0xa9); /* test $X86_EFLAGS_IF,%eax */
	rex_emit_s32(e, X86_EFLAGS_IF);
	rex_emit_jcc(e, CC_E, slow);
	/* cmpq $0,run->lock */
	EMIT(e, 0x48, 0x83, 0xb9);
	rex_emit_s32(e, REX_RUN_OFFSET(lock));
	EMIT(e, 0x00);
	rex_emit_jcc(e, CC_NE, slow);
	rex_emit_store(e, RDI, RCX, REX_RUN_OFFSET(lock));
	lock_emit_softirqs(e, true);
	EMIT(e, 0x31, 0xc0); /* xor %eax,%eax */
	EMIT(e, 0xba); /* mov $_Q_LOCKED_VAL,%edx */
	rex_emit_s32(e, _Q_LOCKED_VAL);
	EMIT(e, 0xf0, 0x0f, 0xb1, 0x17); /* lock cmpxchg %edx,(%rdi) */
	rex_emit_jcc(e, CC_NE, contended);
	/* movq $finish,return slot */
	EMIT(e, 0x48, 0xc7, 0x81);
	rex_emit_s32(e, RETURN_SLOT);
	rex_emit_s32(e, rex_stubs.finish);
	/* %eax is 0 */
	rex_emit_ret(e);
}

static void lock_emit_unlock(struct rex_emit *e, u64 slow, u64 softirqs)
{
	u32 over;

	lock_emit_run(e);
	/* cmp %rdi,run->lock */
	rex_emit_mem(e, 0x39, RDI, RCX, REX_RUN_OFFSET(lock));
	rex_emit_jcc(e, CC_NE, slow);
	EMIT(e, 0xc6, 0x07, 0x00); /* movb $0,(%rdi) */
	/* movq $0,run->lock */
	EMIT(e, 0x48, 0xc7, 0x81);
	rex_emit_s32(e, REX_RUN_OFFSET(lock));
	rex_emit_s32(e, 0);
	/* If the run holds nothing else, it returns as if it had never held anything. */
	EMIT(e, 0x83, 0xb9); /* cmpl $0,run->resources.nr */
	rex_emit_s32(e, REX_RUN_OFFSET(resources.nr));
	EMIT(e, 0x00);
	EMIT(e, 0x75, 0x00); /* jne over */
	over = e->len;
	rex_emit_load(e, RAX, RCX, REX_RUN_OFFSET(prog));
	EMIT(e, 0x48, 0x83, 0xe0, (u8)~REX_RUN_MARKS); /* and $~MARKS,%rax */
	rex_emit_load(e, RAX, RAX, offsetof(struct rex_prog, ret));
	rex_emit_store(e, RAX, RCX, RETURN_SLOT);
	if (e->len <= e->cap)
		e->mem[over - 1] = e->len - over;
	lock_emit_softirqs(e, false);
	/*
	 * A softirq that was raised meanwhile waits for this run; one that is raised
	 * from here on does not. cmpw $0,%gs:softirq_pending
	 */
	EMIT(e, 0x65, 0x66, 0x83);
	rex_emit_percpu(e, 7, &local_softirq_pending_ref);
	/* a field of 16 bits since 4.17 */
	BUILD_BUG_ON(sizeof(local_softirq_pending_ref) != sizeof(u16));
	EMIT(e, 0x00);
	rex_emit_jcc(e, CC_NE, softirqs);
	EMIT(e, 0x31, 0xc0); /* xor %eax,%eax */
	rex_emit_ret(e);
}

/* With another unlock, a CPU that waits may sleep, and has to be woken. */
static bool lock_unlock_is_a_store(void)
{
	if (!IS_ENABLED(CONFIG_PARAVIRT_SPINLOCKS))
		return true;
	return rex_khas(pv_is_native_spin_unlock) &&
	       rex_kcall(pv_is_native_spin_unlock)();
}

void __init rex_lock_emit(u64 *lock, u64 *unlock)
{
	u64 slow_lock = *lock, slow_unlock = *unlock, contended, softirqs;
	struct rex_emit *e;

	BUILD_BUG_ON(!IS_ENABLED(CONFIG_QUEUED_SPINLOCKS));
	/* With CONFIG_PREEMPT_RT, softirqs are disabled in another way. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT) || !lock_unlock_is_a_store())
		return;
	contended = rex_stubs_emit_gate(rex_lock_contended);
	softirqs = rex_stubs_emit_gate(rex_lock_softirqs);
	e = rex_stubs_begin(lock);
	code_start = *lock;
	lock_emit_lock(e, slow_lock, contended);
	e = rex_stubs_begin(unlock);
	lock_emit_unlock(e, slow_unlock, softirqs);
	code_end = rex_emit_here(e);
}

unsigned long *rex_lock_interrupted(const struct pt_regs *regs)
{
	if (regs->ip < code_start || regs->ip >= code_end)
		return NULL;
	return (unsigned long *)regs->sp + (regs->ip == flags_pushed);
}
NOKPROBE_SYMBOL(rex_lock_interrupted);

/* The lock is in the run's state, and softirqs are off. */
s64 rex_lock_contended(struct bpf_spin_lock *lock)
{
	WRITE_ONCE(rex_run_current()->lock, NULL);
	local_bh_enable();
	return rex_spin_lock(lock);
}

/* Run the softirqs that were raised while they were off, unless they still are. */
s64 rex_lock_softirqs(void)
{
	local_bh_disable();
	local_bh_enable();
	return 0;
}

void rex_lock_release(struct rex_run *run)
{
	if (!run->lock)
		return;
	arch_spin_unlock((arch_spinlock_t *)run->lock);
	WRITE_ONCE(run->lock, NULL);
	local_bh_enable();
}
