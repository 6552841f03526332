/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A config is a constant of a program that LOAD sets: a definition in .rex.config, which
 * lies in the image's read-only data.
 *
 * This file uses only portable.h, as the parser of objects does.
 */
#ifndef _REX_CONFIG_H
#define _REX_CONFIG_H

#include "elf.h"
#include "log.h"

/**
 * rex_config_check() - check the values that LOAD is given
 * @elf:	the object
 * @values:	names, sizes and reserved fields; the pointers are not looked at
 * @nr:		how many
 * @log:	receives the reason of a refusal
 *
 * Return: 0; -ENOENT for a name that the object does not have, -EINVAL for one that is
 * there twice, -EMSGSIZE for a value of another size.
 */
int rex_config_check(const struct rex_elf *elf,
		     const struct rex_config_value *values, u32 nr,
		     struct rex_log *log);

/* Returns the config of that name, or NULL. */
const struct rex_elf_config *rex_config_find(const struct rex_elf *elf,
					     const char *name);

/* Returns the offset of its value in the RODATA segment. */
static inline u32 rex_config_offset(const struct rex_elf_config *config)
{
	return config->offset + offsetof(struct rex_config_def, value);
}

#endif /* _REX_CONFIG_H */
