// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/vmalloc.h>

#include "execmem.h"
#include "ksyms.h"
#include "portable.h"
#include "selftest.h"

/* The kernel's modules, too, begin at a random page; this is the number of pages. */
#define EXECMEM_RANDOM_PAGES 1024

static unsigned long execmem_start __ro_after_init;

void __init rex_execmem_init(void)
{
	execmem_start =
		MODULES_VADDR +
		(1 + get_random_u32() % EXECMEM_RANDOM_PAGES) * PAGE_SIZE;
}

/*
 * The kernel's memory for modules is not charged to a cgroup. /proc/vmallocinfo
 * shows the caller, which is this function: an __init function would have no
 * name later.
 */
void *rex_execmem_alloc(size_t size)
{
	if (rex_selftest_fail_step())
		return NULL;
	return rex_kcall(vmalloc_range)(PAGE_ALIGN(size), PAGE_SIZE,
					execmem_start, MODULES_END,
					REX_GFP | __GFP_ZERO, PAGE_KERNEL,
					VM_FLUSH_RESET_PERMS, NUMA_NO_NODE,
					rex_execmem_alloc);
}

/*
 * set_memory_*() changed the pages' entries in the direct map as well. VM_FLUSH_RESET_PERMS
 * makes vfree() undo that, and flush the TLBs, before it frees the pages.
 */
void rex_execmem_free(void *mem)
{
	vfree(mem);
}

int rex_execmem_make_ro(void *mem, size_t size)
{
	if (!size)
		return 0;
	if (rex_selftest_fail_step())
		return -ENOMEM;
	return rex_kcall(set_memory_ro)((unsigned long)mem,
					PAGE_ALIGN(size) / PAGE_SIZE);
}

int rex_execmem_make_rox(void *mem, size_t size)
{
	unsigned long addr = (unsigned long)mem;
	int pages = PAGE_ALIGN(size) / PAGE_SIZE, ret;

	if (rex_khas(set_memory_rox)) {
		if (rex_selftest_fail_step())
			return -ENOMEM;
		return rex_kcall(set_memory_rox)(addr, pages);
	}
	ret = rex_execmem_make_ro(mem, size);
	return ret ?: rex_kcall(set_memory_x)(addr, pages);
}
