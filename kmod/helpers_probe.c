// SPDX-License-Identifier: GPL-2.0
/*
 * These helpers are about the probe that a program of type KPROBE was called for, or about
 * the function that a fentry or fexit program is called by. They read a structure on the
 * stack of the task: current->bpf_ctx points to it. Code that interrupts the run, or that
 * the run's helpers call, restores the pointer at its end.
 */
#include <linux/bpf.h>
#include <linux/sched.h>

#include "carrier.h"
#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "probelink.h"
#include "progtype.h"
#include "run.h"

/* Only a trampoline calls the carrier of such a program: carrier.c. */
static bool helpers_in_trampoline(void)
{
	const struct rex_prog *prog = rex_run_prog(rex_run_current());

	return rex_prog_is_of_function(prog->type, prog->attach_type);
}

static u64 helpers_tracing_cookie(const struct bpf_run_ctx *ctx)
{
	if (!helpers_in_trampoline())
		return 0;
	return container_of(ctx, struct bpf_tramp_run_ctx, run_ctx)->bpf_cookie;
}

u64 rex_get_attach_cookie(void)
{
	const struct bpf_run_ctx *ctx = current->bpf_ctx;

	if (!ctx)
		return 0;
	if (rex_run_prog(rex_run_current())->type == BPF_PROG_TYPE_TRACING)
		return helpers_tracing_cookie(ctx);
	switch (rex_probelink_of(rex_run_current())) {
	case REX_PROBELINK_KPROBE_MULTI:
		return rex_kcall(bpf_get_attach_cookie_kprobe_multi)(0, 0, 0, 0,
								     0);
	case REX_PROBELINK_UPROBE_MULTI:
		return rex_kcall(bpf_get_attach_cookie_uprobe_multi)(0, 0, 0, 0,
								     0);
	case REX_PROBELINK_UNKNOWN:
		return 0;
	default:
		return container_of(ctx, struct bpf_trace_run_ctx, run_ctx)
			->bpf_cookie;
	}
}

/* The kernel's functions use none of their arguments. */
u64 rex_get_func_ip(void)
{
	if (!current->bpf_ctx)
		return 0;
	switch (rex_probelink_of(rex_run_current())) {
	case REX_PROBELINK_KPROBE_MULTI:
		return rex_kcall(bpf_get_func_ip_kprobe_multi)(0, 0, 0, 0, 0);
	case REX_PROBELINK_UPROBE_MULTI:
		return rex_kcall(bpf_get_func_ip_uprobe_multi)(0, 0, 0, 0, 0);
	case REX_PROBELINK_UNKNOWN:
		return 0;
	default:
		return rex_kcall(bpf_get_func_ip_kprobe)(0, 0, 0, 0, 0);
	}
}

/*
 * The trampoline stores the address before the number of the arguments, which is before the
 * arguments. BIND makes the kernel do so: rex_tracepoints_restrict_carrier().
 */
u64 rex_traced_function(const u64 *args)
{
	return helpers_in_trampoline() ? args[REX_TRACED_FUNCTION] : 0;
}

/* BIND has made sure that the carrier of a session is one, but not what calls it. */
static bool helpers_in_session(void)
{
	const struct rex_run *run = rex_run_current();

	return rex_run_prog(run)->attach_type == BPF_TRACE_KPROBE_SESSION &&
	       rex_khas(bpf_session_is_return) &&
	       rex_khas(bpf_session_cookie) && current->bpf_ctx &&
	       rex_probelink_of(run) == REX_PROBELINK_KPROBE_MULTI;
}

u64 rex_session_is_return(void)
{
	return helpers_in_session() && rex_kcall(bpf_session_is_return)(NULL);
}

/* The kernel keeps it in its record of the function's return address. */
u64 rex_session_value(void)
{
	const u64 *value = NULL;

	if (helpers_in_session())
		value = rex_kcall(bpf_session_cookie)(NULL);
	return value ? *value : 0;
}

s64 rex_session_set_value(u64 value)
{
	u64 *kept = NULL;

	if (helpers_in_session())
		kept = rex_kcall(bpf_session_cookie)(NULL);
	if (!kept)
		return -EINVAL;
	*kept = value;
	return 0;
}
