// SPDX-License-Identifier: GPL-2.0
/*
 * These helpers are about perf events: they write samples to a
 * BPF_MAP_TYPE_PERF_EVENT_ARRAY, take stacks, also for a BPF_MAP_TYPE_STACK_TRACE, and
 * give perf_event programs the fields of their sample.
 */
#include <linux/bpf.h>
#include <linux/limits.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>

#include "helpers.h"
#include "ksyms.h"
#include "nowait.h"
#include "run.h"

/*
 * The size of a perf record has 16 bits, which the kernel does not check: a longer
 * sample would wrap it and overwrite earlier records. Half of the range is left for
 * other parts of the record.
 */
#define MAX_SAMPLE (U16_MAX / 2)

/*
 * This calls the kernel's function for packets; the one for tracing requires registers,
 * which not all types have. A run that comes between test and call has ended when the
 * call is made.
 */
static s64 helpers_output_sample(struct bpf_map *map, u64 flags, const u8 *data,
				 u64 size)
{
	if (flags & ~BPF_F_INDEX_MASK)
		return -EINVAL;
	if (size > MAX_SAMPLE)
		return -E2BIG;
	if (*this_cpu_ptr(rex_ksyms.bpf_event_output_nest_level) >=
	    rex_nesting.samples)
		return -EBUSY;
	if (!rex_nowait_may_wake())
		return -EBUSY;
	return rex_kcall(bpf_event_output)(map, flags, (void *)data, size, NULL,
					   0, NULL);
}

s64 rex_perf_event_output(struct bpf_map *map, u64 flags, const u8 *data,
			  u64 size)
{
	s64 ret = helpers_output_sample(map, flags, data, size);

	if (ret)
		rex_run_count_lost_record();
	return ret;
}

/* @regs, or if it is NULL the registers of the run's caller, in @call. */
static struct pt_regs *helpers_regs_or_call(struct pt_regs *regs,
					    struct pt_regs *call)
{
	if (regs)
		return regs;
	rex_run_call_regs(rex_run_current(), call);
	return call;
}

/* A map of stacks has a list of free elements. */
s64 rex_get_stackid(struct pt_regs *regs, struct bpf_map *map, u64 flags)
{
	struct rex_nowait nowait;
	struct pt_regs call;
	s64 ret = rex_nowait_begin(&nowait, BPF_MAP_TYPE_STACK_TRACE);

	if (ret)
		return ret;
	ret = rex_kcall(bpf_get_stackid)((u64)helpers_regs_or_call(regs, &call),
					 (u64)map, flags, 0, 0);
	rex_nowait_end(&nowait);
	return ret;
}

/* For eBPF, the verifier ensures that the size is no negative int. */
s64 rex_get_stack(struct pt_regs *regs, u64 *buf, u32 size, u64 flags)
{
	struct pt_regs call;

	if (size > INT_MAX)
		return -EINVAL;
	return rex_kcall(bpf_get_stack)((u64)helpers_regs_or_call(regs, &call),
					(u64)buf, size, flags, 0);
}

/*
 * The sample's own stack, or NULL if it has none. The kernel takes no stack, even for an
 * event that is opened for stacks, if it knows of no program that requires them. Then it
 * does not write the pointer that its helpers for samples follow.
 */
static const struct perf_callchain_entry *
helpers_sample_stack(const struct bpf_perf_event_data_kern *ctx)
{
	if (!(ctx->data->sample_flags & PERF_SAMPLE_CALLCHAIN))
		return NULL;
	return ctx->data->callchain;
}

s64 rex_get_stackid_pe(struct bpf_perf_event_data_kern *ctx,
		       struct bpf_map *map, u64 flags)
{
	struct rex_nowait nowait;
	s64 ret;

	if (!helpers_sample_stack(ctx))
		return rex_get_stackid(ctx->regs, map, flags);
	ret = rex_nowait_begin(&nowait, BPF_MAP_TYPE_STACK_TRACE);
	if (ret)
		return ret;
	ret = rex_kcall(bpf_get_stackid_pe)((u64)ctx, (u64)map, flags, 0, 0);
	rex_nowait_end(&nowait);
	return ret;
}

s64 rex_get_stack_pe(struct bpf_perf_event_data_kern *ctx, u64 *buf, u32 size,
		     u64 flags)
{
	if (size > INT_MAX)
		return -EINVAL;
	if (!helpers_sample_stack(ctx))
		return rex_get_stack(ctx->regs, buf, size, flags);
	return rex_kcall(bpf_get_stack_pe)((u64)ctx, (u64)buf, size, flags, 0);
}

s64 rex_perf_prog_read_value(struct bpf_perf_event_data_kern *ctx, void *value,
			     u32 size)
{
	return rex_kcall(bpf_perf_prog_read_value)((u64)ctx, (u64)value, size,
						   0, 0);
}

/* Not every event samples addresses; the kernel does not write the field then. */
u64 rex_perf_sample_addr(const struct bpf_perf_event_data_kern *ctx)
{
	return ctx->data->sample_flags & PERF_SAMPLE_ADDR ? ctx->data->addr : 0;
}

u64 rex_perf_sample_period(const struct bpf_perf_event_data_kern *ctx)
{
	return ctx->data->period;
}
