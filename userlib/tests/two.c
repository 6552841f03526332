// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <stdio.h>
#include <unistd.h>

#include "fake_dev.h"
#include "two.h"

/* Two programs in two sections, three maps. */
static struct gen *gen_two(void)
{
	struct gen *gen = gen_hello();

	gen_prog(gen, "second", "xdp", BPF_PROG_TYPE_XDP);
	gen_map(gen, "queue", BPF_MAP_TYPE_QUEUE, 0, 8, 4, 0);
	gen_build(gen);
	return gen;
}

struct rex_obj *open_two(const struct rex_obj_open_opts *opts)
{
	struct gen *gen = gen_two();
	struct rex_obj *obj = rex_obj_open_mem(gen->buf, gen->size, opts);

	CHECK(obj);
	gen_free(gen);
	return obj;
}

struct rex_obj *load_two(void)
{
	struct rex_obj *obj;

	fake_dev_reset();
	obj = open_two(NULL);
	if (!CHECK_EQ(rex_obj_load_opened(obj), 0))
		printf("# %s\n", rex_last_error());
	return obj;
}

bool may_use_bpf(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "probe", "GPL", insns, 2,
			       NULL);

	if (fd >= 0)
		close(fd);
	else
		test_skip("bpf(2) is not permitted here");
	return fd >= 0;
}
