// SPDX-License-Identifier: GPL-2.0
/*
 * Loads and attaches the program of hello, and prints its lines in the trace
 * pipe until Ctrl-C.
 */
#include "sample.h"

/* Copies the trace to standard output; with @once, until the first hello. */
static void stream(const struct rex_obj *obj, int trace, int signals, bool once)
{
	struct pollfd fds[] = { { trace, POLLIN, 0 },
				{ signals, POLLIN, 0 },
				{ rex_obj_image_fd(obj), POLLIN, 0 } };
	char text[8192];
	ssize_t len;

	for (;;) {
		if (poll(fds, 3, -1) < 0)
			err(1, "poll");
		if (fds[2].revents)
			sample_report_faults(obj);
		if (fds[2].revents & POLLHUP) /* there will be no other fault */
			fds[2].fd = -1;
		len = read(trace, text, sizeof(text) - 1);
		if (len < 0 && errno != EAGAIN)
			err(1, "trace_pipe");
		text[len > 0 ? len : 0] = '\0';
		if (fputs(text, stdout) < 0 || fflush(stdout))
			err(1, "write");
		if (fds[1].revents || (once && strstr(text, "Rust triggered")))
			break;
	}
}

int main(int argc, char **argv)
{
	bool once = argc > 1 && !strcmp(argv[1], "-1");
	const char *path = argv[1 + once];
	int trace, signals;
	struct bpf_link *link;
	struct rex_obj *obj;

	if (argc > 2 + once)
		errx(2, "usage: loader [-1] [OBJECT]");
	signals = sample_signals();
	trace = sample_trace();

	obj = path ? rex_obj_load(path) : sample_load("hello.rex.o");
	if (!obj)
		return 1; /* librex has said why */
	link = must(rex_obj_attach(obj, "rex_prog1"));

	sample_say("ready");
	stream(obj, trace, signals, once);

	bpf_link__destroy(link);
	rex_obj_close(obj);
	close(signals);
	close(trace);
	return 0;
}
