/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owner of a fault: whether a fault in the kernel's text is a program's.
 *
 * A fault in a helper is the kernel's own affair, since a helper may hold locks.
 * But memcpy() and its like, and the thunks through which programs branch, hold
 * nothing: they are part of the program that called them, and can be cut off at
 * any instruction. So can a jump to where there is no code.
 */
#ifndef _REX_FAULT_OWNER_H
#define _REX_FAULT_OWNER_H

#include <linux/types.h>

struct pt_regs;

/* After rex_symtab_init(). */
void rex_fault_owner_init(void);

/**
 * rex_fault_owner_caller() - who called what faulted
 * @regs:	of the fault; two words can be read from its stack
 * @text:	where the program's text begins
 * @len:	its length
 *
 * Context: any. Return: the address behind the program's call if it is to blame,
 * otherwise 0.
 */
unsigned long rex_fault_owner_caller(const struct pt_regs *regs,
				     unsigned long text, size_t len);

#endif /* _REX_FAULT_OWNER_H */
