/* SPDX-License-Identifier: GPL-2.0 */
/* The end of a benchmark in which something went wrong. */
#ifndef _BENCH_DIE_H
#define _BENCH_DIE_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names what failed; errno says why. */
static inline void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
		strerror(errno));
	exit(1);
}

#endif
