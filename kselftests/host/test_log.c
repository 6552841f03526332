// SPDX-License-Identifier: GPL-2.0
/* The load log. */
#include "log.h"
#include "test.h"

static void lines_are_appended(void)
{
	struct rex_log log;
	char buf[64];

	rex_log_init(&log, buf, sizeof(buf), REX_LOG_ERROR);
	check_str(buf, "");
	rex_log_err(&log, "one %d", 1);
	rex_log_err(&log, "two %s", "2");
	check_str(buf, "one 1\ntwo 2\n");
	check_int(log.len, 12);
}

static void level_selects_messages(void)
{
	struct rex_log log;
	char buf[64];

	rex_log_init(&log, buf, sizeof(buf), REX_LOG_NONE);
	rex_log_err(&log, "error");
	check_int(log.len, 0);
	check(!rex_log_debugs(&log));

	rex_log_init(&log, buf, sizeof(buf), REX_LOG_ERROR);
	rex_log_dbg(&log, "debug");
	check_int(log.len, 0);
	check(!rex_log_debugs(&log));

	rex_log_init(&log, buf, sizeof(buf), REX_LOG_DEBUG);
	rex_log_err(&log, "error");
	rex_log_dbg(&log, "debug");
	check_str(buf, "error\ndebug\n");
	check(rex_log_debugs(&log));
}

static void null_log_is_ignored(void)
{
	rex_log_err(NULL, "error");
	check(!rex_log_debugs(NULL));
}

/*
 * Checks the beginning and the length of the text for every size of the
 * buffer.
 */
static void text_is_truncated_at_the_end(void)
{
	static const char whole[] = "first line\nsecond\nx\n";
	struct rex_log log;
	size_t size;
	char *buf;

	for (size = 0; size < sizeof(whole) + 3; size++) {
		buf = malloc(size);
		rex_log_init(&log, buf, size, REX_LOG_ERROR);
		rex_log_err(&log, "first %s", "line");
		rex_log_err(&log, "second");
		rex_log_err(&log, "x");
		check_int(log.len, strlen(whole));
		if (size) {
			size_t kept = min(size - 1, strlen(whole));

			check_int(strlen(buf), kept);
			check(!memcmp(buf, whole, kept));
		}
		free(buf);
	}
}

static void length_is_counted_without_a_buffer(void)
{
	struct rex_log log;

	rex_log_init(&log, NULL, 0, REX_LOG_ERROR);
	rex_log_err(&log, "%0100d", 0);
	rex_log_err(&log, "x");
	check_int(log.len, 103);
}

static void memory_is_allocated_for_the_first_line(void)
{
	struct rex_log log;

	rex_log_init(&log, NULL, 64, REX_LOG_ERROR);
	check(!log.buf);
	rex_log_dbg(&log, "debug");
	check(!log.buf);
	rex_log_err(&log, "first");
	rex_log_err(&log, "second");
	check_str(log.buf, "first\nsecond\n");
	kvfree(log.buf);
}

/* A text that begins with a later line would be taken for the whole. */
static void log_without_memory_for_the_first_line_stays_empty(void)
{
	struct rex_log log;

	rex_log_init(&log, NULL, 64, REX_LOG_ERROR);
	fail_alloc(1);
	rex_log_err(&log, "first");
	rex_log_err(&log, "second");
	check(!log.buf);
	check_int(log.len, 13);
}

static void control_characters_are_replaced(void)
{
	struct rex_log log;
	char buf[64];

	rex_log_init(&log, buf, sizeof(buf), REX_LOG_ERROR);
	rex_log_err(&log, "a%sb", "\n\x1b\x7f\xff\t");
	check_str(buf, "a?????b\n");
}

static const struct test tests[] = {
	{ "lines_are_appended", lines_are_appended },
	{ "level_selects_messages", level_selects_messages },
	{ "null_log_is_ignored", null_log_is_ignored },
	{ "text_is_truncated_at_the_end", text_is_truncated_at_the_end },
	{ "length_is_counted_without_a_buffer",
	  length_is_counted_without_a_buffer },
	{ "memory_is_allocated_for_the_first_line",
	  memory_is_allocated_for_the_first_line },
	{ "log_without_memory_for_the_first_line_stays_empty",
	  log_without_memory_for_the_first_line_stays_empty },
	{ "control_characters_are_replaced", control_characters_are_replaced },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
