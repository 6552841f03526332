/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counters of runs.
 *
 * An instruction reaches a per-CPU variable of the module by a displacement, but not one
 * that is allocated, which may be anywhere. So thunks count by one instruction for as many
 * programs as the module has counters, and by two for others.
 */
#ifndef _REX_RUNS_H
#define _REX_RUNS_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Kernels have 8 KB of such variables for all modules; these take 512 bytes of it. */
#define REX_RUNS_NEAR 64

/* Returns a counter that is 0, or @other, which is, if the module has none that is free. */
u64 __percpu *rex_runs_get(u64 __percpu *other);

/* Give back a counter, NULL or the caller's own included. Nothing counts there any more. */
void rex_runs_put(u64 __percpu *runs);

#endif /* _REX_RUNS_H */
