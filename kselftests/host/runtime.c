// SPDX-License-Identifier: GPL-2.0
/* The runtime's symbols (runtime.h). */
#include "disasm.h"
#include "runtime.h"
#include "test.h"

#define RUNTIME_ADDR 0xffffffff81002000ull
#define RUNTIME_STEP 16
#define RUNTIME_MAX 512

static char *names[RUNTIME_MAX];
static size_t nr_names;

static bool has_prefix(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

int runtime_resolve(void *ctx, const char *name, struct rex_symbol *sym)
{
	size_t i;

	if (!resolve(ctx, name, sym))
		return 0;
	*sym = (struct rex_symbol){ .value = 0x40 };
	if (has_prefix(name, "__rex_"))
		return 0;
	for (i = 0; i < nr_names && strcmp(names[i], name); i++)
		;
	if (i == RUNTIME_MAX)
		abort();
	if (i == nr_names)
		names[nr_names++] = strdup(name);
	sym->value = RUNTIME_ADDR + RUNTIME_STEP * i;
	return 0;
}

enum rex_callee rex_check_callee(u64 addr)
{
	u64 i = (addr - RUNTIME_ADDR) / RUNTIME_STEP;

	if (addr == THUNK_ADDR)
		return REX_CALLEE_RETURN_THUNK;
	if (addr == MEMCPY_ADDR)
		return REX_CALLEE_RETURNS;
	if (i >= nr_names || addr % RUNTIME_STEP)
		return REX_CALLEE_NONE;
	if (has_prefix(names[i], "__x86_indirect_thunk_"))
		return REX_CALLEE_INDIRECT_THUNK;
	return strcmp(names[i], "rex_panic") ? REX_CALLEE_RETURNS :
					       REX_CALLEE_NORETURN;
}

int runtime_load(struct loaded *l, const struct bytes *file, bool plain_returns,
		 struct rex_log *log)
{
	int err = load_unrelocated(l, file, log);

	if (err)
		return err;
	l->t.plain_returns = plain_returns;
	err = rex_elf_relocate(&l->elf, &l->t, runtime_resolve, NULL, log);
	if (!err)
		err = rex_check(&l->elf, &l->t, &l->saves, log);
	if (err)
		unload(l);
	return err;
}

int load_checked(struct loaded *l, const struct bytes *file,
		 struct rex_log *log)
{
	int err = load(l, file, log);

	if (err)
		return err;
	disasm_disagreements = 0;
	err = rex_check(&l->elf, &l->t, &l->saves, log);
	if (disasm_disagreements)
		fail("the decoders do not agree");
	if (err)
		unload(l);
	return err;
}
