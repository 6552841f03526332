/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histograms with powers of two, counted by programs: slot 0 has the values 0
 * and 1, and slot n the values from 2^n to 2^(n+1) - 1.
 */
#ifndef REX_HISTOGRAM_H
#define REX_HISTOGRAM_H

#include <linux/types.h>
#include <stdio.h>

#define HISTOGRAM_SLOTS 27
#define HISTOGRAM_STARS 40

/* Prints the slots up to the last one with a value. */
static inline void print_histogram(const __u64 slots[HISTOGRAM_SLOTS],
				   const char *unit)
{
	static const char stars[] = "****************************************";
	int last = -1;
	__u64 most = 1;

	for (int i = 0; i < HISTOGRAM_SLOTS; i++) {
		if (slots[i])
			last = i;
		if (slots[i] > most)
			most = slots[i];
	}
	if (last < 0)
		return;
	printf("%10s %-13s : count    distribution\n", "", unit);
	for (int i = 0; i <= last; i++) {
		__u64 low = i ? 1ULL << i : 0, high = (1ULL << (i + 1)) - 1;
		int width = slots[i] * HISTOGRAM_STARS / most;

		printf("%10llu -> %-10llu : %-8llu |%-*.*s|\n", low, high,
		       slots[i], HISTOGRAM_STARS, width, stars);
	}
}

#endif
