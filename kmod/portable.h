/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pure parts of the module (elf*, reloc, demangle*, log) take from
 * their surroundings. They are built twice: into rex.ko, and into the host
 * tests, where they run under ASan and UBSan. This is the only file that knows
 * about both.
 */
#ifndef REX_PORTABLE_H
#define REX_PORTABLE_H

#ifdef __KERNEL__

#include <linux/elf.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/types.h>

#include <asm/elf.h>

#else /* host tests */

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/elf.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define __printf(a, b) __attribute__((format(printf, a, b)))
#define fallthrough __attribute__((__fallthrough__))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define IS_ALIGNED(x, a) (((x) & ((typeof(x))(a)-1)) == 0)
#define ALIGN(x, a) (((x) + ((typeof(x))(a)-1)) & ~((typeof(x))(a)-1))
#define S32_MAX INT32_MAX
#define U32_MAX UINT32_MAX
#define min(a, b)                   \
	({                          \
		typeof(a) _a = (a); \
		typeof(b) _b = (b); \
		_a < _b ? _a : _b;  \
	})

#define GFP_KERNEL 0

/* The tests make the allocation of their choice fail through this hook. */
void *rex_host_calloc(size_t n, size_t size);

static inline void *kvcalloc(size_t n, size_t size, int flags)
{
	(void)flags;
	return rex_host_calloc(n, size);
}

static inline void kvfree(const void *p)
{
	free((void *)p);
}

static inline void cond_resched(void)
{
}

static inline void sort(void *base, size_t n, size_t size,
			int (*cmp)(const void *, const void *), void *swap)
{
	(void)swap;
	if (n > 1)
		qsort(base, n, size, cmp);
}

#endif /* __KERNEL__ */

#include <linux/rex.h>

/* Not in every <linux/elf.h>. Values: System V gABI, x86-64 psABI, LLVM. */
#ifndef SHT_INIT_ARRAY
#define SHT_INIT_ARRAY 14
#define SHT_FINI_ARRAY 15
#define SHT_PREINIT_ARRAY 16
#endif
#ifndef SHT_GROUP
#define SHT_GROUP 17
#endif
#ifndef SHT_X86_64_UNWIND
#define SHT_X86_64_UNWIND 0x70000001
#endif
#ifndef SHF_TLS
#define SHF_TLS (1 << 10)
#endif
#ifndef SHF_COMPRESSED
#define SHF_COMPRESSED (1 << 11)
#endif
#ifndef STT_GNU_IFUNC
#define STT_GNU_IFUNC 10
#endif
#ifndef SHN_XINDEX
#define SHN_XINDEX 0xffff
#endif
#ifndef R_X86_64_NONE
#define R_X86_64_NONE 0
#define R_X86_64_64 1
#define R_X86_64_PC32 2
#define R_X86_64_PLT32 4
#define R_X86_64_GOTPCREL 9
#define R_X86_64_32 10
#define R_X86_64_32S 11
#define R_X86_64_PC64 24
#endif
#ifndef R_X86_64_GOTPCRELX
#define R_X86_64_GOTPCRELX 41
#define R_X86_64_REX_GOTPCRELX 42
#endif

#endif /* REX_PORTABLE_H */
