// SPDX-License-Identifier: GPL-2.0
/*
 * Loads and attaches the program of hello, and prints what it writes to the
 * trace pipe until Ctrl-C.
 */
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <librex.h>

#define OBJECT "hello.rex.o"

/* Ctrl-C becomes something to read from a descriptor. */
static int open_signals(void)
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

/* The object file beside this program. */
static const char *default_object(void)
{
	static char path[PATH_MAX + sizeof(OBJECT)];
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX);

	if (len < 0)
		err(1, "/proc/self/exe");
	path[len] = '\0';
	strcpy(strrchr(path, '/') + 1, OBJECT);
	return path;
}

static int open_trace_pipe(void)
{
	int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
	int fd = open("/sys/kernel/tracing/trace_pipe", flags);

	if (fd < 0)
		fd = open("/sys/kernel/debug/tracing/trace_pipe", flags);
	if (fd < 0)
		err(1, "trace_pipe (is tracefs mounted?)");
	return fd;
}

/* Copies the trace to standard output; with @once, up to the first hello. */
static void stream(int trace, int signals, bool once)
{
	struct pollfd fds[] = { { trace, POLLIN, 0 }, { signals, POLLIN, 0 } };
	char text[8192];
	ssize_t len;

	for (;;) {
		if (poll(fds, 2, -1) < 0)
			err(1, "poll");
		len = read(trace, text, sizeof(text) - 1);
		if (len < 0 && errno != EAGAIN)
			err(1, "trace_pipe");
		text[len > 0 ? len : 0] = '\0';
		fputs(text, stdout);
		if (fflush(stdout))
			err(1, "write");
		if (fds[1].revents || (once && strstr(text, "Rust triggered")))
			break;
	}
}

int main(int argc, char **argv)
{
	bool once = argc > 1 && !strcmp(argv[1], "-1");
	const char *path = argv[1 + once];
	struct bpf_program *prog;
	struct bpf_link *link;
	struct rex_obj *obj;
	int trace, signals;

	if (argc > 2 + once)
		errx(2, "usage: loader [-1] [OBJECT]");
	signals = open_signals();
	trace = open_trace_pipe();

	obj = rex_obj_load(path ? path : default_object());
	if (!obj)
		return 1; /* librex has said why */
	prog = bpf_object__find_program_by_name(rex_obj_get_bpf(obj),
						"rex_prog1");
	if (!prog)
		errx(1, "no program rex_prog1 in the object");
	link = bpf_program__attach(prog);
	if (!link)
		err(1, "cannot attach");

	printf("ready\n");
	fflush(stdout);
	stream(trace, signals, once);

	bpf_link__destroy(link);
	rex_obj_close(obj);
	close(signals);
	close(trace);
	return 0;
}
