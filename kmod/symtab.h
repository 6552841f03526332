/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The symbol table has the symbols that programs may link to. Nothing else of the kernel
 * is open to them: rex.ko never looks for their symbols in kallsyms.
 */
#ifndef _REX_SYMTAB_H
#define _REX_SYMTAB_H

#include <linux/bitmap.h>

#include "reloc.h"

/* Emit the helpers' gates. Between rex_stubs_init() and rex_stubs_seal(). */
void rex_symtab_init(void);

/* So many values can the class of a program have: sets of enum rex_program_class. */
#define REX_NR_CLASSES 256

/* The classes of an image's programs: rex_helpers_class(). */
struct rex_symtab_classes {
	DECLARE_BITMAP(has, REX_NR_CLASSES);
};

/**
 * rex_symtab_resolve() - look up a symbol
 * @name:	its name
 * @classes:	those of the programs of the image; NULL: not known
 * @sym:	receives the value, which does not fit an image with other classes
 *
 * Return: 0, or -ENOENT.
 */
int rex_symtab_resolve(const char *name,
		       const struct rex_symtab_classes *classes,
		       struct rex_symbol *sym);

#endif /* _REX_SYMTAB_H */
