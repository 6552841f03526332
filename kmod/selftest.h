/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The test suite uses these hooks, which module parameters set.
 *
 * unprotected=<mask>, at insmod only: switches protections off, so that the
 * hostile suite can show that it notices. Programs can crash a kernel with such a
 * module; the module says so when it is loaded.
 *
 * other_kernel=<mask>, at insmod only: what insmod verifies of the running kernel looks as in
 * another kernel, so that insmod has to refuse it, or does without something.
 *
 * selftest=1, at insmod only: the hooks below may be set. Without it, they are -EPERM to
 * everybody, so that no production load has them.
 *
 * fail_step=<n>, at any time: the n-th fallible step of a load or bind from now
 * on fails, so that error paths can be swept one by one. Steps are counted by
 * one task only, the one that set it.
 *
 * kill_step=<n>, at any time: a run of the task that set it executes step by step (a
 * test's program has set the trap flag) and is stopped before its n-th instruction from
 * now on, as if the watchdog's interrupt had come there. Reading it gives the number of
 * steps that are left, 0 if none is armed. From the first step on until the task writes it
 * again, steps of that task in the kernel are the hook's, so kgdb cannot step there. It
 * takes no other single steps.
 *
 * late_nmi=<us>, at any time: the watchdog waits that long before it sends an NMI that
 * it has announced, so that other NMIs come in between. The limit is
 * REX_LATE_NMI_MAX_US, as the watchdog waits in an interrupt.
 *
 * unchecked=1, at any time: code is loaded that the machine-code check refuses. Programs
 * of the hostile suite have instructions that no safe program has.
 *
 * undeleted=1, at any time: programs delete values of tasks and cgroups without a limit of
 * those that are not free yet.
 *
 * lacking=<mask>, at any time: LOAD finds these features (REX_CPU_*) in no CPU.
 *
 * All of them but selftest itself taint the kernel (TAINT_TEST), and are refused where it is
 * locked down.
 */
#ifndef _REX_SELFTEST_H
#define _REX_SELFTEST_H

#include <linux/types.h>

#define REX_UNPROTECTED_STACK 0x01 /* no stack checks in entry pads */
#define REX_UNPROTECTED_TIME 0x02 /* no watchdog */
#define REX_UNPROTECTED_EXCEPTIONS 0x04 /* exceptions are the kernel's */
#define REX_UNPROTECTED_PAGE_FAULTS 0x08 /* page faults are the kernel's */
#define REX_UNPROTECTED_RESOURCES 0x10 /* nothing is released at the end */
#define REX_UNPROTECTED_GATES 0x20 /* helpers return to killed runs */
#define REX_UNPROTECTED_WAITS 0x40 /* helpers wait for what they interrupt */
#define REX_UNPROTECTED_REGISTERS 0x80 /* thunks store %rbp alone */

#define REX_OTHER_EVENT_FIELDS 0x01 /* the fields of tracepoints */
#define REX_OTHER_ENCRYPTED 0x02 /* a guest of SEV-ES */
#define REX_OTHER_MAPS 0x04 /* the structures of queues and ring buffers */
#define REX_OTHER_XEN 0x08 /* a PV guest of Xen */
#define REX_OTHER_MEMSET 0x10 /* memset() in C */
#define REX_OTHER_PAGE_FAULTS 0x20 /* another function reports page faults */
#define REX_OTHER_NMI_FRAME 0x40 /* the frame of an NMI is elsewhere */
#define REX_OTHER_PROG_FREE 0x80 /* no call of bpf_prog_free() */
#define REX_OTHER_FUNCTION 0x100 /* the parameters of a function */
#define REX_OTHER_OPTIONAL 0x200 /* those of one that rex.ko does without */
#define REX_OTHER_DYNPTR 0x400 /* the size in a dynptr */
#define REX_OTHER_BUFFERS 0x800 /* two buffers for samples */
#define REX_OTHER_TRAMPOLINE 0x1000 /* where a trampoline leaves an address */
#define REX_OTHER_LASS \
	0x2000 /* a CPU with LASS, as far as faults of programs go */

#define REX_OTHER_STACK_WALK 0x4000 /* walks of stacks of eBPF */

extern unsigned int rex_unprotected;

/* Returns whether @what, REX_OTHER_*, is to look as in another kernel. */
bool rex_selftest_is_other(unsigned int what);

/* Refuse or announce a module with parameters of the test suite. 0 or -EPERM. */
int rex_selftest_init(void);

#define REX_LATE_NMI_MAX_US 20000

enum rex_step {
	REX_STEP_OF_OTHERS, /* for instance of kgdb */
	REX_STEP_GO_ON, /* of a test */
	REX_STEP_KILL, /* of a test: the run is to be stopped */
	REX_STEP_END, /* of a test: the run was stopped, or has ended */
};

/*
 * Count a single step in the kernel, and decide whose it is and what is to be done. While a
 * run begins or ends, @in_run is false and @on_level true; such a step is not counted.
 * Context: the debug exception.
 */
enum rex_step rex_selftest_step(bool in_run, bool on_level);

/* Wait if late_nmi is set. Any context. */
void rex_selftest_late_nmi(void);

/* Returns whether LOAD accepts any code. */
bool rex_selftest_unchecked(void);

/* Returns the features that the CPU is to lack, REX_CPU_*. */
u32 rex_selftest_lacking(void);

/* Returns whether deleted values have no limit. */
bool rex_selftest_undeleted(void);

/* Returns whether the next step of the caller is to fail. */
bool rex_selftest_fail_step(void);

#endif /* _REX_SELFTEST_H */
