/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel symbols that are not exported to modules.
 *
 * Two lists name them all. rex_ksyms_init() resolves them; a missing required
 * symbol makes insmod fail with a message that names it, a missing optional
 * one leaves a NULL that its user tests.
 *
 * Functions are called by rex_kcall() and have no pointer that C could call. A
 * CPU with IBT lets an indirect call go to an endbr64 only, and a kernel with
 * CONFIG_X86_KERNEL_IBT removes the endbr64 of each function whose address it
 * takes nowhere: most of these. So the calls are direct ones: static calls,
 * which the kernel patches when rex_ksyms_init() says where they go. That also
 * serves CPUs with call depth tracking, and needs no retpoline.
 */
#ifndef _REX_KSYMS_H
#define _REX_KSYMS_H

#include <linux/bpf.h>
#include <linux/bpf_mem_alloc.h>
#include <linux/kprobes.h>
#include <linux/static_call.h>
#include <linux/trace_events.h>
#include <linux/uaccess.h>

#include "compat.h"

/* The kernel's side of an eBPF helper: BPF_CALL_n defines such functions. */
#define REX_BPF_HELPER u64(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)

/**
 * REX_KERNEL_FUNCTIONS() - the list of functions
 * @F: a macro (need, name, symbol, type): REQUIRED or OPTIONAL, the name for
 *     rex_kcall(), the kernel's name as a string, the type of the function
 */
#define REX_KERNEL_FUNCTIONS(F)                                                \
	/* memory for text */                                                  \
	F(REQUIRED, text_alloc, REX_TEXT_ALLOC_SYMBOL, REX_TEXT_ALLOC_TYPE)    \
	F(REQUIRED, text_free, REX_TEXT_FREE_SYMBOL, void(void *mem))          \
	F(REQUIRED, set_memory_ro, "set_memory_ro",                            \
	  int(unsigned long addr, int numpages))                               \
	F(REQUIRED, set_memory_rw, "set_memory_rw",                            \
	  int(unsigned long addr, int numpages))                               \
	F(REQUIRED, set_memory_x, "set_memory_x",                              \
	  int(unsigned long addr, int numpages))                               \
	F(REQUIRED, set_memory_nx, "set_memory_nx",                            \
	  int(unsigned long addr, int numpages))                               \
	/* page tables of the kernel */                                        \
	F(REQUIRED, flush_tlb_kernel_range, "flush_tlb_kernel_range",          \
	  void(unsigned long start, unsigned long end))                        \
	/* carriers */                                                         \
	F(REQUIRED, bpf_prog_get, "bpf_prog_get", struct bpf_prog *(u32 fd))   \
	F(REQUIRED, bpf_arch_text_poke, "bpf_arch_text_poke",                  \
	  typeof(bpf_arch_text_poke))                                          \
	/* maps */                                                             \
	F(REQUIRED, bpf_map_get, "bpf_map_get", struct bpf_map *(u32 fd))      \
	F(REQUIRED, bpf_map_lookup_elem, "bpf_map_lookup_elem",                \
	  void *(struct bpf_map * map, const void *key))                       \
	F(REQUIRED, bpf_map_update_elem, "bpf_map_update_elem",                \
	  u64(struct bpf_map *map, const void *key, const void *value,         \
	      u64 flags))                                                      \
	F(REQUIRED, bpf_map_delete_elem, "bpf_map_delete_elem",                \
	  u64(struct bpf_map *map, const void *key))                           \
	/* other helpers */                                                    \
	F(REQUIRED, bpf_get_trace_printk_proto, "bpf_get_trace_printk_proto",  \
	  const struct bpf_func_proto *(void))                                 \
	F(REQUIRED, bpf_snprintf, "bpf_snprintf", REX_BPF_HELPER)              \
	F(REQUIRED, bpf_user_rnd_u32, "bpf_user_rnd_u32", REX_BPF_HELPER)      \
	F(REQUIRED, bpf_user_rnd_init_once, "bpf_user_rnd_init_once",          \
	  void(void))                                                          \
	F(REQUIRED, bpf_ringbuf_reserve, "bpf_ringbuf_reserve",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_ringbuf_submit, "bpf_ringbuf_submit", REX_BPF_HELPER)  \
	F(REQUIRED, bpf_ringbuf_discard, "bpf_ringbuf_discard",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_ringbuf_output, "bpf_ringbuf_output", REX_BPF_HELPER)  \
	F(REQUIRED, bpf_ringbuf_query, "bpf_ringbuf_query", REX_BPF_HELPER)    \
	/* tracepoints and perf events */                                      \
	F(REQUIRED, bpf_get_raw_tracepoint, "bpf_get_raw_tracepoint",          \
	  typeof(bpf_get_raw_tracepoint))                                      \
	F(REQUIRED, bpf_put_raw_tracepoint, "bpf_put_raw_tracepoint",          \
	  typeof(bpf_put_raw_tracepoint))                                      \
	F(REQUIRED, bpf_perf_prog_read_value, "bpf_perf_prog_read_value",      \
	  REX_BPF_HELPER)                                                      \
	/* packets */                                                          \
	F(REQUIRED, bpf_clone_redirect, "bpf_clone_redirect", REX_BPF_HELPER)  \
	F(REQUIRED, bpf_csum_diff, "bpf_csum_diff", REX_BPF_HELPER)            \
	F(REQUIRED, bpf_get_hash_recalc, "bpf_get_hash_recalc",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_l3_csum_replace, "bpf_l3_csum_replace",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_l4_csum_replace, "bpf_l4_csum_replace",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_redirect, "bpf_redirect", REX_BPF_HELPER)              \
	F(REQUIRED, bpf_redirect_neigh, "bpf_redirect_neigh", REX_BPF_HELPER)  \
	F(REQUIRED, bpf_redirect_peer, "bpf_redirect_peer", REX_BPF_HELPER)    \
	F(REQUIRED, bpf_skb_adjust_room, "bpf_skb_adjust_room",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_skb_change_head, "bpf_skb_change_head",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_skb_change_tail, "bpf_skb_change_tail",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_skb_fib_lookup, "bpf_skb_fib_lookup", REX_BPF_HELPER)  \
	F(REQUIRED, bpf_skb_load_bytes, "bpf_skb_load_bytes", REX_BPF_HELPER)  \
	F(REQUIRED, bpf_skb_pull_data, "bpf_skb_pull_data", REX_BPF_HELPER)    \
	F(REQUIRED, bpf_skb_store_bytes, "bpf_skb_store_bytes",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_skb_vlan_pop, "bpf_skb_vlan_pop", REX_BPF_HELPER)      \
	F(REQUIRED, bpf_skb_vlan_push, "bpf_skb_vlan_push", REX_BPF_HELPER)    \
	F(REQUIRED, bpf_xdp_adjust_head, "bpf_xdp_adjust_head",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_xdp_adjust_meta, "bpf_xdp_adjust_meta",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_xdp_adjust_tail, "bpf_xdp_adjust_tail",                \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_xdp_fib_lookup, "bpf_xdp_fib_lookup", REX_BPF_HELPER)  \
	F(REQUIRED, bpf_xdp_get_buff_len, "bpf_xdp_get_buff_len",              \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_xdp_load_bytes, "bpf_xdp_load_bytes", REX_BPF_HELPER)  \
	F(REQUIRED, bpf_xdp_redirect, "bpf_xdp_redirect", REX_BPF_HELPER)      \
	F(REQUIRED, bpf_xdp_redirect_map, "bpf_xdp_redirect_map",              \
	  REX_BPF_HELPER)                                                      \
	F(REQUIRED, bpf_xdp_store_bytes, "bpf_xdp_store_bytes",                \
	  REX_BPF_HELPER)                                                      \
	/* perf events */                                                      \
	F(REQUIRED, bpf_get_stack, "bpf_get_stack", REX_BPF_HELPER)            \
	F(REQUIRED, bpf_get_stack_pe, "bpf_get_stack_pe", REX_BPF_HELPER)      \
	F(REQUIRED, bpf_get_stackid, "bpf_get_stackid", REX_BPF_HELPER)        \
	F(REQUIRED, bpf_get_stackid_pe, "bpf_get_stackid_pe", REX_BPF_HELPER)  \
	F(REQUIRED, bpf_event_output, "bpf_event_output",                      \
	  typeof(bpf_event_output))                                            \
	/* the current task */                                                 \
	F(REQUIRED, strncpy_from_kernel_nofault,                               \
	  "strncpy_from_kernel_nofault", typeof(strncpy_from_kernel_nofault))  \
	F(REQUIRED, strncpy_from_user_nofault, "strncpy_from_user_nofault",    \
	  typeof(strncpy_from_user_nofault))                                   \
	F(REQUIRED, bpf_send_signal, "bpf_send_signal", REX_BPF_HELPER)        \
	F(REQUIRED, bpf_send_signal_thread, "bpf_send_signal_thread",          \
	  REX_BPF_HELPER)                                                      \
	/* CONFIG_CGROUPS */                                                   \
	F(OPTIONAL, bpf_get_current_cgroup_id, "bpf_get_current_cgroup_id",    \
	  REX_BPF_HELPER)                                                      \
	F(OPTIONAL, bpf_get_current_ancestor_cgroup_id,                        \
	  "bpf_get_current_ancestor_cgroup_id", REX_BPF_HELPER)                \
	/* CONFIG_SOCK_CGROUP_DATA */                                          \
	F(OPTIONAL, bpf_skb_cgroup_id, "bpf_skb_cgroup_id", REX_BPF_HELPER)    \
	F(OPTIONAL, bpf_skb_ancestor_cgroup_id, "bpf_skb_ancestor_cgroup_id",  \
	  REX_BPF_HELPER)                                                      \
	/* memory in any context */                                            \
	F(REQUIRED, bpf_mem_alloc_init, "bpf_mem_alloc_init",                  \
	  typeof(bpf_mem_alloc_init))                                          \
	F(REQUIRED, bpf_mem_alloc_destroy, "bpf_mem_alloc_destroy",            \
	  typeof(bpf_mem_alloc_destroy))                                       \
	F(REQUIRED, bpf_mem_cache_alloc, "bpf_mem_cache_alloc",                \
	  typeof(bpf_mem_cache_alloc))                                         \
	F(REQUIRED, bpf_mem_cache_free, "bpf_mem_cache_free",                  \
	  typeof(bpf_mem_cache_free))                                          \
	/* CONFIG_PARAVIRT_SPINLOCKS */                                        \
	F(OPTIONAL, pv_is_native_spin_unlock, "pv_is_native_spin_unlock",      \
	  bool(void))                                                          \
	/* symbols and traces */                                               \
	F(REQUIRED, bpf_ksym_add, "bpf_ksym_add",                              \
	  void(struct bpf_ksym * ksym))                                        \
	F(REQUIRED, bpf_ksym_del, "bpf_ksym_del",                              \
	  void(struct bpf_ksym * ksym))                                        \
	F(REQUIRED, kallsyms_lookup_size_offset,                               \
	  "kallsyms_lookup_size_offset",                                       \
	  int(unsigned long addr, unsigned long *size, unsigned long *offset)) \
	/* CONFIG_STACKTRACE */                                                \
	F(OPTIONAL, stack_trace_save_regs, "stack_trace_save_regs",            \
	  unsigned int(struct pt_regs * regs, unsigned long *store,            \
		       unsigned int size, unsigned int skip))                  \
	F(REQUIRED, ftrace_location, "ftrace_location",                        \
	  unsigned long(unsigned long ip))                                     \
	/* CONFIG_FUNCTION_ERROR_INJECTION */                                  \
	F(OPTIONAL, within_error_injection_list,                               \
	  "within_error_injection_list", bool(unsigned long addr))             \
	F(OPTIONAL, get_injectable_error_type, "get_injectable_error_type",    \
	  int(unsigned long addr))

/**
 * REX_KERNEL_DATA() - the list of what is no function, or not called by C
 * @F: a macro (need, name, type): REQUIRED or OPTIONAL, the kernel's name and
 *     the field of struct rex_ksyms, the type of the field: address of the symbol
 */
#define REX_KERNEL_DATA(F)                                               \
	/* page tables of the kernel */                                  \
	F(REQUIRED, init_mm, struct mm_struct *)                         \
	/* carriers */                                                   \
	F(REQUIRED, bpf_ktime_get_boot_ns, void *)                       \
	F(REQUIRED, bpf_prog_free, unsigned long)                        \
	/* maps */                                                       \
	F(REQUIRED, htab_map_ops, const struct bpf_map_ops *)            \
	F(REQUIRED, htab_lru_map_ops, const struct bpf_map_ops *)        \
	F(REQUIRED, htab_percpu_map_ops, const struct bpf_map_ops *)     \
	F(REQUIRED, htab_lru_percpu_map_ops, const struct bpf_map_ops *) \
	F(REQUIRED, percpu_array_map_ops, const struct bpf_map_ops *)    \
	F(REQUIRED, trie_map_ops, const struct bpf_map_ops *)            \
	/* other helpers */                                              \
	F(REQUIRED, __tracepoint_bpf_trace_printk, struct tracepoint *)  \
	F(REQUIRED, bpf_bprintf_nest_level, int __percpu *)              \
	F(REQUIRED, bpf_event_output_nest_level, int __percpu *)         \
	F(REQUIRED, bpf_prog_active, int __percpu *)                     \
	/* kprobes and traps */                                          \
	F(REQUIRED, current_kprobe, struct kprobe *__percpu *)           \
	F(REQUIRED, ftrace_stub, void *)                                 \
	F(REQUIRED, page_fault_oops, unsigned long)                      \
	/* the return thunk in use: CONFIG_(MITIGATION_)RETHUNK */       \
	F(OPTIONAL, x86_return_thunk, void **)

#define REX_KSYM_FIELD(need, name, type) type name;

struct rex_ksyms {
	REX_KERNEL_DATA(REX_KSYM_FIELD)
};

extern struct rex_ksyms rex_ksyms;

#define REX_KSYM_DECLARE(need, name, symbol, type) \
	DECLARE_STATIC_CALL(rex_k_##name, type);

REX_KERNEL_FUNCTIONS(REX_KSYM_DECLARE)

/* rex_kcall(name)(args): call a function of the list. */
#define rex_kcall(name) static_call(rex_k_##name)

/* Whether the running kernel has the function, which is an OPTIONAL one. */
#define rex_khas(name) (!!static_call_query(rex_k_##name))

int rex_ksyms_init(void);

/**
 * rex_ksyms_lookup() - address of any kernel symbol, for init-time use
 * @name: the symbol
 *
 * Context: may sleep. Return: the address, 0 if there is none.
 */
unsigned long rex_ksyms_lookup(const char *name);

#endif /* _REX_KSYMS_H */
