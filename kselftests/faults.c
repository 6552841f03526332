// SPDX-License-Identifier: GPL-2.0
/*
 * A process learns of faults: poll() of the image, and librex's functions.
 */
#include <poll.h>
#include <sys/epoll.h>

#include "hostile.h"
#include "names/panics.h"
#include "names/restarts.h"

/* Returns the events of poll() of the image, -1 after MS. */
static int events_of(struct rex_obj *obj, int ms)
{
	struct pollfd fd = { .fd = rex_obj_image_fd(obj), .events = POLLIN };
	int ready = poll(&fd, 1, ms);

	ASSERT(ready >= 0);
	return ready ? fd.revents : -1;
}

static struct rex_fault_info next_fault(struct rex_obj *obj, int ms, int want)
{
	struct rex_fault_info info = { .size = sizeof(info) };
	int ret = rex_obj_wait_fault(obj, ms, &info);

	EXPECT_MSG(ret == want, "wait for a fault: %d, not %d: %s", ret, want,
		   rex_last_error());
	return info;
}

static struct rex_obj *load_panics(void)
{
	struct rex_obj *obj = load_object("panics");

	attach(obj, "unwraps_none");
	attach(obj, "overflows");
	return obj;
}

static struct rex_obj *load_restarting(__u32 per_min)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = per_min);
	struct rex_obj *obj = load_object_opts("restarts", &opts);

	announce_dmesg("stopped by a panic: half a step");
	attach(obj, "steps");
	return obj;
}

/* Causes a panic, and waits for the restart. */
static void fail_and_return(struct rex_obj *obj)
{
	fire(FAIL);
	ASSERT(WAIT_FOR(is_live(obj, "steps"), 20));
}

TEST(a_fault_is_given_once_and_described)
{
	struct rex_obj *obj = load_panics();
	struct rex_fault_info fault, again = { .size = sizeof(again) };
	char line[REX_FAULT_LINE_LEN];

	EXPECT_EQ(events_of(obj, 0), -1);
	next_fault(obj, 0, -ETIMEDOUT);
	next_fault(obj, 50, -ETIMEDOUT);
	fire(OVERFLOW);
	/* The program is dead, so this fault is the last one. */
	EXPECT_EQ(events_of(obj, 5000), POLLIN | POLLHUP);
	fault = next_fault(obj, 0, 0);
	EXPECT_EQ(fault.cause, REX_FAULT_PANIC);
	EXPECT_EQ(fault.number, 1);
	EXPECT_EQ(fault.nr_faults, 1);
	EXPECT_EQ(fault.lost, 0);
	EXPECT_EQ(fault.tgid, getpid());
	ASSERT(rex_obj_describe_fault(obj, &fault, line, sizeof(line)) > 0);
	EXPECT_CONTAINS(line, "program overflows stopped by a panic: ");
	EXPECT_CONTAINS(line, ", at kselftests/programs/panics/src/main.rs:");
	EXPECT_EQ(events_of(obj, 0), POLLHUP);
	next_fault(obj, -1, -ESHUTDOWN);
	EXPECT_CONTAINS(rex_last_error(), "the programs of panics");
	/* A fault can be read by its number any number of times. */
	EXPECT(!rex_obj_fault_info(obj, "overflows", 1, &again));
	EXPECT_EQ(again.time, fault.time);
	again.number = 0;
	EXPECT(!rex_fault_info(bpf_program__fd(program(obj, "overflows")), 0,
			       &again));
	EXPECT_EQ(again.time, fault.time);
	EXPECT_EQ(rex_obj_fault_info(obj, "unwraps_none", 0, &again), -ENOENT);
	EXPECT_CONTAINS(rex_last_error(), "no record of a fault of unwraps_");
	EXPECT_EQ(rex_obj_fault_info(obj, "overflows", 2, &again), -ENOENT);
	EXPECT_CONTAINS(rex_last_error(), "no record of fault 2 of overflows");
	EXPECT_EQ(rex_obj_fault_info(obj, "nosuch", 0, &again), -ENOENT);
}

/* Any number of processes may wait; one of them gets the fault. */
TEST(all_waiting_processes_wake_up)
{
	struct rex_obj *obj = load_panics();
	int status, given = 0, over = 0;
	pid_t pids[4];

	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			struct rex_fault_info info = { .size = sizeof(info) };
			int ret = rex_obj_wait_fault(obj, 20000, &info);

			_exit(ret == 0 ? 1 : ret == -ESHUTDOWN ? 2 : 3);
		}
	}
	ksft_pause_ms(300);
	fire(UNWRAP);
	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(waitpid(pids[i], &status, 0), pids[i]);
		given += WIFEXITED(status) && WEXITSTATUS(status) == 1;
		over += WIFEXITED(status) && WEXITSTATUS(status) == 2;
	}
	EXPECT_EQ(given, 1);
	EXPECT_EQ(over, 3);
}

TEST(an_image_that_is_restarted_never_hangs_up)
{
	struct rex_obj *obj = load_restarting(100);

	for (__u64 i = 1; i <= 3; i++) {
		fail_and_return(obj);
		EXPECT_EQ(events_of(obj, 5000), POLLIN);
		EXPECT_EQ(next_fault(obj, 0, 0).number, i);
		EXPECT_EQ(events_of(obj, 0), -1);
		next_fault(obj, 0, -ETIMEDOUT);
	}
}

/* The last four records are kept: the others are counted. */
TEST(faults_without_a_record_are_counted_as_lost)
{
	struct rex_obj *obj = load_restarting(1000);
	struct rex_fault_info fault;

	for (int i = 0; i < 10; i++)
		fail_and_return(obj);
	for (__u64 i = 7; i <= 10; i++) {
		fault = next_fault(obj, 0, 0);
		EXPECT_EQ(fault.number, i);
		EXPECT_EQ(fault.lost, 6);
		EXPECT_EQ(fault.nr_faults, 10);
	}
	next_fault(obj, 0, -ETIMEDOUT);
	fail_and_return(obj);
	fault = next_fault(obj, 0, 0);
	EXPECT_EQ(fault.number, 11);
	EXPECT_EQ(fault.lost, 6);
}

/* Each fault is an edge for edge-triggered epoll. */
TEST(epoll_reports_each_fault)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct rex_obj *obj = load_restarting(100);
	int epoll = epoll_create1(0);

	ASSERT(epoll >= 0 &&
	       !epoll_ctl(epoll, EPOLL_CTL_ADD, rex_obj_image_fd(obj), &event));
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
	for (int i = 0; i < 3; i++) {
		fire(FAIL);
		EXPECT_EQ(epoll_wait(epoll, &event, 1, 5000), 1);
		EXPECT_EQ(event.events, EPOLLIN);
		EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
		ASSERT(WAIT_FOR(is_live(obj, "steps"), 20));
	}
	/* The image is freed while the epoll instance has it. */
	rex_obj_close(obj);
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 100), 0);
	close(epoll);
}

static void ignore(int signal)
{
	(void)signal;
}

TEST(a_signal_ends_the_wait)
{
	struct rex_obj *obj = load_panics();
	struct rex_fault_info info = { .size = sizeof(info) };
	struct sigaction action = { .sa_handler = ignore };
	pid_t pid = fork();

	if (!pid) {
		sigaction(SIGUSR1, &action, NULL);
		_exit(rex_obj_wait_fault(obj, -1, &info) == -EINTR ? 0 : 1);
	}
	ksft_pause_ms(500);
	kill(pid, SIGUSR1);
	reap(pid);
}

TEST(objects_that_are_not_loaded_have_no_faults)
{
	struct rex_fault_info info = { .size = sizeof(info) };
	struct rex_obj *obj = open_object("panics", NULL);

	EXPECT_EQ(rex_obj_wait_fault(obj, 0, &info), -ENOENT);
	EXPECT_EQ(rex_obj_fault_info(obj, "overflows", 0, &info), -ENOENT);
	rex_obj_close(obj);
	obj = load_object("panics");
	info.size = 8;
	EXPECT_EQ(rex_obj_wait_fault(obj, 0, &info), -EINVAL);
	EXPECT_EQ(rex_obj_wait_fault(obj, 0, NULL), -EINVAL);
	EXPECT_EQ(rex_obj_wait_fault(NULL, 0, &info), -EINVAL);
}

/* Invalid calls of the ABI are refused, and consume no fault. */
TEST(next_fault_is_of_an_image)
{
	struct rex_obj *obj = load_panics();
	int carrier = bpf_program__fd(program(obj, "overflows"));
	struct rex_fault_info good = { .size = sizeof(good),
				       .flags = REX_FAULT_NEXT,
				       .image_fd = rex_obj_image_fd(obj),
				       .prog_fd = -1 };
	struct rex_fault_info bad;

	EXPECT_ERRNO(ioctl(device(), REX_IOC_FAULT_INFO, &good), EAGAIN);
	fire(UNWRAP);
#define REFUSED(_field, _value, _errno)                                 \
	do {                                                            \
		bad = good;                                             \
		bad._field = (_value);                                  \
		EXPECT_ERRNO(ioctl(device(), REX_IOC_FAULT_INFO, &bad), \
			     _errno);                                   \
	} while (0)
	REFUSED(prog_fd, carrier, EINVAL);
	REFUSED(index, 1, EINVAL);
	REFUSED(number, 1, EINVAL);
	REFUSED(lost, 1, EINVAL);
	REFUSED(flags, REX_FAULT_NEXT | 2, EINVAL);
	REFUSED(image_fd, -1, EBADF);
	REFUSED(image_fd, carrier, EBADF);
	ASSERT(!ioctl(device(), REX_IOC_FAULT_INFO, &good));
	EXPECT_EQ(good.number, 1);
	EXPECT_STREQ(good.message,
		     "called `Option::unwrap()` on a `None` value");
}

/*
 * Checks that waiters wake up, though the program's end must not wake them
 * directly.
 */
static void wakes_up(const struct hook *hook)
{
	struct rex_obj *obj =
		load_act("hostile_unsafe", hook->program, "ends", PATIENT_MS);
	struct rex_fault_info info = { .size = sizeof(info) };
	struct bpf_link *link;
	struct victim v;
	pid_t waiter;

	forget_awaited();
	await_act(obj);
	v = start_victim(hook);
	waiter = fork();
	if (!waiter) {
		close(v.go);
		_exit(rex_obj_wait_fault(obj, 20000, &info) ||
		      info.cause != REX_FAULT_EXCEPTION);
	}
	ksft_pause_ms(300);
	order(obj, "ud2", v.pid);
	link = hook->attach(obj, hook, v.pid);
	let_go(&v);
	reap(waiter);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

TEST(a_fault_in_an_interrupt_wakes_up)
{
	wakes_up(&hook_hardirq);
}

TEST(a_fault_in_a_softirq_wakes_up)
{
	wakes_up(&hook_softirq);
}

/* The lock of the run queue is held: a wake-up would wait for it forever. */
TEST(a_fault_under_the_run_queues_lock_wakes_up)
{
	wakes_up(&hook_switch);
}

TEST(a_fault_at_a_breakpoint_wakes_up)
{
	wakes_up(&hook_kprobe_int3);
}
