// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the kernel's log.
 */
#include <regex.h>

#include "rex_log.h"

struct record {
	char text[8192];
	char *message; /* of one line, without its newline */
	long long us; /* since the boot */
};

/* Read the next record; false if there is none. */
static bool read_record(int fd, struct record *r)
{
	ssize_t got;

	do
		got = read(fd, r->text, sizeof(r->text) - 1);
	while (got < 0 && errno == EPIPE); /* some have been overwritten */
	if (got <= 0)
		return false;
	r->text[got] = '\0';
	r->message = strchr(r->text, ';');
	ASSERT(r->message && sscanf(r->text, "%*d,%*d,%lld", &r->us) == 1);
	r->message++;
	r->message[strcspn(r->message, "\n")] = '\0';
	return true;
}

static int open_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	ASSERT(fd >= 0);
	return fd;
}

char *dmesg_since(const char *mark)
{
	char *text = calloc(1, 1);
	size_t len = 0;
	bool seen = false;
	struct record r;
	int fd = open_log();

	ASSERT(text);
	while (read_record(fd, &r)) {
		if (!seen) {
			seen = !strncmp(r.message, mark, strlen(mark));
			continue;
		}
		text = realloc(text, len + strlen(r.message) + 2);
		ASSERT(text);
		len += sprintf(text + len, "%s\n", r.message);
	}
	close(fd);
	return text;
}

int log_open(void)
{
	int fd = open_log();

	ASSERT(lseek(fd, 0, SEEK_END) == 0);
	return fd;
}

void log_text(int fd, char *text, size_t size)
{
	size_t len = strlen(text);
	struct record r;

	while (read_record(fd, &r)) {
		len += snprintf(text + len, size - len, "%s\n", r.message);
		ASSERT(len < size);
	}
}

bool reports_are_limited(void)
{
	long long now = ksft_ms() * 1000;
	int fd = open_log(), count = 0;
	struct record r;

	while (read_record(fd, &r))
		if (strstr(r.message, " stopped by a "))
			count += r.us > now - 8000000LL * ksft_slower();
	close(fd);
	return count >= 20;
}

#define MAX_SPLATS 64

/* Compile the lines of splats.txt; returns how many there are. */
static int read_splats(regex_t *re)
{
	char text[256];
	int count = 0;
	FILE *f;

	snprintf(text, sizeof(text), "%s/splats.txt", getenv("REX_TESTS"));
	f = fopen(text, "re");
	ASSERT_MSG(f, "%s: %s", text, strerror(errno));
	while (fgets(text, sizeof(text), f)) {
		text[strcspn(text, "\n")] = '\0';
		if (!text[0] || text[0] == '#')
			continue;
		ASSERT(count < MAX_SPLATS);
		ASSERT(!regcomp(&re[count++], text, REG_EXTENDED | REG_NOSUB));
	}
	fclose(f);
	ASSERT(count > 0);
	return count;
}

void expect_no_splat(char *text)
{
	static regex_t re[MAX_SPLATS];
	static int count;
	char *line, *save;

	if (!count)
		count = read_splats(re);
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		/* The kernel has data races of its own. The runner sees whose this one is. */
		if (strstr(line, "BUG: KCSAN: "))
			continue;
		for (int i = 0; i < count; i++)
			EXPECT_MSG(regexec(&re[i], line, 0, NULL, 0),
				   "the kernel logged: %s", line);
	}
}
