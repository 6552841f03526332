// SPDX-License-Identifier: GPL-2.0
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/hrtimer.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

#include <asm/apic.h>
#include <asm/irq_regs.h>
#include <asm/nmi.h>

#include "compat.h"
#include "image.h"
#include "run.h"
#include "testhook.h"
#include "trap.h"
#include "watch.h"

/*
 * A run is first seen up to a tick after it began, and found too old up to a tick
 * after it is; with interrupts off it takes two ticks more until the buddy sends
 * its first NMI. With this many ticks, a run ends within a quarter of its timeout
 * after the timeout.
 */
#define TICKS_PER_TIMEOUT 16
#define MIN_PERIOD_NS NSEC_PER_MSEC

/**
 * struct rex_watch - the watchdog of a CPU
 * @timer:	its timer
 * @last_tick:	when that last ticked, ktime_get_mono_fast_ns()
 * @nmi_due:	the buddy has sent an NMI, which has not arrived
 */
struct rex_watch {
	struct hrtimer timer;
	u64 last_tick;
	bool nmi_due;
};

static DEFINE_PER_CPU(struct rex_watch, rex_watch);

/* Nanoseconds between ticks; 0: the timers are off. */
static u64 period;
static enum cpuhp_state hotplug_state;

/*
 * Look at the innermost run of this CPU, and stop it if it is too old. Its mark
 * says whether it is the run that was seen at the last look: see run.h.
 */
static void look(struct pt_regs *regs, u64 now, bool nmi)
{
	struct rex_run *run = rex_run_active();
	u64 timeout;

	if (!run)
		return;
	if (!rex_run_is_marked(run, REX_RUN_SEEN_BIT)) {
		run->since = now;
		rex_run_mark(run, REX_RUN_SEEN_BIT);
		return;
	}
	timeout = READ_ONCE(rex_run_prog(run)->timeout_ms) * (u64)NSEC_PER_MSEC;
	if (now - run->since >= timeout)
		rex_trap_stop(run, regs, nmi);
}

/*
 * The next CPU, if it is in a run and its timer does not tick: then interrupts
 * are off there, and an NMI takes the place of the tick. One at a time, as NMIs
 * have no owner but by @nmi_due.
 */
static void watch_buddy(u64 now, u64 ns)
{
	unsigned int cpu = cpumask_next(smp_processor_id(), cpu_online_mask);
	struct rex_watch *watch;

	if (cpu >= nr_cpu_ids)
		cpu = cpumask_first(cpu_online_mask);
	if (cpu == smp_processor_id())
		return;
	watch = per_cpu_ptr(&rex_watch, cpu);
	if (now - READ_ONCE(watch->last_tick) < ns + ns / 2 ||
	    !rex_run_active_on(cpu) || READ_ONCE(watch->nmi_due))
		return;
	WRITE_ONCE(watch->nmi_due, true);
	apic->send_IPI(cpu, NMI_VECTOR);
}

static enum hrtimer_restart rex_watch_tick(struct hrtimer *timer)
{
	u64 ns = READ_ONCE(period);
	u64 now = ktime_get_mono_fast_ns();
	struct pt_regs *regs = get_irq_regs();

	if (!ns)
		return HRTIMER_NORESTART;
	this_cpu_write(rex_watch.last_tick, now);
	if (regs)
		look(regs, now, false);
	watch_buddy(now, ns);
	hrtimer_forward_now(timer, ns_to_ktime(ns));
	return HRTIMER_RESTART;
}

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!this_cpu_read(rex_watch.nmi_due))
		return NMI_DONE;
	this_cpu_write(rex_watch.nmi_due, false);
	if (!user_mode(regs))
		look(regs, ktime_get_mono_fast_ns(), true);
	return NMI_HANDLED;
}

static void start_tick(void *unused)
{
	this_cpu_write(rex_watch.last_tick, ktime_get_mono_fast_ns());
	hrtimer_start(this_cpu_ptr(&rex_watch.timer),
		      ns_to_ktime(READ_ONCE(period)),
		      HRTIMER_MODE_REL_PINNED_HARD);
}

static int start_cpu(unsigned int cpu)
{
	if (READ_ONCE(period))
		start_tick(NULL);
	return 0;
}

static int stop_cpu(unsigned int cpu)
{
	hrtimer_cancel(per_cpu_ptr(&rex_watch.timer, cpu));
	return 0;
}

void rex_watch_set(u32 timeout_ms)
{
	u64 old = period;
	unsigned int cpu;
	u64 ns = 0;

	if (timeout_ms && !(rex_unprotected & REX_UNPROTECTED_TIME))
		ns = max_t(u64,
			   (u64)timeout_ms * NSEC_PER_MSEC / TICKS_PER_TIMEOUT,
			   MIN_PERIOD_NS);
	if (ns == old)
		return;
	cpus_read_lock();
	WRITE_ONCE(period, ns);
	if (ns) {
		on_each_cpu(start_tick, NULL, 1);
	} else {
		for_each_online_cpu(cpu)
			hrtimer_cancel(per_cpu_ptr(&rex_watch.timer, cpu));
	}
	cpus_read_unlock();
}

int __init rex_watch_init(void)
{
	unsigned int cpu;
	int ret;

	for_each_possible_cpu(cpu)
		rex_compat_hrtimer_setup(per_cpu_ptr(&rex_watch.timer, cpu),
					 rex_watch_tick, CLOCK_MONOTONIC,
					 HRTIMER_MODE_REL_PINNED_HARD);
	ret = register_nmi_handler(NMI_LOCAL, on_nmi, 0, "rex");
	if (ret)
		return ret;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "rex:watch", start_cpu,
				stop_cpu);
	if (ret < 0) {
		unregister_nmi_handler(NMI_LOCAL, "rex");
		return ret;
	}
	hotplug_state = ret;
	return 0;
}

/* No program is bound, so the timers are off. */
void rex_watch_exit(void)
{
	cpuhp_remove_state(hotplug_state);
	unregister_nmi_handler(NMI_LOCAL, "rex");
}
