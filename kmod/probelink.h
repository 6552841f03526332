/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Links to many probes (kprobe.multi, kprobe.session, uprobe.multi) and links
 * to one probe call a program with different structures in current->bpf_ctx.
 * Both may call a program of type KPROBE, so its helpers ask here for the
 * caller.
 */
#ifndef _REX_PROBELINK_H
#define _REX_PROBELINK_H

#include <linux/types.h>

struct bpf_prog;
struct rex_prog;
struct rex_run;

/* The caller of a program at probes. */
enum rex_probelink {
	REX_PROBELINK_ONE, /* one probe, of the kernel or of userspace */
	REX_PROBELINK_KPROBE_MULTI, /* a session is one of these as well */
	REX_PROBELINK_UPROBE_MULTI,
	REX_PROBELINK_UNKNOWN, /* nobody knows what current->bpf_ctx is */
};

/**
 * rex_probelink_of() - find the caller of a run's carrier
 * @run: the current run, of a program of type KPROBE
 *
 * The carrier's attach type is not enough: BPF programs can tail-call a
 * carrier, and PERF_EVENT_IOC_SET_BPF attaches any of them to a single probe.
 * The carrier's return address is in the function that has set
 * current->bpf_ctx.
 *
 * Context: a helper, any context.
 */
enum rex_probelink rex_probelink_of(const struct rex_run *run);

/**
 * rex_probelink_accepts() - test whether a carrier's attach type fits a program
 * @carrier:	a BPF program of type KPROBE
 * @prog:	a program of that type
 *
 * A program that is no session fits a carrier for one probe, and a carrier for
 * many if rex_probelink_of() knows the callers.
 */
bool rex_probelink_accepts(const struct bpf_prog *carrier,
			   const struct rex_prog *prog);

void rex_probelink_init(void);

#endif /* _REX_PROBELINK_H */
