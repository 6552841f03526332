// SPDX-License-Identifier: GPL-2.0
/* Object files: the values of .rex.config. */
#include "elf_private.h"

static int elf_check_config(const struct rex_elf *elf, u32 i,
			    struct rex_log *log)
{
	const struct rex_elf_config *config = &elf->configs[i];
	const struct rex_config_def *def = config->def;
	u32 k;

	if (!config->name)
		return rex_refuse(log, "the config at %s+0x%zx has no name",
				  REX_SEC_CONFIG, i * sizeof(*def));
	if (def->size != sizeof(*def))
		return rex_refuse(log,
				  "config %s has a definition of %u bytes, must be %zu",
				  config->name, def->size, sizeof(*def));
	if (def->kind > REX_CONFIG_BOOL || def->reserved)
		return rex_refuse(log,
				  "config %s is of kind %u, which is not supported",
				  config->name, def->kind);
	if (!def->value_size || def->value_size > REX_CONFIG_LEN)
		return rex_refuse(log,
				  "config %s has %u bytes, must be 1 to %u",
				  config->name, def->value_size,
				  REX_CONFIG_LEN);
	for (k = 0; k < i; k++)
		if (!strcmp(elf->configs[k].name, config->name))
			return rex_refuse(log, "more than one config %s",
					  config->name);
	rex_log_dbg(log, "config %s: kind %u, %u bytes", config->name,
		    def->kind, def->value_size);
	return 0;
}

int rex_elf_read_configs(struct rex_elf *elf, struct rex_log *log)
{
	u32 index = elf->index.config;
	const struct rex_elf_sec *sec = &elf->secs[index];
	u32 i, nr;
	int err;

	if (!index || !sec->size)
		return 0;
	err = rex_elf_check_table(elf, index, sizeof(struct rex_config_def),
				  log);
	if (err)
		return err;
	nr = sec->size / sizeof(struct rex_config_def);
	if (nr > REX_MAX_CONFIGS)
		return rex_refuse(log, "%u configs, the limit is %u", nr,
				  REX_MAX_CONFIGS);
	elf->configs = kvcalloc(nr, sizeof(*elf->configs), REX_GFP);
	if (!elf->configs)
		return -ENOMEM;
	elf->nr_configs = nr;
	err = rex_elf_name_definitions(elf,
				       &(struct rex_elf_named){
					       "config",
					       "struct rex_config_def",
					       sizeof(struct rex_config_def),
					       index, &elf->configs->name,
					       sizeof(*elf->configs) },
				       log);
	for (i = 0; !err && i < nr; i++) {
		elf->configs[i].def =
			(const struct rex_config_def *)sec->data + i;
		elf->configs[i].offset =
			sec->offset + i * sizeof(struct rex_config_def);
		err = elf_check_config(elf, i, log);
	}
	return err;
}
