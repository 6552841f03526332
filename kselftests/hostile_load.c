// SPDX-License-Identifier: GPL-2.0
/*
 * Every act of the suite runs once more under load: all CPUs perform acts at the same
 * time, at hooks of all kinds, while other processes keep them busy. TEST-DEADLINE: 330
 */

#include "hostile.h"

#define WORKERS_PER_CPU 2
#define RESTARTS_PER_MIN 2
#define MINUTE_MS 60000
#define LATE_MS 4000

static char user_page[4096] = "memory of the victim";

/* Defines an act, performed at the hook whose turn it is. */
#define ACT(_act, _cause, ...)                                                \
	{                                                                     \
		.name = #_act, .object = "hostile_unsafe", .cause = (_cause), \
		.function = "", ##__VA_ARGS__                                 \
	}

#define PANIC(_act) ACT(_act, REX_FAULT_PANIC)
#define EXCEPTION(_act) ACT(_act, REX_FAULT_EXCEPTION)
#define PAGE_FAULT(_act, ...) ACT(_act, REX_FAULT_PAGE_FAULT, ##__VA_ARGS__)
#define OVERFLOW(_act) ACT(_act, REX_FAULT_STACK_OVERFLOW)
#define LOOP(_act) ACT(_act, REX_FAULT_TIMEOUT)

#define PANIC_AT_THE_LIMIT(_bytes)               \
	ACT(panic_at_the_limit, REX_FAULT_PANIC, \
	    .or_cause = REX_FAULT_STACK_OVERFLOW, .number = (_bytes))

static const struct act acts[] = {
	PANIC(unwrap_none),
	PANIC(expect_err),
	PANIC(unwrap_after_two_calls),
	PANIC(index_out_of_bounds),
	PANIC(slice_end_out_of_range),
	PANIC(slice_start_after_end),
	PANIC(inside_a_character),
	PANIC(sum_overflows),
	PANIC(difference_overflows),
	PANIC(product_overflows),
	PANIC(negation_overflows),
	PANIC(shift_overflows),
	PANIC(division_by_zero),
	PANIC(remainder_by_zero),
	PANIC(division_overflows),
	PANIC(refcell_is_borrowed),
	PANIC(refcell_is_mutably_borrowed),
	PANIC(explicit_panic),
	PANIC(reaches_unreachable),
	PANIC(todo_is_left),
	PANIC(assertion_fails),
	PANIC(values_differ),
	PANIC(slices_of_different_lengths),
	PANIC(chunks_of_nothing),
	PANIC(invalid_utf8),
	PANIC(conversion_fails),
	PANIC(panic_in_drop),
	PANIC(panic_in_a_closure),
	PANIC(panic_in_a_trait_object),
	PANIC(panic_in_an_iterator),
	PANIC(panic_while_formatting),
	PANIC(panic_in_the_debug_of_an_error),
	PANIC(huge_message),
	PANIC(message_of_many_lines),
	PANIC(message_of_control_characters),
	PANIC(message_of_formats),
	PANIC(message_of_many_bytes_a_character),
	PANIC(empty_message),
	EXCEPTION(ud2),
	EXCEPTION(ud1),
	EXCEPTION(locked_nop),
	EXCEPTION(int3),
	EXCEPTION(int3_of_two_bytes),
	EXCEPTION(divide_error),
	EXCEPTION(overflow_trap),
	EXCEPTION(bounds_trap),
	EXCEPTION(noncanonical_read),
	EXCEPTION(noncanonical_write),
	EXCEPTION(noncanonical_jump),
	EXCEPTION(noncanonical_return),
	EXCEPTION(noncanonical_stack_segment),
	EXCEPTION(bad_segment),
	EXCEPTION(bad_task_register),
	EXCEPTION(xsetbv_of_no_register),
	EXCEPTION(misaligned_cmpxchg16b),
	EXCEPTION(ud2_with_direction_flag),
	EXCEPTION(ud2_with_garbage_registers),
	EXCEPTION(ud2_in_a_nested_call),
	PAGE_FAULT(null_read),
	PAGE_FAULT(null_write),
	PAGE_FAULT(null_offset_read),
	PAGE_FAULT(user_read, .number = (__u64)user_page),
	PAGE_FAULT(wild_read),
	PAGE_FAULT(wild_write),
	PAGE_FAULT(wild_last_byte),
	PAGE_FAULT(write_to_rodata),
	PAGE_FAULT(write_to_program_text),
	PAGE_FAULT(write_to_kernel_text),
	PAGE_FAULT(write_to_a_gate),
	PAGE_FAULT(guard_page_write),
	PAGE_FAULT(guard_page_read),
	PAGE_FAULT(half_of_an_access_in_a_hole),
	PAGE_FAULT(jump_to_null),
	PAGE_FAULT(jump_to_data),
	PAGE_FAULT(jump_to_rodata),
	PAGE_FAULT(jump_to_stack),
	PAGE_FAULT(jump_to_heap),
	PAGE_FAULT(jump_to_user, .number = (__u64)live_on),
	PAGE_FAULT(jump_to_hole),
	PAGE_FAULT(jump_to_vsyscall),
	PAGE_FAULT(jump_to_the_last_address),
	PAGE_FAULT(vsyscall_read),
	PAGE_FAULT(return_to_null),
	PAGE_FAULT(copy_from_null),
	PAGE_FAULT(copy_to_null),
	PAGE_FAULT(copy_to_rodata),
	PAGE_FAULT(fill_null),
	PAGE_FAULT(compare_null),
	PAGE_FAULT(move_from_a_hole),
	PAGE_FAULT(null_read_with_garbage_registers),
	OVERFLOW(recursion),
	OVERFLOW(recursion_of_two),
	OVERFLOW(recursion_of_a_trait_object),
	OVERFLOW(recursion_of_a_closure),
	OVERFLOW(recursion_of_a_function_pointer),
	OVERFLOW(recursion_in_drop),
	OVERFLOW(recursion_in_formatting),
	OVERFLOW(recursion_of_large_frames),
	PANIC_AT_THE_LIMIT(64),
	PANIC_AT_THE_LIMIT(512),
	PANIC_AT_THE_LIMIT(2048),
	ACT(large_frame_at_the_limit, NO_FAULT, .remark = 77),
	ACT(helpers_at_the_limit, NO_FAULT, .remark = 78),
	ACT(deep_but_not_too_deep, NO_FAULT, .remark = 5050),
	LOOP(loop_of_nothing),
	LOOP(loop_of_two_functions),
	LOOP(loop_of_a_trait_object),
	LOOP(loop_on_an_atomic),
	LOOP(loop_in_helpers),
	LOOP(loop_in_short_helpers),
	LOOP(loop_in_map_updates),
	LOOP(loop_in_copies),
	LOOP(loop_in_fills),
	LOOP(loop_in_comparisons),
	LOOP(loop_in_formatting),
	LOOP(loop_in_snprintf),
	LOOP(loop_in_failing_reads),
	LOOP(loop_in_drop),
	LOOP(loop_in_a_panic_message),
	LOOP(loop_after_recursion),
	LOOP(loop_in_trace_printk),
};

#define NR_ACTS (sizeof(acts) / sizeof(acts[0]))

/*
 * Interrupts are on at the first NR_LOOP_HOOKS: loops with interrupts off must
 * not run on all CPUs at once.
 */
static const struct hook *const hooks[] = {
	/* clang-format off */
	&hook_tracepoint, &hook_kprobe_ftrace, &hook_raw_tracepoint, &hook_xdp,
	&hook_tc,
	&hook_kprobe_int3, &hook_clock, &hook_softirq, &hook_hardirq,
	&hook_switch,
	/* clang-format on */
};

#define NR_LOOP_HOOKS 5
#define NR_HOOKS (sizeof(hooks) / sizeof(hooks[0]))

/* The number of hooks that each act is performed at. */
#define ROUNDS 2

/* The number of acts that the workers have begun. */
static unsigned int *begun;

/*
 * Newer kernels lose events of system calls: while a task is preempted before a
 * BPF program, other tasks on its CPU miss that program. So this makes events
 * until one runs, and some more for the dead program.
 */
static void fire_dups(void)
{
	do
		fire_dup();
	while (!all_have_begun());
	for (int i = 0; i < 10; i++)
		fire_dup();
}

/* Mixes causes and hooks: NR_ACTS is no multiple of 37. */
static struct act choose_act(unsigned int turn)
{
	struct act act = acts[turn * 37 % NR_ACTS];
	unsigned int nr_hooks = act.cause == REX_FAULT_TIMEOUT ? NR_LOOP_HOOKS :
								 NR_HOOKS;
	static struct hook hook;

	hook = *hooks[(turn + turn / NR_ACTS) % nr_hooks];
	if (hook.fire == fire_dup)
		hook.fire = fire_dups;
	act.hook = &hook;
	if (act.cause != REX_FAULT_TIMEOUT)
		act.timeout_ms = PATIENT_MS;
	return act;
}

static void work(int number)
{
	unsigned int turn, count = 0;

	while ((turn = __atomic_fetch_add(begun, 1, __ATOMIC_RELAXED)) <
		       ROUNDS * NR_ACTS &&
	       !ksft_failures) {
		struct act act = choose_act(turn);

		perform(&act);
		count++;
		if (ksft_failures)
			ksft_note("it was %s at %s", act.name,
				  act.hook->program);
	}
	ksft_note("worker %d performed %u acts", number, count);
}

/* Starts an actor that panics at each event of HOG, and may restart. */
static struct actor start_restarting(pid_t hog)
{
	struct actor a;

	restarts_per_min = RESTARTS_PER_MIN;
	a = start_actor(&hook_tracepoint, "explicit_panic", "again", hog, 0);
	restarts_per_min = 0;
	return a;
}

/*
 * Checks that it restarted as often as allowed, of which the last may be
 * missing.
 */
static void expect_restarts(const struct actor *a, long ms)
{
	__u64 restarts = image_info(a->obj).restarts;
	long minutes = ms / MINUTE_MS;

	ksft_note("%llu restarts in %ld ms", (unsigned long long)restarts, ms);
	EXPECT(restarts <= (__u64)(minutes + 1) * RESTARTS_PER_MIN);
	if (ms % MINUTE_MS > LATE_MS * ksft_slower())
		minutes++;
	EXPECT(restarts >= (__u64)minutes * RESTARTS_PER_MIN);
}

TEST_TIMEOUT(acts_on_all_cpus_at_once_under_load_are_each_contained, 300)
{
	int workers = WORKERS_PER_CPU * sysconf(_SC_NPROCESSORS_ONLN);
	/* There are two, because the kernel calls a single one in another way.
	 */
	struct actor held[2 * NR_HOOKS], restarting;
	long start;
	pid_t pids[64], hog;

	_Static_assert(NR_ACTS % 37, "not all acts would be performed");
	ASSERT(workers <= 64);
	begun = map_shared(sizeof(*begun));
	for (size_t i = 0; i < 2 * NR_HOOKS; i++)
		held[i] = hold(hooks[i % NR_HOOKS]);
	be_strict(true);
	sysctls_are_kept = true;
	hog = fork();
	if (hog == 0)
		for (;;)
			syscall(SYS_dup, EVENT_FD);
	start = ksft_ms();
	restarting = start_restarting(hog);
	for (int i = 0; i < workers; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			work(i);
			exit(ksft_failures ? 1 : 0);
		}
	}
	for (int i = 0; i < workers; i++)
		reap(pids[i]);
	ksft_note("%zu acts took %ld ms", ROUNDS * NR_ACTS, ksft_ms() - start);
	while (ksft_ms() < start + MINUTE_MS + LATE_MS)
		ksft_pause_ms(100);
	expect_restarts(&restarting, ksft_ms() - start);
	end_actor(&restarting);
	kill(hog, SIGKILL);
	waitpid(hog, NULL, 0);
	sysctls_are_kept = false;
	be_strict(false);
	for (size_t i = 0; i < 2 * NR_HOOKS; i++)
		end_actor(&held[i]);
}
