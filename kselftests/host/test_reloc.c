// SPDX-License-Identifier: GPL-2.0
/* Relocation writes the right bytes. */
#include "load.h"
#include "test.h"

#define UNDEF SYM_INFO(STB_GLOBAL, STT_NOTYPE)
#define GLOBAL SYM_INFO(STB_GLOBAL, STT_NOTYPE)

/* A function whose body is relocated, and the result. */
struct use {
	struct obj *o;
	struct loaded l;
	u32 func;
	u8 *body; /* where the body is written */
	u64 addr; /* where it runs */
	u64 rodata; /* address of the GOT */
	bool plain_returns;
	unsigned int nr_lookups;
};

static char log_text[4096];

static void use_init(struct use *u, const void *body, size_t size)
{
	*u = (struct use){ .o = obj_new() };
	u->func = obj_add_func(u->o, "foo", body, size, 0);
}

static void use_rela(struct use *u, u32 at, u32 type, u32 sym, s64 addend)
{
	obj_add_rela(u->o, obj_sec_index(u->o, ".text"),
		     u->o->syms[u->func].value + OBJ_PROG_BODY + at, type, sym,
		     addend);
}

static int use_load(struct use *u)
{
	u64 at = u->o->syms[u->func].value + OBJ_PROG_BODY;
	struct bytes file = obj_write(u->o);
	struct rex_log log;
	int err;

	rex_log_init(&log, log_text, sizeof(log_text), REX_LOG_DEBUG);
	obj_free(u->o);
	if (load_unrelocated(&u->l, &file, &log)) {
		printf("# %s\n", log_text);
		abort();
	}
	free(file.data);
	u->body = u->l.t.seg[REX_SEG_TEXT].mem + at;
	u->addr = TEXT_ADDR + at;
	u->l.t.plain_returns = u->plain_returns;
	u->rodata = RODATA_ADDR + u->l.elf.got_offset;
	err = rex_elf_relocate(&u->l.elf, &u->l.t, resolve, &u->nr_lookups,
			       &log);
	if (err)
		unload(&u->l);
	return err;
}

static void use_must_load(struct use *u)
{
	if (use_load(u)) {
		printf("# %s\n", log_text);
		abort();
	}
}

static s32 read_s32(const u8 *p)
{
	s32 v;

	memcpy(&v, p, 4);
	return v;
}

static u64 read_u64(const u8 *p)
{
	u64 v;

	memcpy(&v, p, 8);
	return v;
}

/* Returns the place that the displacement at @at of the body points to. */
static u64 pc_target(const struct use *u, u32 at)
{
	return u->addr + at + 4 + read_s32(u->body + at);
}

static void absolute_64(void)
{
	struct use u;

	use_init(&u, "\x48\xb8\0\0\0\0\0\0\0\0\xc3", 11);
	use_rela(&u, 2, R_X86_64_64, obj_sym_index(u.o, "counter"), 5);
	use_must_load(&u);
	check_int(read_u64(u.body + 2), DATA_ADDR + 5);
	/* the one that every object has, in .rodata, to prog */
	check_int(read_u64(u.l.t.seg[REX_SEG_RODATA].mem + 8), TEXT_ADDR);
	check_int(u.body[10], 0xc3);
	unload(&u.l);
}

static void absolute_symbol(void)
{
	struct use u;

	use_init(&u, "\x48\xb8\0\0\0\0\0\0\0\0\xc3", 11);
	use_rela(&u, 2, R_X86_64_64,
		 obj_add_sym(u.o, "num", GLOBAL, SHN_ABS, 0x1122334455667788,
			     0),
		 -8);
	use_must_load(&u);
	check_int(read_u64(u.body + 2), 0x1122334455667780);
	unload(&u.l);
}

static void relative_64(void)
{
	struct use u;

	use_init(&u, "\x48\xb8\0\0\0\0\0\0\0\0\xc3", 11);
	use_rela(&u, 2, R_X86_64_PC64, obj_sym_index(u.o, "counter"), 3);
	use_must_load(&u);
	check_int(read_u64(u.body + 2) + u.addr + 2, DATA_ADDR + 3);
	unload(&u.l);
}

static void absolute_32(void)
{
	struct use u;

	use_init(&u, "\xb8\0\0\0\0\xc3", 6);
	use_rela(&u, 1, R_X86_64_32,
		 obj_add_sym(u.o, "num", GLOBAL, SHN_ABS, 0xfffffff0, 0), 15);
	use_must_load(&u);
	check_int((u32)read_s32(u.body + 1), 0xffffffff);
	check_int(u.body[5], 0xc3);
	unload(&u.l);
}

static void signed_32(void)
{
	struct use u;

	use_init(&u, "\x48\xc7\xc0\0\0\0\0\xc3", 8);
	use_rela(&u, 3, R_X86_64_32S, obj_sym_index(u.o, "counter"), 2);
	use_must_load(&u);
	check_int((u64)(s64)read_s32(u.body + 3), DATA_ADDR + 2);
	unload(&u.l);
}

/* Returns the offset that an instruction has of what is @addend behind the symbol @field. */
static s32 offset_of(const char *field, s64 addend)
{
	struct use u;
	s32 offset;

	use_init(&u, "\x8b\x87\0\0\0\0\xc3", 7); /* mov off(%rdi),%eax */
	use_rela(&u, 2, R_X86_64_32S,
		 obj_add_sym(u.o, field, UNDEF, SHN_UNDEF, 0, 0), addend);
	use_must_load(&u);
	offset = read_s32(u.body + 2);
	unload(&u.l);
	return offset;
}

static void field_offset_is_a_number(void)
{
	check_int(offset_of("__rex_off_task_struct_pid", 0), PID_OFFSET);
}

static void parts_of_an_absent_field_fit(void)
{
	check_int(offset_of("__rex_opt_sk_buff_napi_id", 15), REX_NO_FIELD);
}

static void relative_32(void)
{
	struct use u;

	use_init(&u, "\x8b\x05\0\0\0\0\xe8\0\0\0\0\xc3", 12);
	use_rela(&u, 2, R_X86_64_PC32, obj_sym_index(u.o, "counter"), 0);
	use_rela(&u, 7, R_X86_64_PLT32,
		 obj_add_sym(u.o, "memcpy", UNDEF, SHN_UNDEF, 0, 0), -4);
	use_must_load(&u);
	check_int(pc_target(&u, 2), DATA_ADDR + 4);
	check_int(pc_target(&u, 7), MEMCPY_ADDR);
	unload(&u.l);
}

/* Rust's functions in the object itself: prog calls the helper. */
static void call_within_the_object(void)
{
	struct loaded l;
	struct obj *o = obj_new();
	struct bytes file = obj_write(o);

	check_int(load(&l, &file, NULL), 0);
	check_int(read_s32(l.t.seg[REX_SEG_TEXT].mem + OBJ_PROG_BODY + 5),
		  48 - (OBJ_PROG_BODY + 9));
	unload(&l);
	free(file.data);
	obj_free(o);
}

static void limits_of_32_bits(void)
{
	static const struct {
		u32 type;
		u64 value;
		bool ok;
	} cases[] = {
		{ R_X86_64_32, 0, true },
		{ R_X86_64_32, U32_MAX, true },
		{ R_X86_64_32, U32_MAX + 1ull, false },
		{ R_X86_64_32, -1ull, false },
		{ R_X86_64_32S, 0x7fffffff, true },
		{ R_X86_64_32S, 0x80000000, false },
		{ R_X86_64_32S, -0x80000000ull, true },
		{ R_X86_64_32S, -0x80000001ull, false },
		/* relative to the place, TEXT_ADDR + 0x60 + 20 + 2 */
		{ R_X86_64_PC32, TEXT_ADDR + 0x76 + 0x7fffffff, true },
		{ R_X86_64_PC32, TEXT_ADDR + 0x76 + 0x80000000, false },
		{ R_X86_64_PC32, TEXT_ADDR + 0x76 - 0x80000000, true },
		{ R_X86_64_PC32, TEXT_ADDR + 0x76 - 0x80000001, false },
	};
	struct use u;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		use_init(&u, "\x8b\x05\0\0\0\0\xc3", 7);
		use_rela(&u, 2, cases[i].type,
			 obj_add_sym(u.o, "num", GLOBAL, SHN_ABS,
				     cases[i].value, 0),
			 0);
		if (cases[i].ok) {
			use_must_load(&u);
			unload(&u.l);
		} else {
			check_int(use_load(&u), -ENOEXEC);
			check(strstr(log_text,
				     "relocation of symbol num at .text+0x76 overflows\n"));
		}
	}
}

/* ---- the GOT ---- */

static void got_slot_is_shared(void)
{
	struct use u;
	u32 sym;

	use_init(&u, "\x48\x8b\x05\0\0\0\0\x4c\x8b\x1d\0\0\0\0\xc3", 15);
	sym = obj_add_sym(u.o, "memcpy", UNDEF, SHN_UNDEF, 0, 0);
	use_rela(&u, 3, R_X86_64_GOTPCREL, sym, -4);
	use_rela(&u, 10, R_X86_64_GOTPCREL, sym, -4);
	use_must_load(&u);
	check_int(u.l.elf.nr_got, 1);
	check_int(u.l.elf.got_offset % 8, 0);
	check_int(u.body[1], 0x8b); /* not one that says it may be relaxed */
	check_int(pc_target(&u, 3), u.rodata);
	check_int(pc_target(&u, 10), u.rodata);
	check_int(read_u64(u.l.t.seg[REX_SEG_RODATA].mem + u.l.elf.got_offset),
		  MEMCPY_ADDR);
	unload(&u.l);
}

static void mov_from_got_becomes_lea(void)
{
	struct use u;

	use_init(&u, "\x4c\x8b\x1d\0\0\0\0\xc3", 8); /* mov ...,%r11 */
	use_rela(&u, 3, R_X86_64_REX_GOTPCRELX,
		 obj_add_sym(u.o, "memcpy", UNDEF, SHN_UNDEF, 0, 0), -4);
	use_must_load(&u);
	check(!memcmp(u.body, "\x4c\x8d\x1d", 3));
	check_int(pc_target(&u, 3), MEMCPY_ADDR);
	check(strstr(log_text, "1 uses of the GOT made direct"));
	unload(&u.l);
}

static void call_through_got_becomes_direct(void)
{
	struct use u;

	use_init(&u, "\xff\x15\0\0\0\0\xc3", 7);
	use_rela(&u, 2, R_X86_64_GOTPCRELX,
		 obj_add_sym(u.o, "memcpy", UNDEF, SHN_UNDEF, 0, 0), -4);
	use_must_load(&u);
	check(!memcmp(u.body, "\x67\xe8", 2));
	check_int(pc_target(&u, 2), MEMCPY_ADDR);
	check_int(u.body[6], 0xc3);
	unload(&u.l);
}

static void jump_through_got_becomes_direct(void)
{
	struct use u;

	use_init(&u, "\xff\x25\0\0\0\0\xc3", 7);
	use_rela(&u, 2, R_X86_64_GOTPCRELX,
		 obj_add_sym(u.o, "memcpy", UNDEF, SHN_UNDEF, 0, 0), -4);
	use_must_load(&u);
	check_int(u.body[0], 0xe9);
	check_int(pc_target(&u, 1), MEMCPY_ADDR);
	check_int(u.body[5], 0x90);
	check_int(u.body[6], 0xc3);
	unload(&u.l);
}

/*
 * The slot is used if the target is too far, or the instruction or the addend
 * differ.
 */
static void got_is_used_where_direct_is_not_possible(void)
{
	static const struct {
		const char *code;
		u64 value;
		s64 addend;
	} cases[] = {
		{ "\x48\x8b\x05\0\0\0\0\xc3", 0x123456789abcdef0, -4 },
		{ "\x48\x3b\x05\0\0\0\0\xc3", TEXT_ADDR, -4 }, /* cmp */
		{ "\x48\x8b\x04\0\0\0\0\xc3", TEXT_ADDR, -4 },
		{ "\x48\x8b\x05\0\0\0\0\xc3", TEXT_ADDR, 0 },
		{ "\x66\xff\x25\0\0\0\0\xc3", /* jmp, one byte too far */
		  TEXT_ADDR + 0x77 + 4 + S32_MAX, -4 },
	};
	struct use u;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		use_init(&u, cases[i].code, 8);
		use_rela(&u, 3, R_X86_64_REX_GOTPCRELX,
			 obj_add_sym(u.o, "num", GLOBAL, SHN_ABS,
				     cases[i].value, 0),
			 cases[i].addend);
		use_must_load(&u);
		check(!memcmp(u.body, cases[i].code, 3));
		check_int(pc_target(&u, 3), u.rodata + 4 + cases[i].addend);
		check_int(read_u64(u.l.t.seg[REX_SEG_RODATA].mem +
				   u.l.elf.got_offset),
			  cases[i].value);
		unload(&u.l);
	}
}

/* Data has no instructions, so bytes before the field stay. */
static void got_offset_in_data_is_not_direct(void)
{
	struct use u;

	use_init(&u, "\xc3", 1);
	memcpy(obj_sec(u.o, ".data")->data.data, "\0\0\x8b\x05\0\0\0\0", 8);
	obj_add_rela(u.o, obj_sec_index(u.o, ".data"), 4,
		     R_X86_64_REX_GOTPCRELX, obj_sym_index(u.o, "prog"), -4);
	use_must_load(&u);
	check_int(u.l.t.seg[REX_SEG_DATA].mem[2], 0x8b);
	check_int(DATA_ADDR + 4 + 4 + read_s32(u.l.t.seg[REX_SEG_DATA].mem + 4),
		  u.rodata);
	unload(&u.l);
}

/* ---- the return thunk ---- */

/* jmp thunk; call thunk; je thunk */
static const u8 returns[] = { 0xe9, 0, 0,    0,	   0, 0xe8, 0, 0,
			      0,    0, 0x0f, 0x84, 0, 0,    0, 0 };

static void use_returns(struct use *u)
{
	u32 thunk;

	use_init(u, returns, sizeof(returns));
	thunk = obj_sym_index(u->o, "__x86_return_thunk");
	use_rela(u, 1, R_X86_64_PLT32, thunk, -4);
	use_rela(u, 6, R_X86_64_PLT32, thunk, -4);
	use_rela(u, 12, R_X86_64_PC32, thunk, -4);
}

static void return_thunk_is_used(void)
{
	struct use u;

	use_returns(&u);
	use_must_load(&u);
	check_int(u.body[0], 0xe9);
	check_int(pc_target(&u, 1), THUNK_ADDR);
	check_int(pc_target(&u, 6), THUNK_ADDR);
	check_int(pc_target(&u, 12), THUNK_ADDR);
	unload(&u.l);
}

static void return_thunk_becomes_ret(void)
{
	struct use u;

	use_returns(&u);
	u.plain_returns = true;
	use_must_load(&u);
	check(!memcmp(u.body, "\xc3\xcc\xcc\xcc\xcc\xe8", 6));
	/* not a jump: stays, the thunk returns as well */
	check_int(pc_target(&u, 6), THUNK_ADDR);
	check_int(pc_target(&u, 12), THUNK_ADDR);
	/* with those of prog and its helper */
	check(strstr(log_text, "3 jumps to the return thunk made ret\n"));
	unload(&u.l);
}

static void other_jumps_stay(void)
{
	struct use u;

	use_init(&u, "\xe9\0\0\0\0", 5);
	use_rela(&u, 1, R_X86_64_PLT32,
		 obj_add_sym(u.o, "memcpy", UNDEF, SHN_UNDEF, 0, 0), -4);
	u.plain_returns = true;
	use_must_load(&u);
	check_int(u.body[0], 0xe9);
	check_int(pc_target(&u, 1), MEMCPY_ADDR);
	unload(&u.l);
}

/* ---- symbols ---- */

static void symbols_are_looked_up_once(void)
{
	struct use u;
	u32 sym;

	use_init(&u, "\xe8\0\0\0\0\xe8\0\0\0\0", 10);
	sym = obj_add_sym(u.o, "memcpy", UNDEF, SHN_UNDEF, 0, 0);
	/* not used by a relocation: not looked up */
	obj_add_sym(u.o, "no_such_symbol", UNDEF, SHN_UNDEF, 0, 0);
	use_rela(&u, 1, R_X86_64_PLT32, sym, -4);
	use_rela(&u, 6, R_X86_64_PLT32, sym, -4);
	use_must_load(&u);
	check_int(u.nr_lookups, 2); /* and the return thunk */
	unload(&u.l);
}

static int refuse(void *ctx, const char *name, struct rex_symbol *sym)
{
	(void)ctx;
	(void)name;
	(void)sym;
	return -EPERM;
}

static void resolver_error_is_passed_on(void)
{
	struct obj *o = obj_new();
	struct bytes file = obj_write(o);
	struct loaded l;

	check_int(load_unrelocated(&l, &file, NULL), 0);
	check_int(rex_elf_relocate(&l.elf, &l.t, refuse, NULL, NULL), -EPERM);
	unload(&l);
	free(file.data);
	obj_free(o);
}

static const struct test tests[] = {
	{ "absolute_64", absolute_64 },
	{ "absolute_symbol", absolute_symbol },
	{ "relative_64", relative_64 },
	{ "absolute_32", absolute_32 },
	{ "signed_32", signed_32 },
	{ "field_offset_is_a_number", field_offset_is_a_number },
	{ "parts_of_an_absent_field_fit", parts_of_an_absent_field_fit },
	{ "relative_32", relative_32 },
	{ "call_within_the_object", call_within_the_object },
	{ "limits_of_32_bits", limits_of_32_bits },
	{ "got_slot_is_shared", got_slot_is_shared },
	{ "mov_from_got_becomes_lea", mov_from_got_becomes_lea },
	{ "call_through_got_becomes_direct", call_through_got_becomes_direct },
	{ "jump_through_got_becomes_direct", jump_through_got_becomes_direct },
	{ "got_is_used_where_direct_is_not_possible",
	  got_is_used_where_direct_is_not_possible },
	{ "got_offset_in_data_is_not_direct",
	  got_offset_in_data_is_not_direct },
	{ "return_thunk_is_used", return_thunk_is_used },
	{ "return_thunk_becomes_ret", return_thunk_becomes_ret },
	{ "other_jumps_stay", other_jumps_stay },
	{ "symbols_are_looked_up_once", symbols_are_looked_up_once },
	{ "resolver_error_is_passed_on", resolver_error_is_passed_on },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
