// SPDX-License-Identifier: GPL-2.0
/*
 * The thunk leads from a carrier to the program's first instruction and back: from the
 * carrier's first instruction, or for a carrier that is tail-called or has types, from its
 * call.
 * It is the whole cost of an event, so it is one straight line with the program's
 * addresses as immediates; everything unusual is in emit_stubs.c.
 *
 * On entry %rdi is the context, the stack is the interrupted kernel's, and
 * interrupts, preemption and migration are as the hook left them. The order
 * matters, since an interrupt or NMI can start another run between any two
 * instructions:
 *
 *  - the level is claimed (xadd) before anything is written to its rex_run;
 *  - the stack is the caller's until it is certain that the level has one;
 *  - the stack is left before the level is given back.
 *
 * Preemption is disabled first and enabled last: the levels of a CPU belong to the
 * contexts that nest on it, not to a task.
 */
#include <linux/errno.h>

#include "compat.h"
#include "emit_stubs.h"
#include "emit_thunk.h"
#include "image.h"
#include "progtype.h"
#include "run.h"

/* Offset of a member of rex_run from rex_limit as it was before the claim. */
#define CLAIMED(member) (REX_RUN_STRIDE + REX_RUN_OFFSET(member))

static void thunk_emit_claim(struct rex_emit *e)
{
	/* incl %gs:preempt_count */
	EMIT(e, 0x65, 0xff);
	rex_emit_percpu(e, 0, rex_compat_preempt_count);
	/* mov $REX_RUN_STRIDE,%eax */
	EMIT(e, 0xb8);
	rex_emit_s32(e, REX_RUN_STRIDE);
	/* xadd %rax,%gs:rex_limit; no lock prefix: only this CPU writes it */
	EMIT(e, 0x65, 0x48, 0x0f, 0xc1);
	rex_emit_percpu(e, RAX, &rex_limit);
}

/*
 * Emit a jump to the code after the thunk for a run that is not to begin: the image is dead,
 * or this is not one of the levels that have memory.
 */
static u32 thunk_emit_refuse(struct rex_emit *e, const struct rex_prog *prog)
{
	/* test %rax,refuses */
	EMIT(e, 0x48, 0x85, 0x04, 0x25);
	rex_emit_s32(e, (s64)&prog->ctl->refuses);
	return rex_emit_jcc_ahead(e, CC_NE);
}

static bool thunk_may_begin_idle(const struct rex_prog *prog)
{
	return REX_COMPAT_RCU_WATCHES &&
	       (prog->type == BPF_PROG_TYPE_KPROBE ||
		rex_prog_is_of_function(prog->type, prog->attach_type));
}

/*
 * Emit the same for a CPU that RCU does not watch: what the run uses may be freed meanwhile. Hooks
 * that are no functions of the kernel are called where RCU watches.
 */
static u32 thunk_emit_refuse_idle(struct rex_emit *e)
{
	/* testb $WATCHES,%gs:state */
	EMIT(e, 0x65, 0xf6);
	rex_emit_percpu(e, 0, rex_compat_rcu_state);
	EMIT(e, REX_COMPAT_RCU_WATCHES);
	return rex_emit_jcc_ahead(e, CC_E);
}

/*
 * Registers that no function of the image changes are not stored: those of the program are
 * the caller's all the time.
 */
static void thunk_emit_begin(struct rex_emit *e, const struct rex_prog *prog)
{
	unsigned int i;

	/* movq $prog,run->prog */
	EMIT(e, 0x48, 0xc7, 0x80);
	rex_emit_s32(e, CLAIMED(prog));
	rex_emit_s32(e, (s64)prog);
	for (i = 0; i < REX_NR_KEPT; i++)
		if (prog->stores & BIT(i))
			rex_emit_store(e, rex_emit_kept[i], RAX,
				       CLAIMED(kept[i]));
	rex_emit_store(e, RSP, RAX, CLAIMED(sp));
	/* lea run,%rsp */
	rex_emit_mem(e, 0x8d, RSP, RAX, CLAIMED(prog));
}

static void thunk_emit_count(struct rex_emit *e, const struct rex_prog *prog)
{
	u64 runs = (__force u64)prog->runs;

	if ((s64)runs == (s32)runs) {
		/* incq %gs:runs */
		EMIT(e, 0x65, 0x48, 0xff);
		rex_emit_percpu(e, 0, prog->runs);
		return;
	}
	/* movabs $runs,%rcx; incq %gs:(%rcx) */
	EMIT(e, 0x48, 0xb9);
	rex_emit_bytes(e, &runs, sizeof(runs));
	EMIT(e, 0x65, 0x48, 0xff, 0x01);
}

/*
 * Force the value into the range that the kernel expects. The carrier's own instructions for this
 * (rex_carrier_force()) run only if its call led to the thunk.
 */
static void thunk_emit_force(struct rex_emit *e, enum rex_force force)
{
	switch (force) {
	case REX_FORCE_NOTHING:
		break;
	case REX_FORCE_ZERO:
		EMIT(e, 0x31, 0xc0); /* xor %eax,%eax */
		break;
	case REX_FORCE_ONE_BIT:
		EMIT(e, 0x83, 0xe0, 0x01); /* and $1,%eax */
		break;
	case REX_FORCE_TWO_BITS:
		EMIT(e, 0x83, 0xe0, 0x03); /* and $3,%eax */
		break;
	case REX_FORCE_ERRNO:
		EMIT(e, 0xf7, 0xd8); /* neg %eax */
		EMIT(e, 0x25); /* and $REX_ERRNO_MASK,%eax */
		rex_emit_s32(e, REX_ERRNO_MASK);
		EMIT(e, 0xf7, 0xd8); /* neg %eax */
		break;
	}
}

/*
 * %rsp is the rex_run again. From the first instruction on, the run can no longer be
 * killed. A run that holds resources returns to a stub instead: see resource.c.
 */
static void thunk_emit_end(struct rex_emit *e, enum rex_force force)
{
	/* movq $0,run->prog */
	EMIT(e, 0x48, 0xc7, 0x84, 0x24);
	rex_emit_s32(e, offsetof(struct rex_run, prog));
	rex_emit_s32(e, 0);
	rex_emit_load(e, RSP, RSP, offsetof(struct rex_run, sp));
	thunk_emit_force(e, force);
	rex_emit_leave(e);
}

/*
 * Call the program. A timed run first notes the time, and returns to the stub that
 * takes the difference.
 */
static void thunk_emit_run(struct rex_emit *e, struct rex_prog *prog)
{
	if (!prog->image->timed) {
		rex_emit_call(e, prog->entry);
		prog->ret = rex_emit_here(e);
		thunk_emit_end(e, prog->kind->force);
		return;
	}
	EMIT(e, 0x57); /* push %rdi */
	rex_emit_call(e, (u64)rex_run_begin_timed);
	EMIT(e, 0x5f); /* pop %rdi */
	/* push $finish: the return address; jmp entry */
	EMIT(e, 0x68);
	rex_emit_s32(e, (s64)rex_stubs.finish);
	rex_emit_jmp(e, prog->entry);
	prog->ret = rex_stubs.finish;
}

/* Emit the code that skips the run. */
static void thunk_emit_skip(struct rex_emit *e, const struct rex_prog *prog)
{
	/* mov $prog,%rdi */
	EMIT(e, 0x48, 0xc7, 0xc7);
	rex_emit_s32(e, (s64)prog);
	rex_emit_jmp(e, rex_stubs.dead);
}

int rex_thunk_emit(void *mem, u64 addr, struct rex_prog *prog)
{
	struct rex_emit e = { .mem = mem, .addr = addr, .cap = REX_THUNK_SIZE };
	u32 refuse_jump, refuse_idle_jump = 0;

	if (prog->timer)
		EMIT(&e, 0xf3, 0x0f, 0x1e,
		     0xfa); /* endbr64: it is called by pointer */
	thunk_emit_claim(&e);
	refuse_jump = thunk_emit_refuse(&e, prog);
	if (thunk_may_begin_idle(prog))
		refuse_idle_jump = thunk_emit_refuse_idle(&e);
	thunk_emit_begin(&e, prog);
	thunk_emit_count(&e, prog);
	thunk_emit_run(&e, prog);
	rex_emit_distance(&e, refuse_jump);
	if (refuse_idle_jump)
		rex_emit_distance(&e, refuse_idle_jump);
	thunk_emit_skip(&e, prog);
	return rex_emit_failed(&e) ? -ERANGE : 0;
}

int rex_thunk_emit_pad(void *mem, u64 addr)
{
	struct rex_emit e = { .mem = mem, .addr = addr, .cap = REX_PAD_SIZE };

	/* cmp %gs:rex_limit,%rsp */
	EMIT(&e, 0x65, 0x48, 0x3b);
	rex_emit_percpu(&e, RSP, &rex_limit);
	/* The prefix fills the pad; it hints that the branch is not taken. */
	EMIT(&e, 0x2e);
	rex_emit_jcc(&e, CC_B, rex_stubs.overflow);
	return rex_emit_failed(&e) ? -ERANGE : 0;
}
