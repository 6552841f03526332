/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hostile suite: acts of the programs in programs/hostile (safe Rust) and
 * programs/hostile_unsafe, each performed in an image of its own, at a hook, on
 * a victim: a process that makes the event. A test file is a table,
 *
 *	CONTAINED(ud2, tracepoint, .cause = REX_FAULT_EXCEPTION,
 *		  .message = "invalid opcode")
 *
 * is the TEST ud2_in_tracepoint_is_contained, that the act "ud2" ends in just
 * that fault, and nothing else happens: see perform().
 */
#ifndef _HOSTILE_H
#define _HOSTILE_H

#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/pkt_cls.h>
#include <sys/mman.h>

#include "rex_ioctl.h"
#include "rex_log.h"
#include "names/hostile.h"

#define CLOCK_PERIOD_NS 1000000

/* The default limit of an act in milliseconds. */
#define ACT_TIMEOUT_MS 300
/*
 * A run must have been stopped by then. Emulation on a busy machine can stop a
 * CPU for a while; bench/latency.c measures the limit itself.
 */
#define END_MS(limit) (3 * (limit) + 1000)
/*
 * The limit of acts that end by themselves: a busy machine may stop a CPU for
 * a while.
 */
#define PATIENT_MS 5000
#define VICTIM_SECONDS 20

/* For .cause: the act returns, and the program lives. */
#define NO_FAULT -1

struct hook;

struct act {
	const char *name;
	const char *object;
	const struct hook *hook;
	int cause; /* REX_FAULT_*, NO_FAULT */
	int or_cause; /* if it is not 0: another cause that is right */
	const char *message; /* part of it */
	const char *or_message; /* if it is not NULL: another one that is right */
	const char *function; /* in the backtrace; default: the act's */
	__u64 remark; /* that the act leaves, if it is not 0 */
	__u64 number; /* for the act */
	__u32 timeout_ms; /* default: ACT_TIMEOUT_MS */
	__u32 limit_ms; /* that the module makes of it, if that is less */
	__u32 end_ms; /* when it must have been ended; default: END_MS() */
};

struct hook {
	const char *program; /* in hostile_unsafe */
	/* Attaches the program for the process VICTIM. */
	struct bpf_link *(*attach)(struct rex_obj *obj, const struct hook *hook,
				   pid_t victim);
	/* Makes the event at least once, in the victim. */
	void (*fire)(void);
	const char *at;
	int default_ret; /* of BPF_PROG_TEST_RUN */
};

/* ---- images ---- */

/* The restarts of images that are loaded from now on. */
extern __u32 restarts_per_min;

/* Loads an image of OBJECT of which only PROGRAM can be attached. */
struct rex_obj *load_act(const char *object, const char *prog, const char *name,
			 __u32 timeout_ms);

void order(struct rex_obj *obj, const char *act, pid_t thread);

/* ---- victims ---- */

struct victim {
	pid_t pid;
	int go; /* closed: it makes the event */
};

/* Checks that the process is as healthy as before. */
void live_on(void);

struct victim start_victim(const struct hook *hook);

void let_go(struct victim *v);

void fire_dup(void);

/* Sends a packet to each program, whose verdict is known. */
void fire_test_run(void);

/* Lets the next victim wait for nothing, and run no programs. */
void forget_awaited(void);
void forget_test_runs(void);

/* Lets the next victim run the program of OBJ, which must return RET. */
void add_test_run(struct rex_obj *obj, const struct hook *hook, int ret);

/* Lets the next victim wait until acts of OBJ have begun more often than now.
 */
void await_act(struct rex_obj *obj);

bool all_have_begun(void);

void be_busy(void);

/* Waits for interrupts. */
void fire_by_waiting(void);

/* Sleeps, which causes switches of tasks. */
void fire_by_sleeping(void);

/*
 * Does the same for clocks. Each program has its own clock, so events come a
 * little earlier or later, in the victim's time.
 */
void fire_on_clocks(void);

/* ---- hooks ---- */

struct bpf_link *attach_section(struct rex_obj *obj, const struct hook *hook,
				pid_t victim);

struct bpf_link *attach_kprobe_at(struct rex_obj *obj, const struct hook *hook,
				  size_t offset);

int quiet(enum libbpf_print_level level, const char *fmt, va_list args);

/* A function of the victim. */
void uprobed(void);

void fire_uprobe(void);

struct bpf_link *attach_uprobe(struct rex_obj *obj, const struct hook *hook,
			       pid_t victim);

struct bpf_link *attach_raw_tracepoint(struct rex_obj *obj,
				       const struct hook *hook, pid_t victim);

/* Attaches a clock of the victim's time: its interrupts are events. */
struct bpf_link *attach_clock(struct rex_obj *obj, const struct hook *hook,
			      pid_t victim);

/*
 * Opens the tracepoint of dup(2) on CPU 0 as a perf event, for a program without libbpf's
 * links.
 */
int open_dup_event(void);

/* Expects that a bound carrier can be attached to that event, where it runs nothing. */
void expect_attachable(int prog_fd);

/* The victim runs the program itself: see add_test_run(). */
struct bpf_link *attach_nowhere(struct rex_obj *obj, const struct hook *hook,
				pid_t victim);

/* Defines a hook in a test file. */
#define HOOK(_name, _program, _attach, _fire, ...)                \
	const struct hook hook_##_name = { .program = (_program), \
					   .attach = (_attach),   \
					   .fire = (_fire),       \
					   __VA_ARGS__ }

#define RAW_TRACEPOINT_HOOK(_name, _fire, _at)                         \
	HOOK(_name, "at_raw_tracepoint", attach_raw_tracepoint, _fire, \
	     .at = (_at))

#define KPROBED "__x64_sys_dup"

extern const struct hook hook_tracepoint;
extern const struct hook hook_kprobe_ftrace;
extern const struct hook hook_kprobe_int3;
extern const struct hook hook_kprobe_jump;
extern const struct hook hook_kretprobe;
extern const struct hook hook_uprobe;
extern const struct hook hook_fentry;
extern const struct hook hook_raw_tracepoint;
/* The hook in the timer's interrupt. */
extern const struct hook hook_clock;
extern const struct hook hook_hardirq;
extern const struct hook hook_softirq;
/* The hook with the run queue's lock held and interrupts off. */
extern const struct hook hook_switch;
/* Hooks of network programs, whose normal result depends on their type. */
extern const struct hook hook_xdp;
extern const struct hook hook_tc;
extern const struct hook hook_cgroup;

/* ---- acts ---- */

/*
 * Set by a test that performs acts at the same time, which sets sysctls
 * itself.
 */
extern bool sysctls_are_kept;

/* Sets whether the machine stops at any error beyond a fault. */
void be_strict(bool strict);

/*
 * Perform the act, and see that - the victim goes on; - the act's fault ends
 * the program and its image, and the kernel reports it, and nothing worse; - a
 * program of another image at the same hook runs at the same event, and at the
 * next; - the dead program is skipped at the next event, and has no other
 * fault; - the same program can be loaded again, and runs. Any complaint of the
 * kernel stops the machine, by panic_on_warn and panic_on_oops.
 */
void perform(const struct act *act);

/* ---- several images at once ---- */

/* One of several active images. */
struct actor {
	const struct hook *hook;
	struct rex_obj *obj;
	struct bpf_link *link;
};

struct actor start_actor(const struct hook *hook, const char *act,
			 const char *name, pid_t victim, __u32 timeout_ms);

void end_actor(struct actor *a);

struct rex_prog_info actor_info(const struct actor *a);

/* Checks that an image had exactly one fault. */
void expect_actor_fault(const struct actor *a, int cause);

void expect_unharmed(const struct actor *a);

/*
 * Makes an idle actor that holds HOOK, so that the kernel's text does not
 * change when other programs are attached and detached. It is for tests in
 * which one CPU attaches while another executes the hook: QEMU can translate an
 * instruction after it drops the old translation and before the new bytes are
 * written, and keeps that stale translation. Then events are lost, or the
 * kernel dies of a removed breakpoint, with plain eBPF as well.
 */
struct actor hold(const struct hook *hook);

/* The default object of a test file's acts. */
#ifndef HOSTILE_OBJECT
#define HOSTILE_OBJECT "hostile_unsafe"
#endif

#define PERFORM_TEST(_claim, _act, _hook, ...)                   \
	TEST(_claim)                                             \
	{                                                        \
		perform(&(struct act){ .name = #_act,            \
				       .hook = &hook_##_hook,    \
				       .object = HOSTILE_OBJECT, \
				       __VA_ARGS__ });           \
	}

#define CONTAINED(_act, _hook, ...) \
	PERFORM_TEST(_act##_in_##_hook##_is_contained, _act, _hook, __VA_ARGS__)

/* Defines a test of each common kind of fault. */
#define COMMON_FAULTS(_hook)                                           \
	CONTAINED(ud2, _hook, .cause = REX_FAULT_EXCEPTION,            \
		  .message = "invalid opcode")                         \
	CONTAINED(null_read, _hook, .cause = REX_FAULT_PAGE_FAULT,     \
		  .message = "read of address 0x0")                    \
	CONTAINED(explicit_panic, _hook, .cause = REX_FAULT_PANIC,     \
		  .message = "told to panic")                          \
	CONTAINED(recursion, _hook, .cause = REX_FAULT_STACK_OVERFLOW, \
		  .message = "bytes of stack", .function = "descend")

/* Defines a test of an act that is allowed, and returns. */
#define WORKS(_act, _hook, ...)                              \
	PERFORM_TEST(_act##_in_##_hook##_works, _act, _hook, \
		     .cause = NO_FAULT, ##__VA_ARGS__)

#endif
