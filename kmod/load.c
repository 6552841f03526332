// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <asm/cpufeature.h>

#include "btf.h"
#include "check.h"
#include "config.h"
#include "cpu_features.h"
#include "elf.h"
#include "emit_stubs.h"
#include "emit_thunk.h"
#include "execmem.h"
#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "load_private.h"
#include "maps.h"
#include "progtype.h"
#include "reloc.h"
#include "security.h"
#include "selftest.h"
#include "symtab.h"
#include "tracepoints.h"
#include "trust.h"

/* ---- the CPU ---- */

/* Returns REX_CPU_* of features that all CPUs have and the kernel uses. */
static u32 load_cpu_features(void)
{
	u32 found = 0;

#define REX_CPU_FEATURE(feature, name, of_kernel)  \
	if (boot_cpu_has(X86_FEATURE_##of_kernel)) \
		found |= REX_CPU_##feature;
#include "cpu_features.def"
	return found & ~rex_selftest_lacking();
}

/* A CPU without a feature executes some of its instructions as others, without a fault. */
static int load_check_cpu(const struct rex_elf *elf, struct rex_log *log)
{
	u32 missing = elf->cpu_features & ~load_cpu_features();
	char names[REX_CPU_NAMES_LEN];

	if (!missing)
		return 0;
	rex_cpu_names(missing, names, sizeof(names));
	rex_log_err(log,
		    "the object needs features that this CPU lacks, or the kernel has switched off: %s; build it without them (-Ctarget-feature)",
		    names);
	return -ENOEXEC;
}

/* ---- the image ---- */

/* Allocate, and divide the memory between the segments: image.h has the order. */
static int load_alloc_memory(struct rex_image *image, const struct rex_elf *elf)
{
	size_t offset = 0, ctl_size;
	unsigned int s;

	image->text_len = elf->seg[REX_SEG_TEXT].size;
	for (s = 0; s < REX_NR_SEGS; s++)
		image->size[s] = PAGE_ALIGN(elf->seg[s].size);
	image->size[REX_SEG_TEXT] = PAGE_ALIGN(rex_load_thunks_offset(image) +
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
	rex_image_set_dead(image->ctl, false);
	image->target.plain_returns = rex_stubs_plain_returns();
	image->memory += image->mem_size;
	return 0;
}

struct resolver {
	struct rex_image *image;
	struct rex_symtab_classes classes;
	struct rex_log *log;
	struct rex_btf_lookup btf;
};

/* Note what a function that programs link to requires besides. */
static void load_note_symbol(struct rex_image *image, const char *name)
{
	rex_heap_note_symbol(&image->heap, name);
	if (!strncmp(name, "bpf_get_stack", strlen("bpf_get_stack")))
		image->takes_stacks = true;
	if (!strcmp(name, "rex_traced_function"))
		image->asks_function = true;
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
	int ret = rex_symtab_resolve(name, &r->classes, sym);

	if (!ret)
		load_note_symbol(r->image, name);
	if (ret == -ENOENT)
		ret = rex_tracepoints_resolve(name, &sym->value, r->log);
	if (ret == -ENOENT)
		ret = rex_btf_resolve(&r->btf, name, &sym->value, r->log);
	return ret;
}

/* rex_elf_read_progs() has found the kind. */
static u8 load_class(const struct rex_prog_def *def)
{
	return rex_helpers_class(
		rex_prog_kind_find(def->type, def->attach_type, def->section));
}

static int load_relocate(struct rex_image *image, const struct rex_elf *elf,
			 struct rex_log *log)
{
	struct resolver resolver = { .image = image, .log = log };
	u32 i;
	int ret;

	for (i = 0; i < elf->nr_progs; i++)
		__set_bit(load_class(elf->progs[i].def), resolver.classes.has);
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

/*
 * The text is checked as it will run, after everything that is written to it. Only this
 * load knows of the image yet, and until load_protect() only thunks are added.
 */
static int load_check_code(struct rex_image *image, const struct rex_elf *elf,
			   struct rex_log *log)
{
	u64 start = ktime_get_ns();
	int ret;

	image->saves = REX_KEPT_ALL;
	if (rex_selftest_unchecked())
		return 0;
	ret = rex_check(elf, &image->target, &image->saves, log);
	if (rex_unprotected & REX_UNPROTECTED_REGISTERS)
		image->saves = 0;
	if (!ret)
		rex_log_dbg(log, "%u bytes of code checked in %llu ns",
			    image->text_len, ktime_get_ns() - start);
	return ret;
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
		      struct rex_load_input *in)
{
	struct rex_log *log = &in->log;
	int ret;

	ret = load_check_cpu(elf, log);
	if (ret)
		return ret;
	ret = rex_load_check_progs(elf, log);
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
	ret = rex_load_emit_pads(image, elf);
	if (ret)
		return ret;
	ret = load_check_code(image, elf, log);
	if (ret)
		return ret;
	ret = rex_load_init_progs(image, elf, log);
	if (ret)
		return ret;
	ret = rex_tracepoints_check_askers(image, log);
	if (ret)
		return ret;
	ret = rex_load_init_funcs(image, elf);
	if (ret)
		return ret;
	return load_protect(image);
}

static struct rex_image *load_build_image(const struct rex_elf *elf,
					  const struct rex_load *args,
					  struct bpf_map *const *maps,
					  struct rex_load_input *in)
{
	struct rex_image *image = rex_image_new();
	int ret;

	if (IS_ERR(image))
		return image;
	image->timed = args->flags & REX_LOAD_TIME_RUNS;
	strscpy(image->name, args->name, sizeof(image->name));
	strscpy(image->rustc, elf->note->rustc, sizeof(image->rustc));
	strscpy(image->signer, in->sig.signer, sizeof(image->signer));
	memcpy(image->sha256, in->audit.hash, sizeof(image->sha256));
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
				     struct rex_load_input *in)
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

/* The signature is looked at before anything else in the file. */
static int load_check_signature(const struct rex_load *args,
				struct rex_load_input *in)
{
	int ret =
		rex_signature_find(&in->sig, in->elf, args->elf_size, &in->log);

	if (!ret)
		ret = rex_trust_check(&in->sig, in->elf, &in->log);
	return ret;
}

static struct rex_image *load_parse_and_create(const struct rex_load *args,
					       struct rex_load_input *in)
{
	struct rex_image *image;
	struct rex_elf elf;
	int ret;

	ret = rex_security_may_load(&in->log);
	if (!ret)
		ret = rex_images_await_room();
	if (!ret)
		ret = rex_load_copy_input(in, args);
	if (ret)
		return ERR_PTR(ret);
	rex_load_audit_object(&in->audit, in->elf, args->elf_size);
	ret = rex_security_check_object(in->elf, args->elf_size, &in->log);
	if (!ret)
		ret = load_check_signature(args, in);
	if (!ret)
		ret = rex_elf_parse(&elf, in->elf, in->sig.object_size,
				    &in->log);
	if (ret)
		return ERR_PTR(ret);
	image = load_create(&elf, args, in);
	rex_elf_free(&elf);
	return image;
}

int rex_load(struct rex_load *args)
{
	struct rex_load_input in = {};
	struct rex_image *image;
	int ret, fd;

	ret = rex_load_check_args(args);
	if (ret)
		return ret;
	rex_load_init_log(&in.log, args);
	image = load_parse_and_create(args, &in);
	ret = rex_load_copy_log(&in.log, args);
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
	rex_load_audit_log(&in.audit, args->name, in.sig.signer, ret);
	rex_load_free_input(&in);
	return ret;
}
