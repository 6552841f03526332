/* SPDX-License-Identifier: GPL-2.0 */
/* An ftrace hook on one function of the kernel, which belongs to what programs depend on. */
#ifndef _REX_HOOK_H
#define _REX_HOOK_H

struct ftrace_ops;

/**
 * rex_hook() - have an ftrace hook called at the entry of a function
 * @ops:	the hook. With FTRACE_OPS_FL_PERMANENT, sysctl kernel.ftrace_enabled cannot be cleared
 *		meanwhile
 * @addr:	of the function
 * @name:	of the function
 *
 * Context: insmod; may sleep. Return: 0, or the error of ftrace after a line in the log.
 */
int rex_hook(struct ftrace_ops *ops, unsigned long addr, const char *name);

/* Take it away, and wait until nobody executes it. Context: may sleep. */
void rex_unhook(struct ftrace_ops *ops);

#endif /* _REX_HOOK_H */
