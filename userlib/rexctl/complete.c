// SPDX-License-Identifier: GPL-2.0
/*
 * `rexctl _complete WORD...` prints what the last word may become, one a line, for the
 * shells; the line "@file" stands for the names of files. It is no verb.
 */
#include <ctype.h>
#include <net/if.h>

#include "complete.h"
#include "links.h"
#include "maps.h"
#include "template.h"
#include "verbs.h"

/* The kind of the n-th argument of a verb. */
static const struct {
	const char *verb;
	const char *words[3]; /* "@KIND", or words; the last one goes on */
} complete_args[] = {
	{ "run", { "@file", "@target", "@target" } },
	{ "load", { "@file", "@target", "@target" } },
	{ "call", { "@file" } },
	{ "attach", { "@program", "@target" } },
	{ "detach", { "@program" } },
	{ "pin", { "@program", "@file" } },
	{ "unload", { "@program" } },
	{ "faults", { "@program" } },
	{ "list", { "@program" } },
	{ "show", { "@program" } },
	{ "map", { "dump lookup update", "@map" } },
	{ "inspect", { "@file" } },
	{ "sign", { "@file", "@file" } },
	{ "rebuild", { "@file", "@file" } },
	{ "gen", { "skeleton loader", "@file" } },
};

/* Programs of an image share its maps, and several programs may have a name. */
static json_t *complete_said;

static void complete_put(const char *text, const char *begin)
{
	if (strncmp(text, begin, strlen(begin)) ||
	    json_object_get(complete_said, text))
		return;
	json_object_set_new(complete_said, text, json_true());
	puts(text);
}

static void complete_words(const char *words, const char *begin)
{
	char *copy = strdup(words), *word, *save;

	for (word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		complete_put(word, begin);
	free(copy);
}

static void complete_pins(enum rexctl_pin_kind kind, const char *begin)
{
	struct rexctl_pins pins;
	size_t i;

	if (begin[0] != '/')
		return;
	rexctl_pins_read(&pins);
	for (i = 0; i < pins.nr; i++)
		if (pins.pins[i].kind == kind)
			complete_put(pins.pins[i].path, begin);
	rexctl_pins_free(&pins);
}

static void complete_programs(const char *begin)
{
	struct rexctl_progs progs;
	size_t i;

	if (!rexctl_progs_read(&progs, NULL))
		for (i = 0; i < progs.nr; i++)
			complete_put(progs.progs[i].info.name, begin);
	rexctl_progs_free(&progs);
	complete_pins(REXCTL_PIN_PROG, begin);
}

static void complete_maps_of(const struct rexctl_prog *prog, const char *begin)
{
	struct bpf_map_info info;
	__u32 i;

	for (i = 0; i < prog->info.nr_map_ids; i++)
		if (rexctl_map_info(prog->map_ids[i], &info))
			complete_put(info.name, begin);
}

static void complete_maps(const char *begin)
{
	struct rexctl_progs progs;
	size_t i;

	if (!rexctl_progs_read(&progs, NULL))
		for (i = 0; i < progs.nr; i++)
			complete_maps_of(&progs.progs[i], begin);
	rexctl_progs_free(&progs);
	complete_pins(REXCTL_PIN_MAP, begin);
}

static void complete_targets(const char *begin)
{
	struct if_nameindex *all = if_nameindex(), *each;
	char target[64];

	complete_words("cgroup:/sys/fs/cgroup kprobe: kretprobe: uprobe: uretprobe: tracepoint: raw_tp: perf:cpu-clock",
		       begin);
	for (each = all; each && each->if_index; each++) {
		snprintf(target, sizeof(target), "dev:%s", each->if_name);
		complete_put(target, begin);
		snprintf(target, sizeof(target), "tcx:%s/ingress",
			 each->if_name);
		complete_put(target, begin);
		snprintf(target, sizeof(target), "tcx:%s/egress",
			 each->if_name);
		complete_put(target, begin);
	}
	if (all)
		if_freenameindex(all);
}

static int complete_type(const char *type, const char *summary, void *data)
{
	(void)summary;
	complete_put(type, data);
	return 0;
}

static void complete_types(const char *begin)
{
	struct rexctl_templates templates;

	if (!rexctl_templates_open(&templates))
		rexctl_templates_types(&templates, complete_type,
				       (char *)begin);
	rexctl_templates_close(&templates);
}

static void complete_arg(const char *kind, const char *begin)
{
	if (!strcmp(kind, "@file"))
		puts(kind);
	else if (!strcmp(kind, "@program"))
		complete_programs(begin);
	else if (!strcmp(kind, "@map"))
		complete_maps(begin);
	else if (!strcmp(kind, "@target"))
		complete_targets(begin);
	else
		complete_words(kind, begin);
}

static void complete_options(const struct argp_option *option,
			     const char *begin)
{
	char text[64];

	for (; option && (option->name || option->key || option->doc);
	     option++) {
		snprintf(text, sizeof(text), "--%s", option->name ?: "");
		if (option->name)
			complete_put(text, begin);
	}
}

/* Completes the argument of an option. */
static bool complete_value(const struct rexctl_verb *verb, const char *before,
			   const char *begin)
{
	const struct argp_option *option = verb->options;

	for (; option && option->name; option++) {
		if (strncmp(before, "--", 2) ||
		    strcmp(before + 2, option->name) || !option->arg)
			continue;
		if (!strcmp(option->arg, "TARGET"))
			complete_targets(begin);
		else if (!strcmp(option->arg, "TYPE"))
			complete_types(begin);
		else if (!strcmp(option->arg, "c|none"))
			complete_words("c none", begin);
		else if (!strcmp(option->arg, "COLUMN"))
			complete_words("cpu runs time faults heap id", begin);
		else if (!strcmp(option->arg, "DIR") ||
			 !strcmp(option->arg, "PATH") ||
			 !strcmp(option->arg, "FILE"))
			puts("@file");
		return !(option->flags & OPTION_ARG_OPTIONAL);
	}
	return false;
}

/* Returns the position of the last word among the verb's arguments, without options. */
static int complete_position(const struct rexctl_verb *verb, int argc,
			     char **argv)
{
	const struct argp_option *option;
	int i, position = 0;

	for (i = 0; i < argc - 1; i++) {
		if (argv[i][0] != '-') {
			position++;
			continue;
		}
		for (option = verb->options; option && option->name; option++)
			if (!strncmp(argv[i], "--", 2) &&
			    !strcmp(argv[i] + 2, option->name) && option->arg &&
			    !(option->flags & OPTION_ARG_OPTIONAL))
				i++;
	}
	return position;
}

static void complete_verb(const struct rexctl_verb *verb, int argc, char **argv)
{
	const char *begin = argv[argc - 1];
	const char *const *words;
	size_t i;
	int n;

	if (argc > 1 && complete_value(verb, argv[argc - 2], begin))
		return;
	if (begin[0] == '-') {
		complete_options(verb->options, begin);
		complete_options(rexctl_common_argp.options, begin);
		complete_put("--help", begin);
		return;
	}
	n = complete_position(verb, argc, argv);
	for (i = 0; i < ARRAY_LEN(complete_args); i++) {
		words = complete_args[i].words;
		if (strcmp(complete_args[i].verb, verb->name))
			continue;
		if (n < 3 && words[n])
			complete_arg(words[n], begin);
		else if (words[2])
			complete_arg(words[2], begin);
	}
}

int rexctl_complete(int argc, char **argv)
{
	const struct rexctl_verb *verb;
	int i = 0;

	if (!argc)
		return REXCTL_USAGE;
	complete_said = json_object();
	while (i < argc - 1 && argv[i][0] == '-')
		i++;
	if (i < argc - 1) {
		verb = rexctl_find_verb(argv[i]);
		if (verb)
			complete_verb(verb, argc - i - 1, argv + i + 1);
		return REXCTL_OK;
	}
	if (argv[i][0] == '-') {
		complete_options(rexctl_common_argp.options, argv[i]);
		complete_words("--help --version", argv[i]);
		return REXCTL_OK;
	}
	for (i = 0; rexctl_verbs[i]; i++)
		complete_put(rexctl_verbs[i]->name, argv[argc - 1]);
	return REXCTL_OK;
}
