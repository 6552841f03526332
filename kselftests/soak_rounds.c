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
#include "rex_soak_hooks.h"
#include "names/soak_unsafe.h"

/* One of so many rounds ends with a fault. */
#define FAULTS_IN 9
/* A round waits for RCU most of the time, so processes make rounds side by side. */
#define NR_WORKERS 12

/* The kernel waits for grace periods to attach at slow hooks, which have one of so many rounds. */
#define SLOW_IN 8

/* The hooks that attach quickly, and the others. */
static struct {
	const struct soak_hook *all[MOST_SOAK_PLACES];
	size_t nr;
} quick, slow;

static void find_hooks(void)
{
	size_t nr;
	const struct soak_hook **hooks = find_soak_hooks(&nr);

	for (size_t i = 0; i < nr; i++) {
		if (hooks[i]->is_slow)
			slow.all[slow.nr++] = hooks[i];
		else
			quick.all[quick.nr++] = hooks[i];
		for (int worker = 0; worker < NR_WORKERS; worker++)
			soak_prepare(hooks[i], worker);
	}
}

static const struct soak_hook *hook_of(unsigned long round)
{
	if (round % SLOW_IN == 0)
		return slow.all[round / SLOW_IN % slow.nr];
	return quick.all[(round - round / SLOW_IN - 1) % quick.nr];
}

static void fire_at(const struct soak_place *place)
{
	const struct soak_hook *hook = place->hook;
	bool faults = map_get(place->obj, "control", ODDS);

	if (hook->source < NR_SHARED_SOURCES) {
		soak_fire(hook->source, 1);
	} else if (hook->source == BY_TEST_RUN) {
		forget_test_runs();
		add_test_run(place->obj, hook->hook,
			     faults ? hook->hook->default_ret : 0);
		fire_test_run();
	} else if (hook->source < NR_SOURCES) {
		soak_fire_at(place, 1);
	}
}

/* A run on another CPU is counted before its fault is. */
static bool has_run(const struct soak_place *place, bool faults)
{
	struct rex_prog_info info =
		prog_info(place->obj, place->hook->hook->program);

	/* Clocks are those of this process. */
	if (place->hook->source == BY_CLOCK)
		be_busy();
	return faults ? info.faults > 0 : info.runs > 0;
}

/* WORKER is the number of the process that makes the round. */
static void one_round(unsigned long number, unsigned int worker)
{
	const struct soak_hook *hook = hook_of(number);
	bool faults = number % FAULTS_IN == 0;
	struct soak_place place =
		soak_attach(hook, worker, "soak", 0, faults, false, getpid());
	struct rex_prog_info info;

	fire_at(&place);
	ASSERT_MSG(WAIT_FOR(has_run(&place, faults), 10),
		   "round %lu: the program at %s did not run", number,
		   hook->name);
	info = prog_info(place.obj, hook->hook->program);
	ASSERT_MSG((info.faults > 0) == faults, "round %lu: %llu faults at %s",
		   number, info.faults, hook->name);
	soak_detach(&place);
	rex_obj_close(place.obj);
}

/* The parent and the workers share the counts. */
struct counts {
	atomic_ulong begun, done;
};

static struct counts *counts;

static pid_t fork_worker(unsigned int worker, unsigned long end)
{
	unsigned long number;
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid)
		return pid;
	ASSERT(!prctl(PR_SET_PDEATHSIG, SIGKILL));
	soak_enter();
	while ((number = counts->begun++) < end) {
		one_round(number, worker);
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
		workers[i] = fork_worker(i, end);
	while (!any_has_ended()) {
		ksft_pause_ms(50);
		soak_step(soak, counts->done);
	}
	counts->begun = end;
	while (left)
		reap(workers[--left]);
}

TEST_TIMEOUT(rounds_leave_memory_flat, 200)
{
	struct soak soak = soak_begin("rounds", soak_count("ROUNDS", 240));

	soak_set_up();
	find_hooks();
	/* Each hook has a round. */
	ASSERT_MSG(soak.wanted / SLOW_IN >= slow.nr,
		   "so few rounds are not at all hooks");
	counts = map_shared(sizeof(*counts));
	EXPECT_MSG(soak_stays_flat(&soak, run_portion, 0),
		   "the memory is not flat");
	soak_end(&soak, counts->done);
	EXPECT_EQ(counts->done, soak.wanted);
	ksft_note("%zu hooks, of which %zu are slow", quick.nr + slow.nr,
		  slow.nr);
	soak_tear_down();
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
