// SPDX-License-Identifier: GPL-2.0
/*
 * Programs run on top of one another on all levels that have memory, and programs of
 * breakpoints on the deepest of them. TEST-DEADLINE: 240
 */
#include "rex_breakpoints.h"

#define LEVELS 6 /* that have memory: kmod/run.h */

static RAW_TRACEPOINT_HOOK(page_fault, fire_dup, "page_fault_kernel");

/*
 * LEVEL runs at a page fault of the level below it. The lowest one sees a
 * packet, since programs of perf events do not run on top of tracepoint
 * programs.
 */
static struct rex_obj *start_level(int level, int turn_fd)
{
	const char *prog = level ? "at_raw_tracepoint" : "at_xdp";
	struct rex_map_fd turn = { .name = "turn", .fd = turn_fd };
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = 5000, .nr_map_fds = 1,
		 .map_fds = &turn);
	struct rex_obj *obj = open_program("hostile_unsafe", prog, &opts);

	load_opened(obj);
	map_set(obj, "orders", NUMBER, level);
	order(obj, "nest", getpid());
	if (level)
		hook_page_fault.attach(obj, &hook_page_fault, 0);
	return obj;
}

static __u64 skipped_runs(struct rex_obj *level)
{
	return prog_info(level, "at_raw_tracepoint").skipped;
}

/*
 * Uses all levels at once, and checks that each run completes. A page fault of
 * INNER may be the event of one of them. Then INNER takes a level, and the
 * deepest run is skipped, which is counted.
 */
static void fire_levels(struct rex_obj *const *level, int turn,
			struct rex_obj *inner)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);
	struct rex_obj *deepest = level[LEVELS - 1];
	__u64 first = 0, skipped[2], acts, remark;
	__u32 key = 0;

	await_life(inner, "at_perf_event");
	skipped[0] = skipped_runs(deepest);
	skipped[1] = skipped_runs(level[LEVELS]);
	acts = map_get(inner, "notes", BEGUN);
	ASSERT(!bpf_map_update_elem(turn, &key, &first, 0));
	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(
					       program(level[0], "at_xdp")),
				       &opts));
	for (int i = 0; i < LEVELS; i++) {
		remark = map_get(level[i], "notes", REMARK);
		map_set(level[i], "notes", REMARK, 0);
		if (level[i] == deepest && !remark &&
		    map_get(inner, "notes", BEGUN) == acts + 1)
			EXPECT_EQ(skipped_runs(deepest), skipped[0] + 1);
		else
			EXPECT_EQ(remark, 1000 + i);
	}
	EXPECT(skipped_runs(level[LEVELS]) > skipped[1]);
}

static void break_levels(const char *act)
{
	int turn = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0);
	struct rex_obj *level[LEVELS + 1], *inner;
	struct breakpoint b[3];
	__u64 thunk[2], hit = 0;

	pin_to_cpu(0);
	write_file("/sys/kernel/rcu_expedited", "1");
	for (int i = 0; i <= LEVELS; i++)
		level[i] = start_level(i, turn);
	restarts_per_min = 1000000;
	inner = load_act("hostile_unsafe", "at_perf_event", "inner", 5000);
	order(inner, act, 0);
	/* These are the deepest run, and the skipped one. */
	thunk[0] = thunk_of(level[LEVELS - 1], "at_raw_tracepoint");
	thunk[1] = thunk_of(level[LEVELS], "at_raw_tracepoint");
	be_strict(true);
	b[0] = set_breakpoint(inner, thunk[0], HW_BREAKPOINT_X);
	b[1] = set_breakpoint(inner, thunk[1], HW_BREAKPOINT_X);
	b[2] = set_breakpoint(inner, stubs_of(thunk[0]), HW_BREAKPOINT_X);
	for (__u64 at = 0; at < 1024; at++) {
		move_breakpoint(&b[0], thunk[0] + at % THUNK_ROOM);
		move_breakpoint(&b[1], thunk[1] + at % THUNK_ROOM);
		move_breakpoint(&b[2], stubs_of(thunk[0]) + at);
		fire_levels(level, turn, inner);
		if (ksft_failures)
			break;
	}
	be_strict(false);
	for (size_t i = 0; i < sizeof(b) / sizeof(*b); i++) {
		hit += hits(&b[i]);
		EXPECT(hits(&b[i]) > 5);
		clear_breakpoint(&b[i]);
	}
	ksft_note("%llu hits, %llu acts", hit, map_get(inner, "notes", BEGUN));
	for (int i = LEVELS; i >= 0; i--)
		rex_obj_close(level[i]);
}

TEST(breakpoints_on_all_levels_are_harmless)
{
	break_levels("nothing");
}

TEST(panics_at_breakpoints_on_all_levels_are_harmless)
{
	break_levels("explicit_panic");
}

TEST(page_faults_at_breakpoints_on_all_levels_are_harmless)
{
	break_levels("null_read");
}
