// SPDX-License-Identifier: GPL-2.0
/*
 * The sample error_injector fails the chosen calls, and bpf_override_return refuses
 * kprobes where a function may not fail.
 */
#include <sys/mman.h>
#include <sys/time.h>

#include "rex_util.h"
#include "names/overrides.h"

#define ROUNDS 200

/* ---- system calls, with arguments that succeed ---- */

struct call {
	const char *name;
	int nr;
	long args[3];
	int error; /* one that the call never gives by itself */
};

static const struct call calls[] = {
	{ "dup3", SYS_dup3, { 0, 200, 0 }, EXDEV },
	{ "getppid", SYS_getppid, { 0 }, EKEYREJECTED },
	{ "getuid", SYS_getuid, { 0 }, E2BIG },
	{ "openat", SYS_openat, { AT_FDCWD, (long)"/", O_PATH }, ENOTUNIQ },
	{ "umask", SYS_umask, { 022 }, 4095 },
	{ "madvise", SYS_madvise, { 0, 0, MADV_NORMAL }, 1 },
};

static long call(const struct call *c)
{
	return syscall(c->nr, c->args[0], c->args[1], c->args[2]);
}

static bool succeeds(const struct call *c)
{
	long ret = call(c);

	if (c->nr == SYS_openat && ret >= 0)
		close(ret);
	return ret >= 0;
}

static bool fails(const struct call *c)
{
	errno = 0;
	return call(c) == -1 && errno == c->error;
}

/* ---- the sample ---- */

/* A process that gets orders of one byte, and answers each with one. */
struct helper {
	pid_t pid;
	int to, from;
};

static char ask(struct helper *h, char question)
{
	char answer = 0;

	ASSERT_EQ(write(h->to, &question, 1), 1);
	ASSERT_EQ(read(h->from, &answer, 1), 1);
	return answer;
}

/* 's': the call succeeds every time; 'f': it fails every time, but no other. */
static char answer(const struct call *c, char question)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (question == 's' && !succeeds(c))
			return 'n';
		if (question != 'f')
			continue;
		if (!fails(c))
			return 'n';
		for (const struct call *o = calls; o < calls + 6; o++)
			if (o != c && !succeeds(o))
				return 'o';
	}
	return 'y';
}

static struct helper start_helper(const struct call *c)
{
	struct helper h;
	int to[2], from[2];
	char byte;

	ASSERT(!pipe(to) && !pipe(from));
	h.pid = fork();
	ASSERT(h.pid >= 0);
	if (h.pid == 0) {
		close(to[1]);
		while (read(to[0], &byte, 1) == 1 && byte != 'q') {
			byte = answer(c, byte);
			if (write(from[1], &byte, 1) != 1)
				break;
		}
		_exit(0);
	}
	close(to[0]);
	close(from[1]);
	h.to = to[1];
	h.from = from[0];
	return h;
}

static void stop_helper(struct helper *h)
{
	ASSERT_EQ(write(h->to, "q", 1), 1);
	close(h->to);
	close(h->from);
	reap(h->pid);
}

static void inject(const struct call *c)
{
	struct helper victim = start_helper(c), other = start_helper(c);
	struct rex_obj *obj = load_object("error_injector");
	struct bpf_link *link;
	__u64 value = -c->error;
	char one = 's';

	link = bpf_program__attach_ksyscall(program(obj, "err_injector"),
					    c->name, NULL);
	ASSERT_MSG(link, "%s: %s", c->name, strerror(errno));
	EXPECT_MSG(ask(&victim, 's') == 'y', "%s fails unasked", c->name);
	ASSERT(!bpf_map_update_elem(map_fd(obj, "pid_to_errno"), &victim.pid,
				    &value, 0));
	/* Both at the same time. */
	ASSERT_EQ(write(other.to, &one, 1), 1);
	EXPECT_MSG(ask(&victim, 'f') == 'y', "%s does not fail as chosen",
		   c->name);
	ASSERT_EQ(read(other.from, &one, 1), 1);
	EXPECT_MSG(one == 'y', "%s fails in another process", c->name);
	EXPECT_MSG(succeeds(c), "%s fails in this process", c->name);
	ASSERT(!bpf_map_delete_elem(map_fd(obj, "pid_to_errno"), &victim.pid));
	EXPECT_MSG(ask(&victim, 's') == 'y', "%s fails further on", c->name);
	stop_helper(&victim);
	stop_helper(&other);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

TEST(error_injector_hits_only_the_chosen_process_and_syscall)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		inject(&calls[i]);
}

TEST(sample_loader_makes_the_command_fail)
{
	char *text = shell("cd /rex/samples/error_injector;"
			   "./loader dup 13 2>&1 || echo status $?;"
			   "./loader dup 28 ./userapp 2>&1 || echo status $?;"
			   "./userapp");

	EXPECT_CONTAINS(text, "dup: Permission denied\nstatus 1\n");
	EXPECT_CONTAINS(text, "dup: No space left on device\nstatus 1\n");
	EXPECT_CONTAINS(text, "dup: descriptor ");
	free(text);
}

/* ---- what cannot be overridden: programs/overrides ---- */

static struct rex_obj *load_overrides(long value)
{
	struct rex_obj *obj = load_object("overrides");

	map_set(obj, "choice", THREAD, syscall(SYS_gettid));
	map_set(obj, "choice", VALUE, value);
	return obj;
}

/* The program was run, its call answered, and nothing came of it. */
static void expect_answer(struct rex_obj *obj, struct bpf_link *link, long want,
			  long (*event)(void))
{
	ASSERT_MSG(link, "cannot attach: %s", strerror(errno));
	EXPECT_EQ(event(), 0);
	EXPECT_EQ(event(), 0);
	EXPECT_EQ(map_get(obj, "choice", TRIES), 2);
	EXPECT_EQ((long)map_get(obj, "choice", ANSWER), want);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

static long open_and_close(void)
{
	int fd = open("/", O_PATH);

	return fd < 0 ? -errno : close(fd);
}

TEST(override_works_at_a_syscall_entry)
{
	struct rex_obj *obj = load_overrides(-EXDEV);
	struct bpf_link *link =
		bpf_program__attach_ksyscall(program(obj, "overrides"),
					     "openat", NULL);

	ASSERT(link);
	EXPECT_EQ(open_and_close(), -EXDEV);
	EXPECT_EQ(map_get(obj, "choice", TRIES), 1);
	EXPECT_EQ(map_get(obj, "choice", ANSWER), 0);
	bpf_link__destroy(link);
	EXPECT_EQ(open_and_close(), 0);
	rex_obj_close(obj);
}

TEST(override_refuses_a_function_that_is_not_safe_to_fail)
{
	struct rex_obj *obj = load_overrides(-EXDEV);

	expect_answer(obj,
		      bpf_program__attach_kprobe(program(obj, "overrides"),
						 false, "do_sys_openat2"),
		      -EPERM, open_and_close);
}

TEST(override_refuses_a_kretprobe)
{
	LIBBPF_OPTS(bpf_ksyscall_opts, opts, .retprobe = true);
	struct rex_obj *obj = load_overrides(-EXDEV);

	expect_answer(obj,
		      bpf_program__attach_ksyscall(program(obj, "overrides"),
						   "openat", &opts),
		      -EOPNOTSUPP, open_and_close);
}

/*
 * At the second instruction after the entry, wherever it begins: the kernel
 * takes only the start of one. An endbr64 and the 5 bytes that ftrace changes
 * still belong to the entry.
 */
static struct bpf_link *attach_behind_entry(struct rex_obj *obj)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts);
	struct bpf_link *link = NULL;

	for (opts.offset = 5; opts.offset < 24 && !link; opts.offset++)
		link = bpf_program__attach_kprobe_opts(program(obj,
							       "overrides"),
						       "__x64_sys_openat",
						       &opts);
	ksft_note("attached at offset %zu", opts.offset - 1);
	return link;
}

/* It is hard to see in an optimized kprobe: keep it plain. */
TEST(override_refuses_a_place_after_the_entry)
{
	struct rex_obj *obj = load_overrides(-EXDEV);

	libbpf_set_print(NULL);
	set_sysctl("debug/kprobes-optimization", "0");
	expect_answer(obj, attach_behind_entry(obj), -EINVAL, open_and_close);
	set_sysctl("debug/kprobes-optimization", "1");
}

/* The function is not skipped, whether the probe is optimized or not. */
TEST(override_never_skips_from_after_the_entry)
{
	struct rex_obj *obj = load_overrides(-EXDEV);
	struct bpf_link *link;

	libbpf_set_print(NULL);
	link = attach_behind_entry(obj);
	ASSERT(link);
	/* Optimization comes a while after the kprobe, if it comes. */
	for (long end = ksft_ms() + 1000; ksft_ms() < end;) {
		ASSERT_EQ(open_and_close(), 0);
		ASSERT((long)map_get(obj, "choice", ANSWER) < 0);
		ksft_pause_ms(10);
	}
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

/*
 * A part that the compiler has moved out of a function has a symbol of its own, but is
 * jumped to: on top of the stack there is no return address. This part prints a
 * message, once, but the part of a kernel with other checks may be about those.
 */
TEST(override_refuses_a_part_that_is_jumped_to)
{
	static const char part[] = "__x64_sys_setitimer.cold";
	struct rex_obj *obj = load_overrides(-EXDEV);
	struct bpf_link *link;

	if (!kallsyms_has(part))
		SKIP("the function has no such part");
	set_sysctl("debug/kprobes-optimization", "0");
	link = bpf_program__attach_kprobe(program(obj, "overrides"), false,
					  part);
	ASSERT_MSG(link, "cannot attach: %s", strerror(errno));
	EXPECT_EQ(syscall(SYS_setitimer, ITIMER_REAL, NULL, NULL), 0);
	set_sysctl("debug/kprobes-optimization", "1");
	if (!map_get(obj, "choice", TRIES))
		SKIP("the part is not what prints the message");
	EXPECT_EQ(map_get(obj, "choice", TRIES), 1);
	EXPECT_EQ((long)map_get(obj, "choice", ANSWER), -EINVAL);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

__attribute__((noinline)) static long probed_function(void)
{
	asm volatile("");
	return 0;
}

/* Returns the offset of the function in this program's file. */
static size_t offset_in_file(const void *function)
{
	unsigned long address = (unsigned long)function, start, end, offset;
	char *maps = read_all("/proc/self/maps", NULL), *line, *save;

	for (line = strtok_r(maps, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		ASSERT_EQ(sscanf(line, "%lx-%lx %*s %lx", &start, &end,
				 &offset),
			  3);
		if (address >= start && address < end) {
			free(maps);
			return address - start + offset;
		}
	}
	ASSERT(!"the function is mapped");
	return 0;
}

TEST(override_refuses_a_uprobe)
{
	struct rex_obj *obj = load_overrides(-EXDEV);
	struct bpf_link *link =
		bpf_program__attach_uprobe(program(obj, "overrides"), false, 0,
					   "/proc/self/exe",
					   offset_in_file(probed_function));

	expect_answer(obj, link, -EOPNOTSUPP, probed_function);
}
