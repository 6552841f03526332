// SPDX-License-Identifier: GPL-2.0
/* Broken configs (cases.h). */
#include "cases.h"

static struct rex_config_def *def(struct obj *o)
{
	obj_add_config(o, "MAX", REX_CONFIG_UNSIGNED, 8);
	return obj_config(o, 0);
}

static void config_without_name(struct obj *o)
{
	def(o);
	obj_sym(o, "MAX")->info = SYM_INFO(STB_GLOBAL, STT_NOTYPE);
}

static void config_section_out_of_step(struct obj *o)
{
	def(o);
	bytes_append(&obj_sec(o, REX_SEC_CONFIG)->data, NULL, 8);
}

static void config_symbol_short(struct obj *o)
{
	def(o);
	obj_sym(o, "MAX")->size = 8;
}

static void config_symbol_between(struct obj *o)
{
	def(o);
	obj_add_config(o, "MIN", REX_CONFIG_UNSIGNED, 8);
	obj_sym(o, "MAX")->value = 16;
}

static void config_def_size(struct obj *o)
{
	def(o)->size = 24;
}

static void config_of_no_bytes(struct obj *o)
{
	def(o)->value_size = 0;
}

static void config_larger_than_its_place(struct obj *o)
{
	def(o)->value_size = REX_CONFIG_LEN + 1;
}

static void config_size_wraps(struct obj *o)
{
	def(o)->value_size = 0xffffffff;
}

static void config_of_unknown_kind(struct obj *o)
{
	def(o)->kind = REX_CONFIG_BOOL + 1;
}

static void config_with_reserved_bits(struct obj *o)
{
	def(o)->reserved = 1;
}

static void config_name_twice(struct obj *o)
{
	def(o);
	obj_add_config(o, "MAX", REX_CONFIG_UNSIGNED, 8);
}

static void config_two_names(struct obj *o)
{
	def(o);
	obj_add_sym(o, "MAX2", SYM_INFO(STB_LOCAL, STT_OBJECT),
		    obj_sec_index(o, REX_SEC_CONFIG), 0,
		    sizeof(struct rex_config_def));
}

static void config_name_mangled(struct obj *o)
{
	obj_add_config(o, "MAX.llvm.1", REX_CONFIG_UNSIGNED, 8);
}

static void config_relocated(struct obj *o)
{
	def(o);
	obj_add_rela(o, obj_sec_index(o, REX_SEC_CONFIG), 16, R_X86_64_64,
		     obj_sym_index(o, "prog"), 0);
}

static void config_executable(struct obj *o)
{
	def(o);
	obj_sec(o, REX_SEC_CONFIG)->flags = SHF_ALLOC | SHF_EXECINSTR;
}

static void too_many_configs(struct obj *o)
{
	static char names[REX_MAX_CONFIGS + 1][8];
	u32 i;

	for (i = 0; i <= REX_MAX_CONFIGS; i++) {
		snprintf(names[i], sizeof(names[i]), "C%u", i);
		obj_add_config(o, names[i], REX_CONFIG_BOOL, 1);
	}
}

static const struct obj_case config[] = {
	MODEL_CASE(config_without_name, ENOEXEC,
		   "the config at .rex.config+0x0 has no name"),
	MODEL_CASE(config_section_out_of_step, ENOEXEC,
		   "the size of section .rex.config, 264, is not a multiple of 256"),
	MODEL_CASE(config_symbol_short, ENOEXEC,
		   "config MAX is not a struct rex_config_def of 256 bytes"),
	MODEL_CASE(config_symbol_between, ENOEXEC,
		   "config MAX is not a struct rex_config_def of 256 bytes"),
	MODEL_CASE(config_def_size, ENOEXEC,
		   "config MAX has a definition of 24 bytes, must be 256"),
	MODEL_CASE(config_of_no_bytes, ENOEXEC,
		   "config MAX has 0 bytes, must be 1 to 240"),
	MODEL_CASE(config_larger_than_its_place, ENOEXEC,
		   "config MAX has 241 bytes, must be 1 to 240"),
	MODEL_CASE(config_size_wraps, ENOEXEC,
		   "config MAX has 4294967295 bytes, must be 1 to 240"),
	MODEL_CASE(config_of_unknown_kind, ENOEXEC,
		   "config MAX is of kind 4, which is not supported"),
	MODEL_CASE(config_with_reserved_bits, ENOEXEC,
		   "config MAX is of kind 1, which is not supported"),
	MODEL_CASE(config_name_twice, ENOEXEC, "more than one config MAX"),
	MODEL_CASE(config_two_names, ENOEXEC,
		   "config MAX has a second name, MAX2"),
	MODEL_CASE(config_name_mangled, ENOEXEC,
		   "config name \"MAX.llvm.1\" is not a C identifier below 64 bytes"),
	MODEL_CASE(config_relocated, ENOEXEC,
		   "section .rex.config must not have relocations"),
	MODEL_CASE(config_executable, ENOEXEC,
		   "section .rex.config is executable"),
	MODEL_CASE(too_many_configs, ENOEXEC, "257 configs, the limit is 256"),
};

const struct obj_cases config_cases = { config, ARRAY_SIZE(config) };
