// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "attach.h"
#include "links.h"
#include "verbs.h"

static const char *attach_words[2];
static const char *attach_pin;

/* Beside the pin of the program, or what --pin says. */
static int attach_choose_path(const struct rexctl_prog *prog, char *path,
			      size_t size)
{
	struct rexctl_pins pins;
	size_t i;

	if (attach_pin) {
		snprintf(path, size, "%s", attach_pin);
		return REXCTL_OK;
	}
	rexctl_pins_read(&pins);
	path[0] = '\0';
	for (i = 0; i < pins.nr && !path[0]; i++)
		if (pins.pins[i].kind == REXCTL_PIN_PROG &&
		    pins.pins[i].id == prog->id)
			snprintf(path, size, "%s_link", pins.pins[i].path);
	rexctl_pins_free(&pins);
	if (path[0])
		return REXCTL_OK;
	rexctl_fail(REXCTL_USAGE,
		    "program %s is not pinned, so rexctl cannot choose where to pin its link, without which it would be detached at the end of rexctl",
		    prog->info.name);
	rexctl_hint("say where: --pin /sys/fs/bpf/%s_link", prog->info.name);
	return REXCTL_USAGE;
}

static int attach_pin_links(const struct rexctl_prog *prog,
			    struct rexctl_links *links)
{
	char base[PATH_MAX], path[PATH_MAX + 16];
	int status = attach_choose_path(prog, base, sizeof(base));
	unsigned int number = 0;
	size_t i;

	for (i = 0; !status && i < links->nr; i++) {
		/* The next free name, if rexctl chose it. */
		do {
			snprintf(path, sizeof(path), number ? "%s_%u" : "%s",
				 base, number);
			number++;
		} while (!attach_pin && !access(path, F_OK));
		if (bpf_obj_pin(links->links[i].fd, path))
			status =
				rexctl_fail_errno(errno, "cannot pin %s", path);
	}
	return status;
}

static void attach_text(const json_t *event)
{
	rexctl_put_lines(stdout, "attached %s to %s\n",
			 rexctl_json_get(event, "program"),
			 rexctl_json_get(event, "target"));
}

static int attach_prog(const struct rexctl_prog *prog,
		       struct rexctl_links *links)
{
	const struct rexctl_attachee who = {
		.fd = prog->fd,
		.name = prog->info.name,
		.section = prog->info.section,
		.type = prog->info.type,
	};
	int status = rexctl_attach(&who, attach_words[1], links);

	if (status)
		return status;
	if (!links->links[0].handle)
		status = attach_pin_links(prog, links);
	if (status)
		return status;
	links->links[0].handle = 0; /* the filter stays */
	rexctl_put_event(json_pack("{ss,ss,sI,ss}", "event", "attached",
				   "program", who.name, "id",
				   (json_int_t)prog->id, "target",
				   links->links[0].target),
			 attach_text);
	return REXCTL_OK;
}

static int attach_run(void)
{
	struct rexctl_links links = {};
	struct rexctl_progs progs;
	int status = rexctl_progs_read_one(&progs, attach_words[0]);

	if (!status)
		status = attach_prog(&progs.progs[0], &links);
	rexctl_links_end(&links);
	rexctl_progs_free(&progs);
	return status;
}

static const struct argp_option attach_options[] = {
	{ "pin", 'p', "PATH", 0, "where to pin the link", 0 },
	{ 0 },
};

static error_t attach_parse(int key, char *arg, struct argp_state *state)
{
	if (key == 'p') {
		attach_pin = arg;
		return 0;
	}
	return rexctl_parse_words(key, arg, state, attach_words, 1, 2);
}

const struct rexctl_verb rexctl_verb_attach = {
	.name = "attach",
	.args_doc = "PROGRAM [TARGET]",
	.summary = "Attach a program that is loaded, and pin the link.",
	.doc = "PROGRAM is an id, the path of a pin, or a name. The link is pinned beside the pin of the program, as NAME_link, if --pin does not say where.\n\n" REXCTL_TARGETS_DOC,
	.options = attach_options,
	.parse = attach_parse,
	.run = attach_run,
};
