// SPDX-License-Identifier: GPL-2.0
#include <linux/irq_work.h>
#include <linux/ratelimit.h>
#include <linux/sched/clock.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "image.h"
#include "run.h"
#include "stubs.h"

enum { FREE, FILLING, READY };

static const char *const cause_names[] = {
	[REX_FAULT_PANIC] = "panic",
	[REX_FAULT_STACK_OVERFLOW] = "stack overflow",
	[REX_FAULT_TIMEOUT] = "timeout",
	[REX_FAULT_EXCEPTION] = "CPU exception",
	[REX_FAULT_PAGE_FAULT] = "page fault",
};

static LLIST_HEAD(pending);
static struct irq_work report_work;
static DEFINE_RATELIMIT_STATE(report_limit, 5 * HZ, 20);

/*
 * A record to fill, or NULL if all of the program's records wait to be printed:
 * then the fault is counted, not described. No lock: the caller may have
 * interrupted another CPU-local caller.
 */
static struct rex_fault *new_record(struct rex_prog *prog,
				    enum rex_fault_cause cause)
{
	struct rex_fault_ring *ring = prog->faults;
	unsigned int n = atomic_inc_return(&ring->next) - 1;
	struct rex_fault *fault = &ring->fault[n % REX_FAULT_RING];

	if (atomic_cmpxchg(&fault->state, FREE, FILLING) != FREE)
		return NULL;
	fault->prog = prog;
	fault->cause = cause;
	fault->cpu = raw_smp_processor_id();
	fault->pid = current->pid;
	memcpy(fault->comm, current->comm, sizeof(fault->comm));
	fault->comm[sizeof(fault->comm) - 1] = '\0';
	fault->time = ktime_get_mono_fast_ns();
	fault->line = 0;
	fault->column = 0;
	fault->nr_frames = 0;
	fault->file[0] = '\0';
	fault->message[0] = '\0';
	return fault;
}

/*
 * Follow the frame pointers from @fp. All program text is compiled with them,
 * but nothing is trusted: a frame must lie on the run's stack, above the last.
 */
static void record_frames(struct rex_fault *fault, const struct rex_run *run,
			  unsigned long fp)
{
	unsigned long last = 0;

	while (fault->nr_frames < REX_FAULT_FRAMES) {
		if (fp <= last || !IS_ALIGNED(fp, 8) ||
		    !rex_run_on_stack(run, fp) || !rex_run_on_stack(run, fp + 8))
			return;
		fault->frames[fault->nr_frames++] = ((unsigned long *)fp)[1];
		last = fp;
		fp = *(unsigned long *)fp;
	}
}

static void publish(struct rex_fault *fault)
{
	atomic_set_release(&fault->state, READY);
	llist_add(&fault->pending, &pending);
	irq_work_queue(&report_work);
}

static __noreturn void land(struct rex_run *run)
{
	struct rex_prog *prog = run->prog;

	/* First: from here on nobody sets flags for the next run to find. */
	WRITE_ONCE(run->prog, NULL);
	barrier();
	rex_resource_release_all(run);
	run->flags = 0;
	WRITE_ONCE(prog->ctl->dead, 1);
	this_cpu_inc(prog->stats->faults);
	rex_stubs_land(run, READ_ONCE(prog->default_ret));
}

asmlinkage __noreturn void rex_fault_overflow(unsigned long sp,
					      unsigned long fp)
{
	struct rex_run *run = rex_run_current();
	struct rex_fault *fault;

	if (rex_run_is_spare(run)) {
		/* Not the program's fault: nested too deeply to run at all. */
		struct rex_prog *prog = run->prog;

		this_cpu_dec(prog->stats->runs);
		run->prog = NULL;
		rex_stubs_land(run, rex_run_skip(prog));
	}
	fault = new_record(run->prog, REX_FAULT_STACK_OVERFLOW);
	if (fault) {
		fault->frames[fault->nr_frames++] = *(unsigned long *)sp;
		record_frames(fault, run, fp);
		snprintf(fault->message, sizeof(fault->message),
			 "more than %u bytes of stack",
			 REX_RUN_STACK - REX_RUN_RESERVE);
		publish(fault);
	}
	land(run);
}

static void describe_trap(struct rex_fault *fault, const struct rex_run *run)
{
	const struct rex_trap *trap = &run->trap;

	switch (trap->cause) {
	case REX_FAULT_TIMEOUT:
		snprintf(fault->message, sizeof(fault->message),
			 "ran for more than %u ms%s%s",
			 READ_ONCE(run->prog->timeout_ms),
			 *trap->what ? ", " : "", trap->what);
		break;
	case REX_FAULT_PAGE_FAULT:
		snprintf(fault->message, sizeof(fault->message),
			 "%s address 0x%lx", trap->what, trap->addr);
		break;
	default:
		strscpy(fault->message, trap->what, sizeof(fault->message));
	}
}

asmlinkage __noreturn void rex_fault_trap(unsigned long fp)
{
	struct rex_run *run = rex_run_current();
	struct rex_fault *fault = new_record(run->prog, run->trap.cause);

	if (fault) {
		/* Symbolised by the instruction before: see print_frame(). */
		fault->frames[fault->nr_frames++] = run->trap.ip + 1;
		record_frames(fault, run, fp);
		describe_trap(fault, run);
		publish(fault);
	}
	land(run);
}

u8 *rex_panic_buf(u64 *len)
{
	struct rex_run *run = rex_run_current();

	*len = 0;
	if (run->flags & REX_RUN_PANICKING)
		return NULL;
	set_bit(REX_RUN_PANICKING_BIT, (unsigned long *)&run->flags);
	*len = sizeof(run->panic_buf);
	return run->panic_buf;
}

static void copy_text(char *dst, size_t size, const char *src, size_t len)
{
	if (len > size - 1)
		len = size - 1;
	if (copy_from_kernel_nofault(dst, src, len))
		len = 0;
	dst[len] = '\0';
}

__noreturn void rex_panic(u64 msg_len, const u8 *file, u64 file_len, u32 line,
			  u32 column)
{
	struct rex_run *run = rex_run_current();
	unsigned long *frame = __builtin_frame_address(0);
	struct rex_fault *fault = new_record(run->prog, REX_FAULT_PANIC);

	if (fault) {
		fault->frames[fault->nr_frames++] = frame[1];
		record_frames(fault, run, frame[0]);
		copy_text(fault->message, sizeof(fault->message),
			  run->panic_buf,
			  min_t(u64, msg_len, sizeof(run->panic_buf)));
		if (file_len >= sizeof(fault->file)) {
			file += file_len - (sizeof(fault->file) - 1);
			file_len = sizeof(fault->file) - 1;
		}
		copy_text(fault->file, sizeof(fault->file), file, file_len);
		fault->line = line;
		fault->column = column;
		publish(fault);
	}
	land(run);
}

/* A return address is symbolised by the call before it. */
static void print_frame(const struct rex_image *image, unsigned long addr)
{
	const struct rex_image_func *func = rex_image_find_func(image, addr - 1);

	if (func)
		pr_err(" %s+0x%lx/0x%x\n", func->ksym.name,
		       addr - func->ksym.start, func->size);
	else
		pr_err(" %pS\n", (void *)addr);
}

/* Endless recursion is shown once. */
static void print_frames(const struct rex_fault *fault)
{
	const unsigned long *frames = fault->frames;
	u32 i, same;

	pr_err("Rust call trace:\n");
	for (i = 0; i < fault->nr_frames; i += same) {
		for (same = 1; i + same < fault->nr_frames; same++)
			if (frames[i + same] != frames[i])
				break;
		print_frame(fault->prog->image, frames[i]);
		if (same > 1)
			pr_err(" (the same %u more times)\n", same - 1);
	}
	if (fault->nr_frames == REX_FAULT_FRAMES)
		pr_err(" (older frames are not recorded)\n");
}

static void print_fault(const struct rex_fault *fault)
{
	const struct rex_prog *prog = fault->prog;

	pr_err("program %s of %s stopped by a %s: %s\n", prog->name,
	       prog->image->name, cause_names[fault->cause], fault->message);
	if (fault->file[0])
		pr_err("at %s:%u:%u\n", fault->file, fault->line,
		       fault->column);
	pr_err("CPU: %u PID: %d Comm: %s\n", fault->cpu, fault->pid,
	       fault->comm);
	print_frames(fault);
}

static void report(struct irq_work *work)
{
	struct llist_node *list = llist_reverse_order(llist_del_all(&pending));
	struct rex_fault *fault, *next;

	llist_for_each_entry_safe(fault, next, list, pending) {
		if (__ratelimit(&report_limit))
			print_fault(fault);
		atomic_set_release(&fault->state, FREE);
	}
}

void rex_fault_sync(void)
{
	irq_work_sync(&report_work);
}

void __init rex_fault_init(void)
{
	init_irq_work(&report_work, report);
}
