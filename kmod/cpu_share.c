// SPDX-License-Identifier: GPL-2.0
#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/kprobes.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>
#include <linux/smp.h>
#include <linux/time64.h>

#include "cpu_share.h"
#include "image.h"
#include "run.h"

/* A score is full after so much time of nothing but the suspect. */
#define FULL_NS (NSEC_PER_SEC / 2)

/*
 * No sample stands for more, if there was none for longer. So there are at least 16 in
 * each step: chance does not make them all meet a program that takes, for instance, half.
 */
#define SAMPLE_MAX_NS (FULL_NS / 16)

/* After so long without a sample, nothing is known any more. */
#define GAP_NS NSEC_PER_SEC

/*
 * A CPU that is executed answers in microseconds. An answer that took longer counts a part
 * only. It counts something, since all answers are late where a hypervisor executes one of
 * two CPUs at a time.
 */
#define LATE_NS NSEC_PER_MSEC
#define LATE_PART 16

/**
 * struct rex_cpu_share - the suspect of a CPU
 * @lock:	bit 0: who holds it may change all other members. An NMI may need it that has
 *		interrupted its holder, so it is tried, and nobody waits for it
 * @prog:	the suspect, or NULL. It is only compared: see share_is_hit(). Who does not hold
 *		the lock may take it away, as rex_cpu_share_forget() does
 * @limit:	in percent, that the scores are about
 * @sampler:	the CPU that sampled this one last
 * @sampled:	when it did
 * @score:	of the samples
 * @weight:	ns that the next answer stands for; 0: nobody has asked
 * @due:	when the answer was due
 * @seen:	ns of all answers
 * @hit:	ns of answers that met the suspect; at most @seen
 * @runs:	of the suspect on this CPU, when an answer first met it; 0: none has
 */
struct rex_cpu_share {
	unsigned long lock;
	const struct rex_prog *prog;
	unsigned int limit;
	unsigned int sampler;
	u64 sampled;
	s64 score;
	s64 weight;
	u64 due;
	s64 seen;
	s64 hit;
	u64 runs;
} ____cacheline_aligned_in_smp;

/* Other CPUs write it, so it shares no cache line with what runs use. */
static DEFINE_PER_CPU_SHARED_ALIGNED(struct rex_cpu_share, rex_cpu_share);

static unsigned int max_cpu_share = 90;

static int share_set_max(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 0, 100);
}

static const struct kernel_param_ops share_max_ops = {
	.set = share_set_max,
	.get = param_get_uint,
};
module_param_cb(max_cpu_share, &share_max_ops, &max_cpu_share, 0644);
MODULE_PARM_DESC(max_cpu_share,
		 "percent of a CPU's time that a program may take; 0: no limit");

static __always_inline bool share_try_lock(struct rex_cpu_share *share)
{
	return !test_and_set_bit_lock(0, &share->lock);
}

static __always_inline void share_unlock(struct rex_cpu_share *share)
{
	clear_bit_unlock(0, &share->lock);
}

static __always_inline void share_clear(struct rex_cpu_share *share)
{
	WRITE_ONCE(share->prog, NULL);
}

/* The first sample that meets a program only says that the next ones have to come soon. */
static __always_inline void share_suspect(struct rex_cpu_share *share,
					  const struct rex_prog *prog,
					  unsigned int limit)
{
	if (!prog || !limit || limit >= 100)
		return;
	share->limit = limit;
	share->score = 0;
	share->seen = 0;
	share->hit = 0;
	share->runs = 0;
	WRITE_ONCE(share->weight, 0);
	WRITE_ONCE(share->prog, prog);
}

static __always_inline s64 share_full(const struct rex_cpu_share *share)
{
	return FULL_NS * (s64)(100 - share->limit);
}

/* Returns the score of the answers. */
static __always_inline s64 share_proof(const struct rex_cpu_share *share)
{
	return share->hit * 100 - share->seen * share->limit;
}

/* The CPU executed @prog, or none, for @ns. A full score is full, and the CPU is asked. */
static __always_inline void share_charge(struct rex_cpu_share *share,
					 const struct rex_prog *prog, s64 ns)
{
	if (share->score >= share_full(share))
		return;
	if (prog == READ_ONCE(share->prog))
		share->score += ns * (100 - share->limit);
	else
		share->score -= ns * share->limit;
	if (share->score < 0)
		share_clear(share);
}

/* Returns what is next while the score is not full, or after a sample that was not taken. */
static __always_inline enum rex_cpu_share_next
share_next(const struct rex_cpu_share *share)
{
	return READ_ONCE(share->prog) ? REX_CPU_SHARE_SAMPLE :
					REX_CPU_SHARE_WAIT;
}

static __always_inline enum rex_cpu_share_next
share_sample_locked(struct rex_cpu_share *share, const struct rex_prog *prog,
		    u64 now, u64 due)
{
	unsigned int limit = READ_ONCE(max_cpu_share);
	s64 ns = now - share->sampled;

	/* Another CPU has sampled it since this one looked at the clock. */
	if (ns <= 0)
		return share_next(share);
	WRITE_ONCE(share->sampled, now);
	WRITE_ONCE(share->sampler, raw_smp_processor_id());
	if (share->limit != limit || ns > (s64)GAP_NS)
		share_clear(share);
	ns = min_t(s64, ns, SAMPLE_MAX_NS);
	if (READ_ONCE(share->prog))
		share_charge(share, prog, ns);
	if (!READ_ONCE(share->prog))
		share_suspect(share, prog, limit);
	if (!READ_ONCE(share->prog) || share->score < share_full(share))
		return share_next(share);
	share->due = due;
	WRITE_ONCE(share->weight, ns);
	return REX_CPU_SHARE_ASK;
}

enum rex_cpu_share_next rex_cpu_share_sample(unsigned int cpu, u64 now, u64 due)
{
	struct rex_cpu_share *share = per_cpu_ptr(&rex_cpu_share, cpu);
	const struct rex_run *run = rex_run_active_on(cpu);
	const struct rex_prog *prog = run ? rex_run_prog(run) : NULL;
	enum rex_cpu_share_next next;

	/* Another CPU samples it at this moment, or it answers. */
	if (!share_try_lock(share))
		return share_next(share);
	next = share_sample_locked(share, prog, now, due);
	share_unlock(share);
	return next;
}
NOKPROBE_SYMBOL(rex_cpu_share_sample);

bool rex_cpu_share_is_sampled(unsigned int cpu, u64 since)
{
	const struct rex_cpu_share *share = per_cpu_ptr(&rex_cpu_share, cpu);

	return READ_ONCE(share->sampler) != raw_smp_processor_id() &&
	       (s64)(READ_ONCE(share->sampled) - since) > 0;
}
NOKPROBE_SYMBOL(rex_cpu_share_is_sampled);

/*
 * Returns whether the suspect is what was interrupted. Interrupts and softirqs on top of a
 * run have a stack of their own, except those on top of a run in a softirq.
 */
static __always_inline bool share_is_hit(const struct rex_prog *prog,
					 const struct rex_run *run,
					 const struct pt_regs *regs)
{
	return run && rex_run_prog(run) == prog &&
	       rex_run_on_stack(run, regs->sp);
}

/* Account for an answer. Hits do not add to a full score. */
static __always_inline void share_add_answer(struct rex_cpu_share *share,
					     s64 ns, bool hit)
{
	if (hit && share_proof(share) >= share_full(share))
		return;
	share->seen += ns;
	if (hit)
		share->hit += ns;
	if (share_proof(share) < 0)
		share_clear(share);
}

/*
 * Returns whether @run, which is the suspect's, has to end. The fault of another CPU ends
 * the program as well: one is enough.
 */
static __always_inline bool share_is_over(struct rex_cpu_share *share,
					  struct rex_run *run)
{
	const struct rex_prog *prog = rex_run_prog(run);
	u64 runs = this_cpu_read(*prog->runs);

	if (!share->runs)
		share->runs = runs;
	if (share->runs == runs || share_proof(share) < share_full(share) ||
	    READ_ONCE(max_cpu_share) != share->limit ||
	    rex_image_is_dead(prog->ctl))
		return false;
	run->share = DIV64_U64_ROUND_UP(share->hit * 100, share->seen);
	run->max_share = share->limit;
	return true;
}

static __always_inline bool share_answer_locked(struct rex_cpu_share *share,
						struct rex_run *run,
						const struct pt_regs *regs,
						u64 now)
{
	const struct rex_prog *prog = READ_ONCE(share->prog);
	s64 ns = share->weight;
	bool hit;

	WRITE_ONCE(share->weight, 0);
	if (!prog || !ns || (s64)(now - share->due) > (s64)GAP_NS)
		return false;
	if ((s64)(now - share->due) > (s64)LATE_NS)
		ns /= LATE_PART;
	hit = share_is_hit(prog, run, regs);
	share_add_answer(share, ns, hit);
	return hit && share_is_over(share, run);
}

bool rex_cpu_share_answer(struct rex_run *run, const struct pt_regs *regs,
			  u64 now)
{
	struct rex_cpu_share *share = this_cpu_ptr(&rex_cpu_share);
	bool over;

	if (!READ_ONCE(share->weight) || !share_try_lock(share))
		return false;
	over = share_answer_locked(share, run, regs, now);
	share_unlock(share);
	return over;
}
NOKPROBE_SYMBOL(rex_cpu_share_answer);

static bool share_is_of(const struct rex_prog *prog,
			const struct rex_image *image)
{
	return prog >= image->ctl->progs &&
	       prog < image->ctl->progs + image->nr_progs;
}

/*
 * A CPU that has sampled a run of the image is in an interrupt, and a grace period has passed
 * since the last run. So none is about to make a program of the image a suspect again; and
 * who holds the lock only adds to the scores of a suspect that is gone.
 */
void rex_cpu_share_forget(const struct rex_image *image)
{
	const struct rex_prog *prog;
	struct rex_cpu_share *share;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		share = per_cpu_ptr(&rex_cpu_share, cpu);
		prog = READ_ONCE(share->prog);
		if (share_is_of(prog, image))
			cmpxchg(&share->prog, prog, NULL);
	}
}
