// SPDX-License-Identifier: GPL-2.0
/*
 * Programs are attached to all functions that match a pattern here.
 */
#include <errno.h>
#include <limits.h>

#include "attach.h"

/*
 * librex asks the attribute whether the program is for calls or returns. A target without
 * a prefix is of that kind.
 */
static int many_check_kind(const struct rexctl_attachee *who,
			   const char *target)
{
	size_t len = strcspn(target, ":");

	if (!who->obj)
		return rexctl_fail(
			REXCTL_USAGE,
			"%s: a pattern is for an object that is loaded and attached at once: rexctl load --attach, or rexctl run",
			target);
	if (target[len] != ':' || target[0] == '/' ||
	    (!strncmp(who->section, target, len) &&
	     strchr("/", who->section[len])))
		return REXCTL_OK;
	return rexctl_fail(REXCTL_FAILED,
			   "%s: program %s has the attribute of a %.*s", target,
			   who->name, (int)strcspn(who->section, "/"),
			   who->section);
}

static int many_add(const struct rexctl_attachee *who, const char *target,
		    struct rex_links *many, struct rexctl_links *links)
{
	struct rexctl_link *link;

	if (!many && errno == ENOENT)
		return rexctl_fail(REXCTL_NOT_FOUND, "%s: %s", target,
				   rex_last_error());
	if (!many)
		return rexctl_fail_librex();
	link = rexctl_link_new(links, who, target);
	if (!link) {
		rex_links_destroy(many);
		return REXCTL_FAILED;
	}
	link->many = many;
	return REXCTL_OK;
}

int rexctl_attach_functions(const struct rexctl_attachee *who,
			    const char *target, const char *pattern,
			    struct rexctl_links *links)
{
	int status = many_check_kind(who, target);

	if (status)
		return status;
	return many_add(who, target,
			rex_obj_attach_functions(who->obj, who->name, pattern,
						 NULL),
			links);
}

int rexctl_attach_user_functions(const struct rexctl_attachee *who,
				 const char *target, const char *path,
				 const char *pattern,
				 struct rexctl_links *links)
{
	int status = many_check_kind(who, target);

	if (status)
		return status;
	return many_add(who, target,
			rex_obj_attach_user_functions(who->obj, who->name, path,
						      pattern, NULL),
			links);
}

int rexctl_attach_session(const struct rexctl_attachee *who, const char *target,
			  const char *rest, struct rexctl_links *links)
{
	return rexctl_attach_functions(who, target, rest, links);
}

int rexctl_attach_usdt(const struct rexctl_attachee *who, const char *target,
		       const char *rest, struct rexctl_links *links)
{
	const char *colon = strchr(rest, ':');
	int status = many_check_kind(who, target);
	char path[PATH_MAX];

	if (status)
		return status;
	if (!colon || colon == rest || !strchr(colon + 1, ':'))
		return rexctl_fail(
			REXCTL_USAGE,
			"%s: say the file and the probe: usdt:PATH:PROVIDER:NAME",
			target);
	snprintf(path, sizeof(path), "%.*s", (int)(colon - rest), rest);
	return many_add(who, target,
			rex_obj_attach_usdt(who->obj, who->name, path,
					    colon + 1, NULL),
			links);
}

json_t *rexctl_link_functions(const struct rexctl_link *link)
{
	json_t *names = json_array();
	const char *name;
	size_t i;

	for (i = 0; (name = rex_links_function(link->many, i, NULL)); i++)
		json_array_append_new(names, json_string(name));
	return names;
}

json_t *rexctl_link_skipped(const struct rexctl_link *link)
{
	json_t *names = json_array();
	const char *name;
	size_t i;

	for (i = 0; (name = rex_links_skipped(link->many, i)); i++)
		json_array_append_new(names, json_string(name));
	return names;
}
