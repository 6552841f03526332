// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of places that probes are at, and the functions of the kernel and of files that a
 * pattern or a list names.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "places.h"

/* The bytes at the beginning of the kernel's functions, and before them. */
#define REX_ENDBR_SIZE 4
#define REX_PADDING_PREFIX "__pfx_"

int rex_places_add(struct rex_places *places, const char *name, __u64 addr,
		   __u64 cookie)
{
	char *copy;

	if (places->nr == places->room) {
		size_t room = places->room ? 2 * places->room : 64;
		struct rex_place *all =
			realloc(places->all, room * sizeof(*all));

		if (!all)
			return rex_error_errno(-ENOMEM, "list of functions");
		places->all = all;
		places->room = room;
	}
	copy = strdup(name);
	if (!copy)
		return rex_error_errno(-ENOMEM, "list of functions");
	places->all[places->nr++] = (struct rex_place){ .name = copy,
							.addr = addr,
							.cookie = cookie };
	return 0;
}

void rex_places_free(struct rex_places *places)
{
	while (places->nr)
		free(places->all[--places->nr].name);
	free(places->all);
	*places = (struct rex_places){};
}

bool rex_wanted_is(const struct rex_wanted *wanted, const char *name,
		   __u64 *cookie)
{
	size_t i;

	*cookie = 0;
	if (!wanted->nr)
		return !fnmatch(wanted->pattern, name, 0);
	for (i = 0; i < wanted->nr; i++) {
		if (strcmp(wanted->names[i], name))
			continue;
		if (wanted->cookies)
			*cookie = wanted->cookies[i];
		return true;
	}
	return false;
}

/* ---- functions of the kernel -------------------------------------------------- */

/* The places of functions that ftrace can trace, where the kernel lists them (from 6.5 on). */
struct rex_traced {
	bool known;
	__u64 *addrs;
	size_t nr;
	size_t room;
};

static int rex_compare_addrs(const void *a, const void *b)
{
	const __u64 *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

static FILE *rex_open_traced(void)
{
	FILE *file =
		fopen("/sys/kernel/tracing/available_filter_functions_addrs",
		      "re");

	return file ?:
		       fopen("/sys/kernel/debug/tracing/available_filter_functions_addrs",
			     "re");
}

static int rex_traced_add(struct rex_traced *traced, __u64 addr)
{
	if (traced->nr == traced->room) {
		__u64 *addrs;

		traced->room = traced->room ? 2 * traced->room : 1 << 16;
		addrs = realloc(traced->addrs, traced->room * sizeof(*addrs));
		if (!addrs)
			return rex_error_errno(-ENOMEM, "list of functions");
		traced->addrs = addrs;
	}
	traced->addrs[traced->nr++] = addr;
	return 0;
}

/* Names do not help: the file has only one of the several names of a function. */
static int rex_traced_read(struct rex_traced *traced)
{
	FILE *file = rex_open_traced();
	char line[512];
	int err = 0;

	traced->known = file;
	while (file && !err && fgets(line, sizeof(line), file))
		err = rex_traced_add(traced, strtoull(line, NULL, 16));
	if (file)
		fclose(file);
	if (traced->nr)
		qsort(traced->addrs, traced->nr, sizeof(__u64),
		      rex_compare_addrs);
	return err;
}

static bool rex_traced_has_addr(const struct rex_traced *traced, __u64 addr)
{
	return traced->nr && bsearch(&addr, traced->addrs, traced->nr,
				     sizeof(addr), rex_compare_addrs);
}

/* The tracer's call in a function may come after an endbr64. */
static bool rex_traced_has(const struct rex_traced *traced, __u64 addr)
{
	return !traced->known || rex_traced_has_addr(traced, addr) ||
	       rex_traced_has_addr(traced, addr + REX_ENDBR_SIZE);
}

/* Splits a line of /proc/kallsyms. Whether it is that of a function. */
static bool rex_parse_symbol(char *line, __u64 *addr, const char **name)
{
	char *end, type;

	*addr = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ')
		return false;
	type = end[1];
	*name = end + 3;
	end[3 + strcspn(end + 3, " \t\n")] = '\0';
	return strchr("tTwW", type) &&
	       strncmp(*name, REX_PADDING_PREFIX, strlen(REX_PADDING_PREFIX));
}

/* Symbols are in the order of their addresses, and a function may have several. */
static bool rex_is_last(const struct rex_places *places, __u64 addr)
{
	return places->nr && places->all[places->nr - 1].addr == addr;
}

static int rex_find_symbols(FILE *symbols, const struct rex_wanted *wanted,
			    const struct rex_traced *traced,
			    struct rex_places *found,
			    struct rex_places *skipped)
{
	const char *name;
	__u64 addr, cookie;
	char line[512];
	int err = 0;

	while (!err && fgets(line, sizeof(line), symbols)) {
		if (!rex_parse_symbol(line, &addr, &name) ||
		    !rex_wanted_is(wanted, name, &cookie))
			continue;
		if (!wanted->nr && !wanted->all_names &&
		    rex_is_last(found, addr))
			continue;
		if (!addr)
			return rex_error(
				-EPERM,
				"/proc/kallsyms hides the addresses of functions: CAP_SYSLOG is missing, or sysctl kernel.kptr_restrict is 2");
		err = rex_places_add(rex_traced_has(traced, addr) ? found :
								    skipped,
				     name, addr, cookie);
	}
	return err;
}

int rex_places_of_kernel(const struct rex_wanted *wanted,
			 struct rex_places *found, struct rex_places *skipped)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	struct rex_traced traced = {};
	int err;

	if (!symbols)
		return rex_error_errno(-errno, "/proc/kallsyms");
	err = rex_traced_read(&traced);
	err = err ?: rex_find_symbols(symbols, wanted, &traced, found, skipped);
	fclose(symbols);
	free(traced.addrs);
	return err;
}

int rex_symbol(__u64 addr, char *name, size_t size)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	const char *text;
	char line[512];
	int err = -ENOENT;
	__u64 at;

	if (!symbols)
		return rex_error_errno(-errno, "/proc/kallsyms");
	while (err && fgets(line, sizeof(line), symbols)) {
		if (!rex_parse_symbol(line, &at, &text) || at != addr)
			continue;
		snprintf(name, size, "%s", text);
		err = 0;
	}
	fclose(symbols);
	if (err)
		return rex_error(err, "no function of the kernel is at %#llx",
				 addr);
	return 0;
}

/* ---- functions of files ------------------------------------------------------- */

/* The offset in the file of an address; 0 if it is not in an executable segment. */
static __u64 rex_elf_offset(Elf *elf, __u64 addr)
{
	GElf_Phdr phdr;
	size_t i, nr;

	if (elf_getphdrnum(elf, &nr))
		return 0;
	for (i = 0; i < nr; i++)
		if (gelf_getphdr(elf, i, &phdr) && phdr.p_type == PT_LOAD &&
		    (phdr.p_flags & PF_X) && addr >= phdr.p_vaddr &&
		    addr - phdr.p_vaddr < phdr.p_memsz)
			return addr - phdr.p_vaddr + phdr.p_offset;
	return 0;
}

/* A function may be in both tables of symbols, and have several names. */
static bool rex_places_have(const struct rex_places *places, __u64 addr)
{
	size_t i;

	for (i = 0; i < places->nr; i++)
		if (places->all[i].addr == addr)
			return true;
	return false;
}

static int rex_find_in_table(Elf *elf, Elf_Scn *scn, const GElf_Shdr *shdr,
			     const struct rex_wanted *wanted,
			     struct rex_places *found)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	__u64 cookie, offset;
	const char *name;
	int err = 0;
	GElf_Sym sym;
	size_t i, nr;

	nr = data && shdr->sh_entsize ? shdr->sh_size / shdr->sh_entsize : 0;
	for (i = 0; !err && i < nr; i++) {
		if (!gelf_getsym(data, i, &sym) ||
		    GELF_ST_TYPE(sym.st_info) != STT_FUNC ||
		    sym.st_shndx == SHN_UNDEF)
			continue;
		name = elf_strptr(elf, shdr->sh_link, sym.st_name);
		if (!name || !rex_wanted_is(wanted, name, &cookie))
			continue;
		offset = rex_elf_offset(elf, sym.st_value);
		if (offset && !rex_places_have(found, offset))
			err = rex_places_add(found, name, offset, cookie);
	}
	return err;
}

static int rex_find_in_elf(Elf *elf, const void *wanted,
			   struct rex_places *found)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;
	int err = 0;

	while (!err && (scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, &shdr) &&
		    (shdr.sh_type == SHT_SYMTAB || shdr.sh_type == SHT_DYNSYM))
			err = rex_find_in_table(elf, scn, &shdr, wanted, found);
	return err;
}

int rex_with_elf(const char *path,
		 int (*find)(Elf *elf, const void *wanted,
			     struct rex_places *found),
		 const void *wanted, struct rex_places *found)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;
	Elf *elf;

	if (fd < 0)
		return rex_error_errno(-errno, "cannot open %s", path);
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF)
		err = find(elf, wanted, found);
	else
		err = rex_error(-ENOEXEC, "%s is not an ELF file", path);
	elf_end(elf);
	close(fd);
	return err;
}

int rex_places_of_file(const char *path, const struct rex_wanted *wanted,
		       struct rex_places *found)
{
	return rex_with_elf(path, rex_find_in_elf, wanted, found);
}

int rex_user_function(const char *path, const char *function, __u64 *offset)
{
	struct rex_wanted wanted = { .names = &function, .nr = 1 };
	struct rex_places found = {};
	int err = rex_places_of_file(path, &wanted, &found);

	if (!err && !found.nr)
		err = rex_error(-ENOENT,
				"%s has no function '%s'; nm -D and nm list its functions",
				path, function);
	if (!err)
		*offset = found.all[0].addr;
	rex_places_free(&found);
	return err;
}

/* ---- files that have no path -------------------------------------------------- */

/* libbpf's bpf_program__attach_uprobe() looks in the same folders, and in fewer for libraries. */
#define REX_PROGRAM_FOLDERS "/usr/bin:/usr/sbin"
#define REX_LIBRARY_FOLDERS                                                                               \
	"/usr/local/lib/x86_64-linux-gnu:/usr/local/lib:/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:" \
	"/lib64:/usr/lib64:/lib:/usr/lib"

static bool rex_is_file_in(const char *folders, const char *name, int mode,
			   char *path, size_t size)
{
	struct stat stat_buf;
	size_t len;

	for (; folders && *folders; folders += len + !!folders[len]) {
		len = strcspn(folders, ":");
		if (len && len + strlen(name) + 2 <= size) {
			snprintf(path, size, "%.*s/%s", (int)len, folders,
				 name);
			if (!stat(path, &stat_buf) &&
			    S_ISREG(stat_buf.st_mode) && !access(path, mode))
				return true;
		}
	}
	return false;
}

int rex_user_file(const char *name, char *path, size_t size)
{
	size_t len = strlen(name);
	bool is_library = strstr(name, ".so.") ||
			  (len > 3 && !strcmp(name + len - 3, ".so"));
	int mode = is_library ? R_OK : R_OK | X_OK;
	const char *folders = getenv(is_library ? "LD_LIBRARY_PATH" : "PATH");
	const char *standard = is_library ? REX_LIBRARY_FOLDERS :
					    REX_PROGRAM_FOLDERS;

	if (len >= size)
		return rex_error_errno(-ENAMETOOLONG, "%s", name);
	if (!strchr(name, '/') &&
	    (rex_is_file_in(folders, name, mode, path, size) ||
	     rex_is_file_in(standard, name, mode, path, size)))
		return 0;
	strcpy(path, name);
	if (!access(path, R_OK))
		return 0;
	if (errno != ENOENT || strchr(name, '/'))
		return rex_error_errno(-errno, "cannot open %s", name);
	return rex_error(-ENOENT,
			 "no %s '%s' is in %s, %s or the current folder: say its path",
			 is_library ? "library" : "program", name,
			 is_library ? "LD_LIBRARY_PATH" : "PATH", standard);
}
