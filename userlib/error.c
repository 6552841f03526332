// SPDX-License-Identifier: GPL-2.0
/*
 * Error text and debug output.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "internal.h"

#define REX_TEXT_LEN 512

static atomic_int rex_debug_level;
static _Thread_local char rex_error_text[REX_TEXT_LEN];

void rex_set_debug(int val)
{
	atomic_store(&rex_debug_level, val);
}

bool rex_debug_enabled(void)
{
	return atomic_load(&rex_debug_level) != 0;
}

const char *rex_last_error(void)
{
	return rex_error_text;
}

const char *rex_lib_version(void)
{
#define REX_STR_(x) #x
#define REX_STR(x) REX_STR_(x)
	return REX_STR(LIBREX_MAJOR_VERSION) "." REX_STR(LIBREX_MINOR_VERSION);
}

/* @fmt may quote names out of a hostile file: keep the text printable. */
static void rex_vformat(char *text, const char *fmt, va_list ap)
{
	vsnprintf(text, REX_TEXT_LEN, fmt, ap);
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
			*text = '?';
}

int rex_error(int err, const char *fmt, ...)
{
	char text[REX_TEXT_LEN];
	va_list ap;

	va_start(ap, fmt);
	rex_vformat(text, fmt, ap);
	va_end(ap);

	/* The text is copied since an argument may be the last text itself. */
	memcpy(rex_error_text, text, sizeof(text));
	rex_debug("error: %s", text);
	errno = -err;
	return err;
}

int rex_error_errno(int err, const char *fmt, ...)
{
	char text[REX_TEXT_LEN];
	char reason[128];
	va_list ap;

	va_start(ap, fmt);
	rex_vformat(text, fmt, ap);
	va_end(ap);

	/* The GNU strerror_r() may return a constant and leave @reason alone. */
	return rex_error(err, "%s: %s%s", text,
			 strerror_r(-err, reason, sizeof(reason)),
			 err == -EMFILE ? " (raise RLIMIT_NOFILE: ulimit -n)" :
					  "");
}

void rex_debug(const char *fmt, ...)
{
	char text[REX_TEXT_LEN];
	va_list ap;

	if (!rex_debug_enabled())
		return;

	va_start(ap, fmt);
	rex_vformat(text, fmt, ap);
	va_end(ap);
	fprintf(stderr, "librex: %s\n", text);
}
