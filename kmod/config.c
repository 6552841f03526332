// SPDX-License-Identifier: GPL-2.0
#include "config.h"

const struct rex_elf_config *rex_config_find(const struct rex_elf *elf,
					     const char *name)
{
	u32 i;

	for (i = 0; i < elf->nr_configs; i++)
		if (!strncmp(elf->configs[i].name, name, REX_NAME_LEN))
			return &elf->configs[i];
	return NULL;
}

static int config_check_value(const struct rex_elf *elf,
			      const struct rex_config_value *value,
			      struct rex_log *log)
{
	const struct rex_elf_config *config = rex_config_find(elf, value->name);

	if (value->reserved)
		return -EINVAL;
	if (!config) {
		rex_log_err(log, "the object has no config %.*s", REX_NAME_LEN,
			    value->name);
		return -ENOENT;
	}
	if (value->size != config->def->value_size) {
		rex_log_err(log,
			    "config %s has %u bytes in the object, %u are given",
			    config->name, config->def->value_size, value->size);
		return -EMSGSIZE;
	}
	return 0;
}

int rex_config_check(const struct rex_elf *elf,
		     const struct rex_config_value *values, u32 nr,
		     struct rex_log *log)
{
	u32 i, k;

	for (i = 0; i < nr; i++) {
		int ret = config_check_value(elf, &values[i], log);

		if (ret)
			return ret;
		for (k = 0; k < i; k++) {
			if (strncmp(values[i].name, values[k].name,
				    REX_NAME_LEN))
				continue;
			rex_log_err(log, "config %.*s is given twice",
				    REX_NAME_LEN, values[i].name);
			return -EINVAL;
		}
	}
	return 0;
}
