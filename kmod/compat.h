/* SPDX-License-Identifier: GPL-2.0 */
/*
 * This file has all differences between the supported kernels.
 *
 * The other files read as if only the newest API existed; where an older kernel lacks
 * it, this file makes it. No other file may look at LINUX_VERSION_CODE. Branches stand
 * newest first and name the upstream change.
 */
#ifndef _REX_COMPAT_H
#define _REX_COMPAT_H

#include <linux/bpf.h>
#include <linux/cgroup.h>
#include <linux/kconfig.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/poison.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

/* 6.6, 49e47a5b6145 ("net: move struct netdev_rx_queue out of netdevice.h"). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#include <net/netdev_rx_queue.h>
#endif

#include <net/sch_generic.h>

#include <asm/cpufeature.h>
#include <asm/hardirq.h>
#include <asm/ibt.h>

/*
 * Memory at addresses of the caller's choice, which is private to the kernel: ksyms.h.
 * 6.10, 88ae5fb755b0 ("mm: vmalloc: enable memory allocation profiling"): the function
 * got another name.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define rex_compat_vmalloc_range __vmalloc_node_range_noprof
#else
#define rex_compat_vmalloc_range __vmalloc_node_range
#endif

/*
 * Retargeting a call, or a jump that may have been a NOP (@old is NULL then), in JITed code.
 * 6.19, ae4a3160d19c ("bpf: specify the old and new poke_type for
 * bpf_arch_text_poke"): separate types for the old and the new instruction.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#define REX_COMPAT_TEXT_POKE                                                   \
	int, void *, enum bpf_text_poke_type, enum bpf_text_poke_type, void *, \
		void *
#define rex_compat_poke_call(fn, ip, old, new) \
	(fn((ip), BPF_MOD_CALL, BPF_MOD_CALL, (old), (new)))
#define rex_compat_poke_jump(fn, ip, old, new)        \
	(fn((ip), (old) ? BPF_MOD_JUMP : BPF_MOD_NOP, \
	    (new) ? BPF_MOD_JUMP : BPF_MOD_NOP, (old), (new)))
#else
#define REX_COMPAT_TEXT_POKE \
	int, void *, enum bpf_text_poke_type, void *, void *
#define rex_compat_poke_call(fn, ip, old, new) \
	(fn((ip), BPF_MOD_CALL, (old), (new)))
#define rex_compat_poke_jump(fn, ip, old, new) \
	(fn((ip), BPF_MOD_JUMP, (old), (new)))
#endif

/*
 * Guards the functions of a tracepoint, with preemption off, until the end of the block.
 * 7.0 ("tracing: Guard __DECLARE_TRACE() use of __DO_TRACE_CALL() with SRCU-fast"): before that,
 * preemption that is off is enough.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#include <linux/srcu.h>
#include <linux/tracepoint.h>
#define rex_compat_guard_tracepoint() guard(srcu_fast_notrace)(&tracepoint_srcu)
#else
#define rex_compat_guard_tracepoint() ((void)0)
#endif

/*
 * The per-CPU preemption counter, for code that we emit ourselves.
 * 6.15, 46e8fff6d45f ("x86/preempt: Move preempt count to percpu hot section")
 * undid 6.2, 64701838bf05 ("x86/percpu: Move preempt_count next to
 * current_task").
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define rex_compat_preempt_count (&__preempt_count)
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#include <asm/current.h>
#define rex_compat_preempt_count (&pcpu_hot.preempt_count)
#else
#define rex_compat_preempt_count (&__preempt_count)
#endif

/*
 * Before 6.3, functions that the idle loop calls while RCU does not watch the CPU can be probed
 * and traced (2b5a0e425e6e, "objtool/idle: Validate __cpuidle code as noinstr"). This bit of the
 * per-CPU word is clear meanwhile.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define rex_compat_rcu_state ((const void __percpu *)NULL)
#define REX_COMPAT_RCU_WATCHES 0
#else
#include <linux/context_tracking_state.h>
#define rex_compat_rcu_state (&context_tracking.state)
#define REX_COMPAT_RCU_WATCHES RCU_DYNTICKS_IDX
#endif

/* The per-CPU number of the CPU, which moved as the counter did. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define rex_compat_cpu_number (&cpu_number)
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define rex_compat_cpu_number (&pcpu_hot.cpu_number)
#else
#define rex_compat_cpu_number (&cpu_number)
#endif

/*
 * Queues, ring buffers and lists of free elements wait for their locks before 6.15, and
 * only try them if in_nmi().
 * 6.15, a650d38915c1 ("bpf: Convert ringbuf map to rqspinlock") and similar changes: a
 * waiter notices that its own CPU has the lock.
 */
#define rex_compat_locks_wait (LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0))

/*
 * The place where a device says what it can do with XDP, if it does.
 * 6.3, d3d854fd6a1d ("netdev-genl: create a simple family for netdev stuff").
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define rex_compat_offset_xdp_features offsetof(struct net_device, xdp_features)
#else
#define rex_compat_offset_xdp_features REX_NO_FIELD
#endif

/*
 * Programs for devmaps have the whole context that they read only from some versions on.
 * 6.12, ca9984c5f0ab ("bpf: devmap: provide rxq after redirect"), and 6.1.115: before
 * that, the receive queue was what the stack had.
 * 6.18, 4540aed51b12 ("bpf: Enforce expected_attach_type for tailcall compatibility"),
 * and 6.12.53 and 6.1.156: before that, any XDP program could tail-call one for devmaps,
 * whose device to send to was what the stack had then.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define rex_compat_devmap_contexts true
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 53) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define rex_compat_devmap_contexts true
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 156) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define rex_compat_devmap_contexts true
#else
#define rex_compat_devmap_contexts false
#endif

/*
 * Return the offset of the spin lock in a map's values, if that is the only
 * special field: -ENOENT if there is no such field, -EPERM if there are others.
 * 6.2, aa3496accc41 ("bpf: Refactor kptr_off_tab into btf_record").
 */
static inline int rex_compat_map_lock_offset(const struct bpf_map *map)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	if (IS_ERR_OR_NULL(map->record))
		return -ENOENT;
	if (map->record->field_mask != BPF_SPIN_LOCK)
		return -EPERM;
	return map->record->spin_lock_off;
#else
	if (map_value_has_timer(map) || map_value_has_kptrs(map))
		return -EPERM;
	return map_value_has_spin_lock(map) ? map->spin_lock_off : -ENOENT;
#endif
}

/*
 * Emitted code asks the field itself: it is 0 in a map whose values have no special
 * fields; or it is an int, which is negative in a map whose values have no lock.
 * 6.2, aa3496accc41 ("bpf: Refactor kptr_off_tab into btf_record").
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define rex_compat_map_record offsetof(struct bpf_map, record)
#define rex_compat_map_has_record true
#else
#define rex_compat_map_record offsetof(struct bpf_map, spin_lock_off)
#define rex_compat_map_has_record false
#endif

/*
 * The functions that change a map return an int on older kernels: emitted code extends its
 * sign.
 * 6.4, d7ba4cc900bf ("bpf: return long from bpf_map_ops funcs").
 */
#define rex_compat_map_returns_int \
	(LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0))

/*
 * The list of the values that belong to a cgroup; NULL if the kernel has none.
 * 6.2, c4bcfb38a95e ("bpf: Implement cgroup storage available to non-cgroup-attached bpf
 * progs").
 */
static inline struct bpf_local_storage __rcu *const *
rex_compat_cgroup_storage(const struct cgroup *cgroup)
{
#if defined(CONFIG_CGROUPS) && LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	return &cgroup->bpf_cgrp_storage;
#else
	return NULL;
#endif
}

/*
 * Returns whether a BPF program may sleep.
 * 6.9, 66c8473135c6 ("bpf: move sleepable flag from bpf_prog_aux to bpf_prog").
 */
static inline bool rex_compat_prog_sleepable(const struct bpf_prog *prog)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	return prog->sleepable;
#else
	return prog->aux->sleepable;
#endif
}

/*
 * Whether a task that turns preemption on may sleep, and how many read sides of RCU it is
 * in: without CONFIG_PREEMPT_RCU, nothing counts them.
 */
#ifdef CONFIG_PREEMPT_RCU
#define rex_compat_can_sleep true
#define rex_compat_rcu_depth() rcu_preempt_depth()
#else
#define rex_compat_can_sleep false
#define rex_compat_rcu_depth() 0
#endif

/*
 * A field of a tracepoint's record: the first members of the kernel's struct
 * ftrace_event_field, which no header has.
 * 6.13, afd2627f727b ("tracing: Check \"%s\" dereference via the field and not
 * the TP_printk format"): is_signed was an int, and became bit 0 of one.
 */
struct rex_compat_event_field {
	struct list_head link;
	const char *name;
	const char *type;
	int filter_type;
	int offset;
	int size;
	unsigned int is_signed;
};

/*
 * Returns whether the caller of a packet's program has set up the place for the packet's
 * destination. bpf_redirect() and similar helpers write to that place without a check.
 * 6.11, 401cb7dae813 ("net: Reference bpf_redirect_info via task_struct on
 * PREEMPT_RT."): it is the caller's; before that, it was the CPU's.
 */
static inline bool rex_compat_can_redirect(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	return current->bpf_net_context;
#else
	return true;
#endif
}

/*
 * Returns whether this CPU may hold the lock of a queue, which has one: it puts a packet into the
 * queue. Where struct Qdisc has a member owner, that says so; elsewhere, another CPU may hold
 * the lock as well.
 * 6.9, 0f022d32c3ec ("net/sched: Fix mirred deadlock on device recursion"), and in stable kernels
 * before; 6.19, 100dfa74cad9 ("net: dev_queue_xmit() llist adoption") came after its revert.
 */
static inline bool rex_compat_may_hold_queue(struct Qdisc *qdisc)
{
#ifdef REX_QDISC_HAS_OWNER
	return READ_ONCE(qdisc->owner) == smp_processor_id();
#else
	return arch_spin_is_locked(&qdisc_lock(qdisc)->rlock.raw_lock);
#endif
}

/*
 * Returns whether tc's action mirred of a queue is sending a packet, while this CPU holds the
 * queue's lock, and would wait for itself if that packet came back. Before 6.19, the kernel drops
 * such a packet, or has the count of such actions in a place of its own.
 */
static inline bool rex_compat_in_mirred(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0) && \
	IS_ENABLED(CONFIG_NET_ACT_MIRRED) && !defined(REX_QDISC_HAS_OWNER)
	return this_cpu_read(softnet_data.xmit.sched_mirred_nest);
#else
	return false;
#endif
}

/*
 * Returns whether a page, which is the first of its folio, is of a page pool.
 * 6.17 and stable kernels, ee62ce7a1d90 ("page_pool: Track DMA-mapped pages and unmap them when
 * destroying the pool"): more bits of the word are in use, and a function knows them.
 */
static inline bool rex_compat_is_pool_page(struct page *page)
{
#ifdef PP_MAGIC_MASK
	return page_pool_page_is_pp(page);
#else
	return (page->pp_magic & ~3UL) == PP_SIGNATURE;
#endif
}

/*
 * Returns the number of irq_work interrupts of this CPU.
 * 7.2 ("x86/irq: Make irqstats array based"): the counts became an array, and
 * inc_perf_irq_stat() came with it.
 */
static inline unsigned int rex_compat_irq_works(void)
{
#ifdef inc_perf_irq_stat
	return this_cpu_read(irq_stat.counts[IRQ_COUNT_IRQ_WORK]);
#else
	return this_cpu_read(irq_stat.apic_irq_work_irqs);
#endif
}

/*
 * Returns whether exceptions are delivered by FRED (a CPU feature).
 * 6.9, 51c158f7aacc ("x86/cpufeatures: Add the CPU feature bit for FRED").
 */
static __always_inline bool rex_compat_fred(void)
{
#ifdef X86_FEATURE_FRED
	return cpu_feature_enabled(X86_FEATURE_FRED);
#else
	return false;
#endif
}

/*
 * Returns whether indirect branches use thunks in the upper halves of cache lines,
 * as on CPUs with the bug ITS (a CPU feature).
 * 6.15, 8754e67ad4ac ("x86/its: Add support for ITS-safe indirect thunk"), and in
 * stable kernels before.
 */
static inline bool rex_compat_its_thunks(void)
{
#ifdef X86_FEATURE_INDIRECT_THUNK_ITS
	return cpu_feature_enabled(X86_FEATURE_INDIRECT_THUNK_ITS);
#else
	return false;
#endif
}

/*
 * Returns whether there is an endbr64, or the kernel's replacement of an unused one, at
 * @addr, which is kernel text.
 * 6.15, 72e213a7ccf9 ("x86/ibt: Clean up is_endbr()"): is_endbr() became a
 * function that is not exported; its test of the value is __is_endbr().
 */
static inline bool rex_compat_is_endbr(unsigned long addr)
{
#ifndef CONFIG_X86_KERNEL_IBT
	return false;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	return __is_endbr(*(const u32 *)addr);
#else
	return is_endbr(*(const u32 *)addr);
#endif
}

/*
 * 6.13, 908a1d775422 ("hrtimers: Introduce hrtimer_setup() to replace
 * hrtimer_init()").
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define rex_compat_hrtimer_setup hrtimer_setup
#else
#define rex_compat_hrtimer_setup(timer, fn, clock, mode) \
	do {                                             \
		hrtimer_init((timer), (clock), (mode));  \
		(timer)->function = (fn);                \
	} while (0)
#endif

#endif /* _REX_COMPAT_H */
