/* SPDX-License-Identifier: GPL-2.0 */
/*
 * REX_MEMCMP is the memcmp() that programs call. Nothing may be at the addresses that a
 * program with unsafe code gives it, and the page fault ends the run. With KASAN, the
 * kernel's function reads the shadow of the addresses first; that of a null pointer is at an
 * address that no page table can have, so that there would be a general protection fault in
 * the middle of the function.
 */
#ifndef _REX_MEMCMP_H
#define _REX_MEMCMP_H

#include <linux/linkage.h>
#include <linux/string.h>
#include <linux/types.h>

#ifdef CONFIG_KASAN
asmlinkage int rex_memcmp(const void *a, const void *b, size_t size);
#define REX_MEMCMP rex_memcmp
#else
#define REX_MEMCMP memcmp
#endif

#endif /* _REX_MEMCMP_H */
