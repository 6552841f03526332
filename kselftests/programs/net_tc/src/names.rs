// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// The programs look for UDP to this port.
pub(crate) const PORT: u16 = 9;

/// The value of a header that the packet lacks, and of an unknown one.
pub(crate) const NONE: u64 = 0xffff_ffff_ffff_ffff;
pub(crate) const TRUNCATED: u64 = 0xffff_ffff_ffff_fffe;
pub(crate) const LATER_FRAGMENT: u64 = 0xffff_ffff_ffff_fffd;

/// Elements of `config`: the device to send packets to.
pub(crate) const TO_DEVICE: u32 = 0;
pub(crate) const FLAGS: u32 = 1;

/// New bytes, their number, and their offset.
pub(crate) const NEW_BYTES: u32 = 2;
pub(crate) const SIZE: u32 = 3;
pub(crate) const AT: u32 = 4;

/// The number of bytes to resize the packet by, and the way.
pub(crate) const BY: u32 = 5;
pub(crate) const HOW: u32 = 6;
pub(crate) const TAIL: u64 = 0;
pub(crate) const HEAD: u64 = 1;
pub(crate) const ROOM: u64 = 2;
pub(crate) const ROOM_AFTER_IP: u64 = 3;
pub(crate) const PUSH: u64 = 4;
pub(crate) const POP_TAG: u64 = 5;
pub(crate) const UNWRAP: u64 = 6;

/// The VLAN identifier of a tag, and whether to take the tag off again.
pub(crate) const VLAN_ID: u32 = 7;
pub(crate) const POP: u32 = 8;

/// The number to return, and whether in `Err`.
pub(crate) const NUMBER: u32 = 9;
pub(crate) const AS_ERROR: u32 = 10;

/// The port of the socket to look at, and whether to panic.
pub(crate) const OF_PORT: u32 = 11;
pub(crate) const DIE: u32 = 12;

/// The flags of the room, and how often large packets are resized at most.
pub(crate) const ROOM_FLAGS: u32 = 13;
pub(crate) const TIMES: u32 = 14;

/// How many nanoseconds later to deliver packets.
pub(crate) const DELAY: u32 = 15;

/// The queue to give to packets, if it is not 0.
pub(crate) const NEW_QUEUE: u32 = 16;

/// Elements of `seen`: lengths of the packet, before and after the helper.
pub(crate) const LINEAR: u32 = 0;
pub(crate) const LINEAR_AFTER: u32 = 1;
pub(crate) const NOT_LINEAR: u32 = 2;
pub(crate) const NOT_LINEAR_AFTER: u32 = 3;
pub(crate) const LENGTH: u32 = 4;

/// The result of the helper.
pub(crate) const RET: u32 = 5;

/// Headers that `parses` finds.
pub(crate) const ETH: u32 = 6;
pub(crate) const VLAN: u32 = 7;
pub(crate) const IP4: u32 = 8;
pub(crate) const IP6: u32 = 9;
pub(crate) const TCP: u32 = 10;
pub(crate) const UDP: u32 = 11;
pub(crate) const ICMP: u32 = 12;

/// Values that `takes_headers` finds at fixed places.
pub(crate) const ETHERTYPE_TAKEN: u32 = 13;
pub(crate) const PROTOCOL_TAKEN: u32 = 14;
pub(crate) const UDP_PORT_TAKEN: u32 = 15;
pub(crate) const TCP_PORT_TAKEN: u32 = 16;

/// Fields of the context.
pub(crate) const PROTOCOL: u32 = 17;
pub(crate) const INGRESS: u32 = 18;
pub(crate) const DEVICE: u32 = 19;
pub(crate) const MARK: u32 = 20;
pub(crate) const PRIORITY: u32 = 21;
pub(crate) const PACKET_TYPE: u32 = 22;
pub(crate) const HAS_TAG: u32 = 23;
pub(crate) const TAG: u32 = 24;
pub(crate) const TAG_PROTOCOL: u32 = 25;
pub(crate) const QUEUE: u32 = 26;
pub(crate) const TC_INDEX: u32 = 27;
pub(crate) const HASH: u32 = 28;
pub(crate) const HASH_RECALC: u32 = 29;
pub(crate) const HASH_AFTER: u32 = 30;
pub(crate) const NAPI_ID: u32 = 31;
pub(crate) const CB: u32 = 32;
pub(crate) const CLASSID: u32 = 33;

/// Results of setting the queue: to the device's first one, and to a missing
/// one.
pub(crate) const SET_QUEUE_RET: u32 = 34;
pub(crate) const SET_BAD_QUEUE_RET: u32 = 35;

/// Results of redirecting in a classifier of a queueing discipline.
pub(crate) const REDIRECT_RET: u32 = 36;
pub(crate) const REDIRECT_NEIGH_RET: u32 = 37;
pub(crate) const REDIRECT_PEER_RET: u32 = 38;

/// Packets that the programs have counted.
pub(crate) const ARRIVED: u32 = 39;
pub(crate) const OTHERS_ARRIVED: u32 = 40;
pub(crate) const LEFT: u32 = 41;
pub(crate) const OTHERS_LEFT: u32 = 42;
pub(crate) const CLASSIFIED: u32 = 43;
pub(crate) const DROPPED: u32 = 44;
pub(crate) const CHANGED: u32 = 45;
pub(crate) const REDIRECTED: u32 = 46;
pub(crate) const ROUTED: u32 = 47;
pub(crate) const LOOKED_AT: u32 = 48;
pub(crate) const METADATA_READ: u32 = 49;

/// The route of the packet, and a checksum's difference.
pub(crate) const ROUTE_DEVICE: u32 = 50;
pub(crate) const ROUTE_MAC: u32 = 51;
pub(crate) const SUM_DIFF: u32 = 52;

/// The sender's cgroup, and its ancestors on levels 0 and 9.
pub(crate) const CGROUP: u32 = 53;
pub(crate) const ANCESTOR_0: u32 = 54;
pub(crate) const ANCESTOR_9: u32 = 55;

/// The sender's socket, and how many packets had one.
pub(crate) const SOCKETS: u32 = 56;
pub(crate) const FAMILY: u32 = 57;
pub(crate) const STATE: u32 = 58;
pub(crate) const BOUND_DEVICE: u32 = 59;
pub(crate) const REMOTE_PORT: u32 = 60;
pub(crate) const LOCAL_IP4: u32 = 61;
pub(crate) const REMOTE_IP4: u32 = 62;
pub(crate) const LOCAL_IP6: u32 = 63;
pub(crate) const REMOTE_IP6: u32 = 64;

/// The data of a packet socket, which has no port and no address.
pub(crate) const PACKET_SOCKETS: u32 = 65;
pub(crate) const PACKET_PORT: u32 = 66;
pub(crate) const PACKET_IP4: u32 = 67;

/// The last bytes of a packet: loaded, pulled, and beyond its end.
pub(crate) const BYTES: u32 = 68;
pub(crate) const PULL_RET: u32 = 69;
pub(crate) const PULLED_BYTES: u32 = 70;
pub(crate) const BEYOND_LOAD_RET: u32 = 71;
pub(crate) const BEYOND_BYTES: u32 = 72;
pub(crate) const BEYOND_STORE_RET: u32 = 73;

/// Results of taking a tag off, and whether the packet has one after that.
pub(crate) const POP_RET: u32 = 74;
pub(crate) const HAS_TAG_AFTER: u32 = 75;

/// The number and the user of the sender's socket.
pub(crate) const COOKIE: u32 = 82;
pub(crate) const USER: u32 = 83;

/// The time of delivery that the program set, and what it read before and after.
pub(crate) const DELIVERY: u32 = 84;
pub(crate) const DELIVERY_BEFORE: u32 = 85;
pub(crate) const DELIVERY_AFTER: u32 = 86;

/// Results of setting no time, and of clearing it; the time after that.
pub(crate) const NO_TIME_RET: u32 = 87;
pub(crate) const CLEAR_RET: u32 = 88;
pub(crate) const DELIVERY_CLEARED: u32 = 89;

/// Segments of a large packet, their size, and all bytes on the wire.
pub(crate) const SEGMENTS: u32 = 90;
pub(crate) const SEGMENT_SIZE: u32 = 91;
pub(crate) const WIRE_LENGTH: u32 = 92;

/// Metadata of XDP.
pub(crate) const METADATA_LENGTH: u32 = 76;
pub(crate) const METADATA: u32 = 77;

/// The result with a flag that the helper does not know.
pub(crate) const BAD_FLAG_RET: u32 = 78;

/// The sender's cgroup, by the cgroup itself.
pub(crate) const CGROUP_ITSELF: u32 = 79;

/// Large packets, and how often the last one was resized.
pub(crate) const LARGE: u32 = 80;
pub(crate) const RESIZED: u32 = 81;
