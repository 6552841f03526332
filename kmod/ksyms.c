// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <linux/module.h>

#include "ksyms.h"

struct rex_ksyms rex_ksyms __ro_after_init;

static unsigned long (*lookup_name)(const char *name) __ro_after_init;

struct ksym_entry {
	const char *name;
	size_t offset;
	bool optional;
};

#define REQUIRED_AS(field, symbol)                                            \
	{                                                                     \
		.name = (symbol), .offset = offsetof(struct rex_ksyms, field) \
	}
#define REQUIRED(field) REQUIRED_AS(field, #field)
#define OPTIONAL(field)                                                      \
	{                                                                    \
		.name = #field, .offset = offsetof(struct rex_ksyms, field), \
		.optional = true,                                            \
	}

static const struct ksym_entry ksym_table[] __initconst = {
	REQUIRED_AS(text_alloc, REX_TEXT_ALLOC_SYMBOL),
	REQUIRED_AS(text_free, REX_TEXT_FREE_SYMBOL),
	REQUIRED(set_memory_ro),
	REQUIRED(set_memory_rw),
	REQUIRED(set_memory_x),
	REQUIRED(set_memory_nx),
	REQUIRED(init_mm),
	REQUIRED(flush_tlb_kernel_range),
	REQUIRED(bpf_prog_get),
	REQUIRED(bpf_arch_text_poke),
	REQUIRED(bpf_ktime_get_boot_ns),
	REQUIRED(bpf_prog_free),
	REQUIRED(bpf_map_get),
	REQUIRED(bpf_map_lookup_elem),
	REQUIRED(bpf_map_update_elem),
	REQUIRED(bpf_map_delete_elem),
	REQUIRED(__tracepoint_bpf_trace_printk),
	REQUIRED(htab_map_ops),
	REQUIRED(htab_lru_map_ops),
	REQUIRED(htab_percpu_map_ops),
	REQUIRED(htab_lru_percpu_map_ops),
	REQUIRED(percpu_array_map_ops),
	REQUIRED(trie_map_ops),
	REQUIRED(bpf_get_trace_printk_proto),
	REQUIRED(bpf_snprintf),
	REQUIRED(bpf_user_rnd_u32),
	REQUIRED(bpf_user_rnd_init_once),
	REQUIRED(bpf_ringbuf_reserve),
	REQUIRED(bpf_ringbuf_submit),
	REQUIRED(bpf_ringbuf_discard),
	REQUIRED(bpf_ringbuf_output),
	REQUIRED(bpf_ringbuf_query),
	REQUIRED(bpf_get_raw_tracepoint),
	REQUIRED(bpf_put_raw_tracepoint),
	REQUIRED(bpf_perf_prog_read_value),
	REQUIRED(bpf_clone_redirect),
	REQUIRED(bpf_csum_diff),
	REQUIRED(bpf_get_hash_recalc),
	REQUIRED(bpf_l3_csum_replace),
	REQUIRED(bpf_l4_csum_replace),
	REQUIRED(bpf_redirect),
	REQUIRED(bpf_redirect_neigh),
	REQUIRED(bpf_redirect_peer),
	REQUIRED(bpf_skb_adjust_room),
	REQUIRED(bpf_skb_change_head),
	REQUIRED(bpf_skb_change_tail),
	REQUIRED(bpf_skb_fib_lookup),
	REQUIRED(bpf_skb_load_bytes),
	REQUIRED(bpf_skb_pull_data),
	REQUIRED(bpf_skb_store_bytes),
	REQUIRED(bpf_skb_vlan_pop),
	REQUIRED(bpf_skb_vlan_push),
	REQUIRED(bpf_xdp_adjust_head),
	REQUIRED(bpf_xdp_adjust_meta),
	REQUIRED(bpf_xdp_adjust_tail),
	REQUIRED(bpf_xdp_fib_lookup),
	REQUIRED(bpf_xdp_get_buff_len),
	REQUIRED(bpf_xdp_load_bytes),
	REQUIRED(bpf_xdp_redirect),
	REQUIRED(bpf_xdp_redirect_map),
	REQUIRED(bpf_xdp_store_bytes),
	REQUIRED(bpf_get_stack),
	REQUIRED(bpf_get_stack_pe),
	REQUIRED(bpf_get_stackid),
	REQUIRED(bpf_get_stackid_pe),
	REQUIRED(bpf_event_output),
	REQUIRED(bpf_event_output_nest_level),
	REQUIRED(bpf_prog_active),
	REQUIRED(strncpy_from_kernel_nofault),
	REQUIRED(strncpy_from_user_nofault),
	REQUIRED(bpf_send_signal),
	REQUIRED(bpf_send_signal_thread),
	REQUIRED(bpf_mem_alloc_init),
	REQUIRED(bpf_mem_alloc_destroy),
	REQUIRED(bpf_mem_cache_alloc),
	REQUIRED(bpf_mem_cache_free),
	OPTIONAL(pv_is_native_spin_unlock),
	REQUIRED(bpf_ksym_add),
	REQUIRED(bpf_ksym_del),
	REQUIRED(kallsyms_lookup_size_offset),
	REQUIRED(current_kprobe),
	REQUIRED(ftrace_stub),
	REQUIRED(page_fault_oops),
	OPTIONAL(bpf_get_current_cgroup_id),
	OPTIONAL(bpf_get_current_ancestor_cgroup_id),
	OPTIONAL(bpf_skb_cgroup_id),
	OPTIONAL(bpf_skb_ancestor_cgroup_id),
	OPTIONAL(stack_trace_save_regs),
	OPTIONAL(within_error_injection_list),
	OPTIONAL(x86_return_thunk),
};

/*
 * kallsyms_lookup_name() left the exported symbols in 5.7, 0bd476e6c671
 * ("kallsyms: unexport kallsyms_lookup_name()"). register_kprobe() resolves a
 * symbol name for anybody who may load a module, so a probe that is removed at
 * once tells where it is.
 */
static int __init find_lookup_name(void)
{
	struct kprobe kp = { .symbol_name = "kallsyms_lookup_name" };
	int ret = register_kprobe(&kp);

	if (ret) {
		pr_err("cannot find kallsyms_lookup_name (%d)\n", ret);
		return ret;
	}
	lookup_name = (void *)kp.addr;
	unregister_kprobe(&kp);
	return 0;
}

unsigned long rex_ksyms_lookup(const char *name)
{
	return lookup_name(name);
}

int __init rex_ksyms_init(void)
{
	int ret = find_lookup_name();
	size_t i;

	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(ksym_table); i++) {
		const struct ksym_entry *entry = &ksym_table[i];
		unsigned long addr = lookup_name(entry->name);

		if (!addr && !entry->optional) {
			pr_err("this kernel has no symbol %s\n", entry->name);
			return -ENOENT;
		}
		*(unsigned long *)((char *)&rex_ksyms + entry->offset) = addr;
	}
	return 0;
}
