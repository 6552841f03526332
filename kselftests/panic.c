// SPDX-License-Identifier: GPL-2.0
/*
 * Faults of programs (programs/panics, programs/descends) are in the log, and the kernel
 * goes on.
 */
#include "rex_log.h"
#include "rex_trace.h"
#include "names/panics.h"
#include "names/counts.h"
#include "names/descends.h"

static void make_warnings_harmless(void)
{
	panic_on_warn(false);
	set_sysctl("kernel/panic_on_oops", "0");
}

/* Makes warnings fatal until the end of this TEST: faults must not even warn.
 */
static void make_warnings_fatal(void)
{
	ASSERT(!atexit(make_warnings_harmless));
	panic_on_warn(true);
	set_sysctl("kernel/panic_on_oops", "1");
}

static const char *const tracepoints[] = { "unwraps_none",
					   "indexes_out_of_bounds",
					   "overflows" };

FIXTURE(panics)
{
	struct rex_obj *obj;
	struct bpf_link *links[3];
	char mark[64];
};

/* Loads and attaches the three programs at dup(2). */
static struct panics_fixture load_panics(void)
{
	struct panics_fixture p = { .obj = load_object("panics") };

	for (int i = 0; i < 3; i++)
		p.links[i] = attach(p.obj, tracepoints[i]);
	snprintf(p.mark, sizeof(p.mark), "rex-test: panic of %d", getpid());
	ksft_kmsg("%s", p.mark);
	return p;
}

static void unload(struct panics_fixture *p)
{
	for (int i = 0; i < 3; i++)
		bpf_link__destroy(p->links[i]);
	rex_obj_close(p->obj);
}

FIXTURE_SETUP(panics)
{
	*self = load_panics();
}

FIXTURE_TEARDOWN(panics)
{
	unload(self);
}

static bool log_has(const char *mark, const char *words)
{
	char *log = dmesg_since(mark);
	bool found = strstr(log, words);

	free(log);
	return found;
}

/* Returns the log of the fault, when its last line is there. */
static char *fault_log(const char *mark, const char *last)
{
	EXPECT_MSG(WAIT_FOR(log_has(mark, last), 5), "no \"%s\" in the log",
		   last);
	return dmesg_since(mark);
}

/* Expects A and then B in TEXT. */
static void expect_order(const char *text, const char *a, const char *b)
{
	const char *at = strstr(text, a);

	EXPECT_MSG(at && strstr(at, b), "not \"%s\" and then \"%s\" in %s", a,
		   b, text);
}

/* Expects FILE with a line and a column. */
static void expect_place(const char *log, const char *file)
{
	const char *at = strstr(log, file);
	int line = 0, column = 0;

	ASSERT_MSG(at, "no %s in the log: %s", file, log);
	EXPECT_EQ(sscanf(at + strlen(file), ":%d:%d", &line, &column), 2);
	EXPECT(line > 10 && line < 200 && column > 0);
}

TEST_F(panics, panic_is_logged_with_message_place_and_rust_functions)
{
	char *log, who[64];

	make_warnings_fatal();
	fire(UNWRAP);
	log = fault_log(self->mark, " entry_SYSCALL_64_after_hwframe+");
	EXPECT_CONTAINS(log,
			"rex: program unwraps_none of panics.rex.o stopped by a panic: "
			"called `Option::unwrap()` on a `None` value\n");
	expect_place(log, "rex: at kselftests/programs/panics/src/main.rs");
	snprintf(who, sizeof(who), "PID: %d Comm: panic\n", getpid());
	EXPECT_CONTAINS(log, who);
	expect_order(log, "rex:  panics::innermost_unwrap+0x",
		     "rex:  panics::middle_of_the_call_chain+0x");
	expect_order(log, "rex:  panics::middle_of_the_call_chain+0x",
		     "rex:  panics::_::unwraps_none_entry+0x");
	expect_order(log, "unwraps_none_entry", "rex:  rex_thunk_");
	expect_order(log, "rex:  rex_thunk_", "rex:  do_syscall_64+0x");
	free(log);
}

TEST_F(panics, index_out_of_bounds_is_a_panic)
{
	char *log;

	make_warnings_fatal();
	fire(INDEX + 7); /* the last one */
	EXPECT_EQ(prog_info(self->obj, "indexes_out_of_bounds").faults, 0);
	fire(INDEX + 8);
	log = fault_log(self->mark, "panics::element_of_a_table");
	EXPECT_CONTAINS(log,
			"program indexes_out_of_bounds of panics.rex.o stopped by a "
			"panic: index out of bounds: the len is 8 but the "
			"index is 8\n");
	expect_place(log, "rex: at kselftests/programs/panics/src/main.rs");
	free(log);
}

TEST_F(panics, overflow_is_a_panic)
{
	char *log;

	make_warnings_fatal();
	fire(OVERFLOW);
	log = fault_log(self->mark, "panics::sum_that_overflows");
	EXPECT_CONTAINS(log,
			"program overflows of panics.rex.o stopped by a panic: "
			"attempt to add with overflow\n");
	free(log);
}

TEST(message_of_a_panic_in_a_kprobe_is_formatted)
{
	struct panics_fixture p = load_panics();
	struct bpf_link *link =
		bpf_program__attach_ksyscall(program(p.obj, "panics_in_kprobe"),
					     "dup", NULL);
	char *log;

	ASSERT(link);
	/* Then this one is first. */
	for (int i = 0; i < 3; i++)
		bpf_link__destroy(p.links[i]);
	make_warnings_fatal();
	fire(UNWRAP);
	log = fault_log(p.mark, "Rust call trace");
	EXPECT_CONTAINS(log,
			"program panics_in_kprobe of panics.rex.o stopped by a "
			"panic: kprobe program was told to panic by "
			"descriptor 0x5e1f0001\n");
	free(log);
	bpf_link__destroy(link);
	rex_obj_close(p.obj);
}

/* The second panic comes while the first message is formatted. */
TEST_F(panics, panic_in_a_panic_ends_the_program)
{
	struct bpf_link *link = attach(self->obj, "panics_twice");
	char *log;

	make_warnings_fatal();
	fire(TWICE);
	log = fault_log(self->mark, "PanicsWhenShown");
	EXPECT_CONTAINS(log, "program panics_twice of panics.rex.o stopped by "
			     "a panic: ");
	free(log);
	EXPECT_EQ(prog_info(self->obj, "panics_twice").faults, 1);
	EXPECT_EQ(prog_info(self->obj, "panics_twice").state, REX_PROG_DEAD);
	bpf_link__destroy(link);
}

/* The programs after it at the same event do not run again, either. */
TEST_F(panics, panic_ends_all_programs_of_the_image)
{
	struct rex_prog_info info;
	__u64 runs[3];

	make_warnings_fatal();
	fire(NO_EVENT_FD);
	for (int i = 0; i < 3; i++) {
		info = prog_info(self->obj, tracepoints[i]);
		EXPECT_EQ(info.state, REX_PROG_LIVE);
		EXPECT_EQ(info.runs, 1);
	}
	fire(UNWRAP);
	for (int i = 0; i < 3; i++) {
		info = prog_info(self->obj, tracepoints[i]);
		EXPECT_EQ(info.state, REX_PROG_DEAD);
		EXPECT_EQ(info.faults, i == 0);
		EXPECT_EQ(info.runs + info.skipped, 2);
		runs[i] = info.runs;
	}
	for (int n = 1; n <= 10; n++)
		fire(UNWRAP);
	for (int i = 0; i < 3; i++) {
		info = prog_info(self->obj, tracepoints[i]);
		EXPECT_EQ(info.runs, runs[i]);
		EXPECT_EQ(info.runs + info.skipped, 12);
		EXPECT_EQ(info.faults, i == 0);
	}
	EXPECT_EQ(prog_info(self->obj, "panics_in_kprobe").state,
		  REX_PROG_DEAD);
}

TEST(panic_leaves_other_images_alone)
{
	struct rex_obj *counts = load_object("counts");
	struct panics_fixture p = load_panics(), second;
	struct bpf_link *link = attach(counts, "counts_first");

	make_warnings_fatal();
	map_set(counts, "control", DESCRIPTOR, UNWRAP);
	for (int i = 0; i < 10; i++)
		fire(UNWRAP);
	EXPECT_EQ(prog_info(p.obj, "unwraps_none").faults, 1);
	EXPECT_EQ(map_get(counts, "totals", FIRST), 10);
	EXPECT_EQ(prog_info(counts, "counts_first").state, REX_PROG_LIVE);
	/* The same object is alive when it is loaded again. */
	second = load_panics();
	EXPECT_EQ(prog_info(second.obj, "overflows").state, REX_PROG_LIVE);
	fire(NO_EVENT_FD);
	EXPECT_EQ(prog_info(second.obj, "overflows").runs, 1);
	bpf_link__destroy(link);
	unload(&p);
	unload(&second);
	rex_obj_close(counts);
}

/*
 * With a slow console, a report takes as long as many ticks: it is printed where
 * interrupts are on. The trace says where printk() is called: "comm-pid [cpu] flags
 * time: console: text", and the third of the flags is for interrupts. (The first
 * one is printk()'s own: it has interrupts off while it takes the text.)
 */
TEST_F(panics, faults_are_reported_outside_of_interrupts)
{
	int pipe = open_trace_pipe(), lines = 0;
	char *text, *line, *save, *flags;

	write_file(TRACING "events/printk/console/enable", "1");
	fire(UNWRAP);
	free(fault_log(self->mark, "entry_SYSCALL_64_after_hwframe"));
	write_file(TRACING "events/printk/console/enable", "0");
	text = strdup(read_trace(pipe));
	ASSERT(text);
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (!strstr(line, "rex: "))
			continue;
		flags = strstr(line, "] ");
		ASSERT_MSG(flags, "no flags in %s", line);
		EXPECT_MSG(flags[4] == '.', "in an interrupt: %s", line);
		lines++;
	}
	EXPECT(lines > 5);
	free(text);
	close(pipe);
}

/* ---- programs/descends ---- */

static struct bpf_link *attached;

static struct rex_obj *load_descends(__u64 wanted)
{
	struct rex_obj *obj = load_object("descends");

	attached = attach(obj, "descends");
	map_set(obj, "depth", WANTED, wanted);
	return obj;
}

static void unload_descends(struct rex_obj *obj)
{
	bpf_link__destroy(attached);
	rex_obj_close(obj);
}

TEST(recursion_within_the_stack_returns)
{
	struct rex_obj *obj = load_descends(40);

	fire(DESCEND);
	EXPECT_EQ(map_get(obj, "depth", REACHED), 40);
	EXPECT_EQ(prog_info(obj, "descends").state, REX_PROG_LIVE);
	unload_descends(obj);
}

TEST(endless_recursion_is_a_stack_overflow)
{
	struct rex_obj *obj = load_descends(0);
	struct rex_prog_info info;
	char *log;

	make_warnings_fatal();
	ksft_kmsg("rex-test: descends endlessly");
	fire(DESCEND);
	log = fault_log("rex-test: descends endlessly", "Rust call trace");
	EXPECT_CONTAINS(log,
			"rex: program descends of descends.rex.o stopped by a "
			"stack overflow: more than ");
	free(log);
	EXPECT(log_has("rex-test: descends endlessly",
		       "rex:  descends::descend+0x"));
	EXPECT_EQ(map_get(obj, "depth", REACHED), 0);
	info = prog_info(obj, "descends");
	EXPECT_EQ(info.state, REX_PROG_DEAD);
	EXPECT_EQ(info.faults, 1);
	fire(DESCEND);
	EXPECT_EQ(prog_info(obj, "descends").skipped, 1);
	unload_descends(obj);
}

/* ---- many faults: the log does not show all of them any more ---- */

/* The panic is in a system call's entry: the process must not notice. */
TEST(process_that_hit_the_panic_goes_on)
{
	struct panics_fixture p;
	pid_t pid;

	for (int i = 0; i < 20; i++) {
		p = load_panics();
		pid = fork();
		if (pid == 0) {
			pin_to_cpu(i % 2);
			fire(i % 3 == 0 ? UNWRAP :
			     i % 3 == 1 ? OVERFLOW :
					  INDEX + 100);
			for (int n = 0; n < 100; n++)
				if (close(open("/", O_PATH)))
					_exit(1);
			_exit(ksft_failures);
		}
		reap(pid);
		EXPECT_EQ(prog_info(p.obj, tracepoints[0]).state,
			  REX_PROG_DEAD);
		unload(&p);
	}
}

/* Other CPUs start runs at the moment of the panic. */
TEST_F(panics, panic_ends_a_program_that_runs_on_every_cpu)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	__u64 faults = 0;
	pid_t pids[64];

	ASSERT(cpus <= 64);
	make_warnings_fatal();
	for (int cpu = 0; cpu < cpus; cpu++) {
		pids[cpu] = fork();
		if (pids[cpu] == 0) {
			pin_to_cpu(cpu);
			for (int n = 0; n < 2000; n++)
				syscall(SYS_dup,
					n < 1000 ? NO_EVENT_FD : UNWRAP);
			_exit(0);
		}
	}
	for (int cpu = 0; cpu < cpus; cpu++)
		reap(pids[cpu]);
	faults = prog_info(self->obj, "unwraps_none").faults;
	EXPECT(faults >= 1 && faults <= (__u64)cpus);
	EXPECT_EQ(prog_info(self->obj, "unwraps_none").runs +
			  prog_info(self->obj, "unwraps_none").skipped,
		  2000 * cpus);
}

/* Each CPU has its own stack; and it is whole again for the next program. */
TEST(stack_overflow_on_every_cpu_is_contained)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct rex_obj *obj;

	make_warnings_fatal();
	for (int cpu = 0; cpu < cpus; cpu++) {
		pin_to_cpu(cpu);
		obj = load_descends(0);
		fire(DESCEND);
		EXPECT_EQ(prog_info(obj, "descends").faults, 1);
		unload_descends(obj);
		obj = load_descends(40);
		fire(DESCEND);
		EXPECT_EQ(map_get(obj, "depth", REACHED), 40);
		unload_descends(obj);
	}
}
