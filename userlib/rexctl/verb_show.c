// SPDX-License-Identifier: GPL-2.0
#include "verbs.h"

static const char *show_words[1];

static int show_run(void)
{
	struct rexctl_progs progs;
	json_t *rows = json_array();
	int status = rexctl_progs_read(&progs, show_words[0]);
	size_t i;

	for (i = 0; !status && i < progs.nr; i++)
		json_array_append_new(rows,
				      rexctl_prog_describe(&progs.progs[i]));
	if (!status)
		rexctl_put_cards(json_incref(rows), rexctl_show_fields);
	json_decref(rows);
	rexctl_progs_free(&progs);
	return status;
}

static const struct argp_option show_options[] = {
	{ "pinned", 'P', "PATH", 0, "only what is pinned there", 0 },
	{ 0 },
};

static error_t show_parse(int key, char *arg, struct argp_state *state)
{
	if (key == 'P') {
		show_words[0] = arg;
		return 0;
	}
	return rexctl_parse_words(key, arg, state, show_words, 0, 1);
}

const struct rexctl_verb rexctl_verb_show = {
	.name = "show",
	.args_doc = "[PROGRAM]",
	.summary = "Show the details of the Rex programs in the kernel.",
	.doc = "PROGRAM is an id, the path of a pin or of a folder of pins, or a name.",
	.options = show_options,
	.parse = show_parse,
	.run = show_run,
};
