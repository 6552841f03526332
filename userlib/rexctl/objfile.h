/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads an object file without a kernel.
 */
#ifndef REXCTL_OBJFILE_H
#define REXCTL_OBJFILE_H

#include "rexctl.h"

#include "../internal.h"

/*
 * The prototype of kmod/demangle.h, whose kernel header of ELF conflicts with
 * libelf's.
 */
bool rex_demangle(const char *sym, char *out, size_t size);

struct rexctl_frame {
	char function[128];
	__u64 size;
};

struct rexctl_objfile {
	void *buf;
	size_t size;
	struct rex_decls decls;
	__u64 text_size;
	__u64 rodata_size;
	__u64 data_size;
	size_t nr_frames;
	struct rexctl_frame *frames; /* the largest first */
	json_t *helpers; /* functions of rex.ko */
	json_t *fields; /* data of the kernel, by name */
	json_t *runtime; /* functions that compilers call */
	bool allocates;
	char crate[REX_NAME_LEN]; /* "" if it is not known */
	char *manifest; /* NULL: there is none */
	size_t object_size; /* without a signature at the end */
	char signer[REX_SIGNER_LEN]; /* by what the file says; "" without a signature */
	char bad_signature[128]; /* why a signature is none */
};

/* Returns an exit status, and has printed why if it is not 0. */
int rexctl_objfile_open(struct rexctl_objfile *file, const char *path);
void rexctl_objfile_close(struct rexctl_objfile *file);
/* Names the part of the file that byte @at is in: a section, or its headers. */
void rexctl_objfile_section_at(const struct rexctl_objfile *file, size_t at,
			       char *name, size_t size);

#endif /* REXCTL_OBJFILE_H */
