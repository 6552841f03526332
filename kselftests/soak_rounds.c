// SPDX-License-Identifier: GPL-2.0
/*
 * Programs are loaded, attached, run and unloaded many times, and the kernel's memory stays
 * flat: at each tenth of the rounds it is what it was after the first one. `make soak
 * ROUNDS=100000` says how many times.
 * TEST-DEADLINE: 300
 */
#include <stdatomic.h>
#include <sys/prctl.h>

#include "hostile.h"
#include "rex_soak.h"
#include "names/soak_unsafe.h"

/* One of so many rounds ends with a fault. */
#define FAULTS_IN 9
/* A round waits for RCU most of the time, so processes make rounds side by side. */
#define NR_WORKERS 12

/* The kernel waits for grace periods to attach at a slow hook, which has one of 40 rounds. */
static const struct hook *const quick[] = { &hook_tracepoint, &hook_softirq,
					    &hook_xdp, &hook_tc, &hook_cgroup };
static const struct hook *const slow[] = { &hook_kprobe_ftrace,
					   &hook_kprobe_int3, &hook_kretprobe,
					   &hook_uprobe, &hook_fentry };
#define SLOW_IN 8

static const struct hook *hook_of(unsigned long round)
{
	return round % SLOW_IN ? quick[round % 5] : slow[round / SLOW_IN % 5];
}

static void fire_at(const struct hook *hook, struct rex_obj *obj)
{
	if (hook->fire != fire_test_run) {
		hook->fire();
		return;
	}
	forget_test_runs();
	add_test_run(obj, hook,
		     map_get(obj, "control", ODDS) ? hook->default_ret : 0);
	fire_test_run();
}

/* A run on another CPU is counted before its fault is. */
static bool has_run(struct rex_obj *obj, const struct hook *hook, bool faults)
{
	struct rex_prog_info info = prog_info(obj, hook->program);

	return faults ? info.faults > 0 : info.runs > 0;
}

static void one_round(unsigned long number)
{
	const struct hook *hook = hook_of(number);
	bool faults = number % FAULTS_IN == 0;
	struct rex_obj *obj = load_act("soak_unsafe", hook->program, "soak", 0);
	struct rex_prog_info info;
	struct bpf_link *link;

	map_set(obj, "control", ODDS, faults);
	forget_awaited();
	link = hook->attach(obj, hook, getpid());
	if (hook == &hook_softirq)
		WAIT_FOR(has_run(obj, hook, faults), 10);
	else
		fire_at(hook, obj);
	info = prog_info(obj, hook->program);
	ASSERT_MSG(info.runs > 0, "round %lu: %s did not run", number,
		   hook->program);
	ASSERT_MSG((info.faults > 0) == faults, "round %lu: %llu faults",
		   number, info.faults);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

/* The parent and the workers share the counts. */
struct counts {
	atomic_ulong begun, done;
};

static struct counts *counts;

static pid_t fork_worker(unsigned long end)
{
	unsigned long number;
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid)
		return pid;
	ASSERT(!prctl(PR_SET_PDEATHSIG, SIGKILL));
	while ((number = counts->begun++) < end) {
		one_round(number);
		counts->done++;
	}
	_exit(ksft_failures ? 1 : 0);
}

static bool any_has_ended(void)
{
	siginfo_t info = {};

	ASSERT(!waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT));
	return info.si_pid;
}

/* A worker ends when all rounds have begun, or when one has failed. */
static void run_portion(struct soak *soak, unsigned long end)
{
	pid_t workers[NR_WORKERS];
	int left = NR_WORKERS;

	counts->begun = counts->done;
	for (int i = 0; i < NR_WORKERS; i++)
		workers[i] = fork_worker(end);
	while (!any_has_ended()) {
		ksft_pause_ms(50);
		soak_step(soak, counts->done);
	}
	counts->begun = end;
	while (left)
		reap(workers[--left]);
}

TEST_TIMEOUT(rounds_leave_memory_flat, 120)
{
	struct soak soak = soak_begin("rounds", soak_count("ROUNDS", 240));

	counts = map_shared(sizeof(*counts));
	EXPECT_MSG(soak_stays_flat(&soak, run_portion, 0),
		   "the memory is not flat");
	soak_end(&soak, counts->done);
	EXPECT_EQ(counts->done, soak.wanted);
}

/* ---- what is kept is seen ---- */

/* Takes some memory of the kind, which the caller frees by closing the descriptor. */
static int keep_slab(void)
{
	int map =
		make_map(BPF_MAP_TYPE_HASH, 8, 64, 1 << 14, BPF_F_NO_PREALLOC);
	char value[64] = "";

	for (__u64 key = 0; key < 1 << 14; key++)
		ASSERT(!bpf_map_update_elem(map, &key, value, 0));
	return map;
}

static int keep_area(void)
{
	return make_map(BPF_MAP_TYPE_ARRAY, 4, 1 << 10, 1 << 10, 0);
}

/* Some free pages of per-CPU memory are counted as used; this takes more than those. */
static int keep_percpu(void)
{
	return make_map(BPF_MAP_TYPE_PERCPU_ARRAY, 4, 1 << 10, 1 << 12, 0);
}

static int keep_image(void)
{
	struct rex_obj *obj =
		load_act("soak_unsafe", "at_tracepoint", "kept", 0);

	return rex_obj_image_fd(obj);
}

TEST(memory_that_is_kept_is_not_flat)
{
	int (*const keep[])(void) = { keep_slab, keep_area, keep_percpu };
	struct soak_memory before, now;
	int fd;

	/* With KASAN, slabs have to grow by more to be seen. */
	for (int i = has_kasan() ? 1 : 0; i < 3; i++) {
		before = soak_memory_with(0);
		fd = keep[i]();
		now = soak_memory_with(0);
		/* The map itself is seen as well. */
		now.census.maps = before.census.maps;
		EXPECT_MSG(!soak_is_flat(&before, &now),
			   "what was kept is not seen: %d", i);
		close(fd);
	}
	before = soak_memory_with(0);
	keep_image();
	now = soak_memory_with(module_refs());
	for (int i = 0; i < NR_SOAK_MEMORY; i++)
		now.kb[i] = before.kb[i];
	EXPECT_MSG(!soak_is_flat(&before, &now), "an image is not seen");
	EXPECT(now.census.module_refs > before.census.module_refs);
	EXPECT(now.census.areas > before.census.areas);
	EXPECT(now.symbols > before.symbols);
}
