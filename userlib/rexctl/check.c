// SPDX-License-Identifier: GPL-2.0
#include "../../kmod/check.h"
#include "../../kmod/isa.h"
#include "check.h"

/*
 * An image is in the upper 2 GB, where modules are, so that each relocation fits. Functions
 * of the runtime follow it.
 */
#define CHECK_IMAGE 0xffffffffc0000000ull
#define CHECK_RUNTIME 0xffffffffe0000000ull
#define CHECK_STEP 16

static struct check_runtime {
	const char **names;
	size_t nr;
} check_runtime;

void *rex_host_calloc(size_t n, size_t size)
{
	return calloc(n, size);
}

/* There is one decoder here; rex.ko asks the kernel's, too. */
bool rex_isa_agrees(const struct rex_insn *insn, const u8 *code, u32 max)
{
	(void)insn, (void)code, (void)max;
	return true;
}

static bool check_begins(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* The name is part of the file, which stays until the check is made. */
static int check_resolve(void *ctx, const char *name, struct rex_symbol *sym)
{
	struct check_runtime *runtime = ctx;
	const char **names;
	size_t i = 0;

	*sym = (struct rex_symbol){};
	/* These are numbers, of which the check depends on none. */
	if (check_begins(name, "__rex_"))
		return 0;
	while (i < runtime->nr && strcmp(runtime->names[i], name))
		i++;
	if (i == runtime->nr) {
		names = realloc(runtime->names, (i + 1) * sizeof(*names));
		if (!names)
			return -ENOMEM;
		names[runtime->nr++] = name;
		runtime->names = names;
	}
	sym->value = CHECK_RUNTIME + CHECK_STEP * i;
	if (!strcmp(name, "__x86_return_thunk"))
		sym->flags = REX_SYM_RETURN_THUNK;
	return 0;
}

enum rex_callee rex_check_callee(u64 addr)
{
	u64 i = (addr - CHECK_RUNTIME) / CHECK_STEP;
	const char *name;

	if (addr < CHECK_RUNTIME || i >= check_runtime.nr || addr % CHECK_STEP)
		return REX_CALLEE_NONE;
	name = check_runtime.names[i];
	if (!strcmp(name, "__x86_return_thunk"))
		return REX_CALLEE_RETURN_THUNK;
	if (check_begins(name, "__x86_indirect_thunk_"))
		return REX_CALLEE_INDIRECT_THUNK;
	return strcmp(name, "rex_panic") ? REX_CALLEE_RETURNS :
					   REX_CALLEE_NORETURN;
}

/* Gives each segment memory and an address. */
static int check_place(const struct rex_elf *elf, struct rex_elf_target *target)
{
	u64 at = CHECK_IMAGE;
	int i;

	for (i = 0; i < REX_NR_SEGS; i++) {
		target->seg[i].mem = calloc(1, elf->seg[i].size + 1);
		if (!target->seg[i].mem)
			return -ENOMEM;
		target->seg[i].addr = at;
		at += ALIGN((u64)elf->seg[i].size + 1, 1u << 20);
	}
	rex_elf_copy(elf, target);
	return 0;
}

static int check_code(const struct rex_elf *elf, struct rex_log *log)
{
	struct rex_elf_target target = {};
	int i, err;
	u8 saves;

	err = check_place(elf, &target);
	if (!err)
		err = rex_elf_relocate(elf, &target, check_resolve,
				       &check_runtime, log);
	if (!err)
		err = rex_check(elf, &target, &saves, log);
	for (i = 0; i < REX_NR_SEGS; i++)
		free(target.seg[i].mem);
	free(check_runtime.names);
	check_runtime = (struct check_runtime){};
	rex_check_exit();
	return err;
}

int rexctl_check(void *file, size_t size, char *why, size_t why_size)
{
	struct rex_elf elf;
	struct rex_log log;
	int err;

	rex_log_init(&log, why, why_size, REX_LOG_ERROR);
	err = rex_elf_parse(&elf, file, size, &log);
	if (err)
		return err;
	err = check_code(&elf, &log);
	rex_elf_free(&elf);
	return err;
}
