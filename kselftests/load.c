// SPDX-License-Identifier: GPL-2.0
/*
 * REX_IOC_LOAD takes an object's bytes and its name, and writes its log. Maps are in
 * load_maps.
 */
#include <sys/mman.h>
#include <sys/resource.h>

#include "rex_ioctl.h"

/* ---- the object ---- */

TEST(object_that_cannot_be_read_is_EFAULT)
{
	struct rex_load args = load_args("hello");
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const void *elf = (void *)(unsigned long)args.elf;
	__u64 size = args.elf_size;

	ASSERT(pages != MAP_FAILED && !munmap(pages + 4096, 4096));
	args.elf = 0;
	load_is_refused(&args, EFAULT);
	args.elf = 0xffffffff81000000;
	load_is_refused(&args, EFAULT);
	args.elf = -1ull;
	load_is_refused(&args, EFAULT);
	/* the end is missing */
	memcpy(pages, elf, 4096);
	args.elf = u64_of(pages);
	args.elf_size = size > 4096 ? size : 4097;
	load_is_refused(&args, EFAULT);
}

TEST(empty_object_is_ENOEXEC)
{
	struct rex_load args = load_args("hello");

	args.elf_size = 0;
	load_is_refused(&args, ENOEXEC);
	args.elf = 0;
	load_is_refused(&args, ENOEXEC);
}

TEST(object_above_the_limit_is_EFBIG)
{
	struct rex_load args = load_args("hello");

	args.elf_size = REX_MAX_ELF_SIZE + 1;
	load_is_refused(&args, EFBIG);
	args.elf_size = 1ull << 32;
	load_is_refused(&args, EFBIG);
	args.elf_size = -1ull;
	load_is_refused(&args, EFBIG);
}

/* Garbage at the end of a file belongs to no section. */
TEST(object_of_the_limit_loads)
{
	struct rex_load args = load_args("hello");
	char *big = calloc(1, REX_MAX_ELF_SIZE);

	ASSERT(big);
	memcpy(big, (void *)(unsigned long)args.elf, args.elf_size);
	args.elf = u64_of(big);
	args.elf_size = REX_MAX_ELF_SIZE;
	close(load(&args));
}

TEST(every_truncated_object_is_ENOEXEC)
{
	struct rex_load args = load_args("hello");
	__u64 size = args.elf_size;
	struct census census;
	char log[256];
	int ret;

	idle_device();
	close(load(&args));
	census = take_census();
	args.log_level = REX_LOG_ERROR;
	args.log_buf = u64_of(log);
	args.log_size = sizeof(log);
	for (args.elf_size = 0; args.elf_size < size; args.elf_size += 7) {
		log[0] = '\0';
		ret = ioctl(device(), REX_IOC_LOAD, &args);
		EXPECT_MSG(ret == -1 && errno == ENOEXEC && log[0],
			   "cut at %llu gives %d, errno %d, log \"%s\"",
			   args.elf_size, ret, errno, log);
	}
	EXPECT_CENSUS(&census);
}

/* The load uses the object at the time of the call, not later changes. */
TEST(object_may_change_after_the_load)
{
	struct rex_load args = load_args("hello");
	int fd = load(&args);

	memset((void *)(unsigned long)args.elf, 0xcc, args.elf_size);
	EXPECT_EQ(bind_prog(fd, carrier(BPF_PROG_TYPE_TRACEPOINT), "rex_prog1",
			    0),
		  0);
}

/* ---- the name ---- */

TEST(name_of_an_image_is_printable_ascii)
{
	static const char *const bad[] = { "a b", "a\n", "\x7f", "\xc3\xa4",
					   "\t" };
	struct rex_load args = load_args("hello");
	struct rex_image_info info = { .size = sizeof(info) };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(args.name, 0, sizeof(args.name));
		strcpy(args.name, bad[i]);
		load_is_refused(&args, EINVAL);
	}
	memset(args.name, 'x', sizeof(args.name));
	load_is_refused(&args, EINVAL);
	args.name[REX_NAME_LEN - 1] = '\0';
	info.image_fd = load(&args);
	ASSERT(!ioctl(device(), REX_IOC_IMAGE_INFO, &info));
	EXPECT_STREQ(info.name, args.name);
	args.name[0] = '\0';
	info.image_fd = load(&args);
	ASSERT(!ioctl(device(), REX_IOC_IMAGE_INFO, &info));
	EXPECT_STREQ(info.name, "");
}

/* ---- the log ---- */

/* Returns arguments of a load that is refused. */
static struct rex_load broken_args(void)
{
	struct rex_load args = load_args("hello");

	args.elf_size -= 100;
	return args;
}

static const char *full_log(void)
{
	static char log[4096];
	struct rex_load args = broken_args();

	args.log_level = REX_LOG_ERROR;
	args.log_buf = u64_of(log);
	args.log_size = sizeof(log);
	load_is_refused(&args, ENOEXEC);
	ASSERT(strlen(log) > 10);
	EXPECT_EQ(args.log_len, strlen(log) + 1);
	return log;
}

TEST(log_that_is_too_long_is_truncated_and_its_length_reported)
{
	const char *whole = full_log();
	struct rex_load args = broken_args();
	size_t need = strlen(whole) + 1;
	char log[4096];

	args.log_level = REX_LOG_ERROR;
	args.log_buf = u64_of(log);
	for (size_t size = 1; size <= need + 1; size++) {
		memset(log, 'x', sizeof(log));
		args.log_size = size;
		args.log_len = 0;
		EXPECT_ERRNO(ioctl(device(), REX_IOC_LOAD, &args), ENOEXEC);
		EXPECT_EQ(args.log_len, need);
		EXPECT_EQ(strnlen(log, size),
			  size < need ? size - 1 : need - 1);
		EXPECT(!strncmp(log, whole, strlen(log)));
		EXPECT_EQ(log[size], 'x');
	}
}

TEST(log_is_not_written_at_level_none_or_size_0)
{
	struct rex_load args = broken_args();
	char log[64];

	memset(log, 'x', sizeof(log));
	args.log_buf = u64_of(log);
	args.log_size = sizeof(log);
	args.log_level = REX_LOG_NONE;
	load_is_refused(&args, ENOEXEC);
	EXPECT_EQ(args.log_len, 0);
	EXPECT_EQ(log[0], 'x');
	args.log_level = REX_LOG_ERROR;
	args.log_size = 0;
	args.log_buf = 0;
	load_is_refused(&args, ENOEXEC);
	EXPECT_EQ(args.log_len, strlen(full_log()) + 1);
}

TEST(log_buffer_has_to_be_there)
{
	struct rex_load args = load_args("hello");

	args.log_level = REX_LOG_ERROR;
	args.log_size = 100;
	load_is_refused(&args, EINVAL);
	args.log_buf = 8;
	args.log_level = REX_LOG_DEBUG;
	load_is_refused(&args, EFAULT);
	args.log_buf = 0xffffffff81000000;
	load_is_refused(&args, EFAULT);
}

TEST(log_level_above_debug_is_EINVAL)
{
	struct rex_load args = load_args("hello");

	args.log_level = REX_LOG_DEBUG + 1;
	load_is_refused(&args, EINVAL);
	args.log_level = ~0u;
	load_is_refused(&args, EINVAL);
}

TEST(debug_log_names_sections_and_functions)
{
	struct rex_load args = load_args("hello");
	static char log[1 << 16];

	args.log_level = REX_LOG_DEBUG;
	args.log_buf = u64_of(log);
	args.log_size = sizeof(log);
	close(load(&args));
	EXPECT_EQ(args.log_len, strlen(log) + 1);
	EXPECT_CONTAINS(log, ".text");
	EXPECT_CONTAINS(log, "rex_prog1");
	/* and nothing is said about an object that is in order */
	args.log_level = REX_LOG_ERROR;
	close(load(&args));
	EXPECT_STREQ(log, "");
	EXPECT_EQ(args.log_len, 1);
}

/* ---- what a loaded image shows ---- */

/* Returns whether kallsyms has the symbol. */
static bool has_symbol(const char *name)
{
	char *symbols = read_all("/proc/kallsyms", NULL), *line, *save;
	char rest[512];
	bool found = false;

	for (line = strtok_r(symbols, "\n", &save); line && !found;
	     line = strtok_r(NULL, "\n", &save))
		if (strstr(line, "[bpf]") &&
		    sscanf(line, "%*x %*c %511s", rest) == 1)
			found = !strcmp(rest, name);
	free(symbols);
	return found;
}

TEST(load_without_room_for_a_descriptor_is_EMFILE)
{
	struct rex_load args = load_args("hello");
	struct rlimit all, none = {};
	struct census census;
	int ret, err;

	idle_device();
	census = take_census();
	ASSERT(!getrlimit(RLIMIT_NOFILE, &all));
	none.rlim_max = all.rlim_max;
	ASSERT(!setrlimit(RLIMIT_NOFILE, &none));
	ret = ioctl(device(), REX_IOC_LOAD, &args);
	err = errno;
	ASSERT(!setrlimit(RLIMIT_NOFILE, &all));
	EXPECT_MSG(ret == -1 && err == EMFILE, "load gives %d, errno %d", ret,
		   err);
	EXPECT_CENSUS(&census);
}

TEST(functions_are_in_kallsyms_while_the_image_lives)
{
	int fd;

	EXPECT(!has_symbol("panics::innermost_unwrap"));
	fd = load_image("panics");
	EXPECT(has_symbol("panics::innermost_unwrap"));
	EXPECT(has_symbol("panics::middle_of_the_call_chain"));
	EXPECT(has_symbol("panics::element_of_a_table"));
	close(fd);
	EXPECT(!has_symbol("panics::innermost_unwrap"));
	EXPECT(!has_symbol("panics::element_of_a_table"));
}

TEST(image_info_says_what_was_loaded)
{
	struct rex_load args = load_args("counts");
	struct rex_image_info info = { .size = sizeof(info) }, second;
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];

	give_counts_maps(&args, maps);
	info.image_fd = load(&args);
	second = info;
	second.image_fd = load(&args);
	ASSERT(!ioctl(device(), REX_IOC_IMAGE_INFO, &info));
	ASSERT(!ioctl(device(), REX_IOC_IMAGE_INFO, &second));
	EXPECT(info.id && second.id && info.id != second.id);
	EXPECT_EQ(info.nr_progs, 2);
	EXPECT_EQ(info.nr_maps, NR_COUNTS_MAPS);
	EXPECT_EQ(info.nr_bindings, 0);
	EXPECT_EQ(info.text_size % 4096, 0);
	EXPECT(info.text_size && info.rodata_size);
	EXPECT(info.memory >=
	       info.text_size + info.rodata_size + info.data_size);
	EXPECT_STREQ(info.name, "counts");
	EXPECT_CONTAINS(info.rustc, "rustc 1.");
}

/* A program costs this much beyond the stacks of the CPUs, which all share. */
TEST(image_of_hello_takes_at_most_32_KB)
{
	struct rex_load args = load_args("hello");
	struct rex_image_info info = { .size = sizeof(info) };

	info.image_fd = load(&args);
	ASSERT(!ioctl(device(), REX_IOC_IMAGE_INFO, &info));
	ksft_note("hello takes %llu bytes, %llu of them pages of the image",
		  info.memory,
		  info.text_size + info.rodata_size + info.data_size);
	EXPECT(info.memory <= 32768);
	/* The image takes at least this much. */
	EXPECT(info.memory >
	       info.text_size + info.rodata_size + info.data_size);
}

TEST(prog_info_names_programs_by_index)
{
	struct rex_load args = load_args("counts");
	struct rex_prog_info info = { .size = sizeof(info), .prog_fd = -1 };
	struct rex_image_info image = { .size = sizeof(image) };
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];
	int seen = 0;

	give_counts_maps(&args, maps);
	info.image_fd = image.image_fd = load(&args);
	ASSERT(!ioctl(device(), REX_IOC_IMAGE_INFO, &image));
	for (info.index = 0; info.index < 2; info.index++) {
		ASSERT(!ioctl(device(), REX_IOC_PROG_INFO, &info));
		seen |= !strcmp(info.name, "counts_first") ? 1 : 0;
		seen |= !strcmp(info.name, "counts_second") ? 2 : 0;
		EXPECT_STREQ(info.section, "tracepoint/syscalls/sys_enter_dup");
		EXPECT_EQ(info.type, BPF_PROG_TYPE_TRACEPOINT);
		EXPECT_EQ(info.state, REX_PROG_LIVE);
		EXPECT_EQ(info.runs + info.skipped + info.faults, 0);
		EXPECT_EQ(info.nr_bindings, 0);
		EXPECT_EQ(info.memory, image.memory);
	}
	EXPECT_EQ(seen, 3);
	EXPECT_ERRNO(ioctl(device(), REX_IOC_PROG_INFO, &info), ENOENT);
	info.index = ~0u;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_PROG_INFO, &info), ENOENT);
	info.index = 0;
	info.prog_fd = 0;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_PROG_INFO, &info), EINVAL);
}

/* ---- limits ---- */

/* Returns the definition of the program of that name in an object in memory. */
static struct rex_prog_def *def_of(const struct rex_load *args,
				   const char *name)
{
	const char *elf = (void *)(unsigned long)args->elf, *at = elf;
	const char *end = elf + args->elf_size;
	char padded[REX_NAME_LEN] = "";

	snprintf(padded, sizeof(padded), "%s", name);
	while ((at = memmem(at, end - at, padded, sizeof(padded)))) {
		struct rex_prog_def *def =
			(void *)(at - offsetof(struct rex_prog_def, name));

		if (def->size == sizeof(*def))
			return def;
		at++;
	}
	ASSERT_MSG(0, "no definition of %s", name);
	return NULL;
}

/* The limit of a CPU's time does not depend on the program. */
TEST(a_timeout_above_the_module_s_limit_is_ERANGE)
{
	__u32 limits[] = { 0, 20000, 0xffffffff };
	struct rex_load args = load_args("hello");
	char words[128];
	int fd;

	limits[0] = module_parameter("max_timeout_ms") + 1;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		def_of(&args, "rex_prog1")->timeout_ms = limits[i];
		snprintf(words, sizeof(words),
			 "program rex_prog1: timeout_ms is %u, the module's parameter max_timeout_ms allows %u",
			 limits[i], limits[0] - 1);
		load_is_refused_with(&args, ERANGE, words);
	}
	def_of(&args, "rex_prog1")->timeout_ms = limits[0] - 1;
	fd = load(&args);
	close(fd);
}

/* ---- the machine-code check; broken_objects has what it refuses ---- */

#define UNCHECKED "unchecked"

/* The program has `ltr`, `std` and their like, for other tests. */
TEST(instructions_that_no_safe_program_has_are_refused)
{
	struct rex_obj *obj = open_object("hostile_unsafe", NULL);

	set_module_parameter(UNCHECKED, 0);
	EXPECT(rex_obj_load_opened(obj) == -ENOEXEC);
	EXPECT_CONTAINS(rex_obj_log(obj),
			"function hostile_unsafe::exceptions::");
	EXPECT_CONTAINS(rex_obj_log(obj), ": the instruction ");
	rex_obj_close(obj);
	obj = open_object("hostile_unsafe", NULL);
	load_opened(obj);
	rex_obj_close(obj);
	set_module_parameter(UNCHECKED, 0);
}

TEST(code_of_every_kind_is_accepted_and_runs)
{
	struct rex_obj *obj = load_object("codegen");

	attach(obj, "codegen");
	/* the kernel takes the lower half, which is no descriptor */
	for (unsigned long x = 0; x < 100; x++)
		EXPECT_ERRNO((int)syscall(SYS_dup, 0x100ffffff00ul + x), EBADF);
	EXPECT_EQ(prog_info(obj, "codegen").runs, 100);
	EXPECT(is_live(obj, "codegen"));
}

/* ---- the names of functions ---- */

/*
 * Returns a line of /proc/kallsyms that does not have the form of a symbol, or
 * NULL.
 */
static const char *odd_line(char *text)
{
	char *line = text, *end;

	for (; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end || end - line < 20 ||
		    strspn(line, "0123456789abcdef") != 16 || line[16] != ' ' ||
		    line[18] != ' ')
			return line;
		for (char *c = line; c < end; c++)
			if ((*c < ' ' && *c != '\t') || *c > '~')
				return line;
	}
	return NULL;
}

/*
 * A newline in a name would make another line, and an escape a terminal
 * sequence.
 */
TEST(name_of_a_function_is_one_line_of_kallsyms)
{
	static const char odd[] = "\nodd\x1b\x7f\xff";
	struct rex_load args = load_args("hello");
	char *elf = (char *)(unsigned long)args.elf, *name = elf;
	int changed = 0;

	while ((name = memmem(name, elf + args.elf_size - name, "_ZN", 3))) {
		if (strlen(name) > sizeof(odd) + 3) {
			memcpy(name + 3, odd, sizeof(odd) - 1);
			changed++;
		}
		name += 3;
	}
	ASSERT(changed);
	load(&args);
	EXPECT_MSG(!odd_line(read_all("/proc/kallsyms", NULL)), "%.80s",
		   odd_line(read_all("/proc/kallsyms", NULL)));
	EXPECT_CONTAINS(read_all("/proc/kallsyms", NULL), "_odd___");
}
