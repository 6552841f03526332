// SPDX-License-Identifier: GPL-2.0
/*
 * Programs share state (programs/sharing) with userspace by name, with other
 * CPUs under a lock, and in parts of values of maps, and query their heap.
 */
#include <pthread.h>

#include "rex_ioctl.h"
#include "names/sharing.h"

#define ROUNDS 2000

static struct rex_obj *load_acts_opts(const struct rex_obj_open_opts *opts)
{
	struct rex_obj *obj = load_object_opts("sharing", opts);

	attach(obj, "acts");
	return obj;
}

/* A busy machine may stop a CPU that has the lock for a while. */
static struct rex_obj *load_acts(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = 5000);

	return load_acts_opts(&opts);
}

static __u64 noted(struct rex_obj *obj, __u32 index)
{
	return map_get(obj, "NOTES", index);
}

/* Performs an act that ends with ERROR; 1: with none. */
static void act(struct rex_obj *obj, __u32 fd, long long error)
{
	map_set(obj, "NOTES", ERROR, 0);
	fire(fd);
	EXPECT_EQ(noted(obj, ERROR), error);
}

static __u64 get_u64(struct rex_obj *obj, const char *name)
{
	__u64 value = 0;

	EXPECT_MSG(!rex_obj_get_shared(obj, name, &value, sizeof(value)), "%s",
		   rex_last_error());
	return value;
}

static void set_u32(struct rex_obj *obj, const char *name, __u32 value)
{
	EXPECT_MSG(!rex_obj_set_shared(obj, name, &value, sizeof(value)), "%s",
		   rex_last_error());
}

static bool is_held(struct rex_obj *obj)
{
	__u32 value = 0;

	EXPECT(!rex_obj_get_shared(obj, "HELD", &value, sizeof(value)));
	return value;
}

/* ---- values by name ---- */

TEST(values_are_read_and_written_by_name)
{
	struct rex_obj *obj = load_acts();
	struct {
		__u64 calls, bytes;
	} pair = { 10, ~0ull };
	__u64 hits = 100;
	__u8 tiny = 250;

	act(obj, COUNT, 1);
	act(obj, COUNT, 1);
	EXPECT_EQ(get_u64(obj, "HITS"), 2);
	EXPECT(!rex_obj_set_shared(obj, "HITS", &hits, sizeof(hits)));
	EXPECT(!rex_obj_set_shared(obj, "TINY", &tiny, 1));
	EXPECT(!rex_obj_set_shared(obj, "PAIR", &pair, sizeof(pair)));
	act(obj, COUNT, 1);
	EXPECT_EQ(get_u64(obj, "HITS"), 101);
	EXPECT(!rex_obj_get_shared(obj, "TINY", &tiny, 1));
	EXPECT_EQ(tiny, 253);
	EXPECT(!rex_obj_get_shared(obj, "PAIR", &pair, sizeof(pair)));
	EXPECT_EQ(pair.calls, 11);
	EXPECT_EQ(pair.bytes, 0x0101010101010100);
	/* The values are maps as well. */
	EXPECT_EQ(map_get(obj, "HITS", 0), 101);
}

TEST(a_mapped_value_is_the_programs_own)
{
	struct rex_obj *obj = load_acts();
	size_t size = 0;
	volatile __u64 *hits = rex_obj_map_shared(obj, "HITS", &size);

	ASSERT_MSG(hits, "%s", rex_last_error());
	EXPECT_EQ(size, 8);
	EXPECT_EQ((unsigned long)hits % 4096, 0);
	EXPECT(rex_obj_map_shared(obj, "HITS", NULL) == (void *)hits);
	act(obj, COUNT, 1);
	EXPECT_EQ(*hits, 1);
	*hits = 41;
	act(obj, COUNT, 1);
	EXPECT_EQ(*hits, 42);
	/* The bytes after the value leak nothing of the kernel. */
	for (int i = 1; i < 512; i++)
		EXPECT_EQ(hits[i], 0);
	memset((void *)hits, 0xff, 4096);
	act(obj, COUNT, 1);
	EXPECT_EQ(*hits, 0);
	EXPECT(is_live(obj, "acts"));
}

TEST(missing_shared_value_is_named)
{
	struct rex_obj *obj = load_acts();
	__u64 value;

#define REFUSED(_name, _size, _err, _text)                               \
	do {                                                             \
		EXPECT_EQ(rex_obj_get_shared(obj, _name, &value, _size), \
			  _err);                                         \
		EXPECT_CONTAINS(rex_last_error(), _text);                \
		EXPECT_EQ(rex_obj_set_shared(obj, _name, &value, _size), \
			  _err);                                         \
	} while (0)
	REFUSED("NOSUCH", 8, -ENOENT, "no shared value NOSUCH");
	REFUSED("NOTES", 8, -EINVAL, "is a map of another kind than Shared");
	REFUSED("LOCAL", 8, -EINVAL, "is a map of another kind than Shared");
	REFUSED("HITS", 4, -EMSGSIZE, "has 8 bytes, the value has 4");
	EXPECT_EQ(rex_obj_get_shared(obj, "HITS", NULL, 8), -EINVAL);
	EXPECT(!rex_obj_map_shared(obj, "NOTES", NULL));
	rex_obj_close(obj);
	obj = open_object("sharing", NULL);
	REFUSED("HITS", 8, -ENOENT, "is not loaded");
}

TEST(each_cpu_has_its_own_value)
{
	int cpus = libbpf_num_possible_cpus();
	struct rex_obj *obj = load_acts();
	__u64 values[cpus];
	__u32 zero = 0;

	for (int cpu = 0; cpu < 2; cpu++) {
		pin_to_cpu(cpu);
		for (int i = 0; i <= cpu; i++)
			act(obj, COUNT, 1);
	}
	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "LOCAL"), &zero, values));
	EXPECT_EQ(values[0], 1);
	EXPECT_EQ(values[1], 2);
	EXPECT_EQ(get_u64(obj, "HITS"), 3);
}

TEST(a_restart_leaves_shared_values)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = 10);
	struct rex_obj *obj = load_acts_opts(&opts);

	announce_dmesg("stopped by a panic: half a change");
	act(obj, COUNT, 1);
	act(obj, CHANGE, 1);
	set_u32(obj, "RELEASE", 1);
	fire(FAIL);
	ASSERT(WAIT_FOR(is_live(obj, "acts"), 20));
	act(obj, COUNT, 1);
	EXPECT_EQ(get_u64(obj, "HITS"), 2);
	/* The lock and its value are as they were when the object was loaded. */
	act(obj, CHANGE, 1);
	EXPECT_EQ(noted(obj, CALLS), 1);
	EXPECT_EQ(noted(obj, WRONG), 0);
}

/* ---- the lock ---- */

static void *change_on_cpu(void *cpu)
{
	pin_to_cpu((long)cpu);
	for (int i = 0; i < ROUNDS; i++)
		fire(CHANGE);
	return NULL;
}

TEST(no_change_under_the_lock_is_lost)
{
	struct rex_obj *obj = load_acts();
	pthread_t threads[2];
	__u64 missed;

	for (long i = 0; i < 2; i++)
		ASSERT(!pthread_create(&threads[i], NULL, change_on_cpu,
				       (void *)i));
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	act(obj, CHANGE, 1);
	missed = prog_info(obj, "acts").missed;
	EXPECT_EQ(noted(obj, CALLS) + missed, 2 * ROUNDS + 1);
	EXPECT_EQ(noted(obj, BYTES), 7 * noted(obj, CALLS));
	EXPECT_EQ(noted(obj, WRONG), 0);
}

TEST(a_lock_that_this_cpu_has_is_an_error)
{
	struct rex_obj *obj = load_acts();

	act(obj, TWICE, -EDEADLK);
	act(obj, CHANGE, 1);
	/*
	 * The guard is leaked: a run on its CPU gets an error, and another CPU
	 * waits until it is stopped.
	 */
	pin_to_cpu(0);
	act(obj, FORGET, 1);
	act(obj, CHANGE, -EDEADLK);
	announce_dmesg("stopped by a timeout: ran for more than");
	pin_to_cpu(1);
	fire(CHANGE);
	EXPECT_EQ(prog_info(obj, "acts").faults_by_cause[REX_FAULT_TIMEOUT], 1);
}

static pid_t on_cpu(int cpu, __u32 fd)
{
	pid_t pid = fork();

	if (!pid) {
		pin_to_cpu(cpu);
		fire(fd);
		_exit(0);
	}
	return pid;
}

/* This process is on CPU 1, and CPU 0 has the lock. */
static pid_t hold_elsewhere(struct rex_obj *obj, __u32 how)
{
	pid_t holder;

	pin_to_cpu(1);
	holder = on_cpu(0, how);
	ASSERT(WAIT_FOR(is_held(obj), 10));
	return holder;
}

TEST(waiter_gets_the_lock)
{
	struct rex_obj *obj = load_acts();
	pid_t holder = hold_elsewhere(obj, HOLD);

	act(obj, CHANGE, 1);
	reap(holder);
	EXPECT_EQ(noted(obj, CALLS), 2);
	EXPECT_EQ(noted(obj, BYTES), 14);
	EXPECT_EQ(noted(obj, WRONG), 0);
}

/* The holder panics: no run sees half a change, or waits until its timeout. */
TEST(waiting_for_a_dead_holder_is_an_error)
{
	struct rex_obj *obj = load_acts();
	struct rex_prog_info info;
	pid_t holder;

	announce_dmesg("stopped by a panic: half a change");
	holder = hold_elsewhere(obj, FAIL);
	act(obj, CHANGE, -EOWNERDEAD);
	reap(holder);
	info = prog_info(obj, "acts");
	EXPECT_EQ(info.state, REX_PROG_DEAD);
	EXPECT_EQ(info.faults, 1);
	EXPECT_EQ(noted(obj, WRONG), 0);
}

/* At the switch of tasks, the run queue's lock is held: waiting is refused. */
TEST(a_lock_that_another_cpu_has_is_an_error_with_interrupts_off)
{
	struct rex_obj *obj = load_acts();
	pid_t holder;

	attach(obj, "switches");
	holder = hold_elsewhere(obj, HOLD);
	EXPECT(WAIT_FOR(noted(obj, SWITCH_ERROR), 10));
	reap(holder);
	EXPECT_EQ(noted(obj, SWITCH_ERROR), -EAGAIN);
	EXPECT(is_live(obj, "switches"));
}

/* ---- parts of values ---- */

static void *parts_on_cpu(void *cpu)
{
	pin_to_cpu((long)cpu);
	for (int i = 0; i < 500; i++)
		fire(PARTS);
	return NULL;
}

TEST(parts_of_values_are_changed_without_a_loss)
{
	struct rex_obj *obj = load_acts();
	struct {
		__u64 calls;
		__u8 odd[8];
		__u32 small[6];
		__u64 times[64];
	} stats;
	static __u8 huge[LARGE];
	pthread_t threads[2];
	__u32 zero = 0;
	__u64 last;

	for (long i = 0; i < 2; i++)
		ASSERT(!pthread_create(&threads[i], NULL, parts_on_cpu,
				       (void *)i));
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	act(obj, PARTS, 1);
	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "STATS"), &zero, &stats));
	EXPECT_EQ(stats.calls + prog_info(obj, "acts").missed, 1001);
	EXPECT_EQ(stats.small[5], stats.calls);
	EXPECT_EQ(stats.small[4], 0);
	EXPECT_EQ(stats.odd[7], 0);
	for (int i = 0; i < 64; i++)
		EXPECT_EQ(stats.times[i], stats.calls * (i + 1));
	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "HUGE"), &zero, huge));
	EXPECT(!memcmp(huge + 3, "seventeen letters", 17));
	EXPECT(!memcmp(huge + LARGE - 17, "seventeen letters", 17));
	EXPECT_EQ(huge[2], 0);
	EXPECT_EQ(huge[20], 0);
	memcpy(&last, huge + LARGE - 8, 8);
	EXPECT_EQ(noted(obj, SUM), last);
	EXPECT_EQ(noted(obj, WRONG), 0);
}

/* ---- iteration ---- */

static void fill_table(struct rex_obj *obj, __u32 elements)
{
	for (__u32 key = 0; key < elements; key++) {
		__u64 value = key + 1;

		ASSERT(!bpf_map_update_elem(map_fd(obj, "TABLE"), &key, &value,
					    BPF_ANY));
	}
}

TEST(an_iteration_sees_each_element_once)
{
	struct rex_obj *obj = load_acts();

	act(obj, WALK, 1);
	EXPECT_EQ(noted(obj, STEPS), 0);
	fill_table(obj, 1000);
	act(obj, WALK, 1);
	EXPECT_EQ(noted(obj, STEPS), 1000);
	EXPECT_EQ(noted(obj, SUM), 1000 * 1001 / 2);
	act(obj, CLEAR, 1);
	EXPECT_EQ(noted(obj, STEPS), 1000);
	EXPECT_EQ(noted(obj, SUM), 1000 * 1001 / 2);
	act(obj, WALK, 1);
	EXPECT_EQ(noted(obj, STEPS), 0);
	EXPECT_EQ(noted(obj, WRONG), 0);
}

/* The kept elements come before others again if the iteration began again at a deletion. */
TEST(an_iteration_that_deletes_sees_each_element_once)
{
	struct rex_obj *obj = load_acts();

	fill_table(obj, 1000);
	act(obj, PRUNE, 1);
	EXPECT_EQ(noted(obj, STEPS), 1000);
	EXPECT_EQ(noted(obj, SUM), 1000 * 1001 / 2);
	act(obj, WALK, 1);
	EXPECT_EQ(noted(obj, STEPS), 500);
	EXPECT_EQ(noted(obj, SUM), 500 * 500);
}

static void *churn(void *arg)
{
	struct rex_obj *obj = arg;
	long end = ksft_ms() + 2000;
	__u64 value = 1;

	pin_to_cpu(1);
	for (__u32 key = 0; ksft_ms() < end; key = (key + 7) % 900) {
		bpf_map_delete_elem(map_fd(obj, "TABLE"), &key);
		bpf_map_update_elem(map_fd(obj, "TABLE"), &key, &value,
				    BPF_ANY);
	}
	return NULL;
}

/* The iteration ends within its bound for any change of the table. */
TEST(an_iteration_of_a_table_that_changes_ends)
{
	struct rex_obj *obj = load_acts();
	pthread_t thread;
	long end = ksft_ms() + 2000;
	__u64 most = 0;

	fill_table(obj, 900);
	ASSERT(!pthread_create(&thread, NULL, churn, obj));
	pin_to_cpu(0);
	while (ksft_ms() < end) {
		long begin = ksft_ms();

		fire(WALK);
		/* Runs take half of the CPU at most: there is a limit to their share. */
		ksft_pause_ms(ksft_ms() - begin + 1);
		if (noted(obj, STEPS) > most)
			most = noted(obj, STEPS);
	}
	pthread_join(thread, NULL);
	ksft_note("at most %llu steps", most);
	EXPECT(most > 0 && most <= 1000);
	EXPECT(is_live(obj, "acts"));
}

/* ---- the heap ---- */

#define HEAP_KIB 256

static struct rex_obj *load_with_heap(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .heap_size = HEAP_KIB << 10);

	return load_acts_opts(&opts);
}

TEST(a_program_sheds_load_before_its_heap_is_full)
{
	struct rex_obj *obj = load_with_heap();

	for (int i = 0; i < 1000; i++)
		fire(KEEP);
	act(obj, KEEP, 1);
	ksft_note("%llu events shed, %llu of %llu bytes in use",
		  noted(obj, SHED), noted(obj, HEAP_USED),
		  noted(obj, HEAP_SIZE));
	EXPECT_EQ(noted(obj, HEAP_SIZE), HEAP_KIB << 10);
	EXPECT_EQ(noted(obj, HEAP_USED), prog_info(obj, "acts").heap_used);
	EXPECT(noted(obj, HEAP_USED) > (HEAP_KIB << 10) * 3 / 4);
	EXPECT(noted(obj, HEAP_USED) < (HEAP_KIB << 10) * 4 / 5);
	EXPECT(noted(obj, SHED) > 700);
	EXPECT(is_live(obj, "acts"));
	EXPECT_EQ(prog_info(obj, "acts").heap_failed, 0);
}

TEST(an_allocation_can_be_an_error)
{
	struct rex_obj *obj = load_with_heap();

	act(obj, TRY, 1);
	ksft_note("%llu boxes of 1 KiB fit", noted(obj, STEPS));
	EXPECT(noted(obj, STEPS) > HEAP_KIB / 2);
	EXPECT(noted(obj, STEPS) < HEAP_KIB);
	EXPECT(is_live(obj, "acts"));
	EXPECT(prog_info(obj, "acts").heap_failed > 0);
	EXPECT_EQ(prog_info(obj, "acts").heap_used, 0);
}

TEST(the_report_of_a_full_heap_names_heap_and_function)
{
	struct rex_obj *obj = load_with_heap();
	struct rex_fault_info fault;

	announce_dmesg("stopped by a panic: memory allocation of 524288 bytes");
	fire(FILL);
	fault = last_fault(obj, "acts");
	EXPECT_CONTAINS(
		fault.message,
		"memory allocation of 524288 bytes failed in sharing::fills_the_heap: of the heap of 256 KiB, 0 are in use; heap_size, or rexctl load --heap, makes it larger");
	EXPECT_STREQ(fault.file, "");
	EXPECT_EQ(fault.line, 0);
}
