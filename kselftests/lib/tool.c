// SPDX-License-Identifier: GPL-2.0
/*
 * Runs rexctl, and parses its JSON.
 */
#include "rex_tool.h"

static char text[1 << 20];

static int run(char *command)
{
	FILE *f = popen(command, "re");
	size_t len;
	int status;

	ASSERT(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	text[len] = '\0';
	status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *tool(int status, const char *fmt, ...)
{
	char words[1024], command[1200];
	va_list args;
	int ended;

	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	snprintf(command, sizeof(command), "rexctl %s 2>&1", words);
	ended = run(command);
	EXPECT_MSG(ended == status, "rexctl %s ended with %d, not %d: %s",
		   words, ended, status, text);
	return text;
}

json_t *tool_json(int status, const char *fmt, ...)
{
	char words[1024], command[1200];
	json_error_t error;
	va_list args;
	json_t *json;
	int ended;

	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	snprintf(command, sizeof(command), "rexctl --json %s", words);
	ended = run(command);
	EXPECT_MSG(ended == status, "rexctl --json %s ended with %d, not %d",
		   words, ended, status);
	json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	ASSERT_MSG(json, "rexctl --json %s: line %d, %s: %s", words, error.line,
		   error.text, text);
	return json;
}

struct sample *start_tool(const char *fmt, ...)
{
	char words[1024], line[1200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	snprintf(line, sizeof(line), "/rex/bin/rexctl %s", words);
	return start_sample("hello", line);
}

void stop_tool(struct sample *s, int status)
{
	int ended;

	ASSERT(!kill(s->pid, SIGINT));
	ended = end_sample(s);
	EXPECT_MSG(ended == status, "ended with %d, not %d: %s", ended, status,
		   s->text);
}

json_t *json_row(json_t *array, const char *key, const char *value)
{
	json_t *row;
	size_t i;

	for (i = 0; i < json_array_size(array); i++) {
		row = json_array_get(array, i);
		if (!strcmp(json_string_value(json_object_get(row, key)) ?: "",
			    value))
			return row;
	}
	ASSERT_MSG(false, "no %s \"%s\" in %s", key, value,
		   json_dumps(array, 0));
	return NULL;
}

long long json_number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	ASSERT_MSG(json_is_number(value), "no number \"%s\" in %s", key,
		   json_dumps(object, 0));
	return json_integer_value(value);
}

const char *json_text(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	ASSERT_MSG(json_is_string(value), "no text \"%s\" in %s", key,
		   json_dumps(object, 0));
	return json_string_value(value);
}

long count_words(const char *in, const char *needle)
{
	long count = 0;

	for (; (in = strstr(in, needle)); in += strlen(needle))
		count++;
	return count;
}
