/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs are attached to what a TARGET names: attach.c finds the target, attach_*.c
 * attach to its kind.
 */
#ifndef REXCTL_ATTACH_H
#define REXCTL_ATTACH_H

#include "rexctl.h"

/* The program that is attached. */
struct rexctl_attachee {
	struct rex_obj *obj; /* NULL: the program has been loaded before */
	int fd;
	const char *name;
	const char *section;
	__u32 type;
};

/* A place that a program is attached to. */
struct rexctl_link {
	int fd; /* of a bpf_link; -1: a filter of tc, which has none, or @many */
	struct rex_links *many; /* to the functions that match a pattern */
	char prog[REX_NAME_LEN];
	char target[192]; /* as the user writes it */
	int ifindex; /* of a filter of tc */
	bool egress;
	__u32 handle;
};

struct rexctl_links {
	struct rexctl_link *links;
	size_t nr;
};

/*
 * Attaches @who to @target, or with NULL to what its section says, and adds the links.
 * Returns an exit status, and has printed why if it is not 0.
 */
int rexctl_attach(const struct rexctl_attachee *who, const char *target,
		  struct rexctl_links *links);
/*
 * Returns whether @target, which may lack a prefix, is of the kind that @who
 * attaches to.
 */
bool rexctl_attach_fits(const struct rexctl_attachee *who, const char *target);
/* Returns whether the section of @who names its target. */
bool rexctl_attach_is_declared(const struct rexctl_attachee *who);
/* Detaches what has no pin, and frees the list. */
void rexctl_links_end(struct rexctl_links *links);
/* The forms of TARGETs, as the text of a verb's help: a sentence. */
#define REXCTL_TARGETS_DOC                                                                                                                                   \
	"A TARGET is one of dev:IFACE[/skb|/drv] (XDP), tcx:IFACE/ingress or tcx:IFACE/egress (tc), cgroup:PATH, "                                           \
	"[kprobe:]FUNCTION[+OFFSET], [kretprobe:]FUNCTION, [uprobe:]PATH:FUNCTION[+OFFSET], [uretprobe:]PATH:FUNCTION, "                                     \
	"[kprobe.session:]FUNCTION, [fentry:]FUNCTION, [fexit:]FUNCTION (each FUNCTION may be a pattern, as in 'kprobe:vfs_*'), [usdt:]PATH:PROVIDER:NAME, " \
	"[tracepoint:]CATEGORY/NAME, [raw_tp:]NAME, [perf:]EVENT[@HZ|/PERIOD]. PROGRAM=TARGET says which program of an object is meant. "                    \
	"A program without a TARGET is attached to what its attribute names. Where the kernel has no tcx (before 6.6), tcx attaches a filter of the clsact qdisc."

/* ---- for attach_*.c --------------------------------------------------------- */

/*
 * Adds a link of which nothing is known but its names, or returns NULL and has printed
 * why.
 */
struct rexctl_link *rexctl_link_new(struct rexctl_links *links,
				    const struct rexctl_attachee *who,
				    const char *target);
/*
 * Adds a link. @fd is a bpf_link, or a negative value where errno says why there is
 * none; then this returns an exit status other than 0.
 */
int rexctl_link_add(struct rexctl_links *links,
		    const struct rexctl_attachee *who, const char *target,
		    int fd);

/* Returns whether a program of the section writes the text of an iterator. */
bool rexctl_is_iterator(const char *section);
/* Attach to the functions that match, of the kernel or of the file @path. */
int rexctl_attach_functions(const struct rexctl_attachee *who,
			    const char *target, const char *pattern,
			    struct rexctl_links *links);
int rexctl_attach_user_functions(const struct rexctl_attachee *who,
				 const char *target, const char *path,
				 const char *pattern,
				 struct rexctl_links *links);
/* Return names of functions of a link to many: all of them, or those left out. */
json_t *rexctl_link_functions(const struct rexctl_link *link);
json_t *rexctl_link_skipped(const struct rexctl_link *link);

/* Each gets what stands after the colon. */
int rexctl_attach_usdt(const struct rexctl_attachee *who, const char *target,
		       const char *rest, struct rexctl_links *links);
int rexctl_attach_session(const struct rexctl_attachee *who, const char *target,
			  const char *rest, struct rexctl_links *links);
int rexctl_attach_dev(const struct rexctl_attachee *who, const char *target,
		      const char *rest, struct rexctl_links *links);
int rexctl_attach_tcx(const struct rexctl_attachee *who, const char *target,
		      const char *rest, struct rexctl_links *links);
int rexctl_attach_cgroup(const struct rexctl_attachee *who, const char *target,
			 const char *rest, struct rexctl_links *links);
int rexctl_attach_kprobe(const struct rexctl_attachee *who, const char *target,
			 const char *rest, struct rexctl_links *links);
int rexctl_attach_uprobe(const struct rexctl_attachee *who, const char *target,
			 const char *rest, struct rexctl_links *links);
int rexctl_attach_tracepoint(const struct rexctl_attachee *who,
			     const char *target, const char *rest,
			     struct rexctl_links *links);
int rexctl_attach_raw_tp(const struct rexctl_attachee *who, const char *target,
			 const char *rest, struct rexctl_links *links);
int rexctl_attach_perf(const struct rexctl_attachee *who, const char *target,
		       const char *rest, struct rexctl_links *links);

/* The name of a clsact filter's program is looked for by this handle and priority. */
#define REXCTL_TC_PRIORITY 0x7265

/* Removes the filter of tc that program @id has there; 0, or a negative errno. */
int rexctl_tc_detach(int ifindex, bool egress, __u32 id);
/* Returns whether program @id has a filter of tc there. */
bool rexctl_tc_attached(int ifindex, bool egress, __u32 id);

#endif /* REXCTL_ATTACH_H */
