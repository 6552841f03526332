/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel walks the stack of an eBPF program that throws an exception (bpf_throw(), from 6.7
 * on), and of one that it reports an error of. It calls arch_bpf_stack_walk(), which begins with
 * the kernel's unwinder, and that one does not know the stacks of runs. An eBPF program at a
 * function that a helper calls is on such a stack.
 */
#ifndef _REX_STACK_WALK_H
#define _REX_STACK_WALK_H

/*
 * Hook arch_bpf_stack_walk(), if the kernel has it, and test the hook. 0, or a negative error after
 * a line in the log.
 */
int rex_stack_walk_init(void);
void rex_stack_walk_exit(void);

#endif /* _REX_STACK_WALK_H */
