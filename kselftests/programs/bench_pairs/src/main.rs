// SPDX-License-Identifier: GPL-2.0
//! The Rex sides of the pairs that `make bench` compares: see kselftests/bench/pairs.
#![no_std]
#![no_main]

mod codec;
mod hash;
mod net;
mod numbers;
mod order;
mod parse;

use rex::prelude::*;

const PACKET: usize = 1024;
const RESULT: usize = 8;
const INPUT: usize = PACKET - RESULT;

/// The input of a pair: a packet without the room for its result.
type Input = [u8; INPUT];

/// FNV-1a's beginning: results of many bytes are digests.
const DIGEST_BEGIN: u32 = 2166136261;

/// FNV-1a of one byte more.
fn digest(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(16777619)
}

/// The words of 32 bits in `bytes`.
fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|word| u32::from_le_bytes(*word))
}

/// The words of 64 bits in `bytes`.
fn longs(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|long| u64::from_le_bytes(*long))
}

#[inline(always)]
fn run(ctx: &mut XdpContext, compute: fn(&Input) -> u32) -> XdpAction {
    let Some((result, rest)) = ctx.data_mut().split_first_chunk_mut::<RESULT>()
    else {
        return XdpAction::Aborted;
    };
    let Some(input) = rest.first_chunk() else {
        return XdpAction::Aborted;
    };
    result[..4].copy_from_slice(&compute(input).to_le_bytes());
    XdpAction::Pass
}

macro_rules! pairs {
    ($($module:ident: $($name:ident)*;)*) => {
        $($(
            #[xdp]
            fn $name(ctx: &mut XdpContext) -> XdpAction {
                run(ctx, $module::$name)
            }
        )*)*
    };
}

pairs! {
    hash: fnv1a murmur3 siphash crc32 adler32 internet_checksum sha256;
    order: insertion_sort heap_sort binary_search find horspool levenshtein;
    parse: http json dns tls_sni varint utf8 regex aho_corasick;
    codec: base64_encode base64_decode decompress chacha20;
    numbers: matrix sieve bits gcd interpreter rendezvous;
    net: lpm load_balancer;
}

/// What a run itself costs on this machine's processor: see kselftests/bench/pairs/host.c.
#[xdp]
fn nothing(_: &mut XdpContext) -> XdpAction {
    XdpAction::Pass
}
