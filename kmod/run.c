// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/ptrace.h>

#include <asm/processor-flags.h>

#include "image.h"
#include "progtype.h"
#include "run.h"
#include "stack.h"

DEFINE_PER_CPU(unsigned int, rex_gate_word);

static __always_inline struct rex_run *run_memory(unsigned long limit)
{
	return (void *)(limit + REX_RUN_FROM_LIMIT);
}

static struct rex_run *run_at_limit(unsigned long limit)
{
	struct rex_run *run = run_memory(limit);

	return READ_ONCE(run->prog) ? run : NULL;
}
NOKPROBE_SYMBOL(run_at_limit);

struct rex_run *rex_run_active_on(unsigned int cpu)
{
	const void *base = per_cpu(rex_stack_base, cpu);
	unsigned long limit = READ_ONCE(per_cpu(rex_limit, cpu));

	if (!base || limit < rex_stack_limit(base, 0) ||
	    limit > rex_stack_limit(base, REX_RUN_LEVELS - 1))
		return NULL;
	return run_at_limit(limit);
}
NOKPROBE_SYMBOL(rex_run_active_on);

struct rex_run *rex_run_of_level(unsigned int cpu, unsigned int level)
{
	const void *base = per_cpu(rex_stack_base, cpu);
	unsigned long limit;

	if (!base)
		return NULL;
	limit = rex_stack_limit(base, level);
	if (READ_ONCE(per_cpu(rex_limit, cpu)) < limit)
		return NULL;
	return run_at_limit(limit);
}
NOKPROBE_SYMBOL(rex_run_of_level);

bool rex_run_on_level(void)
{
	const void *base = raw_cpu_read(rex_stack_base);

	return base && raw_cpu_read(rex_limit) >= rex_stack_limit(base, 0);
}
NOKPROBE_SYMBOL(rex_run_on_level);

/* A level that is not in use has no lock in its state. */
bool rex_run_any_locks(void)
{
	const void *base = this_cpu_read(rex_stack_base);
	unsigned int i;

	for (i = 0; i < REX_RUN_LEVELS; i++) {
		if (READ_ONCE(run_memory(rex_stack_limit(base, i))->lock))
			return true;
	}
	return false;
}

void rex_run_reset_levels(void)
{
	const void *base = this_cpu_read(rex_stack_base);
	unsigned int i;

	for (i = 0; base && i < REX_RUN_LEVELS; i++) {
		struct rex_run *run = run_memory(rex_stack_limit(base, i));

		run->prog = 0;
		run->lock = NULL;
		run->resources.last = NULL;
		run->resources.nr = 0;
	}
	this_cpu_write(rex_gate_word, 0);
}

void rex_run_call_regs(const struct rex_run *run, struct pt_regs *regs)
{
	*regs = (struct pt_regs){
		.ip = *(unsigned long *)run->sp,
		.sp = run->sp + sizeof(unsigned long),
		.bp = run->kept[REX_KEPT_BP],
		.cs = __KERNEL_CS,
		.flags = X86_EFLAGS_FIXED,
	};
}

/*
 * The image is dead, or the run is nested too deeply: count the skipped event and return
 * the program's default value. A level is claimed, which may be one without memory. So no
 * program may be called from this function, and it can neither be traced nor probed.
 */
asmlinkage u64 rex_run_skip(struct rex_prog *prog)
{
	this_cpu_inc(prog->stats->skipped);
	return (u32)READ_ONCE(prog->default_ret);
}
NOKPROBE_SYMBOL(rex_run_skip);

/* The thunk of a program whose runs are timed calls this, in the run. */
asmlinkage void rex_run_begin_timed(void)
{
	rex_run_current()->begin = ktime_get_mono_fast_ns();
}
NOKPROBE_SYMBOL(rex_run_begin_timed);

void rex_run_count_time(const struct rex_run *run, struct rex_prog *prog)
{
	u64 ns, longest;

	if (!prog->image->timed)
		return;
	ns = ktime_get_mono_fast_ns() - run->begin;
	/* The clock can step back in an NMI that interrupts its update. */
	if ((s64)ns < 0)
		ns = 0;
	this_cpu_add(prog->stats->time, ns);
	/* The program can run in an interrupt here. */
	do {
		longest = this_cpu_read(prog->stats->longest);
	} while (ns > longest && this_cpu_cmpxchg(prog->stats->longest, longest,
						  ns) != longest);
}

void rex_run_count_lost_record(void)
{
	this_cpu_inc(rex_run_prog(rex_run_current())->stats->lost_records);
}

/* As thunk_emit_force(). */
static u32 run_force(enum rex_force force, u32 ret)
{
	switch (force) {
	case REX_FORCE_NOTHING:
		break;
	case REX_FORCE_ZERO:
		return 0;
	case REX_FORCE_ONE_BIT:
		return ret & 1;
	case REX_FORCE_TWO_BITS:
		return ret & 3;
	case REX_FORCE_ERRNO:
		return -(-ret & REX_ERRNO_MASK);
	}
	return ret;
}
NOKPROBE_SYMBOL(run_force);

/*
 * The run has ended normally, but holds resources (its return address was changed, see
 * resource.c), or is timed. A kill that arrives after the last helper has no effect: the
 * run has ended first.
 */
asmlinkage u64 rex_run_finish(struct rex_run *run, u32 ret)
{
	struct rex_prog *prog = rex_run_prog(run);

	WRITE_ONCE(run->prog, 0);
	barrier();
	rex_resource_release_all(run);
	rex_run_count_time(run, prog);
	return run_force(prog->kind->force, ret);
}

/*
 * The end of a gate has found REX_GATE_KILLED, and that its run is not the one. A kill of
 * another level that arrives in this function is either found here or sets the bit itself,
 * since the bit is cleared first.
 */
asmlinkage void rex_run_look_for_killed(void)
{
	unsigned int cpu = raw_smp_processor_id(), i;

	this_cpu_and(rex_gate_word, ~REX_GATE_KILLED);
	barrier();
	for (i = 0; i < REX_RUN_LEVELS; i++) {
		const struct rex_run *run = rex_run_of_level(cpu, i);

		if (run && rex_run_is_marked(run, REX_RUN_KILLED_BIT))
			rex_gate_note_killed();
	}
}
NOKPROBE_SYMBOL(rex_run_look_for_killed);
