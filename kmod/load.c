// SPDX-License-Identifier: GPL-2.0
#include <linux/ctype.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "btf.h"
#include "config.h"
#include "demangle.h"
#include "elf.h"
#include "emit_stubs.h"
#include "emit_thunk.h"
#include "execmem.h"
#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "load.h"
#include "maps.h"
#include "progtype.h"
#include "reloc.h"
#include "security.h"
#include "selftest.h"
#include "symtab.h"
#include "tracepoints.h"
#include "watchdog.h"

/* ---- the arguments ---- */

/* The log takes no more kernel memory than this, however large the caller's buffer. */
#define LOG_MAX SZ_1M

/* Copies of the memory that the arguments of the ioctl point to. */
struct load_input {
	void *elf;
	struct rex_map_fd *fds;
	struct rex_config_value *configs;
	struct rex_log log;
};

static bool load_name_is_valid(const char *name)
{
	size_t i, len = strnlen(name, REX_NAME_LEN);

	if (len == REX_NAME_LEN)
		return false;
	for (i = 0; i < len; i++)
		if (!isascii(name[i]) || !isprint(name[i]) || isspace(name[i]))
			return false;
	return true;
}

static int load_check_args(const struct rex_load *args)
{
	if (args->flags & ~(REX_LOAD_RESTART | REX_LOAD_TIME_RUNS) ||
	    args->reserved || args->reserved2 ||
	    args->log_level > REX_LOG_DEBUG)
		return -EINVAL;
	if (!(args->flags & REX_LOAD_RESTART) != !args->restarts_per_min)
		return -EINVAL;
	if (args->log_level && args->log_size && !args->log_buf)
		return -EINVAL;
	if (!load_name_is_valid(args->name))
		return -EINVAL;
	if (args->elf_size > REX_MAX_ELF_SIZE)
		return -EFBIG;
	if (args->nr_maps > REX_MAX_MAPS)
		return -EINVAL;
	if (args->nr_configs > REX_MAX_CONFIGS)
		return -EINVAL;
	if (args->heap_size > REX_MAX_HEAP)
		return -EFBIG;
	return 0;
}

static int load_init_log(struct rex_log *log, const struct rex_load *args)
{
	size_t size = min_t(size_t, args->log_size, LOG_MAX);
	char *buf = NULL;

	if (args->log_level && size) {
		buf = kvzalloc(size, REX_GFP);
		if (!buf)
			return -ENOMEM;
	}
	rex_log_init(log, buf, buf ? size : 0, args->log_level);
	return 0;
}

static void load_free_input(struct load_input *in)
{
	kvfree(in->log.buf);
	kvfree(in->fds);
	kvfree(in->configs);
	kvfree(in->elf);
}

static void *load_copy_in(u64 from, size_t size)
{
	void *mem = NULL;

	if (!rex_selftest_fail_step())
		mem = kvmalloc(max_t(size_t, size, 1), REX_GFP);
	if (!mem)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(mem, u64_to_user_ptr(from), size)) {
		kvfree(mem);
		return ERR_PTR(-EFAULT);
	}
	return mem;
}

static int load_copy_input(struct load_input *in, const struct rex_load *args)
{
	int ret;

	in->elf = load_copy_in(args->elf, args->elf_size);
	if (IS_ERR(in->elf)) {
		ret = PTR_ERR(in->elf);
		in->elf = NULL;
		return ret;
	}
	in->fds = load_copy_in(args->maps, args->nr_maps * sizeof(*in->fds));
	if (IS_ERR(in->fds)) {
		ret = PTR_ERR(in->fds);
		in->fds = NULL;
		return ret;
	}
	in->configs = load_copy_in(args->configs,
				   args->nr_configs * sizeof(*in->configs));
	if (IS_ERR(in->configs)) {
		ret = PTR_ERR(in->configs);
		in->configs = NULL;
		return ret;
	}
	return 0;
}

/* The caller gets the log whether the load succeeded or not. */
static int load_copy_log(const struct rex_log *log, struct rex_load *args)
{
	args->log_len = args->log_level ? log->len + 1 : 0;
	if (!log->buf)
		return 0;
	if (copy_to_user(u64_to_user_ptr(args->log_buf), log->buf,
			 min(log->len + 1, log->size)))
		return -EFAULT;
	return 0;
}

/* ---- the image ---- */

static u32 load_thunks_offset(const struct rex_image *image)
{
	return ALIGN(image->text_len, 16);
}

/* Allocate, and divide the memory between the segments: image.h has the order. */
static int load_alloc_memory(struct rex_image *image, const struct rex_elf *elf)
{
	size_t offset = 0, ctl_size;
	unsigned int s;

	image->text_len = elf->seg[REX_SEG_TEXT].size;
	for (s = 0; s < REX_NR_SEGS; s++)
		image->size[s] = PAGE_ALIGN(elf->seg[s].size);
	image->size[REX_SEG_TEXT] = PAGE_ALIGN(load_thunks_offset(image) +
					       elf->nr_progs * REX_THUNK_SIZE);
	ctl_size = PAGE_ALIGN(struct_size(image->ctl, progs, elf->nr_progs));

	for (s = 0; s < REX_NR_SEGS; s++)
		image->mem_size += image->size[s];
	image->mem_size += ctl_size;
	image->mem = rex_execmem_alloc(image->mem_size);
	if (!image->mem)
		return -ENOMEM;
	for (s = 0; s < REX_NR_SEGS; s++) {
		image->target.seg[s].mem = image->mem + offset;
		image->target.seg[s].addr = (u64)image->mem + offset;
		offset += image->size[s];
	}
	image->ctl = image->mem + offset;
	image->target.plain_returns = rex_stubs_plain_returns();
	image->memory += image->mem_size;
	return 0;
}

struct resolver {
	struct rex_image *image;
	struct rex_log *log;
	struct rex_btf_lookup btf;
};

/* Note what a function that programs link to requires besides. */
static void load_note_symbol(struct rex_image *image, const char *name)
{
	rex_heap_note_symbol(&image->heap, name);
	if (!strncmp(name, "bpf_get_stack", strlen("bpf_get_stack")))
		image->takes_stacks = true;
}

/* The verifier does this for a program that calls bpf_get_stack(). */
static int load_get_callchains(struct rex_image *image, struct rex_log *log)
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

static int load_resolve(void *ctx, const char *name, struct rex_symbol *sym)
{
	struct resolver *r = ctx;
	int ret = rex_symtab_resolve(name, sym);

	if (!ret)
		load_note_symbol(r->image, name);
	if (ret == -ENOENT)
		ret = rex_tracepoints_resolve(name, &sym->value, r->log);
	if (ret == -ENOENT)
		ret = rex_btf_resolve(&r->btf, name, &sym->value, r->log);
	return ret;
}

static int load_relocate(struct rex_image *image, const struct rex_elf *elf,
			 struct rex_log *log)
{
	struct resolver resolver = { .image = image, .log = log };
	int ret;

	rex_btf_begin(&resolver.btf, &image->functions);
	ret = rex_elf_relocate(elf, &image->target, load_resolve, &resolver,
			       log);
	rex_btf_end(&resolver.btf);
	return ret;
}

/* The sizes are checked. */
static int load_set_configs(struct rex_image *image, const struct rex_elf *elf,
			    const struct rex_config_value *values, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		const struct rex_elf_config *config =
			rex_config_find(elf, values[i].name);

		if (copy_from_user(image->target.seg[REX_SEG_RODATA].mem +
					   rex_config_offset(config),
				   u64_to_user_ptr(values[i].value),
				   config->def->value_size))
			return -EFAULT;
	}
	return 0;
}

static int load_emit_pads(struct rex_image *image, const struct rex_elf *elf)
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
		 "longest run of programs that do not say, in milliseconds");

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
	rex_log_err(
		log,
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
	rex_log_err(
		log,
		"program %s: this kernel calls programs for devmaps with a context that is not complete; 6.1.156, 6.12.53 and 6.18 do not",
		def->name);
	return -ENOEXEC;
}

static int load_check_progs(const struct rex_elf *elf, struct rex_log *log)
{
	u32 i;

	for (i = 0; i < elf->nr_progs; i++) {
		const struct rex_prog_def *def = elf->progs[i].def;
		int ret = load_check_timeout(def, log);

		if (!ret)
			ret = load_check_context(def, log);
		if (ret)
			return ret;
	}
	return 0;
}

static int load_init_prog(struct rex_image *image, struct rex_prog *prog,
			  const struct rex_elf_prog *src)
{
	const struct rex_prog_def *def = src->def;

	prog->ctl = image->ctl;
	prog->image = image;
	prog->type = def->type;
	prog->attach_type = def->attach_type;
	memset(prog->class, rex_helpers_class(def->type), sizeof(prog->class));
	prog->timeout_ms = def->timeout_ms ?: load_default_timeout();
	prog->kind =
		rex_prog_kind_find(def->type, def->attach_type, def->section);
	if (WARN_ON(!prog->kind)) /* rex_elf_read_progs() has checked it */
		return -ENOEXEC;
	prog->default_ret = prog->kind->default_ret;
	if (def->flags & REX_PROG_HAS_DEFAULT_RET)
		prog->default_ret = def->default_ret;
	memcpy(prog->name, def->name, sizeof(prog->name));
	memcpy(prog->section, def->section, sizeof(prog->section));
	prog->entry =
		image->target.seg[REX_SEG_TEXT].addr + src->func->pad_offset;
	if (rex_selftest_fail_step())
		return -ENOMEM;
	prog->stats = alloc_percpu_gfp(struct rex_prog_stats, REX_GFP);
	prog->faults = kzalloc(sizeof(*prog->faults), REX_GFP);
	if (!prog->stats || !prog->faults)
		return -ENOMEM;
	image->memory += sizeof(*prog->faults) +
			 num_possible_cpus() * sizeof(*prog->stats);
	return 0;
}

static int load_init_progs(struct rex_image *image, const struct rex_elf *elf)
{
	u32 offset = load_thunks_offset(image), i;
	int ret;

	image->nr_progs = elf->nr_progs;
	for (i = 0; i < elf->nr_progs; i++, offset += REX_THUNK_SIZE) {
		struct rex_prog *prog = &image->ctl->progs[i];

		ret = load_init_prog(image, prog, &elf->progs[i]);
		if (ret)
			return ret;
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
static int load_init_funcs(struct rex_image *image, const struct rex_elf *elf)
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
	load_init_func(func, text, load_thunks_offset(image),
		       image->nr_progs * REX_THUNK_SIZE);
	snprintf(func->ksym.name, sizeof(func->ksym.name), "rex_thunk_%u",
		 image->id);
	return 0;
}

static int load_protect(struct rex_image *image)
{
	int ret = rex_execmem_make_ro(image->target.seg[REX_SEG_RODATA].mem,
				      image->size[REX_SEG_RODATA]);

	if (ret)
		return ret;
	return rex_execmem_make_rox(image->target.seg[REX_SEG_TEXT].mem,
				    image->size[REX_SEG_TEXT]);
}

static int load_build(struct rex_image *image, const struct rex_elf *elf,
		      const struct rex_load *args, struct bpf_map *const *maps,
		      struct load_input *in)
{
	struct rex_log *log = &in->log;
	int ret;

	ret = load_check_progs(elf, log);
	if (ret)
		return ret;
	ret = load_alloc_memory(image, elf);
	if (ret)
		return ret;
	if (rex_selftest_fail_step())
		return -ENOMEM;
	rex_elf_copy(elf, &image->target);
	ret = load_relocate(image, elf, log);
	if (ret)
		return ret;
	ret = load_get_callchains(image, log);
	if (ret)
		return ret;
	ret = rex_heap_init(image, args->heap_size);
	if (ret)
		return ret;
	ret = rex_maps_fill(image, elf, maps);
	if (ret)
		return ret;
	ret = load_set_configs(image, elf, in->configs, args->nr_configs);
	if (ret)
		return ret;
	ret = rex_restart_init(image, args->restarts_per_min);
	if (ret)
		return ret;
	ret = load_emit_pads(image, elf);
	if (ret)
		return ret;
	ret = load_init_progs(image, elf);
	if (ret)
		return ret;
	ret = load_init_funcs(image, elf);
	if (ret)
		return ret;
	return load_protect(image);
}

static struct rex_image *load_build_image(const struct rex_elf *elf,
					  const struct rex_load *args,
					  struct bpf_map *const *maps,
					  struct load_input *in)
{
	struct rex_image *image = rex_image_new();
	int ret;

	if (IS_ERR(image))
		return image;
	image->timed = args->flags & REX_LOAD_TIME_RUNS;
	strscpy(image->name, args->name, sizeof(image->name));
	strscpy(image->rustc, elf->note->rustc, sizeof(image->rustc));
	ret = load_build(image, elf, args, maps, in);
	if (ret) {
		rex_image_destroy(image);
		return ERR_PTR(ret);
	}
	rex_image_publish(image);
	return image;
}

/* ---- the call ---- */

static struct rex_image *load_create(const struct rex_elf *elf,
				     const struct rex_load *args,
				     struct load_input *in)
{
	struct bpf_map **maps;
	struct rex_image *image;
	int ret;

	ret = rex_config_check(elf, in->configs, args->nr_configs, &in->log);
	if (ret)
		return ERR_PTR(ret);
	if (rex_selftest_fail_step())
		return ERR_PTR(-ENOMEM);
	maps = kvcalloc(max(elf->nr_maps, 1u), sizeof(*maps), REX_GFP);
	if (!maps)
		return ERR_PTR(-ENOMEM);
	ret = rex_maps_match(elf, in->fds, args->nr_maps, maps, &in->log);
	if (ret) {
		kvfree(maps);
		return ERR_PTR(ret);
	}
	image = load_build_image(elf, args, maps, in);
	rex_maps_put(maps, elf->nr_maps);
	return image;
}

static struct rex_image *load_parse_and_create(const struct rex_load *args,
					       struct load_input *in)
{
	struct rex_image *image;
	struct rex_elf elf;
	int ret;

	ret = rex_security_may_load(&in->log);
	if (!ret)
		ret = load_copy_input(in, args);
	if (!ret)
		ret = rex_security_check_object(in->elf, args->elf_size,
						&in->log);
	if (!ret)
		ret = rex_elf_parse(&elf, in->elf, args->elf_size, &in->log);
	if (ret)
		return ERR_PTR(ret);
	image = load_create(&elf, args, in);
	rex_elf_free(&elf);
	return image;
}

int rex_load(struct rex_load *args)
{
	struct load_input in = {};
	struct rex_image *image;
	int ret, fd;

	ret = load_check_args(args);
	if (!ret)
		ret = load_init_log(&in.log, args);
	if (ret)
		return ret;
	image = load_parse_and_create(args, &in);
	ret = load_copy_log(&in.log, args);
	if (IS_ERR(image)) {
		ret = PTR_ERR(image);
		goto out_free;
	}
	if (ret) {
		rex_image_put(image);
		goto out_free;
	}
	fd = rex_image_new_fd(image);
	if (fd < 0)
		rex_image_put(image);
	ret = fd;
out_free:
	load_free_input(&in);
	return ret;
}
