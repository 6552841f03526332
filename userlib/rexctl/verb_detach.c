// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <unistd.h>

#include "links.h"
#include "verbs.h"

static const char *detach_words[1];

static void detach_text(const json_t *event)
{
	rexctl_put_lines(stdout,
			 "detached %s from %" JSON_INTEGER_FORMAT " places\n",
			 rexctl_json_get(event, "program"),
			 json_integer_value(json_object_get(event, "links")));
}

/* Adds to @found whether the program was attached to anything. */
static int detach_prog(const struct rexctl_prog *prog,
		       const struct rexctl_pins *pins, bool *found)
{
	unsigned int nr = 0;
	int status = rexctl_prog_detach(prog->id, prog->info.name, pins, &nr);

	*found |= status || nr;
	if (status || !nr)
		return status;
	rexctl_put_event(json_pack("{ss,ss,sI,sI}", "event", "detached",
				   "program", prog->info.name, "id",
				   (json_int_t)prog->id, "links",
				   (json_int_t)nr),
			 detach_text);
	return REXCTL_OK;
}

static void detach_link_text(const json_t *event)
{
	rexctl_put_lines(stdout, "detached link %" JSON_INTEGER_FORMAT "\n",
			 json_integer_value(json_object_get(event, "link")));
}

/* The pin of a link: it alone is detached. */
static int detach_link(const struct rexctl_pin *pin,
		       const struct rexctl_pins *pins)
{
	int fd = bpf_link_get_fd_by_id(pin->id);
	int status;

	if (fd < 0)
		return rexctl_fail_errno(errno, "cannot open link %u", pin->id);
	status = rexctl_link_detach(fd, pin->id, pins);
	close(fd);
	if (status > 0)
		return status;
	if (status && !rexctl_link_is_gone(pin->id)) {
		rexctl_fail(REXCTL_FAILED, "link %u stays", pin->id);
		rexctl_hint_holders("link_id", pin->id);
		return REXCTL_FAILED;
	}
	rexctl_put_event(json_pack("{ss,sI}", "event", "detached", "link",
				   (json_int_t)pin->id),
			 detach_link_text);
	return REXCTL_OK;
}

/* A program that is not attached is left out, if there are others. */
static int detach_progs(const struct rexctl_progs *progs,
			const struct rexctl_pins *pins)
{
	int status = REXCTL_OK;
	bool found = false;
	size_t i;

	for (i = 0; i < progs->nr; i++)
		status = detach_prog(&progs->progs[i], pins, &found) ?: status;
	if (found)
		return status;
	return rexctl_fail(REXCTL_NOT_FOUND,
			   "program %s is not attached to anything",
			   progs->nr == 1 ? progs->progs[0].info.name :
					    detach_words[0]);
}

static int detach_run(void)
{
	struct rexctl_pin pin = {};
	struct rexctl_progs progs;
	struct rexctl_pins pins;
	int status;

	rexctl_pins_read(&pins);
	if (strchr(detach_words[0], '/') &&
	    !rexctl_pin_of(detach_words[0], &pin) &&
	    pin.kind == REXCTL_PIN_LINK) {
		status = detach_link(&pin, &pins);
		rexctl_pins_free(&pins);
		return status;
	}
	status = rexctl_progs_read(&progs, detach_words[0]);
	status = status ?: detach_progs(&progs, &pins);
	rexctl_progs_free(&progs);
	rexctl_pins_free(&pins);
	return status;
}

static error_t detach_parse(int key, char *arg, struct argp_state *state)
{
	return rexctl_parse_words(key, arg, state, detach_words, 1, 1);
}

const struct rexctl_verb rexctl_verb_detach = {
	.name = "detach",
	.args_doc = "PROGRAM\nLINK",
	.summary =
		"Detach a program from all that it is attached to, or a link.",
	.doc = "PROGRAM is an id, the path of a pin or of a folder of pins, or a name; LINK is the path of its pin. The pins of the links are removed. A link that a process has open stays until that process ends; rexctl names it.",
	.parse = detach_parse,
	.run = detach_run,
};
