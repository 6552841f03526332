/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memcmp() of programs (memcmp.h). It pushes nothing, so that the address that it returns
 * to is on top of the stack at each instruction: fault_owner.c. A program may call it by pointer,
 * so it begins with an endbr64, which SYM_FUNC_START() lacks on newer kernels.
 */
#include <linux/cfi_types.h>
#include <linux/linkage.h>

#include <asm/asm.h>

	.text

SYM_TYPED_FUNC_START(rex_memcmp)
	xor	%eax, %eax
	xor	%ecx, %ecx
	sub	$8, %rdx		/* the last place at which eight bytes begin */
	jb	.Lfew
	je	.Llast_eight
.Lnext_eight:
	mov	(%rdi,%rcx), %rax
	mov	(%rsi,%rcx), %r8
	cmp	%r8, %rax
	jne	.Ldiffer
	add	$8, %rcx
	cmp	%rdx, %rcx
	jb	.Lnext_eight
.Llast_eight:
	mov	(%rdi,%rdx), %rax
	mov	(%rsi,%rdx), %r8
	cmp	%r8, %rax
	jne	.Ldiffer
	xor	%eax, %eax
	RET
.Ldiffer:
	bswap	%rax			/* the first byte counts most */
	bswap	%r8
	cmp	%r8, %rax
	sbb	%eax, %eax
	or	$1, %eax
	RET
.Lfew:
	add	$8, %rdx
	je	.Ldone
.Lnext:
	movzbl	(%rdi,%rcx), %eax
	movzbl	(%rsi,%rcx), %r8d
	sub	%r8d, %eax
	jne	.Ldone
	inc	%rcx
	cmp	%rdx, %rcx
	jne	.Lnext
.Ldone:
	RET
SYM_FUNC_END(rex_memcmp)
_ASM_NOKPROBE(rex_memcmp)
