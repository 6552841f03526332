// SPDX-License-Identifier: GPL-2.0
//! What a replica knows, shared with userspace (`entry.c`).

use core::sync::atomic::Ordering::Relaxed;

use rex::prelude::*;

/// At most so many replicas: acknowledgements are bits of a u32.
pub(crate) const MAX_REPLICAS: u32 = 32;
/// Bytes of an operation, at most.
pub(crate) const OPERATION: usize = 64;
/// Operations that are not acknowledged by all replicas, at most.
const IN_FLIGHT: u32 = 1024;

#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct Config {
    /// The number of this replica.
    pub(crate) me: u32,
    pub(crate) replicas: u32,
}

/// Another replica, as it is reached from here. Addresses are as in packets.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct Peer {
    /// By this device; 0: there is no such replica.
    pub(crate) ifindex: u32,
    pub(crate) address: u32,
    /// This replica's address on that device.
    pub(crate) own_address: u32,
    pub(crate) mac: [u8; 6],
    pub(crate) own_mac: [u8; 6],
}

/// What a follower is up to.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct State {
    pub(crate) view: u32,
    /// It has logged the operations up to this one.
    pub(crate) last_op: u32,
}

/// Who has acknowledged an operation of the leader's.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct Quorum {
    pub(crate) view: u32,
    pub(crate) op: u32,
    /// A bit for each replica.
    pub(crate) replicas: u32,
    /// Not 0: userspace has got the message that completed the quorum.
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

/// What is counted.
#[derive(Clone, Copy)]
pub(crate) enum Event {
    /// Operations that were sent to all, each time.
    Sent,
    /// Acknowledgements that completed a quorum, which userspace gets.
    Quorum,
    /// All others: the leader need not see them.
    Pruned,
    /// Operations that were logged and acknowledged.
    Logged,
    /// Acknowledged once more.
    LoggedBefore,
    /// Refused: from an old leader or nobody's, or there is no room.
    Refused,
    /// Left to userspace: a newer view, or operations are missing.
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

/// Where the quorum of an operation is.
pub(crate) fn quorum_index(op: u32) -> u32 {
    op % IN_FLIGHT
}

/// The other replica with the number `id`.
pub(crate) fn peer(id: u32) -> Option<Peer> {
    PEERS.get(id).filter(|peer| peer.ifindex != 0)
}

/// Counts one.
pub(crate) fn count(ctx: &Context, event: Event) {
    if let Some(element) = COUNTS.lookup(ctx, event as u32) {
        element.atomic().fetch_add(1, Relaxed);
    }
}
