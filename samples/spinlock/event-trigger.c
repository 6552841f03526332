// SPDX-License-Identifier: GPL-2.0
/*
 * Has the program of spinlock change its value: event-trigger PROCESSES ROUNDS;
 * or panic: event-trigger panic.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Descriptors that no process has. */
#define CHANGE_FD 0x5e1f0001
#define PANIC_FD 0x5e1f0002

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "panic")) {
		syscall(SYS_dup, PANIC_FD);
		return 0;
	}
	if (argc != 3)
		errx(2, "usage: event-trigger PROCESSES ROUNDS | panic");
	for (int i = 0; i < atoi(argv[1]); i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid)
			continue;
		for (int n = 0; n < atoi(argv[2]); n++)
			syscall(SYS_dup, CHANGE_FD);
		return 0;
	}
	while (wait(NULL) > 0)
		;
	return 0;
}
