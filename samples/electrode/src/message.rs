// SPDX-License-Identifier: GPL-2.0
//! The messages of replicas: UDP datagrams of five numbers, in network byte
//! order. In a PREPARE, the operation follows.

use rex::prelude::*;

/// The port that replicas listen at.
pub(crate) const PORT: u16 = 12345;

/// The beginning of messages.
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
    /// The replica that sends the message.
    pub(crate) replica: u32,
}

impl Message {
    /// The length of the numbers.
    pub(crate) const LEN: usize = 20;

    /// Returns the message at the beginning of `bytes`.
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

/// A message, and its place in its packet.
pub(crate) struct Received {
    pub(crate) message: Message,
    /// IP addresses, in network byte order.
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// The offset of the UDP header.
    pub(crate) udp: usize,
    /// The offsets of the message's beginning and end.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Received {
    /// Returns the message in a packet, if there is one. Replicas use no IP
    /// options.
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
