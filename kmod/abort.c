// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/ptrace.h>
#include <linux/uaccess.h>

#include "abort.h"
#include "emit_stubs.h"
#include "image.h"
#include "ksyms.h"
#include "report.h"
#include "run.h"
#include "watchdog.h"

/*
 * Claim a record to fill. The result is NULL if all of the program's records wait to be
 * printed; then the fault is counted, not described. There is no lock, since the caller
 * may have interrupted another caller on this CPU.
 */
static struct rex_fault *abort_new_record(struct rex_prog *prog, u32 cause)
{
	struct rex_fault_ring *ring = prog->faults;
	unsigned int n = atomic_inc_return(&ring->next) - 1;
	struct rex_fault *fault = &ring->fault[n % REX_FAULT_RING];

	if (!rex_report_claim(fault))
		return NULL;
	fault->prog = prog;
	fault->number = n + 1;
	fault->cause = cause;
	fault->cpu = raw_smp_processor_id();
	fault->pid = current->pid;
	fault->tgid = current->tgid;
	memcpy(fault->comm, current->comm, sizeof(fault->comm));
	fault->comm[sizeof(fault->comm) - 1] = '\0';
	fault->time = ktime_get_mono_fast_ns();
	fault->line = 0;
	fault->column = 0;
	fault->nr_frames = 0;
	fault->nr_kernel_frames = 0;
	fault->file[0] = '\0';
	fault->message[0] = '\0';
	return fault;
}

/*
 * Follow the frame pointers from @fp. All program text is compiled with them, but this
 * function trusts none: a frame must lie on the run's stack, above the last one.
 */
static void abort_record_frames(struct rex_fault *fault,
				const struct rex_run *run, unsigned long fp)
{
	unsigned long last = 0;

	while (fault->nr_frames < REX_FAULT_FRAMES) {
		if (fp <= last || !IS_ALIGNED(fp, 8) ||
		    !rex_run_on_stack(run, fp) ||
		    !rex_run_on_stack(run, fp + 8))
			return;
		fault->frames[fault->nr_frames++] = ((unsigned long *)fp)[1];
		last = fp;
		fp = *(unsigned long *)fp;
	}
}

#define ENDBR64 0xfa1e0ff3 /* f3 0f 1e fa */

/*
 * Record the caller of a function that was stopped in its first instructions. %rbp is
 * still that of the caller, so that the frames lack the caller. Its address is on top of
 * the stack, or below the %rbp that was pushed there.
 */
static void abort_record_caller(struct rex_fault *fault,
				const struct rex_run *run)
{
	const struct rex_trap *trap = &run->trap;
	const struct rex_image_func *func =
		rex_image_find_func(fault->prog->image, trap->ip);
	unsigned long push, slot = trap->sp;

	if (!func || !slot)
		return;
	push = func->ksym.start + REX_PAD_SIZE;
	/* Programs have an endbr64 also where the kernel's is_endbr() is always false. */
	if (*(u32 *)func->ksym.start == ENDBR64)
		push += sizeof(u32);
	if (trap->ip == push + 1)
		slot += 8;
	else if (trap->ip > push)
		return;
	if (IS_ALIGNED(slot, 8) && rex_run_on_stack(run, slot))
		fault->frames[fault->nr_frames++] = *(unsigned long *)slot;
}

/*
 * Record the interrupted kernel. The kernel's unwinder does not know the stacks of runs, so it
 * starts at the caller of the thunk.
 */
static void abort_record_kernel_frames(struct rex_fault *fault,
				       const struct rex_run *run)
{
	struct pt_regs regs;

	if (!rex_khas(stack_trace_save_regs))
		return;
	rex_run_call_regs(run, &regs);
	fault->nr_kernel_frames =
		rex_kcall(stack_trace_save_regs)(&regs, fault->kernel_frames,
						 REX_FAULT_KERNEL_FRAMES, 0);
}

static void abort_publish(struct rex_fault *fault, const struct rex_run *run)
{
	abort_record_kernel_frames(fault, run);
	rex_report_publish(fault);
}

/* Leave the stack of the run, and return @ret from the program. */
static __always_inline __noreturn void abort_leave(struct rex_run *run, u32 ret)
{
	rex_run_unpoison_stack(run);
	rex_stubs_abort(run, ret);
}

static __always_inline __noreturn void abort_run(struct rex_run *run, u32 cause)
{
	struct rex_prog *prog = rex_run_prog(run);

	/* From here on nothing stops the run again. */
	WRITE_ONCE(run->prog, 0);
	barrier();
	rex_resource_release_all(run);
	rex_run_count_time(run, prog);
	this_cpu_inc(prog->stats->faults[cause]);
	atomic_inc(&prog->faults->ended);
	/* Pairs with rex_image_poll(): who sees the image dead sees the fault as well. */
	rex_image_set_dead(prog->ctl, true);
	rex_restart_kick(prog->image);
	rex_image_poll_kick(prog->image);
	abort_leave(run, READ_ONCE(prog->default_ret));
}

/*
 * Complete the registers of the thunk's caller. Those that the thunk does not store are as the
 * stub has found them in @frame. No function of the image changes them, since none saves
 * them (check.h). Only code of the image, emitted code, loads and leaves (fault_owner.c)
 * get here without having returned, and the last three write none of them. Other functions
 * of the kernel have returned, and have restored them.
 */
static __always_inline struct rex_run *
abort_begin(const struct rex_frame *frame)
{
	struct rex_run *run = rex_run_current();
	u8 stores = rex_run_prog(run)->stores;
	unsigned int i;

	for (i = 0; i < REX_NR_KEPT; i++)
		if (!(stores & BIT(i)))
			run->kept[i] = frame->kept[i];
	return run;
}

asmlinkage __noreturn void rex_abort_overflow(const struct rex_frame *frame)
{
	struct rex_run *run = abort_begin(frame);
	struct rex_fault *fault;

	fault = abort_new_record(rex_run_prog(run), REX_FAULT_STACK_OVERFLOW);
	if (fault) {
		fault->frames[fault->nr_frames++] = frame->ret;
		abort_record_frames(fault, run, frame->kept[REX_KEPT_BP]);
		snprintf(fault->message, sizeof(fault->message),
			 "more than %u bytes of stack",
			 (u32)(REX_RUN_STACK - REX_RUN_RESERVE));
		abort_publish(fault, run);
	}
	abort_run(run, REX_FAULT_STACK_OVERFLOW);
}
NOKPROBE_SYMBOL(rex_abort_overflow);

/* Returns whether another run is below @run, which is the innermost one of this CPU. */
static bool abort_is_on_top(const struct rex_run *run)
{
	unsigned int level;

	for (level = 0; level < REX_RUN_LEVELS; level++) {
		struct rex_run *other =
			rex_run_of_level(smp_processor_id(), level);

		if (other && other != run)
			return true;
	}
	return false;
}

/*
 * A run can end before its time is up, when that of a run below it is, or that of runs which
 * ended just before it: watchdog.h.
 */
static void abort_describe_timeout(struct rex_fault *fault,
				   const struct rex_run *run)
{
	u32 limit = READ_ONCE(rex_run_prog(run)->timeout_ms);
	u32 longest = rex_watchdog_longest_ms();
	u64 age = fault->time - run->since;
	const char *what = run->trap.what;
	const char *why;
	bool late = age >= min(limit, longest) * (u64)NSEC_PER_MSEC;
	bool early = longest < rex_watchdog_max_timeout_ms &&
		     (!late || longest < limit);

	if (late)
		why = "ran for";
	else if (abort_is_on_top(run))
		why = "was on top of a run that took";
	else
		why = "was on a CPU that could not switch tasks for";
	snprintf(fault->message, sizeof(fault->message),
		 "%s more than %u ms%s%s%s", why,
		 late ? min(limit, longest) : longest,
		 early ? ", half of the kernel's limit for a lockup" : "",
		 *what ? ", " : "", what);
}

static void abort_describe_share(struct rex_fault *fault,
				 const struct rex_run *run)
{
	const char *what = run->trap.what;

	snprintf(fault->message, sizeof(fault->message),
		 "its runs took %u %% of CPU %u; max_cpu_share of rex.ko is %u%s%s",
		 run->share, fault->cpu, run->max_share, *what ? ", " : "",
		 what);
}

static void abort_describe_trap(struct rex_fault *fault,
				const struct rex_run *run)
{
	const struct rex_trap *trap = &run->trap;

	switch (trap->cause) {
	case REX_FAULT_TIMEOUT:
		abort_describe_timeout(fault, run);
		break;
	case REX_FAULT_CPU_SHARE:
		abort_describe_share(fault, run);
		break;
	case REX_FAULT_PAGE_FAULT:
		snprintf(fault->message, sizeof(fault->message),
			 "%s address 0x%lx", trap->what, trap->addr);
		break;
	default:
		strscpy(fault->message, trap->what, sizeof(fault->message));
	}
}

asmlinkage __noreturn void rex_abort_trap(const struct rex_frame *frame)
{
	struct rex_run *run = abort_begin(frame);
	struct rex_fault *fault =
		abort_new_record(rex_run_prog(run), run->trap.cause);

	if (fault) {
		/* The report symbolises the instruction before the address: see report.c. */
		fault->frames[fault->nr_frames++] = run->trap.ip + 1;
		abort_record_caller(fault, run);
		abort_record_frames(fault, run, frame->kept[REX_KEPT_BP]);
		abort_describe_trap(fault, run);
		abort_publish(fault, run);
	}
	abort_run(run, run->trap.cause);
}
NOKPROBE_SYMBOL(rex_abort_trap);

u8 *rex_panic_buf(u64 *len)
{
	struct rex_run *run = rex_run_current();

	*len = 0;
	if (rex_run_is_marked(run, REX_RUN_PANICKING_BIT))
		return NULL;
	rex_run_mark(run, REX_RUN_PANICKING_BIT);
	*len = sizeof(run->panic_buf);
	return run->panic_buf;
}

static void abort_copy_text(char *dst, size_t size, const char *src, size_t len)
{
	if (len > size - 1)
		len = size - 1;
	if (copy_from_kernel_nofault(dst, src, len))
		len = 0;
	dst[len] = '\0';
}

/* Returns the innermost function that is the program's own, or NULL. */
static const char *abort_find_own(const struct rex_fault *fault)
{
	static const char *const libraries[] = {
		"alloc::", "<alloc::", "core::", "<core::", "rex::",
		"<rex::",  "__rust",   "__rdl",	 "__rg"
	};
	u32 i, k;

	for (i = 0; i < fault->nr_frames; i++) {
		const struct rex_image_func *func =
			rex_image_find_func(fault->prog->image,
					    fault->frames[i] - 1);

		for (k = 0; func && k < ARRAY_SIZE(libraries); k++)
			if (!strncmp(func->ksym.name, libraries[k],
				     strlen(libraries[k])))
				break;
		if (func && k == ARRAY_SIZE(libraries))
			return func->ksym.name;
	}
	return NULL;
}

/*
 * The library panics if the heap has no room. The place in its source says nothing; the
 * heap does, and who wanted the memory.
 */
static void abort_describe_full_heap(struct rex_fault *fault)
{
	static const char place[] = "library/alloc/src/alloc.rs";
	const struct rex_heap *heap = &fault->prog->image->heap;
	size_t len = strlen(fault->file);
	const char *own;
	u64 used, failed;

	if (!heap->size || len < sizeof(place) - 1 ||
	    strcmp(fault->file + len - (sizeof(place) - 1), place))
		return;
	own = abort_find_own(fault);
	rex_heap_read(heap, &used, &failed);
	len = strlen(fault->message);
	snprintf(fault->message + len, sizeof(fault->message) - len,
		 "%s%s: of the heap of %zu KiB, %llu are in use; heap_size, or rexctl load --heap, makes it larger",
		 own ? " in " : "", own ?: "", heap->size >> 10, used >> 10);
	fault->file[0] = '\0';
	fault->line = 0;
	fault->column = 0;
}

asmlinkage __noreturn void rex_panic(u64 msg_len, const u8 *file, u64 file_len,
				     u32 line, u32 column,
				     const struct rex_frame *frame)
{
	struct rex_run *run = abort_begin(frame);
	struct rex_fault *fault =
		abort_new_record(rex_run_prog(run), REX_FAULT_PANIC);

	if (fault) {
		fault->frames[fault->nr_frames++] = frame->ret;
		abort_record_frames(fault, run, frame->kept[REX_KEPT_BP]);
		abort_copy_text(fault->message, sizeof(fault->message),
				run->panic_buf,
				min_t(u64, msg_len, sizeof(run->panic_buf)));
		if (file_len >= sizeof(fault->file)) {
			file += file_len - (sizeof(fault->file) - 1);
			file_len = sizeof(fault->file) - 1;
		}
		abort_copy_text(fault->file, sizeof(fault->file), file,
				file_len);
		fault->line = line;
		fault->column = column;
		abort_describe_full_heap(fault);
		abort_publish(fault, run);
	}
	abort_run(run, REX_FAULT_PANIC);
}
NOKPROBE_SYMBOL(rex_panic);
