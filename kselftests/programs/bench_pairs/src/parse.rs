// SPDX-License-Identifier: GPL-2.0
//! Parsers of what networks and programs send.

use crate::{DIGEST_BEGIN, Input, digest};

fn digest_of(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(DIGEST_BEGIN, |hash, byte| digest(hash, *byte))
}

fn digest_of_lower(bytes: &[u8]) -> u32 {
    bytes.iter().fold(DIGEST_BEGIN, |hash, byte| {
        digest(hash, byte.to_ascii_lowercase())
    })
}

/// A request: digests of the target and of Host, and the value of Content-Length.
pub(crate) fn http(input: &Input) -> u32 {
    let mut lines = input
        .split(|byte| *byte == b'\n')
        .map(|line| line.trim_ascii_end());
    let request = lines.next().unwrap_or_default();
    let target = request
        .split(|byte| *byte == b' ')
        .nth(1)
        .unwrap_or_default();
    let (mut host, mut length, mut nr_lines) = (DIGEST_BEGIN, 0_u32, 1);
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            break;
        };
        let (name, value) =
            (&line[..colon], line[colon + 1..].trim_ascii_start());
        if name.eq_ignore_ascii_case(b"host") {
            host = digest_of_lower(value);
        } else if name.eq_ignore_ascii_case(b"content-length") {
            for digit in value {
                length = length
                    .wrapping_mul(10)
                    .wrapping_add(u32::from(digit - b'0'));
            }
        }
        nr_lines += 1;
    }
    digest_of(target) ^ host.rotate_left(7) ^ length ^ nr_lines << 16
}

/// A JSON text: the sum of its numbers, its strings, members and greatest depth.
pub(crate) fn json(input: &Input) -> u32 {
    let (mut sum, mut strings, mut members) = (0_u32, 0_u32, 0_u32);
    let (mut depth, mut deepest) = (0_u32, 0_u32);
    let mut bytes = input.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => {
                strings += 1;
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'\\' => _ = bytes.next(),
                        b'"' => break,
                        _ => (),
                    }
                }
            }
            b'0'..=b'9' => {
                let mut number = u32::from(byte - b'0');
                while let Some(digit @ b'0'..=b'9') = bytes.as_slice().first() {
                    number = number
                        .wrapping_mul(10)
                        .wrapping_add(u32::from(digit - b'0'));
                    bytes.next();
                }
                sum = sum.wrapping_add(number);
            }
            b':' => members += 1,
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.wrapping_sub(1),
            _ => (),
        }
    }
    sum ^ strings << 24 ^ members << 16 ^ deepest << 8 ^ depth
}

/// Twelve questions, each a name and a type: digests of both.
pub(crate) fn dns(input: &Input) -> u32 {
    let mut hash = DIGEST_BEGIN;
    let mut rest = &input[12..];
    let mut questions = 0;
    while let Some((length, after)) = rest.split_first() {
        if *length == 0 {
            let Some((question, after)) = after.split_first_chunk::<4>() else {
                break;
            };
            hash = digest(hash, question[1]);
            rest = after;
            questions += 1;
            if questions == 12 {
                break;
            }
            continue;
        }
        let Some((label, after)) =
            after.split_at_checked(usize::from(length & 63))
        else {
            break;
        };
        hash = digest(hash, b'.');
        hash = label
            .iter()
            .fold(hash, |hash, byte| digest(hash, byte.to_ascii_lowercase()));
        rest = after;
    }
    hash
}

/// Skips a field that begins with its length, in `N` bytes.
fn skip<const N: usize>(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<N>()?;
    let length = length
        .iter()
        .fold(0, |length, byte| length << 8 | usize::from(*byte));
    rest.get(length..)
}

fn server_name(hello: &[u8]) -> Option<u32> {
    let rest = skip::<1>(hello.get(43..)?)?; // session
    let rest = skip::<2>(rest)?; // cipher suites
    let rest = skip::<1>(rest)?; // compression
    let (length, rest) = rest.split_first_chunk()?;
    let mut extensions =
        rest.get(..usize::from(u16::from_be_bytes(*length)))?;
    loop {
        let ([t1, t2, l1, l2], rest) = extensions.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes([*l1, *l2]));
        if [*t1, *t2] == [0, 0] {
            let (head, names) = rest.split_first_chunk::<5>()?;
            let length = usize::from(u16::from_be_bytes([head[3], head[4]]));
            return Some(digest_of(names.get(..length)?));
        }
        extensions = rest.get(length..)?;
    }
}

/// A ClientHello: a digest of the server's name.
pub(crate) fn tls_sni(input: &Input) -> u32 {
    if input[0] != 22 || input[5] != 1 {
        return 1;
    }
    server_name(input).unwrap_or(2)
}

/// Numbers of seven bits a byte, as protobuf has them.
pub(crate) fn varint(input: &Input) -> u32 {
    let (mut sum, mut value, mut shift) = (0_u64, 0_u64, 0_u32);
    for byte in input {
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 != 0 && shift < 63 {
            shift += 7;
            continue;
        }
        sum = sum.wrapping_add(value);
        (value, shift) = (0, 0);
    }
    (sum ^ sum >> 32) as u32
}

/// Counts the bytes from the beginning that are valid, and the characters in them.
pub(crate) fn utf8(input: &Input) -> u32 {
    let chunk = input.utf8_chunks().next();
    let valid = chunk.map_or("", |chunk| chunk.valid());
    (valid.len() << 16 | valid.chars().count()) as u32
}

/// The automaton of a(b|c)*d|[0-9]+x.
#[rustfmt::skip]
static NEXT_STATE: [[u8; 6]; 5] = [
    // else a  b/c  d  0-9  x
    [0, 1, 0, 0, 2, 0], [0, 1, 1, 3, 2, 0], [0, 1, 0, 0, 2, 4],
    [0, 1, 0, 0, 2, 0], [0, 1, 0, 0, 2, 0],
];

fn class_of(byte: u8) -> usize {
    match byte {
        b'a' => 1,
        b'b' | b'c' => 2,
        b'd' => 3,
        b'0'..=b'9' => 4,
        b'x' => 5,
        _ => 0,
    }
}

/// Counts the matches of the automaton that end in the input.
pub(crate) fn regex(input: &Input) -> u32 {
    let (mut state, mut matches) = (0, 0);
    for byte in input {
        state = NEXT_STATE[usize::from(state)][class_of(*byte)];
        if state >= 3 {
            matches += 1;
        }
    }
    matches
}

/// The input has an automaton of 24 states and 32 classes of bytes, then a text.
pub(crate) fn aho_corasick(input: &Input) -> u32 {
    let (automaton, text) = input.split_at(768);
    let automaton = automaton.as_chunks::<32>().0;
    let (mut state, mut matches) = (0_usize, 0_u32);
    for (i, byte) in text.iter().enumerate() {
        let Some(row) = automaton.get(state) else {
            break;
        };
        let next = row[usize::from(byte & 31)];
        if next & 0x80 != 0 {
            matches = matches.wrapping_mul(3).wrapping_add(i as u32 + 768);
        }
        state = usize::from(next & 0x7f);
    }
    matches
}
