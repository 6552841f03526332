// SPDX-License-Identifier: GPL-2.0
/*
 * Sleepable programs at functions of the kernel (programs/sleepable_functions): where they
 * run, where none may, and what ends while one of them sleeps.
 */
#include "rex_ioctl.h"
#include "rex_pager.h"
#include "names/sleepable_functions.h"

#define INJECTED "/sys/kernel/debug/error_injection/list"
#define TRACED "fentry.s/bpf_fentry_test1"

static struct rex_obj *obj;
static struct pager pager;
static struct sleeper sleeper;

static long seen(__u32 index)
{
	return map_get(obj, "seen", index);
}

static void need_function(void)
{
	if (!kernel_is_from(6, 3))
		SKIP("the kernel lets no program sleep at bpf_fentry_test1");
}

/* The memory that a run copies from is there when the pager answers. */
static void give_orders(void)
{
	map_set(obj, "orders", OF_PROCESS, getpid());
	pager_init(&pager, 1);
	map_set(obj, "orders", FROM, (unsigned long)pager.pages);
}

static void load_sleepers(void)
{
	need_function();
	obj = load_object("sleepable_functions");
	give_orders();
}

/* A carrier, of which BPF_PROG_TEST_RUN calls the traced function with 1. */
static int caller;

static void call_traced(void)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	ASSERT(!bpf_prog_test_run_opts(caller, &opts));
}

static void dup_input(void)
{
	close(dup(0));
}

/* Have a program sleep on CPU 0 until the pager answers. This thread is on the other. */
static void start_sleeper(void (*event)(void))
{
	pin_to_cpu(1);
	sleeper_start(&sleeper, 0, event);
	EXPECT_EQ(pager_await_fault(&pager), 0);
	EXPECT_EQ(seen(RUNS_BEGUN), 1);
	EXPECT_EQ(seen(RUNS_BACK), 0);
}

static void wake_sleeper(void)
{
	pager_answer(&pager, 0, 1);
	ASSERT_MSG(sleeper_ends(&sleeper, 10), "the sleeper does not wake up");
}

static void expect_copied(void)
{
	EXPECT_EQ(seen(RUNS_BACK), 1);
	EXPECT_EQ(seen(OUTCOME), 0);
	EXPECT_EQ(seen(NUMBER), 0x0101010101010101);
}

/* ---- where they run ---- */

TEST(fentry_waits_for_memory)
{
	load_sleepers();
	attach(obj, "on_test");
	caller = bpf_program__fd(program(obj, "on_test"));
	start_sleeper(call_traced);
	wake_sleeper();
	expect_copied();
	EXPECT_EQ(seen(ARGUMENT), 1);
	EXPECT(is_live(obj, "on_test"));
}

TEST(fexit_waits_for_memory_and_sees_what_was_returned)
{
	load_sleepers();
	attach(obj, "on_test_return");
	caller = bpf_program__fd(program(obj, "on_test_return"));
	start_sleeper(call_traced);
	wake_sleeper();
	expect_copied();
	EXPECT_EQ(seen(ARGUMENT), 1);
	EXPECT_EQ(seen(RETURNED), 2);
}

TEST(functions_of_a_list_are_where_programs_sleep)
{
	static const char *const names[] = { "bpf_fentry_test1" };
	REX_OPTS(rex_attach_opts, opts, .functions = names, .nr_functions = 1);

	load_sleepers();
	ASSERT_MSG(rex_obj_attach_functions(obj, "on_test_return", NULL, &opts),
		   "%s", rex_last_error());
	caller = bpf_program__fd(program(obj, "on_test_return"));
	start_sleeper(call_traced);
	wake_sleeper();
	expect_copied();
}

/* A section without the .s is that of a program that does not sleep. */
TEST(carriers_are_as_sleepable_as_their_programs)
{
	struct rex_obj *awake;

	load_sleepers();
	awake = open_edited("sleepable_functions", TRACED,
			    "fentry/bpf_fentry_test1");
	load_opened(awake);
	EXPECT_ERRNO(bind_prog(rex_obj_image_fd(awake),
			       bpf_program__fd(program(obj, "on_test")),
			       "on_test", REX_BIND_REPLACE),
		     ENOEXEC);
	EXPECT_ERRNO(bind_prog(rex_obj_image_fd(obj),
			       bpf_program__fd(program(awake, "on_test")),
			       "on_test", REX_BIND_REPLACE),
		     ENOEXEC);
}

TEST(program_of_a_list_sleeps_at_system_calls_only)
{
	static const char *const names[] = { "vfs_read" };
	REX_OPTS(rex_attach_opts, opts, .functions = names, .nr_functions = 1);

	load_sleepers();
	EXPECT(!rex_obj_attach_functions(obj, "on_test", NULL, &opts));
	EXPECT_CONTAINS(
		rex_last_error(),
		"'vfs_read' that can be traced by a program that sleeps: it has to be a system call");
}

/* The kernel takes it for a recursion. */
TEST(call_beside_a_sleeper_of_its_cpu_is_counted_as_missed)
{
	load_sleepers();
	attach(obj, "on_test");
	caller = bpf_program__fd(program(obj, "on_test"));
	start_sleeper(call_traced);
	pin_to_cpu(0);
	call_traced();
	pin_to_cpu(1);
	EXPECT_EQ(seen(RUNS_BEGUN), 1);
	wake_sleeper();
	expect_copied();
	EXPECT_EQ(prog_info(obj, "on_test").missed, 1);
}

static struct rex_obj *open_at(const char *function)
{
	char section[sizeof(TRACED)];
	struct rex_obj *opened;

	snprintf(section, sizeof(section), "fentry.s/%s", function);
	opened = open_edited("sleepable_functions", TRACED, section);
	/* The other one is for the function that not every kernel lets programs sleep at. */
	bpf_program__set_autoload(program(opened, "on_test_return"), false);
	return opened;
}

TEST(fentry_sleeps_at_system_calls_where_the_kernel_lets_it)
{
	if (access(INJECTED, F_OK))
		SKIP("no CONFIG_FUNCTION_ERROR_INJECTION");
	obj = open_at("__x64_sys_dup");
	load_opened(obj);
	give_orders();
	attach(obj, "on_test");
	start_sleeper(dup_input);
	wake_sleeper();
	expect_copied();
}

/* The kernel accepts more functions than rex.ko. */
TEST_TIMEOUT(fentry_sleeps_at_no_function_that_locks_are_held_at, 120)
{
	FILE *list = fopen(INJECTED, "re");
	char name[128];
	int tried = 0;

	if (!list)
		SKIP("no CONFIG_FUNCTION_ERROR_INJECTION");
	while (tried < 16 && fscanf(list, "%127s%*[^\n]", name) == 1) {
		if (strstr(name, "_sys_") ||
		    !strcmp(name, "bpf_fentry_test1") ||
		    strlen(name) > strlen("bpf_fentry_test1"))
			continue;
		obj = open_at(name);
		EXPECT(rex_obj_load_opened(obj) < 0);
		EXPECT_CONTAINS(rex_last_error(), name);
		rex_obj_close(obj);
		tried++;
	}
	fclose(list);
	EXPECT(tried > 0);
}

/* The loader gets the reason, on each kernel. */
static void cannot_load_at(const char *function, int err, const char *error)
{
	obj = open_at(function);
	EXPECT_EQ(rex_obj_load_opened(obj), err);
	EXPECT_CONTAINS(rex_last_error(), error);
	rex_obj_close(obj);
}

TEST(function_where_no_program_may_sleep_is_named_with_a_remedy)
{
	cannot_load_at(
		"vfs_read", -EINVAL,
		"on_test: no program may sleep at function 'vfs_read', where the kernel may hold a lock: leave out `sleepable`");
	/* Linux 7.2 lets programs sleep at all system calls. */
	if (access(INJECTED, F_OK) && !kernel_is_from(7, 2))
		cannot_load_at(
			"__x64_sys_dup", -EOPNOTSUPP,
			"lets no program sleep at function '__x64_sys_dup', since");
}

/* ---- ends ---- */

/* The sleeper comes back to a trampoline that has no program any more. */
static void unload_beside_a_sleeper(const char *name)
{
	struct rex_obj *other;
	struct bpf_link *link;
	long begin, refs;

	need_function();
	other = load_object("sleepable_functions");
	caller = bpf_program__fd(program(other, name));
	refs = module_refs();
	load_sleepers();
	link = attach(obj, name);
	start_sleeper(call_traced);
	begin = ksft_ms();
	EXPECT(!bpf_link__destroy(link));
	rex_obj_close(obj);
	EXPECT_MSG(ksft_ms() - begin < 5000, "it took %ld ms",
		   ksft_ms() - begin);
	ksft_pause_ms(1000);
	EXPECT(module_refs() > refs);
	wake_sleeper();
	rex_obj_close(other);
	await_idle();
}

TEST(unload_does_not_wait_for_a_sleeper_before_a_function)
{
	unload_beside_a_sleeper("on_test");
}

TEST(unload_does_not_wait_for_a_sleeper_after_a_function)
{
	unload_beside_a_sleeper("on_test_return");
}

static void sleep_until_killed(void)
{
	give_orders();
	call_traced();
}

TEST(signal_that_kills_ends_a_sleep_after_a_function)
{
	int status = 0;
	pid_t pid;

	load_sleepers();
	attach(obj, "on_test_return");
	caller = bpf_program__fd(program(obj, "on_test_return"));
	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0) {
		sleep_until_killed();
		_exit(1);
	}
	ASSERT(WAIT_FOR(seen(RUNS_BEGUN) == 1, 10));
	ASSERT(!kill(pid, SIGKILL));
	EXPECT(WAIT_FOR(waitpid(pid, &status, WNOHANG) == pid, 10));
	EXPECT(WIFSIGNALED(status));
	EXPECT_EQ(seen(OUTCOME), -EINTR);
	EXPECT(is_live(obj, "on_test_return"));
}
