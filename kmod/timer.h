/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that run periodically, or once after another program arms them.
 *
 * A timer belongs to a program and ticks while carriers are bound to it. It is
 * a kernel timer whose function runs in softirq, and calls the program's thunk
 * as a carrier would. So its runs are like all others: they have a level, are
 * watched, and are ended by a fault. The binding has references on the image
 * and the module, and gives them back when the timer has stopped.
 */
#ifndef _REX_TIMER_H
#define _REX_TIMER_H

#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/types.h>

struct rex_log;
struct rex_prog;

/* The shortest and the longest period, and delay of an armed timer. */
#define REX_TIMER_MIN_MS 1
#define REX_TIMER_MAX_MS 86400000

/**
 * struct rex_timer - the timer of a program
 * @timer: the kernel timer
 * @arm:	starts @timer, of a program that is armed: a program arms it in any context,
 *		with the kernel's lock for timers held too, and in the interrupt of an
 *		irq_work nothing holds that lock
 * @node:	in rex_timers
 * @prog:	the program
 * @period:	nanoseconds; 0: it runs once when it is armed
 * @at:		time that it is armed for, of ktime_get(); a program writes it in any context
 * @served:	@at of its last run
 * @rest:	it does not run before this, of ktime_get()
 * @users:	carriers bound to the program, under rex_bind_mutex
 * @runs:	cleared before @timer is stopped
 */
struct rex_timer {
	struct hrtimer timer;
	struct irq_work arm;
	struct list_head node;
	struct rex_prog *prog;
	u64 period;
	ktime_t at;
	ktime_t served;
	ktime_t rest;
	unsigned int users;
	bool runs;
};

/* The running timers, whose programs are watched. Protected by rex_bind_mutex. */
extern struct list_head rex_timers;

/**
 * rex_timer_init() - make the timer of a program, if its section requires one
 * @prog: the program, with its type and section; @prog->timer is set, or NULL
 *
 * Return: 0, -ENOMEM, or -ENOEXEC if the period is none; then the reason is in @log.
 */
int rex_timer_init(struct rex_prog *prog, struct rex_log *log);

/* Context: no run of the image is in flight. */
void rex_timer_exit(struct rex_prog *prog);

/* A carrier has been bound to @prog. Context: rex_bind_mutex. */
void rex_timer_get(struct rex_prog *prog);

/*
 * A carrier has been unbound from @prog. After the last one, the timer has
 * stopped, and no run is in flight. Context: rex_bind_mutex, may sleep.
 */
void rex_timer_put(struct rex_prog *prog);

#endif /* _REX_TIMER_H */
