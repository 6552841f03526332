// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../similar.h"
#include "template.h"
#include "verbs.h"

#define NEW_NAME_LEN 64

static const char *new_name;
static const char *new_type = "kprobe";
static bool new_has_loader = true;
static bool new_list;

/* ---- the name ---------------------------------------------------------------------- */

/* Names that cargo and the compiler wrapper refuse, and keywords of Rust and C. */
static bool new_is_reserved(const char *name)
{
	static const char *const words[] = {
		"rex",	      "rex_macros",  "core",
		"alloc",      "std",	     "test",
		"self",	      "super",	     "crate",
		"proc_macro", "build",	     "deps",
		"examples",   "incremental", "compiler_builtins",
		"abstract",   "as",	     "async",
		"await",      "become",	     "box",
		"break",      "const",	     "continue",
		"do",	      "dyn",	     "else",
		"enum",	      "extern",	     "false",
		"final",      "fn",	     "for",
		"gen",	      "if",	     "impl",
		"in",	      "let",	     "loop",
		"macro",      "match",	     "mod",
		"move",	      "mut",	     "override",
		"priv",	      "pub",	     "ref",
		"return",     "static",	     "struct",
		"trait",      "true",	     "try",
		"type",	      "typeof",	     "unsafe",
		"unsized",    "use",	     "virtual",
		"where",      "while",	     "yield",
		"auto",	      "bool",	     "case",
		"char",	      "default",     "double",
		"float",      "goto",	     "inline",
		"int",	      "long",	     "main",
		"register",   "restrict",    "short",
		"signed",     "sizeof",	     "switch",
		"typedef",    "union",	     "unsigned",
		"void",	      "volatile",    "linux",
		"unix",	      "errno",	     "class",
		"new",	      "delete",	     "namespace",
		"template",   "this",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(words[i], name))
			return true;
	return false;
}

/* Makes @ident from @name, since names of crates and structs have no hyphens. */
static int new_check_name(const char *name, char *ident)
{
	size_t len = strlen(name), i;

	if (!islower((unsigned char)*name) ||
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")] ||
	    len >= NEW_NAME_LEN)
		return rexctl_fail(
			REXCTL_USAGE,
			"'%s' cannot be the name of a project: it takes a small letter first, then small letters, digits, - and _, %d at most",
			name, NEW_NAME_LEN - 1);
	for (i = 0; i <= len; i++)
		ident[i] = name[i] == '-' ? '_' : name[i];
	if (new_is_reserved(ident))
		return rexctl_fail(
			REXCTL_USAGE,
			"'%s' cannot be the name of a project: it is a word of Rust, of C or of cargo; try my-%s",
			name, name);
	return REXCTL_OK;
}

/* ---- types ------------------------------------------------------------------------- */

static int new_collect_type(const char *type, const char *summary, void *data)
{
	json_array_append_new(data, json_pack("{ss,ss}", "type", type,
					      "summary", summary));
	return 0;
}

static const struct rexctl_field new_type_fields[] = {
	{ "type", "TYPE", REXCTL_TEXT },
	{ "summary", "THE TEMPLATE'S PROGRAM", REXCTL_TEXT },
	{ 0 },
};

/* Checks that the type is one of @types. A hint lists them. */
static int new_check_type(const json_t *types)
{
	size_t i, nr = json_array_size(types);
	struct rex_similar similar;
	char list[1024] = "";
	const char *name;

	rex_similar_begin(&similar, new_type);
	for (i = 0; i < nr; i++) {
		name = rexctl_json_get(json_array_get(types, i), "type");
		if (!strcmp(name, new_type))
			return REXCTL_OK;
		rex_similar_try(&similar, name);
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s%s", i ? ", " : "", name);
	}
	rexctl_fail(REXCTL_NOT_FOUND, "there is no type '%s'%s%s%s", new_type,
		    similar.found[0] ? "; did you mean " : "", similar.found,
		    similar.found[0] ? "?" : "");
	rexctl_hint("the types are %s", list);
	return REXCTL_NOT_FOUND;
}

/* ---- the project ------------------------------------------------------------------- */

struct new_project {
	char folder[NEW_NAME_LEN + 16]; /* where the project is made */
	json_t *files;
};

static int new_write(const char *path, const char *text, size_t len, void *data)
{
	struct new_project *project = data;
	char full[PATH_MAX], *slash;
	FILE *file;
	int err;

	snprintf(full, sizeof(full), "%s/%s", project->folder, path);
	slash = strrchr(full, '/');
	*slash = '\0';
	err = mkdir(full, 0777) && errno != EEXIST;
	*slash = '/';
	file = err ? NULL : fopen(full, "wxe");
	if (file) {
		err = fwrite(text, 1, len, file) != len;
		err |= fclose(file) != 0;
	}
	if (!file || err)
		return rexctl_fail_errno(errno, "%s/%s", new_name, path);
	json_array_append_new(project->files, json_string(path));
	return REXCTL_OK;
}

static int new_fill(struct rexctl_templates *templates, const char *ident,
		    struct new_project *project)
{
	const char mark = new_has_loader ? 'c' : 'n';
	int status;

	status =
		rexctl_templates_set(templates, "name", new_name)	?:
			rexctl_templates_set(templates, "ident", ident) ?:
			rexctl_templates_set(templates, "sdk", templates->sdk) ?:
			rexctl_templates_set(templates, "type", new_type) ?:
			rexctl_templates_files(templates, ".files", new_type,
					       mark, new_write, project);
	if (!status && new_has_loader)
		status = rexctl_templates_files(templates, ".files-c", new_type,
						mark, new_write, project);
	return status;
}

/* The project is made under another name first, so it is never incomplete. */
static int new_make(struct rexctl_templates *templates, const char *ident,
		    struct new_project *project)
{
	mode_t mask = umask(0);
	int status;

	umask(mask);
	snprintf(project->folder, sizeof(project->folder), ".%s-XXXXXX",
		 new_name);
	if (!mkdtemp(project->folder))
		return rexctl_fail_errno(errno, "cannot make a folder here");
	status = new_fill(templates, ident, project);
	if (!status && (chmod(project->folder, 0777 & ~mask) ||
			renameat2(AT_FDCWD, project->folder, AT_FDCWD, new_name,
				  RENAME_NOREPLACE)))
		status = rexctl_fail_errno(errno, "%s", new_name);
	if (status)
		rexctl_remove_folder(project->folder);
	return status;
}

static int new_report(struct new_project *project)
{
	size_t i;
	json_t *file;

	if (rexctl_json) {
		rexctl_put_card(json_pack("{ss,ss,sO}", "project", new_name,
					  "type", new_type, "files",
					  project->files),
				NULL);
		return REXCTL_OK;
	}
	printf("made %s, a program of type %s:\n", new_name, new_type);
	json_array_foreach(project->files, i, file)
		printf("  %s/%s\n", new_name, json_string_value(file));
	printf("README.md says how to test, build and run it\n");
	return REXCTL_OK;
}

static int new_run_in(struct rexctl_templates *templates)
{
	struct new_project project = { .files = json_array() };
	json_t *types = json_array();
	char ident[NEW_NAME_LEN];
	struct stat st;
	int status;

	rexctl_templates_types(templates, new_collect_type, types);
	if (new_list) {
		json_decref(project.files);
		rexctl_put_table(types, new_type_fields);
		return REXCTL_OK;
	}
	status = new_check_name(new_name, ident) ?: new_check_type(types);
	if (!status && !lstat(new_name, &st))
		status = rexctl_fail(
			REXCTL_FAILED,
			"there is already something named '%s' here; choose another name, or remove it",
			new_name);
	if (!status)
		status = new_make(templates, ident, &project);
	if (!status)
		status = new_report(&project);
	json_decref(project.files);
	json_decref(types);
	return status;
}

static int new_run(void)
{
	struct rexctl_templates templates;
	int status = rexctl_templates_open(&templates) ?:
							 new_run_in(&templates);

	rexctl_templates_close(&templates);
	return status;
}

static const struct argp_option new_options[] = {
	{ "type", 't', "TYPE", 0, "type of the program: kprobe", 0 },
	{ "loader", 'l', "c|none", 0, "a loader in C, or none: c", 0 },
	{ "list", 'L', NULL, 0, "list the types, and make nothing", 0 },
	{ 0 },
};

static error_t new_parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 't':
		new_type = arg;
		return 0;
	case 'l':
		if (strcmp(arg, "c") && strcmp(arg, "none"))
			argp_error(state, "--loader takes c or none, not '%s'",
				   arg);
		new_has_loader = !strcmp(arg, "c");
		return 0;
	case 'L':
		new_list = true;
		return 0;
	}
	return rexctl_parse_words(key, arg, state, &new_name, !new_list, 1);
}

const struct rexctl_verb rexctl_verb_new = {
	.name = "new",
	.args_doc = "NAME",
	.summary =
		"Make a project in the folder NAME, which must not be there.",
	.doc = "The project has a program, its unit test, a loader in C, a README, and settings for cargo and rust-analyzer. It is built with the SDK that is installed beside rexctl, or with the one that the variable REX_SDK names.",
	.options = new_options,
	.parse = new_parse,
	.run = new_run,
};
