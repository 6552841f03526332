/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The trace, which programs print to.
 */
#ifndef _REX_TRACE_H
#define _REX_TRACE_H

#include "rex_util.h"

#define TRACING "/sys/kernel/tracing/"
#define TRACE_SIZE (1 << 16)

/*
 * Writes TEXT to a file of tracefs, which is opened with FLAGS. Returns whether the kernel took
 * it. trace_file() truncates the file first, and the kernel has to take the text.
 */
bool try_trace_file(const char *name, const char *text, int flags);
void trace_file(const char *name, const char *text);

int open_trace_pipe(void);

/*
 * Returns the trace up to now. The text belongs to the function, and is valid
 * until the next call.
 */
const char *read_trace(int pipe);

/*
 * Returns the lines of TRACE that task TID of this process has written:
 * "comm-tid [cpu] ...". The text is the function's, as that of read_trace() is.
 */
const char *lines_of(pid_t tid, const char *trace);

/*
 * Sets the kernel's tracer. The kernel patches all functions in one go. On an emulated CPU,
 * this can take longer than the 20 seconds after which it reports a soft lockup and a stall of
 * RCU, so that both have to wait longer meanwhile.
 */
void set_tracer(const char *tracer);

/* Returns whether a list of functions, such as available_filter_functions, has one by this name. */
bool trace_lists(const char *list, const char *name);

/*
 * Returns the trace of an event of the kernel, "timer/hrtimer_start", in the next MS
 * milliseconds, from malloc(). What was in the trace is lost.
 */
char *trace_event(const char *event, long ms);

#endif
