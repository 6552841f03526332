// SPDX-License-Identifier: GPL-2.0
#include <linux/ctype.h>
#include <linux/irq_work.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/ratelimit.h>
#include <linux/workqueue.h>

#include "image.h"
#include "report.h"

#define LINE_MAX_LEN 200

static const char *const cause_names[] = {
#define REX_FAULT_CAUSE(cause, in_sentences, in_tables) \
	[REX_FAULT_##cause] = (in_sentences),
#include "causes.def"
};

static LLIST_HEAD(pending);
static struct irq_work queue_work_item;
static struct workqueue_struct *print_queue;
static DEFINE_RATELIMIT_STATE(print_limit, 5 * HZ, 20);

bool rex_report_claim(struct rex_fault *fault)
{
	return atomic_cmpxchg(&fault->state, REX_FAULT_FREE, REX_FAULT_BUSY) ==
	       REX_FAULT_FREE;
}

void rex_report_release(struct rex_fault *fault)
{
	atomic_set_release(&fault->state, REX_FAULT_FREE);
}

void rex_report_publish(struct rex_fault *fault)
{
	llist_add(&fault->pending, &pending);
	irq_work_queue(&queue_work_item);
}

static __printf(2, 3) void report_put_line(struct rex_report_sink *sink,
					   const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	sink->put(sink, line);
}

/* A return address is symbolised by the call before it. */
static void report_put_frame(struct rex_report_sink *sink,
			     const struct rex_image *image, unsigned long addr)
{
	const struct rex_image_func *func =
		rex_image_find_func(image, addr - 1);

	if (func)
		report_put_line(sink, " %s+0x%lx/0x%x", func->ksym.name,
				addr - func->ksym.start, func->size);
	else
		report_put_line(sink, " %pB", (void *)addr);
}

/* A frame that repeats, as in endless recursion, is shown once. */
static void report_put_frames(struct rex_report_sink *sink,
			      const struct rex_image *image,
			      const unsigned long *frames, u32 nr)
{
	u32 i, same;

	for (i = 0; i < nr; i += same) {
		for (same = 1; i + same < nr; same++)
			if (frames[i + same] != frames[i])
				break;
		report_put_frame(sink, image, frames[i]);
		if (same > 1)
			report_put_line(sink, " (the same %u more times)",
					same - 1);
	}
}

void rex_report_put_trace(struct rex_report_sink *sink,
			  const struct rex_fault *fault)
{
	const struct rex_image *image = fault->prog->image;

	report_put_frames(sink, image, fault->frames, fault->nr_frames);
	if (fault->nr_frames == REX_FAULT_FRAMES)
		report_put_line(sink, " (older frames are not recorded)");
	report_put_frames(sink, image, fault->kernel_frames,
			  fault->nr_kernel_frames);
}

static void report_print_line(struct rex_report_sink *sink, const char *line)
{
	pr_err("%s\n", line);
}

/*
 * A message can contain anything, newlines included, and must not look like other lines
 * of the log. The record keeps it unchanged.
 */
static const char *report_one_line(char *text)
{
	char *c;

	for (c = text; *c; c++)
		if (iscntrl(*c))
			*c = ' ';
	return text;
}

static void report_print_fault(const struct rex_fault *fault)
{
	const struct rex_prog *prog = fault->prog;
	struct rex_report_sink sink = { .put = report_print_line };
	char text[REX_FAULT_MESSAGE_LEN];

	strscpy(text, fault->message, sizeof(text));
	pr_err("program %s of %s stopped by a %s: %s\n", prog->name,
	       prog->image->name, cause_names[fault->cause],
	       report_one_line(text));
	if (fault->file[0]) {
		strscpy(text, fault->file, sizeof(text));
		pr_err("at %s:%u:%u\n", report_one_line(text), fault->line,
		       fault->column);
	}
	strscpy(text, fault->comm, sizeof(text));
	pr_err("CPU: %u PID: %d Comm: %s\n", fault->cpu, fault->pid,
	       report_one_line(text));
	pr_err("Rust call trace:\n");
	rex_report_put_trace(&sink, fault);
}

static void report_print_pending(void)
{
	struct llist_node *list = llist_reverse_order(llist_del_all(&pending));
	struct rex_fault *fault, *next;

	llist_for_each_entry_safe(fault, next, list, pending) {
		if (__ratelimit(&print_limit))
			report_print_fault(fault);
		rex_report_release(fault);
	}
}

static void report_print_in_task(struct work_struct *work)
{
	report_print_pending();
}

static DECLARE_WORK(print_work, report_print_in_task);

static void report_queue_print(struct irq_work *work)
{
	queue_work(print_queue, &print_work);
}

void rex_report_sync(void)
{
	irq_work_sync(&queue_work_item);
	flush_work(&print_work);
}

/* No task runs any more. The report of a work item that was printing may be incomplete. */
static int report_on_panic(struct notifier_block *nb, unsigned long val,
			   void *data)
{
	report_print_pending();
	return NOTIFY_DONE;
}

static struct notifier_block panic_notifier = {
	.notifier_call = report_on_panic,
	.priority = INT_MAX,
};

/* The queue is unbound, since the CPU of the fault may be busy for long. */
int __init rex_report_init(void)
{
	print_queue = alloc_workqueue("rex_report", WQ_UNBOUND, 1);
	if (!print_queue)
		return -ENOMEM;
	init_irq_work(&queue_work_item, report_queue_print);
	atomic_notifier_chain_register(&panic_notifier_list, &panic_notifier);
	return 0;
}

void rex_report_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_notifier);
	rex_report_sync();
	destroy_workqueue(print_queue);
}
