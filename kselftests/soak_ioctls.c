// SPDX-License-Identifier: GPL-2.0
/*
 * Sequences of ioctls and of other calls, in random order, on descriptors that three
 * threads share, close and reopen. A call fails only as the ABI documents, and nothing
 * leaks. `make soak SEQUENCES=1000000` says how many, SEED=<number> which ones.
 * TEST-DEADLINE: 200
 */
#include <pthread.h>
#include <stdatomic.h>

#include "rex_operations.h"
#include "rex_soak.h"

#define NR_WORKERS 3
#define MAX_LENGTH 12
/* Operations that take long are so many times rarer. */
#define RARER 64

static atomic_ulong next_sequence, nr_done, nr_calls, nr_ioctls;
static unsigned long end_of_portion;
static unsigned long long seed;

static bool is_slow(const struct op *op)
{
	static const char *const slow[] = {
		"fork",
		"read_symbols",
		"load",
		"load_without_memory",
		"packet",
		"event",
		"load_with_other_maps",
	};

	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++)
		if (!strcmp(op->name, slow[i]))
			return true;
	return false;
}

static const struct op *random_op(void)
{
	const struct op *op;

	do
		op = &ops[random_below(nr_ops)];
	while (is_slow(op) && random_below(RARER));
	return op;
}

/* Operations on /dev/rex itself, which not all are. */
static bool is_ioctl(const struct op *op)
{
	static const char *const words[] = {
		"load", "bind", "replace", "info", "argument",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(op->name, words[i]))
			return true;
	return false;
}

static void one_sequence(unsigned long number)
{
	unsigned int length;

	seed_random((seed << 32) + number + 1);
	for (length = 1 + random_below(MAX_LENGTH); length; length--) {
		const struct op *op = random_op();

		op->perform();
		nr_calls++;
		nr_ioctls += is_ioctl(op);
	}
	/* Most sequences find what others left, some find nothing. */
	if (!random_below(64))
		tear_down_operations();
}

static void *work(void *unused)
{
	unsigned long number;

	(void)unused;
	while ((number = next_sequence++) < end_of_portion) {
		one_sequence(number);
		nr_done++;
	}
	return NULL;
}

static void run_portion(struct soak *soak, unsigned long end)
{
	pthread_t threads[NR_WORKERS];

	if (ksft_failures)
		return;
	next_sequence = nr_done;
	end_of_portion = end;
	for (int i = 0; i < NR_WORKERS; i++)
		ASSERT(!pthread_create(&threads[i], NULL, work, NULL));
	while (nr_done < end) {
		ksft_pause_ms(50);
		/* Images that faults ended are followed by others. */
		seed_random(nr_done + 1);
		fill_tables();
		soak_step(soak, nr_done);
	}
	for (int i = 0; i < NR_WORKERS; i++)
		pthread_join(threads[i], NULL);
	tear_down_operations();
}

TEST_TIMEOUT(random_sequences_leave_a_healthy_kernel, 120)
{
	struct soak soak =
		soak_begin("sequences", soak_count("SEQUENCES", 4000));
	struct census census;
	bool flat;
	long refs;

	seed = soak_seed();
	idle_device();
	refs = module_refs();
	set_up_operations();
	census = take_census();
	be_strict(true);
	flat = soak_stays_flat(&soak, run_portion, refs);
	be_strict(false);
	soak_end(&soak, nr_done);
	ksft_note("seed %llu: %lu calls, of which %lu to /dev/rex", seed,
		  nr_calls, nr_ioctls);
	EXPECT(nr_ioctls > nr_calls / 4);
	EXPECT_MSG(flat, "the memory is not flat");
	expect_health(&census);
}
