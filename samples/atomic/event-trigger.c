// SPDX-License-Identifier: GPL-2.0
/*
 * Calls the function that the program of atomic is attached to: in some processes
 * at the same time, each time with the numbers from 1 to ROUNDS; then once with 0.
 */
#include <err.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

void target_func(unsigned long n);

__attribute__((noinline)) void target_func(unsigned long n)
{
	asm volatile("" : : "r"(n));
}

int main(int argc, char **argv)
{
	unsigned long rounds;
	int processes;

	if (argc != 3)
		errx(2, "usage: event-trigger PROCESSES ROUNDS");
	processes = atoi(argv[1]);
	rounds = strtoul(argv[2], NULL, 0);
	for (int i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid)
			continue;
		for (unsigned long n = 1; n <= rounds; n++)
			target_func(n);
		return 0;
	}
	while (wait(NULL) > 0)
		;
	target_func(0);
	return 0;
}
