// SPDX-License-Identifier: GPL-2.0
#include "rex_kernel_data.h"

struct rex_obj *kernel_data;

static struct bpf_link *attached;

void load_kernel_data(const char *program)
{
	kernel_data = load_object("kernel_data");
	attached = attach(kernel_data, program);
	map_set(kernel_data, "control", WATCHED, getpid());
}

void unload_kernel_data(const char *program)
{
	EXPECT_EQ(prog_info(kernel_data, program).faults, 0);
	bpf_link__destroy(attached);
	rex_obj_close(kernel_data);
}

__u64 kernel_number(__u32 index)
{
	return map_get(kernel_data, "numbers", index);
}
