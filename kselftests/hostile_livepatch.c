// SPDX-License-Identifier: GPL-2.0
/*
 * A livepatch (modules/rex-livepatch.c) comes and goes at a function of the kernel while programs
 * are there, fault and sleep.
 * TEST-DEADLINE: 450
 */
#include <sys/prctl.h>

#include "hostile.h"
#include "rex_calls.h"
#include "rex_pager.h"
#include "names/soak_unsafe.h"

#define PATCHED "bpf_fentry_test1"
#define FOLDER "/sys/kernel/livepatch/rex_livepatch"
#define CALLS "/sys/module/rex_livepatch/parameters/calls"
/* One of so many runs has a fault. */
#define FAULT_ODDS 200
#define ROUNDS 4
#define CALLS_A_ROUND 300

/* ---- the livepatch ---- */

/* A test that fails leaves no livepatch behind. */
static void drop_livepatch(void)
{
	if (!access(FOLDER, F_OK))
		write_file(FOLDER "/enabled", "0");
	WAIT_FOR(access(FOLDER, F_OK), 45);
	syscall(SYS_delete_module, "rex_livepatch", O_NONBLOCK);
}

static void need_livepatches(void)
{
	need_test_module("rex-livepatch");
	ASSERT(!atexit(drop_livepatch));
}

/* Returns 0 or an error; the livepatch is in force for all tasks some time later. */
static int try_livepatch(const char *parameters)
{
	return insert_test_module("rex-livepatch", parameters);
}

static bool is_in_transition(void)
{
	return number_in(FOLDER "/transition");
}

static void begin_livepatch(const char *parameters)
{
	int err = try_livepatch(parameters);

	ASSERT_MSG(!err, "livepatch: %s", strerror(err));
}

static void await_transition(void)
{
	ASSERT_MSG(WAIT_FOR(!is_in_transition(), 45),
		   "the livepatch is not in force for all tasks");
}

static void end_livepatch(void)
{
	write_file(FOLDER "/enabled", "0");
	ASSERT_MSG(WAIT_FOR(access(FOLDER, F_OK), 45),
		   "the livepatch does not go");
	remove_test_module("rex_livepatch");
}

/* ---- programs at the function ---- */

static struct place {
	const char *program;
	struct rex_obj *obj;
	struct rex_links *links;
} places[] = {
	{ .program = "at_fentry" },
	{ .program = "at_fexit" },
	{ .program = "at_kprobe" },
	{ .program = "at_kretprobe" },
};
#define NR_PLACES (sizeof(places) / sizeof(places[0]))

static void start_place(struct place *p)
{
	static const char *const names[] = { PATCHED };
	REX_OPTS(rex_attach_opts, opts, .functions = names, .nr_functions = 1);

	p->obj = load_act("soak_unsafe", p->program, p->program, PATIENT_MS);
	map_set(p->obj, "control", ODDS, FAULT_ODDS);
	p->links = attach_opts(p->obj, p->program, NULL, &opts);
}

static void end_place(struct place *p)
{
	rex_links_destroy(p->links);
	rex_obj_close(p->obj);
}

/* BPF_PROG_TEST_RUN of a program of fentry calls the function, and checks what it returns. */
static int caller;

struct shared {
	volatile bool over;
	volatile __u64 made;
};

static struct shared *shared;

static void make_calls_of_patched(void)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		_exit(41);
	while (!shared->over) {
		if (bpf_prog_test_run_opts(caller, &opts))
			_exit(40);
		shared->made++;
		/* The livepatch waits for tasks that execute, or were preempted. */
		usleep(100);
	}
	_exit(0);
}

static pid_t start_maker(void)
{
	pid_t pid;

	shared = map_shared(sizeof(*shared));
	caller = bpf_program__fd(program(places[0].obj, "at_fentry"));
	pid = fork();
	ASSERT(pid >= 0);
	if (!pid)
		make_calls_of_patched();
	return pid;
}

static void await_calls(void)
{
	__u64 made = shared->made;

	ASSERT_MSG(WAIT_FOR(shared->made > made + CALLS_A_ROUND, 30),
		   "%llu calls", shared->made - made);
}

/*
 * When the kernel makes another trampoline for the function, as it does when a livepatch comes or goes,
 * a call that is in the function returns past the programs of fexit.
 */
static void expect_each_call(const struct place *p)
{
	struct rex_prog_info info = prog_info(p->obj, p->program);
	__u64 events = info.runs + info.skipped + info.missed;
	__u64 lost = strcmp(p->program, "at_fexit") ? 0 : 2 * ROUNDS;

	ksft_note("%s: %llu runs, %llu skipped, %llu missed, %llu faults",
		  p->program, info.runs, info.skipped, info.missed,
		  info.faults);
	EXPECT_MSG(events <= shared->made && events + lost >= shared->made,
		   "%llu events of %llu calls", events, shared->made);
	EXPECT(info.faults > 0);
}

TEST_TIMEOUT(programs_see_each_call_of_a_function_that_a_livepatch_replaces,
	     200)
{
	pid_t maker;

	need_livepatches();
	restarts_per_min = 1000000;
	for (size_t i = 0; i < NR_PLACES; i++)
		start_place(&places[i]);
	maker = start_maker();
	for (int i = 0; i < ROUNDS; i++) {
		await_calls();
		begin_livepatch("");
		await_transition();
		await_calls();
		EXPECT(number_in(CALLS) >= CALLS_A_ROUND);
		end_livepatch();
	}
	shared->over = true;
	reap(maker);
	for (size_t i = 0; i < NR_PLACES; i++) {
		expect_each_call(&places[i]);
		end_place(&places[i]);
	}
}

/* ---- a program that sleeps there ---- */

static void call_patched(void)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	ASSERT(!bpf_prog_test_run_opts(caller, &opts));
}

/* A thread that sleeps in a program is a task, to which the livepatch has to come. */
TEST_TIMEOUT(livepatch_comes_to_a_task_that_has_slept_in_a_program, 120)
{
	struct rex_obj *obj;
	struct pager pager;
	struct sleeper sleeper;

	need_livepatches();
	if (!kernel_is_from(6, 3))
		SKIP("the kernel lets no program sleep at " PATCHED);
	obj = load_act("soak_unsafe", "at_fentry_sleepable", "sleeps",
		       PATIENT_MS);
	pager_init(&pager, 1);
	map_set(obj, "control", ADDRESS, (unsigned long)pager.pages);
	attach(obj, "at_fentry_sleepable");
	caller = bpf_program__fd(program(obj, "at_fentry_sleepable"));
	pin_to_cpu(1);
	sleeper_start(&sleeper, 0, call_patched);
	EXPECT_EQ(pager_await_fault(&pager), 0);
	begin_livepatch("");
	ksft_pause_ms(3000);
	/* The function is on the task's stack, so the task has the old one. */
	EXPECT(is_in_transition());
	pager_answer(&pager, 0, 1);
	ASSERT_MSG(sleeper_ends(&sleeper, 10), "the sleeper does not wake up");
	EXPECT_EQ(map_get(obj, "counts", RUNS_RETURNED), 1);
	await_transition();
	EXPECT_EQ(number_in(CALLS), 0);
	end_livepatch();
	EXPECT(is_live(obj, "at_fentry_sleepable"));
}

/* ---- the function by which rex.ko sees page faults ---- */

static void expect_page_fault_contained(void)
{
	struct victim v = start_victim(&hook_tracepoint);
	struct actor a =
		start_actor(&hook_tracepoint, "null_read", "a", v.pid, 0);

	let_go(&v);
	expect_actor_fault(&a, REX_FAULT_PAGE_FAULT);
	end_actor(&a);
}

TEST(livepatch_of_page_fault_oops_is_refused_while_the_module_is_there)
{
	need_livepatches();
	EXPECT_EQ(try_livepatch("oops=1"), EBUSY);
	EXPECT(access(FOLDER, F_OK));
	expect_page_fault_contained();
}

TEST(module_is_refused_while_a_livepatch_replaces_page_fault_oops)
{
	char *log;

	need_livepatches();
	ASSERT(WAIT_FOR(!remove_module(), 10));
	begin_livepatch("oops=1");
	await_transition();
	ksft_kmsg("refuses rex.ko");
	EXPECT_EQ(try_module(""), EBUSY);
	log = dmesg_since("refuses rex.ko");
	EXPECT_CONTAINS(log, "a livepatch or another module has replaced it");
	free(log);
	end_livepatch();
	insert_module("");
	expect_page_fault_contained();
}
