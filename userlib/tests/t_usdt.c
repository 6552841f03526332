// SPDX-License-Identifier: GPL-2.0
/*
 * The arguments of USDT probes, as compilers write them to notes.
 */
#include <stddef.h>
#include <string.h>
#include <sys/user.h>

#include "../places.h"
#include "test.h"

#define REG(member) (offsetof(struct user_regs_struct, member) / sizeof(long))

static struct rex_usdt_arg parse(const char *text)
{
	struct rex_usdt_arg arg;

	memset(&arg, 0xff, sizeof(arg));
	rex_usdt_parse_arg(text, &arg);
	return arg;
}

static void constants_have_their_value(void)
{
	CHECK_EQ(parse("-4@$-5").kind, REX_USDT_CONSTANT);
	CHECK_EQ(parse("-4@$-5").offset, -5);
	CHECK_EQ(parse("-4@$-5").is_signed, 1);
	CHECK_EQ(parse("8@$0x10").offset, 16);
	CHECK_EQ(parse("8@$0x10").is_signed, 0);
	CHECK_EQ(parse("4@$").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("4@$1x").kind, REX_USDT_UNKNOWN);
}

static void registers_have_names_of_each_size(void)
{
	static const char *const names[] = { "8@%r13", "-4@%r13d", "2@%r13w",
					     "-1@%r13b" };
	size_t i;

	for (i = 0; i < TEST_SIZE(names); i++) {
		CHECK_EQ(parse(names[i]).kind, REX_USDT_REGISTER);
		CHECK_EQ(parse(names[i]).base, REG(r13));
		CHECK_EQ(parse(names[i]).size, 8 >> i);
		CHECK_EQ(parse(names[i]).is_signed, i % 2);
	}
	CHECK_EQ(parse("1@%dil").base, REG(rdi));
	CHECK_EQ(parse("8@%rsp").base, REG(rsp));
	CHECK_EQ(parse("4@%eax").base, REG(rax));
	CHECK_EQ(parse("4@%xmm0").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("1@%ah").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("4@%eaxx").kind, REX_USDT_UNKNOWN);
}

static void memory_is_at_a_register_and_an_index(void)
{
	struct rex_usdt_arg arg = parse("-4@-1204(%rbp)");

	CHECK_EQ(arg.kind, REX_USDT_MEMORY);
	CHECK_EQ(arg.base, REG(rbp));
	CHECK_EQ(arg.offset, -1204);
	CHECK_EQ(parse("8@(%rax)").offset, 0);
	arg = parse("2@16(%rbx,%r9,8)");
	CHECK_EQ(arg.kind, REX_USDT_INDEXED);
	CHECK_EQ(arg.base, REG(rbx));
	CHECK_EQ(arg.index, REG(r9));
	CHECK_EQ(arg.shift, 3);
	CHECK_EQ(arg.offset, 16);
	CHECK_EQ(parse("2@(%rbx,%r9)").shift, 0);
	CHECK_EQ(parse("8@(%rax").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("8@(%rax,%rbx,3)").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("8@(%rax,%rbx,16)").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("8@(%rax)x").kind, REX_USDT_UNKNOWN);
}

static void only_integers_are_known(void)
{
	CHECK_EQ(parse("8f@%xmm1").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("3@%rax").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("16@%rax").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("%rax").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("8@name(%rip)").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("8@").kind, REX_USDT_UNKNOWN);
	CHECK_EQ(parse("").kind, REX_USDT_UNKNOWN);
}

int main(void)
{
	static const struct test_case cases[] = {
		TEST_CASE(constants_have_their_value),
		TEST_CASE(registers_have_names_of_each_size),
		TEST_CASE(memory_is_at_a_register_and_an_index),
		TEST_CASE(only_integers_are_known),
	};

	return test_main(cases, TEST_SIZE(cases));
}
