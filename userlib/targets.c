// SPDX-License-Identifier: GPL-2.0
/*
 * A program's attribute may name a function or a tracepoint that the running kernel does
 * not have, or a function that it does not let be traced. The error says so here, with the
 * name that is probably meant, or with what else can be done.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kmod/pattern.h"
#include "../kmod/progtype.h"
#include "internal.h"
#include "similar.h"

#define TARGETS_EVENTS "/sys/kernel/tracing/available_events"
#define TARGETS_TRACED "/sys/kernel/tracing/available_filter_functions"
#define TARGETS_NO_KPROBE "/sys/kernel/debug/kprobes/blacklist"
#define TARGETS_SYMBOLS "/proc/kallsyms"

/* A file of names: one is this word of each line. */
struct targets_file {
	const char *path;
	unsigned int word;
};

static const struct targets_file targets_events = { TARGETS_EVENTS, 0 };
static const struct targets_file targets_symbols = { TARGETS_SYMBOLS, 2 };
static const struct targets_file targets_traced = { TARGETS_TRACED, 0 };
static const struct targets_file targets_no_kprobe = { TARGETS_NO_KPROBE, 1 };

/* Where the names of a kind of targets are: in BTF, after a prefix, or in a file. */
struct targets_kind {
	const char *section; /* up to the slash, without ".s" */
	const char *what;
	__u32 btf_kind;
	const char *prefix;
	const struct targets_file *file;
	const char *remedy;
	/* Those that can be traced, or those that cannot. */
	const struct targets_file *only, *never;
};

#define TARGETS_IN_BTF                                                         \
	"if it is one of a module, load the module first; if " TARGETS_SYMBOLS \
	" has it, use a kprobe"
#define TARGETS_IN_SYMBOLS TARGETS_SYMBOLS " has the names of all functions"
#define TARGETS_IN_EVENTS \
	TARGETS_EVENTS    \
	" has the names, after the colons; those of system calls are sys_enter and sys_exit"

static const struct targets_kind targets_kinds[] = {
	{ "fentry", "function", BTF_KIND_FUNC, "", NULL, TARGETS_IN_BTF,
	  &targets_traced, NULL },
	{ "fexit", "function", BTF_KIND_FUNC, "", NULL, TARGETS_IN_BTF,
	  &targets_traced, NULL },
	{ "lsm", "security hook", BTF_KIND_FUNC, "bpf_lsm_", NULL,
	  "include/linux/lsm_hook_defs.h of the kernel's source has the names",
	  NULL, NULL },
	{ "iter", "iterator", BTF_KIND_STRUCT, "bpf_iter__", NULL,
	  "the kernel's types have a struct bpf_iter__NAME for each", NULL,
	  NULL },
	{ "tp_btf", "raw tracepoint", BTF_KIND_TYPEDEF, "btf_trace_", NULL,
	  TARGETS_IN_EVENTS, NULL, NULL },
	{ "raw_tp", "raw tracepoint", BTF_KIND_TYPEDEF, "btf_trace_", NULL,
	  TARGETS_IN_EVENTS, NULL, NULL },
	{ "kprobe", "function", 0, "", &targets_symbols, TARGETS_IN_SYMBOLS,
	  NULL, &targets_no_kprobe },
	{ "kretprobe", "function", 0, "", &targets_symbols, TARGETS_IN_SYMBOLS,
	  NULL, &targets_no_kprobe },
	{ "tracepoint", "tracepoint", 0, "", &targets_events,
	  "it is CATEGORY/NAME, of the names in " TARGETS_EVENTS, NULL, NULL },
};

/* What has been seen of the kernel's names. */
struct targets_search {
	const struct targets_kind *kind;
	char name[REX_SECTION_LEN];
	struct rex_similar similar;
	size_t nr;
	bool found;
};

#define TARGETS_CALL "__x64_sys_"

/*
 * Returns whether @candidate is the function that the kernel's source has as @name: a system
 * call, or what the compiler made of a function with fewer arguments.
 */
static bool targets_is_built_from(const char *candidate, const char *name)
{
	size_t len = strlen(name);

	if (!strncmp(candidate, name, len) && !strstr(candidate, ".cold") &&
	    (!strncmp(candidate + len, ".isra.", 6) ||
	     !strncmp(candidate + len, ".constprop.", 11)))
		return true;
	if (!strncmp(name, "sys_", 4))
		name += 4;
	return !strncmp(candidate, TARGETS_CALL, strlen(TARGETS_CALL)) &&
	       !strcmp(candidate + strlen(TARGETS_CALL), name);
}

static void targets_see(struct targets_search *search, const char *name)
{
	search->nr++;
	search->found |= !strcmp(name, search->name);
	if (targets_is_built_from(name, search->name))
		rex_similar_set(&search->similar, name);
	else
		rex_similar_try(&search->similar, name);
}

/* ---- names in BTF ------------------------------------------------------------- */

static int targets_see_btf(void *arg, const struct btf *btf, __u32 first,
			   int fd)
{
	struct targets_search *search = arg;
	size_t prefix = strlen(search->kind->prefix);
	const struct btf_type *type;
	const char *name;
	__u32 id;

	(void)fd;
	for (id = first; id < btf__type_cnt(btf); id++) {
		type = btf__type_by_id(btf, id);
		if (btf_kind(type) != search->kind->btf_kind)
			continue;
		name = btf__name_by_offset(btf, type->name_off);
		if (name && !strncmp(name, search->kind->prefix, prefix))
			targets_see(search, name + prefix);
	}
	return 0;
}

/* Returns whether BTF is that of a module of the kernel. */
static bool targets_is_module(int fd)
{
	struct bpf_btf_info info = {};
	char name[64] = "";
	__u32 len = sizeof(info);

	info.name = (uintptr_t)name;
	info.name_len = sizeof(name);
	return !bpf_obj_get_info_by_fd(fd, &info, &len) && info.kernel_btf &&
	       strcmp(name, "vmlinux");
}

/* A module that is unloaded meanwhile, with its types, is left out. */
static int targets_see_module(rex_see_types see, void *arg, __u32 id,
			      struct btf *vmlinux)
{
	int fd = bpf_btf_get_fd_by_id(id);
	struct btf *btf = NULL;
	int err = 0;

	if (fd < 0)
		return 0;
	if (targets_is_module(fd))
		btf = btf__load_from_kernel_by_id_split(id, vmlinux);
	if (btf)
		err = see(arg, btf, btf__type_cnt(vmlinux), fd);
	btf__free(btf);
	close(fd);
	return err;
}

int rex_kernel_types(rex_see_types see, void *arg)
{
	struct btf *vmlinux = btf__load_vmlinux_btf();
	__u32 id = 0;
	int err;

	if (!vmlinux)
		return rex_error_errno(
			-errno,
			"the kernel's type information (CONFIG_DEBUG_INFO_BTF)");
	err = see(arg, vmlinux, 1, 0);
	while (!err && !bpf_btf_get_next_id(id, &id))
		err = targets_see_module(see, arg, id, vmlinux);
	btf__free(vmlinux);
	return err;
}

/* ---- names in files ----------------------------------------------------------- */

/* A tracepoint is CATEGORY/NAME in sections, and CATEGORY:NAME in the file. */
static int targets_see_file(struct targets_search *search,
			    const struct targets_file *names)
{
	char line[512], *text, *save, *colon;
	FILE *file = fopen(names->path, "re");
	unsigned int i;

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		text = strtok_r(line, " \t\n", &save);
		for (i = 0; text && i < names->word; i++)
			text = strtok_r(NULL, " \t\n", &save);
		colon = text && names == &targets_events ? strchr(text, ':') :
							   NULL;
		if (colon)
			*colon = '/';
		if (text)
			targets_see(search, text);
	}
	fclose(file);
	return 0;
}

/* ---- either ------------------------------------------------------------------- */

size_t rex_section_kind_len(const char *section)
{
	size_t len = strcspn(section, "/");

	return len > 2 && !strncmp(section + len - 2, ".s", 2) ? len - 2 : len;
}

static const struct targets_kind *targets_kind_of(const char *section)
{
	size_t i, len = rex_section_kind_len(section);

	for (i = 0; i < REX_ARRAY_SIZE(targets_kinds); i++)
		if (strlen(targets_kinds[i].section) == len &&
		    !strncmp(targets_kinds[i].section, section, len))
			return &targets_kinds[i];
	return NULL;
}

static void targets_explain(const struct targets_search *search, char *why,
			    size_t size)
{
	const struct targets_kind *kind = search->kind;

	if (!search->nr)
		snprintf(why, size, "the kernel has no %ss for programs",
			 kind->what);
	else if (search->similar.found[0])
		snprintf(why, size, "the kernel has no %s '%s'; is %s meant?",
			 kind->what, search->name, search->similar.found);
	else
		snprintf(why, size, "the kernel has no %s '%s'; %s", kind->what,
			 search->name, kind->remedy);
}

static void targets_begin(struct targets_search *search, const char *name)
{
	snprintf(search->name, sizeof(search->name), "%.*s",
		 (int)strcspn(name, "+"), name);
	rex_similar_begin(&search->similar, search->name);
}

/* Returns whether a file has the name, or @otherwise if it cannot be read or is empty. */
static bool targets_listed(const struct targets_file *file, const char *name,
			   bool otherwise)
{
	struct targets_search search = {};

	targets_begin(&search, name);
	if (targets_see_file(&search, file) || !search.nr)
		return otherwise;
	return search.found;
}

/* The kernel attaches such a program where errors can be injected, and rex.ko takes fewer. */
static int targets_check_sleeper(const char *section, const char *name,
				 char *why, size_t size)
{
	if (strncmp(section, "fentry.s/", 9) && strncmp(section, "fexit.s/", 8))
		return 0;
	if (!rex_prog_may_sleep_at(name)) {
		snprintf(why, size,
			 "no program may sleep at function '%s', where the kernel may hold a lock: leave out `sleepable`, or trace a system call, such as __x64_sys_openat",
			 name);
		return -EINVAL;
	}
	if (strcmp(name, "bpf_fentry_test1") &&
	    !targets_listed(&targets_symbols, "within_error_injection_list",
			    true)) {
		snprintf(why, size,
			 "the kernel lets no program sleep at function '%s', since it is built without CONFIG_FUNCTION_ERROR_INJECTION: leave out `sleepable`, or use a uprobe",
			 name);
		return -EOPNOTSUPP;
	}
	return 0;
}

/* A fentry or fexit program of any sort runs at such a function. */
static int targets_check_place(const char *section, const char *name, char *why,
			       size_t size)
{
	if (!strncmp(section, "fexit", 5) && !rex_function_returns(name)) {
		snprintf(why, size,
			 "function '%s' never returns: use fentry instead of fexit",
			 name);
		return -EINVAL;
	}
	return targets_check_sleeper(section, name, why, size);
}

/* The kernel has it. */
static int targets_check_traced(const struct targets_kind *kind,
				const char *name, char *why, size_t size)
{
	if (kind->only && !targets_listed(kind->only, name, true)) {
		snprintf(why, size,
			 "the kernel does not let function '%s' be traced: trace one that calls it, of those in %s",
			 name, kind->only->path);
		return -EOPNOTSUPP;
	}
	if (kind->never && targets_listed(kind->never, name, false)) {
		snprintf(why, size,
			 "the kernel does not let function '%s' be probed, since it is in %s: probe one that calls it",
			 name, kind->never->path);
		return -EOPNOTSUPP;
	}
	return 0;
}

int rex_target_check(const char *section, char *why, size_t size)
{
	struct targets_search search = { .kind = targets_kind_of(section) };
	const char *slash = strchr(section, '/');
	int err;

	if (!search.kind || !slash || rex_is_pattern(slash))
		return 0;
	targets_begin(&search, slash + 1);
	err = search.kind->btf_kind ?
		      rex_kernel_types(targets_see_btf, &search) :
		      targets_see_file(&search, search.kind->file);
	if (err)
		return 0;
	if (search.found) {
		err = targets_check_traced(search.kind, search.name, why, size);
		if (!err)
			err = targets_check_place(section, search.name, why,
						  size);
		return err;
	}
	targets_explain(&search, why, size);
	return -ENOENT;
}
