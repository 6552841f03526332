// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/rex loads objects that are broken at random, as the host's fuzzer makes them of the
 * corpus and of a program of the toolchain. Each is refused with a reason, or loaded, and
 * the memory stays flat. `make soak OBJECTS=100000` says how many, SEED=<number> which ones.
 * TEST-DEADLINE: 200
 */
#include <dirent.h>

#include "mutate.h"
#include "rex_ioctl.h"
#include "rex_soak.h"

#define MAX_BASES 1024
#define MAX_CHANGES 8

static struct base {
	char *data;
	size_t size;
} bases[MAX_BASES];
static size_t nr_bases;

static unsigned long nr_accepted;

static void add_base(const char *path)
{
	ASSERT(nr_bases < MAX_BASES);
	bases[nr_bases].data = read_all(path, &bases[nr_bases].size);
	nr_bases++;
}

static void read_bases(void)
{
	char folder[256], path[600];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/corpus", getenv("REX_TESTS"));
	dir = opendir(folder);
	ASSERT_MSG(dir, "%s: %s", folder, strerror(errno));
	while ((entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);

		if (len < 3 || strcmp(entry->d_name + len - 2, ".o"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		add_base(path);
	}
	closedir(dir);
	ASSERT(nr_bases > 100);
	add_base(object_path("hello"));
}

/* Half of the objects are of the toolchain's, which loads as it is. */
static struct mutator broken_object(unsigned long long seed,
				    unsigned long number)
{
	struct mutator m = {};
	const struct base *base;

	mutator_begin(&m, seed, number);
	base = &bases[mutator_below(&m, 2) ? mutator_below(&m, nr_bases) :
					     nr_bases - 1];
	m.data = malloc(base->size + 1);
	ASSERT(m.data);
	memcpy(m.data, base->data, base->size);
	m.size = base->size;
	for (int n = mutator_below(&m, MAX_CHANGES + 1); n; n--)
		mutate(&m);
	return m;
}

static bool is_refusal(int err)
{
	return err == ENOEXEC || err == EPROTO || err == ENOENT ||
	       err == EINVAL || err == ERANGE || err == EOPNOTSUPP;
}

static void load_broken(unsigned long long seed, unsigned long number)
{
	static char log[1024];
	struct mutator m = broken_object(seed, number);
	struct rex_load args = {
		.size = sizeof(args),
		.elf = u64_of(m.data),
		.elf_size = m.size,
		.log_level = REX_LOG_ERROR,
		.log_buf = u64_of(log),
		.log_size = sizeof(log),
	};
	int fd;

	log[0] = '\0';
	fd = ioctl(device(), REX_IOC_LOAD, &args);
	if (fd >= 0) {
		nr_accepted++;
		close(fd);
	} else {
		EXPECT_MSG(is_refusal(errno) && log[0],
			   "seed %llu object %lu: %s, with the log \"%s\"",
			   seed, number, strerror(errno), log);
	}
	free(m.data);
}

static unsigned long nr_done;

static void load_portion(struct soak *soak, unsigned long end)
{
	for (; nr_done < end; nr_done++) {
		load_broken(soak_seed(), nr_done);
		soak_step(soak, nr_done + 1);
	}
}

TEST_TIMEOUT(broken_objects_leave_memory_flat, 120)
{
	struct soak soak = soak_begin("objects", soak_count("OBJECTS", 4000));

	await_idle();
	device();
	read_bases();
	EXPECT_MSG(soak_stays_flat(&soak, load_portion, module_refs()),
		   "the memory is not flat");
	soak_end(&soak, nr_done);
	ksft_note("seed %llu: %lu objects of %zu bases, %lu loaded, %lu refused",
		  soak_seed(), nr_done, nr_bases, nr_accepted,
		  nr_done - nr_accepted);
	EXPECT(nr_accepted > 0 && nr_accepted < nr_done);
}
