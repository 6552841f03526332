/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REXCTL_ELFSYM_H
#define REXCTL_ELFSYM_H

#include <linux/types.h>

/*
 * Finds where in file @path the function @name is. 0, -ENOENT if there is no such file
 * or function, or another negative errno.
 */
int rexctl_elf_function(const char *path, const char *name, __u64 *offset);

#endif /* REXCTL_ELFSYM_H */
