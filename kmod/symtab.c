// SPDX-License-Identifier: GPL-2.0
#include <linux/filter.h>
#include <linux/netdevice.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include <net/busy_poll.h>
#include <net/sch_generic.h>
#include <net/xdp.h>

#include <asm/nospec-branch.h>

#include "fastlock.h"
#include "fault.h"
#include "helpers.h"
#include "ksyms.h"
#include "stubs.h"
#include "symtab.h"
#include "testhook.h"

/**
 * struct symbol - a function
 * @name:	name that programs use
 * @addr:	the function
 */
struct symbol {
	const char *name;
	const void *addr;
};

#define SYMBOL(function)            \
	{                           \
#function, function \
	}

/* The crate's panic handler: fault.h. No gates: a panic is an end of its own. */
static const struct symbol panic_functions[] = {
	SYMBOL(rex_panic),
	SYMBOL(rex_panic_buf),
};

/* Called through gates. Those of eBPF keep its names. */
static const struct symbol helpers[] = {
	/* helpers.h */
	{ "bpf_clone_redirect", rex_clone_redirect },
	{ "bpf_csum_diff", rex_csum_diff },
	{ "bpf_fib_lookup", rex_fib_lookup },
	{ "bpf_get_current_ancestor_cgroup_id",
	  rex_get_current_ancestor_cgroup_id },
	{ "bpf_get_current_cgroup_id", rex_get_current_cgroup_id },
	{ "bpf_get_current_comm", rex_get_current_comm },
	{ "bpf_get_current_pid_tgid", rex_get_current_pid_tgid },
	{ "bpf_get_current_task", rex_get_current_task },
	{ "bpf_get_current_uid_gid", rex_get_current_uid_gid },
	{ "bpf_get_hash_recalc", rex_get_hash_recalc },
	{ "bpf_get_numa_node_id", rex_get_numa_node_id },
	{ "bpf_get_prandom_u32", rex_get_prandom_u32 },
	{ "bpf_get_smp_processor_id", rex_get_smp_processor_id },
	{ "bpf_get_stack", rex_get_stack },
	{ "bpf_get_stack_pe", rex_get_stack_pe },
	{ "bpf_get_stackid", rex_get_stackid },
	{ "bpf_get_stackid_pe", rex_get_stackid_pe },
	{ "bpf_jiffies64", rex_jiffies64 },
	{ "bpf_ktime_get_boot_ns", rex_ktime_get_boot_ns },
	{ "bpf_ktime_get_coarse_ns", rex_ktime_get_coarse_ns },
	{ "bpf_ktime_get_ns", rex_ktime_get_ns },
	{ "bpf_ktime_get_tai_ns", rex_ktime_get_tai_ns },
	{ "bpf_l3_csum_replace", rex_l3_csum_replace },
	{ "bpf_l4_csum_replace", rex_l4_csum_replace },
	{ "bpf_map_delete_elem", rex_map_delete_elem },
	{ "bpf_map_lookup_elem", rex_map_lookup_elem },
	{ "bpf_map_lookup_percpu_elem", rex_map_lookup_percpu_elem },
	{ "bpf_map_peek_elem", rex_map_peek_elem },
	{ "bpf_map_pop_elem", rex_map_pop_elem },
	{ "bpf_map_push_elem", rex_map_push_elem },
	{ "bpf_map_update_elem", rex_map_update_elem },
	{ "bpf_perf_event_output", rex_perf_event_output },
	{ "bpf_perf_prog_read_value", rex_perf_prog_read_value },
	{ "bpf_probe_read_kernel", rex_probe_read_kernel },
	{ "bpf_probe_read_kernel_str", rex_probe_read_kernel_str },
	{ "bpf_probe_read_user", rex_probe_read_user },
	{ "bpf_probe_read_user_str", rex_probe_read_user_str },
	{ "bpf_redirect", rex_redirect },
	{ "bpf_redirect_map", rex_redirect_map },
	{ "bpf_redirect_neigh", rex_redirect_neigh },
	{ "bpf_redirect_peer", rex_redirect_peer },
	{ "bpf_ringbuf_discard", rex_ringbuf_discard },
	{ "bpf_ringbuf_output", rex_ringbuf_output },
	{ "bpf_ringbuf_query", rex_ringbuf_query },
	{ "bpf_ringbuf_reserve", rex_ringbuf_reserve },
	{ "bpf_ringbuf_submit", rex_ringbuf_submit },
	{ "bpf_send_signal", rex_send_signal },
	{ "bpf_send_signal_thread", rex_send_signal_thread },
	{ "bpf_skb_adjust_room", rex_skb_adjust_room },
	{ "bpf_skb_ancestor_cgroup_id", rex_skb_ancestor_cgroup_id },
	{ "bpf_skb_cgroup_id", rex_skb_cgroup_id },
	{ "bpf_skb_change_head", rex_skb_change_head },
	{ "bpf_skb_change_tail", rex_skb_change_tail },
	{ "bpf_skb_load_bytes", rex_skb_load_bytes },
	{ "bpf_skb_pull_data", rex_skb_pull_data },
	{ "bpf_skb_store_bytes", rex_skb_store_bytes },
	{ "bpf_skb_vlan_pop", rex_skb_vlan_pop },
	{ "bpf_skb_vlan_push", rex_skb_vlan_push },
	{ "bpf_snprintf", rex_snprintf },
	{ "bpf_spin_lock", rex_spin_lock },
	{ "bpf_spin_unlock", rex_spin_unlock },
	{ "bpf_xdp_adjust_head", rex_xdp_adjust_head },
	{ "bpf_xdp_adjust_meta", rex_xdp_adjust_meta },
	{ "bpf_xdp_adjust_tail", rex_xdp_adjust_tail },
	{ "bpf_xdp_get_buff_len", rex_xdp_get_buff_len },
	{ "bpf_xdp_load_bytes", rex_xdp_load_bytes },
	{ "bpf_xdp_store_bytes", rex_xdp_store_bytes },
	SYMBOL(rex_heap_alloc),
	SYMBOL(rex_heap_free),
	SYMBOL(rex_heap_realloc),
	SYMBOL(rex_override_return),
	SYMBOL(rex_perf_sample_addr),
	SYMBOL(rex_perf_sample_period),
	SYMBOL(rex_skb_vlan_present),
	SYMBOL(rex_task_from_pid),
	SYMBOL(rex_task_process_runtime),
	SYMBOL(rex_task_release),
	SYMBOL(rex_task_user_regs),
	SYMBOL(rex_trace_printk),

	/* What LLVM calls by itself; a loop may be made of nothing else. */
	{ "bcmp", memcmp },
	SYMBOL(memcmp),
	SYMBOL(memcpy),
	SYMBOL(memmove),
	SYMBOL(memset),
};

static u64 gates[ARRAY_SIZE(helpers)] __ro_after_init;

/*
 * Called through gates as well: how the kernel looks up an element in a map of
 * that type, without asking the map for its type.
 */
struct lookup {
	const char *name;
	const struct bpf_map_ops *const *ops;
};

static const struct lookup lookups[] = {
	{ "rex_lookup_hash", &rex_ksyms.htab_map_ops },
	{ "rex_lookup_lpm_trie", &rex_ksyms.trie_map_ops },
	{ "rex_lookup_lru_hash", &rex_ksyms.htab_lru_map_ops },
	{ "rex_lookup_lru_percpu_hash", &rex_ksyms.htab_lru_percpu_map_ops },
	{ "rex_lookup_percpu_array", &rex_ksyms.percpu_array_map_ops },
	{ "rex_lookup_percpu_hash", &rex_ksyms.htab_percpu_map_ops },
};

static u64 lookup_gates[ARRAY_SIZE(lookups)] __ro_after_init;

#define INDIRECT_THUNK(reg)                                              \
	{                                                                \
		"__x86_indirect_thunk_" #reg, __x86_indirect_thunk_##reg \
	}

static const struct symbol indirect_thunks[] = {
	INDIRECT_THUNK(rax), INDIRECT_THUNK(rcx), INDIRECT_THUNK(rdx),
	INDIRECT_THUNK(rbx), INDIRECT_THUNK(rbp), INDIRECT_THUNK(rsi),
	INDIRECT_THUNK(rdi), INDIRECT_THUNK(r8),  INDIRECT_THUNK(r9),
	INDIRECT_THUNK(r10), INDIRECT_THUNK(r11), INDIRECT_THUNK(r12),
	INDIRECT_THUNK(r13), INDIRECT_THUNK(r14), INDIRECT_THUNK(r15),
};

/*
 * Absolute symbols: the address is the offset of a field in the running
 * kernel, so that one object serves kernels with different layouts. The crate
 * folds it into the instruction that reads the field. To add a field, add a
 * line here and declare the symbol in the crate.
 */
struct field_offset {
	const char *name;
	u64 offset;
};

#define FIELD(type, field)                                                  \
	{                                                                   \
		"__rex_off_" #type "_" #field, offsetof(struct type, field) \
	}

/* A field that is not a plain member. */
#define FIELD_AS(type, name, field)                                        \
	{                                                                  \
		"__rex_off_" #type "_" #name, offsetof(struct type, field) \
	}

static const struct field_offset field_offsets[] = {
	FIELD(bpf_skb_data_end, data_meta), /* in sk_buff.cb */
	FIELD(bpf_perf_event_data_kern, regs),
	FIELD(net_device, ifindex),
	FIELD(qdisc_skb_cb, data), /* in sk_buff.cb */
	FIELD(qdisc_skb_cb, tc_classid),
	FIELD(sk_buff, cb),
	FIELD_AS(sk_buff, cloned, __cloned_offset), /* the byte: CLONED_MASK */
	FIELD(sk_buff, data),
	FIELD(sk_buff, data_len),
	FIELD(sk_buff, dev),
	FIELD(sk_buff, hash),
	FIELD(sk_buff, head),
	FIELD(sk_buff, len),
	FIELD(sk_buff, mark),
#ifdef CONFIG_NET_RX_BUSY_POLL
	FIELD(sk_buff, napi_id),
#endif
	FIELD_AS(sk_buff, pkt_type, __pkt_type_offset), /* PKT_TYPE_MAX */
	FIELD(sk_buff, priority),
	FIELD(sk_buff, protocol),
	FIELD(sk_buff, queue_mapping),
	FIELD(sk_buff, skb_iif),
	FIELD(sk_buff, tc_index),
	FIELD(sk_buff, vlan_proto),
	FIELD(sk_buff, vlan_tci),
	FIELD(task_struct, comm),
	FIELD(task_struct, pid),
	FIELD(task_struct, stime),
	FIELD_AS(task_struct, sum_exec_runtime, se.sum_exec_runtime),
	FIELD(task_struct, tgid),
	FIELD(task_struct, utime),
	FIELD(xdp_buff, data),
	FIELD(xdp_buff, data_end),
	FIELD(xdp_buff, data_meta),
	FIELD(xdp_buff, rxq),
	FIELD(xdp_buff, txq),
	FIELD(xdp_rxq_info, dev),
	FIELD_AS(xdp_rxq_info, mem_type, mem.type),
	FIELD(xdp_rxq_info, queue_index),
	FIELD(xdp_txq_info, dev),

	/* No offsets but constants. */
	{ "__rex_mem_type_xsk_buff_pool", MEM_TYPE_XSK_BUFF_POOL },
	{ "__rex_min_napi_id", MIN_NAPI_ID },
};

static bool find_function(const struct symbol *table, size_t nr,
			  const char *name, size_t *index)
{
	for (*index = 0; *index < nr; ++*index)
		if (!strcmp(table[*index].name, name))
			return true;
	return false;
}

static bool find_lookup(const char *name, u64 *addr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lookups); i++) {
		if (strcmp(lookups[i].name, name))
			continue;
		*addr = lookup_gates[i];
		return true;
	}
	return false;
}

static bool find_address(const char *name, u64 *addr)
{
	size_t i;

	if (find_function(helpers, ARRAY_SIZE(helpers), name, &i))
		*addr = gates[i];
	else if (find_function(panic_functions, ARRAY_SIZE(panic_functions),
			       name, &i))
		*addr = (u64)panic_functions[i].addr;
	else if (find_function(indirect_thunks, ARRAY_SIZE(indirect_thunks),
			       name, &i))
		*addr = (u64)indirect_thunks[i].addr;
	else
		return find_lookup(name, addr);
	return true;
}

static bool find_offset(const char *name, u64 *offset)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(field_offsets); i++) {
		if (strcmp(field_offsets[i].name, name))
			continue;
		*offset = field_offsets[i].offset;
		return true;
	}
	return false;
}

int rex_symtab_resolve(const char *name, struct rex_symbol *sym)
{
	sym->flags = 0;
	if (!strcmp(name, "__x86_return_thunk")) {
		sym->flags = REX_SYM_RETURN_THUNK;
		sym->value = rex_stubs_return_thunk();
		return 0;
	}
	if (find_address(name, &sym->value) || find_offset(name, &sym->value))
		return 0;
	return -ENOENT;
}

static u64 __init gate_of(const void *function)
{
	return rex_unprotected & REX_UNPROTECTED_GATES ?
		       (u64)function :
		       rex_stubs_emit_gate(function);
}

void __init rex_symtab_init(void)
{
	size_t i, lock, unlock;

	for (i = 0; i < ARRAY_SIZE(helpers); i++)
		gates[i] = gate_of(helpers[i].addr);
	for (i = 0; i < ARRAY_SIZE(lookups); i++)
		lookup_gates[i] = gate_of((*lookups[i].ops)->map_lookup_elem);
	if (!(rex_unprotected & REX_UNPROTECTED_GATES) &&
	    find_function(helpers, ARRAY_SIZE(helpers), "bpf_spin_lock",
			  &lock) &&
	    find_function(helpers, ARRAY_SIZE(helpers), "bpf_spin_unlock",
			  &unlock))
		rex_fastlock_emit(&gates[lock], &gates[unlock]);
}
