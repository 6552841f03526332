// SPDX-License-Identifier: GPL-2.0
/*
 * A configuration has an option of `rexctl run` in each line, "attach = dev:eth0", and
 * the object as "file = PATH". Each line is parsed as the option is, with the file and
 * the line as the name of the program: errors name them.
 */
#include <ctype.h>
#include <errno.h>

#include "config.h"

static error_t config_parse(int key, char *arg, struct argp_state *state)
{
	const struct rexctl_config *config = state->input;

	/* Missing lines are known when all lines have been read. */
	if (key == ARGP_KEY_END || key == ARGP_KEY_NO_ARGS)
		return 0;
	return config->parse(key, arg, state);
}

static char *config_trim(char *text)
{
	size_t len;

	while (isspace((unsigned char)*text))
		text++;
	len = strlen(text);
	while (len && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	return text;
}

static void config_take(const struct rexctl_config *config, const char *where,
			char *line)
{
	const struct argp argp = { .options = config->options,
				   .parser = config_parse };
	char *equals = strchr(line, '='), *value = NULL, *word = NULL;
	char *argv[3];

	if (equals) {
		*equals = '\0';
		value = strdup(config_trim(equals + 1));
	}
	line = config_trim(line);
	if (value && !strcmp(line, "file"))
		word = strdup(value);
	else if (asprintf(&word, value ? "--%s=%s" : "--%s", line,
			  value ?: "") < 0)
		word = NULL;
	argv[0] = (char *)where;
	argv[1] = word;
	argv[2] = NULL;
	/* The parsed options keep the words, which are not freed. */
	if (word)
		argp_parse(&argp, 2, argv, ARGP_NO_HELP, NULL, (void *)config);
}

int rexctl_config_read(const struct rexctl_config *config, const char *path)
{
	const char *base = strrchr(path, '/');
	char line[4096], where[256], *text;
	FILE *file = fopen(path, "re");
	unsigned int number = 0;

	if (!file)
		return rexctl_fail_errno(errno, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		number++;
		text = config_trim(line);
		if (!text[0] || text[0] == '#')
			continue;
		snprintf(where, sizeof(where), "rexctl run: %s:%u",
			 base ? base + 1 : path, number);
		config_take(config, where, text);
	}
	fclose(file);
	return REXCTL_OK;
}
