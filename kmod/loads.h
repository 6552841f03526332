/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loads from the kernel's memory that may fail, for programs. They are a few instructions
 * without a gate: a program that is stopped in one is stopped as in its own text.
 */
#ifndef _REX_LOADS_H
#define _REX_LOADS_H

#include <linux/build_bug.h>
#include <linux/linkage.h>
#include <linux/static_call_types.h>

#include <asm/page.h>
#include <uapi/asm/vsyscall.h>

#include "loads_asm.h"

static_assert(VSYSCALL_ADDR - 7 + REX_LOADS_ABOVE_VSYSCALL == 0);
static_assert(REX_LOADS_VSYSCALL_SIZE == PAGE_SIZE + 7);

/**
 * struct rex_loaded - the result of a load, in two registers
 * @value:	what was loaded, without a sign; 0 if it failed
 * @error:	0; -ERANGE if the address is not the kernel's; -EFAULT if nothing is there
 */
struct rex_loaded {
	u64 value;
	s64 error;
};

asmlinkage struct rex_loaded rex_load_1(u64 addr);
asmlinkage struct rex_loaded rex_load_2(u64 addr);
asmlinkage struct rex_loaded rex_load_4(u64 addr);
asmlinkage struct rex_loaded rex_load_8(u64 addr);

asmlinkage void rex_loads_end(void);

/*
 * Returns whether @ip is in one of them; the return address is on top of the
 * stack.
 */
static __always_inline bool rex_loads_contain(unsigned long ip)
{
	return ip >= (unsigned long)rex_load_1 &&
	       ip < (unsigned long)rex_loads_end;
}

#endif /* _REX_LOADS_H */
