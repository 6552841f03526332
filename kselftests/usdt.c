// SPDX-License-Identifier: GPL-2.0
/*
 * A program at USDT probes of this file (programs/usdt) reads the arguments of
 * the probes.
 * TEST-DEADLINE: 120
 */
#include "rex_usdt.h"
#include "rex_util.h"
#include "names/usdt.h"

struct seen {
	__u64 count, nr_args;
	__u64 args[ARGS], errors[ARGS];
};

/* The counter of probes that have one. */
__attribute__((used,
	       section(".probes"))) volatile unsigned short rex_test_semaphore;

static void plain(int number)
{
	PROBE("plain", "0", "-4@%0 8@$77", "r"(number));
}

/* Arguments of each size, in registers. */
static void registers(__u64 word)
{
	PROBE("registers", "0",
	      "1@%b0 -1@%b0 2@%w0 -2@%w0 4@%k0 -4@%k0 8@%0 -8@%0", "r"(word));
}

/* Arguments in memory, with an index, and unreadable ones. */
static void memory(const int *numbers, long index)
{
	static volatile long local;

	local = 0x1122334455667788;
	PROBE("memory", "0",
	      "-4@(%0) -4@4(%0) -4@(%0,%1,4) 8@-8(%2) -4@$-5 4f@%%xmm0 8@8(%3) 1@(%2)",
	      "r"(numbers), "r"(index), "r"(&local + 1), "r"(8l));
}

static void counted(const char *text)
{
	PROBE("counted", "rex_test_semaphore", "8@%0 -1@$-3", "r"(text));
}

FIXTURE(object)
{
	struct rex_obj *obj;
};

FIXTURE_SETUP(object)
{
	self->obj = load_object("usdt");
	map_set(self->obj, "WATCHED", PROCESS, getpid());
}

FIXTURE_TEARDOWN(object)
{
	rex_obj_close(self->obj);
}

static struct seen seen(struct rex_obj *obj, __u64 cookie)
{
	struct seen seen = {};

	bpf_map_lookup_elem(map_fd(obj, "SEEN"), &cookie, &seen);
	return seen;
}

static struct rex_links *attach_usdt(struct rex_obj *obj, const char *prog,
				     const char *probe,
				     const struct rex_attach_opts *opts)
{
	struct rex_links *links =
		rex_obj_attach_usdt(obj, prog, "/proc/self/exe", probe, opts);

	ASSERT_MSG(links, "%s: %s", prog, rex_last_error());
	return links;
}

TEST_F(object, arguments_in_registers_have_their_sizes_and_signs)
{
	struct rex_links *links =
		attach_usdt(self->obj, "on_probe", "rex_test:registers", NULL);
	const __u64 word = 0xfedcba98ffeeddcc;
	struct seen s;

	for (int i = 0; i < 3; i++)
		registers(word);
	s = seen(self->obj, 0);
	EXPECT_EQ(s.count, 3);
	EXPECT_EQ(s.nr_args, 8);
	EXPECT_EQ(s.args[0], (__u8)word);
	EXPECT_EQ(s.args[1], (__s8)word);
	EXPECT_EQ(s.args[2], (__u16)word);
	EXPECT_EQ(s.args[3], (__s16)word);
	EXPECT_EQ(s.args[4], (__u32)word);
	EXPECT_EQ(s.args[5], (__s32)word);
	EXPECT_EQ(s.args[6], word);
	EXPECT_EQ(s.args[7], word);
	for (int i = 0; i < 8; i++)
		EXPECT_EQ(s.errors[i], 0);
	rex_links_destroy(links);
	registers(word);
	EXPECT_EQ(seen(self->obj, 0).count, 3);
}

TEST_F(object, arguments_in_memory_are_read)
{
	struct rex_links *links =
		attach_usdt(self->obj, "on_probe", "rex_test:memory", NULL);
	const int numbers[] = { -11, 22, -33 };
	struct seen s;

	memory(numbers, 2);
	s = seen(self->obj, 0);
	EXPECT_EQ(s.count, 1);
	EXPECT_EQ(s.args[0], -11);
	EXPECT_EQ(s.args[1], 22);
	EXPECT_EQ(s.args[2], -33);
	EXPECT_EQ(s.args[3], 0x1122334455667788);
	EXPECT_EQ(s.args[4], -5);
	EXPECT_EQ(s.errors[5], -EOPNOTSUPP);
	EXPECT_EQ(s.errors[6], -EFAULT);
	rex_links_destroy(links);
}

TEST_F(object, probe_of_the_attribute_is_attached_to)
{
	struct rex_links *links =
		rex_obj_attach_usdt(self->obj, "on_plain", NULL, NULL, NULL);

	ASSERT_MSG(links, "%s", rex_last_error());
	plain(-9);
	EXPECT_EQ(seen(self->obj, 0).count, 1);
	EXPECT_EQ(seen(self->obj, 0).nr_args, 2);
	EXPECT_EQ(seen(self->obj, 0).args[0], -9);
	EXPECT_EQ(seen(self->obj, 0).args[1], 77);
	EXPECT_EQ(seen(self->obj, 0).errors[2], -EINVAL);
	rex_links_destroy(links);
	EXPECT(!rex_obj_attach(self->obj, "on_plain"));
	EXPECT_CONTAINS(rex_last_error(), "rex_obj_attach_usdt()");
}

TEST_F(object, counter_of_a_probe_is_raised_while_it_is_attached_to)
{
	struct rex_links *links;

	EXPECT_EQ(rex_test_semaphore, 0);
	links = attach_usdt(self->obj, "on_string", "rex_test:counted", NULL);
	EXPECT_EQ(rex_test_semaphore, 1);
	counted("hello, probe");
	EXPECT_EQ(seen(self->obj, 0).count, 1);
	EXPECT(!memcmp(seen(self->obj, 0).args, "hello, p", 8));
	EXPECT_EQ(seen(self->obj, 0).args[1], -3);
	rex_links_destroy(links);
	EXPECT_EQ(rex_test_semaphore, 0);
}

TEST_F(object, pattern_and_cookies_distinguish_probes)
{
	static const char *const probes[] = { "rex_test:plain",
					      "rex_test:registers" };
	static const __u64 cookies[] = { 5, 6 };
	REX_OPTS(rex_attach_opts, opts, .functions = probes, .cookies = cookies,
		 .nr_functions = 2, .one_by_one = true);
	struct rex_links *links =
		attach_usdt(self->obj, "on_probe", NULL, &opts);
	struct rex_links *all;

	plain(1);
	registers(2);
	registers(3);
	EXPECT_EQ(seen(self->obj, 5).count, 1);
	EXPECT_EQ(seen(self->obj, 6).count, 2);
	EXPECT_EQ(seen(self->obj, 6).args[6], 3);
	rex_links_destroy(links);

	all = attach_usdt(self->obj, "on_probe", "rex_test:*", NULL);
	EXPECT(rex_links_count(all) >= 4);
	plain(1);
	EXPECT_EQ(seen(self->obj, 0).count, 1);
	rex_links_destroy(all);
}

TEST_F(object, missing_probes_are_named)
{
	EXPECT(!rex_obj_attach_usdt(self->obj, "on_probe", "/proc/self/exe",
				    "rex_test:none", NULL));
	EXPECT_EQ(errno, ENOENT);
	EXPECT_CONTAINS(rex_last_error(), "USDT probe that 'rex_test:none'");
	EXPECT(!rex_obj_attach_usdt(self->obj, "on_probe", NULL,
				    "rex_test:plain", NULL));
	EXPECT_EQ(errno, EINVAL);
	EXPECT_CONTAINS(rex_last_error(), "which file");
}
