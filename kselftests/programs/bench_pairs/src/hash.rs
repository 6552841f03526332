// SPDX-License-Identifier: GPL-2.0
//! Hashes and checksums of the input.

use crate::{DIGEST_BEGIN, INPUT, Input, digest, longs, words};

pub(crate) fn fnv1a(input: &Input) -> u32 {
    input
        .iter()
        .fold(DIGEST_BEGIN, |hash, byte| digest(hash, *byte))
}

pub(crate) fn murmur3(input: &Input) -> u32 {
    let mut hash = 42_u32;
    for word in words(input) {
        let k = word
            .wrapping_mul(0xcc9e2d51)
            .rotate_left(15)
            .wrapping_mul(0x1b873593);
        hash = (hash ^ k)
            .rotate_left(13)
            .wrapping_mul(5)
            .wrapping_add(0xe6546b64);
    }
    hash ^= INPUT as u32;
    hash = (hash ^ hash >> 16).wrapping_mul(0x85ebca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2ae35);
    hash ^ hash >> 16
}

struct Sip([u64; 4]);

impl Sip {
    fn round(&mut self) {
        let [v0, v1, v2, v3] = &mut self.0;
        *v0 = v0.wrapping_add(*v1);
        *v1 = v1.rotate_left(13) ^ *v0;
        *v0 = v0.rotate_left(32);
        *v2 = v2.wrapping_add(*v3);
        *v3 = v3.rotate_left(16) ^ *v2;
        *v0 = v0.wrapping_add(*v3);
        *v3 = v3.rotate_left(21) ^ *v0;
        *v2 = v2.wrapping_add(*v1);
        *v1 = v1.rotate_left(17) ^ *v2;
        *v2 = v2.rotate_left(32);
    }

    fn word(&mut self, word: u64) {
        self.0[3] ^= word;
        self.round();
        self.round();
        self.0[0] ^= word;
    }
}

pub(crate) fn siphash(input: &Input) -> u32 {
    let mut sip = Sip([
        0x736f6d6570736575 ^ 1,
        0x646f72616e646f6d ^ 2,
        0x6c7967656e657261 ^ 1,
        0x7465646279746573 ^ 2,
    ]);
    for word in longs(input) {
        sip.word(word);
    }
    sip.word((INPUT as u64) << 56);
    sip.0[2] ^= 0xff;
    for _ in 0..4 {
        sip.round();
    }
    let hash = sip.0.iter().fold(0, |hash, v| hash ^ v);
    (hash ^ hash >> 32) as u32
}

const fn crc_of_nibble() -> [u32; 16] {
    let mut table = [0; 16];
    let mut nibble = 0;
    while nibble < 16 {
        let mut crc = nibble as u32;
        let mut bit = 0;
        while bit < 4 {
            crc = if crc & 1 == 1 {
                0xedb88320 ^ crc >> 1
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[nibble] = crc;
        nibble += 1;
    }
    table
}

static CRC_OF_NIBBLE: [u32; 16] = crc_of_nibble();

pub(crate) fn crc32(input: &Input) -> u32 {
    let mut crc = !0;
    for byte in input {
        crc ^= u32::from(*byte);
        crc = CRC_OF_NIBBLE[crc as usize & 15] ^ crc >> 4;
        crc = CRC_OF_NIBBLE[crc as usize & 15] ^ crc >> 4;
    }
    !crc
}

pub(crate) fn adler32(input: &Input) -> u32 {
    let (mut a, mut b) = (1, 0);
    for byte in input {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    b << 16 | a
}

pub(crate) fn internet_checksum(input: &Input) -> u32 {
    let halves = input.as_chunks().0.iter();
    let mut sum = halves
        .map(|half| u32::from(u16::from_be_bytes(*half)))
        .fold(0, u32::wrapping_add);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    !sum & 0xffff
}

#[rustfmt::skip]
static SHA_K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

fn sha_block(state: &mut [u32; 8], block: &[u8; 64]) {
    let mut w = [0_u32; 64];
    for (word, bytes) in w.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    for i in 16..64 {
        let (x, y) = (w[i - 15], w[i - 2]);
        w[i] = w[i - 16]
            .wrapping_add(w[i - 7])
            .wrapping_add(x.rotate_right(7) ^ x.rotate_right(18) ^ x >> 3)
            .wrapping_add(y.rotate_right(17) ^ y.rotate_right(19) ^ y >> 10);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (k, word) in SHA_K.iter().zip(&w) {
        let t1 = h
            .wrapping_add(
                e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25),
            )
            .wrapping_add(e & f ^ !e & g)
            .wrapping_add(*k)
            .wrapping_add(*word);
        let t2 = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22))
            .wrapping_add(a & b ^ a & c ^ b & c);
        (h, g, f, e) = (g, f, e, d.wrapping_add(t1));
        (d, c, b, a) = (c, b, a, t1.wrapping_add(t2));
    }
    for (sum, word) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *sum = sum.wrapping_add(word);
    }
}

/// The compression function of SHA-256, over the first eight blocks.
pub(crate) fn sha256(input: &Input) -> u32 {
    let mut state = [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
        0x1f83d9ab, 0x5be0cd19,
    ];
    for block in input.as_chunks().0.iter().take(8) {
        sha_block(&mut state, block);
    }
    state[0] ^ state[7]
}
