// SPDX-License-Identifier: GPL-2.0
/*
 * Counts objects in the kernel.
 */
#include "rex_util.h"

long count_ids(int (*next)(__u32 id, __u32 *next_id))
{
	__u32 id = 0;
	long count = 0;

	while (!next(id, &id))
		count++;
	return count;
}

long count_lines(const char *text, const char *word)
{
	long count = 0;

	while ((text = strstr(text, word))) {
		count++;
		text += strcspn(text, "\n");
	}
	return count;
}

long count_lines_of(const char *path, const char *word)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	long count = 0;

	ASSERT_MSG(f, "%s: %s", path, strerror(errno));
	while (getline(&line, &size, f) > 0)
		count += !!strstr(line, word);
	free(line);
	fclose(f);
	return count;
}

bool kallsyms_has(const char *word)
{
	return count_lines_of("/proc/kallsyms", word) > 0;
}

bool has_kasan(void)
{
	static int has = -1;

	if (has < 0)
		has = kallsyms_has("kasan_report");
	return has;
}

long meminfo_slack_kb(const char *name, long kb)
{
	bool has_slabs = !strcmp(name, "SUnreclaim") ||
			 !strcmp(name, "MemAvailable");

	return has_slabs && has_kasan() ? KASAN_KEEPS_KB : kb;
}

long meminfo_kb(const char *name)
{
	char *text = read_all("/proc/meminfo", NULL), *at;
	char line[64];
	long kb;

	snprintf(line, sizeof(line), "\n%s:", name);
	at = strstr(text, line);
	ASSERT_MSG(at, "/proc/meminfo has no %s", name);
	kb = atol(at + strlen(line));
	free(text);
	return kb;
}

long module_refs(void)
{
	char *text = read_all("/sys/module/rex/refcnt", NULL);
	long refs = atol(text);

	free(text);
	return refs;
}

long count_symbols(void)
{
	return count_lines_of("/proc/kallsyms", "[bpf]");
}

struct census read_census(void)
{
	return (struct census){
		.module_refs = module_refs(),
		.programs = count_ids(bpf_prog_get_next_id),
		.maps = count_ids(bpf_map_get_next_id),
		.links = count_ids(bpf_link_get_next_id),
		.areas = count_lines_of("/proc/vmallocinfo", "[rex]"),
	};
}

struct census take_census(void)
{
	struct census last = read_census(), now;
	long end = ksft_ms() + 5000;

	for (int same = 0; same < 3 && ksft_ms() < end;) {
		ksft_pause_ms(50);
		now = read_census();
		same = memcmp(&last, &now, sizeof(now)) ? 0 : same + 1;
		last = now;
	}
	return last;
}

void await_references(long refs, int seconds)
{
	ASSERT_MSG(WAIT_FOR(module_refs() == refs, seconds),
		   "%ld references on rex are not %ld", module_refs(), refs);
}

void await_idle(void)
{
	await_references(0, 10);
}

/*
 * The kernel needs a while to list the areas of memory, and frees none meanwhile. So nothing
 * is counted before the module has no more references.
 */
bool census_is(const struct census *want)
{
	struct census now;

	if (module_refs() != want->module_refs)
		return false;
	now = read_census();
	return !memcmp(want, &now, sizeof(now));
}
