// SPDX-License-Identifier: GPL-2.0
/*
 * Carriers are traced, replaced, tail-called, probed, run with odd arguments,
 * and moved from link to link, while their programs fault, restart and are
 * replaced.
 * TEST-DEADLINE: 240
 */
#include <linux/if_link.h>
#include <net/if.h>
#include <pthread.h>
#include <stdatomic.h>

#include "hostile.h"

/* A test ends after this time, when the carrier has been moved more often than that. */
#define SECONDS_EACH 4
#define MOVES_EACH 10
#define TAIL_CALL_FAILED 77

static struct bpf_insn insns_return(int value)
{
	return (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K,
				  .imm = value };
}

/* ---- a carrier with types ---- */

/* Makes types like a compiler: `int carrier(struct xdp_md *ctx)`. */
static struct btf *types_of_a_carrier(int *func)
{
	struct btf *btf = btf__new_empty();
	int number, md, pointer, proto;

	ASSERT(btf);
	number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	md = btf__add_struct(btf, "xdp_md", 4);
	ASSERT(!btf__add_field(btf, "data", number, 0, 0));
	pointer = btf__add_ptr(btf, md);
	proto = btf__add_func_proto(btf, number);
	ASSERT(!btf__add_func_param(btf, "ctx", pointer));
	*func = btf__add_func(btf, "carrier", BTF_FUNC_GLOBAL, proto);
	ASSERT(*func > 0);
	ASSERT_EQ(btf__load_into_kernel(btf), 0);
	return btf;
}

/* Loads INSNS with these types. */
static int load_typed(enum bpf_prog_type type, const struct bpf_insn *insns,
		      size_t nr, struct bpf_prog_load_opts *opts, int *func)
{
	struct btf *btf = types_of_a_carrier(func);
	struct bpf_func_info info = { .type_id = *func };
	int fd;

	opts->prog_btf_fd = btf__fd(btf);
	opts->func_info = &info;
	opts->func_info_cnt = 1;
	opts->func_info_rec_size = sizeof(info);
	fd = bpf_prog_load(type, "carrier", "GPL", insns, nr, opts);
	btf__free(btf);
	return fd;
}

static int typed_carrier(int *func)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_ktime_get_boot_ns },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	int fd = load_typed(BPF_PROG_TYPE_XDP, insns, 2, &opts, func);

	ASSERT_MSG(fd >= 0, "carrier: %s", strerror(-fd));
	return fd;
}

/* Makes a program for the function FUNC of the program TARGET. */
static int program_for(int target, int func, enum bpf_prog_type type,
		       enum bpf_attach_type attach, int ret)
{
	struct bpf_insn insns[] = { insns_return(ret),
				    { .code = BPF_JMP | BPF_EXIT } };
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach,
		    .attach_prog_fd = target, .attach_btf_id = func);
	int own, fd;

	if (type == BPF_PROG_TYPE_EXT)
		fd = load_typed(type, insns, 2, &opts, &own);
	else
		fd = bpf_prog_load(type, "other", "GPL", insns, 2, &opts);
	ASSERT_MSG(fd >= 0, "program for a carrier: %s", strerror(-fd));
	return fd;
}

static int test_run(int prog)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);
	int ret = bpf_prog_test_run_opts(prog, &opts);

	ASSERT_MSG(!ret, "test run: %s", strerror(-ret));
	return opts.retval;
}

/* ---- images ---- */

/* Loads an image of hostile_unsafe that restarts, and does ACT. */
static struct rex_obj *image_that(const char *act)
{
	struct rex_obj *obj;

	restarts_per_min = 1000000;
	obj = load_act("hostile_unsafe", "at_xdp", act, 200);
	restarts_per_min = 0;
	order(obj, act, 0);
	return obj;
}

static void bind_to(struct rex_obj *obj, int prog, __u32 flags)
{
	ASSERT_MSG(!bind_fresh(rex_obj_image_fd(obj), prog, "at_xdp", flags),
		   "bind: %s", strerror(errno));
}

/* Moves the carrier between images that fault in several ways. */
struct mover {
	pthread_t thread;
	int carrier;
	struct rex_obj *obj[4];
	volatile bool over;
	atomic_ulong moves;
};

static void *move(void *arg)
{
	struct mover *m = arg;

	for (; !m->over; m->moves++)
		bind_to(m->obj[m->moves % 4], m->carrier, REX_BIND_REPLACE);
	return NULL;
}

static void start_mover(struct mover *m, int carrier)
{
	static const char *const acts[] = { "nothing", "explicit_panic", "ud2",
					    "recursion" };

	*m = (struct mover){ .carrier = carrier };
	for (int i = 0; i < 4; i++)
		m->obj[i] = image_that(acts[i]);
	bind_to(m->obj[0], carrier, 0);
	ASSERT(!pthread_create(&m->thread, NULL, move, m));
}

/* A move takes a grace period, which has no limit. */
static bool goes_on(const struct mover *m, long end)
{
	return ksft_ms() < end || m->moves <= MOVES_EACH;
}

static void stop_mover(struct mover *m)
{
	m->over = true;
	pthread_join(m->thread, NULL);
	EXPECT(m->moves > MOVES_EACH);
	ksft_note("%lu moves", (unsigned long)m->moves);
	for (int i = 0; i < 4; i++)
		rex_obj_close(m->obj[i]);
}

static bool is_verdict(int verdict)
{
	return verdict == 0 || verdict == XDP_PASS;
}

/* ---- trampolines ---- */

static void trace_a_carrier(enum bpf_attach_type attach)
{
	unsigned long rounds = 0;
	struct mover m;
	int func, fd;

	fd = typed_carrier(&func);
	start_mover(&m, fd);
	be_strict(true);
	for (long end = ksft_ms() + SECONDS_EACH * 1000; goes_on(&m, end);
	     rounds++) {
		int tracer =
			program_for(fd, func, BPF_PROG_TYPE_TRACING, attach, 0);
		int link = bpf_link_create(tracer, 0, attach, NULL);

		ASSERT_MSG(link >= 0, "link: %s", strerror(-link));
		close(tracer);
		for (int i = 0; i < 10; i++)
			EXPECT(is_verdict(test_run(fd)));
		close(link);
		EXPECT(is_verdict(test_run(fd)));
	}
	be_strict(false);
	ksft_note("%lu links", rounds);
	stop_mover(&m);
}

TEST(carrier_is_traced_on_entry_while_it_is_moved)
{
	trace_a_carrier(BPF_TRACE_FENTRY);
}

TEST(carrier_is_traced_on_exit_while_it_is_moved)
{
	trace_a_carrier(BPF_TRACE_FEXIT);
}

TEST(carrier_is_replaced_by_an_extension_while_it_is_moved)
{
	unsigned long rounds = 0;
	struct mover m;
	int func, fd, other;

	fd = typed_carrier(&func);
	start_mover(&m, fd);
	other = program_for(fd, func, BPF_PROG_TYPE_EXT, 0, 3);
	EXPECT_ERRNO(bind_prog(rex_obj_image_fd(m.obj[0]), other, "at_xdp", 0),
		     EPROTOTYPE);
	be_strict(true);
	for (long end = ksft_ms() + SECONDS_EACH * 1000; goes_on(&m, end);
	     rounds++) {
		LIBBPF_OPTS(bpf_link_create_opts, opts, .target_btf_id = func);
		int link = bpf_link_create(other, fd, 0, &opts);

		ASSERT_MSG(link >= 0, "link: %s", strerror(-link));
		for (int i = 0; i < 5; i++)
			EXPECT_EQ(test_run(fd), 3);
		close(link);
		EXPECT(is_verdict(test_run(fd)));
		/* A program can be attached only once. */
		close(other);
		other = program_for(fd, func, BPF_PROG_TYPE_EXT, 0, 3);
	}
	be_strict(false);
	ksft_note("%lu extensions", rounds);
	stop_mover(&m);
}

/* ---- tail calls ---- */

TEST(carrier_is_tail_called_while_it_is_moved)
{
	int array = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0);
	int caller = tail_caller(BPF_PROG_TYPE_XDP, 0, array, TAIL_CALL_FAILED);
	int func, fd = typed_carrier(&func);
	unsigned long called = 0;
	struct mover m;
	__u32 key = 0;

	start_mover(&m, fd);
	EXPECT_EQ(test_run(caller), TAIL_CALL_FAILED);
	be_strict(true);
	for (long end = ksft_ms() + SECONDS_EACH * 1000; goes_on(&m, end);) {
		ASSERT(!set_callee(array, fd));
		for (int i = 0; i < 10; i++, called++)
			EXPECT(is_verdict(test_run(caller)));
		bpf_map_delete_elem(array, &key);
		EXPECT_EQ(test_run(caller), TAIL_CALL_FAILED);
	}
	be_strict(false);
	ksft_note("%lu tail calls", called);
	stop_mover(&m);
}

/*
 * A program for devmaps reads the output device, which the context of other XDP
 * programs lacks.
 */
TEST(program_for_devmaps_is_not_tail_called_by_others)
{
	int array = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0);
	struct rex_obj *obj = load_object("net_xdp");
	int carrier_fd = bpf_program__fd(program(obj, "leaves"));
	int caller = tail_caller(BPF_PROG_TYPE_XDP, 0, array, TAIL_CALL_FAILED);
	struct rex_prog_info info;

	be_strict(true);
	if (!set_callee(array, carrier_fd))
		test_run(caller);
	else
		ksft_note("refused: %s", strerror(errno));
	be_strict(false);
	info = prog_info(obj, "leaves");
	ksft_note("runs %llu, faults %llu", info.runs, info.faults);
	EXPECT_EQ(info.runs, 0);
}

/* Calls the carrier of a program by a tail call from where it has no arguments, and few. */
static void tail_call_without_arguments(const char *object, const char *name)
{
	struct rex_obj *obj = load_object(object);
	int fd = bpf_program__fd(program(obj, name));
	int array = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0);
	int unused = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0);
	int caller = tail_caller(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, array,
				 TAIL_CALL_FAILED);
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	struct rex_prog_info info;
	int link;

	EXPECT_EQ(set_callee(unused, fd), -EINVAL);
	EXPECT_EQ(set_callee(array, fd), -EINVAL);
	ASSERT(!bpf_prog_test_run_opts(caller, &opts));
	link = bpf_raw_tracepoint_open("softirq_entry", caller);
	ASSERT(link >= 0);
	ksft_pause_ms(200);
	close(link);
	info = prog_info(obj, name);
	EXPECT_MSG(info.runs == 0 && info.faults == 0,
		   "%s: %llu runs, %llu faults", name, info.runs, info.faults);
	rex_obj_close(obj);
}

/* It would read what is on the kernel's stack after the arguments that there are. */
TEST(program_that_reads_arguments_is_not_tail_called_by_others)
{
	tail_call_without_arguments("requests", "sum");
	tail_call_without_arguments("sleepable", "on_request");
	tail_call_without_arguments("timers", "once");
	tail_call_without_arguments("map_reentry", "outer");
	tail_call_without_arguments("kernel_data", "on_tp_btf");
}

/* The kernel does not compare what they are attached to in all versions. */
TEST(program_that_is_traced_by_btf_is_in_no_program_array)
{
	static const char *const names[] = { "on_read", "on_read_return" };
	struct rex_obj *obj = load_object("tracing");
	int array;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		array = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0);
		EXPECT_EQ(set_callee(array,
				     bpf_program__fd(program(obj, names[i]))),
			  -EINVAL);
	}
}

/* ---- probes ---- */

static int probe_at(__u64 addr)
{
	struct perf_event_attr attr = { .size = sizeof(attr),
					.type = pmu_type("kprobe"),
					.probe_offset = addr };

	return syscall(SYS_perf_event_open, &attr, -1, 0, -1,
		       PERF_FLAG_FD_CLOEXEC);
}

/* Emitted and loaded code has no place for a breakpoint. */
TEST(kprobes_in_images_and_carriers_are_refused)
{
	struct rex_obj *obj = image_that("nothing");
	FILE *f = fopen("/proc/kallsyms", "re");
	int refused = 0, set = 0;
	char line[1024], name[512];
	unsigned long long addr;

	ASSERT(f);
	while (fgets(line, sizeof(line), f)) {
		if (!strstr(line, "[bpf]") ||
		    sscanf(line, "%llx %*c %511s", &addr, name) != 2 ||
		    (refused > 40 && !strstr(name, "rex_thunk") &&
		     !strstr(name, "bpf_prog_")))
			continue;
		for (int i = 0; i < 24; i += 4) {
			int fd = probe_at(addr + i);

			refused += fd < 0;
			if (EXPECT_MSG(fd < 0, "a kprobe at %s+%d", name, i))
				continue;
			set++;
			close(fd);
		}
	}
	fclose(f);
	ksft_note("%d refused, %d set", refused, set);
	EXPECT(refused > 20);
	rex_obj_close(obj);
}

/*
 * Sleepable programs have no RCU read section, so the program could be freed
 * before the call.
 */
TEST(sleepable_program_is_no_carrier)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_ktime_get_boot_ns },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);
	struct rex_obj *obj =
		load_act("hostile_unsafe", "at_kprobe", "awake", 0);
	int fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "carrier", "GPL", insns, 2,
			       &opts);

	ASSERT_MSG(fd >= 0, "sleepable program: %s", strerror(-fd));
	EXPECT_ERRNO(bind_prog(rex_obj_image_fd(obj), fd, "at_kprobe", 0),
		     ENOEXEC);
	rex_obj_close(obj);
}

/* ---- odd runs ---- */

static void odd_runs_of_packets(int fd)
{
	static char data[4096];
	static const __u32 sizes[] = { 0,  1,	 13,   14,   15,
				       64, 1500, 3000, 3500, 4096 };
	static const __u32 flags[] = { 0, BPF_F_TEST_XDP_LIVE_FRAMES,
				       BPF_F_TEST_RUN_ON_CPU, ~0u };
	unsigned long ran = 0, refused = 0;

	for (size_t i = 0; i < 10; i++)
		for (size_t k = 0; k < 4; k++)
			for (int repeat = 0; repeat < 400; repeat += 133)
				for (__u32 md = 0; md <= 24; md += 12) {
					struct xdp_md ctx = {
						.data_end = sizes[i],
						.ingress_ifindex = md / 12,
					};
					LIBBPF_OPTS(bpf_test_run_opts, opts,
						    .data_in = data,
						    .data_size_in = sizes[i],
						    .ctx_in = md ? &ctx : NULL,
						    .ctx_size_in =
							    md ? sizeof(ctx) :
								 0,
						    .repeat = repeat,
						    .batch_size = repeat / 2,
						    .flags = flags[k]);

					if (bpf_prog_test_run_opts(fd, &opts))
						refused++;
					else
						ran++;
				}
	ksft_note("%lu ran, %lu refused", ran, refused);
	EXPECT(ran > 10);
}

TEST(odd_test_runs_while_the_carrier_is_moved)
{
	struct mover m;
	int func, fd = typed_carrier(&func);

	start_mover(&m, fd);
	be_strict(true);
	for (int i = 0; i < 4 || goes_on(&m, 0); i++)
		odd_runs_of_packets(fd);
	be_strict(false);
	stop_mover(&m);
}

/* Runs with contexts of all sizes, on CPUs that exist and that do not. */
TEST(odd_test_runs_of_a_raw_tracepoint)
{
	static const char *const acts[] = { "nothing", "ud2",
					    "explicit_panic" };
	struct rex_obj *obj;
	__u64 ctx[16] = { 0 };
	unsigned long ran = 0, refused = 0;
	int fd;

	restarts_per_min = 1000000;
	obj = load_act("hostile_unsafe", "at_raw_tracepoint", "raw", 0);
	fd = bpf_program__fd(program(obj, "at_raw_tracepoint"));
	be_strict(true);
	for (int act = 0; act < 3; act++) {
		order(obj, acts[act], 0);
		for (__u32 size = 0; size <= sizeof(ctx); size += 4)
			for (__u32 cpu = 0; cpu < 4; cpu++)
				for (__u32 flags = 0; flags < 4; flags++) {
					LIBBPF_OPTS(bpf_test_run_opts, opts,
						    .ctx_in = ctx,
						    .ctx_size_in = size,
						    .flags = flags, .cpu = cpu);

					if (bpf_prog_test_run_opts(fd, &opts))
						refused++;
					else
						ran++;
				}
	}
	be_strict(false);
	ksft_note("%lu ran, %lu refused", ran, refused);
	EXPECT(ran > 10);
	rex_obj_close(obj);
}

/* ---- links ---- */

static void *send_packets(void *arg)
{
	volatile bool *over = arg;

	while (!*over)
		free(shell(
			"ping -c 20 -i 0.002 -W 1 127.0.0.1 >/dev/null 2>&1; true"));
	return NULL;
}

/* Moves a link of a device between carriers whose programs fault. */
TEST(link_goes_from_carrier_to_carrier_while_they_are_moved)
{
	unsigned long updates = 0;
	volatile bool over = false;
	pthread_t sender;
	struct mover m;
	int func, fd[2], link;

	free(shell("ip link set lo up"));
	fd[0] = typed_carrier(&func);
	fd[1] = typed_carrier(&func);
	start_mover(&m, fd[0]);
	bind_to(m.obj[1], fd[1], 0);
	link = bpf_link_create(fd[0], if_nametoindex("lo"), BPF_XDP, NULL);
	ASSERT_MSG(link >= 0, "link: %s", strerror(-link));
	ASSERT(!pthread_create(&sender, NULL, send_packets, (void *)&over));
	be_strict(true);
	for (long end = ksft_ms() + SECONDS_EACH * 1000; goes_on(&m, end);
	     updates++)
		ASSERT(!bpf_link_update(link, fd[updates % 2], NULL));
	be_strict(false);
	over = true;
	pthread_join(sender, NULL);
	close(link);
	ksft_note("%lu updates", updates);
	stop_mover(&m);
}
