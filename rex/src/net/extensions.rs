// SPDX-License-Identifier: GPL-2.0
//! The headers between the IP header and the transport header. C counterpart:
//! `ipv6_ext_hdr` in `net/ipv6/exthdrs_core.c`.

use super::parse::{Transport, Unknown};
use crate::linux::if_ether::{ETH_P_IP, ETH_P_IPV6};
use crate::linux::r#in::{
    IPPROTO_AH, IPPROTO_DSTOPTS, IPPROTO_FRAGMENT, IPPROTO_HOPOPTS,
    IPPROTO_ROUTING,
};

/// An extension header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension<'a> {
    /// Its protocol: `IPPROTO_*`.
    pub protocol: u8,
    /// Its offset in the packet.
    pub at: usize,
    /// All of its bytes. The first byte is the next protocol.
    pub bytes: &'a [u8],
}

impl Extension<'_> {
    /// Returns the offset in bytes of a fragment, if this is a fragment header.
    #[inline(always)]
    pub fn fragment_offset(&self) -> u16 {
        match self.bytes {
            [_, _, high, low, ..] => u16::from_be_bytes([*high, *low]) & 0xfff8,
            _ => 0,
        }
    }
}

/// The extension headers of a packet, in their order: see
/// [`Headers::extensions`](super::Headers::extensions).
///
/// Any number of headers takes the same stack:
///
/// ```no_run
/// # fn options(data: &[u8]) -> core::result::Result<usize, Unknown> {
/// let headers = Headers::parse(data)?;
/// let options: usize = headers
///     .extensions(data)
///     .filter(|e| u32::from(e.protocol) == IPPROTO_DSTOPTS)
///     .map(|e| e.bytes.len())
///     .sum();
/// # Ok(options)
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Extensions<'a> {
    data: &'a [u8],
    ethertype: u16,
    next: Transport,
}

impl<'a> Extensions<'a> {
    #[inline(always)]
    pub(super) fn new(
        data: &'a [u8],
        ethertype: u16,
        protocol: u8,
        at: usize,
    ) -> Self {
        Self {
            data,
            ethertype,
            next: Transport { protocol, at },
        }
    }

    #[inline(always)]
    pub(super) fn none() -> Self {
        Self::new(&[], 0, 0, 0)
    }

    /// Returns the protocol and offset that follow the last header.
    #[inline(always)]
    pub(super) fn position(&self) -> Transport {
        self.next
    }

    /// Returns the next header, None after the last one, or an error for a
    /// truncated one. The data after the last header begins within the packet
    /// or at its end.
    #[inline(always)]
    pub(super) fn step(
        &mut self,
    ) -> core::result::Result<Option<Extension<'a>>, Unknown> {
        let Transport { protocol, at } = self.next;
        let rest = self.data.get(at..).ok_or(Unknown::Truncated)?;
        let kind = u32::from(protocol);
        let known = match self.ethertype {
            ETH_P_IPV6 => matches!(
                kind,
                IPPROTO_HOPOPTS
                    | IPPROTO_ROUTING
                    | IPPROTO_FRAGMENT
                    | IPPROTO_AH
                    | IPPROTO_DSTOPTS
            ),
            ETH_P_IP => kind == IPPROTO_AH,
            _ => false,
        };
        if !known {
            return Ok(None);
        }
        let [next, length, ..] = *rest else {
            return Err(Unknown::Truncated);
        };
        let length = match kind {
            IPPROTO_FRAGMENT => 8,
            IPPROTO_AH => 8 + 4 * usize::from(length),
            _ => 8 + 8 * usize::from(length),
        };
        let bytes = rest.get(..length).ok_or(Unknown::Truncated)?;
        self.next = Transport {
            protocol: next,
            at: at + length,
        };
        Ok(Some(Extension {
            protocol,
            at,
            bytes,
        }))
    }
}

impl<'a> Iterator for Extensions<'a> {
    type Item = Extension<'a>;

    #[inline]
    fn next(&mut self) -> Option<Extension<'a>> {
        self.step().ok().flatten()
    }
}
