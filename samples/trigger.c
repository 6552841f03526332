// SPDX-License-Identifier: GPL-2.0
/*
 * Causes the event of a sample's program:
 *
 *	trigger hello | map_test	one call of dup(1)
 *	trigger recursive N...		calls of target_func() with these numbers
 *	trigger atomic PROCESSES ROUNDS
 *					calls of target_func() with the numbers from 1
 *					to ROUNDS, in that many processes at once; then
 *					one with 0
 *	trigger spinlock PROCESSES ROUNDS
 *					ROUNDS changes of the value, in each of that many
 *					processes at once
 *	trigger spinlock panic		a change that panics
 */
#include <sys/syscall.h>
#include <sys/wait.h>

#include "sample.h"

/*
 * The programs of atomic and recursive are attached to this function, in all
 * processes.
 */
void target_func(unsigned long n);

__attribute__((noinline)) void target_func(unsigned long n)
{
	asm volatile("" : : "r"(n));
}

/* The descriptors that trigger spinlock's program. No process has them. */
#define CHANGE_FD 0x5e1f0001
#define PANIC_FD 0x5e1f0002

static void change_value(unsigned long n)
{
	(void)n;
	syscall(SYS_dup, CHANGE_FD);
}

/*
 * Calls @function in PROCESSES processes, with 1 to ROUNDS in each, from
 * @arguments. False if these are not two numbers.
 */
static bool call_at_once(void (*function)(unsigned long n), int count,
			 char **arguments)
{
	long processes, rounds;

	if (count != 2 || !sample_number(arguments[0], 1, 10000, &processes) ||
	    !sample_number(arguments[1], 0, LONG_MAX, &rounds))
		return false;
	for (long i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid)
			continue;
		for (long n = 1; n <= rounds; n++)
			function(n);
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	return true;
}

static bool call_dup(int argc, char **argv)
{
	int fd;

	(void)argv;
	if (argc != 0)
		return false;
	fd = dup(STDOUT_FILENO);
	if (fd < 0)
		err(1, "dup");
	close(fd);
	return true;
}

static bool recursive(int argc, char **argv)
{
	long n;

	for (int i = 0; i < argc; i++)
		if (!sample_number(argv[i], 0, LONG_MAX, &n))
			return false;
	for (int i = 0; i < argc; i++)
		target_func(atol(argv[i]));
	return argc > 0;
}

static bool atomic(int argc, char **argv)
{
	if (!call_at_once(target_func, argc, argv))
		return false;
	target_func(0);
	return true;
}

static bool spinlock(int argc, char **argv)
{
	if (argc != 1 || strcmp(argv[0], "panic"))
		return call_at_once(change_value, argc, argv);
	syscall(SYS_dup, PANIC_FD);
	return true;
}

static const struct {
	const char *sample, *arguments;
	bool (*trigger)(int argc, char **argv); /* false: wrong arguments */
} samples[] = {
	{ "hello", "", call_dup },
	{ "map_test", "", call_dup },
	{ "recursive", " N...", recursive },
	{ "atomic", " PROCESSES ROUNDS", atomic },
	{ "spinlock", " PROCESSES ROUNDS | panic", spinlock },
};

#define NR_SAMPLES (sizeof(samples) / sizeof(*samples))

int main(int argc, char **argv)
{
	for (size_t i = 0; i < NR_SAMPLES; i++) {
		if (argc < 2 || strcmp(argv[1], samples[i].sample))
			continue;
		if (!samples[i].trigger(argc - 2, argv + 2))
			errx(2, "usage: trigger %s%s", samples[i].sample,
			     samples[i].arguments);
		return 0;
	}
	if (argc > 1)
		warnx("no sample %s has a trigger; these have:", argv[1]);
	for (size_t i = 0; i < NR_SAMPLES; i++)
		fprintf(stderr, "usage: trigger %s%s\n", samples[i].sample,
			samples[i].arguments);
	return 2;
}
