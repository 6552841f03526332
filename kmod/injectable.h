/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's list of functions whose callers cope with an error
 * (ALLOW_ERROR_INJECTION, CONFIG_FUNCTION_ERROR_INJECTION), as runs can read it.
 */
#ifndef _REX_INJECTABLE_H
#define _REX_INJECTABLE_H

#include <linux/types.h>

int rex_injectable_init(void);
void rex_injectable_exit(void);

/* Returns whether the running kernel has such a list. Context: any. */
bool rex_injectable_has_list(void);

/**
 * rex_injectable_type() - look a function up in the list
 * @function:	its address
 *
 * Context: a run, any. Return: what its callers expect, EI_ETYPE_*; -ENOENT if it is not in
 * the list.
 */
int rex_injectable_type(unsigned long function);

#endif /* _REX_INJECTABLE_H */
