// SPDX-License-Identifier: GPL-2.0
/* What the module tells about images and programs: uapi/linux/rex.h. */
#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "heap.h"
#include "image.h"

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
	info->text_size = image->size[REX_GROUP_TEXT];
	info->rodata_size = image->size[REX_GROUP_RODATA];
	info->data_size = image->size[REX_GROUP_DATA];
	info->memory = image->memory;
	memcpy(info->name, image->name, sizeof(info->name));
	memcpy(info->rustc, image->rustc, sizeof(info->rustc));
	info->restarts_per_min = image->restart.per_minute;
	info->restarts = READ_ONCE(image->restart.count);
	info->heap_size = image->heap.size;
	rex_heap_read(&image->heap, &info->heap_used, &info->heap_failed);
}

static void sum_stats(const struct rex_prog *prog, struct rex_prog_info *info)
{
	unsigned int i;
	int cpu;

	info->runs = 0;
	info->skipped = 0;
	info->faults = 0;
	info->time = 0;
	info->longest_run = 0;
	memset(info->faults_by_cause, 0, sizeof(info->faults_by_cause));
	for_each_possible_cpu(cpu) {
		const struct rex_prog_stats *stats =
			per_cpu_ptr(prog->stats, cpu);

		info->runs += READ_ONCE(stats->runs);
		info->skipped += READ_ONCE(stats->skipped);
		info->time += READ_ONCE(stats->time);
		info->longest_run =
			max(info->longest_run, READ_ONCE(stats->longest));
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
	info->state = READ_ONCE(prog->ctl->dead) ? REX_PROG_DEAD :
						   REX_PROG_LIVE;
	info->image_id = prog->image->id;
	info->nr_bindings = atomic_read(&prog->nr_bindings);
	info->timeout_ms = READ_ONCE(prog->timeout_ms);
	info->default_ret = READ_ONCE(prog->default_ret);
	info->reserved = 0;
	sum_stats(prog, info);
	memcpy(info->name, prog->name, sizeof(info->name));
	memcpy(info->section, prog->section, sizeof(info->section));
	info->memory = prog->image->memory;
	info->heap_size = prog->image->heap.size;
	rex_heap_read(&prog->image->heap, &info->heap_used, &info->heap_failed);
}
