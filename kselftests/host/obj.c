// SPDX-License-Identifier: GPL-2.0
/* Object files made by hand (obj.h). */
#include "obj.h"

#define FUNC SYM_INFO(STB_GLOBAL, STT_FUNC)
#define OBJECT SYM_INFO(STB_GLOBAL, STT_OBJECT)
#define UNDEF SYM_INFO(STB_GLOBAL, STT_NOTYPE)

static const u8 endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };

/* The pad that rustc 1.96 emits for -Zpatchable-function-entry=16,0. */
static const u8 pad[REX_PAD_SIZE] = {
	0x66, 0x66, 0x66, 0x66, 0x66, 0x2e, 0x66, 0x0f,
	0x1f, 0x84, 0x00, 0x00, 0x02, 0x00, 0x00, 0x90,
};

/* ---- small things ---- */

void bytes_append(struct bytes *b, const void *data, size_t size)
{
	if (!size)
		return;
	b->data = realloc(b->data, b->size + size);
	if (!b->data)
		abort();
	if (data)
		memcpy(b->data + b->size, data, size);
	else
		memset(b->data + b->size, 0, size);
	b->size += size;
}

void bytes_align(struct bytes *b, size_t align)
{
	bytes_append(b, NULL, (align - b->size % align) % align);
}

u32 obj_sec_index(struct obj *o, const char *name)
{
	u32 i;

	for (i = 1; i < o->nr_secs; i++)
		if (!strcmp(o->secs[i].name, name))
			return i;
	fprintf(stderr, "no section %s\n", name);
	abort();
}

struct obj_sec *obj_sec(struct obj *o, const char *name)
{
	return &o->secs[obj_sec_index(o, name)];
}

u32 obj_sym_index(struct obj *o, const char *name)
{
	u32 i;

	for (i = 1; i < o->nr_syms; i++)
		if (!strcmp(o->syms[i].name, name))
			return i;
	fprintf(stderr, "no symbol %s\n", name);
	abort();
}

struct obj_sym *obj_sym(struct obj *o, const char *name)
{
	return &o->syms[obj_sym_index(o, name)];
}

struct obj_rela *obj_rela(struct obj *o, const char *sec, u32 nth)
{
	u32 index = obj_sec_index(o, sec);
	u32 i;

	for (i = 0; i < o->nr_relas; i++)
		if (o->relas[i].sec == index && !nth--)
			return &o->relas[i];
	abort();
}

struct rex_note *obj_note(struct obj *o)
{
	return (struct rex_note *)(obj_sec(o, REX_SEC_NOTE)->data.data +
				   sizeof(Elf64_Nhdr) + sizeof(REX_NOTE_NAME));
}

void obj_declare(struct obj *o, u32 features)
{
	struct bytes *b = &obj_sec(o, REX_SEC_NOTE)->data;

	bytes_append(b, &features, sizeof(features));
	((Elf64_Nhdr *)b->data)->n_descsz += sizeof(features);
}

struct rex_prog_def *obj_prog(struct obj *o, u32 i)
{
	return (struct rex_prog_def *)obj_sec(o, REX_SEC_PROGS)->data.data + i;
}

struct rex_map_def *obj_map(struct obj *o, u32 i)
{
	return (struct rex_map_def *)obj_sec(o, REX_SEC_MAPS)->data.data + i;
}

struct rex_config_def *obj_config(struct obj *o, u32 i)
{
	return (struct rex_config_def *)obj_sec(o, REX_SEC_CONFIG)->data.data +
	       i;
}

/* ---- building ---- */

u32 obj_add_sec(struct obj *o, const char *name, u32 type, u64 flags,
		const void *data, size_t size)
{
	struct obj_sec *sec = &o->secs[o->nr_secs];

	if (o->nr_secs == OBJ_MAX_SECS)
		abort();
	*sec = (struct obj_sec){
		.name = name, .type = type, .flags = flags, .align = 8
	};
	if (type == SHT_NOBITS)
		sec->nobits = size;
	else
		bytes_append(&sec->data, data, size);
	return o->nr_secs++;
}

u32 obj_add_sym(struct obj *o, const char *name, u8 info, u16 shndx, u64 value,
		u64 size)
{
	if (o->nr_syms == OBJ_MAX_SYMS)
		abort();
	o->syms[o->nr_syms] =
		(struct obj_sym){ name, info, shndx, value, size };
	return o->nr_syms++;
}

u32 obj_add_rela(struct obj *o, u32 sec, u64 offset, u32 type, u32 sym,
		 s64 addend)
{
	if (o->nr_relas == OBJ_MAX_RELAS)
		abort();
	o->relas[o->nr_relas] =
		(struct obj_rela){ sec,
				   { offset, (u64)sym << 32 | type, addend } };
	return o->nr_relas++;
}

static void append_uleb(struct bytes *b, u64 value)
{
	do {
		u8 byte = value & 0x7f;

		value >>= 7;
		if (value)
			byte |= 0x80;
		bytes_append(b, &byte, 1);
	} while (value);
}

u32 obj_add_func(struct obj *o, const char *name, const void *body, size_t size,
		 u64 frame)
{
	u32 text = obj_sec_index(o, ".text");
	u32 pads = obj_sec_index(o, "__patchable_function_entries");
	u32 sizes = obj_sec_index(o, ".stack_sizes");
	struct bytes *code = &o->secs[text].data;
	size_t start;
	u32 sym;

	while (code->size % 16)
		bytes_append(code, "\xcc", 1);
	start = code->size;
	bytes_append(code, endbr64, sizeof(endbr64));
	bytes_append(code, pad, sizeof(pad));
	bytes_append(code, body, size);
	sym = obj_add_sym(o, name, FUNC, text, start, code->size - start);

	obj_add_rela(o, pads, o->secs[pads].data.size, R_X86_64_64, sym,
		     sizeof(endbr64));
	bytes_append(&o->secs[pads].data, NULL, 8);
	obj_add_rela(o, sizes, o->secs[sizes].data.size, R_X86_64_64, sym, 0);
	bytes_append(&o->secs[sizes].data, NULL, 8);
	append_uleb(&o->secs[sizes].data, frame);
	return sym;
}

void obj_add_prog(struct obj *o, const char *name, u32 sym)
{
	u32 index = obj_sec_index(o, REX_SEC_PROGS);
	struct rex_prog_def def = {
		.size = sizeof(def),
		.type = 5, /* BPF_PROG_TYPE_TRACEPOINT */
		.section = "tracepoint/syscalls/sys_enter_dup",
	};

	strncpy(def.name, name, sizeof(def.name) - 1);
	obj_add_rela(o, index,
		     o->secs[index].data.size +
			     offsetof(struct rex_prog_def, entry),
		     R_X86_64_64, sym, 0);
	bytes_append(&o->secs[index].data, &def, sizeof(def));
}

/* Returns the section of that name, which is added if there is none. */
static u32 section_of_defs(struct obj *o, const char *name)
{
	u32 index;

	for (index = 1; index < o->nr_secs; index++)
		if (!strcmp(o->secs[index].name, name))
			return index;
	return obj_add_sec(o, name, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL,
			   0);
}

static u32 add_def(struct obj *o, const char *section, const char *name,
		   const void *def, size_t size)
{
	u32 index = section_of_defs(o, section);
	u64 at = o->secs[index].data.size;

	bytes_append(&o->secs[index].data, def, size);
	return obj_add_sym(o, name, OBJECT, index, at, size);
}

u32 obj_add_map(struct obj *o, const char *name)
{
	struct rex_map_def def = {
		.size = sizeof(def),
		.type = 1, /* BPF_MAP_TYPE_HASH */
		.key_size = 4,
		.value_size = 8,
		.max_entries = 16,
	};

	return add_def(o, REX_SEC_MAPS, name, &def, sizeof(def));
}

u32 obj_add_config(struct obj *o, const char *name, u32 kind, u32 size)
{
	struct rex_config_def def = {
		.size = sizeof(def),
		.kind = kind,
		.value_size = size,
	};

	return add_def(o, REX_SEC_CONFIG, name, &def, sizeof(def));
}

static void add_note(struct obj *o)
{
	const struct rex_note note = {
		.abi = REX_ABI_VERSION,
		.crate_version = 0x00010203,
		.rustc = "rustc 1.96.0",
	};
	const Elf64_Nhdr head = { sizeof(REX_NOTE_NAME), sizeof(note),
				  REX_NOTE_TYPE };
	u32 i = obj_add_sec(o, REX_SEC_NOTE, SHT_NOTE, SHF_ALLOC, &head,
			    sizeof(head));

	bytes_append(&o->secs[i].data, REX_NOTE_NAME, sizeof(REX_NOTE_NAME));
	bytes_append(&o->secs[i].data, &note, sizeof(note));
}

static void add_code(struct obj *o)
{
	/* push %rbp; mov %rsp,%rbp; call helper; pop %rbp; jmp thunk */
	static const u8 prog[] = { 0x55, 0x48, 0x89, 0xe5, 0xe8, 0, 0, 0,
				   0,	 0x5d, 0xe9, 0,	   0,	 0, 0 };
	/* mov counter(%rip),%eax; xor %eax,%eax; jmp thunk */
	static const u8 helper[] = { 0x8b, 0x05, 0, 0, 0, 0, 0x31,
				     0xc0, 0xe9, 0, 0, 0, 0 };
	u32 text = obj_sec_index(o, ".text");
	u32 thunk, counter, fprog, fhelper;
	u64 at;

	fprog = obj_add_func(o, "prog", prog, sizeof(prog), 8);
	fhelper = obj_add_func(o, "_ZN4demo6helper17h0123456789abcdefE", helper,
			       sizeof(helper), 0);
	thunk = obj_add_sym(o, "__x86_return_thunk", UNDEF, SHN_UNDEF, 0, 0);
	counter = obj_add_sym(o, "counter", OBJECT, obj_sec_index(o, ".data"),
			      0, 8);

	at = o->syms[fprog].value + OBJ_PROG_BODY;
	obj_add_rela(o, text, at + 5, R_X86_64_PLT32, fhelper, -4);
	obj_add_rela(o, text, at + 11, R_X86_64_PLT32, thunk, -4);
	at = o->syms[fhelper].value + OBJ_PROG_BODY;
	obj_add_rela(o, text, at + 2, R_X86_64_PC32, counter, -4);
	obj_add_rela(o, text, at + 9, R_X86_64_PLT32, thunk, -4);

	obj_add_rela(o, obj_sec_index(o, ".rodata"), 8, R_X86_64_64, fprog, 0);
	obj_add_prog(o, "prog", fprog);
}

struct obj *obj_new(void)
{
	struct obj *o = calloc(1, sizeof(*o));

	if (!o)
		abort();
	o->nr_secs = 1;
	o->nr_syms = 1;
	o->secs[0].name = "";
	o->syms[0].name = "";

	obj_add_sec(o, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, NULL,
		    0);
	o->secs[1].align = 16;
	obj_add_sec(o, ".rodata", SHT_PROGBITS, SHF_ALLOC,
		    "constant\0\0\0\0\0\0\0\0", 16);
	obj_add_sec(o, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE,
		    "\1\2\3\4\5\6\7", 8);
	obj_add_sec(o, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 32);
	add_note(o);
	obj_add_sec(o, REX_SEC_PROGS, SHT_PROGBITS, SHF_ALLOC, NULL, 0);
	obj_add_sec(o, ".stack_sizes", SHT_PROGBITS, 0, NULL, 0);
	obj_add_sec(o, "__patchable_function_entries", SHT_PROGBITS,
		    SHF_ALLOC | SHF_WRITE, NULL, 0);
	add_code(o);
	return o;
}

void obj_free(struct obj *o)
{
	u32 i;

	for (i = 0; i < o->nr_secs; i++)
		free(o->secs[i].data.data);
	free(o);
}

/* ---- a written file ---- */

Elf64_Ehdr *file_ehdr(struct bytes *file)
{
	return (Elf64_Ehdr *)file->data;
}

u32 file_shndx(struct bytes *file, const char *name)
{
	Elf64_Ehdr *eh = file_ehdr(file);
	Elf64_Shdr *sh = (Elf64_Shdr *)(file->data + eh->e_shoff);
	const char *names =
		(const char *)file->data + sh[eh->e_shstrndx].sh_offset;
	u32 i;

	for (i = 1; i < eh->e_shnum; i++)
		if (!strcmp(names + sh[i].sh_name, name))
			return i;
	fprintf(stderr, "no section %s in the file\n", name);
	abort();
}

Elf64_Shdr *file_shdr(struct bytes *file, const char *name)
{
	return (Elf64_Shdr *)(file->data + file_ehdr(file)->e_shoff) +
	       file_shndx(file, name);
}
