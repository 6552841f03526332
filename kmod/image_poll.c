// SPDX-License-Identifier: GPL-2.0
#include "image.h"
#include "image_poll.h"

static void image_wake(struct irq_work *work)
{
	struct rex_image *image =
		container_of(work, struct rex_image, poll.kick);

	wake_up_interruptible_poll(&image->poll.wait,
				   EPOLLIN | EPOLLRDNORM | EPOLLHUP);
}

void rex_image_poll_init(struct rex_image *image)
{
	init_waitqueue_head(&image->poll.wait);
	init_irq_work(&image->poll.kick, image_wake);
}

void rex_image_poll_kick(struct rex_image *image)
{
	irq_work_queue(&image->poll.kick);
}

void rex_image_poll_exit(struct rex_image *image)
{
	irq_work_sync(&image->poll.kick);
}

/* Faults of several CPUs may end in another order than they began. */
bool rex_image_has_faults(const struct rex_fault_ring *ring)
{
	return (int)(atomic_read(&ring->ended) - READ_ONCE(ring->taken)) > 0;
}

static bool image_any_faults(const struct rex_image *image)
{
	u32 i;

	for (i = 0; i < image->nr_progs; i++)
		if (rex_image_has_faults(image->ctl->progs[i].faults))
			return true;
	return false;
}

__poll_t rex_image_poll(struct rex_image *image, struct file *file,
			poll_table *table)
{
	__poll_t events = 0;

	poll_wait(file, &image->poll.wait, table);
	/* The fault that ends an image is counted before: see abort_run(). */
	if (rex_image_is_dead(image->ctl) && !image->restart.per_minute)
		events |= EPOLLHUP;
	if (image_any_faults(image))
		events |= EPOLLIN | EPOLLRDNORM;
	return events;
}
