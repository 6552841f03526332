// SPDX-License-Identifier: GPL-2.0
/*
 * mkcorpus FOLDER: write the corpus to files, for the tests in the VM. For each
 * object NAME.o there is NAME.expect, with two lines:
 *
 *	the errno that REX_IOC_LOAD must return, "OK" if it must load without
 *	maps, or "ANY" if it may load or be refused
 *	a part of the load log, or nothing
 */
#include <sys/stat.h>

#include "cases.h"
#include "load.h"

static void write_file(const char *dir, const char *name, const char *ext,
		       const void *data, size_t size)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, ext);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void write_object(const char *dir, const char *name,
			 const struct bytes *file, const char *result,
			 const char *words)
{
	char expect[1024];

	snprintf(expect, sizeof(expect), "%s\n%s\n", result, words);
	write_file(dir, name, "o", file->data, file->size);
	write_file(dir, name, "expect", expect, strlen(expect));
}

static unsigned int write_cases(const char *dir)
{
	unsigned int nr = 0;
	size_t i, k;

	for (i = 0; all_cases[i]; i++) {
		for (k = 0; k < all_cases[i]->nr; k++) {
			const struct obj_case *c = &all_cases[i]->cases[k];
			struct bytes file;

			if (c->host_only)
				continue;
			file = make_case(c);
			write_object(dir, c->name, &file, errno_name(c->err),
				     c->words ? c->words : "");
			free(file.data);
			nr++;
		}
	}
	return nr;
}

/* Writes a valid object, truncated at many places. */
static unsigned int write_cuts(const char *dir, unsigned int nr)
{
	struct bytes file = make_case(&valid_cases.cases[0]);
	size_t size = file.size;
	char name[64];
	unsigned int i;

	for (i = 0; i < nr; i++) {
		file.size = size * i / nr;
		snprintf(name, sizeof(name), "cut_at_%zu", file.size);
		write_object(dir, name, &file, "ENOEXEC", "");
	}
	free(file.data);
	return nr;
}

/* Writes a valid object with one byte changed, at many places. */
static unsigned int write_changes(const char *dir, unsigned int nr)
{
	struct bytes file = make_case(&valid_cases.cases[0]);
	char name[64];
	unsigned int i;

	for (i = 0; i < nr; i++) {
		size_t at = file.size * i / nr;

		file.data[at] ^= 0xff;
		snprintf(name, sizeof(name), "changed_at_%zu", at);
		write_object(dir, name, &file, "ANY", "");
		file.data[at] ^= 0xff;
	}
	free(file.data);
	return nr;
}

static unsigned int write_garbage(const char *dir, unsigned int nr)
{
	u8 bytes[4096];
	struct bytes file = { bytes, sizeof(bytes) };
	char name[64];
	unsigned int i, k;

	srand(1);
	for (i = 0; i < nr; i++) {
		for (k = 0; k < sizeof(bytes); k++)
			bytes[k] = rand();
		if (i % 2)
			memcpy(bytes, ELFMAG, SELFMAG);
		snprintf(name, sizeof(name), "garbage_%u", i);
		write_object(dir, name, &file, "ENOEXEC", "");
	}
	return nr;
}

/* Writes the objects that libFuzzer found. */
static unsigned int write_found(const char *dir)
{
	glob_t found = found_objects();
	struct bytes file;
	char name[64];
	size_t i;

	for (i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];

		if (!read_file(path, &file)) {
			perror(path);
			exit(1);
		}
		snprintf(name, sizeof(name), "found_%.40s", basename(path));
		write_object(dir, name, &file, "ANY", "");
		free(file.data);
	}
	globfree(&found);
	return i;
}

int main(int argc, char **argv)
{
	unsigned int nr;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	if (mkdir(argv[1], 0777) && errno != EEXIST) {
		perror(argv[1]);
		return 1;
	}
	nr = write_cases(argv[1]);
	nr += write_cuts(argv[1], 32);
	nr += write_changes(argv[1], 128);
	nr += write_garbage(argv[1], 8);
	nr += write_found(argv[1]);
	printf("%u objects in %s\n", nr, argv[1]);
	return 0;
}
