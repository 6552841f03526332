// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark measures taking and releasing the spin lock of an array's element: the
 * difference of two programs that look the element up, in Rex and in eBPF.
 */
#include <bpf/btf.h>

#include "bench.h"

/*
 * Makes a map of the crate's SpinLocked<u64>: struct { struct bpf_spin_lock
 * lock; u64 value; }
 */
static int lock_map(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	struct btf *btf = btf__new_empty();
	int u32_type, u64_type, lock, value, fd;

	u32_type = btf__add_int(btf, "unsigned int", 4, 0);
	u64_type = btf__add_int(btf, "unsigned long", 8, 0);
	lock = btf__add_struct(btf, "bpf_spin_lock", 4);
	btf__add_field(btf, "val", u32_type, 0, 0);
	value = btf__add_struct(btf, "value", 16);
	btf__add_field(btf, "lock", lock, 0, 0);
	btf__add_field(btf, "value", u64_type, 64, 0);
	if (btf__load_into_kernel(btf))
		die("BTF");
	opts.btf_fd = btf__fd(btf);
	opts.btf_key_type_id = u32_type;
	opts.btf_value_type_id = value;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "values", 4, 16, 1, &opts);
	if (fd < 0)
		die("the map");
	return fd;
}

#define MOV(_dst, _src)                                               \
	{                                                             \
		.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = _dst, \
		.src_reg = _src                                       \
	}
#define MOV_IMM(_dst, _imm)                                           \
	{                                                             \
		.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = _dst, \
		.imm = _imm                                           \
	}
#define CALL(_helper)                                                 \
	{                                                             \
		.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_##_helper \
	}

/*
 * Looks up the value to R6. Without one, the program returns 0, which is not
 * PASS.
 */
#define LOOKUP(_map)                                                           \
	{ .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4 },        \
		{ .code = BPF_LD | BPF_DW | BPF_IMM,                           \
		  .dst_reg = 1,                                                \
		  .src_reg = BPF_PSEUDO_MAP_FD,                                \
		  .imm = _map },                                               \
		{ 0 }, MOV(2, 10),                                             \
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K,                         \
		  .dst_reg = 2,                                                \
		  .imm = -4 },                                                 \
		CALL(map_lookup_elem),                                         \
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 0, .off = 1 }, \
		{ .code = BPF_JMP | BPF_EXIT }, MOV(6, 0)

#define PASS                               \
	MOV_IMM(0, XDP_PASS),              \
	{                                  \
		.code = BPF_JMP | BPF_EXIT \
	}

static unsigned int measure_ebpf(int map)
{
	const struct bpf_insn lookup[] = { LOOKUP(map), PASS };
	const struct bpf_insn lock[] = { LOOKUP(map),	    MOV(1, 6),
					 CALL(spin_lock),   MOV(1, 6),
					 CALL(spin_unlock), PASS };
	int without =
		load_ebpf("lookup", lookup, sizeof(lookup) / sizeof(lookup[0]));
	int with = load_ebpf("lock", lock, sizeof(lock) / sizeof(lock[0]));

	return report("eBPF, lock  ", with) - report("eBPF, lookup", without);
}

static unsigned int measure_rex(void)
{
	struct rex_obj *obj = load_rex("bench_lock.rex.o");

	return report("Rex,  lock  ", rex_prog_fd(obj, "lock")) -
	       report("Rex,  lookup", rex_prog_fd(obj, "lookup"));
}

int main(void)
{
	unsigned int ebpf = measure_ebpf(lock_map()), rex = measure_rex();

	return conclude("a lock taken and released", ebpf, rex, 15);
}
