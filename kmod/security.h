/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loading native code requires the rights and settings that loading a module requires.
 */
#ifndef _REX_SECURITY_H
#define _REX_SECURITY_H

#include "log.h"

/*
 * Returns whether the kernel is locked down, and refuses unsigned modules for
 * that reason.
 */
bool rex_locked_down(void);

/**
 * rex_security_may_load() - check whether the caller may load an object now
 * @log: receives the reason of a refusal
 *
 * Return: 0, or the error for the caller.
 */
int rex_security_may_load(struct rex_log *log);

/**
 * rex_security_check_object() - let the security modules see an object
 * @data: the whole file
 * @size: its size
 * @log: receives the reason of a refusal
 *
 * Return: 0, or the error for the caller.
 */
int rex_security_check_object(void *data, size_t size, struct rex_log *log);

#endif /* _REX_SECURITY_H */
