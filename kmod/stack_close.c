// SPDX-License-Identifier: GPL-2.0
/*
 * Programs are skipped on a CPU that is closed: its limit is as if all levels were in use. A CPU
 * is closed while the watchdog could not stop a run there.
 */
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include <linux/tracepoint.h>

#include <trace/events/power.h>

#include "helpers.h"
#include "run.h"
#include "stack.h"
#include "watchdog.h"

/* Why a CPU is closed; several may be true. */
enum {
	CLOSED_OFFLINE = BIT(0),
	CLOSED_SUSPENDED = BIT(1),
	CLOSED_IDLE = BIT(2),
};

static DEFINE_PER_CPU(unsigned int, closed) = CLOSED_OFFLINE;
/* How much lower the limit is when the CPU is opened. */
static DEFINE_PER_CPU(unsigned long, lower) = REX_RUN_ALL;
DEFINE_PER_CPU(unsigned long, rex_stack_lost);
static enum cpuhp_state online_state;

/*
 * The last state on the way offline in which a CPU takes interrupts. All tasks have left it,
 * and no run sleeps there. The kernel calls no startup function of this state, and has no name
 * for it.
 */
#define CLOSE_STATE CPUHP_AP_ONLINE_IDLE

/* Context: no run is on this CPU, nor does one begin or end. */
static void stack_close(unsigned int why)
{
	unsigned long limit =
		rex_stack_closed_limit(this_cpu_read(rex_stack_base));
	unsigned long flags;

	local_irq_save(flags);
	if (!this_cpu_read(closed)) {
		this_cpu_write(lower, limit - this_cpu_read(rex_limit));
		this_cpu_write(rex_limit, limit);
	}
	this_cpu_or(closed, why);
	local_irq_restore(flags);
}

/*
 * Context: any but NMI. What this has interrupted may be about to skip a run, and have changed the
 * limit.
 */
static void stack_open(unsigned int why)
{
	unsigned long flags;

	local_irq_save(flags);
	if (this_cpu_read(closed) == why)
		this_cpu_sub(rex_limit, this_cpu_read(lower));
	this_cpu_and(closed, ~why);
	local_irq_restore(flags);
}

/* ---- CPUs that come and go ---- */

/*
 * The watchdog's timers end a run on a CPU that takes interrupts, and its NMIs end one on a CPU
 * that others know as online. A CPU on its way online or offline is in neither state for a while,
 * and RCU does not wait for it in a part of that. So programs are skipped there, but for the time
 * in which the CPU is online and executes tasks. A task of that CPU opens and closes it, and
 * no run is below a task.
 */
static int stack_open_online(unsigned int cpu)
{
	stack_open(CLOSED_OFFLINE);
	return 0;
}

static int stack_close_offline(unsigned int cpu)
{
	stack_close(CLOSED_OFFLINE);
	/* No task is left that could be on a level. */
	this_cpu_write(lower, REX_RUN_ALL);
	this_cpu_write(rex_stack_lost, 0);
	rex_run_reset_levels();
	rex_spin_lock_reset();
	return 0;
}

/* ---- suspend ---- */

#define STACK_NO_CPU UINT_MAX

/* The CPU that is closed as the kernel's clock is suspended. */
static unsigned int suspended_cpu = STACK_NO_CPU;

static void stack_open_suspended(void *unused)
{
	stack_open(CLOSED_SUSPENDED);
	cmpxchg(&suspended_cpu, smp_processor_id(), STACK_NO_CPU);
}

static void stack_on_open_work(struct irq_work *work)
{
	stack_open_suspended(NULL);
}

static struct irq_work open_work = IRQ_WORK_INIT_HARD(stack_on_open_work);

/*
 * A machine is suspended by its last CPU, with interrupts off and with a clock that stands still:
 * no run there would ever be too old. So programs are skipped on that CPU from just before the
 * clock stops until the CPU takes interrupts again. If something refuses to be suspended, the
 * kernel goes back without an event of its own, and the next event with interrupts on is the
 * end.
 */
static void stack_on_syscore(const char *action, bool begins)
{
	unsigned int cpu = READ_ONCE(suspended_cpu);

	if (begins && !strcmp(action, "syscore_suspend")) {
		WRITE_ONCE(suspended_cpu, smp_processor_id());
		stack_close(CLOSED_SUSPENDED);
	} else if (cpu == STACK_NO_CPU) {
		return;
	} else if (!irqs_disabled()) {
		smp_call_function_single(cpu, stack_open_suspended, NULL, 0);
	} else if (!begins && !strcmp(action, "syscore_resume")) {
		irq_work_queue(&open_work);
	}
}

/* Closes this CPU, unless this has interrupted a run, or a program's beginning or end. */
static void stack_close_idle(void *nr_busy)
{
	unsigned long idle =
		rex_stack_idle_limit(this_cpu_read(rex_stack_base));

	if (this_cpu_read(closed) ||
	    this_cpu_read(rex_limit) == idle + this_cpu_read(rex_stack_lost))
		stack_close(CLOSED_IDLE);
	else
		atomic_inc(nr_busy);
}

static void stack_open_idle(void *unused)
{
	stack_open(CLOSED_IDLE);
}

/*
 * In suspend to idle, all CPUs are in their idle loops. Each one switches its tick off there, and
 * the last one stops the clock. So programs are skipped on all of them, from before that until all
 * take interrupts again. The other CPUs may be in runs. The kernel would take this CPU for dead if
 * it waited for longer than a run may take.
 */
static void stack_on_suspend_to_idle(bool begins)
{
	u64 limit = rex_watchdog_longest_ms() * (u64)NSEC_PER_MSEC;
	u64 begin = ktime_get_mono_fast_ns();
	atomic_t nr_busy;

	if (!begins) {
		on_each_cpu(stack_open_idle, NULL, 1);
		return;
	}
	for (;;) {
		atomic_set(&nr_busy, 0);
		on_each_cpu(stack_close_idle, &nr_busy, 1);
		if (!atomic_read(&nr_busy))
			return;
		if (ktime_get_mono_fast_ns() - begin > limit)
			break;
		udelay(10);
	}
	pr_warn("programs run without a break: they are not skipped on %d CPUs while the machine is idle\n",
		atomic_read(&nr_busy));
}

static void stack_on_suspend(void *data, const char *action, int val,
			     bool begins)
{
	if ((__force suspend_state_t)val == PM_SUSPEND_TO_IDLE &&
	    !irqs_disabled() && !strcmp(action, "machine_suspend"))
		stack_on_suspend_to_idle(begins);
	else
		stack_on_syscore(action, begins);
}

int __init rex_stack_close_init(void)
{
	int ret = cpuhp_setup_state(CLOSE_STATE, "rex:close", NULL,
				    stack_close_offline);

	if (ret)
		return ret;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "rex:open",
				stack_open_online, NULL);
	if (ret < 0)
		goto err_remove_close;
	online_state = ret;
	/* before programs at this tracepoint */
	ret = register_trace_prio_suspend_resume(stack_on_suspend, NULL,
						 INT_MAX);
	if (ret)
		goto err_remove_online;
	return 0;

err_remove_online:
	cpuhp_remove_state_nocalls(online_state);
err_remove_close:
	cpuhp_remove_state_nocalls(CLOSE_STATE);
	return ret;
}

/* No program is loaded. */
void rex_stack_close_exit(void)
{
	unregister_trace_suspend_resume(stack_on_suspend, NULL);
	tracepoint_synchronize_unregister();
	irq_work_sync(&open_work);
	cpuhp_remove_state_nocalls(online_state);
	cpuhp_remove_state_nocalls(CLOSE_STATE);
}
