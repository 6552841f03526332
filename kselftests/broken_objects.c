// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/rex refuses the corpus of broken objects (host/cases*.c): each NAME.o in corpus/
 * as its NAME.expect says. The first line is an errno (or "OK", or "ANY"), the second
 * one words of the log.
 */
#include <dirent.h>

#include "rex_ioctl.h"

#define NR_AT_LEAST 600

static char log_text[4096];

static int expected_errno(const char *name)
{
	static const struct {
		const char *name;
		int err;
	} errnos[] = {
		{ "OK", 0 },	      { "ENOEXEC", ENOEXEC },
		{ "EPROTO", EPROTO }, { "EFBIG", EFBIG },
		{ "ENOENT", ENOENT }, { "ENOMEM", ENOMEM },
		{ "ANY", -1 },
	};

	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (!strcmp(errnos[i].name, name))
			return errnos[i].err;
	ASSERT_MSG(0, "unknown errno %s", name);
	return -1;
}

/* Loads an object, and returns 0 or an errno. */
static int try_load(const char *path)
{
	struct rex_load args = {
		.size = sizeof(args),
		.log_level = REX_LOG_ERROR,
		.log_buf = u64_of(log_text),
		.log_size = sizeof(log_text),
	};
	size_t size;
	char *elf = read_all(path, &size);
	int fd, err;

	args.elf = u64_of(elf);
	args.elf_size = size;
	log_text[0] = '\0';
	fd = ioctl(device(), REX_IOC_LOAD, &args);
	err = fd < 0 ? errno : 0;
	free(elf);
	if (fd >= 0)
		close(fd);
	return err;
}

/* Reads the two lines of an expectation. */
static void read_expectation(const char *path, char *text, char **words)
{
	char *all = read_all(path, NULL);

	snprintf(text, 1024, "%s", all);
	free(all);
	*words = text + strcspn(text, "\n");
	ASSERT(**words);
	*(*words)++ = '\0';
	(*words)[strcspn(*words, "\n")] = '\0';
}

static void check_object(const char *folder, const char *name)
{
	char path[1024], expectation[1024], *words;
	int want, err;

	snprintf(path, sizeof(path), "%s/%s.expect", folder, name);
	read_expectation(path, expectation, &words);
	want = expected_errno(expectation);
	snprintf(path, sizeof(path), "%s/%s.o", folder, name);
	err = try_load(path);
	EXPECT_MSG(want < 0 || err == want, "%s: %s, not %s; log: %s", name,
		   err ? strerror(err) : "loaded", expectation, log_text);
	EXPECT_MSG(strstr(log_text, words), "%s: no \"%s\" in the log: %s",
		   name, words, log_text);
	EXPECT_MSG(!err == !log_text[0], "%s: %s with the log \"%s\"", name,
		   err ? strerror(err) : "loaded", log_text);
}

/* Checks the whole corpus, and returns the number of objects. */
static int check_all(void)
{
	char folder[256], name[300];
	struct dirent *entry;
	int count = 0;
	size_t len;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/corpus", getenv("REX_TESTS"));
	dir = opendir(folder);
	ASSERT_MSG(dir, "%s: %s", folder, strerror(errno));
	while ((entry = readdir(dir))) {
		len = strlen(entry->d_name);
		if (len < 3 || strcmp(entry->d_name + len - 2, ".o"))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)len - 2,
			 entry->d_name);
		check_object(folder, name);
		count++;
	}
	closedir(dir);
	return count;
}

TEST_TIMEOUT(broken_objects_are_refused_with_the_right_words, 100)
{
	struct census census;
	long symbols;
	int count;

	idle_device();
	census = take_census();
	symbols = count_symbols();
	count = check_all();
	ksft_note("%d objects", count);
	EXPECT(count >= NR_AT_LEAST);
	EXPECT_CENSUS(&census);
	EXPECT_EQ(count_symbols(), symbols);
}

/*
 * Each object takes several allocations of many kilobytes while it is checked:
 * a leak of a hundred of them is seen.
 */
TEST_TIMEOUT(broken_objects_leak_no_memory, 100)
{
	/* KASAN keeps what was freed; a debug kernel looks for leaks by itself. */
	long room = ksft_slower() > 1 ? 16384 : 256, before;

	check_all(); /* caches fill */
	before = meminfo_kb("SUnreclaim");
	check_all();
	EXPECT_MSG(WAIT_FOR(meminfo_kb("SUnreclaim") < before + room, 10),
		   "%ld kB of slab were %ld kB before",
		   meminfo_kb("SUnreclaim"), before);
}
