/* SPDX-License-Identifier: GPL-2.0 */
/* Load an object as rex.ko does, but into ordinary memory. */
#ifndef REX_HOST_LOAD_H
#define REX_HOST_LOAD_H

#include "obj.h"
#include "reloc.h"

/* Addresses like those of modules and of the kernel. */
#define TEXT_ADDR 0xffffffffc0100000ull
#define RODATA_ADDR 0xffffffffc0200000ull
#define DATA_ADDR 0xffffffffc0300000ull
#define MEMCPY_ADDR 0xffffffff81001000ull
#define THUNK_ADDR 0xffffffff81c02000ull
#define PID_OFFSET 0x8d8

struct loaded {
	struct bytes file; /* the private copy */
	struct rex_elf elf;
	struct rex_elf_target t;
	u8 saves; /* what rex_check() has found, once it has been called */
};

/*
 * Resolves memcpy, __x86_return_thunk and __rex_off_task_struct_pid. @ctx, if
 * not NULL, is an unsigned int that counts the calls.
 */
int resolve(void *ctx, const char *name, struct rex_symbol *sym);

/*
 * Parses, copies and relocates a copy of @file, and checks the properties of
 * every accepted object. On success, call unload().
 */
int load(struct loaded *l, const struct bytes *file, struct rex_log *log);
void unload(struct loaded *l);

/* Only parse and copy; the caller relocates. */
int load_unrelocated(struct loaded *l, const struct bytes *file,
		     struct rex_log *log);

/* Read @path. Returns whether there is such a file. */
bool read_file(const char *path, struct bytes *file);

#endif /* REX_HOST_LOAD_H */
