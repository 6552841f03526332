// SPDX-License-Identifier: GPL-2.0
//! Symbols of types, as the crate's macros make them. Their names are placeholders,
//! which the test replaces in the object. The program stores their values in a map.
#![no_std]
#![no_main]
#![allow(clippy::undocumented_unsafe_blocks)]
#![allow(clippy::multiple_unsafe_ops_per_block)]

mod names;

use rex::map::RexArrayMap;
use rex::prelude::FentryContext;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

use names::*;

#[rex_map]
static values: RexArrayMap<u64> = RexArrayMap::new(SLOTS, 0);
#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(3, 0);

#[repr(transparent)]
struct Address(*const u8);

unsafe impl Sync for Address {}

#[repr(C)]
struct Loaded {
    value: u64,
    error: i64,
}

unsafe extern "C" {
    fn bpf_get_current_task() -> u64;
    fn rex_load_4(address: u64) -> Loaded;
    fn rex_load_8(address: u64) -> Loaded;
}

/// A placeholder name with room for others: see the test.
macro_rules! placeholder {
    ($slot:ident) => {
        concat!(
            "__rex_btf:",
            stringify!($slot),
            ":",
            "................................................",
            "................................................",
            "................................................",
            "................................",
        )
    };
}

const _: () = assert!(placeholder!(s000).len() + 1 == SLOT_SIZE as usize);

macro_rules! slots {
    ($($slot:ident)*) => {
        static VALUES: [Address; SLOTS as usize] = [
            $({
                unsafe extern "C" {
                    #[link_name = placeholder!($slot)]
                    static SLOT: u8;
                }
                Address(&raw const SLOT)
            },)*
        ];
    };
}

slots! {
    s000 s001 s002 s003 s004 s005 s006 s007 s008 s009 s010 s011 s012 s013 s014 s015
    s016 s017 s018 s019 s020 s021 s022 s023 s024 s025 s026 s027 s028 s029 s030 s031
    s032 s033 s034 s035 s036 s037 s038 s039 s040 s041 s042 s043 s044 s045 s046 s047
    s048 s049 s050 s051 s052 s053 s054 s055 s056 s057 s058 s059 s060 s061 s062 s063
    s064 s065 s066 s067 s068 s069 s070 s071 s072 s073 s074 s075 s076 s077 s078 s079
    s080 s081 s082 s083 s084 s085 s086 s087 s088 s089 s090 s091 s092 s093 s094 s095
    s096 s097 s098 s099 s100 s101 s102 s103 s104 s105 s106 s107 s108 s109 s110 s111
    s112 s113 s114 s115 s116 s117 s118 s119 s120 s121 s122 s123 s124 s125 s126 s127
}

fn value(slot: usize) -> u64 {
    VALUES[slot].0.addr() as u64
}

/// Returns the process id of the parent of the current task.
fn parent() -> Loaded {
    let task = unsafe { bpf_get_current_task() };
    let parent = unsafe { rex_load_8(task.wrapping_add(value(0))) };
    if parent.error != 0 {
        return parent;
    }
    unsafe { rex_load_4(parent.value.wrapping_add(value(1))) }
}

#[rex_tracepoint]
fn store_values(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    if ctx.fildes != DUP_FD {
        return Ok(0);
    }
    for slot in 0..SLOTS {
        values.insert(&slot, &value(slot as usize))?;
    }
    let loaded = parent();
    results.insert(&PARENT, &loaded.value)?;
    results.insert(&ERROR, &(loaded.error as u64))?;
    let runs = results.get(&RUNS).unwrap_or(0);
    results.insert(&RUNS, &(runs + 1))
}

/// Runs with arguments that only the loader checks.
#[rex::fentry("vfs_read")]
fn at_fentry(_: &mut FentryContext) {}
