// SPDX-License-Identifier: GPL-2.0
//! Programs for packets: routes, and a load balancer.

use crate::{Input, words};

/// The longest prefix of 40 addresses, in a trie of 13 nodes of 16 entries: a byte each,
/// with a node below it in the low half and a route in the high half.
pub(crate) fn lpm(input: &Input) -> u32 {
    let nodes = input.as_chunks::<16>().0;
    let mut hash = 0_u32;
    for mut address in words(&input[64 * 4..][..40 * 4]) {
        let (mut node, mut route) = (0, 0);
        for _ in 0..8 {
            let entry = nodes[node][(address >> 28) as usize];
            address <<= 4;
            if entry >> 4 != 0 {
                route = entry >> 4;
            }
            node = usize::from(entry & 15);
            if node == 0 {
                break;
            }
        }
        hash = hash.wrapping_mul(31).wrapping_add(u32::from(route));
    }
    hash
}

fn jhash_3words(a: u32, b: u32, c: u32) -> u32 {
    const INITVAL: u32 = 0xdeadbeef;
    let [mut a, mut b, mut c] =
        [a, b, c].map(|word| word.wrapping_add(INITVAL));
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    (c ^ b).wrapping_sub(b.rotate_left(24))
}

const FRAME: usize = 40;
const FRAMES: usize = 16;

fn load16(header: &[u8; FRAME], at: usize) -> u16 {
    u16::from_be_bytes([header[at], header[at + 1]])
}

fn load32(header: &[u8; FRAME], at: usize) -> u32 {
    u32::from(load16(header, at)) << 16 | u32::from(load16(header, at + 2))
}

/// The sum of the halves of a word.
fn halves(word: u32) -> u32 {
    (word >> 16) + (word & 0xffff)
}

/// A load balancer as Katran: of each of 16 headers (IPv4 and TCP) the flow is hashed, a
/// ring of 256 places names one of 16 servers, the header gets its address, less of a
/// life, and its checksum is mended. The ring comes after the headers.
pub(crate) fn load_balancer(input: &Input) -> u32 {
    let (headers, rest) = input.split_at(FRAMES * FRAME);
    let Some(ring) = rest.first_chunk::<256>() else {
        return 0;
    };
    let mut hash = 0_u32;
    for header in headers.as_chunks().0 {
        let mut header = *header;
        let protocol = header[9];
        if header[0] != 0x45 || !matches!(protocol, 6 | 17) || header[8] < 2 {
            continue;
        }
        let flow = jhash_3words(
            load32(&header, 12),
            load32(&header, 20),
            u32::from(protocol),
        );
        // From 10.0.0.1, the virtual address, to 10.1.0.server.
        let (life, old) = (load16(&header, 8), load32(&header, 16));
        let server = ring[flow as usize % 256] & 15;
        let new = u32::from_be_bytes([10, 1, 0, server]);
        header[8] -= 1;
        header[16..20].copy_from_slice(&new.to_be_bytes());
        let sum = u32::from(!load16(&header, 10))
            + u32::from(!life)
            + u32::from(load16(&header, 8))
            + halves(!old)
            + halves(new);
        let sum = !halves(halves(sum)) as u16;
        header[10..12].copy_from_slice(&sum.to_be_bytes());
        hash = hash.wrapping_mul(31).wrapping_add(load32(&header, 8));
        hash = hash.wrapping_mul(31).wrapping_add(load32(&header, 16));
    }
    hash
}
