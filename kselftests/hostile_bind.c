// SPDX-License-Identifier: GPL-2.0
/*
 * Attacks on the moments before a program's first run, and on BIND's waits.
 *
 * REPLACE waits until the old program cannot run any more, which includes
 * sleepable BPF programs. A process can make one of them wait for its memory
 * for any time. Other processes must not wait for it.
 */
#include <linux/userfaultfd.h>
#include <sys/mman.h>

#include "hostile.h"
#include "rex_log.h"

/* Returns the place of a function of this program in its file. */
static __u64 file_offset(void (*function)(void))
{
	char *maps = read_all("/proc/self/maps", NULL), *line, *save;
	unsigned long start, end, offset, addr = (unsigned long)function;
	__u64 found = 0;

	for (line = strtok_r(maps, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) ==
			    3 &&
		    addr >= start && addr < end)
			found = addr - start + offset;
	free(maps);
	ASSERT(found);
	return found;
}

/* Makes a page that never gets memory. */
static char *missing_page(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int uffd = syscall(SYS_userfaultfd, 0);

	ASSERT(page != MAP_FAILED);
	ASSERT_MSG(uffd >= 0, "userfaultfd: %s", strerror(errno));
	ASSERT(!ioctl(uffd, UFFDIO_API, &api));
	reg.range.start = u64_of(page);
	reg.range.len = 4096;
	ASSERT(!ioctl(uffd, UFFDIO_REGISTER, &reg));
	return page;
}

/* Makes a sleepable program that reads from PAGE. */
static int program_that_reads(const char *page)
{
	const struct bpf_insn insns[] = {
		/* r1 = fp - 8; r2 = 8; r3 = page */
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X,
		  .dst_reg = 1,
		  .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 1, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 8 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
		  .dst_reg = 3,
		  .imm = (__u32)u64_of(page) },
		{ .imm = u64_of(page) >> 32 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_copy_from_user },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);
	int fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "sleeps", "GPL", insns, 8,
			       &opts);

	ASSERT_MSG(fd >= 0, "sleepable program: %s", strerror(-fd));
	return fd;
}

static void attach_to_uprobe(int prog)
{
	struct perf_event_attr attr = { .size = sizeof(attr),
					.type = pmu_type("uprobe"),
					.sample_period = 1 };
	int event;

	attr.uprobe_path = u64_of("/proc/self/exe");
	attr.probe_offset = file_offset(uprobed);
	event = syscall(SYS_perf_event_open, &attr, getpid(), -1, -1, 0);
	ASSERT_MSG(event >= 0, "uprobe: %s", strerror(errno));
	ASSERT(!ioctl(event, PERF_EVENT_IOC_SET_BPF, prog));
	ASSERT(!ioctl(event, PERF_EVENT_IOC_ENABLE, 0));
}

/* Starts a process that is in the program until it is killed. */
static pid_t start_sleeper(void)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid == 0) {
		attach_to_uprobe(program_that_reads(missing_page()));
		uprobed();
		_exit(1);
	}
	ksft_pause_ms(1000);
	EXPECT_EQ(waitpid(pid, NULL, WNOHANG), 0);
	return pid;
}

/* Returns whether the child ends within some time. */
static bool is_done(pid_t pid, int *status)
{
	return WAIT_FOR(waitpid(pid, status, WNOHANG) == pid, 5);
}

/* A process that moves a carrier to the second image, and waits for another one that sleeps. */
struct waiting {
	int image[2], moved;
	pid_t sleeper, replacer;
};

static struct waiting start_waiting(void)
{
	struct waiting w = {
		.image = { load_image("hello"), load_image("hello") },
		.moved = carrier(BPF_PROG_TYPE_TRACEPOINT),
	};

	ASSERT(!bind_fresh(w.image[0], w.moved, "rex_prog1", 0));
	w.sleeper = start_sleeper();
	w.replacer = fork();
	if (w.replacer == 0)
		_exit(bind_prog(w.image[1], w.moved, "rex_prog1",
				REX_BIND_REPLACE));
	ksft_pause_ms(500);
	EXPECT_EQ(waitpid(w.replacer, NULL, WNOHANG), 0);
	return w;
}

static void end_sleeper(const struct waiting *w)
{
	kill(w->sleeper, SIGKILL);
	ASSERT_EQ(waitpid(w->sleeper, NULL, 0), w->sleeper);
}

/* It waits until the sleeper has ended, and succeeds then. */
static void expect_moved_after_sleep(const struct waiting *w)
{
	int status = -1;

	EXPECT_EQ(waitpid(w->replacer, NULL, WNOHANG), 0);
	end_sleeper(w);
	EXPECT(is_done(w->replacer, &status));
	EXPECT_EQ(status, 0);
}

TEST(replace_that_waits_for_a_sleeper_blocks_no_other)
{
	struct waiting w = start_waiting();
	int status = -1;
	pid_t other;

	other = fork();
	if (other == 0)
		_exit(bind_fresh(w.image[0], carrier(BPF_PROG_TYPE_TRACEPOINT),
				 "rex_prog1", 0));
	EXPECT_MSG(is_done(other, &status), "BIND waits for another's REPLACE");
	EXPECT_EQ(status, 0);
	/*
	 * The binding ends, and the old program stays bound until the run is
	 * over.
	 */
	EXPECT(WAIT_FOR(nr_bindings(w.image[0]) == 1, 5));
	EXPECT_EQ(nr_bindings(w.image[1]), 1);
	expect_moved_after_sleep(&w);
	EXPECT_EQ(nr_bindings(w.image[0]), 0);
}

TEST(replace_that_waits_for_a_sleeper_can_be_killed)
{
	struct waiting w = start_waiting();
	int status = 0;

	kill(w.replacer, SIGKILL);
	EXPECT_MSG(is_done(w.replacer, &status),
		   "a killed process waits in REPLACE");
	/* The carrier is moved, and the old image is kept until runs of it are over. */
	EXPECT_EQ(nr_bindings(w.image[0]), 1);
	EXPECT_EQ(nr_bindings(w.image[1]), 1);
	end_sleeper(&w);
	EXPECT(WAIT_FOR(nr_bindings(w.image[0]) == 0, 5));
	close(w.image[0]);
	close(w.image[1]);
	close(w.moved);
	close(device());
	await_idle();
}

/*
 * Has the kernel freeze all processes, as for a suspend, and go on. Returns what it logs if it
 * gives up.
 */
static const char *freeze_processes(void)
{
	static char text[1 << 16];
	int fd, log = log_open();

	write_file("/sys/power/pm_test", "freezer");
	write_file("/sys/power/pm_freeze_timeout", "2000");
	fd = open("/sys/power/state", O_WRONLY | O_CLOEXEC);
	ASSERT(fd >= 0);
	EXPECT_ERRNO(write(fd, "freeze", 6), EBUSY);
	close(fd);
	write_file("/sys/power/pm_freeze_timeout", "20000");
	write_file("/sys/power/pm_test", "none");
	log_text(log, text, sizeof(text));
	close(log);
	return text;
}

/* The sleeper cannot be frozen, since it waits for its own pager. */
TEST(replace_that_waits_for_a_sleeper_can_be_frozen)
{
	struct waiting w;

	if (access("/sys/power/pm_test", W_OK))
		SKIP("this kernel has no CONFIG_PM_SLEEP_DEBUG");
	w = start_waiting();
	announce_dmesg("Call Trace:");
	EXPECT_CONTAINS(freeze_processes(), "(1 tasks refusing to freeze");
	expect_moved_after_sleep(&w);
}

/*
 * Moves the carrier in a child, which is killed while it waits. Returns its
 * errno.
 */
static int move_and_be_killed(int image, int moved)
{
	pid_t pid = fork();
	int status;

	ASSERT(pid >= 0);
	if (pid == 0)
		_exit(bind_prog(image, moved, "rex_prog1", REX_BIND_REPLACE) ?
			      errno :
			      0);
	ASSERT(WAIT_FOR(nr_bindings(image) == 1 ||
				waitpid(pid, &status, WNOHANG) == pid,
			10));
	if (nr_bindings(image) == 0)
		return WEXITSTATUS(status);
	EXPECT(!kill(pid, SIGKILL));
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT(WIFSIGNALED(status));
	return 0;
}

/* Each of them keeps an image for as long as the sleeper sleeps. */
TEST_TIMEOUT(killed_replaces_keep_a_bounded_number_of_images, 120)
{
	int image = load_image("hello"), next, err = 0, nr;
	int moved = carrier(BPF_PROG_TYPE_TRACEPOINT);
	struct rex_bind args;
	char text[256] = "";
	pid_t sleeper;
	long before;

	ASSERT(!bind_fresh(image, moved, "rex_prog1", 0));
	sleeper = start_sleeper();
	before = module_refs();
	for (nr = 0; nr <= REX_MAX_REPLACED && !err; nr++) {
		next = load_image("hello");
		err = move_and_be_killed(next, moved);
		if (!err) {
			close(image);
			image = next;
		}
	}
	ASSERT_EQ(err, EAGAIN);
	EXPECT_EQ(nr, REX_MAX_REPLACED + 1);
	args = bind_args(next, moved, "rex_prog1");
	args.flags = REX_BIND_REPLACE;
	args.log_buf = u64_of(text);
	args.log_size = sizeof(text);
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args), EAGAIN);
	EXPECT_CONTAINS(text, "64 programs");
	/* The carrier has not moved, and other bindings work. */
	EXPECT_EQ(nr_bindings(image), 1);
	EXPECT(!bind_fresh(next, carrier(BPF_PROG_TYPE_TRACEPOINT), "rex_prog1",
			   0));
	kill(sleeper, SIGKILL);
	ASSERT_EQ(waitpid(sleeper, NULL, 0), sleeper);
	/* Each record has a reference. The second image and its carrier have a few. */
	EXPECT_MSG(WAIT_FOR(module_refs() < before + 8, 20),
		   "%ld references, before %ld", module_refs(), before);
	EXPECT_EQ(bind_prog(next, moved, "rex_prog1", REX_BIND_REPLACE), 0);
	EXPECT_EQ(nr_bindings(image), 0);
}

/* ---- the first run ---- */

#define LONG_LIMIT_MS 5000
#define SHORT_LIMIT_MS 300
/* An event blocks a BIND for this time. */
#define BLOCK_MS 2000

#define DEFAULT_LIMIT "timeout_ms"

/* An image of an act without bindings. */
struct acting {
	int image, orders, notes;
};

static void order_thread(const struct acting *a, pid_t thread)
{
	__u32 key = THREAD;
	__u64 value = thread;

	ASSERT(!bpf_map_update_elem(a->orders, &key, &value, 0));
}

/* Loads an act whose programs have LIMIT_MS until BIND sets another limit. */
static struct acting load_acting(const char *act, int limit_ms)
{
	struct rex_load args = load_args("hostile_unsafe");
	struct acting a = {
		.orders = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 6, 0),
		.notes = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 8, 0),
	};
	struct rex_map_fd maps[] = {
		{ .name = "orders", .fd = a.orders },
		{ .name = "notes", .fd = a.notes },
		{ .name = "turn",
		  .fd = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0) },
		{ .name = "scratch",
		  .fd = make_map(BPF_MAP_TYPE_HASH, 8, 8, 16, 0) },
	};
	__u32 key = ACT;
	__u64 value = name_hash(act);

	ASSERT(!bpf_map_update_elem(a.orders, &key, &value, 0));
	give_maps(&args, maps, 4);
	set_module_parameter(DEFAULT_LIMIT, limit_ms);
	a.image = load(&args);
	set_module_parameter(DEFAULT_LIMIT, 1000);
	return a;
}

static __u64 note_of(const struct acting *a, __u32 key)
{
	__u64 value;

	ASSERT(!bpf_map_lookup_elem(a->notes, &key, &value));
	return value;
}

static int bind_acting(const struct acting *a, int prog, __u32 flags,
		       __u32 timeout_ms)
{
	struct rex_bind args = bind_args(a->image, prog, "at_kprobe");

	args.flags = flags;
	args.timeout_ms = timeout_ms;
	return ioctl(device(), REX_IOC_BIND, &args);
}

/*
 * Checks that PROG has run the act once, and that the limit of its BIND has
 * stopped it.
 */
static void expect_short_run(const struct acting *a, int prog)
{
	struct rex_fault_info fault = { .size = sizeof(fault),
					.image_fd = -1,
					.prog_fd = prog };
	__u64 ms;

	ASSERT_EQ(note_of(a, BEGUN), 1);
	ASSERT(!ioctl(device(), REX_IOC_FAULT_INFO, &fault));
	EXPECT_EQ(fault.cause, REX_FAULT_TIMEOUT);
	ms = (fault.time - note_of(a, SINCE)) / 1000000;
	ksft_note("the run ended after %llu ms", (unsigned long long)ms);
	EXPECT(ms >= SHORT_LIMIT_MS * 9 / 10);
	EXPECT(ms <= END_MS(SHORT_LIMIT_MS));
}

/*
 * The kernel calls on_each_cpu_cond_mask() in BIND after the carrier's call
 * leads to the new program: the first run on BIND's CPU can begin there.
 */
#define WITHIN_BIND "on_each_cpu_cond_mask"

TEST_TIMEOUT(run_that_begins_within_replace_has_the_limit_of_replace, 30)
{
	int prog = carrier(BPF_PROG_TYPE_KPROBE);
	struct acting before = load_acting("nothing", 1000);
	struct acting after = load_acting("loop_of_nothing", LONG_LIMIT_MS);

	order_thread(&after, getpid());
	ASSERT(!bind_acting(&before, prog, 0, LONG_LIMIT_MS));
	ASSERT(!ioctl(open_kprobe(WITHIN_BIND), PERF_EVENT_IOC_SET_BPF, prog));
	pin_to_cpu(0);
	ASSERT(!bind_acting(&after, prog, REX_BIND_REPLACE, SHORT_LIMIT_MS));
	expect_short_run(&after, prog);
}

/*
 * An event blocks BIND after its check of the carrier's other holders, and the
 * carrier is attached meanwhile.
 */
TEST_TIMEOUT(run_that_begins_within_the_first_bind_has_its_limit, 30)
{
	int prog = carrier(BPF_PROG_TYPE_KPROBE), status = -1, go[2];
	int blocker = carrier(BPF_PROG_TYPE_KPROBE);
	int event = open_kprobe(WITHIN_BIND);
	struct acting blocks = load_acting("loop_of_nothing", 1000);
	struct acting loops = load_acting("loop_of_nothing", LONG_LIMIT_MS);
	pid_t pid;
	char byte;

	ASSERT(!pipe2(go, O_CLOEXEC));
	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0) {
		pin_to_cpu(0);
		close(go[1]);
		ASSERT(read(go[0], &byte, 1) == 0);
		_exit(bind_acting(&loops, prog, 0, SHORT_LIMIT_MS) ? errno : 0);
	}
	pin_to_cpu(1);
	order_thread(&blocks, pid);
	order_thread(&loops, pid);
	ASSERT(!bind_acting(&blocks, blocker, 0, BLOCK_MS));
	ASSERT(!ioctl(open_kprobe("bpf_arch_text_poke"), PERF_EVENT_IOC_SET_BPF,
		      blocker));
	close(go[1]);
	ASSERT(WAIT_FOR(note_of(&blocks, BEGUN), 5));
	ASSERT(!ioctl(event, PERF_EVENT_IOC_SET_BPF, prog));
	ASSERT_EQ(note_of(&loops, BEGUN), 0);
	ASSERT(WAIT_FOR(waitpid(pid, &status, WNOHANG) == pid, 20));
	ASSERT_EQ(status, 0);
	expect_short_run(&loops, prog);
}
