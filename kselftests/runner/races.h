/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Data races, which a kernel with KCSAN reports. Each has a name of one line, in which the
 * access of a run comes first, then the function that is first in the alphabet:
 *
 *	a run's read of 8 bytes in A / write of 4 bytes in B at SYMBOL+0x10, 0x01 -> 0x02
 *
 * A function of which rex.ko is the caller has "for REX_FUNCTION [rex]" after it. Memory
 * without a symbol is "dynamic memory". The values are left out if the report has none.
 */
#ifndef _REX_RUNNER_RACES_H
#define _REX_RUNNER_RACES_H

#include <stdbool.h>
#include <stddef.h>

enum race {
	RACE_NONE, /* no report has ended */
	RACE_BAD, /* one of rex.ko or of a run, which the list does not have */
	RACE_LISTED,
	RACE_OF_KERNEL, /* all of both stacks is the kernel's */
};

/*
 * Load the list of races that are no failures, as POSIX extended regular expressions. Symbols
 * are looked up in SYMBOLS, which is as /proc/kallsyms.
 */
void races_init(const char *list, const char *symbols);
/* Returns whether a report begins with the message. */
bool races_begin(const char *text);
/* Takes a message of the log. At the end of a report, NAME is its name. */
enum race races_take(const char *text, char *name, size_t size);

#endif
