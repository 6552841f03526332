// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/uaccess.h>

#include "helpers.h"
#include "ksyms.h"

/* bpf_trace_printk() takes a %s argument of at most this size, with the NUL. */
#define TRACE_LINE_MAX 500

u32 rex_get_smp_processor_id(void)
{
	return raw_smp_processor_id();
}

u32 rex_get_numa_node_id(void)
{
	return numa_node_id();
}

/* The clocks are those of eBPF: usable in NMI. */
u64 rex_ktime_get_ns(void)
{
	return ktime_get_mono_fast_ns();
}

u64 rex_ktime_get_boot_ns(void)
{
	return ktime_get_boot_fast_ns();
}

u64 rex_ktime_get_coarse_ns(void)
{
	return ktime_get_coarse_ns();
}

u64 rex_jiffies64(void)
{
	return get_jiffies_64();
}

u32 rex_get_prandom_u32(void)
{
	return rex_ksyms.bpf_user_rnd_u32(0, 0, 0, 0, 0);
}

s64 rex_probe_read_kernel(void *dst, u32 size, const void *src)
{
	long ret = copy_from_kernel_nofault(dst, src, size);

	if (ret)
		memset(dst, 0, size);
	return ret;
}

s64 rex_snprintf(char *buf, u32 size, const char *fmt, const u64 *args,
		 u32 bytes)
{
	return rex_ksyms.bpf_snprintf((u64)buf, size, (u64)fmt, (u64)args,
				      bytes);
}

static s64 trace_line(const char *text, size_t len)
{
	static const char fmt[] = "%s";
	char line[TRACE_LINE_MAX];

	memcpy(line, text, len);
	line[len] = '\0';
	return rex_ksyms.bpf_trace_printk((u64)fmt, sizeof(fmt), (u64)line, 0,
					  0);
}

s64 rex_trace_printk(const char *text, u64 len)
{
	s64 ret = 0;

	while (len && ret >= 0) {
		const char *newline = memchr(text, '\n', len);
		size_t line = newline ? newline - text : len;
		size_t n = min_t(size_t, line, TRACE_LINE_MAX - 1);

		ret = trace_line(text, n);
		if (newline && n == line)
			n++;
		text += n;
		len -= n;
	}
	return ret < 0 ? ret : 0;
}

void __init rex_helpers_init(void)
{
	/* What the verifier does for programs that use these helpers. */
	rex_ksyms.bpf_get_trace_printk_proto();
	rex_ksyms.bpf_user_rnd_init_once();
}
