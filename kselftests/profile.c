// SPDX-License-Identifier: GPL-2.0
/*
 * The tool profile counts a function of a process in proportion to the time
 * that the process has spent in it.
 */
#include <sys/resource.h>

#include "rex_sample.h"
#include "rex_worker.h"

#define HZ 99
#define MS 3000

static const char folder[] = "tools/profile";

static long cpu_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

static IN_STACK void spin_inside(long spins)
{
	for (volatile long i = 0; i < spins; i++)
		;
}

static IN_STACK void spin_outside(void)
{
	long end = cpu_ms() + MS;

	while (cpu_ms() < end)
		spin_inside(3000000);
}

/* Functions without frame pointers, as the compiler makes them. */
static int compare_slowly(const void *a, const void *b)
{
	for (volatile int i = 0; i < 20000; i++)
		;
	return *(const int *)a - *(const int *)b;
}

static __attribute__((noinline)) int sort_numbers(void)
{
	int numbers[100];

	for (int i = 0; i < 100; i++)
		numbers[i] = i * 7919 % 100;
	qsort(numbers, 100, sizeof(numbers[0]), compare_slowly);
	return numbers[50];
}

static void sort(struct work_done *done)
{
	long before = cpu_ms();

	while (cpu_ms() < before + MS)
		done->numbers[1] += sort_numbers();
	done->numbers[0] = cpu_ms() - before;
}

/* Runs, and returns the time. */
static void spin(struct work_done *done)
{
	long before = cpu_ms();

	spin_outside();
	done->numbers[0] = cpu_ms() - before;
}

static struct sample *start(const char *options, pid_t pid)
{
	char line[128];
	struct sample *s;

	snprintf(line, sizeof(line), "./profile -F %d -p %d %s", HZ, pid,
		 options);
	s = start_sample(folder, line);
	await_sample(s, "end.\n"); /* it is attached */
	return s;
}

/* Returns the sum of the counts of folded stacks with these words. */
static long samples_with(const char *text, const char *words)
{
	char *copy = strdup(text), *rest = copy, *line;
	long sum = 0;

	while ((line = strsep(&rest, "\n")))
		if (strstr(line, words))
			sum += strtol(strrchr(line, ' ') + 1, NULL, 10);
	free(copy);
	return sum;
}

/*
 * Checks that the count fits the time. An emulated machine may miss ticks of
 * its clock.
 */
static void expect_samples(long found, long ms, const char *text)
{
	long wanted = ms * HZ / 1000;

	EXPECT_MSG(found > wanted / 4 && found < wanted * 3 / 2,
		   "%ld samples in %ld ms: %s", found, ms, text);
}

TEST(samples_are_as_many_as_the_time_says)
{
	struct worker worker = start_worker(spin);
	struct sample *s = start("-f", worker.pid);
	long ms = let_work(&worker).numbers[0], found;

	stop_sample(s);
	found = samples_with(s->text, ";spin_outside");
	expect_samples(found, ms, s->text);
	/* Most stacks are in the counting function, below its caller. */
	EXPECT(samples_with(s->text, ";spin_outside;spin_inside") * 2 > found);
	end_worker(&worker);
}

/* From the program's function through the C library's and back to where it began. */
TEST(stacks_need_no_frame_pointers)
{
	struct worker worker = start_worker(sort);
	struct sample *s = start("-f -U --eh-frame", worker.pid);
	long ms = let_work(&worker).numbers[0], all, found;

	stop_sample(s);
	all = samples_with(s->text, "profile;");
	found = samples_with(s->text, ";sort_numbers;");
	expect_samples(found, ms, s->text);
	EXPECT_MSG(found * 10 >= all * 8, "%ld of %ld: %s", found, all,
		   s->text);
	EXPECT(samples_with(s->text, ";compare_slowly ") * 10 >= found * 8);
	EXPECT(samples_with(s->text, "profile;_start;") * 10 >= all * 8);
	end_worker(&worker);
}

TEST(stacks_are_printed_with_their_process)
{
	struct worker worker = start_worker(spin);
	struct sample *s = start("-U", worker.pid);
	char last[64];

	let_work(&worker);
	stop_sample(s);
	EXPECT_CONTAINS(s->text, "    spin_inside\n    spin_outside\n");
	snprintf(last, sizeof(last), "    -                profile (%d)\n",
		 worker.pid);
	EXPECT_CONTAINS(s->text, last);
	EXPECT_EQ(count_lines(s->text, "_[k]"), 0);
	end_worker(&worker);
}

TEST(idle_cpus_are_sampled_if_asked_for)
{
	char *text;

	ASSERT_EQ(run_sample(folder, "./profile -F 99 -I -K -f --cpu 0 1",
			     &text),
		  0);
	EXPECT(samples_with(text, "_[k] ") > 0);
	EXPECT(samples_with(text, "swapper/0") > 0);
	ASSERT_EQ(run_sample(folder, "./profile -K -f --cpu 0 1", &text), 0);
	EXPECT_EQ(samples_with(text, "swapper/"), 0);
}

TEST(bad_options_are_refused)
{
	char *text;

	ASSERT_EQ(run_sample(folder, "./profile -U -K", &text), 2);
	EXPECT_CONTAINS(text, "-U and -K exclude each other");
	ASSERT_EQ(run_sample(folder, "./profile --eh-frame", &text), 2);
	EXPECT_CONTAINS(text, "--eh-frame goes with -p");
	ASSERT_EQ(run_sample(folder, "./profile --cpu 4000", &text), 1);
	EXPECT_CONTAINS(text, "there is no CPU 4000");
}
