/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_MEMCMP_H
#define _REX_MEMCMP_H

#include <linux/linkage.h>
#include <linux/types.h>

/*
 * The memcmp() that programs call. Nothing may be at the addresses that a program with unsafe
 * code gives it. The page fault ends the run, and fault_owner.c has to find the program that
 * called. The kernel's function is written in C: with KASAN or KCSAN it calls others before it
 * reads, and what it pushes depends on the compiler.
 */
asmlinkage int rex_memcmp(const void *a, const void *b, size_t size);

#endif /* _REX_MEMCMP_H */
