/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loads from the kernel's memory that may fail (loads.h).
 *
 * An address is the kernel's if its upper bit is set, except for the vsyscall page. That
 * page is userspace's, and a load from it would be an oops on a CPU with SMAP, as one
 * from userspace. What begins less than 8 bytes below the end would go on at address 0.
 * Any other address is tried. If it is not mapped, the load is a page fault; if it is not
 * canonical, a general protection fault. The kernel's handlers of both look for the load
 * in the table of exceptions first. There, an entry for an access of userspace's memory
 * would be a WARN on 6.1 if the fault is the latter.
 *
 * The functions push nothing, so that the address of the program that they return to is
 * on top of the stack at each instruction, and a run can be stopped at each: fault.c.
 * They are neither traced nor probed. Each begins with an endbr64, since a program may call it by
 * pointer.
 */
#include <linux/cfi_types.h>
#include <linux/linkage.h>

#include <asm/asm.h>
#include <asm/errno.h>

#include "loads_asm.h"

	.text

.macro LOAD name, load
SYM_TYPED_FUNC_START(\name)
	/* signed: an address of userspace is positive */
	cmp	$-8, %rdi
	jg	.Lrefused_\name
	lea	REX_LOADS_ABOVE_VSYSCALL(%rdi), %rax
	cmp	$REX_LOADS_VSYSCALL_SIZE, %rax
	jb	.Lrefused_\name
.Lload_\name:
	\load
	xor	%edx, %edx
	RET
.Lrefused_\name:
	xor	%eax, %eax
	mov	$-ERANGE, %rdx
	RET
.Lfailed_\name:
	/* to the stub that looks whether the run has to end: emit_stubs.c */
	jmp	__SCT__rex_loads_failed
SYM_FUNC_END(\name)
_ASM_NOKPROBE(\name)
_ASM_EXTABLE(.Lload_\name, .Lfailed_\name)
.endm

LOAD rex_load_1, "movzbl (%rdi), %eax"
LOAD rex_load_2, "movzwl (%rdi), %eax"
LOAD rex_load_4, "movl (%rdi), %eax"
LOAD rex_load_8, "movq (%rdi), %rax"

/* A label: it is never called. */
SYM_TYPED_FUNC_START(rex_loads_end)
	RET
SYM_FUNC_END(rex_loads_end)

/* objtool notes the call only if it finds the static call's key here. */
	.pushsection .discard.addressable, "aw"
	.quad	__SCK__rex_loads_failed
	.popsection
