// SPDX-License-Identifier: GPL-2.0
//! The data of a replica, shared with userspace (`entry.c`).

use core::sync::atomic::Ordering::Relaxed;

use rex::prelude::*;

/// The largest number of replicas: acknowledgements are bits of a u32.
pub(crate) const MAX_REPLICAS: u32 = 32;
/// The length of the longest operation.
pub(crate) const OPERATION: usize = 64;
/// The largest number of operations that some replica has not acknowledged.
const IN_FLIGHT: u32 = 1024;

#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct Config {
    /// The number of this replica.
    pub(crate) me: u32,
    pub(crate) replicas: u32,
}

/// Another replica, and the way to it. Addresses are as in packets.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct Peer {
    /// The device to reach it by; 0 if there is no such replica.
    pub(crate) ifindex: u32,
    pub(crate) address: u32,
    /// This replica's address on that device.
    pub(crate) own_address: u32,
    pub(crate) mac: [u8; 6],
    pub(crate) own_mac: [u8; 6],
}

/// The state of a follower.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct State {
    pub(crate) view: u32,
    /// The last operation that it has logged.
    pub(crate) last_op: u32,
}

/// The replicas that have acknowledged an operation of the leader.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct Quorum {
    pub(crate) view: u32,
    pub(crate) op: u32,
    /// A bit for each replica.
    pub(crate) replicas: u32,
    /// Not 0 if userspace has got the message that completed the quorum.
    pub(crate) told: u32,
}

/// An operation, for userspace.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct Record {
    pub(crate) op: u32,
    pub(crate) len: u32,
    pub(crate) operation: [u8; OPERATION],
}

/// The events that are counted.
#[derive(Clone, Copy)]
pub(crate) enum Event {
    /// Operations that were sent to all replicas, each time.
    Sent,
    /// Acknowledgements that completed a quorum, which userspace gets.
    Quorum,
    /// All other acknowledgements, which the leader need not see.
    Pruned,
    /// Operations that were logged and acknowledged.
    Logged,
    /// Operations that were acknowledged once more.
    LoggedBefore,
    /// Messages refused: from an old leader or no replica, or without room for
    /// them.
    Refused,
    /// Messages left to userspace, with a newer view or after missing
    /// operations.
    Left,
}

#[map]
pub(crate) static CONFIG: Array<Config> = Array::with_max_entries(1);
#[map]
pub(crate) static PEERS: Array<Peer> = Array::with_max_entries(MAX_REPLICAS);
#[map]
pub(crate) static STATE: Array<SpinLocked<State>> = Array::with_max_entries(1);
#[map]
pub(crate) static QUORUMS: Array<SpinLocked<Quorum>> =
    Array::with_max_entries(IN_FLIGHT);
#[map]
pub(crate) static LOG: RingBuf = RingBuf::with_size(1 << 16);
#[map]
pub(crate) static COUNTS: Array<u64> = Array::with_max_entries(8);

/// Returns the index of the quorum of an operation.
pub(crate) fn quorum_index(op: u32) -> u32 {
    op % IN_FLIGHT
}

/// Returns the other replica with the number `id`.
pub(crate) fn peer(id: u32) -> Option<Peer> {
    PEERS.get(id).filter(|peer| peer.ifindex != 0)
}

/// Counts one event.
pub(crate) fn count(ctx: &Context, event: Event) {
    if let Some(element) = COUNTS.lookup(ctx, event as u32) {
        element.atomic().fetch_add(1, Relaxed);
    }
}
