// SPDX-License-Identifier: GPL-2.0
/*
 * rexctl prints what others write without control characters.
 */
#include <string.h>

#include "../rexctl/rexctl.h"
#include "test.h"

static const char *clean(const char *text, bool lines)
{
	static char cleaned[256];
	FILE *out = fmemopen(cleaned, sizeof(cleaned), "w");

	if (lines)
		rexctl_put_lines(out, "%s", text);
	else
		rexctl_put_clean(out, text);
	fclose(out);
	return cleaned;
}

static void check(const char *text, const char *want)
{
	CHECK_HAS(clean(text, false), want);
	CHECK_EQ(strlen(clean(text, false)), strlen(want));
	CHECK_HAS(clean(text, true), want);
	CHECK_EQ(strlen(clean(text, true)), strlen(want));
}

static void text_is_printed_as_it_is(void)
{
	check("", "");
	check(" a~", " a~");
	check("\302\240\303\251\340\240\200\342\202\254\360\237\246\200",
	      "\302\240\303\251\340\240\200\342\202\254\360\237\246\200");
}

static void control_characters_are_replaced(void)
{
	char text[4] = "a";
	int c;

	for (c = 1; c < ' '; c++) {
		text[1] = c;
		if (c != '\n' && c != '\t')
			check(text, "a?");
	}
	check("\177b", "?b");
	text[0] = '\302';
	for (c = 0x80; c < 0xa0; c++) {
		text[1] = c;
		check(text, "?");
	}
	check("\302\23331m", "?31m");
}

static void other_bytes_are_replaced(void)
{
	check("\233b", "?b"); /* a control character of 8-bit terminals */
	check("\302", "?");
	check("\302b", "?b");
	check("\342\202", "??");
	check("\300\233", "??"); /* longer forms of U+001B and U+009B */
	check("\340\202\233", "???");
	check("\360\200\202\233", "????");
	check("\377", "?");
}

static void newlines_and_tabs_are_printed_in_lines_alone(void)
{
	CHECK_HAS(clean("a\tb\n", true), "a\tb\n");
	CHECK_HAS(clean("a\tb\nc", false), "a b c");
}

static const struct test_case cases[] = {
	TEST_CASE(text_is_printed_as_it_is),
	TEST_CASE(control_characters_are_replaced),
	TEST_CASE(other_bytes_are_replaced),
	TEST_CASE(newlines_and_tabs_are_printed_in_lines_alone),
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
