// SPDX-License-Identifier: GPL-2.0
#include "verbs.h"

static const char *list_words[1];

static const struct rexctl_field list_fields[] = {
	{ "id", "ID", REXCTL_TEXT },
	{ "name", "NAME", REXCTL_TEXT },
	{ "type", "TYPE", REXCTL_TEXT },
	{ "image", "IMAGE", REXCTL_TEXT },
	{ "state", "STATE", REXCTL_TEXT },
	{ "runs", "RUNS", REXCTL_TEXT },
	{ "faults", "FAULTS", REXCTL_TEXT },
	{ "section", "SECTION", REXCTL_TEXT },
	{ 0 },
};

static int list_run(void)
{
	struct rexctl_progs progs;
	json_t *rows = json_array();
	int status = rexctl_progs_read(&progs, list_words[0]);
	size_t i;

	for (i = 0; !status && i < progs.nr; i++)
		json_array_append_new(rows, rexctl_prog_json(&progs.progs[i]));
	if (!status)
		rexctl_put_table(json_incref(rows), list_fields);
	json_decref(rows);
	rexctl_progs_free(&progs);
	return status;
}

static error_t list_parse(int key, char *arg, struct argp_state *state)
{
	return rexctl_parse_words(key, arg, state, list_words, 0, 1);
}

const struct rexctl_verb rexctl_verb_list = {
	.name = "list",
	.args_doc = "[PROGRAM]",
	.summary = "List the Rex programs in the kernel, one a line.",
	.doc = "PROGRAM is an id, the path of a pin or of a folder of pins, or a name.",
	.parse = list_parse,
	.run = list_run,
};
