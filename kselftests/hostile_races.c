// SPDX-License-Identifier: GPL-2.0
/*
 * Programs fault while programs come and go, while the module is removed, and while CPUs
 * go offline and online. TEST-DEADLINE: 200
 */
#include "hostile.h"

static volatile sig_atomic_t stopping;

static void stop(int signo)
{
	(void)signo;
	stopping = 1;
}

/* Starts a process that calls BODY again and again until it is stopped. */
static pid_t start_worker(void (*body)(void))
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid == 0) {
		signal(SIGTERM, stop);
		while (!stopping)
			body();
		_exit(ksft_failures);
	}
	return pid;
}

static void stop_worker(pid_t pid)
{
	kill(pid, SIGTERM);
	reap(pid);
}

static void make_events(void)
{
	for (int i = 0; i < 100; i++)
		fire_dup();
}

static void make_events_on_cpu1(void)
{
	static bool pinned;

	if (!pinned)
		pin_to_cpu(1);
	pinned = true;
	make_events();
}

static struct census idle_census(void)
{
	await_idle();
	return take_census();
}

/* ---- programs that go while they run ---- */

/* Starts a victim on CPU 1, in the loop of an act that the test ends. */
static struct victim run_until_told(struct actor *a, const char *name)
{
	struct victim v = start_victim(&hook_tracepoint);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(1, &set);
	ASSERT(!sched_setaffinity(v.pid, sizeof(set), &set));
	*a = start_actor(&hook_tracepoint, "loop_until_told", name, v.pid,
			 5000);
	pin_to_cpu(0);
	close(v.go);
	ASSERT(WAIT_FOR(map_get(a->obj, "notes", BEGUN) == 1, 10));
	return v;
}

static void tell(int orders)
{
	__u32 key = NUMBER;
	__u64 value = 1;

	ASSERT(!bpf_map_update_elem(orders, &key, &value, 0));
}

TEST(unloaded_program_completes_its_run)
{
	struct census before = idle_census();
	struct victim v;
	struct actor a;
	int orders;

	v = run_until_told(&a, "unloaded");
	orders = dup(map_fd(a.obj, "orders"));
	end_actor(&a);
	EXPECT(!census_is(&before));
	tell(orders);
	close(orders);
	reap(v.pid);
	EXPECT_CENSUS(&before);
}

TEST(program_that_is_unloaded_while_it_loops_elsewhere_is_ended)
{
	struct census before = idle_census();
	struct victim v = start_victim(&hook_tracepoint);
	struct actor a = start_actor(&hook_tracepoint, "loop_of_nothing",
				     "unloaded", v.pid, 1000);

	close(v.go);
	ASSERT(WAIT_FOR(map_get(a.obj, "notes", BEGUN) == 1, 10));
	end_actor(&a);
	reap(v.pid);
	EXPECT_CENSUS(&before);
}

TEST(replaced_program_completes_its_run)
{
	struct census before = idle_census();
	struct victim v;
	struct actor a, b = {};
	pid_t replacer;
	int orders;

	v = run_until_told(&a, "old");
	orders = map_fd(a.obj, "orders");
	b.hook = &hook_tracepoint;
	b.obj = load_act("hostile_unsafe", "at_tracepoint", "new", 0);
	order(b.obj, "nothing", 0);
	/* REPLACE returns when no run of the old program is left. */
	replacer = fork();
	if (replacer == 0)
		_exit(rex_obj_replace(b.obj, "at_tracepoint",
				      bpf_program__fd(
					      program(a.obj,
						      "at_tracepoint"))) != 0);
	EXPECT(WAIT_FOR(({
				fire_dup();
				map_get(b.obj, "notes", DONE) > 0;
			}),
			10));
	EXPECT_EQ(waitpid(replacer, NULL, WNOHANG), 0);
	tell(orders);
	reap(v.pid);
	reap(replacer);
	EXPECT_EQ(actor_info(&a).faults, 0);
	EXPECT_EQ(map_get(a.obj, "notes", DONE), 1);
	bpf_link__destroy(a.link);
	rex_obj_close(a.obj);
	rex_obj_close(b.obj);
	EXPECT_CENSUS(&before);
}

/* Each program that gets the carrier dies, on both CPUs. */
TEST(programs_fault_while_they_are_replaced)
{
	static const char *const acts[] = { "explicit_panic", "ud2",
					    "null_read", "recursion" };
	struct census before = idle_census();
	struct actor first =
		start_actor(&hook_tracepoint, "nothing", "first", 0, 0);
	pid_t w[2] = { start_worker(make_events),
		       start_worker(make_events_on_cpu1) };
	int carrier_fd = bpf_program__fd(program(first.obj, "at_tracepoint"));

	for (int i = 0; i < 24; i++) {
		struct rex_obj *obj = load_act("hostile_unsafe",
					       "at_tracepoint", acts[i % 4], 0);

		order(obj, acts[i % 4], 0);
		ASSERT(!rex_obj_replace(obj, "at_tracepoint", carrier_fd));
		if (i % 2)
			EXPECT(WAIT_FOR(prog_info(obj, "at_tracepoint").state ==
						REX_PROG_DEAD,
					10));
		rex_obj_close(obj);
	}
	for (int i = 0; i < 2; i++)
		stop_worker(w[i]);
	end_actor(&first);
	EXPECT_CENSUS(&before);
}

static void load_fault_unload(void)
{
	struct actor a =
		start_actor(&hook_tracepoint, "explicit_panic", "short", 0, 0);

	fire_dup();
	end_actor(&a);
}

TEST(programs_come_fault_and_go_on_all_cpus)
{
	struct actor held;
	struct census before;
	pid_t events, w[3];

	await_idle();
	held = hold(&hook_tracepoint);
	before = take_census();
	events = start_worker(make_events);
	for (int i = 0; i < 3; i++)
		w[i] = start_worker(load_fault_unload);
	for (long end = ksft_ms() + 5000; ksft_ms() < end;)
		load_fault_unload();
	for (int i = 0; i < 3; i++)
		stop_worker(w[i]);
	stop_worker(events);
	EXPECT_CENSUS(&before);
	end_actor(&held);
}

TEST(loader_that_is_killed_while_its_program_loops_leaks_nothing)
{
	struct census before = idle_census();

	for (int i = 0; i < 5; i++) {
		pid_t loader = fork();
		int status;

		if (loader == 0) {
			struct actor a = start_actor(&hook_tracepoint,
						     "loop_of_nothing",
						     "orphan", 0, 400);

			(void)a;
			fire_dup();
			pause();
		}
		/* The load takes about 300 ms; this is at any time of it. */
		ksft_pause_ms(100 * (i + 1));
		kill(loader, SIGKILL);
		ASSERT_EQ(waitpid(loader, &status, 0), loader);
	}
	EXPECT_CENSUS(&before);
}

/* ---- the module ---- */

static void try_rmmod(void)
{
	for (int i = 0; i < 100; i++)
		EXPECT(syscall(SYS_delete_module, "rex", O_NONBLOCK) == -1);
}

TEST(rmmod_is_refused_while_programs_fault)
{
	/* While this actor exists, rmmod cannot succeed. */
	struct actor held = hold(&hook_tracepoint);
	pid_t rmmod, events;

	rmmod = start_worker(try_rmmod);
	events = start_worker(make_events);
	for (int i = 0; i < 15; i++)
		load_fault_unload();
	stop_worker(events);
	stop_worker(rmmod);
	end_actor(&held);
}

/* The module's end waits for reports of faults, the last runs and the image. */
TEST(module_is_unloaded_right_after_faults)
{
	for (int i = 0; i < 5; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			load_fault_unload();
			_exit(ksft_failures);
		}
		reap(pid);
		reload_module("");
	}
}

/* ---- CPUs ---- */

static void toggle_cpu1(void)
{
	switch_cpu(1, false);
	switch_cpu(1, true);
}

TEST(cpus_go_and_come_while_programs_run)
{
	struct actor a = start_actor(&hook_tracepoint, "nothing", "a", 0, 0);
	pid_t events = start_worker(make_events);

	for (int i = 0; i < 10; i++)
		toggle_cpu1();
	stop_worker(events);
	expect_unharmed(&a);
	EXPECT_EQ(actor_info(&a).skipped, 0);
	end_actor(&a);
}

TEST(cpus_go_and_come_while_programs_fault)
{
	struct actor held = hold(&hook_tracepoint);
	pid_t w[3] = { start_worker(make_events),
		       start_worker(load_fault_unload),
		       start_worker(load_fault_unload) };

	for (int i = 0; i < 8; i++)
		toggle_cpu1();
	for (int i = 0; i < 3; i++)
		stop_worker(w[i]);
	end_actor(&held);
}

TEST(cpu_that_goes_while_a_program_loops_on_it_waits_for_its_end)
{
	for (int i = 0; i < 3; i++) {
		struct victim v = start_victim(&hook_tracepoint);
		struct actor a;
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(1, &set);
		ASSERT(!sched_setaffinity(v.pid, sizeof(set), &set));
		a = start_actor(&hook_tracepoint,
				i == 1 ? "loop_in_helpers" : "loop_of_nothing",
				"a", v.pid, 1000);
		close(v.go);
		ASSERT(WAIT_FOR(map_get(a.obj, "notes", BEGUN) == 1, 10));
		switch_cpu(1, false);
		expect_actor_fault(&a, REX_FAULT_TIMEOUT);
		reap(v.pid);
		switch_cpu(1, true);
		end_actor(&a);
	}
}

static void fault_on_cpu1(const char *act, int cause)
{
	struct victim v = start_victim(&hook_tracepoint);
	struct actor a = start_actor(&hook_tracepoint, act, act, v.pid, 0);
	struct rex_fault_info fault;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(1, &set);
	ASSERT(!sched_setaffinity(v.pid, sizeof(set), &set));
	let_go(&v);
	expect_actor_fault(&a, cause);
	fault = last_fault(a.obj, "at_tracepoint");
	EXPECT_EQ(fault.cpu, 1);
	end_actor(&a);
}

static void all_faults_on_cpu1(void)
{
	fault_on_cpu1("explicit_panic", REX_FAULT_PANIC);
	fault_on_cpu1("recursion", REX_FAULT_STACK_OVERFLOW);
	fault_on_cpu1("ud2", REX_FAULT_EXCEPTION);
	fault_on_cpu1("null_read", REX_FAULT_PAGE_FAULT);
	fault_on_cpu1("loop_of_nothing", REX_FAULT_TIMEOUT);
	fault_on_cpu1("loop_in_helpers", REX_FAULT_TIMEOUT);
}

TEST(cpu_that_comes_after_the_module_has_stacks_and_a_watchdog)
{
	ASSERT(WAIT_FOR(remove_module() == 0, 10));
	switch_cpu(1, false);
	insert_module("");
	switch_cpu(1, true);
	all_faults_on_cpu1();
}

TEST(cpu_that_comes_while_a_program_is_bound_is_watched)
{
	struct actor keep =
		start_actor(&hook_tracepoint, "nothing", "keep", 0, 0);

	switch_cpu(1, false);
	switch_cpu(1, true);
	all_faults_on_cpu1();
	end_actor(&keep);
}
