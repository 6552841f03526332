// SPDX-License-Identifier: GPL-2.0
//! Numbers, bits, and a machine.

use crate::{Input, longs};

const SIDE: usize = 11;

pub(crate) fn matrix(input: &Input) -> u32 {
    let rows = input.as_chunks::<4>().0.as_chunks::<SIDE>().0;
    let (a, b) = (&rows[..SIDE], &rows[SIDE..2 * SIDE]);
    let mut hash = 0_u32;
    for row in a {
        for k in 0..SIDE {
            let products = row.iter().zip(b).map(|(x, row)| {
                u32::from_le_bytes(*x).wrapping_mul(u32::from_le_bytes(row[k]))
            });
            let sum = products.fold(0, u32::wrapping_add);
            hash = hash.wrapping_mul(31).wrapping_add(sum);
        }
    }
    hash
}

/// The primes below 2048, and a part of the input, so that nothing is known before.
pub(crate) fn sieve(input: &Input) -> u32 {
    let mut composite = [false; 2048];
    for i in 2..46 {
        if !composite[i] {
            let mut multiple = i * i;
            while multiple < composite.len() {
                composite[multiple] = true;
                multiple += i;
            }
        }
    }
    let (mut primes, mut last) = (0, 0);
    for (i, composite) in (2..2048).zip(&composite[2..]) {
        if !composite {
            primes += 1;
            last = i;
        }
    }
    primes << 16 ^ last ^ u32::from(input[0])
}

/// Counts the bits of each word, finds the first one, and reverses the word.
pub(crate) fn bits(input: &Input) -> u32 {
    let mut hash = 0_u64;
    let mut add = |part: u64| hash = hash.wrapping_mul(31).wrapping_add(part);
    for word in longs(input) {
        add(u64::from(word.count_ones()));
        add(u64::from(word.checked_ilog2().unwrap_or(0)));
        add(word.reverse_bits());
    }
    (hash ^ hash >> 32) as u32
}

/// The greatest common divisors of neighbours.
pub(crate) fn gcd(input: &Input) -> u32 {
    let mut hash = 0_u32;
    for pair in input.as_chunks::<8>().0 {
        let [a0, a1, a2, a3, b0, b1, b2, b3] = *pair;
        let (mut a, mut b) = (
            u32::from_le_bytes([a0, a1, a2, a3]),
            u32::from_le_bytes([b0, b1, b2, b3]),
        );
        while b != 0 {
            (a, b) = (b, a % b);
        }
        hash = hash.wrapping_mul(31).wrapping_add(a);
    }
    hash
}

/// The input is a program of four bytes an instruction: operation, two registers, a
/// constant. It runs for 600 instructions.
pub(crate) fn interpreter(input: &Input) -> u32 {
    let program = input.as_chunks::<4>().0;
    let mut registers = [0_u32, 1, 2, 3, 4, 5, 6, 7];
    let mut memory = [0_u32; 64];
    let mut pc = 0;
    for _ in 0..600 {
        let Some([op, to, from, constant]) = program.get(pc) else {
            break;
        };
        let from = registers[usize::from(from & 7)];
        let to = &mut registers[usize::from(to & 7)];
        let constant = u32::from(*constant);
        pc += 1;
        match op & 7 {
            0 => *to = to.wrapping_add(from.wrapping_add(constant)),
            1 => *to = to.wrapping_sub(from),
            2 => *to = to.wrapping_mul(from | 1),
            3 => *to ^= from >> (constant & 31),
            4 => *to = from << 8 | constant,
            5 if from & 1 == 1 => pc += (constant as usize & 0x3c) / 4,
            5 => (),
            6 => *to = memory[from as usize & 63],
            _ => memory[*to as usize & 63] = from,
        }
        if pc >= program.len() {
            pc = 0;
        }
    }
    registers[0] ^ registers[1] ^ registers[2] ^ registers[3]
}

fn mix(x: u64) -> u64 {
    let x = (x ^ x >> 30).wrapping_mul(0xbf58476d1ce4e5b9);
    let x = (x ^ x >> 27).wrapping_mul(0x94d049bb133111eb);
    x ^ x >> 31
}

/// Consistent hashing: of 16 nodes, each key goes to that with the highest weight.
pub(crate) fn rendezvous(input: &Input) -> u32 {
    let (nodes, keys) = input.split_at(16 * 8);
    let mut hash = 0_u32;
    for key in longs(keys).take(64) {
        let chosen = longs(nodes)
            .enumerate()
            .max_by_key(|(_, node)| mix(key ^ node))
            .map_or(0, |(i, _)| i as u32);
        hash = hash.wrapping_mul(31).wrapping_add(chosen);
    }
    hash
}
