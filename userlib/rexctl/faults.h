/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of faults, and what programs print.
 */
#ifndef REXCTL_FAULTS_H
#define REXCTL_FAULTS_H

#include "rexctl.h"

/* The interval of checks for faults, in milliseconds. */
#define REXCTL_FAULT_POLL_MS 200

/* A program whose faults are followed: @seen of them are known. */
struct rexctl_follower {
	int fd;
	const char *name;
	__u64 seen;
};

/* Reads record @number of the program of @fd; 0, or a negative errno. */
int rexctl_fault_read(int fd, __u64 number, struct rex_fault_info *info);
/* The record as an event, and what its text is: that of dmesg. */
json_t *rexctl_fault_json(const char *prog, const struct rex_fault_info *info);
void rexctl_fault_text(const json_t *fault);
/*
 * Appends the faults after @seen to the array @events, oldest first, and an event
 * "lost" for those whose records have been overwritten. @faults is
 * rex_prog_info.faults.
 */
void rexctl_follow(struct rexctl_follower *who, __u64 faults, json_t *events);
/* Prints an event of rexctl_follow() as text. */
void rexctl_follow_text(const json_t *event);

/* ---- trace.c ------------------------------------------------------------------ */

struct rexctl_trace {
	int fd;
	char instance[64];
	char line[4096];
	size_t len;
};

/*
 * Opens a separate buffer for the output of programs from now on, so other
 * readers of the trace miss nothing. Returns an exit status.
 */
int rexctl_trace_open(struct rexctl_trace *trace);
/*
 * Takes what has been printed: an event "print" for each line, and one "lost" with "cpu" and,
 * if it is known, "lines" for lines that were overwritten, appended to @events. Returns whether
 * there may be more.
 */
bool rexctl_trace_read(struct rexctl_trace *trace, json_t *events);
/* Prints such an event "lost" as text, and returns whether @event is one. */
bool rexctl_trace_lost_text(const json_t *event);
void rexctl_trace_close(struct rexctl_trace *trace);

#endif /* REXCTL_FAULTS_H */
