// SPDX-License-Identifier: GPL-2.0
/*
 * No helper waits: programs that come in within a helper, where a lock is held that
 * the same helper wants again (programs/reentry). If they were let through, the CPU
 * would wait for ever with interrupts off.
 */
#include "rex_util.h"

enum {
	THREAD,
	OUTSIDE,
	WITHIN
};
enum {
	RUNS,
	FAILED,
	BUSY,
	ERROR,
	OF_WITHIN
};

/* A hang is the end of the VM, not the end of the test's patience. */
#define STALL_SECONDS "10"

static struct rex_obj *obj;

static __u64 name_hash(const char *name)
{
	__u64 hash = 0xcbf29ce484222325ull;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3ull;
	return hash;
}

/* Load programs/reentry, with PROGRAMS of it, and attach them. */
static void load_programs(const char *const *programs)
{
	const char *const *name;
	struct bpf_program *pos;

	write_file("/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout",
		   STALL_SECONDS);
	set_sysctl("kernel/panic_on_rcu_stall", "1");
	pin_to_cpu(1);
	obj = rex_obj_open(object_path("reentry"), NULL);
	ASSERT_MSG(obj, "%s", rex_last_error());
	bpf_object__for_each_program(pos, rex_obj_get_bpf(obj)) {
		for (name = programs; *name; name++)
			if (!strcmp(bpf_program__name(pos), *name))
				break;
		bpf_program__set_autoload(pos, *name);
	}
	ASSERT_MSG(!rex_obj_load_opened(obj), "%s\n%s", rex_last_error(),
		   rex_obj_log(obj));
	/* Those at whatever a helper calls are attached there. */
	for (name = programs; *name; name++)
		if (strncmp(*name, "at_", 3))
			attach(obj, *name);
	map_set(obj, "orders", THREAD,
		(__u64)getpid() << 32 | syscall(SYS_gettid));
}

static void set_acts(const char *outside, const char *within)
{
	for (__u32 i = 0; i < 2 * OF_WITHIN; i++)
		map_set(obj, "notes", i, 0);
	map_set(obj, "orders", OUTSIDE, outside ? name_hash(outside) : 0);
	map_set(obj, "orders", WITHIN, within ? name_hash(within) : 0);
}

static __u64 seen(__u32 note)
{
	return map_get(obj, "notes", note);
}

/* The program outside does OUTSIDE, those within it do WITHIN. */
static void nest(const char *outside, const char *within)
{
	ksft_note("%s within %s", within, outside);
	set_acts(outside, within);
	for (int i = 0; i < 3; i++)
		fire(EVENT_FD);
	map_set(obj, "orders", WITHIN, 0);
	ksft_note(
		"... %llu runs outside, %llu failed (%llu), %llu within, %llu failed (%llu), %llu busy",
		seen(RUNS), seen(FAILED), seen(ERROR), seen(OF_WITHIN + RUNS),
		seen(OF_WITHIN + FAILED), seen(OF_WITHIN + ERROR),
		seen(OF_WITHIN + BUSY));
	EXPECT_EQ(seen(RUNS), 3);
}

/* Helpers that take a lock of a map's, a ring buffer's or a free list's. */
static const char *const locking_acts[] = { "hash_update",
					    "hash_delete",
					    "percpu_hash_update",
					    "lru_update",
					    "lru_delete",
					    "percpu_lru_update",
					    "trie_update",
					    "trie_delete",
					    "queue_push",
					    "queue_pop",
					    "queue_peek",
					    "stack_push",
					    "stack_pop",
					    "ringbuf_output",
					    "ringbuf_reserve",
					    "dynamic_hash_update",
					    "dynamic_hash_delete",
					    "stackid",
					    NULL };

static void nest_at(const char *hook)
{
	const char *const programs[] = { "outside", hook, NULL };

	load_programs(programs);
	for (const char *const *act = locking_acts; *act; act++)
		nest(*act, *act);
}

#define NEST_AT(_hook)                           \
	TEST(no_helper_waits_for_itself_##_hook) \
	{                                        \
		nest_at(#_hook);                 \
	}

NEST_AT(before_unlock_irqrestore)
NEST_AT(before_unlock)
NEST_AT(after_lock_irqsave)
NEST_AT(after_lock)

/* By bpf(2). */
static void change_map(const char *name)
{
	int fd = map_fd(obj, name);
	__u64 value = 1;

	for (__u64 key = 0; key < 20; key++) {
		bpf_map_update_elem(fd, &key, &value, BPF_ANY);
		bpf_map_delete_elem(fd, &key);
	}
}

static void change_queue(const char *name)
{
	__u64 value = 1;

	for (int i = 0; i < 20; i++) {
		bpf_map_update_elem(map_fd(obj, name), NULL, &value, BPF_EXIST);
		bpf_map_lookup_elem(map_fd(obj, name), NULL, &value);
		bpf_map_lookup_and_delete_elem(map_fd(obj, name), NULL, &value);
	}
}

static void within_bpf(const char *map, void (*change)(const char *map),
		       const char *act)
{
	ksft_note("%s within changes of %s by bpf(2)", act, map);
	set_acts(NULL, act);
	change(map);
	map_set(obj, "orders", WITHIN, 0);
	ksft_note("... %llu runs within, %llu failed, %llu busy",
		  seen(OF_WITHIN + RUNS), seen(OF_WITHIN + FAILED),
		  seen(OF_WITHIN + BUSY));
	EXPECT(seen(OF_WITHIN + RUNS) > 0);
}

TEST(no_helper_waits_for_bpf)
{
	static const char *const programs[] = { "before_unlock_irqrestore",
						"before_unlock",
						"after_lock_irqsave",
						"after_lock", NULL };

	load_programs(programs);
	within_bpf("queue", change_queue, "queue_push");
	within_bpf("queue", change_queue, "queue_pop");
	within_bpf("queue", change_queue, "queue_peek");
	within_bpf("stack", change_queue, "stack_push");
	within_bpf("hash", change_map, "hash_update");
	within_bpf("hash", change_map, "hash_delete");
	within_bpf("percpu_hash", change_map, "percpu_hash_update");
	within_bpf("lru", change_map, "lru_update");
	within_bpf("trie", change_map, "trie_update");
}

TEST(the_coarse_clock_does_not_wait_for_the_clocks_change)
{
	static const char *const programs[] = { "within_the_clock", NULL };

	load_programs(programs);
	set_acts(NULL, "coarse_clock");
	EXPECT(WAIT_FOR(seen(OF_WITHIN + RUNS) > 20, 10));
	EXPECT_EQ(seen(OF_WITHIN + FAILED), 0);
}

TEST(texts_nest_as_deep_as_the_kernel_has_buffers)
{
	static const char *const programs[] = { "outside", "reads_1", "reads_2",
						"reads_3", "reads_4", NULL };

	load_programs(programs);
	set_sysctl("kernel/panic_on_warn", "1");
	nest("snprintf", "snprintf");
	set_sysctl("kernel/panic_on_warn", "0");
	EXPECT(seen(OF_WITHIN + BUSY) > 0);
	EXPECT_EQ(seen(OF_WITHIN + FAILED), seen(OF_WITHIN + BUSY));
	EXPECT(seen(OF_WITHIN + RUNS) > seen(OF_WITHIN + BUSY));
}
