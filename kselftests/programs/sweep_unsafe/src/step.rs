// SPDX-License-Identifier: GPL-2.0
//! Calls of helpers, at once and step by step.

/// Calls a helper, and returns `rax`.
macro_rules! call {
    ($helper:ident($($arg:expr),*)) => {
        $crate::step::enter!($helper($($arg),*), [], [])
    };
}

/// Does the same with the trap flag set from the call instruction until the
/// helper has returned.
macro_rules! step {
    ($helper:ident($($arg:expr),*)) => {
        $crate::step::enter!(
            $helper($($arg),*),
            ["pushfq", "or qword ptr [rsp], 0x100", "popfq", "nop",],
            ["pushfq", "and qword ptr [rsp], ~0x100", "popfq",]
        )
    };
}

macro_rules! enter {
    (
        $helper:ident($($arg:expr),*),
        [$($before:literal,)*],
        [$($after:literal,)*]
    ) => {{
        unsafe extern "C" {
            fn $helper();
        }
        let args = $crate::step::arguments(&[$($arg as u64),*]);
        let result: u64;
        unsafe {
            core::arch::asm!(
                $($before,)*
                "call {helper}",
                $($after,)*
                helper = sym $helper,
                in("rdi") args[0],
                in("rsi") args[1],
                in("rdx") args[2],
                in("rcx") args[3],
                in("r8") args[4],
                lateout("rax") result,
                clobber_abi("C"),
            );
        }
        result
    }};
}

pub(crate) use enter;

#[inline(always)]
pub(crate) fn arguments(given: &[u64]) -> [u64; 5] {
    let mut all = [0; 5];
    all[..given.len()].copy_from_slice(given);
    all
}

/// Defines `perform`, which performs the act with the hash and returns None if
/// there is none, and `NAMES`, the acts' names.
macro_rules! acts {
    ($ctx:ident; $($act:ident: $call:expr,)*) => {
        pub(crate) const NAMES: &[&str] = &[$(stringify!($act)),*];

        pub(crate) fn perform(act: u64, ctx: u64) -> Option<u64> {
            $(
                #[inline(never)]
                fn $act($ctx: u64) -> u64 {
                    let _ = $ctx;
                    $call
                }
                if act == const { $crate::hash::name_hash(stringify!($act)) } {
                    return Some($act(ctx));
                }
            )*
            None
        }
    };
}

/// Checks that there is an act for each of these helpers.
macro_rules! each_has_an_act {
    ($($helper:ident)*) => {
        $(
            const _: () = assert!(
                $crate::has_act(stringify!($helper)),
                concat!(
                    "no act calls ",
                    stringify!($helper),
                    ": any.rs and packets.rs have them"
                )
            );
        )*
    };
}
