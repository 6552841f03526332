// SPDX-License-Identifier: GPL-2.0
/* The load log (log.h). */
#include "log.h"

void rex_log_init(struct rex_log *log, char *buf, size_t size,
		  unsigned int level)
{
	*log = (struct rex_log){ .buf = buf, .size = size, .level = level };
	if (buf && size)
		buf[0] = '\0';
}

/*
 * Most loads write nothing, and a log is large. Without memory for the first line, the text
 * stays empty.
 */
static bool log_has_buf(struct rex_log *log)
{
	if (!log->buf && log->size && !log->len)
		log->buf = kvcalloc(1, log->size, REX_GFP);
	return log->buf;
}

/* Replace what is not printable in the last @n bytes of the text that are kept. */
static void log_clean_tail(struct rex_log *log, size_t n)
{
	size_t end = min(log->len + n, log->size - 1);
	size_t i;

	for (i = log->len; i < end; i++)
		if (log->buf[i] < ' ' || log->buf[i] > '~')
			log->buf[i] = '?';
}

void rex_log_add(struct rex_log *log, unsigned int level, const char *fmt, ...)
{
	size_t room = 0;
	va_list ap;
	int n;

	if (!log || level > log->level)
		return;

	if (log_has_buf(log) && log->len < log->size)
		room = log->size - log->len;
	va_start(ap, fmt);
	n = vsnprintf(room ? log->buf + log->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;

	if (room)
		log_clean_tail(log, n);
	log->len += n;
	if (log->buf && log->len + 1 < log->size) {
		log->buf[log->len] = '\n';
		log->buf[log->len + 1] = '\0';
	}
	log->len++;
}
