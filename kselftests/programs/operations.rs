// SPDX-License-Identifier: GPL-2.0
//! Makes programs of single operations: see kselftests/bench/pairs.

use rex::prelude::*;

/// What a program returns, whose operation went well or not.
pub(crate) trait Outcome {
    const GOOD: Self;
    const BAD: Self;
}

impl Outcome for XdpAction {
    const GOOD: Self = Self::Pass;
    const BAD: Self = Self::Aborted;
}

impl Outcome for TcAction {
    const GOOD: Self = Self::Ok;
    const BAD: Self = Self::Shot;
}

impl Outcome for Result {
    const GOOD: Self = Ok(());
    const BAD: Self = Err(Errno::EIO);
}

#[inline(always)]
pub(crate) fn outcome<T: Outcome>(went_well: bool) -> T {
    match went_well {
        true => T::GOOD,
        false => T::BAD,
    }
}

/// The programs, which call the functions of their names: these return whether all went
/// well.
macro_rules! operations {
    ($(
        #[$kind:meta] $module:ident($context:ty) -> $outcome:ty:
        $($name:ident)*;
    )*) => {
        $($(
            #[$kind]
            fn $name(ctx: &mut $context) -> $outcome {
                operations::outcome($module::$name(ctx))
            }
        )*)*
    };
}

pub(crate) use operations;
