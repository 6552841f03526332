/* SPDX-License-Identifier: GPL-2.0 */
/* What assembly of kmod takes from the kernel's header of this name. */
/* clang-format off */
#ifdef __ASSEMBLER__
#define SYM_FUNC_START(name)		\
	.globl	name;			\
name:
#define SYM_FUNC_END(name)
#define RET ret
#else
#define asmlinkage
#endif
