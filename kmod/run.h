/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A run is one invocation of a program; this is the state that a CPU keeps of it.
 *
 * Every CPU has REX_RUN_LEVELS stacks, each with the state of one run
 * (struct rex_run) at its top. Preemption is off during a run, so runs on one
 * CPU nest strictly (a kprobe inside a helper, a softirq, a hardirq, an NMI),
 * and the nesting depth picks the stack. The whole nesting state of a CPU is one
 * word, rex_limit: the lowest stack pointer at which a function of the current
 * run may begin. The levels lie at equal distances, so entering a run adds
 * REX_RUN_STRIDE to that word and leaving subtracts it; both are one
 * instruction, so whatever interrupts on this CPU sees a consistent state.
 *
 *	   level i:	high	struct rex_run	<- stack starts below
 *				program frames
 *		  rex_limit ->	------------------------------
 *				REX_RUN_RESERVE: the last frame, helpers,
 *				the panic path, exceptions
 *			low	guard page, not mapped
 *
 * Above the deepest level there are levels without memory. A run that claims one of them
 * is skipped: its thunk finds the bit REX_RUN_DEEP in rex_limit as it was before. The limit
 * of the deepest level is an odd multiple of REX_RUN_DEEP, and all levels together take no
 * more than that; so the limits of the levels below do not have the bit, and those of the
 * levels above have it. The thunk has not left the stack of its caller then, and nobody
 * looks for a struct rex_run above the deepest level. No function that is called before
 * the level is given back can be traced or probed (NOKPROBE_SYMBOL), so that no program is
 * called from there. Only a higher context interrupts a context, and there are five (task,
 * softirq, hardirq, the debug exception of a hardware breakpoint, NMI), so at most five
 * levels without memory are claimed at once. There is room for at least that many
 * (rex_stack_init()): for eight, and for ten with the larger stacks of KASAN.
 */
#ifndef _REX_RUN_H
#define _REX_RUN_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/kasan.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/sizes.h>
#include <linux/smp.h>
#include <linux/thread_info.h>
#include <linux/types.h>

#include "kept.h"
#include "resource.h"

struct bpf_spin_lock;
struct pt_regs;
struct rex_prog;

#define REX_RUN_LEVELS 6
#define REX_RUN_SKIPPED 5
#define REX_RUN_GUARD SZ_4K
/*
 * The reserve has room for one frame of REX_MAX_FRAME, and for as much as the kernel's
 * own stacks have: 16 KB, or 32 in a kernel with KASAN, whose frames are larger.
 */
#define REX_RUN_RESERVE THREAD_SIZE
#define REX_RUN_STACK (SZ_16K + REX_RUN_RESERVE)
#define REX_RUN_STRIDE (REX_RUN_GUARD + REX_RUN_STACK)
#define REX_RUN_ALL (REX_RUN_LEVELS * REX_RUN_STRIDE)
#define REX_RUN_DEEP roundup_pow_of_two(REX_RUN_ALL)

#define REX_PANIC_BUF 512

/*
 * Marks are in the low bits of rex_run.prog. They belong to one run only, as the thunk
 * stores the pointer anew at its beginning and clears it at its end.
 */
#define REX_RUN_KILLED_BIT 0 /* end when the helper returns */
#define REX_RUN_SEEN_BIT 1 /* the watchdog has seen this run */
#define REX_RUN_PANICKING_BIT 2 /* the panic buffer is in use */
#define REX_RUN_MARKS 7ul

/**
 * struct rex_trap - why a run was stopped from outside
 * @cause:	REX_FAULT_*
 * @ip:		instruction of the program that was interrupted
 * @sp:		stack pointer at that instruction; 0: not known
 * @what:	words for the message, static text
 * @addr:	of a page fault
 */
struct rex_trap {
	u32 cause;
	unsigned long ip;
	unsigned long sp;
	const char *what;
	unsigned long addr;
};

/**
 * struct rex_run - state of the run of one level of one CPU
 * @prog:	program of the run, with marks in the low bits. It is NULL when there
 *		is nothing to stop: between runs, and while one begins or ends
 * @since:	with the SEEN mark: when the watchdog first saw the run, ns
 * @begin:	of a timed run, ns
 * @sp:		stack pointer to return to, where the return address is
 * @kept:	registers of the interrupted kernel; those that the thunk does not store
 *		(rex_prog.stores) only on the abort path
 * @lock:	a lock that the run holds: emit_lock.h
 * @why:	with the KILLED mark: REX_FAULT_*
 * @share:	at the end for REX_FAULT_CPU_SHARE: what the program took, in percent
 * @max_share:	what it may take
 * @trap:	set by an exception or interrupt on its way to rex_abort_trap()
 * @resources:	what the run holds of the kernel
 * @panic_buf:	the message of a panic, until it is in a fault record
 *
 * Thunks (emit_thunk.c) write it with the CPU's own instructions. Only this CPU writes
 * to it while the level is in use.
 */
struct rex_run {
	unsigned long prog;
	u64 since;
	u64 begin;
	u64 sp;
	u64 kept[REX_NR_KEPT];
	struct bpf_spin_lock *lock;
	u32 why;
	u16 share;
	u16 max_share;
	struct rex_trap trap;
	struct rex_resources resources;
	char panic_buf[REX_PANIC_BUF];
} __aligned(64);

/* From a level's limit to its struct rex_run. */
#define REX_RUN_FROM_LIMIT                                  \
	(REX_RUN_STRIDE - REX_RUN_GUARD - REX_RUN_RESERVE - \
	 sizeof(struct rex_run))

/* From a level's limit, the value of rex_limit, to a member of its struct rex_run. */
#define REX_RUN_OFFSET(member) \
	(REX_RUN_FROM_LIMIT + offsetof(struct rex_run, member))

DECLARE_PER_CPU(unsigned long, rex_limit);

/*
 * The end of a gate reads this word of its CPU alone. The low bits count the helpers, on all
 * levels, that may hold a lock: see nowait.h. REX_GATE_KILLED is set if a run of the CPU has
 * the KILLED mark; it may be set without one, until a gate finds that out.
 */
DECLARE_PER_CPU(unsigned int, rex_gate_word);
#define REX_GATE_KILLED (1u << 31)

/* Context: preemption is off, any context on the CPU of a run that has got the mark. */
static __always_inline void rex_gate_note_killed(void)
{
	barrier();
	this_cpu_or(rex_gate_word, REX_GATE_KILLED);
}

/**
 * rex_run_current() - return the run that this code is part of
 *
 * Context: in a run, so preemption is off. Return: the innermost run of this CPU.
 */
static inline struct rex_run *rex_run_current(void)
{
	return (void *)(raw_cpu_read(rex_limit) + REX_RUN_FROM_LIMIT);
}

/**
 * rex_run_active_on() - find the innermost run of a CPU
 * @cpu: the CPU
 *
 * Context: any. For another CPU the answer is a snapshot: the run may end at any
 * time, but its memory stays.
 *
 * Return: the run, or NULL if there is none or its @prog is not set.
 */
struct rex_run *rex_run_active_on(unsigned int cpu);

static inline struct rex_run *rex_run_active(void)
{
	return rex_run_active_on(raw_smp_processor_id());
}

/**
 * rex_run_of_level() - find the run of a level that has a stack
 * @cpu: the CPU
 * @level: the level, from 0, the outermost, to REX_RUN_LEVELS - 1
 *
 * Context and return: as rex_run_active_on(). The run of a level of this CPU does not
 * change while the caller, an interrupt or NMI, is on top of it.
 */
struct rex_run *rex_run_of_level(unsigned int cpu, unsigned int level);

/* Returns the program of @run, which is active. */
static inline struct rex_prog *rex_run_prog(const struct rex_run *run)
{
	return (struct rex_prog *)(READ_ONCE(run->prog) & ~REX_RUN_MARKS);
}

/* Test for a mark, and set one. Any context on the run's CPU. */
static inline bool rex_run_is_marked(const struct rex_run *run, int bit)
{
	return READ_ONCE(run->prog) & BIT(bit);
}

static inline void rex_run_mark(struct rex_run *run, int bit)
{
	set_bit(bit, &run->prog);
}

/*
 * Have the run end when its helper returns, for the cause @why, unless it has to already.
 * Context: as rex_run_mark().
 */
static __always_inline void rex_run_kill(struct rex_run *run, u32 why)
{
	if (!rex_run_is_marked(run, REX_RUN_KILLED_BIT)) {
		WRITE_ONCE(run->why, why);
		rex_run_mark(run, REX_RUN_KILLED_BIT);
	}
	rex_gate_note_killed();
}

/* Returns the place of the address that the program returns to, in the thunk. */
static inline u64 *rex_run_return_slot(const struct rex_run *run)
{
	return (u64 *)run - 1;
}

/* Returns whether a level of this CPU is claimed: a run is active, or begins or ends. */
bool rex_run_on_level(void);

/* Returns whether a run of this CPU, on any level, has a lock in its state. */
bool rex_run_any_locks(void);

/*
 * Forgets what runs held that the kernel has ended with their task: see fault_forget_runs(). It stays
 * held. Context: no run is on this CPU, nor does one begin.
 */
void rex_run_reset_levels(void);

/* Returns whether @addr lies in the stack of @run. */
static inline bool rex_run_on_stack(const struct rex_run *run,
				    unsigned long addr)
{
	return addr < (unsigned long)run &&
	       addr >= (unsigned long)run - REX_RUN_STACK + sizeof(*run);
}

/*
 * KASAN marks the memory around variables as forbidden while a function of the kernel runs;
 * the end of the function takes the marks away. Code that leaves functions of the kernel between
 * @low and @high of a run's stack has to call this: an interrupt of the next run of the level
 * saves its registers there.
 */
static __always_inline void rex_run_unpoison(const void *low, const void *high)
{
#ifdef CONFIG_KASAN_STACK
	void *shadow = kasan_mem_to_shadow(low);
	unsigned long words = (high - low) >> (KASAN_SHADOW_SCALE_SHIFT + 3);

	asm volatile("rep stosq"
		     : "+D"(shadow), "+c"(words)
		     : "a"(0ul)
		     : "memory");
#endif
}

/* The same for code that leaves the stack of @run. */
static __always_inline void rex_run_unpoison_stack(const struct rex_run *run)
{
	rex_run_unpoison((void *)run - REX_RUN_FROM_LIMIT - REX_RUN_RESERVE,
			 run);
}

/**
 * rex_run_call_regs() - make the registers of the kernel code that called a program
 * @run:	the run
 * @regs:	receives them: as if the caller of the thunk had been interrupted on return
 *		from the program, without those that no unwinder needs there. The kernel's
 *		unwinder can begin there, but not on the stack of a run.
 */
void rex_run_call_regs(const struct rex_run *run, struct pt_regs *regs);

/* Account for the time of a run that ends. Context: the run's, at its end. */
void rex_run_count_time(const struct rex_run *run, struct rex_prog *prog);

/* Account for a record of the current run that no buffer took. */
void rex_run_count_lost_record(void);

/*
 * Only thunks and stubs call these. Results are for the caller of the carrier, which may
 * look at the whole register.
 */
asmlinkage u64 rex_run_skip(struct rex_prog *prog);
asmlinkage void rex_run_begin_timed(void);
asmlinkage u64 rex_run_finish(struct rex_run *run, u32 ret);
asmlinkage void rex_run_look_for_killed(void);

#endif /* _REX_RUN_H */
