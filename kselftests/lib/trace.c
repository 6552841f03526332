// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the trace, which programs print to, and writes files of tracefs.
 */
#include "rex_trace.h"

bool try_trace_file(const char *name, const char *text, int flags)
{
	char path[256];
	bool ok;
	int fd;

	snprintf(path, sizeof(path), TRACING "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	ASSERT_MSG(fd >= 0, "%s: %s", path, strerror(errno));
	ok = !*text || write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok;
}

void trace_file(const char *name, const char *text)
{
	ASSERT_MSG(try_trace_file(name, text, O_TRUNC), "%s in %s: %s", text,
		   name, strerror(errno));
}

int open_trace_pipe(void)
{
	int fd = open(TRACING "trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	ASSERT(fd >= 0);
	return fd;
}

const char *read_trace(int pipe)
{
	static char text[TRACE_SIZE];
	static int calls;
	size_t len = 0;
	char mark[64];
	ssize_t got;

	snprintf(mark, sizeof(mark), "mark %d of %d", ++calls, getpid());
	write_file(TRACING "trace_marker", mark);
	text[0] = '\0';
	EXPECT_MSG(WAIT_FOR(({
				    got = read(pipe, text + len,
					       sizeof(text) - 1 - len);
				    if (got > 0)
					    len += got;
				    text[len] = '\0';
				    strstr(text, mark);
			    }),
			    10),
		   "no \"%s\" in the trace: %s", mark, text);
	return text;
}

const char *lines_of(pid_t tid, const char *trace)
{
	static char text[TRACE_SIZE];
	size_t len = 0, size;
	char task[32];
	const char *at;

	snprintf(task, sizeof(task), "-%d ", tid);
	for (; *trace; trace += size) {
		size = strcspn(trace, "\n");
		size += trace[size] == '\n';
		at = strstr(trace, task);
		if (!at || at >= trace + size)
			continue;
		memcpy(text + len, trace, size);
		len += size;
	}
	text[len] = '\0';
	return text;
}

char *trace_event(const char *event, long ms)
{
	char enable[128];

	snprintf(enable, sizeof(enable), TRACING "events/%s/enable", event);
	ASSERT(!close(open(TRACING "trace", O_WRONLY | O_TRUNC)));
	write_file(enable, "1");
	ksft_pause_ms(ms);
	write_file(enable, "0");
	return read_all(TRACING "trace", NULL);
}

#define LOCKUP_SECONDS "/proc/sys/kernel/watchdog_thresh"
#define NO_RCU_STALLS "/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress"

void set_tracer(const char *tracer)
{
	char *before = read_all(LOCKUP_SECONDS, NULL);

	write_file(LOCKUP_SECONDS, "60");
	write_file(NO_RCU_STALLS, "1");
	trace_file("current_tracer", tracer);
	sleep(1); /* The grace period that waited for this CPU ends. */
	write_file(NO_RCU_STALLS, "0");
	write_file(LOCKUP_SECONDS, before);
	free(before);
}

bool trace_lists(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = text; (at = strstr(at, name)); at += len)
		if ((at == text || strchr(" \t\n", at[-1])) &&
		    strchr(" \t\n", at[len]))
			return true;
	return false;
}
