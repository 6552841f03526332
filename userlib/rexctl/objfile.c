// SPDX-License-Identifier: GPL-2.0
/*
 * An object file is read here for people. librex reads its declarations; the file may
 * be hostile, so libelf checks each access.
 */
#include <ctype.h>
#include <errno.h>
#include <gelf.h>

#include "manifest.h"
#include "objfile.h"
#include "sign.h"

/* ---- symbols ------------------------------------------------------------------ */

static bool objfile_begins(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* An undefined symbol is a function of the module, or data of the kernel. */
static void objfile_take_undefined(struct rexctl_objfile *file,
				   const char *name)
{
	static const char *const data[] = { "__rex_off_", "__rex_opt_" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(data); i++)
		if (objfile_begins(name, data[i])) {
			json_array_append_new(file->fields,
					      rexctl_json_text(
						      name + strlen(data[i])));
			return;
		}
	if (objfile_begins(name, "__rex_"))
		json_array_append_new(file->fields, rexctl_json_text(name + 6));
	else if (objfile_begins(name, "bpf_") || objfile_begins(name, "rex_"))
		json_array_append_new(file->helpers, rexctl_json_text(name));
	else
		json_array_append_new(file->runtime, rexctl_json_text(name));
	if (strstr(name, "alloc"))
		file->allocates = true;
}

/* The crate is the first part of the path of a program's declaration. */
static void objfile_take_crate(struct rexctl_objfile *file, const char *name)
{
	char path[256], *end;

	if (!strstr(name, "__REX_PROG_DEF") ||
	    !rex_demangle(name, path, sizeof(path)))
		return;
	end = strstr(path, "::");
	if (end)
		snprintf(file->crate, sizeof(file->crate), "%.*s",
			 (int)(end - path), path);
}

static void objfile_read_symbols(struct rexctl_objfile *file, Elf *elf,
				 Elf_Scn *scn, const GElf_Shdr *shdr)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	const char *name;
	GElf_Sym sym;
	int i;

	for (i = 1; data && gelf_getsym(data, i, &sym); i++) {
		name = elf_strptr(elf, shdr->sh_link, sym.st_name);
		if (!name || !name[0])
			continue;
		if (sym.st_shndx == SHN_UNDEF)
			objfile_take_undefined(file, name);
		else
			objfile_take_crate(file, name);
	}
}

/* The function at @address of section @section. */
static void objfile_function_at(Elf *elf, Elf_Scn *symtab, size_t section,
				__u64 address, char *name, size_t size)
{
	Elf_Data *data = elf_getdata(symtab, NULL);
	const char *mangled;
	GElf_Shdr shdr;
	GElf_Sym sym;
	int i;

	snprintf(name, size, "?");
	if (!data || !gelf_getshdr(symtab, &shdr))
		return;
	for (i = 1; gelf_getsym(data, i, &sym); i++) {
		if (sym.st_shndx != section || sym.st_value != address ||
		    GELF_ST_TYPE(sym.st_info) != STT_FUNC)
			continue;
		mangled = elf_strptr(elf, shdr.sh_link, sym.st_name);
		if (mangled)
			rex_demangle(mangled, name, size);
		return;
	}
}

/* ---- frames ------------------------------------------------------------------- */

/* Reads a ULEB128 number at *@at; false beyond @size. */
static bool objfile_uleb(const Elf_Data *data, size_t *at, __u64 *number)
{
	const unsigned char *bytes = data->d_buf;
	unsigned int shift = 0;

	for (*number = 0; *at < data->d_size && shift < 64; shift += 7) {
		*number |= (__u64)(bytes[*at] & 0x7f) << shift;
		if (!(bytes[(*at)++] & 0x80))
			return true;
	}
	return false;
}

static int objfile_add_frame(struct rexctl_objfile *file, Elf *elf,
			     Elf_Scn *symtab, const GElf_Rela *rela, __u64 size)
{
	struct rexctl_frame *all, *frame;
	Elf_Data *syms = elf_getdata(symtab, NULL);
	GElf_Sym sym;

	all = realloc(file->frames, (file->nr_frames + 1) * sizeof(*all));
	if (!all)
		return -ENOMEM;
	file->frames = all;
	frame = &all[file->nr_frames++];
	frame->size = size;
	snprintf(frame->function, sizeof(frame->function), "?");
	if (syms && gelf_getsym(syms, GELF_R_SYM(rela->r_info), &sym))
		objfile_function_at(elf, symtab, sym.st_shndx,
				    sym.st_value + rela->r_addend,
				    frame->function, sizeof(frame->function));
	return 0;
}

/* .stack_sizes: an address, which is in a relocation, and a number each. */
static int objfile_read_frames(struct rexctl_objfile *file, Elf *elf,
			       Elf_Scn *symtab, Elf_Scn *sizes, Elf_Scn *relas)
{
	Elf_Data *data = sizes ? elf_getdata(sizes, NULL) : NULL;
	Elf_Data *rela_data = relas ? elf_getdata(relas, NULL) : NULL;
	size_t at = 0, start;
	GElf_Rela rela;
	__u64 size;
	int i, err;

	if (!data || !rela_data)
		return 0;
	for (i = 0; at < data->d_size; i++) {
		start = at;
		at += sizeof(__u64);
		if (!objfile_uleb(data, &at, &size) ||
		    !gelf_getrela(rela_data, i, &rela) ||
		    rela.r_offset != start)
			return -ENOEXEC;
		err = objfile_add_frame(file, elf, symtab, &rela, size);
		if (err)
			return err;
	}
	return 0;
}

static int objfile_larger(const void *a, const void *b)
{
	const struct rexctl_frame *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? 1 : -1;
	return strcmp(x->function, y->function);
}

/* ---- the manifest ------------------------------------------------------------- */

/*
 * Returns the text of the manifest, from malloc(), or NULL. It has no other bytes than
 * printable ASCII and newlines.
 */
static char *objfile_read_manifest(Elf_Data *notes)
{
	size_t at = 0, name, desc, i;
	const char *bytes;
	GElf_Nhdr note;
	char *text;

	while (notes && (at = gelf_getnote(notes, at, &note, &name, &desc))) {
		bytes = notes->d_buf;
		if (note.n_type != REX_NOTE_MANIFEST ||
		    note.n_namesz != sizeof(REX_NOTE_NAME) ||
		    memcmp(bytes + name, REX_NOTE_NAME, sizeof(REX_NOTE_NAME)))
			continue;
		text = strndup(bytes + desc, note.n_descsz);
		for (i = 0; text && text[i]; i++)
			if (text[i] != '\n' && !isprint((unsigned char)text[i]))
				text[i] = '?';
		return text;
	}
	return NULL;
}

/* ---- sections ----------------------------------------------------------------- */

static void objfile_add_size(struct rexctl_objfile *file, const GElf_Shdr *shdr)
{
	if (!(shdr->sh_flags & SHF_ALLOC))
		return;
	if (shdr->sh_flags & SHF_EXECINSTR)
		file->text_size += shdr->sh_size;
	else if (shdr->sh_flags & SHF_WRITE)
		file->data_size += shdr->sh_size;
	else
		file->rodata_size += shdr->sh_size;
}

static int objfile_read_sections(struct rexctl_objfile *file, Elf *elf)
{
	Elf_Scn *scn = NULL, *symtab = NULL, *sizes = NULL, *relas = NULL;
	size_t shstrndx;
	const char *name;
	GElf_Shdr shdr;
	int err;

	if (elf_getshdrstrndx(elf, &shstrndx))
		return -ENOEXEC;
	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &shdr))
			return -ENOEXEC;
		name = elf_strptr(elf, shstrndx, shdr.sh_name) ?: "";
		/* These lists are read, and not loaded. */
		if (strcmp(name, "__patchable_function_entries"))
			objfile_add_size(file, &shdr);
		if (shdr.sh_type == SHT_SYMTAB) {
			symtab = scn;
			objfile_read_symbols(file, elf, scn, &shdr);
		} else if (!strcmp(name, ".stack_sizes")) {
			sizes = scn;
		} else if (!strcmp(name, ".rela.stack_sizes")) {
			relas = scn;
		} else if (!strcmp(name, REX_SEC_MANIFEST) && !file->manifest) {
			file->manifest =
				objfile_read_manifest(elf_getdata(scn, NULL));
		}
	}
	err = symtab ? objfile_read_frames(file, elf, symtab, sizes, relas) :
		       -ENOEXEC;
	if (file->nr_frames)
		qsort(file->frames, file->nr_frames, sizeof(*file->frames),
		      objfile_larger);
	return err;
}

static void *objfile_read(const char *path, size_t *size)
{
	char *buf = malloc(REX_MAX_ELF_SIZE + 1);
	FILE *in = fopen(path, "re");

	if (!in || !buf) {
		rexctl_fail_errno(errno, "cannot open %s", path);
		goto err;
	}
	*size = fread(buf, 1, REX_MAX_ELF_SIZE + 1, in);
	if (ferror(in)) {
		rexctl_fail_errno(errno, "%s", path);
		goto err;
	}
	if (*size > REX_MAX_ELF_SIZE) {
		rexctl_fail(REXCTL_FAILED, "%s is larger than %u bytes", path,
			    REX_MAX_ELF_SIZE);
		goto err;
	}
	fclose(in);
	return buf;
err:
	if (in)
		fclose(in);
	free(buf);
	return NULL;
}

int rexctl_objfile_open(struct rexctl_objfile *file, const char *path)
{
	Elf *elf;
	int err;

	memset(file, 0, sizeof(*file));
	file->buf = objfile_read(path, &file->size);
	if (!file->buf)
		return errno == ENOENT ? REXCTL_NOT_FOUND : REXCTL_FAILED;
	rexctl_signature_read(file->buf, file->size, &file->object_size,
			      file->signer, sizeof(file->signer),
			      file->bad_signature, sizeof(file->bad_signature));
	file->bad_signature[strcspn(file->bad_signature, "\n")] = '\0';
	file->helpers = json_array();
	file->fields = json_array();
	file->runtime = json_array();
	if (rex_decls_parse(file->buf, file->size, &file->decls))
		return rexctl_fail(REXCTL_FAILED, "%s: %s", path,
				   rex_last_error());
	elf = elf_memory(file->buf, file->size);
	err = elf ? objfile_read_sections(file, elf) : -ENOEXEC;
	elf_end(elf);
	if (err)
		return rexctl_fail_errno(err,
					 "%s: its symbols or frames cannot be read",
					 path);
	return REXCTL_OK;
}

void rexctl_objfile_section_at(const struct rexctl_objfile *file, size_t at,
			       char *name, size_t size)
{
	Elf *elf = elf_memory(file->buf, file->size);
	Elf_Scn *scn = NULL;
	size_t shstrndx;
	GElf_Shdr shdr;
	bool has_names = elf && !elf_getshdrstrndx(elf, &shstrndx);

	snprintf(name, size, "its headers");
	while (has_names && (scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, &shdr) && shdr.sh_type != SHT_NOBITS &&
		    at >= shdr.sh_offset && at - shdr.sh_offset < shdr.sh_size)
			snprintf(name, size, "section %s",
				 elf_strptr(elf, shstrndx, shdr.sh_name) ?:
									   "?");
	elf_end(elf);
}

void rexctl_objfile_close(struct rexctl_objfile *file)
{
	if (file->decls.progs)
		rex_decls_free(&file->decls);
	free(file->frames);
	free(file->manifest);
	free(file->buf);
	json_decref(file->helpers);
	json_decref(file->fields);
	json_decref(file->runtime);
	memset(file, 0, sizeof(*file));
}
