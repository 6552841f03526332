// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer's functions: load an object, as rex.ko does, and check its code. libFuzzer keeps
 * objects that reach new code, and changes those: by mutate.h, which knows the format, or by
 * its own means.
 */
#include "fuzz_guided.h"
#include "mutate.h"
#include "runtime.h"
#include "test.h"

static int try_load(const struct bytes *file, char *log_text, size_t size)
{
	struct rex_log log;
	struct loaded l;
	int err;

	rex_log_init(&log, log_text, size, REX_LOG_ERROR);
	err = load_checked(&l, file, &log);
	if (!err)
		unload(&l);
	return err;
}

/*
 * A check keeps what it knows of instructions. The first one here does without, so that this
 * object alone reaches what is reached; the second one has to come to the same result.
 */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static char log_text[512], again[512];
	struct bytes file = { (u8 *)data, size };
	int err;

	rex_check_exit();
	err = try_load(&file, log_text, sizeof(log_text));
	if (err && (!log_text[0] || (err != -ENOEXEC && err != -EPROTO)))
		fail("error %d, \"%s\"", err, log_text);
	check_int(try_load(&file, again, sizeof(again)), err);
	check_str(again, log_text);
	if (has_failed())
		abort();
	return 0;
}

size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	struct mutator m = { .data = data, .size = size };
	unsigned long long n;

	mutator_begin(&m, seed, 0);
	if (!mutator_below(&m, 4))
		return LLVMFuzzerMutate(data, size, max_size);
	for (n = 1 + mutator_below(&m, 4); n; n--)
		mutate(&m);
	return m.size;
}
