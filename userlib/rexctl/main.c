// SPDX-License-Identifier: GPL-2.0
/*
 * rexctl - load Rex programs, see what they do, and why they stopped
 */
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sysexits.h>

#include "complete.h"
#include "rexctl.h"

const struct rexctl_verb *rexctl_verb;
bool rexctl_json;
bool rexctl_debug;

static const char main_doc[] =
	"Load Rex programs into the kernel, see what they do, and why they stopped.";

static const char main_doc_end[] =
	"rexctl VERB -h explains a verb and its options; rexctl(8) explains all.\n"
	"\n"
	"Exit status: 0 success; 1 the kernel or a file refused it; 2 there is no program, map, link or target of that name; 3 a program was stopped by a fault; 4 the module rex is not loaded, or is of another ABI; 5 a privilege is missing; 64 wrong usage. What is wrong, and what to do about it, is on standard error.";

/* ---- options of all verbs ------------------------------------------------- */

static const struct argp_option common_options[] = {
	{ NULL, 'h', NULL, 0, "the same as --help", -1 },
	{ "json", 'j', NULL, 0, "print JSON", -1 },
	{ "debug", 'd', NULL, 0, "report what the library and the kernel do",
	  -1 },
	{ 0 },
};

static error_t common_parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	switch (key) {
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		return 0;
	case 'j':
		rexctl_json = true;
		return 0;
	case 'd':
		rexctl_debug = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp rexctl_common_argp = {
	.options = common_options,
	.parser = common_parse,
};

/* ---- parsers for verbs ---------------------------------------------------- */

error_t rexctl_parse_words(int key, char *arg, struct argp_state *state,
			   const char **words, unsigned int min,
			   unsigned int max)
{
	switch (key) {
	case ARGP_KEY_ARG:
		if (state->arg_num >= max)
			argp_error(state, "one argument too many: %s", arg);
		else
			words[state->arg_num] = arg;
		return 0;
	case ARGP_KEY_END:
		if (state->arg_num < min)
			argp_error(state, "an argument is missing: %s",
				   rexctl_verb->args_doc);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

unsigned long rexctl_parse_number(const char *arg, const char *what,
				  unsigned long max, struct argp_state *state)
{
	char *end;
	unsigned long number = strtoul(arg, &end, 10);

	if (*arg < '0' || *arg > '9' || *end || !number || number > max)
		argp_error(state, "%s takes a number from 1 to %lu, not '%s'",
			   what, max, arg);
	return number;
}

const struct rexctl_verb *rexctl_find_verb(const char *name)
{
	size_t i;

	for (i = 0; rexctl_verbs[i]; i++)
		if (!strcmp(rexctl_verbs[i]->name, name))
			return rexctl_verbs[i];
	return NULL;
}

/* ---- the words before the verb -------------------------------------------- */

/* Prints the verbs, between the options and the end of the help. */
static char *main_filter(int key, const char *text, void *input)
{
	char *list = NULL;
	size_t size, i;
	FILE *out;

	(void)input;
	if (key != ARGP_KEY_HELP_PRE_DOC)
		return (char *)text;
	out = open_memstream(&list, &size);
	if (!out)
		return (char *)text;
	fprintf(out, "%s\n\nVerbs:", text);
	for (i = 0; rexctl_verbs[i]; i++)
		fprintf(out, "\n  %-10s %s", rexctl_verbs[i]->name,
			rexctl_verbs[i]->summary);
	fclose(out);
	return list;
}

static void main_print_version(FILE *out, struct argp_state *state)
{
	(void)state;
	fprintf(out, "rexctl %s\n", rex_lib_version());
}

static error_t main_parse(int key, char *arg, struct argp_state *state)
{
	int *first = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		rexctl_verb = rexctl_find_verb(arg);
		if (!rexctl_verb)
			argp_error(state, "there is no verb '%s'", arg);
		*first = state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_state_help(state, stderr,
				ARGP_HELP_USAGE | ARGP_HELP_EXIT_ERR);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int main_parse_verb(int argc, char **argv)
{
	static const struct argp_child children[] = {
		{ &rexctl_common_argp, 0, NULL, -1 },
		{ 0 },
	};
	char *doc = NULL, name[64];
	struct argp argp = {
		.options = rexctl_verb->options,
		.parser = rexctl_verb->parse,
		.args_doc = rexctl_verb->args_doc,
		.children = children,
	};

	if (asprintf(&doc, "%s\v%s", rexctl_verb->summary,
		     rexctl_verb->doc ?: "") < 0)
		return REXCTL_FAILED;
	argp.doc = doc;
	snprintf(name, sizeof(name), "rexctl %s", rexctl_verb->name);
	argv[0] = name;
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	free(doc);
	rex_set_debug(rexctl_debug);
	rexctl_quiet_libbpf();
	return rexctl_verb->run();
}

/* Carriers, links and pins take a descriptor each, and may be thousands. */
static void main_raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	static const struct argp_child children[] = {
		{ &rexctl_common_argp, 0, NULL, -1 },
		{ 0 },
	};
	struct argp argp = {
		.parser = main_parse,
		.args_doc = "VERB [ARGUMENT...]",
		.children = children,
		.help_filter = main_filter,
	};
	char *doc = NULL;
	int first = argc, status;

	main_raise_limit();
	if (argc > 1 && !strcmp(argv[1], "_complete"))
		return rexctl_complete(argc - 2, argv + 2);
	if (asprintf(&doc, "%s\v%s", main_doc, main_doc_end) < 0)
		return REXCTL_FAILED;
	argp.doc = doc;
	argp_program_version_hook = main_print_version;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &first);
	free(doc);
	status = main_parse_verb(argc - first, argv + first);
	if (fflush(stdout) || ferror(stdout))
		return rexctl_fail(REXCTL_FAILED, "standard output: %m");
	return status;
}
