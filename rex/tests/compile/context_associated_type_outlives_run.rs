// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A type that a program gives for each lifetime is no way to the longest one.
#![no_std]
#![no_main]

use rex::prelude::*;

trait Kept {
    type Copy;
    fn kept(&self) -> Self::Copy;
}

impl<'run> Kept for KprobeContext<'run> {
    type Copy = Context<'run>;

    fn kept(&self) -> Self::Copy {
        self.context()
    }
}

pub fn keep(ctx: &KprobeContext) -> <KprobeContext<'static> as Kept>::Copy {
    ctx.kept()
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
