/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log of a call: REX_IOC_LOAD and REX_IOC_BIND report the reason of a refusal in it.
 * It is text in a kernel buffer, one line for each message; the ioctl copies it to
 * userspace.
 */
#ifndef REX_LOG_H
#define REX_LOG_H

#include "portable.h"

/**
 * struct rex_log - a log and where it goes
 * @buf:	the text, NUL-terminated; NULL if @size is 0, or until something is written
 * @size:	size of @buf in bytes
 * @len:	bytes that the whole text needs, without the NUL; more than
 *		@size - 1 if the text was truncated
 * @level:	REX_LOG_*: messages above this level are dropped
 */
struct rex_log {
	char *buf;
	size_t size;
	size_t len;
	unsigned int level;
};

/*
 * Start an empty log in @buf. Without it, memory is allocated when the first line is
 * written: kvfree() it. With @size 0, only the length is counted.
 */
void rex_log_init(struct rex_log *log, char *buf, size_t size,
		  unsigned int level);

/*
 * Append one line and a newline. Bytes that are not printable ASCII (in a name from a
 * hostile file) become '?'. @log may be NULL.
 */
__printf(3, 4) void rex_log_add(struct rex_log *log, unsigned int level,
				const char *fmt, ...);

#define rex_log_err(log, ...) rex_log_add(log, REX_LOG_ERROR, __VA_ARGS__)
#define rex_log_dbg(log, ...) rex_log_add(log, REX_LOG_DEBUG, __VA_ARGS__)

/*
 * Returns whether the log keeps debug messages; if not, a loop that only logs
 * can be skipped.
 */
static inline bool rex_log_debugs(const struct rex_log *log)
{
	return log && log->level >= REX_LOG_DEBUG;
}

#endif /* REX_LOG_H */
