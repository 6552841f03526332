// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// The programs look for UDP to this port.
pub(crate) const PORT: u16 = 9;

/// Elements of `config`: the program that acts, and its action.
pub(crate) const WHICH: u32 = 0;
pub(crate) const HOW: u32 = 1;

/// The programs. Their elements of `seen` count the packets that each has seen.
pub(crate) const NEITHER: u32 = 0;
pub(crate) const LEAVES: u32 = 1;
pub(crate) const ARRIVES: u32 = 2;

/// The actions of a program.
pub(crate) const RETURN_DROP: u64 = 0;
pub(crate) const RETURN_PASS: u64 = 1;
pub(crate) const RETURN_2: u64 = 2;
pub(crate) const RETURN_ERR_0: u64 = 3;
pub(crate) const PANIC: u64 = 4;
pub(crate) const FAIL: u64 = 5;

/// Elements of `seen`: the last packet of the program.
pub(crate) const LENGTH: u32 = 10;
pub(crate) const HAS_HEADERS: u32 = 11;
pub(crate) const PROTOCOL: u32 = 12;
pub(crate) const DEVICE: u32 = 13;
pub(crate) const MARK: u32 = 14;

/// Bytes of the payload, and bytes of which the last is not in the packet.
pub(crate) const LOADED: u32 = 15;
pub(crate) const PAYLOAD: u32 = 16;
pub(crate) const LOADED_BEYOND: u32 = 17;
pub(crate) const BEYOND: u32 = 18;

/// The sender's cgroup, and its ancestors on levels 0 and 9.
pub(crate) const CGROUP: u32 = 19;
pub(crate) const ANCESTOR_0: u32 = 20;
pub(crate) const ANCESTOR_9: u32 = 21;

/// The number and the user of the packet's socket.
pub(crate) const COOKIE: u32 = 24;
pub(crate) const USER: u32 = 25;

/// The same, by the cgroup itself.
pub(crate) const CGROUP_ITSELF: u32 = 22;
pub(crate) const ROOT_ITSELF: u32 = 23;
