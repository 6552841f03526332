// SPDX-License-Identifier: GPL-2.0
//! What replicas send to each other: UDP datagrams of five numbers, in network
//! byte order; behind those of a PREPARE is the operation.

use rex::prelude::*;

/// Where replicas listen.
pub(crate) const PORT: u16 = 12345;

/// What messages begin with.
const MAGIC: u32 = u32::from_be_bytes(*b"rexE");
/// Kinds of messages.
pub(crate) const PREPARE: u32 = 1;
pub(crate) const PREPARE_OK: u32 = 2;

#[derive(Clone, Copy)]
pub(crate) struct Message {
    pub(crate) kind: u32,
    /// The leader's term of office.
    pub(crate) view: u32,
    /// The operation: 1, 2, 3...
    pub(crate) op: u32,
    /// Whose message this is.
    pub(crate) replica: u32,
}

impl Message {
    /// Bytes of the numbers.
    pub(crate) const LEN: usize = 20;

    /// The message that `bytes` begin with.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (words, _) = bytes.get(..Self::LEN)?.as_chunks();
        let [magic, kind, view, op, replica] =
            [0, 1, 2, 3, 4].map(|i| u32::from_be_bytes(words[i]));
        (magic == MAGIC).then_some(Self {
            kind,
            view,
            op,
            replica,
        })
    }

    /// Stores the message at the beginning of `bytes`.
    pub(crate) fn store(&self, bytes: &mut [u8]) {
        let words = [MAGIC, self.kind, self.view, self.op, self.replica];
        let (places, _) = bytes.as_chunks_mut();
        for (place, word) in places.iter_mut().zip(words) {
            *place = word.to_be_bytes();
        }
    }
}

/// A message, and where it is in its packet.
pub(crate) struct Received {
    pub(crate) message: Message,
    /// IP addresses, in network byte order.
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// Where the UDP header is.
    pub(crate) udp: usize,
    /// Where the message begins, and ends.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Received {
    /// The message in a packet, if that is one. IP options are not used between
    /// replicas.
    pub(crate) fn parse(data: &[u8]) -> Option<Self> {
        let headers = Headers::parse(data).ok()?;
        let ip = headers.ipv4(data)?;
        let udp = headers.udp(data).ok()??;
        if u16::from_be(udp.dest) != PORT || ip.header_len() != 20 {
            return None;
        }
        let at = headers.transport.ok()??.at;
        let start = at + size_of::<udphdr>();
        Some(Self {
            message: Message::parse(data.get(start..headers.end)?)?,
            from: ip.saddr,
            to: ip.daddr,
            udp: at,
            start,
            end: headers.end,
        })
    }
}
