/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of kernel functions, from /proc/kallsyms.
 */
#ifndef TRACE_EVENT_SYMBOLS_H
#define TRACE_EVENT_SYMBOLS_H

#include <err.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>

struct symbol {
	__u64 address;
	char *name;
};

static struct symbol *symbols;
static size_t nr_symbols;

static inline int by_address(const void *a, const void *b)
{
	const struct symbol *sa = a, *sb = b;

	return (sa->address > sb->address) - (sa->address < sb->address);
}

/* Reads the names; call it before function(). */
static inline void read_symbols(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	struct symbol s;

	if (!f)
		err(1, "/proc/kallsyms");
	while (fscanf(f, "%llx %*c %ms%*[^\n]", &s.address, &s.name) == 2) {
		if (nr_symbols % 4096 == 0)
			symbols = realloc(symbols, (nr_symbols + 4096) *
							   sizeof(*symbols));
		if (!symbols)
			err(1, "symbols");
		symbols[nr_symbols++] = s;
	}
	fclose(f);
	qsort(symbols, nr_symbols, sizeof(*symbols), by_address);
}

/* Returns the name of the function at @address. */
static inline const char *function(__u64 address)
{
	size_t low = 0, high = nr_symbols;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? symbols[low - 1].name : "?";
}

#endif
