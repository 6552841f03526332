// SPDX-License-Identifier: GPL-2.0
/*
 * Loads, binds and ends of programs wait for no grace period of RCU: a trace of the functions
 * that wait, with their callers, does not have rex.ko in it.
 */
#include "rex_ioctl.h"
#include "rex_trace.h"

#define ROUNDS 5

/* Kernels lack some of them. */
static const char *const waits[] = {
	"synchronize_rcu",
	"synchronize_rcu_expedited",
	"synchronize_rcu_tasks",
	"synchronize_rcu_tasks_rude",
	"synchronize_rcu_tasks_trace",
	"synchronize_srcu",
	"synchronize_srcu_expedited",
	"rcu_barrier",
	"rcu_barrier_tasks_trace",
};

static bool probe(const char *function)
{
	char text[128];

	snprintf(text, sizeof(text), "p:rex_test/%s %s", function, function);
	return try_trace_file("kprobe_events", text, O_APPEND);
}

FIXTURE(traced)
{
	int unused;
};

FIXTURE_SETUP(traced)
{
	(void)self;
	device();
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (!probe(waits[i]))
			ksft_note("the kernel has no %s", waits[i]);
	ASSERT(!access(TRACING "events/rex_test/synchronize_rcu", F_OK));
	trace_file("options/stacktrace", "1");
	trace_file("options/sym-offset", "1");
}

FIXTURE_TEARDOWN(traced)
{
	(void)self;
	trace_file("options/stacktrace", "0");
	trace_file("options/sym-offset", "0");
	trace_file("kprobe_events", "");
}

/* The one reference that stays is that of the test's descriptor of the device. */
#define OWN_REFERENCE 1

/* Returns the waits of rex.ko during ROUNDS rounds, and until everything is freed. */
static long waits_of(void (*round)(void))
{
	char *text;
	long nr;

	round();
	await_references(OWN_REFERENCE, 10);
	trace_file("trace", "");
	trace_file("events/rex_test/enable", "1");
	for (int i = 0; i < ROUNDS; i++)
		round();
	await_references(OWN_REFERENCE, 10);
	trace_file("events/rex_test/enable", "0");
	text = read_all(TRACING "trace", NULL);
	nr = count_lines(text, "[rex]");
	ksft_note("%ld events, %ld frames of rex.ko",
		  count_lines(text, "<stack trace>"), nr);
	free(text);
	return nr;
}

static void round_of_programs(void)
{
	struct rex_obj *obj = load_object("counts");
	struct bpf_link *link = attach(obj, "counts_first");

	bpf_link__destroy(link);
	rex_obj_close(obj);
}

TEST_F(traced, a_program_is_loaded_bound_and_freed_without_a_wait)
{
	(void)self;
	EXPECT_EQ(waits_of(round_of_programs), 0);
}

static void round_of_images(void)
{
	close(load_image("hello"));
}

TEST_F(traced, an_image_is_freed_without_a_wait)
{
	(void)self;
	EXPECT_EQ(waits_of(round_of_images), 0);
}

/* It waits in a worker, without a mutex. So the trace has the waits of rex.ko. */
static void round_of_replacements(void)
{
	int image = load_image("hello"), other = load_image("hello");
	int prog = carrier(BPF_PROG_TYPE_TRACEPOINT);

	ASSERT(!bind_prog(image, prog, "rex_prog1", 0));
	ASSERT(!bind_prog(other, prog, "rex_prog1", REX_BIND_REPLACE));
	close(image);
	close(other);
	close(prog);
}

TEST_F(traced, a_carrier_is_moved_with_a_wait_for_its_runs)
{
	(void)self;
	EXPECT(waits_of(round_of_replacements) >= ROUNDS);
}
