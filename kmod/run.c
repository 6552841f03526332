// SPDX-License-Identifier: GPL-2.0
#include <linux/cpuhotplug.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <asm/processor-flags.h>

#include "image.h"
#include "ksyms.h"
#include "run.h"

#define STRIDE_PAGES (REX_RUN_STRIDE / PAGE_SIZE)
#define NR_LEVELS (REX_RUN_LEVELS + REX_RUN_SPARE)
#define NR_PAGES (NR_LEVELS * STRIDE_PAGES)
/* The page at the limit: where the stack of a spare level ends. */
#define LIMIT_PAGE ((REX_RUN_GUARD + REX_RUN_RESERVE) / PAGE_SIZE)

DEFINE_PER_CPU(unsigned long, rex_limit);

/* Address of the lowest level's guard page; NULL: CPU was never online. */
static DEFINE_PER_CPU(void *, stack_base);
static DEFINE_PER_CPU(struct page **, stack_pages);
static enum cpuhp_state hotplug_state;

static bool page_is_mapped(unsigned int index)
{
	unsigned int level = index / STRIDE_PAGES;
	unsigned int page = index % STRIDE_PAGES;

	if (page < REX_RUN_GUARD / PAGE_SIZE)
		return false;
	/* Of a spare level: the reserve, and the page with the struct rex_run. */
	return level < REX_RUN_LEVELS || page < LIMIT_PAGE ||
	       page == STRIDE_PAGES - 1;
}

size_t rex_run_cpu_memory(void)
{
	size_t pages = 0;
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++)
		pages += page_is_mapped(i);
	return pages * PAGE_SIZE + NR_PAGES * sizeof(struct page *);
}

static void free_pages_of(struct page **pages)
{
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++)
		if (page_is_mapped(i) && pages[i])
			__free_page(pages[i]);
	kvfree(pages);
}

/*
 * The pages of all levels of a CPU, in address order. vmap() takes no holes:
 * the guard pages are first mapped to page 1 as well, and then unmapped.
 */
static struct page **alloc_pages_of(unsigned int cpu)
{
	struct page **pages = kvcalloc(NR_PAGES, sizeof(*pages), GFP_KERNEL);
	unsigned int i;

	if (!pages)
		return NULL;
	for (i = 0; i < NR_PAGES; i++) {
		if (!page_is_mapped(i))
			continue;
		pages[i] = alloc_pages_node(cpu_to_node(cpu),
					    GFP_KERNEL | __GFP_ZERO, 0);
		if (!pages[i]) {
			free_pages_of(pages);
			return NULL;
		}
	}
	for (i = 0; i < NR_PAGES; i++)
		if (!page_is_mapped(i))
			pages[i] = pages[1];
	return pages;
}

static int clear_pte(pte_t *pte, unsigned long addr, void *data)
{
	pte_clear(rex_ksyms.init_mm, addr, pte);
	return 0;
}

static int unmap_guards(void *base)
{
	unsigned int i;
	int ret;

	for (i = 0; i < NR_PAGES; i++) {
		if (page_is_mapped(i))
			continue;
		ret = apply_to_page_range(rex_ksyms.init_mm,
					  (unsigned long)base + i * PAGE_SIZE,
					  PAGE_SIZE, clear_pte, NULL);
		if (ret)
			return ret;
	}
	rex_kcall(flush_tlb_kernel_range)((unsigned long)base,
					  (unsigned long)base +
						  NR_PAGES * PAGE_SIZE);
	return 0;
}

static __always_inline unsigned long level_limit(const void *base,
						 unsigned int level)
{
	return (unsigned long)base + level * REX_RUN_STRIDE + REX_RUN_GUARD +
	       REX_RUN_RESERVE;
}

static void init_levels(const void *base)
{
	unsigned int i;

	for (i = 0; i < NR_LEVELS; i++) {
		unsigned long limit = level_limit(base, i);
		struct rex_run *run = (void *)(limit + REX_RUN_FROM_LIMIT);

		/* A spare level's stack begins below the limit: see run.h. */
		run->top = i < REX_RUN_LEVELS ? (unsigned long)run : limit - 64;
	}
}

/*
 * Runs before @cpu executes anything, so no program can meet a CPU without
 * stacks. They stay when the CPU goes offline, as it may come back.
 */
static int rex_run_prepare_cpu(unsigned int cpu)
{
	struct page **pages;
	void *base;
	int ret;

	if (per_cpu(stack_base, cpu))
		return 0;
	pages = alloc_pages_of(cpu);
	if (!pages)
		return -ENOMEM;
	base = vmap(pages, NR_PAGES, VM_MAP, PAGE_KERNEL);
	if (!base) {
		ret = -ENOMEM;
		goto err_free_pages;
	}
	ret = unmap_guards(base);
	if (ret)
		goto err_unmap;
	init_levels(base);
	per_cpu(stack_pages, cpu) = pages;
	per_cpu(stack_base, cpu) = base;
	per_cpu(rex_limit, cpu) = level_limit(base, 0) - REX_RUN_STRIDE;
	return 0;

err_unmap:
	vunmap(base);
err_free_pages:
	free_pages_of(pages);
	return ret;
}

static void free_all_stacks(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (!per_cpu(stack_base, cpu))
			continue;
		vunmap(per_cpu(stack_base, cpu));
		free_pages_of(per_cpu(stack_pages, cpu));
	}
}

static struct rex_run *run_at_limit(unsigned long limit)
{
	struct rex_run *run = (void *)(limit + REX_RUN_FROM_LIMIT);

	return READ_ONCE(run->prog) ? run : NULL;
}
NOKPROBE_SYMBOL(run_at_limit);

struct rex_run *rex_run_active_on(unsigned int cpu)
{
	const void *base = per_cpu(stack_base, cpu);
	unsigned long limit = READ_ONCE(per_cpu(rex_limit, cpu));

	if (!base || limit < level_limit(base, 0))
		return NULL;
	return run_at_limit(limit);
}
NOKPROBE_SYMBOL(rex_run_active_on);

struct rex_run *rex_run_of_level(unsigned int cpu, unsigned int level)
{
	const void *base = per_cpu(stack_base, cpu);
	unsigned long limit;

	if (!base)
		return NULL;
	limit = level_limit(base, level);
	if (READ_ONCE(per_cpu(rex_limit, cpu)) < limit)
		return NULL;
	return run_at_limit(limit);
}
NOKPROBE_SYMBOL(rex_run_of_level);

/* Those of levels that are not in use have none. */
bool rex_run_any_locks(void)
{
	const void *base = this_cpu_read(stack_base);
	unsigned int i;

	for (i = 0; i < REX_RUN_LEVELS; i++) {
		const struct rex_run *run =
			(void *)(level_limit(base, i) + REX_RUN_FROM_LIMIT);

		if (READ_ONCE(run->lock))
			return true;
	}
	return false;
}

void rex_run_call_regs(const struct rex_run *run, struct pt_regs *regs)
{
	*regs = (struct pt_regs){
		.ip = *(unsigned long *)run->sp,
		.sp = run->sp + sizeof(unsigned long),
		.bp = run->bp,
		.bx = run->bx,
		.r12 = run->r12,
		.r13 = run->r13,
		.r14 = run->r14,
		.r15 = run->r15,
		.cs = __KERNEL_CS,
		.flags = X86_EFLAGS_FIXED,
	};
}

/*
 * The program's image is dead, or the run is nested too deeply: count, and give the
 * value that it owes. A level is claimed, maybe beyond all that have a stack: so a
 * program must not be called from here, and this can neither be traced nor probed.
 */
asmlinkage u32 rex_run_skip(struct rex_prog *prog)
{
	this_cpu_inc(prog->stats->skipped);
	return READ_ONCE(prog->default_ret);
}
NOKPROBE_SYMBOL(rex_run_skip);

/*
 * Called by the thunk of a program whose runs are timed, in the run. On a spare
 * level the program is not going to run, and the clock could have a hook that calls
 * another one: see rex_run_skip().
 */
asmlinkage void rex_run_begin_timed(void)
{
	struct rex_run *run = rex_run_current();

	if (!rex_run_is_spare(run))
		run->begin = ktime_get_mono_fast_ns();
}
NOKPROBE_SYMBOL(rex_run_begin_timed);

void rex_run_count_time(const struct rex_run *run, struct rex_prog *prog)
{
	struct rex_prog_stats *stats = this_cpu_ptr(prog->stats);
	u64 ns;

	if (!prog->image->timed)
		return;
	ns = ktime_get_mono_fast_ns() - run->begin;
	this_cpu_add(prog->stats->time, ns);
	/* A nested run may have been longer: then this one is even longer. */
	if (ns > stats->longest)
		WRITE_ONCE(stats->longest, ns);
}

/*
 * A run ended normally, but has something to give back (its return address was
 * changed, see resource.c), or is timed. A kill that came after the last helper is void: the run
 * was faster.
 */
asmlinkage u32 rex_run_finish(struct rex_run *run, u32 ret)
{
	struct rex_prog *prog = rex_run_prog(run);

	WRITE_ONCE(run->prog, 0);
	barrier();
	rex_resource_release_all(run);
	rex_run_count_time(run, prog);
	return ret;
}

/* The last preempt_enable() of a run, when somebody waits for this CPU. */
asmlinkage void rex_run_resched(void)
{
#ifdef CONFIG_PREEMPTION
	__preempt_schedule_notrace();
#endif
}

int __init rex_run_init(void)
{
	int ret;

	BUILD_BUG_ON(sizeof(struct rex_run) > PAGE_SIZE);
	ret = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "rex:stacks",
				rex_run_prepare_cpu, NULL);
	if (ret < 0) {
		free_all_stacks();
		return ret;
	}
	hotplug_state = ret;
	return 0;
}

void rex_run_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
	free_all_stacks();
}
