/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A restart brings a dead image back (REX_LOAD_RESTART).
 *
 * To go on with the old data would be unsound: an aborted run may have left a static
 * half-changed. So once no run of the image is in flight, the restart resets data and
 * bss to what they were when the image was loaded, and empties its heap. The maps stay
 * as they are: they are shared with others, and every bit pattern in them is valid.
 */
#ifndef _REX_RESTART_H
#define _REX_RESTART_H

#include <linux/irq_work.h>
#include <linux/ktime.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct rex_image;

/**
 * struct rex_restart - state of an image's restarts
 * @per_minute:	the limit of restarts in a minute; 0: none at all
 * @count:	restarts so far
 * @window:	start of the current minute, ns
 * @in_window:	restarts in it
 * @data:	the data segment as it was when the image was loaded
 * @kick:	queues @work from any context
 * @work:	restarts the image
 */
struct rex_restart {
	u32 per_minute;
	u32 count;
	u64 window;
	u32 in_window;
	void *data;
	struct irq_work kick;
	struct delayed_work work;
};

/* Make the queue of restarts, when the module is loaded: 0 or -ENOMEM. No image is left at its end. */
int rex_restart_setup(void);
void rex_restart_teardown(void);

/* Prepare: copy the data segment, which is complete. 0 or -ENOMEM. */
int rex_restart_init(struct rex_image *image, u32 per_minute);

/* Have the image restarted, which is dead. Any context. */
void rex_restart_kick(struct rex_image *image);

/* No run of the image can begin any more. May sleep; needs no rex_restart_init(). */
void rex_restart_exit(struct rex_image *image);

#endif /* _REX_RESTART_H */
