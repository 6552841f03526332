// SPDX-License-Identifier: GPL-2.0
/*
 * A program is attached to many functions: by one link to many probes where the kernel has
 * such links (kprobe.multi, uprobe.multi), and by a link for each probe elsewhere.
 *
 * The attach type of a carrier is fixed when it is loaded, and only the kernel knows which
 * links it has. So these links have a carrier of their own, which is bound to the program
 * beside the object's.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../kmod/progtype.h"
#include "links.h"

#define REX_PMUS "/sys/bus/event_source/devices/"

static const struct rex_link_kind rex_link_kinds[] = {
	{ "kprobe", "kprobe", BPF_TRACE_KPROBE_MULTI, false, false, false },
	{ "kretprobe", "kprobe", BPF_TRACE_KPROBE_MULTI, true, false, false },
	{ "kprobe.session", "kprobe", BPF_TRACE_KPROBE_SESSION, false, true,
	  false },
	{ "uprobe", "uprobe", BPF_TRACE_UPROBE_MULTI, false, false, false },
	{ "uretprobe", "uprobe", BPF_TRACE_UPROBE_MULTI, true, false, false },
	{ "usdt", "uprobe", BPF_TRACE_UPROBE_MULTI, false, false, false },
	{ "fentry", NULL, BPF_TRACE_FENTRY, false, false, false },
	{ "fentry.s", NULL, BPF_TRACE_FENTRY, false, false, true },
	{ "fexit", NULL, BPF_TRACE_FEXIT, true, false, false },
	{ "fexit.s", NULL, BPF_TRACE_FEXIT, true, false, true },
};

/* ---- carriers ----------------------------------------------------------------- */

static int rex_link_carrier(const struct rex_attaching *a, __u32 attach_type)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = attach_type);
	struct bpf_insn insns[REX_CARRIER_MAX_INSNS];
	__u32 nr =
		rex_carrier_body(insns, rex_prog_kind_find(a->prog->type,
							   a->prog->attach_type,
							   a->prog->section));
	int err, fd = bpf_prog_load(a->prog->type, a->prog->name, "GPL", insns,
				    nr, &opts);

	if (fd < 0)
		return rex_error_errno(fd,
				       "%s: the kernel refused a carrier for %s",
				       a->obj->name, a->prog->name);
	err = rex_obj_bind(a->obj, a->index, fd, 0);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int rex_links_add_fd(struct rex_links *links, int fd)
{
	int *fds = realloc(links->fds, (links->nr_fds + 1) * sizeof(*fds));

	if (!fds) {
		close(fd);
		return rex_error_errno(-ENOMEM, "links");
	}
	links->fds = fds;
	links->fds[links->nr_fds++] = fd;
	return 0;
}

/* ---- one link to all ---------------------------------------------------------- */

/* BPF_LINK_CREATE as the kernel has it; the headers may be older. */
struct rex_link_create {
	__u32 prog_fd;
	__u32 target_fd;
	__u32 attach_type;
	__u32 flags;
	union {
		struct {
			__u32 flags;
			__u32 cnt;
			__aligned_u64 syms;
			__aligned_u64 addrs;
			__aligned_u64 cookies;
		} kprobe_multi;
		struct {
			__aligned_u64 path;
			__aligned_u64 offsets;
			__aligned_u64 ref_ctr_offsets;
			__aligned_u64 cookies;
			__u32 cnt;
			__u32 flags;
			__u32 pid;
		} uprobe_multi;
	};
};

#define REX_MULTI_RETURN 1u /* of either link */

static int rex_multi_create(const struct rex_attaching *a, const __u64 *columns,
			    size_t nr)
{
	const __u64 *addrs = columns, *cookies = columns + nr;
	const __u64 *ref_ctrs = columns + 2 * nr;
	__u32 flags = a->kind->at_return ? REX_MULTI_RETURN : 0;
	struct rex_link_create attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_fd = a->links->carrier;
	attr.attach_type = a->kind->attach_type;
	if (a->path) {
		attr.uprobe_multi.path = (uintptr_t)a->path;
		attr.uprobe_multi.offsets = (uintptr_t)addrs;
		attr.uprobe_multi.cookies = (uintptr_t)cookies;
		attr.uprobe_multi.ref_ctr_offsets = (uintptr_t)ref_ctrs;
		attr.uprobe_multi.cnt = nr;
		attr.uprobe_multi.flags = flags;
		attr.uprobe_multi.pid = a->pid;
	} else {
		attr.kprobe_multi.addrs = (uintptr_t)addrs;
		attr.kprobe_multi.cookies = (uintptr_t)cookies;
		attr.kprobe_multi.cnt = nr;
		attr.kprobe_multi.flags = flags;
	}
	fd = syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	if (fd < 0)
		return rex_error_errno(-errno, "%s: cannot attach %s",
				       a->obj->name, a->prog->name);
	return rex_links_add_fd(a->links, fd);
}

/* Attaches to all of @places, or to none. */
static int rex_attach_multi(const struct rex_attaching *a,
			    const struct rex_places *places)
{
	__u64 *columns = calloc(places->nr, 3 * sizeof(*columns));
	size_t i, nr = places->nr;
	int err;

	if (!columns)
		return rex_error_errno(-ENOMEM, "list of functions");
	for (i = 0; i < nr; i++) {
		columns[i] = places->all[i].addr;
		columns[nr + i] = places->all[i].cookie;
		columns[2 * nr + i] = places->all[i].ref_ctr;
	}
	err = rex_link_carrier(a, a->kind->attach_type);
	if (err >= 0) {
		a->links->carrier = err;
		err = rex_multi_create(a, columns, nr);
	}
	free(columns);
	if (!err || a->links->carrier < 0)
		return err;
	close(a->links->carrier);
	a->links->carrier = -1;
	return err;
}

/* ---- a link for each ---------------------------------------------------------- */

long rex_read_number(const char *path, const char *before)
{
	char line[64];
	long number = -1;
	FILE *file = fopen(path, "re");

	if (!file)
		return -1;
	if (fgets(line, sizeof(line), file) &&
	    !strncmp(line, before, strlen(before)))
		number = strtol(line + strlen(before), NULL, 10);
	fclose(file);
	return number;
}

int rex_probe_attr(const char *pmu, bool at_return,
		   struct perf_event_attr *attr)
{
	char path[128];
	long type, bit;

	snprintf(path, sizeof(path), REX_PMUS "%s/type", pmu);
	type = rex_read_number(path, "");
	snprintf(path, sizeof(path), REX_PMUS "%s/format/retprobe", pmu);
	bit = rex_read_number(path, "config:");
	if (type < 0 || bit < 0)
		return rex_error(-EOPNOTSUPP,
				 "the kernel has no perf events for %ss (" REX_PMUS
				 ")",
				 pmu);
	*attr = (struct perf_event_attr){ .size = sizeof(*attr), .type = type };
	if (at_return)
		attr->config = 1ull << bit;
	return 0;
}

/* Opens the event, makes a link of it, and adds that. Returns a negative errno. */
static int rex_probe_link(const struct rex_attaching *a,
			  struct perf_event_attr attr,
			  const struct rex_place *place)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts,
		    .perf_event.bpf_cookie = place->cookie);
	int event, link, err = 0;

	attr.config1 =
		(uintptr_t)a->path; /* or none: an address of the kernel */
	attr.config2 = place->addr;
	attr.config |= place->ref_ctr << 32;
	event = syscall(SYS_perf_event_open, &attr, a->pid ?: -1,
			a->pid ? -1 : 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (event < 0)
		return -errno;
	link = bpf_link_create(a->links->carrier, event, BPF_PERF_EVENT, &opts);
	if (link < 0 || ioctl(event, PERF_EVENT_IOC_ENABLE, 0))
		err = -errno;
	close(event);
	if (!err)
		return rex_links_add_fd(a->links, link);
	if (link >= 0)
		close(link);
	return err;
}

/* Errors of a place, not of the attempt: on the list of what must not be probed ... */
static bool rex_is_of_place(int err)
{
	return err == -EINVAL || err == -ENOENT || err == -EILSEQ ||
	       err == -EADDRNOTAVAIL || err == -EOPNOTSUPP || err == -EBUSY;
}

/* Returns the number of open descriptors, or a large one if it is unknown. */
static size_t rex_count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t nr = 0;

	if (!dir)
		return UINT_MAX;
	while (readdir(dir))
		nr++;
	closedir(dir);
	return nr;
}

/* Each link takes a descriptor. */
void rex_links_raise_limit(size_t nr)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY ||
	    limit.rlim_cur > rex_count_descriptors() + nr + 64)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int rex_links_skip(const struct rex_attaching *a, const struct rex_place *place)
{
	return rex_places_add(&a->links->skipped, place->name, place->addr,
			      place->cookie);
}

static int rex_attach_each(const struct rex_attaching *a,
			   struct rex_places *places)
{
	struct perf_event_attr attr;
	size_t i, kept = 0;
	int err = rex_probe_attr(a->kind->pmu, a->kind->at_return, &attr);

	if (err)
		return err;
	rex_links_raise_limit(places->nr);
	err = rex_link_carrier(a, 0);
	if (err < 0)
		return err;
	a->links->carrier = err;
	for (i = 0; i < places->nr; i++) {
		struct rex_place *place = &places->all[i];

		err = rex_probe_link(a, attr, place);
		if (err && !rex_is_of_place(err))
			return rex_error_errno(err, "cannot probe %s",
					       place->name);
		if (err && rex_links_skip(a, place))
			return -ENOMEM;
		if (err) {
			free(place->name);
			place->name = NULL;
			continue;
		}
		if (kept != i) {
			places->all[kept] = *place;
			place->name = NULL;
		}
		kept++;
	}
	places->nr = kept;
	return 0;
}

/* ---- either ------------------------------------------------------------------- */

/* Takes over @places. */
static int rex_attach_places(struct rex_attaching *a, struct rex_places *places,
			     bool one_by_one)
{
	int err = -EOPNOTSUPP;

	a->links->attached = *places;
	*places = (struct rex_places){};
	if (rex_is_traced(a->kind))
		return rex_attach_traced(a, &a->links->attached);
	if (!one_by_one || a->kind->only_multi)
		err = rex_attach_multi(a, &a->links->attached);
	if (!err || err == -EPERM || err == -EACCES || err == -ENOMEM)
		return err;
	if (a->kind->only_multi)
		return rex_error(err,
				 "%s (sessions need Linux 6.10 with CONFIG_FPROBE, and librex must be allowed to use them)",
				 rex_last_error());
	return rex_attach_each(a, &a->links->attached);
}

static const struct rex_link_kind *rex_link_kind_of(const char *section)
{
	size_t i, len = strcspn(section, "/");

	for (i = 0; i < REX_ARRAY_SIZE(rex_link_kinds); i++)
		if (strlen(rex_link_kinds[i].section) == len &&
		    !strncmp(rex_link_kinds[i].section, section, len))
			return &rex_link_kinds[i];
	return NULL;
}

/* Finds the program and its kind: for functions of files, or of the kernel. */
static int rex_attaching_init(struct rex_attaching *a,
			      const struct rex_obj *obj, const char *prog,
			      bool of_files)
{
	bool is_of_files;
	int index;

	if (!obj)
		return rex_error(-EINVAL, "no object");
	if (obj->state != REX_OBJ_LOADED)
		return rex_error(-ENOENT, "%s is not loaded", obj->name);
	index = rex_obj_find_prog(obj, prog);
	if (index < 0)
		return index;
	*a = (struct rex_attaching){ .obj = obj,
				     .prog = &obj->decls.progs[index],
				     .index = index };
	a->kind = rex_link_kind_of(a->prog->section);
	is_of_files = a->kind && a->kind->pmu &&
		      !strcmp(a->kind->pmu, "uprobe");
	if (a->kind && is_of_files == of_files)
		return 0;
	return rex_error(-EPROTOTYPE,
			 "%s: program %s is of section %s, and not for %s",
			 obj->name, prog, a->prog->section,
			 of_files ? "uprobes" : "kprobes, fentry or fexit");
}

static int rex_attaching_to_file(struct rex_attaching *a, const char *name)
{
	int err = rex_user_file(name, a->file, sizeof(a->file));

	a->path = a->file;
	return err;
}

static int rex_attach_opts_check(const struct rex_attach_opts *opts)
{
	int err;

	if (!opts)
		return 0;
	err = rex_opts_check(opts, opts->sz, sizeof(*opts), sizeof(*opts));
	if (err)
		return err;
	if (!opts->functions && (opts->nr_functions || opts->cookies))
		return rex_error(-EINVAL,
				 "options: cookies are those of functions");
	return 0;
}

/* Attaches to what has been found; takes over both lists. */
static struct rex_links *rex_links_make(struct rex_attaching *a,
					struct rex_places *found,
					struct rex_places *skipped,
					const char *pattern, bool one_by_one)
{
	struct rex_links *links = calloc(1, sizeof(*links));
	int err;

	if (!links) {
		rex_error_errno(-ENOMEM, "links");
		return NULL;
	}
	links->carrier = -1;
	links->skipped = *skipped;
	*skipped = (struct rex_places){};
	a->links = links;
	err = rex_attach_places(a, found, one_by_one);
	if (!err && !links->attached.nr)
		err = rex_error(-ENOENT,
				"%s: none of the %zu functions of '%s' can be probed%s%s",
				a->obj->name, links->skipped.nr, pattern,
				a->why[0] ? "; the last one: " : "", a->why);
	if (!err)
		return links;
	rex_links_destroy(links);
	errno = -err;
	return NULL;
}

/* Returns the part of the section after the slash. */
static const char *rex_section_rest(const struct rex_prog_def *prog)
{
	const char *slash = strchr(prog->section, '/');

	return slash ? slash + 1 : NULL;
}

static struct rex_wanted rex_wanted_of(const char *pattern,
				       const struct rex_attach_opts *opts)
{
	struct rex_wanted wanted = { .pattern = pattern };

	if (!pattern && opts && opts->functions) {
		wanted.names = opts->functions;
		wanted.cookies = opts->cookies;
		wanted.nr = opts->nr_functions;
	}
	return wanted;
}

/* Each function of a list must be there; a pattern must match one. */
static int rex_check_found(const struct rex_attaching *a,
			   const struct rex_wanted *wanted,
			   const struct rex_places *found,
			   const struct rex_places *skipped)
{
	const char *where = a->path ?: "the kernel";
	const char *what = a->usdt ? "USDT probe" : "function";
	const char *can =
		!rex_is_traced(a->kind) ?
			"probed" :
		a->kind->sleepable ?
			"traced by a program that sleeps: it has to be a system call, such as __x64_sys_openat" :
		a->kind->at_return ?
			"traced: its name has to be that of one function, in the kernel's type information (BTF) as well, and it has to return" :
			"traced: its name has to be that of one function, in the kernel's type information (BTF) as well";
	size_t i, k;

	for (i = 0; i < wanted->nr; i++) {
		for (k = 0; k < found->nr; k++)
			if (!strcmp(found->all[k].name, wanted->names[i]))
				break;
		if (k == found->nr)
			return rex_error(-ENOENT,
					 "%s has no %s '%s' that can be %s",
					 where, what, wanted->names[i], can);
	}
	if (found->nr)
		return 0;
	if (skipped->nr)
		return rex_error(-ENOENT,
				 "none of the %zu functions of %s that '%s' matches can be probed",
				 skipped->nr, where, wanted->pattern);
	return rex_error(-ENOENT, "%s has no %s that '%s' matches", where, what,
			 wanted->pattern);
}

static struct rex_links *rex_attach_wanted(struct rex_attaching *a,
					   const struct rex_wanted *wanted,
					   const struct rex_attach_opts *opts)
{
	struct rex_places found = {}, skipped = {};
	struct rex_links *links = NULL;
	int err;

	if (!wanted->nr && !wanted->pattern) {
		rex_error(-EINVAL,
			  "%s: neither the call nor the attribute of %s says which functions",
			  a->obj->name, a->prog->name);
		return NULL;
	}
	if (a->usdt)
		err = rex_places_of_usdt(a->usdt, a->path, wanted, &found);
	else if (a->path)
		err = rex_places_of_file(a->path, wanted, &found);
	else
		err = rex_places_of_kernel(wanted, &found, &skipped);
	if (!err && rex_is_traced(a->kind))
		err = rex_traced_find(a, wanted, &found, &skipped);
	err = err ?: rex_check_found(a, wanted, &found, &skipped);
	if (!err)
		links = rex_links_make(a, &found, &skipped,
				       wanted->pattern ?: "the list",
				       opts && opts->one_by_one);
	rex_places_free(&found);
	rex_places_free(&skipped);
	rex_traced_end(a);
	return links;
}

struct rex_links *rex_obj_attach_functions(const struct rex_obj *obj,
					   const char *prog,
					   const char *pattern,
					   const struct rex_attach_opts *opts)
{
	struct rex_attaching a;
	struct rex_wanted wanted;

	if (rex_attach_opts_check(opts) ||
	    rex_attaching_init(&a, obj, prog, false))
		return NULL;
	wanted = rex_wanted_of(pattern, opts);
	wanted.all_names = rex_is_traced(a.kind);
	if (!wanted.nr && !pattern)
		wanted.pattern = rex_section_rest(a.prog);
	return rex_attach_wanted(&a, &wanted, opts);
}

struct rex_links *
rex_obj_attach_user_functions(const struct rex_obj *obj, const char *prog,
			      const char *path, const char *pattern,
			      const struct rex_attach_opts *opts)
{
	struct rex_attaching a;
	struct rex_wanted wanted;

	if (rex_attach_opts_check(opts) ||
	    rex_attaching_init(&a, obj, prog, true))
		return NULL;
	if (!path || !strcmp(a.kind->section, "usdt")) {
		rex_error(-EINVAL,
			  path ? "a program for USDT probes is attached by rex_obj_attach_usdt()" :
				 "no path");
		return NULL;
	}
	if (rex_attaching_to_file(&a, path))
		return NULL;
	a.pid = opts ? opts->pid : 0;
	wanted = rex_wanted_of(pattern, opts);
	return rex_attach_wanted(&a, &wanted, opts);
}

/* Splits "PATH:PROVIDER:NAME" of a section; what the call says comes first. */
static int rex_usdt_target(const struct rex_prog_def *prog, char *buf,
			   const char **path, const char **probe)
{
	const char *rest = rex_section_rest(prog);
	char *colon = NULL;

	if (rest)
		strcpy(buf, rest);
	colon = rest ? strchr(buf, ':') : NULL;
	if (colon) {
		*colon = '\0';
		*path = *path ?: buf;
		*probe = *probe ?: colon + 1;
	}
	if (*path)
		return 0;
	return rex_error(-EINVAL,
			 "neither the call nor the attribute of %s says which file",
			 prog->name);
}

struct rex_links *rex_obj_attach_usdt(struct rex_obj *obj, const char *prog,
				      const char *path, const char *probe,
				      const struct rex_attach_opts *opts)
{
	struct rex_attaching a;
	struct rex_wanted wanted;
	char buf[REX_SECTION_LEN];

	if (rex_attach_opts_check(opts) ||
	    rex_attaching_init(&a, obj, prog, true))
		return NULL;
	if (strcmp(a.kind->section, "usdt")) {
		rex_error(-EPROTOTYPE,
			  "%s: program %s is of section %s, and not for USDT probes",
			  obj->name, prog, a.prog->section);
		return NULL;
	}
	if (rex_usdt_target(a.prog, buf, &path, &probe))
		return NULL;
	if (rex_attaching_to_file(&a, path))
		return NULL;
	a.usdt = obj;
	a.pid = opts ? opts->pid : 0;
	wanted = rex_wanted_of(opts && opts->functions ? NULL : probe, opts);
	return rex_attach_wanted(&a, &wanted, opts);
}

/* ---- what is attached --------------------------------------------------------- */

size_t rex_links_count(const struct rex_links *links)
{
	return links ? links->attached.nr : 0;
}

const char *rex_links_function(const struct rex_links *links, size_t index,
			       __u64 *addr)
{
	if (!links || index >= links->attached.nr)
		return NULL;
	if (addr)
		*addr = links->attached.all[index].addr;
	return links->attached.all[index].name;
}

const char *rex_links_skipped(const struct rex_links *links, size_t index)
{
	if (!links || index >= links->skipped.nr)
		return NULL;
	return links->skipped.all[index].name;
}

int rex_links_fd(const struct rex_links *links, size_t index)
{
	if (!links || index >= links->nr_fds)
		return rex_error(-ENOENT, "there are fewer links");
	return links->fds[index];
}

/* ---- detaching ---------------------------------------------------------------- */

struct rex_closing {
	const int *fds;
	size_t nr;
	atomic_size_t next;
};

static void *rex_close_some(void *arg)
{
	struct rex_closing *closing = arg;
	size_t i;

	while ((i = atomic_fetch_add(&closing->next, 1)) < closing->nr)
		close(closing->fds[i]);
	return NULL;
}

/*
 * To remove a probe, the kernel waits for several grace periods, one after the other. Those
 * of different probes can pass at the same time.
 */
void rex_links_close(const int *fds, size_t nr)
{
	struct rex_closing closing = { .fds = fds, .nr = nr };
	pthread_t threads[REX_LINKS_THREADS];
	size_t i, started = 0;

	while (started < REX_LINKS_THREADS && started + 1 < nr &&
	       !pthread_create(&threads[started], NULL, rex_close_some,
			       &closing))
		started++;
	rex_close_some(&closing);
	for (i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

void rex_links_destroy(struct rex_links *links)
{
	int saved = errno;

	if (!links)
		return;
	rex_links_close(links->fds, links->nr_fds);
	if (links->carrier >= 0)
		close(links->carrier);
	rex_places_free(&links->attached);
	rex_places_free(&links->skipped);
	free(links->fds);
	free(links);
	errno = saved;
}
