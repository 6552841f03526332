// SPDX-License-Identifier: GPL-2.0
/*
 * The corpus of the machine-code check. The code is in snippets.S. Relocations,
 * which the assembler's code lacks, are here.
 */
#include "cases.h"

/* ---- snippets ---- */

struct obj_cases snippet_cases;

u32 add_snippet(struct obj *o, const struct snippet *snippet)
{
	static const u8 jmp[] = { 0xe9, 0, 0, 0, 0 };
	u32 thunk = obj_sym_index(o, "__x86_return_thunk");
	u32 text = obj_sec_index(o, ".text");
	struct bytes body = {};
	u32 i, victim;

	if (snippet->cpu_features)
		obj_declare(o, snippet->cpu_features);
	bytes_append(&body, snippet->start, snippet->end - snippet->start);
	bytes_append(&body, jmp, sizeof(jmp));
	victim =
		obj_add_func(o, "victim", body.data, body.size, snippet->frame);
	free(body.data);
	obj_add_rela(o, text, o->secs[text].data.size - 4, R_X86_64_PLT32,
		     thunk, -4);
	i = obj_add_func(o, "neighbour", jmp, sizeof(jmp), 0);
	obj_add_rela(o, text, o->syms[i].value + OBJ_PROG_BODY + 1,
		     R_X86_64_PLT32, thunk, -4);
	return victim;
}

/* The linker makes the table, and the cases are in its order. */
__attribute__((constructor)) static void make_snippet_cases(void)
{
	static struct obj_case cases[512];
	const struct snippet *s;
	size_t nr = 0;

	for (s = __start_snippets; s < __stop_snippets; s++) {
		if (nr == ARRAY_SIZE(cases))
			abort();
		cases[nr++] = (struct obj_case){
			.name = s->name,
			.err = s->words[0] ? ENOEXEC : 0,
			.words = s->words[0] ? s->words : NULL,
			.snippet = s,
		};
	}
	snippet_cases = (struct obj_cases){ cases, nr };
}

/* ---- relocations ---- */

#define UNDEF SYM_INFO(STB_GLOBAL, STT_NOTYPE)

/* A function with these bytes and a return. Returns where its body is in .text. */
static u64 add_code(struct obj *o, const void *code, size_t size)
{
	const struct snippet snippet = {
		.start = code,
		.end = (const u8 *)code + size,
		.frame = 64,
	};
	u32 victim = add_snippet(o, &snippet);

	return o->syms[victim].value + OBJ_PROG_BODY;
}

static void relocate(struct obj *o, u64 at, u32 type, u32 sym, s64 addend)
{
	obj_add_rela(o, obj_sec_index(o, ".text"), at, type, sym, addend);
}

#define CALL 0xe8
#define JMP 0xe9

/* Add a function with a branch to a symbol. */
static void add_branch(struct obj *o, u8 opcode, u32 sym, s64 addend)
{
	const u8 code[] = { opcode, 0, 0, 0, 0 };

	relocate(o, add_code(o, code, sizeof(code)) + 1, R_X86_64_PLT32, sym,
		 addend);
}

/* Add a function of the runtime, as an undefined symbol. */
static u32 runtime(struct obj *o, const char *name)
{
	return obj_add_sym(o, name, UNDEF, SHN_UNDEF, 0, 0);
}

static u32 absolute(struct obj *o, u64 value)
{
	return obj_add_sym(o, "absolute", UNDEF, SHN_ABS, value, 0);
}

/* call of an address of the kernel, as an absolute symbol */
static void call_of_an_absolute_symbol(struct obj *o)
{
	add_branch(o, CALL, absolute(o, 0xffffffff81234560), -4);
}

static void jump_to_an_absolute_symbol(struct obj *o)
{
	add_branch(o, JMP, absolute(o, 0xffffffff81234560), -4);
}

/* The offset of a field is a symbol of the runtime, but no function. */
static void call_of_an_offset(struct obj *o)
{
	u64 at = add_code(o, "\xe8\0\0\0\0", 5);

	relocate(o, at + 1, R_X86_64_PC32,
		 obj_add_sym(o, "__rex_off_task_struct_pid", UNDEF, SHN_UNDEF,
			     0, 0),
		 -0x7f000000);
}

static void call_past_a_function_s_beginning(struct obj *o)
{
	add_branch(o, CALL, runtime(o, "memcpy"), -3);
}

static void call_into_another_function(struct obj *o)
{
	add_branch(o, CALL, obj_sym_index(o, "prog"), OBJ_PROG_BODY - 4);
}

/* After the endbr64, at the start of the pad, which a branch must not reach. */
static void call_of_another_pad(struct obj *o)
{
	add_branch(o, CALL, obj_sym_index(o, "prog"), 0);
}

static void jump_past_another_pad(struct obj *o)
{
	add_branch(o, JMP, obj_sym_index(o, "prog"), OBJ_PROG_BODY - 4);
}

static void call_of_data(struct obj *o)
{
	add_branch(o, CALL, obj_sym_index(o, "counter"), -4);
}

static void call_of_the_return_thunk(struct obj *o)
{
	add_branch(o, CALL, obj_sym_index(o, "__x86_return_thunk"), -4);
}

static void branch_to_the_return_thunk(struct obj *o)
{
	u64 at = add_code(o, "\x0f\x84\0\0\0\0", 6);

	relocate(o, at + 2, R_X86_64_PLT32,
		 obj_sym_index(o, "__x86_return_thunk"), -4);
}

static void jump_with_a_frame_to_another_function(struct obj *o)
{
	u64 at = add_code(o, "\x50\xe9\0\0\0\0", 6);

	relocate(o, at + 2, R_X86_64_PLT32, obj_sym_index(o, "prog"), -4);
}

/* Opcode and operands. The image's address would decide which instruction this is. */
static void relocation_of_an_opcode(struct obj *o)
{
	u64 at = add_code(o, "\x90\x90\x90\x90\x90\x90\x90\x90", 8);

	relocate(o, at + 2, R_X86_64_32S, absolute(o, 0x90909090),
		 -0x100000000);
}

static void relocation_of_a_displacement_and_more(struct obj *o)
{
	/* mov 0x0(%rdi),%eax; then bytes that the relocation writes as well */
	u64 at = add_code(o, "\x8b\x87\0\0\0\0\x90\x90\x90\x90", 10);

	relocate(o, at + 3, R_X86_64_32S, absolute(o, 0x90000000),
		 -0x100000000);
}

static void relocation_of_a_half_immediate(struct obj *o)
{
	/* movabs $0,%rax */
	u64 at = add_code(o, "\x48\xb8\0\0\0\0\0\0\0\0", 10);

	relocate(o, at + 2, R_X86_64_32S, absolute(o, 1), 0);
}

static void relocation_over_two_immediates(struct obj *o)
{
	/* mov $0,%eax; mov $0,%ecx */
	u64 at = add_code(o, "\xb8\0\0\0\0\xb9\0\0\0\0", 10);

	relocate(o, at + 2, R_X86_64_64, absolute(o, 0xb9000000), 0);
}

static void address_within_a_function(struct obj *o)
{
	/* mov $prog+20,%rax */
	u64 at = add_code(o, "\x48\xc7\xc0\0\0\0\0", 7);

	relocate(o, at + 3, R_X86_64_32S, obj_sym_index(o, "prog"),
		 OBJ_PROG_BODY);
}

static void address_of_another_instruction(struct obj *o)
{
	/* lea prog+20(%rip),%rax */
	u64 at = add_code(o, "\x48\x8d\x05\0\0\0\0", 7);

	relocate(o, at + 3, R_X86_64_PC32, obj_sym_index(o, "prog"),
		 OBJ_PROG_BODY - 4);
}

static void far_address_within_a_function(struct obj *o)
{
	u64 at = add_code(o, "\x48\xb8\0\0\0\0\0\0\0\0", 10);

	relocate(o, at + 2, R_X86_64_64, obj_sym_index(o, "prog"),
		 OBJ_PROG_BODY);
}

static void data_with_an_address_within_a_function(struct obj *o)
{
	obj_rela(o, ".rodata", 0)->rela.r_addend = OBJ_PROG_BODY;
}

static void table_of_distances_to_text(struct obj *o)
{
	u32 data = obj_sec_index(o, ".data");

	obj_add_rela(o, data, 0, R_X86_64_PC32, obj_sym_index(o, "prog"),
		     OBJ_PROG_BODY);
}

static void got_with_an_address_within_a_function(struct obj *o)
{
	/* an instruction that keeps the GOT: add sym@GOTPCREL(%rip),%rax */
	u64 at = add_code(o, "\x48\x03\x05\0\0\0\0", 7);
	u32 sym = obj_add_sym(o, "within", SYM_INFO(STB_LOCAL, STT_NOTYPE),
			      obj_sec_index(o, ".text"), OBJ_PROG_BODY, 0);

	relocate(o, at + 3, R_X86_64_GOTPCREL, sym, -4);
}

static void store_to_an_absolute_symbol(struct obj *o)
{
	/* mov %rax,sym */
	u64 at = add_code(o, "\x48\x89\x04\x25\0\0\0\0", 8);

	relocate(o, at + 4, R_X86_64_32S, absolute(o, 0xffffffff81234560), 0);
}

static void store_to_text_by_symbol(struct obj *o)
{
	u64 at = add_code(o, "\x48\x89\x05\0\0\0\0", 7);

	relocate(o, at + 3, R_X86_64_PC32, obj_sym_index(o, "prog"), -4);
}

static void function_without_an_end(struct obj *o)
{
	obj_add_func(o, "endless", "\x90", 1, 0);
}

static void function_that_is_only_a_pad(struct obj *o)
{
	obj_add_func(o, "empty", "", 0, 0);
}

/* ---- allowed ---- */

static void calls_and_addresses(struct obj *o)
{
	/* call memcpy; lea counter(%rip),%rdi; mov $prog,%rsi; call prog */
	u64 at =
		add_code(o,
			 "\xe8\0\0\0\0\x48\x8d\x3d\0\0\0\0\x48\xc7\xc6\0\0\0\0\xe8\0\0\0\0",
			 24);

	relocate(o, at + 1, R_X86_64_PLT32, runtime(o, "memcpy"), -4);
	relocate(o, at + 8, R_X86_64_PC32, obj_sym_index(o, "counter"), -4);
	relocate(o, at + 15, R_X86_64_32S, obj_sym_index(o, "prog"), 0);
	relocate(o, at + 20, R_X86_64_PLT32, obj_sym_index(o, "prog"), -4);
}

static void indirect_calls_by_the_got(struct obj *o)
{
	/* call *memcpy@GOTPCREL(%rip), which becomes a direct one */
	u64 at = add_code(o, "\xff\x15\0\0\0\0", 6);

	relocate(o, at + 2, R_X86_64_GOTPCRELX, runtime(o, "memcpy"), -4);
}

static void indirect_jump_by_the_got(struct obj *o)
{
	u64 at = add_code(o, "\xff\x25\0\0\0\0", 6);

	relocate(o, at + 2, R_X86_64_GOTPCRELX, runtime(o, "memcpy"), -4);
}

/* Code after the call of a function that never returns has another stack. */
static void call_that_does_not_return(struct obj *o)
{
	/* test %edi,%edi; je 1f; push %rax; call endless; 1: nop */
	u64 at = add_code(o, "\x85\xff\x74\x06\x50\xe8\0\0\0\0\x90", 11);
	/* jmp . */
	u32 endless = obj_add_func(o, "endless", "\xeb\xfe", 2, 0);

	relocate(o, at + 6, R_X86_64_PLT32, endless, -4);
}

/* The same, but it returns. */
static void call_that_returns(struct obj *o)
{
	u64 at = add_code(o, "\x85\xff\x74\x06\x50\xe8\0\0\0\0\x90", 11);

	relocate(o, at + 6, R_X86_64_PLT32, obj_sym_index(o, "prog"), -4);
}

/* ---- attacks of docs/trust.md that the check does not see ---- */

/* A size larger than the array, from a crate that poses as core. */
static void unseen_copy_over_an_array(struct obj *o)
{
	/* push %rbp; mov %rsp,%rbp; lea -0x50(%rbp),%rdi; mov $0x1000,%esi */
	u64 at =
		add_code(o,
			 "\x55\x48\x89\xe5\x48\x8d\x7d\xb0\xbe\x00\x10\0\0\xe8\0\0\0\0\x5d",
			 19);

	relocate(o, at + 14, R_X86_64_PLT32, runtime(o, "memcpy"), -4);
}

/* A function with the name of the runtime's allocator, which returns any address. */
static void unseen_allocator_of_its_own(struct obj *o)
{
	/* call rex_heap_alloc; movq $0,(%rax) */
	u64 at = add_code(o, "\xe8\0\0\0\0\x48\xc7\x00\0\0\0\0", 12);
	u32 alloc = obj_add_sym(o, "rex_heap_alloc",
				SYM_INFO(STB_GLOBAL, STT_FUNC),
				obj_sec_index(o, ".text"),
				obj_sym(o, "neighbour")->value,
				obj_sym(o, "neighbour")->size);

	relocate(o, at + 1, R_X86_64_PLT32, alloc, -4);
}

#define RUNTIME "branches to an address that is no function of the runtime"
#define WITHIN "takes an address within a function"
#define OPERANDS "has a relocation that is not one of its operands"
#define ADDRESS "accesses memory that is not the image's"
#define RETURN "is a return that the toolchain does not make"
#define DATA "has an address within a function, not that of one"

static const struct obj_case cases[] = {
	MODEL_CASE(call_of_an_absolute_symbol, ENOEXEC, RUNTIME),
	MODEL_CASE(jump_to_an_absolute_symbol, ENOEXEC, RUNTIME),
	MODEL_CASE(call_of_an_offset, ENOEXEC, ""),
	MODEL_CASE(call_past_a_function_s_beginning, ENOEXEC, RUNTIME),
	MODEL_CASE(call_into_another_function, ENOEXEC,
		   "branches into another function"),
	MODEL_CASE(call_of_another_pad, ENOEXEC,
		   "branches into another function"),
	MODEL_CASE(jump_past_another_pad, ENOEXEC,
		   "branches into another function"),
	MODEL_CASE(call_of_data, ENOEXEC, RUNTIME),
	MODEL_CASE(call_of_the_return_thunk, ENOEXEC, RETURN),
	MODEL_CASE(branch_to_the_return_thunk, ENOEXEC, RETURN),
	MODEL_CASE(jump_with_a_frame_to_another_function, ENOEXEC,
		   "leaves the function with a frame on the stack"),
	MODEL_CASE(relocation_of_an_opcode, ENOEXEC, OPERANDS),
	MODEL_CASE(relocation_of_a_displacement_and_more, ENOEXEC, OPERANDS),
	MODEL_CASE(relocation_of_a_half_immediate, ENOEXEC, OPERANDS),
	MODEL_CASE(relocation_over_two_immediates, ENOEXEC, OPERANDS),
	MODEL_CASE(address_within_a_function, ENOEXEC, WITHIN),
	MODEL_CASE(address_of_another_instruction, ENOEXEC, WITHIN),
	MODEL_CASE(far_address_within_a_function, ENOEXEC, WITHIN),
	MODEL_CASE(data_with_an_address_within_a_function, ENOEXEC, DATA),
	MODEL_CASE(table_of_distances_to_text, ENOEXEC, DATA),
	MODEL_CASE(got_with_an_address_within_a_function, ENOEXEC, DATA),
	MODEL_CASE(store_to_an_absolute_symbol, ENOEXEC, ADDRESS),
	MODEL_CASE(store_to_text_by_symbol, ENOEXEC, ADDRESS),
	MODEL_CASE(function_without_an_end, ENOEXEC,
		   "function endless runs off its end"),
	MODEL_CASE(function_that_is_only_a_pad, ENOEXEC,
		   "function empty runs off its end"),
	MODEL_CASE(call_that_returns, ENOEXEC, "meets another way"),
	MODEL_CASE(unseen_copy_over_an_array, 0, NULL),
	MODEL_CASE(unseen_allocator_of_its_own, 0, NULL),
	MODEL_CASE(call_that_does_not_return, 0, NULL),
	MODEL_CASE(calls_and_addresses, 0, NULL),
	MODEL_CASE(indirect_calls_by_the_got, 0, NULL),
	MODEL_CASE(indirect_jump_by_the_got, 0, NULL),
};

const struct obj_cases check_cases = { cases, ARRAY_SIZE(cases) };
