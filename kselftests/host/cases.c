// SPDX-License-Identifier: GPL-2.0
/* The corpus as a whole (cases.h). */
#include "cases.h"

const struct obj_cases *const all_cases[] = {
	&header_cases, &section_cases, &symbol_cases, &func_cases, &note_cases,
	&prog_cases,   &map_cases,     &config_cases, &rela_cases, &valid_cases,
	&check_cases,  &snippet_cases, NULL,
};

struct bytes make_case(const struct obj_case *c)
{
	struct obj *o = obj_new();
	struct bytes file;

	if (c->snippet)
		add_snippet(o, c->snippet);
	if (c->model)
		c->model(o);
	file = obj_write(o);
	obj_free(o);
	if (c->file)
		c->file(&file);
	return file;
}

glob_t found_objects(void)
{
	const char *folder = getenv("REX_FOUND");
	char pattern[4096];
	glob_t found = {};

	snprintf(pattern, sizeof(pattern), "%s/*.elf", folder ? folder : "");
	glob(pattern, 0, NULL, &found);
	return found;
}

const char *errno_name(int err)
{
	switch (err) {
	case 0:
		return "OK";
	case ENOEXEC:
		return "ENOEXEC";
	case EPROTO:
		return "EPROTO";
	case EFBIG:
		return "EFBIG";
	case ENOMEM:
		return "ENOMEM";
	default:
		return "an unexpected error";
	}
}
