// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "helpers.h"
#include "image.h"
#include "log.h"
#include "nowait.h"
#include "run.h"
#include "selftest.h"
#include "timer.h"

#define SECTION "timer"

LIST_HEAD(rex_timers);

/*
 * The thunk begins with an endbr64 (emit_thunk.c). Before the next run, the CPU
 * is free for at least the duration of this one.
 *
 * It is not inlined: kselftests/host/indirect-calls.txt lists the call by the
 * name of this function.
 */
static noinline void timer_run(struct rex_timer *timer)
{
	u32 (*thunk)(void *ctx) = (void *)timer->prog->thunk;
	ktime_t begin = ktime_get(), end;

	rcu_read_lock();
	thunk(NULL);
	rcu_read_unlock();
	end = ktime_get();
	WRITE_ONCE(timer->rest, ktime_add(end, ktime_sub(end, begin)));
}

static enum hrtimer_restart timer_on_period(struct hrtimer *hrtimer)
{
	struct rex_timer *timer =
		container_of(hrtimer, struct rex_timer, timer);

	timer_run(timer);
	hrtimer_forward(hrtimer, timer->rest, ns_to_ktime(timer->period));
	return HRTIMER_RESTART;
}

/*
 * The timer may be armed at any time and be in the kernel's queue already, so its next time is
 * not written here: @arm starts it again. It comes once more for a time that has been served, or
 * before a later time that is in place of that which it was started for, if @arm is queued
 * between the writes of the program and the start.
 */
static enum hrtimer_restart timer_on_once(struct hrtimer *hrtimer)
{
	struct rex_timer *timer =
		container_of(hrtimer, struct rex_timer, timer);
	ktime_t at = READ_ONCE(timer->at), now = ktime_get();

	if (at == timer->served)
		return HRTIMER_NORESTART;
	if (now < at || now < timer->rest) {
		irq_work_queue(&timer->arm);
	} else {
		timer->served = at;
		timer_run(timer);
	}
	return HRTIMER_NORESTART;
}

static void timer_arm(struct irq_work *work)
{
	struct rex_timer *timer = container_of(work, struct rex_timer, arm);
	ktime_t at = max(READ_ONCE(timer->at), READ_ONCE(timer->rest));

	/* Pairs with timer_stop(). */
	if (READ_ONCE(timer->runs))
		hrtimer_start(&timer->timer, at, HRTIMER_MODE_ABS_SOFT);
}

/* ---- binding of carriers ---- */

static void timer_start(struct rex_timer *timer)
{
	list_add(&timer->node, &rex_timers);
	WRITE_ONCE(timer->runs, true);
	if (timer->period)
		hrtimer_start(&timer->timer, ns_to_ktime(timer->period),
			      HRTIMER_MODE_REL_SOFT);
}

/*
 * After the first irq_work_sync(), the timer is not started again. This sleeps until a current
 * run has ended, which may have queued @arm.
 */
static void timer_stop(struct rex_timer *timer)
{
	/* before the look whether @arm is at work: a later one sees it */
	smp_store_mb(timer->runs, false);
	irq_work_sync(&timer->arm);
	while (hrtimer_try_to_cancel(&timer->timer) < 0)
		usleep_range(100, 1000);
	irq_work_sync(&timer->arm);
	list_del(&timer->node);
}

void rex_timer_get(struct rex_prog *prog)
{
	if (prog->timer && !prog->timer->users++)
		timer_start(prog->timer);
}

void rex_timer_put(struct rex_prog *prog)
{
	if (prog->timer && !--prog->timer->users)
		timer_stop(prog->timer);
}

/* Reads the period of a section "timer/100" in milliseconds, or 0 for "timer". */
static int timer_read_period(const struct rex_prog *prog, u32 *ms,
			     struct rex_log *log)
{
	const char *number = prog->section + strlen(SECTION);

	*ms = 0;
	if (!*number)
		return 0;
	if (!kstrtou32(number + 1, 10, ms) && *ms >= REX_TIMER_MIN_MS &&
	    *ms <= REX_TIMER_MAX_MS)
		return 0;
	rex_log_err(log,
		    "program %s: the period of a timer is a number of milliseconds from %u to %u, not \"%s\"",
		    prog->name, REX_TIMER_MIN_MS, REX_TIMER_MAX_MS, number + 1);
	return -ENOEXEC;
}

static bool timer_is_wanted(const struct rex_prog *prog)
{
	size_t len = strlen(SECTION);

	return !strncmp(prog->section, SECTION, len) &&
	       (!prog->section[len] || prog->section[len] == '/');
}

int rex_timer_init(struct rex_prog *prog, struct rex_log *log)
{
	struct rex_timer *timer;
	u32 ms;
	int ret;

	if (!timer_is_wanted(prog))
		return 0;
	ret = timer_read_period(prog, &ms, log);
	if (ret)
		return ret;
	if (rex_selftest_fail_step())
		return -ENOMEM;
	timer = kzalloc(sizeof(*timer), REX_GFP);
	if (!timer)
		return -ENOMEM;
	timer->prog = prog;
	timer->period = (u64)ms * NSEC_PER_MSEC;
	init_irq_work(&timer->arm, timer_arm);
	rex_compat_hrtimer_setup(&timer->timer,
				 ms ? timer_on_period : timer_on_once,
				 CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	prog->timer = timer;
	return 0;
}

void rex_timer_exit(struct rex_prog *prog)
{
	if (!prog->timer)
		return;
	/* Another program of the image may have armed the timer after it stopped. */
	irq_work_sync(&prog->timer->arm);
	kfree(prog->timer);
}

/* ---- for programs ---- */

static struct rex_timer *timer_find(const char *name, u64 len)
{
	struct rex_image *image = rex_run_prog(rex_run_current())->image;
	u32 i;

	for (i = 0; i < image->nr_progs; i++) {
		const struct rex_prog *prog = &image->ctl->progs[i];

		if (prog->timer && len < sizeof(prog->name) &&
		    !memcmp(prog->name, name, len) && !prog->name[len])
			return prog->timer;
	}
	return NULL;
}

s64 rex_timer_arm(const char *name, u64 len, u64 ns)
{
	struct rex_timer *timer = timer_find(name, len);

	if (!timer)
		return -ENOENT;
	if (timer->period)
		return -EINVAL;
	if (ns < REX_TIMER_MIN_MS * (u64)NSEC_PER_MSEC ||
	    ns > REX_TIMER_MAX_MS * (u64)NSEC_PER_MSEC)
		return -ERANGE;
	if (!READ_ONCE(timer->runs))
		return -ESHUTDOWN;
	if (!rex_nowait_may_wake())
		return -EBUSY;
	WRITE_ONCE(timer->at, ktime_get_mono_fast_ns() + ns);
	irq_work_queue(&timer->arm);
	return 0;
}
