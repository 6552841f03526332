/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults: how a run ends that its program does not end itself.
 *
 * A fault is recorded where it happens, in any context including NMI, into
 * memory that the program has had from the start; the program's image is marked
 * dead and the run lands (stubs.h). It is reported to the kernel log from an
 * irq_work, because printk() where the fault happened could need a lock that the
 * interrupted code holds. There is no WARN on this path: a program's fault must
 * not stop a machine that runs with panic_on_warn.
 */
#ifndef _REX_FAULT_H
#define _REX_FAULT_H

#include <linux/atomic.h>
#include <linux/llist.h>
#include <linux/sched.h>
#include <linux/types.h>

struct rex_prog;
struct rex_run;

#define REX_FAULT_MESSAGE 256
#define REX_FAULT_FILE 96
#define REX_FAULT_FRAMES 24
#define REX_FAULT_RING 4

enum rex_fault_cause {
	REX_FAULT_PANIC,
	REX_FAULT_STACK_OVERFLOW,
	REX_FAULT_TIMEOUT,
	REX_FAULT_EXCEPTION,
	REX_FAULT_PAGE_FAULT,
	REX_NR_FAULT_CAUSES,
};

/**
 * struct rex_fault - record of one fault
 * @state:	FREE, FILLING, READY; owned by whoever moved it to FILLING until
 *		it is FREE again, which is when it has been printed
 * @pending:	on the list of records to print
 * @prog:	the program
 * @cause:	enum rex_fault_cause
 * @cpu:	where
 * @pid:	current's
 * @comm:	current's
 * @time:	ktime_get_mono_fast_ns()
 * @line:	of the panic, 0 if unknown
 * @column:	of the panic
 * @nr_frames:	return addresses in @frames
 * @frames:	the program's stack, innermost first
 * @file:	of the panic, cut at the front if it is too long
 * @message:	of the panic
 */
struct rex_fault {
	atomic_t state;
	struct llist_node pending;
	const struct rex_prog *prog;
	enum rex_fault_cause cause;
	u32 cpu;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	u64 time;
	u32 line;
	u32 column;
	u32 nr_frames;
	unsigned long frames[REX_FAULT_FRAMES];
	char file[REX_FAULT_FILE];
	char message[REX_FAULT_MESSAGE];
};

/* The last faults of a program; @next counts all of them. */
struct rex_fault_ring {
	atomic_t next;
	struct rex_fault fault[REX_FAULT_RING];
};

void rex_fault_init(void);

/* Wait until every fault that has happened is printed. May sleep. */
void rex_fault_sync(void);

/* Called by the overflow stub: a function began with too little stack. */
asmlinkage __noreturn void rex_fault_overflow(unsigned long sp,
					      unsigned long fp);

/*
 * Called by the stubs: the run was stopped for what run->trap says; @fp is its
 * frame pointer.
 */
asmlinkage __noreturn void rex_fault_trap(unsigned long fp);

/*
 * Symbols that programs link to; the crate's panic handler uses them. The buffer
 * is NULL if the run panics while it formats the message of a panic.
 */
u8 *rex_panic_buf(u64 *len);
__noreturn void rex_panic(u64 msg_len, const u8 *file, u64 file_len, u32 line,
			  u32 column);

#endif /* _REX_FAULT_H */
