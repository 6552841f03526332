/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The abort path: how a run ends that its program does not end itself.
 *
 * A fault is recorded where it happens, in any context including NMI, into
 * memory that the program has had from the start; the program's image is marked
 * dead and the run is aborted (emit_stubs.h): the caller of the thunk gets its
 * registers and its stack back, and the program's default value. The record is then
 * reported (report.h). There is no WARN on this path: a program's fault must not stop
 * a machine that runs with panic_on_warn.
 *
 * A function that aborts a run does not return. A tracer that keeps return
 * addresses on a stack of its own (function_graph, kretprobes, fexit) would keep
 * that of such a function for the next function of the task that returns. So
 * neither ftrace (Kbuild) nor a kprobe (NOKPROBE_SYMBOL) may see one. Whatever such
 * a function calls returns to it, and may be traced.
 */
#ifndef _REX_ABORT_H
#define _REX_ABORT_H

#include <linux/compiler.h>
#include <linux/linkage.h>
#include <linux/types.h>

/* Called by the overflow stub: a function began with too little stack. */
asmlinkage __noreturn void rex_abort_overflow(unsigned long sp,
					      unsigned long fp);

/*
 * Called by the stubs: the run was stopped for what run->trap says; @fp is its
 * frame pointer.
 */
asmlinkage __noreturn void rex_abort_trap(unsigned long fp);

/*
 * Symbols that programs link to; the crate's panic handler uses them. The buffer
 * is NULL if the run panics while it formats the message of a panic.
 */
u8 *rex_panic_buf(u64 *len);
__noreturn void rex_panic(u64 msg_len, const u8 *file, u64 file_len, u32 line,
			  u32 column);

#endif /* _REX_ABORT_H */
