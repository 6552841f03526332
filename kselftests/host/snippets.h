/* SPDX-License-Identifier: GPL-2.0 */
/* Code for the machine-code check, made by the assembler: snippets.S. */
#ifndef REX_HOST_SNIPPETS_H
#define REX_HOST_SNIPPETS_H

#include "obj.h"

/**
 * struct snippet - a function without its pad and its return
 * @name:	name of the test
 * @words:	part of the log; empty if the code is allowed
 * @start:	its bytes
 * @end:	their end
 * @frame:	its frame in .stack_sizes
 * @cpu_features: what the object declares, REX_CPU_*
 */
struct snippet {
	const char *name;
	const char *words;
	const u8 *start;
	const u8 *end;
	u64 frame;
	u64 cpu_features;
};

/* The linker names the ends of the section. */
extern const struct snippet __start_snippets[];
extern const struct snippet __stop_snippets[];

#endif /* REX_HOST_SNIPPETS_H */
