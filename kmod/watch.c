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
 * A run is first seen up to a tick after it began, and found too old up to a
 * tick after it is: it ends within a quarter of its timeout after the timeout.
 */
#define TICKS_PER_TIMEOUT 8
#define MIN_PERIOD_NS NSEC_PER_MSEC

/**
 * struct rex_watch - what one observer knows of one CPU's innermost run
 * @run:	the run that was innermost, NULL: none
 * @seq:	its sequence number
 * @since:	when it was first seen, ktime_get_mono_fast_ns()
 */
struct rex_watch {
	const struct rex_run *run;
	u64 seq;
	u64 since;
};

static DEFINE_PER_CPU(struct hrtimer, tick_timer);
static DEFINE_PER_CPU(struct rex_watch, own_watch);
/* What this CPU knows of the CPU that it is the buddy of. */
static DEFINE_PER_CPU(struct rex_watch, buddy_watch);
/*
 * Whom the buddy's NMI is for, since NMIs carry no message: @seq is only valid
 * with @run, which is written last and cleared by the NMI.
 */
struct nmi_order {
	const struct rex_run *run;
	u64 seq;
};
static DEFINE_PER_CPU(struct nmi_order, nmi_order);

/* Nanoseconds between ticks; 0: the timers are off. */
static u64 period;
static enum cpuhp_state hotplug_state;

/*
 * How long, in nanoseconds, the innermost run of @cpu has been the same one.
 * The reads race with the CPU's runs; a torn picture at worst restarts the count.
 */
static u64 observe(struct rex_watch *watch, unsigned int cpu, u64 now,
		   struct rex_run **runp)
{
	struct rex_run *run = rex_run_active_on(cpu);
	u64 seq = run ? READ_ONCE(run->seq) : 0;

	*runp = run;
	if (!run || run != watch->run || seq != watch->seq) {
		watch->run = run;
		watch->seq = seq;
		watch->since = now;
		return 0;
	}
	return now - watch->since;
}

/*
 * The program may end, and its image go, while another CPU looks; it goes after
 * a grace period, and interrupts are read sides.
 */
static u64 timeout_of(const struct rex_run *run)
{
	const struct rex_prog *prog = READ_ONCE(run->prog);

	return prog ? (u64)READ_ONCE(prog->timeout_ms) * NSEC_PER_MSEC :
		      U64_MAX;
}

static void watch_self(struct pt_regs *regs, u64 now)
{
	struct rex_run *run;
	u64 age = observe(this_cpu_ptr(&own_watch), smp_processor_id(), now,
			  &run);

	if (regs && age && age >= timeout_of(run))
		rex_trap_stop(run, regs, false);
}

static void send_nmi(unsigned int cpu, const struct rex_watch *watch)
{
	struct nmi_order *order = per_cpu_ptr(&nmi_order, cpu);

	/* One at a time, or the second NMI would have no owner. */
	if (READ_ONCE(order->run))
		return;
	WRITE_ONCE(order->seq, watch->seq);
	/* Pairs with the load in on_nmi(): @run says that @seq is valid. */
	smp_store_release(&order->run, watch->run);
	apic->send_IPI(cpu, NMI_VECTOR);
}

/* The CPU itself would have acted a tick ago, if it could take the tick. */
static void watch_buddy(u64 now)
{
	unsigned int cpu = cpumask_next(smp_processor_id(), cpu_online_mask);
	struct rex_run *run;
	u64 age;

	if (cpu >= nr_cpu_ids)
		cpu = cpumask_first(cpu_online_mask);
	if (cpu == smp_processor_id())
		return;
	age = observe(this_cpu_ptr(&buddy_watch), cpu, now, &run);
	if (age > period && age - period >= timeout_of(run))
		send_nmi(cpu, this_cpu_ptr(&buddy_watch));
}

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	u64 ns = READ_ONCE(period);
	u64 now = ktime_get_mono_fast_ns();

	if (!ns)
		return HRTIMER_NORESTART;
	watch_self(get_irq_regs(), now);
	watch_buddy(now);
	hrtimer_forward_now(timer, ns_to_ktime(ns));
	return HRTIMER_RESTART;
}

/* Our NMI may come together with another one, or when the run has ended. */
static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	struct nmi_order *order = this_cpu_ptr(&nmi_order);
	/* Pairs with the store in send_nmi(). */
	const struct rex_run *target = smp_load_acquire(&order->run);
	struct rex_run *run = rex_run_active();

	if (!target)
		return NMI_DONE;
	if (run == target && run->seq == READ_ONCE(order->seq))
		rex_trap_stop(run, regs, true);
	WRITE_ONCE(order->run, NULL);
	return NMI_HANDLED;
}

static void start_tick(void *unused)
{
	struct hrtimer *timer = this_cpu_ptr(&tick_timer);

	this_cpu_ptr(&own_watch)->run = NULL;
	this_cpu_ptr(&buddy_watch)->run = NULL;
	hrtimer_start(timer, ns_to_ktime(READ_ONCE(period)),
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
	hrtimer_cancel(per_cpu_ptr(&tick_timer, cpu));
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
			hrtimer_cancel(per_cpu_ptr(&tick_timer, cpu));
	}
	cpus_read_unlock();
}

int __init rex_watch_init(void)
{
	unsigned int cpu;
	int ret;

	for_each_possible_cpu(cpu)
		rex_compat_hrtimer_setup(per_cpu_ptr(&tick_timer, cpu), tick,
					 CLOCK_MONOTONIC,
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
