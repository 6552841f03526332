// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the machine-code check: objects of the toolchain pass it and keep
 * its invariant, the log, and failed allocations. Refused code is in snippets.S
 * and cases_check.c, which test_corpus runs.
 *
 * test_check OBJECT...
 */
#include "cases.h"
#include "cpu_features.h"
#include "disasm.h"
#include "isa.h"
#include "runtime.h"
#include "test.h"
#include "walk.h"

static char log_text[4096];
static struct rex_log log;

static int nr_objects;
static char **objects;

static int check_file(struct loaded *l, const struct bytes *file, bool plain)
{
	int err;

	rex_log_init(&log, log_text, sizeof(log_text), REX_LOG_ERROR);
	disasm_disagreements = 0;
	err = runtime_load(l, file, plain, &log);
	if (disasm_disagreements)
		fail("the decoders do not agree");
	return err;
}

static int check_case(const struct obj_case *c)
{
	struct bytes file = make_case(c);
	struct loaded l;
	int err = check_file(&l, &file, true);

	if (!err)
		unload(&l);
	free(file.data);
	return err;
}

/* ---- objects of the toolchain ---- */

static void check_object(const char *path, bool plain)
{
	struct bytes file = {};
	struct loaded l;
	int err;
	u32 i;

	if (!read_file(path, &file)) {
		fail("%s: cannot be read", path);
		return;
	}
	err = check_file(&l, &file, plain);
	if (err)
		fail("%s: %s", path, log_text);
	for (i = 0; !err && i < l.elf.nr_funcs; i++)
		walk_function(&l, &l.elf.funcs[i], 20, i + 1);
	if (!err)
		unload(&l);
	free(file.data);
}

/* Programs with unsafe code have instructions of assembly. */
static bool has_assembly(const char *path)
{
	return strstr(path, "/hostile_unsafe.") ||
	       strstr(path, "/sweep_unsafe.");
}

static void safe_objects_pass_and_keep_the_invariant(void)
{
	int i, nr = 0;

	for (i = 0; i < nr_objects; i++) {
		if (has_assembly(objects[i]))
			continue;
		check_object(objects[i], true);
		check_object(objects[i], false);
		nr++;
	}
	if (nr < 40)
		skip("the programs of the tree are not built");
}

static void assembly_is_refused(void)
{
	struct loaded l;
	int i;

	for (i = 0; i < nr_objects; i++) {
		struct bytes file = {};

		if (!has_assembly(objects[i]) || !read_file(objects[i], &file))
			continue;
		check_int(check_file(&l, &file, true), -ENOEXEC);
		check(strstr(log_text, ": the instruction "));
		free(file.data);
	}
}

/* ---- the log ---- */

static void log_has_function_offset_bytes_and_reason(void)
{
	static const u8 code[] = { 0x90, 0x0f, 0x30 }; /* nop; wrmsr */
	struct obj *o = obj_new();
	const struct snippet snippet = { .start = code,
					 .end = code + sizeof(code) };
	struct bytes file;
	struct loaded l;

	o->syms[add_snippet(o, &snippet)].name =
		"_ZN4demo6victim17h0123456789abcdefE";
	file = obj_write(o);
	obj_free(o);
	check_int(check_file(&l, &file, true), -ENOEXEC);
	check_str(log_text,
		  "function demo::victim+0x15: the instruction 0f 30 uses a model-specific register\n");
	free(file.data);
}

static void too_large_functions_are_refused(void)
{
	u8 *code = malloc(REX_CHECK_MAX_FUNC);
	struct snippet snippet = { .start = code,
				   .end = code + REX_CHECK_MAX_FUNC };
	struct obj_case c = { .snippet = &snippet };

	memset(code, 0x90, REX_CHECK_MAX_FUNC);
	check_int(check_case(&c), -ENOEXEC);
	check(strstr(log_text, "the limit is 1048576"));
	/* the other parts of the function: endbr64, pad, return */
	snippet.end -= 4 + REX_PAD_SIZE + 5;
	check_int(check_case(&c), 0);
	free(code);
}

/* push %rbx; mov $0,%ebx; pop %rbx */
static const u8 changes_bx[] = { 0x53, 0xbb, 0, 0, 0, 0, 0x5b };
/* push %rbp; push %r15; mov %rsp,%rbp; xor %r15d,%r15d; pop %r15; pop %rbp */
static const u8 changes_two[] = { 0x55, 0x41, 0x57, 0x48, 0x89, 0xe5,
				  0x45, 0x31, 0xff, 0x41, 0x5f, 0x5d };

/* Load an object with a function of each code. */
static void load_functions(struct loaded *l, const u8 *const *codes,
			   const size_t *sizes, size_t nr)
{
	struct obj *o = obj_new();
	struct bytes file;

	for (size_t i = 0; i < nr; i++)
		add_snippet(o, &(struct snippet){ .start = codes[i],
						  .end = codes[i] + sizes[i],
						  .frame = 16 });
	file = obj_write(o);
	obj_free(o);
	*l = (struct loaded){ .saves = 0xff };
	check_int(check_file(l, &file, true), 0);
	free(file.data);
}

static u8 saved_by(const u8 *code, size_t size)
{
	struct loaded l;

	load_functions(&l, &code, &size, 1);
	unload(&l);
	return l.saves;
}

static void registers_that_functions_save_are_found(void)
{
	static const u8 none[] = { 0x31, 0xc0 }; /* xor %eax,%eax */
	/* push and pop of %r12, %r13, %r14 */
	static const u8 others[][4] = { { 0x41, 0x54, 0x41, 0x5c },
					{ 0x41, 0x55, 0x41, 0x5d },
					{ 0x41, 0x56, 0x41, 0x5e } };
	/* The program of obj_new() has a frame pointer. */
	const u8 bp = 1 << REX_KEPT_BP;

	check_int(saved_by(none, sizeof(none)), bp);
	check_int(saved_by(changes_bx, sizeof(changes_bx)),
		  bp | 1 << REX_KEPT_BX);
	check_int(saved_by(changes_two, sizeof(changes_two)),
		  bp | 1 << REX_KEPT_R15);
	check_int(saved_by(others[0], 4), bp | 1 << REX_KEPT_R12);
	check_int(saved_by(others[1], 4), bp | 1 << REX_KEPT_R13);
	check_int(saved_by(others[2], 4), bp | 1 << REX_KEPT_R14);
}

static const char *violation_in(const struct loaded *l)
{
	const char *violation = NULL;
	u32 at;

	for (u32 i = 0; i < l->elf.nr_funcs && !violation; i++)
		violation = walk_violation(l, &l->elf.funcs[i], 1, i, &at);
	return violation;
}

/* The walks have to find a register that is missing in the set, whichever function has it. */
static void registers_of_all_functions_are_in_the_set(void)
{
	static const u8 *const codes[] = { changes_bx, changes_two };
	static const size_t sizes[] = { sizeof(changes_bx),
					sizeof(changes_two) };
	const u8 all = 1 << REX_KEPT_BX | 1 << REX_KEPT_BP | 1 << REX_KEPT_R15;
	struct loaded l;
	const char *violation;

	load_functions(&l, codes, sizes, ARRAY_SIZE(codes));
	check_int(l.saves, all);
	check(!violation_in(&l));
	for (int reg = 0; reg < REX_NR_KEPT; reg++) {
		l.saves = all & ~(1u << reg);
		violation = violation_in(&l);
		if (all & 1u << reg)
			check_str(violation ?: "",
				  "a change of a register that is not saved");
		else
			check(!violation);
	}
	unload(&l);
}

/* Each push is another state; the declared frame has room for 512. */
static void frames_have_a_limit(void)
{
	u8 code[2 * 512];
	struct snippet snippet = { .start = code,
				   .end = code + sizeof(code),
				   .frame = 4096 };
	struct obj_case c = { .snippet = &snippet };

	memset(code, 0x50, 512);
	memset(code + 512, 0x58, 512);
	check_int(check_case(&c), 0);
	snippet.frame = 4080;
	check_int(check_case(&c), -ENOEXEC);
	check(strstr(log_text, "below the frame of .stack_sizes"));
}

static void every_allocation_fails(void)
{
	const struct obj_case *c = &check_cases.cases[check_cases.nr - 1];
	unsigned int nth;
	int err = -ENOMEM;

	for (nth = 1; err; nth++) {
		rex_check_exit();
		fail_alloc(nth);
		err = check_case(c);
		check_int(err, alloc_failed() ? -ENOMEM : 0);
		if (err && !alloc_failed())
			break;
	}
	fail_alloc(0);
	/* those of the loader, and known, marks, work, ids, states */
	check(nth - 2 >= 4 + 5);
}

/* Check the code of one function. Return the number of calls of the second decoder. */
static unsigned long asked_for(const u8 *code, size_t size)
{
	const struct snippet snippet = { .start = code, .end = code + size };
	const struct obj_case c = { .snippet = &snippet };
	unsigned long before = disasm_asked;

	check_int(check_case(&c), 0);
	return disasm_asked - before;
}

/* mov $N,%eax and mov $N,%ecx, with other instructions after them. */
static void second_decoder_is_asked_once_a_head(void)
{
	static const u8 one[] = { 0xb8, 1, 2, 3, 4, 0x90, 0x90, 0x90, 0x90 };
	static const u8 same[] = { 0xb8, 5, 6, 7, 8, 0x90, 0x90, 0x90, 0x90 };
	static const u8 two[] = { 0xb9, 1, 2, 3, 4, 0x90, 0x90, 0x90, 0x90 };
	unsigned long others;

	rex_check_exit();
	asked_for(one + 5, 4);
	others = asked_for(one + 5, 4);
	check(asked_for(one, sizeof(one)) == others + 1);
	check(asked_for(one, sizeof(one)) == others);
	check(asked_for(same, sizeof(same)) == others);
	check(asked_for(two, sizeof(two)) == others + 1);
}

/*
 * There are more heads of three bytes than pages. What is in no page is not quick, and what is
 * has the length that the decoder says.
 */
static void instructions_without_a_page_are_decoded(void)
{
	struct rex_isa_quick *quick = calloc(1, sizeof(*quick));
	u32 found = 0, others = 0, opcode, prefix, round;
	u8 code[8] = {};

	for (round = 0; round < 2; round++) {
		for (opcode = 0; opcode < 256; opcode++) {
			for (prefix = 0x40; prefix < 0x50; prefix++) {
				struct rex_insn insn;
				u32 info;

				code[0] = prefix;
				code[1] = opcode;
				code[2] = 0xc1;
				if (rex_isa_decode(&insn, code, sizeof(code)) ||
				    insn.kind != REX_ISA_PLAIN ||
				    insn.head != 3)
					continue;
				if (!round) {
					rex_isa_note_quick(quick, &insn, code,
							   sizeof(code));
					continue;
				}
				info = rex_isa_find_quick(quick, code,
							  sizeof(code));
				check(!info ||
				      (info & REX_ISA_QUICK_LEN) == insn.len);
				found += !!info;
				others += !info;
			}
		}
	}
	check_int(quick->nr_pages, REX_ISA_NR_PAGES);
	check(found >= REX_ISA_NR_PAGES);
	check(others > 0);
	free(quick);
}

/* The longest kinds of instructions, of which each number of bytes is there. */
static void instructions_that_end_too_early_are_refused(void)
{
	static const struct {
		u8 code[12];
		u32 size;
	} whole[] = {
		{ { 0x48, 0x8b, 0x05, 1, 2, 3, 4 }, 7 }, /* mov d(%rip),%rax */
		{ { 0x48, 0x81, 0x44, 0x24, 8, 1, 2, 3, 4 }, 9 }, /* addq */
		{ { 0x41, 0x0f, 0xb6, 0x84, 0x24, 1, 2, 3, 4 },
		  9 }, /* movzbl */
		{ { 0xf0, 0x48, 0x0f, 0xb1, 0x0f }, 5 }, /* lock cmpxchg */
		{ { 0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8 }, 10 }, /* movabs */
		{ { 0x41, 0x57 }, 2 }, /* push %r15 */
		{ { 0x66, 0xf3, 0x44, 0x0f, 0xb8, 0x04, 0x25, 1, 2, 3, 4 },
		  11 }, /* popcnt */
		{ { 0x48, 0x0f, 0x38, 0xf1, 0x41, 8 }, 6 }, /* movbe */
		{ { 0xc4, 0xe3, 0xfb, 0xf0, 0x44, 0x24, 8, 13 }, 8 }, /* rorx */
	};
	struct rex_insn insn;
	size_t i;
	u32 max;

	for (i = 0; i < ARRAY_SIZE(whole); i++) {
		check(!rex_isa_decode(&insn, whole[i].code, whole[i].size));
		for (max = 0; max < whole[i].size; max++)
			check(rex_isa_decode(&insn, whole[i].code, max));
	}
}

/* ---- features of CPUs ---- */

struct form {
	u8 code[8];
	u8 size;
	u32 needs;
	u16 writes;
};

#define R(n) (1u << (n))

static void forms_need_their_feature_and_write_their_registers(void)
{
	static const struct form forms[] = {
		/* popcnt %r9,%r14; %ax,%bp; (%rax),%esp */
		{ { 0xf3, 0x4d, 0x0f, 0xb8, 0xf1 }, 5, REX_CPU_POPCNT, R(14) },
		{ { 0x66, 0xf3, 0x0f, 0xb8, 0xe8 }, 5, REX_CPU_POPCNT, R(5) },
		{ { 0xf3, 0x0f, 0xb8, 0x20 }, 4, REX_CPU_POPCNT, R(4) },
		/* lzcnt %r9,%r14; bsr %r9,%r14; tzcnt %r9,%r14 */
		{ { 0xf3, 0x4d, 0x0f, 0xbd, 0xf1 }, 5, REX_CPU_LZCNT, R(14) },
		{ { 0x4d, 0x0f, 0xbd, 0xf1 }, 4, 0, R(14) },
		{ { 0xf3, 0x4d, 0x0f, 0xbc, 0xf1 }, 5, 0, R(14) },
		/* movbe (%rcx),%r12; %bx,(%rcx) */
		{ { 0x4c, 0x0f, 0x38, 0xf0, 0x21 }, 5, REX_CPU_MOVBE, R(12) },
		{ { 0x66, 0x0f, 0x38, 0xf1, 0x19 }, 5, REX_CPU_MOVBE, 0 },
		/* andn %r10,%r11,%r12; bextr %r11,%r10,%r12 */
		{ { 0xc4, 0x42, 0xa0, 0xf2, 0xe2 }, 5, REX_CPU_BMI1, R(12) },
		{ { 0xc4, 0x42, 0xa0, 0xf7, 0xe2 }, 5, REX_CPU_BMI1, R(12) },
		/* blsr, blsmsk, blsi %r10,%r11 */
		{ { 0xc4, 0xc2, 0xa0, 0xf3, 0xca }, 5, REX_CPU_BMI1, R(11) },
		{ { 0xc4, 0xc2, 0xa0, 0xf3, 0xd2 }, 5, REX_CPU_BMI1, R(11) },
		{ { 0xc4, 0xc2, 0xa0, 0xf3, 0xda }, 5, REX_CPU_BMI1, R(11) },
		/* bzhi, pext, pdep %r10,%r11,%r12 */
		{ { 0xc4, 0x42, 0xa0, 0xf5, 0xe2 }, 5, REX_CPU_BMI2, R(12) },
		{ { 0xc4, 0x42, 0xa2, 0xf5, 0xe2 }, 5, REX_CPU_BMI2, R(12) },
		{ { 0xc4, 0x42, 0xa3, 0xf5, 0xe2 }, 5, REX_CPU_BMI2, R(12) },
		/* mulx %r10,%r11,%r12; %ebx,%ebp,%esp */
		{ { 0xc4, 0x42, 0xa3, 0xf6, 0xe2 },
		  5,
		  REX_CPU_BMI2,
		  R(11) | R(12) },
		{ { 0xc4, 0xe2, 0x53, 0xf6, 0xe3 },
		  5,
		  REX_CPU_BMI2,
		  R(4) | R(5) },
		/* shlx, sarx, shrx %r11,%r10,%r12; rorx $13,%r10,%r12 */
		{ { 0xc4, 0x42, 0xa1, 0xf7, 0xe2 }, 5, REX_CPU_BMI2, R(12) },
		{ { 0xc4, 0x42, 0xa2, 0xf7, 0xe2 }, 5, REX_CPU_BMI2, R(12) },
		{ { 0xc4, 0x42, 0xa3, 0xf7, 0xe2 }, 5, REX_CPU_BMI2, R(12) },
		{ { 0xc4, 0x43, 0xfb, 0xf0, 0xe2, 13 }, 6, REX_CPU_BMI2, R(12) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct form *f = &forms[i];
		struct rex_insn insn;

		check(!rex_isa_decode(&insn, f->code, f->size));
		check_int(insn.len, f->size);
		check_int(insn.needs, f->needs);
		check_int(insn.writes, f->writes);
		check(rex_isa_agrees(&insn, f->code, f->size));
	}
}

/*
 * All prefixes and opcodes of VEX: which ones are accepted, with any registers. R, X, B, W
 * and the third register are 256 for most.
 */
static void vex_is_for_the_listed_instructions(void)
{
	u8 code[] = { 0xc4, 0, 0, 0, 0xca, 7 };
	const struct cs_insn *other;
	u32 i, nr = 0, differ = 0;
	struct rex_insn insn;

	for (i = 0; i < 1u << 24; i++) {
		code[1] = i;
		code[2] = i >> 8;
		code[3] = i >> 16;
		if (rex_isa_decode(&insn, code, sizeof(code)))
			continue;
		nr++;
		other = disasm(code, insn.len, 0);
		differ += !other || other->size != insn.len ||
			  disasm_needs(other) != insn.needs ||
			  disasm_writes(other) != insn.writes;
	}
	check_int(differ, 0);
	/* nine; blsr and the like, without R; rorx without a third register */
	check_int(nr, 9 * 256 + 128 + 16);
}

/* What an object declares must not let the next one pass that does not. */
static void features_of_one_object_are_not_those_of_the_next(void)
{
	static const u8 codes[][6] = {
		{ 0xf3, 0x0f, 0xb8, 0xc0, 0x90, 0x90 }, /* popcnt */
		{ 0xf3, 0x0f, 0xbd, 0xc0, 0x90, 0x90 }, /* lzcnt */
		{ 0x0f, 0x38, 0xf0, 0x07, 0x90, 0x90 }, /* movbe */
		{ 0xc4, 0xe2, 0xe8, 0xf2, 0xc8, 0x90 }, /* andn */
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct snippet snippet = { .start = codes[i],
					   .end = codes[i] + 6,
					   .cpu_features = REX_CPU_KNOWN };
		const struct obj_case c = { .snippet = &snippet };

		check_int(check_case(&c), 0);
		check_int(check_case(&c), 0);
		snippet.cpu_features = 0;
		check_int(check_case(&c), -ENOEXEC);
		check(strstr(log_text, "which the object does not declare"));
	}
}

static void features_have_names(void)
{
	char text[REX_CPU_NAMES_LEN];

	rex_cpu_names(0, text, sizeof(text));
	check_str(text, "");
	rex_cpu_names(REX_CPU_KNOWN | 1u << 5, text, sizeof(text));
	check_str(text, "popcnt, lzcnt, bmi1, bmi2, movbe, bit 5");
	rex_cpu_names(U32_MAX, text, sizeof(text));
	check(!strcmp(text + strlen(text) - 8, ", bit 31"));
	rex_cpu_names(REX_CPU_KNOWN, text, 9);
	check_str(text, "popcnt, ");
}

static void there_are_two_hundred_refusals(void)
{
	size_t nr = 0, i;

	for (i = 0; i < snippet_cases.nr; i++)
		nr += !!snippet_cases.cases[i].err;
	for (i = 0; i < check_cases.nr; i++)
		nr += !!check_cases.cases[i].err;
	check(nr >= 200);
}

static const struct test tests[] = {
	{ "safe_objects_pass_and_keep_the_invariant",
	  safe_objects_pass_and_keep_the_invariant },
	{ "assembly_is_refused", assembly_is_refused },
	{ "log_has_function_offset_bytes_and_reason",
	  log_has_function_offset_bytes_and_reason },
	{ "too_large_functions_are_refused", too_large_functions_are_refused },
	{ "registers_that_functions_save_are_found",
	  registers_that_functions_save_are_found },
	{ "registers_of_all_functions_are_in_the_set",
	  registers_of_all_functions_are_in_the_set },
	{ "frames_have_a_limit", frames_have_a_limit },
	{ "every_allocation_fails", every_allocation_fails },
	{ "second_decoder_is_asked_once_a_head",
	  second_decoder_is_asked_once_a_head },
	{ "instructions_without_a_page_are_decoded",
	  instructions_without_a_page_are_decoded },
	{ "instructions_that_end_too_early_are_refused",
	  instructions_that_end_too_early_are_refused },
	{ "forms_need_their_feature_and_write_their_registers",
	  forms_need_their_feature_and_write_their_registers },
	{ "vex_is_for_the_listed_instructions",
	  vex_is_for_the_listed_instructions },
	{ "features_of_one_object_are_not_those_of_the_next",
	  features_of_one_object_are_not_those_of_the_next },
	{ "features_have_names", features_have_names },
	{ "there_are_two_hundred_refusals", there_are_two_hundred_refusals },
};

int main(int argc, char **argv)
{
	nr_objects = argc - 1;
	objects = argv + 1;
	return run_tests(tests, ARRAY_SIZE(tests));
}
