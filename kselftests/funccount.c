// SPDX-License-Identifier: GPL-2.0
/*
 * The tool funccount: it counts the calls that this process makes.
 * TEST-DEADLINE: 120
 */
#include "rex_sample.h"

#define USERS 50
#define GROUPS 30

static long count_of(const char *text, const char *function)
{
	const char *at = strstr(text, function);
	long count = 0;

	if (at)
		sscanf(at + strlen(function), "%ld", &count);
	return count;
}

TEST(calls_of_a_process_are_counted_by_function)
{
	struct sample *s;
	char line[96];

	snprintf(line, sizeof(line), "./funccount -p %d __x64_sys_get?id",
		 getpid());
	s = start_sample("tools/funccount", line);
	await_sample(s, "Press Ctrl-C");
	for (int i = 0; i < USERS; i++)
		syscall(SYS_getuid);
	for (int i = 0; i < GROUPS; i++)
		syscall(SYS_getgid);
	stop_sample(s);
	EXPECT_EQ(count_of(s->text, "__x64_sys_getuid"), USERS);
	EXPECT_EQ(count_of(s->text, "__x64_sys_getgid"), GROUPS);
	EXPECT(!strstr(s->text, "__x64_sys_getsid"));
}

TEST(pattern_without_functions_is_an_error_that_names_it)
{
	char *text;

	EXPECT_EQ(run_sample("tools/funccount", "./funccount no_such_?", &text),
		  1);
	EXPECT_CONTAINS(text, "no_such_?");
}
