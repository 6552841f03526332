/* SPDX-License-Identifier: GPL-2.0 */
/* Declarations of the kernel's structs for programs, made of BTF. */
#ifndef REXCTL_TYPES_H
#define REXCTL_TYPES_H

#include <bpf/btf.h>
#include <stdio.h>

/* The length of a reason, with its NUL. */
#define TYPES_WHY_LEN 512

/**
 * types_write() - write a declaration of the crate's macro kernel!
 * @out:	where to
 * @btf:	the types
 * @wanted:	structs or unions, each with all of its members that can be declared; or
 *		single members, "task_struct.pid" or "task_struct.se.vruntime"
 * @nr:		how many
 * @why:	receives the reason of a failure, of TYPES_WHY_LEN bytes
 *
 * Return: 0, or -ENOENT, where @out has been written to in part.
 */
int types_write(FILE *out, const struct btf *btf, char *const *wanted,
		size_t nr, char *why);

#endif /* REXCTL_TYPES_H */
