// SPDX-License-Identifier: GPL-2.0
/*
 * The sample spinlock shows no value half-changed, and a panic with the lock held
 * releases it and stores nothing.
 */
#include "rex_sample.h"

#define ROUNDS 4000

static void trigger(const char *how)
{
	char line[64], *text;

	snprintf(line, sizeof(line), "../trigger spinlock %s", how);
	ASSERT_EQ(run_sample("spinlock", line, &text), 0);
}

static void expect_value(struct sample *s, int changes)
{
	char line[64];

	snprintf(line, sizeof(line), "up %d, down %d, difference %d\n",
		 2 * changes, changes, changes);
	await_sample(s, line);
}

TEST(value_is_never_seen_half_changed)
{
	struct sample *s = start_sample("spinlock", "./loader");
	int processes = 2 * sysconf(_SC_NPROCESSORS_ONLN);
	char how[32];

	await_sample(s, "ready\n");
	snprintf(how, sizeof(how), "%d %d", processes, ROUNDS);
	trigger(how);
	expect_value(s, processes * ROUNDS);
	stop_sample(s); /* fails if it saw one */
}

TEST(panic_releases_the_lock_and_stores_nothing)
{
	struct sample *s = start_sample("spinlock", "./loader");

	await_sample(s, "ready\n");
	trigger("1 5");
	expect_value(s, 5);
	announce_dmesg("stopped by a panic: up is 12 and down still 5");
	trigger("panic");
	await_sample(s,
		     "loader: program rex_prog1 stopped by a panic: up is 12 "
		     "and down still 5, at samples/spinlock/src/main.rs:");
	await_end_of_line(s);
	trigger("1 5");
	/* The loader still reads the value under the lock. */
	s->text[s->len = 0] = '\0';
	for (long end = ksft_ms() + 500; ksft_ms() < end;)
		ASSERT(read_sample(s, 50));
	stop_sample(s);
	EXPECT_STREQ(s->text, "");
}
