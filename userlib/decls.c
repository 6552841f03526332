// SPDX-License-Identifier: GPL-2.0
/*
 * librex reads the declarations in an object file: its note, its programs, its maps and
 * its configs.
 *
 * The file may be hostile. rex.ko checks everything that the kernel depends on; this file
 * checks only what the library reads, and every error names the place.
 */
#include <ctype.h>
#include <errno.h>
#include <libelf.h>
#include <stdlib.h>

#include "elf_file.h"
#include "internal.h"

static bool rex_decls_is_identifier(const char *name, size_t len)
{
	size_t i;

	if (!memchr(name, 0, len))
		return false;
	if (!isalpha((unsigned char)name[0]) && name[0] != '_')
		return false;
	for (i = 1; name[i]; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return false;
	return true;
}

/* Section names go to libbpf and into messages: graphic ASCII only. */
static bool rex_decls_is_section_name(const char *name, size_t len)
{
	size_t i;

	if (!memchr(name, 0, len) || !name[0])
		return false;
	for (i = 0; name[i]; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	return true;
}

/* The ABI version is read first, as the layout of everything else depends on it. */
static int rex_decls_read_note(const struct rex_elf_file *file,
			       struct rex_decls *decls)
{
	const char *buf = file->note->d_buf;
	size_t size = file->note->d_size;
	size_t desc = sizeof(Elf64_Nhdr) + sizeof(REX_NOTE_NAME);
	Elf64_Nhdr nhdr;

	/* "Rex" and its NUL fill four bytes, so the descriptor follows without padding. */
	_Static_assert(sizeof(REX_NOTE_NAME) % 4 == 0, "note name padding");

	if (size < desc + sizeof(decls->note.abi))
		return rex_error(-ENOEXEC, "section " REX_SEC_NOTE
					   " is too short for a note");
	memcpy(&nhdr, buf, sizeof(nhdr));
	if (nhdr.n_namesz != sizeof(REX_NOTE_NAME) ||
	    memcmp(buf + sizeof(nhdr), REX_NOTE_NAME, sizeof(REX_NOTE_NAME)) ||
	    nhdr.n_type != REX_NOTE_TYPE)
		return rex_error(-ENOEXEC, "section " REX_SEC_NOTE
					   " holds another note than Rex's");

	memcpy(&decls->note.abi, buf + desc, sizeof(decls->note.abi));
	if (decls->note.abi != REX_ABI_VERSION)
		return rex_error(-EPROTO,
				 "the object is of ABI %u, librex speaks %u",
				 decls->note.abi, REX_ABI_VERSION);
	if (nhdr.n_descsz < sizeof(decls->note) ||
	    size < desc + sizeof(decls->note))
		return rex_error(-ENOEXEC,
				 "the note in " REX_SEC_NOTE " is too short");
	memcpy(&decls->note, buf + desc, sizeof(decls->note));
	decls->note.rustc[REX_VERSION_LEN - 1] = '\0';
	if (nhdr.n_descsz >= sizeof(struct rex_note_cpu) &&
	    size >= desc + sizeof(struct rex_note_cpu))
		memcpy(&decls->cpu_features,
		       buf + desc + offsetof(struct rex_note_cpu, cpu_features),
		       sizeof(decls->cpu_features));
	return 0;
}

/* Number of elements in a section that is an array, or a negative errno. */
static int rex_decls_count(const Elf_Data *data, const char *name, size_t elem,
			   size_t max)
{
	if (data->d_size % elem)
		return rex_error(-ENOEXEC,
				 "size %zu of section %s is no multiple of %zu",
				 data->d_size, name, elem);
	if (data->d_size / elem > max)
		return rex_error(-ENOEXEC,
				 "%zu elements in section %s, at most %zu",
				 data->d_size / elem, name, max);
	return data->d_size / elem;
}

static int rex_decls_check_prog(const struct rex_decls *decls, __u32 index)
{
	const struct rex_prog_def *prog = &decls->progs[index];
	__u32 i;

	if (prog->size != sizeof(*prog))
		return rex_error(-ENOEXEC,
				 "program %u in " REX_SEC_PROGS
				 " has size %u, not %zu",
				 index, prog->size, sizeof(*prog));
	if (!rex_decls_is_identifier(prog->name, sizeof(prog->name)))
		return rex_error(-ENOEXEC,
				 "name of program %u in " REX_SEC_PROGS
				 " is not a C identifier that ends in NUL",
				 index);
	if (!rex_decls_is_section_name(prog->section, sizeof(prog->section)))
		return rex_error(-ENOEXEC,
				 "section name of program %s is not printable "
				 "text that ends in NUL",
				 prog->name);
	for (i = 0; i < index; i++)
		if (!strcmp(decls->progs[i].name, prog->name))
			return rex_error(-ENOEXEC, "two programs are named %s",
					 prog->name);
	return 0;
}

static int rex_decls_read_progs(const struct rex_elf_file *file,
				struct rex_decls *decls)
{
	int err, nr;
	__u32 i;

	nr = rex_decls_count(file->progs, REX_SEC_PROGS, sizeof(*decls->progs),
			     REX_MAX_PROGS);
	if (nr < 0)
		return nr;
	if (!nr)
		return rex_error(-ENOEXEC,
				 "section " REX_SEC_PROGS " is empty");

	decls->progs = calloc(nr, sizeof(*decls->progs));
	if (!decls->progs)
		return rex_error_errno(-ENOMEM, "programs");
	memcpy(decls->progs, file->progs->d_buf, nr * sizeof(*decls->progs));
	decls->nr_progs = nr;

	for (i = 0; i < decls->nr_progs; i++) {
		err = rex_decls_check_prog(decls, i);
		if (err)
			return err;
	}
	return 0;
}

/* The definitions in a section, which symbols give their names. */
struct rex_decls_named {
	const char *what;
	const char *section;
	size_t index; /* of the section */
	size_t size; /* of a definition */
	__u32 nr;
	char *names; /* that of the first one: an array of REX_NAME_LEN */
	size_t stride;
};

static int rex_decls_name_definition(const struct rex_elf_file *file,
				     const struct rex_decls_named *named,
				     const Elf64_Sym *sym)
{
	const char *name;
	char *place;

	if (sym->st_value % named->size ||
	    sym->st_value / named->size >= named->nr)
		return rex_error(-ENOEXEC,
				 "a symbol at %s+0x%llx is not at the start of a %s",
				 named->section,
				 (unsigned long long)sym->st_value,
				 named->what);
	place = named->names + sym->st_value / named->size * named->stride;

	name = elf_strptr(file->elf, file->strtab_index, sym->st_name);
	if (!name || strlen(name) >= REX_NAME_LEN ||
	    !rex_decls_is_identifier(name, REX_NAME_LEN))
		return rex_error(-ENOEXEC,
				 "name of the %s at %s+0x%llx is not a C identifier of at most %u characters",
				 named->what, named->section,
				 (unsigned long long)sym->st_value,
				 REX_NAME_LEN - 1);
	if (place[0])
		return rex_error(-ENOEXEC, "%s %s has a second name, %s",
				 named->what, place, name);
	strcpy(place, name);
	return 0;
}

/* Each object symbol in the section names the definition at its place. */
static int rex_decls_name_definitions(const struct rex_elf_file *file,
				      const struct rex_decls_named *named)
{
	const char *syms = file->syms->d_buf;
	size_t nr = file->syms->d_size / sizeof(Elf64_Sym);
	Elf64_Sym sym;
	size_t i;
	int err;

	for (i = 0; i < nr; i++) {
		memcpy(&sym, syms + i * sizeof(sym), sizeof(sym));
		if (sym.st_shndx != named->index ||
		    ELF64_ST_TYPE(sym.st_info) != STT_OBJECT)
			continue;
		err = rex_decls_name_definition(file, named, &sym);
		if (err)
			return err;
	}
	return 0;
}

/* Checks the fields that become the map's BTF. */
static int rex_decls_check_lock(const struct rex_decl_map *map)
{
	const struct rex_map_def *def = &map->def;

	if (def->flags & ~(REX_MAP_HAS_SPIN_LOCK | REX_MAP_OPTIONAL))
		return rex_error(-ENOEXEC,
				 "map %s has flags %#x, of which librex does "
				 "not know all",
				 map->name, def->flags);
	if (!(def->flags & REX_MAP_HAS_SPIN_LOCK))
		return 0;
	if (def->lock_offset % sizeof(struct bpf_spin_lock) ||
	    def->lock_offset + sizeof(struct bpf_spin_lock) > def->value_size)
		return rex_error(-ENOEXEC,
				 "map %s has no room for a spin lock at %u",
				 map->name, def->lock_offset);
	return 0;
}

static int rex_decls_check_map(const struct rex_decls *decls, __u32 index)
{
	const struct rex_decl_map *map = &decls->maps[index];
	__u32 i;

	if (!map->name[0])
		return rex_error(-ENOEXEC,
				 "the map at " REX_SEC_MAPS
				 "+0x%zx has no symbol",
				 index * sizeof(map->def));
	if (map->def.size != sizeof(map->def))
		return rex_error(-ENOEXEC, "map %s has size %u, not %zu",
				 map->name, map->def.size, sizeof(map->def));
	if (map->def.type == BPF_MAP_TYPE_UNSPEC)
		return rex_error(-ENOEXEC, "map %s has no type", map->name);
	for (i = 0; i < index; i++)
		if (!strcmp(decls->maps[i].name, map->name))
			return rex_error(-ENOEXEC, "two maps are named %s",
					 map->name);
	return rex_decls_check_lock(map);
}

static int rex_decls_read_maps(const struct rex_elf_file *file,
			       struct rex_decls *decls)
{
	const char *defs;
	int err, nr;
	__u32 i;

	if (!file->maps)
		return 0;
	nr = rex_decls_count(file->maps, REX_SEC_MAPS,
			     sizeof(struct rex_map_def), REX_MAX_MAPS);
	if (nr <= 0)
		return nr;

	decls->maps = calloc(nr, sizeof(*decls->maps));
	if (!decls->maps)
		return rex_error_errno(-ENOMEM, "maps");
	decls->nr_maps = nr;
	defs = file->maps->d_buf;
	for (i = 0; i < decls->nr_maps; i++)
		memcpy(&decls->maps[i].def,
		       defs + i * sizeof(decls->maps[i].def),
		       sizeof(decls->maps[i].def));

	err = rex_decls_name_definitions(file,
					 &(struct rex_decls_named){
						 "map", REX_SEC_MAPS,
						 file->maps_index,
						 sizeof(struct rex_map_def),
						 decls->nr_maps,
						 decls->maps->name,
						 sizeof(*decls->maps) });
	for (i = 0; !err && i < decls->nr_maps; i++)
		err = rex_decls_check_map(decls, i);
	return err;
}

/* ---- .rex.config ---- */

static int rex_decls_check_config(const struct rex_decls *decls, __u32 index)
{
	const struct rex_decl_config *config = &decls->configs[index];
	const struct rex_config_def *def = &config->def;

	if (!config->name[0])
		return rex_error(-ENOEXEC,
				 "the config at " REX_SEC_CONFIG
				 "+0x%zx has no symbol",
				 index * sizeof(*def));
	if (def->size != sizeof(*def))
		return rex_error(-ENOEXEC, "config %s has size %u, not %zu",
				 config->name, def->size, sizeof(*def));
	if (!def->value_size || def->value_size > REX_CONFIG_LEN ||
	    (def->kind != REX_CONFIG_BYTES && def->value_size > 16) ||
	    (def->kind == REX_CONFIG_BOOL && def->value_size != 1))
		return rex_error(-ENOEXEC,
				 "config %s of kind %u has a value of %u bytes",
				 config->name, def->kind, def->value_size);
	return 0;
}

static int rex_decls_read_configs(const struct rex_elf_file *file,
				  struct rex_decls *decls)
{
	const char *defs;
	int err, nr;
	__u32 i;

	if (!file->configs)
		return 0;
	nr = rex_decls_count(file->configs, REX_SEC_CONFIG,
			     sizeof(struct rex_config_def), REX_MAX_CONFIGS);
	if (nr <= 0)
		return nr;

	decls->configs = calloc(nr, sizeof(*decls->configs));
	if (!decls->configs)
		return rex_error_errno(-ENOMEM, "configs");
	decls->nr_configs = nr;
	defs = file->configs->d_buf;
	for (i = 0; i < decls->nr_configs; i++)
		memcpy(&decls->configs[i].def,
		       defs + i * sizeof(decls->configs[i].def),
		       sizeof(decls->configs[i].def));

	err = rex_decls_name_definitions(file,
					 &(struct rex_decls_named){
						 "config", REX_SEC_CONFIG,
						 file->configs_index,
						 sizeof(struct rex_config_def),
						 decls->nr_configs,
						 decls->configs->name,
						 sizeof(*decls->configs) });
	for (i = 0; !err && i < decls->nr_configs; i++)
		err = rex_decls_check_config(decls, i);
	return err;
}

int rex_decls_find_map(const struct rex_decls *decls, const char *name)
{
	__u32 i;

	for (i = 0; i < decls->nr_maps; i++)
		if (!strcmp(decls->maps[i].name, name))
			return i;
	return -ENOENT;
}

/* ---- .rex.types ---- */

/* Three texts for each map: its name, and the types of keys and values. */
static int rex_decls_read_types(const struct rex_elf_file *file,
				struct rex_decls *decls)
{
	size_t size = file->types ? file->types->d_size : 0;
	const char *at, *end, *texts[3];
	int i, index;

	if (!size)
		return 0;
	decls->types = malloc(size);
	if (!decls->types)
		return rex_error_errno(-ENOMEM, "types of maps");
	memcpy(decls->types, file->types->d_buf, size);
	end = decls->types + size;
	if (end[-1])
		return rex_error(-ENOEXEC, "section " REX_SEC_TYPES
					   " does not end in NUL");
	for (at = decls->types; at < end;) {
		for (i = 0; i < 3; i++) {
			texts[i] = at < end ? at : "";
			at += at < end ? strlen(at) + 1 : 0;
		}
		index = rex_decls_find_map(decls, texts[0]);
		if (index < 0)
			continue;
		decls->maps[index].key = texts[1];
		decls->maps[index].value = texts[2];
	}
	return 0;
}

int rex_decls_parse(const void *buf, size_t size, struct rex_decls *decls)
{
	struct rex_elf_file file;
	int err;

	memset(decls, 0, sizeof(*decls));
	err = rex_elf_open(&file, buf, size);
	if (err)
		return err;

	err = rex_decls_read_note(&file, decls);
	err = err ?: rex_decls_read_progs(&file, decls);
	err = err ?: rex_decls_read_maps(&file, decls);
	err = err ?: rex_decls_read_types(&file, decls);
	err = err ?: rex_decls_read_configs(&file, decls);
	rex_elf_close(&file);
	if (err)
		rex_decls_free(decls);
	return err;
}

void rex_decls_free(struct rex_decls *decls)
{
	free(decls->progs);
	free(decls->maps);
	free(decls->configs);
	free(decls->types);
	memset(decls, 0, sizeof(*decls));
}
