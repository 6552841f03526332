// SPDX-License-Identifier: GPL-2.0
/*
 * blocks OUT DOCUMENT...
 *
 * Takes the code blocks out of Markdown documents, which are named as seen from the
 * current folder, the top of the source tree. OUT/index gets a line for each block,
 * separated by tabs:
 *
 *	KIND  DOCUMENT:LINE  NUMBER  LANGUAGE  ARGUMENT
 *
 * OUT/NUMBER.text is what is in the block; OUT/NUMBER.before and OUT/NUMBER.after are
 * the lines of its marker that stand around it when it is compiled. KIND and ARGUMENT
 * come from the marker, the comment right before the block; see CONTRIBUTING.md. KIND
 * "error" says in ARGUMENT what is wrong with the block, or with a link: a target that
 * does not exist, or a heading.
 */
#include <cmark.h>
#include <ctype.h>
#include <err.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The words allowed after "test:" in a marker, and the languages of their blocks. */
static const struct kind {
	const char *words, *name, *languages;
	bool argument;
} kinds[] = {
	{ "vm", "vm", "console", false },
	{ "host", "host", "console", false },
	{ "project", "project", "console", false },
	{ "installed", "installed", "console", false },
	{ "compiles", "compiles", "rust c", false },
	{ "part of ", "part", NULL, true },
	{ "saved as ", "saved", NULL, true },
	{ "paths", "paths", "text", false },
};

static const char *out, *document;
static FILE *list;
static int number;

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!f)
		err(1, "%s", path);
	if (getdelim(&text, &size, '\0', f) < 0 && ferror(f))
		err(1, "%s", path);
	fclose(f);
	return text ? text : calloc(1, 1);
}

static void write_file(const char *suffix, const char *text, size_t len)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%d.%s", out, number, suffix);
	f = fopen(path, "we");
	if (!f || fwrite(text, 1, len, f) != len || fclose(f))
		err(1, "%s", path);
}

static void row(const char *kind, int line, const char *language,
		const char *argument)
{
	fprintf(list, "%s\t%s:%d\t%d\t%s\t%s\n", kind, document, line, number,
		*language ? language : "-", *argument ? argument : "-");
}

__attribute__((format(printf, 2, 3))) static void error(int line,
							const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	row("error", line, "", text);
}

/* Is @word among the words of @words? */
static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	const char *at = words;

	for (; len && (at = strstr(at, word)); at += len)
		if ((at == words || at[-1] == ' ') &&
		    (!at[len] || at[len] == ' '))
			return true;
	return false;
}

/*
 * Returns the text of an HTML comment, without blanks around it; NULL: it is
 * none.
 */
static char *comment_text(cmark_node *node)
{
	const char *html, *end;

	if (!node || cmark_node_get_type(node) != CMARK_NODE_HTML_BLOCK)
		return NULL;
	html = cmark_node_get_literal(node);
	end = html ? strstr(html, "-->") : NULL;
	if (!end || strncmp(html, "<!--", 4))
		return NULL;
	html += 4;
	html += strspn(html, "\n ");
	while (end > html && isspace((unsigned char)end[-1]))
		end--;
	return strndup(html, end - html);
}

/* The lines of a marker after its first: up to "...", the block goes there. */
static void write_around(const char *lines)
{
	const char *gap =
		!strncmp(lines, "...\n", 4) ? lines : strstr(lines, "\n...\n");

	if (!gap) {
		write_file("before", lines, strlen(lines));
		write_file("after", "", 0);
		return;
	}
	if (*gap == '\n')
		gap++;
	write_file("before", lines, gap - lines);
	write_file("after", gap + 4, strlen(gap + 4));
}

static const struct kind *find_kind(const char *words)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t len = strlen(kinds[i].words);

		if (!strncmp(words, kinds[i].words, len) &&
		    (kinds[i].argument ? words[len] != '\0' :
					 strchr(",", words[len]) != NULL))
			return &kinds[i];
	}
	return NULL;
}

/* A block with the marker @marker, which may be changed. */
static void marked_block(int line, const char *language, char *marker)
{
	char *lines = strchr(marker, '\n');
	const struct kind *kind;
	const char *argument;

	if (!strncmp(marker, "not run: ", 9)) {
		for (; lines; lines = strchr(lines, '\n'))
			*lines = ' ';
		row("not-run", line, language, marker + 9);
		return;
	}
	if (lines)
		*lines++ = '\0';
	marker += strlen("test:");
	marker += strspn(marker, " ");
	kind = find_kind(marker);
	if (!kind) {
		error(line,
		      "the marker says \"test: %s\", which is none of the kinds of tests",
		      marker);
		return;
	}
	if (kind->languages && !has_word(kind->languages, language)) {
		error(line, "\"test: %s\" is for blocks of %s, not of %s",
		      marker, kind->languages, language);
		return;
	}
	argument = marker + strlen(kind->words);
	write_around(lines ? lines : "");
	row(kind->name, line, language, argument + strspn(argument, ", "));
}

static void code_block(cmark_node *node)
{
	const char *language = cmark_node_get_fence_info(node);
	const char *text = cmark_node_get_literal(node);
	char *marker = comment_text(cmark_node_previous(node));
	int line = cmark_node_get_start_line(node);

	number++;
	write_file("text", text, strlen(text));
	if (!*language)
		error(line, "the block has no language: is it fenced?");
	else if (!marker || (strncmp(marker, "test:", 5) &&
			     strncmp(marker, "not run: ", 9)))
		error(line,
		      "no marker (\"test: ...\" or \"not run: <reason>\") right before the block");
	else
		marked_block(line, language, marker);
	free(marker);
}

/* Appends what @node is as text. */
static void plain_text(cmark_node *node, char *text, size_t size)
{
	const char *literal = cmark_node_get_literal(node);

	if (literal)
		strncat(text, literal, size - strlen(text) - 1);
	for (cmark_node *n = cmark_node_first_child(node); n;
	     n = cmark_node_next(n))
		plain_text(n, text, size);
}

/* The anchor that a heading gets where documents are shown: lower case, hyphens. */
static void slug(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (isalnum((unsigned char)*from) || *from == '_' ||
		    *from == '-')
			*to++ = (char)tolower((unsigned char)*from);
		else if (*from == ' ')
			*to++ = '-';
	}
	*to = '\0';
}

static bool has_heading(const char *path, const char *anchor)
{
	char *source = read_file(path), text[1024];
	cmark_node *root =
		cmark_parse_document(source, strlen(source), CMARK_OPT_DEFAULT);
	bool found = false;

	for (cmark_node *n = cmark_node_first_child(root); n && !found;
	     n = cmark_node_next(n)) {
		if (cmark_node_get_type(n) != CMARK_NODE_HEADING)
			continue;
		text[0] = '\0';
		plain_text(n, text, sizeof(text));
		slug(text);
		found = !strcmp(text, anchor);
	}
	cmark_node_free(root);
	free(source);
	return found;
}

static void check_link(int line, const char *url)
{
	char path[PATH_MAX], *anchor;
	const char *slash = strrchr(document, '/');
	int folder = slash ? (int)(slash + 1 - document) : 0;

	if (strstr(url, "://") || !strncmp(url, "mailto:", 7))
		return;
	if (*url == '#')
		snprintf(path, sizeof(path), "%s%s", document, url);
	else
		snprintf(path, sizeof(path), "%.*s%s", folder, document, url);
	anchor = strchr(path, '#');
	if (anchor)
		*anchor++ = '\0';
	if (access(path, F_OK))
		error(line, "the link to %s leads nowhere", url);
	else if (anchor && !has_heading(path, anchor))
		error(line, "%s has no heading #%s", path, anchor);
}

/* Is @code a path below a folder that is in @folder? */
static bool is_path(const char *folder, const char *code)
{
	size_t len = strcspn(code, "/");
	struct stat st;
	char *path;
	bool found;

	if (!code[len] || !len ||
	    code[strspn(code,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"0123456789_./*-")])
		return false;
	if (asprintf(&path, "%s%.*s", folder, (int)len, code) < 0)
		err(1, "asprintf");
	found = !stat(path, &st) && S_ISDIR(st.st_mode);
	free(path);
	return found;
}

/* Code that looks like a path, of the tree or of the document's folder, is one. */
static void check_path(int line, const char *code)
{
	const char *slash = strrchr(document, '/');
	char *folder = strndup(document, slash ? slash + 1 - document : 0);
	const char *const from[] = { "", folder };
	bool looks = false, exists = false;
	glob_t found;
	char *path;

	for (int i = 0; i < 2 && strncmp(code, "build/", 6); i++) {
		if (!is_path(from[i], code))
			continue;
		looks = true;
		if (asprintf(&path, "%s%s", from[i], code) < 0)
			err(1, "asprintf");
		exists |= !glob(path, 0, NULL, &found);
		globfree(&found);
		free(path);
	}
	if (looks && !exists)
		error(line, "there is no file %s", code);
	free(folder);
}

/*
 * Returns the line of @node. Inlines of this parser have none, so their block's
 * line.
 */
static int line_of(cmark_node *node)
{
	while (node && !cmark_node_get_start_line(node))
		node = cmark_node_parent(node);
	return node ? cmark_node_get_start_line(node) : 0;
}

static void take_document(void)
{
	char *source = read_file(document);
	cmark_node *root =
		cmark_parse_document(source, strlen(source), CMARK_OPT_DEFAULT);
	cmark_iter *iter = cmark_iter_new(root);
	cmark_event_type event;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		if (event != CMARK_EVENT_ENTER)
			continue;
		switch (cmark_node_get_type(node)) {
		case CMARK_NODE_CODE_BLOCK:
			code_block(node);
			break;
		case CMARK_NODE_LINK:
		case CMARK_NODE_IMAGE:
			check_link(line_of(node), cmark_node_get_url(node));
			break;
		case CMARK_NODE_CODE:
			check_path(line_of(node), cmark_node_get_literal(node));
			break;
		default:
			break;
		}
	}
	cmark_iter_free(iter);
	cmark_node_free(root);
	free(source);
}

int main(int argc, char **argv)
{
	char path[PATH_MAX];

	if (argc < 3)
		errx(2, "usage: blocks OUT DOCUMENT...");
	out = argv[1];
	snprintf(path, sizeof(path), "%s/index", out);
	list = fopen(path, "we");
	if (!list)
		err(1, "%s", path);
	for (int i = 2; i < argc; i++) {
		document = argv[i];
		take_document();
	}
	if (fclose(list))
		err(1, "%s", path);
	return 0;
}
