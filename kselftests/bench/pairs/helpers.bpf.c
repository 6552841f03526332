// SPDX-License-Identifier: GPL-2.0
/* Operations of helpers. */
#include "op.bpf.h"

#include <linux/if_ether.h>

OP(nothing_of_helpers)
{
	return 1;
}

OP(ktime)
{
	return bpf_ktime_get_ns() != 0;
}

OP(ktime_boot)
{
	return bpf_ktime_get_boot_ns() != 0;
}

OP(ktime_coarse)
{
	return bpf_ktime_get_coarse_ns() != 0;
}

OP(ktime_tai)
{
	return bpf_ktime_get_tai_ns() != 0;
}

OP(jiffies)
{
	return bpf_jiffies64() != 0;
}

OP(random)
{
	return bpf_get_prandom_u32() != 1;
}

OP(cpu)
{
	return bpf_get_smp_processor_id() < 4096;
}

OP(numa_node)
{
	return bpf_get_numa_node_id() < 4096;
}

static __noinline int callee(__u32 *x)
{
	*x = *x * 31 + 1;
	return *x & 1;
}

OP(three_calls)
{
	__u32 x = bpf_get_smp_processor_id();

	return (callee(&x) + callee(&x) + callee(&x)) != x;
}

OP(read_kernel)
{
	__u64 value;

	return !bpf_probe_read_kernel(&value, sizeof(value),
				      (void *)(long)ctx->data);
}

OP(read_kernel_str)
{
	char text[16];

	return bpf_probe_read_kernel_str(text, sizeof(text),
					 (void *)(long)ctx->data) == 1;
}

OP(format)
{
	static const char c_format[] = "%d of %u";
	__u64 args[] = { 12, 345 };
	char text[32];

	return bpf_snprintf(text, sizeof(text), c_format, args, sizeof(args)) ==
	       10;
}

OP(print)
{
	return bpf_printk("%d of %d\n", 12, 345) > 0;
}

struct alarm {
	struct bpf_timer timer;
	__u32 is_ready;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct alarm);
} alarms SEC(".maps");

static int ring_alarm(void *map, int *key, struct alarm *alarm)
{
	return 0;
}

OP(nothing_of_timers)
{
	return 1;
}

OP(timer_arm)
{
	__u32 key = 0;
	struct alarm *alarm = bpf_map_lookup_elem(&alarms, &key);

	if (!alarm)
		return 0;
	if (!alarm->is_ready) {
		if (bpf_timer_init(&alarm->timer, &alarms, 1) ||
		    bpf_timer_set_callback(&alarm->timer, ring_alarm))
			return 0;
		alarm->is_ready = 1;
	}
	return !bpf_timer_start(&alarm->timer, 3600ull * 1000000000, 0);
}

OP(csum_diff)
{
	__be32 from = 1, to = 4;

	return bpf_csum_diff(&from, sizeof(from), &to, sizeof(to), 5) == 8;
}

OP(fib_lookup)
{
	struct bpf_fib_lookup params = {
		.family = 2,
		.ifindex = 1,
		.ipv4_src = bpf_htonl(0x7f000001),
		.ipv4_dst = bpf_htonl(0x7f000001),
	};

	return bpf_fib_lookup(ctx, &params, sizeof(params), 0) ==
	       BPF_FIB_LKUP_RET_NOT_FWDED;
}

OP(redirect)
{
	return bpf_redirect(1, 0) == XDP_REDIRECT;
}

OP(xdp_adjust_head_and_back)
{
	return !bpf_xdp_adjust_head(ctx, -16) && !bpf_xdp_adjust_head(ctx, 16);
}

OP(xdp_adjust_meta_and_back)
{
	return !bpf_xdp_adjust_meta(ctx, -4) && !bpf_xdp_adjust_meta(ctx, 4);
}

OP(xdp_adjust_tail_and_back)
{
	return !bpf_xdp_adjust_tail(ctx, -4) && !bpf_xdp_adjust_tail(ctx, 4);
}

OP(xdp_length)
{
	return bpf_xdp_get_buff_len(ctx) != 0;
}

OP(xdp_load_bytes)
{
	__u8 bytes[16];

	return !bpf_xdp_load_bytes(ctx, ETH_HLEN, bytes, sizeof(bytes)) &&
	       bytes[0] == 0x45;
}

#define EIGHT_BYTES 0x0101010101010101

OP(xdp_store_bytes)
{
	__u64 bytes = EIGHT_BYTES;

	return !bpf_xdp_store_bytes(ctx, 0, &bytes, sizeof(bytes));
}

SKB_OP(nothing_of_skbs)
{
	return 1;
}

SKB_OP(skb_load_bytes)
{
	__u8 bytes[16];

	return !bpf_skb_load_bytes(ctx, ETH_HLEN, bytes, sizeof(bytes)) &&
	       bytes[0] == 0x45;
}

SKB_OP(skb_store_bytes)
{
	__u64 bytes = EIGHT_BYTES;

	return !bpf_skb_store_bytes(ctx, 0, &bytes, sizeof(bytes), 0);
}

SKB_OP(skb_pull_data)
{
	return !bpf_skb_pull_data(ctx, 64);
}

SKB_OP(skb_hash)
{
	return bpf_get_hash_recalc(ctx) != 0;
}

SKB_OP(skb_cgroup_id)
{
	return bpf_skb_cgroup_id(ctx) != 0;
}

SKB_OP(skb_ancestor_cgroup_id)
{
	return bpf_skb_ancestor_cgroup_id(ctx, 0) != 0;
}

SKB_OP(socket_cookie)
{
	return bpf_get_socket_cookie(ctx) != 0;
}

SKB_OP(socket_uid)
{
	return bpf_get_socket_uid(ctx) != 65534;
}

SKB_OP(skb_set_tstamp)
{
	return !bpf_skb_set_tstamp(ctx, 1, BPF_SKB_TSTAMP_DELIVERY_MONO);
}

SKB_OP(l3_csum_replace)
{
	return !bpf_l3_csum_replace(ctx, 24, 7, 7, 2);
}

SKB_OP(l4_csum_replace)
{
	return !bpf_l4_csum_replace(ctx, 40, 7, 7, 2);
}

SKB_OP(skb_vlan_push_and_pop)
{
	return !bpf_skb_vlan_push(ctx, bpf_htons(ETH_P_8021Q), 5) &&
	       !bpf_skb_vlan_pop(ctx);
}

SKB_OP(skb_change_tail_and_back)
{
	return !bpf_skb_change_tail(ctx, PACKET - 4, 0) &&
	       !bpf_skb_change_tail(ctx, PACKET, 0);
}

SKB_OP(skb_adjust_room_and_back)
{
	return !bpf_skb_adjust_room(ctx, 16, BPF_ADJ_ROOM_MAC, 0) &&
	       !bpf_skb_adjust_room(ctx, -16, BPF_ADJ_ROOM_MAC, 0);
}

SKB_OP(skb_queue_mapping)
{
	ctx->queue_mapping = 0;
	return 1;
}

SKB_OP(redirect_peer)
{
	return bpf_redirect_peer(1, 0) == TC_ACT_REDIRECT;
}

SKB_OP(redirect_neigh)
{
	return bpf_redirect_neigh(1, 0, 0, 0) == TC_ACT_REDIRECT;
}

TASK_OP(nothing_of_task_helpers)
{
	return 1;
}

TASK_OP(pid_tgid)
{
	return bpf_get_current_pid_tgid() != 0;
}

TASK_OP(uid_gid)
{
	return (__u32)bpf_get_current_uid_gid() != 1;
}

TASK_OP(comm)
{
	char name[16];

	return !bpf_get_current_comm(name, sizeof(name)) && name[0];
}

TASK_OP(cgroup_id)
{
	return bpf_get_current_cgroup_id() != 0;
}

TASK_OP(ancestor_cgroup_id)
{
	return bpf_get_current_ancestor_cgroup_id(0) != 0;
}

TASK_OP(task)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return task->pid != 0;
}

TASK_OP(read_user)
{
	__u64 value;

	return !bpf_probe_read_user(&value, sizeof(value),
				    (void *)(long)ctx->args[0]);
}

TASK_OP(read_user_str)
{
	char text[16];

	return bpf_probe_read_user_str(text, sizeof(text),
				       (void *)(long)ctx->args[0]) > 1;
}

TASK_OP(stack)
{
	__u64 addresses[32];

	return bpf_get_stack(ctx, addresses, sizeof(addresses), 0) > 0;
}

SLEEPER_OP(nothing_of_sleepers)
{
	return 1;
}

SLEEPER_OP(copy_from_user)
{
	__u64 value;

	return !bpf_copy_from_user(&value, sizeof(value), (void *)(long)ctx[0]);
}
