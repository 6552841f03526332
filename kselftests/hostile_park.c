// SPDX-License-Identifier: GPL-2.0
/*
 * A run sleeps for as long as a process wants (programs/sleepable). Meanwhile others run on
 * its CPU and its level, and its program, its image and its process may end.
 * TEST-DEADLINE: 180
 */
#include <linux/perf_event.h>

#include "rex_ioctl.h"
#include "rex_pager.h"
#include "names/sleepable.h"

static struct rex_obj *obj;
static struct pager pager;
static struct sleeper sleeper;

static long seen(__u32 index)
{
	return map_get(obj, "seen", index);
}

static void load_sleepable(const struct rex_obj_open_opts *opts)
{
	obj = opts ? load_object_opts("sleepable", opts) :
		     load_object("sleepable");
	map_set(obj, "orders", PROCESS, getpid());
}

static void order_act(__u64 act, const void *address)
{
	map_set(obj, "orders", ADDRESS, (unsigned long)address);
	map_set(obj, "orders", ACT, act);
}

/* A program that sleeps on CPU 0 until the pager answers. This thread is on the other. */
static void start_sleeper(const char *program, __u64 act, size_t pages)
{
	if (!obj)
		load_sleepable(NULL);
	attach(obj, program);
	pager_init(&pager, pages);
	order_act(act, pager.pages);
	pin_to_cpu(1);
	sleeper_start(&sleeper, 0, make_socket);
	EXPECT_EQ(pager_await_fault(&pager), 0);
	EXPECT_EQ(seen(BEGUN), 1);
	EXPECT_EQ(seen(BACK), 0);
}

static void wake_sleeper(void)
{
	pager_answer(&pager, 0, 1);
	ASSERT_MSG(sleeper_ends(&sleeper, 10), "the sleeper does not wake up");
}

#define ONES 0x0101010101010101

/* ---- others on the same CPU ---- */

/* Each of them has used the stack of the level from its beginning. */
TEST(other_runs_do_not_change_the_stack_of_a_sleeper)
{
	load_sleepable(NULL);
	ASSERT(bpf_program__attach_kprobe(program(obj, "on_other"), false,
					  "__x64_sys_getppid"));
	start_sleeper("on_socket", COPY_DEEP, 1);
	pin_to_cpu(0);
	for (int i = 0; i < 100; i++)
		syscall(SYS_getppid);
	EXPECT_EQ(seen(OTHERS), 100);
	pin_to_cpu(1);
	wake_sleeper();
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), ONES);
	EXPECT_EQ(seen(CPU_BEFORE), 0);
	EXPECT_EQ(seen(CPU_AFTER), 0);
	EXPECT(is_live(obj, "on_socket"));
}

/* It runs in the handler of the page fault that the sleeper is in. */
TEST(run_within_the_page_fault_does_not_change_the_stack_of_a_sleeper)
{
	load_sleepable(NULL);
	ASSERT(bpf_program__attach_kprobe(program(obj, "on_other"), false,
					  "handle_userfault"));
	start_sleeper("on_socket", COPY_DEEP, 1);
	EXPECT(seen(OTHERS) >= 1);
	wake_sleeper();
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), ONES);
}

/*
 * Before 6.2, the kernel does not call an LSM program on a CPU where a run of it sleeps. It
 * counts that as a recursion.
 */
static bool kernel_calls_beside_a_sleeper(void)
{
	return kernel_is_from(6, 2);
}

static void make_socket_on_cpu_0(void)
{
	pin_to_cpu(0);
	make_socket();
}

/* Runs of one program sleep at once on one CPU, and wake up in another order. */
TEST(sleepers_of_a_cpu_wake_up_in_any_order)
{
	static const int order[] = { 2, 0, 3, 1 };
	struct sleeper others[3];
	struct pager more[3];

	if (!kernel_calls_beside_a_sleeper())
		SKIP("this kernel calls no LSM program beside a run of it that sleeps");
	start_sleeper("on_socket", COPY_DEEP, 1);
	for (int i = 0; i < 3; i++) {
		pager_init(&more[i], 1);
		order_act(COPY_DEEP, more[i].pages);
		sleeper_start(&others[i], 0, make_socket_on_cpu_0);
		pager_await_fault(&more[i]);
	}
	EXPECT_EQ(seen(BEGUN), 4);
	EXPECT_EQ(seen(BACK), 0);
	for (int i = 0; i < 4; i++) {
		if (order[i] == 3) {
			wake_sleeper();
		} else {
			pager_answer(&more[order[i]], 0, 2 + i);
			ASSERT(sleeper_ends(&others[order[i]], 10));
		}
		EXPECT_EQ(seen(BACK), i + 1);
		EXPECT_EQ(seen(RESULT), 0);
		EXPECT_EQ(seen(VALUE), ONES * (order[i] == 3 ? 1 : 2 + i));
	}
}

#define MOST_SLEEPERS 1024
#define TOO_MANY 76

/* They wait for one page. The memory of parked runs has a limit. */
TEST(so_many_runs_of_a_cpu_sleep_and_no_more)
{
	static struct sleeper others[MOST_SLEEPERS + TOO_MANY - 1];
	const int nr = MOST_SLEEPERS + TOO_MANY;

	if (!kernel_calls_beside_a_sleeper())
		SKIP("this kernel calls no LSM program beside a run of it that sleeps");
	start_sleeper("on_socket", COPY, 1);
	for (int i = 0; i < nr - 1; i++)
		sleeper_start(&others[i], 0, make_socket);
	EXPECT(WAIT_FOR(seen(BEGUN) == nr && seen(BACK) == TOO_MANY, 30));
	EXPECT_EQ(seen(RESULT), -EAGAIN);
	wake_sleeper();
	for (int i = 0; i < nr - 1; i++)
		ASSERT(sleeper_ends(&others[i], 10));
	EXPECT_EQ(seen(BACK), nr);
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), ONES);
	EXPECT(is_live(obj, "on_socket"));
}

/* Another run gets no second guard, which would be a second &mut of the value. */
TEST(lock_that_a_sleeper_holds_is_an_error_on_its_cpu)
{
	load_sleepable(NULL);
	ASSERT(bpf_program__attach_kprobe(program(obj, "on_other"), false,
					  "__x64_sys_getppid"));
	start_sleeper("on_socket", COPY_WITH_GUARD, 1);
	pin_to_cpu(0);
	syscall(SYS_getppid);
	EXPECT_EQ(seen(OTHERS), 1);
	EXPECT_EQ(seen(GUARD), -EDEADLK);
	pin_to_cpu(1);
	wake_sleeper();
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), 2);
	syscall(SYS_getppid);
	EXPECT_EQ(seen(GUARD), 0);
}

/*
 * A program at each function of kmod/sleep.c that accepts a probe, at its beginning and at
 * its end. It overwrites the stack of the level on which it runs.
 */
static int probe_functions_of_sleep(void)
{
	char *symbols = read_all("/proc/kallsyms", NULL), *line, *save;
	struct bpf_program *other = program(obj, "on_other");
	char name[128], module[64];
	int nr = 0;

	for (line = strtok_r(symbols, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%*x %*c %127s %63s", name, module) != 2 ||
		    strcmp(module, "[rex]"))
			continue;
		if (strncmp(name, "sleep_", 6) &&
		    strcmp(name, "rex_sleep_on_task_stack"))
			continue;
		for (int at_return = 0; at_return < 2; at_return++) {
			bool taken = bpf_program__attach_kprobe(other,
								at_return,
								name);

			ksft_note("%s%s: %s", name, at_return ? ", return" : "",
				  taken ? "probed" : "refused");
			EXPECT(!taken ||
			       strcmp(name, "rex_sleep_on_task_stack"));
			nr += taken;
		}
	}
	free(symbols);
	return nr;
}

TEST(probes_of_the_code_that_parks_do_not_change_the_stack_of_a_sleeper)
{
	int nr;

	load_sleepable(NULL);
	nr = probe_functions_of_sleep();
	start_sleeper("on_socket", COPY_DEEP, 1);
	wake_sleeper();
	if (nr)
		EXPECT(seen(OTHERS) > 0);
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), ONES);
	EXPECT(is_live(obj, "on_socket"));
}

/* ---- a thread of the kernel ---- */

#define STEP "/sys/module/rex_kthread/parameters/step"

/*
 * Such a thread cannot be killed with the process whose memory it borrows, so its run must not wait
 * for that process.
 */
TEST(thread_of_the_kernel_does_not_sleep_in_a_borrowed_memory)
{
	char *pid;

	load_sleepable(NULL);
	attach(obj, "on_socket");
	pager_init(&pager, 1);
	order_act(COPY, pager.pages);
	ASSERT_EQ(insert_test_module("rex-kthread", ""), 0);
	write_file(STEP, "1");
	pid = read_all(STEP, NULL);
	map_set(obj, "orders", PROCESS, atol(pid));
	free(pid);
	write_file(STEP, "2");
	EXPECT_EQ(seen(BEGUN), 1);
	EXPECT_EQ(seen(BACK), 1);
	EXPECT_EQ(seen(RESULT), -EFAULT);
	remove_test_module("rex_kthread");
	EXPECT(is_live(obj, "on_socket"));
}

/* ---- time ---- */

/* The limit is 200 ms. */
TEST(sleep_does_not_count_for_the_watchdog)
{
	start_sleeper("on_socket_briefly", COPY, 1);
	ksft_pause_ms(1500);
	wake_sleeper();
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT(is_live(obj, "on_socket_briefly"));
}

TEST(loop_after_a_sleep_is_ended)
{
	struct rex_fault_info fault;

	start_sleeper("on_socket_briefly", COPY_LOOP, 1);
	ksft_pause_ms(500);
	wake_sleeper();
	EXPECT_EQ(seen(BACK), 1);
	fault = last_fault(obj, "on_socket_briefly");
	EXPECT_EQ(fault.cause, REX_FAULT_TIMEOUT);
	EXPECT(!is_live(obj, "on_socket_briefly"));
}

/* Answers so many pages one by one, until the run is ended; returns how many. */
static size_t answer_until_ended(size_t pages)
{
	size_t page = 0;

	while (page < pages && is_live(obj, "on_socket_briefly")) {
		pager_answer(&pager, page++, 1);
		if (!WAIT_FOR((size_t)seen(BEGUN) > page ||
				      !is_live(obj, "on_socket_briefly"),
			      5))
			break;
	}
	ASSERT(sleeper_ends(&sleeper, 10));
	return page;
}

/* The run is awake for 30 ms at a time, and sleeps in between. */
TEST(times_between_sleeps_are_added)
{
	struct rex_fault_info fault;
	size_t page;

	start_sleeper("on_socket_briefly", COPY_MANY, 64);
	page = answer_until_ended(64);
	fault = last_fault(obj, "on_socket_briefly");
	EXPECT_EQ(fault.cause, REX_FAULT_TIMEOUT);
	EXPECT_MSG(page >= 3 && page <= 12, "ended after %zu pages", page);
}

/*
 * The watchdog ticks each 12 ms, and the run is awake for 2 ms at a time: nearly always,
 * its time is up when it is put to sleep. It has the mark then when it wakes up, and the
 * helper that it slept in does not return.
 */
TEST(run_whose_time_is_up_ends_when_it_wakes_up)
{
	struct rex_fault_info fault;
	int tries = 0;

	do {
		if (obj)
			rex_obj_close(obj);
		obj = NULL;
		start_sleeper("on_socket_briefly", COPY_MORE, 512);
		answer_until_ended(512);
		fault = last_fault(obj, "on_socket_briefly");
		EXPECT_EQ(fault.cause, REX_FAULT_TIMEOUT);
	} while (seen(BEGUN) != seen(BACK) + 1 && ++tries < 4);
	EXPECT_EQ(seen(BEGUN), seen(BACK) + 1);
	EXPECT_CONTAINS(fault.message, "in a helper");
}

/* ---- faults ---- */

TEST(panic_after_a_sleep_ends_the_run_alone)
{
	struct rex_fault_info fault;

	start_sleeper("on_socket", COPY_PANIC, 1);
	wake_sleeper();
	fault = last_fault(obj, "on_socket");
	EXPECT_EQ(fault.cause, REX_FAULT_PANIC);
	EXPECT_CONTAINS(fault.message, "it has read Some(72340172838076673)");
	EXPECT(!is_live(obj, "on_socket"));
	make_socket();
}

/* The image has ended meanwhile: nothing of it runs. */
TEST(sleeper_of_a_dead_image_does_not_wake_up)
{
	start_sleeper("on_socket", COPY, 1);
	order_act(PANIC, NULL);
	make_socket();
	EXPECT(!is_live(obj, "on_socket"));
	wake_sleeper();
	EXPECT_EQ(seen(BACK), 0);
	EXPECT(prog_info(obj, "on_socket").skipped >= 1);
}

/* A restart does not wait for it, and it does not go on with what the restart has reset. */
TEST(sleeper_of_an_image_that_was_restarted_does_not_wake_up)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = 10);

	load_sleepable(&opts);
	start_sleeper("on_socket", COPY_COUNT, 1);
	order_act(PANIC, NULL);
	make_socket();
	EXPECT(WAIT_FOR(image_info(obj).restarts == 1 &&
				is_live(obj, "on_socket"),
			10));
	wake_sleeper();
	EXPECT_EQ(seen(BACK), 0);
	order_act(COPY_COUNT, pager.pages);
	make_socket();
	EXPECT_EQ(seen(BACK), 1);
	EXPECT_EQ(seen(COUNT), 1);
}

/* ---- ends ---- */

/* Forks a process whose sockets start the program, with an order of its own. */
static pid_t fork_with_order(__u64 act)
{
	pid_t pid;

	load_sleepable(NULL);
	attach(obj, "on_socket");
	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0) {
		pager_init(&pager, 1);
		map_set(obj, "orders", PROCESS, getpid());
		order_act(act, pager.pages);
	}
	return pid;
}

static pid_t fork_sleeper(void)
{
	pid_t pid = fork_with_order(COPY_FOREVER);

	if (pid == 0) {
		pin_to_cpu(0);
		make_socket();
		_exit(1);
	}
	ASSERT(WAIT_FOR(seen(BEGUN) == 1, 10));
	ksft_pause_ms(200);
	EXPECT_EQ(waitpid(pid, NULL, WNOHANG), 0);
	EXPECT_EQ(seen(BACK), 0);
	return pid;
}

/* The program would sleep again; nobody answers. Then only its limit ends it. */
TEST(signal_that_kills_ends_a_sleep_that_nobody_else_ends)
{
	pid_t pid = fork_sleeper();
	int status = 0;

	ASSERT(!kill(pid, SIGKILL));
	EXPECT(WAIT_FOR(waitpid(pid, &status, WNOHANG) == pid, 10));
	EXPECT(WIFSIGNALED(status));
	EXPECT(seen(BACK) > 1);
	EXPECT(WAIT_FOR(!is_live(obj, "on_socket"), 5));
}

/* A process whose other thread sleeps in a program; then its first thread calls END. */
static void expect_end_of_process(void (*end)(void))
{
	pid_t pid = fork_with_order(COPY);
	int status = -1;

	if (pid == 0) {
		pin_to_cpu(1);
		sleeper_start(&sleeper, 0, make_socket);
		pager_await_fault(&pager);
		end();
		_exit(1);
	}
	EXPECT(WAIT_FOR(waitpid(pid, &status, WNOHANG) == pid, 20));
	EXPECT_EQ(status, 0);
	EXPECT_EQ(seen(BEGUN), 1);
	EXPECT_EQ(seen(BACK), 1);
	EXPECT_EQ(seen(RESULT), -EINTR);
	EXPECT(is_live(obj, "on_socket"));
}

static void exec_true(void)
{
	execl("/bin/true", "true", NULL);
}

static void exit_at_once(void)
{
	_exit(0);
}

TEST(exec_of_another_thread_ends_a_sleep)
{
	expect_end_of_process(exec_true);
}

TEST(exit_of_the_process_ends_a_sleep)
{
	expect_end_of_process(exit_at_once);
}

static void on_usr1(int signal __attribute__((unused)))
{
}

TEST(other_signal_does_not_end_a_sleep)
{
	struct sigaction action = { .sa_handler = on_usr1,
				    .sa_flags = SA_RESTART };

	ASSERT(!sigaction(SIGUSR1, &action, NULL));
	start_sleeper("on_socket", COPY, 1);
	ASSERT(!pthread_kill(sleeper.thread, SIGUSR1));
	ksft_pause_ms(300);
	EXPECT_EQ(seen(BACK), 0);
	wake_sleeper();
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), ONES);
}

/* Nobody waits for the sleeper but its program's memory. */
TEST(unload_does_not_wait_for_a_sleeper)
{
	struct bpf_link *link;
	long begin;

	load_sleepable(NULL);
	link = attach(obj, "on_socket");
	pager_init(&pager, 1);
	order_act(COPY, pager.pages);
	pin_to_cpu(1);
	sleeper_start(&sleeper, 0, make_socket);
	pager_await_fault(&pager);
	begin = ksft_ms();
	EXPECT(!bpf_link__destroy(link));
	rex_obj_close(obj);
	EXPECT_MSG(ksft_ms() - begin < 5000, "it took %ld ms",
		   ksft_ms() - begin);
	ksft_pause_ms(1000);
	EXPECT(module_refs() > 0);
	wake_sleeper();
	await_idle();
}

TEST(replace_waits_for_a_sleeper_and_can_be_killed)
{
	struct rex_obj *other = load_object("sleepable");
	int image = rex_obj_image_fd(other), carrier, status = 0;
	pid_t replacer;

	start_sleeper("on_socket", COPY, 1);
	carrier = bpf_program__fd(program(obj, "on_socket"));
	replacer = fork();
	ASSERT(replacer >= 0);
	if (replacer == 0)
		_exit(bind_prog(image, carrier, "on_socket", REX_BIND_REPLACE));
	ksft_pause_ms(500);
	EXPECT_EQ(waitpid(replacer, NULL, WNOHANG), 0);
	kill(replacer, SIGKILL);
	EXPECT(WAIT_FOR(waitpid(replacer, &status, WNOHANG) == replacer, 10));
	EXPECT(WIFSIGNALED(status));
	wake_sleeper();
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), ONES);
}

static void expect_other_bindings_end_and_begin(void)
{
	long begin = ksft_ms();

	rex_obj_close(load_object("sleepable"));
	EXPECT_MSG(ksft_ms() - begin < 5000, "it took %ld ms",
		   ksft_ms() - begin);
}

/* While a REPLACE waits for a sleeper, other bindings begin, move and end. */
TEST(other_bindings_do_not_wait_for_a_sleeper)
{
	struct rex_obj *other = load_object("sleepable");
	int image = rex_obj_image_fd(other), carrier, status = 0;
	pid_t replacer;

	start_sleeper("on_socket", COPY, 1);
	carrier = bpf_program__fd(program(obj, "on_socket"));
	replacer = fork();
	ASSERT(replacer >= 0);
	if (replacer == 0)
		_exit(bind_prog(image, carrier, "on_socket", REX_BIND_REPLACE));
	ksft_pause_ms(300);
	EXPECT_EQ(waitpid(replacer, NULL, WNOHANG), 0);
	expect_other_bindings_end_and_begin();
	EXPECT_EQ(waitpid(replacer, NULL, WNOHANG), 0);
	wake_sleeper();
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), ONES);
	EXPECT(WAIT_FOR(waitpid(replacer, &status, WNOHANG) == replacer, 20));
	EXPECT_EQ(status, 0);
}

/* A uprobe without a program, at a place that nothing executes. */
static int open_uprobe(void)
{
	char path[256];
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = pmu_type("uprobe"),
		.config1 = u64_of(path),
		.config2 = 0x1000,
	};
	int fd;

	snprintf(path, sizeof(path), "%s/hostile_sleep", getenv("REX_TESTS"));
	fd = syscall(SYS_perf_event_open, &attr, getpid(), -1, -1,
		     PERF_FLAG_FD_CLOEXEC);
	ASSERT_MSG(fd >= 0, "perf_event_open: %s", strerror(errno));
	return fd;
}

static int closed_event;

static void close_event(void)
{
	close(closed_event);
}

/*
 * The kernel closes a uprobe with its mutex of events held, and waits for all sleepers. BIND of
 * a program at a tracepoint needs that mutex.
 */
TEST(other_bindings_do_not_wait_for_an_event_that_waits_for_a_sleeper)
{
	int image = load_image("hello"), status = -1;
	int prog = carrier(BPF_PROG_TYPE_TRACEPOINT);
	struct sleeper closer;
	pid_t binder;

	start_sleeper("on_socket", COPY, 1);
	closed_event = open_uprobe();
	sleeper_start(&closer, 1, close_event);
	if (sleeper_ends(&closer, 2)) {
		wake_sleeper();
		SKIP("this kernel closes a uprobe while others sleep");
	}
	binder = fork();
	ASSERT(binder >= 0);
	if (binder == 0)
		_exit(bind_prog(image, prog, "rex_prog1", 0) ? errno : 0);
	ksft_pause_ms(500);
	EXPECT_EQ(waitpid(binder, NULL, WNOHANG), 0);
	expect_other_bindings_end_and_begin();
	wake_sleeper();
	ASSERT(sleeper_ends(&closer, 10));
	EXPECT(WAIT_FOR(waitpid(binder, &status, WNOHANG) == binder, 20));
	EXPECT_EQ(status, 0);
}

/* The CPU waits for the sleeper, as it does when an eBPF program sleeps. */
TEST(cpu_of_a_sleeper_goes_offline_when_it_has_woken_up)
{
	int status = -1;
	pid_t pid;

	load_sleepable(NULL);
	attach(obj, "on_socket");
	pager_init(&pager, 1);
	order_act(COPY, pager.pages);
	pin_to_cpu(0);
	sleeper_start(&sleeper, 1, make_socket);
	pager_await_fault(&pager);
	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0) {
		switch_cpu(1, false);
		_exit(0);
	}
	ksft_pause_ms(1000);
	EXPECT_EQ(waitpid(pid, NULL, WNOHANG), 0);
	EXPECT_EQ(seen(BACK), 0);
	wake_sleeper();
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(CPU_AFTER), 1);
	EXPECT(WAIT_FOR(waitpid(pid, &status, WNOHANG) == pid, 20));
	EXPECT_EQ(status, 0);
	switch_cpu(1, true);
}

/* ---- what must not sleep ---- */

static void expect_refusal(__u64 act, long error)
{
	pager_init(&pager, 1);
	order_act(act, pager.pages);
	make_socket();
	EXPECT_MSG(seen(RESULT) == error, "act %llu: %ld",
		   (unsigned long long)act, seen(RESULT));
	pager_close(&pager);
}

TEST(run_that_holds_something_does_not_sleep)
{
	load_sleepable(NULL);
	attach(obj, "on_socket");
	expect_refusal(COPY_LOCKED, -EDEADLK);
	expect_refusal(COPY_WITH_RECORD, -EDEADLK);
	expect_refusal(COPY_WITH_TASK, -EDEADLK);
	EXPECT_EQ(seen(BACK), 3);
	EXPECT(is_live(obj, "on_socket"));
}

TEST(message_of_a_panic_does_not_sleep)
{
	struct rex_fault_info fault;
	char edeadlk[8];

	load_sleepable(NULL);
	attach(obj, "on_socket");
	pager_init(&pager, 1);
	order_act(COPY_IN_PANIC, pager.pages);
	make_socket();
	fault = last_fault(obj, "on_socket");
	snprintf(edeadlk, sizeof(edeadlk), "%d", -EDEADLK);
	EXPECT_STREQ(fault.message, edeadlk);
}
