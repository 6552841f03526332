// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "cpu_share.h"
#include "image.h"
#include "restart.h"
#include "selftest.h"

#define MINUTE_NS (60ull * NSEC_PER_SEC)

/* The queue is unbound, since the CPU of the fault may be busy for long. */
static struct workqueue_struct *restart_queue;

/* Nanoseconds until the next restart is allowed. If 0, this restart is counted. */
static u64 restart_throttle(struct rex_restart *restart)
{
	u64 now = ktime_get_ns();

	if (!restart->window || now - restart->window >= MINUTE_NS) {
		restart->window = now;
		restart->in_window = 0;
	}
	if (restart->in_window >= restart->per_minute)
		return restart->window + MINUTE_NS - now;
	restart->in_window++;
	return 0;
}

/*
 * Runs that began before the image died are RCU read sides: after a grace period
 * none is left, and no other one begins until the image lives again. A run that sleeps
 * is none, and is not waited for: when it wakes up, as a read side again, it looks
 * whether the image is dead and whether the count has changed, and ends (sleep.c).
 *
 * The fault of a run that the grace period waits for can queue the work again while it
 * runs. The image may live when the second work begins: then runs in flight rely on its
 * data, and nothing may be reset. Only this function brings an image back, and never
 * runs twice at a time for one image, so an image that is dead at the beginning stays
 * dead until the end.
 */
static void restart_image(struct work_struct *work)
{
	struct rex_image *image = container_of(to_delayed_work(work),
					       struct rex_image, restart.work);
	struct rex_restart *restart = &image->restart;
	u64 wait;

	if (!rex_image_is_dead(image->ctl))
		return;
	wait = restart_throttle(restart);
	if (wait) {
		queue_delayed_work(restart_queue, &restart->work,
				   nsecs_to_jiffies(wait) + 1);
		return;
	}
	synchronize_rcu();
	memcpy(image->target.seg[REX_SEG_DATA].mem, restart->data,
	       image->size[REX_SEG_DATA]);
	rex_heap_reset(&image->heap);
	rex_cpu_share_forget(image);
	WRITE_ONCE(restart->count, restart->count + 1);
	/* Runs that see the image alive see the new data. */
	rex_image_set_dead(image->ctl, false);
}

static void restart_kick(struct irq_work *work)
{
	struct rex_image *image =
		container_of(work, struct rex_image, restart.kick);

	queue_delayed_work(restart_queue, &image->restart.work, 0);
}

int rex_restart_init(struct rex_image *image, u32 per_minute)
{
	struct rex_restart *restart = &image->restart;

	if (!per_minute)
		return 0;
	if (rex_selftest_fail_step())
		return -ENOMEM;
	restart->data = kvmalloc(image->size[REX_SEG_DATA], REX_GFP);
	if (!restart->data)
		return -ENOMEM;
	memcpy(restart->data, image->target.seg[REX_SEG_DATA].mem,
	       image->size[REX_SEG_DATA]);
	image->memory += image->size[REX_SEG_DATA];
	init_irq_work(&restart->kick, restart_kick);
	INIT_DELAYED_WORK(&restart->work, restart_image);
	restart->per_minute = per_minute;
	return 0;
}

void rex_restart_kick(struct rex_image *image)
{
	if (image->restart.per_minute)
		irq_work_queue(&image->restart.kick);
}

void rex_restart_exit(struct rex_image *image)
{
	struct rex_restart *restart = &image->restart;

	if (restart->per_minute) {
		irq_work_sync(&restart->kick);
		cancel_delayed_work_sync(&restart->work);
	}
	kvfree(restart->data);
}

int __init rex_restart_setup(void)
{
	restart_queue = alloc_workqueue("rex_restart", WQ_UNBOUND, 0);
	return restart_queue ? 0 : -ENOMEM;
}

void rex_restart_teardown(void)
{
	destroy_workqueue(restart_queue);
}
