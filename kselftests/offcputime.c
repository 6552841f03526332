// SPDX-License-Identifier: GPL-2.0
/*
 * The tool offcputime sums up the time that a process sleeps, by the functions
 * that it sleeps in.
 */
#include <sys/syscall.h>
#include <time.h>

#include "rex_sample.h"
#include "rex_worker.h"

#define SLEEPS 10
#define MS 30

static const char folder[] = "tools/offcputime";

static __u64 now_us(void)
{
	return ksft_ns() / 1000;
}

static IN_STACK long sleep_a_while(void)
{
	struct timespec time = { 0, MS * 1000000 };
	long ret;

	asm volatile("syscall"
		     : "=a"(ret)
		     : "0"(SYS_nanosleep), "D"(&time), "S"(0)
		     : "rcx", "r11", "memory");
	return ret;
}

static IN_STACK long sleep_here(void)
{
	return sleep_a_while() + 1;
}

static IN_STACK long sleep_there(void)
{
	return sleep_a_while() + 2;
}

/* Sleeps in both functions, and returns the time. */
static void sleep_often(struct work_done *done)
{
	for (int i = 0; i < SLEEPS; i++) {
		__u64 start = now_us();

		sleep_here();
		done->numbers[0] += now_us() - start;
		start = now_us();
		sleep_there();
		sleep_there();
		done->numbers[1] += now_us() - start;
	}
}

static struct sample *start(const char *options)
{
	char line[128];
	struct sample *s;

	snprintf(line, sizeof(line), "./offcputime %s", options);
	s = start_sample(folder, line);
	await_sample(s, "end.\n"); /* it is attached */
	return s;
}

/* Returns the microseconds of all stacks with these functions. */
static __u64 time_in(const char *text, const char *kernel, const char *user)
{
	__u64 sum = 0;
	char *copy = strdup(text), *stack = copy, *end;

	for (; (end = strstr(stack, "\n\n")); stack = end + 2) {
		*end = '\0';
		if (strstr(stack, kernel) && strstr(stack, user))
			sum += strtoull(strrchr(stack, '\n') + 1, NULL, 10);
	}
	free(copy);
	return sum;
}

/*
 * The sum is most of the time that the process measured, and not more. A sleep begins a little
 * before the task is switched.
 */
static void expect_time(__u64 found, __u64 said, __u64 asked, const char *text)
{
	__u64 least = asked - asked / 10;

	EXPECT_MSG(found >= least && found <= said,
		   "%llu us off the CPU, %llu us asleep, %llu at least: %s",
		   found, said, least, text);
}

TEST(sleeps_are_summed_up_by_function)
{
	struct worker worker = start_worker(sleep_often);
	struct work_done done;
	char options[32];
	struct sample *s;

	snprintf(options, sizeof(options), "-p %d", worker.pid);
	s = start(options);
	done = let_work(&worker);
	stop_sample(s);
	expect_time(time_in(s->text, " do_nanosleep\n", " sleep_here\n"),
		    done.numbers[0], SLEEPS * MS * 1000, s->text);
	expect_time(time_in(s->text, " do_nanosleep\n", " sleep_there\n"),
		    done.numbers[1], 2 * SLEEPS * MS * 1000, s->text);
	EXPECT_CONTAINS(s->text, " offcputime (");
	end_worker(&worker);
}

TEST(times_and_states_are_chosen)
{
	struct worker worker = start_worker(sleep_often);
	struct work_done done;
	char options[64];
	struct sample *s, *longer, *ready;

	snprintf(options, sizeof(options), "-t %d --state 1 -m 1000",
		 worker.pid);
	s = start(options);
	snprintf(options, sizeof(options), "-t %d -m 10000000", worker.pid);
	longer = start(options);
	snprintf(options, sizeof(options), "-t %d --state 0", worker.pid);
	ready = start(options);
	done = let_work(&worker);
	stop_sample(s);
	stop_sample(longer);
	stop_sample(ready);
	expect_time(time_in(s->text, "", " sleep_a_while\n"),
		    done.numbers[0] + done.numbers[1], 3 * SLEEPS * MS * 1000,
		    s->text);
	EXPECT_EQ(time_in(longer->text, "", ""), 0);
	EXPECT_EQ(time_in(ready->text, " do_nanosleep\n", ""), 0);
	end_worker(&worker);
}

TEST(threads_of_the_kernel_only)
{
	struct sample *s = start("-k 2");

	EXPECT_EQ(end_sample(s), 0);
	EXPECT(time_in(s->text, "", "kthread") > 0);
	EXPECT_EQ(time_in(s->text, "", " entry_SYSCALL_64"), 0);
}

TEST(bad_options_are_refused)
{
	char *text;

	ASSERT_EQ(run_sample(folder, "./offcputime -k -u", &text), 2);
	EXPECT_CONTAINS(text, "-u and -k exclude each other");
	ASSERT_EQ(run_sample(folder, "./offcputime -m 9 -M 8", &text), 2);
	EXPECT_CONTAINS(text, "-m has to be less than -M");
	ASSERT_EQ(run_sample(folder, "./offcputime 1 2", &text), 2);
	EXPECT_CONTAINS(text, "there are too many arguments: '2'");
}
