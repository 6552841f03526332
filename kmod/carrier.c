// SPDX-License-Identifier: GPL-2.0
#include <linux/fdtable.h>
#include <linux/filter.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "carrier.h"
#include "compat.h"
#include "ksyms.h"
#include "probelink.h"
#include "progtype.h"
#include "selftest.h"
#include "tracepoints.h"

/*
 * With net.core.bpf_jit_harden, the instructions are those with constants blinded:
 * `mov $random ^ imm,%ax; xor $random,%ax; op %ax,dst` for `op $imm,dst`, and `xor
 * dst,dst` for a 0. Write the plain form of instruction @from to @plain, and return how
 * many instructions it has become.
 */
static u32 carrier_read_insn(const struct bpf_insn *from, u32 left,
			     struct bpf_insn *plain)
{
	*plain = from[0];
	if (from[0].code == (BPF_ALU64 | BPF_XOR | BPF_X) &&
	    from[0].dst_reg == from[0].src_reg) {
		*plain = BPF_MOV64_IMM(from[0].dst_reg, 0);
		return 1;
	}
	if (left < 3 || from[0].dst_reg != BPF_REG_AX ||
	    from[0].code != (BPF_ALU64 | BPF_MOV | BPF_K) ||
	    from[1].dst_reg != BPF_REG_AX ||
	    from[1].code != (BPF_ALU64 | BPF_XOR | BPF_K) ||
	    from[2].src_reg != BPF_REG_AX || !(from[2].code & BPF_X))
		return 1;
	*plain = from[2];
	plain->code &= ~BPF_X;
	plain->src_reg = 0;
	plain->imm = from[0].imm ^ from[1].imm;
	return 3;
}

/* The verifier has replaced the helper's number by its distance from a base. */
static bool carrier_is_call_of_helper(const struct bpf_insn *insn)
{
	const struct bpf_insn call = {
		.code = BPF_JMP | BPF_CALL,
		.imm = (u8 *)rex_ksyms.bpf_ktime_get_boot_ns -
		       (u8 *)__bpf_call_base,
	};

	return !memcmp(insn, &call, sizeof(call));
}

static int carrier_check_body(const struct bpf_prog *carrier,
			      const struct rex_prog_kind *kind,
			      struct rex_log *log)
{
	struct bpf_insn body[REX_CARRIER_MAX_INSNS];
	u32 nr = rex_carrier_body(body, kind), at = 0, i;

	for (i = 0; i < nr && at < carrier->len; i++) {
		struct bpf_insn insn;
		u32 taken = carrier_read_insn(&carrier->insnsi[at],
					      carrier->len - at, &insn);

		if (i ? memcmp(&insn, &body[i], sizeof(insn)) :
			!carrier_is_call_of_helper(&insn)) {
			rex_log_err(log,
				    "the BPF program is no carrier: instruction %u is not that of a carrier of type %s",
				    i, kind->name);
			return -ENOEXEC;
		}
		at += taken;
	}
	if (i < nr || at < carrier->len) {
		rex_log_err(log,
			    "the BPF program is no carrier: it is not as long as one of type %s, which has %u instructions",
			    kind->name, nr);
		return -ENOEXEC;
	}
	return 0;
}

/*
 * Compare what the context has beyond the packet or the registers. XDP programs have a
 * device that the packet goes to only if they run for an entry of a devmap. A link to many
 * probes, which is another attach type than one to a single probe, has another structure
 * that current->bpf_ctx points to: see probelink.h.
 */
static bool carrier_same_context(const struct bpf_prog *carrier,
				 const struct rex_prog *prog)
{
	switch (prog->type) {
	case BPF_PROG_TYPE_XDP:
		return (carrier->expected_attach_type == BPF_XDP_DEVMAP) ==
		       (prog->attach_type == BPF_XDP_DEVMAP);
	case BPF_PROG_TYPE_KPROBE:
		return rex_probelink_accepts(carrier, prog);
	default:
		return true;
	}
}

/*
 * A sleepable carrier is a reader of RCU Tasks Trace, which the end of its program waits
 * for (bind_retired.c), and so is a run that sleeps. A carrier of the other sort may not
 * sleep.
 */
static int carrier_check_code(const struct bpf_prog *carrier,
			      const struct rex_prog *prog, struct rex_log *log)
{
	if (!carrier->jited) {
		rex_log_err(log,
			    "the BPF program is not compiled: net.core.bpf_jit_enable was 0 when it was loaded");
		return -ENOEXEC;
	}
	if (rex_compat_prog_sleepable(carrier) != prog->kind->sleepable) {
		rex_log_err(log,
			    "program %s is %ssleepable, and the BPF program is %s (BPF_F_SLEEPABLE)",
			    prog->name, prog->kind->sleepable ? "" : "not ",
			    prog->kind->sleepable ? "not" : "it");
		return -ENOEXEC;
	}
	return 0;
}

int rex_carrier_check(const struct bpf_prog *carrier,
		      const struct rex_prog *prog, struct rex_log *log)
{
	int ret;

	if (carrier->type != prog->type ||
	    !carrier_same_context(carrier, prog)) {
		rex_log_err(log,
			    "the BPF program is of type %u, attach type %u; program %s is of type %u, attach type %u",
			    carrier->type, carrier->expected_attach_type,
			    prog->name, prog->type, prog->attach_type);
		return -EPROTOTYPE;
	}
	ret = rex_tracepoints_check_carrier(carrier, prog, log);
	ret = ret ?: carrier_check_code(carrier, prog, log);
	return ret ?: carrier_check_body(carrier, prog->kind, log);
}

/* The call is searched for, since the JIT puts different code before it. */
static u8 *carrier_find_call(const struct bpf_prog *carrier)
{
	const void *target = rex_ksyms.bpf_ktime_get_boot_ns;
	u8 *code = (u8 *)carrier->bpf_func;
	u8 *found = NULL;
	u32 i;

	for (i = 0; i + 5 <= carrier->jited_len; i++) {
		s32 rel;

		memcpy(&rel, &code[i + 1], sizeof(rel));
		if (code[i] != 0xe8 || &code[i + 5] + rel != target)
			continue;
		if (found)
			return NULL;
		found = &code[i];
	}
	return found;
}

/*
 * The kernel calls a carrier at its first instruction. Before the call of the helper, it only
 * makes a frame there, and after it, only what the thunk does as well. So a jump from the first
 * instruction to the thunk has the program's caller as the caller of the thunk.
 *
 * The kernel itself turns the NOP into a jump or a call to trace the program or to replace it,
 * but only if the program has types.
 */
static u8 *carrier_find_entry(const struct bpf_prog *carrier)
{
	static const u8 nop[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	static const u8 endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	u8 *code = (u8 *)carrier->bpf_func;

	if (carrier->aux->func_info_cnt)
		return NULL;
	if (!memcmp(code, endbr, sizeof(endbr)))
		code += sizeof(endbr);
	return memcmp(code, nop, sizeof(nop)) ? NULL : code;
}

bool rex_carrier_find_code(const struct bpf_prog *carrier,
			   struct rex_carrier_code *code)
{
	code->entry = carrier_find_entry(carrier);
	code->call = carrier_find_call(carrier);
	return code->call;
}

/* ---- BPF programs to look at ---- */

struct load_work {
	struct work_struct work;
	union bpf_attr *attr;
	struct bpf_prog *prog;
};

/*
 * This runs in a kernel thread, which has the right to load, and whose
 * descriptors no process can close. A file that the thread closes is freed at
 * once; a process's file is freed when the process returns to userspace.
 */
static void carrier_load(struct work_struct *work)
{
	struct load_work *load = container_of(work, struct load_work, work);
	int fd = rex_kcall(kern_sys_bpf)(BPF_PROG_LOAD, load->attr,
					 sizeof(*load->attr));

	if (fd < 0) {
		load->prog = ERR_PTR(fd);
		return;
	}
	load->prog = rex_kcall(bpf_prog_get)(fd);
	close_fd(fd);
}

/* Load a program of @nr instructions; @attr has its type. */
static struct bpf_prog *__init carrier_load_prog(union bpf_attr *attr,
						 const struct bpf_insn *insns,
						 u32 nr)
{
	static const char license[] = "GPL";
	struct load_work load = { .attr = attr };

	attr->insns = (unsigned long)insns;
	attr->insn_cnt = nr;
	attr->license = (unsigned long)license;
	strscpy(attr->prog_name, "rex_test", sizeof(attr->prog_name));
	INIT_WORK_ONSTACK(&load.work, carrier_load);
	schedule_work(&load.work);
	flush_work(&load.work);
	destroy_work_on_stack(&load.work);
	return load.prog;
}

static struct bpf_prog *__init carrier_load_of(const struct rex_prog_kind *kind)
{
	struct bpf_insn body[REX_CARRIER_MAX_INSNS];
	union bpf_attr attr = {
		.prog_type = kind->type,
		.expected_attach_type = kind->attach_type,
		.prog_flags = kind->sleepable ? BPF_F_SLEEPABLE : 0,
	};

	return carrier_load_prog(&attr, body, rex_carrier_body(body, kind));
}

struct bpf_prog *__init rex_carrier_load_test(void)
{
	const struct rex_prog_kind *kind = &rex_prog_kinds[0];
	struct bpf_prog *carrier = carrier_load_of(kind);

	if (IS_ERR(carrier)) {
		pr_err("cannot load a BPF program (%ld)\n", PTR_ERR(carrier));
		return carrier;
	}
	if (!carrier->jited)
		pr_err("BPF programs are not compiled: set net.core.bpf_jit_enable to 1\n");
	else if (carrier_check_body(carrier, kind, NULL))
		pr_err("this kernel changes the instructions of carriers\n");
	else if (!carrier_find_call(carrier))
		pr_err("the code of carriers has no call of bpf_ktime_get_boot_ns in this kernel\n");
	else
		return carrier;
	bpf_prog_put(carrier);
	return ERR_PTR(-ENOEXEC);
}

bool rex_carrier_knows_function __ro_after_init = true;

/* The program is for any function that the kernel's types have, and is not attached to it. */
void __init rex_carrier_verify_function(void)
{
	const struct bpf_insn load = BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_1,
						 REX_TRACED_FUNCTION * 8);
	const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_func_ip },
		BPF_MOV64_IMM(BPF_REG_0, 0),
		BPF_EXIT_INSN(),
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_TRACING,
		.expected_attach_type = BPF_TRACE_FENTRY,
		.attach_btf_id = rex_ksyms_type_id("bpf_prog_get") ?:
					 rex_ksyms_type_id("bpf_map_get"),
	};
	struct bpf_prog *prog;

	/* Without BTF, the kernel has no such programs. */
	if (!attr.attach_btf_id)
		return;
	prog = carrier_load_prog(&attr, insns, ARRAY_SIZE(insns));
	if (IS_ERR(prog)) {
		pr_notice("no fentry program can be loaded (%ld): where the address of a traced function is was not verified\n",
			  PTR_ERR(prog));
		return;
	}
	rex_carrier_knows_function =
		!memcmp(&prog->insnsi[0], &load, sizeof(load)) &&
		!rex_selftest_is_other(REX_OTHER_TRAMPOLINE);
	bpf_prog_put(prog);
	if (!rex_carrier_knows_function)
		pr_warn("this kernel keeps the address of a traced function elsewhere: programs cannot ask for it\n");
}
