// SPDX-License-Identifier: GPL-2.0
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "demangle.h"
#include "emit_stubs.h"
#include "emit_thunk.h"
#include "execmem.h"
#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "maps.h"
#include "progtype.h"
#include "reloc.h"
#include "report.h"
#include "selftest.h"
#include "symtab.h"
#include "tracepoints.h"
#include "watchdog.h"

static DEFINE_MUTEX(rex_images_mutex);
static LIST_HEAD(rex_images);
static DEFINE_IDA(rex_image_ids);

static u32 thunks_offset(const struct rex_image *image)
{
	return ALIGN(image->text_len, 16);
}

/* Where each group lies in the allocation; see the comment in image.h. */
static int alloc_memory(struct rex_image *image, const struct rex_elf *elf)
{
	size_t offset = 0, ctl_size;
	unsigned int g;

	image->text_len = elf->group[REX_GROUP_TEXT].size;
	for (g = 0; g < REX_NR_GROUPS; g++)
		image->size[g] = PAGE_ALIGN(elf->group[g].size);
	image->size[REX_GROUP_TEXT] = PAGE_ALIGN(
		thunks_offset(image) + elf->nr_progs * REX_THUNK_SIZE);
	ctl_size = PAGE_ALIGN(struct_size(image->ctl, progs, elf->nr_progs));

	for (g = 0; g < REX_NR_GROUPS; g++)
		image->mem_size += image->size[g];
	image->mem_size += ctl_size;
	image->mem = rex_execmem_alloc(image->mem_size);
	if (!image->mem)
		return -ENOMEM;
	for (g = 0; g < REX_NR_GROUPS; g++) {
		image->target.group[g].mem = image->mem + offset;
		image->target.group[g].addr = (u64)image->mem + offset;
		offset += image->size[g];
	}
	image->ctl = image->mem + offset;
	image->target.plain_returns = rex_stubs_plain_returns();
	image->memory += image->mem_size;
	return 0;
}

struct resolver {
	struct rex_image *image;
	struct rex_log *log;
};

/* What programs need, besides the function itself, of what they link to. */
static void note_symbol(struct rex_image *image, const char *name)
{
	rex_heap_note_symbol(&image->heap, name);
	if (!strncmp(name, "bpf_get_stack", strlen("bpf_get_stack")))
		image->takes_stacks = true;
}

/* What the verifier does for a program that calls bpf_get_stack(). */
static int get_callchains(struct rex_image *image, struct rex_log *log)
{
	int ret;

	if (!image->takes_stacks)
		return 0;
	ret = rex_kcall(get_callchain_buffers)(
		*rex_ksyms.sysctl_perf_event_max_stack);
	image->has_callchains = !ret;
	if (ret)
		rex_log_err(log, "the kernel has no buffers for stacks (%d)",
			    ret);
	return ret;
}

static int resolve(void *ctx, const char *name, struct rex_symbol *sym)
{
	const struct resolver *r = ctx;
	int ret = rex_symtab_resolve(name, sym);

	if (ret == -ENOENT)
		return rex_tracepoints_resolve(name, &sym->value, r->log);
	if (!ret)
		note_symbol(r->image, name);
	return ret;
}

static int emit_pads(struct rex_image *image, const struct rex_elf *elf)
{
	u8 *mem = image->target.group[REX_GROUP_TEXT].mem;
	u64 addr = image->target.group[REX_GROUP_TEXT].addr;
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

unsigned int rex_default_timeout_ms = 1000;
module_param_named(timeout_ms, rex_default_timeout_ms, uint, 0644);
MODULE_PARM_DESC(timeout_ms,
		 "longest run of programs that do not say, in milliseconds");

static u32 default_timeout(void)
{
	return clamp(READ_ONCE(rex_default_timeout_ms), 1u,
		     rex_watchdog_max_timeout_ms);
}

static int check_timeouts(const struct rex_elf *elf, struct rex_log *log)
{
	u32 i;

	for (i = 0; i < elf->nr_progs; i++) {
		const struct rex_prog_def *def = elf->progs[i].def;

		if (!rex_watchdog_refuses(def->timeout_ms))
			continue;
		rex_log_err(
			log,
			"program %s: timeout_ms is %u, the module's parameter max_timeout_ms allows %u",
			def->name, def->timeout_ms,
			rex_watchdog_max_timeout_ms);
		return -ERANGE;
	}
	return 0;
}

static int init_prog(struct rex_image *image, struct rex_prog *prog,
		     const struct rex_elf_prog *src)
{
	const struct rex_prog_def *def = src->def;

	prog->ctl = image->ctl;
	prog->image = image;
	prog->type = def->type;
	prog->attach_type = def->attach_type;
	memset(prog->class, rex_helpers_class(def->type), sizeof(prog->class));
	prog->timeout_ms = def->timeout_ms ?: default_timeout();
	prog->kind =
		rex_prog_kind_find(def->type, def->attach_type, def->section);
	if (WARN_ON(!prog->kind)) /* rex_elf_read_progs() has looked */
		return -ENOEXEC;
	prog->default_ret = prog->kind->default_ret;
	if (def->flags & REX_PROG_HAS_DEFAULT_RET)
		prog->default_ret = def->default_ret;
	memcpy(prog->name, def->name, sizeof(prog->name));
	memcpy(prog->section, def->section, sizeof(prog->section));
	prog->entry = image->target.group[REX_GROUP_TEXT].addr +
		      src->func->pad_offset;
	if (rex_selftest_fail_step())
		return -ENOMEM;
	prog->stats = alloc_percpu(struct rex_prog_stats);
	prog->faults = kzalloc(sizeof(*prog->faults), GFP_KERNEL);
	if (!prog->stats || !prog->faults)
		return -ENOMEM;
	image->memory += sizeof(*prog->faults) +
			 num_possible_cpus() * sizeof(*prog->stats);
	return 0;
}

static int init_progs(struct rex_image *image, const struct rex_elf *elf)
{
	u32 offset = thunks_offset(image), i;
	int ret;

	image->nr_progs = elf->nr_progs;
	for (i = 0; i < elf->nr_progs; i++, offset += REX_THUNK_SIZE) {
		struct rex_prog *prog = &image->ctl->progs[i];

		ret = init_prog(image, prog, &elf->progs[i]);
		if (ret)
			return ret;
		prog->thunk = image->target.group[REX_GROUP_TEXT].addr + offset;
		ret = rex_thunk_emit(image->mem + offset, prog->thunk, prog);
		if (ret)
			return ret;
	}
	return 0;
}

static void init_func(struct rex_image_func *func, u64 text, u32 offset,
		      u32 size)
{
	func->offset = offset;
	func->size = size;
	func->ksym.start = text + offset;
	func->ksym.end = text + offset + size;
	INIT_LIST_HEAD_RCU(&func->ksym.lnode);
}

/* Every line of /proc/kallsyms is a symbol, and a blank ends its name. */
static void make_printable(char *name)
{
	for (; *name; name++)
		if (*name <= ' ' || *name > '~')
			*name = '_';
}

/*
 * All functions, and as the last one the thunks, so that the kernel takes every
 * address of ours on a stack for text.
 */
static int init_funcs(struct rex_image *image, const struct rex_elf *elf)
{
	u64 text = image->target.group[REX_GROUP_TEXT].addr;
	struct rex_image_func *func;
	u32 i;

	if (rex_selftest_fail_step())
		return -ENOMEM;
	image->nr_funcs = elf->nr_funcs + 1;
	image->funcs = kvcalloc(image->nr_funcs, sizeof(*func), GFP_KERNEL);
	if (!image->funcs)
		return -ENOMEM;
	image->memory += image->nr_funcs * sizeof(*func);
	for (i = 0; i < elf->nr_funcs; i++) {
		const struct rex_elf_func *src = &elf->funcs[i];

		func = &image->funcs[i];
		init_func(func, text, src->offset, src->size);
		rex_demangle(src->name, func->ksym.name,
			     sizeof(func->ksym.name));
		make_printable(func->ksym.name);
		cond_resched(); /* names are long, and so many */
	}
	func = &image->funcs[elf->nr_funcs];
	init_func(func, text, thunks_offset(image),
		  image->nr_progs * REX_THUNK_SIZE);
	snprintf(func->ksym.name, sizeof(func->ksym.name), "rex_thunk_%u",
		 image->id);
	return 0;
}

static int protect(struct rex_image *image)
{
	int ret = rex_execmem_make_ro(image->target.group[REX_GROUP_RODATA].mem,
				      image->size[REX_GROUP_RODATA]);

	if (ret)
		return ret;
	return rex_execmem_make_rox(image->target.group[REX_GROUP_TEXT].mem,
				    image->size[REX_GROUP_TEXT]);
}

static void publish(struct rex_image *image)
{
	u32 i;

	for (i = 0; i < image->nr_funcs; i++) {
		rex_kcall(bpf_ksym_add)(&image->funcs[i].ksym);
		cond_resched();
	}
	mutex_lock(&rex_images_mutex);
	list_add_tail(&image->list, &rex_images);
	mutex_unlock(&rex_images_mutex);
}

static void unpublish(struct rex_image *image)
{
	u32 i;

	mutex_lock(&rex_images_mutex);
	list_del(&image->list);
	mutex_unlock(&rex_images_mutex);
	for (i = 0; i < image->nr_funcs; i++) {
		rex_kcall(bpf_ksym_del)(&image->funcs[i].ksym);
		cond_resched();
	}
}

/* Undo rex_image_create() as far as it got. */
static void destroy(struct rex_image *image)
{
	u32 i;

	rex_restart_exit(image);
	if (image->has_callchains)
		rex_kcall(put_callchain_buffers)();
	for (i = 0; i < image->nr_progs; i++) {
		free_percpu(image->ctl->progs[i].stats);
		kfree(image->ctl->progs[i].faults);
	}
	rex_maps_put(image->maps, image->nr_maps);
	rex_heap_exit(&image->heap);
	kvfree(image->funcs);
	rex_execmem_free(image->mem, image->mem_size);
	if (image->id)
		ida_free(&rex_image_ids, image->id);
	kfree(image);
}

static int build(struct rex_image *image, const struct rex_image_source *src,
		 struct rex_log *log)
{
	const struct rex_elf *elf = src->elf;
	struct resolver resolver = { image, log };
	int ret;

	ret = check_timeouts(elf, log);
	if (ret)
		return ret;
	ret = ida_alloc_min(&rex_image_ids, 1, GFP_KERNEL);
	if (ret < 0)
		return ret;
	image->id = ret;
	ret = alloc_memory(image, elf);
	if (ret)
		return ret;
	if (rex_selftest_fail_step())
		return -ENOMEM;
	rex_elf_copy(elf, &image->target);
	ret = rex_elf_relocate(elf, &image->target, resolve, &resolver, log);
	if (ret)
		return ret;
	ret = get_callchains(image, log);
	if (ret)
		return ret;
	ret = rex_heap_init(image, src->heap_size);
	if (ret)
		return ret;
	ret = rex_maps_fill(image, elf, src->maps);
	if (ret)
		return ret;
	ret = rex_restart_init(image, src->restarts_per_min);
	if (ret)
		return ret;
	ret = emit_pads(image, elf);
	if (ret)
		return ret;
	ret = init_progs(image, elf);
	if (ret)
		return ret;
	ret = init_funcs(image, elf);
	if (ret)
		return ret;
	return protect(image);
}

struct rex_image *rex_image_create(const struct rex_image_source *src,
				   struct rex_log *log)
{
	struct rex_image *image;
	int ret;

	if (rex_selftest_fail_step())
		return ERR_PTR(-ENOMEM);
	image = kzalloc(sizeof(*image), GFP_KERNEL);
	if (!image)
		return ERR_PTR(-ENOMEM);
	kref_init(&image->ref);
	image->memory = sizeof(*image);
	image->timed = src->timed;
	strscpy(image->name, src->name, sizeof(image->name));
	strscpy(image->rustc, src->elf->note->rustc, sizeof(image->rustc));
	ret = build(image, src, log);
	if (ret) {
		destroy(image);
		return ERR_PTR(ret);
	}
	publish(image);
	return image;
}

/*
 * No carrier calls the image any more: the last reference of a binding goes when
 * the kernel frees the carrier, or after a grace period when the carrier was
 * moved. A CPU may still be between the end of a run and its return to the
 * carrier, or walk the symbols: both are RCU read sides. And a fault may still
 * wait to be printed.
 */
static void release(struct kref *ref)
{
	struct rex_image *image = container_of(ref, struct rex_image, ref);

	unpublish(image);
	synchronize_rcu();
	rex_report_sync();
	destroy(image);
}

void rex_image_get(struct rex_image *image)
{
	kref_get(&image->ref);
}

void rex_image_put(struct rex_image *image)
{
	kref_put(&image->ref, release);
}

static int image_fd_release(struct inode *inode, struct file *file)
{
	rex_image_put(file->private_data);
	return 0;
}

static const struct file_operations image_fops = {
	.owner = THIS_MODULE,
	.release = image_fd_release,
	.llseek = noop_llseek,
};

int rex_image_new_fd(struct rex_image *image)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);
	struct file *file;

	if (fd < 0)
		return fd;
	if (rex_selftest_fail_step()) {
		put_unused_fd(fd);
		return -ENFILE;
	}
	file = anon_inode_getfile("[rex-image]", &image_fops, image, O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

struct rex_image *rex_image_from_fd(int fd)
{
	struct file *file = fget(fd);
	struct rex_image *image;

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op != &image_fops) {
		fput(file);
		return ERR_PTR(-EBADF);
	}
	image = file->private_data;
	rex_image_get(image);
	fput(file);
	return image;
}

struct rex_prog *rex_image_find_prog(struct rex_image *image, const char *name)
{
	u32 i;

	for (i = 0; i < image->nr_progs; i++)
		if (!strcmp(image->ctl->progs[i].name, name))
			return &image->ctl->progs[i];
	return NULL;
}

const struct rex_image_func *rex_image_find_func(const struct rex_image *image,
						 unsigned long addr)
{
	u32 low = 0, high = image->nr_funcs;

	while (low < high) {
		u32 mid = low + (high - low) / 2;
		const struct rex_image_func *func = &image->funcs[mid];

		if (addr < func->ksym.start)
			high = mid;
		else if (addr >= func->ksym.end)
			low = mid + 1;
		else
			return func;
	}
	return NULL;
}
