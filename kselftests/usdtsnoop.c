// SPDX-License-Identifier: GPL-2.0
/*
 * The tool usdtsnoop: its lines are the probes that this process comes to.
 * TEST-DEADLINE: 120
 */
#include "rex_sample.h"
#include "rex_usdt.h"

#define STEPS 20

static void step(int number, __u64 size)
{
	PROBE("step", "0", "-4@%0 8@%1 -1@$-2", "r"(number), "r"(size));
}

static void unused(void)
{
	PROBE("unused", "0", "4@$1");
}

TEST(probes_of_a_process_are_printed_with_their_arguments)
{
	struct sample *s;
	char line[96], want[96];

	snprintf(line, sizeof(line),
		 "./usdtsnoop -p %d /proc/%d/exe rex_test:step rex_test:unused",
		 getpid(), getpid());
	s = start_sample("tools/usdtsnoop", line);
	await_sample(s, "Tracing 2 places");
	for (int i = 0; i < STEPS; i++)
		step(-i, 1ull << 40);
	snprintf(want, sizeof(want), "rex_test:step %d 1099511627776 -2\n",
		 1 - STEPS);
	await_sample(s, want);
	stop_sample(s);
	for (int i = 0; i < STEPS; i++) {
		snprintf(want, sizeof(want), "rex_test:step %d 1099511627776 ",
			 -i);
		EXPECT_CONTAINS(s->text, want);
	}
	EXPECT(!strstr(s->text, "rex_test:unused"));
	if (getpid() < 0)
		unused();
}

TEST(missing_probe_is_an_error_that_names_it)
{
	char *text;

	EXPECT_EQ(run_sample("tools/usdtsnoop",
			     "./usdtsnoop /proc/self/exe rex_test:none", &text),
		  1);
	EXPECT_CONTAINS(text, "rex_test:none");
}
