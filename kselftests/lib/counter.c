// SPDX-License-Identifier: GPL-2.0
#include "rex_counter.h"
#include "rex_ioctl.h"

int make_counter(void)
{
	return make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0);
}

__u64 counter_value(int counter)
{
	__u32 zero = 0;
	__u64 count;

	ASSERT(!bpf_map_lookup_elem(counter, &zero, &count));
	return count;
}
