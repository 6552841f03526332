// SPDX-License-Identifier: GPL-2.0
/* Object files (elf.h): the order of the checks. */
#include "elf_private.h"

static int (*const steps[])(struct rex_elf *elf, struct rex_log *log) = {
	rex_elf_read_header,  rex_elf_read_sections, rex_elf_read_note,
	rex_elf_layout,	      rex_elf_read_symbols,  rex_elf_read_relas,
	rex_elf_layout_got,   rex_elf_read_funcs,    rex_elf_read_pads,
	rex_elf_read_frames,  rex_elf_read_progs,    rex_elf_read_maps,
	rex_elf_read_configs,
};

int rex_elf_parse(struct rex_elf *elf, void *data, size_t size,
		  struct rex_log *log)
{
	size_t i;
	int err;

	*elf = (struct rex_elf){ .data = data, .size = size };
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		err = steps[i](elf, log);
		if (err) {
			rex_elf_free(elf);
			return err;
		}
		cond_resched();
	}
	return 0;
}

void rex_elf_free(struct rex_elf *elf)
{
	kvfree(elf->got);
	kvfree(elf->maps);
	kvfree(elf->configs);
	kvfree(elf->progs);
	kvfree(elf->funcs);
	kvfree(elf->secs);
	*elf = (struct rex_elf){};
}

const struct rex_elf_func *rex_elf_find_func(const struct rex_elf *elf,
					     u32 text_offset)
{
	u32 lo = 0, hi = elf->nr_funcs;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;
		const struct rex_elf_func *f = &elf->funcs[mid];

		if (text_offset < f->offset)
			hi = mid;
		else if (text_offset - f->offset >= f->size)
			lo = mid + 1;
		else
			return f;
	}
	return NULL;
}

struct rex_elf_func *rex_elf_func_at(const struct rex_elf *elf, u32 text_offset)
{
	const struct rex_elf_func *f = rex_elf_find_func(elf, text_offset);

	if (!f || f->offset != text_offset)
		return NULL;
	return &elf->funcs[f - elf->funcs];
}
