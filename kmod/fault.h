/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults: how a run ends that its program does not end itself.
 *
 * A fault is recorded where it happens, in any context including NMI, into
 * memory that the program has had from the start; the program's image is marked
 * dead and the run lands (emit_stubs.h). The record is then reported (report.h). There
 * is no WARN on this path: a program's fault must not stop a machine that runs
 * with panic_on_warn.
 *
 * A function that ends in a landing does not return. A tracer that keeps return
 * addresses on a stack of its own (function_graph, kretprobes, fexit) would keep
 * that of such a function for the next function of the task that returns. So
 * neither ftrace (Kbuild) nor a kprobe (NOKPROBE_SYMBOL) may see one. Whatever such
 * a function calls returns to it, and may be traced.
 */
#ifndef _REX_FAULT_H
#define _REX_FAULT_H

#include <linux/atomic.h>
#include <linux/linkage.h>
#include <linux/llist.h>
#include <linux/rex.h>
#include <linux/sched.h>
#include <linux/types.h>

struct rex_prog;
struct rex_run;

#define REX_FAULT_FRAMES 24
#define REX_FAULT_KERNEL_FRAMES 16
#define REX_FAULT_RING 4

/**
 * struct rex_fault - record of one fault
 * @state:	enum rex_fault_state
 * @pending:	on the list of records to print
 * @prog:	the program
 * @number:	which fault of the program, from 1; 0: never used
 * @cause:	REX_FAULT_*
 * @cpu:	where
 * @pid:	current's
 * @tgid:	current's
 * @comm:	current's
 * @time:	CLOCK_MONOTONIC, ns
 * @line:	of the panic, 0 if unknown
 * @column:	of the panic
 * @nr_frames:	return addresses in @frames
 * @nr_kernel_frames: return addresses in @kernel_frames
 * @frames:	the program's stack, innermost first
 * @kernel_frames: what the program interrupted
 * @file:	of the panic, cut at the front if it is too long
 * @message:	of the panic, or what happened
 */
struct rex_fault {
	atomic_t state;
	struct llist_node pending;
	const struct rex_prog *prog;
	u64 number;
	u32 cause;
	u32 cpu;
	pid_t pid;
	pid_t tgid;
	char comm[TASK_COMM_LEN];
	u64 time;
	u32 line;
	u32 column;
	u32 nr_frames;
	u32 nr_kernel_frames;
	unsigned long frames[REX_FAULT_FRAMES];
	unsigned long kernel_frames[REX_FAULT_KERNEL_FRAMES];
	char file[REX_FAULT_FILE_LEN];
	char message[REX_FAULT_MESSAGE_LEN];
};

/* The last faults of a program; @next counts all of them. */
struct rex_fault_ring {
	atomic_t next;
	struct rex_fault fault[REX_FAULT_RING];
};

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
