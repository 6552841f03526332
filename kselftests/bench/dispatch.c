// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark measures the way into a program and back: an empty Rex XDP program against
 * an empty eBPF XDP program.
 */
#include "bench.h"

static const struct bpf_insn empty[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
	{ .code = BPF_JMP | BPF_EXIT },
};

int main(void)
{
	struct rex_image_info info = { .size = sizeof(info) };
	struct rex_obj *obj = load_rex("empty_xdp.rex.o");
	unsigned int ebpf, rex;

	if (rex_obj_image_info(obj, &info))
		die_rex();
	if (!wants_json())
		printf("memory of the Rex program: %llu bytes\n",
		       (unsigned long long)info.memory);
	ebpf = report("eBPF", load_ebpf("empty", empty,
					sizeof(empty) / sizeof(empty[0])));
	rex = report("Rex ", rex_prog_fd(obj, "empty"));
	return conclude("a run of XDP, by BPF_PROG_TEST_RUN", ebpf, rex, 20);
}
