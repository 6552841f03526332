/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Emitted code that all programs share: thunks and entry pads branch to it for
 * everything that is rare.
 */
#ifndef _REX_EMIT_STUBS_H
#define _REX_EMIT_STUBS_H

#include <linux/compiler.h>
#include <linux/static_call.h>
#include <linux/types.h>

#include "emit.h"

struct rex_run;
struct rex_sleep;

/**
 * struct rex_stubs - addresses of the stubs
 * @dead:	the program may not run: %rdi is the struct rex_prog
 * @finish:	the run has ended and has something to give back: %rsp is the
 *		struct rex_run
 * @overflow:	an entry pad found too little stack
 * @panic:	rex_panic() as programs call it
 * @trap:	exceptions and interrupts return to it when they stop a program
 * @abort:	ends the run now, with the registers, stack and preemption count of
 *		its beginning: see rex_stubs_abort()
 */
struct rex_stubs {
	u64 dead;
	u64 finish;
	u64 overflow;
	u64 panic;
	u64 trap;
	u64 abort;
};

extern struct rex_stubs rex_stubs;

int rex_stubs_init(void);
void rex_stubs_exit(void);

DECLARE_STATIC_CALL(rex_stubs_abort, void(struct rex_run *run, u32 ret));

/*
 * End @run, the innermost run of this CPU, with the value @ret. The function is inline
 * because objtool accepts a function that does not return only if it is static.
 */
static __always_inline __noreturn void rex_stubs_abort(struct rex_run *run,
						       u32 ret)
{
	static_call(rex_stubs_abort)(run, ret);
	__builtin_trap();
}

DECLARE_STATIC_CALL(rex_stubs_park,
		    void(struct rex_run *run, struct rex_sleep *sleep));
DECLARE_STATIC_CALL(rex_stubs_unpark, void(u64 sp));

/*
 * Leave the stack of @run, which is to sleep: rex_sleep_on_task_stack() goes on as if the
 * thunk's caller had called it. This call returns when the run is awake again.
 */
static __always_inline void rex_stubs_park(struct rex_run *run,
					   struct rex_sleep *sleep)
{
	static_call(rex_stubs_park)(run, sleep);
}

/* Go on where the run was parked; its stack is there, and @sp is its stack pointer. */
static __always_inline __noreturn void rex_stubs_unpark(u64 sp)
{
	static_call(rex_stubs_unpark)(sp);
	__builtin_trap();
}

/*
 * Returns whether the running kernel returns by a plain ret; the thunk if it
 * does not.
 */
bool rex_stubs_plain_returns(void);
u64 rex_stubs_return_thunk(void);

/*
 * Begin to emit code that programs call; @addr receives its address. Context: before
 * rex_stubs_seal().
 */
struct rex_emit *rex_stubs_begin(u64 *addr);

/**
 * rex_stubs_emit_gate() - emit a gate in front of a helper
 * @helper:	the helper
 *
 * Programs call helpers through gates. When the helper returns, the gate ends the run
 * if it has been killed meanwhile: nothing of the program runs any more, and the helper
 * has done all of its work.
 *
 * Context: before rex_stubs_seal(), which reports a failure. Return: address of the
 * gate.
 */
u64 rex_stubs_emit_gate(const void *helper);

/**
 * rex_stubs_emit_gate_for() - emit a gate for some programs
 * @helper:	the helper
 * @classes:	programs that may call it: enum rex_program_class
 * @refusal:	the result for other programs, which do not get to the helper
 *
 * Context and result are those of rex_stubs_emit_gate().
 */
u64 rex_stubs_emit_gate_for(const void *helper, u8 classes, s32 refusal);

/* Emit the load of rex_limit to %rcx. */
void rex_emit_limit(struct rex_emit *e);

/*
 * Emit the end of a gate: the address after the program's call is on top of the stack, the
 * result in %rax, and %rdx. The second form is for a gate that has counted itself in
 * rex_gate_word: what counts it down says as well whether there is more to do.
 */
void rex_emit_gate_end(struct rex_emit *e);
void rex_emit_gate_end_counted(struct rex_emit *e);

/* Make the stubs executable, once everything is emitted. 0 or -errno. */
int rex_stubs_seal(void);

/* Emit a return in the form that the running kernel uses. */
void rex_emit_ret(struct rex_emit *e);

/* Emit the end of every way out of a run: it gives back the level and returns. */
void rex_emit_leave(struct rex_emit *e);

#endif /* _REX_EMIT_STUBS_H */
