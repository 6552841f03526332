// SPDX-License-Identifier: GPL-2.0
/*
 * Calls the function that the program of recursive is attached to, with each of
 * the numbers of the command line.
 */
#include <stdlib.h>

void target_func(unsigned long n);

__attribute__((noinline)) void target_func(unsigned long n)
{
	asm volatile("" : : "r"(n));
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		target_func(strtoul(argv[i], NULL, 0));
	return 0;
}
