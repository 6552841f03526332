// SPDX-License-Identifier: GPL-2.0
/* Questions about functions, and how a question is written (kmod/btf_query.h). */
#include "fake_btf.h"
#include "test.h"

/* Few members are bit fields. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static void pattern(const char *text, u64 value)
{
	char *symbol = strdup(text);
	struct rex_btf_query q;

	check(rex_btf_parse(symbol, &q));
	check(rex_is_pattern(q.type));
	check(rex_btf_answer_pattern(&q) == value);
	free(symbol);
}

static void arguments_of_functions(void)
{
	u32 file, pair, wide, proto, tp;

	add_basic();
	file = add_ptr(
		ADD_STRUCT(BTF_KIND_STRUCT, "file", false, 8, { "a", u8_, 0 }));
	pair = ADD_STRUCT(BTF_KIND_STRUCT, "pair", false, 16, { "a", u8_, 0 },
			  { "b", u8_, 64 });
	wide = add_ref(BTF_KIND_FWD, "unknown", 0);
	proto = add_proto(s8_,
			  (const struct member[]){ { .name = "file", file },
						   { "pair", pair },
						   { "n", u4 },
						   { "", chr } },
			  4);
	add_ref(BTF_KIND_FUNC, "vfs_thing", proto);
	add_ref(BTF_KIND_FUNC, "bpf_lsm_thing", proto);
	add_ref(BTF_KIND_FUNC, "nothing", add_proto(0, NULL, 0));
	add_ref(BTF_KIND_FUNC, "strange",
		add_proto(0,
			  (const struct member[]){ { "a", wide }, { "b", u4 } },
			  2));
	tp = add_proto(0,
		       (const struct member[]){ { "__data", add_ptr(0) },
						{ "file", file },
						{ "n", u4 } },
		       3);
	add_ref(BTF_KIND_TYPEDEF, "btf_trace_thing", add_ptr(tp));
	add_ref(BTF_KIND_TYPEDEF, "btf_trace_int", s4);
#define ARG(function, index, kind) "__rex_btf_arg:" function ":" index ":" kind
	expect(ARG("vfs_thing", "0", "pfile"), 0);
	expect(ARG("vfs_thing", "1", "tpair"), 8);
	expect(ARG("vfs_thing", "2", "u4"), 24);
	expect(ARG("vfs_thing", "3", "u1"), 32);
	expect(ARG("vfs_thing", "ret", "s8"), 40);
	expect(ARG("vfs_thing", "0", ""), 0);
	expect(ARG("lsm/thing", "2", "u4"), 24);
	expect(ARG("tp/thing", "0", "pfile"), 0);
	expect(ARG("tp/thing", "1", "u4"), 8);
	expect(ARG("nothing", "ret", ""), 0);
	refused(ARG("vfs_thing", "0", "pinode"),
		"argument 0 (file) of vfs_thing is a pointer to struct file");
	refused(ARG("vfs_thing", "3", "u4"), "argument 3 of vfs_thing is an "
					     "unsigned integer of 1 byte");
	refused(ARG("vfs_thing", "4", "u4"),
		"vfs_thing has 4 arguments, the program wants argument 4");
	refused(ARG("vfs_thing", "ret", "u8"),
		"vfs_thing returns a signed integer of 8 bytes");
	refused(ARG("nothing", "ret", "u8"), "nothing returns void");
	refused(ARG("tp/thing", "2", "u4"), "thing has 2 arguments");
	refused(ARG("strange", "1", "u4"), "have no size");
	refused(ARG("tp/int", "0", "u4"), "int is not a function");
	absent(ARG("thing", "0", "pfile"));
	absent(ARG("tp/vfs_thing", "0", "pfile"));
	absent(ARG("lsm/vfs_thing", "0", "pfile"));
	/* Of a pattern, it is known how to ask; BIND asks for each function. */
	absent(ARG("vfs_*=f", "0", "pfile"));
	absent(ARG("vfs_[rw]*=f", "0", "pfile"));
	malformed(ARG("vfs_[rw]", "0", "pfile"));
	malformed(ARG("vfs_*", "0", "pfile"));
	malformed(ARG("lsm/vfs_*=f", "0", "pfile"));
	malformed(ARG("tp/*=f", "0", "pfile"));
	malformed(ARG("*=f", "300000000", "pfile"));
	pattern(ARG("*=f", "3", "pfile"), 24);
	pattern(ARG("vfs_?h*=on_thing", "0", ""), 0);
	pattern(ARG("vfs_*=f", "ret", "s8"), 0);
	malformed(ARG("", "0", "p"));
	malformed(ARG("lsm/", "0", "p"));
	malformed(ARG("a/thing", "0", "p"));
	malformed(ARG("thing", "", "p"));
	malformed(ARG("thing", "0x", "p"));
	malformed(ARG("thing", "0", "e"));
	malformed(ARG("thing", "0", "b"));
	malformed("__rex_btf_arg:thing:0");
	malformed("__rex_btf_arg:thing:0:p:");
	malformed("__rex_btf_arg:");
}

static void modules_are_named(void)
{
	struct rex_btf_query q;
	char symbol[] = "__rex_btf:off:tun/tun_struct:dev:pnet_device";

	check(rex_btf_parse(symbol, &q));
	check_str(q.module, "tun");
	check_str(q.type, "tun_struct");
	check_str(q.path, "dev");
	check_str(q.kind, "pnet_device");
	check_str(rex_btf_noun(&q), "struct");
}

/* For the log, where nothing of that name is found. */
static void nouns_are_those_of_the_question(void)
{
	static const struct {
		const char *symbol, *noun;
	} nouns[] = {
		{ OFF("a", "u4"), "struct" },
		{ "__rex_btf:size:thing::", "type" },
		{ "__rex_btf:enum:thing:A:", "enum" },
		{ "__rex_btf:enum::A:", "enumerator" },
		{ "__rex_btf_arg:thing:0:p", "function" },
		{ "__rex_btf_arg:tp/thing:0:p", "raw tracepoint" },
	};
	struct rex_btf_query q;
	char symbol[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nouns); i++) {
		strcpy(symbol, nouns[i].symbol);
		check(rex_btf_parse(symbol, &q));
		check_str(rex_btf_noun(&q), nouns[i].noun);
	}
}

static const char *const whole[] = {
	OFF("a.b[1].c|d", "aau1x4x16"),
	BITS("a", "b"),
	"__rex_btf:has:thing:X:e",
	"__rex_btf:size:thing::",
	"__rex_btf:enum:mod/thing:A|B:",
	"__rex_btf_arg:lsm/file_open:10:p*pfile",
};

/* Symbols end early, or have a strange character: none is read beyond its end. */
static void symbols_may_be_truncated_or_changed(void)
{
	static const char strange[] = ":./|[]0x*ab";
	size_t i, len, c;
	u64 value;

	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 8, { "a", u4, 32 });
	for (i = 0; i < ARRAY_SIZE(whole); i++) {
		for (len = 0; len <= strlen(whole[i]); len++) {
			char *symbol = strndup(whole[i], len);

			ask(symbol, &value);
			for (c = 0; len && c < sizeof(strange); c++) {
				symbol[len - 1] = strange[c];
				ask(symbol, &value);
			}
			free(symbol);
		}
	}
	check(!rex_btf_is_symbol("__rex_tp:a/b:c:u4"));
	check(!rex_btf_is_symbol("__rex_bt"));
	check(!rex_btf_is_symbol(""));
	malformed(OFF("a", "s3"));
	malformed(OFF("a", "u44"));
	malformed(OFF("a", "p*"));
	malformed(OFF("a", "a"));
	malformed(OFF("a", "ax4"));
	malformed(OFF("a", "au4"));
	malformed(OFF("a", "au4x"));
	malformed(OFF("a..b", "u4"));
	malformed(OFF("a.", "u4"));
	malformed(OFF("[0]", "u4"));
	malformed(OFF("a[0]b", "u4"));
	malformed(OFF("a[", "u4"));
	malformed("__rex_btf:what:thing:a:u4");
	malformed("__rex_btf:opt:thing:a:e");
	malformed("__rex_btf:has::a:u4");
	malformed("__rex_btf:enum:thing:a.b:");
}

/* The message of a refusal fits, however long the names are. */
static void long_names_are_truncated_in_the_log(void)
{
	char symbol[2048], name[512];

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, name, false, 8, { name, u4, 32 });
	snprintf(symbol, sizeof(symbol), "__rex_btf:off:%s:%s:p%s", name, name,
		 name);
	refused(symbol, "nnnn");
	snprintf(symbol, sizeof(symbol), "__rex_btf:off:%s:%sx:p", name, name);
	refused(symbol, "nnnn");
}

static const struct test tests[] = {
	{ "arguments_of_functions", arguments_of_functions },
	{ "modules_are_named", modules_are_named },
	{ "nouns_are_those_of_the_question", nouns_are_those_of_the_question },
	{ "symbols_may_be_truncated_or_changed",
	  symbols_may_be_truncated_or_changed },
	{ "long_names_are_truncated_in_the_log",
	  long_names_are_truncated_in_the_log },
};

int main(void)
{
	int status = run_tests(tests, ARRAY_SIZE(tests));

	free_btf();
	return status;
}
