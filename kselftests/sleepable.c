// SPDX-License-Identifier: GPL-2.0
/*
 * Sleepable programs (programs/sleepable) run, and read memory that is not there yet.
 */
#include <sys/mman.h>

#include "rex_ioctl.h"
#include "rex_pager.h"
#include "names/sleepable.h"

#define FILE_NAME "/tmp/file-of-pages"
#define FILE_PAGES 4

static struct rex_obj *obj;

static void start(const char *name)
{
	obj = load_object("sleepable");
	map_set(obj, "orders", PROCESS, getpid());
	attach(obj, name);
}

static void start_at_probed(const char *name, bool at_return)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = "probed",
		    .retprobe = at_return);

	obj = load_object("sleepable");
	map_set(obj, "orders", PROCESS, getpid());
	ASSERT_MSG(bpf_program__attach_uprobe_opts(program(obj, name), -1,
						   "/proc/self/exe", 0, &opts),
		   "%s: %s", name, strerror(errno));
}

__attribute__((noinline, used)) long probed(long number);

long probed(long number)
{
	__asm__ volatile("" ::: "memory");
	return number * 3;
}

static long seen(__u32 index)
{
	return map_get(obj, "seen", index);
}

static void give_order(__u64 act, const void *address)
{
	map_set(obj, "orders", ADDRESS, (unsigned long)address);
	map_set(obj, "orders", ACT, act);
}

/*
 * The pages of a file, which this process has not used: byte i of the file is i % 251. They
 * are not in the process's page tables, and if the kernel can, not in memory.
 */
static const unsigned char *unused_pages(void)
{
	unsigned char bytes[FILE_PAGES * PAGE];
	int fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	const unsigned char *pages;

	ASSERT(fd >= 0);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 251;
	ASSERT_EQ(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
	ASSERT(!fsync(fd));
	ASSERT(!posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	pages = mmap(NULL, sizeof(bytes), PROT_READ, MAP_PRIVATE, fd, 0);
	ASSERT(pages != MAP_FAILED);
	ASSERT(!madvise((void *)pages, sizeof(bytes), MADV_RANDOM));
	close(fd);
	return pages;
}

static __u64 first_bytes(void)
{
	__u64 number = 0;

	for (int i = 7; i >= 0; i--)
		number = number << 8 | i;
	return number;
}

/* ---- all kinds ---- */

TEST(uprobe_that_may_sleep_runs)
{
	start_at_probed("on_call", false);
	probed(1);
	EXPECT_EQ(seen(CALLS), 1);
}

TEST(uretprobe_that_may_sleep_sees_what_is_returned)
{
	start_at_probed("on_return", true);
	probed(7);
	EXPECT_EQ(seen(CALLS), 1);
	EXPECT_EQ(seen(VALUE), 21);
}

TEST(lsm_that_may_sleep_decides)
{
	int fd, err;

	start("on_open");
	fd = open("/dev/null", O_RDONLY);
	err = errno;
	map_set(obj, "orders", PROCESS, 0);
	EXPECT_EQ(fd, -1);
	EXPECT_EQ(err, EXDEV);
	EXPECT_EQ(seen(CALLS), 1);
}

TEST(carriers_are_as_sleepable_as_their_programs)
{
	int image, on_call, awake;

	obj = load_object("sleepable");
	image = rex_obj_image_fd(obj);
	on_call = bpf_program__fd(program(obj, "on_call"));
	awake = bpf_program__fd(program(obj, "on_call_awake"));
	EXPECT_ERRNO(bind_prog(image, awake, "on_call", REX_BIND_REPLACE),
		     ENOEXEC);
	EXPECT_ERRNO(bind_prog(image, on_call, "on_call_awake",
			       REX_BIND_REPLACE),
		     ENOEXEC);
}

/* ---- reading ---- */

TEST(missing_memory_is_an_error_without_waiting)
{
	const unsigned char *pages = unused_pages();

	start("on_socket");
	give_order(READ_PRESENT, pages);
	make_socket();
	EXPECT_EQ(seen(CALLS), 1);
	EXPECT_EQ(seen(RESULT), -EFAULT);
}

static void expect_first_bytes(void)
{
	EXPECT_EQ(seen(CALLS), 1);
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), first_bytes());
	EXPECT_EQ(seen(CPU_BEFORE), seen(CPU_AFTER));
}

TEST(memory_that_is_not_there_is_read)
{
	const unsigned char *pages = unused_pages();

	start("on_socket");
	give_order(COPY, pages);
	make_socket();
	expect_first_bytes();
	/* Now it is. */
	make_socket();
	EXPECT_EQ(seen(CALLS), 2);
	EXPECT_EQ(seen(RESULT), 0);
}

TEST(uprobe_reads_memory_that_is_not_there)
{
	const unsigned char *pages = unused_pages();

	start_at_probed("on_call", false);
	give_order(COPY, pages);
	probed(1);
	expect_first_bytes();
}

TEST(string_that_is_not_there_is_read)
{
	const unsigned char *pages = unused_pages();

	start("on_socket");
	/* A byte in 251 is 0: the string is 250 bytes long, across two pages. */
	give_order(COPY_STR, pages + PAGE - PAGE % 251 + 1);
	make_socket();
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), 250 * 256 + 250);
}

TEST(many_bytes_that_are_not_there_are_read)
{
	const unsigned char *pages = unused_pages();
	unsigned long sum = 0;

	start("on_socket");
	give_order(COPY_LONG, pages + 100);
	make_socket();
	for (size_t i = 0; i < LONG; i++)
		sum += (i + 100) % 251;
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), sum);
}

TEST(address_of_nothing_is_an_error)
{
	static const unsigned long addresses[] = {
		0,
		4096,
		0x7ffffffff000,
		0x800000000000,
		-4096ul,
		0xffffffff81000000,
		-1ul,
	};

	start("on_socket");
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		give_order(COPY, (void *)addresses[i]);
		make_socket();
		EXPECT_EQ(seen(RESULT), -EFAULT);
		give_order(COPY_STR, (void *)addresses[i]);
		make_socket();
		EXPECT_EQ(seen(RESULT), -EFAULT);
	}
	EXPECT(is_live(obj, "on_socket"));
}

/* The values on the stack of a run that has waited are there again. */
TEST(deep_stack_is_as_it_was_after_waiting)
{
	const unsigned char *pages = unused_pages();

	start("on_socket");
	give_order(COPY_DEEP, pages);
	make_socket();
	expect_first_bytes();
}
