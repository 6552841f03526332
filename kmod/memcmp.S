/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memcmp() of programs on a kernel with KASAN (memcmp.h). It pushes nothing, so that
 * the address that it returns to is on top of the stack at each instruction: fault_owner.c.
 */
#include <linux/linkage.h>

#include <asm/asm.h>

	.text

SYM_FUNC_START(rex_memcmp)
	xor	%eax, %eax
	xor	%ecx, %ecx
.Lnext:
	cmp	%rdx, %rcx
	je	.Ldone
	movzbl	(%rdi,%rcx), %eax
	movzbl	(%rsi,%rcx), %r8d
	inc	%rcx
	sub	%r8d, %eax
	je	.Lnext
.Ldone:
	RET
SYM_FUNC_END(rex_memcmp)
_ASM_NOKPROBE(rex_memcmp)
