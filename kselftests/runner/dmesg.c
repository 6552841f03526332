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

#include "runner.h"

#define EXPECT "rex-test: expect "
#define MARK "rex-test: "

/* A report of KCSAN has this in its first line, and ends with a rule. */
#define RACE "BUG: KCSAN: "
#define RULE "======"
/* KCSAN's name of the code of a run, which has no symbol. */
#define RUN "0x0"
/* A function of the module in a stack trace. */
#define OF_MODULE " [rex]"
/* The entry of an interrupt or exception: what follows in the trace has not to do with it. */
#define ENTRY " asm_"
/* Each of the two stack traces begins after a line with this. */
#define ACCESS " bytes by "

static regex_t *splats;
static size_t nr_splats;
static int log_fd;
static int lost; /* times that the log was overwritten before it was read */

static void compile(regex_t *re, const char *pattern)
{
	char why[128];
	int err = regcomp(re, pattern, REG_EXTENDED | REG_NOSUB);

	if (err) {
		regerror(err, re, why, sizeof(why));
		fatal("pattern \"%s\": %s", pattern, why);
	}
}

void dmesg_init(const char *splats_file)
{
	struct lines patterns = {};

	lines_read(&patterns, splats_file);
	if (!patterns.count)
		fatal("%s has no patterns", splats_file);
	splats = calloc(patterns.count, sizeof(*splats));
	if (!splats)
		fatal("out of memory");
	for (nr_splats = 0; nr_splats < patterns.count; nr_splats++)
		compile(&splats[nr_splats], patterns.line[nr_splats]);
	lines_clear(&patterns);
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

static bool is_splat(const char *text)
{
	for (size_t i = 0; i < nr_splats; i++)
		if (!regexec(&splats[i], text, 0, NULL, 0))
			return true;
	return false;
}

/*
 * The window: the announced patterns, whether they came, how many splats did, of which some
 * were announced, how many data races of the kernel alone, and those of runs. @race is the
 * first line of the report that is being read; if @interrupted, the rest of its trace is that
 * of what was interrupted.
 */
static struct {
	struct lines patterns;
	regex_t re[64];
	bool came[64];
	int bad;
	int announced;
	int races;
	char race[256];
	bool interrupted;
} window;

static void expect(const char *pattern)
{
	if (window.patterns.count == ARRAY_SIZE(window.re))
		fatal("a test announces too many messages");
	compile(&window.re[window.patterns.count], pattern);
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

static void take_splat(const char *text)
{
	note("the kernel logged: %s", text);
	window.bad++;
}

/*
 * Returns whether the message is a part of a report of KCSAN. The kernel has data races of its
 * own; a report is a splat if one of its two stack traces has a function of the module. KCSAN
 * cannot show the stack of a run: such a race is one of the values of maps, which programs may
 * change at once, as those of eBPF may, or of what helpers of the kernel read. Another CPU may
 * log something else meanwhile.
 */
static bool is_of_race(const char *text)
{
	const char *begin = strstr(text, RACE);

	if (begin)
		snprintf(window.race, sizeof(window.race), "%s", begin);
	else if (!*window.race || is_splat(text))
		return false;
	if (begin || strstr(text, ACCESS))
		window.interrupted = false;
	if (strstr(text, OF_MODULE) && !window.interrupted) {
		take_splat(window.race);
		*window.race = '\0';
	} else if (strstr(text, RULE)) {
		if (strstr(window.race, RUN))
			note("a run's: %s", window.race);
		window.races++;
		*window.race = '\0';
	}
	if (strstr(text, ENTRY))
		window.interrupted = true;
	return true;
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
			window.announced += is_splat(text);
		else if (!is_of_race(text) && is_splat(text))
			take_splat(text);
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
	if (window.races)
		note("%d data races of the kernel, or of maps", window.races);
	bad = window.bad + lost;
	memset(&window, 0, sizeof(window));
	lost = 0;
	return bad;
}
