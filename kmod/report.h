/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reports of faults: to the kernel log, rate-limited, and by ioctl.
 *
 * printk() where the fault happened could need a lock that the interrupted code
 * holds, and with a slow console a report takes a while. So an irq_work queues a
 * work item, and that prints, with interrupts and preemption on. If the kernel
 * panics before, the records that wait are printed then. Records are owned without a
 * lock: whoever moves one from FREE to BUSY may use it.
 */
#ifndef _REX_REPORT_H
#define _REX_REPORT_H

#include "fault.h"

enum rex_fault_state {
	REX_FAULT_FREE, /* nobody uses it; its contents stay readable */
	REX_FAULT_BUSY, /* being filled, printed or read */
};

struct rex_prog;

int rex_report_init(void);
/* No image is left. */
void rex_report_exit(void);

/* Take a record. Any context. Return: whether it was free. */
bool rex_report_claim(struct rex_fault *fault);

/* Print a record that was claimed and filled; then it is free. Any context. */
void rex_report_publish(struct rex_fault *fault);

/* Wait until every fault that has happened is printed. May sleep. */
void rex_report_sync(void);

/**
 * rex_report_fill_info() - REX_IOC_FAULT_INFO
 * @prog:	the program
 * @info:	@info->number says which fault; the rest is filled
 *
 * Context: may sleep. Return: 0 or -ENOENT.
 */
int rex_report_fill_info(const struct rex_prog *prog,
			 struct rex_fault_info *info);

#endif /* _REX_REPORT_H */
