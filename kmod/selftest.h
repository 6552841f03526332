/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks for the test suite, set by module parameters.
 *
 * unprotected=<mask>, at insmod only: switches protections off, so that the
 * hostile suite can show that it notices. A kernel under such a module can be
 * crashed by programs; the module says so when it is loaded.
 *
 * fail_step=<n>, at any time: the n-th fallible step of a load or bind from now
 * on fails, so that error paths can be swept one by one. Steps are counted by
 * one task only, the one that set it.
 *
 * kill_step=<n>, at any time: a run of the task that set it, which executes step by
 * step (a test's program has set the trap flag), is stopped before its n-th
 * instruction from now on, by what the watchdog's interrupt would do if it came just
 * there. What it holds when it is read is how many steps are left; 0: nobody is to
 * take any. Single steps of others remain theirs.
 *
 * late_nmi=<us>, at any time: the watchdog waits that long before it sends an NMI
 * that it has announced, so that others' NMIs come in between. At most
 * REX_LATE_NMI_MAX_US, as it waits in an interrupt.
 *
 * All of them taint the kernel (TAINT_TEST), and are refused where it is locked down.
 */
#ifndef _REX_SELFTEST_H
#define _REX_SELFTEST_H

#include <linux/types.h>

#define REX_UNPROTECTED_STACK 0x01 /* no stack checks in entry pads */
#define REX_UNPROTECTED_TIME 0x02 /* no watchdog */
#define REX_UNPROTECTED_EXCEPTIONS 0x04 /* exceptions are the kernel's */
#define REX_UNPROTECTED_PAGE_FAULTS 0x08 /* page faults are the kernel's */
#define REX_UNPROTECTED_RESOURCES 0x10 /* nothing is released at the end */
#define REX_UNPROTECTED_GATES 0x20 /* helpers return whatever happened */
#define REX_UNPROTECTED_WAITS 0x40 /* helpers wait for what they interrupt */

extern unsigned int rex_unprotected;

/* Refuse or announce an unprotected module. 0 or -EPERM. */
int rex_selftest_init(void);

#define REX_LATE_NMI_MAX_US 20000

enum rex_step {
	REX_STEP_OF_OTHERS, /* kgdb's, for one */
	REX_STEP_GO_ON, /* a test's */
	REX_STEP_KILL, /* a test's: the run is to be stopped */
	REX_STEP_LAST, /* a test's, and the run has ended */
};

/*
 * Whose a single step in the kernel is, of a run or not, and what is to be done; the
 * step is counted. Context: the debug exception.
 */
enum rex_step rex_selftest_step(bool in_run);

/* Wait, if NMIs are to be late. Any context. */
void rex_selftest_late_nmi(void);

/* Whether the step that the caller is about to take is to fail. */
bool rex_selftest_fail_step(void);

#endif /* _REX_SELFTEST_H */
