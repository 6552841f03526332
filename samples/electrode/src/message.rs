// SPDX-License-Identifier: GPL-2.0
//! The messages of the protocol, in UDP datagrams: a header, then the operation.

use rex::Pod;

/// The port of all replicas.
pub(crate) const PORT: u16 = 12345;
/// What every message begins with.
pub(crate) const MAGIC: u32 = u32::from_be_bytes(*b"Paxo");
/// The leader asks replicas to accept an operation.
pub(crate) const PREPARE: u32 = 1;
/// A replica has accepted it.
pub(crate) const PREPARE_OK: u32 = 2;

/// The header; numbers are in network byte order.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub(crate) struct Message {
    pub(crate) magic: u32,
    pub(crate) kind: u32,
    pub(crate) view: u32,
    /// The number of the operation.
    pub(crate) op: u32,
    /// Who sends it.
    pub(crate) replica: u32,
}

impl Message {
    /// Bytes that it takes.
    pub(crate) const SIZE: usize = size_of::<Self>();
}
