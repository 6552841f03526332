// SPDX-License-Identifier: GPL-2.0
#include <linux/cpuhotplug.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "ksyms.h"
#include "run.h"
#include "stack.h"

#define STRIDE_PAGES (REX_RUN_STRIDE / PAGE_SIZE)
#define NR_PAGES (REX_RUN_LEVELS * STRIDE_PAGES)
/* Room for the levels, wherever the next odd multiple of REX_RUN_DEEP is. */
#define AREA_PAGES (NR_PAGES + 2 * REX_RUN_DEEP / PAGE_SIZE)

DEFINE_PER_CPU(unsigned long, rex_limit);

DEFINE_PER_CPU(void *, rex_stack_base);
static DEFINE_PER_CPU(struct page **, stack_pages);
static DEFINE_PER_CPU(void *, stack_area);
static enum cpuhp_state prepare_state;

static bool stack_page_is_mapped(unsigned int index)
{
	return index % STRIDE_PAGES >= REX_RUN_GUARD / PAGE_SIZE;
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

/* Allocate the pages of all levels of a CPU, in address order; guard pages have none. */
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
	return pages;
}

/* Returns where the levels begin in an area: run.h says what the deepest limit has to be. */
static void *stack_base_in(void *area)
{
	unsigned long deepest =
		rex_stack_limit(area, REX_RUN_LEVELS - 1) - REX_RUN_DEEP;

	deepest = ALIGN(deepest, 2 * REX_RUN_DEEP) + REX_RUN_DEEP;
	return area + (deepest - rex_stack_limit(area, REX_RUN_LEVELS - 1));
}

struct stack_map {
	unsigned long base;
	struct page **pages;
};

static int stack_set_pte(pte_t *pte, unsigned long addr, void *data)
{
	const struct stack_map *map = data;
	unsigned long index = (addr - map->base) / PAGE_SIZE;

	if (index < NR_PAGES && map->pages[index])
		set_pte(pte, mk_pte(map->pages[index], PAGE_KERNEL));
	else
		pte_clear(rex_ksyms.init_mm, addr, pte);
	return 0;
}

/*
 * Reserve addresses, and map the pages there. vmap() chooses the address, but the place of
 * the levels depends on it. So it maps one page everywhere, and then each gets its own.
 */
static void *stack_map_pages(struct page **pages)
{
	struct page **same = kvcalloc(AREA_PAGES, sizeof(*same), GFP_KERNEL);
	struct stack_map map = { .pages = pages };
	unsigned int i;
	void *area;

	if (!same)
		return NULL;
	for (i = 0; i < AREA_PAGES; i++)
		same[i] = pages[REX_RUN_GUARD / PAGE_SIZE];
	area = vmap(same, AREA_PAGES, VM_MAP, PAGE_KERNEL);
	kvfree(same);
	if (!area)
		return NULL;
	map.base = (unsigned long)stack_base_in(area);
	if (apply_to_page_range(rex_ksyms.init_mm, (unsigned long)area,
				AREA_PAGES * PAGE_SIZE, stack_set_pte, &map)) {
		vunmap(area);
		return NULL;
	}
	rex_kcall(flush_tlb_kernel_range)((unsigned long)area,
					  (unsigned long)area +
						  AREA_PAGES * PAGE_SIZE);
	return area;
}

/*
 * This runs before @cpu executes anything, so no program can meet a CPU without stacks.
 * The stacks stay when the CPU goes offline, as it may come back.
 */
static int rex_stack_prepare_cpu(unsigned int cpu)
{
	struct page **pages;
	void *area, *base;

	if (per_cpu(rex_stack_base, cpu))
		return 0;
	pages = stack_alloc_pages_of(cpu);
	if (!pages)
		return -ENOMEM;
	area = stack_map_pages(pages);
	if (!area) {
		stack_free_pages_of(pages);
		return -ENOMEM;
	}
	base = stack_base_in(area);
	per_cpu(stack_pages, cpu) = pages;
	per_cpu(stack_area, cpu) = area;
	per_cpu(rex_stack_base, cpu) = base;
	/* until stack_close.c opens it */
	per_cpu(rex_limit, cpu) = rex_stack_closed_limit(base);
	return 0;
}

static void stack_free_all(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (!per_cpu(rex_stack_base, cpu))
			continue;
		vunmap(per_cpu(stack_area, cpu));
		stack_free_pages_of(per_cpu(stack_pages, cpu));
	}
}

int __init rex_stack_init(void)
{
	int ret;

	BUILD_BUG_ON(sizeof(struct rex_run) > PAGE_SIZE);
	/* The limits at which levels without memory are claimed have REX_RUN_DEEP. */
	BUILD_BUG_ON((REX_RUN_SKIPPED - 1) * REX_RUN_STRIDE >= REX_RUN_DEEP);
	ret = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "rex:stacks",
				rex_stack_prepare_cpu, NULL);
	if (ret < 0)
		goto err_free;
	prepare_state = ret;
	ret = rex_stack_close_init();
	if (ret)
		goto err_remove_prepare;
	return 0;

err_remove_prepare:
	cpuhp_remove_state_nocalls(prepare_state);
err_free:
	stack_free_all();
	return ret;
}

/* No program is loaded. */
void rex_stack_exit(void)
{
	rex_stack_close_exit();
	cpuhp_remove_state_nocalls(prepare_state);
	stack_free_all();
}
