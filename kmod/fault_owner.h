/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The owner of a fault: whether a program has caused a fault in the kernel's text.
 *
 * A fault in a helper belongs to the kernel, since a helper may hold locks.
 * memcpy() and its siblings, the loads of loads.S, and the thunks by which
 * programs branch hold nothing: they are part of the program that called them,
 * and can be aborted at any instruction. So can a jump to an address without
 * code.
 */
#ifndef _REX_FAULT_OWNER_H
#define _REX_FAULT_OWNER_H

#include <linux/types.h>

struct pt_regs;

/*
 * After rex_symtab_init(). Returns 0, or -ENOEXEC if a function of this kernel is not as
 * rex_fault_owner_caller() expects.
 */
int rex_fault_owner_init(void);

/**
 * rex_fault_owner_caller() - find the program's branch that led to a fault
 * @regs:	of the fault; its stack pointer is at @slot or below
 * @slot:	where the thunk has left the address to which the program returns
 * @text:	where the program's text begins
 * @len:	its length
 *
 * Context: any. Return: NULL if the program does not own the fault. Otherwise, the place of the
 * address after the program's call; it is @slot if the program has jumped as its last act.
 */
const unsigned long *rex_fault_owner_caller(const struct pt_regs *regs,
					    const unsigned long *slot,
					    unsigned long text, size_t len);

#endif /* _REX_FAULT_OWNER_H */
