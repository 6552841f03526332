// SPDX-License-Identifier: GPL-2.0
//! Structs of integers are plain data.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Pod, Result, rex_map, rex_tracepoint};

#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub struct Inner {
    a: u32,
    b: [u16; 2],
}

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Outer {
    /// Attributes, visibilities and types with commas.
    pub(crate) inner: [Inner; 3],
    r#type: <Vec2<u8, u8> as Pair>::Both,
    rest: [u8; 6],
}

#[derive(Clone, Copy, Pod)]
#[repr(transparent)]
struct Tuple(u64);

#[derive(Clone, Copy, Pod)]
#[repr(C, packed)]
struct Packed(u8, u64, [u8; 3]);

trait Pair {
    type Both;
}
struct Vec2<A, B>(A, B);
impl Pair for Vec2<u8, u8> {
    type Both = [u8; 2];
}

#[rex_map]
static OUTER: RexHashMap<u32, Outer> = RexHashMap::new(1, 0);
#[rex_map]
static TUPLE: RexHashMap<Tuple, Packed> = RexHashMap::new(1, 0);

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    let element = obj.bpf_map_lookup_elem(&OUTER, &1).ok_or(-1)?;
    let outer = element.get();
    let packed = TUPLE.get(&Tuple(1)).ok_or(-2)?;
    Ok(outer.inner[0].a as i32 + i32::from(outer.r#type[0]) + packed.0 as i32)
}
