// SPDX-License-Identifier: GPL-2.0
/* Rust symbol names. */
#include "demangle.h"
#include "test.h"

#define HASH "17h0123456789abcdefE"

static const struct {
	const char *sym;
	const char *readable; /* NULL: not a Rust symbol */
} names[] = {
	{ "_ZN4core9panicking5panic" HASH, "core::panicking::panic" },
	{ "_ZN5hello4main" HASH, "hello::main" },
	/* escapes */
	{ "_ZN5alloc3vec12Vec$LT$T$GT$4push" HASH, "alloc::vec::Vec<T>::push" },
	{ "_ZN4core3fmt9Formatter12pad_integral12write_prefix" HASH,
	  "core::fmt::Formatter::pad_integral::write_prefix" },
	{ "_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar" HASH,
	  "<Test + 'static as foo::Bar<Test>>::bar" },
	{ "_ZN44_$LT$$RF$T$u20$as$u20$core..fmt..Display$GT$3fmt" HASH,
	  "<&T as core::fmt::Display>::fmt" },
	{ "_ZN4main28_$u7b$$u7b$closure$u7d$$u7d$" HASH, "main::{{closure}}" },
	{ "_ZN35Bar$LT$$u5b$u32$u3b$$u20$4$u5d$$GT$" HASH, "Bar<[u32; 4]>" },
	{ "_ZN11$BP$$SP$$C$1f" HASH, "*@,::f" },
	{ "_ZN8$LP$$RP$1f" HASH, "()::f" },
	{ "_ZN13test$u20$test4foob" HASH, "test test::foob" },
	/* a dot alone, and dots at the end */
	{ "_ZN5a.b.c1f" HASH, "a.b.c::f" },
	{ "_ZN5a...b1f" HASH, "a::.b::f" },
	/* escapes that are none stay */
	{ "_ZN8foo$XX$a1f" HASH, "foo$XX$a::f" },
	{ "_ZN4foo$1f" HASH, "foo$::f" },
	{ "_ZN5$u7f$1f" HASH, "$u7f$::f" },
	{ "_ZN5$u0a$1f" HASH, "$u0a$::f" },
	{ "_ZN7$ue4a4$1f" HASH, "$ue4a4$::f" },
	{ "_ZN5$u2B$1f" HASH, "$u2B$::f" },
	{ "_ZN1_1f" HASH, "_::f" },
	/* suffixes of LLVM */
	{ "_ZN3foo3bar" HASH ".llvm.1234567890", "foo::bar" },
	{ "_ZN3foo3bar" HASH ".1", "foo::bar" },
	/* not Rust */
	{ "prog", NULL },
	{ "", NULL },
	{ "_Z", NULL },
	{ "_ZN", NULL },
	{ "_ZNE", NULL },
	{ "_ZN3fooE", NULL },
	{ "_ZN3foo3barE", NULL },
	{ "_ZN" HASH, NULL },
	{ "_ZN3foo17h0123456789abcdeXE", NULL },
	{ "_ZN3foo16h0123456789abcdeE", NULL },
	{ "_ZN3foo17h0123456789abcdef", NULL },
	{ "_ZN3foo17h0123456789abcdefEx", NULL },
	{ "_ZN0" HASH, NULL },
	{ "_ZN99foo" HASH, NULL },
	{ "_ZN99999999999999999999999foo" HASH, NULL },
	{ "_ZN18446744073709551619foo" HASH, NULL },
	{ "_ZN3fo", NULL },
	/* v0 */
	{ "_RNvCs1234_7___rustc17rust_begin_unwind",
	  "__rustc::rust_begin_unwind" },
	{ "_RNvCskqUzHPI63Bf_1a3bar", "a::bar" },
	{ "_RNvNtNtCscoScM8QT1vH_4core9panicking11panic_const23panic_const_div_by_zero",
	  "core::panicking::panic_const::panic_const_div_by_zero" },
	{ "_RNvC4demo4main.llvm.123", "demo::main" },
	{ "_RC4demo", "demo" },
	{ "_RNvNtC4demos0_5inner2_01f", NULL },
	{ "_RNvNtC4demos0_5inner2_01", "demo::inner::01" },
	{ "_RNvNtC4demos_5inner1f", "demo::inner::f" },
	{ "_RINvC4demo4mainlE", NULL }, /* generic arguments */
	{ "_RNCNvC4demo4main0B3_", NULL }, /* a closure */
	{ "_RNvC4demo", NULL },
	{ "_RNvC4demo9main", NULL },
	{ "_RNvCs1234", NULL },
	{ "_RNvCs1234_", NULL },
	{ "_RNvC4demo4mainX", NULL },
	{ "_RNvC4demou4main", NULL },
	{ "_R", NULL },
	{ "_RN", NULL },
	{ "_RC", NULL },
};

static void names_become_readable(void)
{
	char out[256];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		bool rust = names[i].readable;

		check_int(rex_demangle(names[i].sym, out, sizeof(out)), rust);
		check_str(out, rust ? names[i].readable : names[i].sym);
	}
}

/* Demangles into buffers of every size, allocated exactly, for ASan. */
static void names_are_cut(void)
{
	char whole[256];
	size_t i, size;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		rex_demangle(names[i].sym, whole, sizeof(whole));
		for (size = 1; size < 100; size++) {
			char *out = malloc(size);

			rex_demangle(names[i].sym, out, size);
			check_int(strlen(out), min(size - 1, strlen(whole)));
			check(!memcmp(out, whole, strlen(out)));
			free(out);
		}
	}
}

/* Truncates the symbol everywhere, in memory of exactly its size. */
static void symbols_may_be_truncated(void)
{
	char out[256];
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		for (len = 0; len <= strlen(names[i].sym); len++) {
			char *sym = malloc(len + 1);

			memcpy(sym, names[i].sym, len);
			sym[len] = '\0';
			if (!rex_demangle(sym, out, sizeof(out)))
				check_str(out, sym);
			free(sym);
		}
	}
}

static const struct test tests[] = {
	{ "names_become_readable", names_become_readable },
	{ "names_are_cut", names_are_cut },
	{ "symbols_may_be_truncated", symbols_may_be_truncated },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
