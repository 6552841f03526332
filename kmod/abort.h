/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The abort path: the abnormal end of a run.
 *
 * A fault is recorded where it happens, in any context including NMI, in memory that
 * the program has had from the start. The program's image is marked as dead and the run
 * is aborted (emit_stubs.h): the caller of the thunk gets its registers and its stack
 * back, and the program's default value. The record is then reported (report.h). There
 * is no WARN on this path: a program's fault must not stop a machine that runs with
 * panic_on_warn.
 *
 * A function that aborts a run does not return. Some tracers keep return addresses on a
 * stack of their own (function_graph, kretprobes, fexit). Such a tracer would keep the
 * address of the function, and the next function of the task that returns would return
 * to it. So neither ftrace (Kbuild) nor a kprobe (NOKPROBE_SYMBOL) may see a function
 * that aborts. The functions that it calls return to it, and may be traced.
 */
#ifndef _REX_ABORT_H
#define _REX_ABORT_H

#include <linux/compiler.h>
#include <linux/linkage.h>
#include <linux/types.h>

#include "kept.h"

/**
 * struct rex_frame - what the stubs push on the way to the functions below
 * @kept:	registers of the program
 * @ret:	what was on top of its stack; for a function that was called, and has
 *		pushed nothing, the address that it would return to
 */
struct rex_frame {
	u64 kept[REX_NR_KEPT];
	u64 ret;
};

/* The overflow stub calls this: a function began with too little stack. */
asmlinkage __noreturn void rex_abort_overflow(const struct rex_frame *frame);

/* The stubs call this: the run was stopped for the cause in run->trap. */
asmlinkage __noreturn void rex_abort_trap(const struct rex_frame *frame);

/*
 * The crate's panic handler links to these, to the second by way of a stub, which adds the
 * last argument. The buffer is NULL if the run panics while it formats the message of a
 * panic.
 */
u8 *rex_panic_buf(u64 *len);
asmlinkage __noreturn void rex_panic(u64 msg_len, const u8 *file, u64 file_len,
				     u32 line, u32 column,
				     const struct rex_frame *frame);

#endif /* _REX_ABORT_H */
