// SPDX-License-Identifier: GPL-2.0
/*
 * Many threads use librex, /dev/rex and programs on many CPUs at once.
 */
#include <pthread.h>

#include "rex_ioctl.h"
#include "names/counts.h"
#include "names/spins.h"

#define THREADS 4
#define SECONDS 4

static volatile bool stop;

struct worker {
	pthread_t thread;
	int cpu;
	long rounds;
	void (*round)(struct worker *w);
};

static void *work(void *arg)
{
	struct worker *w = arg;

	pin_to_cpu(w->cpu);
	while (!stop) {
		w->round(w);
		w->rounds++;
	}
	return NULL;
}

static void work_for(int seconds, void (*const *rounds)(struct worker *w),
		     int nr)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct worker workers[16];
	long end = ksft_ms() + seconds * 1000L;

	stop = false;
	for (int i = 0; i < nr; i++) {
		workers[i] =
			(struct worker){ .cpu = i % cpus, .round = rounds[i] };
		ASSERT(!pthread_create(&workers[i].thread, NULL, work,
				       &workers[i]));
	}
	while (ksft_ms() < end)
		ksft_pause_ms(50);
	stop = true;
	for (int i = 0; i < nr; i++) {
		ASSERT(!pthread_join(workers[i].thread, NULL));
		ksft_note("thread %d: %ld rounds", i, workers[i].rounds);
		EXPECT(workers[i].rounds > 0);
	}
}

/* ---- librex from several threads ---- */

/* Each thread has its own objects and events. */
static void load_and_fire(struct worker *w)
{
	__u32 fd = EVENT_FD + 0x100 + w->cpu, me = syscall(SYS_gettid);
	struct rex_obj *obj = load_object("counts");
	struct bpf_link *link;
	__u64 count, misses;

	map_set(obj, "control", DESCRIPTOR, fd);
	link = attach(obj, "counts_first");
	for (int i = 0; i < 100; i++)
		fire(fd);
	count = map_get(obj, "by_thread", me);
	misses = recursion_misses(obj, "counts_first");
	EXPECT(count <= 100 && count + misses >= 100);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

static void fail_to_load(struct worker *w)
{
	static const char *const files[] = { "/nonexistent", "/proc/cmdline" };
	const char *file = files[w->rounds % 2];

	EXPECT(!rex_obj_open(file, NULL));
	EXPECT_CONTAINS(rex_last_error(), file);
}

TEST(threads_load_fire_and_close_at_once)
{
	static void (*const rounds[])(struct worker * w) = {
		load_and_fire, load_and_fire, load_and_fire,
		load_and_fire, fail_to_load,
	};
	struct census census;
	struct rex_obj *held;
	struct bpf_link *link;

	await_idle();
	/* The hook stays in place: see hold() of hostile.h. */
	held = load_object("counts");
	map_set(held, "control", DESCRIPTOR, EVENT_FD);
	link = attach(held, "counts_first");
	census = take_census();
	work_for(SECONDS, rounds, 5);
	EXPECT_CENSUS(&census);
	bpf_link__destroy(link);
	rex_obj_close(held);
}

/* ---- one image, by the ABI, from several threads ---- */

static int shared_image, shared_prog, other_image;

static void bind_new(struct worker *w)
{
	int prog = carrier(BPF_PROG_TYPE_TRACEPOINT);

	(void)w;
	EXPECT_EQ(bind_prog(shared_image, prog, "rex_prog1", 0), 0);
	close(prog);
}

static void move(struct worker *w)
{
	EXPECT_EQ(bind_prog(w->rounds % 2 ? shared_image : other_image,
			    shared_prog, "rex_prog1", REX_BIND_REPLACE),
		  0);
}

static void look(struct worker *w)
{
	struct rex_prog_info info = { .size = sizeof(info), .image_fd = -1 };
	struct rex_image_info image = { .size = sizeof(image) };

	(void)w;
	info.prog_fd = shared_prog;
	EXPECT_EQ(ioctl(device(), REX_IOC_PROG_INFO, &info), 0);
	EXPECT_STREQ(info.name, "rex_prog1");
	image.image_fd = other_image;
	EXPECT_EQ(ioctl(device(), REX_IOC_IMAGE_INFO, &image), 0);
	EXPECT_STREQ(image.name, "hello");
}

static void load_another(struct worker *w)
{
	(void)w;
	close(load_image("hello"));
}

TEST(threads_bind_move_and_look_at_once)
{
	static void (*const rounds[])(struct worker * w) = {
		bind_new, move, look, load_another, bind_new, move,
	};
	struct census census;

	await_idle();
	census = take_census();
	shared_image = load_image("hello");
	other_image = load_image("hello");
	shared_prog = carrier(BPF_PROG_TYPE_TRACEPOINT);
	ASSERT(!bind_prog(shared_image, shared_prog, "rex_prog1", 0));
	work_for(SECONDS, rounds, 6);
	close(shared_image);
	close(other_image);
	close(shared_prog);
	close(device());
	EXPECT_CENSUS(&census);
}

/* The same descriptor is closed by one thread while others use it. */
static void load_into_shared(struct worker *w)
{
	int fd = load_image("hello");

	(void)w;
	ASSERT_EQ(dup3(fd, 100, O_CLOEXEC), 100);
	close(fd);
	close(100);
}

static void use_shared(struct worker *w)
{
	struct rex_image_info info = { .size = sizeof(info), .image_fd = 100 };
	int prog = carrier(BPF_PROG_TYPE_TRACEPOINT);

	(void)w;
	if (ioctl(device(), REX_IOC_IMAGE_INFO, &info))
		EXPECT_EQ(errno, EBADF);
	if (bind_prog(100, prog, "rex_prog1", 0))
		EXPECT_EQ(errno, EBADF);
	close(prog);
}

TEST(descriptor_closed_by_another_thread_is_EBADF)
{
	static void (*const rounds[])(struct worker * w) = {
		load_into_shared,
		use_shared,
		use_shared,
	};
	struct census census;

	await_idle();
	census = take_census();
	device();
	work_for(SECONDS, rounds, 3);
	close(device());
	EXPECT_CENSUS(&census);
}

/* ---- programs/spins: a run that is in flight ---- */

static __u64 gate_of(int fd, __u32 key)
{
	__u64 value = 0;

	ASSERT(!bpf_map_lookup_elem(fd, &key, &value));
	return value;
}

static pid_t start_run(int gate, int cpu)
{
	pid_t pid = fork();

	if (pid == 0) {
		pin_to_cpu(cpu);
		fire(SPIN);
		_exit(ksft_failures);
	}
	EXPECT(WAIT_FOR(gate_of(gate, RUNNING) == 1, 5));
	return pid;
}

static void end_run(int gate, pid_t pid)
{
	__u32 key = GO_ON;
	__u64 one = 1;

	EXPECT_EQ(gate_of(gate, RUNNING), 1);
	ASSERT(!bpf_map_update_elem(gate, &key, &one, 0));
	reap(pid);
	EXPECT_EQ(gate_of(gate, RUNNING), 2);
	EXPECT_EQ(gate_of(gate, TIMED_OUT), 0);
}

/* After detaching and closing, the run on the other CPU continues to its end.
 */
TEST(closing_all_does_not_pull_the_image_from_under_a_run)
{
	struct census census;
	struct rex_obj *obj;
	struct bpf_link *link;
	pid_t pid, closer;
	int gate;

	await_idle();
	census = take_census();
	pin_to_cpu(0);
	obj = load_object("spins");
	link = attach(obj, "spins");
	gate = dup(map_fd(obj, "gate"));
	pid = start_run(gate, 1);
	/* Detaching may wait for the run, so another process does it. */
	closer = fork();
	if (closer == 0) {
		bpf_link__destroy(link);
		rex_obj_close(obj);
		_exit(0);
	}
	bpf_link__destroy(link);
	rex_obj_close(obj);
	end_run(gate, pid);
	reap(closer);
	close(gate);
	EXPECT_CENSUS(&census);
}

TEST(loader_killed_while_its_program_runs_leaks_nothing)
{
	struct census census;
	struct rex_obj *obj;
	pid_t pid, loader;
	int gate, status;

	await_idle();
	census = take_census();
	pin_to_cpu(0);
	unlink("/sys/fs/bpf/rex_test_gate");
	loader = fork();
	if (loader == 0) {
		obj = load_object("spins");
		attach(obj, "spins");
		ASSERT(!bpf_obj_pin(map_fd(obj, "gate"),
				    "/sys/fs/bpf/rex_test_gate"));
		raise(SIGSTOP);
		_exit(0);
	}
	ASSERT_EQ(waitpid(loader, &status, WUNTRACED), loader);
	ASSERT(WIFSTOPPED(status));
	gate = bpf_obj_get("/sys/fs/bpf/rex_test_gate");
	ASSERT(gate >= 0 && !unlink("/sys/fs/bpf/rex_test_gate"));
	pid = start_run(gate, 1);
	ASSERT(!kill(loader, SIGKILL));
	end_run(gate, pid);
	ASSERT_EQ(waitpid(loader, &status, 0), loader);
	close(gate);
	EXPECT_CENSUS(&census);
}
