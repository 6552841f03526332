/* SPDX-License-Identifier: GPL-2.0 */
/* Declarations that the files of the loader (load.h) share. */
#ifndef _REX_LOAD_PRIVATE_H
#define _REX_LOAD_PRIVATE_H

#include <linux/align.h>

#include "elf.h"
#include "image.h"
#include "load.h"
#include "load_audit.h"
#include "log.h"
#include "signature.h"

/* ---- load_args.c: the arguments of the call ---- */

/* Copies of the memory that the arguments of the ioctl point to. */
struct rex_load_input {
	void *elf;
	struct rex_map_fd *fds;
	struct rex_config_value *configs;
	struct rex_signature sig;
	struct rex_log log;
	struct rex_load_audit audit;
};

int rex_load_check_args(const struct rex_load *args);

/* The caller frees @in, which was zero, also after an error. */
void rex_load_init_log(struct rex_log *log, const struct rex_load *args);
int rex_load_copy_input(struct rex_load_input *in, const struct rex_load *args);
void rex_load_free_input(struct rex_load_input *in);

/* The caller gets the log whether the load succeeded or not. */
int rex_load_copy_log(const struct rex_log *log, struct rex_load *args);

/* ---- load_progs.c: programs, their thunks, and functions ---- */

/* Returns where the thunks begin in the text. */
static inline u32 rex_load_thunks_offset(const struct rex_image *image)
{
	return ALIGN(image->text_len, 16);
}

/* Refuse programs that this machine cannot run as they ask for. */
int rex_load_check_progs(const struct rex_elf *elf, struct rex_log *log);

/* These are steps of load_build(). What they allocate goes with the image. */
int rex_load_emit_pads(struct rex_image *image, const struct rex_elf *elf);
int rex_load_init_progs(struct rex_image *image, const struct rex_elf *elf,
			struct rex_log *log);
int rex_load_init_funcs(struct rex_image *image, const struct rex_elf *elf);

#endif /* _REX_LOAD_PRIVATE_H */
