// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's caches of objects (rex_slabs.h).
 */
#include <glob.h>

#include "rex_slabs.h"

#define MOST_SHOWN 8

struct slab_caches *read_slab_caches(void)
{
	long page_kb = sysconf(_SC_PAGESIZE) / 1024;
	struct slab_caches *all = calloc(1, sizeof(*all));
	char *text = read_all("/proc/slabinfo", NULL), *line, *rest = text;

	ASSERT(all);
	all->large_kb = meminfo_kb("Slab");
	while ((line = strsep(&rest, "\n"))) {
		struct slab_cache *cache = &all->caches[all->nr];
		long pages, slabs;

		if (sscanf(line,
			   "%63s %*d %*d %*d %*d %ld : tunables %*d %*d %*d : slabdata %*d %ld",
			   cache->name, &pages, &slabs) != 3)
			continue;
		cache->kb = pages * slabs * page_kb;
		all->large_kb -= cache->kb;
		all->nr++;
		ASSERT(all->nr < MOST_SLAB_CACHES);
	}
	ASSERT(all->nr);
	free(text);
	return all;
}

/* Caches that are the same one have links to one folder. */
void shrink_slab_caches(void)
{
	glob_t found;

	if (glob("/sys/kernel/slab/*/shrink", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char folder[128];
		struct stat st;

		snprintf(folder, sizeof(folder), "%.*s",
			 (int)(strlen(found.gl_pathv[i]) - strlen("/shrink")),
			 found.gl_pathv[i]);
		/* A cache may go meanwhile. */
		if (!lstat(folder, &st) && S_ISDIR(st.st_mode)) {
			int fd = open(found.gl_pathv[i], O_WRONLY | O_CLOEXEC);

			if (fd >= 0) {
				EXPECT(write(fd, "1", 1) == 1);
				close(fd);
			}
		}
	}
	globfree(&found);
}

/* ---- growth ---- */

struct growth {
	const char *name;
	long kb;
};

static int most_first(const void *a, const void *b)
{
	const struct growth *x = a, *y = b;

	return x->kb < y->kb ? 1 : x->kb > y->kb ? -1 : 0;
}

static long kb_of(const struct slab_caches *all, const char *name)
{
	for (size_t i = 0; i < all->nr; i++)
		if (!strcmp(all->caches[i].name, name))
			return all->caches[i].kb;
	return 0;
}

void show_slab_growth(const struct slab_caches *before,
		      const struct slab_caches *now)
{
	struct growth grown[MOST_SLAB_CACHES + 1];
	size_t nr = 0;

	for (; nr < now->nr; nr++)
		grown[nr] = (struct growth){
			now->caches[nr].name,
			now->caches[nr].kb -
				kb_of(before, now->caches[nr].name),
		};
	grown[nr++] = (struct growth){ "no cache, as it is large",
				       now->large_kb - before->large_kb };
	qsort(grown, nr, sizeof(*grown), most_first);
	for (size_t i = 0; i < nr && i < MOST_SHOWN && grown[i].kb > 0; i++)
		ksft_note("slabs of %s: %ld kB more", grown[i].name,
			  grown[i].kb);
}
