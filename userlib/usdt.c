// SPDX-License-Identifier: GPL-2.0
/*
 * USDT probes. A file with <sys/sdt.h> has a note for each place, with the
 * address of the place, the locations of its arguments, and a counter that the
 * kernel raises while programs are attached. This file writes the locations to
 * the crate's map of places, and the crate reads the arguments.
 */
#include <bpf/bpf.h>
#include <ctype.h>
#include <errno.h>
#include <gelf.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "places.h"

#define REX_USDT_NOTES ".note.stapsdt"
#define REX_USDT_BASE ".stapsdt.base"
#define REX_USDT_OWNER "stapsdt"
#define REX_USDT_TYPE 3

/* ---- arguments ---------------------------------------------------------------- */

#define REX_USER_REG(member) \
	(offsetof(struct user_regs_struct, member) / sizeof(long))

/* The names of each register's 8, 4, 2 and 1 lower bytes. */
static const struct {
	const char *names[4];
	__u8 number;
} rex_usdt_regs[] = {
	{ { "rax", "eax", "ax", "al" }, REX_USER_REG(rax) },
	{ { "rbx", "ebx", "bx", "bl" }, REX_USER_REG(rbx) },
	{ { "rcx", "ecx", "cx", "cl" }, REX_USER_REG(rcx) },
	{ { "rdx", "edx", "dx", "dl" }, REX_USER_REG(rdx) },
	{ { "rsi", "esi", "si", "sil" }, REX_USER_REG(rsi) },
	{ { "rdi", "edi", "di", "dil" }, REX_USER_REG(rdi) },
	{ { "rbp", "ebp", "bp", "bpl" }, REX_USER_REG(rbp) },
	{ { "rsp", "esp", "sp", "spl" }, REX_USER_REG(rsp) },
	{ { "r8", "r8d", "r8w", "r8b" }, REX_USER_REG(r8) },
	{ { "r9", "r9d", "r9w", "r9b" }, REX_USER_REG(r9) },
	{ { "r10", "r10d", "r10w", "r10b" }, REX_USER_REG(r10) },
	{ { "r11", "r11d", "r11w", "r11b" }, REX_USER_REG(r11) },
	{ { "r12", "r12d", "r12w", "r12b" }, REX_USER_REG(r12) },
	{ { "r13", "r13d", "r13w", "r13b" }, REX_USER_REG(r13) },
	{ { "r14", "r14d", "r14w", "r14b" }, REX_USER_REG(r14) },
	{ { "r15", "r15d", "r15w", "r15b" }, REX_USER_REG(r15) },
};

/* Reads "%NAME", and moves @text after it. */
static bool rex_usdt_register(const char **text, __u8 *number)
{
	const char *name = *text + 1;
	size_t len = 0, i, k;

	if (**text != '%')
		return false;
	while (isalnum((unsigned char)name[len]))
		len++;
	for (i = 0; i < REX_ARRAY_SIZE(rex_usdt_regs); i++)
		for (k = 0; k < 4; k++) {
			const char *known = rex_usdt_regs[i].names[k];

			if (strlen(known) != len || strncmp(known, name, len))
				continue;
			*number = rex_usdt_regs[i].number;
			*text = name + len;
			return true;
		}
	return false;
}

/* Reads "(%BASE)", "(%BASE,%INDEX)" or "(%BASE,%INDEX,SCALE)", to the end. */
static bool rex_usdt_memory(const char *text, struct rex_usdt_arg *arg)
{
	unsigned long scale = 1;
	char *end;

	text++;
	if (!rex_usdt_register(&text, &arg->base))
		return false;
	arg->kind = REX_USDT_MEMORY;
	if (*text == ',') {
		text++;
		if (!rex_usdt_register(&text, &arg->index))
			return false;
		arg->kind = REX_USDT_INDEXED;
		if (*text == ',') {
			scale = strtoul(text + 1, &end, 10);
			text = end;
		}
		while (arg->shift < 3 && 1ul << arg->shift < scale)
			arg->shift++;
		if (1ul << arg->shift != scale)
			return false;
	}
	return !strcmp(text, ")");
}

/* Reads the operand after the size. */
static bool rex_usdt_operand(const char *text, struct rex_usdt_arg *arg)
{
	char *end;

	if (*text == '$') {
		arg->offset = strtoll(text + 1, &end, 0);
		arg->kind = REX_USDT_CONSTANT;
		return end != text + 1 && !*end;
	}
	if (*text == '%') {
		arg->kind = REX_USDT_REGISTER;
		return rex_usdt_register(&text, &arg->base) && !*text;
	}
	arg->offset = strtoll(text, &end, 0);
	return *end == '(' && rex_usdt_memory(end, arg);
}

/*
 * Reads an argument SIZE@OPERAND. SIZE is negative for signed numbers. An
 * argument that is no integer, or whose operand is unknown, has no kind, and a
 * program that reads it gets an error.
 */
void rex_usdt_parse_arg(const char *text, struct rex_usdt_arg *arg)
{
	char *end;
	long size = strtol(text, &end, 10);

	memset(arg, 0, sizeof(*arg));
	if (end == text || *end != '@')
		return;
	arg->is_signed = size < 0;
	arg->size = labs(size);
	if (arg->size != 1 && arg->size != 2 && arg->size != 4 &&
	    arg->size != 8)
		return;
	if (!rex_usdt_operand(end + 1, arg))
		arg->kind = REX_USDT_UNKNOWN;
}

/* Arguments are separated by blanks. */
static void rex_usdt_parse_args(const char *text, struct rex_usdt_place *place)
{
	char arg[128];
	size_t len;

	for (; *text && place->nr_args < REX_USDT_ARGS; text += len) {
		text += strspn(text, " ");
		len = strcspn(text, " ");
		if (!len)
			break;
		snprintf(arg, sizeof(arg), "%.*s", (int)len, text);
		rex_usdt_parse_arg(arg, &place->args[place->nr_args++]);
	}
}

/* ---- notes -------------------------------------------------------------------- */

/* The wanted probe, and the places that were found, by index. */
struct rex_usdt_search {
	struct rex_wanted wanted;
	struct rex_usdt_place *places;
};

/* Returns the offset in the file of data at @addr, or 0 if there is none. */
static __u64 rex_usdt_data_offset(Elf *elf, __u64 addr)
{
	GElf_Phdr phdr;
	size_t i, nr;

	if (elf_getphdrnum(elf, &nr))
		return 0;
	for (i = 0; i < nr; i++)
		if (gelf_getphdr(elf, i, &phdr) && phdr.p_type == PT_LOAD &&
		    addr >= phdr.p_vaddr && addr - phdr.p_vaddr < phdr.p_filesz)
			return addr - phdr.p_vaddr + phdr.p_offset;
	return 0;
}

static bool rex_usdt_find_section(Elf *elf, const char *name, Elf_Scn **found,
				  GElf_Shdr *shdr)
{
	const char *text;
	size_t strings;

	*found = NULL;
	if (elf_getshdrstrndx(elf, &strings))
		return false;
	while ((*found = elf_nextscn(elf, *found))) {
		if (!gelf_getshdr(*found, shdr))
			continue;
		text = elf_strptr(elf, strings, shdr->sh_name);
		if (text && !strcmp(text, name))
			return true;
	}
	return false;
}

/*
 * Adds the place of a note, if it is wanted. @text has three strings, and ends in a
 * NUL.
 */
static int rex_usdt_add(Elf *elf, const struct rex_usdt_search *search,
			struct rex_places *found, const __u64 *words,
			__u64 moved, const char *text, const char *end)
{
	const char *name = text + strlen(text) + 1;
	const char *args = name < end ? name + strlen(name) + 1 : end;
	struct rex_usdt_place *place;
	__u64 addr, cookie, counter = words[2];
	char probe[256];
	int err;

	if (name >= end)
		return 0;
	snprintf(probe, sizeof(probe), "%s:%s", text, name);
	addr = rex_usdt_data_offset(elf, words[0] + moved);
	if (!addr || !rex_wanted_is(&search->wanted, probe, &cookie))
		return 0;
	if (found->nr == REX_USDT_PLACES)
		return rex_error(-E2BIG, "%s is at more than %u places", probe,
				 REX_USDT_PLACES);
	place = &search->places[found->nr];
	memset(place, 0, sizeof(*place));
	place->cookie = cookie;
	if (args < end)
		rex_usdt_parse_args(args, place);
	err = rex_places_add(found, probe, addr, 0);
	if (!err && counter)
		found->all[found->nr - 1].ref_ctr =
			rex_usdt_data_offset(elf, counter + moved);
	return err;
}

static int rex_usdt_search(Elf *elf, const void *wanted,
			   struct rex_places *found)
{
	size_t offset = 0, name, desc;
	GElf_Shdr shdr, base;
	Elf_Scn *scn, *base_scn;
	__u64 words[3], moved;
	Elf_Data *data;
	GElf_Nhdr nhdr;
	int err = 0;

	if (!rex_usdt_find_section(elf, REX_USDT_NOTES, &scn, &shdr))
		return 0;
	if (!rex_usdt_find_section(elf, REX_USDT_BASE, &base_scn, &base))
		base.sh_addr = 0;
	data = elf_getdata(scn, NULL);
	while (data && !err &&
	       (offset = gelf_getnote(data, offset, &nhdr, &name, &desc))) {
		const char *start = (char *)data->d_buf + desc;

		if (nhdr.n_type != REX_USDT_TYPE ||
		    nhdr.n_namesz != sizeof(REX_USDT_OWNER) ||
		    memcmp((char *)data->d_buf + name, REX_USDT_OWNER,
			   sizeof(REX_USDT_OWNER)) ||
		    nhdr.n_descsz <= sizeof(words) || start[nhdr.n_descsz - 1])
			continue;
		memcpy(words, start, sizeof(words));
		/* The distance by which prelink(8) has moved the file. */
		moved = base.sh_addr ? base.sh_addr - words[1] : 0;
		err = rex_usdt_add(elf, wanted, found, words, moved,
				   start + sizeof(words),
				   start + nhdr.n_descsz);
	}
	return err;
}

/* ---- the crate's map ---------------------------------------------------------- */

/*
 * Writes the locations of arguments to unused elements of the map. The kernel
 * gets the number of the element as a cookie.
 */
static int rex_usdt_write(struct rex_obj *obj, struct rex_places *found,
			  const struct rex_usdt_place *places)
{
	int fd = rex_obj_map_fd(obj, REX_USDT_MAP);
	__u32 number;
	size_t i;

	if (fd < 0) /* the programs read no arguments */
		return 0;
	if (obj->nr_usdt_places + found->nr >= REX_USDT_PLACES)
		return rex_error(-E2BIG,
				 "%s: USDT programs have been attached to %u places, and there is room for %u",
				 obj->name, obj->nr_usdt_places,
				 REX_USDT_PLACES - 1);
	for (i = 0; i < found->nr; i++) {
		number = ++obj->nr_usdt_places;
		if (bpf_map_update_elem(fd, &number, &places[i], BPF_ANY))
			return rex_error_errno(-errno, "%s: map " REX_USDT_MAP,
					       obj->name);
		found->all[i].cookie = number;
	}
	return 0;
}

int rex_places_of_usdt(struct rex_obj *obj, const char *path,
		       const struct rex_wanted *wanted,
		       struct rex_places *found)
{
	struct rex_usdt_search search = { .wanted = *wanted };
	int err;

	search.places = calloc(REX_USDT_PLACES, sizeof(*search.places));
	if (!search.places)
		return rex_error_errno(-ENOMEM, "places of probes");
	err = rex_with_elf(path, rex_usdt_search, &search, found);
	err = err ?: rex_usdt_write(obj, found, search.places);
	free(search.places);
	return err;
}
