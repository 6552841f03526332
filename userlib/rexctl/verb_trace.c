// SPDX-License-Identifier: GPL-2.0
#include <limits.h>

#include "faults.h"
#include "session.h"
#include "verbs.h"

static const char *trace_words[1];
static unsigned int trace_seconds;

static void trace_text(const json_t *event)
{
	if (rexctl_trace_lost_text(event))
		return;
	rexctl_put_lines(stdout,
			 "%16s-%-7" JSON_INTEGER_FORMAT
			 " [%03" JSON_INTEGER_FORMAT "] %.6f: %s\n",
			 rexctl_json_get(event, "comm"),
			 json_integer_value(json_object_get(event, "pid")),
			 json_integer_value(json_object_get(event, "cpu")),
			 json_number_value(json_object_get(event, "seconds")),
			 rexctl_json_get(event, "text"));
}

/* Lines of crate @crate begin with "[crate::". Lines that are lost may be of any. */
static bool trace_is_wanted(const json_t *event, const char *crate)
{
	const char *text = rexctl_json_get(event, "text");
	size_t len = crate ? strlen(crate) : 0;

	return !crate || strcmp(rexctl_json_get(event, "event"), "print") ||
	       (text[0] == '[' && !strncmp(text + 1, crate, len) &&
		!strncmp(text + 1 + len, "::", 2));
}

static int trace_run(void)
{
	long end = rexctl_watch_ms() + trace_seconds * 1000L;
	json_t *events, *event;
	size_t i;
	int status = rexctl_watch_begin();

	status = status ?: rexctl_watch_begin_trace();
	if (status)
		return status;
	do {
		events = json_array();
		rexctl_watch_printed(events);
		json_array_foreach(events, i, event)
			if (trace_is_wanted(event, trace_words[0]))
				rexctl_put_event(json_incref(event),
						 trace_text);
		json_decref(events);
	} while (!rexctl_watch_signalled(REXCTL_FAULT_POLL_MS) &&
		 (!trace_seconds || rexctl_watch_ms() < end));
	rexctl_watch_end();
	return REXCTL_OK;
}

static const struct argp_option trace_options[] = {
	{ "for", 'f', "SECONDS", 0, "end after that time", 0 },
	{ 0 },
};

static error_t trace_parse(int key, char *arg, struct argp_state *state)
{
	if (key == 'f') {
		trace_seconds =
			rexctl_parse_number(arg, "--for", UINT_MAX, state);
		return 0;
	}
	return rexctl_parse_words(key, arg, state, trace_words, 0, 1);
}

const struct rexctl_verb rexctl_verb_trace = {
	.name = "trace",
	.args_doc = "[CRATE]",
	.summary = "Show what programs print, of all crates or of one.",
	.doc = "rexctl reads a trace buffer that it makes for itself: other readers of the trace miss no line. Without CRATE, lines of BPF programs are shown, too.",
	.options = trace_options,
	.parse = trace_parse,
	.run = trace_run,
};
