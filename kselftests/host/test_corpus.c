// SPDX-License-Identifier: GPL-2.0
/*
 * Every object of the corpus is refused with the right errno and words, or
 * loads. A valid object that is truncated or has a changed byte is refused with
 * a reason, or loads; so is one that libFuzzer found.
 */
#include "cases.h"
#include "runtime.h"
#include "test.h"

static char log_text[8192];

static int try_load(const struct bytes *file)
{
	struct rex_log log;
	struct loaded l;
	int err;

	rex_log_init(&log, log_text, sizeof(log_text), REX_LOG_ERROR);
	err = load_checked(&l, file, &log);
	if (!err)
		unload(&l);
	return -err;
}

static void run_case(const struct obj_case *c)
{
	struct bytes file = make_case(c);
	int err = try_load(&file);

	if (err != c->err)
		fail("%s, expected %s", errno_name(err), errno_name(c->err));
	if (c->words && !strstr(log_text, c->words))
		fail("the log has no \"%s\"", c->words);
	if (!c->err && log_text[0])
		fail("the log of a valid object is not empty");
	if (has_failed())
		printf("# log: %s\n", log_text);
	free(file.data);
	report(!has_failed(), c->name);
}

/* A refusal must say why. */
static void check_refused_or_loads(const struct bytes *file, const char *how,
				   size_t at)
{
	int err = try_load(file);

	if (err && err != ENOEXEC && err != EPROTO)
		fail("%s %zu: %s", how, at, errno_name(err));
	if (err && !log_text[0])
		fail("%s %zu: refused without a reason", how, at);
}

/* As in fuzz_guided, nothing is kept of earlier checks: this object reaches new code. */
static void run_found(const char *path)
{
	struct bytes file;

	rex_check_exit();
	if (read_file(path, &file))
		check_refused_or_loads(&file, "object of size", file.size);
	else
		fail("%s cannot be read", path);
	free(file.data);
	report(!has_failed(), basename(path));
}

static struct bytes valid_file(void)
{
	return make_case(&valid_cases.cases[0]);
}

static void cut_at_every_byte(void)
{
	struct bytes file = valid_file();
	size_t size = file.size;

	for (file.size = 0; file.size < size; file.size++)
		if (try_load(&file) != ENOEXEC || !log_text[0])
			fail("cut at %zu: not refused", file.size);
	free(file.data);
}

static void every_byte_changed(void)
{
	static const u8 changes[] = { 0xff, 0x01, 0x80, 0x10 };
	struct bytes file = valid_file();
	size_t i, k;

	for (i = 0; i < file.size; i++) {
		for (k = 0; k < ARRAY_SIZE(changes); k++) {
			file.data[i] ^= changes[k];
			check_refused_or_loads(&file, "change of byte", i);
			file.data[i] ^= changes[k];
		}
	}
	free(file.data);
}

/* Every aligned number becomes one at the edge of something. */
static void every_number_changed(void)
{
	static const u64 values[] = {
		0, 1, ~0ull, 1ull << 63, 0x7fffffff, 0x80000000, 0xffff, -8ull,
	};
	struct bytes file = valid_file();
	size_t i, k;
	u64 old;

	for (i = 0; i + 8 <= file.size; i += 4) {
		memcpy(&old, file.data + i, 8);
		for (k = 0; k < ARRAY_SIZE(values); k++) {
			memcpy(file.data + i, &values[k], 8);
			check_refused_or_loads(&file, "number at", i);
			memcpy(file.data + i, &values[k], 4);
			memcpy(file.data + i + 4, (u8 *)&old + 4, 4);
			check_refused_or_loads(&file, "half number at", i);
			memcpy(file.data + i, &old, 8);
		}
	}
	free(file.data);
}

static void garbage(void)
{
	struct bytes file = {};
	unsigned int round, i;

	srand(1);
	for (round = 0; round < 200; round++) {
		u8 bytes[600];

		for (i = 0; i < sizeof(bytes); i++)
			bytes[i] = rand();
		file.size = 0;
		bytes_append(&file, bytes, rand() % sizeof(bytes));
		check_int(try_load(&file), ENOEXEC);
		/* with a magic number */
		if (file.size >= SELFMAG)
			memcpy(file.data, ELFMAG, SELFMAG);
		check_int(try_load(&file), ENOEXEC);
	}
	free(file.data);
}

static const struct test sweeps[] = {
	{ "cut_at_every_byte", cut_at_every_byte },
	{ "every_byte_changed", every_byte_changed },
	{ "every_number_changed", every_number_changed },
	{ "garbage", garbage },
};

int main(void)
{
	glob_t found = found_objects();
	size_t nr = ARRAY_SIZE(sweeps) + found.gl_pathc + 1;
	size_t i, k;

	for (i = 0; all_cases[i]; i++)
		nr += all_cases[i]->nr;
	plan(nr);
	for (i = 0; all_cases[i]; i++)
		for (k = 0; k < all_cases[i]->nr; k++)
			run_case(&all_cases[i]->cases[k]);
	if (!found.gl_pathc)
		fail("no object in $REX_FOUND");
	report(!has_failed(), "libfuzzer_found_objects");
	for (i = 0; i < found.gl_pathc; i++)
		run_found(found.gl_pathv[i]);
	globfree(&found);
	for (i = 0; i < ARRAY_SIZE(sweeps); i++) {
		sweeps[i].run();
		report(!has_failed(), sweeps[i].name);
	}
	return summary();
}
