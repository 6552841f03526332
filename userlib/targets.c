// SPDX-License-Identifier: GPL-2.0
/*
 * A program's attribute may name a function or a tracepoint that the running kernel does
 * not have. Its error says so here, with the name that is probably meant, or with what
 * else can be done.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "similar.h"

#define TARGETS_EVENTS "/sys/kernel/tracing/available_events"
#define TARGETS_SYMBOLS "/proc/kallsyms"

/* Where the names of a kind of targets are: in BTF, after a prefix, or in a file. */
struct targets_kind {
	const char *section; /* up to the slash, without ".s" */
	const char *what;
	__u32 btf_kind;
	const char *prefix;
	const char *file;
	unsigned int word; /* of a line of the file */
	const char *remedy;
};

#define TARGETS_IN_BTF                                                         \
	"if it is one of a module, load the module first; if " TARGETS_SYMBOLS \
	" has it, use a kprobe"
#define TARGETS_IN_SYMBOLS TARGETS_SYMBOLS " has the names of all functions"
#define TARGETS_IN_EVENTS \
	TARGETS_EVENTS    \
	" has the names, after the colons; those of system calls are sys_enter and sys_exit"

static const struct targets_kind targets_kinds[] = {
	{ "fentry", "function", BTF_KIND_FUNC, "", NULL, 0, TARGETS_IN_BTF },
	{ "fexit", "function", BTF_KIND_FUNC, "", NULL, 0, TARGETS_IN_BTF },
	{ "lsm", "security hook", BTF_KIND_FUNC, "bpf_lsm_", NULL, 0,
	  "include/linux/lsm_hook_defs.h of the kernel's source has the names" },
	{ "tp_btf", "raw tracepoint", BTF_KIND_TYPEDEF, "btf_trace_", NULL, 0,
	  TARGETS_IN_EVENTS },
	{ "raw_tp", "raw tracepoint", BTF_KIND_TYPEDEF, "btf_trace_", NULL, 0,
	  TARGETS_IN_EVENTS },
	{ "kprobe", "function", 0, "", TARGETS_SYMBOLS, 2, TARGETS_IN_SYMBOLS },
	{ "kretprobe", "function", 0, "", TARGETS_SYMBOLS, 2,
	  TARGETS_IN_SYMBOLS },
	{ "tracepoint", "tracepoint", 0, "", TARGETS_EVENTS, 0,
	  "it is CATEGORY/NAME, of the names in " TARGETS_EVENTS },
};

/* What has been seen of the kernel's names. */
struct targets_search {
	const struct targets_kind *kind;
	char name[REX_SECTION_LEN];
	struct rex_similar similar;
	size_t nr;
	bool found;
};

static void targets_see(struct targets_search *search, const char *name)
{
	search->nr++;
	search->found |= !strcmp(name, search->name);
	rex_similar_try(&search->similar, name);
}

/* ---- names in BTF ------------------------------------------------------------- */

static void targets_see_btf(struct targets_search *search,
			    const struct btf *btf, __u32 first)
{
	size_t prefix = strlen(search->kind->prefix);
	const struct btf_type *type;
	const char *name;
	__u32 id;

	for (id = first; id < btf__type_cnt(btf); id++) {
		type = btf__type_by_id(btf, id);
		if (btf_kind(type) != search->kind->btf_kind)
			continue;
		name = btf__name_by_offset(btf, type->name_off);
		if (name && !strncmp(name, search->kind->prefix, prefix))
			targets_see(search, name + prefix);
	}
}

/* Returns whether BTF is that of a module of the kernel. */
static bool targets_is_module(__u32 id)
{
	struct bpf_btf_info info = {};
	char name[64] = "";
	__u32 len = sizeof(info);
	int fd = bpf_btf_get_fd_by_id(id);
	bool is_module;

	if (fd < 0)
		return false;
	info.name = (uintptr_t)name;
	info.name_len = sizeof(name);
	is_module = !bpf_obj_get_info_by_fd(fd, &info, &len) &&
		    info.kernel_btf && strcmp(name, "vmlinux");
	close(fd);
	return is_module;
}

static void targets_see_modules(struct targets_search *search,
				struct btf *vmlinux)
{
	struct btf *btf;
	__u32 id = 0;

	while (!bpf_btf_get_next_id(id, &id)) {
		btf = targets_is_module(id) ?
			      btf__load_from_kernel_by_id_split(id, vmlinux) :
			      NULL;
		if (btf)
			targets_see_btf(search, btf, btf__type_cnt(vmlinux));
		btf__free(btf);
	}
}

static int targets_see_kernel(struct targets_search *search)
{
	struct btf *vmlinux = btf__load_vmlinux_btf();

	if (!vmlinux)
		return -errno;
	targets_see_btf(search, vmlinux, 1);
	targets_see_modules(search, vmlinux);
	btf__free(vmlinux);
	return 0;
}

/* ---- names in files ----------------------------------------------------------- */

/* A tracepoint is CATEGORY/NAME in sections, and CATEGORY:NAME in the file. */
static int targets_see_file(struct targets_search *search)
{
	const struct targets_kind *kind = search->kind;
	char line[512], *text, *save, *colon;
	FILE *file = fopen(kind->file, "re");
	unsigned int i;

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		text = strtok_r(line, " \t\n", &save);
		for (i = 0; text && i < kind->word; i++)
			text = strtok_r(NULL, " \t\n", &save);
		colon = text && !kind->word ? strchr(text, ':') : NULL;
		if (colon)
			*colon = '/';
		if (text)
			targets_see(search, text);
	}
	fclose(file);
	return 0;
}

/* ---- either ------------------------------------------------------------------- */

static const struct targets_kind *targets_kind_of(const char *section)
{
	size_t i, len = strcspn(section, "/");

	if (len > 2 && !strncmp(section + len - 2, ".s", 2))
		len -= 2;
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

bool rex_target_is_missing(const char *section, char *why, size_t size)
{
	struct targets_search search = { .kind = targets_kind_of(section) };
	const char *slash = strchr(section, '/');

	if (!search.kind || !slash || strpbrk(slash, "*?["))
		return false;
	snprintf(search.name, sizeof(search.name), "%.*s",
		 (int)strcspn(slash + 1, "+"), slash + 1);
	rex_similar_begin(&search.similar, search.name);
	if (search.kind->btf_kind ? targets_see_kernel(&search) :
				    targets_see_file(&search))
		return false;
	if (search.found)
		return false;
	targets_explain(&search, why, size);
	return true;
}
