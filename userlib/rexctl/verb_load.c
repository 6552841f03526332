// SPDX-License-Identifier: GPL-2.0
#include <sys/stat.h>

#include "session.h"
#include "verbs.h"

static struct rexctl_load_args load_args;

static void load_wait_text(const json_t *event)
{
	(void)event;
	printf("press Ctrl-C to detach\n");
}

static int load_session(struct rexctl_session *session)
{
	int status;

	load_args.is_check = !load_args.attach && !load_args.pin;
	status = rexctl_session_load(session, &load_args);
	if (status)
		return status;
	rexctl_session_put_loaded(session);
	if (load_args.attach)
		status = rexctl_session_attach(session);
	if (status)
		return status;
	rexctl_session_put_attached(session);
	if (load_args.pin) {
		status = rexctl_session_pin(session);
		if (!status)
			rexctl_session_put_pinned(session);
		return status;
	}
	if (!load_args.attach)
		return REXCTL_OK;
	rexctl_put_event(json_pack("{ss}", "event", "waiting"), load_wait_text);
	return rexctl_watch(session, 0);
}

static int load_run(void)
{
	struct rexctl_session session = {};
	int status = rexctl_watch_begin();

	status = status ?: load_session(&session);
	rexctl_session_close(&session);
	return status;
}

static const struct argp_option load_options[] = {
	{ "attach", 'a', "TARGET", OPTION_ARG_OPTIONAL,
	  "attach the programs; may be repeated", 0 },
	{ "pin", 'p', "DIR", 0, "pin programs, maps and links in DIR", 0 },
	REXCTL_LOAD_OPTIONS,
	{ 0 },
};

/* `load --attach dev:eth0 FILE`: the word after the option may be its TARGET. */
static const char *load_next_target(struct argp_state *state)
{
	const char *word;
	struct stat st;

	if (state->next >= state->argc)
		return NULL;
	word = state->argv[state->next];
	if (word[0] == '-' || !stat(word, &st) || strstr(word, ".rex.o"))
		return NULL;
	state->next++;
	return word;
}

static error_t load_parse(int key, char *arg, struct argp_state *state)
{
	const char *target = arg;

	switch (key) {
	case 'a':
		load_args.attach = true;
		if (!target)
			target = load_next_target(state);
		if (target)
			rexctl_load_add_target(&load_args, target, state);
		return 0;
	case 'p':
		load_args.pin = arg;
		return 0;
	}
	return rexctl_load_parse(key, arg, state, &load_args);
}

const struct rexctl_verb rexctl_verb_load = {
	.name = "load",
	.args_doc = "FILE [TARGET...]",
	.summary = "Load the object FILE, and pin it or keep it until Ctrl-C.",
	.doc = "With --attach, its programs are attached. With --pin, programs, maps and links are pinned to DIR/NAME, DIR/NAME and DIR/NAME_link, and outlive rexctl; rexctl unload DIR ends them. Without either, the load is only a check that it can be loaded: its timers are left out and do not run.\n\n" REXCTL_TARGETS_DOC,
	.options = load_options,
	.parse = load_parse,
	.run = load_run,
};
