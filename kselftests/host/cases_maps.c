// SPDX-License-Identifier: GPL-2.0
/* Broken definitions of maps (cases.h). */
#include <linux/bpf.h>

#include "cases.h"

static void map_without_name(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_sym(o, "pids")->info = SYM_INFO(STB_GLOBAL, STT_NOTYPE);
}

static void map_section_out_of_step(struct obj *o)
{
	obj_add_map(o, "pids");
	bytes_append(&obj_sec(o, REX_SEC_MAPS)->data, NULL, 8);
}

static void map_symbol_short(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_sym(o, "pids")->size = 8;
}

static void map_symbol_between(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_add_map(o, "more");
	obj_sym(o, "pids")->value = 8;
}

static void map_def_size(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_map(o, 0)->size = 24;
}

static void map_two_names(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_add_sym(o, "pids2", SYM_INFO(STB_LOCAL, STT_OBJECT),
		    obj_sec_index(o, REX_SEC_MAPS), 0,
		    sizeof(struct rex_map_def));
}

static void map_name_twice(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_add_map(o, "pids");
}

static void map_name_mangled(struct obj *o)
{
	obj_add_map(o, "pids.llvm.1234");
}

static void map_name_too_long(struct obj *o)
{
	obj_add_map(o,
		    "m123456789012345678901234567890123456789012345678901234567890123");
}

static struct rex_map_def *map_with_lock(struct obj *o, u32 offset)
{
	struct rex_map_def *def;

	obj_add_map(o, "pids");
	def = obj_map(o, 0);
	def->flags = REX_MAP_HAS_SPIN_LOCK;
	def->lock_offset = offset;
	return def;
}

static void map_flags_unknown(struct obj *o)
{
	map_with_lock(o, 0)->flags = 0x80;
}

static void map_lock_offset_without_lock(struct obj *o)
{
	map_with_lock(o, 4)->flags = 0;
}

static void map_lock_in_lru_hash(struct obj *o)
{
	map_with_lock(o, 0)->type = BPF_MAP_TYPE_LRU_HASH;
}

static void map_lock_not_preallocated(struct obj *o)
{
	map_with_lock(o, 0)->map_flags = BPF_F_NO_PREALLOC;
}

static void map_lock_beyond_value(struct obj *o)
{
	map_with_lock(o, 8);
}

static void map_lock_offset_wraps(struct obj *o)
{
	map_with_lock(o, -4u);
}

static void map_lock_misaligned(struct obj *o)
{
	map_with_lock(o, 2);
}

static void map_inner_of_hash(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_map(o, 0)->inner_type = BPF_MAP_TYPE_ARRAY;
}

static void map_of_maps_without_inner(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_map(o, 0)->type = BPF_MAP_TYPE_HASH_OF_MAPS;
}

static void map_inner_size_alone(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_map(o, 0)->inner_value_size = 8;
}

static void map_relocated(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_add_rela(o, obj_sec_index(o, REX_SEC_MAPS),
		     offsetof(struct rex_map_def, map), R_X86_64_64,
		     obj_sym_index(o, "counter"), 0);
}

static void map_optional_hash(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_map(o, 0)->flags = REX_MAP_OPTIONAL;
}

static void too_many_maps(struct obj *o)
{
	static char names[REX_MAX_MAPS + 1][16];
	u32 i;

	for (i = 0; i < REX_MAX_MAPS + 1; i++) {
		snprintf(names[i], sizeof(names[i]), "m%u", i);
		obj_add_map(o, names[i]);
	}
}

static const struct obj_case cases[] = {
	MODEL_CASE(map_without_name, ENOEXEC,
		   "the map at .rex.maps+0x0 has no name"),
	MODEL_CASE(map_section_out_of_step, ENOEXEC,
		   "the size of section .rex.maps, 88, is not a multiple of 80"),
	MODEL_CASE(map_symbol_short, ENOEXEC,
		   "map pids is not a struct rex_map_def of 80 bytes"),
	MODEL_CASE(map_symbol_between, ENOEXEC,
		   "map pids is not a struct rex_map_def of 80 bytes"),
	MODEL_CASE(map_def_size, ENOEXEC,
		   "map pids has a definition of 24 bytes, must be 80"),
	MODEL_CASE(map_two_names, ENOEXEC, "map pids has a second name, pids2"),
	MODEL_CASE(map_name_twice, ENOEXEC, "more than one map pids"),
	MODEL_CASE(map_flags_unknown, ENOEXEC,
		   "map pids has flags 0x80, which are not supported"),
	MODEL_CASE(map_lock_offset_without_lock, ENOEXEC,
		   "map pids has a lock offset and no lock"),
	MODEL_CASE(map_lock_in_lru_hash, ENOEXEC,
		   "map pids has a spin lock, and is no array or hash"),
	MODEL_CASE(map_lock_not_preallocated, ENOEXEC,
		   "map pids has a spin lock, and elements that are not preallocated"),
	MODEL_CASE(map_lock_beyond_value, ENOEXEC,
		   "map pids has no room for a spin lock at 8"),
	MODEL_CASE(map_lock_offset_wraps, ENOEXEC,
		   "map pids has no room for a spin lock at 4294967292"),
	MODEL_CASE(map_lock_misaligned, ENOEXEC,
		   "map pids has no room for a spin lock at 2"),
	MODEL_CASE(map_inner_of_hash, ENOEXEC,
		   "map pids is of type 1, with inner type 2"),
	MODEL_CASE(map_of_maps_without_inner, ENOEXEC,
		   "map pids is of type 13, with inner type 0"),
	MODEL_CASE(map_inner_size_alone, ENOEXEC,
		   "map pids has sizes of inner maps and no inner map"),
	MODEL_CASE(map_optional_hash, ENOEXEC,
		   "map pids of type 1 is optional, which only maps of tasks and cgroups can be"),
	MODEL_CASE(map_name_mangled, ENOEXEC,
		   "map name \"pids.llvm.1234\" is not a C identifier below 64 bytes"),
	MODEL_CASE(map_name_too_long, ENOEXEC,
		   "is not a C identifier below 64 bytes"),
	MODEL_CASE(map_relocated, ENOEXEC,
		   "section .rex.maps must not have relocations"),
	MODEL_CASE(too_many_maps, ENOEXEC, "257 maps, the limit is 256"),
};

const struct obj_cases map_cases = { cases, ARRAY_SIZE(cases) };
