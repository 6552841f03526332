// SPDX-License-Identifier: GPL-2.0
//! Constants of eBPF.
//! C counterpart: `include/uapi/linux/bpf.h`, `enum bpf_map_type` and others.

#![allow(non_camel_case_types)]

pub use super::perf_event::bpf_perf_event_value;

/// The type of a map: one of `BPF_MAP_TYPE_*`.
pub type bpf_map_type = u32;
/// The type of a program: one of `BPF_PROG_TYPE_*`.
pub type bpf_prog_type = u32;

/// Map type: unspec.
pub const BPF_MAP_TYPE_UNSPEC: bpf_map_type = 0;
/// Map type: hash.
pub const BPF_MAP_TYPE_HASH: bpf_map_type = 1;
/// Map type: array.
pub const BPF_MAP_TYPE_ARRAY: bpf_map_type = 2;
/// Map type: prog array.
pub const BPF_MAP_TYPE_PROG_ARRAY: bpf_map_type = 3;
/// Map type: perf event array.
pub const BPF_MAP_TYPE_PERF_EVENT_ARRAY: bpf_map_type = 4;
/// Map type: percpu hash.
pub const BPF_MAP_TYPE_PERCPU_HASH: bpf_map_type = 5;
/// Map type: percpu array.
pub const BPF_MAP_TYPE_PERCPU_ARRAY: bpf_map_type = 6;
/// Map type: stack trace.
pub const BPF_MAP_TYPE_STACK_TRACE: bpf_map_type = 7;
/// Map type: cgroup array.
pub const BPF_MAP_TYPE_CGROUP_ARRAY: bpf_map_type = 8;
/// Map type: lru hash.
pub const BPF_MAP_TYPE_LRU_HASH: bpf_map_type = 9;
/// Map type: lru percpu hash.
pub const BPF_MAP_TYPE_LRU_PERCPU_HASH: bpf_map_type = 10;
/// Map type: lpm trie.
pub const BPF_MAP_TYPE_LPM_TRIE: bpf_map_type = 11;
/// Map type: array of maps.
pub const BPF_MAP_TYPE_ARRAY_OF_MAPS: bpf_map_type = 12;
/// Map type: hash of maps.
pub const BPF_MAP_TYPE_HASH_OF_MAPS: bpf_map_type = 13;
/// Map type: devmap.
pub const BPF_MAP_TYPE_DEVMAP: bpf_map_type = 14;
/// Map type: sockmap.
pub const BPF_MAP_TYPE_SOCKMAP: bpf_map_type = 15;
/// Map type: cpumap.
pub const BPF_MAP_TYPE_CPUMAP: bpf_map_type = 16;
/// Map type: xskmap.
pub const BPF_MAP_TYPE_XSKMAP: bpf_map_type = 17;
/// Map type: sockhash.
pub const BPF_MAP_TYPE_SOCKHASH: bpf_map_type = 18;
/// Map type: cgroup storage.
pub const BPF_MAP_TYPE_CGROUP_STORAGE: bpf_map_type = 19;
/// Map type: reuseport sockarray.
pub const BPF_MAP_TYPE_REUSEPORT_SOCKARRAY: bpf_map_type = 20;
/// Map type: percpu cgroup storage.
pub const BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE: bpf_map_type = 21;
/// Map type: queue.
pub const BPF_MAP_TYPE_QUEUE: bpf_map_type = 22;
/// Map type: stack.
pub const BPF_MAP_TYPE_STACK: bpf_map_type = 23;
/// Map type: sk storage.
pub const BPF_MAP_TYPE_SK_STORAGE: bpf_map_type = 24;
/// Map type: devmap hash.
pub const BPF_MAP_TYPE_DEVMAP_HASH: bpf_map_type = 25;
/// Map type: struct ops.
pub const BPF_MAP_TYPE_STRUCT_OPS: bpf_map_type = 26;
/// Map type: ringbuf.
pub const BPF_MAP_TYPE_RINGBUF: bpf_map_type = 27;
/// Map type: inode storage.
pub const BPF_MAP_TYPE_INODE_STORAGE: bpf_map_type = 28;
/// Map type: task storage.
pub const BPF_MAP_TYPE_TASK_STORAGE: bpf_map_type = 29;
/// Map type: bloom filter.
pub const BPF_MAP_TYPE_BLOOM_FILTER: bpf_map_type = 30;
/// Map type: user ringbuf.
pub const BPF_MAP_TYPE_USER_RINGBUF: bpf_map_type = 31;
/// Map type: cgrp storage.
pub const BPF_MAP_TYPE_CGRP_STORAGE: bpf_map_type = 32;

/// Program type: unspec.
pub const BPF_PROG_TYPE_UNSPEC: bpf_prog_type = 0;
/// Program type: socket filter.
pub const BPF_PROG_TYPE_SOCKET_FILTER: bpf_prog_type = 1;
/// Program type: kprobe.
pub const BPF_PROG_TYPE_KPROBE: bpf_prog_type = 2;
/// Program type: sched cls.
pub const BPF_PROG_TYPE_SCHED_CLS: bpf_prog_type = 3;
/// Program type: sched act.
pub const BPF_PROG_TYPE_SCHED_ACT: bpf_prog_type = 4;
/// Program type: tracepoint.
pub const BPF_PROG_TYPE_TRACEPOINT: bpf_prog_type = 5;
/// Program type: xdp.
pub const BPF_PROG_TYPE_XDP: bpf_prog_type = 6;
/// Program type: perf event.
pub const BPF_PROG_TYPE_PERF_EVENT: bpf_prog_type = 7;
/// Program type: cgroup skb.
pub const BPF_PROG_TYPE_CGROUP_SKB: bpf_prog_type = 8;
/// Program type: cgroup sock.
pub const BPF_PROG_TYPE_CGROUP_SOCK: bpf_prog_type = 9;
/// Program type: lwt in.
pub const BPF_PROG_TYPE_LWT_IN: bpf_prog_type = 10;
/// Program type: lwt out.
pub const BPF_PROG_TYPE_LWT_OUT: bpf_prog_type = 11;
/// Program type: lwt xmit.
pub const BPF_PROG_TYPE_LWT_XMIT: bpf_prog_type = 12;
/// Program type: sock ops.
pub const BPF_PROG_TYPE_SOCK_OPS: bpf_prog_type = 13;
/// Program type: sk skb.
pub const BPF_PROG_TYPE_SK_SKB: bpf_prog_type = 14;
/// Program type: cgroup device.
pub const BPF_PROG_TYPE_CGROUP_DEVICE: bpf_prog_type = 15;
/// Program type: sk msg.
pub const BPF_PROG_TYPE_SK_MSG: bpf_prog_type = 16;
/// Program type: raw tracepoint.
pub const BPF_PROG_TYPE_RAW_TRACEPOINT: bpf_prog_type = 17;
/// Program type: cgroup sock addr.
pub const BPF_PROG_TYPE_CGROUP_SOCK_ADDR: bpf_prog_type = 18;
/// Program type: lwt seg6local.
pub const BPF_PROG_TYPE_LWT_SEG6LOCAL: bpf_prog_type = 19;
/// Program type: lirc mode2.
pub const BPF_PROG_TYPE_LIRC_MODE2: bpf_prog_type = 20;
/// Program type: sk reuseport.
pub const BPF_PROG_TYPE_SK_REUSEPORT: bpf_prog_type = 21;
/// Program type: flow dissector.
pub const BPF_PROG_TYPE_FLOW_DISSECTOR: bpf_prog_type = 22;
/// Program type: cgroup sysctl.
pub const BPF_PROG_TYPE_CGROUP_SYSCTL: bpf_prog_type = 23;
/// Program type: raw tracepoint writable.
pub const BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE: bpf_prog_type = 24;
/// Program type: cgroup sockopt.
pub const BPF_PROG_TYPE_CGROUP_SOCKOPT: bpf_prog_type = 25;
/// Program type: tracing.
pub const BPF_PROG_TYPE_TRACING: bpf_prog_type = 26;
/// Program type: struct ops.
pub const BPF_PROG_TYPE_STRUCT_OPS: bpf_prog_type = 27;
/// Program type: ext.
pub const BPF_PROG_TYPE_EXT: bpf_prog_type = 28;
/// Program type: lsm.
pub const BPF_PROG_TYPE_LSM: bpf_prog_type = 29;
/// Program type: sk lookup.
pub const BPF_PROG_TYPE_SK_LOOKUP: bpf_prog_type = 30;
/// Program type: syscall.
pub const BPF_PROG_TYPE_SYSCALL: bpf_prog_type = 31;

/// Update: create an element or replace it.
pub const BPF_ANY: u64 = 0;
/// Update: create an element, fail if there is one.
pub const BPF_NOEXIST: u64 = 1;
/// Update: replace an element, fail if there is none. Push: drop the oldest value
/// if there is no room.
pub const BPF_EXIST: u64 = 2;

/// Storage: make the value if there is none.
pub const BPF_LOCAL_STORAGE_GET_F_CREATE: u64 = 1 << 0;

/// Map flag: allocate elements of a hash table when they are inserted.
pub const BPF_F_NO_PREALLOC: u32 = 1 << 0;
/// Map flag: an LRU list for each CPU.
pub const BPF_F_NO_COMMON_LRU: u32 = 1 << 1;
/// Map flag: allocate on the NUMA node that is given.
pub const BPF_F_NUMA_NODE: u32 = 1 << 2;
/// Map flag: userspace can only read it.
pub const BPF_F_RDONLY: u32 = 1 << 3;
/// Map flag: userspace can only write it.
pub const BPF_F_WRONLY: u32 = 1 << 4;
/// Map flag: no random seed for the hash.
pub const BPF_F_ZERO_SEED: u32 = 1 << 6;
/// Map flag: userspace can map the array into memory.
pub const BPF_F_MMAPABLE: u32 = 1 << 10;

/// XDP action: an error in the program. The packet is dropped, and an event of
/// the tracepoint `xdp:xdp_exception` is made.
pub const XDP_ABORTED: u32 = 0;
/// XDP action: drop the packet.
pub const XDP_DROP: u32 = 1;
/// XDP action: hand the packet to the kernel.
pub const XDP_PASS: u32 = 2;
/// XDP action: send the packet out of the device that it came from.
pub const XDP_TX: u32 = 3;
/// XDP action: send the packet where a redirect helper said.
pub const XDP_REDIRECT: u32 = 4;

/// Attach type of XDP programs that run for packets redirected to a device.
pub const BPF_XDP_DEVMAP: u32 = 33;

/// Redirect: to the receiving side of the device.
pub const BPF_F_INGRESS: u64 = 1 << 0;
/// Redirect: to all devices in the map.
pub const BPF_F_BROADCAST: u64 = 1 << 3;
/// Redirect: not to the device that the packet came from.
pub const BPF_F_EXCLUDE_INGRESS: u64 = 1 << 4;

/// Storing bytes: correct the checksum of the whole packet.
pub const BPF_F_RECOMPUTE_CSUM: u64 = 1 << 0;
/// Storing bytes: the packet's hash is no longer valid.
pub const BPF_F_INVALIDATE_HASH: u64 = 1 << 1;
/// Checksum: the field covers a pseudo header, which has changed.
pub const BPF_F_PSEUDO_HDR: u64 = 1 << 4;
/// Checksum: a field of 0 means that there is none.
pub const BPF_F_MARK_MANGLED_0: u64 = 1 << 5;
/// Checksum: a field that becomes 0 is stored as 0xffff.
pub const BPF_F_MARK_ENFORCE: u64 = 1 << 6;

/// Time of a packet: none, or that of another clock.
pub const BPF_SKB_TSTAMP_UNSPEC: u32 = 0;
/// Time of a packet: when to deliver it, of `CLOCK_MONOTONIC`.
pub const BPF_SKB_TSTAMP_DELIVERY_MONO: u32 = 1;

/// Room: after the network header.
pub const BPF_ADJ_ROOM_NET: u32 = 0;
/// Room: after the MAC header.
pub const BPF_ADJ_ROOM_MAC: u32 = 1;

/// `bpf_skb_adjust_room`: keep the size of segments.
pub const BPF_F_ADJ_ROOM_FIXED_GSO: u64 = 1 << 0;
/// `bpf_skb_adjust_room`: the room is for a header of IPv4.
pub const BPF_F_ADJ_ROOM_ENCAP_L3_IPV4: u64 = 1 << 1;
/// `bpf_skb_adjust_room`: the room is for a header of IPv6.
pub const BPF_F_ADJ_ROOM_ENCAP_L3_IPV6: u64 = 1 << 2;
/// `bpf_skb_adjust_room`: the room is for a header of GRE.
pub const BPF_F_ADJ_ROOM_ENCAP_L4_GRE: u64 = 1 << 3;
/// `bpf_skb_adjust_room`: the room is for a header of UDP.
pub const BPF_F_ADJ_ROOM_ENCAP_L4_UDP: u64 = 1 << 4;
/// `bpf_skb_adjust_room`: the checksum of the packet stays.
pub const BPF_F_ADJ_ROOM_NO_CSUM_RESET: u64 = 1 << 5;
/// `bpf_skb_adjust_room`: the room is for an Ethernet header within.
pub const BPF_F_ADJ_ROOM_ENCAP_L2_ETH: u64 = 1 << 6;

/// Route lookup: by the rules of no routing policy.
pub const BPF_FIB_LOOKUP_DIRECT: u32 = 1 << 0;
/// Route lookup: for a packet that leaves by the device, instead of one that
/// came from it.
pub const BPF_FIB_LOOKUP_OUTPUT: u32 = 1 << 1;
/// Flag of route lookup: no address of a neighbour is looked for. From Linux 6.3 on.
pub const BPF_FIB_LOOKUP_SKIP_NEIGH: u32 = 1 << 2;

/// Result of a route lookup: found.
pub const BPF_FIB_LKUP_RET_SUCCESS: i32 = 0;
/// Result of a route lookup: drop, the route is a black hole.
pub const BPF_FIB_LKUP_RET_BLACKHOLE: i32 = 1;
/// Result of a route lookup: drop, the destination is unreachable.
pub const BPF_FIB_LKUP_RET_UNREACHABLE: i32 = 2;
/// Result of a route lookup: drop, it is prohibited.
pub const BPF_FIB_LKUP_RET_PROHIBIT: i32 = 3;
/// Result of a route lookup: the packet is for this machine, or similar.
pub const BPF_FIB_LKUP_RET_NOT_FWDED: i32 = 4;
/// Result of a route lookup: forwarding is off.
pub const BPF_FIB_LKUP_RET_FWD_DISABLED: i32 = 5;
/// Result of a route lookup: the packet needs encapsulation.
pub const BPF_FIB_LKUP_RET_UNSUPP_LWT: i32 = 6;
/// Result of a route lookup: the neighbour's address is not known.
pub const BPF_FIB_LKUP_RET_NO_NEIGH: i32 = 7;
/// Result of a route lookup: the packet is too large.
pub const BPF_FIB_LKUP_RET_FRAG_NEEDED: i32 = 8;

/// Attach type of tracing programs at a raw tracepoint.
pub const BPF_TRACE_RAW_TP: u32 = 23;
/// Attach type of tracing programs at the entry of a function.
pub const BPF_TRACE_FENTRY: u32 = 24;
/// Attach type of tracing programs at the return of a function.
pub const BPF_TRACE_FEXIT: u32 = 25;
/// Attach type: both ends of calls of probed functions.
pub const BPF_TRACE_KPROBE_SESSION: u32 = 56;
/// Attach type of lsm programs at a hook of the kernel.
pub const BPF_LSM_MAC: u32 = 27;
/// Attach type of tracing programs for the objects of an iterator.
pub const BPF_TRACE_ITER: u32 = 28;

/// Ring buffer: do not wake who waits for records.
pub const BPF_RB_NO_WAKEUP: u64 = 1 << 0;
/// Ring buffer: wake who waits for records, in any case.
pub const BPF_RB_FORCE_WAKEUP: u64 = 1 << 1;
/// Query of a ring buffer: bytes that are not consumed.
pub const BPF_RB_AVAIL_DATA: u64 = 0;
/// Query of a ring buffer: its size.
pub const BPF_RB_RING_SIZE: u64 = 1;
/// Query of a ring buffer: the consumer's position.
pub const BPF_RB_CONS_POS: u64 = 2;
/// Query of a ring buffer: the producers' position.
pub const BPF_RB_PROD_POS: u64 = 3;

/// Perf event output: which bits are the index.
pub const BPF_F_INDEX_MASK: u64 = 0xffff_ffff;
/// Perf event output: the index is the number of the current CPU.
pub const BPF_F_CURRENT_CPU: u64 = BPF_F_INDEX_MASK;

/// Stack: which bits are the number of frames to skip.
pub const BPF_F_SKIP_FIELD_MASK: u64 = 0xff;
/// Stack: that of userspace, not of the kernel.
pub const BPF_F_USER_STACK: u64 = 1 << 8;
/// Stack: compare only hashes.
pub const BPF_F_FAST_STACK_CMP: u64 = 1 << 9;
/// Stack: of two with the same hash, keep the newer one.
pub const BPF_F_REUSE_STACKID: u64 = 1 << 10;
