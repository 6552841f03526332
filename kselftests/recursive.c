// SPDX-License-Identifier: GPL-2.0
/*
 * The sample recursive calls itself until the stack is full, and is stopped
 * then.
 */
#include "rex_sample.h"

static void trigger(const char *numbers)
{
	char line[64], *text;

	snprintf(line, sizeof(line), "../trigger recursive %s", numbers);
	ASSERT_EQ(run_sample("recursive", line, &text), 0);
}

TEST(function_calls_itself)
{
	struct sample *s = start_sample("recursive", "./loader");

	await_sample(s, "ready\n");
	trigger("0 1 10 250");
	await_sample(s, "the sum of 1 to 0 is 0,");
	await_sample(s, "the sum of 1 to 1 is 1,");
	await_sample(s, "the sum of 1 to 10 is 55,");
	await_sample(s, "the sum of 1 to 250 is 31375,");
	stop_sample(s);
}

TEST(too_deep_a_recursion_ends_the_program)
{
	struct sample *s = start_sample("recursive", "./loader");

	await_sample(s, "ready\n");
	trigger("5");
	await_sample(s, "the sum of 1 to 5 is 15,");
	announce_dmesg(
		"program rex_recursive of recursive.rex.o stopped by a stack overflow");
	trigger("1000000 6");
	await_sample(s, "loader: program rex_recursive stopped by a stack "
			"overflow: more than 16384 bytes of stack\n");
	stop_sample(s);
	EXPECT_EQ(count_lines(s->text, "the sum of "), 1);

	/* The program works after another load. */
	s = start_sample("recursive", "./loader");
	await_sample(s, "ready\n");
	trigger("7");
	await_sample(s, "the sum of 1 to 7 is 28,");
	stop_sample(s);
}

TEST(trigger_takes_only_numbers)
{
	char *text;

	EXPECT_EQ(run_sample("recursive", "../trigger recursive 1 ten", &text),
		  2);
	EXPECT_CONTAINS(text, "usage: trigger recursive N...");
	EXPECT_EQ(run_sample("recursive", "../trigger atomic 2 -1", &text), 2);
	EXPECT_CONTAINS(text, "usage: trigger atomic PROCESSES ROUNDS");
	EXPECT_EQ(run_sample("recursive", "../trigger nosuch", &text), 2);
	EXPECT_CONTAINS(text, "no sample nosuch has a trigger");
	EXPECT_CONTAINS(text, "usage: trigger hello\n");
}
