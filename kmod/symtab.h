/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The symbol table has the symbols that programs may link to. Nothing else of the kernel
 * is open to them: rex.ko never looks for their symbols in kallsyms.
 */
#ifndef _REX_SYMTAB_H
#define _REX_SYMTAB_H

#include "reloc.h"

/* Emit the helpers' gates. Between rex_stubs_init() and rex_stubs_seal(). */
void rex_symtab_init(void);

/* Look up @name: 0, or -ENOENT. */
int rex_symtab_resolve(const char *name, struct rex_symbol *sym);

#endif /* _REX_SYMTAB_H */
