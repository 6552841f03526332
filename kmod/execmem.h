/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that can hold code. It is within reach of a rel32 call from the kernel's text
 * and from that of rex.ko, and never writable and executable at the same time.
 */
#ifndef _REX_EXECMEM_H
#define _REX_EXECMEM_H

#include <linux/types.h>

void rex_execmem_init(void);

/*
 * Allocate whole pages: zeroed, writable, not executable, charged to the caller. NULL if
 * there are none.
 */
void *rex_execmem_alloc(size_t size);

/* Free the whole allocation, whatever the protection of its parts. */
void rex_execmem_free(void *mem);

/* Make whole pages read-only, if there are any. 0 or -errno. */
int rex_execmem_make_ro(void *mem, size_t size);

/* Make one or more pages read-only and executable. 0 or -errno. */
int rex_execmem_make_rox(void *mem, size_t size);

#endif /* _REX_EXECMEM_H */
