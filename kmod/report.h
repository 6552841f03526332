/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults are reported in the kernel's log, rate-limited, and by ioctl.
 *
 * printk() where the fault happened could require a lock that the interrupted code
 * holds, and with a slow console a report takes a while. So an irq_work queues a
 * work item, which prints with interrupts and preemption on. If the kernel panics
 * before, a panic notifier prints the records that wait. Records have owners without a
 * lock: the code that moves one from FREE to BUSY may use it.
 */
#ifndef _REX_REPORT_H
#define _REX_REPORT_H

#include <linux/atomic.h>
#include <linux/llist.h>
#include <linux/rex.h>
#include <linux/sched.h>
#include <linux/types.h>

enum rex_fault_state {
	REX_FAULT_FREE, /* not in use; its contents stay readable */
	REX_FAULT_BUSY, /* being filled, printed or read */
};

struct rex_prog;

#define REX_FAULT_FRAMES 24
#define REX_FAULT_KERNEL_FRAMES 16
#define REX_FAULT_RING 4

/**
 * struct rex_fault - the record of one fault
 * @state:	enum rex_fault_state
 * @pending:	on the list of records to print
 * @prog:	the program
 * @number:	which fault of the program, from 1; 0: never used
 * @cause:	REX_FAULT_*
 * @cpu:	the CPU of the run
 * @pid:	of current
 * @tgid:	of current
 * @comm:	of current
 * @time:	CLOCK_MONOTONIC, ns
 * @line:	of the panic, 0 if unknown
 * @column:	of the panic
 * @nr_frames:	return addresses in @frames
 * @nr_kernel_frames: return addresses in @kernel_frames
 * @frames:	the program's stack, innermost first
 * @kernel_frames: the stack of the kernel that called the program
 * @file:	of the panic, truncated at the front if it is too long
 * @message:	of the panic, or what happened
 */
struct rex_fault {
	atomic_t state;
	struct llist_node pending;
	const struct rex_prog *prog;
	u64 number;
	u32 cause;
	u32 cpu;
	pid_t pid;
	pid_t tgid;
	char comm[TASK_COMM_LEN];
	u64 time;
	u32 line;
	u32 column;
	u32 nr_frames;
	u32 nr_kernel_frames;
	unsigned long frames[REX_FAULT_FRAMES];
	unsigned long kernel_frames[REX_FAULT_KERNEL_FRAMES];
	char file[REX_FAULT_FILE_LEN];
	char message[REX_FAULT_MESSAGE_LEN];
};

/**
 * struct rex_fault_ring - the last faults of a program
 * @next:	number of faults that have begun
 * @ended:	number of faults whose records are published, or were not kept
 * @taken:	of the faults that REX_FAULT_NEXT has passed over, the last one's number
 * @given:	how many of them it has given
 * @fault:	their records
 *
 * @taken and @given are image_info.c's.
 */
struct rex_fault_ring {
	atomic_t next;
	atomic_t ended;
	unsigned int taken;
	unsigned int given;
	struct rex_fault fault[REX_FAULT_RING];
};

int rex_report_init(void);
/* Context: no image is left. */
void rex_report_exit(void);

/* Claim a record. Any context. Return: whether it was free. */
bool rex_report_claim(struct rex_fault *fault);

/* Give back a record that was claimed. */
void rex_report_release(struct rex_fault *fault);

/* Print a record that was claimed and filled; then it is free. Any context. */
void rex_report_publish(struct rex_fault *fault);

/* Wait until every fault that has happened is printed. May sleep. */
void rex_report_sync(void);

/**
 * struct rex_report_sink - where the lines of a trace go
 * @put:	takes one line, without a newline
 */
struct rex_report_sink {
	void (*put)(struct rex_report_sink *sink, const char *line);
};

/* Write the calls that a fault's record has, one line each. May sleep. */
void rex_report_put_trace(struct rex_report_sink *sink,
			  const struct rex_fault *fault);

#endif /* _REX_REPORT_H */
