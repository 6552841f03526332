/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program that takes more than a share of a CPU's time for a second is stopped, however
 * short its runs are: the module's parameter max_cpu_share, in percent.
 *
 * To measure each run would cost it two readings of the clock. So runs are sampled, by the
 * ticks of the watchdog, and a run pays nothing. It takes two steps of half a second each:
 *
 *  - The tick of another CPU reads which program the CPU executes in its innermost run,
 *    without an interrupt there, so that runs with interrupts off count. A program that is
 *    met becomes the CPU's suspect. While there is one, samples come after 2 to 6 ms, at
 *    times that no program can be in step with. Otherwise they come with the ticks.
 *  - Who reads that cannot see an interrupt on top of the run, or that a hypervisor does not
 *    execute the CPU. So a suspect above the limit is verified: each sample is an NMI to
 *    the CPU, which looks at what the NMI has interrupted. The run is charged if that code
 *    is on the stack of the run: the program itself or its helper, but no interrupt. An
 *    answer that comes late is from a CPU that was not executed, and counts little.
 *
 * Both keep a score in nanoseconds times percent. With a limit of 90, a nanosecond of the
 * suspect adds 10, any other takes 90 away, so the score of a program that takes less than
 * the limit goes down. Below 0, the CPU has no suspect any more. Half a second of nothing
 * but the suspect fills a score up.
 *
 * When both are full, the run that the NMI has interrupted is stopped, unless it is a
 * single long one. Such a run may take as long as its timeout allows. But its time counts:
 * the next run is stopped if it begins before the scores have fallen.
 */
#ifndef _REX_CPU_SHARE_H
#define _REX_CPU_SHARE_H

#include <linux/types.h>

struct pt_regs;
struct rex_image;
struct rex_run;

/** enum rex_cpu_share_next - what a CPU that has sampled another one does */
enum rex_cpu_share_next {
	REX_CPU_SHARE_WAIT, /* nothing: no program is suspected */
	REX_CPU_SHARE_SAMPLE, /* sample soon again */
	REX_CPU_SHARE_ASK, /* do so, and send an NMI, which the sampled CPU answers */
};

/**
 * rex_cpu_share_sample() - note what a CPU executes
 * @cpu:	that CPU; this one only if no other is online
 * @now:	the time, ktime_get_mono_fast_ns()
 * @due:	for when the sample was planned
 *
 * Context: hardirq.
 */
enum rex_cpu_share_next rex_cpu_share_sample(unsigned int cpu, u64 now,
					     u64 due);

/*
 * Returns whether another CPU than this one has sampled @cpu since @since. Context: any.
 */
bool rex_cpu_share_is_sampled(unsigned int cpu, u64 since);

/**
 * rex_cpu_share_answer() - say what this CPU executes, if another one has asked
 * @run:	the innermost run of this CPU, or NULL
 * @regs:	what was interrupted
 * @now:	the time, ktime_get_mono_fast_ns()
 *
 * Context: hardirq or NMI. Return: whether @run has to end for its program's share.
 */
bool rex_cpu_share_answer(struct rex_run *run, const struct pt_regs *regs,
			  u64 now);

/*
 * Forget what the programs of an image have taken. Context: task; no run of the image is
 * in flight, and none begins.
 */
void rex_cpu_share_forget(const struct rex_image *image);

#endif /* _REX_CPU_SHARE_H */
