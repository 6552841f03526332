// SPDX-License-Identifier: GPL-2.0
/* Object files: the ABI note, programs and maps. */
#include <linux/bpf.h>

#include "cpu_features.h"
#include "elf_private.h"
#include "mapkind.h"
#include "progtype.h"

/* ---- names ---- */

/* not isalpha(): that of the kernel accepts the letters of Latin-1 */
static bool elf_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool rex_elf_is_identifier(const char *s)
{
	if (!elf_is_letter(*s))
		return false;
	while (elf_is_letter(*s) || (*s >= '0' && *s <= '9'))
		s++;
	return !*s;
}

/*
 * Returns whether a string in an array of @size bytes ends and is printable
 * ASCII.
 */
static bool elf_is_text(const char *s, size_t size)
{
	size_t i;

	for (i = 0; i < size && s[i]; i++)
		if (s[i] < ' ' || s[i] > '~')
			return false;
	return i < size;
}

/* ---- .note.rex ---- */

/* The note of most objects ends before the features. */
static int elf_read_features(struct rex_elf *elf, u32 size, struct rex_log *log)
{
	const struct rex_note_cpu *note = (const void *)elf->note;
	char names[REX_CPU_NAMES_LEN];
	u32 unknown;

	if (size < sizeof(*note))
		return 0;
	elf->cpu_features = note->cpu_features;
	unknown = elf->cpu_features & ~REX_CPU_KNOWN;
	if (!unknown)
		return 0;
	rex_cpu_names(unknown, names, sizeof(names));
	return rex_refuse(log,
			  "the object needs features of the CPU that this module does not know: %s",
			  names);
}

static int elf_check_abi(const struct rex_note *note, u32 size,
			 struct rex_log *log)
{
	/* The version comes first: another one may have another descriptor. */
	if (size < sizeof(note->abi))
		return rex_refuse(log, "the note in %s is too short",
				  REX_SEC_NOTE);
	if (note->abi != REX_ABI_VERSION) {
		rex_log_err(log,
			    "the object is for ABI %u, this module speaks %u",
			    note->abi, REX_ABI_VERSION);
		return -EPROTO;
	}
	if (size != sizeof(*note) && size != sizeof(struct rex_note_cpu))
		return rex_refuse(log,
				  "the note in %s has %u bytes, ABI %u has %zu or %zu",
				  REX_SEC_NOTE, size, REX_ABI_VERSION,
				  sizeof(*note), sizeof(struct rex_note_cpu));
	if (!elf_is_text(note->rustc, sizeof(note->rustc)))
		return rex_refuse(log,
				  "the compiler's version in %s is not text",
				  REX_SEC_NOTE);
	rex_log_dbg(log, "ABI %u, crate %u.%u.%u, compiler %s", note->abi,
		    note->crate_version >> 16, note->crate_version >> 8 & 0xff,
		    note->crate_version & 0xff, note->rustc);
	return 0;
}

int rex_elf_read_note(struct rex_elf *elf, struct rex_log *log)
{
	const struct rex_elf_sec *sec = &elf->secs[elf->index.note];
	const size_t head = sizeof(Elf64_Nhdr) + sizeof(REX_NOTE_NAME);
	const Elf64_Nhdr *nh = (const Elf64_Nhdr *)sec->data;
	int err;

	if (!elf->index.note)
		return rex_refuse(log,
				  "no section %s: not built with the rex crate",
				  REX_SEC_NOTE);
	if (!IS_ALIGNED(elf->shdrs[elf->index.note].sh_offset, 4))
		return rex_refuse(log, "section %s is not aligned in the file",
				  REX_SEC_NOTE);
	if (sec->size < head || nh->n_descsz != sec->size - head)
		return rex_refuse(log, "section %s is not one note",
				  REX_SEC_NOTE);
	if (nh->n_namesz != sizeof(REX_NOTE_NAME) ||
	    nh->n_type != REX_NOTE_TYPE ||
	    memcmp(nh + 1, REX_NOTE_NAME, sizeof(REX_NOTE_NAME)))
		return rex_refuse(log,
				  "the note in %s is not named %s, type %u",
				  REX_SEC_NOTE, REX_NOTE_NAME, REX_NOTE_TYPE);
	elf->note = (const struct rex_note *)(sec->data + head);
	err = elf_check_abi(elf->note, nh->n_descsz, log);
	return err ?: elf_read_features(elf, nh->n_descsz, log);
}

/* ---- .rex.progs ---- */

/* Accept only the kinds that attributes of the crate make: see progtypes.def. */
static int elf_check_kind(const struct rex_prog_def *def, struct rex_log *log)
{
	const struct rex_prog_kind *kind =
		rex_prog_kind_find(def->type, def->attach_type, def->section);

	if (!kind)
		return rex_refuse(log,
				  "program %s: no attribute of the crate makes type %u, attach type %u, section \"%s\"",
				  def->name, def->type, def->attach_type,
				  def->section);
	if (!(def->flags & REX_PROG_HAS_DEFAULT_RET))
		return 0;
	if (def->default_ret < kind->min_ret ||
	    def->default_ret > kind->max_ret)
		return rex_refuse(log,
				  "program %s has default_ret %d; one of type %s is from %d to %d",
				  def->name, def->default_ret, kind->name,
				  kind->min_ret, kind->max_ret);
	return 0;
}

static int elf_check_prog(const struct rex_elf *elf,
			  const struct rex_prog_def *def, u32 i,
			  struct rex_log *log)
{
	u32 k;

	if (def->size != sizeof(*def))
		return rex_refuse(log,
				  "program %u has a definition of %u bytes, must be %zu",
				  i, def->size, sizeof(*def));
	if (!elf_is_text(def->name, sizeof(def->name)) ||
	    !rex_elf_is_identifier(def->name))
		return rex_refuse(log,
				  "the name of program %u is not a C identifier",
				  i);
	if (!def->section[0] ||
	    !elf_is_text(def->section, sizeof(def->section)))
		return rex_refuse(log, "program %s has no valid section name",
				  def->name);
	if (def->flags & ~REX_PROG_HAS_DEFAULT_RET)
		return rex_refuse(log,
				  "program %s has flags 0x%x, which are not supported",
				  def->name, def->flags);
	for (k = 0; k < i; k++) {
		if (!strcmp(elf->progs[k].def->name, def->name))
			return rex_refuse(log, "more than one program %s",
					  def->name);
	}
	return elf_check_kind(def, log);
}

static int elf_read_prog(struct rex_elf *elf, u32 i, u32 *next,
			 struct rex_log *log)
{
	const struct rex_elf_sec *sec = &elf->secs[elf->index.progs];
	const struct rex_prog_def *def =
		(const struct rex_prog_def *)sec->data + i;
	u32 entry = i * sizeof(*def) + offsetof(struct rex_prog_def, entry);
	u32 text;
	int err;

	err = elf_check_prog(elf, def, i, log);
	if (!err)
		err = rex_elf_text_pointer(elf, elf->index.progs, entry, next,
					   &text, log);
	if (err)
		return err;
	elf->progs[i].def = def;
	elf->progs[i].func = rex_elf_func_at(elf, text);
	if (!elf->progs[i].func)
		return rex_refuse(log,
				  "the entry of program %s is not that of a function",
				  def->name);
	rex_log_dbg(log, "program %s: type %u, section \"%s\", entry %s",
		    def->name, def->type, def->section,
		    elf->progs[i].func->name);
	return 0;
}

int rex_elf_read_progs(struct rex_elf *elf, struct rex_log *log)
{
	u32 index = elf->index.progs;
	u32 next = 0;
	u32 i, nr;
	int err;

	if (!index || !elf->secs[index].size)
		return rex_refuse(log, "no program");
	err = rex_elf_check_table(elf, index, sizeof(struct rex_prog_def), log);
	if (err)
		return err;
	nr = elf->secs[index].size / sizeof(struct rex_prog_def);
	if (nr > REX_MAX_PROGS)
		return rex_refuse(log, "%u programs, the limit is %u", nr,
				  REX_MAX_PROGS);
	elf->progs = kvcalloc(nr, sizeof(*elf->progs), REX_GFP);
	if (!elf->progs)
		return -ENOMEM;
	elf->nr_progs = nr;
	for (i = 0; i < nr; i++) {
		err = elf_read_prog(elf, i, &next, log);
		if (err)
			return err;
	}
	if (next < elf->secs[index].nr_relas)
		return rex_refuse(log, "unexpected relocation at %s+0x%llx",
				  REX_SEC_PROGS,
				  elf->secs[index].relas[next].r_offset);
	return 0;
}

/* ---- names ---- */

static int elf_name_definition(const struct rex_elf *elf,
			       const struct rex_elf_named *named,
			       const Elf64_Sym *sym, struct rex_log *log)
{
	const char *name = rex_elf_sym_name(elf, sym);
	const char **place;

	if (sym->st_value % named->size || sym->st_size != named->size)
		return rex_refuse(log, "%s %s is not a %s of %zu bytes",
				  named->what, name, named->type, named->size);
	if (!rex_elf_is_identifier(name) || strlen(name) >= REX_NAME_LEN)
		return rex_refuse(log,
				  "%s name \"%s\" is not a C identifier below %u bytes",
				  named->what, name, REX_NAME_LEN);
	place = (void *)named->names +
		sym->st_value / named->size * named->stride;
	if (*place)
		return rex_refuse(log, "%s %s has a second name, %s",
				  named->what, *place, name);
	*place = name;
	return 0;
}

int rex_elf_name_definitions(const struct rex_elf *elf,
			     const struct rex_elf_named *named,
			     struct rex_log *log)
{
	u32 i;
	int err;

	for (i = 1; i < elf->nr_syms; i++) {
		const Elf64_Sym *sym = &elf->syms[i];

		if (sym->st_shndx != named->index ||
		    ELF64_ST_TYPE(sym->st_info) != STT_OBJECT)
			continue;
		err = elf_name_definition(elf, named, sym, log);
		if (err)
			return err;
	}
	return 0;
}

/* ---- .rex.maps ---- */

/*
 * No lock may be in a hash that allocates its elements one by one: the kernel may set
 * the lock of a deleted element to 0 for its next use while a run holds it and others
 * wait for it.
 */
static int elf_check_lock(const struct rex_elf_map *map, struct rex_log *log)
{
	const struct rex_map_def *def = map->def;

	if (def->flags & ~(REX_MAP_HAS_SPIN_LOCK | REX_MAP_OPTIONAL))
		return rex_refuse(log,
				  "map %s has flags 0x%x, which are not supported",
				  map->name, def->flags);
	if (!(def->flags & REX_MAP_HAS_SPIN_LOCK))
		return def->lock_offset ?
			       rex_refuse(log,
					  "map %s has a lock offset and no lock",
					  map->name) :
			       0;
	if (rex_map_kind(def->type).lock != REX_MAP_LOCK)
		return rex_refuse(log,
				  "map %s has a spin lock, and is no array or hash",
				  map->name);
	if (def->map_flags & BPF_F_NO_PREALLOC)
		return rex_refuse(log,
				  "map %s has a spin lock, and elements that are not preallocated",
				  map->name);
	if (def->lock_offset % sizeof(struct bpf_spin_lock) ||
	    def->lock_offset + sizeof(struct bpf_spin_lock) > def->value_size)
		return rex_refuse(log,
				  "map %s has no room for a spin lock at %u",
				  map->name, def->lock_offset);
	return 0;
}

static int elf_check_inner(const struct rex_elf_map *map, struct rex_log *log)
{
	const struct rex_map_def *def = map->def;

	if (!def->inner_type !=
	    (rex_map_kind(def->type).access != REX_MAP_MAPS))
		return rex_refuse(log,
				  "map %s is of type %u, with inner type %u",
				  map->name, def->type, def->inner_type);
	if (!def->inner_type &&
	    (def->inner_key_size || def->inner_value_size ||
	     def->inner_max_entries || def->inner_map_flags))
		return rex_refuse(log,
				  "map %s has sizes of inner maps and no inner map",
				  map->name);
	return 0;
}

/* Programs look before they use such a map: see kernel_map() of the crate. */
static int elf_check_optional(const struct rex_elf_map *map,
			      struct rex_log *log)
{
	if (map->def->flags & REX_MAP_OPTIONAL &&
	    rex_map_kind(map->def->type).access != REX_MAP_OWNED)
		return rex_refuse(log,
				  "map %s of type %u is optional, which only maps of tasks and cgroups can be",
				  map->name, map->def->type);
	return 0;
}

static int elf_check_map(const struct rex_elf *elf, u32 i, struct rex_log *log)
{
	const struct rex_elf_map *map = &elf->maps[i];
	int err;
	u32 k;

	if (!map->name)
		return rex_refuse(log, "the map at %s+0x%zx has no name",
				  REX_SEC_MAPS, i * sizeof(*map->def));
	if (map->def->size != sizeof(*map->def))
		return rex_refuse(log,
				  "map %s has a definition of %u bytes, must be %zu",
				  map->name, map->def->size, sizeof(*map->def));
	for (k = 0; k < i; k++) {
		if (!strcmp(elf->maps[k].name, map->name))
			return rex_refuse(log, "more than one map %s",
					  map->name);
	}
	err = elf_check_lock(map, log);
	if (!err)
		err = elf_check_inner(map, log);
	if (!err)
		err = elf_check_optional(map, log);
	if (err)
		return err;
	rex_log_dbg(log, "map %s: type %u, key %u, value %u, %u entries",
		    map->name, map->def->type, map->def->key_size,
		    map->def->value_size, map->def->max_entries);
	return 0;
}

int rex_elf_read_maps(struct rex_elf *elf, struct rex_log *log)
{
	u32 index = elf->index.maps;
	const struct rex_elf_sec *sec = &elf->secs[index];
	u32 i, nr;
	int err;

	if (!index || !sec->size)
		return 0;
	err = rex_elf_check_table(elf, index, sizeof(struct rex_map_def), log);
	if (err)
		return err;
	nr = sec->size / sizeof(struct rex_map_def);
	if (nr > REX_MAX_MAPS)
		return rex_refuse(log, "%u maps, the limit is %u", nr,
				  REX_MAX_MAPS);
	elf->maps = kvcalloc(nr, sizeof(*elf->maps), REX_GFP);
	if (!elf->maps)
		return -ENOMEM;
	elf->nr_maps = nr;

	err = rex_elf_name_definitions(elf,
				       &(struct rex_elf_named){
					       "map", "struct rex_map_def",
					       sizeof(struct rex_map_def),
					       index, &elf->maps->name,
					       sizeof(*elf->maps) },
				       log);
	if (err)
		return err;
	for (i = 0; i < nr; i++) {
		elf->maps[i].def = (const struct rex_map_def *)sec->data + i;
		elf->maps[i].offset =
			sec->offset + i * sizeof(struct rex_map_def);
		err = elf_check_map(elf, i, log);
		if (err)
			return err;
	}
	return 0;
}
