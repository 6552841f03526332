/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process can wait for the faults of an image: poll(2) of the image's descriptor.
 *
 * The end of a run after a fault wakes no process itself, since it may have
 * interrupted the holder of the lock of a wait queue or a run queue. An
 * irq_work wakes them.
 */
#ifndef _REX_IMAGE_POLL_H
#define _REX_IMAGE_POLL_H

#include <linux/irq_work.h>
#include <linux/poll.h>
#include <linux/wait.h>

struct rex_fault_ring;
struct rex_image;

/**
 * struct rex_image_poll - who waits for faults of an image
 * @wait:	the processes
 * @kick:	wakes them, from any context
 */
struct rex_image_poll {
	wait_queue_head_t wait;
	struct irq_work kick;
};

void rex_image_poll_init(struct rex_image *image);

/* A program of the image has had a fault. Any context. */
void rex_image_poll_kick(struct rex_image *image);

/*
 * Free the state. No run of the image can begin any more, and no process
 * waits. May sleep.
 */
void rex_image_poll_exit(struct rex_image *image);

/*
 * Returns whether a program has had faults that REX_FAULT_NEXT has not given.
 */
bool rex_image_has_faults(const struct rex_fault_ring *ring);

/* Return the events that poll(2) reports of an image: uapi/linux/rex.h. */
__poll_t rex_image_poll(struct rex_image *image, struct file *file,
			poll_table *table);

#endif /* _REX_IMAGE_POLL_H */
