// SPDX-License-Identifier: GPL-2.0
/*
 * While a verb waits, it reports faults and what programs print.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"
#include "session.h"

static int watch_signals = -1;
static int watch_image = -1;
static struct rexctl_trace watch_trace = { .fd = -1 };

struct watch {
	struct rexctl_session *session;
	__u32 lost[REX_MAX_PROGS]; /* faults without a record, of each program */
	char prefix[REX_NAME_LEN + 4]; /* "[crate::" */
};

int rexctl_watch_begin(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	watch_signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (watch_signals < 0)
		return rexctl_fail_errno(errno, "signalfd");
	return REXCTL_OK;
}

int rexctl_watch_begin_trace(void)
{
	struct rex_version version = { .size = sizeof(version) };

	/* What else is missing is no matter then. */
	if (rex_version(&version))
		return rexctl_fail_librex();
	return rexctl_trace_open(&watch_trace);
}

void rexctl_watch_end(void)
{
	rexctl_trace_close(&watch_trace);
}

static void watch_text(const json_t *event)
{
	if (!strcmp(rexctl_json_get(event, "event"), "print"))
		rexctl_put_lines(stdout, "%s\n",
				 rexctl_json_get(event, "text"));
	else if (!strcmp(rexctl_json_get(event, "event"), "dead"))
		rexctl_put_lines(stdout,
				 "%s is dead: a fault has stopped it, and its programs do not run any more (--restart N brings it back)\n",
				 rexctl_json_get(event, "object"));
	else if (!rexctl_trace_lost_text(event))
		rexctl_follow_text(event);
}

/*
 * Lines of another crate are left out. They begin with "[crate::function]"; a line
 * without that may be anybody's.
 */
static bool watch_is_wanted(const struct watch *w, const json_t *event)
{
	const char *text = rexctl_json_get(event, "text");

	if (text[0] != '[' || !strstr(text, "::") || !w->prefix[0])
		return true;
	return !strncmp(text, w->prefix, strlen(w->prefix));
}

static void watch_put_all(struct watch *w, json_t *events)
{
	json_t *event;
	size_t i;

	json_array_foreach(events, i, event)
		if (strcmp(rexctl_json_get(event, "event"), "print") ||
		    watch_is_wanted(w, event))
			rexctl_put_event(json_incref(event), watch_text);
	json_array_clear(events);
}

static void watch_add_fault(struct watch *w, const struct rex_fault_info *info,
			    json_t *events)
{
	const char *name = rexctl_session_prog_name(w->session, info->index);

	if (info->index < REX_MAX_PROGS && info->lost > w->lost[info->index]) {
		json_array_append_new(events,
				      json_pack("{ss,ss,sI}", "event", "lost",
						"program", name, "faults",
						(json_int_t)(info->lost -
							     w->lost[info->index])));
		w->lost[info->index] = info->lost;
	}
	json_array_append_new(events, rexctl_fault_json(name, info));
}

/* Takes new faults: -ETIMEDOUT, or -ESHUTDOWN if there will be no other one. */
static int watch_faults(struct watch *w, json_t *events)
{
	struct rex_fault_info info;
	int err;

	do {
		memset(&info, 0, sizeof(info));
		info.size = sizeof(info);
		err = rex_obj_wait_fault(w->session->obj, 0, &info);
		if (!err)
			watch_add_fault(w, &info, events);
	} while (!err);
	return err == -EINTR ? -ETIMEDOUT : err;
}

static void watch_start(struct watch *w, struct rexctl_session *session)
{
	w->session = session;
	watch_image = rex_obj_image_fd(session->obj);
	if (session->crate[0])
		snprintf(w->prefix, sizeof(w->prefix), "[%s::", session->crate);
}

bool rexctl_watch_signalled(int ms)
{
	struct pollfd fds[] = {
		{ .fd = watch_signals, .events = POLLIN },
		{ .fd = watch_trace.fd, .events = POLLIN },
		{ .fd = watch_image, .events = POLLIN },
	};
	struct signalfd_siginfo info;

	poll(fds, ARRAY_LEN(fds), ms);
	return read(watch_signals, &info, sizeof(info)) == sizeof(info);
}

bool rexctl_watch_interrupted(int fd)
{
	struct pollfd fds[] = {
		{ .fd = watch_signals, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	poll(fds, ARRAY_LEN(fds), -1);
	return fds[0].revents;
}

bool rexctl_watch_printed(json_t *events)
{
	return watch_trace.fd >= 0 && rexctl_trace_read(&watch_trace, events);
}

/* One turn: false at the end. */
static bool watch_turn(struct watch *w, int ms, int *status)
{
	bool signalled = rexctl_watch_signalled(ms);
	json_t *faults = json_array(), *printed = json_array();
	int err = watch_faults(w, faults), rounds = 0;
	bool more;

	/* The output of a program comes before its fault, and all of it before its end. */
	do {
		more = rexctl_watch_printed(printed);
		watch_put_all(w, printed);
	} while (more && err == -ESHUTDOWN && ++rounds < REXCTL_WATCH_ROUNDS);
	watch_put_all(w, faults);
	json_decref(printed);
	json_decref(faults);
	if (err != -ETIMEDOUT && err != -ESHUTDOWN) {
		*status = rexctl_fail_librex();
		return false;
	}
	if (err == -ESHUTDOWN) {
		rexctl_put_event(json_pack("{ss,ss}", "event", "dead", "object",
					   rex_obj_name(w->session->obj)),
				 watch_text);
		*status = REXCTL_FAULT;
		return false;
	}
	return !signalled;
}

long rexctl_watch_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int rexctl_watch(struct rexctl_session *session, unsigned int seconds)
{
	long end = rexctl_watch_ms() + seconds * 1000L;
	struct watch w = {};
	int status = REXCTL_OK;
	long left;

	watch_start(&w, session);
	do {
		left = seconds ? end - rexctl_watch_ms() : REXCTL_FAULT_POLL_MS;
		if (left > REXCTL_FAULT_POLL_MS)
			left = REXCTL_FAULT_POLL_MS;
	} while (watch_turn(&w, left > 0 ? left : 0, &status) && left > 0);
	watch_image = -1;
	return status;
}
