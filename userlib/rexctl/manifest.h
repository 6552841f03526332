/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The manifest of an object: what it was built from. uapi/linux/rex.h has the format.
 */
#ifndef REXCTL_MANIFEST_H
#define REXCTL_MANIFEST_H

#include "rexctl.h"

/*
 * Adds what the text says to @object: compiler_sha256, library_sha256, wrapper, cargo,
 * linker, flags, and the list crates.
 */
void rexctl_manifest_describe(const char *text, json_t *object);

/* Copies the value of the first line with @key, which ends with a blank; or "". */
void rexctl_manifest_value(const char *text, const char *key, char *value,
			   size_t size);

/*
 * Returns the lines in which two manifests differ, each as an object with member key and
 * the values object and here, either of which may be missing.
 */
json_t *rexctl_manifest_compare(const char *object, const char *here);

#endif /* REXCTL_MANIFEST_H */
