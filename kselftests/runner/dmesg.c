// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's log, in windows of one test each. A test that provokes a message
 * announces it beforehand in the log, so that the announcement stays even if
 * the test dies:
 *
 *	rex-test: expect REGEX
 *
 * (POSIX extended; announce_dmesg() in kselftest_rex.h and expect_dmesg in
 * lib.sh write it.) A matching line is no splat, and has to come.
 */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "patterns.h"
#include "races.h"
#include "runner.h"

#define EXPECT "rex-test: expect "
#define MARK "rex-test: "

/*
 * The number of messages that may be announced in a window. The first window reaches back to the
 * boot: in the test of the runner itself, it has the messages of all tests before.
 */
#define MOST_ANNOUNCED 1024

static struct patterns splats;
static int log_fd;
static int lost; /* times that the log was overwritten before it was read */

void dmesg_init(const char *splats_file, const char *races_file)
{
	patterns_read(&splats, splats_file);
	if (!splats.count)
		fatal("%s has no patterns", splats_file);
	races_init(races_file, "/proc/kallsyms");
	log_fd = open("/dev/kmsg", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0)
		fatal("/dev/kmsg: %s", strerror(errno));
}

void dmesg_mark(const char *fmt, ...)
{
	char text[256];
	va_list args;
	int len;

	len = snprintf(text, sizeof(text), MARK);
	va_start(args, fmt);
	len += vsnprintf(text + len, sizeof(text) - len, fmt, args);
	va_end(args);
	if (write(log_fd, text, len) != len)
		fatal("/dev/kmsg: %s", strerror(errno));
}

/*
 * Reads the next message into TEXT, without its header and the device
 * properties after it. False at the end of the log.
 */
static bool next_message(char *text, size_t size)
{
	char record[8192], *start;
	ssize_t len;

	for (;;) {
		len = read(log_fd, record, sizeof(record) - 1);
		if (len > 0)
			break;
		if (len < 0 && errno == EPIPE) {
			lost++;
			continue;
		}
		if (len < 0 && errno != EAGAIN)
			fatal("/dev/kmsg: %s", strerror(errno));
		return false;
	}
	record[len] = '\0';
	start = strchr(record, ';');
	if (!start)
		fatal("/dev/kmsg: unknown format: %s", record);
	start++;
	start[strcspn(start, "\n")] = '\0';
	snprintf(text, size, "%s", start);
	return true;
}

/*
 * The window: the announced patterns, whether they came, how many splats did, of which some
 * were announced, and how many data races of the kernel alone, and of the list.
 */
static struct {
	struct lines patterns;
	regex_t re[MOST_ANNOUNCED];
	bool came[MOST_ANNOUNCED];
	int bad;
	int announced;
	int races;
	int listed_races;
} window;

static void expect(const char *pattern)
{
	if (window.patterns.count == ARRAY_SIZE(window.re))
		fatal("a test announces too many messages");
	pattern_compile(&window.re[window.patterns.count], pattern);
	lines_add(&window.patterns, pattern);
}

static bool matches_expected(const char *text)
{
	bool match = false;

	for (size_t i = 0; i < window.patterns.count; i++) {
		if (regexec(&window.re[i], text, 0, NULL, 0))
			continue;
		window.came[i] = true;
		match = true;
	}
	return match;
}

static void take_race(const char *text)
{
	char name[512];

	switch (races_take(text, name, sizeof(name))) {
	case RACE_NONE:
		break;
	case RACE_BAD:
		note("the kernel logged a data race: %s", name);
		window.bad++;
		break;
	case RACE_LISTED:
		note("a listed data race: %s", name);
		window.listed_races++;
		break;
	case RACE_OF_KERNEL:
		note("a data race of the kernel: %s", name);
		window.races++;
		break;
	}
}

/* Takes a message that no test announced. Another CPU may log something within a report. */
static void take(const char *text)
{
	take_race(text);
	if (races_begin(text) || !patterns_match(&splats, text))
		return;
	note("the kernel logged: %s", text);
	window.bad++;
}

void dmesg_read(void)
{
	char text[4096];

	while (next_message(text, sizeof(text))) {
		if (!strncmp(text, EXPECT, strlen(EXPECT)))
			expect(text + strlen(EXPECT));
		else if (!strncmp(text, MARK, strlen(MARK)))
			continue;
		else if (matches_expected(text))
			window.announced += patterns_match(&splats, text);
		else
			take(text);
	}
}

int dmesg_check(int *announced)
{
	int bad;

	dmesg_read();
	for (size_t i = 0; i < window.patterns.count; i++) {
		if (!window.came[i]) {
			note("the kernel did not log: %s",
			     window.patterns.line[i]);
			window.bad++;
		}
		regfree(&window.re[i]);
	}
	*announced = window.announced;
	lines_clear(&window.patterns);
	if (lost)
		note("messages of the kernel were lost");
	if (window.races || window.listed_races)
		note("%d data races of the kernel alone, %d of the list",
		     window.races, window.listed_races);
	bad = window.bad + lost;
	memset(&window, 0, sizeof(window));
	lost = 0;
	return bad;
}
