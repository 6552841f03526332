// SPDX-License-Identifier: GPL-2.0
/* The memcmp() of programs: memcmp.S. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memcmp.h"
#include "portable.h"
#include "test.h"

#define MAX_SIZE 70

/* Two places that end, or begin, at a page that nobody may read. */
struct pair {
	unsigned char *a, *b;
};

static unsigned char *make_pages(void)
{
	long page = sysconf(_SC_PAGESIZE);
	unsigned char *pages = mmap(NULL, 3 * page, PROT_NONE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(pages != MAP_FAILED);
	check(!mprotect(pages + page, page, PROT_READ | PROT_WRITE));
	return pages + page;
}

static struct pair make_pair(void)
{
	return (struct pair){ make_pages(), make_pages() };
}

static void free_pair(struct pair pair)
{
	long page = sysconf(_SC_PAGESIZE);

	munmap(pair.a - page, 3 * page);
	munmap(pair.b - page, 3 * page);
}

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

/* Compares SIZE bytes that are equal, and then differ in one of them, up or down. */
static void compare(unsigned char *a, unsigned char *b, size_t size)
{
	for (size_t i = 0; i < size; i++)
		a[i] = b[i] = 0x55 + 0x2f * i;
	check(!rex_memcmp(a, b, size));
	for (size_t i = 0; i < size; i++)
		for (int change = -1; change <= 1; change += 2) {
			unsigned char kept = b[i];

			b[i] += change * 0x80 + change;
			/* What comes after the first difference does not matter. */
			if (i + 1 < size)
				b[i + 1] ^= 0xff;
			check(sign(rex_memcmp(a, b, size)) ==
			      sign(memcmp(a, b, size)));
			if (i + 1 < size)
				b[i + 1] ^= 0xff;
			b[i] = kept;
		}
}

static void all_sizes_and_differences(void)
{
	long page = sysconf(_SC_PAGESIZE);
	struct pair pair = make_pair();

	for (size_t size = 0; size <= MAX_SIZE; size++) {
		compare(pair.a, pair.b, size);
		compare(pair.a + page - size, pair.b + page - size, size);
		compare(pair.a + 3, pair.b + page - size, size);
	}
	free_pair(pair);
}

static void sizes_are_not_signed(void)
{
	unsigned char a[16] = { 1 }, b[16] = { 2 };

	check(rex_memcmp(a, b, SIZE_MAX) < 0);
	check(rex_memcmp(b, a, (size_t)1 << 63) > 0);
}

static const struct test tests[] = {
	{ "all_sizes_and_differences", all_sizes_and_differences },
	{ "sizes_are_not_signed", sizes_are_not_signed },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
