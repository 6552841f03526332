// SPDX-License-Identifier: GPL-2.0
/*
 * A TARGET's words choose the kind of attachment; links are kept until they end.
 */
#include <errno.h>
#include <unistd.h>

#include "../../kmod/pattern.h"
#include "../internal.h"
#include "attach.h"

/* The kinds of targets, for programs of which type; the first of a type is its default. */
static const struct attach_kind {
	const char *prefix;
	__u32 type;
	int (*attach)(const struct rexctl_attachee *who, const char *target,
		      const char *rest, struct rexctl_links *links);
	const char *form;
} attach_kinds[] = {
	{ "dev", BPF_PROG_TYPE_XDP, rexctl_attach_dev, "dev:IFACE" },
	{ "tcx", BPF_PROG_TYPE_SCHED_CLS, rexctl_attach_tcx,
	  "tcx:IFACE/ingress or tcx:IFACE/egress" },
	{ "cgroup", BPF_PROG_TYPE_CGROUP_SKB, rexctl_attach_cgroup,
	  "cgroup:PATH" },
	{ "cgroup", BPF_PROG_TYPE_CGROUP_DEVICE, rexctl_attach_cgroup,
	  "cgroup:PATH" },
	{ "kprobe", BPF_PROG_TYPE_KPROBE, rexctl_attach_kprobe,
	  "kprobe:FUNCTION" },
	{ "kretprobe", BPF_PROG_TYPE_KPROBE, rexctl_attach_kprobe,
	  "kretprobe:FUNCTION" },
	{ "kprobe.session", BPF_PROG_TYPE_KPROBE, rexctl_attach_session,
	  "kprobe.session:PATTERN" },
	{ "usdt", BPF_PROG_TYPE_KPROBE, rexctl_attach_usdt,
	  "usdt:PATH:PROVIDER:NAME" },
	{ "uprobe", BPF_PROG_TYPE_KPROBE, rexctl_attach_uprobe,
	  "uprobe:PATH:FUNCTION" },
	{ "uretprobe", BPF_PROG_TYPE_KPROBE, rexctl_attach_uprobe,
	  "uretprobe:PATH:FUNCTION" },
	{ "tracepoint", BPF_PROG_TYPE_TRACEPOINT, rexctl_attach_tracepoint,
	  "tracepoint:CATEGORY/NAME" },
	{ "raw_tp", BPF_PROG_TYPE_RAW_TRACEPOINT, rexctl_attach_raw_tp,
	  "raw_tp:NAME" },
	{ "fentry", BPF_PROG_TYPE_TRACING, rexctl_attach_functions,
	  "fentry:PATTERN" },
	{ "fexit", BPF_PROG_TYPE_TRACING, rexctl_attach_functions,
	  "fexit:PATTERN" },
	{ "perf", BPF_PROG_TYPE_PERF_EVENT, rexctl_attach_perf,
	  "perf:EVENT, such as perf:cpu-clock@99" },
};

/* The kind of that name for programs of the type; or for others, if there is none. */
static const struct attach_kind *attach_find_kind(const char *name, size_t len,
						  __u32 type)
{
	const struct attach_kind *found = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(attach_kinds); i++) {
		if (strlen(attach_kinds[i].prefix) != len ||
		    strncmp(attach_kinds[i].prefix, name, len))
			continue;
		if (attach_kinds[i].type == type)
			return &attach_kinds[i];
		if (!found)
			found = &attach_kinds[i];
	}
	return found;
}

/* The kind of a section: "uprobe" of "uprobe/..", and of "uprobe.s/..", which may sleep. */
static const struct attach_kind *
attach_kind_of(const struct rexctl_attachee *who)
{
	return attach_find_kind(who->section,
				rex_section_kind_len(who->section), who->type);
}

/* The kind that targets without a prefix are of. */
static const struct attach_kind *
attach_default_kind(const struct rexctl_attachee *who)
{
	const struct attach_kind *kind = attach_kind_of(who);
	size_t i;

	if (kind && kind->type == who->type)
		return kind;
	for (i = 0; i < ARRAY_LEN(attach_kinds); i++)
		if (attach_kinds[i].type == who->type)
			return &attach_kinds[i];
	return NULL;
}

bool rexctl_is_iterator(const char *section)
{
	return !strncmp(section, "iter/", 5) || !strncmp(section, "iter.s/", 7);
}

/* The iterators of the elements of a map, and of cgroups: the kernel says EBADF or EINVAL. */
static bool attach_needs_more(const char *section)
{
	static const char *const names[] = { "iter/cgroup", "iter/bpf_map_elem",
					     "iter/bpf_sk_storage_map",
					     "iter/sockmap" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(section, names[i]))
			return true;
	return false;
}

static int attach_link(const struct rexctl_attachee *who)
{
	if (who->type == BPF_PROG_TYPE_LSM)
		return bpf_link_create(who->fd, 0, BPF_LSM_MAC, NULL);
	if (rexctl_is_iterator(who->section))
		return bpf_link_create(who->fd, 0, BPF_TRACE_ITER, NULL);
	return bpf_raw_tracepoint_open(NULL, who->fd);
}

/* fentry, fexit, tp_btf, iter and lsm: the load has fixed the place, if it is one. */
static int attach_fixed(const struct rexctl_attachee *who,
			struct rexctl_links *links)
{
	int fd = attach_link(who);
	int err = errno;
	char why[384];

	if (fd < 0 && attach_needs_more(who->section))
		return rexctl_fail(
			REXCTL_FAILED,
			"cannot attach %s to %s: this iterator needs a map or a cgroup, which a loader gives to bpf_program__attach_iter()",
			who->name, who->section);

	if (fd < 0 && rex_target_check(who->section, why, sizeof(why)))
		return rexctl_fail(REXCTL_FAILED, "cannot attach %s: %s",
				   who->name, why);
	errno = err;
	return rexctl_link_add(links, who, who->section, fd);
}

static bool attach_is_fixed(const struct rexctl_attachee *who)
{
	return who->type == BPF_PROG_TYPE_LSM ||
	       (who->type == BPF_PROG_TYPE_TRACING &&
		!rex_is_pattern(who->section));
}

bool rexctl_attach_is_declared(const struct rexctl_attachee *who)
{
	const struct attach_kind *kind = attach_kind_of(who);

	/* The sections "cgroup_skb/egress" and "cgroup/dev" say how, not where. */
	return attach_is_fixed(who) || rex_obj_is_unattached(who->section) ||
	       (kind && kind->type == who->type &&
		who->type != BPF_PROG_TYPE_CGROUP_DEVICE &&
		strchr(who->section, '/'));
}

bool rexctl_attach_fits(const struct rexctl_attachee *who, const char *target)
{
	const struct attach_kind *kind =
		attach_find_kind(target, strcspn(target, ":"), who->type);
	const struct attach_kind *declared = attach_kind_of(who);

	/* A target kprobe: is not for the uprobes of an object, which are of its type. */
	if (kind)
		return declared ? kind == declared : kind->type == who->type;
	return !rexctl_attach_is_declared(who);
}

/* To what the attribute says: a section "kprobe/do_exit" is kprobe:do_exit. */
static int attach_declared(const struct rexctl_attachee *who,
			   struct rexctl_links *links)
{
	const struct attach_kind *kind = attach_default_kind(who);
	const char *slash = strchr(who->section, '/');
	char target[REX_SECTION_LEN + 16];

	if (rex_obj_is_unattached(who->section))
		return REXCTL_OK;
	if (attach_is_fixed(who))
		return attach_fixed(who, links);
	if (!rexctl_attach_is_declared(who)) {
		rexctl_fail(REXCTL_NOT_FOUND,
			    "the attribute of program %s does not say what to attach it to",
			    who->name);
		if (kind)
			rexctl_hint("say it: --attach %s=%s", who->name,
				    kind->form);
		return REXCTL_NOT_FOUND;
	}
	snprintf(target, sizeof(target), "%s:%s", kind->prefix, slash + 1);
	return kind->attach(who, target, slash + 1, links);
}

/* Returns whether the target is the place that the attribute says: "fentry:f" or "f". */
static bool attach_is_own_place(const struct rexctl_attachee *who,
				const char *target)
{
	const char *slash = strchr(who->section, '/');
	size_t len = rex_section_kind_len(who->section);

	if (!strncmp(target, who->section, len) && target[len] == ':')
		target += len + 1;
	return slash && !strcmp(slash + 1, target);
}

int rexctl_attach(const struct rexctl_attachee *who, const char *target,
		  struct rexctl_links *links)
{
	const struct attach_kind *kind;
	const char *colon;

	if (!target)
		return attach_declared(who, links);
	if (rex_obj_is_unattached(who->section))
		return rexctl_fail(
			REXCTL_FAILED,
			"program %s is not attached to anything: its attribute is %s",
			who->name, who->section);
	if (attach_is_fixed(who) && attach_is_own_place(who, target))
		return attach_declared(who, links);
	if (attach_is_fixed(who))
		return rexctl_fail(
			REXCTL_FAILED,
			"program %s is attached to what its attribute says, %s, and nothing else: its arguments are those of that place",
			who->name, who->section);
	colon = strchr(target, ':');
	kind = colon ? attach_find_kind(target, colon - target, who->type) :
		       NULL;
	if (kind && kind->type != who->type) {
		rexctl_fail(REXCTL_FAILED,
			    "program %s is of type %s, which %s does not attach",
			    who->name, rexctl_prog_type_name(who->type),
			    target);
		kind = attach_default_kind(who);
		if (kind)
			rexctl_hint("its targets are like %s", kind->form);
		return REXCTL_FAILED;
	}
	if (kind)
		return kind->attach(who, target, colon + 1, links);
	kind = attach_default_kind(who);
	if (!kind)
		return rexctl_fail(REXCTL_FAILED,
				   "rexctl cannot attach programs of type %s",
				   rexctl_prog_type_name(who->type));
	return kind->attach(who, target, target, links);
}

/* ---- links ------------------------------------------------------------------ */

struct rexctl_link *rexctl_link_new(struct rexctl_links *links,
				    const struct rexctl_attachee *who,
				    const char *target)
{
	struct rexctl_link *all, *link;

	all = realloc(links->links, (links->nr + 1) * sizeof(*all));
	if (!all) {
		rexctl_fail_errno(ENOMEM, "links");
		return NULL;
	}
	links->links = all;
	link = &all[links->nr++];
	*link = (struct rexctl_link){ .fd = -1 };
	snprintf(link->prog, sizeof(link->prog), "%s", who->name);
	snprintf(link->target, sizeof(link->target), "%s", target);
	return link;
}

int rexctl_link_add(struct rexctl_links *links,
		    const struct rexctl_attachee *who, const char *target,
		    int fd)
{
	struct rexctl_link *link;

	if (fd < 0)
		return rexctl_fail_errno(errno, "cannot attach %s to %s",
					 who->name, target);
	link = rexctl_link_new(links, who, target);
	if (!link) {
		close(fd);
		return REXCTL_FAILED;
	}
	link->fd = fd;
	return REXCTL_OK;
}

void rexctl_links_end(struct rexctl_links *links)
{
	struct rexctl_link *link;

	while (links->nr) {
		link = &links->links[--links->nr];
		if (link->handle)
			rexctl_tc_detach(link->ifindex, link->egress,
					 link->handle);
		if (link->fd >= 0)
			close(link->fd);
		rex_links_destroy(link->many);
	}
	free(links->links);
	links->links = NULL;
}
