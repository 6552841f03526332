// SPDX-License-Identifier: GPL-2.0
/* Load an object into ordinary memory (load.h). */
#include "load.h"
#include "test.h"

int resolve(void *ctx, const char *name, struct rex_symbol *sym)
{
	if (ctx)
		++*(unsigned int *)ctx;
	if (!strcmp(name, "memcpy")) {
		sym->value = MEMCPY_ADDR;
	} else if (!strcmp(name, "__x86_return_thunk")) {
		sym->value = THUNK_ADDR;
		sym->flags = REX_SYM_RETURN_THUNK;
	} else if (!strcmp(name, "__rex_off_task_struct_pid")) {
		sym->value = PID_OFFSET;
	} else if (!strcmp(name, "__rex_opt_sk_buff_napi_id")) {
		sym->value = REX_NO_FIELD;
	} else {
		return -ENOENT;
	}
	return 0;
}

/* Checks the properties of struct rex_elf that its users rely on. */
static void check_elf(const struct rex_elf *elf)
{
	const u32 text = elf->seg[REX_SEG_TEXT].size;
	const u32 rodata = elf->seg[REX_SEG_RODATA].size;
	u32 end = 0;
	u32 i;

	check(elf->nr_progs >= 1 && elf->nr_progs <= REX_MAX_PROGS);
	check(elf->nr_maps <= REX_MAX_MAPS);
	check(elf->note && elf->note->abi == REX_ABI_VERSION);
	for (i = 0; i < elf->nr_funcs; i++) {
		const struct rex_elf_func *f = &elf->funcs[i];

		check(f->offset >= end && f->size <= text - f->offset);
		check(f->pad_offset == f->offset ||
		      f->pad_offset == f->offset + 4);
		check(f->pad_offset + REX_PAD_SIZE <= f->offset + f->size);
		check(f->frame <= REX_MAX_FRAME);
		end = f->offset + f->size;
	}
	for (i = 0; i < elf->nr_progs; i++) {
		const struct rex_elf_prog *p = &elf->progs[i];

		check(p->func >= elf->funcs &&
		      p->func < elf->funcs + elf->nr_funcs);
		check(memchr(p->def->name, 0, REX_NAME_LEN) != NULL);
		check(memchr(p->def->section, 0, REX_SECTION_LEN) != NULL);
	}
	for (i = 0; i < elf->nr_maps; i++) {
		check(strlen(elf->maps[i].name) < REX_NAME_LEN);
		check(elf->maps[i].offset % 8 == 0);
		check(elf->maps[i].offset + sizeof(struct rex_map_def) <=
		      rodata);
	}
	check(elf->got_offset + 8 * elf->nr_got <= rodata);
}

int load_unrelocated(struct loaded *l, const struct bytes *file,
		     struct rex_log *log)
{
	static const u64 addrs[] = { TEXT_ADDR, RODATA_ADDR, DATA_ADDR };
	int err;
	u32 g;

	*l = (struct loaded){};
	/* of exactly the right size, so that ASan sees a byte too much */
	l->file.data = malloc(file->size);
	if (!l->file.data && file->size)
		abort();
	if (file->size)
		memcpy(l->file.data, file->data, file->size);
	l->file.size = file->size;

	err = rex_elf_parse(&l->elf, l->file.data, l->file.size, log);
	if (err) {
		free(l->file.data);
		return err;
	}
	check_elf(&l->elf);
	for (g = 0; g < REX_NR_SEGS; g++) {
		l->t.seg[g].mem = malloc(l->elf.seg[g].size);
		l->t.seg[g].addr = addrs[g];
	}
	rex_elf_copy(&l->elf, &l->t);
	return 0;
}

int load(struct loaded *l, const struct bytes *file, struct rex_log *log)
{
	int err;

	err = load_unrelocated(l, file, log);
	if (err)
		return err;
	err = rex_elf_relocate(&l->elf, &l->t, resolve, NULL, log);
	if (err)
		unload(l);
	return err;
}

void unload(struct loaded *l)
{
	u32 g;

	for (g = 0; g < REX_NR_SEGS; g++)
		free(l->t.seg[g].mem);
	rex_elf_free(&l->elf);
	free(l->file.data);
}

bool read_file(const char *path, struct bytes *file)
{
	FILE *f = fopen(path, "rb");
	char buf[4096];
	size_t n;

	*file = (struct bytes){};
	if (!f)
		return false;
	while ((n = fread(buf, 1, sizeof(buf), f)))
		bytes_append(file, buf, n);
	fclose(f);
	return true;
}
