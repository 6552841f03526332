// SPDX-License-Identifier: GPL-2.0
/*
 * The calls of the test, and what programs at many functions count of them.
 */
#include "rex_calls.h"

void make_calls(void)
{
	for (int i = 0; i < PARENTS; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < USERS; i++)
		syscall(SYS_getuid);
	for (int i = 0; i < GROUPS; i++)
		syscall(SYS_getgid);
}

struct calls calls_at(struct rex_obj *obj, __u64 addr)
{
	struct calls calls = {};

	bpf_map_lookup_elem(map_fd(obj, "CALLS"), &addr, &calls);
	return calls;
}

__u64 find_attached(const struct rex_links *links, const char *name)
{
	const char *function;
	__u64 addr;

	for (size_t i = 0; (function = rex_links_function(links, i, &addr));
	     i++)
		if (!strcmp(function, name))
			return addr;
	return 0;
}

__u64 address_of(const struct rex_links *links, const char *name)
{
	__u64 addr = find_attached(links, name);

	ASSERT_MSG(addr, "%s is not attached to", name);
	return addr;
}

struct calls calls_of(struct rex_obj *obj, const struct rex_links *links,
		      const char *name)
{
	return calls_at(obj, address_of(links, name));
}

struct rex_links *attach_opts(struct rex_obj *obj, const char *prog,
			      const char *pattern,
			      const struct rex_attach_opts *opts)
{
	struct rex_links *links =
		rex_obj_attach_functions(obj, prog, pattern, opts);

	ASSERT_MSG(links, "%s: %s", prog, rex_last_error());
	return links;
}

void expect_refusal(struct rex_obj *obj, const char *prog, const char *pattern,
		    const struct rex_attach_opts *opts, int error,
		    const char *words)
{
	EXPECT(!rex_obj_attach_functions(obj, prog, pattern, opts));
	EXPECT_EQ(errno, error);
	EXPECT_CONTAINS(rex_last_error(), words);
}
