// SPDX-License-Identifier: GPL-2.0
//! Maps with visibility, documentation and attributes, also in a module or function.
#![no_std]
#![no_main]

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

mod maps {
    use rex::map::RexArrayMap;

    /// A map.
    #[allow(non_upper_case_globals)]
    #[rex::rex_map]
    #[doc(alias = "other")]
    pub(crate) static in_module: RexArrayMap<[u8; { 2 + 2 }]> =
        RexArrayMap::new(if 1 < 2 { 1 } else { 2 }, 0);
}

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    #[rex_map]
    static IN_FUNCTION: RexArrayMap<u64> = RexArrayMap::new(1, 0);
    let a = obj.bpf_map_lookup_elem(&IN_FUNCTION, &0).cloned();
    let b = obj.bpf_map_lookup_elem(&maps::in_module, &0).cloned();
    Ok(a.is_some() as i32 + b.is_some() as i32)
}
