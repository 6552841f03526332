// SPDX-License-Identifier: GPL-2.0
//! Encodings, compression, encryption.

use crate::{DIGEST_BEGIN, Input, digest, words};

static DIGITS: [u8; 64] =
    *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digest_of(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(DIGEST_BEGIN, |hash, byte| digest(hash, *byte))
}

pub(crate) fn base64_encode(input: &Input) -> u32 {
    let mut text = [0; 1024];
    for (four, three) in text
        .as_chunks_mut::<4>()
        .0
        .iter_mut()
        .zip(input.as_chunks().0)
    {
        let [a, b, c] = three.map(usize::from);
        let three = a << 16 | b << 8 | c;
        for (digit, shift) in four.iter_mut().zip([18, 12, 6, 0]) {
            *digit = DIGITS[three >> shift & 63];
        }
    }
    digest_of(&text)
}

fn value_of(digit: u8) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

fn value_of_four(four: &[u8; 4]) -> Option<u32> {
    let mut value = 0;
    for digit in four {
        value = value << 6 | u32::from(value_of(*digit)?);
    }
    Some(value)
}

pub(crate) fn base64_decode(input: &Input) -> u32 {
    let mut bytes = [0; size_of::<Input>() / 4 * 3];
    let fours = input.as_chunks().0;
    for (i, three) in bytes.as_chunks_mut::<3>().0.iter_mut().enumerate() {
        let Some(value) = value_of_four(&fours[i]) else {
            return i as u32;
        };
        let [_, a, b, c] = value.to_be_bytes();
        *three = [a, b, c];
    }
    digest_of(&bytes)
}

/// The bytes of a compressed text are in `to`; returns how many. `None`: it is broken.
fn decompress_to(to: &mut [u8; 2048], mut from: &[u8]) -> Option<usize> {
    let mut length = 0;
    while let Some(([literals, matched, distance], rest)) =
        from.split_first_chunk()
    {
        let [literals, matched, distance] =
            [literals, matched, distance].map(|n| usize::from(*n));
        if literals == 0 && matched == 0 {
            break;
        }
        let (plain, rest) = rest.split_at_checked(literals)?;
        to.get_mut(length..length + literals)?
            .copy_from_slice(plain);
        length += literals;
        let begin = length.checked_sub(distance)?;
        for i in 0..matched {
            *to.get_mut(length + i)? = to[begin + i];
        }
        length += matched;
        from = rest;
    }
    Some(length)
}

/// Blocks as LZ4's: literals (a byte, their number), then a match (a byte, its length; a
/// byte, its distance). Two zeros end it.
pub(crate) fn decompress(input: &Input) -> u32 {
    let mut bytes = [0; 2048];
    let Some(length) = decompress_to(&mut bytes, input) else {
        return 0;
    };
    digest_of(&bytes[..length]) ^ length as u32
}

fn quarter(x: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
    x[a] = x[a].wrapping_add(x[b]);
    x[d] = (x[d] ^ x[a]).rotate_left(16);
    x[c] = x[c].wrapping_add(x[d]);
    x[b] = (x[b] ^ x[c]).rotate_left(12);
    x[a] = x[a].wrapping_add(x[b]);
    x[d] = (x[d] ^ x[a]).rotate_left(8);
    x[c] = x[c].wrapping_add(x[d]);
    x[b] = (x[b] ^ x[c]).rotate_left(7);
}

/// The input encrypted, its first words being the key.
pub(crate) fn chacha20(input: &Input) -> u32 {
    let mut begin = [
        0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0,
    ];
    for (i, word) in words(input).take(11).enumerate() {
        begin[if i < 8 { 4 + i } else { 5 + i }] = word;
    }
    let mut result = 0_u32;
    for (block, text) in input.as_chunks::<64>().0.iter().enumerate() {
        begin[12] = block as u32;
        let mut x = begin;
        for _ in 0..10 {
            for i in 0..4 {
                quarter(&mut x, [i, 4 + i, 8 + i, 12 + i]);
            }
            for i in 0..4 {
                quarter(
                    &mut x,
                    [i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4],
                );
            }
        }
        for ((x, begin), word) in x.iter().zip(&begin).zip(words(text)) {
            result = result
                .wrapping_mul(31)
                .wrapping_add(x.wrapping_add(*begin) ^ word);
        }
    }
    result
}
