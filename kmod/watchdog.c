// SPDX-License-Identifier: GPL-2.0
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/hash.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/isolation.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

#include <asm/apic.h>
#include <asm/irq_regs.h>
#include <asm/nmi.h>

#include "compat.h"
#include "cpu_share.h"
#include "fault.h"
#include "fault_trial.h"
#include "image.h"
#include "ksyms.h"
#include "run.h"
#include "selftest.h"
#include "watchdog.h"

/*
 * The watchdog first sees a run up to a tick after it began, and finds it too old up to a
 * tick after it is. With interrupts off it takes two ticks more until the buddy sends its
 * first NMI. With this many ticks, a run ends within a quarter of its timeout after the
 * timeout.
 */
#define TICKS_PER_TIMEOUT 16
#define MIN_PERIOD_NS NSEC_PER_MSEC

/*
 * An isolated CPU that executes no program rests: it ticks this seldom. It cannot go without
 * a tick. The other CPUs may all be in runs with interrupts off, and then only a CPU that
 * takes interrupts can send them an NMI, whichever it is. So such a run ends up to this
 * time later than elsewhere.
 */
#define REST_NS NSEC_PER_SEC

/* While a CPU samples another one, it ticks after 2 to 6 ms. */
#define SAMPLE_NS (6 * NSEC_PER_MSEC)
#define SAMPLE_SPREAD_NS (4 * NSEC_PER_MSEC)

/*
 * Otherwise, ticks come up to this part of the period early: a program that runs in step
 * with a clock would be met always, or never.
 */
#define SPREAD_PART 32
#define SPREAD_BITS 16

/* An NMI that was sent longer ago has arrived. */
#define NMI_ARRIVES_NS NSEC_PER_MSEC

unsigned int rex_watchdog_max_timeout_ms __ro_after_init = 5000;
module_param_named(max_timeout_ms, rex_watchdog_max_timeout_ms, uint, 0444);
MODULE_PARM_DESC(max_timeout_ms,
		 "the highest limit that programs may have, in milliseconds");

/**
 * struct rex_watchdog - the watchdog of a CPU
 * @timer:	its timer
 * @isolated:	the CPU was isolated when the module was loaded (isolcpus, nohz_full). Newer
 *		kernels can change that later; the question is not asked again
 * @rests:	it is isolated and has met no run for a while
 * @last_tick:	time of its last tick, ktime_get_mono_fast_ns()
 * @last_run:	time when it last met a run, here or on a CPU that did not tick
 * @spell:	time of the first look since the CPU could switch tasks; 0: none since it ticks
 * @spell_task:	the task that executed then
 * @spell_switches: how often the CPU had switched from @spell_task
 * @spell_looks: looks since @spell_task had to reschedule; 0: it did not have to
 * @interrupt:	an interrupt that does nothing
 * @nmi_senders: CPUs that are sending an NMI to it
 * @nmi_sent:	time when the last NMI was sent to the CPU, as @last_tick; 0: no NMI
 *		is on its way. See watchdog_is_ours().
 */
struct rex_watchdog {
	struct hrtimer timer;
	bool isolated;
	bool rests;
	u64 last_tick;
	u64 last_run;
	u64 spell;
	const struct task_struct *spell_task;
	unsigned long spell_switches;
	unsigned int spell_looks;
	struct irq_work interrupt;
	atomic_t nmi_senders;
	u64 nmi_sent;
};

static DEFINE_PER_CPU(struct rex_watchdog, rex_watchdog);

/* Nanoseconds between ticks, as bound programs need them; 0: the timers are off. */
static u64 period;
static enum cpuhp_state online_state;
static enum cpuhp_state dead_state;

/*
 * Returns the time from @since to @now. It is negative if @now was read first:
 * by another CPU, or by code that an NMI interrupted, whose handler then read
 * @since.
 */
static s64 watchdog_elapsed(u64 now, u64 since)
{
	return now - since;
}

/* Lowers @ms to half of the time of a detector, in @units of milliseconds; it may be off. */
static __always_inline u32 watchdog_below(u32 ms, const int *time, u32 units)
{
	int limit = time ? READ_ONCE(*time) : 0;

	if (limit <= 0)
		return ms;
	return clamp_t(u64, (u64)limit * units / 2, 1, ms);
}

u32 rex_watchdog_longest_ms(void)
{
	u32 ms = rex_watchdog_max_timeout_ms;

	ms = watchdog_below(ms, rex_ksyms.watchdog_thresh, MSEC_PER_SEC);
	ms = watchdog_below(ms, rex_ksyms.rcu_cpu_stall_timeout, MSEC_PER_SEC);
	return watchdog_below(ms, rex_ksyms.rcu_exp_cpu_stall_timeout, 1);
}
NOKPROBE_SYMBOL(rex_watchdog_longest_ms);

/* Returns the same in nanoseconds. */
static __always_inline s64 watchdog_longest_ns(void)
{
	return rex_watchdog_longest_ms() * (s64)NSEC_PER_MSEC;
}

/* Returns the nanoseconds between ticks that a timeout takes. */
static __always_inline u64 watchdog_ticks(u32 timeout_ms)
{
	return max_t(u64, (u64)timeout_ms * NSEC_PER_MSEC / TICKS_PER_TIMEOUT,
		     MIN_PERIOD_NS);
}

/* Returns the nanoseconds between ticks; 0: the timers are off. */
static __always_inline u64 watchdog_period(void)
{
	u64 ns = READ_ONCE(period);

	return min_t(u64, ns, watchdog_ticks(rex_watchdog_longest_ms()));
}

/* Returns whether the task is in an RCU read section in which it has had to reschedule. */
static __always_inline bool watchdog_is_in_rcu(void)
{
#ifdef CONFIG_PREEMPT_RCU
	return READ_ONCE(current->rcu_read_unlock_special.b.blocked);
#else
	return false;
#endif
}

/* Returns how often the current task gave the CPU up. */
static __always_inline unsigned long watchdog_switches(void)
{
	return current->nvcsw + current->nivcsw;
}

/*
 * Returns whether the CPU could switch tasks since its spell began. A look that finds an old spell
 * sets TIF_NEED_RESCHED, as RCU does to get a quiescent state, and schedule() clears it, also where
 * it finds no other task. A task that has been preempted in an RCU read section keeps RCU waiting,
 * so its spell goes on. An NMI may be within schedule(), before the next task executes, so only
 * ticks end a spell.
 */
static __always_inline bool
watchdog_could_switch(const struct rex_watchdog *watch, struct pt_regs *regs)
{
	if (user_mode(regs) || watch->spell_task != current)
		return true;
	return (watch->spell_switches != watchdog_switches() ||
		(watch->spell_looks &&
		 !test_tsk_thread_flag(current, TIF_NEED_RESCHED))) &&
	       !watchdog_is_in_rcu();
}

static __always_inline void watchdog_begin_spell(struct rex_watchdog *watch,
						 u64 now)
{
	WRITE_ONCE(watch->spell_looks, 0);
	WRITE_ONCE(watch->spell_task, current);
	WRITE_ONCE(watch->spell_switches, watchdog_switches());
	WRITE_ONCE(watch->spell, now);
}

/*
 * Has schedule() called. After an NMI, the kernel may have looked already whether it has to, and
 * halt or return to userspace; other CPUs see the flag, and send no interrupt any more. So an
 * interrupt comes after the NMI.
 */
static __always_inline void watchdog_ask_for_switch(struct rex_watchdog *watch,
						    bool nmi)
{
	set_tsk_thread_flag(current, TIF_NEED_RESCHED);
	set_preempt_need_resched();
	if (nmi)
		irq_work_queue(&watch->interrupt);
	WRITE_ONCE(watch->spell_looks, 1);
}

/*
 * Begins and ends the spell of this CPU. Each program at an event may loop, and the kernel takes
 * the CPU for dead if it cannot switch tasks for too long, whatever kept it: runs that follow one
 * another, also if each is shorter than the time between two looks, and the runs of another CPU for
 * which this one waits. So the time counts from the last tick before.
 */
static __always_inline void watchdog_count_spell(struct pt_regs *regs, u64 now,
						 bool nmi)
{
	struct rex_watchdog *watch = this_cpu_ptr(&rex_watchdog);

	if (!watch->spell || (!nmi && watchdog_could_switch(watch, regs)))
		watchdog_begin_spell(watch, now);
	else if (watch->spell_looks)
		WRITE_ONCE(watch->spell_looks, watch->spell_looks + 1);
	else if (watchdog_elapsed(now, watch->spell) >=
		 watchdog_longest_ns() / TICKS_PER_TIMEOUT)
		watchdog_ask_for_switch(watch, nmi);
}

/* A CPU that did not execute for a while, as its hypervisor had none for it, has fewer looks. */
#define LOOKS_THAT_COUNT 4
/* Below this, softirqs may take as long. */
#define LONGEST_WITHOUT_SLICE_NS (100 * NSEC_PER_MSEC)

/*
 * Returns how long a run may take in the spell of this CPU. A tracepoint executes up to 64 programs. So
 * later ones may take less, and all of them end before the kernel takes the CPU for dead, which it
 * does after two times @longest. Shortly before that, each run that is met has to end (0), as short
 * ones may come without end. The spell may have begun a tick before what kept the CPU.
 */
static __always_inline s64 watchdog_slice(u64 now, s64 longest)
{
	const struct rex_watchdog *watch = this_cpu_ptr(&rex_watchdog);
	s64 spell = watchdog_elapsed(now, watch->spell) -
		    longest / TICKS_PER_TIMEOUT;
	s64 part;

	if (spell < longest || watch->spell_looks < LOOKS_THAT_COUNT)
		return longest;
	if (spell >= 2 * longest - longest / 4 &&
	    longest >= LONGEST_WITHOUT_SLICE_NS)
		return 0;
	part = spell < longest + longest / 4 ? 16 :
	       spell < longest + longest / 2 ? 64 :
					       512;
	return max_t(s64, longest / part, 2 * MIN_PERIOD_NS);
}

/*
 * Returns whether the run has to end. Its mark says whether the last look has
 * seen it: see run.h. A look goes from the outermost run to the innermost.
 * @is_over says that one of them has had the longest time that a program may
 * have. Then the runs on top of it end, too, as each level would otherwise keep
 * the CPU for as long again. Runs that follow one another before the CPU can
 * switch tasks share that time. A run that was not seen before has only just
 * begun, and is most likely short.
 */
static __always_inline bool watchdog_is_too_old(struct rex_run *run, u64 now,
						bool *is_over)
{
	s64 slice = watchdog_slice(now, watchdog_longest_ns());
	s64 age, timeout;

	if (!rex_run_is_marked(run, REX_RUN_SEEN_BIT)) {
		run->since = now;
		rex_run_mark(run, REX_RUN_SEEN_BIT);
		if (slice)
			return false;
	}
	age = watchdog_elapsed(now, run->since);
	if (age >= slice)
		*is_over = true;
	timeout = READ_ONCE(rex_run_prog(run)->timeout_ms) * (s64)NSEC_PER_MSEC;
	return *is_over || age >= timeout;
}

/* Returns whether @cpu is in a run, on any level. */
static bool watchdog_has_runs(unsigned int cpu)
{
	unsigned int level;

	for (level = 0; level < REX_RUN_LEVELS; level++)
		if (rex_run_of_level(cpu, level))
			return true;
	return false;
}
NOKPROBE_SYMBOL(watchdog_has_runs);

/*
 * Look at all runs of this CPU, and stop those that are too old. Only the innermost run
 * can be aborted at once. Another run is in a helper, and the gate ends it; or a program
 * of an interrupt runs on top of it, and a later look ends it as the innermost run, or
 * its next gate does.
 */
static void watchdog_look(struct pt_regs *regs, u64 now, bool nmi)
{
	struct rex_run *innermost = rex_run_active(), *run;
	bool is_over_share = rex_cpu_share_answer(innermost, regs, now);
	bool is_over = false;
	unsigned int level;

	watchdog_count_spell(regs, now, nmi);
	for (level = 0; level < REX_RUN_LEVELS; level++) {
		run = rex_run_of_level(smp_processor_id(), level);
		if (!run)
			continue;
		this_cpu_write(rex_watchdog.last_run, now);
		if (!watchdog_is_too_old(run, now, &is_over)) {
			if (run == innermost && is_over_share)
				rex_fault_stop(run, regs, nmi,
					       REX_FAULT_CPU_SHARE);
		} else if (run == innermost) {
			rex_fault_stop(run, regs, nmi, REX_FAULT_TIMEOUT);
		} else {
			rex_run_kill(run, REX_FAULT_TIMEOUT);
		}
	}
}
NOKPROBE_SYMBOL(watchdog_look);

void rex_watchdog_send_nmi(unsigned int cpu)
{
	struct rex_watchdog *watch = per_cpu_ptr(&rex_watchdog, cpu);

	atomic_inc(&watch->nmi_senders);
	smp_mb__after_atomic(); /* the handler of the NMI sees the sender */
	rex_selftest_late_nmi();
	apic->send_IPI(cpu, NMI_VECTOR);
	WRITE_ONCE(watch->nmi_sent, ktime_get_mono_fast_ns());
	/* pairs with watchdog_is_ours() and watchdog_nmis_have_come() */
	smp_mb__before_atomic();
	atomic_dec(&watch->nmi_senders);
}

/*
 * @cpu does not tick, so interrupts are off there, or it rests. If it is in a run, an NMI
 * takes the place of the tick.
 */
static void watchdog_look_by_nmi(unsigned int cpu, u64 now)
{
	if (!watchdog_has_runs(cpu))
		return;
	this_cpu_write(rex_watchdog.last_run, now);
	rex_watchdog_send_nmi(cpu);
}

/* Returns whether this CPU is isolated and has met no run for a while. */
static bool watchdog_may_rest(u64 now, u64 ns)
{
	const struct rex_watchdog *watch = this_cpu_ptr(&rex_watchdog);

	return watch->isolated && watchdog_elapsed(now, watch->last_run) >
					  (s64)(TICKS_PER_TIMEOUT * ns);
}

/* Returns whether @cpu watches the CPU after it: it takes interrupts and does not rest. */
static bool watchdog_is_watching(unsigned int cpu, u64 now, u64 ns)
{
	const struct rex_watchdog *watch = per_cpu_ptr(&rex_watchdog, cpu);

	return !READ_ONCE(watch->rests) &&
	       watchdog_elapsed(now, READ_ONCE(watch->last_tick)) <
		       (s64)(ns + ns / 2);
}

/* Returns the time between ticks of a CPU whose buddy is no suspect. */
static __always_inline u64
watchdog_longest_interval(const struct rex_watchdog *watch, u64 ns)
{
	u64 rest = min_t(u64, REST_NS, watchdog_longest_ns() / 2);

	return watch->rests ? max(ns, rest) : ns;
}

/*
 * Returns whether this CPU and @cpu rest, and @cpu ticks: then @cpu looks at the CPUs after it. On a
 * large machine, each of hundreds of isolated CPUs would look at all others.
 */
static bool watchdog_is_covered(unsigned int cpu, u64 now, u64 ns)
{
	const struct rex_watchdog *watch = per_cpu_ptr(&rex_watchdog, cpu);
	s64 late = 3 * watchdog_longest_interval(watch, ns) / 2;

	return this_cpu_read(rex_watchdog.rests) && READ_ONCE(watch->rests) &&
	       watchdog_elapsed(now, READ_ONCE(watch->last_tick)) < late;
}

/*
 * Sample what @cpu executes, unless this CPU rests and another one does it. Returns whether
 * it has to be sampled soon again.
 */
static bool watchdog_sample(unsigned int cpu, u64 now, u64 due, u64 ns)
{
	if (this_cpu_read(rex_watchdog.rests) &&
	    rex_cpu_share_is_sampled(cpu, now - 2 * ns))
		return false;
	switch (rex_cpu_share_sample(cpu, now, due)) {
	case REX_CPU_SHARE_WAIT:
		return false;
	case REX_CPU_SHARE_SAMPLE:
		return true;
	case REX_CPU_SHARE_ASK:
		/* The look of this tick answers for this CPU. */
		if (cpu != smp_processor_id())
			rex_watchdog_send_nmi(cpu);
		return true;
	}
	return false;
}

/*
 * Returns whether an NMI on this CPU may be one of the watchdog. NMIs have no
 * owner, and several that come together are one. If no handler claims one, the
 * kernel complains, or panics (unknown_nmi_panic). So from just before the
 * watchdog sends an NMI until it is certain that the NMI has arrived, the
 * watchdog claims all NMIs. Other handlers still see them, and one look more at
 * a run does no harm. The only cost is that an NMI of unknown origin is not
 * reported in that time.
 */
static __always_inline bool watchdog_is_ours(struct rex_watchdog *watch)
{
	if (atomic_read(&watch->nmi_senders))
		return true;
	smp_rmb(); /* pairs with rex_watchdog_send_nmi() */
	return READ_ONCE(watch->nmi_sent);
}

/*
 * This CPU takes interrupts, so it has taken all NMIs that had arrived before, which are
 * all that were not sent just now. An NMI that is sent meanwhile is not lost: this
 * function sees its sender, or the sender changes @nmi_sent before or after.
 */
static void watchdog_nmis_have_come(struct rex_watchdog *watch, u64 now)
{
	u64 sent = READ_ONCE(watch->nmi_sent);

	if (!sent || watchdog_elapsed(now, sent) < NMI_ARRIVES_NS)
		return;
	cmpxchg(&watch->nmi_sent, sent, 0);
}

/*
 * Returns whether @cpu was kept for half of the longest time. More runs may follow, and all of them
 * together have to end before the kernel takes the CPU for dead. So the CPU and its buddy tick
 * often. They also see what few looks miss: that the CPU could switch tasks, before it had to do so
 * again.
 */
static bool watchdog_is_kept(unsigned int cpu, u64 now)
{
	u64 spell = READ_ONCE(per_cpu(rex_watchdog.spell, cpu));

	return spell &&
	       watchdog_elapsed(now, spell) >= watchdog_longest_ns() / 2;
}

bool rex_watchdog_keeps_cpu(void)
{
	return watchdog_is_kept(smp_processor_id(), ktime_get_mono_fast_ns());
}

/*
 * Watch the next CPU; and if that does not tick, the one that it would watch, too. The
 * next CPU may not tick for long: in a run with interrupts off that has just begun, on its
 * way online, when it waits for other CPUs, or since it rests. Returns whether one of them
 * has to be sampled soon again.
 */
static bool watchdog_watch_buddies(u64 now, u64 ns)
{
	unsigned int cpu = smp_processor_id();
	bool soon = false, kept, is_watching;

	for (;;) {
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
		if (cpu == smp_processor_id())
			return soon;
		soon |= watchdog_sample(cpu, now, now, ns);
		kept = watchdog_is_kept(cpu, now);
		soon |= kept;
		is_watching = watchdog_is_watching(cpu, now, ns);
		/* Its ticks may come between runs only. */
		if (kept || !is_watching)
			watchdog_look_by_nmi(cpu, now);
		if (is_watching || watchdog_is_covered(cpu, now, ns))
			return soon;
	}
}

/* Returns the time until the next tick. */
static u64 watchdog_interval(u64 now, u64 ns, bool soon)
{
	u64 spread = ns / SPREAD_PART;

	if (soon) {
		ns = min_t(u64, ns, SAMPLE_NS);
		spread = min_t(u64, ns / 2, SAMPLE_SPREAD_NS);
	} else {
		ns = watchdog_longest_interval(this_cpu_ptr(&rex_watchdog), ns);
	}
	/* The lowest bits of the clock are as good as random. */
	return ns - (spread * hash_64(now, SPREAD_BITS) >> SPREAD_BITS);
}

static enum hrtimer_restart rex_watchdog_tick(struct hrtimer *timer)
{
	u64 ns = watchdog_period();
	u64 now = ktime_get_mono_fast_ns();
	struct pt_regs *regs = get_irq_regs();
	bool soon, rests;

	if (!ns)
		return HRTIMER_NORESTART;
	this_cpu_write(rex_watchdog.last_tick, now);
	watchdog_nmis_have_come(this_cpu_ptr(&rex_watchdog), now);
	/* A CPU that has no other samples itself. */
	if (num_online_cpus() == 1)
		soon = watchdog_sample(smp_processor_id(), now,
				       ktime_to_ns(hrtimer_get_expires(timer)),
				       ns);
	else
		soon = watchdog_watch_buddies(now, ns);
	if (regs)
		watchdog_look(regs, now, false);
	soon |= watchdog_is_kept(smp_processor_id(), now);
	rests = watchdog_may_rest(now, ns);
	this_cpu_write(rex_watchdog.rests, rests);
	/* Its next tick comes late, and others look at its runs. */
	if (rests)
		this_cpu_write(rex_watchdog.spell, 0);
	hrtimer_forward_now(timer,
			    ns_to_ktime(watchdog_interval(now, ns, soon)));
	return HRTIMER_RESTART;
}

/* Returns whether this CPU has missed its tick, since interrupts are off. */
static __always_inline bool
watchdog_has_missed_tick(const struct rex_watchdog *watch, u64 now, u64 ns)
{
	return watchdog_elapsed(now, watch->last_tick) >
	       (s64)(2 * watchdog_longest_interval(watch, ns));
}

/*
 * NMIs of others serve as well where no CPU is left to send one: each is in a run with
 * interrupts off, or there is only one. They come from the kernel's detector of hard lockups,
 * a profiler, or a watchdog of the machine.
 */
static int watchdog_on_nmi(unsigned int type, struct pt_regs *regs)
{
	struct rex_watchdog *watch = this_cpu_ptr(&rex_watchdog);
	bool is_ours = watchdog_is_ours(watch);
	u64 ns = watchdog_period(), now;

	if (!is_ours && !ns)
		return NMI_DONE;
	if (unlikely(READ_ONCE(rex_trial.waits)))
		rex_fault_try_nmi(regs);
	now = ktime_get_mono_fast_ns();
	if (is_ours || watchdog_has_missed_tick(watch, now, ns))
		watchdog_look(regs, now, true);
	return is_ours ? NMI_HANDLED : NMI_DONE;
}
NOKPROBE_SYMBOL(watchdog_on_nmi);

/*
 * A tick that is due within the new period stays. If each BIND started the timer again, a process
 * that binds programs of other timeouts again and again would put the tick off forever.
 */
static void watchdog_start_tick(void *unused)
{
	struct hrtimer *timer = this_cpu_ptr(&rex_watchdog.timer);
	ktime_t next = ns_to_ktime(watchdog_period());
	u64 now = ktime_get_mono_fast_ns();
	bool is_active = hrtimer_active(timer);

	if (is_active && hrtimer_get_remaining(timer) <= next)
		return;
	this_cpu_write(rex_watchdog.last_tick, now);
	this_cpu_write(rex_watchdog.last_run, now);
	this_cpu_write(rex_watchdog.rests, false);
	/* A BIND that changes the period ends no spell. */
	if (!is_active)
		watchdog_begin_spell(this_cpu_ptr(&rex_watchdog), now);
	hrtimer_start(timer, next, HRTIMER_MODE_REL_PINNED_HARD);
}

static void watchdog_clear_nmi(void *unused)
{
	this_cpu_write(rex_watchdog.nmi_sent, 0);
}

static bool watchdog_is_any_nmi_sent(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (READ_ONCE(per_cpu(rex_watchdog.nmi_sent, cpu)))
			return true;
	return false;
}

/*
 * Stop the timers, and wait for NMIs that are on their way, if there are any. No CPU looks at
 * another one any more, so no CPU sends a further NMI: a CPU that comes online may tick once, and
 * that tick reads a period of 0. The caller holds the mutex that each BIND needs. It does not
 * wait for CPUs that go offline, which may wait for a process that sleeps in a run.
 */
static void watchdog_stop(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		hrtimer_cancel(per_cpu_ptr(&rex_watchdog.timer, cpu));
	if (!watchdog_is_any_nmi_sent())
		return;
	fsleep(NMI_ARRIVES_NS / NSEC_PER_USEC);
	on_each_cpu(watchdog_clear_nmi, NULL, 1);
}

static int watchdog_start_cpu(unsigned int cpu)
{
	if (READ_ONCE(period))
		watchdog_start_tick(NULL);
	return 0;
}

/*
 * The timer does not stop earlier: a CPU that goes offline waits for all others, and one
 * of these may be in a run with interrupts off and have no other buddy. If the kernel
 * moves the timers of the CPU to another one, that one ticks more often for a moment.
 */
static int watchdog_stop_dead_cpu(unsigned int cpu)
{
	hrtimer_cancel(per_cpu_ptr(&rex_watchdog.timer, cpu));
	/* It takes no NMI any more, and none is sent to it. */
	WRITE_ONCE(per_cpu(rex_watchdog.nmi_sent, cpu), 0);
	return 0;
}

void rex_watchdog_set(u32 timeout_ms)
{
	u64 old = period;
	u64 ns = 0;

	if (timeout_ms && !(rex_unprotected & REX_UNPROTECTED_TIME))
		ns = watchdog_ticks(timeout_ms);
	if (ns == old)
		return;
	WRITE_ONCE(period, ns);
	/* A CPU that comes online reads the period after it is online: one side sees the other. */
	smp_mb();
	if (ns)
		on_each_cpu(watchdog_start_tick, NULL, 1);
	else
		watchdog_stop();
}

static void watchdog_on_interrupt(struct irq_work *work)
{
}

static void __init watchdog_init_cpu(unsigned int cpu)
{
	struct rex_watchdog *watch = per_cpu_ptr(&rex_watchdog, cpu);

	watch->interrupt = IRQ_WORK_INIT_HARD(watchdog_on_interrupt);
	rex_compat_hrtimer_setup(&watch->timer, rex_watchdog_tick,
				 CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	watch->isolated = !housekeeping_test_cpu(cpu, HK_TYPE_DOMAIN) ||
			  !housekeeping_test_cpu(cpu, HK_TYPE_TICK);
}

/* Unregisters the handler of NMIs, when no tick or NMI of the watchdog comes any more. */
static void watchdog_unregister_nmi(void)
{
	unsigned int cpu;

	unregister_nmi_handler(NMI_LOCAL, "rex");
	for_each_possible_cpu(cpu)
		irq_work_sync(&per_cpu_ptr(&rex_watchdog, cpu)->interrupt);
}

int __init rex_watchdog_init(void)
{
	unsigned int cpu;
	int ret;

	if (!rex_watchdog_max_timeout_ms) {
		pr_err("max_timeout_ms=0: no program could run\n");
		return -EINVAL;
	}
	if (rex_watchdog_longest_ms() < rex_watchdog_max_timeout_ms)
		pr_notice("programs end after %u ms, not max_timeout_ms=%u, as the kernel takes a CPU for dead after twice that time\n",
			  rex_watchdog_longest_ms(),
			  rex_watchdog_max_timeout_ms);
	for_each_possible_cpu(cpu)
		watchdog_init_cpu(cpu);
	ret = register_nmi_handler(NMI_LOCAL, watchdog_on_nmi, 0, "rex");
	if (ret)
		return ret;
	ret = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "rex:watch-dead",
					NULL, watchdog_stop_dead_cpu);
	if (ret < 0)
		goto err_unregister_nmi;
	dead_state = ret;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "rex:watch",
				watchdog_start_cpu, NULL);
	if (ret < 0)
		goto err_remove_dead;
	online_state = ret;
	ret = rex_trial_run();
	watchdog_stop();
	if (ret)
		goto err_remove_online;
	return 0;

err_remove_online:
	cpuhp_remove_state(online_state);
err_remove_dead:
	cpuhp_remove_state_nocalls(dead_state);
err_unregister_nmi:
	watchdog_unregister_nmi();
	return ret;
}

/* No program is bound, so no timer goes on; one of a CPU that came online may tick once more. */
void rex_watchdog_exit(void)
{
	cpuhp_remove_state(online_state);
	cpuhp_remove_state_nocalls(dead_state);
	watchdog_stop();
	watchdog_unregister_nmi();
}
