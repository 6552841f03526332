/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Links to many probes (kprobe.multi, kprobe.session, uprobe.multi) call a program with
 * another structure behind current->bpf_ctx than a link to one probe does. A program of
 * type KPROBE may be called by either, so its helpers ask here which one it was.
 */
#ifndef _REX_PROBELINK_H
#define _REX_PROBELINK_H

#include <linux/types.h>

struct bpf_prog;
struct rex_prog;
struct rex_run;

/* What has called the carrier of a program at probes. */
enum rex_probelink {
	REX_PROBELINK_ONE, /* one probe, of the kernel or of userspace */
	REX_PROBELINK_KPROBE_MULTI, /* a session is one of these as well */
	REX_PROBELINK_UPROBE_MULTI,
};

/**
 * rex_probelink_of() - find what has called the carrier of a run
 * @run: the current run, of a program of type KPROBE
 *
 * The attach type of the carrier would not say it: BPF programs can tail-call a carrier,
 * and PERF_EVENT_IOC_SET_BPF attaches one of any attach type to a single probe. The
 * return address of the carrier lies in the function that has set current->bpf_ctx.
 *
 * Context: a helper, any context.
 */
enum rex_probelink rex_probelink_of(const struct rex_run *run);

/**
 * rex_probelink_accepts() - test whether a carrier's attach type fits a program
 * @carrier:	a BPF program of type KPROBE
 * @prog:	a program of that type
 *
 * A program that is no session may be bound to a carrier for one probe, and to one for
 * many of which rex_probelink_of() knows the callers.
 */
bool rex_probelink_accepts(const struct bpf_prog *carrier,
			   const struct rex_prog *prog);

void rex_probelink_init(void);

#endif /* _REX_PROBELINK_H */
