// SPDX-License-Identifier: GPL-2.0
#include <linux/cpufeature.h>
#include <linux/mm.h>

#include <asm/nospec-branch.h>

#include "abort.h"
#include "compat.h"
#include "emit_stubs.h"
#include "execmem.h"
#include "fault.h"
#include "image.h"
#include "ksyms.h"
#include "loads.h"
#include "run.h"
#include "sleep.h"

/*
 * The stubs take half a page, each gate 32 bytes, or 128 if there is one with a check, too, and
 * emit_calls.c a page and a half.
 */
#define STUBS_SIZE (4 * PAGE_SIZE)

struct rex_stubs rex_stubs;
DEFINE_STATIC_CALL_NULL(rex_stubs_abort, void(struct rex_run *run, u32 ret));
/* loads.S jumps to it. */
DEFINE_STATIC_CALL_NULL(rex_loads_failed, void(void));
DEFINE_STATIC_CALL_NULL(rex_stubs_park,
			void(struct rex_run *run, struct rex_sleep *sleep));
DEFINE_STATIC_CALL_NULL(rex_stubs_unpark, void(u64 sp));
static void *stubs_mem;
static struct rex_emit stubs_emit;
static u64 killed_stub;
static u64 gate_slow_stub;
static u64 load_failed_stub;
static u64 park_stub;
static u64 unpark_stub;

const enum rex_reg rex_emit_kept[REX_NR_KEPT] = {
	[REX_KEPT_BX] = RBX,  [REX_KEPT_BP] = RBP,  [REX_KEPT_R12] = R12,
	[REX_KEPT_R13] = R13, [REX_KEPT_R14] = R14, [REX_KEPT_R15] = R15,
};

static bool stubs_uses_return_thunk(void)
{
#ifdef X86_FEATURE_RETHUNK
	return boot_cpu_has(X86_FEATURE_RETHUNK);
#else
	return false;
#endif
}

bool rex_stubs_plain_returns(void)
{
	return !stubs_uses_return_thunk();
}

u64 rex_stubs_return_thunk(void)
{
	/* It has been a variable since 6.1: the thunk depends on the CPU's bugs. */
	if (rex_ksyms.x86_return_thunk)
		return (u64)*rex_ksyms.x86_return_thunk;
	return (u64)__x86_return_thunk;
}

void rex_emit_ret(struct rex_emit *e)
{
	if (stubs_uses_return_thunk())
		rex_emit_jmp(e, rex_stubs_return_thunk());
	else
		EMIT(e, 0xc3, 0xcc); /* ret; int3, against straight-line
				      * speculation
				      */
}

/*
 * The stack pointer is the caller's again before the level is given back: from
 * then on an interrupt's run may use that level's stack.
 *
 * If a task waits for this CPU, it goes on waiting, as after preempt_enable_no_resched().
 * The kernel calls BPF programs, if not with preemption off, between migrate_disable() and
 * migrate_enable(), and enables preemption there, which lets the task run.
 */
void rex_emit_leave(struct rex_emit *e)
{
	/* sub $REX_RUN_STRIDE,%gs:rex_limit */
	EMIT(e, 0x65, 0x48, 0x81);
	rex_emit_percpu(e, 5, &rex_limit);
	rex_emit_s32(e, REX_RUN_STRIDE);
	/* decl %gs:preempt_count */
	EMIT(e, 0x65, 0xff);
	rex_emit_percpu(e, 1, rex_compat_preempt_count);
	rex_emit_ret(e);
}

static u64 stubs_begin_stub(struct rex_emit *e)
{
	while (e->len % 16)
		EMIT(e, 0xcc);
	return rex_emit_here(e);
}

static void stubs_emit_dead(struct rex_emit *e)
{
	rex_stubs.dead = stubs_begin_stub(e);
	rex_emit_call(e, (u64)rex_run_skip);
	rex_emit_leave(e);
}

static void stubs_emit_finish(struct rex_emit *e)
{
	rex_stubs.finish = stubs_begin_stub(e);
	EMIT(e, 0x48, 0x89, 0xe7); /* mov %rsp,%rdi */
	EMIT(e, 0x89, 0xc6); /* mov %eax,%esi */
	rex_emit_call(e, (u64)rex_run_finish);
	rex_emit_load(e, RSP, RSP, offsetof(struct rex_run, sp));
	rex_emit_leave(e);
}

/* Emit push (0x50) or pop (0x58) of a register. */
static void stubs_emit_push(struct rex_emit *e, u8 op, enum rex_reg reg)
{
	if (reg >= R8)
		EMIT(e, 0x41);
	EMIT(e, op | (reg & 7));
}

/* Emit pushes of the registers that a function preserves, in the order of enum rex_kept. */
static void stubs_emit_push_kept(struct rex_emit *e)
{
	unsigned int i;

	for (i = REX_NR_KEPT; i--;)
		stubs_emit_push(e, 0x50, rex_emit_kept[i]);
}

static void stubs_emit_pop_kept(struct rex_emit *e)
{
	unsigned int i;

	for (i = 0; i < REX_NR_KEPT; i++)
		stubs_emit_push(e, 0x58, rex_emit_kept[i]);
}

/* Call a function of abort.h with a struct rex_frame, which does not return. */
static void stubs_emit_abort_by(struct rex_emit *e, u64 function)
{
	stubs_emit_push_kept(e);
	EMIT(e, 0x48, 0x89, 0xe7); /* mov %rsp,%rdi */
	rex_emit_call(e, function);
	EMIT(e, 0xcc);
}

/* Nothing of the function has run yet: %rbp is its caller's frame. */
static void stubs_emit_overflow(struct rex_emit *e)
{
	rex_stubs.overflow = stubs_begin_stub(e);
	stubs_emit_abort_by(e, (u64)rex_abort_overflow);
}

/* The program has called it, with five arguments; the frame is the sixth. */
static void stubs_emit_panic(struct rex_emit *e)
{
	rex_stubs.panic = stubs_begin_stub(e);
	stubs_emit_push_kept(e);
	EMIT(e, 0x49, 0x89, 0xe1); /* mov %rsp,%r9 */
	rex_emit_call(e, (u64)rex_panic);
	EMIT(e, 0xcc);
}

/*
 * Registers and stack are those of the interrupted program, except ip. The direction
 * flag may be set. If the program was in the middle of an indirect jump, a CPU with FRED
 * and IBT still requires an endbr64.
 */
static void stubs_emit_trap(struct rex_emit *e)
{
	rex_stubs.trap = stubs_begin_stub(e);
	EMIT(e, 0xf3, 0x0f, 0x1e, 0xfa); /* endbr64 */
	EMIT(e, 0xfc); /* cld */
	stubs_emit_abort_by(e, (u64)rex_abort_trap);
}

/* The helper is done; the address after the program's call is on top of the stack. */
static void stubs_emit_killed(struct rex_emit *e)
{
	killed_stub = stubs_begin_stub(e);
	EMIT(e, 0x48, 0x89, 0xe7); /* mov %rsp,%rdi */
	rex_emit_call(e, (u64)rex_fault_killed);
	stubs_emit_abort_by(e, (u64)rex_abort_trap);
}

struct rex_emit *rex_stubs_begin(u64 *addr)
{
	*addr = stubs_begin_stub(&stubs_emit);
	return &stubs_emit;
}

void rex_emit_limit(struct rex_emit *e)
{
	/* mov %gs:rex_limit,%rcx */
	EMIT(e, 0x65, 0x48, 0x8b);
	rex_emit_percpu(e, RCX, &rex_limit);
}

/* Test the highest byte of rex_gate_word, with REX_GATE_KILLED: cmpb $0,%gs:... */
static void stubs_emit_any_killed(struct rex_emit *e, u64 target)
{
	EMIT(e, 0x65, 0x80);
	rex_emit_percpu(e, 7, (const u8 __percpu *)&rex_gate_word + 3);
	EMIT(e, 0x00);
	rex_emit_jcc(e, CC_NE, target);
}

void rex_emit_gate_end(struct rex_emit *e)
{
	stubs_emit_any_killed(e, gate_slow_stub);
	rex_emit_ret(e);
}

void rex_emit_gate_end_counted(struct rex_emit *e)
{
	/* decl %gs:rex_gate_word: it is 0 if nothing below is counted or killed */
	EMIT(e, 0x65, 0xff);
	rex_emit_percpu(e, 1, &rex_gate_word);
	rex_emit_jcc(e, CC_NE, gate_slow_stub);
	rex_emit_ret(e);
}

/* Branch to the stub "killed" if this run has the mark. */
static void stubs_emit_killed_check(struct rex_emit *e)
{
	rex_emit_limit(e);
	/* testb $KILLED,run->prog */
	EMIT(e, 0xf6, 0x81);
	rex_emit_s32(e, REX_RUN_OFFSET(prog));
	EMIT(e, BIT(REX_RUN_KILLED_BIT));
	rex_emit_jcc(e, CC_NE, killed_stub);
}

/*
 * A run of this CPU is killed, or helpers of other runs are counted. The result is
 * preserved.
 */
static void stubs_emit_gate_slow(struct rex_emit *e)
{
	u64 look = stubs_begin_stub(e);

	EMIT(e, 0x50, 0x52); /* push %rax; push %rdx */
	rex_emit_call(e, (u64)rex_run_look_for_killed);
	EMIT(e, 0x5a, 0x58); /* pop %rdx; pop %rax */
	stubs_emit_killed_check(e);
	rex_emit_ret(e);
	gate_slow_stub = stubs_begin_stub(e);
	stubs_emit_killed_check(e);
	stubs_emit_any_killed(e, look);
	rex_emit_ret(e);
}

/*
 * A load has failed: loads.S. Nearly all the time of a loop of such loads is that of the
 * kernel's handler of the exception, where a run is not stopped but marked. So the stub
 * tests the mark, as a gate does.
 */
static void stubs_emit_load_failed(struct rex_emit *e)
{
	load_failed_stub = stubs_begin_stub(e);
	EMIT(e, 0x31, 0xc0); /* xor %eax,%eax */
	EMIT(e, 0x48, 0xc7, 0xc2); /* mov $-EFAULT,%rdx */
	rex_emit_s32(e, -EFAULT);
	rex_emit_gate_end(e);
}

u64 rex_stubs_emit_gate(const void *helper)
{
	struct rex_emit *e = &stubs_emit;
	u64 gate = stubs_begin_stub(e);

	rex_emit_call(e, (u64)helper);
	rex_emit_gate_end(e);
	return gate;
}

/* %r10 is no argument, and no function has to preserve it. */
static void stubs_emit_class_check(struct rex_emit *e, u8 classes, u64 refuse)
{
	/* mov %gs:rex_limit,%r10 */
	EMIT(e, 0x65, 0x4c, 0x8b);
	rex_emit_percpu(e, R10 & 7, &rex_limit);
	rex_emit_load(e, R10, R10, REX_RUN_OFFSET(prog));
	/* testb $classes,prog->class[marks] */
	EMIT(e, 0x41, 0xf6, 0x82);
	rex_emit_s32(e, offsetof(struct rex_prog, class));
	EMIT(e, classes);
	rex_emit_jcc(e, CC_E, refuse);
}

u64 rex_stubs_emit_gate_for(const void *helper, u8 classes, s32 refusal)
{
	struct rex_emit *e = &stubs_emit;
	u64 refuse = stubs_begin_stub(e), gate;

	EMIT(e, 0x48, 0xc7, 0xc0); /* mov $refusal,%rax */
	rex_emit_s32(e, refusal);
	rex_emit_gate_end(e);
	gate = stubs_begin_stub(e);
	stubs_emit_class_check(e, classes, refuse);
	rex_emit_call(e, (u64)helper);
	rex_emit_gate_end(e);
	return gate;
}

/* %rdi is the run: back to where its caller called the thunk. */
static void stubs_emit_leave_stack(struct rex_emit *e)
{
	unsigned int i;

	for (i = 0; i < REX_NR_KEPT; i++)
		rex_emit_load(e, rex_emit_kept[i], RDI,
			      offsetof(struct rex_run, kept[i]));
	rex_emit_load(e, RSP, RDI, offsetof(struct rex_run, sp));
}

static void stubs_emit_abort(struct rex_emit *e)
{
	rex_stubs.abort = stubs_begin_stub(e);
	EMIT(e, 0x89, 0xf0); /* mov %esi,%eax */
	stubs_emit_leave_stack(e);
	rex_emit_leave(e);
}

/* %rsi is the struct rex_sleep. The stack is left before the level is given back. */
static void stubs_emit_park(struct rex_emit *e)
{
	park_stub = stubs_begin_stub(e);
	stubs_emit_push_kept(e);
	rex_emit_store(e, RSP, RSI, REX_SLEEP_SP);
	stubs_emit_leave_stack(e);
	EMIT(e, 0x48, 0x89, 0xf7); /* mov %rsi,%rdi */
	rex_emit_jmp(e, (u64)rex_sleep_on_task_stack);
}

/* %rdi is the stack pointer that the stub "park" has stored. */
static void stubs_emit_unpark(struct rex_emit *e)
{
	unpark_stub = stubs_begin_stub(e);
	EMIT(e, 0x48, 0x89, 0xfc); /* mov %rdi,%rsp */
	stubs_emit_pop_kept(e);
	rex_emit_ret(e);
}

int __init rex_stubs_init(void)
{
	struct rex_emit *e = &stubs_emit;

	stubs_mem = rex_execmem_alloc(STUBS_SIZE);
	if (!stubs_mem)
		return -ENOMEM;
	e->mem = stubs_mem;
	e->addr = (u64)stubs_mem;
	e->cap = STUBS_SIZE;
	stubs_emit_dead(e);
	stubs_emit_finish(e);
	stubs_emit_overflow(e);
	stubs_emit_panic(e);
	stubs_emit_trap(e);
	stubs_emit_killed(e);
	stubs_emit_gate_slow(e);
	stubs_emit_load_failed(e);
	stubs_emit_abort(e);
	stubs_emit_park(e);
	stubs_emit_unpark(e);
	return 0;
}

int __init rex_stubs_seal(void)
{
	int ret;

	if (rex_emit_failed(&stubs_emit))
		return -ERANGE;
	ret = rex_execmem_make_rox(stubs_mem, STUBS_SIZE);
	if (ret)
		return ret;
	static_call_update(rex_stubs_abort, (void *)rex_stubs.abort);
	static_call_update(rex_loads_failed, (void *)load_failed_stub);
	static_call_update(rex_stubs_park, (void *)park_stub);
	static_call_update(rex_stubs_unpark, (void *)unpark_stub);
	return 0;
}

void rex_stubs_exit(void)
{
	rex_execmem_free(stubs_mem);
}
