/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A run of a sleepable program can sleep, in a helper that waits for memory of the
 * process.
 *
 * Preemption is off during a run, and its stack belongs to the CPU. So a run that is to
 * sleep is parked: the part of its stack that is in use, and its struct rex_run, are
 * copied to memory of its own, and the level and preemption are given back as at the end
 * of a run. The helper goes on where the thunk was called, on the task's stack: for the
 * kernel, it is a function that the thunk's caller has called. There it sleeps. To wake
 * up, it turns preemption off, claims the level, and copies the bytes back.
 *
 *  - The bytes must be at the same addresses again, so the run must be on the same CPU
 *    and on the same level. Migration is off while it is parked, which also keeps the
 *    CPU from going offline. A run is parked from level 0 only, and level 0 is free
 *    whenever a task turns preemption off: each run on the CPU has preemption off, so
 *    that the scheduler cannot have come between its beginning and its end, and what has
 *    interrupted this task is over when the task goes on.
 *  - So that it may sleep, the run must have begun in a task with interrupts and
 *    preemption on, and outside of RCU's read sides. The type of the carrier says so,
 *    but the helper looks for itself. It also refuses to sleep where the task could wait
 *    for itself: see sleep_would_wait_for_itself().
 *  - The run holds no resource: nothing that others wait for is held for as long as a
 *    process wants.
 *  - A parked run is no read side of RCU, as other runs are. All that it has of the
 *    kernel's under RCU must not be used after it wakes up: the crate's type Sleepable
 *    sees to that. The code of the program, and its carrier, are kept by RCU Tasks
 *    Trace: the carrier is a reader, and the end of a binding waits for it (bind_retired.c).
 *  - No code waits for parked runs but that: a fault, a restart and the watchdog do not.
 *    A run that wakes up and finds its image dead, or restarted since, does not go on:
 *    it ends with the default value. The order is that of runs that begin, see
 *    restart.c.
 *  - The time that a run is parked does not count for the watchdog, but the time before
 *    and after does, in one sum: see sleep_stop_clock().
 *  - A signal that kills the task wakes it up, for the run to end soon.
 *
 * No tracer sees a run go to sleep: what is on its stack is this file's, which neither
 * ftrace nor kprobes know, and the program's. So nothing is lost if it never wakes up.
 */
#ifndef _REX_SLEEP_H
#define _REX_SLEEP_H

#include <linux/linkage.h>
#include <linux/types.h>

struct rex_run;
struct rex_sleep;

/* The most that a helper copies at once; the crate knows it. */
#define REX_SLEEP_COPY_MAX 4096

/*
 * The stub "park" comes here when it has left the run's stack: the return address is that
 * of the thunk, and the result is for its caller if the run does not wake up.
 */
asmlinkage u64 rex_sleep_on_task_stack(struct rex_sleep *sleep);

/* Where in a struct rex_sleep the stub "park" stores the stack pointer of the run. */
#define REX_SLEEP_SP 0

#endif /* _REX_SLEEP_H */
