// SPDX-License-Identifier: GPL-2.0
/*
 * Shortcuts do what the kernel's functions do (programs/shortcuts): on queues and stacks with
 * values of each size that they tell apart, on a ring buffer, and with several CPUs at once.
 */
#include <linux/bpf.h>
#include <sys/mman.h>

#include "rex_net.h"
#include "names/shortcuts.h"

#define STEPS 3000
#define NR_SEQUENCES 8

static struct rex_obj *obj;

static void load(void)
{
	obj = load_object("shortcuts");
}

/* Runs an operation, whose VALUE gives way to the answer. Returns the result. */
static int operate(__u8 map, __u8 operation, __u16 number, void *value,
		   size_t size)
{
	struct frame f = { .len = PACKET };
	int result;

	f.data[MAP] = map;
	f.data[OPERATION] = operation;
	memcpy(&f.data[NUMBER], &number, sizeof(number));
	memcpy(&f.data[VALUE], value, size);
	ASSERT_EQ(test_run(obj, "operate", &f, &f), XDP_PASS);
	memcpy(&result, &f.data[RESULT], sizeof(result));
	memcpy(value, &f.data[VALUE], size);
	return result;
}

/* ---- the same with and without shortcuts ---- */

/* A hash of all that a sequence of operations has returned. */
static __u64 transcript;

static void note(const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		transcript = (transcript ^ bytes[i]) * 0x100000001b3;
}

static int note_record(void *unused, void *data, size_t size)
{
	(void)unused;
	note(&size, sizeof(size));
	note(data, size);
	return 0;
}

static unsigned int pseudo_random(unsigned int below)
{
	static __u64 state = 1;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (state >> 33) % below;
}

/*
 * Userspace shares the maps: it adds a value or takes one, by the functions of the kernel.
 */
static void use_from_outside(int map, const char *name, void *value)
{
	int fd = map_fd(obj, name), ret;

	if (pseudo_random(2))
		ret = bpf_map_update_elem(fd, NULL, value, BPF_ANY);
	else
		ret = bpf_map_lookup_and_delete_elem(fd, NULL, value);
	note(&map, sizeof(map));
	note(&ret, sizeof(ret));
}

static void note_sequences(void)
{
	static const char *const names[NR_SEQUENCES] = {
		"QUEUE4", "QUEUE13", "QUEUE64", "QUEUE65",
		"STACK4", "STACK13", "STACK64", "STACK65",
	};
	unsigned char value[PACKET - VALUE];

	for (int i = 0; i < STEPS; i++) {
		int map = pseudo_random(NR_SEQUENCES), result;

		for (size_t j = 0; j < sizeof(value); j++)
			value[j] = pseudo_random(256);
		if (!pseudo_random(8))
			use_from_outside(map, names[map], value);
		result = operate(map, pseudo_random(PEEK + 1), 0, value,
				 sizeof(value));
		note(&result, sizeof(result));
		note(value, sizeof(value));
	}
}

/* Records of up to half of the ring; userspace reads them now and then. */
static void note_records(void)
{
	struct ring_buffer *reader = ring_buffer__new(map_fd(obj, "RECORDS"),
						      note_record, NULL, NULL);

	ASSERT(reader);
	for (int i = 0; i < STEPS; i++) {
		unsigned char value = pseudo_random(256);
		int reserved =
			operate(RING, RESERVE,
				pseudo_random(pseudo_random(4) ? 100 : 2100),
				&value, 1);

		note(&reserved, sizeof(reserved));
		if (!pseudo_random(6))
			ASSERT(ring_buffer__consume(reader) >= 0);
	}
	ASSERT(ring_buffer__consume(reader) >= 0);
	ring_buffer__free(reader);
}

static __u64 make_transcript(void)
{
	transcript = 0xcbf29ce484222325;
	load();
	note_sequences();
	note_records();
	rex_obj_close(obj);
	return transcript;
}

/* The children begin with the same random numbers. Returns the transcript of one. */
static __u64 transcript_of_child(void)
{
	__u64 *shared = map_shared(sizeof(*shared)), result;
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (!pid) {
		*shared = make_transcript();
		_exit(0);
	}
	reap(pid);
	result = *shared;
	munmap(shared, sizeof(*shared));
	return result;
}

/* Inserts the module. Returns how many lines it logs about maps without shortcuts. */
static long reload(const char *parameters)
{
	static int reloads;
	long lines;
	char *text;

	ksft_kmsg("shortcuts: reload %d of %d", ++reloads, getpid());
	reload_module(parameters);
	text = shell("dmesg | sed -n '/shortcuts: reload %d of %d$/,$p' | grep -c 'could not be verified'; :",
		     reloads, getpid());
	lines = strtol(text, NULL, 10);
	free(text);
	return lines;
}

/* Before 6.15, a kernel whose structures are others is announced. */
TEST_TIMEOUT(operations_are_the_same_without_shortcuts, 180)
{
	__u64 with, without;

	EXPECT_EQ(reload(""), 0);
	with = transcript_of_child();
	EXPECT_EQ(reload(WITHOUT_SHORTCUTS), kernel_is_from(6, 15) ? 0 : 2);
	without = transcript_of_child();
	reload("");
	EXPECT(with);
	EXPECT_EQ(with, without);
}

/* ---- several CPUs ---- */

#define ROUNDS 400
#define BATCH 20

/* What a process has done. */
struct done {
	__u64 tried;
	__u64 succeeded;
	bool failed;
};

/* Pushes values, or submits records, and counts those that there was room for. */
static void produce(__u8 map, __u8 operation, __u32 producer, struct done *done)
{
	__u32 words[2] = { producer, 1 };

	pin_to_cpu(producer % nr_cpus());
	for (int i = 0; i < ROUNDS; i++) {
		__u32 sent[2] = { words[0], words[1] };
		int result = operate(map, operation, BATCH, sent, sizeof(sent));

		done->tried += BATCH;
		done->failed |= result < 0;
		done->succeeded += result;
		words[1] += BATCH;
	}
}

static void consume_values(struct done *done, volatile bool *over)
{
	__u32 last[PRODUCERS] = {};
	bool was_over;

	do {
		int result;

		was_over = *over;
		result = operate(BUSY, CONSUME, BATCH, last, sizeof(last));
		done->failed |= result < 0;
		done->succeeded += result;
		if (result > 0)
			was_over = false;
	} while (!was_over && !done->failed);
}

static struct done read_records;
static __u32 last_read[PRODUCERS];

/* The records of a producer come in the order of their numbers. */
static int read_record(void *unused, void *data, size_t size)
{
	__u32 words[2];

	(void)unused;
	memcpy(words, data, sizeof(words));
	if (size != sizeof(words) || words[0] >= PRODUCERS ||
	    words[1] <= last_read[words[0]]) {
		read_records.failed = true;
		return 0;
	}
	last_read[words[0]] = words[1];
	read_records.succeeded++;
	return 0;
}

static void consume_records(struct done *done, volatile bool *over)
{
	struct ring_buffer *reader = ring_buffer__new(map_fd(obj, "RECORDS"),
						      read_record, NULL, NULL);
	bool was_over;
	int count;

	ASSERT(reader);
	do {
		was_over = *over;
		count = ring_buffer__consume(reader);
	} while (count > 0 || !was_over);
	ring_buffer__free(reader);
	*done = read_records;
}

/*
 * Two processes produce, and a third one consumes at the same time. Nothing is lost, made
 * twice, or comes in another order.
 */
static void expect_all_arrive(__u8 map, __u8 operation,
			      void (*consume)(struct done *done,
					      volatile bool *over))
{
	struct {
		struct done produced[2];
		struct done consumed;
		bool over;
	} *shared = map_shared(sizeof(*shared));
	pid_t producers[2], consumer;

	consumer = fork();
	ASSERT(consumer >= 0);
	if (!consumer) {
		consume(&shared->consumed, &shared->over);
		_exit(0);
	}
	for (int i = 0; i < 2; i++) {
		producers[i] = fork();
		ASSERT(producers[i] >= 0);
		if (!producers[i]) {
			produce(map, operation, i, &shared->produced[i]);
			_exit(0);
		}
	}
	for (int i = 0; i < 2; i++)
		reap(producers[i]);
	shared->over = true;
	reap(consumer);
	for (int i = 0; i < 2; i++) {
		EXPECT(!shared->produced[i].failed);
		EXPECT_EQ(shared->produced[i].tried, ROUNDS * BATCH);
		EXPECT(shared->produced[i].succeeded > 0);
	}
	EXPECT(!shared->consumed.failed);
	EXPECT_EQ(shared->consumed.succeeded,
		  shared->produced[0].succeeded +
			  shared->produced[1].succeeded);
	munmap(shared, sizeof(*shared));
}

TEST(values_of_two_cpus_arrive_once_and_in_order)
{
	load();
	expect_all_arrive(BUSY, PRODUCE, consume_values);
}

TEST(records_of_two_cpus_arrive_once_and_in_order)
{
	load();
	expect_all_arrive(RING, PRODUCE_RECORDS, consume_records);
}
