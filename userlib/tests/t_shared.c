// SPDX-License-Identifier: GPL-2.0
/*
 * The shared library, used as an installed one: nothing but librex.h.
 */
#include <librex.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "gen.h"
#include "test.h"

/* Runs @call with standard error going to @text. */
static void capture_stderr(void (*call)(const void *), const void *arg,
			   char *text, size_t size)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t len;

	if (!CHECK(file && saved >= 0))
		return;
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	call(arg);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	len = fread(text, 1, size - 1, file);
	text[len] = '\0';
	fclose(file);
}

static void load_missing(const void *path)
{
	/* Upstream's loaders do this without a check in between. */
	CHECK(!rex_obj_get_bpf(rex_obj_load(path)));
}

static void upstream_loader_prints_why_it_failed(void)
{
	char text[512] = "";

	capture_stderr(load_missing, "/nonexistent/target/hello", text,
		       sizeof(text));
	CHECK_HAS(text, "librex: cannot open /nonexistent/target/hello: "
			"No such file or directory\n");
}

static void open_quietly(const void *buf)
{
	CHECK(!rex_obj_open_mem(buf, 4, NULL));
}

static void fuller_api_prints_nothing(void)
{
	char text[512] = "";

	capture_stderr(open_quietly, "abcd", text, sizeof(text));
	CHECK(!strcmp(text, ""));
	CHECK_HAS(rex_last_error(), "only 4 bytes");
}

static void debug_prints_steps_and_errors(void)
{
	char text[512] = "";

	rex_set_debug(1);
	capture_stderr(open_quietly, "abcd", text, sizeof(text));
	rex_set_debug(0);
	CHECK_HAS(text, "librex: error: not an ELF file: only 4 bytes");
}

static void error_text_is_one_printable_line(void)
{
	CHECK(!rex_obj_open("/nonexistent/\n\033[31m\377", NULL));
	CHECK_HAS(rex_last_error(), "/nonexistent/??[31m?: No such file");
}

static void open_needs_no_module(void)
{
	struct gen *gen = gen_hello();
	struct rex_obj *obj = rex_obj_open_mem(gen->buf, gen->size, NULL);

	CHECK(rex_obj_get_bpf(obj));
	CHECK_EQ(rex_obj_image_fd(obj), -ENOENT);
	rex_obj_close(obj);
	gen_free(gen);
}

static void missing_module_is_named(void)
{
	struct rex_version version = { .size = sizeof(version) };
	struct gen *gen = gen_hello();
	struct rex_obj *obj;

	if (!access(REX_DEVICE, F_OK)) {
		test_skip("there is a /dev/rex");
		gen_free(gen);
		return;
	}
	CHECK_EQ(rex_version(&version), -ENODEV);
	CHECK_HAS(rex_last_error(), "no /dev/rex: is the module rex loaded?");
	obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
	CHECK_EQ(rex_obj_load_opened(obj), -ENODEV);
	CHECK_HAS(rex_last_error(), "no /dev/rex: is the module rex loaded?");
	CHECK(!rex_obj_get_bpf(obj));
	rex_obj_close(obj);
	gen_free(gen);
}

static void library_reports_its_version(void)
{
	char text[32];

	snprintf(text, sizeof(text), "%d.%d", LIBREX_MAJOR_VERSION,
		 LIBREX_MINOR_VERSION);
	CHECK(!strcmp(rex_lib_version(), text));
}

static const struct test_case cases[] = {
	TEST_CASE(upstream_loader_prints_why_it_failed),
	TEST_CASE(fuller_api_prints_nothing),
	TEST_CASE(debug_prints_steps_and_errors),
	TEST_CASE(error_text_is_one_printable_line),
	TEST_CASE(open_needs_no_module),
	TEST_CASE(missing_module_is_named),
	TEST_CASE(library_reports_its_version),
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
