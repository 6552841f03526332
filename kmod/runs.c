// SPDX-License-Identifier: GPL-2.0
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/percpu.h>

#include "runs.h"

static DEFINE_PER_CPU(u64[REX_RUNS_NEAR], runs_near);
static DECLARE_BITMAP(runs_used, REX_RUNS_NEAR);

u64 __percpu *rex_runs_get(u64 __percpu *other)
{
	unsigned int i, cpu;

	for (i = 0; i < REX_RUNS_NEAR; i++) {
		if (test_and_set_bit_lock(i, runs_used))
			continue;
		for_each_possible_cpu(cpu)
			per_cpu(runs_near[i], cpu) = 0;
		return &runs_near[i];
	}
	return other;
}

void rex_runs_put(u64 __percpu *runs)
{
	unsigned int i;

	for (i = 0; i < REX_RUNS_NEAR; i++)
		if (runs == &runs_near[i])
			clear_bit_unlock(i, runs_used);
}
