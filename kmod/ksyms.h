/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel symbols that are not exported to modules.
 *
 * One table names them all. rex_ksyms_init() resolves it; a missing required
 * symbol makes insmod fail with a message that names it, a missing optional
 * one leaves a NULL that its user tests.
 */
#ifndef _REX_KSYMS_H
#define _REX_KSYMS_H

#include <linux/bpf.h>
#include <linux/bpf_mem_alloc.h>
#include <linux/kprobes.h>
#include <linux/trace_events.h>
#include <linux/uaccess.h>

#include "compat.h"

/* What BPF_CALL_n defines: the kernel's side of an eBPF helper. */
#define REX_BPF_HELPER(name) u64 (*name)(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)

struct rex_ksyms {
	/* memory for text */
	REX_TEXT_ALLOC_FN text_alloc;
	void (*text_free)(void *mem);
	int (*set_memory_ro)(unsigned long addr, int numpages);
	int (*set_memory_rw)(unsigned long addr, int numpages);
	int (*set_memory_x)(unsigned long addr, int numpages);
	int (*set_memory_nx)(unsigned long addr, int numpages);

	/* page tables of the kernel */
	struct mm_struct *init_mm;
	void (*flush_tlb_kernel_range)(unsigned long start, unsigned long end);

	/* carriers */
	struct bpf_prog *(*bpf_prog_get)(u32 fd);
	typeof(&bpf_arch_text_poke) bpf_arch_text_poke;
	void *bpf_ktime_get_boot_ns;
	unsigned long bpf_prog_free;

	/* maps */
	struct bpf_map *(*bpf_map_get)(u32 fd);
	void *(*bpf_map_lookup_elem)(struct bpf_map *map, const void *key);
	u64 (*bpf_map_update_elem)(struct bpf_map *map, const void *key,
				   const void *value, u64 flags);
	u64 (*bpf_map_delete_elem)(struct bpf_map *map, const void *key);
	const struct bpf_map_ops *htab_map_ops;
	const struct bpf_map_ops *htab_lru_map_ops;
	const struct bpf_map_ops *htab_percpu_map_ops;
	const struct bpf_map_ops *htab_lru_percpu_map_ops;
	const struct bpf_map_ops *percpu_array_map_ops;
	const struct bpf_map_ops *trie_map_ops;

	/* other helpers: the calling convention of BPF_CALL_n */
	struct tracepoint *__tracepoint_bpf_trace_printk;
	const struct bpf_func_proto *(*bpf_get_trace_printk_proto)(void);
	u64 (*bpf_snprintf)(u64 buf, u64 size, u64 fmt, u64 args, u64 bytes);
	u64 (*bpf_user_rnd_u32)(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5);
	void (*bpf_user_rnd_init_once)(void);

	u64 (*bpf_ringbuf_reserve)(u64 map, u64 size, u64 flags, u64 r4,
				   u64 r5);
	u64 (*bpf_ringbuf_submit)(u64 sample, u64 flags, u64 r3, u64 r4,
				  u64 r5);
	u64 (*bpf_ringbuf_discard)(u64 sample, u64 flags, u64 r3, u64 r4,
				   u64 r5);
	u64 (*bpf_ringbuf_output)(u64 map, u64 data, u64 size, u64 flags,
				  u64 r5);
	u64 (*bpf_ringbuf_query)(u64 map, u64 flags, u64 r3, u64 r4, u64 r5);

	/* tracepoints and perf events */
	typeof(&bpf_get_raw_tracepoint) bpf_get_raw_tracepoint;
	typeof(&bpf_put_raw_tracepoint) bpf_put_raw_tracepoint;
	REX_BPF_HELPER(bpf_perf_prog_read_value);

	/* packets */
	REX_BPF_HELPER(bpf_clone_redirect);
	REX_BPF_HELPER(bpf_csum_diff);
	REX_BPF_HELPER(bpf_get_hash_recalc);
	REX_BPF_HELPER(bpf_l3_csum_replace);
	REX_BPF_HELPER(bpf_l4_csum_replace);
	REX_BPF_HELPER(bpf_redirect);
	REX_BPF_HELPER(bpf_redirect_neigh);
	REX_BPF_HELPER(bpf_redirect_peer);
	REX_BPF_HELPER(bpf_skb_adjust_room);
	REX_BPF_HELPER(bpf_skb_change_head);
	REX_BPF_HELPER(bpf_skb_change_tail);
	REX_BPF_HELPER(bpf_skb_fib_lookup);
	REX_BPF_HELPER(bpf_skb_load_bytes);
	REX_BPF_HELPER(bpf_skb_pull_data);
	REX_BPF_HELPER(bpf_skb_store_bytes);
	REX_BPF_HELPER(bpf_skb_vlan_pop);
	REX_BPF_HELPER(bpf_skb_vlan_push);
	REX_BPF_HELPER(bpf_xdp_adjust_head);
	REX_BPF_HELPER(bpf_xdp_adjust_meta);
	REX_BPF_HELPER(bpf_xdp_adjust_tail);
	REX_BPF_HELPER(bpf_xdp_fib_lookup);
	REX_BPF_HELPER(bpf_xdp_get_buff_len);
	REX_BPF_HELPER(bpf_xdp_load_bytes);
	REX_BPF_HELPER(bpf_xdp_redirect);
	REX_BPF_HELPER(bpf_xdp_redirect_map);
	REX_BPF_HELPER(bpf_xdp_store_bytes);

	/* perf events */
	REX_BPF_HELPER(bpf_get_stack);
	REX_BPF_HELPER(bpf_get_stack_pe);
	REX_BPF_HELPER(bpf_get_stackid);
	REX_BPF_HELPER(bpf_get_stackid_pe);
	typeof(&bpf_event_output) bpf_event_output;
	int __percpu *bpf_event_output_nest_level;
	int __percpu *bpf_prog_active;

	/* the current task */
	typeof(&strncpy_from_kernel_nofault) strncpy_from_kernel_nofault;
	typeof(&strncpy_from_user_nofault) strncpy_from_user_nofault;
	REX_BPF_HELPER(bpf_send_signal);
	REX_BPF_HELPER(bpf_send_signal_thread);
	/* optional: CONFIG_CGROUPS */
	REX_BPF_HELPER(bpf_get_current_cgroup_id);
	REX_BPF_HELPER(bpf_get_current_ancestor_cgroup_id);
	/* optional: CONFIG_SOCK_CGROUP_DATA */
	REX_BPF_HELPER(bpf_skb_cgroup_id);
	REX_BPF_HELPER(bpf_skb_ancestor_cgroup_id);

	/* memory in any context */
	typeof(&bpf_mem_alloc_init) bpf_mem_alloc_init;
	typeof(&bpf_mem_alloc_destroy) bpf_mem_alloc_destroy;
	typeof(&bpf_mem_cache_alloc) bpf_mem_cache_alloc;
	typeof(&bpf_mem_cache_free) bpf_mem_cache_free;

	/* optional: CONFIG_PARAVIRT_SPINLOCKS */
	bool (*pv_is_native_spin_unlock)(void);

	/* symbols and traces */
	void (*bpf_ksym_add)(struct bpf_ksym *ksym);
	void (*bpf_ksym_del)(struct bpf_ksym *ksym);
	/* optional: CONFIG_STACKTRACE */
	unsigned int (*stack_trace_save_regs)(struct pt_regs *regs,
					      unsigned long *store,
					      unsigned int size,
					      unsigned int skip);
	int (*kallsyms_lookup_size_offset)(unsigned long addr,
					   unsigned long *size,
					   unsigned long *offset);

	/* kprobes */
	struct kprobe *__percpu *current_kprobe;
	void *ftrace_stub;

	/* traps */
	unsigned long page_fault_oops;

	/* error injection; optional: CONFIG_FUNCTION_ERROR_INJECTION */
	bool (*within_error_injection_list)(unsigned long addr);

	/* the return thunk in use; optional: CONFIG_(MITIGATION_)RETHUNK */
	void **x86_return_thunk;
};

extern struct rex_ksyms rex_ksyms;

int rex_ksyms_init(void);

/**
 * rex_ksyms_lookup() - address of any kernel symbol, for init-time use
 * @name: the symbol
 *
 * Context: may sleep. Return: the address, 0 if there is none.
 */
unsigned long rex_ksyms_lookup(const char *name);

#endif /* _REX_KSYMS_H */
