// SPDX-License-Identifier: GPL-2.0
/*
 *   kimage VMLINUX		the symbols: ADDRESS TYPE NAME STATE
 *   kimage VMLINUX GLOB...	the functions that data of these names points to:
 *				DATA FUNCTION STATE
 *
 * VMLINUX is the ELF file that a kernel's image unpacks to. Its only symbol table is
 * that of kallsyms, which is found by its shape. The state of a function is what an
 * indirect call finds on a CPU with IBT:
 *
 * endbr	an endbr64
 * sealed	an endbr64 that the kernel overwrites when it boots
 * none		something else
 * -		the symbol is not in code
 */
#include <err.h>
#include <fnmatch.h>
#include <gelf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NR_TOKENS 256
#define NAME_SIZE 512
#define MIN_MARKERS 100
#define MAX_SEQUENCE (3 << 20)

struct section {
	const char *name;
	uint64_t addr;
	size_t size;
	bool code;
	const uint8_t *data; /* NULL: the file has none */
};

struct symbol {
	uint64_t addr;
	char type;
	char *name;
};

static struct section sections[128];
static size_t nr_sections;
static struct symbol *symbols;
static uint32_t nr_symbols;
static Elf *elf;
static uint64_t *sealed;
static size_t nr_sealed;

static uint16_t get_u16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint32_t get_u32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint64_t get_u64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static void read_sections(const char *path)
{
	int fd = open(path, O_RDONLY);
	Elf_Scn *scn = NULL;
	size_t names;

	if (fd < 0)
		err(1, "%s", path);
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!elf || elf_getshdrstrndx(elf, &names))
		errx(1, "%s: %s", path, elf_errmsg(-1));
	while ((scn = elf_nextscn(elf, scn))) {
		struct section *section = &sections[nr_sections];
		Elf_Data *data = elf_rawdata(scn, NULL);
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || !data)
			errx(1, "%s: %s", path, elf_errmsg(-1));
		if (!(shdr.sh_flags & SHF_ALLOC))
			continue;
		if (++nr_sections == sizeof(sections) / sizeof(*sections))
			errx(1, "%s: too many sections", path);
		section->name = elf_strptr(elf, names, shdr.sh_name);
		section->addr = shdr.sh_addr;
		section->size = shdr.sh_size;
		section->code = (shdr.sh_flags & (SHF_EXECINSTR | SHF_WRITE)) ==
				SHF_EXECINSTR; /* .data may have both */
		section->data = data->d_buf;
	}
}

static const struct section *find_section(const char *name)
{
	for (size_t i = 0; i < nr_sections; i++)
		if (!strcmp(sections[i].name, name))
			return &sections[i];
	return NULL;
}

/* Returns the section with data that contains @size bytes at @addr, or NULL. */
static const struct section *section_at(uint64_t addr, size_t size)
{
	for (size_t i = 0; i < nr_sections; i++) {
		const struct section *section = &sections[i];

		if (section->data && addr >= section->addr &&
		    addr - section->addr < section->size &&
		    section->size - (addr - section->addr) >= size)
			return section;
	}
	return NULL;
}

static const uint8_t *bytes_at(uint64_t addr, size_t size)
{
	const struct section *section = section_at(addr, size);

	return section ? section->data + (addr - section->addr) : NULL;
}

/*
 * The places of the tables for kallsyms in .rodata, at multiples of 8. In 6.1
 * the order is: offsets, relative_base, num_syms, names, markers,
 * seqs_of_names, token_table, token_index. Since 6.4 the first two are after
 * token_index, and seqs_of_names after them. In 7.3 the places are multiples of 4, and there is
 * no relative_base: an offset is the distance from itself to the symbol.
 */
struct tables {
	const uint8_t *data;
	size_t names, markers, nr_markers, tokens, index;
};

static bool is_token_index(const uint8_t *at)
{
	if (get_u16(at))
		return false;
	for (size_t i = 1; i < NR_TOKENS; i++) {
		int size = get_u16(at + 2 * i) - get_u16(at + 2 * i - 2);

		if (size < 2 || size > 64)
			return false;
	}
	return true;
}

static bool is_token_table(const struct tables *t, size_t at)
{
	for (size_t i = 0; i < NR_TOKENS; i++) {
		const uint8_t *token =
			t->data + at + get_u16(t->data + t->index + 2 * i);
		size_t size = strnlen((const char *)token, 64) + 1;

		if (size < 2)
			return false;
		if (i + 1 < NR_TOKENS &&
		    token + size !=
			    t->data + at +
				    get_u16(t->data + t->index + 2 * i + 2))
			return false;
	}
	return true;
}

static bool find_tokens(struct tables *t, size_t size)
{
	for (t->index = 0; t->index + 2 * NR_TOKENS <= size; t->index += 4) {
		size_t last;

		if (!is_token_index(t->data + t->index))
			continue;
		last = get_u16(t->data + t->index + 2 * NR_TOKENS - 2);
		for (size_t back = last + 2; back < last + 80; back++) {
			if (back > t->index || (t->index - back) % 4)
				continue;
			t->tokens = t->index - back;
			if (is_token_table(t, t->tokens))
				return true;
		}
	}
	return false;
}

/* Finds the markers, the offsets of each 256th name. They rise from 0 to @end. */
static bool find_markers(struct tables *t, size_t end)
{
	size_t at;

	if (!get_u32(t->data + end - 4))
		end -= 4; /* padding */
	for (at = end - 4; at > 4; at -= 4)
		if (get_u32(t->data + at) <= get_u32(t->data + at - 4))
			break;
	t->markers = at;
	t->nr_markers = (end - at) / 4;
	return !get_u32(t->data + at) && t->nr_markers >= MIN_MARKERS;
}

/* Returns the size of the name at @name; its tokens begin at *@first. */
static size_t name_size(const uint8_t *name, size_t *first)
{
	*first = name[0] & 0x80 ? 2 : 1;
	return *first +
	       (name[0] & 0x80 ? (name[0] & 0x7f) | name[1] << 7 : name[0]);
}

/*
 * Returns whether the markers match the names at @names, which precede them.
 */
static bool is_names(const struct tables *t, size_t names, uint32_t nr)
{
	size_t at = names, first;

	for (uint32_t i = 0; i < nr; i++) {
		if (at >= t->markers)
			return false;
		if (i % 256 == 0 &&
		    at - names != get_u32(t->data + t->markers + i / 256 * 4))
			return false;
		at += name_size(t->data + at, &first);
	}
	return at <= t->markers && t->markers - at < 8;
}

static bool find_names(struct tables *t)
{
	size_t last = get_u32(t->data + t->markers + 4 * t->nr_markers - 4);
	size_t max = last + 256 * 128, align;

	for (size_t back = last; back < max && back + 8 < t->markers; back++) {
		uint32_t nr;

		t->names = t->markers - back;
		if (t->names % 4)
			continue;
		/* The number is the last thing before the names, at a multiple of 8 or 4. */
		for (align = 8; align >= 4; align -= 4) {
			nr = get_u32(t->data + t->names - align);
			if ((nr + 255) / 256 == t->nr_markers &&
			    is_names(t, t->names, nr)) {
				nr_symbols = nr;
				return true;
			}
		}
	}
	return false;
}

/* Between markers and tokens there may be a table of three bytes a symbol. */
static bool find_markers_and_names(struct tables *t)
{
	size_t end = t->tokens;
	size_t least = end > MAX_SEQUENCE ? end - MAX_SEQUENCE : 8;

	for (; end > least; end -= 4)
		if (find_markers(t, end) && find_names(t))
			return true;
	return false;
}

static char *expand_name(const struct tables *t, const uint8_t *name)
{
	char expanded[NAME_SIZE] = "";
	size_t first, size = name_size(name, &first), length = 0;

	for (size_t i = first; i < size; i++) {
		const char *token = (const char *)t->data + t->tokens +
				    get_u16(t->data + t->index + 2 * name[i]);

		length += strlen(token);
		if (length >= sizeof(expanded))
			errx(1, "a name in kallsyms is too long");
		strcat(expanded, token);
	}
	return strdup(expanded);
}

/*
 * Returns the address of symbol number @nr. With CONFIG_KALLSYMS_ABSOLUTE_PERCPU, offsets from
 * @base that are not negative are addresses. Without a base, an offset is the distance from
 * itself, and @place is the address of the first.
 */
static uint64_t address_of(const uint8_t *offsets, uint32_t nr, uint64_t base,
			   uint64_t place)
{
	int32_t offset = get_u32(offsets + 4 * nr);

	if (!base)
		return place + 4 * nr + offset;
	return offset < 0 ? base - 1 - offset : (uint64_t)offset;
}

static void read_symbols(const struct tables *t, size_t offsets, uint64_t base,
			 uint64_t place)
{
	const uint8_t *name = t->data + t->names;
	size_t first;

	symbols = calloc(nr_symbols, sizeof(*symbols));
	for (uint32_t i = 0; i < nr_symbols; i++) {
		char *expanded = expand_name(t, name);

		symbols[i].addr = address_of(t->data + offsets, i, base, place);
		symbols[i].type = expanded[0];
		symbols[i].name = expanded + 1;
		name += name_size(name, &first);
	}
}

static const struct symbol *find_symbol(const char *name)
{
	for (uint32_t i = 0; i < nr_symbols; i++)
		if (!strcmp(symbols[i].name, name))
			return &symbols[i];
	return NULL;
}

static void read_kallsyms(void)
{
	const struct section *rodata = find_section(".rodata");
	const struct section *text = find_section(".text");
	struct tables t = { .data = rodata ? rodata->data : NULL };
	const struct symbol *begin;
	size_t size, offsets;
	uint64_t base;

	if (!t.data || !text)
		errx(1, "no .text or .rodata");
	if (!find_tokens(&t, rodata->size) || !find_markers_and_names(&t))
		errx(1, "no tables for kallsyms found");
	size = ((size_t)nr_symbols * 4 + 7) / 8 * 8;
	offsets = t.index + 2 * NR_TOKENS;
	base = text->addr;
	if (offsets + size + 8 > rodata->size)
		errx(1, "no offsets for kallsyms found");
	if (get_u64(t.data + offsets + size) != base) {
		size_t before = t.names - 16 - size;

		if (before < t.names && get_u64(t.data + before + size) == base)
			offsets = before;
		else
			base = 0;
	}
	read_symbols(&t, offsets, base, rodata->addr + offsets);
	begin = find_symbol("_text");
	if (!begin || begin->addr != text->addr)
		errx(1, "the symbols of kallsyms have wrong addresses");
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Each entry is the distance from itself to an endbr64. */
static void read_seals(void)
{
	const struct section *seals = find_section(".ibt_endbr_seal");

	if (!seals)
		return;
	nr_sealed = seals->size / 4;
	sealed = calloc(nr_sealed, sizeof(*sealed));
	for (size_t i = 0; i < nr_sealed; i++)
		sealed[i] = seals->addr + 4 * i +
			    (int32_t)get_u32(seals->data + 4 * i);
	qsort(sealed, nr_sealed, sizeof(*sealed), compare);
}

static const char *state(uint64_t addr)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	const struct section *section = section_at(addr, 1);
	const uint8_t *bytes = bytes_at(addr, sizeof(endbr64));

	if (!section || !section->code)
		return "-";
	if (nr_sealed &&
	    bsearch(&addr, sealed, nr_sealed, sizeof(*sealed), compare))
		return "sealed";
	if (!bytes || memcmp(bytes, endbr64, sizeof(endbr64)))
		return "none";
	return "endbr";
}

static const char *name_at(uint64_t addr)
{
	static char number[32];

	for (uint32_t i = 0; i < nr_symbols; i++)
		if (symbols[i].addr == addr)
			return symbols[i].name;
	snprintf(number, sizeof(number), "0x%jx", (uintmax_t)addr);
	return number;
}

/* Returns the end of the data: the next symbol, or the section's end. */
static uint64_t end_of(const struct symbol *data, const struct section *section)
{
	uint64_t end = section->addr + section->size;

	for (uint32_t i = 0; i < nr_symbols; i++)
		if (symbols[i].addr > data->addr && symbols[i].addr < end)
			end = symbols[i].addr;
	return end;
}

static void show_pointers(const struct symbol *data)
{
	const struct section *section = section_at(data->addr, 8);
	uint64_t end;

	if (!section || section->code)
		return;
	end = end_of(data, section);
	for (uint64_t at = data->addr; at + 8 <= end; at += 8) {
		uint64_t target = get_u64(bytes_at(at, 8));

		if (*state(target) != '-')
			printf("%s %s %s\n", data->name, name_at(target),
			       state(target));
	}
}

int main(int argc, char **argv)
{
	if (argc < 2)
		errx(2, "usage: kimage VMLINUX [GLOB...]");
	read_sections(argv[1]);
	read_kallsyms();
	read_seals();
	for (uint32_t i = 0; i < nr_symbols; i++) {
		const struct symbol *symbol = &symbols[i];

		if (argc == 2)
			printf("%016jx %c %s %s\n", (uintmax_t)symbol->addr,
			       symbol->type, symbol->name, state(symbol->addr));
		for (int j = 2; j < argc; j++)
			if (!fnmatch(argv[j], symbol->name, 0)) {
				show_pointers(symbol);
				break;
			}
	}
	return 0;
}
