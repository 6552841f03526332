// SPDX-License-Identifier: GPL-2.0
/*
 * A request sleeps for as long as the process that asks wants (programs/sleepable).
 * Meanwhile others run on its CPU and its level, and its program, its image and its process
 * may end. Whatever else could run its carrier must not.
 * TEST-DEADLINE: 180
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "rex_ioctl.h"
#include "rex_pager.h"
#include "names/sleepable.h"

#define NR_ARGS 12
#define ARGS_SIZE (NR_ARGS * sizeof(__u64))
#define ONES 0x0101010101010101
#define NOBODY 65534
/* The attribute of the program says so. */
#define DEFAULT 55

static struct rex_obj *obj;
static struct pager pager;

static long seen(__u32 index)
{
	return map_get(obj, "seen", index);
}

static void load_sleepable(const struct rex_obj_open_opts *opts)
{
	obj = load_object_opts("sleepable", opts);
	map_set(obj, "orders", PROCESS, getpid());
}

static void order_act(__u64 act, const void *address)
{
	map_set(obj, "orders", ADDRESS, (unsigned long)address);
	map_set(obj, "orders", ACT, act);
}

static int request_fd(void)
{
	return bpf_program__fd(program(obj, "on_request"));
}

/* ---- asking ---- */

/* A request of a thread on a CPU. The program returns the sum of the arguments. */
struct asker {
	pthread_t thread;
	int cpu, fd, err;
	__s32 ret;
	__u64 args[NR_ARGS];
};

static int ask(int fd, void *args, __u32 size, __s32 *ret)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args,
		    .ctx_size_in = size);
	int err = bpf_prog_test_run_opts(fd, &opts);

	*ret = opts.retval;
	return err;
}

static void *asker_run(void *arg)
{
	struct asker *asker = arg;

	pin_to_cpu(asker->cpu);
	asker->err = ask(asker->fd, asker->args, ARGS_SIZE, &asker->ret);
	return NULL;
}

static void asker_start(struct asker *asker, int cpu, __u64 first)
{
	*asker = (struct asker){ .cpu = cpu, .fd = request_fd(), .ret = -1 };
	for (int i = 0; i < NR_ARGS; i++)
		asker->args[i] = first + i;
	ASSERT(!pthread_create(&asker->thread, NULL, asker_run, asker));
}

static void expect_answer(struct asker *asker, __s32 answer)
{
	ASSERT_MSG(WAIT_FOR(!pthread_tryjoin_np(asker->thread, NULL), 10),
		   "the request does not end");
	EXPECT_EQ(asker->err, 0);
	EXPECT_EQ(asker->ret, answer);
}

static __s32 sum_from(__u64 first)
{
	return NR_ARGS * first + NR_ARGS * (NR_ARGS - 1) / 2;
}

/* A request sleeps on CPU 0 until the pager answers. This thread is on the other. */
static void start_sleeper(struct asker *asker, __u64 act)
{
	if (!obj)
		load_sleepable(NULL);
	pager_init(&pager, 1);
	order_act(act, pager.pages);
	pin_to_cpu(1);
	asker_start(asker, 0, 100);
	EXPECT_EQ(pager_await_fault(&pager), 0);
	EXPECT_EQ(seen(BEGUN), 1);
	EXPECT_EQ(seen(BACK), 0);
}

/* Asks from this thread. */
static __s32 ask_now(void)
{
	__u64 args[NR_ARGS] = { 7 };
	__s32 ret;

	ASSERT(!ask(request_fd(), args, ARGS_SIZE, &ret));
	return ret;
}

/* ---- others on the same CPU ---- */

TEST(arguments_and_stack_of_a_sleeping_request_stay_as_they_were)
{
	struct asker asker;

	load_sleepable(NULL);
	ASSERT(bpf_program__attach_kprobe(program(obj, "on_other"), false,
					  "__x64_sys_getppid"));
	ASSERT(bpf_program__attach_kprobe(program(obj, "on_other"), false,
					  "handle_userfault"));
	start_sleeper(&asker, COPY_DEEP);
	pin_to_cpu(0);
	for (int i = 0; i < 100; i++)
		syscall(SYS_getppid);
	EXPECT(seen(OTHERS) > 100);
	/* The kernel has its own copy of them. */
	memset(asker.args, 0xee, sizeof(asker.args));
	pin_to_cpu(1);
	pager_answer(&pager, 0, 1);
	expect_answer(&asker, sum_from(100));
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), ONES);
	EXPECT_EQ(seen(CPU_BEFORE), 0);
	EXPECT_EQ(seen(CPU_AFTER), 0);
	EXPECT(is_live(obj, "on_request"));
}

TEST(requests_of_a_carrier_sleep_at_once_on_a_cpu_and_end_in_any_order)
{
	static const int order[] = { 2, 0, 3, 1 };
	struct asker asker[4];
	struct pager pagers[4];

	load_sleepable(NULL);
	pin_to_cpu(1);
	for (int i = 0; i < 4; i++) {
		pager_init(&pagers[i], 1);
		order_act(COPY_DEEP, pagers[i].pages);
		asker_start(&asker[i], 0, 1000 * i);
		pager_await_fault(&pagers[i]);
	}
	EXPECT_EQ(seen(BEGUN), 4);
	EXPECT_EQ(seen(BACK), 0);
	for (int i = 0; i < 4; i++) {
		pager_answer(&pagers[order[i]], 0, 1 + order[i]);
		expect_answer(&asker[order[i]], sum_from(1000 * order[i]));
		EXPECT_EQ(seen(BACK), i + 1);
		EXPECT_EQ(seen(VALUE), ONES * (1 + order[i]));
	}
	EXPECT_EQ(prog_info(obj, "on_request").runs, 4);
}

/* ---- faults ---- */

TEST(request_that_sleeps_in_a_dead_image_gets_the_default)
{
	struct asker asker;

	start_sleeper(&asker, COPY);
	order_act(PANIC, NULL);
	EXPECT_EQ(ask_now(), DEFAULT);
	EXPECT(!is_live(obj, "on_request"));
	pager_answer(&pager, 0, 1);
	expect_answer(&asker, DEFAULT);
	EXPECT_EQ(seen(BACK), 0);
	EXPECT(prog_info(obj, "on_request").skipped >= 1);
}

TEST(request_that_sleeps_across_a_restart_gets_the_default)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = 10);
	struct asker asker;

	load_sleepable(&opts);
	start_sleeper(&asker, COPY_COUNT);
	order_act(PANIC, NULL);
	ask_now();
	EXPECT(WAIT_FOR(image_info(obj).restarts == 1 &&
				is_live(obj, "on_request"),
			10));
	pager_answer(&pager, 0, 1);
	expect_answer(&asker, DEFAULT);
	EXPECT_EQ(seen(BACK), 0);
	order_act(COPY_COUNT, pager.pages);
	EXPECT_EQ(ask_now(), 7);
	EXPECT_EQ(seen(COUNT), 1);
}

TEST(request_that_loops_after_a_sleep_is_stopped)
{
	struct asker asker;

	start_sleeper(&asker, COPY_LOOP);
	pager_answer(&pager, 0, 1);
	expect_answer(&asker, DEFAULT);
	EXPECT_EQ(seen(BACK), 1);
	EXPECT_EQ(last_fault(obj, "on_request").cause, REX_FAULT_TIMEOUT);
}

/* ---- ends ---- */

/* A process whose other thread sleeps in a request; nobody answers. */
static pid_t fork_sleeper(__u64 act)
{
	pid_t pid;

	load_sleepable(NULL);
	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0) {
		struct asker asker;

		map_set(obj, "orders", PROCESS, getpid());
		start_sleeper(&asker, act);
		pause();
		_exit(1);
	}
	ASSERT(WAIT_FOR(seen(BEGUN) == 1, 10));
	ksft_pause_ms(200);
	EXPECT_EQ(waitpid(pid, NULL, WNOHANG), 0);
	EXPECT_EQ(seen(BACK), 0);
	return pid;
}

static void kill_sleeper(pid_t pid)
{
	int status = 0;

	ASSERT(!kill(pid, SIGKILL));
	EXPECT(WAIT_FOR(waitpid(pid, &status, WNOHANG) == pid, 10));
	EXPECT(WIFSIGNALED(status));
}

TEST(signal_that_kills_ends_a_request_that_sleeps)
{
	kill_sleeper(fork_sleeper(COPY));
	EXPECT_EQ(seen(BACK), 1);
	EXPECT_EQ(seen(RESULT), -EINTR);
	EXPECT(is_live(obj, "on_request"));
}

/* The program would sleep again: only its limit ends it. */
TEST(request_of_a_killed_process_does_not_sleep_again)
{
	kill_sleeper(fork_sleeper(COPY_FOREVER));
	EXPECT(seen(BACK) > 1);
	EXPECT(WAIT_FOR(!is_live(obj, "on_request"), 5));
}

TEST(unload_does_not_wait_for_a_request_that_sleeps)
{
	struct asker asker;
	long begin;

	start_sleeper(&asker, COPY_DEEP);
	begin = ksft_ms();
	rex_obj_close(obj);
	EXPECT_MSG(ksft_ms() - begin < 5000, "it took %ld ms",
		   ksft_ms() - begin);
	ksft_pause_ms(1000);
	EXPECT(module_refs() > 0);
	EXPECT_EQ(remove_module(), -1);
	pager_answer(&pager, 0, 1);
	expect_answer(&asker, sum_from(100));
	await_idle();
}

/* The carrier is moved at once; REPLACE waits for what still runs. */
TEST(replace_waits_for_a_request_that_sleeps_and_others_run_the_new_program)
{
	struct rex_obj *next = load_object("sleepable"), *old;
	int image = rex_obj_image_fd(next), carrier, status = -1;
	struct asker asker;
	pid_t replacer;

	start_sleeper(&asker, COPY_DEEP);
	carrier = request_fd();
	replacer = fork();
	ASSERT(replacer >= 0);
	if (replacer == 0)
		_exit(bind_prog(image, carrier, "on_request",
				REX_BIND_REPLACE));
	ASSERT(WAIT_FOR(prog_info(next, "on_request").nr_bindings == 2, 10));
	EXPECT_EQ(waitpid(replacer, NULL, WNOHANG), 0);
	EXPECT_EQ(ask_now(), 7);
	EXPECT_EQ(prog_info(next, "on_request").runs, 1);
	EXPECT_EQ(seen(BEGUN), 1);
	pager_answer(&pager, 0, 1);
	expect_answer(&asker, sum_from(100));
	EXPECT_EQ(seen(VALUE), ONES);
	EXPECT(WAIT_FOR(waitpid(replacer, &status, WNOHANG) == replacer, 20));
	EXPECT_EQ(status, 0);
	old = obj;
	obj = next;
	EXPECT_EQ(ask_now(), 7);
	rex_obj_close(old);
}

/* ---- who asks, and with what ---- */

/* The arguments that are beyond the program's are the kernel's copy, too. */
TEST(sizes_of_arguments_are_checked)
{
	static const struct {
		__u32 size;
		bool taken;
	} sizes[] = {
		{ 0, false },	 { 8, false },	   { 88, false },
		{ 95, false },	 { 96, true },	   { 97, true },
		{ 104, true },	 { 4096, true },   { 65528, true },
		{ 65535, true }, { 65536, false }, { 1u << 31, false },
	};
	static __u64 args[1 << 13];
	__u64 runs = 0;
	__s32 ret;

	load_sleepable(NULL);
	for (size_t i = 0; i < sizeof(args) / sizeof(*args); i++)
		args[i] = i < NR_ARGS ? 1 : 1000;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int err = ask(request_fd(), args, sizes[i].size, &ret);

		EXPECT_MSG(err == (sizes[i].taken ? 0 : -EINVAL),
			   "%u bytes: %s", sizes[i].size, strerror(-err));
		runs += sizes[i].taken;
		if (!err)
			EXPECT_EQ(ret, NR_ARGS);
	}
	EXPECT_EQ(ask(request_fd(), NULL, ARGS_SIZE, &ret), -EINVAL);
	EXPECT_EQ(ask(request_fd(), (void *)-4096ul, ARGS_SIZE, &ret), -EFAULT);
	EXPECT_EQ(prog_info(obj, "on_request").runs, runs);
}

TEST(odd_requests_are_refused)
{
	static char bytes[64];
	__u64 args[NR_ARGS] = {};
	struct bpf_test_run_opts odd[] = {
		{ .repeat = 2 },
		{ .flags = BPF_F_TEST_RUN_ON_CPU },
		{ .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = 2 },
		{ .batch_size = 2 },
		{ .data_in = bytes, .data_size_in = sizeof(bytes) },
		{ .data_out = bytes, .data_size_out = sizeof(bytes) },
		{ .ctx_out = args, .ctx_size_out = sizeof(args) },
	};

	load_sleepable(NULL);
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		odd[i].sz = sizeof(odd[i]);
		odd[i].ctx_in = args;
		odd[i].ctx_size_in = sizeof(args);
		EXPECT_EQ(bpf_prog_test_run_opts(request_fd(), &odd[i]),
			  -EINVAL);
	}
	EXPECT_EQ(prog_info(obj, "on_request").runs, 0);
}

/* The run happens, and the copy back to the arguments fails. */
TEST(arguments_that_cannot_be_written_are_an_error_after_the_run)
{
	__u64 *args =
		mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	__s32 ret;

	ASSERT(args != MAP_FAILED);
	load_sleepable(NULL);
	EXPECT_EQ(ask(request_fd(), args, ARGS_SIZE, &ret), -EFAULT);
	EXPECT_EQ(prog_info(obj, "on_request").runs, 1);
	EXPECT(is_live(obj, "on_request"));
}

/* The descriptor is the permission, as for requests that do not sleep. */
TEST(holder_of_the_descriptor_asks_without_privileges)
{
	pid_t pid;

	load_sleepable(NULL);
	order_act(COPY, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0));
	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0) {
		map_set(obj, "orders", PROCESS, getpid());
		if (setresgid(NOBODY, NOBODY, NOBODY) ||
		    setresuid(NOBODY, NOBODY, NOBODY))
			_exit(2);
		_exit(ask_now() == 7 ? 0 : 1);
	}
	reap(pid);
	EXPECT_EQ(seen(BACK), 1);
	EXPECT_EQ(seen(RESULT), 0);
	EXPECT_EQ(seen(VALUE), 0);
}

/* ---- carriers ---- */

static int load_bpf(enum bpf_prog_type type, const struct bpf_insn *insns,
		    size_t nr, __u32 flags)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = flags);
	int fd = bpf_prog_load(type, "other", "GPL", insns, nr, &opts);

	ASSERT_MSG(fd >= 0, "BPF program of type %d: %s", type, strerror(-fd));
	return fd;
}

static const struct bpf_insn carrier_insns[] = {
	{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ktime_get_boot_ns },
	{ .code = BPF_JMP | BPF_EXIT },
};

static const struct bpf_insn empty_insns[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
	{ .code = BPF_JMP | BPF_EXIT },
};

TEST(request_that_sleeps_has_a_carrier_of_its_own)
{
	struct rex_obj *requests = load_object("requests");
	int awake = rex_obj_image_fd(requests), image;
	int carrier = load_bpf(BPF_PROG_TYPE_SYSCALL, carrier_insns, 2,
			       BPF_F_SLEEPABLE);
	int raw = load_bpf(BPF_PROG_TYPE_RAW_TRACEPOINT, carrier_insns, 2, 0);
	int uprobe = load_bpf(BPF_PROG_TYPE_KPROBE, carrier_insns, 2,
			      BPF_F_SLEEPABLE);
	int empty = load_bpf(BPF_PROG_TYPE_SYSCALL, empty_insns, 2,
			     BPF_F_SLEEPABLE);

	load_sleepable(NULL);
	image = rex_obj_image_fd(obj);
	EXPECT_ERRNO(bind_prog(image, raw, "on_request", 0), EPROTOTYPE);
	EXPECT_ERRNO(bind_prog(image, uprobe, "on_request", 0), EPROTOTYPE);
	EXPECT_ERRNO(bind_prog(image, empty, "on_request", 0), ENOEXEC);
	EXPECT_ERRNO(bind_prog(image, carrier, "on_call", 0), EPROTOTYPE);
	EXPECT_ERRNO(bind_prog(awake, carrier, "sum", 0), EPROTOTYPE);
	EXPECT(!bind_fresh(image, carrier, "on_request", 0));
}

/* A BPF program that runs others, as loaders of BPF do, without their arguments. */
TEST(other_bpf_program_cannot_run_a_request)
{
	enum {
		ATTR_SIZE = 80
	};
	struct bpf_insn insns[ATTR_SIZE / 8 + 7];
	__u32 args[2] = {};
	size_t nr = 0;
	__s32 ret;
	int fd;

	load_sleepable(NULL);
	for (int off = -ATTR_SIZE; off < 0; off += 8)
		insns[nr++] = (struct bpf_insn){
			.code = BPF_ST | BPF_MEM | BPF_DW,
			.dst_reg = BPF_REG_10,
			.off = off,
		};
	insns[nr++] = (struct bpf_insn){ .code = BPF_ST | BPF_MEM | BPF_W,
					 .dst_reg = BPF_REG_10,
					 .off = -ATTR_SIZE,
					 .imm = request_fd() };
	insns[nr++] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K,
					 .dst_reg = BPF_REG_1,
					 .imm = BPF_PROG_TEST_RUN };
	insns[nr++] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_X,
					 .dst_reg = BPF_REG_2,
					 .src_reg = BPF_REG_10 };
	insns[nr++] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_ADD | BPF_K,
					 .dst_reg = BPF_REG_2,
					 .imm = -ATTR_SIZE };
	insns[nr++] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K,
					 .dst_reg = BPF_REG_3,
					 .imm = ATTR_SIZE };
	insns[nr++] = (struct bpf_insn){ .code = BPF_JMP | BPF_CALL,
					 .imm = BPF_FUNC_sys_bpf };
	insns[nr++] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	fd = load_bpf(BPF_PROG_TYPE_SYSCALL, insns, nr, BPF_F_SLEEPABLE);
	ASSERT(!ask(fd, args, sizeof(args), &ret));
	EXPECT_EQ(ret, -EINVAL);
	EXPECT_EQ(prog_info(obj, "on_request").runs, 0);
	EXPECT(is_live(obj, "on_request"));
}

/* The array has a reference, as what attaches a carrier has. */
TEST(carrier_in_an_array_is_not_bound_to_a_request)
{
	struct rex_obj *requests = load_object("requests");
	int carrier =
		load_bpf(BPF_PROG_TYPE_RAW_TRACEPOINT, carrier_insns, 2, 0);
	int array = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0);
	__u32 key = 0;

	ASSERT(!bpf_map_update_elem(array, &key, &carrier, 0));
	EXPECT_ERRNO(bind_prog(rex_obj_image_fd(requests), carrier, "sum", 0),
		     ETXTBSY);
}

/* ---- BIND counts references while descriptors change ---- */

/* On a slow kernel, a round takes half a second. */
#define ROUNDS (400 / ksft_slower())

/* Closes a descriptor a moment after it is told to. */
static struct closer {
	atomic_int fd;
	atomic_bool stop;
} closer = { .fd = -1 };

static void *close_late(void *arg)
{
	unsigned int delay = 0;
	int fd;

	(void)arg;
	while (!atomic_load(&closer.stop)) {
		fd = atomic_exchange(&closer.fd, -1);
		if (fd < 0)
			continue;
		delay = (delay + 977) % 40000;
		for (unsigned int i = 0; i < delay; i++)
			__asm__ volatile("" ::: "memory");
		close(fd);
	}
	return NULL;
}

struct binder {
	int image, carrier;
};

/* Makes BIND of others wait for its mutex. It opens nothing, whose number others could wait for. */
static void *bind_again(void *arg)
{
	struct binder *binder = arg;

	while (!atomic_load(&closer.stop))
		bind_prog(binder->image, binder->carrier, "sum",
			  REX_BIND_REPLACE);
	return NULL;
}

/*
 * The array's reference is the second one. The descriptor's would be missing in the count
 * if BIND did not keep the file.
 */
TEST(carrier_in_an_array_is_not_bound_while_its_descriptor_is_closed)
{
	struct rex_obj *requests = load_object("requests");
	int image = rex_obj_image_fd(requests), array, carrier, err,
	    refused = 0;
	struct binder binder = {
		.image = image,
		.carrier = load_bpf(BPF_PROG_TYPE_RAW_TRACEPOINT, carrier_insns,
				    2, 0),
	};
	pthread_t closing, binding;
	__u32 key = 0;

	array = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0);
	ASSERT(!pthread_create(&closing, NULL, close_late, NULL));
	ASSERT(!pthread_create(&binding, NULL, bind_again, &binder));
	for (int i = 0; i < ROUNDS; i++) {
		carrier = load_bpf(BPF_PROG_TYPE_RAW_TRACEPOINT, carrier_insns,
				   2, 0);
		ASSERT(!bpf_map_update_elem(array, &key, &carrier, 0));
		atomic_store(&closer.fd, carrier);
		err = bind_prog(image, carrier, "sum", 0) ? errno : 0;
		EXPECT_MSG(err == ETXTBSY || err == EBADF, "round %d: %s", i,
			   err ? strerror(err) : "bound");
		refused += err == ETXTBSY;
		while (atomic_load(&closer.fd) >= 0 ||
		       fcntl(carrier, F_GETFD) >= 0)
			sched_yield();
	}
	atomic_store(&closer.stop, true);
	pthread_join(closing, NULL);
	pthread_join(binding, NULL);
	close(binder.carrier);
	ksft_note("%d of %d were refused for the reference, others for the descriptor",
		  refused, ROUNDS);
	EXPECT(refused > 0);
}
