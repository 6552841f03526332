// SPDX-License-Identifier: GPL-2.0
//! The checksums that cover some bytes of a packet.

use crate::linux::bpf::{BPF_F_MARK_MANGLED_0, BPF_F_PSEUDO_HDR};
use crate::linux::errno::EINVAL;
use crate::linux::r#in::{
    IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP,
};
use crate::net::{Headers, Unknown};
use crate::utils::Result;

/// The checksums that cover some bytes of a packet.
pub(crate) struct Fields {
    /// The offset of the IPv4 header's checksum.
    pub(crate) network_sum: Option<u32>,
    /// The offset of the transport checksum, with flags for the helper.
    pub(crate) transport_sum: Option<(u32, u64)>,
}

impl Fields {
    pub(crate) fn of(
        headers: &Headers,
        data: &[u8],
        at: usize,
        len: usize,
    ) -> Result<Self> {
        let end = at.checked_add(len).ok_or(-EINVAL)?;
        let ipv4 = headers.ipv4(data).is_some();
        let network = headers.network;
        let (sum_at, addresses) = if ipv4 {
            (network + 10, network + 12..network + 20)
        } else if headers.ipv6(data).is_some() {
            (network, network + 8..network + 40)
        } else {
            (network, network..network)
        };
        let transport = match headers.transport {
            Ok(transport) => transport,
            // The first fragment has the checksum of the data after the
            // addresses.
            Err(Unknown::LaterFragment) if end <= addresses.end => None,
            Err(reason) => return Err(reason.into()),
        };
        let is_address = addresses.start <= at && end <= addresses.end;
        let behind = transport.map_or(addresses.end, |found| found.at);
        let start = if at >= behind { behind } else { network };
        let in_sum =
            ipv4 && at < sum_at + 2 && end > sum_at && start == network;
        let across = at < behind && end > behind
            || !is_address && at < addresses.end && end > addresses.start;
        if at < network
            || !(at - start).is_multiple_of(2)
            || !len.is_multiple_of(2)
            || across
            || in_sum
        {
            return Err(-EINVAL);
        }
        let sum = transport.and_then(|found| {
            let (offset, pseudo, flags) = match u32::from(found.protocol) {
                IPPROTO_TCP => (16, true, 0),
                IPPROTO_UDP => (6, true, BPF_F_MARK_MANGLED_0),
                IPPROTO_ICMPV6 => (2, true, 0),
                IPPROTO_ICMP => (2, false, 0),
                _ => return None,
            };
            let sum = u32::try_from(found.at + offset).ok()?;
            if at >= behind {
                Some((sum, flags))
            } else if is_address && pseudo {
                Some((sum, flags | BPF_F_PSEUDO_HDR))
            } else {
                None
            }
        });
        // The bytes must not overlap the checksum itself.
        if sum.is_some_and(|(sum, _)| {
            let sum = sum as usize;
            at < sum + 2 && end > sum
        }) {
            return Err(-EINVAL);
        }
        let network_sum = match ipv4 && at < behind {
            true => Some(u32::try_from(sum_at).map_err(|_| -EINVAL)?),
            false => None,
        };
        Ok(Self {
            network_sum,
            transport_sum: sum,
        })
    }
}

/// Returns the word of 2 or 4 bytes, in the form that checksum helpers take.
pub(crate) fn word(bytes: &[u8]) -> u64 {
    match *bytes {
        [a, b, c, d] => u32::from_ne_bytes([a, b, c, d]).into(),
        [a, b] => u16::from_ne_bytes([a, b]).into(),
        _ => 0,
    }
}
