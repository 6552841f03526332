/* SPDX-License-Identifier: GPL-2.0 */
/* The runtime's symbols, with made-up addresses, for objects of the toolchain. */
#ifndef REX_HOST_RUNTIME_H
#define REX_HOST_RUNTIME_H

#include "check.h"
#include "load.h"

/* Resolves as resolve() does, and knows every name: functions, thunks, offsets of fields. */
int runtime_resolve(void *ctx, const char *name, struct rex_symbol *sym);

/* Loads as load() does, with these symbols, and with the check (kmod/check.h). */
int runtime_load(struct loaded *l, const struct bytes *file, bool plain_returns,
		 struct rex_log *log);

/*
 * Does what load() does, as its resolver knows the names, and checks the code. The decoders
 * have to agree. On success, call unload().
 */
int load_checked(struct loaded *l, const struct bytes *file,
		 struct rex_log *log);

#endif /* REX_HOST_RUNTIME_H */
