// SPDX-License-Identifier: GPL-2.0
/*
 * Configs: constants of a program that are set before it is loaded.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

/* Index in decls.configs, or a negative errno with an error text. */
static int rex_config_find(const struct rex_obj *obj, const char *name)
{
	__u32 i;

	for (i = 0; i < obj->decls.nr_configs; i++)
		if (!strcmp(obj->decls.configs[i].name, name))
			return i;
	if (!obj->decls.nr_configs)
		return rex_error(-ENOENT, "%s has no config %s, and no other",
				 obj->name, name);
	return rex_error(-ENOENT, "%s has no config %s; there are: %s%s",
			 obj->name, name, obj->decls.configs[0].name,
			 obj->decls.nr_configs > 1 ? " ..." : "");
}

static int rex_config_find_opened(const struct rex_obj *obj, const char *name)
{
	if (!obj || !name)
		return rex_error(-EINVAL, "no object or no config name");
	if (obj->state != REX_OBJ_OPENED)
		return rex_error(-EBUSY,
				 "%s has been loaded already: its configs are constants",
				 obj->name);
	return rex_config_find(obj, name);
}

int rex_obj_set_config(struct rex_obj *obj, const char *name, const void *value,
		       size_t size)
{
	int index = rex_config_find_opened(obj, name);
	struct rex_decl_config *config;

	if (index < 0)
		return index;
	if (!value)
		return rex_error(-EINVAL, "no value for config %s", name);
	config = &obj->decls.configs[index];
	if (size != config->def.value_size)
		return rex_error(-EMSGSIZE,
				 "config %s of %s has %u bytes, the value has %zu",
				 name, obj->name, config->def.value_size, size);
	memcpy(config->def.value, value, size);
	config->is_set = true;
	return 0;
}

/*
 * The low bytes of the number, if it is one that the config can have. No integer of 16
 * bytes is larger than what strtoull() reads.
 */
static int rex_config_parse_number(const struct rex_decl_config *config,
				   const char *text, unsigned char *value)
{
	bool is_signed = config->def.kind == REX_CONFIG_SIGNED;
	unsigned int bits = config->def.value_size * 8;
	unsigned long long number;
	char *end;
	bool negative = *text == '-';

	if (negative && !is_signed)
		return -ERANGE;
	errno = 0;
	/* strtoull() takes blanks and signs, also two. */
	if (text[negative] < '0' || text[negative] > '9')
		return -EINVAL;
	number = strtoull(text + negative, &end, 0);
	if (*end)
		return -EINVAL;
	if (errno)
		return -ERANGE;
	if (is_signed && bits <= 64) {
		unsigned long long limit = 1ull << (bits - 1);

		if (number > limit - !negative)
			return -ERANGE;
	} else if (bits < 64 && number >> bits) {
		return -ERANGE;
	}
	if (negative)
		number = -number;
	memset(value, negative && number ? 0xff : 0, config->def.value_size);
	memcpy(value, &number,
	       config->def.value_size < sizeof(number) ?
		       config->def.value_size :
		       sizeof(number));
	return 0;
}

static int rex_config_parse_bool(const char *text, unsigned char *value)
{
	if (!strcmp(text, "true") || !strcmp(text, "1"))
		*value = 1;
	else if (!strcmp(text, "false") || !strcmp(text, "0"))
		*value = 0;
	else
		return -EINVAL;
	return 0;
}

#define HEX "hex:"

/* Pairs of digits are bytes; the rest is filled up with zeroes. */
static int rex_config_parse_hex(const char *digits, unsigned char *value,
				size_t size)
{
	size_t len = strlen(digits), i;
	unsigned int byte;

	if (len != strspn(digits, "0123456789abcdefABCDEF") || len % 2)
		return -EINVAL;
	if (len / 2 > size)
		return -ERANGE;
	memset(value, 0, size);
	for (i = 0; i < len / 2; i++) {
		sscanf(digits + 2 * i, "%2x", &byte);
		value[i] = byte;
	}
	return 0;
}

static int rex_config_parse(const struct rex_decl_config *config,
			    const char *text, unsigned char *value)
{
	switch (config->def.kind) {
	case REX_CONFIG_BOOL:
		return rex_config_parse_bool(text, value);
	case REX_CONFIG_UNSIGNED:
	case REX_CONFIG_SIGNED:
		return rex_config_parse_number(config, text, value);
	}
	if (!strncmp(text, HEX, strlen(HEX)))
		return rex_config_parse_hex(text + strlen(HEX), value,
					    config->def.value_size);
	if (strlen(text) > config->def.value_size)
		return -ERANGE;
	memset(value, 0, config->def.value_size);
	memcpy(value, text, strlen(text));
	return 0;
}

/* The valid texts of a config of this type, for messages. */
static const char *rex_config_describe(const struct rex_config_def *def,
				       char *buf, size_t size)
{
	const char *form = "text of at most %u bytes, or hex: and their digits";

	if (def->kind == REX_CONFIG_BOOL)
		return "true or false";
	if (def->kind == REX_CONFIG_UNSIGNED)
		form = "a number of %u bytes, not negative";
	else if (def->kind == REX_CONFIG_SIGNED)
		form = "a number of %u bytes";
	snprintf(buf, size, form, def->value_size);
	return buf;
}

int rex_obj_set_config_text(struct rex_obj *obj, const char *name,
			    const char *text)
{
	int index = rex_config_find_opened(obj, name);
	unsigned char value[REX_CONFIG_LEN];
	struct rex_decl_config *config;
	char want[64];
	int err;

	if (index < 0)
		return index;
	if (!text)
		return rex_error(-EINVAL, "no value for config %s", name);
	config = &obj->decls.configs[index];
	err = rex_config_parse(config, text, value);
	if (err)
		return rex_error(err, "config %s of %s: '%.64s' is not %s",
				 name, obj->name, text,
				 rex_config_describe(&config->def, want,
						     sizeof(want)));
	return rex_obj_set_config(obj, name, value, config->def.value_size);
}

int rex_obj_get_config(const struct rex_obj *obj, const char *name, void *value,
		       size_t size)
{
	int index;

	if (!obj || !name || !value)
		return rex_error(-EINVAL, "no object, config name or buffer");
	index = rex_config_find(obj, name);
	if (index < 0)
		return index;
	if (size != obj->decls.configs[index].def.value_size)
		return rex_error(-EMSGSIZE,
				 "config %s of %s has %u bytes, the buffer %zu",
				 name, obj->name,
				 obj->decls.configs[index].def.value_size,
				 size);
	memcpy(value, obj->decls.configs[index].def.value, size);
	return 0;
}

int rex_obj_config(const struct rex_obj *obj, unsigned int index,
		   struct rex_config_info *info)
{
	const struct rex_decl_config *config;

	if (!obj || !info)
		return rex_error(-EINVAL, "no object or no struct to fill");
	if (index >= obj->decls.nr_configs)
		return rex_error(-ENOENT, "%s has %u configs", obj->name,
				 obj->decls.nr_configs);
	config = &obj->decls.configs[index];
	info->name = config->name;
	info->kind = config->def.kind;
	info->size = config->def.value_size;
	return 0;
}

__u32 rex_config_collect(const struct rex_obj *obj,
			 struct rex_config_value *values)
{
	const struct rex_decl_config *config;
	__u32 i, nr = 0;

	for (i = 0; i < obj->decls.nr_configs; i++) {
		config = &obj->decls.configs[i];
		if (!config->is_set)
			continue;
		values[nr] = (struct rex_config_value){
			.value = (uintptr_t)config->def.value,
			.size = config->def.value_size,
		};
		strcpy(values[nr++].name, config->name);
	}
	return nr;
}
