/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The invariant of the machine-code check (docs/soundness.md), tested by walks: code is
 * followed as a CPU would, with an unknown value wherever one comes from memory or
 * arithmetic, and a random choice at each branch. Capstone says what the instructions are.
 * Nothing here is shared with kmod/check*.c.
 */
#ifndef REX_HOST_WALK_H
#define REX_HOST_WALK_H

#include "load.h"

/*
 * Walk @walks times from the beginning of function @f of an object that has been accepted.
 * Returns a violation of the invariant, or NULL. @at receives the offset in the function
 * after the last instruction.
 */
const char *walk_violation(const struct loaded *l, const struct rex_elf_func *f,
			   unsigned int walks, u64 seed, u32 *at);

/* Do the same. A violation fails the running test; the value is whether there was none. */
bool walk_function(const struct loaded *l, const struct rex_elf_func *f,
		   unsigned int walks, u64 seed);

#endif /* REX_HOST_WALK_H */
