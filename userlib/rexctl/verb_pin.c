// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "links.h"
#include "verbs.h"

static const char *pin_words[2];

static void pin_text(const json_t *event)
{
	rexctl_put_lines(stdout, "pinned %s to %s\n",
			 rexctl_json_get(event, "program"),
			 rexctl_json_get(event, "path"));
}

static int pin_run(void)
{
	struct rexctl_progs progs;
	int status = rexctl_progs_read_one(&progs, pin_words[0]);

	if (!status && bpf_obj_pin(progs.progs[0].fd, pin_words[1])) {
		int err = errno;

		status = rexctl_fail(REXCTL_FAILED, "cannot pin %s to %s: %s",
				     progs.progs[0].info.name, pin_words[1],
				     strerror(err));
		rexctl_hint_pin(err);
	} else if (!status) {
		rexctl_put_event(json_pack("{ss,ss,sI,ss}", "event", "pinned",
					   "program", progs.progs[0].info.name,
					   "id", (json_int_t)progs.progs[0].id,
					   "path", pin_words[1]),
				 pin_text);
	}
	rexctl_progs_free(&progs);
	return status;
}

static error_t pin_parse(int key, char *arg, struct argp_state *state)
{
	return rexctl_parse_words(key, arg, state, pin_words, 2, 2);
}

const struct rexctl_verb rexctl_verb_pin = {
	.name = "pin",
	.args_doc = "PROGRAM PATH",
	.summary =
		"Pin a program that is loaded, so that it outlives its loader.",
	.doc = "PROGRAM is an id, the path of a pin, or a name; PATH a new file on a BPF file system. Its links end with the loader unless they are pinned as well.",
	.parse = pin_parse,
	.run = pin_run,
};
