/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions that programs call, as the kernel has them for a processor with fast string
 * operations and without a need for mitigations.
 */
	.text
	.globl pairs_copy, pairs_fill, pairs_jump_r11

pairs_copy:
	mov %rdi,%rax
	mov %rdx,%rcx
	rep movsb
	ret

pairs_fill:
	mov %rdi,%r9
	mov %esi,%eax
	mov %rdx,%rcx
	rep stosb
	mov %r9,%rax
	ret

pairs_jump_r11:
	jmp *%r11

	.section .note.GNU-stack,"",@progbits
