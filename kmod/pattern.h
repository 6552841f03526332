/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of functions that are patterns, as in a shell. librex, rexctl and the host tests
 * include this file as well; the crate's attributes know the same characters.
 */
#ifndef _REX_PATTERN_H
#define _REX_PATTERN_H

#ifdef __KERNEL__
#include <linux/string.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <string.h>
#endif

/* Returns whether the name of a function stands for all functions that it matches. */
static inline bool rex_is_pattern(const char *name)
{
	return strpbrk(name, "*?[");
}

#endif /* _REX_PATTERN_H */
