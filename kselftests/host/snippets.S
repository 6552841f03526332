/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Code for the machine-code check (kmod/check.h): each snippet is a function's body, which
 * the test puts between a pad and a return as the toolchain makes them. It is never
 * executed here. The line after it says
 *
 *	BAD name, frame, "words"	it is refused, and the log has these words
 *	GOOD name, frame		it is allowed
 *	BAD_WITH name, features, "words", GOOD_WITH name, features
 *					the same in an object that declares features of the
 *					CPU, and without a frame
 *
 * `frame` is what .stack_sizes says. What takes a relocation is in cases_check.c.
 */

	.macro ENTRY name, frame, words, features=0
78:
	.pushsection .rodata
71:	.asciz	"\name"
72:	.asciz	"\words"
	.popsection
	.pushsection snippets, "aw"
	.quad	71b, 72b, 77b, 78b, \frame, \features
	.popsection
77:
	.endm

	.macro BAD name, frame, words
	ENTRY	\name, \frame, "\words"
	.endm

	.macro GOOD name, frame
	ENTRY	\name, \frame, ""
	.endm

	.macro BAD_WITH name, features, words
	ENTRY	\name, 0, "\words", \features
	.endm

	.macro GOOD_WITH name, features
	ENTRY	\name, 0, "", \features
	.endm

	.section snippet_code, "a"
77:

/* ---- instructions that are not for programs ---- */

#define IF "changes the interrupt flag"
#define IO "is input or output"
#define MSR "uses a model-specific register"
#define SEG "uses a segment register"
#define PREFIX "has a segment prefix"
#define SYSTEM "is a system instruction"
#define SYSCALL "is a system call"
#define VECTOR "uses vector registers"
#define FPU "uses the floating point unit"
#define FLAGS "uses the flags register as a whole"
#define CR "uses a control or debug register"
#define INTERRUPT "is a software interrupt"
#define FAR "is a far branch"
#define STRING "is a string instruction"
#define BAD_PREFIX "has a prefix that is not allowed"
#define OTHER "is not in the list of instructions of programs"
#define RETURN "is a return that the toolchain does not make"
#define INDIRECT "is an indirect branch without a thunk"
#define UNDECLARED_POPCNT "needs the CPU's popcnt, which the object does not declare"
#define UNDECLARED_LZCNT "needs the CPU's lzcnt, which the object does not declare"
#define UNDECLARED_BMI1 "needs the CPU's bmi1, which the object does not declare"
#define UNDECLARED_BMI2 "needs the CPU's bmi2, which the object does not declare"
#define UNDECLARED_MOVBE "needs the CPU's movbe, which the object does not declare"

	cli
BAD cli, 0, IF
	sti
BAD sti, 0, IF
	cld
BAD cld, 0, "changes the direction flag"
	std
BAD std, 0, "changes the direction flag"
	hlt
BAD hlt, 0, "halts the CPU"
	pushf
BAD pushf, 64, FLAGS
	popf
BAD popf, 64, FLAGS
	lahf
BAD lahf, 0, FLAGS
	sahf
BAD sahf, 0, FLAGS
	clac
BAD clac, 0, SYSTEM
	stac
BAD stac, 0, SYSTEM
	wrmsr
BAD wrmsr, 0, MSR
	rdmsr
BAD rdmsr, 0, MSR
	rdtsc
BAD rdtsc, 0, "reads a counter of the CPU"
	rdtscp
BAD rdtscp, 0, SYSTEM
	rdpmc
BAD rdpmc, 0, "reads a counter of the CPU"
	cpuid
BAD cpuid, 0, "asks for the CPU's features"
	swapgs
BAD swapgs, 0, SYSTEM
	lgdt	(%rdi)
BAD lgdt, 0, SYSTEM
	lidt	(%rdi)
BAD lidt, 0, SYSTEM
	sidt	(%rdi)
BAD sidt, 0, SYSTEM
	smsw	%ax
BAD smsw, 0, SYSTEM
	lmsw	%ax
BAD lmsw, 0, SYSTEM
	lldt	%ax
BAD lldt, 0, SYSTEM
	ltr	%ax
BAD ltr, 0, SYSTEM
	str	%eax
BAD str, 0, SYSTEM
	verr	%ax
BAD verr, 0, SYSTEM
	lar	%ax, %eax
BAD lar, 0, SEG
	lsl	%eax, %eax
BAD lsl, 0, SEG
	invlpg	(%rdi)
BAD invlpg, 0, SYSTEM
	invpcid	(%rdi), %rax
BAD invpcid, 0, OTHER
	clts
BAD clts, 0, SYSTEM
	invd
BAD invd, 0, SYSTEM
	wbinvd
BAD wbinvd, 0, SYSTEM
	xsetbv
BAD xsetbv, 0, SYSTEM
	xgetbv
BAD xgetbv, 0, SYSTEM
	vmcall
BAD vmcall, 0, SYSTEM
	vmlaunch
BAD vmlaunch, 0, SYSTEM
	vmread	%rax, %rbx
BAD vmread, 64, "is an instruction for virtual machines"
	monitor
BAD monitor, 0, SYSTEM
	mwait
BAD mwait, 0, SYSTEM
	rsm
BAD rsm, 0, SYSTEM
	mov	%cr3, %rax
BAD read_cr3, 0, CR
	mov	%rax, %cr0
BAD write_cr0, 0, CR
	mov	%rax, %cr8
BAD write_cr8, 0, CR
	mov	%db7, %rax
BAD read_dr7, 0, CR
	mov	%rax, %db7
BAD write_dr7, 0, CR
	in	(%dx), %al
BAD in, 0, IO
	inb	$0x60, %al
BAD in_immediate, 0, IO
	out	%al, (%dx)
BAD out, 0, IO
	outl	%eax, $0x80
BAD out_immediate, 0, IO
	insb	(%dx), %es:(%rdi)
BAD ins, 0, IO
	rep outsb %ds:(%rsi), (%dx)
BAD rep_outs, 0, IO
	syscall
BAD syscall, 0, SYSCALL
	sysretq
BAD sysret, 0, SYSCALL
	sysenter
BAD sysenter, 0, SYSCALL
	sysexitq
BAD sysexit, 0, SYSCALL
	int	$0x80
BAD int_80, 0, INTERRUPT
	int3
BAD int3, 0, INTERRUPT
	.byte	0xf1
BAD int1, 0, INTERRUPT
	iretq
BAD iret, 0, "returns from an interrupt"
	lretq
BAD far_return, 0, FAR
	ljmp	*(%rdi)
BAD far_jump, 0, INDIRECT
	lcall	*(%rdi)
BAD far_call, 0, INDIRECT
	ud1	%eax, %eax
BAD ud1, 0, "is a trap other than ud2"
	.byte	0x0f, 0xff, 0xc0
BAD ud0, 0, "is a trap other than ud2"

/* segments */
	mov	%ax, %ds
BAD write_ds, 0, SEG
	mov	%gs, %eax
BAD read_gs, 0, SEG
	push	%fs
BAD push_fs, 64, SEG
	pop	%gs
BAD pop_gs, 64, SEG
	lfs	(%rdi), %eax
BAD lfs, 0, SEG
	lss	(%rdi), %esp
BAD lss, 0, SEG
	mov	%gs:0, %rax
BAD load_by_gs, 0, PREFIX
	mov	%rax, %gs:(%rdi)
BAD store_by_gs, 0, PREFIX
	mov	%fs:0x28, %rax
BAD load_by_fs, 0, PREFIX
	rdgsbase %rax
BAD rdgsbase, 0, "or is a fence"
	wrgsbase %rax
BAD wrgsbase, 0, "or is a fence"
	.byte	0x64, 0xf3, 0x48, 0xa5
BAD string_by_fs, 0, PREFIX
	.byte	0x36, 0x8b, 0x00
BAD load_by_ss, 0, PREFIX
	.byte	0x3e, 0xff, 0xe0
BAD notrack_jump, 0, PREFIX
	.byte	0x2e, 0x8b, 0x00
BAD load_by_cs, 0, BAD_PREFIX

/* other units and states of the CPU */
	fld1
BAD x87, 0, FPU
	fwait
BAD fwait, 0, FPU
	emms
BAD emms, 0, VECTOR
	movd	%eax, %mm0
BAD mmx, 0, VECTOR
	movaps	%xmm0, %xmm1
BAD sse, 0, VECTOR
	movq	%rax, %xmm0
BAD sse2_of_register, 0, VECTOR
	addsd	%xmm0, %xmm1
BAD sse2_with_f2, 0, BAD_PREFIX
	cvtsi2ss %eax, %xmm0
BAD sse_with_f3, 0, VECTOR
	vaddps	%ymm0, %ymm1, %ymm2
BAD avx, 0, VECTOR
	vaddps	%zmm0, %zmm1, %zmm2
BAD avx512, 0, VECTOR
	andn	%rax, %rdx, %rcx
BAD bmi1, 0, UNDECLARED_BMI1
	fxsave	(%rdi)
BAD fxsave, 0, "saves or restores a state of the CPU"
	xrstor	(%rdi)
BAD xrstor, 0, "saves or restores a state of the CPU"
	ldmxcsr	(%rdi)
BAD ldmxcsr, 0, "saves or restores a state of the CPU"
	mfence
BAD mfence, 0, "or is a fence"
	clflush	(%rdi)
BAD clflush, 0, "or is a fence"
	prefetcht0 (%rdi)
BAD prefetch, 0, "is a prefetch"
	movnti	%eax, (%rdi)
BAD movnti, 0, OTHER
	rdrand	%eax
BAD rdrand, 0, OTHER
	cmpxchg16b (%rdi)
BAD cmpxchg16b, 0, OTHER
	popcnt	%eax, %eax
BAD popcnt, 0, UNDECLARED_POPCNT
	lzcnt	%eax, %eax
BAD lzcnt, 0, UNDECLARED_LZCNT
	.byte	0x66, 0xf3, 0x90
BAD pause_with_a_prefix, 0, BAD_PREFIX
	crc32b	%al, %eax
BAD crc32, 0, BAD_PREFIX
	movbe	(%rdi), %eax
BAD movbe, 0, UNDECLARED_MOVBE
	xlatb
BAD xlat, 0, OTHER
	enter	$16, $0
BAD enter, 64, "moves the stack pointer in an unusual way"
	leave
BAD leave, 64, "moves the stack pointer in an unusual way"
	loop	.
BAD loop, 0, "is a branch that counts"
	jrcxz	.
BAD jrcxz, 0, "is a branch that counts"
	movabs	0x1122334455667788, %al
BAD load_from_far, 0, OTHER
	movsb
BAD movs_without_rep, 0, STRING
	stosq
BAD stos_without_rep, 0, STRING
	lodsb
BAD lods, 0, STRING
	repe cmpsb
BAD cmps, 0, STRING
	repne scasb
BAD scas, 0, BAD_PREFIX
	xbegin	.
BAD xbegin, 0, OTHER
	.byte	0xd6
BAD undocumented_salc, 0, OTHER
	.byte	0xf6, 0xc8, 0x01
BAD undocumented_test, 0, OTHER
	.byte	0xc1, 0xf0, 0x03
BAD undocumented_shift, 0, OTHER
	.byte	0x0f, 0x1e, 0xc0
BAD undocumented_nop, 0, OTHER
	.byte	0x8d, 0xc0
BAD lea_of_register, 0, OTHER

/* prefixes */
	.byte	0xf0, 0x01, 0xc8
BAD lock_of_register, 0, BAD_PREFIX
	.byte	0xf0, 0x8b, 0x07
BAD lock_of_load, 0, BAD_PREFIX
	.byte	0xf0, 0x90
BAD lock_of_nop, 0, BAD_PREFIX
	.byte	0xf0, 0xf0, 0xff, 0x07
BAD two_locks, 0, BAD_PREFIX
	.byte	0x67, 0x8b, 0x07
BAD address_of_32_bits, 0, BAD_PREFIX
	.byte	0x66, 0xeb, 0x00
BAD jump_of_16_bits, 0, BAD_PREFIX
	.byte	0x66, 0x50
BAD push_of_16_bits, 64, BAD_PREFIX
	.byte	0x66, 0x48, 0x89, 0xc8
BAD size_of_16_and_64_bits, 0, BAD_PREFIX
	.byte	0x66, 0x66, 0x89, 0xc8
BAD size_twice, 0, BAD_PREFIX
	.byte	0x48, 0x66, 0x89, 0xc8
BAD rex_before_prefix, 0, OTHER
	.byte	0x48, 0x48, 0x89, 0xc8
BAD two_rex, 0, OTHER
	.byte	0x48, 0xeb, 0x00
BAD rex_of_jump, 0, BAD_PREFIX
	.byte	0xf2, 0xeb, 0x00
BAD bound_jump, 0, BAD_PREFIX
	.byte	0xf3, 0x89, 0xc8
BAD rep_of_mov, 0, BAD_PREFIX
	.fill	16, 1, 0x66
BAD only_prefixes, 0, "is too long"
	.byte	0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x2e
	.byte	0x0f, 0x1f, 0x84, 0x00, 0x00, 0x02, 0x00, 0x00
BAD nop_of_16_bytes, 0, "is too long"

/* ---- branches ---- */

	ret
BAD plain_return, 0, RETURN
	ret	$8
BAD return_that_pops, 0, RETURN
	.byte	0xc3, 0xcc, 0xcc, 0xcc, 0xcc
BAD return_that_looks_patched, 0, RETURN
	.byte	0xf3, 0xc3
BAD return_with_rep, 0, BAD_PREFIX
	jmp	*%rax
BAD jump_by_register, 0, INDIRECT
	call	*%rax
BAD call_by_register, 0, INDIRECT
	jmp	*(%rax)
BAD jump_by_memory, 0, INDIRECT
	call	*0x18(%rax)
BAD call_by_memory, 0, INDIRECT
	jmp	*(,%rax,8)
BAD jump_by_table, 0, INDIRECT
	mov	$0xfa, %eax
	jmp	. - 4
BAD jump_into_an_instruction, 0, "branches to the middle of an instruction"
	je	. + 3
	mov	$0xfa, %eax
BAD branch_into_an_instruction, 0, "branches to the middle of an instruction"
	jmp	. - 4
BAD jump_into_the_own_pad, 0, "branches into the entry pad"
	jmp	. - 16
BAD jump_behind_the_own_endbr, 0, "branches into the entry pad"
	call	. + 5
	pop	%rax
BAD call_of_the_next_instruction, 64, "calls an address that begins no function"
	jmp	. + 0x10000
BAD jump_out_of_the_image, 0, "branches to an address that is no function of the runtime"
	call	. - 0x10000
BAD call_out_of_the_image, 0, "branches to an address that is no function of the runtime"
	nop
	endbr64
BAD second_landing_place, 0, "is not at the beginning of the function"
	.byte	0xe8, 0x00
BAD truncated_call, 0, "branches to"
	jmp	. + 7
BAD jump_behind_the_function, 0, "branches into another function"

/* ---- the stack pointer ---- */

#define NUMBER "moves the stack pointer by a number that is not in the code"
#define BELOW "moves the stack pointer below the frame of .stack_sizes"
#define ABOVE "moves the stack pointer above the function's frame"
#define FRAME "leaves the function with a frame on the stack"

	sub	$0x5b000, %rsp
BAD jump_over_the_guard_page, 8, BELOW
	sub	$0x1000, %rsp
	add	$0x1000, %rsp
BAD frame_larger_than_declared, 8, BELOW
	.rept	600
	push	%rax
	.endr
BAD many_pushes, 8, BELOW
1:	push	%rax
	dec	%edi
	jne	1b
BAD pushes_in_a_loop, 4096, "meets another way through the function with another stack"
1:	sub	$8, %rsp
	jmp	1b
BAD frame_that_grows_in_a_loop, 4096, "meets another way through the function with another stack"
	sub	%rdi, %rsp
BAD stack_of_variable_size, 4096, NUMBER
	mov	%rdi, %rsp
BAD stack_of_its_own, 4096, NUMBER
	mov	(%rdi), %rsp
BAD stack_from_memory, 4096, NUMBER
	xchg	%rdi, %rsp
BAD stack_exchanged, 4096, NUMBER
	xchg	%rax, %rsp
BAD stack_exchanged_with_rax, 4096, NUMBER
	xadd	%rsp, %rdi
BAD stack_by_xadd, 4096, NUMBER
	pop	%rsp
BAD stack_popped, 4096, NUMBER
	mov	$0, %esp
BAD stack_of_32_bits, 4096, NUMBER
	mov	$0, %spl
BAD lowest_byte_of_the_stack_pointer, 4096, NUMBER
	mov	%ax, %sp
BAD lower_half_of_the_stack_pointer, 4096, NUMBER
	add	$8, %esp
BAD sum_of_32_bits, 4096, NUMBER
	lea	8(%rsp, %rdi), %rsp
BAD lea_with_index, 4096, NUMBER
	lea	8(%rdi), %rsp
BAD lea_of_another_register, 4096, NUMBER
	cmove	%rdi, %rsp
BAD stack_by_cmov, 4096, NUMBER
	bswap	%rsp
BAD stack_by_bswap, 4096, NUMBER
	inc	%rsp
BAD stack_by_inc, 4096, NUMBER
	sete	%spl
BAD stack_by_set, 4096, NUMBER
	imul	$3, %rsp, %rsp
BAD stack_by_imul, 4096, NUMBER
	shl	$1, %rsp
BAD stack_by_shl, 4096, NUMBER
	or	$8, %rsp
BAD stack_by_or, 4096, NUMBER
	movzbl	%al, %esp
BAD stack_by_movzb, 4096, NUMBER
	movslq	%edi, %rsp
BAD stack_by_movslq, 4096, NUMBER
	mov	%rbp, %rsp
BAD stack_of_the_caller, 4096, "from a register that is no frame pointer"
	lea	-0x40(%rbp), %rsp
BAD lea_of_the_caller_s_frame, 4096, "from a register that is no frame pointer"
	push	%rbp
	mov	%rdi, %rbp
	mov	%rbp, %rsp
	pop	%rbp
BAD frame_pointer_from_a_register, 4096, "from a register that is no frame pointer"
	push	%rbp
	mov	%rsp, %rbp
	mov	(%rdi), %rbp
	mov	%rbp, %rsp
	pop	%rbp
BAD frame_pointer_from_memory, 4096, "from a register that is no frame pointer"
	push	%rbp
	mov	%rsp, %rbp
	mov	$0, %ebp
	lea	(%rbp), %rsp
	pop	%rbp
BAD frame_pointer_of_32_bits, 4096, "from a register that is no frame pointer"
	push	%rbp
	mov	%rsp, %rbp
	lea	-0x5b000(%rbp), %rsp
BAD lea_below_the_frame, 64, BELOW
	pop	%rax
BAD pop_of_the_return_address, 64, ABOVE
	add	$8, %rsp
BAD drop_of_the_return_address, 64, ABOVE
	sub	$-8, %rsp
BAD drop_of_the_return_address_by_sub, 64, ABOVE
	lea	0x40(%rsp), %rsp
BAD drop_of_the_caller_s_frame, 64, ABOVE
	push	%rax
BAD return_with_a_push, 64, FRAME
	sub	$0x40, %rsp
BAD return_with_a_frame, 64, FRAME
	and	$-64, %rsp
BAD return_with_an_aligned_stack, 64, FRAME
	and	$-4096, %rsp
BAD aligned_to_a_page, 4096, "aligns the stack pointer to"
	and	$0xff, %rsp
BAD aligned_to_nothing, 4096, "aligns the stack pointer to"
	and	$-24, %rsp
BAD aligned_to_24, 4096, "aligns the stack pointer to"
	and	$-2048, %rsp
	and	$-2048, %rsp
BAD aligned_twice, 4096, NUMBER
	push	%rbp
	mov	%rsp, %rbp
	and	$-64, %rsp
	sub	$0x100, %rsp
	lea	(%rbp), %rsp
	pop	%rbp
BAD aligned_frame_that_is_larger, 144, BELOW
	push	%rbp
	mov	%rsp, %rbp
	and	$-2048, %rsp
	sub	$0x900, %rsp
	lea	(%rbp), %rsp
	pop	%rbp
BAD aligned_frame_above_the_limit, 0x900, BELOW
	and	%rdi, %rsp
BAD aligned_by_a_register, 4096, NUMBER
	push	%rbp
	mov	%rsp, %rbp
	and	$-64, %rsp
	add	$8, %rsp
BAD above_an_aligned_frame, 4096, NUMBER
	push	%rbp
	mov	%rsp, %rbp
	and	$-64, %rsp
	sub	$64, %rsp
	pop	%rax
	pop	%rax
	pop	%rax
	pop	%rax
	pop	%rax
	pop	%rax
	pop	%rax
	pop	%rax
	pop	%rax
BAD pop_above_an_aligned_frame, 4096, NUMBER
	push	%rbp
	mov	%rsp, %rbp
	and	$-64, %rsp
	mov	%rsp, %rbp
	mov	%rbp, %rsp
BAD frame_pointer_of_an_aligned_frame, 4096, "from a register that is no frame pointer"
	.rept	400
	push	%rax
	je	1f
	nop
1:	push	%rbx
	je	1f
	nop
1:	pop	%rbx
	push	%r12
	je	1f
	nop
1:	pop	%r12
	.endr
BAD too_many_frames, 4096, "is in a function with too many frames"
	push	%rbp
	mov	%rsp, %rbp
	push	%rbx
	and	$-64, %rsp
	sub	$64, %rsp
	lea	(%rbp), %rsp
	pop	%rbp
BAD saved_register_left_behind, 128, "moves the stack pointer above a saved register"
	push	%rbp
	mov	%rsp, %rbp
	and	$-64, %rsp
	push	%rbx
	mov	$1, %ebx
	lea	-8(%rbp), %rsp
	pop	%rbx
	pop	%rbp
BAD saved_at_an_unknown_place, 128, "writes a callee-saved register that is not saved"
	test	%edi, %edi
	je	1f
	push	%rax
1:	nop
BAD two_stacks_at_one_place, 64, "meets another way through the function with another stack"
	push	%rax
	jmp	. - 21
BAD jump_to_itself_with_a_frame, 64, FRAME

/* ---- callee-saved registers ---- */

#define NOT_SAVED "writes a callee-saved register that is not saved"

	mov	$1, %ebx
BAD rbx_is_lost, 0, NOT_SAVED
	mov	$1, %bh
BAD part_of_rbx_is_lost, 0, NOT_SAVED
	mov	%rdi, %rbp
BAD rbp_is_lost, 0, NOT_SAVED
	inc	%r12
BAD r12_is_lost, 0, NOT_SAVED
	mov	(%rdi), %r13b
BAD r13_is_lost, 0, NOT_SAVED
	xchg	%r14, (%rdi)
BAD r14_is_lost, 0, NOT_SAVED
	cmovb	%rdi, %r15
BAD r15_is_lost, 0, NOT_SAVED
	xadd	%rbx, (%rdi)
BAD rbx_is_lost_by_xadd, 0, NOT_SAVED
	pop	%rbx
BAD rbx_is_popped, 64, NOT_SAVED
	push	%rbx
	push	%r14
	pop	%rbx
	pop	%r14
BAD registers_are_exchanged, 64, "moves the stack pointer above a saved register"
	push	%rbx
	mov	$1, %ebx
	add	$8, %rsp
BAD rbx_is_not_restored, 64, "moves the stack pointer above a saved register"
	push	%rbx
	pop	%rax
BAD rbx_is_popped_elsewhere, 64, "moves the stack pointer above a saved register"
	test	%edi, %edi
	je	1f
	push	%rbx
	mov	$1, %ebx
	jmp	2f
1:	push	%rax
2:	pop	%rbx
BAD rbx_is_saved_on_one_way, 64, "meets another way through the function with another stack"

/* ---- memory ---- */

	movq	$1, 0xffffffff81000000
BAD store_to_the_kernel, 0, "accesses memory that is not the image's"
	mov	0x10, %rax
BAD load_from_null, 0, "accesses memory that is not the image's"
	lock incq 0x100000(%rip)
BAD counter_outside, 0, "accesses memory that is not the image's"
	mov	-0x100(%rip), %rax
BAD load_of_text, 0, "accesses memory that is not the image's"
	mov	%al, -8(%rip)
BAD store_to_text, 0, "accesses memory that is not the image's"
	lea	-4(%rip), %rax
BAD address_of_an_instruction, 0, "takes an address within a function"

/*
 * ---- what attacks on docs/soundness.md have put into programs ----
 *
 * The check sees the stack and the instructions. It does not see where loads and stores
 * go (docs/trust.md).
 */

	/* a macro of another crate, with assembly and pointers */
	cli
	mov	0x68(%rdi), %rax
	mov	0x70(%rdi), %rcx
	mov	(%rax), %rax
	mov	%rax, (%rcx)
BAD attack_cli_and_poke, 0, IF
	/* an argument of 91 pages, by value, over the guard page */
	push	%rbp
	mov	%rsp, %rbp
	push	%rbx
	push	%rax
	sub	$0x5b000, %rsp
	mov	%rsp, %rdi
	mov	$0xb600, %ecx
	rep movsq
	add	$0x5b000, %rsp
	add	$8, %rsp
	pop	%rbx
	pop	%rbp
BAD attack_argument_by_value, 24, BELOW
	/* 4500 arguments that are pushed one by one */
	push	%rbp
	mov	%rsp, %rbp
	.rept	4494
	push	%rax
	.endr
	lea	(%rbp), %rsp
	pop	%rbp
BAD attack_many_arguments, 8, BELOW
	/* an argument by value whose size is not a number of the code */
	sub	%rcx, %rsp
	mov	%rsp, %rdi
BAD attack_argument_of_any_size, 24, NUMBER
	/* the same macro without the assembly */
	mov	0x68(%rdi), %rax
	mov	0x70(%rdi), %rcx
	mov	(%rax), %rax
	mov	%rax, (%rcx)
GOOD unseen_poke, 0
	/* issue 25860 of rustc: a lifetime that is longer than its value */
	movq	$0x41, (%rax)
GOOD unseen_store_by_a_stale_reference, 0

/* ---- the end ---- */

	jmp	1f
	cli
1:	nop
BAD cli_that_is_jumped_over, 0, IF
	ud2
	cli
BAD cli_after_a_trap, 0, IF

/* ---- what is allowed ---- */

	push	%rbp
	mov	%rsp, %rbp
	push	%r15
	push	%r14
	push	%r13
	push	%r12
	push	%rbx
	sub	$0x238, %rsp
	mov	%rsp, %rdi
	mov	%rsp, 0x10(%rsp)
	lea	0x20(%rsp, %rax), %rsi
	mov	$1, %ebx
	mov	$2, %bpl
	add	$0x238, %rsp
	pop	%rbx
	pop	%r12
	pop	%r13
	pop	%r14
	pop	%r15
	pop	%rbp
GOOD usual_frame, 0x268
	push	%rbp
	mov	%rsp, %rbp
	push	%r14
	push	%rbx
	and	$-64, %rsp
	sub	$0x100, %rsp
	mov	%rsp, %rbx
	lea	-0x10(%rbp), %rsp
	pop	%rbx
	pop	%r14
	pop	%rbp
GOOD aligned_frame, 0x118
	/* as LLVM makes it: the frame in .stack_sizes is 144, rounded up it is 208 */
	push	%rbp
	mov	%rsp, %rbp
	push	%rbx
	and	$-64, %rsp
	sub	$0xc0, %rsp
	lea	-8(%rbp), %rsp
	pop	%rbx
	pop	%rbp
GOOD aligned_frame_that_is_rounded_up, 144
	push	%rbp
	sub	$0x20, %rsp
	lea	0x10(%rsp), %rbp
	lea	0x10(%rbp), %rsp
	pop	%rbp
GOOD frame_pointer_within_the_frame, 0x28
	push	$100
	pop	%rax
GOOD small_constant, 0
	/* More states than there is room for at first. */
	.rept	60
	push	%rax
	je	1f
	nop
1:
	.endr
	add	$480, %rsp
GOOD many_frames, 480
	test	%rdi, %rdi
	je	1f
	push	%rbp
	mov	%rsp, %rbp
	push	%rbx
	push	%rax
	mov	%rdi, %rbx
2:	dec	%rbx
	jne	2b
	add	$8, %rsp
	pop	%rbx
	pop	%rbp
1:	xor	%eax, %eax
GOOD frame_on_one_way, 24
	jmp	2f
1:	dec	%edi
	jmp	3f
2:	mov	$5, %edi
	jmp	1b
3:	nop
GOOD way_back_and_forth, 0
	test	%edi, %edi
	je	1f
	ud2
1:	pause
GOOD trap, 0
	lock xadd %rax, (%rdi)
	lock cmpxchg %rcx, 0x40(%rdi, %rsi, 8)
	xchg	%al, (%rdi)
	lock incq (%rdi)
	lock decl (%rdi)
	lock addl $5, (%rdi)
	lock orl $0, (%rsp)
	lock btsl $3, (%rdi)
	lock notq (%rdi)
	lock xorb %cl, (%r12)
GOOD atomic_operations, 0
	adc	%r8, %rdi
	sbb	$-1, %r8
	mul	%rcx
	imul	%rsi
	imul	$100, %eax, %r10d
	imul	$0x12345, %rax, %rdx
	imul	%rdx, %rax
	div	%r9
	idiv	%cl
	neg	%rdi
	not	%r11b
	cqto
	cltq
	cwtl
	cbtw
	shl	$5, %rax
	sar	%cl, %edx
	rol	$8, %si
	ror	%r8
	rcr	%rdx
	shld	$13, %rax, %r11
	shrd	%cl, %r9, %r8
	bswap	%r10
	bsf	%rax, %rcx
	tzcnt	%rax, %rcx
	bsr	%eax, %ecx
	bt	$21, %edi
	btc	%rdx, %rsi
	btr	$63, %rax
	cmovge	%rax, %rcx
	cmovne	(%rdi), %ax
	setbe	%r11b
	sets	%ah
	movzbl	%ah, %eax
	movzwl	(%rdi), %edx
	movsbw	%al, %cx
	movswq	%ax, %rdx
	movslq	%eax, %rdx
	movabs	$0x1122334455667788, %rcx
	mov	$0x1122, %dx
	mov	$-1, %rax
	movw	$5, (%rdi)
	movb	$5, 0x12345(%rdi, %rax)
	xchg	%r8, %rax
	xchg	%dx, %cx
	test	$0x2000000, %eax
	cmpb	$5, (%r13)
	cmp	$0x1234, %cx
GOOD arithmetic, 0
	rep movsq
	rep stosb
	rep stosq
	rep movsb
GOOD strings, 0
	nop
	xchg	%ax, %ax
	nopl	(%rax)
	nopw	0x0(%rax, %rax, 1)
	.byte	0x66, 0x66, 0x66, 0x66, 0x66, 0x2e
	.byte	0x0f, 0x1f, 0x84, 0x00, 0x00, 0x02, 0x00, 0x00
GOOD no_operations, 0

/* ---- features of CPUs, REX_CPU_* ---- */

#define POPCNT 1
#define LZCNT 2
#define BMI1 4
#define BMI2 8
#define MOVBE 16
#define ALL_BUT(feature) (31 - feature)

	popcnt	%rdi, %rax
	popcnt	%r15d, %r8d
	popcnt	(%rdi, %r9, 8), %rcx
	popcnt	%si, %dx
	popcnt	0x1234(%rsp), %eax
GOOD_WITH declared_popcnt, POPCNT
	lzcnt	%rdi, %rax
	lzcnt	%r15d, %r8d
	lzcnt	(%rdi, %r9, 8), %rcx
	lzcnt	%si, %dx
	bsr	%rdi, %rax
GOOD_WITH declared_lzcnt, LZCNT
	movbe	(%rdi), %rax
	movbe	%r11d, 0x12345(%r14, %r15, 2)
	movbe	8(%rsp), %dx
	movbe	%r8w, (%r12)
	movbe	%rsp, (%rdi)
GOOD_WITH declared_movbe, MOVBE
	tzcnt	%rdi, %rax
	tzcnt	(%r8), %cx
	andn	%rax, %rdx, %rcx
	andn	(%r8, %r9), %r10d, %r11d
	bextr	%rax, %r15, %rcx
	bextr	%r10d, (%r12), %r9d
	blsi	%r14, %r8
	blsi	(%rdi), %eax
	blsmsk	%ecx, %edx
	blsmsk	0x40(%r13), %r11
	blsr	%rsp, %rax
	blsr	(%rdi, %rsi, 4), %r10d
GOOD_WITH declared_bmi1, BMI1
	bzhi	%rax, %r15, %rcx
	bzhi	%r10d, (%r12), %r9d
	mulx	%rdi, %rax, %rcx
	mulx	%r8d, %r9d, %r10d
	mulx	(%r13), %r11, %rdx
	pdep	%rax, %rdx, %rcx
	pdep	(%r8), %r9d, %r10d
	pext	%rax, %rdx, %rcx
	pext	(%r8), %r9d, %r10d
	rorx	$13, %r14, %r8
	rorx	$7, 0x1000(%rdi), %eax
	sarx	%rax, %r15, %rcx
	sarx	%r10d, (%r12), %r9d
	shlx	%rax, %r15, %rcx
	shlx	%r10d, (%r12), %r9d
	shrx	%rax, %r15, %rcx
	shrx	%r10d, (%r12), %r9d
GOOD_WITH declared_bmi2, BMI2
	popcnt	%eax, %eax
BAD_WITH popcnt_of_others, ALL_BUT(POPCNT), UNDECLARED_POPCNT
	lzcnt	%eax, %eax
BAD_WITH lzcnt_of_others, ALL_BUT(LZCNT), UNDECLARED_LZCNT
	movbe	(%rdi), %eax
BAD_WITH movbe_of_others, ALL_BUT(MOVBE), UNDECLARED_MOVBE
	andn	%rax, %rdx, %rcx
BAD_WITH andn_of_others, ALL_BUT(BMI1), UNDECLARED_BMI1
	bextr	%rax, %rdx, %rcx
BAD_WITH bextr_of_others, ALL_BUT(BMI1), UNDECLARED_BMI1
	blsi	%rax, %rdx
BAD_WITH blsi_of_others, ALL_BUT(BMI1), UNDECLARED_BMI1
	blsmsk	%rax, %rdx
BAD_WITH blsmsk_of_others, ALL_BUT(BMI1), UNDECLARED_BMI1
	blsr	%rax, %rdx
BAD_WITH blsr_of_others, ALL_BUT(BMI1), UNDECLARED_BMI1
	bzhi	%rax, %rdx, %rcx
BAD_WITH bzhi_of_others, ALL_BUT(BMI2), UNDECLARED_BMI2
	mulx	%rax, %rdi, %rcx
BAD_WITH mulx_of_others, ALL_BUT(BMI2), UNDECLARED_BMI2
	pdep	%rax, %rdx, %rcx
BAD_WITH pdep_of_others, ALL_BUT(BMI2), UNDECLARED_BMI2
	pext	%rax, %rdx, %rcx
BAD_WITH pext_of_others, ALL_BUT(BMI2), UNDECLARED_BMI2
	rorx	$1, %rax, %rcx
BAD_WITH rorx_of_others, ALL_BUT(BMI2), UNDECLARED_BMI2
	sarx	%rax, %rdx, %rcx
BAD_WITH sarx_of_others, ALL_BUT(BMI2), UNDECLARED_BMI2
	shlx	%rax, %rdx, %rcx
BAD_WITH shlx_of_others, ALL_BUT(BMI2), UNDECLARED_BMI2
	shrx	%rax, %rdx, %rcx
BAD_WITH shrx_of_others, ALL_BUT(BMI2), UNDECLARED_BMI2
	popcnt	%eax, %ebx
BAD_WITH popcnt_to_rbx, 31, "writes a callee-saved register that is not saved"
	lzcnt	(%rdi), %r12
BAD_WITH lzcnt_to_r12, 31, "writes a callee-saved register that is not saved"
	movbe	(%rdi), %r15w
BAD_WITH movbe_to_r15, 31, "writes a callee-saved register that is not saved"
	andn	%rax, %rdx, %rbp
BAD_WITH andn_to_rbp, 31, "writes a callee-saved register that is not saved"
	bextr	%rax, %rdx, %r13
BAD_WITH bextr_to_r13, 31, "writes a callee-saved register that is not saved"
	blsi	%rax, %r14
BAD_WITH blsi_to_r14, 31, "writes a callee-saved register that is not saved"
	blsmsk	(%rdi), %ebx
BAD_WITH blsmsk_to_rbx, 31, "writes a callee-saved register that is not saved"
	blsr	%r8, %r12
BAD_WITH blsr_to_r12, 31, "writes a callee-saved register that is not saved"
	bzhi	%rax, %rdx, %rbx
BAD_WITH bzhi_to_rbx, 31, "writes a callee-saved register that is not saved"
	mulx	%rax, %rcx, %rbx
BAD_WITH mulx_to_rbx, 31, "writes a callee-saved register that is not saved"
	mulx	%rax, %r15, %rcx
BAD_WITH mulx_low_to_r15, 31, "writes a callee-saved register that is not saved"
	pdep	%rax, %rdx, %r12
BAD_WITH pdep_to_r12, 31, "writes a callee-saved register that is not saved"
	pext	%rax, %rdx, %rbp
BAD_WITH pext_to_rbp, 31, "writes a callee-saved register that is not saved"
	rorx	$3, %eax, %r13d
BAD_WITH rorx_to_r13, 31, "writes a callee-saved register that is not saved"
	sarx	%rax, %rdx, %r14
BAD_WITH sarx_to_r14, 31, "writes a callee-saved register that is not saved"
	shlx	%rax, (%rdi), %rbx
BAD_WITH shlx_to_rbx, 31, "writes a callee-saved register that is not saved"
	shrx	%eax, %edx, %r15d
BAD_WITH shrx_to_r15, 31, "writes a callee-saved register that is not saved"
	popcnt	%rax, %rsp
BAD_WITH popcnt_to_rsp, 31, "moves the stack pointer by a number that is not in the code"
	movbe	(%rdi), %rsp
BAD_WITH movbe_to_rsp, 31, "moves the stack pointer by a number that is not in the code"
	andn	%rax, %rdx, %rsp
BAD_WITH andn_to_rsp, 31, "moves the stack pointer by a number that is not in the code"
	blsr	%rax, %rsp
BAD_WITH blsr_to_rsp, 31, "moves the stack pointer by a number that is not in the code"
	mulx	%rax, %rsp, %rcx
BAD_WITH mulx_low_to_rsp, 31, "moves the stack pointer by a number that is not in the code"
	rorx	$8, %rsp, %rsp
BAD_WITH rorx_to_rsp, 31, "moves the stack pointer by a number that is not in the code"
/* Other forms of VEX: c4, inverted R, X, B and the map, W, inverted register, L and prefix. */
	.byte	0xc4, 0xe2, 0xec, 0xf2, 0xc8
BAD_WITH vex_with_l, 31, VECTOR
	.byte	0xc4, 0xe3, 0xff, 0xf0, 0xc0, 0x0d
BAD_WITH vex_rorx_with_l, 31, VECTOR
	.byte	0xc4, 0xe3, 0xf3, 0xf0, 0xc0, 0x0d
BAD_WITH vex_rorx_with_a_register, 31, VECTOR
	.byte	0xc4, 0xe1, 0xe8, 0xf2, 0xc8
BAD_WITH vex_of_map_0f, 31, VECTOR
	.byte	0xc4, 0xe3, 0xe8, 0xf2, 0xc8
BAD_WITH vex_of_map_0f3a, 31, VECTOR
	.byte	0xc4, 0xe0, 0xe8, 0xf2, 0xc8
BAD_WITH vex_of_map_0, 31, VECTOR
	.byte	0xc4, 0xff, 0xe8, 0xf2, 0xc8
BAD_WITH vex_of_map_31, 31, VECTOR
	.byte	0xc4, 0xe2, 0xfb, 0xf0, 0xc0, 0x0d
BAD_WITH vex_rorx_of_map_0f38, 31, VECTOR
	.byte	0xc4, 0xe2, 0xe9, 0xf2, 0xc8
BAD_WITH vex_andn_with_66, 31, VECTOR
	.byte	0xc4, 0xe2, 0xea, 0xf2, 0xc8
BAD_WITH vex_andn_with_f3, 31, VECTOR
	.byte	0xc4, 0xe2, 0xeb, 0xf2, 0xc8
BAD_WITH vex_andn_with_f2, 31, VECTOR
	.byte	0xc4, 0xe2, 0xe9, 0xf5, 0xc8
BAD_WITH vex_bzhi_with_66, 31, VECTOR
	.byte	0xc4, 0xe2, 0xe8, 0xf6, 0xc8
BAD_WITH vex_f6_without_f2, 31, VECTOR
	.byte	0xc4, 0xe2, 0xe8, 0xf3, 0xc0
BAD_WITH vex_group_0, 31, OTHER
	.byte	0xc4, 0xe2, 0xe8, 0xf3, 0xe0
BAD_WITH vex_group_4, 31, OTHER
	.byte	0xc4, 0x62, 0xe8, 0xf3, 0xc8
BAD_WITH vex_group_with_r, 31, VECTOR
	.byte	0xc5, 0xe8, 0xf2, 0xc8
BAD_WITH vex_of_two_bytes, 31, VECTOR
	.byte	0x66, 0xc4, 0xe2, 0xe8, 0xf2, 0xc8
BAD_WITH vex_after_66, 31, BAD_PREFIX
	.byte	0xf3, 0xc4, 0xe2, 0xe8, 0xf2, 0xc8
BAD_WITH vex_after_f3, 31, BAD_PREFIX
	.byte	0xf2, 0xc4, 0xe2, 0xe8, 0xf2, 0xc8
BAD_WITH vex_after_f2, 31, BAD_PREFIX
	.byte	0xf0, 0xc4, 0xe2, 0xe8, 0xf2, 0xc8
BAD_WITH vex_after_lock, 31, BAD_PREFIX
	.byte	0x48, 0xc4, 0xe2, 0xe8, 0xf2, 0xc8
BAD_WITH vex_after_rex, 31, BAD_PREFIX
	.byte	0x2e, 0xc4, 0xe2, 0xe8, 0xf2, 0xc8
BAD_WITH vex_after_2e, 31, BAD_PREFIX
	.byte	0x67, 0xc4, 0xe2, 0xe8, 0xf2, 0x08
BAD_WITH vex_after_addr32, 31, BAD_PREFIX
	.byte	0x65, 0xc4, 0xe2, 0xe8, 0xf2, 0x08
BAD_WITH vex_after_a_segment, 31, PREFIX
	vaddps	%ymm0, %ymm1, %ymm2
BAD_WITH avx_with_features, 31, VECTOR
	vaddps	%zmm0, %zmm1, %zmm2
BAD_WITH avx512_with_features, 31, VECTOR
	movaps	%xmm0, %xmm1
BAD_WITH sse_with_features, 31, VECTOR
	crc32b	%al, %eax
BAD_WITH crc32_with_features, 31, BAD_PREFIX
	adcx	%rax, %rcx
BAD_WITH adcx, 31, OTHER
	.byte	0x0f, 0xb8, 0xc0
BAD_WITH popcnt_without_f3, 31, OTHER
	.byte	0xf0, 0xf3, 0x0f, 0xb8, 0x07
BAD_WITH popcnt_with_lock, 31, BAD_PREFIX
	.byte	0xf2, 0x0f, 0xbd, 0xc0
BAD_WITH lzcnt_with_f2, 31, BAD_PREFIX
	.byte	0x0f, 0x38, 0xf0, 0xc8
BAD_WITH movbe_of_registers, 31, OTHER
	.byte	0xf3, 0x0f, 0x38, 0xf0, 0x07
BAD_WITH movbe_with_f3, 31, BAD_PREFIX
	.byte	0x66, 0x48, 0x0f, 0x38, 0xf0, 0x07
BAD_WITH movbe_with_66_and_w, 31, BAD_PREFIX
	.byte	0xf0, 0x0f, 0x38, 0xf1, 0x07
BAD_WITH movbe_with_lock, 31, BAD_PREFIX

	.section .note.GNU-stack, "", @progbits
