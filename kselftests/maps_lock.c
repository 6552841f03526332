// SPDX-License-Identifier: GPL-2.0
/*
 * Values are shared under spin locks (programs/locks) with BPF_F_LOCK of bpf(2).
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <pthread.h>
#include <sys/socket.h>

#include "rex_ioctl.h"
#include "rex_pair.h"
#include "names/locks.h"

#define MANY 300

struct value {
	struct bpf_spin_lock lock;
	__u32 padding;
	__u64 word[WORDS];
};

/* Time for a run that waits for a test. */
#define PATIENT_MS 5000

FIXTURE_SETUP(pair)
{
	*self = load_pair("locks", 0);
}

FIXTURE_TEARDOWN(pair)
{
	unload_pair(self);
}

/* Expects that the program can take every lock, and stays alive. */
static void expect_all_free(struct pair_fixture *p)
{
	__u64 before = map_get(p->obj, "results", LOCKED);

	hand_over(p);
	fire(TAKE_ALL);
	EXPECT_EQ(map_get(p->obj, "results", LOCKED), before + MANY);
	EXPECT_EQ(prog_info(p->other, p->name).faults, 0);
}

static struct value locked_value(struct rex_obj *obj, const char *map,
				 __u32 key)
{
	struct value value;

	ASSERT(!bpf_map_lookup_elem_flags(map_fd(obj, map), &key, &value,
					  BPF_F_LOCK));
	return value;
}

static bool is_torn(const struct value *value)
{
	for (int i = 1; i < WORDS; i++)
		if (value->word[i] != value->word[0])
			return true;
	return false;
}

static struct value value_of(__u64 word)
{
	struct value value = {};

	for (int i = 0; i < WORDS; i++)
		value.word[i] = word;
	return value;
}

/* ---- values ---- */

TEST_F(pair, value_is_seen_from_both_sides)
{
	struct value value = value_of(41);
	__u32 key = 0;

	ASSERT(!bpf_map_update_elem(map_fd(self->obj, "shared"), &key, &value,
				    BPF_F_LOCK));
	fire(ADD);
	value = locked_value(self->obj, "shared", 0);
	EXPECT_EQ(value.word[0], 42);
	EXPECT_EQ(value.word[WORDS - 1], 42);
	EXPECT_EQ(value.lock.val, 0);
	/* The other element is its neighbour. */
	value = locked_value(self->obj, "shared", 1);
	EXPECT_EQ(value.word[0], 0);
	EXPECT_EQ(map_get(self->obj, "results", TORN), 0);
}

TEST_F(pair, plain_update_keeps_the_lock_word)
{
	struct value value = value_of(7);
	__u32 key = 0;

	value.lock.val = 0x01020304;
	ASSERT(!bpf_map_update_elem(map_fd(self->obj, "shared"), &key, &value,
				    0));
	fire(ADD);
	EXPECT_EQ(locked_value(self->obj, "shared", 0).word[0], 8);
	expect_all_free(self);
}

TEST_F(pair, calls_that_a_holder_of_a_lock_may_not_make_are_refused)
{
	fire(CHECK);
	EXPECT_EQ(map_get(self->obj, "results", FAILED), 0);
	EXPECT_EQ(map_get(self->obj, "results", LOCKED), 1);
	EXPECT_EQ(locked_value(self->obj, "by_key", 7).word[3], 9);
	expect_no_fault(self);
}

struct hammer {
	pthread_t thread;
	struct rex_obj *obj;
	__u32 event;
	int cpu;
	int calls;
	bool torn;
	volatile bool *stop;
};

static void *call_program(void *arg)
{
	struct hammer *h = arg;

	for (int i = 0; i < h->calls; i++)
		syscall(SYS_dup, h->event);
	return NULL;
}

static void *read_locked(void *arg)
{
	struct hammer *h = arg;
	int fd = map_fd(h->obj, "shared");
	struct value value;
	__u32 key = 0;

	while (!*h->stop) {
		if (bpf_map_lookup_elem_flags(fd, &key, &value, BPF_F_LOCK) ||
		    is_torn(&value))
			h->torn = true;
		h->calls++;
	}
	return NULL;
}

/* Returns how often the value was locked: once a call, if the kernel loses none. */
static __u64 hammer(struct pair_fixture *p, __u32 event, int threads, int calls)
{
	volatile bool stop = false;
	struct hammer h[8] = {};
	struct hammer reader = { .obj = p->obj, .stop = &stop };
	__u64 locked;

	ASSERT(!pthread_create(&reader.thread, NULL, read_locked, &reader));
	for (int i = 0; i < threads; i++) {
		h[i] = (struct hammer){ .event = event, .calls = calls };
		ASSERT(!pthread_create(&h[i].thread, NULL, call_program,
				       &h[i]));
	}
	for (int i = 0; i < threads; i++)
		ASSERT(!pthread_join(h[i].thread, NULL));
	stop = true;
	ASSERT(!pthread_join(reader.thread, NULL));
	EXPECT(!reader.torn);
	EXPECT(reader.calls > 10);
	EXPECT_EQ(map_get(p->obj, "results", TORN), 0);
	expect_no_fault(p);
	locked = map_get(p->obj, "results", LOCKED);
	/* Newer kernels lose events: see recursion_misses(). */
	EXPECT(locked <= (__u64)threads * calls);
	EXPECT(locked + recursion_misses(p->obj, p->name) >=
	       (__u64)threads * calls);
	EXPECT(locked > (__u64)calls);
	return locked;
}

TEST_F(pair, no_thread_sees_an_array_value_torn)
{
	__u64 locked = hammer(self, ADD, 4, 3000);

	EXPECT_EQ(locked_value(self->obj, "shared", 0).word[0], locked);
}

TEST_F(pair, no_thread_sees_a_hash_value_torn)
{
	__u64 locked = hammer(self, ADD_BY_KEY, 8, 1500), sum = 0;

	for (__u32 key = 0; key < 4; key++) {
		struct value value;

		if (!bpf_map_lookup_elem_flags(map_fd(self->obj, "by_key"),
					       &key, &value, BPF_F_LOCK))
			sum += value.word[0];
	}
	EXPECT_EQ(sum, locked);
}

static void *hold_lock(void *unused)
{
	(void)unused;
	syscall(SYS_dup, HOLD);
	return NULL;
}

/* The guard's references do not see writes without the lock. */
TEST(plain_update_does_not_change_a_held_value)
{
	struct pair_fixture p = load_pair("locks", PATIENT_MS);
	struct value value = value_of(5);
	pthread_t thread;
	__u32 key = 0;

	ASSERT(!bpf_map_update_elem(map_fd(p.obj, "shared"), &key, &value, 0));
	ASSERT(!pthread_create(&thread, NULL, hold_lock, NULL));
	ASSERT(WAIT_FOR(map_get(p.obj, "results", HOLDING) == 1, 5));
	value.word[3] = 9;
	for (int i = 0; i < 100; i++) {
		value.word[0] = 100 + i;
		bpf_map_update_elem(map_fd(p.obj, "shared"), &key, &value, 0);
	}
	map_set(p.obj, "control", GO_ON, 1);
	ASSERT(!pthread_join(thread, NULL));
	EXPECT_EQ(map_get(p.obj, "results", TORN), 0);
	EXPECT_EQ(locked_value(p.obj, "shared", 0).word[0], 1005);
	EXPECT_EQ(locked_value(p.obj, "shared", 0).word[3], 1005);
	expect_no_fault(&p);
	unload_pair(&p);
}

/* ---- ends of runs ---- */

/*
 * Ends a run that holds a number of locks, and expects that no change is
 * stored.
 */
static void run_ends_with(struct pair_fixture *self, __u32 event, __u32 cause,
			  __u64 number)
{
	__u32 key = number - 1;
	__u64 value[2];

	map_set(self->obj, "control", NUMBER, number);
	fire(event);
	expect_fault(self, cause);
	EXPECT_EQ(map_get(self->obj, "results", HOLDING), number);
	expect_all_free(self);
	ASSERT(!bpf_map_lookup_elem_flags(map_fd(self->obj, "many"), &key,
					  value, BPF_F_LOCK));
	EXPECT_EQ(value[1], 0);
}

TEST_F(pair, panic_releases_a_lock)
{
	run_ends_with(self, PANIC, REX_FAULT_PANIC, 1);
}

TEST_F(pair, panic_releases_100_locks)
{
	run_ends_with(self, PANIC, REX_FAULT_PANIC, 100);
}

TEST_F(pair, timeout_releases_a_lock)
{
	run_ends_with(self, SPIN, REX_FAULT_TIMEOUT, 1);
}

TEST_F(pair, timeout_releases_100_locks)
{
	run_ends_with(self, SPIN, REX_FAULT_TIMEOUT, 100);
}

TEST_F(pair, forgotten_locks_are_released_at_the_end_of_the_run)
{
	map_set(self->obj, "control", NUMBER, 100);
	for (int i = 0; i < 20; i++)
		fire(FORGET);
	EXPECT_EQ(map_get(self->obj, "results", HOLDING), 100);
	expect_no_fault(self);
	expect_all_free(self);
}

/* The kernel counts why softirqs are off, in eight bits below those of interrupts. */
TEST_F(pair, more_locks_than_the_kernel_can_count_are_held_and_released)
{
	map_set(self->obj, "control", NUMBER, MANY);
	for (int i = 0; i < 20; i++)
		fire(FORGET);
	EXPECT_EQ(map_get(self->obj, "results", HOLDING), MANY);
	EXPECT_EQ(prog_info(self->obj, self->name).errors, 0);
	expect_no_fault(self);
	expect_all_free(self);
}

/* The time may end between any two instructions of taking the lock. */
TEST(loop_of_nothing_but_a_lock_ends_in_the_timeout)
{
	for (int i = 0; i < 6; i++) {
		struct pair_fixture p = load_pair("locks", 0);
		struct rex_fault_info fault;

		fire(LOCK_FOR_EVER);
		expect_fault(&p, REX_FAULT_TIMEOUT);
		fault = last_fault(p.obj, p.name);
		EXPECT_CONTAINS(fault.trace, "locks_for_ever");
		ksft_note("%s", fault.message);
		expect_all_free(&p);
		unload_pair(&p);
	}
}

TEST_F(pair, lock_that_is_taken_twice_ends_in_the_timeout)
{
	fire(TWICE);
	EXPECT_EQ(map_get(self->obj, "results", HOLDING), 1);
	expect_fault(self, REX_FAULT_TIMEOUT);
	expect_all_free(self);
	EXPECT_EQ(locked_value(self->obj, "shared", 0).word[0], 0);
}

static void *take_two(void *arg)
{
	struct hammer *h = arg;

	pin_to_cpu(h->event == FORTH ? 0 : 1);
	syscall(SYS_dup, h->event);
	return NULL;
}

TEST_F(pair, locks_in_opposite_order_end_in_the_timeout)
{
	struct hammer forth = { .event = FORTH }, back = { .event = BACK };
	struct rex_prog_info info;
	__u64 locked;

	ASSERT(!pthread_create(&forth.thread, NULL, take_two, &forth));
	ASSERT(!pthread_create(&back.thread, NULL, take_two, &back));
	ASSERT(!pthread_join(forth.thread, NULL));
	ASSERT(!pthread_join(back.thread, NULL));
	EXPECT_EQ(map_get(self->obj, "results", HOLDING), 2);
	/*
	 * When the first one is stopped, the second may get its lock. On a slow kernel, it
	 * is then stopped as well, after it has counted.
	 */
	locked = map_get(self->obj, "results", LOCKED);
	info = prog_info(self->obj, self->name);
	EXPECT(locked <= 1);
	EXPECT(info.faults <= 2);
	EXPECT(info.faults + locked >= 2);
	EXPECT(info.faults_by_cause[REX_FAULT_TIMEOUT] >= 1);
	EXPECT_EQ(info.faults_by_cause[REX_FAULT_TIMEOUT], info.faults);
	expect_all_free(self);
}

/* ---- with bpf(2) waiting, which has interrupts off meanwhile ---- */

static void *wait_in_kernel(void *arg)
{
	struct hammer *h = arg;
	int fd = map_fd(h->obj, "many");
	__u32 key = 0;
	__u64 value[2];

	pin_to_cpu(h->cpu);
	while (!*h->stop) {
		if (bpf_map_lookup_elem_flags(fd, &key, value, BPF_F_LOCK))
			h->torn = true;
		h->calls++;
	}
	return NULL;
}

/* All other CPUs wait for the lock, and so cannot watch the holder. */
TEST_F(pair, holder_that_loops_is_stopped_while_all_others_wait)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	volatile bool stop = false;
	struct hammer *h = calloc(cpus, sizeof(*h));
	long start;

	ASSERT(h);
	pin_to_cpu(0);
	for (int i = 1; i < cpus; i++) {
		h[i] = (struct hammer){
			.obj = self->obj,
			.cpu = i,
			.stop = &stop,
		};
		ASSERT(!pthread_create(&h[i].thread, NULL, wait_in_kernel,
				       &h[i]));
		ASSERT(WAIT_FOR(*(volatile int *)&h[i].calls > 0, 5));
	}
	map_set(self->obj, "control", NUMBER, 1);
	start = ksft_ms();
	fire(SPIN);
	EXPECT_MSG(ksft_ms() - start < 5000, "it took %ld ms",
		   ksft_ms() - start);
	stop = true;
	for (int i = 1; i < cpus; i++) {
		ASSERT(!pthread_join(h[i].thread, NULL));
		EXPECT(!h[i].torn);
	}
	expect_fault(self, REX_FAULT_TIMEOUT);
	expect_all_free(self);
}

/*
 * bpf(2) with a batch waits for the lock in a value while it holds the bucket's
 * lock, which the holder needs to insert.
 */
static void *read_batches(void *arg)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts, .elem_flags = BPF_F_LOCK);
	struct hammer *h = arg;
	int fd = map_fd(h->obj, "by_key");
	struct value values[8];
	__u32 keys[8];

	while (!*h->stop) {
		__u32 count = 8, batch = 0;
		int err = bpf_map_lookup_batch(fd, NULL, &batch, keys, values,
					       &count, &opts);

		if (err && err != -ENOENT)
			h->torn = true;
		for (__u32 i = 0; i < count; i++)
			if (keys[i] < 4 && is_torn(&values[i]))
				h->torn = true;
		h->calls++;
	}
	return NULL;
}

TEST_F(pair, batches_of_bpf_do_not_deadlock_with_a_holder)
{
	volatile bool stop = false;
	struct hammer reader = { .obj = self->obj, .stop = &stop };
	struct hammer h[3] = {};
	int i, checks = 0;

	ASSERT(!pthread_create(&reader.thread, NULL, read_batches, &reader));
	for (i = 0; i < 3; i++) {
		h[i] = (struct hammer){ .event = ADD_BY_KEY, .calls = 2000 };
		ASSERT(!pthread_create(&h[i].thread, NULL, call_program,
				       &h[i]));
	}
	/* It inserts, and tries to insert and delete with a lock held. */
	for (i = 0; i < 500; i++) {
		__u64 misses = recursion_misses(self->obj, self->name);
		__u32 key = 7;

		fire(CHECK);
		if (!bpf_map_delete_elem(map_fd(self->obj, "by_key"), &key))
			checks++;
		else
			EXPECT(recursion_misses(self->obj, self->name) >
			       misses);
	}
	for (i = 0; i < 3; i++)
		ASSERT(!pthread_join(h[i].thread, NULL));
	stop = true;
	ASSERT(!pthread_join(reader.thread, NULL));
	EXPECT(!reader.torn);
	EXPECT(reader.calls > 10);
	EXPECT(checks > 50);
	EXPECT_EQ(map_get(self->obj, "results", FAILED), 0);
	EXPECT_EQ(map_get(self->obj, "results", TORN), 0);
	expect_no_fault(self);
}

/* ---- where interrupts are off ---- */

/* Attaches a kprobe after the beginning of the function, which is an int3. */
static struct bpf_link *attach_inside(struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts);
	struct bpf_link *link = NULL;
	libbpf_print_fn_t print = libbpf_set_print(NULL);

	for (opts.offset = 9; !link && opts.offset < 64; opts.offset++)
		link = bpf_program__attach_kprobe_opts(prog, "__x64_sys_dup",
						       &opts);
	libbpf_set_print(print);
	ASSERT(link);
	return link;
}

TEST_F(pair, lock_is_refused_where_interrupts_are_off)
{
	struct bpf_link *link;

	write_file("/sys/kernel/debug/kprobes/enabled", "1");
	set_sysctl("debug/kprobes-optimization", "0");
	link = attach_inside(program(self->obj, "takes_lock_in_kprobe"));
	fire(EVENT_FD);
	EXPECT_EQ((__s64)map_get(self->obj, "results", ERROR), -EWOULDBLOCK);
	EXPECT_EQ(map_get(self->obj, "results", LOCKED), 0);
	bpf_link__destroy(link);
	set_sysctl("debug/kprobes-optimization", "1");
	expect_all_free(self);
}

static void *hold_lock_on_cpu_0(void *unused)
{
	pin_to_cpu(0);
	return hold_lock(unused);
}

#define RPS_CPUS "/sys/class/net/lo/queues/rx-0/rps_cpus"

/* Opens a socket for packets that go through the softirq of CPU 0. */
static int socket_through_cpu_0(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ASSERT(fd >= 0);
	free(shell("ip link set lo up 2>&1"));
	write_file(RPS_CPUS, "1");
	ASSERT(!connect(fd, (struct sockaddr *)&to, sizeof(to)));
	return fd;
}

/* A softirq runs only after the lock is released, so it never waits for it. */
TEST(lock_is_not_met_in_a_softirq_of_the_holder)
{
	struct bpf_link *link;
	struct pair_fixture p;
	pthread_t thread;
	int fd, sent = 0;
	long end;

	if (access(RPS_CPUS, F_OK))
		SKIP("the kernel does not steer packets (CONFIG_RPS)");
	p = load_pair("locks", PATIENT_MS);
	fd = socket_through_cpu_0();
	pin_to_cpu(1);
	for (int i = 0; i < 10; i++) {
		link = bpf_program__attach_xdp(program(p.obj,
						       "takes_lock_in_softirq"),
					       if_nametoindex("lo"));
		ASSERT(link);
		map_set(p.obj, "results", HOLDING, 0);
		map_set(p.obj, "results", LOCKED, 0);
		map_set(p.obj, "control", GO_ON, 0);
		ASSERT(!pthread_create(&thread, NULL, hold_lock_on_cpu_0,
				       NULL));
		ASSERT(WAIT_FOR(map_get(p.obj, "results", HOLDING) == 1, 5));
		map_set(p.obj, "control", IN_SOFTIRQ, 1);
		for (end = ksft_ms() + 20; ksft_ms() < end;)
			sent += send(fd, "x", 1, MSG_DONTWAIT) == 1;
		EXPECT_EQ(map_get(p.obj, "results", LOCKED), 0);
		map_set(p.obj, "control", GO_ON, 1);
		ASSERT(!pthread_join(thread, NULL));
		ASSERT(WAIT_FOR(map_get(p.obj, "results", LOCKED) > 0, 5));
		map_set(p.obj, "control", IN_SOFTIRQ, 0);
		/* Detaching returns when the last run is over. */
		bpf_link__destroy(link);
	}
	EXPECT(sent >= 10);
	EXPECT_EQ(prog_info(p.obj, "takes_lock_in_softirq").faults, 0);
	expect_no_fault(&p);
	close(fd);
	unload_pair(&p);
}

/* ---- which maps are accepted ---- */

/* Makes a map whose values have a lock at OFFSET; at -1: none. */
static int map_with_lock_of(enum bpf_map_type type, __u32 max_entries,
			    __u32 flags, __u32 value_size, int offset)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);
	struct btf *btf = btf__new_empty();
	int number, lock, bytes, value, fd;

	ASSERT(btf);
	number = btf__add_int(btf, "unsigned int", 4, 0);
	lock = btf__add_struct(btf, "bpf_spin_lock", 4);
	ASSERT(!btf__add_field(btf, "val", number, 0, 0));
	bytes = btf__add_array(btf, number, number, value_size / 4);
	if (offset >= 0) {
		value = btf__add_struct(btf, "value", value_size);
		ASSERT(!btf__add_field(btf, "lock", lock, offset * 8, 0));
	} else {
		value = bytes;
	}
	ASSERT(!btf__load_into_kernel(btf));
	opts.btf_fd = btf__fd(btf);
	opts.btf_key_type_id = number;
	opts.btf_value_type_id = value;
	fd = bpf_map_create(type, "test", 4, value_size, max_entries, &opts);
	ASSERT_MSG(fd >= 0, "map: %s", strerror(-fd));
	return fd;
}

static int map_with_lock(__u32 value_size, int offset)
{
	return map_with_lock_of(BPF_MAP_TYPE_ARRAY, 2, 0, value_size, offset);
}

TEST(only_a_lock_where_it_is_declared_is_accepted)
{
	__u32 size = sizeof(struct value);

	EXPECT(loads_with("locks", "shared", map_with_lock(size, 0)));
	EXPECT(!loads_with("locks", "shared", map_with_lock(size, 8)));
	EXPECT(!loads_with("locks", "shared", map_with_lock(size, -1)));
	/* A map declared without a lock must have none. */
	EXPECT(loads_with("locks", "results",
			  bpf_map_create(BPF_MAP_TYPE_ARRAY, "test", 4, 8, 5,
					 NULL)));
}

/* The kernel sets a lock there to 0 while it is held, whatever the object declares. */
TEST(lock_in_a_map_without_preallocation_is_refused)
{
	__u32 size = sizeof(struct value);

	EXPECT(loads_with("locks", "by_key",
			  map_with_lock_of(BPF_MAP_TYPE_HASH, 8, 0, size, 0)));
	EXPECT(!loads_with("locks", "by_key",
			   map_with_lock_of(BPF_MAP_TYPE_HASH, 8,
					    BPF_F_NO_PREALLOC, size, 0)));
}
