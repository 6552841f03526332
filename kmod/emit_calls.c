// SPDX-License-Identifier: GPL-2.0
/*
 * The helpers that change maps (helpers_map.c) and reserve records (helpers_ringbuf.c)
 * ask many questions, and the answers are nearly always the same: interrupts are on, the
 * values of the map have no lock, the record is the only thing that the run holds. This
 * code does what the helper does for those answers. For all others it branches to the
 * helper's gate, with the program's arguments and stack, and has changed nothing.
 *
 *  - Interrupts cannot go on or off between the question and the call: a program cannot
 *    change them, and what interrupts it restores them.
 *  - With interrupts on, rex_nowait_begin() only counts the helper. So does this code, in
 *    one instruction; counting down is the test of the mark, too. Nothing ends the run
 *    before it has counted down again: the code is no program's text, so that a run is only
 *    marked in it (rex_fault_stop()), and an exception in the kernel's functions is the
 *    kernel's, as in a helper.
 *  - The mark is tested where any gate tests it, after the work. A record is in the list
 *    of the run's resources before that.
 *  - The run itself reads that list at its end. Runs that come in between have lists of
 *    their own. So the order of the stores does not matter.
 *  - A map has the same operations, and the same fields in its values, from its creation
 *    to its end.
 *  - No tracer sees this code. Tracers of the kernel's functions call their programs where
 *    they would if a helper had called the function; they see no call that a shortcut
 *    (shortcut.h) makes unnecessary.
 */
#include <linux/bpf.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/filter.h>

#include <asm/processor-flags.h>

#include "compat.h"
#include "emit.h"
#include "emit_calls.h"
#include "emit_stubs.h"
#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "mapkind.h"
#include "nowait.h"
#include "resource.h"
#include "run.h"
#include "shortcut.h"

/* The address that the program returns to lies so far from rex_limit, in %rcx. */
#define RETURN_SLOT (REX_RUN_FROM_LIMIT - 8)

/*
 * A run that holds one record, with interrupts on, has this as the number of its resources
 * and, in the upper half, as the kind of the first one.
 */
#define ONE_RECORD ((s64)REX_RESOURCE_RINGBUF << 32 | 1)
static_assert(ONE_RECORD == 1);
static_assert(offsetof(struct rex_resources, first[0].kind) ==
	      offsetof(struct rex_resources, nr) + sizeof(u32));

/* These types have a path of their own; the most used ones come first. */
static const struct {
	enum bpf_map_type type;
	const struct bpf_map_ops *const *ops;
} calls_types[] = {
	{ BPF_MAP_TYPE_HASH, &rex_ksyms.htab_map_ops },
	{ BPF_MAP_TYPE_PERCPU_HASH, &rex_ksyms.htab_percpu_map_ops },
	{ BPF_MAP_TYPE_LRU_HASH, &rex_ksyms.htab_lru_map_ops },
	{ BPF_MAP_TYPE_LRU_PERCPU_HASH, &rex_ksyms.htab_lru_percpu_map_ops },
	{ BPF_MAP_TYPE_LPM_TRIE, &rex_ksyms.trie_map_ops },
	{ BPF_MAP_TYPE_ARRAY, &rex_ksyms.array_map_ops },
	{ BPF_MAP_TYPE_PERCPU_ARRAY, &rex_ksyms.percpu_array_map_ops },
};

/* Branch to @slow with interrupts off; %rax is lost. */
static void calls_emit_irqs_on(struct rex_emit *e, u64 slow)
{
	EMIT(e, 0x9c); /* pushf */
	EMIT(e, 0x58); /* pop %rax */
	EMIT(e, 0xa9); /* test $X86_EFLAGS_IF,%eax */
	rex_emit_s32(e, X86_EFLAGS_IF);
	rex_emit_jcc(e, CC_E, slow);
}

/*
 * Branch to @slow if the values of the map, %rdi, may have a lock; %rax is lost. A map
 * without a record has NULL in its place, or the error of the search for fields of the
 * kernel: that of values whose type is no struct is -EINVAL.
 */
static void calls_emit_no_lock(struct rex_emit *e, u64 slow)
{
	if (rex_compat_map_has_record) {
		rex_emit_load(e, RAX, RDI, rex_compat_map_record);
		EMIT(e, 0x48, 0x05); /* add $MAX_ERRNO,%rax */
		rex_emit_s32(e, MAX_ERRNO);
		EMIT(e, 0x48, 0x3d); /* cmp $MAX_ERRNO + 1,%rax */
		rex_emit_s32(e, MAX_ERRNO + 1);
		rex_emit_jcc(e, CC_AE, slow);
	} else {
		EMIT(e, 0xf6,
		     0x87); /* testb $0x80,offset + 3(%rdi): the sign */
		rex_emit_s32(e, rex_compat_map_record + 3);
		EMIT(e, 0x80);
		rex_emit_jcc(e, CC_E, slow);
	}
}

/* incl %gs:rex_gate_word, which is undone by the end of a gate that is counted */
static void calls_emit_count(struct rex_emit *e)
{
	EMIT(e, 0x65, 0xff);
	rex_emit_percpu(e, 0, &rex_gate_word);
}

/* Call the kernel's @function, of a map that @waits, and return: an int, with @is_int. */
static void calls_emit_call(struct rex_emit *e, enum rex_map_waits waits,
			    u64 function, bool is_int, u64 slow)
{
	if (waits != REX_WAITS_NOTHING) {
		calls_emit_irqs_on(e, slow);
		calls_emit_count(e);
	}
	rex_emit_call(e, function);
	if (rex_compat_map_returns_int && !is_int)
		EMIT(e, 0x48, 0x98); /* cltq */
	if (waits != REX_WAITS_NOTHING)
		rex_emit_gate_end_counted(e);
	else
		rex_emit_gate_end(e);
}

/*
 * If %rax is @ops, call @function and return. BPF_F_LOCK, which the helper refuses, is
 * refused by the kernel here, as the values have no lock.
 */
static void calls_emit_type(struct rex_emit *e, struct rex_map_kind kind,
			    const struct bpf_map_ops *ops, u64 function,
			    u64 slow)
{
	u32 next;

	if (!function)
		return;
	EMIT(e, 0x48, 0x3d); /* cmp $ops,%rax */
	rex_emit_s32(e, (s64)ops);
	next = rex_emit_jcc_ahead(e, CC_NE);
	if (kind.lock == REX_MAP_LOCK)
		calls_emit_no_lock(e, slow);
	calls_emit_call(e, kind.waits, function, false, slow);
	rex_emit_distance(e, next);
}

u64 rex_calls_emit_typed(enum bpf_map_type type, u64 function, u64 slow)
{
	u64 gate;
	struct rex_emit *e = rex_stubs_begin(&gate);

	calls_emit_call(e, rex_map_kind(type).waits, function, true, slow);
	return gate;
}

/* %rdi is the map, here and in the functions that follow. */
static struct rex_emit *calls_begin_map(u64 *gate)
{
	struct rex_emit *e = rex_stubs_begin(gate);

	/* mov ops(%rdi),%rax */
	rex_emit_load(e, RAX, RDI, offsetof(struct bpf_map, ops));
	return e;
}

#define CALLS_EMIT_MAP(gate, operation)                                       \
	do {                                                                  \
		u64 slow = *(gate);                                           \
		struct rex_emit *e = calls_begin_map(gate);                   \
		for (size_t i = 0; i < ARRAY_SIZE(calls_types); i++) {        \
			const struct bpf_map_ops *ops = *calls_types[i].ops;  \
			calls_emit_type(e, rex_map_kind(calls_types[i].type), \
					ops, (u64)ops->operation, slow);      \
		}                                                             \
		rex_emit_jmp(e, slow);                                        \
	} while (0)

/* Emit an instruction with a member of the run's state and an immediate of @size bytes. */
#define CALLS_EMIT_ON_RUN(e, member, immediate, size, ...)          \
	do {                                                        \
		EMIT(e, __VA_ARGS__);                               \
		rex_emit_s32(e, REX_RUN_OFFSET(member));            \
		rex_emit_bytes(e, &(const s32){ immediate }, size); \
	} while (0)

/*
 * The result of a call, %rax, is the argument of a gate, after which the caller is no longer
 * counted.
 */
static u64 calls_emit_with_result(u64 gate)
{
	u64 addr;
	struct rex_emit *e = rex_stubs_begin(&addr);

	EMIT(e, 0x48, 0x89, 0xc7); /* mov %rax,%rdi */
	/* decl %gs:rex_gate_word */
	EMIT(e, 0x65, 0xff);
	rex_emit_percpu(e, 1, &rex_gate_word);
	rex_emit_jmp(e, gate);
	return addr;
}

/*
 * The first record of a run; @lost counts one that there is no room for, and @keep puts a
 * further one, in %rax, on the list.
 */
static void calls_emit_reserve(u64 *gate, u64 lost, u64 keep)
{
	u64 slow = *gate;
	struct rex_emit *e = rex_stubs_begin(gate);

	calls_emit_irqs_on(e, slow);
	calls_emit_count(e);
	rex_emit_call(e, rex_shortcuts.rings ?
				 (u64)rex_shortcut_reserve :
				 (u64)static_call_query(
					 rex_k_bpf_ringbuf_reserve));
	EMIT(e, 0x48, 0x85, 0xc0); /* test %rax,%rax */
	rex_emit_jcc(e, CC_E, lost);
	rex_emit_limit(e);
	/* cmpl $0,run->resources.nr */
	CALLS_EMIT_ON_RUN(e, resources.nr, 0, 1, 0x83, 0xb9);
	rex_emit_jcc(e, CC_NE, keep);
	rex_emit_store(e, RAX, RCX, REX_RUN_OFFSET(resources.first[0].ptr));
	/* movq $ONE_RECORD,run->resources.nr */
	CALLS_EMIT_ON_RUN(e, resources.nr, ONE_RECORD, 4, 0x48, 0xc7, 0x81);
	/* movq $finish,return slot */
	EMIT(e, 0x48, 0xc7, 0x81);
	rex_emit_s32(e, RETURN_SLOT);
	rex_emit_s32(e, rex_stubs.finish);
	rex_emit_gate_end_counted(e);
}

/*
 * The record, %rdi, is the only thing that the run holds. Its kind says that interrupts
 * are on.
 */
static void calls_emit_give_back(u64 *gate, u64 function)
{
	u64 slow = *gate;
	struct rex_emit *e = rex_stubs_begin(gate);

	rex_emit_limit(e);
	/* cmpq $ONE_RECORD,run->resources.nr */
	CALLS_EMIT_ON_RUN(e, resources.nr, ONE_RECORD, 1, 0x48, 0x83, 0xb9);
	rex_emit_jcc(e, CC_NE, slow);
	/* cmp %rdi,run->resources.first[0].ptr */
	rex_emit_mem(e, 0x39, RDI, RCX, REX_RUN_OFFSET(resources.first[0].ptr));
	rex_emit_jcc(e, CC_NE, slow);
	/* cmpq $0,run->lock */
	CALLS_EMIT_ON_RUN(e, lock, 0, 1, 0x48, 0x83, 0xb9);
	rex_emit_jcc(e, CC_NE, slow);
	/* movl $0,run->resources.nr */
	CALLS_EMIT_ON_RUN(e, resources.nr, 0, 4, 0xc7, 0x81);
	rex_emit_load(e, RAX, RCX, REX_RUN_OFFSET(prog));
	EMIT(e, 0x48, 0x83, 0xe0, (u8)~REX_RUN_MARKS); /* and $~MARKS,%rax */
	rex_emit_load(e, RAX, RAX, offsetof(struct rex_prog, ret));
	rex_emit_store(e, RAX, RCX, RETURN_SLOT);
	rex_emit_call(e, function);
	/* %rax is 0: both functions return nothing else. */
	rex_emit_gate_end(e);
}

u64 rex_calls_hash_key_offset __ro_after_init;

/* A kernel whose verifier does something else has this in place of its function. */
static void *calls_find_hash(struct bpf_map *map, void *key)
{
	void *value = map->ops->map_lookup_elem(map, key);

	return value ? value - round_up(map->key_size, 8) : NULL;
}

/* Returns whether @insn adds at least @least to the result of a call. */
static bool __init calls_adds(const struct bpf_insn *insn, s32 least)
{
	return insn->code == (BPF_ALU64 | BPF_ADD | BPF_K) &&
	       insn->dst_reg == BPF_REG_0 && insn->imm >= least;
}

/*
 * The kernel's verifier has a function generate the instructions that take the place of a
 * lookup: a call of another function and, if that finds an element, an addition of the
 * distance to the value. Only this function knows both of them.
 */
u64 __init rex_calls_find_hash(void)
{
	static struct bpf_insn insns[64] __initdata;
	static struct bpf_map map __initdata = { .key_size = 8 };
	const struct bpf_map_ops *ops = rex_ksyms.htab_map_ops;

	if (ops->map_gen_lookup && ops->map_gen_lookup(&map, insns) == 3 &&
	    insns[0].code == (BPF_JMP | BPF_CALL) && !insns[0].src_reg &&
	    insns[1].code == (BPF_JMP | BPF_JEQ | BPF_K) &&
	    insns[1].dst_reg == BPF_REG_0 && !insns[1].imm &&
	    insns[1].off == 1 && calls_adds(&insns[2], map.key_size)) {
		rex_calls_hash_key_offset = insns[2].imm - map.key_size;
		return (u64)__bpf_call_base + insns[0].imm;
	}
	return (u64)calls_find_hash;
}

void __init rex_calls_emit(const struct rex_calls *calls)
{
	u64 lost =
		calls_emit_with_result(rex_stubs_emit_gate(rex_ringbuf_lost));
	u64 keep =
		calls_emit_with_result(rex_stubs_emit_gate(rex_ringbuf_keep));

	CALLS_EMIT_MAP(calls->update, map_update_elem);
	CALLS_EMIT_MAP(calls->delete, map_delete_elem);
	calls_emit_reserve(calls->reserve, lost, keep);
	calls_emit_give_back(calls->submit,
			     (u64)static_call_query(rex_k_bpf_ringbuf_submit));
	calls_emit_give_back(calls->discard,
			     (u64)static_call_query(rex_k_bpf_ringbuf_discard));
	/* This helper only calls the kernel's. */
	*calls->random =
		rex_stubs_emit_gate(static_call_query(rex_k_bpf_user_rnd_u32));
}
