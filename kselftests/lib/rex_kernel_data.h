/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Load programs of programs/kernel_data, which read the kernel's data by name.
 */
#ifndef _REX_KERNEL_DATA_H
#define _REX_KERNEL_DATA_H

#include "rex_util.h"
#include "names/kernel_data.h"

/* The object that is loaded. */
extern struct rex_obj *kernel_data;

/* Load the object, attach PROGRAM, and have it look at this process only. */
void load_kernel_data(const char *program);

/* PROGRAM must have had no fault. */
void unload_kernel_data(const char *program);

/* Returns the number INDEX that the program wrote. */
__u64 kernel_number(__u32 index);

#endif
