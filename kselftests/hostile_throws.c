// SPDX-License-Identifier: GPL-2.0
/*
 * eBPF programs throw exceptions (bpf_throw()) on top of a run. The kernel finds the frame of such
 * a program by unwinding the stack, which is that of the run.
 */
#include <bpf/btf.h>

#include "hostile.h"
#include "rex_counter.h"

/* The function is called by a helper, and the tracepoint is in a page fault of that helper. */
#define FUNCTION "copy_from_kernel_nofault"
#define TRACEPOINT "page_fault_kernel"

static int id_of_bpf_throw(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int id;

	ASSERT(btf);
	id = btf__find_by_name_kind(btf, "bpf_throw", BTF_KIND_FUNC);
	btf__free(btf);
	return id;
}

/*
 * Attaches an eBPF program at the event NAME of the kind ATTACH. It counts in COUNTER, and
 * throws from a function that it calls. Returns the link.
 */
static int attach_thrower(const char *name, enum bpf_attach_type attach,
			  int counter)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .src_reg = BPF_PSEUDO_CALL,
		  .imm = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
		INSNS_COUNT(counter),
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1 },
		{ .code = BPF_JMP | BPF_CALL,
		  .src_reg = BPF_PSEUDO_KFUNC_CALL,
		  .imm = id_of_bpf_throw() },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	static char log[1 << 16];
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach,
		    .attach_btf_id = libbpf_find_vmlinux_btf_id(name, attach),
		    .log_buf = log, .log_size = sizeof(log), .log_level = 1);
	int prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "thrower", "GPL", insns,
				 sizeof(insns) / sizeof(*insns), &opts);
	int link;

	ASSERT_MSG(prog >= 0, "%s: %s\n%s", name, strerror(errno), log);
	link = bpf_raw_tracepoint_open(NULL, prog);
	ASSERT_MSG(link >= 0, "%s: %s", name, strerror(errno));
	close(prog);
	return link;
}

/* A program's helper reads an address without memory, while a program throws at NAME. */
static void throw_at(const char *name, enum bpf_attach_type attach)
{
	struct victim v;
	struct actor a;
	int counter, link;

	if (id_of_bpf_throw() < 0)
		SKIP("the kernel has no bpf_throw()");
	counter = make_counter();
	v = start_victim(&hook_tracepoint);
	a = start_actor(&hook_tracepoint, "nest", "below", v.pid, 0);
	link = attach_thrower(name, attach, counter);
	be_strict(true);
	let_go(&v);
	be_strict(false);
	close(link);
	ksft_note("%llu exceptions", counter_value(counter));
	EXPECT(counter_value(counter) > 0);
	EXPECT_EQ(map_get(a.obj, "notes", REMARK), 1000);
	expect_unharmed(&a);
	end_actor(&a);
	close(counter);
}

TEST(ebpf_program_at_a_function_of_a_helper_throws)
{
	throw_at(FUNCTION, BPF_TRACE_FENTRY);
}

TEST(ebpf_program_in_a_page_fault_of_a_helper_throws)
{
	throw_at(TRACEPOINT, BPF_TRACE_RAW_TP);
}

#define WALK "arch_bpf_stack_walk"

/* A tracer of the function's return has replaced the address that the walk begins with. */
TEST(ebpf_program_throws_while_the_walk_of_its_stack_is_traced)
{
	struct rex_obj *obj;
	struct bpf_link *link;

	if (id_of_bpf_throw() < 0)
		SKIP("the kernel has no bpf_throw()");
	obj = load_act("hostile", "at_kprobe", "tracer", 0);
	link = bpf_program__attach_kprobe(program(obj, "at_kprobe"), true,
					  WALK);
	ASSERT(link);
	order(obj, "nothing", 0);
	throw_at(FUNCTION, BPF_TRACE_FENTRY);
	EXPECT(prog_info(obj, "at_kprobe").runs > 0);
	EXPECT_EQ(prog_info(obj, "at_kprobe").faults, 0);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}
