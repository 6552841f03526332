// SPDX-License-Identifier: GPL-2.0
/*
 * Runs programs with packets, and reads their results.
 */
#include "rex_net.h"

__u32 test_run(struct rex_obj *obj, const char *name, const struct frame *in,
	       struct frame *out)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in->data,
		    .data_size_in = in->len, .repeat = 1);

	if (out) {
		opts.data_out = out->data;
		opts.data_size_out = sizeof(out->data);
	}
	ASSERT_MSG(!bpf_prog_test_run_opts(bpf_program__fd(program(obj, name)),
					   &opts),
		   "run of %s with %zu bytes: %s", name, in->len,
		   strerror(errno));
	if (out)
		out->len = opts.data_size_out;
	return opts.retval;
}

void expect_runs(struct rex_obj *obj, const char *name, __u64 runs)
{
	EXPECT_MSG(WAIT_FOR(prog_info(obj, name).runs == runs, 5),
		   "%llu runs of %s, not %llu",
		   (unsigned long long)prog_info(obj, name).runs, name,
		   (unsigned long long)runs);
}

__u64 seen(struct rex_obj *obj, __u32 index)
{
	return map_get(obj, "seen", index);
}

void tell(struct rex_obj *obj, __u32 index, __u64 value)
{
	map_set(obj, "config", index, value);
}
