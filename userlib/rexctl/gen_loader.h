/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REXCTL_GEN_LOADER_H
#define REXCTL_GEN_LOADER_H

#include "objfile.h"

/* Prints a program in Rust that loads the object of @file, which @path names. */
void rexctl_gen_loader(FILE *out, const struct rexctl_objfile *file,
		       const char *path, const char *name);

#endif /* REXCTL_GEN_LOADER_H */
