// SPDX-License-Identifier: GPL-2.0
/*
 * kmemleak, on kernels that have it: memory that tests allocated and that nothing refers
 * to afterwards. The detector reports an object that two scans did not find, and that is at
 * least five seconds old.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"
#define MIN_AGE_MS 5500
/* A check takes half a minute in an emulator, so it is not made after each test program. */
#define TESTS_PER_CHECK 8

static int fd = -1;

static void command(const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		fatal(KMEMLEAK
		      ": %s: %s: the kernel has disabled it, and its log says why",
		      text, strerror(errno));
}

void kmemleak_init(void)
{
	fd = open(KMEMLEAK, O_RDWR | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT)
		fatal(KMEMLEAK ": %s", strerror(errno));
	if (fd < 0)
		return;
	command("scan=off"); /* the kernel's own, every ten minutes */
	command("scan");
	command("clear");
}

/* Notes each line of the reports, and returns how many objects they name. */
static int reports(void)
{
	char line[512];
	int count = 0;
	FILE *f = fopen(KMEMLEAK, "re");

	if (!f)
		fatal(KMEMLEAK ": %s", strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		note("%s", line);
		count += !strncmp(line, "unreferenced object", 19);
	}
	fclose(f);
	return count;
}

int kmemleak_check(bool is_last)
{
	static int tests; /* since the last scan */
	int leaked;

	if (fd < 0 || (++tests < TESTS_PER_CHECK && !is_last))
		return 0;
	command("scan");
	poll(NULL, 0, MIN_AGE_MS);
	command("scan");
	leaked = reports();
	if (leaked) {
		note("it is memory of this test program, or of the %d before it",
		     tests - 1);
		command("clear");
	}
	tests = 0;
	return leaked;
}
