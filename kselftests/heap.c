// SPDX-License-Identifier: GPL-2.0
/*
 * Programs allocate (programs/heap): all types work, the quota holds, and all memory is
 * free at the end. Allocations in all contexts are in heap_contexts.
 * TEST-DEADLINE: 400
 */
#include <sys/mman.h>

#include "rex_heap.h"
#include "names/heap_unsafe.h"

/* ---- one program ---- */

TEST(ordinary_types_work)
{
	struct rex_obj *obj = load_heap(0);
	char text[128];
	__u32 key = 0;

	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(heap_act(obj, TYPES, 0), 12);
		ASSERT(!bpf_map_lookup_elem(map_fd(obj, "text"), &key, text));
		EXPECT_STREQ(text,
			     "three+_two_+_one_ 29 shape,4x5 51 0x9935 [Some(1), Some(2), None]");
		EXPECT_EQ(heap_used(obj), 0);
	}
	EXPECT_EQ(image_info(obj).heap_failed, 0);
	EXPECT_EQ(image_info(obj).heap_size, MIB);
}

TEST(alignments_are_kept)
{
	struct rex_obj *obj = load_heap(0);

	EXPECT_EQ(heap_act(obj, ALIGNMENTS, 0), 12);
	EXPECT_EQ(heap_used(obj), 0);
}

TEST(contents_move_with_a_block_that_grows)
{
	struct rex_obj *obj = load_heap(2 * MIB);

	EXPECT(heap_act(obj, RESIZE, 300000) < 10000);
	EXPECT_EQ(heap_used(obj), 0);
	EXPECT_EQ(image_info(obj).heap_failed, 0);
}

/* Blocks with a stored size use at least three quarters of the quota. */
TEST(quota_is_what_the_loader_says)
{
	static const __u64 sizes[] = { 4 * KIB,	  40 * KIB, 64 * KIB,
				       100 * KIB, MIB,	    5 * MIB };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct rex_obj *obj = load_heap(sizes[i]);
		__u64 first = heap_act(obj, COUNT_BLOCKS, 960);

		EXPECT_EQ(image_info(obj).heap_size, sizes[i]);
		EXPECT(first * 1024 <= sizes[i]);
		EXPECT_MSG(first * 1024 >= sizes[i] / 4 * 3,
			   "%llu blocks in %llu bytes", first, sizes[i]);
		EXPECT_EQ(heap_used(obj), 0);
		EXPECT(image_info(obj).heap_failed > 0);
		EXPECT_EQ(heap_act(obj, COUNT_BLOCKS, 960), first);
		/* The small pieces have merged. */
		if (sizes[i] >= MIB)
			EXPECT_EQ(heap_act(obj, RESERVE,
					   sizes[i] / MIB * MIB / 2),
				  1);
		EXPECT_EQ(prog_info(obj, "at_dup").faults, 0);
		unload_heap(obj);
	}
}

TEST(quota_is_rounded_to_pages_and_limited)
{
	struct rex_load args = load_args("hello");
	struct rex_obj *obj = load_with_heap("heap", 1, 0, 0);

	EXPECT_EQ(image_info(obj).heap_size, 4096);
	args.heap_size = REX_MAX_HEAP + 1;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_LOAD, &args), EFBIG);
}

TEST(image_without_allocations_has_no_heap)
{
	struct rex_obj *obj = load_with_heap("hello", 64 * MIB, 0, 0);

	EXPECT_EQ(image_info(obj).heap_size, 0);
	EXPECT(image_info(obj).memory < MIB);
}

TEST(lack_of_room_is_an_error_that_can_be_handled)
{
	struct rex_obj *obj = load_heap(MIB);

	EXPECT_EQ(heap_act(obj, RESERVE, MIB + 1), 0);
	EXPECT_EQ(heap_act(obj, RESERVE, 5 * MIB), 0);
	EXPECT_EQ(heap_act(obj, RESERVE, (__u64)1 << 62), 0);
	EXPECT_EQ(image_info(obj).heap_failed, 3);
	EXPECT_EQ(heap_act(obj, RESERVE, MIB), 1);
	EXPECT_EQ(heap_used(obj), 0);
	EXPECT_EQ(prog_info(obj, "at_dup").faults, 0);
}

TEST(lack_of_room_is_a_panic_that_names_the_size)
{
	struct rex_obj *obj = load_heap(MIB);
	struct rex_fault_info fault;

	announce_dmesg("stopped by a panic: memory allocation of 2097152");
	EXPECT_EQ(heap_act(obj, PANIC_FOR_WANT_OF_ROOM, 2 * MIB), NONE);
	fault = last_fault(obj, "at_dup");
	EXPECT_EQ(fault.cause, REX_FAULT_PANIC);
	EXPECT_CONTAINS(fault.message, "memory allocation of 2097152 bytes");
	EXPECT_EQ(prog_info(obj, "at_dup").state, REX_PROG_DEAD);
}

TEST(blocks_in_statics_stay_until_they_are_dropped)
{
	struct rex_obj *obj = load_heap(MIB);

	for (int i = 1; i <= 20; i++) {
		EXPECT_EQ(heap_act(obj, KEEP, 8000), 8000 * i);
		EXPECT(heap_used(obj) >= 8000ul * i);
	}
	EXPECT_EQ(heap_act(obj, DROP_KEPT, 0), 20);
	EXPECT_EQ(heap_used(obj), 0);
}

TEST(images_have_heaps_of_their_own)
{
	struct rex_obj *first = load_heap(256 * KIB), *second;
	struct bpf_link *link;

	EXPECT_EQ(heap_act(first, FORGET, 200 * KIB), 200 * KIB);
	second = load_with_heap("heap", 512 * KIB, 0, 0);
	link = attach(second, "at_dup");
	EXPECT_EQ(heap_act(second, RESERVE, 512 * KIB), 1);
	EXPECT_EQ(map_get(first, "results", RESULT), 0);
	bpf_link__destroy(link);
	EXPECT_EQ(heap_used(first), 256 * KIB);
	EXPECT_EQ(heap_used(second), 0);
}

/* Only the end of the image frees leaked blocks. */
TEST(forgotten_blocks_are_freed_with_the_image)
{
	struct rex_obj *obj;
	struct census before;

	await_idle();
	before = take_census();
	obj = load_heap(8 * MIB);
	for (int i = 0; i < 5; i++)
		EXPECT_EQ(heap_act(obj, FORGET, MIB), MIB);
	EXPECT_EQ(heap_used(obj), 5 * MIB);
	announce_dmesg("stopped by a panic: with 5 blocks");
	EXPECT_EQ(heap_act(obj, PANIC_WITH_BLOCKS, 200 * KIB), NONE);
	EXPECT(heap_used(obj) >= 6 * MIB);
	unload_heap(obj);
	await_idle();
	EXPECT_CENSUS(&before);

	obj = load_heap(8 * MIB);
	EXPECT_EQ(heap_used(obj), 0);
	EXPECT_EQ(heap_act(obj, RESERVE, 4 * MIB), 1);
	unload_heap(obj);
	await_idle();
	EXPECT_CENSUS(&before);
}

TEST(restart_empties_the_heap)
{
	struct rex_obj *obj = load_with_heap("heap", MIB, 10, 0);
	__u64 room;

	attach(obj, "at_dup");
	room = heap_act(obj, COUNT_BLOCKS, 500);
	announce_dmesg("stopped by a panic: with 5 blocks");
	for (int i = 1; i <= 3; i++) {
		EXPECT_EQ(heap_act(obj, KEEP, 8000), 8000);
		EXPECT_EQ(heap_act(obj, KEEP, 8000), 16000);
		EXPECT_EQ(heap_act(obj, FORGET, 300 * KIB), 300 * KIB);
		EXPECT_EQ(heap_act(obj, PANIC_WITH_BLOCKS, 30 * KIB), NONE);
		EXPECT_MSG(WAIT_FOR(is_live(obj, "at_dup"), 20),
			   "no restart %d", i);
		EXPECT_EQ(heap_used(obj), 0);
		EXPECT_EQ(heap_act(obj, COUNT_BLOCKS, 500), room);
	}
}

/* A kill at any place leaves the bitmaps right, and the heap usable. */
TEST_TIMEOUT(kill_in_the_middle_of_an_allocation_does_no_harm, 200)
{
	struct rex_obj *obj = load_with_heap("heap", 4 * MIB, 100, 0);
	struct rex_bind bind = { .size = sizeof(bind) };
	__u64 room;

	attach(obj, "at_dup");
	bind.flags = REX_BIND_REPLACE;
	bind.image_fd = rex_obj_image_fd(obj);
	bind.prog_fd = bpf_program__fd(program(obj, "at_dup"));
	strcpy(bind.entry, "at_dup");
	room = heap_act(obj, COUNT_BLOCKS, 3000);
	announce_dmesg("stopped by a timeout");
	for (__u64 i = 0; i < 20; i++) {
		bind.timeout_ms = 20 + i * 7 % 10;
		ASSERT(!ioctl(device(), REX_IOC_BIND, &bind));
		EXPECT_EQ(heap_act(obj, ALLOCATE_FOR_EVER, 16ul << i % 12),
			  NONE);
		EXPECT_EQ(last_fault(obj, "at_dup").cause, REX_FAULT_TIMEOUT);
		EXPECT(heap_used(obj) <= 64 * KIB);
		EXPECT_MSG(WAIT_FOR(is_live(obj, "at_dup"), 20), "no restart");
		bind.timeout_ms = 5000;
		ASSERT(!ioctl(device(), REX_IOC_BIND, &bind));
		if (i % 5 == 4)
			EXPECT_EQ(heap_act(obj, COUNT_BLOCKS, 3000), room);
	}
	EXPECT_EQ(heap_used(obj), 0);
	/* rex.ko prints 20 reports in five seconds, and the next tests look for some. */
	sleep(5);
}

/* ---- what is shown ---- */

TEST(rexctl_sets_and_shows_the_heap)
{
	char *text =
		shell("rexctl load %s --heap 300 2>&1", object_path("heap"));
	struct rex_obj *obj;

	EXPECT_CONTAINS(text, "0 of 300 KiB in use, 0 allocations failed");
	free(text);
	text = shell("rexctl load %s 2>&1", object_path("hello"));
	EXPECT(!strstr(text, "in use"));
	free(text);
	obj = load_heap(MIB);
	EXPECT_EQ(heap_act(obj, FORGET, 100 * KIB), 100 * KIB);
	EXPECT_EQ(heap_act(obj, RESERVE, MIB), 0);
	text = shell("rexctl show");
	EXPECT_CONTAINS(text, "128 of 1024 KiB in use, 1 allocations failed");
	free(text);
}

/* ---- what safe programs cannot do ---- */

TEST(kernel_survives_wrong_frees)
{
	announce_dmesg("free of memory that is not allocated");
	for (__u32 fd = FREE_TWICE; fd <= FREE_STACK; fd++) {
		struct rex_obj *obj = load_with_heap("heap_unsafe", 0, 0, 0);

		heap_link = attach(obj, "misuses");
		fire(fd);
		EXPECT_EQ(map_get(obj, "results", RESULT), 0);
		EXPECT_CONTAINS(last_fault(obj, "misuses").message,
				"free of memory that is not allocated");
		unload_heap(obj);
	}
}

TEST(kernel_survives_a_heap_that_is_overwritten)
{
	struct rex_obj *obj;

	announce_dmesg("not moved");
	obj = load_with_heap("heap_unsafe", 0, 0, 0);
	heap_link = attach(obj, "misuses");
	fire(MOVE_MIDDLE);
	EXPECT_CONTAINS(last_fault(obj, "misuses").message, "not moved");
	unload_heap(obj);

	obj = load_with_heap("heap_unsafe", 0, 0, 0);
	heap_link = attach(obj, "misuses");
	fire(OVERWRITE);
	EXPECT_EQ(map_get(obj, "results", REACHED_END), 1);
	fire(OVERWRITE);
	unload_heap(obj);

	/* The first wrong one of many frees ends the run. */
	announce_dmesg("free of memory that is not allocated");
	obj = load_with_heap("heap_unsafe", 0, 0, 0);
	heap_link = attach(obj, "misuses");
	fire(USE_FREED);
	EXPECT_EQ(map_get(obj, "results", REACHED_END), 0);
	unload_heap(obj);
}

/* ---- one helper that takes long ---- */

/* The registers of a clock, of which each read takes long. */
#define HPET "/dev/hpet"

/* As many as fit into one block of the heap. */
#define PAGES (4 * MIB / 4096)

/* Returns the address of PAGES pages, all of which are these registers. */
static unsigned long map_registers(int fd)
{
	char *all = mmap(NULL, PAGES * 4096, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	ASSERT(all != MAP_FAILED);
	for (unsigned long i = 0; i < PAGES; i++)
		ASSERT(mmap(all + i * 4096, 4096, PROT_READ,
			    MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED);
	return (unsigned long)all;
}

/* Returns the milliseconds that a program with the limit takes to read them at once. */
static long read_registers(unsigned long address, __u32 limit_ms, __u64 *result,
			   __u64 *timeouts)
{
	struct rex_obj *obj = load_with_heap("heap", 16 * MIB, 0, limit_ms);
	long begin;

	heap_link = attach(obj, "at_dup");
	map_set(obj, "control", ADDRESS, address);
	begin = ksft_ms();
	*result = heap_act(obj, READ_FROM_USER, PAGES * 4096);
	begin = ksft_ms() - begin;
	*timeouts = prog_info(obj, "at_dup").faults_by_cause[REX_FAULT_TIMEOUT];
	unload_heap(obj);
	return begin;
}

TEST_TIMEOUT(read_of_slow_memory_ends_at_the_limit, 120)
{
	__u64 result, timeouts;
	unsigned long address;
	int fd = open(HPET, O_RDONLY);
	long all, ms;

	if (fd < 0)
		SKIP("the kernel lets nobody read its clock");
	address = map_registers(fd);
	all = read_registers(address, 5000, &result, &timeouts);
	EXPECT_EQ(result, PAGES * 4096);
	EXPECT_EQ(timeouts, 0);
	announce_dmesg("stopped by a timeout");
	ms = read_registers(address, all / 8, &result, &timeouts);
	ksft_note("%ld ms for all, %ld with a limit of %ld", all, ms, all / 8);
	/* It had begun to read. */
	EXPECT_EQ(result, 1);
	EXPECT_EQ(timeouts, 1);
	EXPECT(ms < all / 2);
}
