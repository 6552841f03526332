// SPDX-License-Identifier: GPL-2.0
/*
 * Loads that may fail (kmod/loads.S), from user, unmapped, non-canonical and
 * boundary addresses, return the right error in every context. The watchdog
 * stops loops of loads, also loops that spend nearly all of their time in the
 * kernel's exception handler.
 * TEST-DEADLINE: 300
 */
#include "hostile.h"

static char user_page[4096] = "memory of the victim";

/* loads.rs */
#define ALL_WELL 0x10ad600d

static RAW_TRACEPOINT_HOOK(nmi, fire_dup, "nmi_handler");

#define LOADS_IN(_hook)                                     \
	WORKS(loads_of_anything, _hook, .remark = ALL_WELL, \
	      .number = (__u64)user_page)

LOADS_IN(tracepoint)
LOADS_IN(kprobe_ftrace)
LOADS_IN(kprobe_int3)
LOADS_IN(kprobe_jump)
LOADS_IN(kretprobe)
LOADS_IN(uprobe)
LOADS_IN(fentry)
LOADS_IN(raw_tracepoint)
LOADS_IN(clock)
LOADS_IN(hardirq)
LOADS_IN(softirq)
LOADS_IN(switch)
LOADS_IN(xdp)
LOADS_IN(tc)
LOADS_IN(cgroup)

WORKS(copies_of_the_vsyscall_page, tracepoint, .remark = ALL_WELL)

#define LOOP_IN(_act, _hook, ...)                          \
	CONTAINED(_act, _hook, .cause = REX_FAULT_TIMEOUT, \
		  .message = "ran for more than 300 ms", ##__VA_ARGS__)

#define LOOPS_IN(_hook)                             \
	LOOP_IN(loop_in_failing_loads, _hook)       \
	LOOP_IN(loop_in_loads_of_no_address, _hook) \
	LOOP_IN(loop_in_refused_loads, _hook)       \
	LOOP_IN(loop_in_loads, _hook)

LOOPS_IN(tracepoint)
LOOPS_IN(kprobe_ftrace)
LOOPS_IN(kprobe_int3)
LOOPS_IN(softirq)
LOOPS_IN(hardirq)
LOOPS_IN(clock)

/*
 * Another CPU stops the loop with interrupts off by NMIs; at each NMI, a second
 * program does its loads in the kernel's handler.
 */
TEST(loads_of_anything_in_nmi_works)
{
	struct victim v = start_victim(&hook_kprobe_int3);
	struct actor a, b;

	a = start_actor(&hook_kprobe_int3, "loop_in_failing_loads", "a", v.pid,
			0);
	b = start_actor(&hook_nmi, "loads_of_anything", "b", v.pid, PATIENT_MS);
	map_set(b.obj, "orders", NUMBER, (__u64)user_page);
	let_go(&v);
	expect_actor_fault(&a, REX_FAULT_TIMEOUT);
	EXPECT(map_get(b.obj, "notes", DONE) > 0);
	EXPECT_EQ(map_get(b.obj, "notes", REMARK), ALL_WELL);
	expect_unharmed(&b);
	end_actor(&b);
	end_actor(&a);
}
