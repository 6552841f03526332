// SPDX-License-Identifier: GPL-2.0
/*
 * Processes read what programs of iterators write (programs/iterators).
 * TEST-DEADLINE: 180
 */
#include <dirent.h>
#include <pthread.h>
#include <sys/mman.h>

#include "rex_ioctl.h"
#include "rex_pager.h"
#include "rex_tool.h"
#include "names/iterators.h"

#define THREADS 40

FIXTURE(object)
{
	struct rex_obj *obj;
};

FIXTURE_SETUP(object)
{
	self->obj = load_object("iterators");
	map_set(self->obj, "orders", PROCESS, getpid());
}

FIXTURE_TEARDOWN(object)
{
	rex_obj_close(self->obj);
}

static __u64 seen(struct rex_obj *obj, __u32 index)
{
	return map_get(obj, "seen", index);
}

/* Opens what the program NAME writes. The link stays. */
static int open_iterator(struct rex_obj *obj, const char *name)
{
	struct bpf_link *link = attach(obj, name);
	int fd = bpf_iter_create(bpf_link__fd(link));

	ASSERT_MSG(fd >= 0, "%s: %s", name, strerror(errno));
	return fd;
}

/* Reads to the end, or to an error. Returns the text, from malloc(). */
static char *read_text(int fd, int *err)
{
	size_t size = 0, room = 1 << 20;
	char *text = malloc(room);
	ssize_t n;

	ASSERT(text);
	while ((n = read(fd, text + size, room - size - 1)) > 0) {
		size += n;
		ASSERT(size < room - 1);
	}
	*err = n ? errno : 0;
	text[size] = '\0';
	return text;
}

/* Returns what the program writes, which must have no error. */
static char *text_of(struct rex_obj *obj, const char *name)
{
	int err, fd = open_iterator(obj, name);
	char *text = read_text(fd, &err);

	EXPECT_EQ(err, 0);
	close(fd);
	return text;
}

/* Checks that the text has the line that `list` writes for this thread. */
static void expect_own_line(const char *text)
{
	char own[64];

	snprintf(own, sizeof(own), "\n%d %d\n", getpid(), getpid());
	EXPECT_CONTAINS(text, own);
}

static long count_threads(void)
{
	char *text = shell("ls -d /proc/[0-9]*/task/[0-9]* | wc -l");
	long count = atol(text);

	free(text);
	return count;
}

/* ---- threads that wait ---- */

static pthread_barrier_t begin, end;

static void *wait_for_the_end(void *arg)
{
	pthread_barrier_wait(&begin);
	pthread_barrier_wait(&end);
	return arg;
}

static void start_threads(pthread_t threads[THREADS])
{
	ASSERT(!pthread_barrier_init(&begin, NULL, THREADS + 1));
	ASSERT(!pthread_barrier_init(&end, NULL, THREADS + 1));
	for (int i = 0; i < THREADS; i++)
		ASSERT(!pthread_create(&threads[i], NULL, wait_for_the_end,
				       NULL));
	pthread_barrier_wait(&begin);
}

static void end_threads(pthread_t threads[THREADS])
{
	pthread_barrier_wait(&end);
	for (int i = 0; i < THREADS; i++)
		ASSERT(!pthread_join(threads[i], NULL));
}

/* ---- what is read ---- */

TEST_F(object, all_threads_are_listed)
{
	pthread_t threads[THREADS];
	char *text, own[64];
	long expected;

	start_threads(threads);
	expected = count_threads();
	text = text_of(self->obj, "list");
	/* Threads of the kernel come and go. */
	EXPECT_MSG(labs((long)seen(self->obj, OBJECTS) - expected) < 10,
		   "%llu threads, not %ld", seen(self->obj, OBJECTS), expected);
	EXPECT_EQ(count_words(text, "\n"), seen(self->obj, OBJECTS));
	snprintf(own, sizeof(own), "\n%d ", getpid());
	EXPECT_EQ(count_words(text, own + 1) >= THREADS + 1, true);
	EXPECT_EQ(seen(self->obj, ENDS), 1);
	end_threads(threads);
	free(text);
}

TEST_F(object, each_reader_begins_at_the_first_object)
{
	struct bpf_link *link = attach(self->obj, "list");
	int err;

	for (int i = 1; i <= 3; i++) {
		int fd = bpf_iter_create(bpf_link__fd(link));

		ASSERT(fd >= 0);
		free(read_text(fd, &err));
		EXPECT_EQ(err, 0);
		EXPECT_EQ(seen(self->obj, ENDS), i);
		close(fd);
	}
}

TEST_F(object, objects_are_arguments_with_types)
{
	int fd = open("/dev/null", O_WRONLY | O_APPEND | O_CLOEXEC);
	char *text = text_of(self->obj, "files"), line[64];
	struct dirent *entry;
	DIR *dir = opendir("/proc/self/fd");
	long files = 0;

	ASSERT(fd >= 0 && dir);
	while ((entry = readdir(dir)))
		files += entry->d_name[0] != '.';
	closedir(dir);
	/* The descriptor of /proc/self/fd, and that of the iterator. */
	EXPECT_EQ(count_words(text, "\n"), files);
	snprintf(line, sizeof(line), "%d %#x", fd, fcntl(fd, F_GETFL));
	EXPECT_MSG(strstr(text, line), "no '%s' in\n%s", line, text);
	free(text);
}

/* Programs can call by hand what their attributes ask for the objects. */
TEST_F(object, word_that_is_no_object_is_zero)
{
	free(text_of(self->obj, "words"));
	EXPECT_EQ(seen(self->obj, OBJECTS), 1);
	EXPECT_EQ(seen(self->obj, ZEROS), 2);
	EXPECT(is_live(self->obj, "words"));
}

/* ---- the kernel's buffer ---- */

TEST_F(object, text_that_is_longer_than_the_buffer_is_whole)
{
	pthread_t threads[THREADS];
	char *text;

	start_threads(threads);
	map_set(self->obj, "orders", LINES, 200);
	text = text_of(self->obj, "long");
	end_threads(threads);
	EXPECT_EQ(count_words(text, " of a thread\n"), (THREADS + 1) * 200);
	/* The program ran again for an object whose text did not fit. */
	EXPECT(seen(self->obj, FULL) > 2);
	EXPECT_EQ(seen(self->obj, AGAIN), seen(self->obj, FULL));
	free(text);
}

TEST_F(object, text_of_an_object_that_never_fits_is_an_error)
{
	int err, fd;

	map_set(self->obj, "orders", LINES, 4000);
	fd = open_iterator(self->obj, "long");
	free(read_text(fd, &err));
	EXPECT_EQ(err, E2BIG);
	EXPECT(is_live(self->obj, "long"));
	close(fd);
}

TEST_F(object, program_asks_to_run_again_for_an_object)
{
	int err, fd;
	char *text;

	map_set(self->obj, "orders", ACT, ASK_AGAIN);
	fd = open_iterator(self->obj, "acts");
	free(read_text(fd, &err));
	EXPECT_EQ(err, EAGAIN);
	text = read_text(fd, &err);
	EXPECT_EQ(err, 0);
	EXPECT_EQ(count_words(text, "found"), 1);
	EXPECT_EQ(seen(self->obj, OBJECTS), 2);
	free(text);
	close(fd);
}

/* ---- faults ---- */

static void expect_fault(struct rex_obj *obj, __u64 act)
{
	int err, fd;

	map_set(obj, "orders", ACT, act);
	fd = open_iterator(obj, "acts");
	free(read_text(fd, &err));
	EXPECT_EQ(err, 0);
	EXPECT_EQ(prog_info(obj, "acts").faults, 1);
	EXPECT(!is_live(obj, "acts"));
	close(fd);
	/* A stopped program writes nothing, and the kernel goes on. */
	fd = open_iterator(obj, "acts");
	EXPECT_EQ(read(fd, &err, sizeof(err)), 0);
	close(fd);
}

TEST_F(object, panic_ends_the_program_and_not_the_reader)
{
	expect_fault(self->obj, PANIC);
}

TEST_F(object, endless_loop_ends_the_program_and_not_the_reader)
{
	expect_fault(self->obj, SPIN);
}

TEST_F(object, deep_stack_ends_the_program_and_not_the_reader)
{
	expect_fault(self->obj, OVERRUN);
}

/* The open file keeps the program, as it keeps one of eBPF. */
TEST(program_lives_until_its_readers_end)
{
	struct census before = take_census();
	struct rex_obj *obj = load_object("iterators");
	struct bpf_link *link = attach(obj, "list");
	int err, fd = bpf_iter_create(bpf_link__fd(link));
	char *text;

	ASSERT_MSG(fd >= 0, "%s", strerror(errno));
	bpf_link__destroy(link);
	rex_obj_close(obj);
	EXPECT(module_refs() > before.module_refs);
	text = read_text(fd, &err);
	EXPECT_EQ(err, 0);
	expect_own_line(text);
	free(text);
	close(fd);
	EXPECT_CENSUS(&before);
}

/* ---- carriers ---- */

/* Makes a BPF program for the iterator ITERATOR. */
static int carrier_for(const char *iterator, __u32 flags)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_ktime_get_boot_ns },
		{ .code = BPF_ALU64 | BPF_AND | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int id = libbpf_find_vmlinux_btf_id(iterator, BPF_TRACE_ITER);
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = BPF_TRACE_ITER, .attach_btf_id = id,
		    .prog_flags = flags);
	int fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "carrier", "GPL", insns,
			       3, &opts);

	ASSERT_MSG(id > 0 && fd >= 0, "%s: %s", iterator, strerror(errno));
	return fd;
}

TEST_F(object, carrier_of_another_iterator_is_refused)
{
	int image = rex_obj_image_fd(self->obj);

	EXPECT_ERRNO(bind_prog(image, carrier_for("task_file", 0), "list", 0),
		     EPROTOTYPE);
	EXPECT_ERRNO(bind_prog(image, carrier_for("bpf_map", 0), "list", 0),
		     EPROTOTYPE);
	EXPECT_ERRNO(bind_prog(image, carrier_for("task", BPF_F_SLEEPABLE),
			       "list", 0),
		     ENOEXEC);
	EXPECT_ERRNO(bind_prog(image, carrier_for("task", 0), "sleeps", 0),
		     ENOEXEC);
	ASSERT_MSG(!bind_prog(image, carrier_for("task", 0), "list", 0), "%s",
		   strerror(errno));
}

TEST_F(object, carrier_is_in_no_program_array)
{
	int array = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0), index = 0;
	int prog = bpf_program__fd(program(self->obj, "list"));

	EXPECT_EQ(bpf_map_update_elem(array, &index, &prog, 0), -EINVAL);
	close(array);
}

/* ---- sleeping ---- */

TEST_F(object, memory_of_the_reader_that_is_not_there_is_read)
{
	int file = memfd_create("pages", MFD_CLOEXEC);
	__u64 *page, number = 0x1122334455667788;
	char *text, line[64];

	ASSERT(file >= 0);
	ASSERT_EQ(write(file, &number, sizeof(number)), sizeof(number));
	page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file, 0);
	ASSERT(page != MAP_FAILED);
	map_set(self->obj, "orders", ADDRESS, (unsigned long)page);
	text = text_of(self->obj, "sleeps");
	snprintf(line, sizeof(line), "%d %#llx\n", getpid(),
		 (unsigned long long)number);
	EXPECT_MSG(!strcmp(text, line), "%s", text);
	EXPECT_EQ(seen(self->obj, VALUE), number);
	free(text);
}

static int sleeping_file;

static void read_and_sleep(void)
{
	int err;

	free(read_text(sleeping_file, &err));
}

/* A thread that reads, and sleeps on CPU 0 until the pager answers. */
static void start_sleeping_reader(struct rex_obj *obj, struct pager *pager,
				  struct sleeper *sleeper)
{
	pager_init(pager, 1);
	map_set(obj, "orders", ADDRESS, (unsigned long)pager->pages);
	sleeping_file = open_iterator(obj, "sleeps");
	pin_to_cpu(1);
	sleeper_start(sleeper, 0, read_and_sleep);
	EXPECT_EQ(pager_await_fault(pager), 0);
	pin_to_cpu(0);
}

TEST_F(object, other_readers_go_on_while_one_sleeps)
{
	struct sleeper sleeper;
	struct pager pager;
	char *text;

	start_sleeping_reader(self->obj, &pager, &sleeper);
	for (int i = 0; i < 20; i++) {
		text = text_of(self->obj, "list");
		expect_own_line(text);
		free(text);
	}
	EXPECT_EQ(seen(self->obj, RESULT), 0);
	pager_answer(&pager, 0, 1);
	ASSERT(sleeper_ends(&sleeper, 10));
	EXPECT_EQ(seen(self->obj, RESULT), 1);
	EXPECT_EQ(seen(self->obj, VALUE), 0x0101010101010101);
}

/* Its file and its link keep the program. */
TEST(object_is_closed_while_a_reader_sleeps)
{
	struct rex_obj *obj = load_object("iterators");
	struct sleeper sleeper;
	struct pager pager;

	map_set(obj, "orders", PROCESS, getpid());
	start_sleeping_reader(obj, &pager, &sleeper);
	rex_obj_close(obj);
	pager_close(&pager);
	ASSERT(sleeper_ends(&sleeper, 10));
}

/* ---- at once ---- */

#define READERS 3
#define SECONDS 4
#define MOVES 5 /* more than these, even if that takes longer */

struct readers {
	struct rex_obj *obj;
	const char *program;
	int link;
	volatile bool over;
	unsigned long texts;
};

static void *read_on(void *arg)
{
	struct readers *r = arg;

	while (!r->over) {
		int err, fd = bpf_iter_create(r->link);

		ASSERT(fd >= 0);
		free(read_text(fd, &err));
		EXPECT(err == 0 || err == EAGAIN);
		close(fd);
		__atomic_fetch_add(&r->texts, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* The program panics, is stopped, overruns its stack and restarts, and is replaced. */
TEST(readers_go_on_while_the_program_faults_and_is_replaced)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = 1000000,
		 .timeout_ms = 20);
	struct rex_obj *obj = load_object_opts("iterators", &opts),
		       *other = load_object_opts("iterators", &opts);
	struct readers r = { .obj = obj };
	pthread_t threads[READERS];
	long end = ksft_ms() + SECONDS * 1000;
	unsigned long moves = 0;

	map_set(obj, "orders", PROCESS, getpid());
	map_set(other, "orders", PROCESS, getpid());
	r.link = bpf_link__fd(attach(obj, "acts"));
	for (int i = 0; i < READERS; i++)
		ASSERT(!pthread_create(&threads[i], NULL, read_on, &r));
	for (; ksft_ms() < end || moves <= MOVES; moves++) {
		struct rex_obj *to = moves % 2 ? obj : other;

		map_set(to, "orders", ACT, moves % 5);
		if (bind_prog(rex_obj_image_fd(to),
			      bpf_program__fd(program(obj, "acts")), "acts",
			      REX_BIND_REPLACE))
			EXPECT_MSG(errno == EAGAIN, "%s", strerror(errno));
	}
	r.over = true;
	for (int i = 0; i < READERS; i++)
		ASSERT(!pthread_join(threads[i], NULL));
	ksft_note("%lu texts, %lu moves, %llu and %llu faults", r.texts, moves,
		  prog_info(obj, "acts").faults,
		  prog_info(other, "acts").faults);
	EXPECT(r.texts > 20);
	EXPECT(moves > MOVES);
	EXPECT(prog_info(obj, "acts").faults + prog_info(other, "acts").faults);
}

static void expect_no_sleep(const char *section)
{
	struct rex_obj *obj =
		open_edited("iterators", "iter.s/task_file", section);

	EXPECT(rex_obj_load_opened(obj) < 0);
	EXPECT_CONTAINS(rex_last_error(), "the kernel may hold a lock there");
	rex_obj_close(obj);
}

TEST(programs_of_iterators_with_locks_must_not_sleep)
{
	expect_no_sleep("iter.s/task_vma");
	expect_no_sleep("iter.s/cgroup");
	expect_no_sleep("iter.s/bpf_map");
	expect_no_sleep("iter.s/unix");
}

/* ---- rexctl ---- */

TEST(rexctl_prints_the_text)
{
	const char *file = object_path("iterators"), *text;

	text = tool(TOOL_OK, "call %s list", file);
	expect_own_line(text);
	text = tool(TOOL_OK, "call %s list --json", file);
	EXPECT_CONTAINS(text, "\"text\"");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "call %s list 1", file),
			"takes no numbers");
}

TEST_F(object, rexctl_prints_the_text_of_a_loaded_program)
{
	const char *text;

	expect_own_line(tool(TOOL_OK, "call --loaded list"));
	map_set(self->obj, "orders", LINES, 4000);
	EXPECT_CONTAINS(tool(TOOL_FAILED, "call --loaded long"),
			"more for one object than the kernel's buffer holds");
	map_set(self->obj, "orders", ACT, ASK_AGAIN);
	text = tool(TOOL_OK, "call --loaded acts");
	EXPECT_CONTAINS(text, "found");
	map_set(self->obj, "orders", ACT, PANIC);
	EXPECT_CONTAINS(tool(TOOL_FAULT, "call --loaded acts"),
			"stopped by a fault");
}

TEST(pins_of_links_are_files_with_the_text)
{
	char *text;

	tool(TOOL_OK, "load %s --attach --pin /sys/fs/bpf/iterators",
	     object_path("iterators"));
	EXPECT_CONTAINS(tool(TOOL_OK, "show list"), "iter/task");
	text = shell("cat /sys/fs/bpf/iterators/list_link");
	expect_own_line(text);
	free(text);
	tool(TOOL_OK, "unload /sys/fs/bpf/iterators");
}

TEST(iterator_that_the_kernel_lacks_is_named)
{
	const char *file =
		edited_object("iterators", "iter/task_file", "iter/task_fil");
	const char *text = tool(TOOL_NOT_FOUND, "run --for 1 %s", file);

	EXPECT_CONTAINS(text, "no iterator 'task_fil'; is task_file meant?");
}
