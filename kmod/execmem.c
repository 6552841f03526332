// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/string.h>

#include "execmem.h"
#include "ksyms.h"
#include "selftest.h"

void *rex_execmem_alloc(size_t size)
{
	void *mem;

	if (rex_selftest_fail_step())
		return NULL;
	size = PAGE_ALIGN(size);
	mem = rex_compat_text_alloc(rex_kcall(text_alloc), size);
	if (mem)
		memset(mem, 0, size);
	return mem;
}

/*
 * The protections are undone first: set_memory_*() changed the pages' entries in the
 * direct map as well, and the page allocator expects writable pages. If that fails, the
 * pages are leaked, since their next owner would crash.
 */
void rex_execmem_free(void *mem, size_t size)
{
	int pages = PAGE_ALIGN(size) / PAGE_SIZE;

	if (!mem)
		return;
	if (rex_kcall(set_memory_nx)((unsigned long)mem, pages) ||
	    rex_kcall(set_memory_rw)((unsigned long)mem, pages)) {
		pr_err("%d pages are lost: they cannot be made writable\n",
		       pages);
		return;
	}
	rex_kcall(text_free)(mem);
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
	int ret = rex_execmem_make_ro(mem, size);

	if (ret || !size)
		return ret;
	return rex_kcall(set_memory_x)((unsigned long)mem,
				       PAGE_ALIGN(size) / PAGE_SIZE);
}
