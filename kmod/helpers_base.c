// SPDX-License-Identifier: GPL-2.0
#include <linux/ctype.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/tracepoint-defs.h>
#include <linux/uaccess.h>

#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "nowait.h"
#include "run.h"
#include "selftest.h"

/* A longer line becomes several events. The size includes the NUL. */
#define TRACE_LINE_MAX 1025

u32 rex_get_smp_processor_id(void)
{
	return raw_smp_processor_id();
}

u32 rex_get_numa_node_id(void)
{
	return numa_node_id();
}

/* A program that fails all the time does not write to the shared page all the time. */
s64 rex_note_error(s32 error)
{
	struct rex_prog *prog = rex_run_prog(rex_run_current());

	this_cpu_inc(prog->stats->errors);
	if (READ_ONCE(prog->last_error) != error)
		WRITE_ONCE(prog->last_error, error);
	return 0;
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

/*
 * The coarse clock waits for the end of a change of the clock, and the program may have
 * interrupted that change. Interrupts are off then.
 */
u64 rex_ktime_get_coarse_ns(void)
{
	if (irqs_disabled() && !(rex_unprotected & REX_UNPROTECTED_WAITS))
		return ktime_get_mono_fast_ns();
	return ktime_get_coarse_ns();
}

u64 rex_ktime_get_tai_ns(void)
{
	return ktime_get_tai_fast_ns();
}

u64 rex_jiffies64(void)
{
	return get_jiffies_64();
}

u32 rex_get_prandom_u32(void)
{
	return rex_kcall(bpf_user_rnd_u32)(0, 0, 0, 0, 0);
}

/*
 * The bytes that are read at once. A copy of the kernel's cannot be ended, and memory may be
 * registers of a device, of which each byte can take microseconds. The heap has megabytes.
 */
#define READ_PIECE 4096

/* Reads @size bytes with @read, by pieces. A killed run ends when its helper returns. */
static __always_inline s64 helpers_read(long (*read)(u8 *dst, unsigned long src,
						     u32 size),
					u8 *dst, unsigned long src, u32 size)
{
	const struct rex_run *run = rex_run_current();
	u32 at = 0, n;
	long ret;

	do {
		n = min_t(u32, size - at, READ_PIECE);
		ret = read(dst + at, src + at, n);
		if (ret) {
			memset(dst, 0, size);
			return ret;
		}
		at += n;
	} while (at < size && !rex_run_is_marked(run, REX_RUN_KILLED_BIT));
	return at < size ? -EINTR : 0;
}

/*
 * Reads a string into @size bytes with @read, by pieces. Each piece ends with a NUL. If it is full,
 * that byte is read once more: it may be the string's, or the piece was too short for that.
 */
static __always_inline s64
helpers_read_str(long (*read)(char *dst, unsigned long src, u32 size),
		 char *dst, unsigned long src, u32 size)
{
	const struct rex_run *run = rex_run_current();
	u32 at = 0, n;
	long ret;

	for (;;) {
		n = min_t(u32, size - at, READ_PIECE);
		ret = read(dst + at, src + at, n);
		if (ret < 0) {
			memset(dst, 0, size);
			return ret;
		}
		if (ret < READ_PIECE || at + n == size)
			return at + ret;
		at += n - 1;
		if (rex_run_is_marked(run, REX_RUN_KILLED_BIT))
			return -EINTR;
	}
}

static __always_inline long helpers_read_kernel(u8 *dst, unsigned long src,
						u32 size)
{
	return copy_from_kernel_nofault(dst, (const void *)src, size);
}

static __always_inline long helpers_read_user(u8 *dst, unsigned long src,
					      u32 size)
{
	return copy_from_user_nofault(dst, (const void __user *)src, size) ?
		       -EFAULT :
		       0;
}

static __always_inline long helpers_read_kernel_str(char *dst,
						    unsigned long src, u32 size)
{
	return rex_kcall(strncpy_from_kernel_nofault)(dst, (const void *)src,
						      size);
}

static __always_inline long helpers_read_user_str(char *dst, unsigned long src,
						  u32 size)
{
	return rex_read_user_str(dst, (const void __user *)src, size);
}

s64 rex_probe_read_kernel(u8 *dst, u32 size, const void *src)
{
	return helpers_read(helpers_read_kernel, dst, (unsigned long)src, size);
}

s64 rex_probe_read_user(u8 *dst, u32 size, const void __user *src)
{
	return helpers_read(helpers_read_user, dst, (unsigned long)src, size);
}

s64 rex_probe_read_kernel_str(char *dst, u32 size, const void *src)
{
	return helpers_read_str(helpers_read_kernel_str, dst,
				(unsigned long)src, size);
}

s64 rex_probe_read_user_str(char *dst, u32 size, const void __user *src)
{
	return helpers_read_str(helpers_read_user_str, dst, (unsigned long)src,
				size);
}

/*
 * The kernel writes the blanks of a field one by one, whatever the size of the buffer:
 * with the widest ones that it takes, of 8 million, it is at it for a tenth of a second.
 */
#define WIDEST_FIELD 1024

static bool has_wide_field(const char *fmt)
{
	unsigned int width;

	while (*fmt) {
		if (*fmt++ != '%')
			continue;
		if (*fmt == '%') {
			fmt++;
			continue;
		}
		while (*fmt == ' ' || *fmt == '0' || *fmt == '+' || *fmt == '-')
			fmt++;
		for (width = 0; isdigit(*fmt); fmt++) {
			width = width * 10 + *fmt - '0';
			if (width > WIDEST_FIELD)
				return true;
		}
	}
	return false;
}

/* A run that comes between the test of the level and the call has ended when the call is made. */
s64 rex_snprintf(char *buf, u32 size, const char *fmt, const u64 *args,
		 u32 bytes)
{
	if (*this_cpu_ptr(rex_ksyms.bpf_bprintf_nest_level) >=
		    rex_nesting.texts &&
	    !(rex_unprotected & REX_UNPROTECTED_WAITS))
		return -EBUSY;
	if (has_wide_field(fmt))
		return -E2BIG;
	return rex_kcall(bpf_snprintf)((u64)buf, size, (u64)fmt, (u64)args,
				       bytes);
}

/*
 * Write the event of bpf_trace_printk() without that helper: its %s takes less than a
 * line, and its buffers are few. A tracepoint requires preemption to be off, as it is in
 * a run, and its guard.
 */
static void helpers_trace_line(const char *text, size_t len)
{
	struct tracepoint *tp = rex_ksyms.__tracepoint_bpf_trace_printk;
	void (*iterator)(void *data, const char *text) = tp->iterator;
	char line[TRACE_LINE_MAX];

	memcpy(line, text, len);
	line[len] = '\0';
	if (static_key_enabled(&tp->key)) {
		rex_compat_guard_tracepoint();
		iterator(NULL, line);
	}
}

/*
 * Returns the largest number of bytes of @text, up to @max, that ends no
 * character early.
 */
static size_t helpers_whole_characters(const char *text, size_t max)
{
	size_t n = max;

	/* Bytes 10xxxxxx continue a character of UTF-8. */
	while (n && (text[n] & 0xc0) == 0x80)
		n--;
	return n ?: max;
}

s64 rex_trace_printk(const char *text, u64 len)
{
	const struct rex_run *run = rex_run_current();

	/* The interrupt wakes the readers of the trace. */
	if (!rex_nowait_may_wake())
		return -EBUSY;
	while (len && !rex_run_is_marked(run, REX_RUN_KILLED_BIT)) {
		const char *newline = memchr(text, '\n', len);
		size_t line = newline ? newline - text : len;
		size_t n = line;

		if (n > TRACE_LINE_MAX - 1)
			n = helpers_whole_characters(text, TRACE_LINE_MAX - 1);
		helpers_trace_line(text, n);
		if (newline && n == line)
			n++;
		text += n;
		len -= n;
	}
	return 0;
}

void __init rex_helpers_init(void)
{
	/* The verifier does this for programs that use these helpers. */
	rex_kcall(bpf_get_trace_printk_proto)();
	rex_kcall(bpf_user_rnd_init_once)();
}
