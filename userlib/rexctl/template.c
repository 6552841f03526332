// SPDX-License-Identifier: GPL-2.0
/*
 * Templates of projects: reads their table, and makes their text.
 */
#include <errno.h>
#include <unistd.h>

#include "template.h"

/* Stands for an empty value until its line is complete. */
#define TEMPLATE_EMPTY '\1'
/* The section that all others inherit from. */
#define TEMPLATE_ALL ".all"
/* A section inherits from one that inherits, and a value contains another one. */
#define TEMPLATE_DEPTH 8

/* ---- the table ------------------------------------------------------------------ */

/*
 * Returns the text of the file @name of the folder, from malloc(), or NULL after a
 * message.
 */
static char *template_read(const struct rexctl_templates *templates,
			   const char *name)
{
	size_t size = 0, room = 1 << 16, got;
	char path[PATH_MAX + 128], *text = malloc(room + 1);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", templates->folder, name);
	file = fopen(path, "re");
	if (!file || !text) {
		rexctl_fail(REXCTL_FAILED, "%s: %m", path);
		if (!file && errno == ENOENT)
			rexctl_hint(
				"install the SDK (on Debian: apt-get install rex-sdk), or name its folder by the variable REX_SDK");
		if (file)
			fclose(file);
		free(text);
		return NULL;
	}
	while ((got = fread(text + size, 1, room - size, file)) > 0)
		size += got;
	fclose(file);
	text[size] = '\0';
	if (size == room) {
		rexctl_fail(REXCTL_FAILED, "%s: is too large", path);
		free(text);
		return NULL;
	}
	return text;
}

static int template_add(struct rexctl_templates *templates, const char *section,
			const char *key, const char *text)
{
	struct template_value *values =
		reallocarray(templates->values, templates->nr + 1,
			     sizeof(*templates->values));
	char *copy = strdup(text);

	if (values)
		templates->values = values;
	if (!values || !copy) {
		free(copy);
		return rexctl_fail(REXCTL_FAILED, "no memory");
	}
	values[templates->nr++] = (struct template_value){ section, key, copy };
	return REXCTL_OK;
}

/* Adds a line to the last value. */
static int template_continue(struct rexctl_templates *templates,
			     const char *text)
{
	struct template_value *value = &templates->values[templates->nr - 1];
	char *longer;

	if (asprintf(&longer, "%s%s%s", value->text, *value->text ? "\n" : "",
		     text) < 0)
		return rexctl_fail(REXCTL_FAILED, "no memory");
	free(value->text);
	value->text = longer;
	return REXCTL_OK;
}

/* Reads a line "KEY = TEXT". The text begins after one blank, so it can be indented. */
static int template_parse_value(struct rexctl_templates *templates,
				const char *section, char *line, size_t len)
{
	char *text = line + len + 1;
	char *end = line + len;

	while (end > line && end[-1] == ' ')
		end--;
	*end = '\0';
	if (*text == ' ')
		text++;
	return template_add(templates, section, line, text);
}

static int template_parse(struct rexctl_templates *templates)
{
	char *line, *next = templates->buf;
	const char *section = NULL;
	unsigned int number = 0;
	int status = REXCTL_OK;
	size_t len;

	while (!status && (line = strsep(&next, "\n"))) {
		number++;
		len = strcspn(line, "=");
		if (!*line || *line == '#')
			continue;
		if (*line == '[' && strchr(line, ']')) {
			section = line + 1;
			*strchr(line, ']') = '\0';
			status = template_add(templates, section, "", "");
		} else if (*line == '|' && templates->nr) {
			status = template_continue(templates, line + 1);
		} else if (section && line[len]) {
			status = template_parse_value(templates, section, line,
						      len);
		} else {
			status = rexctl_fail(
				REXCTL_FAILED,
				"%s/types.conf:%u: no [SECTION], KEY = VALUE or |LINE",
				templates->folder, number);
		}
	}
	return status;
}

/* ---- the SDK --------------------------------------------------------------------- */

/* The folder of the SDK: named by REX_SDK, or installed beside rexctl. */
static int template_find_sdk(char sdk[PATH_MAX])
{
	const char *named = getenv("REX_SDK");
	char path[PATH_MAX + 32] = "";
	ssize_t len;
	char *slash;

	if (named && *named) {
		snprintf(path, sizeof(path), "%s", named);
	} else {
		len = readlink("/proc/self/exe", path, PATH_MAX - 1);
		path[len > 0 ? len : 0] = '\0';
		slash = strrchr(path, '/');
		strcpy(slash ?: path, "/../share/rex/sdk");
	}
	if (!realpath(path, sdk)) {
		rexctl_fail(REXCTL_FAILED, "there is no SDK at %s: %m", path);
		rexctl_hint(
			"install it (on Debian: apt-get install rex-sdk), or name its folder by the variable REX_SDK");
		return REXCTL_FAILED;
	}
	/* The path is put into strings of TOML and JSON. */
	if (sdk[strcspn(sdk, "\"'\\\n")])
		return rexctl_fail(
			REXCTL_FAILED,
			"the SDK's folder has a quote or another special character in its name: %s",
			sdk);
	return REXCTL_OK;
}

int rexctl_templates_open(struct rexctl_templates *templates)
{
	int status;

	memset(templates, 0, sizeof(*templates));
	status = template_find_sdk(templates->sdk);
	if (status)
		return status;
	snprintf(templates->folder, sizeof(templates->folder),
		 "%s/rex/templates", templates->sdk);
	templates->buf = template_read(templates, "types.conf");
	if (!templates->buf)
		return REXCTL_FAILED;
	return template_parse(templates);
}

void rexctl_templates_close(struct rexctl_templates *templates)
{
	size_t i;

	for (i = 0; i < templates->nr; i++)
		free(templates->values[i].text);
	free(templates->values);
	free(templates->buf);
}

int rexctl_templates_set(struct rexctl_templates *templates, const char *key,
			 const char *text)
{
	return template_add(templates, TEMPLATE_ALL, key, text);
}

static const char *template_own(const struct rexctl_templates *templates,
				const char *section, const char *key,
				size_t len)
{
	const struct template_value *value;
	size_t i;

	for (i = 0; i < templates->nr; i++) {
		value = &templates->values[i];
		if (!strcmp(value->section, section) &&
		    !strncmp(value->key, key, len) && !value->key[len])
			return value->text;
	}
	return NULL;
}

/* The value of @key for @section, its own or inherited, or NULL. */
static const char *template_find(const struct rexctl_templates *templates,
				 const char *section, const char *key,
				 size_t len)
{
	const char *text = NULL;
	int depth;

	for (depth = 0; section && !text && depth < TEMPLATE_DEPTH; depth++) {
		text = template_own(templates, section, key, len);
		section = template_own(templates, section, "like", 4);
	}
	return text ?: template_own(templates, TEMPLATE_ALL, key, len);
}

/* ---- the text -------------------------------------------------------------------- */

static int template_put(FILE *out, const struct rexctl_templates *templates,
			const char *type, const char *text, const char *end,
			int depth);

/* Inserts the value of @key. At the end of a line, it has no newline. */
static int template_put_value(FILE *out,
			      const struct rexctl_templates *templates,
			      const char *type, const char *key, size_t len,
			      int depth)
{
	const char *value = template_find(templates, type, key, len);

	if (!value || depth > TEMPLATE_DEPTH)
		return rexctl_fail(
			REXCTL_FAILED,
			"the templates in %s are broken: type %s has no value of %.*s",
			templates->folder, type, (int)len, key);
	if (!*value)
		putc(TEMPLATE_EMPTY, out);
	return template_put(out, templates, type, value, value + strlen(value),
			    depth + 1);
}

static int template_put(FILE *out, const struct rexctl_templates *templates,
			const char *type, const char *text, const char *end,
			int depth)
{
	int status = REXCTL_OK;
	size_t len;

	for (; !status && text < end; text++) {
		len = *text == '@' ?
			      strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_") :
			      0;
		if (len && text[1 + len] == '@') {
			status = template_put_value(out, templates, type,
						    text + 1, len, depth);
			text += 1 + len;
		} else {
			putc(*text, out);
		}
	}
	return status;
}

/*
 * Removes blanks at the ends of lines, and lines with empty values only.
 */
static void template_put_trimmed(FILE *out, const char *text)
{
	size_t len, end, i;

	do {
		len = strcspn(text, "\n");
		for (end = len; end && strchr(" \1", text[end - 1]); end--)
			;
		if (end || !memchr(text, TEMPLATE_EMPTY, len)) {
			for (i = 0; i < end; i++)
				if (text[i] != TEMPLATE_EMPTY)
					putc(text[i], out);
			putc('\n', out);
		}
		text += len + !!text[len];
	} while (*text);
}

/* One line of a template. */
static int template_put_line(FILE *out,
			     const struct rexctl_templates *templates,
			     const char *type, const char *line, size_t len)
{
	char *made = NULL;
	size_t size;
	FILE *text = open_memstream(&made, &size);
	int status;

	if (!text)
		return rexctl_fail(REXCTL_FAILED, "no memory");
	status = template_put(text, templates, type, line, line + len, 0);
	fclose(text);
	if (!status)
		template_put_trimmed(out, made);
	free(made);
	return status;
}

/* @mark is the letter of the marked lines to keep, such as "@c ". */
static int template_put_file(FILE *out,
			     const struct rexctl_templates *templates,
			     const char *type, const char *text, char mark)
{
	int status = REXCTL_OK;
	size_t len, skip;

	for (; !status && *text; text += len + !!text[len]) {
		len = strcspn(text, "\n");
		skip = 0;
		if (*text == '@' && (len == 2 || (len > 2 && text[2] == ' ')))
			skip = len > 2 ? 3 : 2;
		if (!skip || text[1] == mark)
			status = template_put_line(out, templates, type,
						   text + skip, len - skip);
	}
	return status;
}

/* ---- types and files --------------------------------------------------------------- */

int rexctl_templates_types(const struct rexctl_templates *templates,
			   int (*use)(const char *type, const char *summary,
				      void *data),
			   void *data)
{
	const struct template_value *value;
	int status = 0;
	size_t i;

	for (i = 0; !status && i < templates->nr; i++) {
		value = &templates->values[i];
		if (!*value->key && *value->section != '.')
			status = use(
				value->section,
				template_find(templates, value->section, "summary", 7) ?:
					"",
				data);
	}
	return status;
}

int rexctl_templates_files(const struct rexctl_templates *templates,
			   const char *files, const char *type, char mark,
			   int (*use)(const char *path, const char *text,
				      size_t len, void *data),
			   void *data)
{
	const struct template_value *value;
	char *text, *made;
	int status = REXCTL_OK;
	size_t i, size;
	FILE *out;

	for (i = 0; !status && i < templates->nr; i++) {
		value = &templates->values[i];
		if (!*value->key || strcmp(value->section, files))
			continue;
		text = template_read(templates, value->text);
		if (!text)
			return REXCTL_FAILED;
		made = NULL;
		out = open_memstream(&made, &size);
		if (!out) {
			free(text);
			return rexctl_fail(REXCTL_FAILED, "no memory");
		}
		status = template_put_file(out, templates, type, text, mark);
		fclose(out);
		status = status ?: use(value->key, made, size, data);
		free(made);
		free(text);
	}
	return status;
}
