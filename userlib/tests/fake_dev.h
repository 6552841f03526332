/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rex.ko for tests on machines without one. It replaces dev.c at link time,
 * records its calls, and fails where a test requests it.
 */
#ifndef LIBREX_TEST_FAKE_DEV_H
#define LIBREX_TEST_FAKE_DEV_H

#include <linux/rex.h>

#define FAKE_MAX 32

struct fake_dev {
	/* set by the test */
	int fail_at; /* fail the call of this number, from 1; 0: none */
	int fail_errno; /* with this */
	const char *log; /* written to the log of a load */
	__u32 abi;
	int faults; /* that the image has, and no read has taken */

	/* read by the test */
	int calls;
	int loads;
	struct rex_load load; /* the last one */
	struct rex_map_fd maps[FAKE_MAX];
	char elf_ident[4];
	int binds;
	struct rex_bind bind[FAKE_MAX];
	__u32 bound_prog_id[FAKE_MAX]; /* of the kernel */
	struct rex_prog_info prog_info; /* as asked */
	struct rex_fault_info fault_info; /* as asked */
	int image; /* of the last load: an eventfd, readable at a fault */
};

extern struct fake_dev fake_dev;

void fake_dev_reset(void);

#endif /* LIBREX_TEST_FAKE_DEV_H */
