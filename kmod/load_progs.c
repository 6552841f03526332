// SPDX-License-Identifier: GPL-2.0
/* The programs of an image, their thunks, and the image's functions. */
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "carrier.h"
#include "compat.h"
#include "demangle.h"
#include "emit_thunk.h"
#include "helpers.h"
#include "image.h"
#include "load_private.h"
#include "progtype.h"
#include "runs.h"
#include "selftest.h"
#include "timer.h"
#include "watchdog.h"

int rex_load_emit_pads(struct rex_image *image, const struct rex_elf *elf)
{
	u8 *mem = image->target.seg[REX_SEG_TEXT].mem;
	u64 addr = image->target.seg[REX_SEG_TEXT].addr;
	u32 i;

	if (rex_unprotected & REX_UNPROTECTED_STACK)
		return 0;
	for (i = 0; i < elf->nr_funcs; i++) {
		u32 pad = elf->funcs[i].pad_offset;
		int ret = rex_thunk_emit_pad(mem + pad, addr + pad);

		if (ret)
			return ret;
	}
	return 0;
}

/*
 * This is the longest run, in milliseconds, of a program for which neither its attribute
 * nor BIND sets a limit. It is at most max_timeout_ms (watchdog.h).
 */
static unsigned int load_timeout_ms = 1000;
module_param_named(timeout_ms, load_timeout_ms, uint, 0644);
MODULE_PARM_DESC(timeout_ms,
		 "time limit of programs that set none, in milliseconds");

static u32 load_default_timeout(void)
{
	return clamp(READ_ONCE(load_timeout_ms), 1u,
		     rex_watchdog_max_timeout_ms);
}

static int load_check_timeout(const struct rex_prog_def *def,
			      struct rex_log *log)
{
	if (!rex_watchdog_refuses(def->timeout_ms))
		return 0;
	rex_log_err(log,
		    "program %s: timeout_ms is %u, the module's parameter max_timeout_ms allows %u",
		    def->name, def->timeout_ms, rex_watchdog_max_timeout_ms);
	return -ERANGE;
}

/* The crate reads what some kernels leave unset: no check at run time would see it. */
static int load_check_context(const struct rex_prog_def *def,
			      struct rex_log *log)
{
	if (rex_compat_devmap_contexts || def->type != BPF_PROG_TYPE_XDP ||
	    def->attach_type != BPF_XDP_DEVMAP)
		return 0;
	rex_log_err(log,
		    "program %s: this kernel calls programs for devmaps with a context that is not complete; 6.1.156, 6.12.53 and 6.18 do not",
		    def->name);
	return -ENOEXEC;
}

/*
 * The kernel holds no lock while it runs a program for a task or for a file of a task. For
 * objects of other iterators it may: the lock of a process's memory (task_vma), the one of all
 * cgroups (cgroup), the one of a socket (unix, tcp, udp). A page fault could wait for such a
 * lock forever. The kernel's own check of sleepable programs lets some of these pass.
 */
static int load_check_iterator(const struct rex_prog_def *def,
			       struct rex_log *log)
{
	static const char sleeps[] = "iter.s/";

	if (strncmp(def->section, sleeps, strlen(sleeps)) ||
	    !strcmp(def->section, "iter.s/task") ||
	    !strcmp(def->section, "iter.s/task_file"))
		return 0;
	rex_log_err(log,
		    "program %s: programs of the iterators task and task_file may sleep, and not one of \"%s\": the kernel may hold a lock there",
		    def->name, def->section);
	return -EINVAL;
}

int rex_load_check_progs(const struct rex_elf *elf, struct rex_log *log)
{
	u32 i;

	for (i = 0; i < elf->nr_progs; i++) {
		const struct rex_prog_def *def = elf->progs[i].def;
		int ret = load_check_timeout(def, log);

		if (!ret)
			ret = load_check_context(def, log);
		if (!ret)
			ret = load_check_iterator(def, log);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * The thunk stores the registers that functions of the image change. All functions change
 * the frame pointer. A run that sleeps goes back to its caller from a function of the kernel,
 * which may have changed any register.
 */
static u8 load_registers_to_store(const struct rex_prog *prog)
{
	if (prog->kind->sleepable)
		return REX_KEPT_ALL;
	return prog->image->saves | BIT(REX_KEPT_BP);
}

static int load_init_prog(struct rex_image *image, struct rex_prog *prog,
			  const struct rex_elf_prog *src)
{
	const struct rex_prog_def *def = src->def;

	prog->ctl = image->ctl;
	prog->image = image;
	prog->type = def->type;
	prog->attach_type = def->attach_type;
	prog->timeout_ms = def->timeout_ms ?: load_default_timeout();
	prog->kind =
		rex_prog_kind_find(def->type, def->attach_type, def->section);
	if (WARN_ON(!prog->kind)) /* rex_elf_read_progs() has checked it */
		return -ENOEXEC;
	memset(prog->class, rex_helpers_class(prog->kind), sizeof(prog->class));
	prog->default_ret = prog->kind->default_ret;
	if (def->flags & REX_PROG_HAS_DEFAULT_RET)
		prog->default_ret = def->default_ret;
	memcpy(prog->name, def->name, sizeof(prog->name));
	memcpy(prog->section, def->section, sizeof(prog->section));
	prog->entry = image->target.seg[REX_SEG_TEXT].addr +
		      src->func->pad_offset + REX_PAD_SIZE;
	if (rex_selftest_fail_step())
		return -ENOMEM;
	prog->stats = alloc_percpu_gfp(struct rex_prog_stats, REX_GFP);
	prog->faults = kzalloc(sizeof(*prog->faults), REX_GFP);
	if (!prog->stats || !prog->faults)
		return -ENOMEM;
	prog->runs = rex_runs_get(&prog->stats->runs);
	image->memory += sizeof(*prog->faults) +
			 num_possible_cpus() * sizeof(*prog->stats);
	return 0;
}

int rex_load_init_progs(struct rex_image *image, const struct rex_elf *elf,
			struct rex_log *log)
{
	u32 offset = rex_load_thunks_offset(image), i;
	int ret;

	image->nr_progs = elf->nr_progs;
	for (i = 0; i < elf->nr_progs; i++, offset += REX_THUNK_SIZE) {
		struct rex_prog *prog = &image->ctl->progs[i];

		ret = load_init_prog(image, prog, &elf->progs[i]);
		if (!ret)
			ret = rex_timer_init(prog, log);
		if (ret)
			return ret;
		prog->stores = load_registers_to_store(prog);
		prog->thunk = image->target.seg[REX_SEG_TEXT].addr + offset;
		ret = rex_thunk_emit(image->mem + offset, prog->thunk, prog);
		if (ret)
			return ret;
	}
	return 0;
}

static void load_init_func(struct rex_image_func *func, u64 text, u32 offset,
			   u32 size)
{
	func->offset = offset;
	func->size = size;
	func->ksym.start = text + offset;
	func->ksym.end = text + offset + size;
	INIT_LIST_HEAD_RCU(&func->ksym.lnode);
}

/* Every line of /proc/kallsyms is a symbol, and a blank ends its name. */
static void load_make_printable(char *name)
{
	for (; *name; name++)
		if (*name <= ' ' || *name > '~')
			*name = '_';
}

/*
 * List all functions, and as the last one the thunks, so that the kernel takes every
 * address of an image on a stack for text.
 */
int rex_load_init_funcs(struct rex_image *image, const struct rex_elf *elf)
{
	u64 text = image->target.seg[REX_SEG_TEXT].addr;
	struct rex_image_func *func;
	u32 i;

	if (rex_selftest_fail_step())
		return -ENOMEM;
	image->nr_funcs = elf->nr_funcs + 1;
	image->funcs = kvcalloc(image->nr_funcs, sizeof(*func), REX_GFP);
	if (!image->funcs)
		return -ENOMEM;
	image->memory += image->nr_funcs * sizeof(*func);
	for (i = 0; i < elf->nr_funcs; i++) {
		const struct rex_elf_func *src = &elf->funcs[i];

		func = &image->funcs[i];
		load_init_func(func, text, src->offset, src->size);
		rex_demangle(src->name, func->ksym.name,
			     sizeof(func->ksym.name));
		load_make_printable(func->ksym.name);
		cond_resched(); /* there may be many long names */
	}
	func = &image->funcs[elf->nr_funcs];
	load_init_func(func, text, rex_load_thunks_offset(image),
		       image->nr_progs * REX_THUNK_SIZE);
	snprintf(func->ksym.name, sizeof(func->ksym.name), "rex_thunk_%u",
		 image->id);
	return 0;
}
