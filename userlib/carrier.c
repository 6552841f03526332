// SPDX-License-Identifier: GPL-2.0
/*
 * The carrier object is a BPF object file, made in memory, that libbpf opens as if a
 * compiler had made it. It has the maps, and a function for each Rex program, in the
 * section whose name gives the type and the place to attach to.
 */
#include <errno.h>
#include <libelf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../kmod/progtype.h"
#include "internal.h"

/* EM_BPF came to <elf.h> late. */
#ifndef EM_BPF
#define EM_BPF 247
#endif

/* A string table under construction; it begins with the empty string. */
struct rex_strtab {
	char *text;
	size_t len;
};

struct rex_carrier {
	Elf *elf;
	struct rex_strtab str;
	Elf64_Sym *syms;
	__u32 nr_syms;
	struct bpf_insn *insns;
	__u32 nr_insns;
	void *btf;
	char *maps;
};

/* Returns the offset of @name, or 0 if there is no memory. */
static __u32 rex_strtab_add(struct rex_strtab *str, const char *name)
{
	size_t start = str->len ?: 1;
	size_t len = start + strlen(name) + 1;
	char *text = realloc(str->text, len);

	if (!text)
		return 0;
	text[0] = '\0';
	strcpy(text + start, name);
	str->text = text;
	str->len = len;
	return start;
}

/* Writes the body of a carrier, and returns the number of instructions. */
static __u32 rex_carrier_of(struct bpf_insn *insn,
			    const struct rex_prog_def *prog)
{
	/* There is one: rex_obj_open() has checked it. */
	return rex_carrier_body(insn, rex_prog_kind_find(prog->type,
							 prog->attach_type,
							 prog->section));
}

/* Adds a section; @data must stay until the file has been written. */
static Elf64_Shdr *rex_carrier_section(struct rex_carrier *c, const char *name,
				       __u32 type, __u64 flags, void *data,
				       size_t size)
{
	Elf_Scn *scn = elf_newscn(c->elf);
	Elf_Data *d = scn ? elf_newdata(scn) : NULL;
	Elf64_Shdr *shdr = scn ? elf64_getshdr(scn) : NULL;
	__u32 name_offset = rex_strtab_add(&c->str, name);

	if (!d || !shdr || !name_offset)
		return NULL;

	d->d_buf = data;
	d->d_size = size;
	d->d_align = 8;
	d->d_type = type == SHT_SYMTAB ? ELF_T_SYM : ELF_T_BYTE;
	shdr->sh_name = name_offset;
	shdr->sh_type = type;
	shdr->sh_flags = flags;
	return shdr;
}

static __u32 rex_carrier_last_section(const struct rex_carrier *c)
{
	size_t nr;

	return elf_getshdrnum(c->elf, &nr) ? 0 : nr - 1;
}

static int rex_carrier_symbol(struct rex_carrier *c, const char *name,
			      unsigned char type, __u32 section, __u64 value,
			      __u64 size)
{
	__u32 name_offset = rex_strtab_add(&c->str, name);

	if (!name_offset)
		return -ENOMEM;
	c->syms[c->nr_syms++] = (Elf64_Sym){
		.st_name = name_offset,
		.st_info = ELF64_ST_INFO(STB_GLOBAL, type),
		.st_shndx = section,
		.st_value = value,
		.st_size = size,
	};
	return 0;
}

/* One section with all programs that declare the name that prog @first does. */
static int rex_carrier_add_progs(struct rex_carrier *c,
				 const struct rex_decls *decls, __u32 first)
{
	const char *section = decls->progs[first].section;
	struct bpf_insn *insns = c->insns + c->nr_insns;
	__u32 index = rex_carrier_last_section(c) + 1;
	__u32 i, nr, total = 0;

	for (i = first; i < decls->nr_progs; i++) {
		if (strcmp(decls->progs[i].section, section))
			continue;
		nr = rex_carrier_of(insns + total, &decls->progs[i]);
		if (rex_carrier_symbol(c, decls->progs[i].name, STT_FUNC, index,
				       total * sizeof(*insns),
				       nr * sizeof(*insns)))
			return -ENOMEM;
		total += nr;
	}
	c->nr_insns += total;

	if (!rex_carrier_section(c, section, SHT_PROGBITS,
				 SHF_ALLOC | SHF_EXECINSTR, insns,
				 total * sizeof(*insns)))
		return -ENOMEM;
	return 0;
}

static bool rex_carrier_section_done(const struct rex_decls *decls, __u32 index)
{
	__u32 i;

	for (i = 0; i < index; i++)
		if (!strcmp(decls->progs[i].section,
			    decls->progs[index].section))
			return true;
	return false;
}

static int rex_carrier_add_maps(struct rex_carrier *c,
				const struct rex_decls *decls)
{
	size_t size = decls->nr_maps * REX_BTF_MAP_SIZE;
	__u32 i, index = rex_carrier_last_section(c) + 1;
	size_t btf_size;
	int err;

	if (!decls->nr_maps)
		return 0;

	c->maps = calloc(1, size);
	if (!c->maps ||
	    !rex_carrier_section(c, ".maps", SHT_PROGBITS,
				 SHF_ALLOC | SHF_WRITE, c->maps, size))
		return -ENOMEM;
	for (i = 0; i < decls->nr_maps; i++)
		if (rex_carrier_symbol(c, decls->maps[i].name, STT_OBJECT,
				       index, i * REX_BTF_MAP_SIZE,
				       REX_BTF_MAP_SIZE))
			return -ENOMEM;

	err = rex_btf_build(decls, &c->btf, &btf_size);
	if (err)
		return err;
	if (!rex_carrier_section(c, ".BTF", SHT_PROGBITS, 0, c->btf, btf_size))
		return -ENOMEM;
	return 0;
}

/* The tables come last, when all other symbols and names are known. */
static int rex_carrier_add_tables(struct rex_carrier *c)
{
	Elf64_Shdr *symtab, *strtab;
	__u32 index = rex_carrier_last_section(c) + 2;
	Elf64_Ehdr *ehdr = elf64_getehdr(c->elf);
	Elf_Data *data;

	symtab = rex_carrier_section(c, ".symtab", SHT_SYMTAB, 0, c->syms,
				     c->nr_syms * sizeof(*c->syms));
	strtab = rex_carrier_section(c, ".strtab", SHT_STRTAB, 0, NULL, 0);
	if (!symtab || !strtab || !ehdr)
		return -ENOMEM;

	symtab->sh_link = index;
	symtab->sh_info = 1; /* the first global symbol */
	symtab->sh_entsize = sizeof(*c->syms);
	ehdr->e_shstrndx = index;
	data = elf_getdata(elf_getscn(c->elf, index), NULL);
	if (!data)
		return -ENOMEM;
	data->d_buf = c->str.text;
	data->d_size = c->str.len;
	data->d_align = 1;
	return 0;
}

static int rex_carrier_fill(struct rex_carrier *c,
			    const struct rex_decls *decls)
{
	static const char license[] = "GPL";
	Elf64_Ehdr *ehdr = elf64_newehdr(c->elf);
	__u32 i;
	int err;

	c->syms =
		calloc(1 + decls->nr_progs + decls->nr_maps, sizeof(*c->syms));
	c->insns = calloc(decls->nr_progs * REX_CARRIER_MAX_INSNS,
			  sizeof(*c->insns));
	if (!ehdr || !c->syms || !c->insns)
		return -ENOMEM;
	c->nr_syms = 1; /* the null symbol */

	ehdr->e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr->e_type = ET_REL;
	ehdr->e_machine = EM_BPF;
	ehdr->e_version = EV_CURRENT;

	if (!rex_carrier_section(c, "license", SHT_PROGBITS,
				 SHF_ALLOC | SHF_WRITE, (void *)license,
				 sizeof(license)))
		return -ENOMEM;
	for (i = 0; i < decls->nr_progs; i++) {
		if (rex_carrier_section_done(decls, i))
			continue;
		err = rex_carrier_add_progs(c, decls, i);
		if (err)
			return err;
	}
	err = rex_carrier_add_maps(c, decls);
	return err ?: rex_carrier_add_tables(c);
}

/* Copies the whole of the file @fd into memory. */
static int rex_carrier_read(int fd, size_t size, void **buf)
{
	size_t done = 0;
	ssize_t n;

	*buf = malloc(size);
	if (!*buf)
		return -ENOMEM;
	while (done < size) {
		n = pread(fd, (char *)*buf + done, size - done, done);
		if (n <= 0) {
			free(*buf);
			*buf = NULL;
			return n < 0 ? -errno : -EIO;
		}
		done += n;
	}
	return 0;
}

static int rex_carrier_write(int fd, const struct rex_decls *decls, void **buf,
			     size_t *size)
{
	struct rex_carrier c = {};
	off_t len;
	int err;

	/* It is a memfd, since libelf writes to files only. */
	c.elf = elf_begin(fd, ELF_C_WRITE, NULL);
	if (!c.elf)
		return -ENOMEM;

	err = rex_carrier_fill(&c, decls);
	if (!err) {
		len = elf_update(c.elf, ELF_C_WRITE);
		*size = len;
		err = len < 0 ? -EIO : rex_carrier_read(fd, len, buf);
	}

	elf_end(c.elf);
	free(c.str.text);
	free(c.syms);
	free(c.insns);
	free(c.btf);
	free(c.maps);
	return err;
}

int rex_carrier_build(const struct rex_decls *decls, void **buf, size_t *size)
{
	int fd, err;

	fd = memfd_create("rex-carrier", MFD_CLOEXEC);
	if (fd < 0)
		return rex_error_errno(-errno, "memfd_create");
	err = rex_carrier_write(fd, decls, buf, size);
	close(fd);
	if (err)
		return rex_error_errno(err, "cannot make the carrier object");
	rex_debug("carrier object of %zu bytes: %u programs, %u maps", *size,
		  decls->nr_progs, decls->nr_maps);
	return 0;
}
