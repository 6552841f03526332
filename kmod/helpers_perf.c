// SPDX-License-Identifier: GPL-2.0
/* Perf events: what programs of that type may ask about the sample. */
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include "helpers.h"
#include "ksyms.h"

s64 rex_perf_prog_read_value(struct bpf_perf_event_data_kern *ctx, void *value,
			     u32 size)
{
	return rex_kcall(bpf_perf_prog_read_value)((u64)ctx, (u64)value, size,
						   0, 0);
}

/* Not every event samples addresses; the field is not written then. */
u64 rex_perf_sample_addr(const struct bpf_perf_event_data_kern *ctx)
{
	return ctx->data->sample_flags & PERF_SAMPLE_ADDR ? ctx->data->addr : 0;
}

u64 rex_perf_sample_period(const struct bpf_perf_event_data_kern *ctx)
{
	return ctx->data->period;
}
