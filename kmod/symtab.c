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
#include <net/sock.h>
#include <net/xdp.h>

#include <asm/nospec-branch.h>

#include "compat.h"
#include "fastlock.h"
#include "fault.h"
#include "helpers.h"
#include "ksyms.h"
#include "stubs.h"
#include "symtab.h"
#include "testhook.h"

/**
 * struct symbol - what a program may refer to
 * @name:	name that programs use
 * @value:	address of a function, or what the table's comment says
 */
struct symbol {
	const char *name;
	u64 value;
};

#define FUNCTION(name, function)    \
	{                           \
		name, (u64)function \
	}

#define SYMBOL(function) FUNCTION(#function, function)

/* The crate's panic handler: fault.h. No gates: a panic is an end of its own. */
static const struct symbol panic_functions[] = {
	SYMBOL(rex_panic),
	SYMBOL(rex_panic_buf),
};

/* Called through gates. Those of eBPF keep its names. */
static const struct symbol helpers[] = {
	/* helpers.h */
	FUNCTION("bpf_clone_redirect", rex_clone_redirect),
	FUNCTION("bpf_csum_diff", rex_csum_diff),
	FUNCTION("bpf_fib_lookup", rex_fib_lookup),
	FUNCTION("bpf_get_current_ancestor_cgroup_id",
		 rex_get_current_ancestor_cgroup_id),
	FUNCTION("bpf_get_current_cgroup_id", rex_get_current_cgroup_id),
	FUNCTION("bpf_get_current_comm", rex_get_current_comm),
	FUNCTION("bpf_get_current_pid_tgid", rex_get_current_pid_tgid),
	FUNCTION("bpf_get_current_task", rex_get_current_task),
	FUNCTION("bpf_get_current_uid_gid", rex_get_current_uid_gid),
	FUNCTION("bpf_get_hash_recalc", rex_get_hash_recalc),
	FUNCTION("bpf_get_numa_node_id", rex_get_numa_node_id),
	FUNCTION("bpf_get_prandom_u32", rex_get_prandom_u32),
	FUNCTION("bpf_get_smp_processor_id", rex_get_smp_processor_id),
	FUNCTION("bpf_get_stack", rex_get_stack),
	FUNCTION("bpf_get_stack_pe", rex_get_stack_pe),
	FUNCTION("bpf_get_stackid", rex_get_stackid),
	FUNCTION("bpf_get_stackid_pe", rex_get_stackid_pe),
	FUNCTION("bpf_jiffies64", rex_jiffies64),
	FUNCTION("bpf_ktime_get_boot_ns", rex_ktime_get_boot_ns),
	FUNCTION("bpf_ktime_get_coarse_ns", rex_ktime_get_coarse_ns),
	FUNCTION("bpf_ktime_get_ns", rex_ktime_get_ns),
	FUNCTION("bpf_ktime_get_tai_ns", rex_ktime_get_tai_ns),
	FUNCTION("bpf_l3_csum_replace", rex_l3_csum_replace),
	FUNCTION("bpf_l4_csum_replace", rex_l4_csum_replace),
	FUNCTION("bpf_map_delete_elem", rex_map_delete_elem),
	FUNCTION("bpf_map_lookup_elem", rex_map_lookup_elem),
	FUNCTION("bpf_map_lookup_percpu_elem", rex_map_lookup_percpu_elem),
	FUNCTION("bpf_map_peek_elem", rex_map_peek_elem),
	FUNCTION("bpf_map_pop_elem", rex_map_pop_elem),
	FUNCTION("bpf_map_push_elem", rex_map_push_elem),
	FUNCTION("bpf_map_update_elem", rex_map_update_elem),
	FUNCTION("bpf_perf_event_output", rex_perf_event_output),
	FUNCTION("bpf_perf_prog_read_value", rex_perf_prog_read_value),
	FUNCTION("bpf_probe_read_kernel", rex_probe_read_kernel),
	FUNCTION("bpf_probe_read_kernel_str", rex_probe_read_kernel_str),
	FUNCTION("bpf_probe_read_user", rex_probe_read_user),
	FUNCTION("bpf_probe_read_user_str", rex_probe_read_user_str),
	FUNCTION("bpf_redirect", rex_redirect),
	FUNCTION("bpf_redirect_map", rex_redirect_map),
	FUNCTION("bpf_redirect_neigh", rex_redirect_neigh),
	FUNCTION("bpf_redirect_peer", rex_redirect_peer),
	FUNCTION("bpf_ringbuf_discard", rex_ringbuf_discard),
	FUNCTION("bpf_ringbuf_output", rex_ringbuf_output),
	FUNCTION("bpf_ringbuf_query", rex_ringbuf_query),
	FUNCTION("bpf_ringbuf_reserve", rex_ringbuf_reserve),
	FUNCTION("bpf_ringbuf_submit", rex_ringbuf_submit),
	FUNCTION("bpf_send_signal", rex_send_signal),
	FUNCTION("bpf_send_signal_thread", rex_send_signal_thread),
	FUNCTION("bpf_skb_adjust_room", rex_skb_adjust_room),
	FUNCTION("bpf_skb_ancestor_cgroup_id", rex_skb_ancestor_cgroup_id),
	FUNCTION("bpf_skb_cgroup_id", rex_skb_cgroup_id),
	FUNCTION("bpf_skb_change_head", rex_skb_change_head),
	FUNCTION("bpf_skb_change_tail", rex_skb_change_tail),
	FUNCTION("bpf_skb_load_bytes", rex_skb_load_bytes),
	FUNCTION("bpf_skb_pull_data", rex_skb_pull_data),
	FUNCTION("bpf_skb_store_bytes", rex_skb_store_bytes),
	FUNCTION("bpf_skb_vlan_pop", rex_skb_vlan_pop),
	FUNCTION("bpf_skb_vlan_push", rex_skb_vlan_push),
	FUNCTION("bpf_snprintf", rex_snprintf),
	FUNCTION("bpf_spin_lock", rex_spin_lock),
	FUNCTION("bpf_spin_unlock", rex_spin_unlock),
	FUNCTION("bpf_xdp_adjust_head", rex_xdp_adjust_head),
	FUNCTION("bpf_xdp_adjust_meta", rex_xdp_adjust_meta),
	FUNCTION("bpf_xdp_adjust_tail", rex_xdp_adjust_tail),
	FUNCTION("bpf_xdp_get_buff_len", rex_xdp_get_buff_len),
	FUNCTION("bpf_xdp_load_bytes", rex_xdp_load_bytes),
	FUNCTION("bpf_xdp_store_bytes", rex_xdp_store_bytes),
	SYMBOL(rex_heap_alloc),
	SYMBOL(rex_heap_free),
	SYMBOL(rex_heap_realloc),
	SYMBOL(rex_override_return),
	SYMBOL(rex_perf_sample_addr),
	SYMBOL(rex_perf_sample_period),
	SYMBOL(rex_skb_set_queue_mapping),
	SYMBOL(rex_skb_vlan_present),
	SYMBOL(rex_task_from_pid),
	SYMBOL(rex_task_process_runtime),
	SYMBOL(rex_task_release),
	SYMBOL(rex_task_user_regs),
	SYMBOL(rex_trace_printk),

	/* What LLVM calls by itself; a loop may be made of nothing else. */
	FUNCTION("bcmp", memcmp),
	SYMBOL(memcmp),
	SYMBOL(memcpy),
	SYMBOL(memmove),
	SYMBOL(memset),
};

static u64 gates[ARRAY_SIZE(helpers)] __ro_after_init;

#define LOOKUP(type, map_ops)                                \
	{                                                    \
		"rex_lookup_" #type, (u64)&rex_ksyms.map_ops \
	}

/*
 * Called through gates as well: how the kernel looks up an element in a map of
 * that type, without asking the map for its type. The values are where to find
 * the type's operations (struct bpf_map_ops **), which are not known yet.
 */
static const struct symbol lookups[] = {
	LOOKUP(hash, htab_map_ops),
	LOOKUP(lpm_trie, trie_map_ops),
	LOOKUP(lru_hash, htab_lru_map_ops),
	LOOKUP(lru_percpu_hash, htab_lru_percpu_map_ops),
	LOOKUP(percpu_array, percpu_array_map_ops),
	LOOKUP(percpu_hash, htab_percpu_map_ops),
};

static u64 lookup_gates[ARRAY_SIZE(lookups)] __ro_after_init;

#define INDIRECT_THUNK(reg) SYMBOL(__x86_indirect_thunk_##reg)

static const struct symbol indirect_thunks[] = {
	INDIRECT_THUNK(rax), INDIRECT_THUNK(rcx), INDIRECT_THUNK(rdx),
	INDIRECT_THUNK(rbx), INDIRECT_THUNK(rbp), INDIRECT_THUNK(rsi),
	INDIRECT_THUNK(rdi), INDIRECT_THUNK(r8),  INDIRECT_THUNK(r9),
	INDIRECT_THUNK(r10), INDIRECT_THUNK(r11), INDIRECT_THUNK(r12),
	INDIRECT_THUNK(r13), INDIRECT_THUNK(r14), INDIRECT_THUNK(r15),
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

/* A field that not every kernel has: its offset, or REX_NO_FIELD. */
#define OPTIONAL_FIELD(type, field, offset)           \
	{                                             \
		"__rex_opt_" #type "_" #field, offset \
	}

#ifdef CONFIG_NET_RX_BUSY_POLL
#define OFFSET_NAPI_ID offsetof(struct sk_buff, napi_id)
#else
#define OFFSET_NAPI_ID REX_NO_FIELD
#endif

#if IS_ENABLED(CONFIG_IPV6)
#define OFFSET_V6_DADDR offsetof(struct sock_common, skc_v6_daddr)
#define OFFSET_V6_RCV_SADDR offsetof(struct sock_common, skc_v6_rcv_saddr)
#else
#define OFFSET_V6_DADDR REX_NO_FIELD
#define OFFSET_V6_RCV_SADDR REX_NO_FIELD
#endif

/*
 * Absolute symbols: the address is the offset of a field in the running
 * kernel, so that one object serves kernels with different layouts. The crate
 * folds it into the instruction that reads the field. To add a field, add a
 * line here and declare the symbol in the crate: see rex/README.md.
 */
static const struct symbol field_offsets[] = {
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
	FIELD_AS(sk_buff, pkt_type, __pkt_type_offset), /* PKT_TYPE_MAX */
	FIELD(sk_buff, priority),
	FIELD(sk_buff, protocol),
	FIELD(sk_buff, queue_mapping),
	FIELD(sk_buff, sk),
	FIELD(sk_buff, skb_iif),
	FIELD(sk_buff, tc_index),
	FIELD(sk_buff, vlan_proto),
	FIELD(sk_buff, vlan_tci),
	FIELD(sock_common, skc_bound_dev_if),
	FIELD(sock_common, skc_daddr),
	FIELD(sock_common, skc_dport),
	FIELD(sock_common, skc_family),
	FIELD(sock_common, skc_num),
	FIELD(sock_common, skc_rcv_saddr),
	FIELD(sock_common, skc_state),
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

	OPTIONAL_FIELD(net_device, xdp_features,
		       rex_compat_offset_xdp_features),
	OPTIONAL_FIELD(sk_buff, napi_id, OFFSET_NAPI_ID),
	OPTIONAL_FIELD(sock_common, skc_v6_daddr, OFFSET_V6_DADDR),
	OPTIONAL_FIELD(sock_common, skc_v6_rcv_saddr, OFFSET_V6_RCV_SADDR),

	/* No offsets but constants. */
	{ "__rex_mem_type_xsk_buff_pool", MEM_TYPE_XSK_BUFF_POOL },
	{ "__rex_min_napi_id", MIN_NAPI_ID },
};

#define TABLE(name, gates)                    \
	{                                     \
		name, gates, ARRAY_SIZE(name) \
	}

/**
 * struct table - symbols of one kind
 * @symbols:	the symbols
 * @gates:	what stands for each symbol's value; NULL: the value itself
 * @nr:		of symbols
 */
static const struct table {
	const struct symbol *symbols;
	const u64 *gates;
	size_t nr;
} tables[] = {
	TABLE(helpers, gates),	      TABLE(lookups, lookup_gates),
	TABLE(field_offsets, NULL),   TABLE(indirect_thunks, NULL),
	TABLE(panic_functions, NULL),
};

static bool find(const struct table *table, const char *name, size_t *index)
{
	for (*index = 0; *index < table->nr; ++*index)
		if (!strcmp(table->symbols[*index].name, name))
			return true;
	return false;
}

int rex_symtab_resolve(const char *name, struct rex_symbol *sym)
{
	size_t i, at;

	sym->flags = 0;
	if (!strcmp(name, "__x86_return_thunk")) {
		sym->flags = REX_SYM_RETURN_THUNK;
		sym->value = rex_stubs_return_thunk();
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		const struct table *table = &tables[i];

		if (!find(table, name, &at))
			continue;
		sym->value = table->gates ? table->gates[at] :
					    table->symbols[at].value;
		return 0;
	}
	return -ENOENT;
}

static u64 __init gate_of(u64 function)
{
	return rex_unprotected & REX_UNPROTECTED_GATES ?
		       function :
		       rex_stubs_emit_gate((void *)function);
}

/* Locks have gates of their own. */
static void __init emit_locks(void)
{
	size_t lock, unlock;

	if (rex_unprotected & REX_UNPROTECTED_GATES ||
	    WARN_ON(!find(&tables[0], "bpf_spin_lock", &lock) ||
		    !find(&tables[0], "bpf_spin_unlock", &unlock)))
		return;
	rex_fastlock_emit(&gates[lock], &gates[unlock]);
}

void __init rex_symtab_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(helpers); i++)
		gates[i] = gate_of(helpers[i].value);
	for (i = 0; i < ARRAY_SIZE(lookups); i++) {
		const struct bpf_map_ops *const *ops = (void *)lookups[i].value;

		lookup_gates[i] = gate_of((u64)(*ops)->map_lookup_elem);
	}
	emit_locks();
}
