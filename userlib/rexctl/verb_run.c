// SPDX-License-Identifier: GPL-2.0
#include <limits.h>

#include "config.h"
#include "session.h"
#include "verbs.h"

static struct rexctl_load_args run_args;
static unsigned int run_seconds;

static int run_session(struct rexctl_session *session)
{
	int status = rexctl_session_load(session, &run_args);

	status = status ?: rexctl_watch_begin_trace();
	status = status ?: rexctl_session_attach(session);
	if (status)
		return status;
	rexctl_session_put_attached(session);
	rexctl_notify("READY=1");
	return rexctl_watch(session, run_seconds);
}

static int run_run(void)
{
	struct rexctl_session session = {};
	int status = rexctl_watch_begin();

	status = status ?: run_session(&session);
	rexctl_session_close(&session);
	rexctl_watch_end();
	return status;
}

static error_t run_parse(int key, char *arg, struct argp_state *state);

static const struct argp_option run_options[] = {
	{ "attach", 'a', "TARGET", 0, "where to attach; may be repeated", 0 },
	{ "for", 'f', "SECONDS", 0, "end after that time", 0 },
	{ "config", 'c', "PATH", 0, "read FILE and options from a file", 0 },
	REXCTL_LOAD_OPTIONS,
	{ 0 },
};

static error_t run_parse(int key, char *arg, struct argp_state *state)
{
	static const struct rexctl_config config = { .options = run_options,
						     .parse = run_parse };
	int status;

	switch (key) {
	case 'a':
		rexctl_load_add_target(&run_args, arg, state);
		return 0;
	case 'f':
		run_seconds =
			rexctl_parse_number(arg, "--for", UINT_MAX, state);
		return 0;
	case 'c':
		status = rexctl_config_read(&config, arg);
		if (status)
			exit(status);
		return 0;
	}
	return rexctl_load_parse(key, arg, state, &run_args);
}

const struct rexctl_verb rexctl_verb_run = {
	.name = "run",
	.args_doc = "FILE [TARGET...]",
	.summary = "Load and attach FILE, show what it prints, and its faults.",
	.doc = "The status is 3 if a fault has ended its programs for good. The file of --config has lines OPTION = VALUE, such as attach = dev:eth0, and file = FILE.\n\n" REXCTL_TARGETS_DOC,
	.options = run_options,
	.parse = run_parse,
	.run = run_run,
};
