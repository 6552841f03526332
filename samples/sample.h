/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The loaders of samples share these functions. A failure ends the loader with
 * status 1 and a message, which also unloads and detaches everything.
 */
#ifndef REX_SAMPLE_H
#define REX_SAMPLE_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <librex.h>

/*
 * Returns the file @name in the directory of this program; valid until the
 * next call.
 */
static inline const char *sample_file(const char *name)
{
	static char path[PATH_MAX + NAME_MAX + 2];
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX);

	if (len < 0)
		err(1, "/proc/self/exe");
	path[len] = '\0';
	strcpy(strrchr(path, '/') + 1, name);
	return path;
}

/* Loads the object file @name beside this program. */
static inline struct rex_obj *sample_load(const char *name)
{
	struct rex_obj *obj = rex_obj_load(sample_file(name));

	if (!obj)
		exit(1); /* librex has said why */
	return obj;
}

/* Prints the faults that have stopped programs of @obj since the last call. */
static inline void sample_report_faults(const struct rex_obj *obj)
{
	struct rex_fault_info fault = { .size = sizeof(fault) };
	char line[REX_FAULT_LINE_LEN];

	while (!rex_obj_wait_fault(obj, 0, &fault)) {
		rex_obj_describe_fault(obj, &fault, line, sizeof(line));
		warnx("%s", line);
	}
}

/* Returns @result, which librex has returned, if it is not an error. */
static inline void *must(void *result)
{
	if (!result)
		errx(1, "%s", rex_last_error());
	return result;
}

/* Does the same with a descriptor. */
static inline int must_fd(int fd)
{
	if (fd < 0)
		errx(1, "%s", rex_last_error());
	return fd;
}

/* Returns a descriptor from which SIGINT and SIGTERM are read from now on. */
static inline int sample_signals(void)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (fd < 0)
		err(1, "signalfd");
	return fd;
}

/* Waits @ms milliseconds (-1: forever) for a signal; false if none comes. */
static inline bool sample_interrupted(int signals, int ms)
{
	struct pollfd fd = { .fd = signals, .events = POLLIN };
	int ready = poll(&fd, 1, ms);

	if (ready < 0)
		err(1, "poll");
	return ready > 0;
}

/* Converts @text to a number; false unless it is from @min to @max. */
static inline bool sample_number(const char *text, long min, long max,
				 long *number)
{
	char *end;

	errno = 0;
	*number = strtol(text, &end, 10);
	return !errno && end != text && !*end && *number >= min &&
	       *number <= max;
}

/* Prints the time of day as the first column of a line. */
static inline void sample_put_clock(void)
{
	time_t now = time(NULL);
	char clock[16];

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&now));
	printf("%-8s ", clock);
}

/* Opens the ring buffer @map of @obj, whose records go to @print with @ctx. */
static inline struct ring_buffer *sample_ring(struct rex_obj *obj,
					      const char *map,
					      ring_buffer_sample_fn print,
					      void *ctx)
{
	struct ring_buffer *ring =
		ring_buffer__new(must_fd(rex_obj_map_fd(obj, map)), print, ctx,
				 NULL);

	if (!ring)
		err(1, "%s", map);
	return ring;
}

/* Attaches @prog to the function of trigger, in all processes that run it. */
static inline struct bpf_link *sample_attach_trigger(struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = "target_func");
	struct bpf_link *link =
		bpf_program__attach_uprobe_opts(prog, -1,
						sample_file("../trigger"), 0,
						&opts);

	if (!link)
		err(1, "cannot attach to target_func of trigger");
	return link;
}

/* Opens the trace, which programs print to. It belongs to the whole system. */
static inline int sample_trace(void)
{
	int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
	int fd = open("/sys/kernel/tracing/trace_pipe", flags);

	if (fd < 0)
		fd = open("/sys/kernel/debug/tracing/trace_pipe", flags);
	if (fd < 0)
		err(1, "trace_pipe (is tracefs mounted?)");
	return fd;
}

/* Copies the trace up to now to standard output. */
static inline void sample_show_trace(int trace)
{
	char text[8192];
	ssize_t len;

	while ((len = read(trace, text, sizeof(text))) > 0)
		fwrite(text, 1, len, stdout);
	if (len < 0 && errno != EAGAIN)
		err(1, "trace_pipe");
	if (fflush(stdout))
		err(1, "write");
}

/* A script may be waiting for the line. */
static inline void sample_say(const char *line)
{
	if (puts(line) < 0 || fflush(stdout))
		err(1, "write");
}

#endif
