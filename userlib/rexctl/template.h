/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The templates of `rexctl new`: a folder of the SDK with types.conf, whose
 * head explains the format, and the templates that it names.
 */
#ifndef REXCTL_TEMPLATE_H
#define REXCTL_TEMPLATE_H

#include <limits.h>

#include "rexctl.h"

struct template_value {
	const char *section;
	const char *key;
	char *text;
};

struct rexctl_templates {
	char sdk[PATH_MAX];
	char folder[PATH_MAX + 32];
	struct template_value *values;
	size_t nr;
	char *buf; /* types.conf, to which the names point */
};

/*
 * Finds the SDK, which the variable REX_SDK names, or which is installed beside
 * rexctl. Returns an exit status; if it is not 0, the reason has been printed.
 */
int rexctl_templates_open(struct rexctl_templates *templates);
void rexctl_templates_close(struct rexctl_templates *templates);

/* Sets or replaces a value that all sections inherit. */
int rexctl_templates_set(struct rexctl_templates *templates, const char *key,
			 const char *text);

/* Calls @use for each type, in order, until it returns other than 0. */
int rexctl_templates_types(const struct rexctl_templates *templates,
			   int (*use)(const char *type, const char *summary,
				      void *data),
			   void *data);

/*
 * Calls @use for each file of section @files with its path, and its text for
 * @type, until it returns other than 0. @mark is the letter of lines that other
 * projects lack.
 */
int rexctl_templates_files(const struct rexctl_templates *templates,
			   const char *files, const char *type, char mark,
			   int (*use)(const char *path, const char *text,
				      size_t len, void *data),
			   void *data);

#endif /* REXCTL_TEMPLATE_H */
