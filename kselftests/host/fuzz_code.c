// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_code SEED ROUNDS OBJECT...: flip bytes of the code of good objects. Each round
 * takes a function of an object that has passed the check, changes up to 3 places of its
 * code as it is after relocation, and checks it again. It has to be refused with a reason,
 * or to keep the invariant: walk.h. The same seed makes the same code.
 *
 * The file includes check.c to call the parts of the check one by one, so that
 * a round only checks one function.
 */
#include "../../kmod/check.c"

#include "cases.h"
#include "disasm.h"
#include "runtime.h"
#include "test.h"
#include "walk.h"

#define MAX_BASES 128
#define NR_WALKS 6

static struct base {
	struct loaded l;
	struct rex_check check;
} bases[MAX_BASES];
static size_t nr_bases;

static char log_text[1024];
static struct rex_log fuzz_log;
static u64 nr_refused, nr_accepted;

/* xorshift64*: the same on every machine. */
static u64 state;

static u64 rnd(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dull >> 16;
}

static u64 below(u64 n)
{
	return n ? rnd() % n : 0;
}

/* ---- bases ---- */

/* Like rex_check(), but keeps its results. */
static int start_check(struct base *b)
{
	struct rex_check *c = &b->check;
	int err;

	*c = check_of(&b->l.elf, &b->l.t, &fuzz_log);
	c->marks = calloc(c->size, 1);
	c->writes = calloc(b->l.elf.nr_funcs, 1);
	err = check_all(c);
	/* A changed function has at most as many branches as bytes. */
	rex_check_stack_free(c);
	return err   ?:
		       rex_check_stack_init(c, REX_CHECK_MAX_FUNC,
					    REX_CHECK_MAX_FUNC);
}

static void add_base(const struct bytes *file, const char *name)
{
	struct base *b = &bases[nr_bases];

	if (nr_bases == MAX_BASES)
		return;
	rex_log_init(&fuzz_log, log_text, sizeof(log_text), REX_LOG_ERROR);
	if (runtime_load(&b->l, file, true, &fuzz_log)) {
		fail("%s: %s", name, log_text);
		return;
	}
	if (start_check(b))
		fail("%s: %s", name, log_text);
	nr_bases++;
}

static void make_bases(int nr_files, char **files)
{
	struct bytes file;
	size_t i, k;

	for (i = 0; all_cases[i]; i++) {
		for (k = 0; k < all_cases[i]->nr; k++) {
			const struct obj_case *c = &all_cases[i]->cases[k];

			if (c->err || (all_cases[i] != &check_cases &&
				       all_cases[i] != &snippet_cases))
				continue;
			file = make_case(c);
			add_base(&file, c->name);
			free(file.data);
		}
	}
	while (nr_files--) {
		file = (struct bytes){};
		if (!strstr(*files, "_unsafe") && read_file(*files, &file))
			add_base(&file, *files);
		free(file.data);
		files++;
	}
}

/* ---- rounds ---- */

/* Replace instructions by one that changes the stack, and no-ops. */
static void overwrite(const struct rex_check *c, u8 *code,
		      const struct rex_elf_func *f)
{
	static const struct {
		u8 size;
		u8 bytes[5];
	} insns[] = {
		{ 1, { 0x90 } }, /* nop */
		{ 1, { 0x50 } }, /* push %rax */
		{ 1, { 0x53 } }, /* push %rbx */
		{ 1, { 0x55 } }, /* push %rbp */
		{ 1, { 0x5b } }, /* pop %rbx */
		{ 1, { 0x5d } }, /* pop %rbp */
		{ 2, { 0x41, 0x56 } }, /* push %r14 */
		{ 2, { 0x41, 0x5e } }, /* pop %r14 */
		{ 2, { 0x31, 0xdb } }, /* xor %ebx,%ebx */
		{ 3, { 0x48, 0x89, 0xe5 } }, /* mov %rsp,%rbp */
		{ 3, { 0x48, 0x89, 0xec } }, /* mov %rbp,%rsp */
		{ 4, { 0x48, 0x83, 0xc4, 0x08 } }, /* add $8,%rsp */
		{ 4, { 0x48, 0x83, 0xec, 0x08 } }, /* sub $8,%rsp */
		{ 4, { 0x48, 0x83, 0xe4, 0xf0 } }, /* and $-16,%rsp */
		{ 4, { 0x48, 0x8d, 0x65, 0xf0 } }, /* lea -16(%rbp),%rsp */
		{ 5, { 0x48, 0x8d, 0x64, 0x24, 0x08 } }, /* lea 8(%rsp),%rsp */
		{ 4, { 0xf3, 0x0f, 0xb8, 0xd8 } }, /* popcnt %eax,%ebx */
		{ 4, { 0x0f, 0x38, 0xf0, 0x2f } }, /* movbe (%rdi),%ebp */
		{ 5, { 0xc4, 0xe2, 0x88, 0xf3, 0xc8 } }, /* blsr %rax,%r14 */
		{ 5,
		  { 0xc4, 0xe2, 0xe3, 0xf6, 0xe0 } }, /* mulx %rax,%rbx,%rsp */
	};
	size_t which = below(ARRAY_SIZE(insns));
	u32 at = f->pad_offset + REX_PAD_SIZE - f->offset, end;

	if (at == f->size)
		return;
	at += below(f->size - at);
	while (at && !(c->marks[f->offset + at] & REX_CHECK_START))
		at--;
	for (end = at + 1;
	     end < f->size && (end - at < insns[which].size ||
			       !(c->marks[f->offset + end] & REX_CHECK_START));
	     end++)
		;
	if (end - at < insns[which].size || at < f->pad_offset - f->offset)
		return;
	memset(code + at, 0x90, end - at);
	memcpy(code + at, insns[which].bytes, insns[which].size);
}

static void change(const struct rex_check *c, u8 *code,
		   const struct rex_elf_func *f)
{
	u32 at = below(f->size);
	u8 *byte = &code[at];

	/* the loader writes the pad */
	if (f->offset + at >= f->pad_offset &&
	    f->offset + at < f->pad_offset + REX_PAD_SIZE)
		return;
	switch (below(6)) {
	case 0:
		*byte ^= 1u << below(8);
		break;
	case 1:
		*byte = rnd();
		break;
	case 2:
		*byte += below(2) ? 1 : -1;
		break;
	case 3:
		*byte = code[below(f->size)];
		break;
	default:
		overwrite(c, code, f);
	}
}

/* @kept is the cache, or NULL, so that both decoders see each instruction. */
static int check_again(struct rex_check *c, const struct rex_elf_func *f,
		       struct check_kept *kept)
{
	u32 nr = 0, i;
	int err;

	c->known = kept ? kept->known : NULL;
	c->quick = kept ? &kept->quick : NULL;
	c->saves = 0;
	for (i = f->offset; i < f->offset + f->size; i++)
		c->marks[i] = 0;
	c->marks[f->offset] = REX_CHECK_ENTRY;
	err = check_decode_func(c, f, &nr);
	if (!err)
		err = rex_check_stack(c, f);
	return err;
}

static struct check_kept fuzz_kept;

/*
 * Check the function once more with the cache. The result, the reason and the marks are the
 * same.
 */
static void compare_kept(struct rex_check *c, const struct rex_elf_func *f,
			 int err)
{
	u8 *marks = malloc(f->size);
	char text[sizeof(log_text)];
	u8 saves = c->saves, *writes = &c->writes[f - c->elf->funcs];
	u8 decoded_writes = *writes;

	memcpy(marks, c->marks + f->offset, f->size);
	memcpy(text, log_text, sizeof(text));
	rex_log_init(&fuzz_log, log_text, sizeof(log_text), REX_LOG_ERROR);
	if (check_again(c, f, &fuzz_kept) != err)
		fail("%s is judged otherwise with the cache: %s, not %s",
		     f->name, log_text, text);
	else if (err && strcmp(text, log_text))
		fail("%s: the reason with the cache: %s, not %s", f->name,
		     log_text, text);
	else if (memcmp(marks, c->marks + f->offset, f->size) ||
		 c->saves != saves || *writes != decoded_writes)
		fail("%s has other marks with the cache", f->name);
	free(marks);
}

/* A cached instruction equals the decoded one. */
static void compare_known(const struct rex_check *c,
			  const struct rex_elf_func *f)
{
	const u8 *code = c->text + f->offset;
	struct rex_insn known, decoded;
	u32 at, max;

	for (at = 0; at < f->size; at++) {
		max = f->size - at;
		if (!rex_isa_recall(fuzz_kept.known, &known, code + at, max))
			continue;
		if (rex_isa_decode(&decoded, code + at, max))
			fail("%s+0x%x is known, and refused", f->name, at);
		else if (memcmp(&known, &decoded, sizeof(known)))
			fail("%s+0x%x is known as another one", f->name, at);
	}
}

static void fuzz_round(u64 seed, u64 round)
{
	const struct rex_elf_func *f;
	struct base *b;
	u8 *code, *old;
	int err;
	u64 n;

	state = (seed + 1) * 0x9e3779b97f4a7c15ull +
		round * 0xbf58476d1ce4e5b9ull;
	state |= !state;
	rnd();
	b = &bases[below(nr_bases)];
	f = &b->l.elf.funcs[below(b->l.elf.nr_funcs)];
	code = b->l.t.seg[REX_SEG_TEXT].mem + f->offset;
	old = malloc(f->size);
	memcpy(old, code, f->size);
	for (n = 1 + below(3); n; n--)
		change(&b->check, code, f);

	compare_known(&b->check, f);
	rex_log_init(&fuzz_log, log_text, sizeof(log_text), REX_LOG_ERROR);
	disasm_disagreements = 0;
	err = check_again(&b->check, f, NULL);
	if (err && !fuzz_log.len)
		fail("no reason");
	compare_kept(&b->check, f, err);
	if (err) {
		nr_refused++;
	} else {
		nr_accepted++;
		b->l.saves = b->check.saves;
		walk_function(&b->l, f, NR_WALKS, rnd());
	}
	if (disasm_disagreements)
		fail("the decoders do not agree: %s", log_text);
	if (has_failed())
		printf("# seed %llu round %llu: %s\n", seed, round, f->name);

	memcpy(code, old, f->size);
	free(old);
	if (check_again(&b->check, f, &fuzz_kept))
		fail("the function itself: %s", log_text);
}

int main(int argc, char **argv)
{
	u64 seed, rounds, round;

	if (argc < 3) {
		fprintf(stderr, "usage: %s SEED ROUNDS OBJECT...\n", argv[0]);
		return 2;
	}
	seed = strtoull(argv[1], NULL, 0);
	rounds = strtoull(argv[2], NULL, 0);
	plan(1);
	make_bases(argc - 3, argv + 3);
	for (round = 0; round < rounds && !has_failed(); round++)
		fuzz_round(seed, round);
	printf("# seed %llu: %llu rounds over %zu objects, %llu refused, %llu accepted\n",
	       seed, round, nr_bases, nr_refused, nr_accepted);
	if (rounds >= 1000 && (!nr_accepted || !nr_refused))
		fail("nothing is accepted, or everything");
	report(!has_failed(), "changed_code_is_refused_or_harmless");
	return summary();
}
