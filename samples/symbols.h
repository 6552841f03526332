/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of the kernel's functions from /proc/kallsyms, and tables of names.
 */
#ifndef REX_SYMBOLS_H
#define REX_SYMBOLS_H

#include <err.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>

struct symbol {
	__u64 address;
	char *name;
};

/* A table of symbols, sorted by address when it is complete. */
struct symbols {
	struct symbol *symbols;
	size_t nr;
};

/* Adds a symbol, whose name the table keeps. */
static inline void add_symbol(struct symbols *table, __u64 address, char *name)
{
	if (table->nr % 4096 == 0)
		table->symbols =
			realloc(table->symbols,
				(table->nr + 4096) * sizeof(*table->symbols));
	if (!table->symbols)
		err(1, "symbols");
	table->symbols[table->nr++] = (struct symbol){ address, name };
}

static inline int by_address(const void *a, const void *b)
{
	const struct symbol *sa = a, *sb = b;

	return (sa->address > sb->address) - (sa->address < sb->address);
}

static inline void sort_symbols(struct symbols *table)
{
	if (table->nr)
		qsort(table->symbols, table->nr, sizeof(*table->symbols),
		      by_address);
}

/* Returns the last symbol that does not begin after @address, or NULL. */
static inline const char *find_symbol(const struct symbols *table,
				      __u64 address)
{
	size_t low = 0, high = table->nr;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (table->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? table->symbols[low - 1].name : NULL;
}

static struct symbols kernel_symbols;

/* Reads the symbols. Must be called before function(). */
static inline void read_symbols(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	__u64 address;
	char *name;

	if (!f)
		err(1, "/proc/kallsyms");
	while (fscanf(f, "%llx %*c %ms%*[^\n]", &address, &name) == 2)
		add_symbol(&kernel_symbols, address, name);
	fclose(f);
	sort_symbols(&kernel_symbols);
}

/* Returns the name of the kernel's function at @address. */
static inline const char *function(__u64 address)
{
	return find_symbol(&kernel_symbols, address) ?: "?";
}

#endif
