// SPDX-License-Identifier: GPL-2.0
/* Information on images, programs and faults, for uapi/linux/rex.h. */
#include <linux/atomic.h>
#include <linux/bpf.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "bind.h"
#include "heap.h"
#include "image.h"
#include "image_info.h"
#include "report.h"
#include "image_poll.h"

void rex_image_fill_info(const struct rex_image *image,
			 struct rex_image_info *info)
{
	u32 i;

	info->id = image->id;
	info->nr_progs = image->nr_progs;
	info->nr_maps = image->nr_maps;
	info->nr_bindings = 0;
	for (i = 0; i < image->nr_progs; i++)
		info->nr_bindings +=
			atomic_read(&image->ctl->progs[i].nr_bindings);
	info->text_size = image->size[REX_SEG_TEXT];
	info->rodata_size = image->size[REX_SEG_RODATA];
	info->data_size = image->size[REX_SEG_DATA];
	info->memory = image->memory;
	memcpy(info->name, image->name, sizeof(info->name));
	memcpy(info->rustc, image->rustc, sizeof(info->rustc));
	memcpy(info->signer, image->signer, sizeof(info->signer));
	memcpy(info->sha256, image->sha256, sizeof(info->sha256));
	info->restarts_per_min = image->restart.per_minute;
	info->restarts = READ_ONCE(image->restart.count);
	info->heap_size = image->heap.size;
	rex_heap_read(&image->heap, &info->heap_used, &info->heap_failed);
}

static void image_sum_stats(const struct rex_prog *prog,
			    struct rex_prog_info *info)
{
	unsigned int i;
	int cpu;

	info->runs = 0;
	info->skipped = 0;
	info->faults = 0;
	info->time = 0;
	info->longest_run = 0;
	info->errors = 0;
	info->lost_records = 0;
	memset(info->faults_by_cause, 0, sizeof(info->faults_by_cause));
	for_each_possible_cpu(cpu) {
		const struct rex_prog_stats *stats =
			per_cpu_ptr(prog->stats, cpu);

		info->runs += READ_ONCE(*per_cpu_ptr(prog->runs, cpu));
		info->skipped += READ_ONCE(stats->skipped);
		info->time += READ_ONCE(stats->time);
		info->longest_run =
			max(info->longest_run, READ_ONCE(stats->longest));
		info->errors += READ_ONCE(stats->errors);
		info->lost_records += READ_ONCE(stats->lost_records);
		for (i = 0; i < REX_NR_FAULT_CAUSES; i++)
			info->faults_by_cause[i] += READ_ONCE(stats->faults[i]);
	}
	for (i = 0; i < REX_NR_FAULT_CAUSES; i++)
		info->faults += info->faults_by_cause[i];
}

void rex_image_fill_prog_info(const struct rex_prog *prog,
			      struct rex_prog_info *info)
{
	info->index = prog - prog->ctl->progs;
	info->type = prog->type;
	info->state = rex_image_is_dead(prog->ctl) ? REX_PROG_DEAD :
						     REX_PROG_LIVE;
	info->image_id = prog->image->id;
	info->nr_bindings = atomic_read(&prog->nr_bindings);
	info->timeout_ms = READ_ONCE(prog->timeout_ms);
	info->default_ret = READ_ONCE(prog->default_ret);
	info->reserved = 0;
	image_sum_stats(prog, info);
	info->last_error = READ_ONCE(prog->last_error);
	info->missed = rex_bind_count_missed(prog);
	info->reserved2 = 0;
	memcpy(info->name, prog->name, sizeof(info->name));
	memcpy(info->section, prog->section, sizeof(info->section));
	info->memory = prog->image->memory;
	info->heap_size = prog->image->heap.size;
	rex_heap_read(&prog->image->heap, &info->heap_used, &info->heap_failed);
	info->restarts_per_min = prog->image->restart.per_minute;
	info->restarts = READ_ONCE(prog->image->restart.count);
	memcpy(info->image_name, prog->image->name, sizeof(info->image_name));
	memcpy(info->signer, prog->image->signer, sizeof(info->signer));
	memcpy(info->sha256, prog->image->sha256, sizeof(info->sha256));
}

/* The image has references on its maps, so their ids stay. */
int rex_image_put_map_ids(const struct rex_image *image,
			  struct rex_prog_info *info)
{
	u32 __user *ids = u64_to_user_ptr(info->map_ids);
	u32 i, room = ids ? min(info->nr_map_ids, image->nr_maps) : 0;

	info->nr_map_ids = image->nr_maps;
	for (i = 0; i < room; i++)
		if (put_user(image->maps[i]->id, ids + i))
			return -EFAULT;
	return 0;
}

struct text_sink {
	struct rex_report_sink sink;
	char *buf;
	size_t size;
	size_t len;
};

static void image_append_line(struct rex_report_sink *sink, const char *line)
{
	struct text_sink *text = container_of(sink, struct text_sink, sink);

	text->len += scnprintf(text->buf + text->len, text->size - text->len,
			       "%s\n", line);
}

static void image_fill_fault_info(const struct rex_fault *fault,
				  struct rex_fault_info *info)
{
	struct text_sink text = {
		.sink.put = image_append_line,
		.buf = info->trace,
		.size = sizeof(info->trace),
	};

	info->cause = fault->cause;
	info->number = fault->number;
	info->time = fault->time;
	info->cpu = fault->cpu;
	info->pid = fault->pid;
	info->tgid = fault->tgid;
	info->line = fault->line;
	info->column = fault->column;
	memcpy(info->comm, fault->comm, sizeof(info->comm));
	memcpy(info->file, fault->file, sizeof(info->file));
	memcpy(info->message, fault->message, sizeof(info->message));
	memset(info->trace, 0, sizeof(info->trace));
	rex_report_put_trace(&text.sink, fault);
}

/*
 * Looks for the fault @number. -EBUSY if it is not there, but may be in a record that
 * is being written or printed.
 */
static int image_search_ring(struct rex_fault_ring *ring, u64 number,
			     struct rex_fault_info *info)
{
	int i, ret = -ENOENT;

	for (i = 0; i < REX_FAULT_RING; i++) {
		struct rex_fault *fault = &ring->fault[i];
		bool found;

		if (!rex_report_claim(fault)) {
			ret = -EBUSY;
			continue;
		}
		found = fault->number && fault->number == number;
		if (found)
			image_fill_fault_info(fault, info);
		rex_report_release(fault);
		if (found)
			return 0;
	}
	return ret;
}

/* A reader of a record takes it away from other readers for a moment. */
static DEFINE_MUTEX(image_search_lock);

int rex_image_fill_fault_info(const struct rex_prog *prog,
			      struct rex_fault_info *info)
{
	struct rex_fault_ring *ring = prog->faults;
	u64 number = info->number;
	int ret, tries = 0;

	if (mutex_lock_killable(&image_search_lock))
		return -EINTR;
	info->index = prog - prog->ctl->progs;
	do {
		/* Printing takes records away, and so do faults that come now. */
		if (tries)
			usleep_range(1000, 2000);
		rex_report_sync();
		info->nr_faults = (unsigned int)atomic_read(&ring->next);
		ret = image_search_ring(ring, number ?: info->nr_faults, info);
	} while (ret == -EBUSY && tries++ < 10);
	mutex_unlock(&image_search_lock);
	return ret == -EBUSY ? -ENOENT : ret;
}

/*
 * Find the oldest record of a fault that was not given yet, and claim it; NULL if there
 * is none. *@busy says whether a record was being written or printed.
 */
static struct rex_fault *image_find_next(struct rex_image *image, bool *busy)
{
	struct rex_fault *oldest = NULL;
	u32 i, j;

	*busy = false;
	for (i = 0; i < image->nr_progs; i++) {
		struct rex_fault_ring *ring = image->ctl->progs[i].faults;

		if (!rex_image_has_faults(ring))
			continue;
		for (j = 0; j < REX_FAULT_RING; j++) {
			struct rex_fault *fault = &ring->fault[j];

			if (!rex_report_claim(fault)) {
				*busy = true;
				continue;
			}
			if (fault->number <= ring->taken ||
			    (oldest && oldest->time <= fault->time)) {
				rex_report_release(fault);
				continue;
			}
			if (oldest)
				rex_report_release(oldest);
			oldest = fault;
		}
	}
	return oldest;
}

/* No record is left of the faults that were not given: pass over them. */
static void image_skip_faults(struct rex_image *image)
{
	u32 i;

	for (i = 0; i < image->nr_progs; i++) {
		struct rex_fault_ring *ring = image->ctl->progs[i].faults;

		if (rex_image_has_faults(ring))
			WRITE_ONCE(ring->taken, atomic_read(&ring->ended));
	}
}

static void image_give_fault(const struct rex_fault *fault,
			     struct rex_fault_info *info)
{
	struct rex_fault_ring *ring = fault->prog->faults;

	info->index = fault->prog - fault->prog->ctl->progs;
	info->nr_faults = (unsigned int)atomic_read(&ring->next);
	image_fill_fault_info(fault, info);
	WRITE_ONCE(ring->taken, fault->number);
	ring->given++;
	info->lost = ring->taken - ring->given;
}

int rex_image_next_fault(struct rex_image *image, struct rex_fault_info *info)
{
	struct rex_fault *fault;
	int tries = 0;
	bool busy;

	if (mutex_lock_killable(&image_search_lock))
		return -EINTR;
	for (;;) {
		rex_report_sync();
		fault = image_find_next(image, &busy);
		if (!busy || tries++ == 10)
			break;
		/* A record that is being written may be the oldest one. */
		if (fault)
			rex_report_release(fault);
		usleep_range(1000, 2000);
	}
	if (fault) {
		image_give_fault(fault, info);
		rex_report_release(fault);
	} else {
		image_skip_faults(image);
	}
	mutex_unlock(&image_search_lock);
	return fault ? 0 : -EAGAIN;
}
