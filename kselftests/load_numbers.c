// SPDX-License-Identifier: GPL-2.0
/*
 * The largest possible objects, made by hand, and very many images and bindings are
 * accepted or refused within seconds, and the kernel's other tasks run meanwhile.
 * TEST-DEADLINE: 300
 */
#include <elf.h>
#include <pthread.h>
#include <sys/resource.h>

#include "hostile.h"

#define MAX_SYMBOLS (128u << 10) /* kmod/elf.h */
#define NR_SECTIONS 13
/* The longest time that another task may wait for its CPU. */
#define MAX_WAIT_MS 5000

/* ---- objects ---- */

struct bytes {
	char *data;
	size_t size, room;
};

static size_t append(struct bytes *b, const void *data, size_t size)
{
	size_t at = b->size;

	if (b->size + size > b->room) {
		b->room = 2 * (b->size + size);
		b->data = realloc(b->data, b->room);
		ASSERT(b->data);
	}
	if (data)
		memcpy(b->data + at, data, size);
	else
		memset(b->data + at, 0, size);
	b->size += size;
	return at;
}

/* Sections, by their index; each SEC_RELA_x belongs to the one before it. */
enum {
	SEC_NULL,
	SEC_TEXT,
	SEC_DATA,
	SEC_RELA_DATA,
	SEC_NOTE,
	SEC_PROGS,
	SEC_RELA_PROGS,
	SEC_SIZES,
	SEC_RELA_SIZES,
	SEC_PADS,
	SEC_RELA_PADS,
	SEC_SYMTAB,
	SEC_STRTAB
};

struct object {
	struct bytes sec[NR_SECTIONS];
	__u32 nr_syms;
};

static const struct {
	const char *name;
	__u32 type;
	__u64 flags;
} sections[NR_SECTIONS] = {
	[SEC_TEXT] = { ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR },
	[SEC_DATA] = { ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE },
	[SEC_RELA_DATA] = { ".rela.data", SHT_RELA, SHF_INFO_LINK },
	[SEC_NOTE] = { ".note.rex", SHT_NOTE, SHF_ALLOC },
	[SEC_PROGS] = { ".rex.progs", SHT_PROGBITS, SHF_ALLOC },
	[SEC_RELA_PROGS] = { ".rela.rex.progs", SHT_RELA, SHF_INFO_LINK },
	[SEC_SIZES] = { ".stack_sizes", SHT_PROGBITS, 0 },
	[SEC_RELA_SIZES] = { ".rela.stack_sizes", SHT_RELA, SHF_INFO_LINK },
	[SEC_PADS] = { "__patchable_function_entries", SHT_PROGBITS,
		       SHF_ALLOC | SHF_WRITE },
	[SEC_RELA_PADS] = { ".rela__patchable_function_entries", SHT_RELA,
			    SHF_INFO_LINK },
	[SEC_SYMTAB] = { ".symtab", SHT_SYMTAB, 0 },
	[SEC_STRTAB] = { ".strtab", SHT_STRTAB, 0 },
};

static __u32 add_name(struct object *o, const char *name)
{
	return append(&o->sec[SEC_STRTAB], name, strlen(name) + 1);
}

static __u32 add_symbol(struct object *o, __u32 name, int type, int section,
			__u64 value, __u64 size)
{
	Elf64_Sym sym = {
		.st_name = name,
		.st_info = ELF64_ST_INFO(STB_GLOBAL, type),
		.st_shndx = section,
		.st_value = value,
		.st_size = size,
	};

	append(&o->sec[SEC_SYMTAB], &sym, sizeof(sym));
	return o->nr_syms++;
}

/* Adds the address of symbol SYM at OFFSET of section SEC. */
static void add_pointer(struct object *o, int sec, __u64 offset, __u32 sym)
{
	Elf64_Rela rela = { offset, ELF64_R_INFO((__u64)sym, R_X86_64_64), 0 };

	append(&o->sec[sec + 1], &rela, sizeof(rela));
}

/* A function that is never called: it ends in ud2. */
static __u32 add_function(struct object *o, __u32 name)
{
	static const unsigned char code[] = {
		0x66, 0x66, 0x66, 0x66, 0x66, 0x2e, 0x66, 0x0f,
		0x1f, 0x84, 0,	  0,	2,    0,    0,	  0x90, /* the pad */
		0x31, 0xc0, 0x0f, 0x0b, 0x0f, 0x0b, 0x0f, 0x0b
	};
	size_t at = append(&o->sec[SEC_TEXT], code, sizeof(code));
	__u32 sym = add_symbol(o, name, STT_FUNC, SEC_TEXT, at, sizeof(code));

	add_pointer(o, SEC_PADS, append(&o->sec[SEC_PADS], NULL, 8), sym);
	add_pointer(o, SEC_SIZES, append(&o->sec[SEC_SIZES], NULL, 9), sym);
	return sym;
}

static void add_program(struct object *o, const char *name, __u32 entry)
{
	struct rex_prog_def def = {
		.size = sizeof(def),
		.type = BPF_PROG_TYPE_TRACEPOINT,
		.section = "tracepoint/syscalls/sys_enter_dup",
	};
	size_t at;

	snprintf(def.name, sizeof(def.name), "%s", name);
	at = append(&o->sec[SEC_PROGS], &def, sizeof(def));
	add_pointer(o, SEC_PROGS, at + offsetof(struct rex_prog_def, entry),
		    entry);
}

static void add_note(struct object *o)
{
	struct {
		Elf64_Nhdr head;
		char name[4];
		struct rex_note note;
	} all = {
		.head = { 4, sizeof(struct rex_note), REX_NOTE_TYPE },
		.name = REX_NOTE_NAME,
		.note = { .abi = REX_ABI_VERSION, .rustc = "by hand" },
	};

	append(&o->sec[SEC_NOTE], &all, sizeof(all));
}

/* Makes an object with one program, `first`. */
static struct object *new_object(void)
{
	struct object *o = calloc(1, sizeof(*o));

	ASSERT(o);
	append(&o->sec[SEC_STRTAB], NULL, 1);
	append(&o->sec[SEC_SYMTAB], NULL, sizeof(Elf64_Sym));
	o->nr_syms = 1;
	add_note(o);
	add_program(o, "first", add_function(o, add_name(o, "first")));
	return o;
}

static void fill_header(Elf64_Shdr *sh, int i)
{
	sh->sh_type = sections[i].type;
	sh->sh_flags = sections[i].flags;
	sh->sh_addralign = 8;
	if (sh->sh_type == SHT_RELA) {
		sh->sh_link = SEC_SYMTAB;
		sh->sh_info = i - 1;
		sh->sh_entsize = sizeof(Elf64_Rela);
	}
	if (i == SEC_SYMTAB) {
		sh->sh_link = SEC_STRTAB;
		sh->sh_info = 1;
		sh->sh_entsize = sizeof(Elf64_Sym);
	}
}

/* Writes the file, and frees the object. */
static struct bytes write_object(struct object *o)
{
	Elf64_Ehdr ehdr = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = NR_SECTIONS,
		.e_shstrndx = SEC_STRTAB,
	};
	Elf64_Shdr shdrs[NR_SECTIONS] = {};
	struct bytes file = {};

	for (int i = 1; i < NR_SECTIONS; i++)
		shdrs[i].sh_name = add_name(o, sections[i].name);
	append(&file, &ehdr, sizeof(ehdr));
	for (int i = 1; i < NR_SECTIONS; i++) {
		fill_header(&shdrs[i], i);
		append(&file, NULL, -file.size & 7);
		shdrs[i].sh_size = o->sec[i].size;
		shdrs[i].sh_offset =
			append(&file, o->sec[i].data, o->sec[i].size);
		free(o->sec[i].data);
	}
	append(&file, NULL, -file.size & 7);
	((Elf64_Ehdr *)file.data)->e_shoff =
		append(&file, shdrs, sizeof(shdrs));
	free(o);
	return file;
}

/* ---- another task on the same processor ---- */

static volatile bool over;
static long longest_wait;

static void *wait_for_cpu(void *unused)
{
	long last = ksft_ms();

	(void)unused;
	while (!over) {
		long now;

		ksft_pause_ms(5);
		now = ksft_ms();
		if (now - last > longest_wait)
			longest_wait = now - last;
		last = now;
	}
	return NULL;
}

/* Loads the object, and returns the descriptor or a negative errno. */
static int load_it(const char *what, struct object *o)
{
	struct bytes file = write_object(o);
	static char log[512];
	struct rex_load args = {
		.size = sizeof(args),
		.elf = u64_of(file.data),
		.elf_size = file.size,
		.log_level = REX_LOG_ERROR,
		.log_buf = u64_of(log),
		.log_size = sizeof(log),
	};
	pthread_t other;
	long start;
	int fd, err;

	pin_to_cpu(0);
	over = false;
	longest_wait = 0;
	log[0] = '\0';
	ASSERT(!pthread_create(&other, NULL, wait_for_cpu, NULL));
	start = ksft_ms();
	fd = ioctl(device(), REX_IOC_LOAD, &args);
	err = errno;
	ksft_note("%s: %zu bytes, %s after %ld ms: %s", what, file.size,
		  fd < 0 ? strerror(err) : "loaded", ksft_ms() - start, log);
	start = ksft_ms();
	if (fd >= 0)
		close(fd);
	over = true;
	pthread_join(other, NULL);
	ksft_note("unloaded after %ld ms; others waited for %ld ms",
		  ksft_ms() - start, longest_wait);
	EXPECT(longest_wait < MAX_WAIT_MS);
	free(file.data);
	return fd < 0 ? -err : 0;
}

/* Makes an object with the largest number of symbols, all with NAME. */
static struct object *object_of_symbols(const char *name)
{
	struct object *o = new_object();
	__u32 string = add_name(o, name);

	while (o->nr_syms < MAX_SYMBOLS) {
		__u32 sym = add_symbol(o, string, STT_NOTYPE, SHN_UNDEF, 0, 0);

		add_pointer(o, SEC_DATA, append(&o->sec[SEC_DATA], NULL, 8),
			    sym);
	}
	return o;
}

TEST_TIMEOUT(objects_of_as_many_symbols_as_possible_load, 120)
{
	char name[3000];

	EXPECT_EQ(load_it("fields",
			  object_of_symbols("__rex_off_xdp_txq_info_dev")),
		  0);
	EXPECT_EQ(load_it("tracepoints' fields",
			  object_of_symbols(
				  "__rex_tp:sched/sched_switch:next_pid:s4")),
		  0);
	EXPECT_EQ(load_it("raw tracepoints",
			  object_of_symbols("__rex_raw_tp:sched_switch")),
		  0);
	EXPECT_EQ(load_it("raw tracepoints",
			  object_of_symbols("__rex_raw_tp:sys_enter")),
		  0);
	memset(name, 'a', sizeof(name));
	name[2047] = '\0';
	EXPECT_EQ(load_it("long names", object_of_symbols(name)), -ENOEXEC);
	memcpy(name, "__rex_tp:", 9);
	EXPECT_EQ(load_it("long fields", object_of_symbols(name)), -ENOEXEC);
	name[2047] = 'a';
	name[2048] = '\0';
	EXPECT_EQ(load_it("too long names", object_of_symbols(name)), -ENOEXEC);
}

TEST_TIMEOUT(object_of_one_symbol_too_many_is_refused, 60)
{
	struct object *o = object_of_symbols("__rex_off_xdp_txq_info_dev");

	add_symbol(o, 1, STT_NOTYPE, SHN_UNDEF, 0, 0);
	EXPECT_EQ(load_it("one too many", o), -ENOEXEC);
}

/* Makes an object with names of Rust that take longest to demangle. */
static struct object *object_of_functions(__u32 nr, const char *name)
{
	struct object *o = new_object();
	__u32 string = add_name(o, name);

	while (nr--)
		add_function(o, string);
	return o;
}

TEST_TIMEOUT(objects_of_as_many_functions_as_possible_load, 150)
{
	char name[2048];

	EXPECT_EQ(load_it("functions", object_of_functions(100000, "f")), 0);
	strcpy(name, "_ZN");
	while (strlen(name) < 2000)
		strcat(name, "9$LT$$GT$_");
	strcat(name, "17h0123456789abcdefE");
	EXPECT_EQ(load_it("Rust functions", object_of_functions(100000, name)),
		  0);
}

TEST_TIMEOUT(object_of_relocations_in_no_order_loads, 100)
{
	struct object *o = new_object();
	__u32 nr = 400000;

	append(&o->sec[SEC_DATA], NULL, 8 * nr);
	for (__u32 i = 0; i < nr; i++)
		add_pointer(o, SEC_DATA, 8ull * ((i * 7919ull) % nr), 1);
	EXPECT_EQ(load_it("relocations", o), 0);
}

TEST(object_of_as_many_programs_as_possible_loads)
{
	struct object *o = new_object();
	__u32 entry = add_function(o, add_name(o, "entry"));
	char name[REX_NAME_LEN];

	for (int i = 1; i < REX_MAX_PROGS; i++) {
		snprintf(name, sizeof(name), "p%062d", i);
		add_program(o, name, entry);
	}
	EXPECT_EQ(load_it("programs", o), 0);
}

/* Each question about a type that is not there is a search of all types of the kernel. */
static struct object *object_of_questions(__u32 nr)
{
	struct object *o = new_object();
	char name[64];

	for (__u32 i = 0; i < nr; i++) {
		size_t at = append(&o->sec[SEC_DATA], NULL, 8);

		snprintf(name, sizeof(name), "__rex_btf:has:nothing%u::", i);
		add_pointer(o, SEC_DATA, at,
			    add_symbol(o, add_name(o, name), STT_NOTYPE,
				       SHN_UNDEF, 0, 0));
	}
	return o;
}

TEST_TIMEOUT(process_whose_load_takes_long_can_be_killed, 100)
{
	struct bytes file = write_object(object_of_questions(100000));
	struct rex_load args = {
		.size = sizeof(args),
		.elf = u64_of(file.data),
		.elf_size = file.size,
	};
	pid_t pid = fork();
	int status;
	long start;

	ASSERT(pid >= 0);
	if (!pid) {
		ioctl(device(), REX_IOC_LOAD, &args);
		_exit(0);
	}
	ksft_pause_ms(1000);
	/* It has not ended by itself. */
	ASSERT_EQ(waitpid(pid, &status, WNOHANG), 0);
	start = ksft_ms();
	ASSERT(!kill(pid, SIGKILL));
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ksft_note("it ended %ld ms after SIGKILL", ksft_ms() - start);
	EXPECT(WIFSIGNALED(status));
	EXPECT(ksft_ms() - start < 2000 * ksft_slower());
	free(file.data);
}

/* ---- very many of them ---- */

TEST_TIMEOUT(very_many_images_and_bindings_are_possible, 200)
{
	enum {
		IMAGES = 2000,
		BINDINGS = 4000
	};
	struct rex_load args = load_args("hello");
	static int images[IMAGES], carriers[BINDINGS];
	struct census before;
	struct rex_image_info info = { .size = sizeof(info) };
	long start = ksft_ms();

	ASSERT(!setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 20000, 20000 }));
	idle_device();
	before = take_census();
	for (int i = 0; i < IMAGES; i++)
		images[i] = load(&args);
	ksft_note("images after %ld ms", ksft_ms() - start);
	start = ksft_ms();
	for (int i = 0; i < BINDINGS; i++) {
		carriers[i] = carrier(BPF_PROG_TYPE_TRACEPOINT);
		ASSERT(!bind_prog(images[0], carriers[i], "rex_prog1", 0));
	}
	ksft_note("bindings after %ld ms", ksft_ms() - start);
	info.image_fd = images[0];
	ASSERT(!ioctl(device(), REX_IOC_IMAGE_INFO, &info));
	EXPECT_EQ(info.nr_bindings, BINDINGS);
	start = ksft_ms();
	for (int i = 0; i < BINDINGS; i++)
		close(carriers[i]);
	for (int i = 0; i < IMAGES; i++)
		close(images[i]);
	EXPECT(WAIT_FOR(module_refs() == before.module_refs, 60));
	EXPECT_CENSUS(&before);
	ksft_note("gone after %ld ms", ksft_ms() - start);
}
