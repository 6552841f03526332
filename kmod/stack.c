// SPDX-License-Identifier: GPL-2.0
#include <linux/cpuhotplug.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "ksyms.h"
#include "run.h"
#include "stack.h"

#define STRIDE_PAGES (REX_RUN_STRIDE / PAGE_SIZE)
#define NR_LEVELS (REX_RUN_LEVELS + REX_RUN_SPARE)
#define NR_PAGES (NR_LEVELS * STRIDE_PAGES)
/* The stack of a spare level ends in the page at the limit. */
#define LIMIT_PAGE ((REX_RUN_GUARD + REX_RUN_RESERVE) / PAGE_SIZE)

DEFINE_PER_CPU(unsigned long, rex_limit);

DEFINE_PER_CPU(void *, rex_stack_base);
static DEFINE_PER_CPU(struct page **, stack_pages);
static enum cpuhp_state hotplug_state;

static bool stack_page_is_mapped(unsigned int index)
{
	unsigned int level = index / STRIDE_PAGES;
	unsigned int page = index % STRIDE_PAGES;

	if (page < REX_RUN_GUARD / PAGE_SIZE)
		return false;
	/* A spare level has the reserve, and the page with the struct rex_run. */
	return level < REX_RUN_LEVELS || page < LIMIT_PAGE ||
	       page == STRIDE_PAGES - 1;
}

size_t rex_stack_cpu_memory(void)
{
	size_t pages = 0;
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++)
		pages += stack_page_is_mapped(i);
	return pages * PAGE_SIZE + NR_PAGES * sizeof(struct page *);
}

static void stack_free_pages_of(struct page **pages)
{
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++)
		if (stack_page_is_mapped(i) && pages[i])
			__free_page(pages[i]);
	kvfree(pages);
}

/*
 * Allocate the pages of all levels of a CPU, in address order. vmap() accepts no holes:
 * guard pages are first mapped to page 1, and then unmapped.
 */
static struct page **stack_alloc_pages_of(unsigned int cpu)
{
	struct page **pages = kvcalloc(NR_PAGES, sizeof(*pages), GFP_KERNEL);
	unsigned int i;

	if (!pages)
		return NULL;
	for (i = 0; i < NR_PAGES; i++) {
		if (!stack_page_is_mapped(i))
			continue;
		pages[i] = alloc_pages_node(cpu_to_node(cpu),
					    GFP_KERNEL | __GFP_ZERO, 0);
		if (!pages[i]) {
			stack_free_pages_of(pages);
			return NULL;
		}
	}
	for (i = 0; i < NR_PAGES; i++)
		if (!stack_page_is_mapped(i))
			pages[i] = pages[1];
	return pages;
}

static int stack_clear_pte(pte_t *pte, unsigned long addr, void *data)
{
	pte_clear(rex_ksyms.init_mm, addr, pte);
	return 0;
}

static int stack_unmap_guards(void *base)
{
	unsigned int i;
	int ret;

	for (i = 0; i < NR_PAGES; i++) {
		if (stack_page_is_mapped(i))
			continue;
		ret = apply_to_page_range(rex_ksyms.init_mm,
					  (unsigned long)base + i * PAGE_SIZE,
					  PAGE_SIZE, stack_clear_pte, NULL);
		if (ret)
			return ret;
	}
	rex_kcall(flush_tlb_kernel_range)((unsigned long)base,
					  (unsigned long)base +
						  NR_PAGES * PAGE_SIZE);
	return 0;
}

static void stack_init_levels(const void *base)
{
	unsigned int i;

	for (i = 0; i < NR_LEVELS; i++) {
		unsigned long limit = rex_stack_limit(base, i);
		struct rex_run *run = (void *)(limit + REX_RUN_FROM_LIMIT);

		/* A spare level's stack begins below the limit: see run.h. */
		run->top = i < REX_RUN_LEVELS ? (unsigned long)run : limit - 64;
	}
}

/*
 * This runs before @cpu executes anything, so no program can meet a CPU without stacks.
 * The stacks stay when the CPU goes offline, as it may come back.
 */
static int rex_stack_prepare_cpu(unsigned int cpu)
{
	struct page **pages;
	void *base;
	int ret;

	if (per_cpu(rex_stack_base, cpu))
		return 0;
	pages = stack_alloc_pages_of(cpu);
	if (!pages)
		return -ENOMEM;
	base = vmap(pages, NR_PAGES, VM_MAP, PAGE_KERNEL);
	if (!base) {
		ret = -ENOMEM;
		goto err_free_pages;
	}
	ret = stack_unmap_guards(base);
	if (ret)
		goto err_unmap;
	stack_init_levels(base);
	per_cpu(stack_pages, cpu) = pages;
	per_cpu(rex_stack_base, cpu) = base;
	per_cpu(rex_limit, cpu) = rex_stack_limit(base, 0) - REX_RUN_STRIDE;
	return 0;

err_unmap:
	vunmap(base);
err_free_pages:
	stack_free_pages_of(pages);
	return ret;
}

static void stack_free_all(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (!per_cpu(rex_stack_base, cpu))
			continue;
		vunmap(per_cpu(rex_stack_base, cpu));
		stack_free_pages_of(per_cpu(stack_pages, cpu));
	}
}

int __init rex_stack_init(void)
{
	int ret;

	BUILD_BUG_ON(sizeof(struct rex_run) > PAGE_SIZE);
	ret = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "rex:stacks",
				rex_stack_prepare_cpu, NULL);
	if (ret < 0) {
		stack_free_all();
		return ret;
	}
	hotplug_state = ret;
	return 0;
}

void rex_stack_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
	stack_free_all();
}
