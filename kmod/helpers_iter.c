// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel runs a program of type iter for each object, in the process that reads, with the
 * file locked; no other run writes to it. The buffer has its size before the program runs.
 */
#include <linux/bpf.h>
#include <linux/build_bug.h>
#include <linux/seq_file.h>

#include "helpers.h"
#include "image.h"
#include "run.h"

s64 rex_iter_write(struct bpf_iter_meta *meta, const u8 *data, u64 size)
{
	/* rex/src/program/iter.rs reads the other members. */
	BUILD_BUG_ON(offsetof(struct bpf_iter_meta, session_id) != 8);
	BUILD_BUG_ON(offsetof(struct bpf_iter_meta, seq_num) != 16);
	if (!rex_prog_is_iterator(rex_run_prog(rex_run_current())))
		return -EPERM;
	return seq_write(meta->seq, data, size) ? -EOVERFLOW : 0;
}
