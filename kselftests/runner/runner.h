/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The test runner inside the VM. It runs the kselftests one by one, each with
 * rex.ko freshly loaded and a deadline. A splat in the kernel's log, or a
 * failure to unload rex.ko afterwards, fails the test.
 */
#ifndef _REX_RUNNER_H
#define _REX_RUNNER_H

#include <stdbool.h>

#include "ktap.h"
#include "lines.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* ---- dmesg.c: what the kernel logged during a test ---- */

/*
 * Load the patterns that are splats, and those of data races that are none, and open the log at
 * its beginning.
 */
void dmesg_init(const char *splats_file, const char *races_file);
/* Put a line of the runner into the log. */
void dmesg_mark(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/*
 * Reads the log up to now, for the next call of dmesg_check(), so that a long test does not
 * overwrite what it has logged.
 */
void dmesg_read(void);
/*
 * Reads the log since the last call, and calls note() for each splat that no
 * "rex-test: expect REGEX" line announced, for each data race that is not listed, and for each
 * announced line that did not come. Returns the number of these. Sets ANNOUNCED to the number of
 * announced lines that came and are splats.
 */
int dmesg_check(int *announced);

/* ---- kmemleak.c ---- */

/* Forgets what the boot leaked. Without kmemleak in the kernel, both do nothing. */
void kmemleak_init(void);
/*
 * Calls note() for each leaked object, and returns their number. It does so after every eighth
 * test program, and after the last one.
 */
int kmemleak_check(bool is_last);

/* ---- process.c ---- */

struct run {
	int status; /* as of waitpid() */
	bool timed_out; /* and was killed */
	int left; /* processes that it leaked, killed */
};

/* Run PROGRAM in DIR; give every line of its output to LINE. */
void run_program(struct run *run, const char *program, const char *dir,
		 int seconds, void (*line)(void *arg, const char *text),
		 void *arg);

/* ---- module.c ---- */

bool module_is_loaded(void);
/*
 * Loads the module with PARAMETERS, as insmod takes them. This function and the next one
 * return 0 or a negative errno.
 */
int module_load(const char *file, const char *parameters);
/* Waits if rex is in use: the last references go asynchronously. */
int module_unload(int seconds);

#endif
