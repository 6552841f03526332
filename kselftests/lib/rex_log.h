/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's log.
 */
#ifndef _REX_LOG_H
#define _REX_LOG_H

#include "rex_util.h"

/* Makes a descriptor from which log_text() reads what is logged from now on. */
int log_open(void);

/* Appends to TEXT what was logged since the last call, a line a message. */
void log_text(int fd, char *text, size_t size);

/* Expects that no line of TEXT matches splats.txt. */
void expect_no_splat(char *text);

/* Returns whether rex.ko has printed as many faults as it may in 5 seconds. */
bool reports_are_limited(void);

/*
 * Returns the messages since ksft_kmsg("%s", mark), one a line, from malloc().
 */
char *dmesg_since(const char *mark);

#endif
