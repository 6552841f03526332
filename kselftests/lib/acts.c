// SPDX-License-Identifier: GPL-2.0
/*
 * Performs an act, and checks its outcome.
 */
#include "hostile.h"

__u32 restarts_per_min;
bool sysctls_are_kept;

#define LOG_SIZE (1 << 18)

struct rex_obj *load_act(const char *object, const char *prog, const char *name,
			 __u32 timeout_ms)
{
	REX_OPTS(rex_obj_open_opts, opts, .name = name,
		 .timeout_ms = timeout_ms ?: ACT_TIMEOUT_MS,
		 .restarts_per_min = restarts_per_min);
	struct rex_obj *obj = open_program(object, prog, &opts);

	load_opened(obj);
	return obj;
}

void order(struct rex_obj *obj, const char *act, pid_t thread)
{
	map_set(obj, "orders", THREAD, thread);
	map_set(obj, "orders", ACT, name_hash(act));
}

static const char *cause_name(int cause)
{
	static const char *const names[] = {
		[REX_FAULT_PANIC] = "panic",
		[REX_FAULT_STACK_OVERFLOW] = "stack overflow",
		[REX_FAULT_TIMEOUT] = "timeout",
		[REX_FAULT_EXCEPTION] = "CPU exception",
		[REX_FAULT_PAGE_FAULT] = "page fault",
		[REX_FAULT_CPU_SHARE] = "CPU share limit",
	};

	return cause == NO_FAULT ? "no fault" : names[cause];
}

/*
 * Checks that the run was stopped soon after its limit, and not before. Its
 * time began a little before the act recorded it.
 */
static void expect_in_time(const struct act *act,
			   const struct rex_fault_info *fault, __u64 since)
{
	__u32 limit = act->limit_ms ?: act->timeout_ms ?: ACT_TIMEOUT_MS;
	__u64 ms = (fault->time - since) / 1000000;

	ksft_note("%s ended after %llu ms of %u", act->name,
		  (unsigned long long)ms, limit);
	EXPECT(ms * 10 >= limit * 9);
	EXPECT(ms <= (act->end_ms ?: END_MS(limit)));
}

/* The fault is the expected one, in the record and in the kernel's log. */
static void expect_fault(const struct act *act, struct rex_obj *obj,
			 pid_t victim, const char *log)
{
	struct rex_fault_info fault = last_fault(obj, act->hook->program);
	char line[512];

	EXPECT_MSG(fault.cause == (__u32)act->cause ||
			   (act->or_cause &&
			    fault.cause == (__u32)act->or_cause),
		   "a %s, not a %s: %s", cause_name(fault.cause),
		   cause_name(act->cause), fault.message);
	if (act->message && fault.cause == (__u32)act->cause &&
	    !(act->or_message && strstr(fault.message, act->or_message)))
		EXPECT_CONTAINS(fault.message, act->message);
	if (fault.cause == REX_FAULT_TIMEOUT)
		expect_in_time(act, &fault, map_get(obj, "notes", SINCE));
	EXPECT_EQ(fault.number, 1);
	EXPECT_EQ(fault.nr_faults, 1);
	EXPECT_EQ(fault.pid, victim);
	EXPECT_CONTAINS(fault.trace, act->function ?: act->name);
	snprintf(line, sizeof(line),
		 "program %s of %s stopped by a %s: ", act->hook->program,
		 rex_obj_name(obj), cause_name(fault.cause));
	EXPECT_MSG(strstr(log, line) || reports_are_limited(),
		   "not logged: %s; but: %s", line, log);
}

/* A run may begin at any time, such as when tasks are switched. */
static bool all_are_done(struct rex_obj *obj)
{
	return map_get(obj, "notes", DONE) == map_get(obj, "notes", BEGUN);
}

static void expect_no_fault(const struct act *act, struct rex_obj *obj)
{
	EXPECT(WAIT_FOR(all_are_done(obj), 5));
	EXPECT_EQ(prog_info(obj, act->hook->program).state, REX_PROG_LIVE);
	if (act->remark)
		EXPECT_EQ(map_get(obj, "notes", REMARK), act->remark);
}

static bool is_logged(int fd, char *log, size_t size, const char *text)
{
	log_text(fd, log, size);
	return strstr(log, text);
}

void be_strict(bool strict)
{
	if (sysctls_are_kept)
		return;
	panic_on_warn(strict);
	set_sysctl("kernel/panic_on_oops", strict ? "1" : "0");
}

/* An act that is being performed, and the other program at its hook. */
struct performance {
	const struct act *act;
	struct rex_obj *obj, *bystander, *next;
	struct bpf_link *link, *bystander_link, *next_link;
	int log_fd;
	char *log;
	__u64 bystander_runs; /* at the first event */
};

static void attach_both(struct performance *p, pid_t victim)
{
	const struct hook *hook = p->act->hook;

	p->link = hook->attach(p->obj, hook, victim);
	p->bystander_link = hook->attach(p->bystander, hook, victim);
}

static void detach_both(struct performance *p)
{
	bpf_link__destroy(p->bystander_link);
	bpf_link__destroy(p->link);
}

/* Returns the process that has made it. */
static pid_t first_event(struct performance *p)
{
	const struct act *act = p->act;
	const struct hook *hook = act->hook;
	struct victim v;

	p->obj = load_act(act->object, hook->program, act->name,
			  act->timeout_ms);
	p->bystander =
		load_act(act->object, hook->program, "bystander", PATIENT_MS);
	map_set(p->obj, "orders", NUMBER, act->number);
	forget_test_runs();
	add_test_run(p->obj, hook,
		     act->cause == NO_FAULT ? 0 : hook->default_ret);
	add_test_run(p->bystander, hook, 0);
	forget_awaited();
	await_act(p->obj);
	await_act(p->bystander);
	v = start_victim(hook);
	order(p->obj, act->name, v.pid);
	order(p->bystander, "nothing", v.pid);
	attach_both(p, v.pid);
	let_go(&v);
	return v.pid;
}

/* The fault is the only one, and the program's end. */
static void expect_one_fault(struct performance *p)
{
	struct rex_prog_info info;
	char reported[128];

	/* The report is missing if too many were printed: see expect_fault().
	 */
	snprintf(reported, sizeof(reported), "of %s stopped by a",
		 p->act->name);
	WAIT_FOR(is_logged(p->log_fd, p->log, LOG_SIZE, reported), 1);
	info = prog_info(p->obj, p->act->hook->program);
	EXPECT_EQ(info.state, REX_PROG_DEAD);
	EXPECT_EQ(info.faults, 1);
	EXPECT_EQ(map_get(p->obj, "notes", BEGUN), 1);
	EXPECT_EQ(map_get(p->obj, "notes", DONE), 0);
}

/* Checks the outcome of VICTIM's first event. */
static void expect_outcome(struct performance *p, pid_t victim)
{
	EXPECT_EQ(map_get(p->obj, "notes", UNKNOWN), 0);
	EXPECT_MSG(map_get(p->obj, "notes", BEGUN) > 0,
		   "the act did not begin");
	p->bystander_runs = map_get(p->bystander, "notes", DONE);
	EXPECT_MSG(p->bystander_runs > 0, "the bystander did not run");
	if (p->act->cause == NO_FAULT) {
		expect_no_fault(p->act, p->obj);
		return;
	}
	expect_one_fault(p);
	expect_fault(p->act, p->obj, victim, p->log);
}

/*
 * Makes the next event, at which the act's program is skipped if it is dead,
 * and idle if not.
 */
static void next_event(struct performance *p)
{
	const struct hook *hook = p->act->hook;
	struct victim v;

	p->next = load_act(p->act->object, hook->program, "next", PATIENT_MS);
	add_test_run(p->next, hook, 0);
	forget_awaited();
	await_act(p->next);
	await_act(p->bystander);
	v = start_victim(hook);
	order(p->next, "nothing", v.pid);
	order(p->bystander, "nothing", v.pid);
	map_set(p->obj, "orders", THREAD, v.pid);
	p->next_link = hook->attach(p->next, hook, v.pid);
	if (hook->attach == attach_clock) {
		/* Its clock was the first victim's. */
		detach_both(p);
		attach_both(p, v.pid);
	}
	if (p->act->cause == NO_FAULT)
		map_set(p->obj, "orders", ACT, 0);
	let_go(&v);
}

/* BEFORE is the state of the act's program before the next event. */
static void expect_next(struct performance *p,
			const struct rex_prog_info *before)
{
	const char *prog = p->act->hook->program;
	struct rex_prog_info now = prog_info(p->obj, prog);

	EXPECT_MSG(map_get(p->next, "notes", DONE) > 0,
		   "the next program did not run");
	EXPECT_MSG(map_get(p->bystander, "notes", DONE) > p->bystander_runs,
		   "the bystander did not run again");
	EXPECT_EQ(prog_info(p->next, prog).faults, 0);
	EXPECT_EQ(prog_info(p->bystander, prog).faults, 0);
	if (p->act->cause == NO_FAULT)
		return;
	EXPECT(now.skipped > before->skipped);
	EXPECT_EQ(now.faults, 1);
	EXPECT_EQ(now.runs, before->runs);
}

void perform(const struct act *act)
{
	static char log[LOG_SIZE];
	struct performance p = {
		.act = act,
		.log_fd = log_open(),
		.log = log,
	};
	struct rex_prog_info before;

	be_strict(true);
	expect_outcome(&p, first_event(&p));
	before = prog_info(p.obj, act->hook->program);
	next_event(&p);
	expect_next(&p, &before);

	bpf_link__destroy(p.next_link);
	detach_both(&p);
	rex_obj_close(p.next);
	rex_obj_close(p.bystander);
	rex_obj_close(p.obj);
	log_text(p.log_fd, log, sizeof(log));
	close(p.log_fd);
	expect_no_splat(log);
	be_strict(false);
}
